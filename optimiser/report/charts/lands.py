"""Where the money lands: each area's need and money beside last year's, as tiles in a grid, and area by theme."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from optimiser.case.readable import most_of
from optimiser.case.table import summed
from optimiser.plan.tables import Plan
from optimiser.report import words
from optimiser.report.charts.drawing import FAINT, MONEY, SIZE, Chart, Digits, figure, note, rgba, safe, told_short

SHADES = (0.16, 0.34, 0.54, 0.78)
"""Of four classes, the largest darkest: one colour, so that nobody needs to tell colours apart."""
TILE, WIDTH = 96, 640
"""Height of a tile, and of the grid's width what names are fitted to, in pixels."""
THEMES = 6
"""Themes with a column of their own."""
NO_AREA, NO_THEME = "No area", "No theme"


@dataclass(frozen=True)
class Land:
    """One area. need: as the sheet Areas says; money, before: awards in it and in the areas inside it, now and last year;
    own: by theme, of its own initiatives alone, so that areas add up."""

    key: str
    name: str
    need: float
    money: float
    before: float
    own: dict[str, float]

    @property
    def met(self) -> float | None:
        """The share of the need that is met; None where no need is stated."""
        return self.money / self.need if self.need > 0 else None


def places(plan: Plan) -> list[Land]:
    """The areas in which something is asked for or needed: those with the least of their need met first, then by money."""
    facts, award = plan.case.facts, dict(zip(plan.award["initiative"], plan.award["award"], strict=True))
    money = np.array([award.get(key, 0.0) for key in facts.names["initiative"]])
    before, need = np.nan_to_num(facts.baseline), facts.sorted["area"]["need"]
    names, made = facts.sorted["area"]["name"].tolist(), []
    for k, key in enumerate(facts.areas):
        mine = facts.initiative_area == k
        inside = mine | ((facts.initiative_area >= 0) & facts.area_includes[k][facts.initiative_area])
        if inside.any() or need[k] > 0:
            own = _by_theme(facts.theme[mine].tolist(), money[mine].tolist())
            now, then = float(money[inside].sum()), float(before[inside].sum())
            made.append(Land(key, names[k] or key, float(need[k]), now, then, own))
    return sorted(made, key=lambda p: (p.met is None, p.met or 0.0, -p.money, p.key))


def elsewhere(plan: Plan) -> dict[str, float]:
    """By theme, the money of initiatives that name no area."""
    facts, award = plan.case.facts, dict(zip(plan.award["initiative"], plan.award["award"], strict=True))
    none = [n for n in range(facts.size("initiative")) if facts.initiative_area[n] < 0]
    money = [float(award.get(facts.names["initiative"][n], 0.0)) for n in none]
    known = set(facts.names["initiative"])
    rest = sum(float(v) for k, v in award.items() if k not in known)
    return _by_theme([*(facts.theme[n] for n in none), *([""] if rest else [])], [*money, *([rest] if rest else [])])


def _by_theme(themes: Sequence[str], money: Sequence[float]) -> dict[str, float]:
    return summed((theme or NO_THEME, amount) for theme, amount in zip(themes, money, strict=True))


def headline(found: Sequence[Land], currency: str) -> str:
    """The area that has the least of its need met or, where no need is stated, the one that receives most."""
    stated = [p for p in found if p.met is not None]
    if stated:
        least = stated[0]
        largest = len(stated) > 1 and all(least.need > p.need for p in stated if p is not least)
        both = "the largest need and " * largest
        met = words.percent(round(least.met or 0.0, 2))
        alike = [p.name for p in stated if words.percent(round(p.met or 0.0, 2)) == met]
        if len(alike) > 1 and not largest:
            return f"{words.listed(alike, most=3)} have the least of their need met: {met} each"
        return f"{least.name} has {both}the least of its need met: {met}"
    ranked = sorted(found, key=lambda p: -p.money)
    if not ranked or not ranked[0].money:
        return "No area receives money"
    return most_of([(p.name, words.money_short(p.money, currency)) for p in ranked], "receives")


