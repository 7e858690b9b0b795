"""Quarter's end: lines of SF-425, the match ledger, lines of the SEFA and the burn rate, all from Actuals."""

from __future__ import annotations

from fractions import Fraction

from optimiser.case.names import fold
from optimiser.model.rules.terms import exact
from optimiser.papers import shared_parts
from optimiser.papers.blocks import Block, Break, Cell, Document, Grid, Heading, Missing, figure_of, grid, para
from optimiser.papers.figures import Figure, figure, object_class
from optimiser.papers.grants import grants
from optimiser.papers.paper import Paper, Source, document
from optimiser.papers.required_match import required_match
from optimiser.plan.lines import IN_KIND


class Quarterly(Paper):
    """The quarterly lines."""

    name, title = "quarterly", "Quarterly lines"
    purpose = "SF-425 cumulative from the first day of the award, match ledger, SEFA lines, burn rate"
    forms = ("xlsx", "docx")
    after = "actuals"

    def subjects(self, source: Source) -> list[str]:
        """One, once something is spent."""
        return [""] if len(source.details.tables["Actuals"]) else []

    def content(self, source: Source, subject: str) -> Document:
        """A part for each form."""
        ledger = Ledger(source)
        made: list[Block] = [
            para(f"Through {ledger.through}. All lines of SF-425 are cumulative from the first day of the award."),
            Heading("Tie to the ledger"),
            _tie(ledger),
        ]
        for fund in grants(source):
            made += [Break(), Heading(f"SF-425, {source.called('Funds', fund)}"), _sf425(ledger, fund)]
            indirect = _indirect(ledger, fund)
            made += [Heading("Line 11, indirect expense", 2), indirect] if indirect is not None else []
        for title, found in (("Match ledger", _match(ledger)), ("SEFA", _sefa(ledger))):
            made += [Break(), Heading(title), found] if found is not None else []
        made += [Break(), Heading("Burn rate"), _burn(ledger), *_lapsing(ledger)]
        return document(source, f"Quarter's end, {source.title}", made, landscape=True)

    def checks(self, source: Source, subject: str) -> list[str]:
        """The funds' sums are the ledger's sum."""
        ledger = Ledger(source)
        whole = sum((exact(r["money"]) for r in source.details.tables["Actuals"].records()), Fraction(0))
        by_fund = sum((ledger.spent(f) for f in ledger.funds), Fraction(0))
        return [] if whole == by_fund else ["The funds of the quarterly lines do not add up to the sheet Actuals."]


class Ledger:
    """Actuals, added up exactly."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.rows = list(source.details.tables["Actuals"].records())
        periods = source.case.facts.names["period"]
        named = {fold(r["period"]) for r in self.rows}
        over = [k for k, p in enumerate(periods) if fold(p) in named]
        self.over = over[-1] + 1 if over else 0
        self.through = periods[self.over - 1] if self.over else ""
        self.funds = list(dict.fromkeys([*source.case.facts.names["fund"], *(r["fund"] for r in self.rows)]))

    @property
    def span(self) -> str:
        """From when to when the sheet Actuals goes, in words."""
        periods = list(self.source.case.tables["Periods"].records())[: self.over]
        if not periods:
            return self.through
        start, end = periods[0]["start"], periods[-1]["end"]
        return f"{shared_parts.day(start)} to {shared_parts.day(end)}" if start and end else self.through

    def spent(self, fund: str, **where: str) -> Fraction:
        """Money of a fund that was spent in this case's periods."""
        return sum(
            (
                exact(r["money"])
                for r in self.rows
                if fold(r["fund"]) == fold(fund) and all(fold(r[c]) == fold(v) for c, v in where.items())
            ),
            Fraction(0),
        )

    def cumulative(self, fund: str) -> Figure | Missing:
        """Spent since the first day of the award; the cell to fill where what was spent before this case is not known."""
        before = self.source.number("Funds", fund, "spent_before")
        if before is None:
            begins = self.source.text("Funds", fund, "award_start")
            first = next(iter(self.source.case.tables["Periods"].records()), None)
            if not begins or first is None or not first["start"] or begins < first["start"]:
                cell = self.source.fact("Funds", fund, "spent_before", "spent before the first period of this case")
                assert isinstance(cell, Missing)
                return cell
            before = 0.0
        return figure(f"SF-425[{fund}] 10e", self.spent(fund) + exact(before), "money")


