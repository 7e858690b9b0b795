"""A large linear program solved apart: regions that share nothing but the pool, each at the pool's prices.

A row belongs to a region if all its columns do; every other row is the pool's. At prices of the pool's rows each region is a
linear program of its own, solved in any process, and its plan is a proposal. The pool mixes proposals: a small linear program,
whose prices are the next ones (Dantzig and Wolfe 1960; smoothed towards the best so far, Wentges 1997). What is mixed keeps
every row, since rows are linear; and any prices prove a bound of the whole, in exact arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from optimiser.case.table import Array
from optimiser.case.tolerances import APART
from optimiser.solvers.bound import clean, dual_bound
from optimiser.solvers.engine import Ending, Engine, Watch
from optimiser.solvers.linear import Linear, solve_linear
from optimiser.solvers.problem import Problem, centre, snapped, total
from optimiser.solvers.smaller import Smaller
from optimiser.solvers.solution import AT_LOWER, Basis, SolveLimits, SolverError, relative_gap

_ROUNDS = 300
_SMOOTHED = 0.5
"""How far the prices at which regions are asked stay at the best so far."""
_DEAR = 1e3
"""Times the largest cost: what a broken row of the pool costs until there are proposals that keep it."""
_FAR = 2.0**40
"""How far such a row may be broken, in the solver's units: as far as it likes."""
_OPTIONS: dict[str, Any] = {"solver": "simplex", "presolve": "off", "simplex_strategy": 4, "simplex_scale_strategy": 0}

Ask = Callable[..., dict[int, Any]]
"""Asks every worker the same, by the name of a method of `RegionWork` and what it is given: what each region answers."""
Workers = Callable[[Mapping[int, "RegionPart"], int, SolveLimits], Ask]
"""Hands out regions to workers, with the number of the pool's rows."""


@dataclass(frozen=True, eq=False)
class RegionPart:
    """What a worker gets of a region. problem, cost: of its own rows and columns; row, column, value: its entries in the pool's rows;
    begin, begin_cost: the same with its share of the pool, whose rows and columns come last."""

    problem: Problem
    cost: Array
    row: Array
    column: Array
    value: Array
    begin: Problem
    begin_cost: Array


@dataclass(frozen=True, eq=False)
class RegionPlan:
    """A region's plan as the pool sees it. cost: of the plan; takes: of each of the pool's rows; least: what the region costs at the
    prices that it was asked at; prices: of the pool's rows, where it had a share of them."""

    cost: float
    takes: Array
    least: float = 0.0
    prices: Array | None = None


class RegionWork:
    """Some regions, loaded: the work of one process."""

    def __init__(self, regions: Mapping[int, RegionPart], rows: int, limits: SolveLimits) -> None:
        """rows: how many the pool has."""
        self.regions, self._rows, self._limits = regions, rows, limits
        self._engines = {k: Engine(r.problem, r.cost, centre(r.cost), limits, **_OPTIONS) for k, r in regions.items()}
        self._plans: dict[int, list[Array]] = {k: [] for k in regions}
        self._prices: dict[int, list[Array]] = {k: [] for k in regions}

    def begin(self) -> dict[int, RegionPlan | None]:
        """Each region's best with its share of the pool; None where it has no plan."""
        made: dict[int, RegionPlan | None] = {}
        for k, region in self.regions.items():
            found = solve_linear(region.begin, region.begin_cost, Watch(self._limits), prove=False)
            if found.ending != "optimal" or found.x is None or found.y is None:
                made[k] = None
                continue
            own = len(region.problem.row_lower)
            made[k] = replace(self._proposed(k, found.x[: len(region.cost)]), prices=found.y[own : own + self._rows])
        return made

    def price(self, y: Array) -> dict[int, RegionPlan]:
        """Each region's best at these prices of the pool's rows. Raises SolverError where the solver has none."""
        made = {}
        for k, region in self.regions.items():
            cost = region.cost - np.bincount(region.column, region.value * y[region.row], len(region.cost))
            self._engines[k].change_costs(np.arange(len(cost)), cost)
            out = self._engines[k].run(Watch(self._limits))
            if out.ending != "optimal" or out.x is None or out.y is None:
                raise SolverError(f"a region ended with: {out.ending}")
            self._prices[k].append(out.y)
            made[k] = replace(self._proposed(k, out.x), least=total(cost, out.x))
        return made

    def mixed(self, weights: Mapping[int, Array], number: int) -> dict[int, tuple[Array, Array]]:
        """Each region's plan, from its proposals with these weights, and the prices of its own rows in one of the rounds."""
        return {
            k: (
                np.sum([w * x for w, x in zip(weights[k], plans, strict=False) if w], axis=0),
                self._prices[k][number],
            )
            for k, plans in self._plans.items()
        }

    def _proposed(self, k: int, x: Array) -> RegionPlan:
        region = self.regions[k]
        x = snapped(region.problem, x)
        self._plans[k].append(x)
        return RegionPlan(total(region.cost, x), np.bincount(region.row, region.value * x[region.column], self._rows))