def tiles(plan: Plan) -> Chart:
    """Areas as tiles of one size, by name; a tile is darker the more of its need is met (where no area
    states one, the more it receives); grey where it states none."""
    found, currency = places(plan), plan.case.settings.currency
    shown = sorted(found, key=lambda p: p.name.casefold())
    columns = max(1, math.ceil(math.sqrt(len(shown) * 1.4)))
    rows = max(1, -(-len(shown) // columns))
    made = figure(rows * TILE + 8, left=2, right=2, top=2, bottom=2)
    most = max((p.money for p in shown), default=0.0) or 1.0
    stated = any(p.met is not None for p in shown)
    short = told_short([place.name for place in shown], WIDTH / columns - 16)
    for n, (place, name) in enumerate(zip(shown, short, strict=True)):
        x, y = n % columns, n // columns
        made.add_shape(
            type="rect", x0=x + 0.03, x1=x + 0.97, y0=y + 0.05, y1=y + 0.95, line={"width": 0},
            fillcolor=FAINT if stated and place.met is None else rgba(MONEY, SHADES[_class(place, most)]), layer="below",
        )  # fmt: skip
        said = f"<b>{safe(name)}</b><br>{safe(_value(place, currency))}"
        note(made, said, x=x + 0.5, y=y + 0.5, font={"size": SIZE})
    made.add_scatter(
        x=[n % columns + 0.5 for n in range(len(shown))], y=[n // columns + 0.5 for n in range(len(shown))],
        mode="markers", marker={"size": 60, "color": "rgba(0,0,0,0)"}, customdata=[p.key for p in shown],
        hovertext=[safe(f"{p.name}: {_value(p, currency)}") for p in shown], hoverinfo="text",
    )  # fmt: skip
    made.update_xaxes(range=[0, columns])
    made.update_yaxes(range=[rows, 0])
    table = [row(p, words.money_exact, currency) for p in found]
    money = Digits.of_money(plan.case)
    alt = "Areas. " + "; ".join(f"{p.name}: {_value(p, currency)}" for p in found) + "."
    columns_of = dict.fromkeys(("Money", "Last year", "Change"), money)
    return Chart(made, table, alt, headline(found, currency), columns=columns_of)


def row(
    place: Land, said: Callable[[float, str], str], currency: str, more: Iterable[tuple[str, str]] = ()
) -> dict[str, str | float]:
    """An area as a row of a table. said: how money is written; more: further cells, before those of last year."""
    return {
        "Area": place.name,
        "Need": said(place.need, currency) if place.need else "not stated",
        "Money": place.money,
        "Need met": "not stated" if place.met is None else words.percent(round(place.met, 2)),
        **dict(more),
        "Last year": place.before,
        "Change": place.money - place.before,
    }


def _class(place: Land, most: float) -> int:
    share = place.money / most if place.met is None else place.met
    return min(int(share * len(SHADES)), len(SHADES) - 1)


def _value(place: Land, currency: str) -> str:
    if place.met is None:
        return words.money_short(place.money, currency) if place.money else "none"
    return f"{words.percent(round(place.met, 2))} of {words.money_short(place.need, currency)}"


def by_theme(plan: Plan) -> list[dict[str, str]]:
    """Area by theme, of each area's own initiatives, so that rows and columns add up to all money; themes with most first."""
    currency, none = plan.case.settings.currency, elsewhere(plan)
    rows = [(p.name, p.own) for p in sorted(places(plan), key=lambda p: (-sum(p.own.values()), p.name))]
    rows = [(name, own) for name, own in [*rows, (NO_AREA, none)] if any(own.values())]
    sums = summed(cell for _, own in rows for cell in own.items())
    themes = sorted((t for t in sums if sums[t]), key=lambda t: (-sums[t], t))
    named, others = themes[:THEMES], themes[THEMES:]

    def cells(name: str, own: dict[str, float]) -> dict[str, str]:
        made = {t: own.get(t, 0.0) for t in named}
        if others:
            made[words.counted(len(others), "other theme")] = sum(own.get(t, 0.0) for t in others)
        made["All"] = sum(own.values())
        return {"Area": name, **{t: words.money_short(v, currency) if v else "none" for t, v in made.items()}}

    return [*(cells(name, own) for name, own in rows), *([cells("All", sums)] if rows else [])]