def _tie(ledger: Ledger) -> Grid:
    rows: list[list[Cell]] = [
        [ledger.source.called("Funds", f), figure(f"ledger[{f}]", ledger.spent(f), "money")]
        for f in ledger.funds
        if ledger.spent(f)
    ]
    total = figure("ledger", sum((exact(r["money"]) for r in ledger.rows), Fraction(0)), "money")
    return grid("Spent by fund", ("Fund", "Spent to date"), rows, (1,), (70, 30), ("The sheet Actuals", total))


def _sf425(ledger: Ledger, fund: str) -> Grid:
    """Line 10, a to o."""
    source, name = ledger.source, f"SF-425[{fund}]"

    def stated(line: str, column: str, label: str) -> Figure | Missing:
        value = source.number("Funds", fund, column)
        if value is None:
            cell = source.fact("Funds", fund, column, label)
            assert isinstance(cell, Missing)
            return cell
        return figure(f"{name} {line}", value, "money")

    def made(line: str, *terms: tuple[int, Cell]) -> Cell:
        """A line that is a sum or difference of others; what one of them lacks it lacks too."""
        lacks = next((t for _, t in terms if isinstance(t, Missing)), None)
        if lacks is not None:
            return lacks
        return figure(f"{name} {line}", sum((sign * _value(t) for sign, t in terms), Fraction(0)), "money")

    e = ledger.cumulative(fund)
    a = stated("10a", "cash_received", "cash receipts to date")
    b = figure(f"{name} 10b", _value(e), "money") if isinstance(e, Figure) else e
    d = _authorized(ledger, fund)
    f = stated("10f", "obligated", "unliquidated obligations")
    g = made("10g", (1, e), (1, f))
    required, recipient = _recipient(ledger, fund, d)
    income = stated("10l", "program_income", "program income earned")
    deducted, added = _income(ledger, fund, income)
    rows: list[list[Cell]] = [
        ["10a", "Cash receipts", a],
        ["10b", "Cash disbursements", b],
        ["10c", "Cash on hand (a − b)", made("10c", (1, a), (-1, b))],
        ["10d", "Total federal funds authorized", d],
        ["10e", "Federal share of expenditures", e],
        ["10f", "Federal share of unliquidated obligations", f],
        ["10g", "Total federal share (e + f)", g],
        ["10h", "Unobligated balance (d − g)", made("10h", (1, d), (-1, g))],
        ["10i", "Total recipient share required", required],
        ["10j", "Recipient share of expenditures", recipient],
        ["10k", "Remaining recipient share (i − j)", made("10k", (1, required), (-1, recipient))],
        ["10l", "Total federal program income earned", income],
        ["10m", "Program income expended, deduction alternative", deducted],
        ["10n", "Program income expended, addition alternative", added],
        ["10o", "Unexpended program income (l − m or l − n)", made("10o", (1, income), (-1, deducted), (-1, added))],
    ]
    return grid(f"SF-425 of {source.called('Funds', fund)}", ("Line", "", "Cumulative"), rows, (2,), (10, 62, 28))


def _income(ledger: Ledger, fund: str, income: Figure | Missing) -> tuple[Cell, Cell]:
    """Lines m and n: program income that was spent; of none, none was."""
    source, made = ledger.source, list[Cell]()
    for line, column, label in (("m", "income_deducted", "deduction"), ("n", "income_added", "addition")):
        value = source.number("Funds", fund, column)
        if value is None and isinstance(income, Figure) and not income.value:
            value = 0.0
        lacks = source.fact("Funds", fund, column, f"program income spent, {label} alternative")
        made.append(lacks if value is None else figure(f"SF-425[{fund}] 10{line}", value, "money"))
    return made[0], made[1]


