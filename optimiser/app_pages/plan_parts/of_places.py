"""Where it lands: the areas with their need, their money and last year's, area by theme, and who works beside whom."""

from __future__ import annotations

import streamlit as st

from optimiser.analysis.together.overlap import delivered
from optimiser.app_pages.shell import session
from optimiser.app_pages.shell.page_tables import text_table
from optimiser.app_pages.shell.picture import picture
from optimiser.app_pages.shell.text import letters
from optimiser.plan.tables import Plan
from optimiser.report import words
from optimiser.report.charts import lands

OVERLAPS = 6
"""Overlaps that are told; the page Pooling and `optimiser pooling` know all."""


def part(plan: Plan) -> None:
    """The finding, the tiles with their table, then the themes."""
    found = lands.places(plan)
    if not found:
        st.markdown("This case has no areas. Name them on the sheet Areas, and in the column area of the initiatives.")
        return
    chart = lands.tiles(plan)
    st.subheader(letters(chart.headline))
    left, right = st.columns([55, 45], gap="medium")
    with left:
        key = (
            "darker: more of the need is met; grey: no need is stated"
            if any(p.met is not None for p in found)
            else "darker: more money"
        )
        st.caption(f"Each area by name, with the areas inside it; {key}. A click opens it.")
        picked = picture(chart, "lands", clicks=True, opened=True)
    with right:
        points = (picked or {}).get("selection", {}).get("points", [])
        chosen = str(points[0].get("customdata", "")) if points else found[0].key
        with st.container(border=True, key="card-area"):
            _area(plan, next((p for p in found if p.key == chosen), found[0]))
    st.subheader("By area and theme")
    text_table(lands.by_theme(plan), "Money of each area's own initiatives by theme")
    if session.draft().whole:
        _overlaps(plan)


def _area(plan: Plan, place: lands.Land) -> None:
    currency, facts = plan.case.settings.currency, plan.case.facts
    st.markdown(f"**{letters(place.name)}**")
    said = words.money_short(place.money, currency) if place.money else "Nothing"
    if place.met is not None:
        said += f" of {words.money_short(place.need, currency)} needed, {words.percent(round(place.met, 2))}"
    said += f"; last year {words.money_short(place.before, currency) if place.before else 'nothing'}"
    st.markdown(letters(f"{said} ({words.money_change(place.money - place.before, currency)})."))
    inside = {facts.areas[k] for k in facts.area_includes[facts.areas.index(place.key)].nonzero()[0]}
    areas = [facts.areas[k] if k >= 0 else "" for k in facts.initiative_area.tolist()]
    mine = {key for key, area in zip(facts.names["initiative"], areas, strict=True) if area in inside}
    rows = [
        {"Initiative": r["name"], "Award": words.money_short(r["award"], currency) if r["award"] else "none"}
        for r in sorted(plan.tables["Awards"].records(), key=lambda r: -r["award"])
        if r["initiative"] in mine
    ]
    if rows:
        text_table(rows, f"Initiatives in {place.name}")
    else:
        st.markdown("No initiative is in this area.")


def _overlaps(plan: Plan) -> None:
    found = delivered(plan)
    if not found:
        return
    st.subheader("More than one agency at work")
    st.markdown("\n".join(f"- {letters(o.sentence)}" for o in found[:OVERLAPS]))
    if len(found) > OVERLAPS:
        st.caption(letters(f"And {len(found) - OVERLAPS} more."))
