"""Why a fund, an agency, a role or a rule stands as it does: parts add up, and each claim is tried by solving.

Some random cases and one example in the suite, 120 in the soak.
"""

from __future__ import annotations

import math
from typing import Any

import pytest

from optimiser import verbs
from optimiser.analysis.limits.aspects import AGENCY, FUND, STAFF
from optimiser.analysis.limits.cell import ChangeRow
from optimiser.analysis.reasons.answers import Asker, names, parts_in_words, subjects
from optimiser.analysis.reasons.explain import explain
from optimiser.analysis.reasons.leftover import AS_GOOD, RESOURCES, REST, Left, left_over
from optimiser.analysis.reasons.prices import Study, prices
from optimiser.analysis.reasons.trial import Trials
from optimiser.case.case import Case
from optimiser.case.examples import example_path
from optimiser.case.faults import InvalidCase
from optimiser.case.reading.workbook import tables_from
from optimiser.case.selection import quoted
from optimiser.plan.tables import Plan
from tests.oracle.random_cases import random_case
from tests.rules.small import Records, checked
from tests.soak import some_of

SEEDS = some_of(range(120), (0, 2, 3, 5, 6, 7, 8))
EXTRA = "tried by the test"


def solved(seed: int) -> tuple[Case, Plan]:
    try:
        case = verbs.case_from(random_case(seed, rules=seed % 2 == 0))
    except InvalidCase:
        pytest.skip("no valid case")
    plan = verbs.solve(case)
    if not plan.has_plan or plan.status == "stopped":
        pytest.skip("no plan")
    return case, plan


def using(case: Case, of: str, item: str, least: float) -> ChangeRow:
    """The row of a rule by which at least so much is used."""
    measure = {FUND: "money", AGENCY: "money", STAFF: "staff"}[of]
    return {"measure": measure, "where": f"{RESOURCES[of].dimension} = {quoted(item)}", "at_least": str(least)}


def with_rule(case: Case, row: ChangeRow) -> Case:
    records: dict[str, Any] = {name: table.records() for name, table in case.tables.items()}
    records["Rules"] = [*records["Rules"], {"rule": EXTRA, **row, "at_least": float(row["at_least"])}]
    return verbs.solved_case(tables_from(records))


def value(plan: Plan) -> float:
    """Of the first objective, most is best."""
    stage = plan.stages[0]
    return stage.best * (1 if stage.objective in ("impact", "fairness") else -1)


def reaches(case: Case, of: str, item: str, least: float) -> float | None:
    """The best value where at least so much is used; None where no plan does."""
    plan = verbs.solve(with_rule(case, using(case, of, item, least)))
    return value(plan) if plan.has_plan else None


def hold(case: Case, plan: Plan, of: str, item: str, left: Left) -> int:
    """Every claim about what is left is true; how many there are."""
    small = 1e-6 * max(abs(value(plan)), 1e-6)
    tiny = 1e-6 * max(left.total, 1.0)
    assert math.fsum(p.amount for p in left.parts) == pytest.approx(left.left, abs=0.011)
    assert all(p.amount > 0 for p in left.parts)
    at, changed, count = left.used, case, 0
    for part in left.parts:
        at += part.amount
        if part.kind == REST:
            break
        changed = verbs.apply_changes(changed, part.changes) if part.changes else changed
        if of == STAFF:  # the measure counts hired people too, so only posts can be asked about
            count += 1
            continue
        reached = reaches(changed, of, item, at - tiny - (1.0 if case.settings.rounding else 0.0))
        assert reached is not None, part
        assert reached >= value(plan) - 2 * small, part
        count += 1
    first = left.parts[0].amount if left.parts and left.parts[0].kind == AS_GOOD else 0.0
    beyond = left.used + first + max(0.02 * left.left, 2.0)
    if of != STAFF and left.parts and beyond < left.total:
        # Beyond what plans that are as good use, a plan is worse, or there is none.
        reached = reaches(case, of, item, beyond)
        assert reached is None or reached < value(plan) + small
        count += 1
    if of != STAFF and left.costs > 0:
        reached = reaches(case, of, item, left.most - tiny - 1e-3 * left.most)
        assert reached is not None
        assert value(plan) - reached <= left.costs + 10 * small
        count += 1
    return count