def _authorized(ledger: Ledger, fund: str) -> Figure | Missing:
    """Line d, from the first day of the award; where something was spent before the case, its amount is not all of it."""
    source = ledger.source
    stated, before = (source.number("Funds", fund, c) for c in ("authorized", "spent_before"))
    if stated is not None:
        return figure(f"SF-425[{fund}] 10d", stated, "money")
    if before or isinstance(ledger.cumulative(fund), Missing):
        cell = source.fact("Funds", fund, "authorized", "total federal funds authorized")
        assert isinstance(cell, Missing)
        return cell
    return source.figures.fund_amount(fund)


def _recipient(ledger: Ledger, fund: str, authorized: Figure | Missing) -> tuple[Cell, Cell]:
    """Lines i and j: the match that the award asks for in all (by its match_rate and by rules), and what has been given.

    Cash that its source has spent on a matched initiative counts up to the match that the plan takes from it there; what
    Actuals cannot show (staff in kind, and what came before) is a fact to be filled in.
    """
    source, name = ledger.source, f"SF-425[{fund}]"
    required: Cell = authorized
    if isinstance(authorized, Figure):
        asked = required_match(source.figures, fund, exact(authorized.value))
        required = figure(f"{name} 10i", asked, "money")
    cash = sum((done for *_, done in given(ledger, fund) if done is not None), Fraction(0))
    stated = source.number("Funds", fund, "match_given")
    in_kind = any(where == IN_KIND for where, _ in source.figures.match(fund))
    if stated is None and (in_kind or source.number("Funds", fund, "spent_before")):
        return required, source.fact("Funds", fund, "match_given", "match in kind to date")
    return required, figure(f"{name} 10j", cash + exact(stated or 0.0), "money")


def given(ledger: Ledger, fund: str) -> list[tuple[str, str, Fraction, Fraction | None]]:
    """Source, initiative, match in the plan, match to date (None: in kind, which Actuals do not show)."""
    made: list[tuple[str, str, Fraction, Fraction | None]] = []
    for (where, i), planned in sorted(ledger.source.figures.match(fund).items()):
        done = None if where == IN_KIND else min(planned, ledger.spent(where, initiative=i))
        made.append((where, i, planned, done))
    return made


def _match(ledger: Ledger) -> Grid | None:
    rows: list[list[Cell]] = []
    for fund in ledger.source.case.facts.names["fund"]:
        for k, (where, i, planned, done) in enumerate(given(ledger, fund)):
            name = f"match[{fund}; {where}; {i}; {k}]"
            giver = "staff, in kind" if where == IN_KIND else ledger.source.called("Funds", where)
            to_date: Cell = "not in Actuals" if done is None else figure(f"{name} to date", done, "money")
            given_to = ledger.source.called("Funds", fund), giver, ledger.source.called("Initiatives", i)
            rows.append([*given_to, figure(f"{name} planned", planned, "money"), to_date])
    titles = ("Grant", "From", "Initiative", "In the plan", "To date")
    return grid("Match ledger", titles, rows, (3, 4), (28, 22, 26, 12, 12)) if rows else None


def _indirect(ledger: Ledger, fund: str) -> Grid | None:
    """Line 11: what was charged, the base that it makes at the rate, the federal share."""
    source, name = ledger.source, f"SF-425[{fund}] 11"
    own = [r for r in ledger.rows if fold(r["fund"]) == fold(fund)]
    indirect = [r for r in own if object_class(source.details, r["category"])[0] == "indirect"]
    charged = sum((exact(r["money"]) for r in indirect), Fraction(0))
    if not charged:
        return None
    owner = source.text("Funds", fund, "owner")
    rate = source.number("Agencies", owner, "indirect_rate") if owner else None
    lacks = Missing("Agencies", owner or "", "indirect_rate", "indirect rate")
    base: Cell = figure(f"{name} base", charged / exact(rate), "money") if rate else lacks
    rows: list[list[Cell]] = [[
        source.fact("Agencies", owner, "indirect_type", "type of indirect rate") if owner else lacks,
        source.fact("Agencies", owner, "indirect_rate", "indirect rate") if owner else lacks,
        ledger.span, base, figure(f"{name} charged", charged, "money"), figure(f"{name} federal", charged, "money"),
    ]]  # fmt: skip
    return grid(
        f"Indirect expense of {source.called('Funds', fund)}",
        ("Type", "Rate", "Period", "Base", "Charged", "Federal share"),
        rows,
        (1, 3, 4, 5),
        (18, 10, 27, 15, 15, 15),
    )


