"""What more of a limit is worth, exactly, step by step, until it is worth nothing: found by solving along the limit.

While the switches stand, the value of a linear program is concave in the limit and made of straight pieces, which two
tangents find exactly. Switches may change on the way: each piece is then searched for any plan above it, and cut where
the first one begins.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from optimiser.case.table import Array
from optimiser.model.matrix import Family, Index, Model, Stage
from optimiser.solve.highs import solve
from optimiser.solve.solution import Limits
from optimiser.solve.warm import Change, Warm

TOLERANCE = 1e-7
"""Differences of value below this share of the value are none."""
MOST_STEPS = 40


@dataclass(frozen=True, eq=False)
class Direction:
    """Rows whose limits move, and by how much for one unit of what is added (0 for a limit that stands)."""

    rows: Array
    lower: Array
    upper: Array


@dataclass(frozen=True)
class Step:
    """One straight piece: `worth` objective for each unit, for the next `length` units; `lump` is gained at its start at once."""

    worth: float
    length: float
    lump: float = 0.0


def between(model: Model, other: Model, amount: float) -> Direction | None:
    """The direction from one model to another that has `amount` more of something; None where more than limits differs."""
    same = (
        np.array_equal(model.start, other.start)
        and np.array_equal(model.index, other.index)
        and np.array_equal(model.value, other.value)
        and all(np.array_equal(a.cost, b.cost) for a, b in zip(model.stages, other.stages, strict=True))
        and np.array_equal(model.integer, other.integer)
    )
    if not same:
        return None
    lower, upper = _difference(model.row_lower, other.row_lower), _difference(model.row_upper, other.row_upper)
    rows = np.flatnonzero((lower != 0) | (upper != 0))
    return Direction(rows, lower[rows] / amount, upper[rows] / amount)


def _difference(first: Array, second: Array) -> Array:
    return np.where(np.isfinite(first), np.where(np.isfinite(second), second, 0.0) - np.where(np.isfinite(first), first, 0.0), 0.0)


def value_curve(model: Model, x: Array, direction: Direction, most: float, limits: Limits) -> list[Step]:
    """The steps of the first objective from the present limit to `most` units more.

    model: with finite bounds on its columns; x: the present best plan. The objective is in the reader's sign.
    """
    model = replace(model, stages=model.stages[:1], ties=())
    steps: list[Step] = []
    at, lump = 0.0, 0.0
    while at < most * (1 - TOLERANCE) and len(steps) < MOST_STEPS:
        line = _Lines(model, x, direction, limits)
        for start, end, value, worth in line.pieces(at, most):
            better = _overtaken(model, direction, start, end, value, worth, limits) if model.integer.any() else None
            stop = end if better is None else better[0]
            if stop > start or lump:
                steps.append(Step(worth, stop - start, lump))
                lump = 0.0
            at = stop
            if better is not None:
                _, x, lump = better
                break
        else:
            break
    return _joined(steps)


def _joined(steps: list[Step]) -> list[Step]:
    """Neighbours of equal worth as one."""
    made: list[Step] = []
    for step in steps:
        size = max(abs(step.worth), *(abs(s.worth) for s in steps))
        if made and not step.lump and abs(made[-1].worth - step.worth) <= TOLERANCE * size:
            made[-1] = replace(made[-1], length=made[-1].length + step.length)
        else:
            made.append(step)
    return made


class _Lines:
    """The value while the switches of a plan stand: a concave curve of straight pieces."""

    def __init__(self, model: Model, x: Array, direction: Direction, limits: Limits) -> None:
        self.model, self.direction = model, direction
        self.warm = Warm(model, limits, x=x)
        self.sign = model.stages[0].sign

    def at(self, amount: float) -> tuple[float, float] | None:
        """Value and slope at an amount; None where there is no plan."""
        d, model = self.direction, self.model
        lower, upper = model.row_lower[d.rows] + amount * d.lower, model.row_upper[d.rows] + amount * d.upper
        found = self.warm.resolve(Change(rows=d.rows, row_lower=lower, row_upper=upper))
        if found.objective is None or found.duals is None:
            return None
        duals = found.duals[d.rows]
        return found.objective, self.sign * float(np.sum(np.where(duals > 0, duals * d.lower, duals * d.upper)))

    def pieces(self, start: float, end: float) -> Iterator[tuple[float, float, float, float]]:
        """(start, end, value at the start, worth of one unit) of each piece, in order."""
        first, last = self.at(start), self.at(end)
        if first is None or last is None:
            return
        yield from self._between((start, *first), (end, *last), 0)

    def _between(
        self, a: tuple[float, float, float], b: tuple[float, float, float], depth: int
    ) -> Iterator[tuple[float, float, float, float]]:
        (p, value, slope), (q, value_q, slope_q) = a, b
        small = TOLERANCE * max(abs(value), abs(value_q), 1e-9) * 0.01
        straight = (value_q - value) / (q - p)
        if abs(value + slope * (q - p) - value_q) <= small or abs(value_q - slope_q * (q - p) - value) <= small or depth > MOST_STEPS:
            yield p, q, value, straight
            return
        if slope - slope_q <= 0:
            yield p, q, value, straight
            return
        middle = (value_q - value + slope * p - slope_q * q) / (slope - slope_q)
        if not p < middle < q:
            yield p, q, value, straight
            return
        found = self.at(middle)
        if found is None:
            yield p, q, value, straight
            return
        yield from self._between(a, (middle, *found), depth + 1)
        yield from self._between((middle, *found), b, depth + 1)


def _overtaken(
    model: Model, direction: Direction, start: float, end: float, value: float, worth: float, limits: Limits
) -> tuple[float, Array, float] | None:
    """Where the first plan with other switches lies above the line: (amount, plan, what it gains at once); None: nowhere."""
    sign = model.stages[0].sign
    beyond = TOLERANCE * max(abs(value), 1e-9)
    found: tuple[float, Array, float] | None = None
    while end - start > TOLERANCE * max(end, 1.0):
        wide = with_amount(model, direction, start, end, -sign * worth)
        best = solve(wide, limits)
        if best.x is None:
            return found
        gain = sign * float(np.dot(wide.stages[0].cost, best.x)) - (value - worth * start)
        if gain <= beyond:
            return found
        first = _first(wide, best.x, value - worth * start + beyond / 2, limits)
        if first is None:
            return found
        end = max(first[0], start)
        above = sign * float(np.dot(model.stages[0].cost, first[1][:-1])) - (value + worth * (end - start))
        found = end, first[1][:-1], above if above > beyond else 0.0
    return found


def _first(wide: Model, x: Array, line: float, limits: Limits) -> tuple[float, Array] | None:
    """The least amount at which these switches lie on or above the line, and the best plan there."""
    sign = wide.stages[0].sign
    fixed = replace(
        wide,
        column_lower=np.where(wide.integer, np.round(x), wide.column_lower),
        column_upper=np.where(wide.integer, np.round(x), wide.column_upper),
        integer=np.zeros(len(wide.integer), bool),
    )
    amount = np.zeros(len(x))
    amount[-1] = 1.0
    held = with_row(fixed, sign * wide.stages[0].cost, line, np.inf)
    least = solve(replace(held, stages=(Stage("amount", amount),)), limits)
    if least.x is None:
        return None
    here = fixed.column_lower.copy(), fixed.column_upper.copy()
    here[0][-1] = here[1][-1] = least.x[-1]
    best = solve(replace(fixed, column_lower=here[0], column_upper=here[1]), limits)
    return (float(least.x[-1]), best.x if best.x is not None else least.x)


def with_amount(model: Model, direction: Direction, low: float, high: float, cost: float) -> Model:
    """The model with one more column, the amount added to the limits, between low and high, at a cost for each unit."""
    n, d = len(model.column_lower), direction
    both = np.isfinite(model.row_lower[d.rows]) & np.isfinite(model.row_upper[d.rows])
    if np.any(both & (d.lower != d.upper)):
        raise ValueError("a row whose two limits move differently")
    move = np.where(np.isfinite(model.row_lower[d.rows]), d.lower, d.upper)
    where = model.start[d.rows + 1]
    counts = np.zeros(len(model.start), np.int32)
    counts[d.rows + 1] = 1
    stage = model.stages[0]
    size = max(abs(high), 1.0)
    return replace(
        model,
        columns=Index({**model.columns.families, "amount": Family("amount", n, 1, {})}),
        start=(model.start + np.cumsum(counts)).astype(np.int32),
        index=np.insert(model.index, where, n).astype(np.int32),
        value=np.insert(model.value, where, -move),
        column_lower=np.append(model.column_lower, low),
        column_upper=np.append(model.column_upper, high),
        integer=np.append(model.integer, False),
        column_scale=np.append(model.column_scale, 2.0 ** np.round(np.log2(size))),
        stages=(replace(stage, cost=np.append(stage.cost, cost)),),
        ties=(),
    )


def with_row(model: Model, entries: Array, lower: float, upper: float) -> Model:
    """The model with one more row: lower ≤ Σ entries × column ≤ upper."""
    index = np.flatnonzero(entries)
    size = float(np.abs(entries[index] * model.column_scale[index]).max(initial=1e-300))
    rows = model.rows.size
    return replace(
        model,
        rows=Index({**model.rows.families, f"held {rows}": Family(f"held {rows}", rows, 1, {})}),
        start=np.append(model.start, model.start[-1] + len(index)).astype(np.int32),
        index=np.concatenate([model.index, index]).astype(np.int32),
        value=np.concatenate([model.value, entries[index]]),
        row_lower=np.append(model.row_lower, lower),
        row_upper=np.append(model.row_upper, upper),
        row_scale=np.append(model.row_scale, 2.0 ** -np.round(np.log2(size))),
    )
