"""Whose weights fund what: the contested initiatives, a column for each member, and what the proposed plan does."""

from __future__ import annotations

from optimiser.analysis.debate.weights import Weighed, WeighedInitiative
from optimiser.analysis.debate.weights_words import sentence
from optimiser.case.readable import counted, listed, money_short
from optimiser.case.tolerances import LEAST
from optimiser.report.charts.drawing import (
    MONEY,
    NEUTRAL,
    Chart,
    figure,
    name_rows,
    note,
    rgba,
    safe,
    safe_lines,
    told_right,
    told_short,
    widest,
    wrapped,
)

ROW, COLUMN, NAME_PIXELS = 30, 92, 250
SHOWN = 20
"""Initiatives that are drawn; all stand in the table."""
PROPOSED = "Proposed"
MARKS = {"always": "yes", "sometimes": "depends", "never": "no"}
"""Over what a member left open."""


def contested(found: Weighed) -> list[WeighedInitiative]:
    """Those that some weights fund: those that most members fund first."""
    places = {p.initiative: k for k, p in enumerate(found.places)}

    def votes(p: WeighedInitiative) -> float:
        return sum(
            {"always": 1.0, "sometimes": 0.5, "never": 0.0}[m.funded[places[p.initiative]]] for m in found.members
        )

    return sorted(found.of("sometimes"), key=lambda p: (-votes(p), p.name))


def matrix(found: Weighed) -> Chart:
    """A mark for each contested initiative and member: funded at every corner of what they left open, at some, or at none."""
    drawn = contested(found)[:SHOWN]
    columns = [PROPOSED, *(m.name for m in found.members)]
    names = told_short([p.name for p in drawn], NAME_PIXELS)
    money = [_money(found, p) for p in drawn]
    left, right = widest(names) + 14, widest(money) + 22
    made = figure(ROW * len(drawn) + 68, left=left, right=right, top=40, bottom=26)
    for standing, colour, edge, size in (
        ("always", MONEY, MONEY, 15), ("sometimes", rgba(MONEY, 0.38), MONEY, 15), ("never", "rgba(0,0,0,0)", NEUTRAL, 15),
    ):  # fmt: skip
        at = [(x, y) for y, p in enumerate(drawn) for x, c in enumerate(columns) if _standing(found, p, c) == standing]
        made.add_scatter(
            x=[x for x, _ in at], y=[y for _, y in at], mode="markers", cliponaxis=False,
            marker={"color": colour, "size": size, "line": {"color": edge, "width": 1.5}},
            hovertext=[safe(f"{columns[x]}: {drawn[y].name}: {MARKS[standing]}") for x, y in at], hoverinfo="text",
        )  # fmt: skip
    for x, column in enumerate(columns):
        note(made, safe_lines(wrapped(column, COLUMN)), x=x, y=1, yref="paper", yanchor="bottom", yshift=4)
    told_right(made, money)
    means = (
        f"<span style='color:{MONEY}'>●</span> funded, whatever they mean   <span style='color:{rgba(MONEY, 0.55)}'>●</span> "
        "depends on what they left open   ○ not funded"
    )
    note(made, means, x=0, xref="paper", xanchor="left", y=0, yref="paper", yanchor="top", yshift=-6)
    made.update_xaxes(range=[-0.5, len(columns) - 0.5])
    name_rows(made, names)
    alt = "; ".join(f"{p.name}: {_told(found, p)}" for p in drawn) or "Nothing is contested."
    more = len(found.of("sometimes")) - len(drawn)
    return Chart(made, rows(found), alt, sentence(found), f"{counted(more, 'more')} in the table." if more > 0 else "")


def rows(found: Weighed) -> list[dict[str, str]]:
    """Every initiative: how it stands, by member, and from the least to the most award."""
    said = {"always": "funded by all", "sometimes": "contested", "never": "funded by none"}
    order = [*contested(found), *found.of("always"), *found.of("never")]
    return [
        {
            "Initiative": p.name, "Standing": said[p.standing],
            **{c: MARKS[_standing(found, p, c)] for c in (PROPOSED, *(m.name for m in found.members))},
            "Least": money_short(round(p.award[0]), found.currency), "Most": money_short(round(p.award[1]), found.currency),
        }
        for p in order
    ]  # fmt: skip


def _standing(found: Weighed, p: WeighedInitiative, column: str) -> str:
    if column == PROPOSED:
        return "always" if p.proposed > LEAST else "never"
    member = next(m for m in found.members if m.name == column)
    return member.funded[found.places.index(p)]


def _told(found: Weighed, p: WeighedInitiative) -> str:
    by = {s: [m.name for m in found.members if _standing(found, p, m.name) == s] for s in MARKS}
    return ", ".join(f"{MARKS[s]} {listed(names)}" for s, names in by.items() if names)


def _money(found: Weighed, p: WeighedInitiative) -> str:
    low, high = (money_short(round(v), found.currency) for v in p.award)
    return low if low == high else f"{low} to {high}"
