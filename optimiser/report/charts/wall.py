"""Charts for a wall: the same pictures in type that is read from the back of a room, and what agencies get in one screen."""

from __future__ import annotations

from dataclasses import replace

import plotly.graph_objects as go

from optimiser.case.names import told_apart
from optimiser.plan.tables import Plan
from optimiser.report import words
from optimiser.report.charts.drawing import MONEY, SIZE, Chart, Digits, bars

WALL = 18
"""Pixels of the smallest text on a wall."""
ROWS = 12
"""Bars that fit one screen of 1024 by 768 pixels."""


def enlarged(chart: Chart, size: int = WALL) -> Chart:
    """The chart with its smallest text in this size: everything that is measured in pixels grows with it."""
    times = size / SIZE
    made = go.Figure(chart.figure)
    layout = made.layout
    margin = {side: (layout.margin[side] or 0) * times for side in ("l", "r", "t", "b")}
    made.update_layout(height=(layout.height or 450) * times, margin=margin, font={"size": size})
    made.update_xaxes(tickfont={"size": size}).update_yaxes(tickfont={"size": size})
    made.update_yaxes(ticklabelstandoff=round((layout.yaxis.ticklabelstandoff or 0) * times))
    for trace in made.data:
        if "textfont" in trace:
            trace.textfont.size = size
    for note in layout.annotations:
        note.font.size = (note.font.size or SIZE) * times
        note.xshift, note.yshift = (note.xshift or 0) * times, (note.yshift or 0) * times
    return replace(chart, figure=made)


def agencies(plan: Plan) -> Chart:
    """Money that each agency receives, the one with most first; those beyond one screen together."""
    currency = plan.case.settings.currency
    rows = sorted(plan.tables["Received"].records(), key=lambda r: (-r["received"], r["agency"]))
    called = told_apart({r["agency"]: r["name"] for r in rows})
    paid = [(called[r["agency"]], r["received"]) for r in rows if r["received"] > 0]
    shown = paid
    if len(paid) > ROWS:
        rest = paid[ROWS - 1 :]
        shown = [*paid[: ROWS - 1], (f"{len(rest)} other agencies", sum(money for _, money in rest))]
    labelled = [(name, money, words.money_short(money, currency)) for name, money in shown]
    none = len(rows) - len(paid)
    said = words.counted(len(paid), "agency receives", "agencies receive") + " money"
    said += f"; {words.counted(none, 'receives', 'receive')} none" if none else ""
    table = [{"Agency": called[r["agency"]], "Money": r["received"]} for r in rows]
    alt = "Money received. " + "; ".join(f"{name}: {figure}" for name, _, figure in labelled) + "."
    return Chart(bars(labelled, MONEY, row=28), table, alt, said, columns={"Money": Digits.of_money(plan.case)})
