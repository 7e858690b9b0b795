"""Boundaries of the areas: a file is read, what was found is shown on a map, and one step takes it over."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from optimiser.app_pages.shell import boxes
from optimiser.app_pages.shell.picture import picture
from optimiser.app_pages.shell.text import letters
from optimiser.case.boundaries import boundary_files, matching
from optimiser.case.readable import counted
from optimiser.desk.state import Draft
from optimiser.report.charts import atlas
from optimiser.verbs import check_records

SHEET, COLUMN = "Areas", "boundary"


@st.dialog("Boundaries of the areas", width="large", on_dismiss=boxes.close)
def box(draft: Draft) -> None:
    """Asks for the file, shows what it gives, and takes it over when told to."""
    areas = {str(r.values.get("area", "")): str(r.values.get("name") or "") for r in draft.records(SHEET)}
    st.markdown(
        "GeoJSON, or a shapefile (.shp with its .dbf) in a zip archive. It is read here, simplified, and kept with the case; "
        "nothing is fetched from anywhere. The names in the file find the areas of the case."
    )
    if not areas:
        st.markdown("The sheet Areas has no rows yet. List the areas first.")
        return
    file = st.file_uploader("Boundary file", type=None, key="boundary-file", label_visibility="collapsed")
    if file is None:
        _drop(draft)
        return
    try:
        found = boundary_files.features(file.getvalue(), file.name)
        names = matching.properties(found)
        first = matching.matched(found, areas)
        by = st.selectbox("Names are in", names, index=names.index(first.by), format_func=letters, key="boundary-by")
        taken = first if by == first.by else matching.matched(found, areas, str(by))
    except boundary_files.NoBoundaries as problem:
        st.error(letters(str(problem)))
        return
    st.markdown(letters(matching.summary(taken)))
    case, _ = check_records(_with(draft, taken))
    if case is not None:
        chart = atlas.needed(case)
        picture(chart, "boundaries-new", alone=True, still=True)
        st.caption(letters(chart.more))
    if st.button("Take it over", type="primary", key="boundary-take"):
        rows = {r.number: {COLUMN: taken.outlines.get(str(r.values.get("area", "")))} for r in draft.records(SHEET)}
        _done(draft, rows, f"Boundaries of {counted(len(taken.outlines), 'area')} taken over")


def _with(draft: Draft, taken: matching.Matched) -> dict[str, list[dict[str, object]]]:
    """The draft's areas alone, as they would be, in the currency of the case."""
    rows = [{**r.values, COLUMN: taken.outlines.get(str(r.values.get("area", "")), "")} for r in draft.records(SHEET)]
    made: dict[str, list[dict[str, object]]] = {"Agencies": [{"agency": "A"}], "Funds": [{"fund": "F", "amount": 1}]}
    currency: list[dict[str, object]] = [{"setting": "currency", "value": draft.currency}]
    return {**made, "Case": currency, "Initiatives": [{"initiative": "I", "request": 1}], SHEET: rows}


def _done(draft: Draft, rows: Mapping[int, Mapping[str, object]], said: str) -> None:
    """Makes the edit, and closes the box: a dialog is drawn alone, so the page around it has to be drawn anew."""
    draft.edit(SHEET, rows, said)
    boxes.close()
    st.rerun()


def _drop(draft: Draft) -> None:
    """Takes the boundaries away, where there are some."""
    rows = {r.number: {COLUMN: None} for r in draft.records(SHEET) if r.values.get(COLUMN)}
    if rows and st.button("Take the map away", key="boundary-drop"):
        _done(draft, rows, "Boundaries taken away")
