"""All money of a plan in one bar of three parts: no choice, in every good plan, open."""

from __future__ import annotations

from optimiser.analysis.debate.at_play import EVERY_GOOD, KINDS, NO_CHOICE, OPEN, WHETHER, AtPlay
from optimiser.case.tolerances import LEAST_SIZE
from optimiser.plan.tables import Plan
from optimiser.report import words
from optimiser.report.charts.drawing import MONEY, NEUTRAL, Chart, Digits, figure, note, rgba

NAMES: dict[str, str] = {NO_CHOICE: "No choice", EVERY_GOOD: "In every good plan", OPEN: "Open"}
COLOURS: dict[str, str] = {NO_CHOICE: NEUTRAL, EVERY_GOOD: MONEY, OPEN: rgba(MONEY, 0.38)}
NARROW = 0.12
"""A part that is a smaller share of the bar has no room for its name above it."""


def bar(plan: Plan, found: AtPlay) -> Chart:
    """The bar, with every dollar's reason as its table."""
    made = figure(66, left=2, right=2, top=26, bottom=4)
    at = 0.0
    for kind in KINDS:
        money = found.money(kind)
        text = told(found, kind)
        bar_of = {"x": [money], "y": [0], "orientation": "h", "width": 0.9, "marker": {"color": COLOURS[kind]}}
        made.add_bar(hovertext=[text], hoverinfo="text", **bar_of)
        if money > NARROW * found.total:
            above = f"<b>{NAMES[kind]}</b> · {text.partition(': ')[2]}"
            note(made, above, x=at, xanchor="left", y=1, yref="paper", yanchor="bottom")
        at += money
    made.update_layout(barmode="stack")
    made.update_xaxes(range=[0, max(found.total, 1.0)])
    alt = "; ".join(told(found, kind) for kind in KINDS)
    return Chart(made, _rows(found), alt, found.sentence(), found.agenda(), {"Money": Digits.of_money(plan.case)})


def told(found: AtPlay, kind: str) -> str:
    """`Open: $2.46m, 19%`."""
    money = found.money(kind)
    return f"{NAMES[kind]}: {words.money_short(money, found.currency)}, {words.percent(round(money / max(found.total, LEAST_SIZE), 2))}"


def largest_open(plan: Plan, found: AtPlay, most: int) -> list[dict[str, str]]:
    """The awards of which most is open, as rows of a table of text; at most so many."""
    awards = {r["initiative"]: r for r in plan.tables["Awards"].records()}
    parts = sorted((p for p in found.parts if p.kind == OPEN), key=lambda p: (-p.money, p.initiative))
    return [
        {
            "Most is open of": str(awards[p.initiative]["name"]),
            "Award": words.money_short(awards[p.initiative]["award"], found.currency),
            "Open": words.money_short(p.money, found.currency),
            "A good plan": "can do without it" if p.reason == WHETHER else "can give so much less",
        }
        for p in parts[:most]
    ]


def _rows(found: AtPlay) -> list[dict[str, object]]:
    """Every dollar's reason, as a table."""
    return [
        {"Initiative": p.initiative, "Part": NAMES[p.kind], "Money": p.money, "Why": p.sentence} for p in found.parts
    ]
