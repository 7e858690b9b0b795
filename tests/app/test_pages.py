"""Each page opens, and its headline says what the figures below it say."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from optimiser.app_pages.shell import session
from optimiser.case import impact
from optimiser.desk.state import as_records
from optimiser.report import words
from optimiser.report.charts.headline import figures, start_headline
from optimiser.verbs import case_from
from tests.app import ROOT
from tests.app.small import RECORDS, laid, opened, plain, solved


def title(at: AppTest) -> str:
    return plain(at.title[0].value)


def metrics(at: AppTest) -> dict[str, str]:
    return {m.label.split(",")[0]: plain(m.value) for m in at.metric}


def test_start_says_what_the_plan_does() -> None:
    draft = solved()
    at = opened(draft)
    plan = session.plan(draft)
    assert plan is not None
    assert title(at) == start_headline(plan)
    assert words.money_short(float(plan.spend["money"].sum())) in title(at)
    assert f"{(plan.award['state'] != 'not funded').sum()} initiatives" in title(at)
    assert any("Harbor partnership" in m.value for m in at.markdown)


def test_a_plan_that_funds_nothing_is_said_in_a_sentence() -> None:
    nothing = [{**row, "request": 0, "priority": 1} for row in RECORDS["Initiatives"]]
    records = {k: v for k, v in RECORDS.items() if k not in ("Rules", "Needs")}
    draft = session.desk().lay("From a test", as_records(case_from({**records, "Initiatives": nothing})))
    session.solve_now(draft, wait=300)
    at = opened(draft)
    assert title(at) == "None of the 5 initiatives is funded: solved and proven"
    said = next(plain(m.value) for m in at.markdown if "Harbor partnership" in m.value and "spent" in m.value)
    assert "None of $600k is spent. Proven best" in said
    assert " none " not in said


def test_a_table_of_nothing_has_no_tenths_of_it() -> None:
    nothing: dict[str, list[dict[str, object]]] = {
        "Agencies": [{"agency": "A"}], "Funds": [{"fund": "F", "amount": 1500}],
        "Initiatives": [{"initiative": i, "request": 0} for i in "abc"],
    }  # fmt: skip
    draft = session.desk().lay("From a test", as_records(case_from(nothing)))
    session.solve_now(draft, wait=300)
    columns = json.loads(opened(draft, "plan").dataframe[0].proto.columns)
    assert columns["Impact"]["type_config"]["format"] == "%,.0f"


def test_the_app_opens_on_a_solved_example() -> None:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    for _ in range(40):
        draft = session.desk().open(at.session_state["case"])
        assert draft is not None
        if draft.running is None:
            break
        session.runs().wait(draft.running, 1)
        at.run()
    assert not at.exception
    assert draft is not None
    assert session.plan(draft) is not None
    assert "not solved" not in title(at)
    assert draft.id in at.query_params["case"]


def test_plan_headline_equals_its_figures() -> None:
    draft = solved()
    at = opened(draft, "plan")
    plan = session.plan(draft)
    assert plan is not None
    f = figures(plan)
    states = plan.award["state"].tolist()
    assert title(at) == words.headline(plan).rstrip(".")
    assert f"{len(states) - states.count('not funded')} of {len(states)}" in title(at) or "All" in title(at)
    shown = metrics(at)
    assert shown["Money"] == words.money_short(float(plan.spend["money"].sum()))
    assert shown["Rules kept"] == "2 of 2"
    assert shown["Answer"] == "Proven best"
    assert shown["People"] == words.fte(
        round(float(plan.posts["fte"].sum() + plan.tables["Hires"]["fte"].sum()) / 2, 1)
    )
    value = words.points_titled(plan.impact or 0, impact.unit(plan.case))[1]
    assert shown["Impact"] == value == words.points_titled(f.impact, impact.unit(plan.case))[1]
    table = at.dataframe[0].value
    assert table["Award"].sum() == pytest.approx(f.money)


@pytest.mark.first(2)
@pytest.mark.parametrize("part", ["What agencies get", "Where money flows", "Where people go", "Funds by period"])
def test_every_part_of_the_plan_opens(part: str) -> None:
    at = opened(solved(), "plan")
    at.session_state["plan-part"] = part
    at.run()
    assert not at.exception
    assert len(at.get("plotly_chart")) == 1


def test_where_it_lands_says_so_where_a_case_has_no_areas() -> None:
    at = opened(solved(), "plan")
    at.session_state["plan-part"] = "Where it lands"
    at.run()
    assert not at.exception
    assert any(m.value.startswith("This case has no areas") for m in at.markdown)


def test_rules_headline_counts_what_is_shown() -> None:
    at = opened(solved(), "rules")
    assert title(at).startswith("Both rules are kept")
    assert [t.value for t in at.toggle] == [True, True]
    opener = next(b for b in at.button if plain(b.label) == "Health first")
    opener.click().run()
    assert not at.exception
    assert any("Charter, article 1" in c.value for c in at.caption)


def test_a_rule_is_switched_off_and_on_again() -> None:
    draft = solved()
    at = opened(draft, "rules")
    at.toggle[0].set_value(False).run()
    assert title(at).endswith("1 switched off")
    assert [e.column for e in draft.edits()] == ["active"]
    at.button(key="undo-all").click().run()
    assert draft.edits() == []
    assert title(at).startswith("Both rules are kept")


def test_inputs_headline_and_counts() -> None:
    at = opened(solved(), "inputs")
    assert title(at) == "$600k in 3 funds; 5 initiatives ask for $790k"


def test_a_page_without_a_plan_says_so() -> None:
    for page in ("start", "plan"):
        assert "not solved" in title(opened(laid(), page))


def test_an_impossible_case_says_that_no_plan_is_possible() -> None:
    draft = laid()
    number = draft.records("Rules")[0].number
    draft.edit("Rules", {number: {"at_least": 900_000.0}})
    session.solve_now(draft, wait=300)
    at = opened(draft, "plan")
    assert title(at).startswith("No plan is possible")
    assert not at.metric


def test_no_dead_pages_in_the_navigation() -> None:
    from optimiser.app_pages.main import HERE, MORE, PAGES

    order = ["Start", "Inputs", "Rules", "Plan", "Why", "What if", "Pooling", "Committee", "Papers"]
    titles = [title for title, _ in PAGES]
    assert titles == [title for title in order if title in titles]
    assert titles[:6] == order[:6]
    assert [title for title, _ in MORE] == ["History", "Administration", "Guide"]
    assert all((HERE / file).is_file() for _, file in (*PAGES, *MORE))


def test_an_unknown_case_in_the_address_opens_an_example() -> None:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    at.query_params["case"] = "gone"
    at.run()
    assert not at.exception
    assert any("There is no such case here" in i.value for i in at.info)
