"""The picture of docs/performance.md, drawn from its first table: `python -m tests.bench.picture`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from html import escape
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE, PICTURE = DOCS / "performance.md", DOCS / "pictures" / "seconds-by-size.svg"
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 860, 470, 70, 230, 40, 55
SIZES, SECONDS = (700, 1_500_000), (0.5, 400)
"""What the axes span, both logarithmic: spend columns, and seconds of the processor."""
OURS, OTHERS = "#0b5fa5", "#7a7a7a"
APART = 15
"""Pixels between two names at the right, at least."""

Points = list[tuple[float, float]]


def measured(text: str) -> dict[str, Points]:
    """Of each way, in the order of the table's columns: sizes and seconds; what was given up or not measured is left out."""
    rows = [[cell.strip() for cell in line.strip("|\n").split("|")] for line in _table(text)]
    found: dict[str, Points] = {name: [] for name in rows[0][1:]}
    for size, *cells in rows[2:]:
        for name, cell in zip(found, cells, strict=True):
            if cell.endswith(" s"):
                found[name].append((float(size.replace(",", "")), float(cell.removesuffix(" s"))))
    return found


def _table(text: str) -> Iterator[str]:
    """The lines of the first table."""
    begun = False
    for line in text.splitlines():
        if line.startswith("|"):
            begun = True
            yield line
        elif begun:
            return


def _place(value: float, span: tuple[float, float], low: float, high: float) -> float:
    share = (math.log(value) - math.log(span[0])) / (math.log(span[1]) - math.log(span[0]))
    return round(low + share * (high - low), 1)


def picture(text: str) -> str:
    """The picture, as SVG: a line for each way, ours in colour, with its name at its end."""
    across = lambda size: _place(size, SIZES, LEFT, WIDTH - RIGHT)  # noqa: E731
    up = lambda seconds: _place(seconds, SECONDS, HEIGHT - BOTTOM, TOP)  # noqa: E731
    made = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13" role="img">',
        "<title>Seconds of the processor by number of spend columns, ours and other ways; both axes are logarithmic</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="22" font-weight="bold" fill="#222222">Seconds of the processor</text>',
    ]
    for seconds in (1, 10, 100):
        y = up(seconds)
        made.append(f'<path d="M{LEFT} {y}H{WIDTH - RIGHT}" stroke="#dddddd"/>')
        made.append(f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end" fill="#222222">{seconds}</text>')
    for size in (1_000, 3_000, 10_000, 27_000, 108_000, 350_000, 1_000_000):
        x = across(size)
        made.append(f'<path d="M{x} {HEIGHT - BOTTOM}v5" stroke="#222222"/>')
        made.append(f'<text x="{x}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle" fill="#222222">{size:,}</text>')
    made.append(f'<text x="{LEFT}" y="{HEIGHT - 12}" fill="#222222">Spend columns</text>')
    ways = {name: points for name, points in measured(text).items() if points}
    ends = sorted(ways, key=lambda name: (ways[name][-1][1], name))
    below = float(HEIGHT)
    labels: dict[str, float] = {}
    for name in ends:  # from the quickest up, none upon another
        below = labels[name] = min(up(ways[name][-1][1]), below - APART)
    for name in sorted(ways, key=lambda name: name == "ours"):
        colour, thick = (OURS, 3) if name == "ours" else (OTHERS, 1.2)
        places = [(across(size), up(seconds)) for size, seconds in ways[name]]
        path = "L".join(f"{x} {y}" for x, y in places)
        made.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="{thick}"/>')
        made.extend(f'<circle cx="{x}" cy="{y}" r="{thick + 1}" fill="{colour}"/>' for x, y in places)
        (x, y), at, where = places[-1], labels[name], WIDTH - RIGHT + 18
        made.append(
            f'<path d="M{x} {y}L{where - 4} {at}" stroke="{colour}" stroke-width="0.6" stroke-dasharray="2 3"/>'
        )
        weight = "bold" if name == "ours" else "normal"
        made.append(f'<text x="{where}" y="{at + 4}" fill="{colour}" font-weight="{weight}">{escape(name)}</text>')
    return "\n".join([*made, "</svg>", ""])


if __name__ == "__main__":
    PICTURE.write_text(picture(PAGE.read_text("utf-8")), "utf-8")
