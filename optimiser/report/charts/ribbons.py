"""Where money flows: filled ribbons from funds through initiatives to agencies, on one scale."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import plotly.graph_objects as go

from optimiser.case.readable import most_of
from optimiser.case.table import summed
from optimiser.plan.tables import Plan
from optimiser.report import words
from optimiser.report.charts.drawing import MONEY, NEUTRAL, Chart, Digits, figure, note, rgba, safe, told_short, width

LABEL, GAP, SWEEPS, CURVE = 18.0, 7.0, 14, 24
TITLES = ("Fund", "Initiative", "Agency")
SIDE, MIDDLE = 170.0, 225.0
"""Pixels of a name at the sides and in the middle."""
_X = (0.0, 0.465, 1.0)
_NODE = 0.013
Key = tuple[int, str]
"""Column (0 fund, 1 initiative, 2 agency) and key; a group of initiatives has the key of its theme behind `*`."""


@dataclass
class Node:
    """One rectangle: its name, money, the part that is followed, and where it stands (pixels from the top)."""

    key: Key
    name: str
    value: float = 0.0
    followed: float = 0.0
    top: float = 0.0
    size: float = 0.0
    others: bool = False


@dataclass
class MoneyFlow:
    """Nodes by column, and links (from, to, money, money followed)."""

    columns: tuple[list[Node], list[Node], list[Node]]
    links: list[tuple[Key, Key, float, float]] = field(default_factory=list)

    def node(self, key: Key) -> Node:
        """The node of this key."""
        return next(n for n in self.columns[key[0]] if n.key == key)


def names(plan: Plan) -> dict[Key, str]:
    """Every fund, initiative and agency with money, by key, as people call it."""
    made: dict[Key, str] = {}
    for column, (dimension, sheet) in enumerate(
        (("fund", "Funds"), ("initiative", "Initiatives"), ("agency", "Agencies"))
    ):
        used = set(plan.tables["Spend"][dimension].tolist())
        made.update({(column, key): name for key, name in plan.case.called(sheet).items() if key in used})
    return made


def flow(plan: Plan, shown: int | None = 12, follow: Key | None = None) -> MoneyFlow:
    """The spend of a plan as nodes and links. shown: initiatives named, the largest first (None: all)."""
    named, lines = names(plan), _lines(plan)
    group = _groups(plan, lines, shown)
    nodes: dict[Key, Node] = {}
    links: dict[tuple[Key, Key], list[float]] = {}
    for fund, initiative, agency, money in lines:
        middle = group[initiative]
        path: list[Key] = [(0, fund), (1, middle[0]), (2, agency)]
        full: list[Key] = [(0, fund), (1, initiative), (2, agency)]
        hit = money if follow is None or follow in path or follow in full else 0.0
        for key in path:
            node = nodes.setdefault(key, Node(key, middle[1] if key[0] == 1 else named[key]))
            node.value += money
            node.followed += hit
            node.others = key[0] == 1 and key[1].startswith("*")
        for link in pairwise(path):
            amounts = links.setdefault(link, [0.0, 0.0])
            amounts[0] += money
            amounts[1] += hit
    columns = tuple(
        sorted((n for k, n in nodes.items() if k[0] == c), key=lambda n: (-n.value, n.key)) for c in range(3)
    )
    return MoneyFlow((columns[0], columns[1], columns[2]), [(a, b, v[0], v[1]) for (a, b), v in sorted(links.items())])


def _groups(plan: Plan, lines: Sequence[tuple[str, str, str, float]], shown: int | None) -> dict[str, tuple[str, str]]:
    """Of each initiative the key and the name under which it is drawn."""
    awards = {r["initiative"]: r for r in plan.tables["Awards"].records()}
    sums = summed((initiative, money) for _, initiative, _, money in lines)
    order = sorted(sums, key=lambda i: (-sums[i], i))
    alone = set(order if shown is None else order[:shown])
    themes: dict[str, list[str]] = {}
    for i in order:
        if i not in alone:
            themes.setdefault(awards[i]["theme"] or "initiatives", []).append(i)
    made = {i: (i, awards[i]["name"]) for i in order}
    for theme, members in themes.items():
        if len(members) > 1:
            made.update(dict.fromkeys(members, (f"*{theme}", f"Other {theme} ({len(members)})")))
    return made


def arrange(made: MoneyFlow, height: float) -> float:
    """Sets places and sizes so that every column fits and labels do not touch; returns pixels per unit of money."""
    total = sum(n.value for n in made.columns[0]) or 1.0

    def needed(scale: float) -> float:
        return max(sum(max(n.value * scale, LABEL) + GAP for n in column) - GAP for column in made.columns)

    low, high = 0.0, height / total
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if needed(middle) <= height else (low, middle)
    for column in made.columns:
        for node in column:
            node.size = node.value * low
    _place(made, height)
    for sweep in range(SWEEPS):
        order = (1, 2) if sweep % 2 == 0 else (1, 0)
        for c in order:
            made.columns[c].sort(key=_mean(made, c, order))
        _place(made, height)
    return low


def _mean(made: MoneyFlow, column: int, order: tuple[int, int]) -> Callable[[Node], tuple[float, Key]]:
    """Orders a column by the weighted mean place of its neighbours, on the side that was placed before."""
    place = {n.key: n.top + n.size / 2 for c in made.columns for n in c}
    side = 0 if column == 2 or (column == 1 and order == (1, 2)) else 1
    if column == 0:
        side = 1

    def mean(node: Node) -> tuple[float, Key]:
        pairs = [(b if side else a, v) for a, b, v, _ in made.links if (a if side else b) == node.key]
        weight = sum(v for _, v in pairs)
        return (sum(place[k] * v for k, v in pairs) / weight if weight else 0.0), node.key

    return mean


def _place(made: MoneyFlow, height: float) -> None:
    for column in made.columns:
        slots = [max(n.size, LABEL) for n in column]
        gap = min((height - sum(slots)) / max(1, len(column) - 1), 34.0)
        at = (height - sum(slots) - gap * (len(column) - 1)) / 2
        for node, slot in zip(column, slots, strict=True):
            node.top = at + (slot - node.size) / 2
            at += slot + gap


def flow_chart(plan: Plan, shown: int | None = 12, follow: Key | None = None) -> Chart:
    """The ribbons. follow: draw the money of one fund, initiative or agency in colour, the rest in grey."""
    made = flow(plan, shown, follow)
    currency = plan.case.settings.currency
    most = max(len(column) for column in made.columns)
    height = max(520.0, most * (LABEL + GAP))
    arrange(made, height)
    sides = [
        [width(f"{name}  {words.money_short(n.value, currency)}") for n, name in zip(c, _short(c), strict=True)]
        for c in made.columns
    ]
    fig = figure(
        int(height) + 40, left=max(sides[0], default=0) + 14, right=max(sides[2], default=0) + 14, top=30, bottom=10
    )
    _ribbons(fig, made, currency, follow is not None)
    for c, column in enumerate(made.columns):
        _nodes(fig, column, c, currency, follow is not None)
        x, anchor, shift = ((_NODE, "right", 0), (_X[1], "left", 0), (1 - _NODE, "left", 0))[c]
        note(fig, f"<b>{TITLES[c]}</b>", x=x, y=0, xanchor=anchor, yanchor="bottom", yshift=8, xshift=shift)
    fig.update_xaxes(range=[0, 1])
    fig.update_yaxes(range=[height, 0])
    named = names(plan)
    rows = [r for r in flow_rows(plan) if follow is None or r[follow[0]] == named[follow]]
    ranked = sorted(made.columns[0], key=lambda n: -n.value)
    return Chart(
        fig,
        [dict(zip((*TITLES, "Money"), r, strict=True)) for r in rows],
        "Ribbons from funds through initiatives to agencies; the table holds the same figures",
        most_of([(n.name, words.money_short(n.value, currency)) for n in ranked], "pays")
        if ranked
        else "No money is spent",
        columns={"Money": Digits.of_money(plan.case)},
    )


def _ribbons(fig: go.Figure, made: MoneyFlow, currency: str, following: bool) -> None:
    place = {c: {n.key: k for k, n in enumerate(made.columns[c])} for c in range(3)}
    used: dict[tuple[Key, str], float] = {}
    t = np.linspace(0, 1, CURVE)
    ease = t * t * (3 - 2 * t)
    for a, b, value, followed in sorted(made.links, key=lambda e: (place[e[0][0]][e[0]], place[e[1][0]][e[1]])):
        start, end = made.node(a), made.node(b)
        scale = start.size / start.value
        y0 = start.top + used.get((a, "out"), 0.0)
        y1 = end.top + used.get((b, "in"), 0.0)
        used[a, "out"] = used.get((a, "out"), 0.0) + value * scale
        used[b, "in"] = used.get((b, "in"), 0.0) + value * scale
        x = _X[a[0]] + _NODE + t * (_X[b[0]] - _X[a[0]] - (_NODE if b[0] < 2 else 2 * _NODE))
        said = f"{safe(start.name)} → {safe(end.name)}: {words.money_short(value, currency)}"
        parts = (
            [(value, rgba(NEUTRAL, 0.16)), (followed, rgba(MONEY, 0.45))] if following else [(value, rgba(MONEY, 0.34))]
        )
        for size, colour in parts:
            if size <= 0:
                continue
            upper = y0 + (y1 - y0) * ease
            lower = upper + max(size * scale, 0.8)
            fig.add_scatter(
                x=np.concatenate([x, x[::-1]]),
                y=np.concatenate([upper, lower[::-1]]),
                mode="lines",
                fill="toself",
                fillcolor=colour,
                line={"width": 0},
                hoveron="fills",
                text=said,
                name=said,
                hoverinfo="text",
            )


def _short(column: list[Node]) -> list[str]:
    """The names of a column, as wide as they may be there."""
    wide = MIDDLE if column and column[0].key[0] == 1 else SIDE
    return told_short([node.name for node in column], wide)


def _nodes(fig: go.Figure, column: list[Node], c: int, currency: str, following: bool) -> None:
    x = _X[c] if c < 2 else 1 - _NODE
    for node, name in zip(column, _short(column), strict=True):
        lit = not following or node.followed > 0
        colour = NEUTRAL if node.others or not lit else MONEY
        fig.add_shape(
            type="rect",
            x0=x,
            x1=x + _NODE,
            y0=node.top,
            y1=node.top + max(node.size, 1),
            fillcolor=colour,
            line={"width": 0},
        )
        money = words.money_short(node.followed if following and lit else node.value, currency)
        said = f"{safe(name)}  <b>{money}</b>" if c < 2 else f"<b>{money}</b>  {safe(name)}"
        at, anchor, shift = (x, "right", -4) if c == 0 else (x + _NODE, "left", 4)
        look = {"opacity": 1.0 if lit else 0.5, "font": {"size": 13 if c != 1 else 12.5}}
        middle = node.top + node.size / 2
        note(fig, said, x=at, y=middle, xanchor=anchor, yanchor="middle", xshift=shift, **look)


def flow_rows(plan: Plan) -> list[tuple[str, str, str, float]]:
    """The names of fund, initiative, agency, money, the largest first."""
    named = names(plan)
    sums = summed(((named[0, f], named[1, i], named[2, a]), money) for f, i, a, money in _lines(plan))
    return sorted(((*k, v) for k, v in sums.items()), key=lambda r: (-r[3], r))


def _lines(plan: Plan) -> list[tuple[str, str, str, float]]:
    """Fund, initiative, agency and money of each line of spend."""
    spend = plan.tables["Spend"]
    return list(zip(*(spend[c].tolist() for c in ("fund", "initiative", "agency", "money")), strict=True))
