"""Two figures of each row beside each other, hollow before and filled after; and the steps from one total to another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from optimiser.report.charts.drawing import (
    GAIN,
    LOSS,
    MONEY,
    NEUTRAL,
    SIZE,
    figure,
    name_rows,
    note,
    rgba,
    safe,
    safe_lines,
    told_above,
    told_short,
    widest,
    wrapped,
)

ROW = 32
NAME_PIXELS = 230
STEPS = 300
"""Height of a waterfall."""


@dataclass(frozen=True)
class Pair:
    """One row of a dumbbell: a name, the two figures and how they are written."""

    name: str
    before: float
    after: float
    before_text: str
    after_text: str


def dumbbell(rows: Sequence[Pair], before: str, after: str, *, gain: bool) -> go.Figure:
    """A hollow mark before, a filled one after, joined by a line. before, after: what the marks are.

    gain: more is better and less is worse, and the line says so by its colour; else it is neutral.
    """
    names = told_short([r.name for r in rows], NAME_PIXELS)
    texts = [(r.before_text, r.after_text) if r.before <= r.after else (r.after_text, r.before_text) for r in rows]
    less, more = (widest(t[side] for t in texts) + 16 for side in (0, 1))
    left = widest(names) + less + 10
    made = figure(ROW * (len(rows) + 1) + 8, left=left, right=more, top=4, bottom=4)
    for n, r in enumerate(rows):
        colour = NEUTRAL if not gain or r.before == r.after else GAIN if r.after > r.before else LOSS
        made.add_scatter(
            x=[r.before, r.after], y=[n, n], mode="lines", line={"color": rgba(colour, 0.6), "width": 4}, hoverinfo="skip",
            cliponaxis=False,
        )  # fmt: skip
    hover = [f"{safe(r.name)}: {safe(r.before_text)} → {safe(r.after_text)}" for r in rows]
    for values, own, other, texts_of, marker in (
        ([r.before for r in rows], 0, 1, [r.before_text for r in rows],
         {"color": "rgba(255,255,255,0)", "size": 10, "line": {"color": NEUTRAL, "width": 2.5}}),
        ([r.after for r in rows], 1, 0, [r.after_text for r in rows], {"color": MONEY, "size": 11}),
    ):  # fmt: skip
        sides = []
        for r in rows:
            pair = (r.before, r.after)
            first = pair[own] < pair[other] or (pair[own] == pair[other] and own == 0)
            sides.append("middle left" if first else "middle right")
        made.add_scatter(
            x=values, y=list(range(len(rows))), mode="markers+text", marker=marker, text=[f" {t} " for t in texts_of],
            textposition=sides, textfont={"size": SIZE}, cliponaxis=False, hovertext=hover, hoverinfo="text",
        )  # fmt: skip
    ends = [v for r in rows for v in (r.before, r.after)] or [0.0]
    low, high = min(ends), max(ends)
    made.update_xaxes(range=[low, high] if high > low else [low - 1, high + 1])
    name_rows(made, names, round(less) + 2, above=1)
    told_above(made, f"○ {safe(before)}   <span style='color:{MONEY}'>●</span> {safe(after)}")
    return made


def waterfall(
    start: tuple[str, float, str], steps: Sequence[tuple[str, float, str]], end: tuple[str, float, str]
) -> go.Figure:
    """Floating steps between two level lines. start, end: name, total, its words; steps: name, change, its words."""
    places = len(steps) + 2
    made = figure(STEPS, left=6, right=6, top=8, bottom=62)
    at, lines = start[1], [(0, start[1])]
    lows, highs = [start[1], end[1]], [start[1], end[1]]
    for n, (name, change, text) in enumerate(steps, 1):
        made.add_bar(
            x=[n], y=[change], base=at, width=0.68, hoverinfo="text", hovertext=f"{safe(name)}: {safe(text)}",
            marker={"color": NEUTRAL if name.endswith("others, net") else GAIN if change >= 0 else LOSS},
        )  # fmt: skip
        made.add_shape(
            type="line", x0=n - 0.66 if n > 1 else 0, x1=n + 0.34, y0=at, y1=at, line={"color": NEUTRAL, "width": 1}
        )
        top = max(at, at + change)
        note(made, safe(text), x=n, y=top, yanchor="bottom", yshift=1)
        lows.append(min(at, at + change))
        highs.append(top)
        at += change
        lines.append((n, at))
    made.add_shape(
        type="line", x0=places - 1.66, x1=places - 1, y0=end[1], y1=end[1], line={"color": NEUTRAL, "width": 1}
    )
    for x, (_, value, text), colour in ((0, start, NEUTRAL), (places - 1, end, MONEY)):
        made.add_shape(type="line", x0=x - 0.42, x1=x + 0.42, y0=value, y1=value, line={"color": colour, "width": 3})
        note(made, f"<b>{safe(text)}</b>", x=x, y=value, yanchor="bottom", yshift=2)
    # A mark that nobody sees lets a pointer and a reader of the picture find both totals.
    made.add_scatter(
        x=[0, places - 1], y=[start[1], end[1]], mode="markers", marker={"opacity": 0, "size": 16}, hoverinfo="text",
        hovertext=[f"{safe(name)}: {safe(text)}" for name, _, text in (start, end)],
    )  # fmt: skip
    low, high = min(lows), max(highs)
    room = (high - low) or max(abs(high), 1.0)
    made.update_yaxes(range=[low - 0.04 * room, high + 0.14 * room])
    titles = [start[0], *(name for name, *_ in steps), end[0]]
    made.update_xaxes(
        visible=True, range=[-0.6, places - 0.4], tickvals=list(range(places)), tickangle=0, ticks="", showgrid=False,
        ticktext=[safe_lines(wrapped(t, 520 / places, 3)) for t in titles],
        zeroline=False,
    )  # fmt: skip
    return made
