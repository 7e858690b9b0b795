"""The same linear program again and again with small changes: one loaded solver, always from the base's basis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimiser.case.table import Array
from optimiser.model.matrix import Model
from optimiser.solvers.engine import Ending, Engine, Outcome, Watch
from optimiser.solvers.linear import solve_linear
from optimiser.solvers.problem import Problem, centre, snapped, total
from optimiser.solvers.solution import Basis, Limits, SolverError, Stop
from optimiser.solvers.switches import choose


@dataclass(frozen=True, eq=False)
class Resolved:
    """status; objective in the reader's sign, x and duals in the units of the case (None where there is no plan).

    duals: as in Solution, ∂ of the minimised sum / ∂ limit.
    """

    status: Ending
    objective: float | None = None
    x: Array | None = None
    duals: Array | None = None


@dataclass(frozen=True, eq=False)
class Change:
    """Other values at some positions, in the units of the case; None leaves them as they are."""

    rows: Array | None = None
    row_lower: Array | None = None
    row_upper: Array | None = None
    columns: Array | None = None
    column_lower: Array | None = None
    column_upper: Array | None = None
    costs: Array | None = None
    cost: Array | None = None


class Warm:
    """One stage of a model, solved, ready for changes.

    The switches stand at `x` (a plan), or are searched for once; every answer holds while they do. Ties are not
    settled here: values and prices are asked for, not the plan.
    """

    def __init__(
        self,
        model: Model,
        limits: Limits | None = None,
        *,
        stage: int = 0,
        x: Array | None = None,
        basis: Basis | None = None,
        stop: Stop | None = None,
    ) -> None:
        self.limits, self._stop = limits or Limits(), stop or Stop()
        self._sign = model.stages[stage].sign
        watch = self._watch()
        problem = Problem.of(model)
        self._cost = problem.cost(model.stages[stage].cost)
        if problem.integer.any():
            held = choose(problem, self._cost, watch).x if x is None else np.asarray(x) / problem.column_scale
            if held is None:
                raise SolverError("no plan to start from: the case is infeasible, or was stopped")
            problem = problem.fixed(held)
        self._problem = problem
        base = solve_linear(problem, self._cost, watch, basis)
        self._engine = Engine(
            problem, self._cost, centre(self._cost), self.limits, solver="simplex", presolve="off", simplex_strategy=0
        )
        self.basis = base.basis
        self.base = self._resolved(Outcome(base.ending, base.x, base.y), self._cost, problem)

    def resolve(self, change: Change) -> Resolved:
        """The answer with this change, from the base's basis; nothing is kept of earlier changes."""
        problem, cost, engine = self._problem, self._cost, self._engine
        column, row = problem.column_scale, problem.row_scale
        lower, upper = problem.column_lower, problem.column_upper
        low, high = problem.row_lower, problem.row_upper
        if change.rows is not None:
            low, high = low.copy(), high.copy()
            _put(low, change.rows, change.row_lower, row)
            _put(high, change.rows, change.row_upper, row)
            engine.change_rows(change.rows, low[change.rows], high[change.rows])
        if change.columns is not None:
            lower, upper = lower.copy(), upper.copy()
            _put(lower, change.columns, change.column_lower, 1 / column)
            _put(upper, change.columns, change.column_upper, 1 / column)
            engine.change_columns(change.columns, lower[change.columns], upper[change.columns])
        if change.costs is not None:
            cost = cost.copy()
            _put(cost, change.costs, change.cost, column)
            engine.change_costs(change.costs, cost[change.costs])
        try:
            if self.basis is None or not engine.start_from(self.basis):
                engine.forget()
            out = engine.run(self._watch())
            if out.ending == "infeasible" and self.basis is not None:
                engine.forget()
                out = engine.run(self._watch())
            return self._resolved(out, cost, problem.bounded(lower, upper))
        finally:
            self._restore(change)

    def _restore(self, change: Change) -> None:
        problem, engine = self._problem, self._engine
        if change.rows is not None:
            engine.change_rows(change.rows, problem.row_lower[change.rows], problem.row_upper[change.rows])
        if change.columns is not None:
            at = change.columns
            engine.change_columns(at, problem.column_lower[at], problem.column_upper[at])
        if change.costs is not None:
            engine.change_costs(change.costs, self._cost[change.costs])

    def _watch(self) -> Watch:
        return Watch(self.limits, self._stop)

    def _resolved(self, out: Outcome, cost: Array, problem: Problem) -> Resolved:
        if out.x is None or out.ending != "optimal":
            return Resolved(out.ending)
        x = snapped(problem, out.x)
        duals = None if out.y is None else problem.prices(out.y)
        return Resolved(out.ending, self._sign * total(cost, x) + 0.0, problem.real(x), duals)


def _put(values: Array, at: Array, changed: Array | None, scale: Array) -> None:
    """Write the changed values in the solver's units."""
    if changed is not None:
        values[at] = np.asarray(changed, float) * scale[at]
