"""The map: a boundary file is brought on Inputs, kept with the case, and shows the plan; each area opens."""

from __future__ import annotations

import json

from optimiser.app_pages.shell import session
from optimiser.case.boundaries import outline
from optimiser.desk.state import as_records
from optimiser.report.charts import atlas
from optimiser.verbs import case_from, solve
from tests.app.small import RECORDS, opened, plain

AREAS = [
    {"area": "City", "population": 900},
    {"area": "North", "parent": "City", "need": 400_000, "population": 500},
    {"area": "South", "parent": "City", "need": 900_000, "population": 400},
]
PLACED = {"I1": "North", "I2": "South", "I3": "City"}
LOCATED = {
    **RECORDS,
    "Areas": AREAS,
    "Initiatives": [
        {**row, "baseline": 100_000, "area": PLACED.get(str(row["initiative"]), "")} for row in RECORDS["Initiatives"]
    ],
}
BESIDE = {"North": [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]], "South": [[4, 0], [8, 0], [8, 4], [4, 4], [4, 0]]}
FILE = json.dumps(
    {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {"n": n}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
            for n, ring in BESIDE.items()
        ],
    }
).encode()


def test_a_boundary_file_becomes_the_map_of_the_plan() -> None:
    draft = session.desk().lay("From a test", as_records(case_from(LOCATED)))
    session.solve_now(draft, wait=300)
    at = opened(draft, "plan")
    at.session_state["plan-part"] = "Where it lands"
    at.run()
    at.button(key="to-boundaries").click().run()
    assert at.session_state["table"] == "Areas"
    at = opened(draft, "inputs")
    at.button_group(key="table-group").set_value("What counts").run()
    at.button_group(key="table-pills").set_value("Areas").run()
    at.button(key="boundaries").click().run()
    at.file_uploader(key="boundary-file").upload("areas.geojson", FILE, "application/geo+json").run()
    assert not at.exception, at.exception
    assert any("2 areas found by “n”; not in the file: City" in plain(m.value) for m in at.markdown)
    at.button(key="boundary-take").click().run()
    assert not at.exception, at.exception
    kept = {r.values["area"]: r.values.get("boundary") for r in draft.records("Areas")}
    assert outline.read(kept["North"])
    assert not kept["City"]
    assert len(draft.history) == 1
    session.solve_now(draft, wait=300)

    at = opened(draft, "plan")
    at.session_state["plan-part"] = "Where it lands"
    at.run()
    assert not at.exception, at.exception
    assert any("Not on the map" in plain(c.value) for c in at.caption)
    at.button(key="area-South").click().run()
    assert any(plain(m.value) == "**South**" for m in at.markdown)
    draft.undo()
    assert not any(r.values.get("boundary") for r in draft.records("Areas"))


def test_the_map_says_each_measure_in_figures_that_are_those_of_the_table() -> None:
    outlines = {"North": "0 0 1000 0 1000 900 0 900", "South": "1000 0 2000 0 2000 900 1000 900"}
    areas = [{**row, "boundary": outlines.get(str(row["area"]), "")} for row in AREAS]
    plan = solve(case_from({**LOCATED, "Areas": areas}))
    assert atlas.offered(plan) == [atlas.MET, atlas.RECEIVED, atlas.NEED, atlas.HEAD, atlas.CHANGE]
    for measure in atlas.offered(plan):
        chart = atlas.landed(plan, measure, "North")
        shown = " ".join(a.text for a in chart.figure.layout.annotations)
        assert "North" in shown
        assert "South" in shown
        assert {trace for point in chart.figure.data for trace in point.customdata} == {"North", "South"}
        assert len([s for s in chart.figure.layout.shapes if s.type == "path"]) == 2
        row = next(r for r in chart.table if r["Area"] == "South")
        if measure == atlas.MET:
            assert f"{row['Need met']} of {row['Need']}" in shown
        if measure == atlas.HEAD:
            assert f"${round(row['Money'] / 400):,}" in shown
        assert chart.alt.startswith(f"Map, {measure.lower()}. North: ")
    assert chart.more.startswith("Not on the map, ")


def test_areas_that_make_up_another_are_filled_and_it_is_an_outline_around_them() -> None:
    whole, small = "0 0 1000 0 1000 1000 0 1000", "10 10 30 10 30 30 10 30"
    for inner, lines in (("0 0 900 0 900 1000 0 1000", 1), (small, 2)):
        areas = [
            {"area": "City", "boundary": whole, "need": 5},
            {"area": "North", "parent": "City", "boundary": inner, "need": 7},
        ]
        chart = atlas.needed(case_from({**LOCATED, "Areas": [*areas, {"area": "South"}]}))
        assert len({key for trace in chart.figure.data for key in trace.customdata}) == lines
    assert "On the map by number: 1 North, $7" in chart.more  # too small for its name


def test_a_map_without_needs_has_no_classes_of_nothing() -> None:
    areas = [{"area": "North", "boundary": "0 0 1000 0 1000 1000 0 1000"}, {"area": "South"}, {"area": "City"}]
    shown = [a.text for a in atlas.needed(case_from({**LOCATED, "Areas": areas})).figure.layout.annotations]
    assert "need not stated" in shown
    assert not [text for text in shown if "$0" in text]
