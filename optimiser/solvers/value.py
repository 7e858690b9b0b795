"""The best value of a model, asked again and again with small changes: one loaded program, its own small search.

For questions, not for plans: no proof, no ties, no rounding. Each answer starts where the one before it ended, so that
a question near the last one costs milliseconds. Few switches are searched through depth first in the same loaded
program; many go to the solver's own search.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from highspy import HighsModelStatus

from optimiser.case.table import Array
from optimiser.case.tolerances import OPTIMAL_GAP, SMALL_VALUE, SWITCH
from optimiser.model.matrix import Model
from optimiser.solvers.engine import Engine, Watch
from optimiser.solvers.problem import Problem, centre, snapped, total, unit
from optimiser.solvers.solution import Basis, SolveLimits, SolverError, Stop
from optimiser.solvers.switches import choose

MOST_SWITCHES = 60
MOST_NODES = 400
NODES_OF_MANY = 60
"""Beyond either the solver's own search takes over, and of many switches from a near plan after so many nodes: numbers, so
that the way does not depend on the machine."""
_OPTIONS: dict[str, Any] = {
    "solver": "simplex",
    # The dual simplex where limits changed, the primal one where costs did.
    "simplex_strategy": 0,
    # The model is scaled already, and from a neighbour's basis nothing is gained by exact edge weights or by shaking
    # costs and bounds: with these three choices example cases are answered in less than half the time.
    "simplex_scale_strategy": 0,
    "simplex_dual_edge_weight_strategy": 1,
    "dual_simplex_cost_perturbation_multiplier": 0.0,
    "primal_simplex_bound_perturbation_multiplier": 0.0,
}
_MANY = {**_OPTIONS, "simplex_strategy": 1, "simplex_dual_edge_weight_strategy": -1}
_PLAIN: dict[str, Any] = {"solver": "simplex", "presolve": "off", "simplex_strategy": 0}


Start = Any
"""A basis as the solver hands it out: not to be looked into."""


@dataclass(frozen=True, eq=False)
class Found:
    """A best plan, in the units of the case. value: Σ cost × column, minimised; duals: price of each row, ∂ value /
    ∂ limit; reduced: the same of each column's bound; all while the switches stand as they are in x. start: where a
    question near this one may begin."""

    value: float
    x: Array
    duals: Array
    reduced: Array
    start: Start


class Values:
    """One stage of a model, loaded and ready for changes. Changes stand until they are changed again."""

    def __init__(
        self,
        model: Model,
        limits: SolveLimits | None = None,
        *,
        stage: int = 0,
        basis: Basis | None = None,
        stop: Stop | None = None,
        many: bool = False,
        plain: bool = False,
    ) -> None:
        """many: limits will change often and far, so that exact edge weights pay; plain: the solver's own ways."""
        self.limits, self._stop = limits or SolveLimits(), stop or Stop()
        self._problem = Problem.of(model)
        self._cost = self._problem.cost(model.stages[stage].cost)
        self._column, self._row = self._problem.column_scale, self._problem.row_scale
        self._lower, self._upper = self._problem.column_lower.copy(), self._problem.column_upper.copy()
        self._row_lower, self._row_upper = self._problem.row_lower.copy(), self._problem.row_upper.copy()
        self._switches = np.flatnonzero(self._problem.integer)
        relaxed = replace(self._problem, integer=np.zeros(len(self._lower), bool))
        options = _PLAIN if plain else _MANY if many else _OPTIONS
        self._engine = _Quick(relaxed, self._cost, centre(self._cost), self.limits, **options)
        if basis is not None and self._engine.start_from(basis):
            self._engine.set(presolve="off")
        self.first: Start = None if basis is None else self._engine.mark()
        """Where it was told to begin."""
        self._unit = unit(self._cost)
        self._root: Start = None
        self.near: Array | None = None
        """Switches of a plan from which those that are asked for are not far. Where there are many, they are looked for from
        there in the loaded program; without one, the solver searches each time from nothing."""
        self.solved = 0
        """Linear programs solved so far."""

    # -- changes, in the units of the case ----------------------------------------------------------------------------

    def set_rows(self, rows: Array, lower: Array, upper: Array) -> None:
        """Other limits for some rows."""
        self._row_lower[rows], self._row_upper[rows] = lower * self._row[rows], upper * self._row[rows]
        self._engine.change_rows(rows, self._row_lower[rows], self._row_upper[rows])

    def set_columns(self, columns: Array, lower: Array, upper: Array) -> None:
        """Other bounds for some columns."""
        self._lower[columns], self._upper[columns] = lower / self._column[columns], upper / self._column[columns]
        self._engine.change_columns(columns, self._lower[columns], self._upper[columns])

    def set_costs(self, columns: Array, cost: Array) -> None:
        """Another cost for some columns."""
        self._cost[columns] = cost * self._column[columns]
        self._engine.change_costs(columns, self._cost[columns])

    def set_objective(self, cost: Array) -> None:
        """Another cost for every column: another question of the same plans."""
        self._cost = self._problem.cost(cost)
        self._unit, self._engine.scale = unit(self._cost), centre(self._cost)
        self._engine.change_costs(np.arange(len(self._cost)), self._cost)

    def costs(self) -> Array:
        """The cost of each column as it stands."""
        return np.asarray(self._cost / self._column)

    # -- questions ----------------------------------------------------------------------------------------------------

    def best(self, below: float = np.inf, besides: Sequence[Array] = (), start: Start = None) -> Found | None:
        """The best plan over all switches but those of `besides`; None where none has a value below `below`."""
        if not len(self._switches):
            return self._told(below, start)
        many = len(self._switches) > MOST_SWITCHES
        if many and self.near is None:
            return self._by_search(below, besides)
        lower, upper = self._lower[self._switches], self._upper[self._switches]
        found: Found | None = None
        nodes: list[_Node] = [(lower, upper, self._root if start is None else start)]
        most = left = NODES_OF_MANY if many else MOST_NODES
        try:
            while nodes:
                if left == 0:
                    return self._by_search(below, besides)
                left -= 1
                low, high, start = nodes.pop()
                self._hold(low, high)
                root = left == most - 1
                value = self._value(start, confirm=root)
                if root:
                    self._root = self._engine.mark()
                limit = self._limit(below, found)
                if value is None or value >= limit:
                    continue
                at, low, high = self._narrowed(value, limit, low, high)
                part = np.abs(at - np.round(at))
                if root and many and part.max() > SWITCH:
                    found, mark = self._near(lower, upper, limit, besides), self._engine.mark()
                    nodes.append((lower, upper, mark))  # again, now that much is ruled out
                    continue
                if part.max() > SWITCH:
                    nodes += _children(at, int(np.argmax(part)), low, high, self._engine.mark())
                    continue
                at = np.round(at)
                if not any(np.array_equal(at, other) for other in besides):
                    self._hold(at, at)
                    found = self._told(limit) or found
                elif (low < high).any():
                    nodes += _others(at, low, high, self._engine.mark())
            return found
        finally:
            self._hold(lower, upper)

    def _near(self, lower: Array, upper: Array, limit: float, besides: Sequence[Array]) -> Found | None:
        """The best plan with the switches of one that is near, as far as their bounds allow."""
        assert self.near is not None, "only asked where one is near"
        held = np.clip(self.near, lower, upper)
        if any(np.array_equal(held, other) for other in besides):
            return None
        self._hold(held, held)
        return self._told(limit, confirm=False)

    def _narrowed(self, value: float, limit: float, low: Array, high: Array) -> tuple[Array, Array, Array]:
        """The switches of a node's answer, and its bounds without what would cost more than the limit allows."""
        at = self._engine.values()[self._switches]
        if not np.isfinite(limit):
            return at, low, high
        price = self._engine.column_prices()[self._switches]
        room = limit - value
        stay_low = (price >= room) & (np.abs(at - low) <= SWITCH)
        stay_high = (-price >= room) & (np.abs(at - high) <= SWITCH)
        return at, np.where(stay_high, high, low), np.where(stay_low, low, high)

    def held(self, switches: Array, start: Start = None) -> Found | None:
        """The best plan while the switches stand at these values."""
        self._hold(switches, switches)
        try:
            return self._told(np.inf, start)
        finally:
            self._hold(self._lower[self._switches], self._upper[self._switches])

    def relaxed(self, start: Start = None) -> Found | None:
        """The best that there would be if switches could stand in between; None where even then there is no plan."""
        return self._told(np.inf, start)

    def settled(self, found: Found) -> Found:
        """An answer with its plan inside its bounds to the last digit, and its value added up from that."""
        x = snapped(self._problem, found.x / self._column)
        return replace(found, value=total(self._cost, x), x=x * self._column)

    @property
    def iterations(self) -> int:
        """Iterations of the last solve."""
        return self._engine.iterations()

    def switches_of(self, x: Array) -> Array:
        """The switches of a plan."""
        return np.asarray(np.round(x[self._switches] / self._column[self._switches]))

    # -- inside -------------------------------------------------------------------------------------------------------

    def _limit(self, below: float, found: Found | None) -> float:
        if found is None:
            return below
        return min(below, found.value - OPTIMAL_GAP * max(abs(found.value), SMALL_VALUE * self._unit))

    def _hold(self, lower: Array, upper: Array) -> None:
        if len(self._switches):
            self._engine.change_columns(self._switches, lower, upper)

    def _value(self, start: Start, confirm: bool) -> float | None:
        """The value of the loaded program as it stands; None where it has no plan."""
        self.solved += 1
        if start is not None:
            self._engine.begin(start)
        watch = Watch(self.limits, self._stop)
        for _ in range(2):
            status = self._engine.quick(watch)
            if status == HighsModelStatus.kOptimal or status == HighsModelStatus.kModelEmpty:
                return self._engine.objective()
            if status not in (HighsModelStatus.kInfeasible, HighsModelStatus.kUnboundedOrInfeasible):
                break
            if not confirm:
                return None
            # An answer of "no plan" from an old basis is asked again afresh, without it.
            self._engine.forget()
        if status in (HighsModelStatus.kInfeasible, HighsModelStatus.kUnboundedOrInfeasible):
            return None
        if self._stop.stopped:
            raise SolverError("stopped")
        self._engine.forget()
        status = self._engine.quick(watch)
        if status == HighsModelStatus.kInfeasible:
            return None
        if status != HighsModelStatus.kOptimal:
            raise SolverError("a question about the plan was not answered within its limits")
        return self._engine.objective()

    def _told(self, below: float, start: Start = None, *, confirm: bool = True) -> Found | None:
        """The answer of the loaded program with its prices. confirm: that there is no plan is asked twice."""
        value = self._value(start, confirm)
        if value is None or value >= below:
            return None
        x, row, column = self._engine.values(), self._engine.row_prices(), self._engine.column_prices()
        return Found(value, x * self._column, row * self._row, column / self._column, self._engine.mark())

    def _by_search(self, below: float, besides: Sequence[Array] = ()) -> Found | None:
        """The same by the solver's own search, for many switches (which then must be 0 or 1)."""
        problem = replace(
            self._problem.bounded(self._lower, self._upper), row_lower=self._row_lower, row_upper=self._row_upper
        )
        for other in besides:
            row = np.zeros(len(self._lower))
            row[self._switches] = np.where(other > 0.5, -1.0, 1.0)
            problem = problem.with_row(row, 1.0 - float(np.count_nonzero(other > 0.5)), np.inf)
        watch = Watch(replace(self.limits, gap=min(self.limits.gap, OPTIMAL_GAP)), self._stop)
        choice = choose(problem, self._cost, watch)
        if choice.stopped:
            raise SolverError("a question about the plan was not answered within the time limit")
        if choice.x is None or choice.value >= below:
            return None
        x = snapped(problem, choice.x)
        held = np.round(x[self._switches])
        self._hold(held, held)
        found = self._told(np.inf)
        self._hold(self._lower[self._switches], self._upper[self._switches])
        return found or Found(total(self._cost, x), x * self._column, np.zeros(len(self._row)), np.zeros(len(x)), None)


