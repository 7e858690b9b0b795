"""One number at a time: how far the best value moves when each is a tenth lower or higher, largest first."""

from __future__ import annotations

from collections.abc import Sequence

from optimiser.analysis.limits.cell import Cell
from optimiser.analysis.what_if.tornado import Bar
from optimiser.case import impact
from optimiser.case.case import Case
from optimiser.case.readable import capital
from optimiser.case.tolerances import NOTHING
from optimiser.report import words
from optimiser.report.charts.drawing import (
    GAIN,
    LOSS,
    SIZE,
    Chart,
    figure,
    from_nothing,
    name_rows,
    note,
    safe,
    told_short,
    widest,
    width,
)
from optimiser.report.charts.trading import limit_amount, limit_name

LARGEST = 12
NAME_PIXELS = 300
NONE = "no plan"


def shown(bars: Sequence[Bar]) -> list[Bar]:
    """The largest bars; first those whose lower or higher value leaves no plan."""
    return sorted(bars, key=lambda b: (-b.swing, str(b.limit)))[:LARGEST]


def headline(case: Case, bars: Sequence[Bar]) -> str:
    """What moves the plan most, and what a tenth less of something makes impossible."""
    if not bars:
        return "No number alone moves this plan when it is a tenth lower or higher"
    breaking = [b for b in bars if b.at_low is None or b.at_high is None]
    able = [b for b in bars if b.at_low is not None and b.at_high is not None]
    said = ""
    if able:
        top = max(able, key=lambda b: b.swing)
        said = f"{limit_name(case, top.limit)} moves the plan most: by {words.points(top.swing, impact.unit(case))} within ±10%"
    if breaking:
        first = limit_name(case, breaking[0].limit)
        none = (
            f"{len(breaking)} numbers leave no plan when moved by a tenth"
            if len(breaking) > 1
            else f"no plan is left when {first} moves by a tenth"
        )
        said = f"{said}; {none}" if said else capital(none, case.facts.small_names)
    return said


def label(case: Case, limit: Cell, value: float, result: float | None, base: float) -> str:
    """What one end does: −9.6 at $1.89m."""
    what = NONE if result is None else words.points_between(base, result, impact.unit(case), bare=True)
    return f"{what} at {limit_amount(case, limit, value)}"


def chart(case: Case, bars: Sequence[Bar]) -> Chart:
    """Bars to both sides of the present value: worse to the left, better to the right, each with its number."""
    names = told_short([limit_name(case, b.limit) for b in bars], NAME_PIXELS)
    rows: list[tuple[int, float, str, str]] = []
    for n, b in enumerate(bars):
        ends = [(b.low, b.at_low), (b.high, b.at_high)]
        for at, result in ends:
            if at == b.now:
                continue
            change = 0.0 if result is None else result - b.base
            rows.append(
                (n, change, label(case, b.limit, at, result, b.base), LOSS if result is None or change < 0 else GAIN)
            )
    # Labels of both sides: what neither gains nor loses stands on the side that its row leaves free.
    sides = []
    for n, change, _, _ in rows:
        other = [c for m, c, _, _ in rows if m == n]
        left = change < -NOTHING or (abs(change) <= NOTHING and (max(other) > NOTHING or other.count(change) > 1))
        sides.append(left)
    for k in range(1, len(rows)):  # two ends that do nothing stand on both sides
        if rows[k][0] == rows[k - 1][0] and sides[k] and sides[k - 1]:
            sides[k] = rows[k][1] < -NOTHING
    less = max((width(r[2]) + 14 for r, s in zip(rows, sides, strict=True) if s), default=12.0)
    more = max((width(r[2]) + 14 for r, s in zip(rows, sides, strict=True) if not s), default=12.0)
    left_margin = widest(names) + less + 14
    made = figure(34 * len(bars) + 16, left=left_margin, right=more, top=6, bottom=6)
    made.update_layout(barmode="overlay")
    for (n, change, text, colour), at_left in zip(rows, sides, strict=True):
        made.add_bar(
            orientation="h", y=[n], x=[change], width=0.6, marker={"color": colour}, hoverinfo="text",
            hovertext=f"{safe(limit_name(case, bars[n].limit))}: {safe(text)}", showlegend=False,
        )  # fmt: skip
        anchor, shift = ("right", -5) if at_left else ("left", 5)
        note(made, safe(text), x=change, y=n, xanchor=anchor, xshift=shift, font={"size": SIZE})
    from_nothing(made, [r[1] for r in rows])
    name_rows(made, names, round(less) + 6)
    alt = "; ".join(
        f"{limit_name(case, b.limit)}: {label(case, b.limit, b.low, b.at_low, b.base)}, "
        f"{label(case, b.limit, b.high, b.at_high, b.base)}"
        for b in bars
    )
    return Chart(made, table(case, bars), alt, headline(case, bars))


def break_even(case: Case, bar: Bar) -> str:
    """Where the plan begins to change: below $1.7m or above $1.82m."""
    parts = [
        f"{word} {limit_amount(case, bar.limit, value)}"
        for word, value in (("below", bar.lower), ("above", bar.upper))
        if value is not None
    ]
    return " or ".join(parts) or "at no value between these that could be found"


def table(case: Case, bars: Sequence[Bar]) -> list[dict[str, str]]:
    """The bars in words."""

    def result(bar: Bar, value: float | None) -> str:
        return NONE if value is None else words.number(value)

    return [
        {
            "Number": limit_name(case, b.limit),
            "Now": limit_amount(case, b.limit, b.now),
            "Lower": limit_amount(case, b.limit, b.low),
            "Best then": result(b, b.at_low),
            "Higher": limit_amount(case, b.limit, b.high),
            "Best then ": result(b, b.at_high),
        }
        for b in bars
    ]
