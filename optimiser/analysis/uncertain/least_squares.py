"""Three small pieces of numerics that curves from history need, so that no library of 140 MB is needed for them.

Each is held against scipy by `tests/analysis/test_least_squares.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi, sin, sqrt, tan

import numpy as np

from optimiser.case.table import Array

_HALVINGS = 60
_LOST = 10 * float(np.finfo(float).eps)
"""Of a sum of ones: what arithmetic loses."""
_GOLDEN = (sqrt(5.0) - 1.0) / 2.0


def without_negatives(matrix: Array, y: Array, near: Array | None = None) -> Array:
    """The x ≥ 0 with the least |matrix · x − y|: the active sets of Lawson and Hanson (1974). near: an x ≥ 0 to begin at.

    A column joins while more of it would help; where the fit among those that joined turns negative, one goes as far as none is
    and lets go of what became 0. Each set is left with a smaller sum than the one before, so that none comes back.
    """
    count = matrix.shape[1]
    x = np.zeros(count) if near is None else near.copy()
    free, tiny = x > 0, np.finfo(float).tiny
    small = _LOST * max(matrix.shape) * float(np.abs(matrix).sum(axis=0).max(initial=0.0))
    enough = small * max(1.0, float(np.abs(y).max(initial=0.0)))
    for _ in range(3 * count):
        while free.any():
            best = np.zeros(count)
            best[free] = np.linalg.lstsq(matrix[:, free], y, rcond=None)[0]
            below = free & (best <= 0)
            if not below.any():
                x = best
                break
            x = x + float(np.min(x[below] / np.maximum(x[below] - best[below], tiny))) * (best - x)
            free &= x > small
            x[~free] = 0.0
        gain = matrix.T @ (y - matrix @ x)
        gain[free] = -np.inf
        joins = int(np.argmax(gain))
        if gain[joins] <= enough:
            break
        free[joins] = True
    return x


def student(freedom: int, share: float) -> float:
    """The t below which Student's distribution of so many (whole) degrees of freedom has this share, of a half and more."""
    inner, low, high = 2.0 * share - 1.0, 0.0, pi / 2
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _between(freedom, middle) < inner else (low, middle)
    return sqrt(freedom) * tan(low)


def _between(freedom: int, angle: float) -> float:
    """The share between −t and t, where t = √freedom · tan(angle): a finite sum of what is above 0."""
    odd = freedom % 2
    term = total = (cos(angle) if odd else 1.0) if freedom > 1 else 0.0
    for k in range(3 if odd else 2, freedom - 1, 2):
        term *= (k - 1) / k * cos(angle) ** 2
        total += term
    return 2 / pi * (angle + sin(angle) * total) if odd else sin(angle) * total


def least(of: Callable[[float], float], low: float, high: float) -> float:
    """The least value of a function that falls and then rises between two places, by the golden section; the ends count."""
    ends = min(of(low), of(high))
    a, b = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_a, at_b = of(a), of(b)
    for _ in range(_HALVINGS):
        if at_a <= at_b:
            high, b, at_b = b, a, at_a
            a = high - _GOLDEN * (high - low)
            at_a = of(a)
        else:
            low, a, at_a = a, b, at_b
            b = low + _GOLDEN * (high - low)
            at_b = of(b)
    return min(ends, at_a, at_b)
