"""Why: what contradicts what, and a way out that becomes a scenario with a plan in one click."""

from __future__ import annotations

from typing import Any

from streamlit.testing.v1 import AppTest

from optimiser.analysis.reasons.answers import parts_in_words
from optimiser.analysis.reasons.conflict import conflict
from optimiser.analysis.reasons.explain import explain
from optimiser.analysis.reasons.prices import prices
from optimiser.analysis.reasons.repair import repairs
from optimiser.analysis.rulebook.rule_audit import audit_rules
from optimiser.app_pages.shell import session
from optimiser.app_pages.shell.asking import jobs
from optimiser.app_pages.why_parts import each, no_plan
from optimiser.desk.jobs import Jobs
from optimiser.desk.scenario_rows import joined
from optimiser.desk.state import Draft, as_records
from optimiser.report.charts import worth
from optimiser.verbs import apply_changes, solve
from tests.app.small import laid, looked_for, opened, plain, solved


def impossible() -> Draft:
    draft = session.desk().lay("From a test", as_records(session.example("cannot-be-met")))
    session.solve_now(draft, wait=300)
    plan = session.plan(draft)
    assert plan is not None
    assert plan.status == "infeasible"
    return draft


def answered(at: AppTest) -> AppTest:
    """The page when every question of its own in the background is answered."""
    for _ in range(60):
        asked = set(jobs()._jobs)
        running = looked_for(at)
        for job in running:
            jobs().wait(job, 60)
        at.run()
        # What was asked while the page was drawn may be answered by now, and yet not stand on it.
        if not running and set(jobs()._jobs) <= asked:
            break
    assert not at.exception, at.exception
    return at


def test_the_conflict_is_told_with_its_members_and_its_sum() -> None:
    draft = impossible()
    at = answered(opened(draft, "why"))
    plan = session.plan(draft)
    assert plan is not None
    found = conflict(plan.case)
    assert found is not None
    assert plain(at.title[0].value) == no_plan.headline(found) == "Four requirements cannot all hold"
    said = "\n".join(m.value for m in at.markdown).replace("\\", "")
    assert found.reason in said
    for member in found.members:
        assert member.name in said
    for way in repairs(plan.case):
        assert way.sentence.rstrip(".") in said


def test_a_way_out_becomes_a_scenario_with_a_plan_in_one_click() -> None:
    draft = impossible()
    at = answered(opened(draft, "why"))
    before = len(draft.records("Scenarios"))
    at.button(key="way-0").click().run()
    assert not at.exception, at.exception
    assert len(draft.records("Scenarios")) > before
    assert draft.scenario in session.scenario_names(draft)
    assert draft.scenario != "base"
    if draft.running is not None:
        session.runs().wait(draft.running, 30)
    at.run()
    plan = session.plan(draft)
    assert plan is not None
    assert plan.has_plan
    assert draft.edits() == []
    draft.undo()
    assert len(draft.records("Scenarios")) == before


def test_a_scenario_is_kept_on_top_of_the_chosen_one_and_its_name_is_never_taken() -> None:
    draft = solved()
    rows = [{"sheet": "Funds", "where": "fund = Pool", "column": "amount", "change": "* 0.9"}]
    first = session.add_scenario(draft, "Less", draft.scenario, rows)
    second = session.add_scenario(draft, "less", draft.scenario, rows)
    assert (first, second) == ("Less", "less (2)")
    assert [r.values["scenario"] for r in draft.records("Scenarios")] == ["Less", "less (2)"]
    session.runs().wait(draft.running or draft.shown, 20)
    draft.settle()
    plan = session.plan(draft)
    assert plan is not None
    assert plan.case.facts.amount.tolist()[plan.case.facts.names["fund"].index("Pool")] == 243_000


def test_the_plan_page_of_an_impossible_case_leads_to_the_reason() -> None:
    at = opened(impossible(), "plan")
    assert any(b.label == "See why, and ways out" for b in at.button)


def test_why_without_a_plan_says_so() -> None:
    assert "not solved" in opened(laid(), "why").title[0].value


