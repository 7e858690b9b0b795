"""Why no plan is possible: a smallest conflict, each member of which is needed for it, with its numbers added up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimiser.analysis.limits.aspects import Measure, Member
from optimiser.analysis.limits.demands import Demands, without
from optimiser.analysis.limits.ground import NONE
from optimiser.case.case import Case
from optimiser.case.facts import Facts
from optimiser.case.readable import capital, money_exact
from optimiser.case.table import Array
from optimiser.case.tolerances import HAIR, LEAST, LEAST_FLOAT, NOTHING, SAME
from optimiser.model.extend import Part, reach_of, with_columns
from optimiser.model.matrix import Model, StageCost
from optimiser.solvers.highs import solve
from optimiser.solvers.solution import SolveLimits, settled_plan

Progress = Callable[[str], None]

WAYS = 3
"""Conflicts that are looked for (with different weights); the smallest one is told."""
_NUMBERS = {2: "Two", 3: "Three", 4: "Four", 5: "Five", 6: "Six", 7: "Seven", 8: "Eight", 9: "Nine"}


@dataclass(frozen=True)
class Conflict:
    """Members that cannot all hold; without any one of them the others can.

    reason: the sum that does not add up, such as `Pool B has $500,000; the others need at least $523,000 of it:
    $23,000 too little.` ("" where no single number says it).
    """

    members: tuple[Member, ...]
    reason: str = ""

    def sentence(self) -> str:
        """`Three requirements cannot all hold. Pool B has $500,000; …`"""
        count = len(self.members)
        if count == 0:
            return "No plan is possible, and no single requirement can be named for it."
        if count == 1:
            return self.reason or f"This cannot hold: {self.members[0].told}"
        said = " ".join(f"({k}) {m.told}" for k, m in enumerate(self.members, 1))
        start = f"{_NUMBERS.get(count, str(count))} requirements cannot {'both' if count == 2 else 'all'} hold"
        return f"{start}: {self.reason} They are: {said}" if self.reason else f"{start}: {said}"


def conflict(case: Case, *, progress: Progress | None = None) -> Conflict | None:
    """The conflict of a case that has no plan; None where it has one.

    Irreducible: found by QuickXplain (Junker 2004) over the members, each answer by a solve of its own; every
    "infeasible" was confirmed without presolve. Members that carry a price in the least repair are looked at first,
    so that the conflict tends to be small. Raises SolverError where the time limit does not suffice.
    """
    return conflict_of(Demands(case), progress=progress)


def conflict_of(demands: Demands, *, progress: Progress | None = None) -> Conflict | None:
    """As `conflict`, of demands that were made before."""
    if progress:
        progress("Looking whether a plan is possible")
    oracle = Oracle(demands)
    every = frozenset(range(len(demands.members)))
    if oracle.feasible(every):
        return None
    if not oracle.feasible(frozenset()):
        return Conflict(())
    if progress:
        progress(f"Looking for the conflict among {len(every)} requirements")
    best: list[int] | None = None
    for candidates in _promising(demands, oracle):
        found = _explained(oracle, [], sorted(candidates), changed=False)
        if best is None or len(found) < len(best):
            best = found
        if len(best) <= 2:
            break
    assert best is not None
    chosen = [demands.members[k] for k in sorted(best)]
    return Conflict(tuple(chosen), _reason(demands, oracle.limits, sorted(best)))


class Oracle:
    """Whether a plan keeps some members and every balance. Remembers what was asked."""

    def __init__(self, demands: Demands) -> None:
        self.demands = demands
        self.limits = SolveLimits(time_limit=demands.case.settings.time_limit)
        self._known: dict[frozenset[int], bool] = {}

    def feasible(self, kept: frozenset[int]) -> bool:
        """Whether a plan keeps these members (their positions). Raises SolverError where time does not suffice."""
        if kept not in self._known:
            inside = [kept_before for kept_before, known in self._known.items() if known and kept <= kept_before]
            outside = [before for before, known in self._known.items() if not known and before <= kept]
            self._known[kept] = bool(inside) or (not outside and self._asked(kept))
        return self._known[kept]

    def _asked(self, kept: frozenset[int]) -> bool:
        dropped = [m for k, m in enumerate(self.demands.members) if k not in kept]
        solution = solve(without(self.demands.model, dropped), self.limits)
        return settled_plan(solution) is not None


def _explained(oracle: Oracle, background: list[int], candidates: list[int], changed: bool) -> list[int]:
    """A smallest set of candidates (earlier ones rather than later ones) that conflicts with the background."""
    if changed and not oracle.feasible(frozenset(background)):
        return []
    if len(candidates) == 1:
        return candidates
    half = len(candidates) // 2
    first, second = candidates[:half], candidates[half:]
    in_second = _explained(oracle, background + first, second, changed=bool(first))
    in_first = _explained(oracle, background + in_second, first, changed=bool(in_second))
    return in_first + in_second


# -- where to look ----------------------------------------------------------------------------------------------------


def _promising(demands: Demands, oracle: Oracle) -> list[frozenset[int]]:
    """Sets of members that conflict: those that carry a price in the least repair, for several weights of a breach.

    Where the switches alone make the case infeasible there is no such price, and all members are looked at.
    """
    every = frozenset(range(len(demands.members)))
    made: list[frozenset[int]] = []
    for way in range(WAYS):
        found = _priced(demands, oracle.limits, way)
        if found and found not in made and not oracle.feasible(found):
            made.append(found)
    return sorted(made, key=len) or [every]


def _priced(demands: Demands, limits: SolveLimits, way: int) -> frozenset[int]:
    """Members whose rows carry a price where a breach costs 1, 1 in the row's own scale, or 1 for each share of it."""
    model = demands.model
    lower = np.unique(np.concatenate([NONE, *(m.lower for m in demands.members)]))
    upper = np.unique(np.concatenate([NONE, *(m.upper for m in demands.members)]))
    lower, upper = lower[np.isfinite(model.row_lower[lower])], upper[np.isfinite(model.row_upper[upper])]
    rows, sign = np.concatenate([lower, upper]), np.append(np.ones(len(lower)), -np.ones(len(upper)))
    limit = np.append(model.row_lower[lower], model.row_upper[upper])
    weight = (model.row_scale[rows], np.ones(len(rows)), 1.0 / np.maximum(np.abs(limit), 1.0 / model.row_scale[rows]))[
        way
    ]
    entries = [(np.array([r]), np.array([s])) for r, s in zip(rows, sign, strict=True)]
    elastic = with_moves(model, entries, weight, reach_of(model)[rows] + 1.0)
    solution = solve(replace(elastic, integer=np.zeros(len(elastic.integer), bool)), limits)
    if solution.x is None or solution.duals is None:
        return frozenset()
    price = np.abs(solution.duals) * model.row_scale**-1.0
    telling = price > HAIR * price.max(initial=0.0)
    return frozenset(k for k, m in enumerate(demands.members) if telling[m.lower].any() or telling[m.upper].any())


