"""What one thing costs in another: points of a frontier with the present plan and the knee marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimiser.analysis.limits.cell import Cell
from optimiser.analysis.what_if.frontier import Frontier
from optimiser.case import impact
from optimiser.case.case import Case
from optimiser.case.tolerances import LEAST_SIZE, SAME
from optimiser.model.rules.number import of_objective
from optimiser.report import words
from optimiser.report.charts.drawing import GAIN, MONEY, NEUTRAL, SIZE, Chart, figure, note, rgba, safe, widest

HEIGHT = 400
LEAST_SPAN = 0.03
"""Of the value: a smaller span would make a cliff of a small loss."""
MOST = 14
"""Points that can be chosen; more are thinned out, the marked ones stay."""
AGAINST = {
    "fairness": "what the agency that gets least receives for each 1 it pays in",
    "coverage": "need of areas that stays uncovered",
    "stability": "money that differs from last year's awards",
    "thrift": "money spent",
}
"""Objectives that impact can be traded for, in words."""


@dataclass(frozen=True)
class TradePoint:
    """One point that can be chosen. x, y: of the axes, with their words; given: share of the best value given up; off: not
    on the way, since other plans beat it (only the present one may be)."""

    x: float
    y: float
    x_text: str
    y_text: str
    given: float
    present: bool = False
    knee: bool = False
    off: bool = False

    @property
    def said(self) -> str:
        """The point in words."""
        marks = [m for m, on in (("the plan on show", self.present), ("the knee", self.knee)) if on]
        return f"{self.x_text}: {self.y_text}" + (f" ({' and '.join(marks)})" if marks else "")


def in_unit(name: str, value: float, case: Case) -> str:
    """A value of an objective in words."""
    return of_objective(name, case).short(round(value, 1 if name == "impact" else 2))


def traded(found: Frontier, case: Case) -> list[TradePoint]:
    """Points of a frontier of impact (y) against another objective (x), and the present plan where it lies off the way."""
    known = [p for p in found.points if p.value is not None]
    best = max((p.at for p in known), default=0.0)
    off = [found.now] if found.now is not None else []
    made = []
    for p in (*known, *off):
        x = p.value or 0.0
        texts = in_unit(found.objective, x, case), in_unit(found.swept, p.at, case)
        made.append(TradePoint(x, p.at, *texts, _given(best, p.at), p.present, p.knee, p in off))
    return sorted(made, key=lambda s: (s.x, -s.y))


def _given(best: float, value: float) -> float:
    """The share of the best value that another gives up."""
    return max(0.0, (best - value) / abs(best)) if best else 0.0


def swept(case: Case, found: Frontier, limit: Cell) -> list[TradePoint]:
    """Points of a frontier as a limit (x) moves, against the first objective (y)."""
    known = [p for p in found.points if p.value is not None]
    best = max((p.value or 0.0 for p in known), default=0.0)
    made = []
    for p in known:
        value = p.value or 0.0
        texts = limit_amount(case, limit, p.at), in_unit(found.objective, value, case)
        made.append(TradePoint(p.at, value, *texts, _given(best, value), p.present, p.knee))
    return made


def limit_amount(case: Case, limit: Cell, value: float) -> str:
    """A value of a limit in its unit."""
    return limit.number(case).short(value)


NAMED = ("Funds", "Agencies", "Initiatives")
"""Sheets whose records people know by a name of their own."""


def limit_name(case: Case, limit: Cell) -> str:
    """A limit in words: Police Budget, amount; outreach worker at Southgate Outreach."""
    keys = limit.keys()
    if limit.sheet == "Staff" and {"agency", "role"} <= set(keys):
        return f"{keys['role']} at {case.called('Agencies').get(keys['agency'], keys['agency'])}, FTE"
    named = case.called(limit.sheet) if limit.sheet in NAMED else {}
    parts = [named.get(key, key) for key in keys.values()]
    return f"{', '.join(parts) or limit.sheet}, {limit.column.replace('_', ' ')}"


def thinned(spots: Sequence[TradePoint], most: int = MOST) -> list[TradePoint]:
    """At most so many points, spread over the way; both ends, the knee and the present one always among them."""
    if len(spots) <= most:
        return list(spots)
    kept = {0, len(spots) - 1, *(k for k, s in enumerate(spots) if s.present or s.knee)}
    across = np.array([s.x for s in spots])
    for at in np.linspace(across[0], across[-1], max(most - len(kept), 2) + 2)[1:-1]:
        kept.add(int(np.argmin(np.abs(across - at))))
    return [spots[k] for k in sorted(kept)]


def headline(spots: Sequence[TradePoint], swept_name: str) -> str:
    """What the whole way costs: Going all the way for fairness costs 4.2% of the impact, up to the knee 0.6%."""
    spots = [s for s in spots if not s.off]
    if len(spots) < 2:
        return f"Impact and {swept_name} are best in the same plan" if spots else "No plan keeps every rule"
    # Cheapest first: how much of the best each point gives up.
    far = max(spots, key=lambda s: s.given)
    if far.given <= SAME:
        return f"More {swept_name} costs no impact"
    said = f"The most {swept_name} there can be costs {words.percent(far.given)} of the impact"
    knee = next((s for s in spots if s.knee), None)
    if knee is not None and knee is not far and knee.given > SAME:
        said += f"; up to the knee, {words.percent(knee.given)}"
    return said


def free(spots: Sequence[TradePoint], swept_name: str) -> str:
    """How far the plan on show can be moved for nothing: With no less impact it can be 1 instead of 0.74; "" if not."""
    here = next((s for s in spots if s.present), None)
    if here is None:
        return ""
    more = swept_name == "fairness"
    same = [
        s
        for s in spots
        if s.y >= here.y - SAME * max(abs(here.y), LEAST_SIZE) and (s.x > here.x if more else s.x < here.x)
    ]
    if not same:
        return ""
    best = max(same, key=lambda s: s.x if more else -s.x)
    return (
        f"With no less impact it can be {best.x_text} instead of {here.x_text}." if best.x_text != here.x_text else ""
    )


def swept_headline(case: Case, spots: Sequence[TradePoint], limit: Cell) -> str:
    """What moving a limit from end to end does."""
    name = limit_name(case, limit)
    if len(spots) < 2:
        return (
            f"No plan is possible as {name} moves" if not spots else f"Only {spots[0].x_text} of {name} allows a plan"
        )
    low, high = spots[0], spots[-1]
    by = high.y - low.y
    if abs(by) <= SAME * max(abs(low.y), LEAST_SIZE):
        return f"{name}: nothing changes from {low.x_text} to {high.x_text}"
    more = words.points_between(low.y, high.y, impact.unit(case))
    return f"{name}: from {low.x_text} to {high.x_text}, {more}"


def chart(spots: Sequence[TradePoint], x_title: str, y_title: str, said: str = "") -> Chart:
    """The way with its points; `customdata` is the place in `spots`, for a click. said: the headline."""
    ys = [s.y for s in spots]
    low, high = min(ys), max(ys)
    span = max(high - low, LEAST_SPAN * max(abs(high), LEAST_SIZE))
    middle = (low + high) / 2
    bottom, top = middle - span * 0.6, middle + span * 0.66
    made = figure(HEIGHT, left=widest(s.y_text for s in spots) + 14, right=70, top=30, bottom=50)
    way = [s for s in spots if not s.off]
    made.add_scatter(
        x=[s.x for s in way], y=[s.y for s in way], mode="lines", line={"color": MONEY, "width": 2}, hoverinfo="skip"
    )
    made.add_scatter(
        x=[s.x for s in spots], y=ys, mode="markers", customdata=list(range(len(spots))), cliponaxis=False,
        marker={
            "size": [15 if s.present or s.knee else 9 for s in spots],
            "color": [NEUTRAL if s.present else GAIN if s.knee else MONEY for s in spots],
            "symbol": ["circle" if s.present or not s.knee else "diamond" for s in spots],
            "line": {"width": [3 if s.present else 0 for s in spots], "color": MONEY},
            "opacity": 1,
        },
        hovertext=[safe(s.said) for s in spots], hoverinfo="text",
    )  # fmt: skip
    middle_x = (min(s.x for s in spots) + max(s.x for s in spots)) / 2
    for s in spots:
        marks = [m for m, on in (("Plan on show", s.present), ("Knee", s.knee)) if on]
        if marks:
            # Two marked points may be near: one is named above, the other below.
            shift, anchor = (12, "bottom") if s.present else (-12, "top")
            side = "left" if s.x <= middle_x else "right"
            note(made, f"<b>{' and '.join(marks)}</b>", x=s.x, y=s.y, yshift=shift, xanchor=side, yanchor=anchor)
    ends = (min(s.x for s in spots), max(s.x for s in spots))
    room = (ends[1] - ends[0]) * 0.03 or max(abs(ends[1]), 1.0) * 0.05
    places = _places(spots)
    made.update_xaxes(
        visible=True, range=[ends[0] - room, ends[1] + room], tickvals=[s.x for s in places],
        ticktext=[safe(s.x_text) for s in places], ticks="outside", showgrid=False, zeroline=False,
        title={"text": safe(x_title), "standoff": 8, "font": {"size": SIZE}},
    )  # fmt: skip
    made.update_yaxes(
        visible=True, range=[bottom, top], showgrid=True, gridcolor=rgba(NEUTRAL, 0.25), zeroline=False, nticks=7,
        tickformat=",~f",
    )  # fmt: skip
    note(made, safe(y_title), x=0, y=1, xref="paper", yref="paper", xanchor="left", yanchor="bottom", yshift=6)
    alt = f"{y_title} against {x_title}: " + "; ".join(s.said for s in spots)
    return Chart(made, table(spots, x_title, y_title), alt, said)


def _places(spots: Sequence[TradePoint], most: int = 7) -> list[TradePoint]:
    """Points whose place is written under the axis: the ends, and others that stand far enough apart."""
    across = spots[-1].x - spots[0].x
    made = [spots[0]]
    for s in spots[1:-1]:
        if s.x - made[-1].x >= across / most and spots[-1].x - s.x >= across / most:
            made.append(s)
    return [*made, spots[-1]] if across else made


def table(spots: Sequence[TradePoint], x_title: str, y_title: str) -> list[dict[str, str]]:
    """The points in words."""
    return [
        {
            x_title: s.x_text,
            y_title: s.y_text,
            "Gives up": words.percent(s.given) if s.given > SAME else "nothing",
            "": " and ".join(m for m, on in (("plan on show", s.present), ("knee", s.knee)) if on),
        }
        for s in spots
    ]