@pytest.mark.first(3)
@pytest.mark.parametrize("seed", SEEDS)
def test_parts_add_up_and_claims_hold(seed: int) -> None:
    case, plan = solved(seed)
    if plan.case.settings.objective[0].within:
        pytest.skip("the first objective may give something up, which a rule of the test would change")
    facts = case.facts
    for f, fund in enumerate(facts.names["fund"]):
        if facts.amount[f] > 0:
            hold(case, plan, FUND, fund, left_over(case, plan, FUND, fund))
    for a, agency in enumerate(facts.names["agency"]):
        if math.isfinite(float(facts.agency_maximum[a])):
            hold(case, plan, AGENCY, agency, left_over(case, plan, AGENCY, agency))
    for role in facts.names["role"][:2]:
        hold(case, plan, STAFF, role, left_over(case, plan, STAFF, role))


@pytest.mark.long
@pytest.mark.slow
def test_the_port_grant_of_the_task_force() -> None:
    case = verbs.read(str(example_path("task-force")))
    plan = verbs.solve(case)
    (answer,) = explain(case, "Port Security Grant", plan=plan).answers
    assert answer.left is not None
    assert math.fsum(u.amount for u in answer.uses) == answer.left.used
    assert math.fsum(p.amount for p in answer.left.parts) == answer.left.left
    assert any(p.words == "there are not enough people for analyst" for p in answer.left.parts)
    assert hold(case, plan, FUND, "Port Security Grant", answer.left) >= 3


# -- by hand ----------------------------------------------------------------------------------------------------------

BASE: Records = {
    "Agencies": [{"agency": "a", "name": "Agency A"}, {"agency": "b", "maximum": 900}],
    "Funds": [
        {"fund": "pool", "name": "The Pool", "amount": 1600},
        {"fund": "own", "kind": "own budget", "amount": 300},
    ],
    "Initiatives": [
        {"initiative": "first", "lead": "a", "request": 1000, "score": 90},
        {"initiative": "second", "lead": "b", "request": 500, "score": 60},
    ],
    "Staff": [{"agency": "a", "role": "analyst", "fte": 3}],
    "Needs": [
        {"initiative": "first", "role": "analyst", "fte": 4},
        {"initiative": "second", "role": "analyst", "fte": 1},
    ],
}


def asked(name: str, **sheets: object) -> Any:
    case = checked({**BASE, **sheets})  # type: ignore[dict-item]
    (answer,) = explain(case, name).answers
    return answer


def test_a_fund_and_people_who_are_short() -> None:
    """3 analysts do 3/4 of `first` (675 points of 900) or `second` (300) and half of `first`: 750 of both."""
    answer = asked("The Pool")
    assert answer.headline.startswith("Of $1,600 in the fund The Pool $")
    assert answer.left is not None
    last = parts_in_words(answer, "USD")[-1]
    assert last.endswith("because what it may pay for does not cost more, even with that out of the way.")
    assert any("not enough people for analyst" in line for line in parts_in_words(answer, "USD"))


def test_a_fund_that_is_spent_and_one_that_nothing_may_take() -> None:
    assert (
        asked("pool", Funds=[{"fund": "pool", "amount": 100}]).headline
        == "Of $100 in the fund pool $100 is spent, all of it."
    )
    shut = [{"fund": "pool", "amount": 100}, {"fund": "own", "amount": 70, "allowed": "category = travel"}]
    answer = asked("own", Funds=shut)
    assert [(p.amount, p.kind) for p in answer.left.parts] == [(70, REST)]


def test_a_role() -> None:
    answer = asked("analyst")
    assert answer.headline == "Of 3 FTE of the role analyst 3 are at work, all of them."
    assert answer.unit == "FTE"
    more = asked("analyst", Staff=[{"agency": "a", "role": "analyst", "fte": 8}])
    assert [p.words for p in more.left.parts] == ["no initiative needs more of them"]
    assert more.left.parts[0].amount == pytest.approx(3)


def test_an_agency_with_and_without_a_maximum() -> None:
    with_it = asked("b", Agencies=[{"agency": "a"}, {"agency": "b", "maximum": 200}], Staff=[], Needs=[])
    assert with_it.headline == "The agency b receives $200, at its maximum of $200."
    assert any("second" in line for line in with_it.lines)
    assert asked("Agency A").headline.endswith("it has no maximum.")