def here(regions: Mapping[int, RegionPart], rows: int, limits: SolveLimits) -> Ask:
    """The one worker is this process."""
    mine = RegionWork(regions, rows, limits)
    return lambda what, *given: dict(getattr(mine, what)(*given))


def shared_out(regions: Mapping[int, RegionPart], workers: int) -> list[dict[int, RegionPart]]:
    """The regions of each worker: the largest first, each to whom has least."""
    made: list[dict[int, RegionPart]] = [{} for _ in range(max(1, min(workers, len(regions))))]
    load = [0] * len(made)
    for k, region in sorted(regions.items(), key=lambda item: -len(item[1].cost)):
        least = load.index(min(load))
        made[least][k] = region
        load[least] += len(region.cost)
    return made


def apart(problem: Problem, cost: Array, region: Array, watch: Watch, workers: Workers = here) -> Linear | None:
    """The best of a program without switches to APART, with its exact bound; where time is over, what there is. None where no plan of
    it is found so. region: of each column its number from 0 up, -1 where it is the pool's."""
    cut = _Cut(problem, cost, region)
    ask = workers(cut.regions, len(cut.rows), watch.limits)
    first = ask("begin")
    if any(proposal is None for proposal in first.values()):
        return None
    pool = _Pool(cut, first)
    best, prices, number = -np.inf, np.mean([p.prices for p in first.values()], axis=0), 0
    for round_ in range(_ROUNDS):
        if not pool.solved(Watch(watch.limits)):
            return None
        y = clean(cut.own, _SMOOTHED * prices + (1 - _SMOOTHED) * pool.y if round_ else prices)
        made = ask("price", y)
        least = cut.own_least(y) + sum(p.least for p in made.values())
        if least > best:
            best, prices, number = least, y, round_
        gap = relative_gap(pool.value, best)
        watch.say(f"apart: round {round_ + 1}, gap {gap}")
        if watch.over or (pool.kept and gap is not None and gap <= APART):
            return cut.told(pool, ask("mixed", pool.weights, number), prices) if pool.kept else None
        pool.takes(made)
    return None


