"""Reviewers' scores of each initiative, from the lowest to the highest, with what they come to: disagreement first."""

from __future__ import annotations

from optimiser.analysis.debate.review_words import ReviewedInitiative, ReviewView
from optimiser.report.charts.drawing import (
    MONEY,
    NEUTRAL,
    Chart,
    Digits,
    figure,
    name_rows,
    rgba,
    safe,
    scaled,
    told_right,
    told_short,
    widest,
)

ROW, NAME_PIXELS, SHOWN = 28, 250, 20
"""Pixels of a row and of its name; initiatives that are drawn: all stand in the table."""


def reviewed(found: ReviewView) -> Chart:
    """A line from the lowest to the highest score of each, a dot at what they come to."""
    drawn = found.initiatives[:SHOWN]
    names = told_short([one.name for one in drawn], NAME_PIXELS)
    told = [_told(one, found.method) for one in drawn]
    left, right = widest(names) + 14, widest(told) + 24
    made = figure(ROW * (len(drawn) + 1) + 22, left=left, right=right, top=4, bottom=22)
    for n, one in enumerate(drawn):
        made.add_scatter(
            x=[one.low, one.high], y=[n, n], mode="lines", line={"color": rgba(NEUTRAL, 0.6), "width": 6}, hoverinfo="skip",
            cliponaxis=False,
        )  # fmt: skip
    told_right(made, told)
    made.add_scatter(
        x=[one.by[found.method] for one in drawn], y=list(range(len(drawn))), mode="markers", cliponaxis=False,
        marker={"color": MONEY, "size": 11}, hovertext=[safe(f"{one.name}: {said}") for one, said in zip(drawn, told, strict=True)],
        hoverinfo="text",
    )  # fmt: skip
    scaled(made, range=[-1, 101], tickvals=[0, 25, 50, 75, 100])
    name_rows(made, names, above=0.6)
    alt = "; ".join(f"{one.name} from {one.low:g} to {one.high:g}, {_told(one, found.method)}" for one in drawn)
    digits = {title: Digits("", 1) for title in ("Mean", "Spread", "Lowest", "Highest", "Comes to", "Normalised")}
    return Chart(made, [_row(one, found.method) for one in found.initiatives], alt, found.headline(), columns=digits)


def _told(one: ReviewedInitiative, method: str) -> str:
    return f"{one.by[method]:.1f}, rank {one.rank}"


def _row(one: ReviewedInitiative, method: str) -> dict[str, object]:
    return {
        "Initiative": one.name, "Reviews": one.n, "Mean": one.mean, "Spread": one.spread, "Lowest": one.low,
        "Highest": one.high, "Comes to": one.by[method], "Normalised": one.by["normalised"], "Rank": one.rank,
        "Score in force": one.score,
    }  # fmt: skip
