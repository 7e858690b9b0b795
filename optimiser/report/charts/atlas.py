"""The areas of a case on a map of their own outlines: drawn here, with nothing fetched from anywhere.

One colour in four shades, each area named (or numbered, where the name does not fit) with its figure, so that nobody needs to
tell colours apart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import plotly.graph_objects as go

from optimiser.case.boundaries import outline
from optimiser.case.case import Case
from optimiser.case.facts import Facts
from optimiser.plan.tables import Plan
from optimiser.report import words
from optimiser.report.charts import lands
from optimiser.report.charts.drawing import FAINT, LOSS, MONEY, NEUTRAL, SIZE, Chart, Digits, figure, rgba, safe, width

MET, NEED, RECEIVED, HEAD, CHANGE = "Need met", "Need", "Money", "Per head", "Against last year"
HIGH, WIDE, LEGEND = 500, 620, 34
"""Of the map in pixels, and what the legend below it takes."""
FILLED = 0.7
"""An area of which the areas inside it make up so much is drawn as an outline around them."""
_STEP = 26
"""Pixels between the places of an area that answer a click."""
POPULATION = "population"
"""The attribute of Areas by which money is divided for `Per head`."""


@dataclass(frozen=True)
class _Class:
    """One shade of the legend: what it stands for."""

    said: str
    fill: str


@dataclass(frozen=True)
class _Ground:
    """An area to be drawn. fill: None for an outline alone, where the areas inside it are drawn."""

    key: str
    name: str
    rings: tuple[tuple[tuple[int, int], ...], ...]
    said: str
    fill: str | None


def has_map(facts: Facts) -> bool:
    """Whether an area of the case has an outline."""
    return any(outline.read(text) for text in facts.sorted["area"]["boundary"].tolist())


def offered(plan: Plan) -> list[str]:
    """What the map can show of a plan: what the case knows enough for."""
    found = lands.places(plan)
    makes = {
        MET: any(p.met is not None for p in found), RECEIVED: True, NEED: any(p.need for p in found),
        HEAD: bool(population(plan.case.facts)), CHANGE: any(p.before for p in found),
    }  # fmt: skip
    return [name for name, is_known in makes.items() if is_known]


def population(facts: Facts) -> dict[str, float]:
    """People of each area, where the sheet Areas has the attribute and the number is above 0."""
    table = facts.sorted["area"]
    if POPULATION not in table.columns or table[POPULATION].dtype.kind not in "fi":
        return {}
    return {key: float(n) for key, n in zip(facts.areas, table[POPULATION].tolist(), strict=True) if n == n and n > 0}


def landed(plan: Plan, measure: str, chosen: str = "") -> Chart:
    """A plan on the map. measure: one of `offered`; chosen: the area that is marked."""
    facts, currency = plan.case.facts, plan.case.settings.currency
    found = {p.key: p for p in lands.places(plan)}
    people = population(facts)
    value = _value(measure, people)
    known = {key: v for key, p in found.items() if (v := value(p)) is not None}
    shades = _shades(measure, known, currency)
    said = {key: _said(measure, found[key], v, currency) for key, v in known.items()}
    grounds = _grounds(facts, said, {key: _of(shades, measure, v, known).fill for key, v in known.items()})
    table = [
        lands.row(p, words.money_short, currency, [("Per head", _head(p, people, currency))] if people else [])
        for p in found.values()
    ]
    columns = dict.fromkeys(("Money", "Last year", "Change"), Digits.of_money(plan.case))
    headline = lands.headline(list(found.values()), currency)
    return _drawn(grounds, shades, chosen, Chart(go.Figure(), table, measure, headline, _left(plan, grounds), columns))


def needed(case: Case) -> Chart:
    """The areas of a case with what they need, before there is a plan."""
    facts, currency = case.facts, case.settings.currency
    need = dict(zip(facts.areas, facts.sorted["area"]["need"].tolist(), strict=True))
    known = {key: n for key, n in need.items() if n > 0}
    shades = _shades(NEED, known, currency)
    said = {key: words.money_short(n, currency) for key, n in known.items()}
    grounds = _grounds(facts, said, {key: _of(shades, NEED, n, known).fill for key, n in known.items()})
    names = dict(zip(facts.areas, facts.sorted["area"]["name"].tolist(), strict=True))
    table = [
        {"Area": names[k] or k, "Need": said.get(k, "not stated"), "On the map": "yes" if _rings(facts, k) else "no"}
        for k in facts.areas
    ]
    return _drawn(grounds, shades, "", Chart(go.Figure(), table, NEED))


# -- what is shown ----------------------------------------------------------------------------------------------------


def _head(place: lands.Land, people: dict[str, float], currency: str) -> str:
    return (
        words.money_exact(round(place.money / people[place.key], 2), currency) if place.key in people else "not known"
    )


def _value(measure: str, people: dict[str, float]) -> Callable[[lands.Land], float | None]:
    return {
        MET: lambda p: p.met,
        NEED: lambda p: p.need or None,
        RECEIVED: lambda p: p.money,
        HEAD: lambda p: p.money / people[p.key] if p.key in people else None,
        CHANGE: lambda p: p.money - p.before,
    }[measure]


def _said(measure: str, place: lands.Land, value: float, currency: str) -> str:
    if measure == MET:
        return f"{words.percent(round(value, 2))} of {words.money_short(place.need, currency)}"
    if measure == CHANGE:
        return words.money_change(value, currency)
    if measure == HEAD:
        return words.money_exact(round(value, 0 if value >= 10 else 2), currency)
    return words.money_short(value, currency) if value else "none"


def _shades(measure: str, known: dict[str, float], currency: str) -> list[_Class]:
    """The classes of a measure: of need met by quarters; of a change less and more; else by quarters of the largest."""
    if measure == CHANGE:
        return [_Class("less", rgba(LOSS, 0.45)), _Class("as last year", FAINT), _Class("more", rgba(NEUTRAL, 0.45))]
    if not known:
        return [_Class(f"{measure.lower()} not stated", FAINT)]
    fills = [rgba(MONEY, alpha) for alpha in lands.SHADES]
    if measure == MET:
        names = ["under 25%", "25 to 50%", "50 to 75%", "75% and more"]
    else:
        most = max(known.values())
        if most <= 0:
            return [_Class("none", fills[0])]
        cuts = [words.money_short(most * k / 4, currency) for k in (1, 2, 3)]
        names = [f"under {cuts[0]}", f"{cuts[0]} to {cuts[1]}", f"{cuts[1]} to {cuts[2]}", f"{cuts[2]} and more"]
    return [_Class(said, fill) for said, fill in zip(names, fills, strict=True)]


def _of(shades: Sequence[_Class], measure: str, value: float, known: dict[str, float]) -> _Class:
    if measure == CHANGE:
        return shades[0 if value < -0.5 else 2 if value > 0.5 else 1]
    most = 1.0 if measure == MET else max(known.values()) or 1.0
    return shades[min(max(int(value / most * 4), 0), 3)]


def _rings(facts: Facts, key: str) -> tuple[tuple[tuple[int, int], ...], ...]:
    return outline.read(facts.sorted["area"]["boundary"][facts.areas.index(key)])


def _grounds(facts: Facts, said: dict[str, str], fills: dict[str, str]) -> list[_Ground]:
    """The areas with an outline. Of those with others inside, an outline alone where these fill it, else what they leave."""
    names = facts.sorted["area"]["name"].tolist()
    rings = {k: found for k, key in enumerate(facts.areas) if (found := _rings(facts, key))}
    made = []
    for k, own in rings.items():
        key = facts.areas[k]
        inner = [n for n in rings if n != k and facts.area_includes[k][n]]
        held = sum(_size(rings[n]) for n in inner if not any(facts.area_includes[m][n] for m in inner if m != n))
        fill = None if inner and held >= FILLED * _size(own) else fills.get(key, FAINT)
        left = own if fill is None else own + tuple(ring for n in inner for ring in rings[n])
        made.append(_Ground(key, names[k] or key, left, said.get(key, "not stated"), fill))
    return sorted(made, key=lambda g: (g.fill is not None, g.name.casefold()))


def _size(rings: Sequence[outline.Ring]) -> float:
    return sum(outline.area(ring) for ring in rings)


def _left(plan: Plan, grounds: Sequence[_Ground]) -> str:
    """The money that the map does not show: of areas around those that are drawn, without an outline, or of no area."""
    on_map = {g.key for g in grounds if g.fill is not None}
    facts, currency = plan.case.facts, plan.case.settings.currency
    shown = {
        facts.areas[n]
        for k, key in enumerate(facts.areas)
        if key in on_map
        for n in facts.area_includes[k].nonzero()[0]
    } | on_map
    rest = {p.name: sum(p.own.values()) for p in lands.places(plan) if p.key not in shown}
    rest[lands.NO_AREA] = sum(lands.elsewhere(plan).values())
    listed = [
        f"{name} {words.money_short(v, currency)}"
        for name, v in sorted(rest.items(), key=lambda one: -one[1])
        if v >= 0.5
    ]
    if not listed:
        return ""
    return f"Not on the map, {words.money_short(sum(rest.values()), currency)}: {words.listed(listed, most=5)}."


# -- the picture ------------------------------------------------------------------------------------------------------


def _drawn(grounds: Sequence[_Ground], shades: Sequence[_Class], chosen: str, about: Chart) -> Chart:
    """The chart with its picture, and with what stands as a number on it. about: its table and words; its alt names what is
    shown."""
    made = figure(HIGH + LEGEND, left=2, right=2, top=2, bottom=LEGEND)
    corners = [p for g in grounds for ring in g.rings for p in ring] or [(0, 0), (1, 1)]
    left, right = min(x for x, _ in corners), max(x for x, _ in corners)
    low, high = min(y for _, y in corners), max(y for _, y in corners)
    scale = min(WIDE / max(right - left, 1), HIGH / max(high - low, 1))  # pixels of a square of the grid
    marks: list[tuple[float, float, _Ground]] = []
    numbered: list[str] = []
    for ground in sorted(grounds, key=lambda g: g.key == chosen):
        is_chosen = ground.key == chosen
        line = {
            "color": MONEY if is_chosen else NEUTRAL,
            "width": 3 if is_chosen else 1 if ground.fill is not None else 1.6,
        }
        path = " ".join("M" + " L".join(f"{x},{y}" for x, y in ring) + " Z" for ring in ground.rings)
        fill = ground.fill or "rgba(0,0,0,0)"
        made.add_shape(type="path", path=path, fillcolor=fill, fillrule="evenodd", line=line, layer="below")
    for ground in grounds:
        if ground.fill is None:
            continue
        x, y, _ = outline.heart(ground.rings)
        room = _room(ground.rings, x, y, 18 / scale) * scale
        text = f"<b>{safe(ground.name)}</b><br>{safe(ground.said)}"
        if max(width(ground.name) * 1.1, width(ground.said)) > room:
            numbered.append(f"{len(numbered) + 1} {ground.name}, {ground.said}")
            text = f"<b>{len(numbered)}</b>"
        made.add_annotation(x=x, y=y, text=text, showarrow=False, font={"size": SIZE})
        marks += [(*at, ground) for at in _places(ground.rings, _STEP / scale)] or [(x, y, ground)]
    made.add_scatter(
        x=[x for x, _, _ in marks], y=[y for _, y, _ in marks], mode="markers",
        marker={"size": _STEP, "color": "rgba(0,0,0,0)"}, customdata=[g.key for *_, g in marks],
        hovertext=[safe(f"{g.name}: {g.said}") for *_, g in marks], hoverinfo="text",
    )  # fmt: skip
    for k, shade in enumerate(shades):
        at = k / len(shades)
        made.add_shape(
            type="rect", xref="paper", yref="paper", xsizemode="pixel", ysizemode="pixel", xanchor=at, yanchor=0,
            x0=2, x1=22, y0=-LEGEND + 8, y1=-LEGEND + 22, fillcolor=shade.fill, line={"color": NEUTRAL, "width": 1},
        )  # fmt: skip
        made.add_annotation(
            xref="paper", yref="paper", x=at, y=0, xshift=28, yshift=-LEGEND + 15, text=safe(shade.said), showarrow=False,
            xanchor="left", yanchor="middle", font={"size": SIZE},
        )  # fmt: skip
    made.update_xaxes(range=[left - 4, right + 4], visible=False, constrain="domain")
    made.update_yaxes(range=[low - 4, high + 4], visible=False, scaleanchor="x", scaleratio=1, constrain="domain")
    listed = f"On the map by number: {'; '.join(numbered)}." if numbered else ""
    alt = f"Map, {about.alt.lower()}. " + "; ".join(f"{g.name}: {g.said}" for g in grounds if g.fill is not None) + "."
    return replace(about, figure=made, alt=alt, more=" ".join(filter(None, (listed, about.more))))


def _room(rings: Sequence[outline.Ring], x: float, y: float, high: float) -> float:
    """How wide a text of some height can be around a point without leaving the area, in squares of the grid."""
    half = 0.0
    while half < outline.SIZE:
        half += 6
        if not all(outline.is_inside(rings, x + side * half, y + up) for side in (-1, 1) for up in (-high, 0, high)):
            return 2 * (half - 6)
    return 2 * half


def _places(rings: Sequence[outline.Ring], step: float) -> list[tuple[float, float]]:
    """Places inside the area, a step apart."""
    xs, ys = [x for ring in rings for x, _ in ring], [y for ring in rings for _, y in ring]
    across, up = (max(1, int((max(c) - min(c)) / step)) for c in (xs, ys))
    found = ((min(xs) + (n + 0.5) * step, min(ys) + (k + 0.5) * step) for n in range(across + 1) for k in range(up + 1))
    return [(x, y) for x, y in found if outline.is_inside(rings, x, y)]
