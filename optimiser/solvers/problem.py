"""The linear program in the solver's units: the one place where scales are multiplied in and taken out.

    solver's column = column / column_scale        solver's row = row × row_scale
    solver's entry = entry × row_scale × column_scale        solver's cost = cost × column_scale

Scales are powers of two, so each of these is exact, sums Σ cost × column are the same number in both units, and
a price in the case's units is row_scale × the solver's. Integer columns are never scaled.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from optimiser.case.table import Array
from optimiser.case.tolerances import AT_BOUND, PRICE_NOISE, SMALL_VALUE, SNAPPED
from optimiser.model.column_blocks import Blocks
from optimiser.model.matrix import Model
from optimiser.solvers.column_reach import scales

FARTHEST = 1e15
"""How far a column may go in one step of a problem that is blown up: beyond 1e20 the solver would see no bound at all."""
LEAST_ENTRY, LARGEST_ENTRY = 2.0**-38, 2.0**30
"""The solver takes an entry of the matrix below 1e-12 for 0, and refuses one above 1e15."""
LARGEST_LIMIT = 2.0**50
"""Beside a limit of 1e19 the solver was seen to crash."""


@dataclass(frozen=True, eq=False)
class Problem:
    """row_lower ≤ A·x ≤ row_upper, column_lower ≤ x ≤ column_upper; A by rows in (start, index, value), all scaled."""

    start: Array
    index: Array
    value: Array
    column_lower: Array
    column_upper: Array
    row_lower: Array
    row_upper: Array
    integer: Array
    column_scale: Array
    row_scale: Array
    blocks: Blocks | None = None
    """What may be left out of a large one; rows that were added to it stand at the end."""

    @staticmethod
    def of(model: Model, *, as_it_is: bool = False, solved: bool = True) -> Problem:
        """The model's matrix in the solver's units.

        as_it_is: it is solved without changes of its limits, so columns may be measured, and bounded, by what these leave.
        solved: False where it is only calculated with, exactly: the scales are then the model's own.
        """
        limits = (model.column_lower, model.column_upper, model.row_lower, model.row_upper)
        if not np.isfinite(model.value).all() or any(np.isnan(limit).any() for limit in limits):
            raise ValueError("a coefficient or a limit of the matrix is not a number")
        integer = np.asarray(model.integer, bool)
        # Of an integer column the scale is its step: the solver counts steps.
        column, row, most = model.column_scale, model.row_scale, model.column_upper
        if as_it_is:
            column, row, most = scales(model)
        column = _powers(column)
        start = np.asarray(model.start, np.int32)
        index = np.asarray(model.index, np.int32)
        value = np.asarray(model.value, float) * column[index]
        if as_it_is:  # what stands at 0 adds nothing to any row, and may not set its measure
            value = np.where(((model.column_lower == 0) & (most == 0))[index], 0.0, value)
        row = _powers(row)
        if solved:
            row = _seen(row, start, np.abs(value), model.row_lower, model.row_upper)
        value *= np.repeat(row, np.diff(start))
        lower, upper = model.column_lower / column, most / column
        limits = lower, upper, model.row_lower * row, model.row_upper * row
        return Problem(start, index, value, *limits, integer, column, row, Blocks.of(model) if solved else None)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.row_lower), len(self.column_lower)

    @property
    def row_of(self) -> Array:
        """The row of each entry."""
        return np.repeat(np.arange(len(self.row_lower), dtype=np.int32), np.diff(self.start))

    def entries_of(self, rows: Array) -> tuple[Array, Array]:
        """Where the entries of these rows stand, row after row, and how many each has."""
        count = self.start[rows + 1] - self.start[rows]
        first = self.start[rows] - (np.cumsum(count) - count)
        return np.repeat(first, count) + np.arange(int(count.sum())), count

    def cost(self, real: Array) -> Array:
        """A cost in the units of the case, in the solver's."""
        if not np.isfinite(real).all():
            raise ValueError("a cost is not a number")
        return np.asarray(real, float) * self.column_scale

    def moving_cost(self, real: Array) -> Array:
        """As cost, but 0 for a column that stands at 0: what it would cost may not set the measure of the others."""
        return np.where((self.column_lower == 0) & (self.column_upper == 0), 0.0, self.cost(real))

    def real(self, x: Array) -> Array:
        """The solver's values in the units of the case."""
        return x * self.column_scale

    def prices(self, y: Array) -> Array:
        """The solver's prices in the units of the case."""
        return y[: len(self.row_scale)] * self.row_scale

    def activity(self, x: Array) -> Array:
        """A·x."""
        return np.bincount(self.row_of, weights=self.value * x[self.index], minlength=len(self.row_lower))

    def violation(self, x: Array) -> float:
        """The largest breach of a row or bound, each relative to its row's largest term (at least 1)."""
        terms = self.value * x[self.index]
        rows = self.row_of
        activity = np.bincount(rows, weights=terms, minlength=len(self.row_lower))
        largest = np.ones(len(self.row_lower))
        np.maximum.at(largest, rows, np.abs(terms))
        breach = np.maximum(self.row_lower - activity, activity - self.row_upper) / largest
        bounds = np.maximum(self.column_lower - x, x - self.column_upper)
        return float(max(breach.max(initial=0.0), bounds.max(initial=0.0)))

    def bounded(self, lower: Array, upper: Array) -> Problem:
        """The same problem with other bounds on its columns."""
        return replace(self, column_lower=lower, column_upper=upper)

    def shifted(self, x: Array, row_lower: Array, row_upper: Array, factor: float) -> Problem:
        """The same problem of what is `factor` times the distance from x. row_lower, row_upper: what x leaves of each."""
        return replace(
            self,
            column_lower=np.maximum((self.column_lower - x) * factor, -FARTHEST),
            column_upper=np.minimum((self.column_upper - x) * factor, FARTHEST),
            row_lower=row_lower * factor,
            row_upper=row_upper * factor,
        )

    def fixed(self, values: Array) -> Problem:
        """The linear program that is left when the integer columns stand at these values (rounded)."""
        held = np.clip(np.round(values[self.integer]), self.column_lower[self.integer], self.column_upper[self.integer])
        lower, upper = self.column_lower.copy(), self.column_upper.copy()
        lower[self.integer] = upper[self.integer] = held
        return replace(self, column_lower=lower, column_upper=upper, integer=np.zeros(len(lower), bool))

    def with_row(self, entries: Array, lower: float, upper: float) -> Problem:
        """One more row, given densely in the solver's units; scaled so that its middling entry is near 1, and none refused."""
        at = np.flatnonzero(entries)
        largest = math.frexp(float(np.abs(entries).max(initial=0.0)))[1]
        scale = min(centre(entries), LARGEST_ENTRY * 2.0**-largest)
        return replace(
            self,
            start=np.append(self.start, np.int32(self.start[-1] + len(at))),
            index=np.concatenate([self.index, at.astype(np.int32)]),
            value=np.concatenate([self.value, entries[at] * scale]),
            row_lower=np.append(self.row_lower, lower * scale),
            row_upper=np.append(self.row_upper, upper * scale),
        )

    def reduced(self, cost: Array, y: Array) -> tuple[Array, Array]:
        """Reduced costs cost − Aᵀy, and for each the size of the terms it was summed from (its noise is a share)."""
        priced = np.flatnonzero(y)
        at, count = self.entries_of(priced)
        terms, index = self.value[at] * np.repeat(y[priced], count), self.index[at]
        n = len(self.column_lower)
        d = cost - np.bincount(index, weights=terms, minlength=n)
        return d, np.abs(cost) + np.bincount(index, weights=np.abs(terms), minlength=n)

    def face(self, cost: Array, x: Array, y: Array, tolerance: float, least: float = 0.0) -> Problem:
        """The plans that are as good as (x, y) proves possible: what carries a price stays where it is.

        A column with a reduced cost stays at its bound, a row with a price at its limit. By complementary slackness
        these are exactly the optimal plans, whichever optimal prices y are used. least: a price up to this holds nothing.
        """
        size = unit(cost)
        # A price of 2e-12 of the largest was seen to be noise, and cost a better plan its place among equals. It holds no
        # row, nor may it hold the columns that have no other: which of them it is depends on where the solve began.
        level = max(least, PRICE_NOISE * tolerance * max(size, float(np.max(np.abs(y), initial=0.0))))
        y = np.where(np.abs(y) > level, y, 0.0)
        d, terms = self.reduced(cost, y)
        lower, upper = self.column_lower.copy(), self.column_upper.copy()
        # Relative to its own terms, and to what a column typically costs: where all terms are noise, so is their sum.
        noise = np.maximum(tolerance * terms, max(least, SMALL_VALUE * tolerance * size))
        down = (d > noise) & np.isfinite(lower) & (np.abs(x - lower) <= AT_BOUND * (1 + np.abs(lower)))
        up = (d < -noise) & np.isfinite(upper) & (np.abs(x - upper) <= AT_BOUND * (1 + np.abs(upper)))
        upper[down], lower[up] = lower[down], upper[up]
        row_lower, row_upper = self.row_lower.copy(), self.row_upper.copy()
        active = self.activity(x)
        with np.errstate(invalid="ignore"):
            low = (
                (y > level)
                & np.isfinite(row_lower)
                & (np.abs(active - row_lower) <= AT_BOUND * (1 + np.abs(row_lower)))
            )
            high = (
                (y < -level)
                & np.isfinite(row_upper)
                & (np.abs(active - row_upper) <= AT_BOUND * (1 + np.abs(row_upper)))
            )
        row_upper[low], row_lower[high] = row_lower[low], row_upper[high]
        return replace(self, column_lower=lower, column_upper=upper, row_lower=row_lower, row_upper=row_upper)


