"""Which rows of a plan are added up with the hidden ones, so that no hidden figure follows from those that are sent.

What is sent of merged rows are sums: of money by fund and period and by agency, of staff by agency and role, of impact.
Which sums give a figure away is decided by linear algebra, for a reader who knows which of the cells are not zero: a
figure is safe when it is no combination of the sums. As long as one is not, a further row is added to the merged ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from optimiser.case.names import fold
from optimiser.case.table import Table
from optimiser.plan.tables import Plan
from optimiser.store.privacy.sight import Eyes, Withheld

TRIED = 4
"""Rows that are tried in each round, those first that share most sums with what is to be hidden."""
WITHHELD = "The totals of this plan alone would show what is for others' eyes only. Ask the partnership's office."
Sum = tuple[str, ...]


@dataclass(frozen=True)
class PlanCell:
    """One amount of a plan. fund is "" for staff, role "" for money; initiative and agency are folded keys."""

    quantity: str
    initiative: str
    agency: str
    value: float
    fund: str = ""
    period: str = ""
    role: str = ""
    line: str = ""
    """What else tells lines of a visible initiative apart: the category, or the role filled."""


@dataclass(frozen=True)
class Merge:
    """Folded keys of the initiatives, agencies and funds that are shown together."""

    initiatives: frozenset[str] = frozenset()
    agencies: frozenset[str] = frozenset()
    funds: frozenset[str] = frozenset()
    by_role: bool = True
    """Whether staff for merged initiatives are told apart by role."""
    with_impact: bool = True
    """Whether the impact of merged initiatives is sent, as one sum."""

    def sums(self, cell: PlanCell) -> list[Sum]:
        """The sums in which a cell is sent; none where it is sent by itself, or not at all."""
        agency = "*" if cell.agency in self.agencies else cell.agency
        fund = "*" if cell.fund in self.funds else cell.fund
        if cell.initiative in self.initiatives:
            if cell.quantity == "money":
                return [("fund", fund, cell.period), ("agency", agency)]
            if cell.quantity in ("posts", "hires"):
                return [(cell.quantity, agency, cell.role if self.by_role else "*")]
            return [(cell.quantity,)] if cell.quantity == "impact" and self.with_impact else []
        if cell.agency in self.agencies:
            return [("line", cell.quantity, cell.initiative, fund, cell.period, cell.role, cell.line)]
        return []

    def plus(self, kind: str, keys: Iterable[str]) -> Merge:
        """With these keys besides."""
        return replace(self, **{kind: getattr(self, kind) | frozenset(keys)})


@dataclass(frozen=True)
class Known:
    """A plan's cells, and whose they are. own: initiatives that the person's agency leads or is a partner of."""

    cells: tuple[PlanCell, ...]
    eyes: Eyes
    own: frozenset[str]
    initiatives: tuple[str, ...]
    agencies: tuple[str, ...]
    funds: tuple[str, ...]
    pinned: frozenset[str]
    """Initiatives whose award follows from their inputs, which hide nothing."""

    @property
    def agency(self) -> str:
        """The person's own agency."""
        return fold(self.eyes.actor.agency)

    def is_own(self, cell: PlanCell) -> bool:
        """Whether an amount is the person's own agency's to know."""
        return cell.initiative in self.own or (bool(self.agency) and cell.agency == self.agency)


def merged(plan: Plan, eyes: Eyes) -> Merge:
    """What to show together. Raises Withheld where no choice keeps the secret."""
    known = _known(plan, eyes)
    merge = Merge(eyes.initiatives & {*known.initiatives}, eyes.agencies & {*known.agencies})
    touched = {c.initiative for c in known.cells if c.agency in merge.agencies}
    merge = merge.plus("initiatives", touched - known.own - {""})
    for kind in ("initiatives", "agencies"):
        if len(getattr(merge, kind)) == 1:
            merge = _with_another(merge, kind, known)
    if any(c.role and c.initiative in merge.initiatives and eyes.mentions(c.role) for c in known.cells):
        merge = replace(merge, by_role=False)
    told = given_away(known, merge)
    while told:
        merge, told = _further(merge, known, told)
    return merge