_Node = tuple[Array, Array, Start]
"""Least and most of each switch, and where to begin."""


def _children(at: Array, k: int, low: Array, high: Array, start: Start) -> list[_Node]:
    """The two halves of a node at a divided switch; the nearer one last, so that it is looked at first."""
    up_low, down_high = low.copy(), high.copy()
    up_low[k], down_high[k] = np.ceil(at[k]), np.floor(at[k])
    up, down = (up_low, high, start), (low, down_high, start)
    return [down, up] if at[k] - np.floor(at[k]) >= 0.5 else [up, down]


def _others(at: Array, low: Array, high: Array, start: Start) -> list[_Node]:
    """A node without one setting of its switches: the first free switch differs, or the second, and so on."""
    made: list[_Node] = []
    low, high = low.copy(), high.copy()
    for k in np.flatnonzero(low < high).tolist():
        if at[k] > low[k]:
            below = high.copy()
            below[k] = at[k] - 1
            made.append((low.copy(), below, start))
        if at[k] < high[k]:
            above = low.copy()
            above[k] = at[k] + 1
            made.append((above, high.copy(), start))
        low[k] = high[k] = at[k]
    return made


class _Quick(Engine):
    """An engine that answers in this thread and copies out only what is asked for."""

    def quick(self, watch: Watch) -> HighsModelStatus:
        """Solve; afterwards always from the last basis."""
        if watch.over:
            return HighsModelStatus.kInterrupt
        self._highs.setOptionValue("time_limit", self._highs.getRunTime() + max(0.01, watch.left))
        self._highs.run()
        self._highs.setOptionValue("presolve", "off")
        status: HighsModelStatus = self._highs.getModelStatus()
        return status

    def mark(self) -> Start:
        """Where the last solve ended."""
        return self._highs.getBasis()

    def begin(self, start: Start) -> None:
        """Begin the next solve there."""
        self._highs.setBasis(start)

    def iterations(self) -> int:
        """Iterations of the last solve."""
        return int(self._highs.getInfo().simplex_iteration_count)

    def objective(self) -> float:
        """Σ cost × column, minimised."""
        return float(self._highs.getInfo().objective_function_value) / self.scale

    def values(self) -> Array:
        """Value of each column, in the solver's units."""
        return np.array(self._highs.getSolution().col_value, float)

    def row_prices(self) -> Array:
        """∂ objective / ∂ limit of each row, in the solver's units."""
        return np.array(self._highs.getSolution().row_dual, float) / self.scale

    def column_prices(self) -> Array:
        """∂ objective / ∂ bound of each column, in the solver's units."""
        return np.array(self._highs.getSolution().col_dual, float) / self.scale
