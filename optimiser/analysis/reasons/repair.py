"""The cheapest changes that make an infeasible case possible, each as rows of the Scenarios sheet and tried by solving.

Every limit that can move gets a column that moves it, at a cost in money; the least total cost is the cheapest
repair. Others are found by forbidding, one at a time, what the earlier ones change.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from optimiser.analysis.limits.aspects import Move, Written
from optimiser.analysis.limits.cell import ChangeRow
from optimiser.analysis.limits.demands import Demands
from optimiser.analysis.limits.money import FundAmount
from optimiser.analysis.limits.move_costs import Costs, Prices
from optimiser.analysis.reasons.conflict import conflict_of, with_moves
from optimiser.case.case import Case
from optimiser.case.faults import InvalidCase
from optimiser.case.grantors import EASE, Grantor, grantors
from optimiser.case.readable import capital
from optimiser.case.scenario.keep import kept_as
from optimiser.case.table import Array
from optimiser.case.tolerances import CERTAIN, CLEAN, HAIR, LEAST_FLOAT, NOTHING, SAME
from optimiser.model.matrix import Model, StageCost
from optimiser.solvers.highs import solve
from optimiser.solvers.problem import Problem
from optimiser.solvers.solution import Solution, SolveLimits
from optimiser.verbs import apply_changes

SOLVES = 12
"""Solves for each repair that is wanted, at the most."""


@dataclass(frozen=True)
class Repair:
    """Changes that make the case possible: applied and solved.

    changes: rows of the Scenarios sheet; cost: in money, of the changes as they are written; least: of the same
    changes before they were rounded to what people write; grantors: who must grant them, the hardest to get first.
    """

    changes: tuple[ChangeRow, ...]
    cost: float
    sentence: str
    least: float
    grantors: tuple[Grantor, ...] = ()

    @property
    def rank(self) -> int:
        """0 where the committee itself can decide it; the rank of the hardest grantor."""
        return max((one.rank for one in self.grantors), default=0)


def repairs(
    case: Case,
    *,
    wanted: int = 3,
    costs: Costs | None = None,
    statutes: bool = False,
    each: bool = True,
    progress: Callable[[str], None] | None = None,
) -> list[Repair]:
    """The cheapest repairs, cheapest first: `wanted` different ones where there are so many; none for a case that has a
    plan. Each was applied and solved.

    statutes: whether rules that a statute set may move too; each: whether the cheapest that the committee can decide
    by itself is looked for too, and that for which no more than an agreement, or an award, must change.
    """
    demands = Demands(case)
    limits = SolveLimits(time_limit=case.settings.time_limit)
    costs = costs or Costs()
    prices = Prices(demands.facts, costs)
    movable = [limit for limit in demands.limits if statutes or not limit.by_statute]
    cells_first = sorted(movable, key=lambda limit: bool(limit.rule_name))
    moves = [move for limit in cells_first for move in limit.moves(prices)]
    elastic = _Elastic(demands.model, moves, limits)
    if not elastic.needed(CERTAIN * float(demands.facts.amount.sum())) and solve(demands.model, limits).x is not None:
        return []
    if progress:
        progress(f"Looking for repairs among {len(moves)} limits that could move")
    found = _Found(case, limits, progress)
    for group in (lambda move: move.family, lambda move: move.group):
        if len(found.kept) < wanted:
            _search(elastic, moves, group, found, wanted)
    if len(found.kept) < wanted:
        for written in _whole_cells(demands, prices, limits):
            found.offer([written], [written.said], [written.cost])
    kept = sorted(found.kept, key=lambda r: (r.cost, r.sentence))[:wanted]
    if each:
        for rank in range(min((r.rank for r in kept), default=len(EASE))):
            _granted(elastic, moves, found, rank)
            within = [r for r in found.kept if r.rank <= rank and r not in kept]
            kept += sorted(within, key=lambda r: (r.cost, r.sentence))[:1]
    return sorted(kept, key=lambda r: (r.cost, r.sentence))


def as_scenario(case: Case, repair: Repair, name: str) -> Case:
    """The case with the repair as a scenario on its Scenarios sheet. Raises ValueError for a name that is taken."""
    return kept_as(case, name, repair.changes, repair.sentence)


# -- searching --------------------------------------------------------------------------------------------------------


class _Elastic:
    """The least cost of making the case possible, with some moves forbidden."""

    def __init__(self, model: Model, moves: Sequence[Move], limits: SolveLimits) -> None:
        self.first, self.limits = len(model.column_lower), limits
        entries = [(m.rows, -m.values) for m in moves]
        self.costs, self.most = np.array([m.cost for m in moves]), np.array([m.most for m in moves])
        self.model = with_moves(model, entries, self.costs, self.most)

    @cached_property
    def _of_all(self) -> Solution:
        return solve(self.model, self.limits)

    def needed(self, beyond: float) -> bool:
        """Whether it is proved, in exact arithmetic, that no plan is possible without moves that cost more than this."""
        return self._of_all.exact_bound is not None and self._of_all.exact_bound > beyond

    def cheapest(self, allowed: Array) -> tuple[Array, Array, float] | None:
        """Amount of each move, the plan, and the cost; None where these moves do not suffice. allowed: [moves]."""
        solution = self._of_all
        if not allowed.all():
            upper = self.model.column_upper.copy()
            upper[self.first :] = np.where(allowed, self.most, 0.0)
            solution = solve(replace(self.model, column_upper=upper), self.limits, basis=solution.basis)
        if solution.x is None:
            return None
        amounts = solution.x[self.first :]
        cost = float(np.dot(self.costs, amounts))
        amounts = np.where(self.costs * amounts > NOTHING * max(cost, LEAST_FLOAT), amounts, 0.0)
        return amounts, solution.x[: self.first], cost


def _search(elastic: _Elastic, moves: Sequence[Move], group: Callable[[Move], str], found: _Found, wanted: int) -> None:
    """Best first: each repair's children forbid one of the groups that it uses, and cost at least as much."""
    groups = [group(m) for m in moves]
    queue: list[tuple[float, tuple[str, ...], Array, Array]] = []
    seen: set[frozenset[str]] = set()

    def ask(forbidden: frozenset[str]) -> None:
        if forbidden in seen or len(seen) >= SOLVES * wanted:
            return
        seen.add(forbidden)
        answer = elastic.cheapest(np.array([g not in forbidden for g in groups]))
        if answer is not None and answer[0].any():
            heapq.heappush(queue, (answer[2], tuple(sorted(forbidden)), answer[0], answer[1]))

    ask(frozenset())
    while queue and len(found.kept) < wanted:
        _, forbidden, amounts, x = heapq.heappop(queue)
        used = np.flatnonzero(amounts).tolist()
        found.offer_moves([moves[k] for k in used], amounts[used], x)
        for name in sorted({groups[k] for k in used}):
            ask(frozenset([*forbidden, name]))


