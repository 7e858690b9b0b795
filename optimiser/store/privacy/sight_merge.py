"""Which rows of a plan are added up with the hidden ones, so that no hidden amount follows from those that are sent.

Of merged rows only money is sent, as sums by fund and period and by agency. An amount is safe when all that its reader
sees leaves it a range at least `WIDTH` of it wide (`sight_known`). As long as one is not, a further row is added to the
merged ones: what is sent then is a sum of what was sent before, so that an amount that is safe stays so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import combinations

from optimiser.case.table import Array, summed
from optimiser.plan.tables import Plan
from optimiser.store.privacy.sight import Eyes, Withheld
from optimiser.store.privacy.sight_known import Attack, Known, MoneyCell, Sum, known_of

WIDTH = 0.2
"""The least width of the range in which a hidden amount can lie, as a share of it: who knows it to within a tenth either
way knows it well enough to bargain with it."""
TRIED = 4
"""Rows that are tried in each round, those first that share most sums with what is to be hidden."""
ASKED = 12
"""Amounts by which rows are compared that are tried."""
WITHHELD = "The totals of this plan alone would show what is for others' eyes only. Ask the partnership's office."


@dataclass(frozen=True)
class Merge:
    """Folded keys of the initiatives, agencies and funds that are shown together."""

    initiatives: frozenset[str] = frozenset()
    agencies: frozenset[str] = frozenset()
    funds: frozenset[str] = frozenset()

    def sums(self, cell: MoneyCell) -> list[Sum]:
        """The sums in which a cell is sent; none where it is sent by itself."""
        agency = "*" if cell.agency in self.agencies else cell.agency
        fund = "*" if cell.fund in self.funds else cell.fund
        if cell.initiative in self.initiatives:
            return [("fund", fund, cell.period), ("agency", agency)]
        if cell.agency in self.agencies or cell.fund in self.funds:
            return [("line", cell.initiative, agency, fund, cell.period)]
        return []

    def plus(self, kind: str, keys: Iterable[str]) -> Merge:
        """With these keys besides."""
        return replace(self, **{kind: getattr(self, kind) | frozenset(keys)})

    def __or__(self, other: Merge) -> Merge:
        return Merge(self.initiatives | other.initiatives, self.agencies | other.agencies, self.funds | other.funds)


NONE = Merge()
"""Nothing is shown together."""


def merged(plan: Plan, eyes: Eyes, least: Merge = NONE) -> Merge:
    """What to show together; least: what is shown together in any case. Raises Withheld where no choice keeps the secret."""
    known = known_of(plan, eyes)
    merge = Merge(
        (eyes.initiatives | (least.initiatives - known.own)) & {*known.initiatives},
        (eyes.agencies | (least.agencies - {known.agency})) & {*known.agencies},
        least.funds & {*known.funds},
    )
    for kind in ("initiatives", "agencies"):
        if len(getattr(merge, kind)) == 1:
            merge = _with_another(merge, kind, known)
    touched = {initiative for initiative, agency in known.touched if agency in eyes.agencies}
    merge = merge.plus("initiatives", touched - known.own)
    told = narrow(known, merge, known.secrets)
    while told:
        merge, told = _further(merge, known, told)
    return merge


def narrow(known: Known, merge: Merge, secrets: Iterable[Array]) -> list[Array]:
    """Those of the hidden amounts of which too much follows."""
    attack = Attack(known, merge.sums)
    return [members for members in secrets if attack.is_narrow(members, WIDTH)]


# -- adding ---------------------------------------------------------------------------------------------------------------


def _with_another(merge: Merge, kind: str, known: Known) -> Merge:
    """With the row nearest in size to the one that stands alone."""
    field = "initiative" if kind == "initiatives" else "agency"
    size = summed((str(getattr(cell, field)), cell.value) for cell in known.cells)
    (alone,) = getattr(merge, kind)
    order = sorted(_free(merge, kind, known), key=lambda k: (abs(size.get(k, 0.0) - size.get(alone, 0.0)), k))
    return merge.plus(kind, order[:1])


def _free(merge: Merge, kind: str, known: Known) -> list[str]:
    """Rows that can still be added: never the person's own."""
    own = {"initiatives": known.own, "agencies": {known.agency}, "funds": frozenset[str]()}[kind]
    return [k for k in getattr(known, kind) if k not in own and k not in getattr(merge, kind)]


def _further(merge: Merge, known: Known, told: list[Array]) -> tuple[Merge, list[Array]]:
    """With one further row, the one that leaves fewest hidden amounts told: an initiative where one helps."""
    asked = told[:ASKED]
    tried: list[tuple[int, Merge]] = []
    for choices in (_initiatives(merge, known, told), _pairs(merge, known, told)):
        tried += [(len(narrow(known, made, asked)), made) for made in choices]
        left, made = min(tried, key=lambda t: t[0], default=(len(asked), merge))
        if left < len(asked):
            return made, narrow(known, made, told)
    if not tried:
        raise Withheld(WITHHELD)
    made = min(tried, key=lambda t: t[0])[1]
    return made, narrow(known, made, told)


def _initiatives(merge: Merge, known: Known, told: list[Array]) -> list[Merge]:
    """With one initiative more: of those that have most money in the sums of what is told."""
    shared = {s for members in told for n in members.tolist() for s in merge.sums(known.cells[n])}
    with_all = replace(merge, initiatives=frozenset(known.initiatives))
    free, score = _free(merge, "initiatives", known), dict.fromkeys(known.initiatives, 0.0)
    for cell in known.cells:
        score[cell.initiative] += cell.value * sum(s in shared for s in with_all.sums(cell))
    return [
        merge.plus("initiatives", [key]) for key in sorted(free, key=lambda k: (-score[k], k))[:TRIED] if score[key]
    ]


def _pairs(merge: Merge, known: Known, told: list[Array]) -> list[Merge]:
    """With one agency or fund more, two where none is shown with others yet."""
    made = []
    for kind, field in (("agencies", "agency"), ("funds", "fund")):
        wanted = Counter(getattr(known.cells[n], field) for members in told for n in members.tolist())
        free = sorted(_free(merge, kind, known), key=lambda k: (-wanted[k], k))[:TRIED]
        if getattr(merge, kind):
            made += [merge.plus(kind, [key]) for key in free]
        else:
            made += [merge.plus(kind, pair) for pair in combinations(free, 2)]
    return made