def centre(cost: Array) -> float:
    """The power of two that brings the middling cost near 1.

    Not the largest: beside one large cost the others would sink below what the solver can see, and its "optimal"
    would be wrong in the fourth digit.
    """
    sizes = np.abs(cost[cost != 0])
    if not len(sizes):
        return 1.0
    # The solver takes a cost of 1e20 for no cost at all.
    return 2.0 ** min(-round(math.log2(float(np.median(sizes)))), 60 - math.frexp(float(sizes.max()))[1])


def unit(cost: Array) -> float:
    """What one column typically costs, in solver's units: against this a best value of 0 is judged."""
    sizes = np.abs(cost[cost != 0])
    return float(np.median(sizes)) if len(sizes) else 1.0


def size(value: float, cost: Array) -> float:
    """What differences of a value are measured against: the value, or of nearly nothing what one column typically costs."""
    return max(abs(value), SMALL_VALUE * unit(cost))


def total(cost: Array, x: Array) -> float:
    """Σ cost × x, correctly rounded."""
    used = np.flatnonzero((cost != 0) & (x != 0))
    return math.fsum((cost[used] * x[used]).tolist())


def snapped(problem: Problem, x: Array) -> Array:
    """x inside its bounds; what is a hair (1e-11) from a bound stands on it; no negative zeros."""
    lower, upper = problem.column_lower, problem.column_upper
    x = np.clip(x, lower, upper)
    x = np.where(np.abs(x - lower) <= SNAPPED * np.maximum(1.0, np.abs(lower)), lower, x)
    x = np.where(np.abs(x - upper) <= SNAPPED * np.maximum(1.0, np.abs(upper)), upper, x)
    return np.asarray(x + 0.0)


