"""What if: the answer of a change is what solving gives, it can be kept, and scenarios stand side by side."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from optimiser.analysis.what_if.compare import compare
from optimiser.app_pages.shell import session
from optimiser.app_pages.what_if_parts import tried
from optimiser.desk import questions
from optimiser.desk.state import Draft, as_records
from optimiser.report.charts import side_by_side as compared
from optimiser.verbs import case_from
from tests.app.small import RECORDS, laid, opened, plain, solved
from tests.app.test_why import answered

SCENARIOS = [
    {"scenario": "less", "sheet": "Funds", "where": "fund = Pool", "column": "amount", "change": "* 0.5"},
    {"scenario": "more", "sheet": "Funds", "where": "fund = Grant", "column": "amount", "change": "* 2"},
    {
        "scenario": "too much",
        "sheet": "Rules",
        "where": "rule = Health first",
        "column": "at_least",
        "change": "= 900000",
    },
]


def with_scenarios() -> Draft:
    draft = session.desk().lay("From a test", as_records(case_from({**RECORDS, "Scenarios": SCENARIOS})))
    session.solve_now(draft, wait=300)
    assert draft.shown is not None
    return draft


def slider(at: AppTest, start: str) -> object:
    return next(w for w in at.slider if w.key is not None and w.key.startswith(start))


def shown(at: AppTest) -> str:
    return "\n".join(m.value for m in at.markdown).replace("\\", "")


def test_a_grant_is_cut_the_answer_stands_beside_it_and_is_kept() -> None:
    draft = solved()
    plan = session.plan(draft)
    assert plan is not None
    at = opened(draft, "what_if")
    assert not at.metric
    slider(at, "try-percent").set_value(-20).run()  # type: ignore[attr-defined]
    at = answered(at)
    fund = "Pool"  # the largest has the first slider
    change = tried.fund_change(plan.case, fund, -20)
    assert change is not None
    after = questions.tried(plan.case, change.rows, lambda said: None)
    assert plain(at.title[0].value) == compared.change_headline(plan, after, change.said)
    assert compared.moved_sentence(compared.moved(plan, after)) in shown(at)
    at.button(key="try-keep").click().run()
    assert not at.exception, at.exception
    session.runs().wait(draft.running or draft.shown, 20)
    draft.settle()
    kept = session.plan(draft)
    assert draft.scenario == "Safety pool cut by 20%"
    assert kept is not None
    assert kept.impact == after.impact


def test_people_and_initiatives_are_changes_too() -> None:
    plan = session.plan(solved())
    assert plan is not None
    more = tried.people_change(plan.case, "Police", "analyst", 2.0)
    fund = tried.initiative_change(plan.case, ["I5"], {"I5": "Cameras"})
    both = tried.joined([None, more, fund])
    assert both is not None
    assert both.said == "2 FTE more analysts at Harbor Police and Cameras funded in any case"
    after = questions.tried(plan.case, both.rows, lambda said: None)
    assert after.has_plan
    assert after.award.set_index("initiative")["level"]["I5"] > 0
    assert tried.joined([None, None]) is None
    assert tried.people_change(plan.case, "Police", "analyst", 0.0) is None


def test_an_initiative_is_done_without_or_locked() -> None:
    plan = session.plan(solved())
    assert plan is not None
    names = {"I3": "Patrols", "I4": "Analysts"}
    gone = tried.without_change(["I3"], names)
    award = float(plan.award.set_index("initiative")["award"]["I4"])
    assert award > 0
    locked = tried.lock_change({"I4": award}, names)
    both = tried.joined([gone, locked, tried.fund_change(plan.case, "Pool", -30)])
    assert both is not None
    assert both.said == "Patrols not funded, Analysts locked at its award and Safety pool cut by 30%"
    after = questions.tried(plan.case, both.rows, lambda said: None).award.set_index("initiative")["award"]
    assert after["I3"] == 0
    assert abs(after["I4"] - award) <= compared.NOISE + 1
    assert tried.without_change([], names) is None
    assert tried.lock_change({}, names) is None


def test_changes_of_money_add_up() -> None:
    plan = session.plan(solved())
    assert plan is not None
    change = tried.fund_change(plan.case, "Pool", -50)
    assert change is not None
    after = questions.tried(plan.case, change.rows, lambda said: None)
    rows = compared.moved(plan, after)
    total = after.award["award"].sum() - plan.award["award"].sum()
    assert abs(sum(m.change for m in rows) - total) < 0.01
    few = compared.shown(rows, "USD", most=1)
    assert few[-1][0].endswith("others, net")
    assert abs(sum(v for _, v, _ in few) - total) < 0.01
    assert compared.change_headline(plan, plan, "x").startswith("Nothing changes")


@pytest.mark.parametrize(
    ("ways", "said"),
    [
        ({"last year": (400, 100, 0), "best ratio first": (537, -37, 1)},
         "the best way without a solver that keeps every rule (last year); 1 of 2 keeps every rule. "
         "Best ratio first would have $37 of weighted delivery more than the plan, but breaks 1 rule."),
        ({"last year": (400, 100, 0), "best ratio first": (450, 50, 2)},
         "the best way without a solver that keeps every rule (last year); 1 of 2 keeps every rule."),
        ({"last year": (400, 100, 1)}, "the best of 1 way without a solver (last year); none of them keeps every rule."),
    ],
)  # fmt: skip
def test_the_plan_is_measured_by_ways_that_keep_the_rules(ways: dict[str, tuple[int, int, int]], said: str) -> None:
    gains = [
        {"baseline": name, "impact": float(has), "gain": float(by), "broken": ["x"] * n, "keeps_the_rules": not n}
        for name, (has, by, n) in ways.items()
    ]
    case = solved().checked().case
    made: Any = SimpleNamespace(gains=lambda: gains, case=case)
    assert compared.gains_sentence(made) == f"The plan has $100 of weighted delivery more than {said}"


def test_scenarios_stand_side_by_side() -> None:
    draft = with_scenarios()
    at = opened(draft, "what_if")
    at.session_state["what-if-part"] = "Side by side"
    at = answered(at)
    case = draft.checked().case
    assert case is not None
    made = compare(case, ["less", "more"])
    assert plain(at.title[0].value) == compared.headline(made)
    assert compared.gains_sentence(made) in shown(at)
    for difference in made.inputs["less"]:
        assert difference.sentence() in shown(at)
    assert len(at.get("plotly_chart")) == 3  # awards, impact, ways without a solver
    table = at.table[0].value
    assert list(table.columns) == ["Base", "less", "more"]


def test_a_scenario_that_makes_no_valid_case_is_told_and_the_others_are_compared() -> None:
    draft = with_scenarios()
    draft.add(
        "Scenarios",
        {
            "scenario": "broken",
            "sheet": "Initiatives",
            "where": "initiative = I1",
            "column": "minimum",
            "change": "= 9000",
        },
    )
    draft.add(
        "Scenarios",
        {
            "scenario": "broken",
            "sheet": "Initiatives",
            "where": "initiative = I1",
            "column": "maximum",
            "change": "= 90",
        },
    )
    at = opened(draft, "what_if")
    at.session_state["what-if-part"] = "Side by side"
    at = answered(at)
    pills = next(b for b in at.button_group if "broken" in b.options)
    pills.set_value(["broken", "less"]).run()
    at = answered(at)
    assert not at.exception, at.exception
    assert any(w.value.startswith("broken is not compared") for w in at.warning)
    assert list(at.table[0].value.columns) == ["Base", "less"]


def test_a_scenario_without_a_plan_is_told() -> None:
    case = with_scenarios().checked().case
    assert case is not None
    made = compare(case, ["too much"])
    assert compared.headline(made) == "too much has no plan"
    assert compared.side_by_side(made)[-1]["too much"] == "No plan is possible"


def test_without_scenarios_and_without_a_plan() -> None:
    at = opened(solved(), "what_if")
    at.session_state["what-if-part"] = "Side by side"
    at.run()
    assert plain(at.title[0].value) == "No scenarios yet"
    assert "not solved" in opened(laid(), "what_if").title[0].value
