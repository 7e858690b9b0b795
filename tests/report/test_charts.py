"""Charts say what the plan says, in figures, in a table and in words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from optimiser.plan.tables import Plan
from optimiser.report.charts import (
    awarded,
    drawing,
    one_initiative,
    periods,
    postings,
    projected,
    ribbons,
    side_by_side,
)
from optimiser.report.charts.drawing import Chart
from tests.app.small import plain
from tests.plan.hand import RECORDS, ROWS, changed, plan_tables
from tests.report.plans import case_of, plan_of


def texts(chart: drawing.Chart) -> list[str]:
    return [
        str(t).strip()
        for trace in chart.figure.data
        if trace.type == "scatter" and trace.mode == "text"
        for t in trace.text
    ]


def many(count: int) -> dict[str, list[dict[str, Any]]]:
    """The case made by hand with this many initiatives more, none of them funded."""
    added = [
        {"initiative": f"N{k:02d}", "name": f"New <b>{k}", "request": 100 * k, "lead": "Police"}
        for k in range(1, count + 1)
    ]
    agencies = [{"agency": f"A{k:02d}"} for k in range(count)]
    paid = [{"agency": f"A{k:02d}", "fund": "Own", "amount": 1} for k in range(count)]
    made = {**RECORDS, "Initiatives": [*RECORDS["Initiatives"], *added], "Agencies": [*RECORDS["Agencies"], *agencies]}
    return {**made, "Contributions": [{"agency": "Health", "fund": "Own", "amount": 4000 - count}, *paid]}


def test_awards() -> None:
    chart = awarded.awards(plan_of())
    given, rest = (trace for trace in chart.figure.data if trace.type == "bar")
    assert list(given.x) == [3700.0, 1000.0, 0.0]
    assert list(rest.x) == [4300.0, 0.0, 500.0]
    assert texts(chart) == ["$3,700 of $8,000", "$1,000", "not funded"]
    assert list(given.customdata) == ["Lab", "Talk", "Walk"]
    assert list(chart.figure.layout.yaxis.ticktext) == ["Crime lab", "Talk", "Walk"]
    assert list(chart.figure.layout.xaxis.range) == [0, 8000.0]
    assert [row["Award"] for row in chart.table] == [3700.0, 1000.0, 0.0]
    assert "2 of 3 initiatives are funded, 1 of them in full." in chart.alt


def test_the_rest_stands_together_without_a_bar() -> None:
    chart = awarded.awards(plan_of(case_of(many(20))), most=5)
    given, rest = (trace for trace in chart.figure.data if trace.type == "bar")
    assert list(chart.figure.layout.yaxis.ticktext)[-1] == "19 others"
    assert (given.x[-1], rest.x[-1]) == (0.0, 0.0)
    assert texts(chart)[-1] == "not funded"
    assert len(chart.table) == 23
    assert chart.figure.layout.height < 5 * 40 + 20


def test_panels_share_one_scale() -> None:
    chart = awarded.awards(plan_of(case_of(many(20))), panels=2)
    assert list(chart.figure.layout.xaxis.range) == list(chart.figure.layout.xaxis2.range)
    assert len(chart.figure.layout.yaxis.ticktext) + len(chart.figure.layout.yaxis2.ticktext) == 23
    assert chart.figure.layout.xaxis.domain[1] < chart.figure.layout.xaxis2.domain[0]


def test_agencies() -> None:
    chart = awarded.agencies(plan_of())
    paid, got = (trace for trace in chart.figure.data if trace.mode == "markers")
    assert list(chart.figure.layout.yaxis.ticktext) == ["City Police", "Health"]
    assert list(paid.x) == [0.0, 4000.0]
    assert list(got.x) == [1600.0, 3100.0]
    assert texts(chart) == ["$0", "$4,000", "$1,600", "$3,100"]
    assert [row["Receives"] for row in chart.table] == [3100.0, 1600.0], "those that receive most first"
    assert "City Police pays in $0 and receives $1,600 (+$1,600)" in chart.alt
    assert {a.text for a in chart.figure.layout.annotations} == {"Puts in", "<b>Receives</b>"}


def test_many_agencies() -> None:
    chart = awarded.agencies(plan_of(case_of(many(30))), most=6)
    names = list(chart.figure.layout.yaxis.ticktext)
    assert names[-1] == "27 others"
    assert len(names) == 6
    assert len(chart.table) == 32


@pytest.mark.parametrize("chart", [awarded.awards, awarded.agencies])
def test_the_template(chart: Any) -> None:
    made = chart(plan_of(case_of(many(5)))).figure
    assert made.layout.paper_bgcolor == made.layout.plot_bgcolor == "rgba(0,0,0,0)"
    assert made.layout.showlegend is False
    assert made.layout.dragmode is False
    assert made.layout.font.size == 13
    right = max(drawing.width(t) for t in texts(drawing.Chart(made, [], "")))
    assert made.layout.margin.r >= right
    json.loads(made.to_json())


def test_names_are_no_markup() -> None:
    chart = awarded.awards(plan_of(case_of(many(3))))
    assert "New &lt;b&gt;3" in chart.figure.layout.yaxis.ticktext


def test_nothing_to_show() -> None:
    case = case_of(changed("Initiatives", "Walk", request=0))
    assert texts(awarded.awards(plan_of(case)))[-1] == "no money asked"
    assert awarded.given_of(609_980, 610_000) == "$610k"
    assert awarded.given_of(700_000, 610_000) == "$700k"


def drawn(plan: Plan, other: Plan) -> dict[str, Chart]:
    """Every chart of a plan alone, and of what sets it apart from another."""
    one = one_initiative.initiative(plan, plan.tables["Awards"]["initiative"][0])
    return {
        "awards": awarded.awards(plan),
        "agencies": awarded.agencies(plan),
        "funds": periods.funds_chart(plan),
        "people": postings.people_chart(plan),
        "themes": projected.theme_chart(plan),
        "flow": ribbons.flow_chart(plan),
        "money": one_initiative.money_chart(plan, one),
        "its people": one_initiative.people_chart(one),
        "moved": side_by_side.moved_chart(plan, other, "Before", "After"),
        "pairs": side_by_side.award_chart(plan, other, "Before", "After"),
        "impact": side_by_side.impact_chart(plan, other, "Before", "After"),
    }


def test_a_chart_says_what_it_shows_in_figures_and_in_words() -> None:
    without_talk = {name: [row for row in rows if "Talk" not in row] for name, rows in ROWS.items()}
    made = drawn(plan_of(), plan_of(tables=plan_tables(rows=without_talk)))
    for name, chart in made.items():
        json.loads(chart.figure.to_json())
        assert chart.headline, name
        assert chart.alt, name
        titles = {tuple(row) for row in chart.table}
        assert len(titles) == 1, name
        assert set(chart.columns) <= set(*titles), name
        assert all(isinstance(row[title], float | int) for row in chart.table for title in chart.columns), name
    given = sum(row["Award"] for row in made["awards"].table)
    for name in ("flow", "themes"):
        assert sum(row["Money"] for row in made[name].table) == pytest.approx(given)


def test_where_people_go_names_each_agency_in_full_and_counts_people_in_the_plural() -> None:
    name = "The Mayor's Office of Neighborhood Violence Prevention"
    agencies = [{**row, "name": name} if row["agency"] == "Police" else row for row in RECORDS["Agencies"]]
    chart = postings.people_chart(plan_of(case_of({**RECORDS, "Agencies": agencies})))
    assert {row["Agency"] for row in chart.table} == {name}, "never by its ID, which other charts do not say"
    (said,) = chart.figure.layout.yaxis.ticktext[1:]
    assert plain(said.replace("<br>", " ")) == name
    assert "<br>" in said
    assert "FTE of officers are free." in chart.more or "FTE of analysts are free." in chart.more


def test_charts_of_a_plan_that_spends_nothing_say_so() -> None:
    nothing = plan_of(tables=plan_tables(rows={name: [] for name in ROWS}))
    made = drawn(nothing, nothing)
    assert made["flow"].table == made["moved"].table == made["impact"].table == []
    assert made["flow"].headline == "No money is spent"
    assert made["themes"].headline == "No theme receives money"
    assert made["agencies"].headline == "No agency receives money."
    assert made["moved"].headline == "Nobody gets more or less money."


def test_names_that_begin_alike_are_told_apart_where_they_are_cut() -> None:
    twins = ["Harbor County community violence grant, 2026", "Harbor County community violence grant, 2027"]
    made = drawing.told_short([*twins, "Levy", "A program of which nothing else here begins as it does"], 150)
    assert all(drawing.width(name) <= 150 for name in made)
    assert len(set(made)) == 4
    assert (made[0].endswith("2026"), made[1].endswith("2027"), made[2]) == (True, True, "Levy")
    assert made[3].startswith("A program of")
    assert made[3].endswith("…")
    assert drawing.told_short(["Same long name twice over", "Same long name twice over"], 60)[0].endswith("…")


def test_a_name_as_long_as_a_cell_may_be_is_cut_at_once() -> None:
    names = [f"{'letters ' * 4000}{k}" for k in range(2)]
    made = drawing.told_short(names, 150)
    assert (made[0].endswith("0"), made[1].endswith("1")) == (True, True)
    assert all(drawing.width(name) <= 150 for name in [*made, drawing.shortened("i" * 32_767, 150)])
    assert drawing.shortened("i" * 10, 150) == "i" * 10