def _seen(scale: Array, start: Array, size: Array, lower: Array, upper: Array) -> Array:
    """The scales of rows; others where the solver would drop an entry, or refuse one (then as much above 1 as below), or
    where a limit would be out of all proportion. size: of each entry, before."""
    made = scale.copy()
    filled = np.flatnonzero(start[1:] > start[:-1])
    if len(filled):
        least = scale[filled] * np.minimum.reduceat(np.where(size > 0, size, np.inf), start[filled])
        most = scale[filled] * np.maximum.reduceat(size, start[filled])
        unseen = (most > 0) & ((least < LEAST_ENTRY) | (most > LARGEST_ENTRY))
        with np.errstate(divide="ignore", invalid="ignore"):
            middle = np.minimum(1 / (np.sqrt(least) * np.sqrt(most)), LARGEST_ENTRY / most)
        made[filled] *= np.where(unseen, middle, 1.0)
    limit = np.maximum(*(np.where(np.isfinite(v), np.abs(v), 0.0) for v in (lower, upper)))
    with np.errstate(divide="ignore"):
        return np.exp2(np.floor(np.log2(np.minimum(made, LARGEST_LIMIT / limit))))


def _powers(scale: Array) -> Array:
    """The scales, each checked to be a power of two (so that scaling rounds nothing)."""
    scale = np.asarray(scale, float)
    if np.any(np.frexp(scale)[0] != 0.5):
        raise ValueError("scales must be positive powers of two")
    return scale
