"""What a chart is, and what every chart shares: one palette for light and dark, no legend, labels at the marks, margins in
pixels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import plotly.graph_objects as go

from optimiser.case.case import Case
from optimiser.case.readable import SYMBOLS

MONEY, PEOPLE, GAIN, LOSS, NEUTRAL = "#3A7BC8", "#CF8317", "#128F80", "#D2553A", "#7F8B9B"
REST = "rgba(127,139,155,.38)"
"""Asked for, not given."""
FAINT = "rgba(127,139,155,.12)"
TEXT = "#0F1724"
"""Where the page does not set the colour of text by its theme."""
SIZE = 13
CONFIG: dict[str, Any] = {
    "displaylogo": False,
    "modeBarButtons": [["toImage"]],
    "scrollZoom": False,
    "doubleClick": False,
    "showTips": False,
    "responsive": True,
}


@dataclass(frozen=True)
class Digits:
    """How the numbers of a column are written. symbol: before each; digits: behind the point."""

    symbol: str = ""
    digits: int = 1

    @classmethod
    def of_money(cls, case: Case) -> Digits:
        """Money to the unit, of a case in cents to the cent."""
        settings = case.settings
        return cls(SYMBOLS.get(settings.currency.upper(), ""), 2 if settings.rounding == 0.01 else 0)

    @property
    def format(self) -> str:
        """As a grid is told it."""
        return f"{self.symbol}%,.{self.digits}f"


@dataclass(frozen=True, eq=False)
class Chart:
    """What every function that draws gives, for pages and papers alike, so that nobody needs to see the picture.

    figure: the picture; table: its figures, title of the column to number or text; alt: the picture in words; headline: what
    it shows, in one sentence, and more: what else is to be said; columns: how the numbers of columns of the table are written.
    """

    figure: go.Figure
    table: Sequence[Mapping[str, Any]]
    alt: str
    headline: str = ""
    more: str = ""
    columns: Mapping[str, Digits] = field(default_factory=dict)


def rgba(colour: str, alpha: float) -> str:
    """A colour of the palette, partly transparent."""
    red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha:g})"


NARROW = 0.3
"""Width of the narrowest letters, in sizes of the type."""


def width(text: str, size: float = SIZE) -> float:
    """About how many pixels a line of text takes; a little too many rather than too few."""
    return (
        sum(
            NARROW if c in " .,:;'|ijlt()[]-" else 0.78 if c in "mwMW%@" else 0.6 if c.isupper() else 0.51 for c in text
        )
        * size
    )


def shortened(text: str, pixels: float, size: float = SIZE) -> str:
    """The text, cut with … where it is wider than so many pixels."""
    if len(text) <= (most := _most_letters(pixels, size)) and width(text, size) <= pixels:
        return text
    text = text[:most]
    while text and width(text + "…", size) > pixels:
        text = text[:-1]
    return text.rstrip(" ,.·-") + "…"


def _most_letters(pixels: float, size: float) -> int:
    """So many letters of a text are looked at: of the narrowest no more would fit, and a cell may hold 32,767."""
    return int(pixels / (NARROW * size)) + 1


def safe(text: str) -> str:
    """Text as plotly shows it letter by letter: a name with < in it is no markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def safe_lines(text: str) -> str:
    """Lines joined by <br>, of which nothing else is markup."""
    return "<br>".join(map(safe, text.split("<br>")))


def told_short(names: Sequence[str], pixels: float, size: float = SIZE) -> list[str]:
    """Names that stand together, each cut at its end where it is too wide; those that would then look like another are cut in
    their middle, since what tells them apart often stands last."""
    made = [shortened(name, pixels, size) for name in names]
    often = Counter(dict(zip(names, made, strict=True)).values())
    return [_ends(n, pixels, size) if n != m and often[m] > 1 else m for n, m in zip(names, made, strict=True)]


def _ends(text: str, pixels: float, size: float) -> str:
    """The beginning and the end of a text that is too wide."""
    keep = min(len(text) - 1, _most_letters(pixels, size))
    while keep > 2 and width(_around(text, keep), size) > pixels:
        keep -= 1
    return _around(text, keep)


def _around(text: str, keep: int) -> str:
    return f"{text[: keep // 2].rstrip(' ,.·-')}…{text[-(keep - keep // 2) :].lstrip(' ,.·-')}"


def wrapped(text: str, pixels: float, lines: int = 2, size: float = SIZE) -> str:
    """The text on at most so many lines, joined by <br>, the last one cut with …"""
    made, words = [""], text.split()
    for n, word in enumerate(words):
        longer = f"{made[-1]} {word}".strip()
        if width(longer, size) <= pixels or not made[-1]:
            made[-1] = longer
        elif len(made) < lines:
            made.append(word)
        else:
            made[-1] = shortened(" ".join([made[-1], *words[n:]]), pixels, size)
            break
    return "<br>".join(made)


