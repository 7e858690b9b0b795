"""The exact bound that prices prove: no plan can cost less, in rational arithmetic (Neumaier and Shcherbina 2004).

Whatever the prices y, every x with row_lower ≤ A·x ≤ row_upper and lower ≤ x ≤ upper has

    cost·x  ≥  L(y) = Σ_i min(y_i · [row_lower_i, row_upper_i]) + Σ_j min((cost − Aᵀy)_j · [lower_j, upper_j])

A float is an integer times a power of two; here every number is one integer over a common power of two, so L(y) is
computed without any rounding.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from optimiser.case.table import Array
from optimiser.case.tolerances import HAIR
from optimiser.model.matrix import Model
from optimiser.solvers.problem import Problem

_REPAIRS = 3


def model_bound(model: Model, cost: Array, prices: Array) -> Fraction | None:
    """L(prices) of a model in the units of the case; None if these prices prove nothing (minus infinity)."""
    problem = Problem.of(model, solved=False)
    return dual_bound(problem, problem.cost(cost), np.asarray(prices, float) / problem.row_scale)


def dual_bound(problem: Problem, cost: Array, prices: Array, spare: float = 0.0) -> Fraction | None:
    """L(prices) of a problem in the solver's units, exactly; None if these prices prove nothing.

    A price of the wrong sign (towards a limit that is not there) counts as 0. Where a column without a bound has a
    reduced cost of the wrong sign, the price of one of its rows is moved by just so much.
    spare: the bound may be lower than L(prices) by so much; it is then found in a quarter of the time.
    """
    y = clean(problem, prices)
    for _ in range(_REPAIRS):
        columns, d, power, taken = _reduced(problem, cost, y, spare)
        bad = _unbounded(problem, columns, d)
        if not len(bad):
            return _sum(problem, y, columns, d, power) - taken
        y = _repaired(problem, y, columns, d, power, bad)
    return None


def plain_bound(problem: Problem, cost: Array) -> Fraction | None:
    """What the bounds of the columns prove alone: no sum of penalties is below 0."""
    return dual_bound(problem, cost, np.zeros(len(problem.row_lower)))


def clean(problem: Problem, prices: Array) -> Array:
    """The prices without those of the wrong sign."""
    y = np.asarray(prices, float)
    usable = np.isfinite(y) & np.where(y > 0, np.isfinite(problem.row_lower), np.isfinite(problem.row_upper))
    return np.where(usable, y, 0.0)


def _reduced(problem: Problem, cost: Array, y: Array, spare: float) -> tuple[Array, Array, int, Fraction]:
    """The columns that may add to L(y), cost − Aᵀy of each as integers × 2^power, and what the others take from it at most.

    Of most columns floats show already that they take nothing, or so little that it may be spared: these are left out.
    """
    rows = np.flatnonzero(y)
    priced, count = problem.entries_of(rows)
    index, price = problem.index[priced], np.repeat(y[rows], count)
    takes = _takes(problem, cost, index, problem.value[priced], price)
    little = takes <= spare / (
        2 * max(1, int(np.count_nonzero(takes)))
    )  # a column takes so much at most, or gives as much
    columns, taken = np.flatnonzero(~little), Fraction(float(np.sum(takes[little])) * (1 + HAIR))
    place = np.full(len(cost), -1)
    place[columns] = np.arange(len(columns))
    mine = place[index] >= 0
    used = priced[mine]
    a, ea = _split(problem.value[used])
    p, ep = _split(price[mine])
    c, ec = _split(cost[columns])
    exponents = ea + ep
    power = int(min(exponents.min(initial=0), ec.min(initial=0)))
    terms = (a.astype(object) * p.astype(object)) << (exponents - power).astype(object)
    total = c.astype(object) << (ec - power).astype(object)
    if len(used):
        at = place[problem.index[used]]
        order = np.argsort(at, kind="stable")
        first = np.flatnonzero(np.diff(at[order], prepend=-1))
        total[at[order[first]]] -= np.add.reduceat(terms[order], first)
    return columns, total, power, taken


def _takes(problem: Problem, cost: Array, index: Array, value: Array, price: Array) -> Array:
    """What each column takes from L(y) at most: nothing where its reduced cost has a sign for certain, by more than floats can
    lose, and the bound that it points to is 0. A sum of n products loses at most n + 1 roundings of the sum of their sizes, here
    taken fourfold. index, value, price: of the entries of rows with a price, the column, the entry and that price."""
    with np.errstate(all="ignore"):
        products, size = value * price, len(cost)
        d = cost - np.bincount(index, products, size)
        terms = np.abs(cost) + np.bincount(index, np.abs(products), size)
        lost = 4 * (np.bincount(index, minlength=size) + 2) * np.finfo(float).eps * terms + np.finfo(float).tiny
        nothing = ((d > lost) & (problem.column_lower == 0)) | ((d < -lost) & (problem.column_upper == 0))
        most = (np.abs(d) + lost) * np.maximum(np.abs(problem.column_lower), np.abs(problem.column_upper))
    return np.where(nothing, 0.0, np.where(most > 0, most, np.inf))


def _sum(problem: Problem, y: Array, live: Array, d: Array, power: int) -> Fraction:
    """L(y) from the prices and the exact reduced costs of the columns that may add to it (all of them bounded)."""
    at = np.where(d > 0, problem.column_lower[live], problem.column_upper[live])
    adds = np.flatnonzero((d != 0) & (at != 0))
    columns = _dot(d[adds], power, at[adds])
    limit = np.where(y > 0, problem.row_lower, problem.row_upper)
    priced = np.flatnonzero((y != 0) & (limit != 0))
    m, e = _split(y[priced])
    low = int(e.min(initial=0))
    return columns + _dot(m.astype(object) << (e - low).astype(object), low, limit[priced])


def _dot(integers: Array, power: int, floats: Array) -> Fraction:
    """Σ integer × 2^power × float, exactly."""
    if not len(integers):
        return Fraction(0)
    m, e = _split(floats)
    low = int(e.min())
    number = int(np.sum((integers * m.astype(object)) << (e - low).astype(object)))
    return number * Fraction(2) ** (power + low)


def _split(values: Array) -> tuple[Array, Array]:
    """Each float as integer × 2^exponent (int64 both), the integer odd or zero-ended as it comes."""
    mantissa, exponent = np.frexp(np.asarray(values, float))
    whole = (mantissa * 2.0**53).astype(np.int64)
    # Most coefficients are short (1, −1, 0.25): without their trailing zeros the big integers stay small.
    tail = whole & -whole
    shift = np.where(whole == 0, 0, np.log2(np.maximum(tail, 1).astype(float))).astype(np.int64)
    return whole >> shift, np.where(whole == 0, 0, exponent.astype(np.int64) - 53 + shift)


def _unbounded(problem: Problem, columns: Array, d: Array) -> Array:
    """Which of these columns have a reduced cost that points to a bound that is not there."""
    at = np.where(d > 0, problem.column_lower[columns], problem.column_upper[columns])
    return np.flatnonzero((d != 0) & ~np.isfinite(at))


def _repaired(problem: Problem, y: Array, columns: Array, d: Array, power: int, bad: Array) -> Array:
    """Prices moved so that the reduced cost of each bad column gets the sign that its bounds allow."""
    y = y.copy()
    rows = problem.row_of
    for j in bad:
        entries = np.flatnonzero(problem.index == columns[j])
        excess = float(d[j] * Fraction(2) ** power)
        for k in entries[np.argsort(-np.abs(problem.value[entries]))]:
            moved = y[rows[k]] + excess / problem.value[k] * (1 + HAIR)
            limit = problem.row_lower[rows[k]] if moved > 0 else problem.row_upper[rows[k]]
            if moved == 0 or np.isfinite(limit):
                y[rows[k]] = moved
                break
    return y
