"""Makes fictional boundaries for the examples: `python data/make_boundaries.py` writes data/boundaries/*.geojson anew.

Each place lies in the open sea west of Europe, so that nobody takes it for theirs. The areas are the cells of sites inside a
round outline; a border that two of them share is roughened once, by its own two ends, so that no gap lies between them.
`make_examples.py` reads these files as anybody's boundary file is read.
"""

from __future__ import annotations

import json
import math
import random
from pathlib import Path

HERE = Path(__file__).resolve().parent / "boundaries"
SITES: dict[str, dict[str, tuple[float, float]]] = {
    "gun-violence": {
        "Northfield": (0.0, 0.85), "Old Mill": (-0.8, 0.1), "Dunmore Homes": (-0.3, 0.22), "Canal Street": (0.15, 0.24),
        "Harrow Park": (0.72, 0.12), "Southgate": (-0.42, -0.6), "Riverbend": (0.4, -0.55),
    },
    "task-force": {
        "Port District": (0.62, -0.62), "Downtown": (0.2, -0.12), "Northgate": (0.1, 0.6), "Eastbrook": (0.85, 0.25),
        "West Valley": (-0.75, 0.0),
    },
    "opioid-response": {"Ashford County": (-0.55, 0.35), "Bell County": (0.6, 0.35), "Calder County": (0.0, -0.75)},
}  # fmt: skip
"""Of each example, by area, where it lies: -1 to 1 from the middle."""
INSIDE = {"opioid-response": {"Ashford City": (-0.5, 0.3, 0.24), "Millbrook": (0.62, 0.4, 0.11)}}
"""Areas inside others: middle and radius."""
CENTER, RADIUS = (-30.0, 41.0), 0.12
"""Degrees."""
_ROUGH, _TIMES, _CORNERS = 0.11, 4, 24
Point = tuple[float, float]


def cut(polygon: list[Point], a: Point, b: Point) -> list[Point]:
    """The part of a polygon that is nearer to a than to b."""
    nx, ny = b[0] - a[0], b[1] - a[1]
    mid = nx * (a[0] + b[0]) / 2 + ny * (a[1] + b[1]) / 2
    made: list[Point] = []
    for p, q in zip(polygon, [*polygon[1:], polygon[0]], strict=True):
        d, e = nx * p[0] + ny * p[1] - mid, nx * q[0] + ny * q[1] - mid
        if d <= 0:
            made.append(p)
        if d * e < 0:
            t = d / (d - e)
            made.append((round(p[0] + t * (q[0] - p[0]), 9), round(p[1] + t * (q[1] - p[1]), 9)))
    return made


def rough(a: Point, b: Point, times: int = _TIMES) -> list[Point]:
    """A border from a to b without its last corner, roughened by its ends alone: the same from either side."""
    if times == 0:
        return [a]
    low, high = sorted((a, b))
    chance = random.Random(f"{low[0]:.6f} {low[1]:.6f} {high[0]:.6f} {high[1]:.6f}")
    off = chance.uniform(-_ROUGH, _ROUGH)
    middle = ((low[0] + high[0]) / 2 - (high[1] - low[1]) * off, (low[1] + high[1]) / 2 + (high[0] - low[0]) * off)
    return [*rough(a, middle, times - 1), *rough(middle, b, times - 1)]


def circle(x: float, y: float, radius: float, corners: int) -> list[Point]:
    """Corners around a middle."""
    turns = (2 * math.pi * k / corners for k in range(corners))
    return [(round(x + radius * math.cos(t), 9), round(y + radius * math.sin(t), 9)) for t in turns]


def areas(name: str) -> dict[str, list[Point]]:
    """The outline of each area of an example."""
    made = {}
    for area, site in SITES[name].items():
        cell = circle(0, 0, 1, _CORNERS)
        for other in SITES[name].values():
            if other != site:
                cell = cut(cell, site, other)
        made[area] = cell
    for area, (x, y, radius) in INSIDE.get(name, {}).items():
        made[area] = circle(x, y, radius, 9)
    made = {area: _joined(cell, made) for area, cell in made.items()}
    return {
        area: [p for a, b in zip(cell, [*cell[1:], cell[0]], strict=True) for p in rough(a, b)]
        for area, cell in made.items()
    }


def _joined(cell: list[Point], cells: dict[str, list[Point]]) -> list[Point]:
    """The cell with every corner of another cell that lies on one of its sides, to six decimals as all of them have it."""
    others = {(round(x, 6), round(y, 6)) for c in cells.values() for x, y in c}
    made: list[Point] = []
    for a, b in zip(cell, [*cell[1:], cell[0]], strict=True):
        a, b = (round(a[0], 6), round(a[1], 6)), (round(b[0], 6), round(b[1], 6))
        length = math.dist(a, b)
        on = [p for p in others if p not in (a, b) and abs(math.dist(a, p) + math.dist(p, b) - length) < 1e-7]
        made += [a, *sorted(on, key=lambda p: math.dist(a, p))]
    return [p for n, p in enumerate(made) if p != made[n - 1]]


def write(name: str) -> Path:
    """Writes the boundary file of one example."""
    features = [
        {
            "type": "Feature",
            "properties": {"NAME": area, "note": "fictional"},
            "geometry": {"type": "Polygon", "coordinates": [[*map(_degrees, [*ring, ring[0]])]]},
        }
        for area, ring in areas(name).items()
    ]
    path = HERE / f"{name}.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}) + "\n", "utf-8")
    return path


def _degrees(p: Point) -> list[float]:
    wide = math.cos(math.radians(CENTER[1]))
    return [round(CENTER[0] + p[0] * RADIUS / wide, 5), round(CENTER[1] + p[1] * RADIUS, 5)]


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    for example in SITES:
        print(write(example).name)