def figure(height: int, left: float = 0, right: float = 0, top: float = 8, bottom: float = 8) -> go.Figure:
    """An empty chart in the common style; margins in pixels."""
    made = go.Figure()
    made.update_layout(
        height=height,
        margin={"l": left, "r": right, "t": top, "b": bottom, "pad": 0, "autoexpand": False},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"size": SIZE, "color": TEXT, "family": "Source Sans, Source Sans Pro, sans-serif"},
        showlegend=False,
        dragmode=False,
        bargap=0.38,
        hoverlabel={"font": {"size": SIZE}},
        modebar={"bgcolor": "rgba(0,0,0,0)"},
    )
    made.update_xaxes(visible=False, fixedrange=True, separatethousands=True)
    made.update_yaxes(visible=False, fixedrange=True, separatethousands=True)
    return made


def bars(
    rows: list[tuple[str, float, str]], colour: str, most: float | None = None, row: int = 26, label_pixels: float = 240
) -> go.Figure:
    """Horizontal bars, in the order given: name, value, and what is written at the end."""
    names = told_short([name for name, _, _ in rows], label_pixels)
    left, right = widest(names) + 12, widest(text for *_, text in rows) + 12
    made = figure(row * len(rows) + 12, left=left, right=right, top=4, bottom=4)
    largest = max([most or 0.0, *(value for _, value, _ in rows)]) or 1.0
    _add_bars(made, rows, colour)
    made.update_xaxes(range=[0, largest])
    name_rows(made, names)
    return made


def _add_bars(made: go.Figure, rows: Sequence[tuple[str, float, str]], colours: str | list[str]) -> None:
    """A horizontal bar for each row, one under the other, with what is written at its end."""
    made.add_bar(
        orientation="h",
        y=list(range(len(rows))),
        x=[value for _, value, _ in rows],
        marker={"color": colours},
        text=[text for *_, text in rows],
        textposition="outside",
        cliponaxis=False,
        textfont={"size": SIZE},
        hovertext=[f"{safe(name)}: {safe(text)}" for name, _, text in rows],
        hoverinfo="text",
    )


def both_sides(
    rows: Sequence[tuple[str, float, str]], colours: Sequence[str], row: int = 30, label_pixels: float = 240
) -> go.Figure:
    """Horizontal bars to both sides of nothing, in the order given: name, value, and what is written at the end."""
    names = told_short([name for name, *_ in rows], label_pixels)
    less = max((width(text) + 10 for _, v, text in rows if v < 0), default=0.0)
    more = max((width(text) + 10 for _, v, text in rows if v >= 0), default=12.0)
    left = widest(names) + less + 14
    made = figure(row * len(rows) + 16, left=left, right=max(more, 12.0), top=6, bottom=6)
    _add_bars(made, rows, list(colours))
    from_nothing(made, [v for _, v, _ in rows])
    name_rows(made, names, round(less) + 6)
    return made


def from_nothing(made: go.Figure, values: Iterable[float]) -> None:
    """An axis over these values and 0, and a line at 0."""
    reach = [0.0, *values]
    low, high = min(reach), max(reach)
    made.update_xaxes(range=[low, high] if high > low else [-1, 1])
    made.add_vline(x=0, line={"color": NEUTRAL, "width": 1})


def name_rows(made: go.Figure, names: Sequence[str], away: int = 6, above: float = 0.0) -> None:
    """Names beside the rows 0, 1, 2 … from the top; away: pixels from the chart; above: rows of room over the first."""
    made.update_yaxes(
        visible=True,
        range=[len(names) - 0.5, -0.5 - above],
        tickvals=list(range(len(names))),
        ticktext=[safe(n) for n in names],
        ticks="",
        showgrid=False,
        zeroline=False,
        automargin=False,
        ticklabelstandoff=away,
    )


def told_right(made: go.Figure, texts: Sequence[str]) -> None:
    """What is told of the rows 0, 1, 2 …, to the right of the chart."""
    for y, text in enumerate(texts):
        note(made, safe(text), x=1, xref="paper", xanchor="left", xshift=10, y=y, align="left")


def told_above(made: go.Figure, text: str) -> None:
    """What the marks mean, in the room above the first row (see `name_rows`). text: markup."""
    note(made, f"<b>{text}</b>", x=0, xref="paper", xanchor="left", y=-1)


def note(made: go.Figure, text: str, **place: Any) -> None:
    """Text at a place of the chart, without an arrow. text: markup; place: as plotly's annotations have it."""
    made.add_annotation(text=text, showarrow=False, **place)


def scaled(made: go.Figure, **more: Any) -> None:
    """Shows the axis of the values with its grid. more: what else is to be set of it."""
    made.update_xaxes(visible=True, showgrid=True, gridcolor=rgba(NEUTRAL, 0.25), zeroline=False, ticks="", **more)


def widest(texts: Iterable[str]) -> float:
    """Pixels of the widest of these texts; 0 where there is none."""
    return max(map(width, texts), default=0.0)
