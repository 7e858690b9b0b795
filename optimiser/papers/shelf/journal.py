"""Journal: the plan as budget entries, through the office's own account codes; balanced."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from fractions import Fraction

from optimiser.case.names import fold
from optimiser.case.paper_facts import SEGMENTS
from optimiser.case.reading.cells import no_formula
from optimiser.case.writing.saved import clean
from optimiser.papers.blocks import BLANK, Block, Cell, Deck, Document, Missing, grid, para
from optimiser.papers.figures import figure
from optimiser.papers.paper import Paper, Source, document

TITLES = ("Line", "Date", "Account", "Debit", "Credit", "Text")


@dataclass(frozen=True)
class JournalLine:
    """One line. account: the string, with room where a segment is missing; missing: those segments."""

    date: str
    account: str
    missing: tuple[Missing, ...]
    debit: Fraction
    credit: Fraction
    text: str


class Journal(Paper):
    """The journal."""

    name, title = "journal", "Journal"
    purpose = "Budget entries for the ledger, balanced, through your account codes"
    forms = ("csv", "xlsx")

    def content(self, source: Source, subject: str) -> Document:
        """Every line: debits of what is budgeted, credits of the funds that it comes from."""
        found = entries(source)
        rows: list[list[Cell]] = []
        for k, e in enumerate(found, 1):
            debit: Cell = figure(f"journal debit {k}", e.debit, "money") if e.debit else ""
            credit: Cell = figure(f"journal credit {k}", e.credit, "money") if e.credit else ""
            rows.append([str(k), e.date, e.account, debit, credit, e.text])
        debits, credits = (
            figure(f"journal {what}", sum((getattr(e, what[:-1]) for e in found), Fraction(0)), "money")
            for what in ("debits", "credits")
        )
        total = ("", "", "Total", debits, credits, "")
        made: list[Block] = [grid("Journal", TITLES, rows, (3, 4), (6, 12, 26, 14, 14, 34), total)]
        missing = list(dict.fromkeys(m for e in found for m in e.missing))
        if missing:
            cells: list[Cell] = ["Segments without a code: "]
            for m in missing:
                cells += [f"{m.label} ", m, "; "]
            made.append(para(*cells))
        return document(source, f"Journal of {source.title}", made, landscape=True)

    def checks(self, source: Source, subject: str) -> list[str]:
        """Debits are credits, of each fund and period, and both are what the plan spends."""
        found = entries(source)
        debits, credits = (sum((getattr(e, side) for e in found), Fraction(0)) for side in ("debit", "credit"))
        made = [] if debits == credits else ["The journal is not balanced."]
        rounded = Fraction(len(found), 200)
        near = abs(debits - source.figures.exact_spend()) <= rounded
        return made + ([] if near else ["The journal and the plan's spend differ by more than cents."])

    def written(self, source: Source, subject: str, form: str, content: Document | Deck) -> bytes:
        """The sheet, or the CSV."""
        if form != "csv":
            return super().written(source, subject, form, content)
        target = io.StringIO()
        made = csv.writer(target, lineterminator="\n")
        made.writerow(TITLES)
        for k, e in enumerate(entries(source), 1):
            account, text = (no_formula(clean(said)) for said in (e.account, e.text))
            made.writerow([k, e.date, account, _plain(e.debit), _plain(e.credit), text])
        return target.getvalue().encode()


def entries(source: Source) -> list[JournalLine]:
    """The lines in cents, fund by fund and period by period: a debit for each line of spend, then the credit of their sum."""
    f = source.figures
    names, codes = f.facts.names, _codes(source)
    dates = {p["period"]: p["start"] for p in source.case.tables["Periods"].records()}
    lines = f.cube("fund", "period", "agency", "initiative", "category")
    order = [(key, cents) for key, v in sorted(lines.items()) if (cents := round(v, 2))]
    made: list[JournalLine] = []
    pairs = dict.fromkeys((k, t) for (k, t, *_), _ in order)
    for k, t in pairs:
        fund, period = names["fund"][k], names["period"][t]
        date, whole = dates.get(period, "") or period, Fraction(0)
        for (one, at, a, i, c), money in order:
            if (one, at) != (k, t):
                continue
            members = (("agency", a), ("initiative", i), ("category", c))
            line = {"fund": fund, "period": period, **{d: names[d][k] for d, k in members}}
            account, missing = _account(codes, line)
            text = f"{source.called('Initiatives', line['initiative'])}, {line['category']}, {source.called('Agencies', line['agency'])}"
            made.append(JournalLine(date, account, missing, money, Fraction(0), text))
            whole += money
        code = codes.get(("credit", fold(fund)))
        lacks = () if code else (_code("credit", fund, f"account that is credited for {fund}"),)
        account, text = code[0] if code else BLANK, f"{source.called('Funds', fund)}, {period}"
        made.append(JournalLine(date, account, lacks, Fraction(0), whole, text))
    return made


def _code(of: str, item: str, label: str) -> Missing:
    return Missing("Account codes", f"{of} {item}", "code", label, record=(("of", of), ("item", item)))


def _codes(source: Source) -> dict[tuple[str, str], tuple[str, float]]:
    """(of, folded item) -> code and position."""
    usual = {of: k for k, of in enumerate(SEGMENTS, 1)}
    return {
        (r["of"], fold(r["item"])): (
            r["code"],
            r["position"] if r["position"] == r["position"] else usual.get(r["of"], 0),
        )
        for r in source.details.tables["Account codes"].records()
    }


def _account(codes: dict[tuple[str, str], tuple[str, float]], line: dict[str, str]) -> tuple[str, tuple[Missing, ...]]:
    """The account string of a line of spend: the segments that the office uses, in their order."""
    used = sorted(
        {of: min(p for (o, _), (_, p) in codes.items() if o == of) for of, _ in codes if of != "credit"}.items(),
        key=lambda u: (u[1], SEGMENTS.index(u[0])),
    )
    segments, missing = [], []
    for of, _ in used:
        found = codes.get((of, fold(line[of])))
        segments.append(found[0] if found else BLANK)
        if not found:
            missing.append(_code(of, line[of], f"{of} {line[of]}"))
    if not used:
        missing.append(Missing("Account codes", "", "code", "the chart of accounts"))
    return "-".join(segments) or BLANK, tuple(missing)


def _plain(value: Fraction) -> str:
    if not value:
        return ""
    shown = figure("", value, "money").value
    return str(shown) if isinstance(shown, int) else f"{shown:.2f}"
