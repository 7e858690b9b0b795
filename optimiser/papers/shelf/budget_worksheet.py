"""Budget detail worksheet of each federal grant (OMB 1121-0188): every line with its computation, a summary, a narrative."""

from __future__ import annotations

from fractions import Fraction

from optimiser.case.readable import number, percent
from optimiser.model.rules.terms import exact
from optimiser.papers import shared_parts
from optimiser.papers.blocks import Block, Break, Cell, Document, Grid, Heading, Total, grid, para
from optimiser.papers.figures import Figure, figure
from optimiser.papers.grants import DIRECT, Grant, grants
from optimiser.papers.paper import Paper, Source, document

SECTIONS = dict(zip((*DIRECT, "indirect"), ("A", "B", "C", "D", "E", "H", "F", "I", "J"), strict=True))
"""Letter of each object class on the worksheet; subawards (G) are what other agencies than the recipient spend."""


class BudgetWorksheet(Paper):
    """The budget detail worksheet."""

    name, title = "budget-worksheet", "Budget detail worksheet"
    purpose = "Each line of a grant with its computation, and the narrative from the plan's own sentences"
    forms = ("xlsx", "docx")

    def subjects(self, source: Source) -> list[str]:
        """Every federal grant that spends something."""
        return [g for g in grants(source) if source.figures.spend(fund=g).value]

    def content(self, source: Source, subject: str) -> Document:
        """Sections A to J, the summary, the narrative."""
        grant, f = Grant(source, subject), source.figures
        made: list[Block] = [
            para("Recipient: ", _owner(source, subject)),
            para("Period: ", shared_parts.period_of(source, subject), "."),
        ]
        for c in SECTIONS:
            found = _lines(source, grant, c)
            if found is not None:
                made += [Heading(f"{SECTIONS[c]}. {c.capitalize()}", 2), found]
        made += [Break(), Heading("Summary"), _summary(source, grant)]
        made += [Break(), Heading("Narrative")]
        for i in f.members("initiative", fund=subject):
            made += [Heading(source.called("Initiatives", i), 2), para(shared_parts.work_of(source, i))]
            money = f.spend(fund=subject, initiative=i)
            made.append(para("Of this grant it receives ", money, "."))
        return document(source, f"Budget detail worksheet, {source.called('Funds', subject)}", made, landscape=True)


def _owner(source: Source, fund: str) -> Cell:
    owner = source.text("Funds", fund, "owner")
    return source.called("Agencies", owner) if owner else source.fact("Funds", fund, "owner", "who receives the grant")


def _lines(source: Source, grant: Grant, wanted: str) -> Grid | None:
    """The lines of one object class: initiative, agency, computation, federal and non-federal cost."""
    f = source.figures
    facts = f.facts
    names = facts.names
    (code,) = f._codes("fund", grant.fund)
    rows: list[list[Cell]] = []
    for (k, i, a, c), money in sorted(f.cube("fund", "initiative", "agency", "category").items()):
        category = names["category"][c]
        if k != code or not money or grant.classes[category][0] != wanted:
            continue
        initiative, agency = names["initiative"][i], names["agency"][a]
        own = f.spend(fund=grant.fund, initiative=initiative, agency=agency, category=category)
        how = _computation(
            source, i, a, c, money, f.exact_spend(initiative=initiative, agency=agency, category=category)
        )
        rows.append([source.called("Initiatives", initiative), source.called("Agencies", agency), category, how, own])
    if not rows:
        return None
    total = figure(f"worksheet[{grant.fund}] {wanted} federal", grant_class(grant, wanted), "money")
    rows.append(["Total", "", "", "", shared_parts.column_total(rows, 4, total)])
    titles = ("Initiative", "Spent by", "Category", "Computation", "Federal")
    return grid(
        f"{SECTIONS[wanted]}. {wanted.capitalize()} of {source.called('Funds', grant.fund)}",
        titles,
        rows,
        (4,),
        (28, 22, 12, 26, 14),
        total=True,
    )


def grant_class(grant: Grant, wanted: str) -> Fraction:
    """Money of a grant in one object class."""
    own = [i for activity in grant.activities.values() for i in activity]
    return grant.by_class(own, False)[wanted]


def _computation(source: Source, i: int, a: int, c: int, money: Fraction, whole: Fraction) -> str:
    """How a line comes about: hires by their cost, else request × level × share of cost × cost factor; the part of the fund."""
    f = source.figures
    facts = f.facts
    part = f" × {percent(float(money / whole))} from this grant" if whole and money != whole else ""
    hired: list[str] = []
    if facts.names["category"][c] == "personnel":
        lines = f.lines.hires
        for agency, k, at, t, fte in zip(
            *(lines.codes[d].tolist() for d in ("agency", "role", "initiative", "period")), lines.exact, strict=True
        ):
            if agency == a and at == i and fte:
                cost = float(facts.hire_cost[a, k, t])
                hired.append(
                    f"{number(float(fte), 2)} FTE {facts.names['role'][k]} × {number(cost, 2)} ({facts.names['period'][t]})"
                )
    share = next(
        (
            float(s)
            for at, cat, s in zip(
                facts.cost_initiative.tolist(), facts.cost_category.tolist(), facts.cost_share.tolist(), strict=True
            )
            if at == i and cat == c
        ),
        0.0,
    )
    level = f.lines.levels.sums("initiative", "agency").get((i, a), Fraction(0))
    made = []
    if share and level:
        request = exact(float(facts.request[i]))
        made.append(f"{number(float(request), 2)} × {percent(float(level))} of scope × {percent(share)}")
    return " + ".join([*made, *hired]) + part if made or hired else "as planned" + part


def _summary(source: Source, grant: Grant) -> Grid:
    """By object class: federal and non-federal, and their sum."""
    own = [i for activity in grant.activities.values() for i in activity]
    federal, match = grant.by_class(own, False), grant.by_class(own, True)
    name, rows = f"worksheet[{grant.fund}]", list[list[Cell]]()
    for c in SECTIONS:
        one, other = (
            figure(f"{name} {c} federal", federal[c], "money"),
            figure(f"{name} {c} non-federal", match[c], "money"),
        )
        both = figure(f"{name} {c} total", federal[c] + match[c], "money")
        row: list[Cell] = [f"{SECTIONS[c]}. {c.capitalize()}", one, other]
        exactly = _same(both, one, other)
        rows.append([*row, Total(both, ((len(rows), 1), (len(rows), 2))) if exactly else both])
    sums = [
        figure(f"{name} federal", sum(federal.values(), Fraction(0)), "money"),
        figure(f"{name} non-federal", sum(match.values(), Fraction(0)), "money"),
    ]
    sums.append(figure(f"{name} total", sum([*federal.values(), *match.values()], Fraction(0)), "money"))
    rows.append(["Total", *(shared_parts.column_total(rows, j, s) for j, s in enumerate(sums, 1))])
    return grid(
        "Budget summary", ("Category", "Federal", "Non-federal", "Total"), rows, (1, 2, 3), (40, 20, 20, 20), total=True
    )


def _same(total: Figure, *others: Figure) -> bool:
    return round(total.value * 100) == sum(round(o.value * 100) for o in others)
