"""Fewer corners without gaps: borders that two areas share are cut into the same arcs, and each arc is simplified once.

Corners go onto the grid first, so that what nearly meets meets. A corner at which the neighbors of a corner differ from ring
to ring is where three areas meet, or where a shared border begins: it stays.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from optimiser.case.boundaries import outline

CORNERS = 6_000
"""Corners of all areas together that are kept at most."""
_FIRST, _FURTHER = 1.0, 1.6
"""Tolerance of the first try, in squares of the grid, and what it grows by."""
Point = tuple[int, int]
Rings = Sequence[Sequence[tuple[float, float]]]


def on_grid(shapes: Mapping[str, Rings]) -> dict[str, list[list[Point]]]:
    """Shapes of any frame on the grid, as they lie to each other. Degrees are drawn as wide as they are there.

    What no square tells apart is one corner; a ring that shrinks to a line is left out, unless nothing else is left of its area.
    """
    points = [p for rings in shapes.values() for ring in rings for p in ring]
    if not points:
        return {key: [] for key in shapes}
    low, high = (tuple(side(p[k] for p in points) for k in (0, 1)) for side in (min, max))
    degrees = low[0] >= -180.001 and high[0] <= 180.001 and low[1] >= -90.001 and high[1] <= 90.001
    wide = max(math.cos(math.radians((low[1] + high[1]) / 2)), 0.05) if degrees else 1.0
    span = max((high[0] - low[0]) * wide, high[1] - low[1]) or 1.0

    def placed(p: tuple[float, float]) -> Point:
        return (
            round((p[0] - low[0]) * wide / span * outline.SIZE),
            round((p[1] - low[1]) / span * outline.SIZE),
        )

    made: dict[str, list[list[Point]]] = {}
    for key, rings in shapes.items():
        kept = []
        for ring in rings:
            corners = _without_repeats([placed(p) for p in ring])
            if len(corners) >= 3 and outline.area(corners) > 0:
                kept.append(corners)
        made[key] = kept or [_dot(placed(rings[0][0]))] if rings else []
    return made


def _dot(at: Point) -> list[Point]:
    """A square of two by two, for an area that is smaller than the grid tells."""
    x, y = (min(max(c, 1), outline.SIZE - 1) for c in at)
    return [(x - 1, y - 1), (x + 1, y - 1), (x + 1, y + 1), (x - 1, y + 1)]


def _without_repeats(ring: Sequence[Point]) -> list[Point]:
    made = [p for n, p in enumerate(ring) if p != ring[n - 1]]
    return made if made else list(ring[:1])


def simplified(shapes: Mapping[str, Rings], most: int = CORNERS) -> dict[str, list[list[Point]]]:
    """The shapes on the grid with at most so many corners in all, as far as rings of three corners allow; no gap opens
    where two areas shared a border."""
    made = on_grid(shapes)
    junctions = _junctions(made)
    tolerance = _FIRST
    while True:
        made = {key: [_ring(ring, junctions, tolerance) for ring in rings] for key, rings in made.items()}
        if sum(len(ring) for rings in made.values() for ring in rings) <= most or tolerance > outline.SIZE:
            return made
        tolerance *= _FURTHER


def _junctions(shapes: Mapping[str, Sequence[Sequence[Point]]]) -> set[Point]:
    """Corners that must stay: their neighbors are not the same in every ring that has them. Where one ring alone passes a
    corner more than once, as a coast finer than the grid does, no border is shared."""
    beside: dict[Point, dict[int, set[frozenset[Point]]]] = {}
    for number, ring in enumerate(ring for rings in shapes.values() for ring in rings):
        for n, at in enumerate(ring):
            near = frozenset((ring[n - 1], ring[(n + 1) % len(ring)]))
            beside.setdefault(at, {}).setdefault(number, set()).add(near)
    return {at for at, rings in beside.items() if len(rings) > 1 and len({frozenset(n) for n in rings.values()}) > 1}


def _ring(ring: Sequence[Point], junctions: set[Point], tolerance: float) -> list[Point]:
    """A ring whose arcs between junctions are simplified; a triangle where too little else would be left of it."""
    if len(ring) <= 3:
        return list(ring)
    ends = [n for n, at in enumerate(ring) if at in junctions]
    if len(ends) < 2:  # an island, or one corner shared: split at corners that any ring of these corners would name
        lowest = min(range(len(ring)), key=lambda n: ring[n])
        first = ends[0] if ends else lowest
        far = max(range(len(ring)), key=lambda n: (math.dist(ring[n], ring[first]), ring[n]))
        ends = sorted({first, far})
    turned = [*ring[ends[0] :], *ring[: ends[0]], ring[ends[0]]]
    cuts = [*(n - ends[0] for n in ends), len(ring)]
    made: list[Point] = []
    for a, b in pairwise(cuts):
        made += _arc(turned[a : b + 1], tolerance)[:-1]
    if len(made) >= 3 and outline.area(made) > 0:
        return made
    (x0, y0), (x1, y1) = turned[0], max(turned, key=lambda p: (math.dist(p, turned[0]), p))
    third = max(turned, key=lambda p: (abs((x1 - x0) * (p[1] - y0) - (p[0] - x0) * (y1 - y0)), p))
    return [p for p in turned[:-1] if p in ((x0, y0), (x1, y1), third)][:3]


def _arc(arc: Sequence[Point], tolerance: float) -> list[Point]:
    """An arc by Douglas and Peucker; read in the same direction whichever ring it belongs to."""
    backwards = (arc[-1], tuple(reversed(arc))) < (arc[0], tuple(arc))
    line = list(reversed(arc)) if backwards else list(arc)
    across, up = np.array(line, float).T
    kept = {0, len(line) - 1}
    open_parts = [(0, len(line) - 1)]
    while open_parts:
        a, b = open_parts.pop()
        if b - a < 2:
            continue
        wide, high = line[b][0] - line[a][0], line[b][1] - line[a][1]
        dx, dy = across[a + 1 : b] - line[a][0], up[a + 1 : b] - line[a][1]
        # Squared, since roots are slow: from the line, or from the corner where both ends are one.
        away = (wide * dy - high * dx) ** 2 if wide or high else dx**2 + dy**2
        at = a + 1 + int(away.argmax())
        if away[at - a - 1] > tolerance**2 * (wide**2 + high**2 or 1):
            kept.add(at)
            open_parts += [(a, at), (at, b)]
    made = [line[n] for n in sorted(kept)]
    return made[::-1] if backwards else made
