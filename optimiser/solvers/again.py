"""One linear program solved again and again with other numbers, always from the same basis.

Other limits leave the old prices optimal, so the dual simplex repairs them; then other costs leave the new plan
possible, so the primal simplex improves it. Both changes at once would have neither, and take ten times as long.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import highspy
import numpy as np
from highspy import HighsModelStatus as Status

from optimiser.case.table import Array
from optimiser.case.tolerances import FACE, FEASIBLE, OPTIMAL_GAP
from optimiser.model.matrix import Model
from optimiser.model.renew import Entries, Renewed
from optimiser.solvers.ends import priced_basis
from optimiser.solvers.engine import Engine, Watch
from optimiser.solvers.linear import solve_linear
from optimiser.solvers.problem import Problem, centre, snapped, total
from optimiser.solvers.solution import Basis, SolveLimits, SolverError, relative_gap

DIGITS = 10
"""Significant digits of a value that do not depend on the way to it."""
_DUAL, _PRIMAL = 1, 4
_OPTIONS: dict[str, Any] = {
    "solver": "simplex",
    "presolve": "off",
    # The model is scaled already: scaling each new matrix once more takes a fifth of the whole time.
    "simplex_scale_strategy": 0,
    # Near the best plan nothing is gained by shaking costs and bounds, and the shaking has to be undone.
    "dual_simplex_cost_perturbation_multiplier": 0.0,
    "primal_simplex_bound_perturbation_multiplier": 0.0,
}


@dataclass(frozen=True)
class Value:
    """status: optimal, infeasible or stopped; best: of the first objective in the reader's sign (None: no plan);
    gap: relative distance of the value that the prices prove; iterations: of the simplex; x: one of the best plans, in
    the units of the case (which one depends on the way to it)."""

    status: str
    best: float | None = None
    gap: float | None = None
    iterations: int = 0
    x: Array | None = None


class Again(Engine):
    """The first objective of a model without switches, solved once and ready for other numbers."""

    def __init__(self, model: Model, limits: SolveLimits | None = None, basis: Basis | None = None) -> None:
        """basis: of the model's own solution, if it is known. Raises SolverError where the model has no plan."""
        if model.integer.any():
            raise ValueError("a model with switches is searched, not solved again")
        self.limits = limits or SolveLimits()
        self._sign = model.stages[0].sign
        self._problem = Problem.of(model)
        self._cost = self._problem.cost(model.stages[0].cost)
        if basis is None:
            first = solve_linear(self._problem, self._cost, Watch(self.limits), prove=False)
            if first.basis is None:
                raise SolverError("no plan to start from: the case is infeasible, or was stopped")
            # A part of a large program was solved: what was left out needs its price too, or each question begins far off.
            basis = first.basis if first.y is None else priced_basis(self._problem, self._cost, first.basis, first.y)
        self.base = basis
        super().__init__(self._problem, self._cost, centre(self._cost), self.limits, **_OPTIONS)
        self.start_from(basis)
        self._start: Any = self._highs.getBasis()
        p = self._problem
        self._now: tuple[Array, ...] = p.row_lower, p.row_upper, p.column_lower, p.column_upper
        self._own_matrix = True

    def value(self, numbers: Renewed) -> Value:
        """The best value with these numbers, in the units of the case."""
        p, cost, entries = self._problem, numbers.cost, numbers.entries
        limits = (
            numbers.row_lower * p.row_scale,
            numbers.row_upper * p.row_scale,
            numbers.column_lower / p.column_scale,
            numbers.column_upper / p.column_scale,
        )
        self._load(limits, entries)
        self._highs.setBasis(self._start)
        status, iterations = self._run(_DUAL)
        if status != Status.kOptimal:
            return self._otherwise(status, limits, p.cost(cost), entries)
        scaled = p.cost(cost)
        changed = np.flatnonzero(scaled != self._cost)
        if not len(changed):
            return self._judged(limits, scaled, entries, iterations)
        self.change_costs(changed, scaled[changed])
        try:
            status, more = self._run(_PRIMAL)
            if status != Status.kOptimal:
                return self._otherwise(status, limits, scaled, entries)
            return self._judged(limits, scaled, entries, iterations + more)
        finally:
            self.change_costs(changed, self._cost[changed])

    def _load(self, limits: tuple[Array, ...], entries: Entries | None) -> None:
        """Put the numbers into the solver; the base's cost stands until the first step is done."""
        if entries is not None or not self._own_matrix:
            self._pass(limits, *self._entries(entries))
            self._own_matrix = entries is None
        else:
            for change, low, high in ((self.change_rows, 0, 1), (self.change_columns, 2, 3)):
                at = np.flatnonzero((limits[low] != self._now[low]) | (limits[high] != self._now[high]))
                if len(at):
                    change(at, limits[low][at], limits[high][at])
        self._now = limits

    def _pass(self, limits: tuple[Array, ...], start: Array, index: Array, value: Array) -> None:
        """Pass the whole matrix: by columns, as the solver keeps it, where the entries stand where the base's do."""
        form = highspy.MatrixFormat.kRowwise
        if np.array_equal(index, self._problem.index) and np.array_equal(start, self._problem.start):
            form, (start, index, order) = highspy.MatrixFormat.kColwise, self._by_column
            value = value[order]
        rows, columns = self._problem.shape
        self._highs.passModel(
            columns, rows, len(value), int(form), int(highspy.ObjSense.kMinimize), 0.0, self._cost * self.scale,
            limits[2], limits[3], limits[0], limits[1], start, index, value, np.zeros(columns, np.int32),
        )  # fmt: skip

    @cached_property
    def _by_column(self) -> tuple[Array, Array, Array]:
        """Where each column starts, the row of each entry by columns, and where the entry stands by rows."""
        p = self._problem
        order = np.argsort(p.index, kind="stable")
        start = np.searchsorted(p.index[order], np.arange(p.shape[1] + 1)).astype(np.int32)
        return start, p.row_of[order].astype(np.int32), order

    def _entries(self, entries: Entries | None) -> tuple[Array, Array, Array]:
        p = self._problem
        if entries is None:
            return p.start, p.index, p.value
        start, index, value = entries
        start, index = start.astype(np.int32), index.astype(np.int32)
        return start, index, value * np.repeat(p.row_scale, np.diff(start)) * p.column_scale[index]

    def _run(self, strategy: int) -> tuple[Status, int]:
        self._highs.setOptionValue("simplex_strategy", strategy)
        self._highs.setOptionValue("time_limit", self._highs.getRunTime() + self.limits.time_limit)
        self._highs.run()
        return self._highs.getModelStatus(), int(self._highs.getInfo().simplex_iteration_count)

    def _judged(self, limits: tuple[Array, ...], cost: Array, entries: Entries | None, iterations: int) -> Value:
        """The value with the bound that the prices prove; solved again carefully where they are too far apart."""
        problem = self._changed(limits, entries)
        found = self._highs.getSolution()
        x = snapped(problem, np.array(found.col_value, float))
        y = np.array(found.row_dual, float) / self.scale
        best = total(cost, x)
        gap = relative_gap(best, _bound(problem, cost, y))
        broken = self._highs.getInfo().max_primal_infeasibility
        if gap is None or gap > OPTIMAL_GAP or not broken <= FEASIBLE:
            return self._carefully(problem, cost)
        return Value("optimal", _kept(self._sign * best), gap, iterations, problem.real(x))

    def _otherwise(self, status: Status, limits: tuple[Array, ...], cost: Array, entries: Entries | None) -> Value:
        if status == Status.kTimeLimit:
            return Value("stopped")
        return self._carefully(self._changed(limits, entries), cost)

    def _carefully(self, problem: Problem, cost: Array) -> Value:
        """Solved afresh, as a case alone is."""
        found = solve_linear(problem, cost, Watch(self.limits))
        best = None if found.x is None or found.ending != "optimal" else _kept(self._sign * found.value)
        x = None if found.x is None else problem.real(snapped(problem, found.x))
        return Value(found.ending, best, found.gap, x=x)

    def _changed(self, limits: tuple[Array, ...], entries: Entries | None) -> Problem:
        p = self._problem
        start, index, value = self._entries(entries)
        return Problem(
            start, index, value, limits[2], limits[3], limits[0], limits[1], p.integer, p.column_scale, p.row_scale
        )


def _bound(problem: Problem, cost: Array, y: Array) -> float | None:
    """The value that the prices prove, in floating point; a price that points to no limit counts as 0."""
    at = np.where(y > 0, problem.row_lower, problem.row_upper)
    y = np.where(np.isfinite(at), y, 0.0)
    d, terms = problem.reduced(cost, y)
    d = np.where(np.abs(d) <= FACE * terms, 0.0, d)
    edge = np.where(d > 0, problem.column_lower, problem.column_upper)
    used = d != 0
    if not np.isfinite(edge[used]).all():
        return None
    return float(np.sum(y[y != 0] * at[y != 0]) + np.sum(d[used] * edge[used]))


def _kept(value: float) -> float:
    """The digits of a value that do not depend on the way to it."""
    return float(f"{value:.{DIGITS}g}") + 0.0
