"""Where it lands: every dollar stands in one area and one theme, and the headline is the figure below it."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optimiser.report import words
from optimiser.report.charts import lands, projected
from optimiser.verbs import case_from, solve
from tests.oracle.random_cases import random_case

RECORDS: dict[str, list[dict[str, object]]] = {
    "Areas": [
        {"area": "Coast", "need": 900.0},
        {"area": "Port", "parent": "Coast", "need": 400.0, "name": "The <b>port"},
        {"area": "Hills", "need": 100.0},
    ],
    "Agencies": [{"agency": "Harbor"}],
    "Funds": [{"fund": "Levy", "amount": 1000.0}],
    "Initiatives": [
        {"initiative": "pier", "area": "Port", "theme": "Boats", "request": 100.0, "baseline": 40.0},
        {"initiative": "road", "area": "Hills", "theme": "Roads", "request": 90.0},
        {"initiative": "beach", "area": "Coast", "theme": "Boats", "request": 300.0},
        {"initiative": "desk", "theme": "Roads", "request": 10.0},
    ],
}


def test_areas_hold_what_is_inside_them_and_the_least_met_stands_first() -> None:
    plan = solve(case_from(RECORDS))
    found = {p.key: p for p in lands.places(plan)}
    assert [(p.key, p.money, p.before) for p in lands.places(plan)] == [
        ("Port", 100.0, 40.0), ("Coast", 400.0, 40.0), ("Hills", 90.0, 0.0),
    ]  # fmt: skip
    assert found["Coast"].own == {"Boats": 300.0}
    assert lands.headline(list(lands.places(plan)), "USD") == "The <b>port has the least of its need met: 25%"
    chart = lands.tiles(plan)
    drawn = [note.text for note in chart.figure.layout.annotations]
    assert drawn == [
        "<b>Coast</b><br>44% of $900",
        "<b>Hills</b><br>90% of $100",
        "<b>The &lt;b&gt;port</b><br>25% of $400",
    ]
    assert [shape.fillcolor[-4:-1] for shape in chart.figure.layout.shapes] == [".34", ".78", ".34"]
    assert [row["Need met"] for row in chart.table] == ["25%", "44%", "90%"]


def test_area_by_theme_adds_up_to_all_money() -> None:
    rows = lands.by_theme(solve(case_from(RECORDS)))
    assert [r["Area"] for r in rows] == ["Coast", "The <b>port", "Hills", lands.NO_AREA, "All"]
    assert rows[0] == {"Area": "Coast", "Boats": "$300", "Roads": "none", "All": "$300"}
    assert rows[-1] == {"Area": "All", "Boats": "$400", "Roads": "$100", "All": "$500"}


def test_money_of_no_theme_stands_under_none_and_not_under_that_of_another_row() -> None:
    initiatives = [{**r, "theme": "" if r["initiative"] == "desk" else r["theme"]} for r in RECORDS["Initiatives"]]
    found = projected.themes(solve(case_from({**RECORDS, "Initiatives": initiatives})))
    assert {t.name: t.money for t in found} == {"Boats": 400.0, "Roads": 90.0, lands.NO_THEME: 10.0}


@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.integers(1, 60))
def test_every_dollar_stands_in_one_place(seed: int) -> None:
    plan = solve(case_from(random_case(seed)))
    if not plan.has_plan:
        return
    total = sum(sum(p.own.values()) for p in lands.places(plan)) + sum(lands.elsewhere(plan).values())
    assert abs(total - plan.award["award"].sum()) <= 1e-6 * max(1.0, total)
    rows = lands.by_theme(plan)
    currency = plan.case.settings.currency
    assert not rows or rows[-1]["All"] == words.money_short(total, currency)


def test_of_needs_that_are_equal_none_is_called_the_largest() -> None:
    areas = [{"area": a, "need": 900.0} for a in ("Coast", "Hills")]
    found = lands.places(solve(case_from({**RECORDS, "Areas": [*areas, {"area": "Port", "parent": "Coast"}]})))
    assert lands.headline(list(found), "USD") == "Hills has the least of its need met: 10%"
    areas[1]["need"] = 901.0
    found = lands.places(solve(case_from({**RECORDS, "Areas": [*areas, {"area": "Port", "parent": "Coast"}]})))
    assert lands.headline(list(found), "USD") == "Hills has the largest need and the least of its need met: 10%"
