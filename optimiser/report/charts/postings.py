"""Where people go: agencies by roles, how many of those who can be released are at work, and which role is the bottleneck."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimiser.case.readable import capital
from optimiser.case.table import Array
from optimiser.case.tolerances import FULL
from optimiser.model.rules.nouns import plural
from optimiser.plan.tables import Plan
from optimiser.report import words
from optimiser.report.charts.drawing import (
    FAINT,
    PEOPLE,
    Chart,
    Digits,
    figure,
    note,
    rgba,
    safe,
    widest,
    wrapped,
)

_ROW = 35
_NAME = 215
"""Pixels of a line of an agency's name."""


@dataclass(frozen=True)
class People:
    """FTE on average over the periods. used, capacity: [agency, role]; wanted: [role], by initiatives not funded in full.

    full_in: of each role the periods in which everybody who can be released is at work. Roles stand in the order of
    scarcity, agencies by size. bottleneck: the role at work everywhere that is wanted most, -1 where there is none.
    """

    roles: list[str]
    agencies: list[str]
    used: Array
    capacity: Array
    wanted: Array
    full_in: list[list[str]]
    bottleneck: int


def people(plan: Plan) -> People:
    """Who is at work in a plan, of those whom agencies can release."""
    facts = plan.case.facts
    periods = facts.size("period")
    used = np.zeros(facts.fte.shape)
    posts = plan.tables["Posts"]
    if len(posts):
        np.add.at(used, tuple(facts.code(d, posts[d]) for d in ("agency", "role", "period")), posts["fte"])
    capacity = facts.releasable_fte
    level = np.zeros(facts.size("initiative"))
    awards = plan.tables["Awards"]
    level[facts.code("initiative", awards["initiative"])] = awards["level"]
    wanted = (facts.need * ((1 - np.minimum(level, 1)) * facts.active_periods)[:, None]).sum(axis=0) / periods
    by_role, of_role = used.sum(axis=(0, 2)), capacity.sum(axis=(0, 2))
    share = np.divide(by_role, of_role, out=np.zeros_like(by_role), where=of_role > 0)
    roles = sorted(
        np.flatnonzero(of_role > 0).tolist(), key=lambda k: (-round(share[k], 3), -wanted[k], facts.names["role"][k])
    )
    size = capacity.sum(axis=(1, 2))
    agencies = sorted(np.flatnonzero(size > 0).tolist(), key=lambda a: (-size[a], facts.names["agency"][a]))
    names = facts.sorted["agency"]["name"].tolist()
    keys = facts.names["agency"]
    in_period, of_period = used.sum(axis=0), capacity.sum(axis=0)
    full_in = [
        [
            facts.names["period"][t]
            for t in range(periods)
            if of_period[k, t] > 0 and in_period[k, t] >= of_period[k, t] * FULL
        ]
        for k in roles
    ]
    busy = [n for n, k in enumerate(roles) if share[k] >= FULL and wanted[k] > 0.05]
    pick = np.ix_(agencies, roles)
    return People(
        [facts.names["role"][k] for k in roles],
        [names[a] or keys[a] for a in agencies],
        (used.sum(axis=2) / periods)[pick],
        (capacity.sum(axis=2) / periods)[pick],
        wanted[roles],
        full_in,
        max(busy, key=lambda n: float(wanted[roles[n]]), default=-1),
    )


def people_finding(plan: Plan) -> tuple[str, str]:
    """What holds people back, and more on it ("" where there is none)."""
    made = people(plan)
    if not made.roles:
        return "This case has no staff.", ""
    totals = list(zip(made.roles, made.used.sum(axis=0).tolist(), made.capacity.sum(axis=0).tolist(), strict=True))
    free = sorted(((of - used, role) for role, used, of in totals if used < of * FULL), reverse=True)
    more = []
    if made.bottleneck >= 0:
        wanted = words.fte(round(float(made.wanted[made.bottleneck]), 1))
        more.append(
            f"Initiatives that are not funded in full would need {wanted} more {plural(made.roles[made.bottleneck])}."
        )
    if free and free[0][0] >= 0.05:
        more.append(f"{words.fte(round(free[0][0], 1))} of {plural(free[0][1])} are free.")
    return f"{_used_up(made) or 'No role is used up'}.", " ".join(more)


def used_up(plan: Plan) -> str:
    """The roles of which everybody who can be released is at work: Analysts and nurses are used up; "" where there is none."""
    return _used_up(people(plan))