def _granted(elastic: _Elastic, moves: Sequence[Move], found: _Found, rank: int) -> None:
    """Look for the cheapest repair that nobody beyond a rank needs to grant."""
    allowed = np.ones(len(moves), bool)
    for _ in range(SOLVES):
        answer = elastic.cheapest(allowed)
        if answer is None or not answer[0].any():
            return
        amounts, x, _ = answer
        used = np.flatnonzero(amounts).tolist()
        beyond = {moves[k].group for k in used if found.rank(moves[k].write(float(amounts[k]), x, False)) > rank}
        if not beyond:
            found.offer_moves([moves[k] for k in used], amounts[used], x)
            return
        allowed &= np.array([move.group not in beyond for move in moves])


class _Found:
    """Repairs that were tried and work, each different from the others."""

    def __init__(self, case: Case, limits: SolveLimits, progress: Callable[[str], None] | None) -> None:
        self.case, self.limits, self.progress = case, limits, progress
        self.kept: list[Repair] = []
        self._used: list[frozenset[str]] = []

    def rank(self, written: Written) -> int:
        """The rank of the hardest to get of those who must grant a move."""
        return max((one.rank for one in grantors(self.case.tables, written.rows)), default=0)

    def offer_moves(self, moves: Sequence[Move], amounts: Array, x: Array) -> None:
        """Try these moves: rounded to what people write, else as exact as they must be."""
        cells = [m.group for m in moves]
        least = [m.cost * a for m, a in zip(moves, amounts.tolist(), strict=True)]
        for rounded, further in ((True, 1.0), (False, 1.0), (False, 1 + HAIR), (False, 1 + SAME)):
            written = [m.write(a * further, x, rounded) for m, a in zip(moves, amounts.tolist(), strict=True)]
            if self.offer(written, cells, least, x):
                return

    def offer(
        self, written: Sequence[Written], cells: Sequence[str], least: Sequence[float], x: Array | None = None
    ) -> bool:
        """Keep a repair if it works and changes something else than those before; whether it need not be tried again.

        cells, least: of each change, what it moves and what it costs before it is rounded; x: a plan that the changes may
        make possible.
        """
        if self._known(written, cells):
            return True
        if not self._works(_rows(written), x):
            return False
        needed = self._needed(written)
        written, cells, least = [written[k] for k in needed], [cells[k] for k in needed], [least[k] for k in needed]
        if self._known(written, cells):
            return True
        said = list(dict.fromkeys(w.said for w in written))
        sentence = said[0] if len(said) == 1 else ", ".join(said[:-1]) + " and " + said[-1]
        cost = float(f"{sum(w.cost for w in written):.9g}")
        told, rows = capital(sentence, self.case.facts.small_names) + ".", _rows(written)
        self.kept.append(Repair(tuple(rows), cost, told, sum(least), grantors(self.case.tables, rows)))
        self._used.append(frozenset(cells))
        if self.progress:
            self.progress(f"Found: {self.kept[-1].sentence}")
        return True

    def _known(self, written: Sequence[Written], cells: Sequence[str]) -> bool:
        """Whether these changes are those of a repair that was kept, or more."""
        rows = _rows(written)
        return any(used.issubset(cells) for used in self._used) or any(
            all(r in rows for r in k.changes) for k in self.kept
        )

    def _needed(self, written: Sequence[Written]) -> list[int]:
        """Which of the changes of a repair that works it takes: as people write them, some do more than was asked of them, and
        then others need not be made."""
        kept = list(range(len(written)))
        for k in sorted(kept, key=lambda k: -written[k].cost):
            rest = [j for j in kept if written[j].rows != written[k].rows]
            if rest and k in kept and self._works(_rows([written[j] for j in rest]), None):
                kept = rest
        return kept

    def _works(self, rows: Sequence[ChangeRow], x: Array | None) -> bool:
        try:
            changed = apply_changes(self.case, rows)
        except InvalidCase:
            return False
        model = Demands(changed).model
        return (x is not None and _keeps(model, x)) or solve(model, self.limits).x is not None


