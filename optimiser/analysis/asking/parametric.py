"""The best value of a linear program along a straight way from one model to another: exact, piece by piece.

Along the way either limits move (the best value is then concave) or costs do (it is convex); both are made of straight
pieces.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from optimiser.analysis.asking.straight import pieces
from optimiser.case.table import Array
from optimiser.case.tolerances import HAIR, LOST_DIGITS, OPTIMAL_GAP, SAME
from optimiser.model.extend import with_columns
from optimiser.model.matrix import Model, StageCost
from optimiser.solvers.highs import solve
from optimiser.solvers.solution import SolveLimits, settled_plan
from optimiser.solvers.value import Start, Values


@dataclass(frozen=True)
class Spot:
    """The best value at a place of the way (0: the first model, 1: the second), and by how much it rises for a whole way."""

    at: float
    value: float
    slope: float


class NotStraight(ValueError):
    """The two models differ in more than limits, or more than costs, or have switches."""


class Way:
    """The way from one linear program to another, for the first objective. Raises NotStraight."""

    def __init__(
        self, first: Model, second: Model, middle: Model | None = None, limits: SolveLimits | None = None
    ) -> None:
        """middle: the model halfway, to make sure that the way is straight."""
        self._check(first, second)
        self._limits = limits or SolveLimits()
        self._low = np.where(np.isfinite(first.row_lower), second.row_lower - _finite(first.row_lower), 0.0)
        self._high = np.where(np.isfinite(first.row_upper), second.row_upper - _finite(first.row_upper), 0.0)
        self._cost = second.stages[0].cost - first.stages[0].cost
        self._rows = np.flatnonzero((self._low != 0) | (self._high != 0))
        self._costs = np.flatnonzero(self._cost)
        if len(self._rows) and len(self._costs):
            raise NotStraight("what limits the plan and what it brings change at once")
        if middle is not None and not self._through(first, second, middle):
            raise NotStraight("limits do not change in proportion")
        # Bounds that follow from rows must not stop the way before the rows do.
        widest = np.maximum(first.column_upper, second.column_upper)
        self.model = replace(first, column_upper=widest).alone()
        self._sign = first.stages[0].sign
        self._values: Values | None = None
        self._start: Start = None

    @staticmethod
    def _check(first: Model, second: Model) -> None:
        if not first.agrees(second, "column_lower") or first.integer.any() or second.integer.any():
            raise NotStraight(
                "more than this number changes along the way, or something is funded as a whole or not at all"
            )

    def _through(self, first: Model, second: Model, middle: Model) -> bool:
        self._check(first, middle)
        pairs = (
            (first.row_lower, middle.row_lower, second.row_lower),
            (first.row_upper, middle.row_upper, second.row_upper),
            (first.stages[0].cost, middle.stages[0].cost, second.stages[0].cost),
        )
        for a, m, b in pairs:
            with np.errstate(invalid="ignore"):
                half = np.where(np.isfinite(a) & np.isfinite(b), (a + b) / 2, a)
            if not np.allclose(half[np.isfinite(half)], m[np.isfinite(half)], rtol=HAIR, atol=HAIR):
                return False
        return True

    def ends(self) -> tuple[float, float] | None:
        """The part of the way (within 0 to 1) on which there is a plan; None where there is none at all. Raises Unsettled."""
        if not len(self._rows):
            return (0.0, 1.0) if self.spot(0.0) is not None else None
        least, most = (solve(self._with_place(sign), self._limits) for sign in (1.0, -1.0))
        first, last = settled_plan(least), settled_plan(most)
        return None if first is None or last is None else (float(first[-1]), float(last[-1]))

    def _with_place(self, sign: float) -> Model:
        """The program with the place on the way as one more column, which is to be as small (or large) as possible."""
        m, moves = self.model, np.where(self._low != 0, self._low, self._high)
        both = np.isfinite(m.row_lower) & np.isfinite(m.row_upper)
        if np.any(both[self._rows] & (self._low != self._high)[self._rows]):
            raise NotStraight("what must be reached and what must not be exceeded change differently")
        rows, one = np.flatnonzero(moves), np.ones(1)
        made = with_columns(m, "place", [(rows, -moves[rows])], one, one)
        return replace(made, stages=(StageCost("place", np.append(np.zeros(len(m.column_lower)), sign)),))

    def _moved(self, at: float) -> Model:
        return replace(
            self.model,
            row_lower=self.model.row_lower + np.where(np.isfinite(self.model.row_lower), at * self._low, 0.0),
            row_upper=self.model.row_upper + np.where(np.isfinite(self.model.row_upper), at * self._high, 0.0),
            stages=(replace(self.model.stages[0], cost=self.model.stages[0].cost + at * self._cost),),
        )

    def spot(self, at: float) -> Spot | None:
        """Value and slope at a place; None where there is no plan. Raises SolverError where that is not found in time."""
        if self._start is None:  # nowhere to begin: as if asked for the first time
            self._values = Values(self.model, self._limits, basis=solve(self.model, self._limits).basis, plain=True)
            self._start = self._values.first
        assert self._values is not None
        m, rows, costs = self._moved(at), self._rows, self._costs
        self._values.set_rows(rows, m.row_lower[rows], m.row_upper[rows])
        self._values.set_costs(costs, m.stages[0].cost[costs])
        found = self._values.relaxed(self._start)
        if found is None:
            return None
        found = self._values.settled(found)
        y = found.duals[rows]
        slope = float(np.sum(np.where(y > 0, y * self._low[rows], y * self._high[rows])))
        slope += float(np.sum(self._cost[costs] * found.x[costs]))
        return Spot(at, self._sign * found.value + 0.0, self._sign * slope)

    def breakpoints(self, start: float = 0.0, end: float = 1.0) -> list[Spot]:
        """The spots between which the value is straight, in order, from `start` to `end` (both in `ends`).

        The slope of each is that of the piece after it (of the last one: of the piece before).
        """
        a, b = self.spot(start), self.spot(end)
        if a is None or b is None:
            return []
        if end - start <= SAME:
            return [a]
        return _joined([*(p for p, _ in pieces(a, b, lambda at, *_: self.spot(at))), b])


def _finite(values: Array) -> Array:
    return np.where(np.isfinite(values), values, 0.0)


def extended(second: Model, third: Model) -> Model:
    """The model before two others on a straight way, at the same distance: for ends at which columns vanish."""

    def before(a: Array, b: Array) -> Array:
        with np.errstate(invalid="ignore"):
            made = np.where(np.isfinite(a) & np.isfinite(b), 2 * a - b, a)
        size = np.maximum(np.where(np.isfinite(a), np.abs(a), 0.0), 1.0)
        return np.where(np.abs(made) <= LOST_DIGITS * size, 0.0, made)

    stage = second.stages[0]
    return replace(
        second,
        row_lower=before(second.row_lower, third.row_lower),
        row_upper=before(second.row_upper, third.row_upper),
        stages=(replace(stage, cost=before(stage.cost, third.stages[0].cost)), *second.stages[1:]),
    )


def _joined(spots: list[Spot]) -> list[Spot]:
    """The breakpoints among neighbouring spots, each with the slope of the piece after it.

    Left out are spots at which nothing breaks, and pieces too short to be told from the tolerances of a solver.
    """
    span = spots[-1].at - spots[0].at
    kept = [spots[0]]
    for s in spots[1:-1]:
        if s.at - kept[-1].at > SAME * span and spots[-1].at - s.at > SAME * span:
            kept.append(s)
    kept.append(spots[-1])
    slopes = [_slope(p, q) for p, q in pairwise(kept)]
    size = max(map(abs, slopes))
    broken = [k for k in range(1, len(slopes)) if abs(slopes[k] - slopes[k - 1]) > SAME * size]
    made = [kept[k] for k in (0, *broken, len(kept) - 1)]
    slopes = [_slope(p, q) for p, q in pairwise(made)]
    return [replace(s, slope=slope) for s, slope in zip(made, [*slopes, slopes[-1]], strict=True)]


def _slope(a: Spot, b: Spot) -> float:
    """The slope between two spots; 0 where the rise is noise."""
    rise = b.value - a.value
    return 0.0 if abs(rise) <= OPTIMAL_GAP * max(abs(a.value), abs(b.value)) else rise / (b.at - a.at)
