"""Plans that hold to the last digit that a float has, and not only to the solver's tolerance.

A tolerance of 1e-9 of what a column typically is, is a unit of money where amounts have ten digits: a sum that exceeds
its fund by that counts as a plan. Here a plan is looked at in exact arithmetic; where it misses by more than floats
lose, what it misses is blown up and solved as a linear program of its own (iterative refinement: Gleixner, Steffy and
Wolter 2016), which either mends it or shows that there is no plan.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from optimiser.case.table import Array
from optimiser.case.tolerances import COARSE, LOST, ROW_MONEY, ROW_NOISE, ROW_NOTHING
from optimiser.solvers.bound import dual_bound
from optimiser.solvers.engine import Engine, Watch
from optimiser.solvers.problem import Problem, snapped
from optimiser.solvers.solution import Basis

_ROUNDS = 4
_STEP = 30
"""Powers of two by which what is missing is blown up at most, in one round."""
_SPLIT = 134217729.0  # 2^27 + 1, Dekker's


@dataclass(frozen=True, eq=False)
class Sharp:
    """A plan mended. x, y, basis: of the last linear program; x None: there is no plan, which `ray` shows."""

    x: Array | None
    y: Array | None = None
    basis: Basis | None = None
    ray: Array | None = None


def settled(problem: Problem, x: Array) -> Array:
    """x inside its bounds, and what is a hair from a bound on it, unless that hair is what a row counts."""
    near = snapped(problem, x)
    if excess(problem, near) <= 1:
        return near
    inside = np.clip(x, problem.column_lower, problem.column_upper) + 0.0
    return inside if excess(problem, inside) <= 1 else near


def excess(problem: Problem, x: Array, coarse: bool = False) -> float:
    """The largest breach of a row by a point inside its bounds, as a multiple of what is let pass: up to 1 it holds.

    coarse: let pass what the verifier does where nothing is rounded, though floats lose less.
    """
    terms = problem.value * x[problem.index]
    rows = problem.row_of
    size = len(problem.row_lower)
    activity = np.bincount(rows, weights=terms, minlength=size)
    largest = np.zeros(size)
    np.maximum.at(largest, rows, np.abs(terms))
    breach = np.maximum(problem.row_lower - activity, activity - problem.row_upper)
    allowed = _allowed(problem, largest, coarse)
    seen = np.flatnonzero(breach > 0.5 * allowed)
    if not len(seen):
        return 0.0
    # Sums of floats lose digits themselves: only these few rows are added up exactly.
    low, high = (residuals(problem, x, seen, limit[seen])[seen] for limit in (problem.row_lower, problem.row_upper))
    exact = np.maximum(low, -high)
    return float(np.max(exact / allowed[seen], initial=0.0))


def _allowed(problem: Problem, largest: Array, coarse: bool) -> Array:
    """How far each row may be missed, in the solver's units."""
    term = np.maximum(largest, _size_of_limits(problem))
    unit = np.ones(len(largest))
    unit[: len(problem.row_scale)] = problem.row_scale
    if coarse:
        return np.asarray(COARSE * np.maximum(term, unit))
    real = ROW_MONEY * unit
    return np.asarray(np.maximum(LOST * term, np.minimum(real, np.maximum(ROW_NOISE * term, ROW_NOTHING))))


def sharpened(problem: Problem, cost: Array, start: Sharp, scale: float, watch: Watch) -> Iterator[Sharp]:
    """Ever better answers near `start`, each exact to more digits than the one before; x None: there is no plan.

    Limits are counted from where the plan stands, and blown up, so that the solver's tolerance is that much smaller.
    """
    every = np.arange(len(problem.row_lower))
    loose = np.zeros(len(every))
    assert start.x is not None
    x, basis = start.x, start.basis
    for _ in range(_ROUNDS):
        x = np.clip(x, problem.column_lower, problem.column_upper)
        low, high = (residuals(problem, x, every, limit) for limit in (problem.row_lower, problem.row_upper))
        worst = float(max(np.max(low, initial=0.0), np.max(-high, initial=0.0)))
        factor = 2.0 ** min(_STEP, 10 - math.frexp(worst)[1]) if worst > 0 else 2.0**_STEP
        part = problem.shifted(x, low - loose, high + loose, factor)
        engine = Engine(part, cost, scale, watch.limits, solver="simplex", presolve="off")
        if basis is not None:
            engine.start_from(basis)
        out = engine.attempt(watch)
        if out is None:
            return
        if out.ending == "infeasible" and not loose.any():
            # Limits that are sums of decimals may miss each other by their last digit: so much is granted, no more.
            sizes = np.zeros(len(every))
            np.maximum.at(sizes, problem.row_of, np.abs(problem.value * x[problem.index]))
            loose = LOST * np.maximum(sizes, _size_of_limits(problem))
            continue
        if out.ending == "infeasible":
            ray = engine.ray()
            if ray is not None and proves_none(problem, ray):
                yield Sharp(None, ray=ray)
            return
        if out.ending != "optimal" or out.x is None or out.y is None:
            return
        x, basis = np.clip(x + out.x / factor, problem.column_lower, problem.column_upper), out.basis
        yield Sharp(x, out.y, basis)


def proves_none(problem: Problem, ray: Array) -> bool:
    """Whether prices along this ray show in exact arithmetic that nothing keeps every row and every bound."""
    nothing = np.zeros(len(problem.column_lower))
    bounds = (dual_bound(problem, nothing, sign * ray) for sign in (1.0, -1.0))
    return any(bound is not None and bound > 0 for bound in bounds)


def _size_of_limits(problem: Problem) -> Array:
    """The size of each row's limit, of two the smaller; 0 where there is none."""
    low, high = (np.abs(limit) for limit in (problem.row_lower, problem.row_upper))
    least = np.minimum(low, high)
    return np.where(np.isfinite(least), least, 0.0)


def residuals(problem: Problem, x: Array, rows: Array, limits: Array) -> Array:
    """limit − Σ a·x of each of these rows, rounded once; 0 for the others. rows: in rising order."""
    used = np.flatnonzero(x[problem.index])  # most columns of a corner are 0
    product, error = exact_product(problem.value[used], x[problem.index[used]])
    made = np.zeros(len(problem.row_lower))
    first, last = (np.searchsorted(used, problem.start[at]).tolist() for at in (rows, rows + 1))
    big, small = (-product).tolist(), (-error).tolist()
    for r, limit, s, e in zip(rows.tolist(), limits.tolist(), first, last, strict=True):
        made[r] = math.fsum([limit, *big[s:e], *small[s:e]]) if math.isfinite(limit) else limit
    return made


def exact_product(a: Array, b: Array) -> tuple[Array, Array]:
    """a·b as a float and what its rounding lost, exactly (Dekker)."""
    p = a * b
    x, y = _SPLIT * a, _SPLIT * b
    ah, bh = x - (x - a), y - (y - b)
    al, bl = a - ah, b - bh
    return p, ((ah * bh - p) + ah * bl + al * bh) + al * bl
