"""The last digits of a plan: the corner that a basis names, computed cleanly, and then rounded on a decimal grid.

A solver's values carry noise that depends on the way it came. Here the equations of the final basis are solved
again with exactly computed residuals until nothing changes, which gives each value to its last bit; what is
left (a corner that several bases name, apart by the binary form of decimal data) the grid takes away.
"""

from __future__ import annotations

import math

import numpy as np

from optimiser.case.table import Array
from optimiser.case.tolerances import SOLVER_TIGHT
from optimiser.model.matrix import Model
from optimiser.solvers.engine import Engine, Watch
from optimiser.solvers.problem import Problem, centre
from optimiser.solvers.sharp import excess, residuals
from optimiser.solvers.solution import Basis

DIGITS = 13
"""Decimal digits that are kept of a column, counted from its scale."""

SEEN = 7
"""Decimals that are kept at least of what a column adds to a row, in the row's own unit."""
MOST = 2.0**52
"""A value of so many steps of the grid is finer than the grid already."""

_BASIC, _UPPER = 1, 2
_ROUNDS = 5
_HALF = 0.3765  # not ½: values that end in 5 are common, and would go up or down by their last bit


def refined(problem: Problem, cost: Array, x: Array, basis: Basis, watch: Watch) -> Array:
    """The values of the basis to their last bit; the old ones where that does not work."""
    engine = Engine(problem, cost, centre(cost), watch.limits, solver="simplex", presolve="off")
    if not engine.start_from(basis):
        return x
    out = engine.attempt(watch)
    basic = engine.basic()
    if out is None or out.ending != "optimal" or out.x is None or out.basis is None or basic is None:
        return x
    made, rows, limits = _corner(problem, out.x, out.basis)
    structural = basic >= 0
    for _ in range(_ROUNDS):
        missing = residuals(problem, made, rows, limits)
        size = float(np.abs(missing).max(initial=0.0))
        if size == 0:
            break
        # HiGHS takes what is under 1e-14 for 0, so the residuals are blown up to about 1 and the step shrunk again.
        power = 2.0 ** -math.frexp(size)[1]
        step = engine.solve_basis(missing * power)
        if step is None or not np.isfinite(step).all():
            return x
        moved = made.copy()
        moved[basic[structural]] += step[structural] / power
        if np.array_equal(moved, made):
            break
        made = moved
    inside = np.clip(made, problem.column_lower, problem.column_upper)
    if np.abs(made - inside).max(initial=0.0) > SOLVER_TIGHT:
        return x
    return inside if excess(problem, inside) <= max(1.0, excess(problem, x)) else x


def rounded(x: Array, scale: Array, model: Model) -> Array:
    """Values in the units of the case to DIGITS decimals below each column's scale, inside their bounds; finer where
    that would be seen in a row (a level that is multiplied by a request of 10¹³)."""
    factor = np.zeros(len(x))
    np.maximum.at(factor, model.index, np.abs(model.value))
    decimals = DIGITS - np.floor(np.log10(scale)).astype(int)
    with np.errstate(divide="ignore"):
        seen = np.ceil(np.log10(factor)) + SEEN
    decimals = np.maximum(decimals, np.where(np.isfinite(seen), seen, 0.0).astype(int))
    grid = 10.0 ** np.abs(decimals)
    fine = decimals >= 0
    steps = np.where(fine, x * np.where(fine, grid, 1.0), x / grid)
    whole = np.floor(steps + _HALF)
    made = np.where(fine, whole / grid, whole * grid)
    made = np.where(np.abs(steps) < MOST, made, x)
    return np.asarray(np.clip(made, model.column_lower, model.column_upper) + 0.0)


def _corner(problem: Problem, x: Array, basis: Basis) -> tuple[Array, Array, Array]:
    """x with its nonbasic columns exactly at their bounds; the nonbasic rows, and the limit at which each stands."""
    x = x.copy()
    low, high = problem.column_lower, problem.column_upper
    at = np.where(basis.columns == _UPPER, high, low)
    held = (basis.columns != _BASIC) & np.isfinite(at)
    x[held] = at[held]
    limit = np.where(basis.rows == _UPPER, problem.row_upper, problem.row_lower)
    rows = np.flatnonzero((basis.rows != _BASIC) & np.isfinite(limit))
    return x, rows, limit[rows]