class _Cut:
    """A program cut into regions and the pool. own: the pool's rows, with the columns that are of no region."""

    def __init__(self, problem: Problem, cost: Array, region: Array) -> None:
        self.problem, self.cost = problem, cost
        row_of, of = problem.row_of, region[problem.index]
        count = len(problem.row_lower)
        least, most = np.full(count, np.iinfo(np.int64).max), np.full(count, -1, np.int64)
        np.minimum.at(least, row_of, of)
        np.maximum.at(most, row_of, of)
        row_region = np.where((least == most) & (least >= 0), least, -1)
        shared, ours = row_region < 0, region < 0
        self.rows, self.columns = np.flatnonzero(shared), np.flatnonzero(ours)
        self.own, self.own_cost = replace(Smaller.of(problem, ours, shared).problem, blocks=None), cost[ours]
        self.loose, self.loose_cost = _loose(self.own, self.own_cost, _DEAR * float(np.abs(cost).max(initial=1.0)))
        self._parts: dict[int, Smaller] = {}
        self.regions: dict[int, RegionPart] = {}
        place, total_of = np.cumsum(shared) - 1, np.count_nonzero(~ours)
        for k in range(int(region.max(initial=-1)) + 1):
            mine = region == k
            part = self._parts[k] = Smaller.of(problem, mine, row_region == k)
            at = np.flatnonzero(shared[row_of] & mine[problem.index])
            column = (np.cumsum(mine) - 1)[problem.index[at]]
            share = np.count_nonzero(mine) / total_of
            row, value = place[row_of[at]], problem.value[at]
            begin = _beside(part.problem, self.loose, (row, column, value), share)
            self.regions[k] = RegionPart(
                part.problem, cost[mine], row, column, value, begin, np.concatenate([cost[mine], self.loose_cost])
            )

    def own_least(self, y: Array) -> float:
        """What the pool's rows and its own columns cost at least at these prices, without the regions."""
        d, _ = self.own.reduced(self.own_cost, y)
        limit = np.where(y > 0, self.own.row_lower, self.own.row_upper)
        end = np.where(d > 0, self.own.column_lower, self.own.column_upper)
        return float(np.sum(y[y != 0] * limit[y != 0]) + np.sum(d[d != 0] * end[d != 0]))

    def told(self, pool: _Pool, mixed: Mapping[int, tuple[Array, Array]], y: Array) -> Linear:
        """The plan of the whole and what proves its bound."""
        x, prices = np.zeros(len(self.cost)), np.zeros(len(self.problem.row_lower))
        x[self.columns], prices[self.rows] = pool.own, y
        for k, (plan, own) in mixed.items():
            x[self._parts[k].columns], prices[self._parts[k].rows] = plan, own
        x = snapped(self.problem, x)
        value, exact = total(self.cost, x), dual_bound(self.problem, self.cost, prices)
        gap = relative_gap(value, None if exact is None else float(exact))
        ending: Ending = "optimal" if gap is not None and gap <= APART else "stopped"
        return Linear(ending, x, prices, value, exact, gap)


def _loose(own: Problem, cost: Array, dear: float) -> tuple[Problem, Array]:
    """The pool with columns at the end that break what it must hold: no region may be able to hold its share alone."""
    must = [np.flatnonzero(own.row_lower > 0), np.flatnonzero(own.row_upper < 0)]
    more, columns = np.concatenate(must), len(cost)
    row = np.concatenate([own.row_of, more])
    index = np.concatenate([own.index, columns + np.arange(len(more))])
    value = np.concatenate([own.value, np.ones(len(must[0])), -np.ones(len(must[1]))])
    order = np.lexsort((index, row))
    made = replace(
        own,
        start=np.append(0, np.cumsum(np.bincount(row, minlength=len(own.row_lower)))).astype(np.int32),
        index=index[order].astype(np.int32),
        value=value[order],
        column_lower=np.append(own.column_lower, np.zeros(len(more))),
        column_upper=np.append(own.column_upper, np.full(len(more), _FAR)),
        integer=np.append(own.integer, np.zeros(len(more), bool)),
        column_scale=np.append(own.column_scale, np.ones(len(more))),
    )
    return made, np.append(cost, np.full(len(more), dear))


