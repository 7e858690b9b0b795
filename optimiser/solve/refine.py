"""The last digits of a plan: the corner that a basis names, computed cleanly, and then rounded on a decimal grid.

A solver's values carry noise that depends on the way it came. Here the equations of the final basis are solved
again with exactly computed residuals until nothing changes, which gives each value to its last bit; what is
left (a corner that several bases name, apart by the binary form of decimal data) the grid takes away.
"""

from __future__ import annotations

import math

import numpy as np

from optimiser.case.table import Array
from optimiser.solve.engine import Engine, Watch
from optimiser.solve.problem import Problem, centre
from optimiser.solve.solution import Basis

DIGITS = 13
"""Decimal digits that are kept of a column, counted from its scale."""

_BASIC, _UPPER = 1, 2
_ROUNDS = 5
_HALF = 0.3765  # not ½: values that end in 5 are common, and would go up or down by their last bit
_SPLIT = 134217729.0  # 2^27 + 1, Dekker's


def refined(problem: Problem, cost: Array, x: Array, basis: Basis, watch: Watch) -> Array:
    """The values of the basis to their last bit; the old ones where that does not work."""
    engine = Engine(problem, cost, centre(cost), watch.limits, solver="simplex", presolve="off")
    if not engine.start_from(basis):
        return x
    out = engine.run(watch)
    basic = engine.basic()
    if out.ending != "optimal" or out.x is None or out.basis is None or basic is None:
        return x
    made, rows, limits = _corner(problem, out.x, out.basis)
    structural = basic >= 0
    for _ in range(_ROUNDS):
        missing = _residuals(problem, made, rows, limits)
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
    return made if problem.violation(made) <= max(problem.violation(x), 1e-10) else x


def rounded(x: Array, scale: Array, lower: Array, upper: Array) -> Array:
    """Values in the units of the case to DIGITS decimals below each column's scale, inside their bounds."""
    decimals = DIGITS - np.floor(np.log10(scale)).astype(int)
    grid = 10.0 ** np.abs(decimals)
    fine = decimals >= 0
    steps = np.floor(np.where(fine, x * np.where(fine, grid, 1.0), x / grid) + _HALF)
    made = np.where(fine, steps / grid, steps * grid)
    return np.asarray(np.clip(made, lower, upper) + 0.0)


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


def _residuals(problem: Problem, x: Array, rows: Array, limits: Array) -> Array:
    """limit − Σ a·x of each of these rows, rounded once; 0 for the others."""
    used = np.flatnonzero(x[problem.index])  # most columns of a corner are 0
    product, error = _product(problem.value[used], x[problem.index[used]])
    made = np.zeros(len(problem.row_lower))
    first, last = (np.searchsorted(used, problem.start[at]).tolist() for at in (rows, rows + 1))
    big, small = (-product).tolist(), (-error).tolist()
    for r, limit, s, e in zip(rows.tolist(), limits.tolist(), first, last, strict=True):
        made[r] = math.fsum([limit, *big[s:e], *small[s:e]])
    return made


def _product(a: Array, b: Array) -> tuple[Array, Array]:
    """a·b as a float and what its rounding lost, exactly (Dekker)."""
    p = a * b
    x, y = _SPLIT * a, _SPLIT * b
    ah, bh = x - (x - a), y - (y - b)
    al, bl = a - ah, b - bh
    return p, ((ah * bh - p) + ah * bl + al * bh) + al * bl