def test_a_question_is_answered_once_and_a_failure_is_told_without_a_traceback() -> None:
    asked: list[int] = []

    def work(tell: Any) -> int:
        tell("half way")
        asked.append(1)
        return 7

    def failing(tell: Any) -> int:
        raise ValueError("choose another number")

    kept = Jobs()
    for _ in range(3):
        job = kept.ask("seven", "Counting", work)
        kept.wait(job, 10)
    assert (job.answer, job.said, len(asked)) == (7, "half way", 1)
    bad = kept.ask("bad", "Counting", failing, (ValueError,))
    kept.wait(bad, 10)
    assert bad.done
    assert bad.problem == "Choose another number."
    worse = kept.ask("worse", "Counting", failing)
    kept.wait(worse, 10)
    assert "could not be answered" in worse.problem
    assert worse.again
    assert kept.ask("worse", "Counting", failing) is worse  # a page that is drawn again does not ask it again for ever
    kept.forget(worse)  # the person does
    assert kept.get(worse.id) is None
    assert kept.ask("worse", "Counting", failing) is not worse


def test_changes_of_one_cell_are_joined() -> None:
    assert [joined(*p) for p in (("* 0.9", "* 0.9"), ("= 10", "* 2"), ("= 10", "- 2"), ("+ 1", "- 3"))] == [
        "* 0.81",
        "= 20",
        "= 8",
        "- 2",
    ]
    assert joined("* 0.9", "= 5") == "= 5"
    assert joined("= yes", "= no") == "= no"


def test_people_and_money_stand_on_one_scale_and_the_headline_is_the_finding() -> None:
    draft = solved()
    at = answered(opened(draft, "why"))
    plan = session.plan(draft)
    assert plan is not None
    found = prices(plan.case)
    persons, funds = worth.people(plan, found), worth.money(plan, found)
    assert plain(at.title[0].value) == worth.headline(plan, found)
    assert worth.sentence(plan, persons, funds) in "\n".join(m.value for m in at.markdown).replace("\\", "")
    left, right = worth.twin(persons, funds)
    assert left.figure.layout.xaxis.range == right.figure.layout.xaxis.range
    assert left.figure.layout.margin.l == right.figure.layout.margin.l
    assert len(at.get("plotly_chart")) >= 2


def test_the_worth_of_an_amount_is_what_solving_with_it_brings() -> None:
    draft = solved()
    plan = session.plan(draft)
    assert plan is not None
    price = next(p for p in prices(plan.case) if p.of == "fund" and p.item == "Pool")
    more = {"sheet": "Funds", "where": "fund = Pool", "column": "amount", "change": "+ 50000"}
    after = solve(apply_changes(plan.case, [more]))
    gained = (after.impact or 0) - (plan.impact or 0)
    assert abs(price.of_amount(0.0, 50_000) - gained) < 1e-3 * max(1, gained)


def test_what_rules_cost_and_the_audit_are_shown() -> None:
    draft = solved()
    at = opened(draft, "why")
    at.session_state["why-part"] = "What each rule costs"
    at = answered(at)
    plan = session.plan(draft)
    assert plan is not None
    assert plain(at.title[0].value) == worth.rules_headline(plan, prices(plan.case))
    said = "\n".join(m.value for m in at.markdown).replace("\\", "")
    for finding in audit_rules(plan.case):
        assert finding.sentence in said


def test_each_initiative_has_its_sentence() -> None:
    draft = solved()
    at = opened(draft, "why")
    at.session_state["why-part"] = "Each initiative"
    at = answered(at)
    plan = session.plan(draft)
    assert plan is not None
    reasons = explain(plan.case, parts=("initiatives",), plan=plan).reasons
    assert len(reasons) == 5
    assert plain(at.title[0].value) == each.told(reasons)
    said = "\n".join(m.value for m in at.markdown).replace("\\", "")
    for reason in reasons:
        assert reason.sentence in said


def test_a_fund_can_be_asked_why_and_the_parts_stand_on_the_page() -> None:
    draft = solved()
    plan = session.plan(draft)
    assert plan is not None
    at = opened(draft, "why")
    at.session_state["why-part"] = "Ask why"
    at = answered(at)
    box = next(b for b in at.selectbox if b.label == "Ask about")
    assert any("(fund" in o for o in box.options)
    assert any("(role)" in o for o in box.options)
    fund = plan.case.facts.names["fund"][0]
    (told,) = explain(plan.case, f"fund: {fund}", plan=plan).answers
    assert plain(at.title[0].value) == told.headline.rstrip(".")
    said = plain("\n".join(m.value for m in at.markdown))
    for line in parts_in_words(told, plan.case.settings.currency):
        assert line in said
