"""SF-424A, Budget Information for Non-Construction Programs: of each federal grant, in whole units of money.

The JSON has the field names of the public schema of the form; amounts are text with two decimals, as it asks. What the
form asks and nobody knows is left out of the JSON and blank on the sheet.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from optimiser.case.paper_facts import OBJECT_CLASSES
from optimiser.model.rules.terms import exact
from optimiser.papers.blocks import (
    Block,
    Break,
    Cell,
    Deck,
    Document,
    Grid,
    Heading,
    Missing,
    Total,
    figure_of,
    grid,
    para,
)
from optimiser.papers.figures import Figure, figure
from optimiser.papers.grants import DIRECT, Grant, grants, nearest, shared_out
from optimiser.papers.paper import Paper, Source, document

TITLE, LISTING, REMARKS, EXPLANATION = 120, 15, 250, 50
"""Letters that the fields of the form hold."""
GIVERS = ("applicant", "state", "other")
QUARTERS = ("first_quarter", "second_quarter", "third_quarter", "fourth_quarter")
YEARS = ("first_year", "second_year", "third_year", "fourth_year")
FIELD = {c: f"{c.replace(' ', '_')}_amount" for c in OBJECT_CLASSES} | {"indirect": "total_indirect_charge_amount"}
LETTERS = dict(zip(OBJECT_CLASSES, "abcdefghj", strict=True))


@dataclass(frozen=True)
class Form:
    """The whole amounts of the form. federal, match: of each activity by object class; givers: of each activity by giver;
    quarters: federal and match of each quarter of the first year (None: not known); years: of each activity, of the years
    after the first."""

    titles: tuple[str, ...]
    federal: tuple[dict[str, int], ...]
    match: tuple[dict[str, int], ...]
    givers: tuple[dict[str, int], ...]
    quarters: tuple[tuple[int, ...], tuple[int, ...]] | None
    first_year: tuple[int, int]
    years: tuple[tuple[int, ...], ...]

    def total(self, k: int) -> int:
        """All money of an activity."""
        return sum(self.federal[k].values()) + sum(self.match[k].values())


def _class_of(category: str) -> Missing:
    label = f"object class of {category}"
    return Missing("Categories", category, "object_class", label, record=(("category", category),))


def form_of(grant: Grant) -> Form:
    """The form. All money of the grant is rounded once, and shared out to activities and object classes by the largest
    remainders; the same with its match. Every other amount is a sum or a part of these."""
    federal, match = ([_parts(grant, matched)[k] for k in range(len(grant.activities))] for matched in (False, True))
    givers = []
    for k, own in enumerate(grant.activities.values()):
        by = grant.match_by_giver(own)
        given = shared_out([by[g] for g in GIVERS], sum(match[k].values()))
        givers.append(dict(zip(GIVERS, given, strict=True)))
    whole, matched = (sum(sum(a.values()) for a in part) for part in (federal, match))
    by_year = grant.by_year()
    later = sorted(y for y in by_year if y > 0)
    spans = shared_out([by_year.get(0, Fraction(0)), *(by_year[y] for y in later)], whole) if by_year else [whole]
    rest = dict(zip(later, spans[1:], strict=True))
    sizes = [Fraction(sum(a.values())) for a in federal]
    years = [shared_out(sizes, rest.get(y, 0)) for y in range(1, 1 + len(YEARS))] if sizes else []
    first_match = nearest(Fraction(matched * spans[0], whole)) if whole else matched
    by_quarter = grant.by_quarter()
    quarters = None
    if by_quarter is not None:
        weights = [by_quarter.get(q, Fraction(0)) for q in range(4)]
        quarters = (tuple(shared_out(weights, spans[0])), tuple(shared_out(weights, first_match)))
    return Form(
        _titles(grant), tuple(federal), tuple(match), tuple(givers), quarters,
        (spans[0], first_match), tuple(zip(*years, strict=True)),
    )  # fmt: skip


def _parts(grant: Grant, matched: bool) -> list[dict[str, int]]:
    """Whole amounts of each activity by object class."""
    exact = [grant.by_class(own, matched) for own in grant.activities.values()]
    places = [(k, c) for k in range(len(exact)) for c in OBJECT_CLASSES]
    amounts = [exact[k][c] for k, c in places]
    whole = shared_out(amounts, nearest(sum(amounts, Fraction(0))))
    made: list[dict[str, int]] = [{} for _ in exact]
    for (k, c), value in zip(places, whole, strict=True):
        made[k][c] = value
    return made


def _titles(grant: Grant) -> tuple[str, ...]:
    """Titles of the activities, as long as the form allows, no two alike."""
    made: list[str] = []
    for k, title in enumerate(grant.activities, 1):
        short = title[:TITLE]
        made.append(short if short not in made else f"{title[: TITLE - 3]} {k}")
    return tuple(made)


class Sf424a(Paper):
    """SF-424A."""

    name, title = "sf-424a", "SF-424A, budget information"
    purpose = "Application of each federal grant: its sections A to F, ready to be typed in or sent"
    forms = ("xlsx", "json")

    def subjects(self, source: Source) -> list[str]:
        """Every federal grant that spends something."""
        return [g for g in grants(source) if source.figures.spend(fund=g).value]

    def why_none(self, source: Source) -> str:
        """Why there is none."""
        return "no fund is federal (Funds, origin) or a joint grant with spend"

    def content(self, source: Source, subject: str) -> Document:
        """The sections as they stand on the form."""
        grant = Grant(source, subject)
        form = form_of(grant)
        listing = source.fact("Funds", subject, "assistance_listing", "assistance listing number")
        made: list[Block] = [para(f"{source.called('Funds', subject)}. All amounts in whole {source.currency}.")]
        unknown = grant.unmapped
        if unknown:
            cells: list[Cell] = ["Counted as other until an object class is named: "]
            for k, c in enumerate(unknown):
                cells += [", " if k else "", f"{c} ", _class_of(c)]
            made.append(para(*cells))
        made += [_section_a(form, subject, listing), _section_b(source, form, subject), _section_c(form, subject)]
        made += [_section_d(form, subject), _section_e(form, subject), *_section_f(source, grant, form)]
        return document(source, f"SF-424A, {source.called('Funds', subject)}", made, landscape=True)

    def checks(self, source: Source, subject: str) -> list[str]:
        """Whether the sections agree, as the form demands, and the form with the plan."""
        grant = Grant(source, subject)
        form, name = form_of(grant), source.called("Funds", subject)
        made = []
        for k, title in enumerate(form.titles):
            if sum(form.givers[k].values()) != sum(form.match[k].values()):
                made.append(f"SF-424A of {name}: Sections A and C differ for {title}.")
        later = sum(sum(years) for years in form.years)
        federal = sum(sum(a.values()) for a in form.federal)
        if form.first_year[0] + later != federal:
            made.append(f"SF-424A of {name}: Sections D and E do not add up to Section A.")
        if form.quarters and any(sum(q) != y for q, y in zip(form.quarters, form.first_year, strict=True)):
            made.append(f"SF-424A of {name}: the quarters of Section D do not add up to its first year.")
        off = abs(federal - source.figures.exact_spend(fund=subject))
        if off > Fraction(1, 2):
            made.append(f"SF-424A of {name}: the form and the plan differ by more than rounding.")
        return made

    def written(self, source: Source, subject: str, form: str, content: Document | Deck) -> bytes:
        """The sheet, or the JSON."""
        if form != "json":
            return super().written(source, subject, form, content)
        return (json.dumps(as_json(source, subject), ensure_ascii=False, indent=1) + "\n").encode()


# -- sections -------------------------------------------------------------------------------------------------------------


def _whole(name: str, value: int) -> Figure:
    return figure(name, value, "whole")


def _section_a(form: Form, fund: str, listing: Cell) -> Grid:
    rows: list[list[Cell]] = []
    name = f"SF-424A[{fund}] A"
    for k, title in enumerate(form.titles):
        federal, match = sum(form.federal[k].values()), sum(form.match[k].values())
        rows.append([
            title, listing, "", "", _whole(f"{name} {title} federal", federal), _whole(f"{name} {title} non-federal", match),
            Total(_whole(f"{name} {title} total", federal + match), ((k, 4), (k, 5))),
        ])  # fmt: skip
    total: list[Cell] = ["5. Totals", "", "", "", *_sums(name, rows, 4, ("federal", "non-federal", "total"))]
    titles = (
        "Activity", "Assistance listing", "Unobligated, federal", "Unobligated, non-federal", "New, federal",
        "New, non-federal", "Total",
    )  # fmt: skip
    return grid("Section A, budget summary", titles, rows, range(2, 7), (30, 12, 12, 12, 12, 12, 12), total)


def _sums(name: str, rows: Sequence[Sequence[Cell]], first: int, labels: Sequence[str]) -> list[Figure]:
    """The sums of columns, from the first that has one."""
    return [_whole(f"{name} {label}", sum(_value(r[j]) for r in rows)) for j, label in enumerate(labels, first)]


def _section_b(source: Source, form: Form, fund: str) -> Grid:
    name = f"SF-424A[{fund}] B"
    count, rows = len(form.titles), list[list[Cell]]()

    def add(title: str, label: str, values: list[int], above: Sequence[int] = ()) -> None:
        """A row with its sum. above: rows that it is the sum of."""
        own = [_whole(f"{name} {label} {t}", v) for t, v in zip(form.titles, values, strict=True)]
        whole, row = _whole(f"{name} {label}", sum(values)), len(rows)
        if above:
            rows.append([title, *(Total(f, tuple((r, j) for r in above)) for j, f in enumerate([*own, whole], 1))])
        else:
            rows.append([title, *own, Total(whole, tuple((row, j) for j in range(1, count + 1)))])

    both = [{c: f[c] + m[c] for c in OBJECT_CLASSES} for f, m in zip(form.federal, form.match, strict=True)]
    for c in DIRECT:
        add(f"{LETTERS[c]}. {c.capitalize()}", c, [a[c] for a in both])
    add("i. Total direct charges (a to h)", "direct", [sum(a[c] for c in DIRECT) for a in both], range(8))
    add("j. Indirect charges", "indirect", [a["indirect"] for a in both])
    add("k. Totals (i and j)", "total", [sum(a.values()) for a in both], (8, 9))
    income = _income(source, fund)
    known = source.fact("Funds", fund, "expected_income", "program income that is expected")
    if income is not None:
        known = _whole(f"{name} program_income", income)
    titles = ("6. Object class categories", *form.titles, "Total")
    found = grid(
        "Section B, budget categories",
        titles,
        [*rows, ["7. Program income", *("" for _ in form.titles), known]],
        range(1, count + 2),
        (28, *(18 for _ in form.titles), 18),
    )
    return replace(found, strong=frozenset({len(rows) - 1}))


def _income(source: Source, fund: str) -> int | None:
    """Program income that is expected, in whole units; None where nobody said."""
    stated = source.number("Funds", fund, "expected_income")
    return None if stated is None else nearest(exact(stated))


def _section_c(form: Form, fund: str) -> Grid:
    name = f"SF-424A[{fund}] C"
    rows: list[list[Cell]] = []
    for k, title in enumerate(form.titles):
        cells: list[Cell] = [_whole(f"{name} {title} {g}", form.givers[k][g]) for g in GIVERS]
        total = _whole(f"{name} {title} total", sum(form.givers[k].values()))
        rows.append([title, *cells, Total(total, ((k, 1), (k, 2), (k, 3)))])
    last: list[Cell] = ["12. Totals", *_sums(name, rows, 1, (*GIVERS, "total"))]
    titles = ("Activity", "Applicant", "State", "Other sources", "Total")
    return grid("Section C, non-federal resources", titles, rows, range(1, 5), (40, 15, 15, 15, 15), last)


def _section_d(form: Form, fund: str) -> Grid:
    name = f"SF-424A[{fund}] D"
    rows: list[list[Cell]] = []
    unknown = Missing("Periods", "", "start and end", "cash needs by quarter (dates of periods that lie in quarters)")
    for k, what in enumerate(("federal", "non-federal")):
        year = _whole(f"{name} {what} first year", form.first_year[k])
        if form.quarters is None:
            rows.append([f"{13 + k}. {what.capitalize()}", year, *(unknown for _ in QUARTERS)])
            continue
        cells: list[Cell] = [_whole(f"{name} {what} {q}", v) for q, v in zip(QUARTERS, form.quarters[k], strict=True)]
        rows.append([f"{13 + k}. {what.capitalize()}", Total(year, tuple((k, j) for j in range(2, 6))), *cells])
    sums = _sums(f"{name} total", rows, 1, ("first year", *QUARTERS))
    total: list[Cell] = ["15. Total", sums[0], *(sums[1:] if form.quarters else [unknown] * len(QUARTERS))]
    titles = ("", "First year", "1st quarter", "2nd quarter", "3rd quarter", "4th quarter")
    return grid("Section D, forecasted cash needs", titles, rows, range(1, 6), (25, 15, 15, 15, 15, 15), total)


def _section_e(form: Form, fund: str) -> Grid:
    name = f"SF-424A[{fund}] E"
    rows: list[list[Cell]] = [
        [title, *(_whole(f"{name} {title} {y}", v) for y, v in zip(YEARS, form.years[k], strict=True))]
        for k, title in enumerate(form.titles)
    ]
    total: list[Cell] = ["20. Total", *_sums(name, rows, 1, YEARS)]
    titles, title = (
        ("Activity", "First", "Second", "Third", "Fourth"),
        "Section E, federal funds for the balance of the project",
    )
    return grid(title, titles, rows, range(1, 5), (40, 15, 15, 15, 15), total)


def _section_f(source: Source, grant: Grant, form: Form) -> list[Block]:
    owner = source.text("Funds", grant.fund, "owner")
    charged = sum(a["indirect"] for a in (*form.federal, *form.match))
    rows: list[list[Cell]] = [["21. Direct charges", _explained(grant)]]
    if charged and owner:
        for what, column, label in (
            ("type of rate", "indirect_type", "type of indirect rate"),
            ("rate", "indirect_rate", "indirect rate"),
            ("base", "indirect_base", "base of indirect costs"),
        ):
            rows.append([f"22. Indirect charges, {what}", source.fact("Agencies", owner, column, label)])
    elif charged:
        rows.append(["22. Indirect charges", Missing("Funds", grant.fund, "owner", "who receives the grant")])
    rows.append(["23. Remarks", _remarks(source)])
    return [
        Break(),
        Heading("Section F"),
        grid("Section F, other budget information", ("Line", "Text"), rows, (), (35, 65)),
    ]


def _explained(grant: Grant) -> str:
    return f"Other: {', '.join(grant.unmapped)}"[:EXPLANATION] if grant.unmapped else ""


def _remarks(source: Source) -> str:
    return source.foot[:REMARKS]


def _value(cell: Cell) -> int:
    shown = figure_of(cell)
    return 0 if shown is None else int(shown.value)


# -- JSON -----------------------------------------------------------------------------------------------------------------


def as_json(source: Source, fund: str) -> dict[str, Any]:
    """The form by the field names of its public schema; a field that nobody knows is absent. The applicant confirms it."""
    grant = Grant(source, fund)
    form = form_of(grant)
    listing = source.text("Funds", fund, "assistance_listing")[:LISTING]
    items = []
    for k, title in enumerate(form.titles):
        federal, match = sum(form.federal[k].values()), sum(form.match[k].values())
        item: dict[str, Any] = {"activity_title": title}
        if listing:
            item["assistance_listing_number"] = listing
        item["budget_summary"] = _summary(federal, match)
        item["budget_categories"] = _categories([form.federal[k], form.match[k]])
        item["non_federal_resources"] = _givers([form.givers[k]])
        item["federal_fund_estimates"] = _years([form.years[k]])
        items.append(item)
    federal, match = (sum(sum(a.values()) for a in part) for part in (form.federal, form.match))
    cash = {
        f"{what}_forecasted_cash_needs": _cash(form, which)
        for what, which in (("federal", (0,)), ("non_federal", (1,)), ("total", (0, 1)))
    }
    income = _income(source, fund)
    line_7 = {} if income is None else {"program_income_amount": _money(income)}
    made = {
        "activity_line_items": items,
        "total_budget_summary": _summary(federal, match),
        "total_budget_categories": _categories([*form.federal, *form.match]) | line_7,
        "total_non_federal_resources": _givers(list(form.givers)),
        "forecasted_cash_needs": cash,
        "total_federal_fund_estimates": _years(list(form.years)),
        "direct_charges_explanation": _explained(grant),
        "remarks": _remarks(source),
    }
    return {name: value for name, value in made.items() if value != ""}


def _money(value: int) -> str:
    return f"{value}.00"


def _summary(federal: int, match: int) -> dict[str, str]:
    return {
        "federal_new_or_revised_amount": _money(federal),
        "non_federal_new_or_revised_amount": _money(match),
        "total_amount": _money(federal + match),
    }


def _categories(parts: list[dict[str, int]]) -> dict[str, str]:
    sums = {c: sum(p[c] for p in parts) for c in OBJECT_CLASSES}
    made = {FIELD[c]: _money(v) for c, v in sums.items()}
    made["total_direct_charge_amount"] = _money(sum(sums[c] for c in DIRECT))
    made["total_amount"] = _money(sum(sums.values()))
    return made


def _givers(parts: list[dict[str, int]]) -> dict[str, str]:
    made = {f"{g}_amount": _money(sum(p[g] for p in parts)) for g in GIVERS}
    return {**made, "total_amount": _money(sum(sum(p.values()) for p in parts))}


def _years(parts: list[tuple[int, ...]]) -> dict[str, str]:
    return {f"{y}_amount": _money(sum(p[k] for p in parts)) for k, y in enumerate(YEARS)}


def _cash(form: Form, which: tuple[int, ...]) -> dict[str, str]:
    made = {"total_amount": _money(sum(form.first_year[w] for w in which))}
    if form.quarters is not None:
        made |= {f"{q}_amount": _money(sum(form.quarters[w][k] for w in which)) for k, q in enumerate(QUARTERS)}
    return made
