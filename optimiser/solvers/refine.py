"""The last digits of a plan and of its prices: what a basis names, computed cleanly; a plan then rounded on a decimal grid.

A solver's values carry noise that depends on the way it came. Here the equations of the final basis are solved
again with exactly computed residuals until nothing changes, which gives each value to its last bit; what is
left (a corner that several bases name, apart by the binary form of decimal data) the grid takes away.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from optimiser.case.table import Array
from optimiser.case.tolerances import CLEANED, DOUBTFUL, LOST_DIGITS, SOLVER_TIGHT
from optimiser.model.matrix import Model
from optimiser.solvers.engine import Engine, Watch
from optimiser.solvers.problem import Problem, centre, unit
from optimiser.solvers.sharp import exact_product, excess, residuals
from optimiser.solvers.solution import AT_UPPER, BASIC, TIE_COLUMNS, Basis

DIGITS = 13
"""Decimal digits that are kept of a column, counted from its scale."""

SEEN = 7
"""Decimals that are kept at least of what a column adds to a row, in the row's own unit."""
MOST = 2.0**52
"""A value of so many steps of the grid is finer than the grid already."""

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


def clean_prices(problem: Problem, cost: Array, y: Array, basis: Basis | None, watch: Watch) -> Array:
    """The prices of the basis to their last bit, where some of y may be noise; y where none is, or where that does not work.

    Where a solve ended after many steps from another basis, a price that is 0 was seen to be 1e-10 of the largest, and to
    hold a row at its limit that the plans as good as this one may leave.
    """
    if basis is None or not _doubtful(problem, cost, y):
        return y
    engine = Engine(problem, cost, centre(cost), watch.limits, solver="simplex", presolve="off")
    basic = engine.basic() if engine.start_from(basis) else None
    if basic is None:
        return y
    place = np.flatnonzero(basic >= 0)
    at = basic[place]
    slack = -1 - basic[basic < 0]
    mine = np.zeros(len(cost), bool)
    mine[at] = True
    entries = np.flatnonzero(mine[problem.index])
    entries = entries[np.argsort(problem.index[entries], kind="stable")]
    by_column = _ByColumn(problem.row_of[entries], problem.index[entries], problem.value[entries])
    made = np.zeros(len(y))
    for _ in range(_ROUNDS):
        right = np.zeros(len(basic))
        right[place] = by_column.missing(made, at, cost[at])
        size = float(np.abs(right).max(initial=0.0))
        if size == 0:
            break
        power = 2.0 ** -math.frexp(size)[1]
        step = engine.price_basis(right * power)
        if step is None or not np.isfinite(step).all():
            return y
        moved = made + step / power
        moved[slack] = 0.0
        if np.array_equal(moved, made):
            break
        made = moved
    return made if np.abs(made - y).max(initial=0.0) <= CLEANED * max(1.0, float(np.abs(y).max(initial=0.0))) else y


@dataclass(frozen=True, eq=False)
class _ByColumn:
    """Entries of a matrix sorted by column: row, column and value of each."""

    row: Array
    column: Array
    value: Array

    def missing(self, y: Array, columns: Array, cost: Array) -> Array:
        """cost − Σ a·y of each of these columns, rounded once."""
        product, error = exact_product(self.value, y[self.row])
        big, small = (-product).tolist(), (-error).tolist()
        first = np.searchsorted(self.column, columns).tolist()
        last = np.searchsorted(self.column, columns, "right").tolist()
        sums = (math.fsum([c, *big[s:e], *small[s:e]]) for c, s, e in zip(cost.tolist(), first, last, strict=True))
        return np.fromiter(sums, float, len(columns))


def _doubtful(problem: Problem, cost: Array, y: Array) -> bool:
    """Whether a price, or a reduced cost, is so small that it may be the noise of others, and not so small that it must be."""
    if len(cost) > TIE_COLUMNS:
        return False
    terms = np.zeros(len(y))
    np.maximum.at(terms, problem.row_of, np.abs(problem.value))
    worth, size = np.abs(y) * terms, unit(cost)
    if np.any((worth > 0) & (worth < DOUBTFUL * size)):
        return True
    d, terms = problem.reduced(cost, y)
    return bool(np.any((np.abs(d) > LOST_DIGITS * terms) & (np.abs(d) < DOUBTFUL * terms)))


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
    at = np.where(basis.columns == AT_UPPER, high, low)
    held = (basis.columns != BASIC) & np.isfinite(at)
    x[held] = at[held]
    limit = np.where(basis.rows == AT_UPPER, problem.row_upper, problem.row_lower)
    rows = np.flatnonzero((basis.rows != BASIC) & np.isfinite(limit))
    return x, rows, limit[rows]