def _beside(part: Problem, own: Problem, entries: tuple[Array, Array, Array], share: float) -> Problem:
    """A region with its share of the pool: its rows, then the pool's; its columns, then the pool's own."""
    columns = len(part.column_lower)
    row, column, value = (
        np.concatenate(pair)
        for pair in zip(entries, (own.row_of, own.index.astype(np.int64) + columns, own.value), strict=True)
    )
    order = np.lexsort((column, row))
    count = np.bincount(row, minlength=len(own.row_lower))
    return Problem(
        np.append(part.start, part.start[-1] + np.cumsum(count)).astype(np.int32),
        np.concatenate([part.index, column[order]]).astype(np.int32),
        np.concatenate([part.value, value[order]]),
        np.concatenate([part.column_lower, own.column_lower * share]),
        np.concatenate([part.column_upper, own.column_upper * share]),
        np.concatenate([part.row_lower, own.row_lower * share]),
        np.concatenate([part.row_upper, own.row_upper * share]),
        np.concatenate([part.integer, own.integer]),
        np.concatenate([part.column_scale, own.column_scale]),
        np.concatenate([part.row_scale, own.row_scale]),
    )


class _Pool:
    """The pool: its own columns, and the weights of all proposals, which add up to 1 for each region."""

    def __init__(self, cut: _Cut, first: Mapping[int, RegionPlan]) -> None:
        self._cut, self._numbers = cut, sorted(cut.regions)
        self._made: list[tuple[int, RegionPlan]] = []
        self._basis: Basis | None = None
        self.value, self.y, self.own = np.inf, np.zeros(0), np.zeros(0)
        self.weights: dict[int, Array] = {}
        self.kept = False
        """Whether what is mixed keeps the pool's rows."""
        self.takes(first)

    def takes(self, proposals: Mapping[int, RegionPlan]) -> None:
        """Takes further proposals."""
        self._made += sorted(proposals.items())
        if self._basis is not None:
            more = np.full(len(proposals), AT_LOWER, np.int8)
            self._basis = Basis(np.concatenate([self._basis.columns, more]), self._basis.rows)

    def solved(self, watch: Watch) -> bool:
        """Mixes what was proposed; False where that has no plan."""
        own, cost = self._cut.loose, self._cut.loose_cost
        rows, columns = own.shape
        takes = np.array([p.takes for _, p in self._made]).T
        row, made = np.nonzero(takes)
        one = np.array([rows + self._numbers.index(k) for k, _ in self._made])
        entries = (
            np.concatenate([own.row_of, row, one]),
            np.concatenate([own.index, columns + made, columns + np.arange(len(one))]),
            np.concatenate([own.value, takes[row, made], np.ones(len(one))]),
        )
        order = np.lexsort((entries[1], entries[0]))
        count = np.bincount(entries[0], minlength=rows + len(self._numbers))
        ones, more = np.ones(len(self._numbers)), len(one)
        problem = Problem(
            np.append(0, np.cumsum(count)).astype(np.int32),
            entries[1][order].astype(np.int32),
            entries[2][order],
            np.concatenate([own.column_lower, np.zeros(more)]),
            np.concatenate([own.column_upper, np.full(more, np.inf)]),
            np.concatenate([own.row_lower, ones]),
            np.concatenate([own.row_upper, ones]),
            np.zeros(columns + more, bool),
            np.ones(columns + more),
            np.ones(rows + len(ones)),
        )
        whole = np.concatenate([cost, [p.cost for _, p in self._made]])
        engine = Engine(problem, whole, centre(whole), watch.limits, **_OPTIONS)
        if self._basis is not None:
            engine.start_from(self._basis)
        out = engine.attempt(watch)
        if out is None or out.ending != "optimal" or out.x is None or out.y is None:
            return False
        ours = len(self._cut.own_cost)
        self._basis, self.y, self.own = out.basis, out.y[:rows], out.x[:ours]
        self.kept = not (out.x[ours:columns] > 0).any()
        weights = np.maximum(out.x[columns:], 0.0)
        self.weights = {
            k: np.array([w for w, (of, _) in zip(weights.tolist(), self._made, strict=True) if of == k])
            for k in self._numbers
        }
        self.weights = {k: w / w.sum() for k, w in self.weights.items()}
        self.value = total(whole, out.x)
        return True