def _rows(written: Sequence[Written]) -> list[ChangeRow]:
    """The rows of these changes, each once."""
    rows: list[ChangeRow] = []
    for row in (row for one in written for row in one.rows):
        if row not in rows:
            rows.append(row)
    return rows


def _keeps(model: Model, x: Array) -> bool:
    """Whether x is a plan of the model: every row and bound is kept, and every switch stands at a whole number."""
    if len(x) != len(model.column_lower) or not np.array_equal(x[model.integer], np.round(x[model.integer])):
        return False
    problem = Problem.of(model)
    return problem.violation(x / problem.column_scale) <= CLEAN


# -- whole cells ------------------------------------------------------------------------------------------------------


def _whole_cells(demands: Demands, prices: Prices, limits: SolveLimits) -> Iterator[Written]:
    """Changes that no amount expresses: what need not be funded, people where there are none, what a fund may pay for."""
    found = conflict_of(demands)
    if found is None:
        return
    for limit, member in zip(demands.limits, demands.members_of, strict=True):
        if any(member is one for one in found.members):
            yield from limit.given_up(prices)
    yield from _opened(demands, prices, limits)


def _opened(demands: Demands, prices: Prices, limits: SolveLimits) -> Iterator[Written]:
    """A fund that may pay for anything costs the money that it then spends on what it could not pay for."""
    f = demands.facts
    for k, key in enumerate(f.names["fund"]):
        if not f.allowed_text[k].strip():
            continue
        row = FundAmount.at(fund=key).row("= ", "allowed")
        try:
            changed = Demands(apply_changes(demands.case, [row]))
        except InvalidCase:
            continue
        spend = changed.model.columns["spend"]
        mine = np.flatnonzero(spend.keys["fund"] == k)
        before = np.ones(len(mine), bool)
        for dimension, hit in f.allowed[k].items():
            before &= hit[spend.keys[dimension][mine]]
        cost = np.zeros(len(changed.model.column_lower))
        cost[spend.first + mine[~before]] = 1.0
        solution = solve(replace(changed.model, stages=(StageCost("opened", cost),)), limits)
        if solution.x is not None:
            spent = float(np.dot(cost, solution.x))
            said = f"let {f.called('fund', k)} pay for anything (it then pays {demands.money(spent)} for what it may not now)"
            yield Written((row,), prices.money * spent, said)