def test_a_rule_and_what_it_costs() -> None:
    cap = {"rule": "cap", "where": "initiative = first", "at_most": 300}
    answer = asked("cap", Rules=[cap], Staff=[], Needs=[])
    assert answer.headline == "The rule cap is at its limit."
    assert "Without it the plan would be better by $630 of weighted delivery." in answer.lines
    off = asked("cap", Rules=[{**cap, "active": "no"}])
    assert off.headline == "The rule cap is switched off."


def test_names_that_two_things_bear() -> None:
    case = checked({**BASE, "Funds": [{"fund": "a", "amount": 800}]})
    assert subjects(case, "A") == [(FUND, "a"), (AGENCY, "a")]
    assert subjects(case, "agency: a") == [(AGENCY, "a")]
    assert [x.of for x in explain(case, "a").answers] == ["fund", "agency"]
    with pytest.raises(ValueError, match=r"There is nothing called wether.*can be asked about"):
        subjects(case, "wether")
    with pytest.raises(ValueError, match=r"Did you mean analyst\?"):
        subjects(case, "analist")
    assert len(names(case)) == 6


def test_what_is_told_is_the_text() -> None:
    case = checked(BASE)
    told: list[str] = []
    found = explain(case, "pool", told=told.append)
    assert "\n".join(told) == found.text()
    assert found.json()["answers"][0]["item"] == "pool"


def test_the_asker_makes_its_study_once() -> None:
    case = checked(BASE)
    asker = Asker(case, verbs.solve(case), Trials(case))
    assert asker.study is asker.study
    assert asker.answer(FUND, "pool") == asker.answer(FUND, "pool")


@pytest.mark.parametrize("seed", SEEDS)
def test_the_lever_worth_most_brings_what_is_said(seed: int) -> None:
    case, plan = solved(seed)
    study = Study(case)
    best = next(iter(prices(study)), None)
    if best is None or not best.binds or best.of not in (FUND, STAFF):
        pytest.skip("no fund or role is worth most")
    lever = next(v for v in study.levers if v.of == best.of and v.item == best.item)
    length = sum(s.length for s in best.steps if math.isfinite(s.length))
    if not length:
        pytest.skip("no end was found")
    after = verbs.solve(verbs.apply_changes(case, lever.changes(length)))
    assert value(after) - value(plan) == pytest.approx(best.total, rel=1e-4, abs=1e-4)


# -- what is named in the reasons of initiatives ----------------------------------------------------------------------


def test_a_bend_of_a_curve_is_named_and_tried() -> None:
    curve = [{"curve": "c", "level": x, "achieved": y} for x, y in ((0, 0), (0.6, 0.9), (1, 1))]
    rows = [{"initiative": "first", "outcome": "lives", "at_full": 10, "curve": "c"}]
    rows += [{"initiative": "second", "outcome": "lives", "at_full": 4}]
    case = checked(
        {
            **BASE,
            "Funds": [{"fund": "pool", "amount": 900}],
            "Staff": [],
            "Needs": [],
            "Outcomes": rows,
            "Curves": curve,
        }
    )
    (reason,) = explain(case, "first").reasons
    assert (
        "Its curve “c” bends at 60% of its scope: each further step brings 17% of what it brought before in lives."
        in reason.sentence
    )


def test_a_missing_outcome_is_named() -> None:
    rows = [{"initiative": "first", "outcome": "lives", "at_full": 10}]
    case = checked({**BASE, "Funds": [{"fund": "pool", "amount": 900}], "Staff": [], "Needs": [], "Outcomes": rows})
    (reason,) = explain(case, "second").reasons
    assert "It would bring nothing, as it has no row in Outcomes, and cost" in reason.sentence


def test_a_floor_that_holds_money_back_is_named() -> None:
    records = {
        **BASE, "Agencies": [{"agency": "a", "weight": 90}, {"agency": "b", "weight": 10}], "Staff": [], "Needs": [],
        "Initiatives": [{"initiative": "first", "lead": "a", "request": 1000}, {"initiative": "second", "lead": "b", "request": 20}],
        "Rules": [{"rule": "split", "kind": "formula", "per": "agency", "of": "weight; floor 10%", "where": "fund = pool"}],
        "Funds": [{"fund": "pool", "amount": 900}],
    }  # fmt: skip
    case = checked(records)
    (reason,) = explain(case, "first").reasons
    assert "By the rule split, b must get 10% of all that is spent, and can take only $20" in reason.sentence
    (answer,) = explain(case, "pool").answers
    assert answer.left is not None
    assert any("by the rule split b must get a share, and cannot take it" in p.words for p in answer.left.parts)