def with_moves(model: Model, entries: Sequence[Part], cost: Array, most: Array) -> Model:
    """The model with more columns from 0 to `most`, each with its entries (rows and values); only they cost anything."""
    largest = [np.max(np.abs(by) * model.row_scale[rows], initial=LEAST_FLOAT) for rows, by in entries]
    made = with_columns(model, "move", entries, most, 1.0 / np.array(largest))
    return replace(made, stages=(StageCost("moved", np.append(np.zeros(len(model.column_lower)), cost)),))


# -- the sum that does not add up -------------------------------------------------------------------------------------


def _reason(demands: Demands, limits: SolveLimits, found: list[int]) -> str:
    """The numbers of a conflict: what one member has, and what the others need of it or leave for it."""
    chosen = [demands.members[k] for k in found]
    order = sorted(range(len(chosen)), key=lambda k: (_rank(chosen[k]), k))
    for k in order:
        measure = chosen[k].measure
        if measure is None or not len(measure.columns):
            continue
        rest = [m for n, m in enumerate(demands.members) if n not in found or n == found[k]]
        best = _extreme(without(demands.model, rest), measure, limits)
        if best is None:
            continue
        gap = measure.limit - best if measure.floor else best - measure.limit
        if gap > SAME * max(abs(measure.limit), LEAST):
            return _told(demands.facts, chosen[k], measure, best, len(chosen))
    if len(chosen) == 1 and (chosen[0].measure is not None):
        return _told(demands.facts, chosen[0], chosen[0].measure, 0.0, 1)
    return ""