def given_away(known: Known, merge: Merge) -> list[list[PlanCell]]:
    """The hidden figures (each the sum of some cells) that follow from the sums that are sent."""
    found: list[list[PlanCell]] = []
    by_quantity: dict[str, list[PlanCell]] = {}
    for cell in known.cells:
        by_quantity.setdefault(cell.quantity, []).append(cell)
    for cells in by_quantity.values():
        unknown = [(c, s) for c in cells if (s := merge.sums(c))]
        secrets = _secrets([c for c, _ in unknown], known)
        if secrets:
            found += _determined([c for c, _ in unknown], [s for _, s in unknown], secrets)
    return found


def _determined(cells: list[PlanCell], sums: list[list[Sum]], secrets: list[list[int]]) -> list[list[PlanCell]]:
    """The secrets that are combinations of the sums."""
    kinds = {row: k for k, row in enumerate(dict.fromkeys(map(tuple, sums)))}
    kind_of = [kinds[tuple(row)] for row in sums]
    size = Counter(kind_of)
    # Cells that stand in the same sums cannot be told apart: a secret with some of them, and not all, is safe.
    edges: dict[Sum, list[tuple[Sum, int]]] = {}
    for row, k in kinds.items():
        if len(row) == 2:
            edges.setdefault(row[0], []).append((row[1], k))
            edges.setdefault(row[1], []).append((row[0], k))
    found = []
    for members in secrets:
        count = Counter(kind_of[n] for n in members)
        if all(size[k] == n for k, n in count.items()) and _follows(edges, count):
            found.append([cells[n] for n in members])
    return found


def _follows(edges: Mapping[Sum, list[tuple[Sum, int]]], figure: Mapping[int, int]) -> bool:
    """Whether a figure (whole kinds of cells) is a combination of the sums.

    Kinds of cells that stand in two sums are the edges of a graph between funds by period and agencies. A combination
    gives each sum a weight, and the two of an edge must add up to 1 within the figure and to 0 outside it.
    """
    weight: dict[Sum, int] = {}
    for start in edges:
        if start in weight:
            continue
        weight[start] = 0
        todo = [start]
        while todo:
            here = todo.pop()
            for there, kind in edges[here]:
                wanted = (kind in figure) - weight[here]
                if there not in weight:
                    weight[there] = wanted
                    todo.append(there)
                elif weight[there] != wanted:
                    return False
    return True


def _secrets(cells: list[PlanCell], known: Known) -> list[list[int]]:
    """Of every hidden row its total, its parts by fund, agency, period and role, and each of its cells; but not what
    consists of the person's own agency's people and initiatives alone."""
    groups: dict[tuple[str, ...], list[int]] = {}
    for n, cell in enumerate(cells):
        keys: list[tuple[str, ...]] = []
        if cell.initiative in known.eyes.initiatives:
            keys += _parts("initiative", cell.initiative, cell, cell.agency)
        if cell.agency in known.eyes.agencies:
            keys += _parts("agency", cell.agency, cell, cell.initiative)
        for key in keys:
            groups.setdefault(key, []).append(n)
    secret = {tuple(m) for m in groups.values() if not all(known.is_own(cells[n]) for n in m)}
    return [list(members) for members in sorted(secret)]


def _parts(of: str, key: str, cell: PlanCell, other: str) -> list[tuple[str, ...]]:
    whole = (cell.fund, cell.period, cell.role, cell.line)
    return [
        (of, key),
        (of, key, "with", other),
        *((of, key, name, value) for name, value in zip(("fund", "period", "role"), whole[:3], strict=True) if value),
        (of, key, "cell", other, *whole),
    ]


# -- adding ---------------------------------------------------------------------------------------------------------------


def _with_another(merge: Merge, kind: str, known: Known) -> Merge:
    """With the row nearest in size to the one that stands alone."""
    field = "initiative" if kind == "initiatives" else "agency"
    size: dict[str, float] = {}
    for cell in known.cells:
        if cell.quantity == "money":
            size[getattr(cell, field)] = size.get(getattr(cell, field), 0.0) + cell.value
    (alone,) = getattr(merge, kind)
    free = _free(merge, kind, known)
    order = sorted(free, key=lambda k: (k in known.pinned, abs(size.get(k, 0.0) - size.get(alone, 0.0)), k))
    return merge.plus(kind, order[:1])


def _free(merge: Merge, kind: str, known: Known) -> list[str]:
    """Rows that can still be added: never the person's own."""
    own = {"initiatives": known.own, "agencies": {known.agency}, "funds": frozenset[str]()}[kind]
    return [k for k in getattr(known, kind) if k not in own and k not in getattr(merge, kind)]


