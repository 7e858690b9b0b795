"""A case of one's own, typed from nothing: each table leads to the next, and says what it holds."""

from __future__ import annotations

import json

from optimiser.app_pages.shell import session
from optimiser.case.boundaries import outline
from optimiser.case.reading.cells import numbers_in
from optimiser.desk import foreign
from tests.app.small import laid, opened, plain

AREAS = "area\tname\tneed\tpopulation\nHafen\tHafen\t90000\t18000\nInsel\tInsel\t30000\t900\n"
RINGS = {"Hafen": [[0, 0], [40, 0], [40, 40], [0, 40], [0, 0]], "Insel": [[60, 0], [61, 0], [61, 1], [60, 1], [60, 0]]}
FILE = json.dumps(
    {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {"n": n}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
            for n, ring in RINGS.items()
        ],
    }
).encode()


def test_an_empty_case_leads_from_its_name_to_a_map_of_its_own() -> None:
    at = opened(laid())
    at.button(key="begin-empty").click().run()
    draft = session.desk().known(at.session_state["case"])
    assert draft is not None
    assert [r.values for r in draft.records("Case")] == [
        {"setting": "name", "value": "A new case"},
        {"setting": "currency", "value": "USD"},
    ]
    at.switch_page("optimiser/app_pages/inputs.py").run()
    assert at.session_state["table"] == "Case"
    draft.edit("Case", {draft.records("Case")[1].number: {"value": "EUR"}})

    assert at.session_state["beside"] == 1, "what a case needs stands beside its name, without a click"
    assert [plain(b.label) for b in at.button if str(b.key).startswith("fill-")] == [
        "Add to Agencies", "Add to Funds", "Add to Initiatives",
    ]  # fmt: skip
    at.button(key="fill-0").click().run()
    assert at.session_state["table"] == "Agencies"
    assert not [t for t in at.text_input if t.label.startswith("Minimum")], "nothing that has a default is asked"
    at.button(key="add-once").click().run()
    assert any("Still needed: Agency." in plain(e.value) for e in at.error)
    at.text_input(key="add-Agencies-agency-0").set_value("POL")
    at.button(key="add-again").click().run()
    at.text_input(key="add-Agencies-agency-1").set_value("JUG")
    at.text_input(key="add-Agencies-name-1").set_value("Jugendwerk")
    at.button(key="add-once").click().run()
    assert not at.exception, at.exception
    assert [(r.values["agency"], r.values.get("name")) for r in draft.records("Agencies")][1] == ("JUG", "Jugendwerk")
    assert not [b for b in at.button if b.key == "add-once"], "the box is closed"
    assert at.session_state["beside"] == 0, "the form of what was added stands beside the table"

    draft.edit("Agencies", {r.number: {"area": "Hafen"} for r in draft.records("Agencies")})
    at.segmented_control(key="beside").set_value(1).run()
    add = next(b for b in at.button if str(b.key).startswith("list-"))
    assert plain(add.label) == "Add Hafen to Areas"
    add.click().run()
    assert [r.values["area"] for r in draft.records("Areas")] == ["Hafen"]
    assert not [b for b in at.button if str(b.key).startswith("list-")], "both agencies have their area now"

    draft.add("Areas", {"area": "Insel"})
    for record, need in zip(draft.records("Areas"), (90_000.0, 30_000.0), strict=True):
        draft.edit("Areas", {record.number: {"need": need}})
    at.segmented_control(key="table-group").set_value("What counts").run()
    at.button_group(key="table-pills").set_value("Areas").run()
    at.button(key="boundaries").click().run()
    at.file_uploader(key="boundary-file").upload("own.geojson", FILE, "application/geo+json").run()
    assert not at.exception, at.exception
    said = [plain(c.value) for c in at.caption]
    assert "On the map by number: 1 Insel, €30k." in said, (
        "what is too small for its name is named, in the case's money"
    )
    at.button(key="boundary-take").click().run()
    assert not at.exception, at.exception
    assert all(outline.read(str(r.values["boundary"])) for r in draft.records("Areas"))
    assert not [b for b in at.button if b.key == "boundary-take"], "the box is closed"


def test_the_numbers_of_an_attribute_that_is_copied_or_in_a_csv_are_numbers_and_identifiers_stay() -> None:
    step = foreign.pasted(AREAS, "Areas", {}, "EUR")
    assert step is not None
    assert [r["population"] for r in step.put(step.taken()).records["Areas"]] == [18_000.0, 900.0]
    assert list(numbers_in(["1.200", "", "3.500"], ",")) == [1200.0, "", 3500.0]
    for texts in (["007", "12"], ["12%", "3"], ["$5", "6"], ["1,5", "1.5"], ["12 or so", "7"]):
        assert numbers_in(texts) == texts, "what is not plainly a number stays as it was written"