_ORDER = (("Funds", "amount"), ("Staff", "fte"), ("Agencies", "maximum"), ("Rules", ""), ("Initiatives", "maximum"))


def _rank(member: Member) -> int:
    place = (member.sheet, member.column)
    if place == ("Staff", "hire_max"):
        return 9
    return _ORDER.index(place) if place in _ORDER else 5


def _extreme(model: Model, measure: Measure, limits: SolveLimits) -> float | None:
    """The least (of a floor: the most) of what is measured."""
    cost = np.zeros(len(model.column_lower))
    cost[measure.columns] = -measure.values if measure.floor else measure.values
    solution = solve(replace(model, stages=(StageCost("measure", cost),)), limits)
    return None if solution.x is None else float(np.dot(measure.values, solution.x[measure.columns]))


def _told(facts: Facts, member: Member, measure: Measure, best: float, count: int) -> str:
    has = capital(measure.has, facts.small_names)
    said = measure.said(best)
    gap = measure.said(abs(measure.limit - best))
    if count == 1:
        return f"{has}, but {_alone(facts, member, measure, best, said)}."
    if measure.floor and best <= NOTHING:
        return f"{has}, and the others leave nothing for it."
    if measure.floor:
        return f"{has}, and the others leave at most {said} for it: {gap} too little."
    if member.sheet in ("Funds", "Staff"):
        return f"{has}, and the others need at least {said} of it: {gap} too little."
    return f"{has}, and the others come to at least {said}: {gap} too much."


def _alone(facts: Facts, member: Member, measure: Measure, best: float, said: str) -> str:
    """Why a floor cannot be reached even where nothing else is asked for."""
    if member.sheet == "Initiatives":
        i = facts.names["initiative"].index(member.item)
        if best <= NOTHING:
            return _nobody_pays(facts, i)
        full = float(facts.request[i] * facts.cost_factor[facts.partner_initiative == i].max(initial=0.0))
        if measure.number is not None and measure.number.is_money and abs(best - full) <= SAME * max(full, 1.0):
            return f"its full scope costs only {money_exact(round(full, 2), facts.settings.currency)}"
    if member.column == "min_spend":
        return f"all that it may pay for takes at most {said}"
    return f"no more than {said} can be reached"


def _nobody_pays(facts: Facts, i: int) -> str:
    """Which of an initiative's categories no fund may pay for."""
    shut = []
    pairs = np.flatnonzero(facts.partner_initiative == i)
    for q in np.flatnonzero((facts.cost_initiative == i) & (facts.cost_share > 0)).tolist():
        category = int(facts.cost_category[q])
        if not any(
            _may_pay(facts, f, i, int(facts.partner_agency[p]), category)
            for f in range(facts.size("fund"))
            for p in pairs
        ):
            shut.append(facts.names["category"][category])
    if shut:
        return f"no fund may pay for its {' and '.join(shut)}"
    if not len(pairs):
        return "nobody may deliver it"
    return "nothing of it can be paid for"


def _may_pay(facts: Facts, fund: int, initiative: int, agency: int, category: int) -> bool:
    codes = {"fund": fund, "initiative": initiative, "agency": agency, "category": category}
    allowed = facts.allowed[fund]
    if not all(bool(hit[codes[d]]) for d, hit in allowed.items() if d in codes):
        return False
    return bool((facts.fund_open[fund] & facts.active[initiative] & allowed.get("period", np.True_)).any())