def _used_up(made: People) -> str:
    used, of = made.used.sum(axis=0), made.capacity.sum(axis=0)
    busy = [role for n, role in enumerate(made.roles) if used[n] >= of[n] * FULL]
    if not busy:
        return ""
    if len(busy) == len(made.roles) and len(busy) > 1:
        return "Everybody who can be released is at work"
    return f"{capital(words.listed([plural(role) for role in busy]))} are used up"


def people_chart(plan: Plan) -> Chart:
    """The heat map: all agencies first, then each; the darker a cell, the more of its people are at work."""
    made = people(plan)
    used = np.vstack([made.used.sum(axis=0), made.used]).round(6)
    of = np.vstack([made.capacity.sum(axis=0), made.capacity]).round(6)
    share = np.divide(used, of, out=np.full(of.shape, np.nan), where=of > 0)
    agencies = ["All agencies", *made.agencies]
    heads = [wrapped(safe(a), _NAME, 2) for a in agencies]
    heads[0] = f"<b>{heads[0]}</b>"
    fig = figure(
        _ROW * len(heads) + 110,
        left=widest(line for h in heads for line in h.split("<br>")) + 14,
        right=6,
        top=76,
        bottom=30,
    )
    fig.add_heatmap(
        z=np.zeros(of.shape),
        colorscale=[[0, FAINT], [1, FAINT]],
        showscale=False,
        xgap=3,
        ygap=3,
        hoverinfo="skip",
    )
    text = [
        [f"{words.number(u)} of {words.number(o)}" if o > 0 else "" for u, o in zip(*pair, strict=True)]
        for pair in zip(used.tolist(), of.tolist(), strict=True)
    ]
    hover = [
        [f"{safe(role)}, {safe(agency)}: {cell or 'nobody'}" for role, cell in zip(made.roles, line, strict=True)]
        for agency, line in zip(agencies, text, strict=True)
    ]
    fig.add_heatmap(
        z=share,
        zmin=0,
        zmax=1,
        colorscale=[[0, rgba(PEOPLE, 0.1)], [1, rgba(PEOPLE, 0.6)]],
        showscale=False,
        xgap=3,
        ygap=3,
        text=[[f"<b>{c}</b>" if r == 0 and c else c for c in line] for r, line in enumerate(text)],
        texttemplate="%{text}",
        hovertext=hover,
        hoverinfo="text",
        hoverongaps=False,
        textfont={"size": 13},
    )
    for n, role in enumerate(made.roles):
        head = f"<b>{wrapped(safe(capital(role)), 120, 2)}</b>"
        note(fig, head, x=n, y=-0.5, yanchor="bottom", yshift=38)
        note(fig, _below(made, n), x=n, y=-0.5, yanchor="bottom", yshift=4, font={"size": 12}, opacity=0.8)
    if made.bottleneck >= 0:
        fig.add_shape(
            type="rect",
            x0=made.bottleneck - 0.5,
            x1=made.bottleneck + 0.5,
            y0=-0.5,
            y1=len(heads) - 0.5,
            line={"color": PEOPLE, "width": 2.5},
            fillcolor="rgba(0,0,0,0)",
        )
        note(fig, "<b>Wanted most</b>", x=made.bottleneck, y=len(heads) - 0.5, yanchor="top", yshift=-4)
    fig.update_xaxes(range=[-0.5, len(made.roles) - 0.5])
    fig.update_yaxes(
        visible=True,
        range=[len(heads) - 0.5, -0.5],
        tickvals=list(range(len(heads))),
        ticktext=heads,
        ticks="",
        showgrid=False,
        zeroline=False,
        ticklabelstandoff=6,
    )
    table = [
        {
            "Agency": agency,
            "Role": role,
            "At work, FTE": float(made.used[a, k]),
            "Can be released, FTE": float(made.capacity[a, k]),
        }
        for a, agency in enumerate(made.agencies)
        for k, role in enumerate(made.roles)
        if made.capacity[a, k] > 0
    ]
    alt = "Staff at work of those who can be released, by agency and role; the table holds the same figures"
    digits = {"At work, FTE": Digits(), "Can be released, FTE": Digits()}
    return Chart(fig, table, alt, *people_finding(plan), digits)


def _below(made: People, n: int) -> str:
    """Under a role: how many more are wanted, or free."""
    free = float(made.capacity[:, n].sum() - made.used[:, n].sum())
    wanted = float(made.wanted[n])
    if free <= made.capacity[:, n].sum() * (1 - FULL):
        return f"{words.number(wanted)} FTE<br>wanted" if wanted > 0.05 else "all at<br>work"
    full = made.full_in[n]
    when = "" if not full else f"none in {', '.join(full)}" if len(full) < 3 else f"in {len(full)} none"
    return f"{words.number(free)} FTE free<br>{when}"