def _sefa(ledger: Ledger) -> Grid | None:
    """One line for each federal grant: what was spent, and what of it was passed to subrecipients."""
    source, rows = ledger.source, list[list[Cell]]()
    for fund in grants(source):
        owner = source.text("Funds", fund, "owner")
        spent = ledger.spent(fund)
        passed: Cell = Missing("Funds", fund, "owner", "who receives the grant")
        if owner:
            passed = figure(f"SEFA[{fund}] passed", spent - ledger.spent(fund, agency=owner), "money")
        rows.append([
            source.fact("Funds", fund, "assistance_listing", "assistance listing number"),
            source.called("Funds", fund),
            source.text("Funds", fund, "cluster") or "none",
            source.fact("Funds", fund, "awarding_agency", "awarding agency"),
            source.fact("Funds", fund, "fain", "FAIN"),
            _passed_from(source, fund),
            passed,
            figure(f"SEFA[{fund}] spent", spent, "money"),
        ])  # fmt: skip
    titles = (
        "Assistance listing",
        "Program",
        "Cluster",
        "Awarding agency",
        "Number",
        "Passed from",
        "Passed to subrecipients",
        "Federal expenditures",
    )
    return grid("SEFA lines", titles, rows, (6, 7), (9, 16, 9, 14, 13, 11, 14, 14)) if rows else None


def _passed_from(source: Source, fund: str) -> Cell:
    """The pass-through entity from which the award comes, and its number there; where nobody names one, it is a direct award."""
    through = source.text("Funds", fund, "passed_from")
    if not through:
        return "direct award"
    number = source.fact("Funds", fund, "passed_number", "number of the pass-through entity")
    return f"{through}, {number}" if isinstance(number, str) else number


def _burn(ledger: Ledger) -> Grid:
    """Of each fund: spent to date beside the plan to date, and what is left of its amount."""
    source, f = ledger.source, ledger.source.figures
    rows: list[list[Cell]] = []
    due = f.facts.names["period"][: ledger.over]
    for fund in f.facts.names["fund"]:
        planned = f.exact_spend(fund=fund, period=due)
        spent = ledger.spent(fund)
        rate: Cell = figure(f"burn[{fund}] rate", spent / planned, "share") if planned else "–"
        rows.append([
            source.called("Funds", fund), figure(f"burn[{fund}] planned", planned, "money"), figure(f"burn[{fund}] spent", spent, "money"),
            rate, f.fund_amount(fund), figure(f"burn[{fund}] left", exact(f.fund_amount(fund).value) - spent, "money"),
        ])  # fmt: skip
    titles = ("Fund", "Planned to date", "Spent to date", "Of plan", "Amount", "Left")
    return grid("Burn rate", titles, rows, range(1, 6), (34, 14, 14, 10, 14, 14))


def _lapsing(ledger: Ledger) -> list[Block]:
    """Money that can no longer be spent if nothing changes: what the fund's plan for the rest leaves of what is left."""
    source, f = ledger.source, ledger.source.figures
    rest = f.facts.names["period"][ledger.over :]
    rows: list[list[Cell]] = []
    for fund in f.facts.names["fund"]:
        left = exact(f.fund_amount(fund).value) - ledger.spent(fund) - f.exact_spend(fund=fund, period=rest)
        if left > 0:
            rows.append([source.called("Funds", fund), figure(f"lapses[{fund}]", left, "money")])
    if not rows:
        return [para("If the rest goes as planned, no money lapses.")]
    said = para("If the rest of the year goes as planned, this stays unspent, and lapses where the fund ends:")
    return [said, grid("What will lapse", ("Fund", "Lapses"), rows, (1,), (70, 30))]


def _value(cell: Cell) -> Fraction:
    shown = figure_of(cell)
    return Fraction(0) if shown is None else exact(shown.value)
