"""What a committee need not debate: initiatives that every good plan funds, that none funds, and those between."""

from __future__ import annotations

import math

from optimiser.analysis.reasons.near_best import Alternative, InitiativeRange, NearBest
from optimiser.case.reading.amounts import plain
from optimiser.plan.tables import Plan
from optimiser.report import words
from optimiser.report.charts.drawing import (
    MONEY,
    NEUTRAL,
    Chart,
    figure,
    name_rows,
    rgba,
    safe,
    scaled,
    told_above,
    told_right,
    told_short,
    widest,
)

ROW = 32
NAME_PIXELS = 250
NAME_LENGTH = 58
WHOLE = 0.995
SHOWN = 16
"""Initiatives that are drawn; all stand in the table."""


def headline(found: NearBest) -> str:
    """16 initiatives are in every good plan, 2 in none: debate the other 12."""
    always, never, contested = (len(found.of(s)) for s in ("always", "never", "sometimes"))
    said = f"{always} initiative{'s' * (always != 1)} {'is' if always == 1 else 'are'} in every good plan"
    said += f", {never} in none" if never else ""
    if not contested:
        return f"{said}: nothing is left to debate but amounts"
    return f"{said}: debate the other {contested}" if contested > 1 else f"{said}: debate the last one"


def contested(found: NearBest) -> list[InitiativeRange]:
    """Those that some good plans fund: those funded most in the draws first."""
    return sorted(found.of("sometimes"), key=lambda p: (-(p.drawn or 0.0), -p.level[0], p.name))


def varying(found: NearBest) -> list[InitiativeRange]:
    """Those in every good plan, the widest range of levels first."""
    return sorted(found.of("always"), key=lambda p: (p.level[1] - p.level[2], p.name))


def ranges(plan: Plan, found: NearBest) -> Chart:
    """From the least to the most that good plans give each, as a share of its scope, with the best plan marked.

    Drawn are the first of those that are contested, or where none is, of those in every good plan.
    """
    places = (contested(found) or varying(found))[:SHOWN]
    names = told_short([p.name for p in places], NAME_PIXELS)
    left, right = widest(names) + 14, widest(map(told, places)) + 24
    made = figure(ROW * (len(places) + 1) + 26, left=left, right=right, top=4, bottom=22)
    for n, p in enumerate(places):
        _, low, high = p.level
        made.add_scatter(
            x=[low, high], y=[n, n], mode="lines", line={"color": rgba(MONEY, 0.45), "width": 8}, hoverinfo="skip",
            cliponaxis=False,
        )  # fmt: skip
    told_right(made, [told(p) for p in places])
    made.add_scatter(
        x=[p.level[0] for p in places], y=list(range(len(places))), mode="markers", cliponaxis=False,
        marker={"color": MONEY, "size": 11, "line": {"color": NEUTRAL, "width": 1}},
        hovertext=[safe(p.sentence) for p in places], hoverinfo="text",
    )  # fmt: skip
    quarters = [k / 4 for k in range(5)]
    scaled(made, range=[-0.01, 1.01], tickvals=quarters, ticktext=[f"{q:.0%}" for q in quarters])
    name_rows(made, names, above=1)
    told_above(made, f"<span style='color:{MONEY}'>●</span> best plan   ━ good plans, as a share of its scope")
    alt = "; ".join(f"{p.name} {told(p)}" for p in places)
    return Chart(made, table(plan, found), alt, headline(found))


def told(place: InitiativeRange) -> str:
    """The range in words, and how often the draws fund it."""
    low, high = place.level[1:]
    said = f"{_share(low)} to {_share(high)}" if high - low >= 1 - WHOLE else _share(high)
    shown = place.drawn is not None and place.standing == "sometimes"
    drawn = f"; in {_share(place.drawn or 0.0)} of draws" if shown else ""
    return said + drawn


def _share(value: float) -> str:
    return words.percent(round(value, 2)) if value > 0.005 else "0%"


def table(plan: Plan, found: NearBest) -> list[dict[str, str]]:
    """Every initiative: standing, in the best plan, least and most."""
    currency = plan.case.settings.currency
    standing = {"always": "in every good plan", "sometimes": "contested", "never": "in none"}
    return [
        {
            "Initiative": p.name,
            "Standing": standing[p.standing],
            "Best plan": words.money_short(p.award[0], currency),
            "Least": words.money_short(max(p.award[1], 0.0), currency),
            "Most": words.money_short(p.award[2], currency),
            "Funded in draws": words.percent(p.drawn) if p.drawn is not None else "not drawn",
        }
        for p in (*contested(found), *varying(found), *found.of("never"))
    ]


def rows(plan: Plan, one: Alternative) -> list[dict[str, str]]:
    """Rows of the Scenarios sheet that lead to an alternative: what it adds gets at least as much as there, what it drops
    is locked out; where it funds the same, what loses most is held at its award there."""
    names = plan.case.facts.names["initiative"]
    award = dict(zip(names, one.award.tolist(), strict=True))

    def row(key: str, column: str, change: str) -> dict[str, str]:
        return {"sheet": "Initiatives", "where": f'initiative = "{key}"', "column": column, "change": change}

    made = [row(key, "maximum", "= 0") for key in one.dropped]
    for key in one.added:
        made.append(row(key, "must_fund", "= yes"))
        if award[key] >= 1:  # without a minimum, must_fund would ask for its full scope
            made.append(row(key, "minimum", f"= {math.floor(award[key])}"))
    if made:
        return made
    now = plan.award.set_index("initiative")["award"]
    down = min(names, key=lambda key: award[key] - float(now.get(key, 0.0)))
    return [row(down, "maximum", f"= {plain(round(award[down], 2))}")]


def scenario_name(plan: Plan, one: Alternative) -> str:
    """An alternative as the name of a scenario."""
    title = plan.case.called("Initiatives")
    parts = []
    if one.added:
        parts.append("With " + ", ".join(title[k] for k in one.added))
    if one.dropped:
        parts.append(("without " if parts else "Without ") + ", ".join(title[k] for k in one.dropped))
    said = ", ".join(parts) or "Money placed otherwise"
    return said if len(said) <= NAME_LENGTH else f"{said[: NAME_LENGTH - 1].rstrip(' ,')}…"
