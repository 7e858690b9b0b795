"""Concave increasing curves through nothing, fitted to points by least squares, and how sure they are.

Every such curve with knots at 0 < k₁ < k₂ < … is Σ weight × min(x, k) with weights of at least 0, and every such sum is
one: the fit is a least squares problem without negative numbers (`least_squares.py`), nothing is tuned, and points that lie on
such a curve are met exactly. The noise is judged by a curve of two numbers only (a · xᵇ), since a curve that may bend
at every point could hide it. The band holds every value m for which the best curve through m is not clearly worse:

    RSS(m) − RSS  ≤  σ² · t²        t: Student's, of two degrees of freedom less than there are points
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from optimiser.analysis.uncertain.least_squares import least, student, without_negatives
from optimiser.case.table import Array
from optimiser.case.tolerances import LEAST_FLOAT, LOST_DIGITS

_HELD = 1e4
"""Weight of the point that a curve is made to pass through."""
_STEPS = 40
_MOST = 60


@dataclass(frozen=True, eq=False)
class Concave:
    """Σ weight × min(x, knot): from 0,0, rising, never steeper than before. rss: sum of squares that it leaves."""

    knots: Array
    weights: Array
    rss: float

    def at(self, x: float) -> float:
        """The value at x."""
        return float(self.weights @ np.minimum(x, self.knots))

    def drawn_on(self, to: float) -> Concave:
        """The curve beyond its last knot: halfway between standing still and going on as before, the two ends of what
        a concave curve could do."""
        last = self.knots[-1]
        if to <= last:
            return self
        weights = np.append(self.weights, self.weights[-1] / 2)
        weights[-2] /= 2
        return Concave(np.append(self.knots, to), weights, self.rss)


def fitted(x: Array, y: Array) -> Concave:
    """The concave increasing curve from 0,0 nearest to the points. x: above 0, any order, repeated if need be."""
    knots = np.unique(x)
    weights, rss = _least_squares(np.minimum(x[:, None], knots), y)
    return Concave(knots, weights, rss)


def convex_rss(x: Array, y: Array) -> float:
    """The sum of squares that the nearest convex increasing curve from 0,0 leaves."""
    knots = np.append(0.0, np.unique(x)[:-1])
    return _least_squares(np.maximum(x[:, None] - knots, 0.0), y)[1]


def _least_squares(matrix: Array, y: Array, near: Array | None = None) -> tuple[Array, float]:
    scale = np.maximum(np.abs(matrix).max(axis=0), LEAST_FLOAT)
    size = float(np.abs(y).max()) or 1.0
    weights = without_negatives(matrix / scale, y / size, None if near is None else near * scale / size)
    missed = matrix / scale @ weights - y / size
    return weights * size / scale, float(missed @ missed) * size**2


def noise(x: Array, y: Array) -> float:
    """The variance of the points around the nearest curve a · xᵇ with b up to 1; of two degrees of freedom less."""

    def left(power: float) -> float:
        z = (x / x.max()) ** power
        return float(np.sum((y - z * (z @ y) / (z @ z)) ** 2))

    return least(left, 0.0, 1.0) / (len(x) - 2)


def band(x: Array, y: Array, places: Sequence[float], confidence: float) -> tuple[Array, Array]:
    """Between which values the curve lies at each place, each with this confidence: low and high."""
    best = fitted(x, y)
    reach = student(len(x) - 2, (1 + confidence) / 2)
    allowed = best.rss + noise(x, y) * reach**2 + LOST_DIGITS * float(y @ y)
    ends = [_interval(x, y, place, best.drawn_on(float(max(places))).at(place), allowed) for place in places]
    return np.array([low for low, _ in ends]), np.array([high for _, high in ends])


def _interval(x: Array, y: Array, place: float, middle: float, allowed: float) -> tuple[float, float]:
    """The least and the largest value at a place of curves that leave no more than is allowed."""
    if place <= 0:
        return 0.0, 0.0
    knots = np.unique(np.append(x, place))
    matrix = np.vstack([np.minimum(x[:, None], knots), _HELD * np.minimum(place, knots)])

    weights = np.zeros(len(knots))

    def fine(value: float) -> bool:
        nonlocal weights
        weights, _ = _least_squares(matrix, np.append(y, _HELD * value), weights)  # near the one before
        return float(np.sum((y - matrix[:-1] @ weights) ** 2)) <= allowed

    size = max(middle, float(np.abs(y).max()), LOST_DIGITS)
    low = 0.0 if fine(0.0) else _edge(fine, middle, 0.0)
    high, step = middle, 0.1 * size
    for _ in range(_MOST):
        if not fine(middle + step):
            high = _edge(fine, middle, middle + step)
            break
        step *= 2
    return low, high


def _edge(fine: Callable[[float], bool], inside: float, outside: float) -> float:
    """Where what is fine ends, between a value that is and one that is not."""
    for _ in range(_STEPS):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if fine(middle) else (inside, middle)
    return inside


def hull(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The corners of the least concave line above points in order of x: what rounding dented is mended."""
    made: list[tuple[float, float]] = []
    for point in points:
        while len(made) > 1 and _turns_up(made[-2], made[-1], point):
            made.pop()
        made.append(point)
    return made


def _turns_up(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> bool:
    """Whether b lies on or below the line from a to c, by more than nothing."""
    return (b[1] - a[1]) * (c[0] - a[0]) <= (c[1] - a[1]) * (b[0] - a[0]) + LOST_DIGITS