def _further(merge: Merge, known: Known, told: list[list[PlanCell]]) -> tuple[Merge, list[list[PlanCell]]]:
    """With one further row, the one that leaves fewest hidden figures given away: an initiative where one helps."""
    tried: list[tuple[list[list[PlanCell]], Merge]] = []
    for choices in (_initiatives(merge, known, told), _pairs(merge, known, told)):
        tried += [(given_away(known, made), made) for made in choices]
        left, made = min(tried, key=lambda t: len(t[0]), default=(told, merge))
        if len(left) < len(told):
            return made, left
    if not tried:
        raise Withheld(WITHHELD)
    left, made = min(tried, key=lambda t: len(t[0]))
    return made, left


def _initiatives(merge: Merge, known: Known, told: list[list[PlanCell]]) -> list[Merge]:
    """With one initiative more: of those that share most sums with what is given away."""
    shared = {s for figure in told for cell in figure for s in merge.sums(cell)}
    with_all = replace(merge, initiatives=frozenset(known.initiatives))
    score: dict[str, int] = {}
    for cell in known.cells:
        if cell.initiative not in merge.initiatives:
            score[cell.initiative] = score.get(cell.initiative, 0) + sum(s in shared for s in with_all.sums(cell))
    free = sorted(_free(merge, "initiatives", known), key=lambda k: (k in known.pinned, -score.get(k, 0), k))
    return [merge.plus("initiatives", [key]) for key in free[:TRIED]]


def _pairs(merge: Merge, known: Known, told: list[list[PlanCell]]) -> list[Merge]:
    """With one agency or fund more, two where none is shown with others yet; or without roles, or without impact."""
    made = [replace(merge, by_role=False)] if merge.by_role else []
    made += [replace(merge, with_impact=False)] if merge.with_impact else []
    for kind, field in (("agencies", "agency"), ("funds", "fund")):
        wanted = Counter(getattr(cell, field) for figure in told for cell in figure)
        free = sorted(_free(merge, kind, known), key=lambda k: (-wanted[k], k))[:TRIED]
        if getattr(merge, kind):
            made += [merge.plus(kind, [key]) for key in free]
        else:
            made += [merge.plus(kind, pair) for pair in combinations(free, 2)]
    return made


# -- reading a plan -------------------------------------------------------------------------------------------------------


def _known(plan: Plan, eyes: Eyes) -> Known:
    facts = plan.case.facts
    table = facts.sorted["initiative"]
    own = {
        fold(key)
        for key, lead in zip(facts.names["initiative"], table["lead"].tolist(), strict=True)
        if eyes.actor.agency and fold(lead) == fold(eyes.actor.agency)
    }
    partners = plan.case.tables["Partners"]
    for initiative, agency in zip(partners["initiative"].tolist(), partners["agency"].tolist(), strict=True):
        if eyes.actor.agency and fold(agency) == fold(eyes.actor.agency):
            own.add(fold(initiative))
    initiatives, agencies, funds = (tuple(fold(k) for k in facts.names[d]) for d in ("initiative", "agency", "fund"))
    fixed = facts.must_fund | facts.all_or_nothing | (facts.minimum == facts.maximum)
    pinned = frozenset(k for k, is_fixed in zip(initiatives, fixed.tolist(), strict=True) if is_fixed)
    return Known(tuple(_cells(plan)), eyes, frozenset(own - eyes.initiatives), initiatives, agencies, funds, pinned)


def _cells(plan: Plan) -> Iterator[PlanCell]:
    """Every amount of a plan that is not zero."""
    tables = plan.tables
    for r in _rows(tables["Spend"]):
        yield PlanCell("money", r["initiative"], r["agency"], r["money"], r["fund"], r["period"], "", r["category"])
    for r in _rows(tables["Posts"]):
        yield PlanCell("posts", r["initiative"], r["agency"], r["fte"], "", r["period"], r["role"], r["fills"])
    for r in _rows(tables["Hires"]):
        yield PlanCell("hires", r["initiative"], r["agency"], r["fte"], "", r["period"], r["role"])
    for r in _rows(tables["Levels"]):
        yield PlanCell("level", r["initiative"], r["agency"], r["level"], "", r["period"])
    for r in _rows(tables["Awards"]):
        if r["impact"]:
            yield PlanCell("impact", r["initiative"], "", r["impact"])


def _rows(table: Table) -> Iterator[dict[str, Any]]:
    """Records with folded texts."""
    for record in table.records():
        yield {k: fold(v) if isinstance(v, str) else v for k, v in record.items()}
