"""Why something that there is is not used: parts that add up to what is left, each found by solving.

Of a fund: money that is not spent; of a role: people who are not posted; of an agency: room under its maximum. First
what other plans that are as good use; then one limit after the other is taken away, always the one without which plans
that are still as good use most, until nothing is left.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimiser.analysis.limits.aspects import AGENCY, FUND, STAFF
from optimiser.analysis.limits.blame import Cause, causes
from optimiser.analysis.limits.cell import ChangeRow
from optimiser.case.case import Case
from optimiser.case.facts import Facts
from optimiser.case.faults import InvalidCase
from optimiser.case.readable import listed as in_words
from optimiser.case.selection import quoted
from optimiser.case.table import Array
from optimiser.case.tolerances import NEAR_WHOLE, OPTIMAL_GAP, SAME
from optimiser.model.build import build
from optimiser.model.extend import with_row, with_rows
from optimiser.model.matrix import Model
from optimiser.model.rules import Compiled, compile_rules
from optimiser.plan.tables import Plan
from optimiser.solvers.problem import size
from optimiser.solvers.solution import SolveLimits
from optimiser.solvers.value import Found, Values
from optimiser.verbs import apply_changes

STEPS = 6
"""Limits that are taken away one after the other."""
TRIES = 5
"""Limits that are tried for each of them."""
NOISE = 0.02
"""Parts that are a smaller share of what is left are counted with the next."""
WHOLE = {"money": "what it may pay for does not cost more", "fte": "no initiative needs more of them"}
"""What is left where all scope is delivered, by what is counted."""
MORE_SCOPE = 100.0
AS_GOOD, BECAUSE, TOGETHER, REST = "as good", "because", "together", "rest"


@dataclass(frozen=True)
class Resource:
    """Something that plans use up to a total. dimension: whose members have it; columns: of the linear program that use
    it; table, amount: of the plan; sheet, column: where more of it is written; total: of one member."""

    dimension: str
    columns: str
    table: str
    amount: str
    sheet: str
    column: str
    total: Callable[[Facts, int], float]


RESOURCES = {
    FUND: Resource("fund", "spend", "Spend", "money", "Funds", "amount", lambda f, k: float(f.amount[k])),
    STAFF: Resource("role", "post", "Posts", "fte", "Staff", "fte", lambda f, k: float(f.releasable_fte[:, k].sum())),
    AGENCY: Resource(
        "agency", "spend", "Spend", "money", "Agencies", "maximum", lambda f, k: float(f.agency_maximum[k])
    ),
}
"""What can be asked about, by the kind of lever that makes more of it."""


@dataclass(frozen=True)
class LeftoverPart:
    """A part of what is left. kind: AS_GOOD (another plan that is as good uses it), BECAUSE (of a limit), TOGETHER (of
    several, none of them alone) or REST (of what was not found); changes: with these rows of the Scenarios sheet (and
    those of the parts before it) a plan that is as good uses this part too."""

    amount: float
    kind: str
    words: str = ""
    changes: tuple[ChangeRow, ...] = ()


@dataclass(frozen=True)
class Left:
    """total, used: in money or FTE·periods; parts: add up to total − used; most: what any plan can use, and costs: what
    that takes from the first objective (0 where plans that are as good use so much)."""

    total: float
    used: float
    parts: tuple[LeftoverPart, ...]
    most: float
    costs: float

    @property
    def left(self) -> float:
        """What is not used."""
        return self.total - self.used

    def times(self, by: float) -> Left:
        """The same, counted in another unit."""
        parts = tuple(replace(part, amount=part.amount * by) for part in self.parts)
        return replace(self, total=self.total * by, used=self.used * by, parts=parts, most=self.most * by)


def left_over(case: Case, plan: Plan, of: str, item: str, progress: Callable[[str], None] | None = None) -> Left:
    """Why what is left of a fund's money, of a role's people or below an agency's maximum is left.

    of: one of RESOURCES; item: its key.

    plan: of the case. Raises KeyError for an unknown item.
    """
    resource = RESOURCES[of]
    total, used = _amounts(case, plan, resource, item)
    step = case.settings.rounding if resource.amount == "money" and case.settings.rounding else 0.01
    if total - used < step / 2:
        return Left(total, used, (), total, 0.0)
    tell = progress or (lambda _line: None)
    look = _Look(case, plan, resource, item, total)
    tell(f"How much of {item} plans that are as good can use")
    first = look.most(case)
    assert first is not None, "the plan itself is as good"
    reached = [(AS_GOOD, Cause("", ()), min(total, max(used, first.used)))]
    changed, found = case, first
    while total - reached[-1][2] >= step / 2 and len(reached) <= STEPS:
        tell(f"What holds {item} back")
        at = reached[-1][2]
        better = _freed(look, changed, found, at + max(step / 2, NOISE * (total - used)))
        if better is None:
            break
        kind, cause, changed, found = better
        reached.append((kind, cause, min(total, found.used)))
    parts = _parts(reached, total, used, step, look.rest(found))
    most, costs = look.costs(first.used)
    return Left(total, used, parts, most, costs)


def _parts(
    reached: Sequence[tuple[str, Cause, float]], total: float, used: float, step: float, rest: str
) -> tuple[LeftoverPart, ...]:
    """What is left between the sums that were reached, in steps, so that the parts add up."""
    parts: list[LeftoverPart] = []
    before = used
    for kind, cause, at in reached:
        end = total if total - at < step / 2 else used + math.floor((at - used) / step + NEAR_WHOLE) * step
        if end - before >= max(step / 2, NOISE * (total - used)):
            parts.append(LeftoverPart(end - before, kind, cause.words, cause.changes))
            before = end
    if total - before >= step / 2:
        parts.append(LeftoverPart(total - before, REST, rest))
    return tuple(parts)


def _freed(look: _Look, case: Case, found: _Used, least: float) -> tuple[str, Cause, Case, _Used] | None:
    """The limit without which most is used; several where none helps alone; None where nothing does."""
    listed = [c for c in look.causes(found) if not look.is_own(c)]
    alone = [(c, look.without(case, c.changes)) for c in [*listed[:TRIES], *listed[TRIES:][-1:]]]
    helps = [(c, freed) for c, freed in alone if freed is not None and freed[1].used >= least]
    if helps:
        cause, freed = max(helps, key=lambda h: h[1][1].used)
        return BECAUSE, cause, *freed
    several = listed[:TRIES]
    together = look.without(case, _rows(several))
    if len(several) > 1 and together is not None and together[1].used >= least:
        for cause in list(several):
            fewer = [c for c in several if c is not cause]
            other = look.without(case, _rows(fewer))
            if other is not None and other[1].used >= least:
                several, together = fewer, other
        return TOGETHER, Cause(in_words([c.words for c in several]), _rows(several)), *together
    return None


def _rows(listed: Sequence[Cause]) -> tuple[ChangeRow, ...]:
    return tuple(row for c in listed for row in c.changes)


def _amounts(case: Case, plan: Plan, resource: Resource, item: str) -> tuple[float, float]:
    """How much there is, and how much of it the plan uses."""
    facts, table = case.facts, plan.tables[resource.table]
    k = facts.names[resource.dimension].index(item)
    mine = facts.code(resource.dimension, table[resource.dimension]) == k
    return resource.total(facts, k), math.fsum(table[resource.amount][mine].tolist())


@dataclass(frozen=True, eq=False)
class _Used:
    """The plan that uses most, among those that are as good."""

    used: float
    facts: Facts
    model: Model
    rules: Sequence[Compiled]
    found: Found | None


class _Look:
    """How much of one thing plans can use that are as good as one plan."""

    def __init__(self, case: Case, plan: Plan, resource: Resource, item: str, total: float) -> None:
        self.case, self.resource, self.item, self.total = case, resource, item, total
        stage = plan.stages[0]
        self.stage, self.value = stage.objective, stage.achieved
        self.limits = SolveLimits(gap=OPTIMAL_GAP, time_limit=case.settings.time_limit)

    def is_own(self, cause: Cause) -> bool:
        """Whether a change only makes more of the thing itself."""
        own = self.resource
        where = f"{own.dimension} = {quoted(self.item)}"
        return any((r["sheet"], r["where"], r["column"]) == (own.sheet, where, own.column) for r in cause.changes)

    def rest(self, found: _Used) -> str:
        """Why what no limit holds back is left: whether more would be used if initiatives had more scope; else ""."""
        model, scope, level = found.model, found.model.rows["scope"], found.model.columns["level"]
        upper, most = model.row_upper.copy(), model.column_upper.copy()
        upper[scope.span], most[level.span] = MORE_SCOPE, MORE_SCOPE
        more = self._most(replace(found, model=replace(model, row_upper=upper, column_upper=most)))
        if more is not None and more.used > found.used + SAME * self.total:
            return WHOLE[self.resource.amount]
        return ""

    def most(self, case: Case, as_good: bool = True) -> _Used | None:
        """The plan of a case that uses most; None where there is none."""
        facts, rules = case.facts, compile_rules(case.facts)
        return self._most(_Used(0.0, facts, build(facts, rules), rules, None), as_good)

    def _most(self, within: _Used, as_good: bool = True) -> _Used | None:
        facts, model = within.facts, within.model
        stage = model.stages[0]
        if stage.name != self.stage:
            return None
        asked = model
        if as_good:
            value = stage.sign * self.value
            asked = with_row(model, "as good", stage.cost, -np.inf, value + SAME * size(value, stage.cost))
        goal = np.zeros(len(stage.cost))
        goal[self._columns(facts, model)] = -1.0
        found = Values(replace(asked, stages=(replace(stage, cost=goal),), ties=()), self.limits).best()
        return None if found is None else replace(within, used=min(self.total, -found.value), found=found)

    def costs(self, as_good: float) -> tuple[float, float]:
        """The most that any plan uses, and what the first objective loses by it."""
        found = self.most(self.case, as_good=False)
        if found is None or found.used <= as_good + max(0.01, SAME * self.total):
            return as_good, 0.0
        model = found.model
        stage = model.stages[0]
        mine = self._columns(found.facts, model)
        least = found.used - SAME * max(1.0, found.used)
        asked = with_rows(model, "used", {}, [(mine, np.ones(len(mine)))], least, np.inf)
        best = Values(replace(asked, stages=(stage,), ties=()), self.limits).best()
        return found.used, 0.0 if best is None else max(0.0, best.value - stage.sign * self.value)

    def without(self, case: Case, rows: Sequence[ChangeRow]) -> tuple[Case, _Used] | None:
        """A case after changes, and the plan that uses most of it."""
        try:
            changed = apply_changes(case, rows)
        except InvalidCase:
            return None
        found = self.most(changed)
        return None if found is None else (changed, found)

    def causes(self, found: _Used) -> list[Cause]:
        """What may hold it there."""
        return [] if found.found is None else causes(found.facts, found.model, found.rules, found.found)

    def _columns(self, facts: Facts, model: Model) -> Array:
        own = self.resource.dimension
        return model.columns[self.resource.columns].where(**{own: facts.names[own].index(self.item)})
