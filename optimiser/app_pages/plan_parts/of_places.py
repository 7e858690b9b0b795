"""Where it lands: the areas with their need, their money and last year's, on the map or as tiles, area by theme, and who
works beside whom."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from optimiser.analysis.together.overlap import delivered
from optimiser.app_pages.shell import boxes, parts, rows, session
from optimiser.app_pages.shell.page_tables import text_table
from optimiser.app_pages.shell.picture import picture
from optimiser.app_pages.shell.text import letters
from optimiser.plan.tables import Plan
from optimiser.report import words
from optimiser.report.charts import atlas, lands

OVERLAPS = 6
"""Overlaps that are told; the page Pooling and `optimiser pooling` know all."""
LISTED = 40
"""Areas that are listed beside the map; the table below it has all."""
_COLUMNS = (
    rows.RowTitle("Area", 34),
    rows.RowTitle("Need", 16),
    rows.RowTitle("Money", 16),
    rows.RowTitle("Met", 14, help="Need met: money as a share of the need."),
    rows.RowTitle("Against last year", 20),
)


def part(plan: Plan) -> None:
    """The finding, the map or the tiles with their table, then the themes."""
    found = lands.places(plan)
    if not found:
        st.markdown("This case has no areas. Name them on the sheet Areas, and in the column area of the initiatives.")
        return
    st.header(letters(lands.headline(found, plan.case.settings.currency)))
    chosen = st.session_state.get("area-chosen", "")
    place = next((p for p in found if p.key == chosen), found[0])
    left, right = st.columns([53, 47], gap="medium")
    with left:
        picked = _map(plan, place.key) if atlas.has_map(plan.case.facts) else _tiles(plan, found)
    points = (picked or {}).get("selection", {}).get("points", [])
    clicked = str(points[0].get("customdata", "")) if points else ""
    if clicked != st.session_state.get(
        "area-clicked", ""
    ):  # a click that is new; an older one gives way to the table's
        st.session_state["area-clicked"] = clicked
        if clicked and clicked != place.key:
            st.session_state["area-chosen"] = clicked
            st.rerun()
    with right:
        by, down = rows.order("areas", _COLUMNS, "Met", False)
        rows.rows("areas", _COLUMNS, _sorted(found, by, down)[:LISTED], partial(_row, plan, place.key))
        with st.container(border=True, key="card-area"):
            _area(plan, place)
    st.header("By area and theme")
    text_table(lands.by_theme(plan), "Money of each area's own initiatives by theme")
    if session.draft().whole:
        _overlaps(plan)


def _map(plan: Plan, chosen: str) -> Any:
    measure = st.segmented_control(
        "On the map", atlas.offered(plan), default=atlas.offered(plan)[0], required=True, key="map-measure", format_func=letters,
        label_visibility="collapsed", persist_state="session",
    )  # fmt: skip
    chart = atlas.landed(plan, measure or atlas.RECEIVED, chosen)
    picked = picture(chart, "lands-map", clicks=True)
    if chart.more:
        st.caption(letters(chart.more))
    return picked


def _tiles(plan: Plan, found: Sequence[lands.Land]) -> Any:
    is_stated = any(p.met is not None for p in found)
    key = "darker: more of the need is met; grey: no need is stated" if is_stated else "darker: more money"
    st.caption(f"Each area by name, with the areas inside it; {key}. A click opens it.")
    picked = picture(lands.tiles(plan), "lands", clicks=True)
    if session.draft().editable and st.button("Bring a map of these areas", key="to-boundaries"):
        boxes.open_table("Areas")
        boxes.show("boundaries")
        parts.to_page("Inputs")
    return picked


def _sorted(found: Sequence[lands.Land], by: str, down: bool) -> list[lands.Land]:
    ranks: dict[str, Any] = {
        "Area": lambda p: p.name.casefold(),
        "Need": lambda p: p.need,
        "Money": lambda p: p.money,
        "Met": lambda p: 2.0 if p.met is None else p.met,
        "Against last year": lambda p: p.money - p.before,
    }
    return sorted(found, key=ranks[by], reverse=down)


def _row(plan: Plan, chosen: str, place: lands.Land, cells: Sequence[Any]) -> None:
    currency = plan.case.settings.currency
    name, need, money, met, change = cells
    name.button(
        letters(place.name), key=f"area-{place.key}", type="secondary" if place.key == chosen else "tertiary", width="stretch",
        on_click=lambda: st.session_state.update({"area-chosen": place.key}),
    )  # fmt: skip
    need.markdown(letters(words.money_short(place.need, currency)) if place.need else ":gray[not stated]")
    money.markdown(letters(words.money_short(place.money, currency)) if place.money else "none")
    met.markdown("" if place.met is None else words.percent(round(place.met, 2)))
    change.markdown(letters(words.money_between(place.before, place.money, currency)) if place.before else ":gray[new]")


def _area(plan: Plan, place: lands.Land) -> None:
    currency, facts = plan.case.settings.currency, plan.case.facts
    st.markdown(f"**{letters(place.name)}**")
    said = words.money_short(place.money, currency) if place.money else "Nothing"
    if place.met is not None:
        said += f" of {words.money_short(place.need, currency)} needed, {words.percent(round(place.met, 2))}"
    said += f"; last year {words.money_short(place.before, currency) if place.before else 'nothing'}"
    st.markdown(letters(f"{said} ({words.money_between(place.before, place.money, currency)})."))
    inside = {facts.areas[k] for k in facts.area_includes[facts.areas.index(place.key)].nonzero()[0]}
    areas = [facts.areas[k] if k >= 0 else "" for k in facts.initiative_area.tolist()]
    mine = {key for key, area in zip(facts.names["initiative"], areas, strict=True) if area in inside}
    listed = [
        {"Initiative": r["name"], "Award": words.money_short(r["award"], currency) if r["award"] else "none"}
        for r in sorted(plan.tables["Awards"].records(), key=lambda r: -r["award"])
        if r["initiative"] in mine
    ]
    if listed:
        text_table(listed, f"Initiatives in {place.name}")
    else:
        st.markdown("No initiative is in this area.")


def _overlaps(plan: Plan) -> None:
    found = delivered(plan)
    if not found:
        return
    st.header("More than one agency at work")
    st.markdown("\n".join(f"- {letters(o.sentence)}" for o in found[:OVERLAPS]))
    if len(found) > OVERLAPS:
        st.caption(letters(f"And {len(found) - OVERLAPS} more."))
