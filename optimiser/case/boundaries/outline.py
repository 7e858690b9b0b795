"""The outline of an area as it stands in its cell: whole numbers on one grid for all areas of a case, ring after ring.

`120 40 180 40 180 90; 130 50 140 50 140 60` are two rings of three corners each: x from the left, y from below. A ring is
closed by itself; a ring inside another is a hole.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

SIZE = 2_000
"""The grid's longer side. What is drawn on a screen needs no more."""
AT_MOST = 32_000
"""Characters of one outline: a cell of a workbook holds 32,767."""
Ring = Sequence[tuple[int, int]]
"""The corners of a ring, in order, the first not said again."""
_FORM = re.compile(r"[0-9 ;]*")


def written(rings: Sequence[Ring]) -> str:
    """Rings as the text of a cell."""
    return "; ".join(" ".join(f"{x} {y}" for x, y in ring) for ring in rings)


def read(text: object) -> tuple[tuple[tuple[int, int], ...], ...]:
    """The rings of a cell; none where the text is no outline, and a ring of fewer than three corners is left out."""
    said = str(text or "")
    if len(said) > AT_MOST or not _FORM.fullmatch(said):
        return ()
    made = []
    for part in said.split(";"):
        numbers = [min(int(n), SIZE) for n in part.split() if len(n) <= 6]
        if len(numbers) >= 6 and len(numbers) % 2 == 0:
            made.append(tuple(zip(numbers[::2], numbers[1::2], strict=True)))
    return tuple(made)


def area(ring: Sequence[tuple[float, float]]) -> float:
    """What a ring encloses, in squares of the grid."""
    pairs = zip(ring, [*ring[1:], *ring[:1]], strict=True)
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairs)) / 2


def is_inside(rings: Sequence[Sequence[tuple[float, float]]], x: float, y: float) -> bool:
    """Whether a point lies in the area: inside an odd number of its rings."""
    odd = False
    for ring in rings:
        for (x0, y0), (x1, y1) in zip(ring, [*ring[1:], *ring[:1]], strict=True):
            if (y0 > y) != (y1 > y) and x < x0 + (y - y0) * (x1 - x0) / (y1 - y0):
                odd = not odd
    return odd


def heart(rings: Sequence[Ring], steps: int = 16) -> tuple[float, float, float]:
    """A point well inside, and how far it is from the edge: where a name stands best. x, y, distance in squares of the grid."""
    largest = max(rings, key=area)
    xs, ys = [x for x, _ in largest], [y for _, y in largest]
    best = (sum(xs) / len(xs), sum(ys) / len(ys), 0.0)
    low, high, left, right = min(ys), max(ys), min(xs), max(xs)
    for n in range(1, steps):
        for k in range(1, steps):
            x, y = left + (right - left) * n / steps, low + (high - low) * k / steps
            if is_inside(rings, x, y):
                far = min(_away(ring, x, y) for ring in rings)
                if far > best[2]:
                    best = (x, y, far)
    return best


def _away(ring: Ring, x: float, y: float) -> float:
    """How far a point is from a ring."""
    least = math.inf
    for (x0, y0), (x1, y1) in zip(ring, [*ring[1:], *ring[:1]], strict=True):
        dx, dy = x1 - x0, y1 - y0
        along = ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy) if dx or dy else 0.0
        along = min(max(along, 0.0), 1.0)
        least = min(least, math.hypot(x - x0 - along * dx, y - y0 - along * dy))
    return least
