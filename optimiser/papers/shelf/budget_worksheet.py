"""Budget detail worksheet of each federal grant (OMB 1121-0188): every line with its computation, what the grant and what
others pay of it, a summary, a narrative."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from optimiser.case.names import fold
from optimiser.case.readable import number, percent
from optimiser.model.rules.terms import exact
from optimiser.papers import shared_parts
from optimiser.papers.blocks import Block, Break, Cell, Document, Grid, Heading, Total, grid, para
from optimiser.papers.figures import Figure, figure
from optimiser.papers.grants import Grant, grants, nearest, shared_out
from optimiser.papers.paper import Paper, Source, document
from optimiser.plan.lines import IN_KIND

SECTIONS = {
    "personnel": "A. Personnel", "fringe benefits": "B. Fringe benefits", "travel": "C. Travel", "equipment": "D. Equipment",
    "supplies": "E. Supplies", "construction": "F. Construction", "subawards": "G. Subawards",
    "contractual": "H. Procurement contracts", "other": "I. Other", "indirect": "J. Indirect costs",
}  # fmt: skip
"""Object classes as the worksheet names and orders them; subawards are what other agencies than the recipient spend."""


@dataclass(frozen=True)
class CostLine:
    """One line of the worksheet. section: a key of SECTIONS; how: its computation; federal: of the grant; cents: of others."""

    section: str
    initiative: str
    agency: str
    category: str
    how: str
    federal: Fraction
    cents: int


class BudgetWorksheet(Paper):
    """The budget detail worksheet."""

    name, title = "budget-worksheet", "Budget detail worksheet"
    purpose = "Each line of a grant with its computation, and the narrative from the plan's own sentences"
    forms = ("xlsx", "docx")

    def subjects(self, source: Source) -> list[str]:
        """Every federal grant that spends something."""
        return [g for g in grants(source) if source.figures.spend(fund=g).value]

    def why_none(self, source: Source) -> str:
        """Why there is none."""
        return "no fund is federal (Funds, origin) or a joint grant with spend"

    def content(self, source: Source, subject: str) -> Document:
        """Sections A to J, the summary, the narrative."""
        lines = cost_lines(source, subject)
        made: list[Block] = [
            para("Recipient: ", _owner(source, subject)),
            para("Period: ", shared_parts.period_of(source, subject), "."),
        ]
        numbers = {line: k for k, line in enumerate(lines, 1)}
        for section, title in SECTIONS.items():
            own = [line for line in lines if line.section == section]
            if own:
                made += [Heading(title, 2), _section(source, subject, section, own, numbers)]
        made += [Break(), Heading("Summary"), _summary(subject, lines)]
        made += [Break(), Heading("Narrative"), _narrative(source, subject)]
        return document(source, f"Budget detail worksheet, {source.called('Funds', subject)}", made, landscape=True)


def _owner(source: Source, fund: str) -> Cell:
    owner = source.text("Funds", fund, "owner")
    return source.called("Agencies", owner) if owner else source.fact("Funds", fund, "owner", "who receives the grant")


def cost_lines(source: Source, fund: str) -> list[CostLine]:
    """Every line of a grant: what it spends, with what others pay of the same cost, and staff that is lent to it.

    What counts as match is shared out to cents once, so that the sections and the summary add up to it.
    """
    f = source.figures
    names, grant = f.facts.names, Grant(source, fund)
    (code,) = f._codes("fund", fund)
    federal = {
        key[1:]: v for key, v in f.cube("fund", "initiative", "agency", "category").items() if key[0] == code and v
    }
    match = _cash(source, fund)
    lent = _lent(source, fund)
    keys = sorted({*federal, *match})
    parts = [match.get(key, Fraction(0)) for key in keys] + [money for *_, money in lent]
    cents = shared_out(parts, nearest(sum(parts, Fraction(0)) * 100)) if parts else []
    owner = fold(source.text("Funds", fund, "owner"))
    made = []
    for key, of_others in zip(keys, cents, strict=False):
        i, a, c = (names[d][k] for d, k in zip(("initiative", "agency", "category"), key, strict=True))
        section = "subawards" if owner and fold(a) != owner else grant.classes[c][0]
        money = federal.get(key, Fraction(0))
        whole = f.exact_spend(initiative=i, agency=a, category=c)
        paid = (money, "from this grant") if money else (match.get(key, Fraction(0)), "as match")
        how = _computation(source, key, paid, whole)
        made.append(CostLine(section, i, a, c, how, money, of_others))
    for (i, a, how, _), of_others in zip(lent, cents[len(keys) :], strict=True):
        made.append(CostLine("personnel", i, a, "staff in kind", how, Fraction(0), of_others))
    return [line for line in made if line.federal or line.cents]


def _cash(source: Source, fund: str) -> dict[tuple[int, ...], Fraction]:
    """(initiative, agency, category) -> cash match: as its fund spends it on the initiative."""
    f = source.figures
    spend, made = f.cube("fund", "initiative", "agency", "category"), dict[tuple[int, ...], Fraction]()
    for (giver, initiative), money in f.match(fund).items():
        if giver != IN_KIND:
            (g,), (i,) = f._codes("fund", giver), f._codes("initiative", initiative)
            own = {key[1:]: v for key, v in spend.items() if key[0] == g and key[1] == i and v}
            whole = sum(own.values(), Fraction(0))
            for key, v in own.items():
                made[key] = made.get(key, Fraction(0)) + money * v / whole
    return made


def _lent(source: Source, fund: str) -> list[tuple[str, str, str, Fraction]]:
    """Initiative, agency, computation and money of the staff that counts as match, by who lends it."""
    f = source.figures
    names, cost, posts = f.facts.names, f.facts.cost_per_fte, f.lines.posts
    places = posts.keys("agency", "role", "initiative", "period")
    values: dict[str, dict[str, list[tuple[str, Fraction]]]] = {}
    for (a, k, i, t), fte in zip(places, posts.exact, strict=True):
        worth = fte * exact(float(cost[a, k, t]))
        if worth:
            how = f"{number(float(fte), 2)} FTE {names['role'][k]} × {number(float(cost[a, k, t]), 2)} ({names['period'][t]})"
            values.setdefault(names["initiative"][i], {}).setdefault(names["agency"][a], []).append((how, worth))
    made = []
    for (giver, initiative), money in sorted(f.match(fund).items()):
        if giver == IN_KIND:
            by = values.get(initiative, {})
            whole = sum((v for own in by.values() for _, v in own), Fraction(0))
            for agency, own in by.items():
                part = f"; {percent(float(money / whole))} of it for this grant" if whole != money else ""
                worth = sum((v for _, v in own), Fraction(0))
                made.append((initiative, agency, " + ".join(how for how, _ in own) + part, money * worth / whole))
    return made


def _section(source: Source, fund: str, section: str, lines: Sequence[CostLine], numbers: dict[CostLine, int]) -> Grid:
    """The lines of one section: initiative, agency, category, computation, federal and non-federal cost."""
    f, rows = source.figures, list[list[Cell]]()
    for line in lines:
        where = {"initiative": line.initiative, "agency": line.agency, "category": line.category}
        own: Cell = f.spend(fund=fund, **where) if line.federal else ""
        other: Cell = (
            figure(f"worksheet[{fund}] line {numbers[line]}", Fraction(line.cents, 100), "money") if line.cents else ""
        )
        called = source.called("Initiatives", line.initiative), source.called("Agencies", line.agency)
        rows.append([*called, line.category, line.how, own, other])
    total: list[Cell] = ["Total", "", "", "", *_sums(fund, section, lines)[:2]]
    titles = ("Initiative", "Spent by", "Category", "Computation", "Federal", "Non-federal")
    name = f"{SECTIONS[section]} of {source.called('Funds', fund)}"
    return grid(name, titles, rows, (4, 5), (25, 21, 12, 24, 13, 13), total)


def _sums(fund: str, section: str, lines: Sequence[CostLine]) -> list[Figure]:
    """Federal, non-federal and all money of these lines."""
    name = f"worksheet[{fund}]" + (f" {section}" if section else "")
    federal = sum((line.federal for line in lines), Fraction(0))
    others = Fraction(sum(line.cents for line in lines), 100)
    parts = (("federal", federal), ("non-federal", others), ("total", federal + others))
    return [figure(f"{name} {what}", money, "money") for what, money in parts]


def _computation(source: Source, key: tuple[int, ...], paid: tuple[Fraction, str], whole: Fraction) -> str:
    """How a line comes about: hires by their cost, else request × level × share of cost × cost factor; the part that is paid of
    it, and as what. key: initiative, agency, category."""
    i, a, c = key
    f = source.figures
    facts = f.facts
    money, what = paid
    part = f" × {percent(float(money / whole))} {what}" if whole and money != whole else ""
    hired: list[str] = []
    if facts.names["category"][c] == "personnel":
        places = f.lines.hires.keys("agency", "role", "initiative", "period")
        for (agency, k, at, t), fte in zip(places, f.lines.hires.exact, strict=True):
            if agency == a and at == i and fte:
                cost = float(facts.hire_cost[a, k, t])
                hired.append(
                    f"{number(float(fte), 2)} FTE {facts.names['role'][k]} × {number(cost, 2)} ({facts.names['period'][t]})"
                )
    of_it = (facts.cost_initiative == i) & (facts.cost_category == c)
    share = next(iter(facts.cost_share[of_it].tolist()), 0.0)
    level = f.lines.levels.sums("initiative", "agency").get((i, a), Fraction(0))
    made = []
    if share and level:
        request = exact(float(facts.request[i]))
        made.append(f"{number(float(request), 2)} × {percent(float(level))} of scope × {percent(share)}")
    return " + ".join([*made, *hired]) + part if made or hired else "as planned" + part


def _summary(fund: str, lines: Sequence[CostLine]) -> Grid:
    """By section: federal and non-federal, and their sum."""
    rows = list[list[Cell]]()
    for section, title in SECTIONS.items():
        *parts, both = _sums(fund, section, [line for line in lines if line.section == section])
        adds = round(both.value * 100) == sum(round(part.value * 100) for part in parts)
        rows.append([title, *parts, Total(both, ((len(rows), 1), (len(rows), 2))) if adds else both])
    total: list[Cell] = ["Total", *_sums(fund, "", lines)]
    titles = ("Category", "Federal", "Non-federal", "Total")
    return grid("Budget summary", titles, rows, (1, 2, 3), (40, 20, 20, 20), total)


def _narrative(source: Source, fund: str) -> Grid:
    """What each initiative does, in the plan's own sentences, and what it receives of the grant."""
    f = source.figures
    rows: list[list[Cell]] = [
        [source.called("Initiatives", i), shared_parts.work_of(source, i), f.spend(fund=fund, initiative=i)]
        for i in f.members("initiative", fund=fund)
    ]
    titles = ("Initiative", "What it does", "Of this grant")
    return grid("Narrative", titles, rows, (2,), (26, 58, 16), ("Total", "", f.spend(fund=fund)))
