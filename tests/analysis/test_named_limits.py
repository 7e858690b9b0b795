"""A limit is named as the reason only where it is one: without those that are named it goes farther, or costs less elsewhere.

10 random cases in the normal run, 300 with OPTIMISER_SOAK=1.
"""

from __future__ import annotations

import os

import pytest

from optimiser import verbs
from optimiser.analysis.reasons.prices import Study
from optimiser.analysis.reasons.reason import Reason
from optimiser.analysis.reasons.trial import Trials
from optimiser.analysis.reasons.why import Why
from optimiser.case.case import Case
from optimiser.case.faults import InvalidCase
from optimiser.case.tolerances import FULL, NEAR_WHOLE
from tests.analysis.test_why import BASE
from tests.oracle.random_cases import random_case
from tests.rules.small import Records, checked

SEEDS = range(300) if os.environ.get("OPTIMISER_SOAK") else (*range(6), 9, 10, 20, 28)


def why_of(case: Case) -> Why:
    plan = verbs.solve(case)
    if not plan.has_plan:
        pytest.skip("no plan")
    trials, awards = Trials(case), plan.tables["Awards"]
    trials.near = plan.ends
    return Why(Study(case, plan=plan), trials, awards["award"], awards["level"])


def limits_hold(why: Why, i: int, reason: Reason) -> None:
    ways = why.ways
    forced, (level, _) = ways.forced(i), ways.limits.farthest(i)
    loss = 0.0 if forced is None else forced.value - ways.base.value
    if not reason.limits or (forced is not None and loss <= ways.small):
        return
    assert len(set(reason.limits)) == len(reason.limits), reason
    with ways.limits.without(i, reason.limits):
        if forced is None:
            assert ways.limits.farthest(i)[0] > level + NEAR_WHOLE, reason
        else:
            best, freed = ways.values.best(), ways.forced(i)
            assert best is not None
            assert freed is not None
            assert freed.value - best.value < loss - ways.small, reason
    assert ways.limits.farthest(i)[0] == pytest.approx(level, abs=1e-9), "the limits are there again"


@pytest.mark.first(6)
@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_named_is_the_reason(seed: int) -> None:
    try:
        case = verbs.case_from(random_case(seed, rules=seed % 2 == 0))
    except InvalidCase:
        pytest.skip("no valid case")
    why = why_of(case)
    for i in range(case.facts.size("initiative")):
        if why.levels[i] < FULL and case.facts.maximum[i] > 0:
            limits_hold(why, i, why.first(i))


def first_of(records: Records, i: int = 0, **more: object) -> Reason:
    why = why_of(checked({**BASE, **records, **more}))  # type: ignore[dict-item]
    limits_hold(why, i, why.first(i))
    return why.first(i)


POOL = [{"fund": "pool", "name": "The Pool", "kind": "pooled", "amount": 300}]
CAP = {"rule": "cap", "kind": "limit", "where": "initiative = first", "at_most": 300}
FIRST = {"initiative": "first", "name": "The First", "lead": "a", "request": 1000, "score": 90}


def test_two_limits_at_the_same_place_are_the_reason_together() -> None:
    said = first_of({"Funds": POOL, "Rules": [CAP]}).sentence
    assert "more than 30% of its scope, because of " in said
    assert said.endswith(" together.")
    assert {"The Pool", "the rule cap"} == set(first_of({"Funds": POOL, "Rules": [CAP]}).limits)


def test_the_nearer_of_two_limits_is_the_reason() -> None:
    assert first_of({"Funds": POOL, "Rules": [{**CAP, "at_most": 250}]}).limits == ("the rule cap",)
    assert first_of({"Funds": POOL, "Rules": [{**CAP, "at_most": 350}]}).limits == ("The Pool",)


def test_a_pace_is_a_reason_though_it_is_the_bound_of_a_column() -> None:
    said = first_of({"Initiatives": [{**FIRST, "pace": 0.4}, BASE["Initiatives"][1]]}).sentence
    assert said.endswith("No plan can give it more than 40% of its scope, because of its own pace.")


def test_the_needs_of_another_are_not_called_its_own() -> None:
    """$500 of the $800 must go to `second`."""
    second = {**BASE["Initiatives"][1], "name": "The Second", "must_fund": True}
    reason = first_of({"Initiatives": [FIRST, second]})
    assert "No plan can give it more than 30% of its scope" in reason.sentence
    assert reason.limits == ("The Pool", "the requirement to fund The Second")
    second["minimum"] = 400
    assert first_of({"Initiatives": [FIRST, second]}).limits == ("The Pool", "the minimum of The Second")


@pytest.mark.parametrize("size", [1e9, 1e11, 1e13])
def test_how_far_it_goes_is_asked_in_scopes_and_not_in_money(size: float) -> None:
    """A price of a scope beside ones of 10¹³ was nothing to the solver, which then went no way at all."""
    funds = [{**POOL[0], "amount": size}]
    more = {"initiative": "first", "lead": "a", "request": 2 * size}
    why = why_of(checked({**BASE, "Funds": funds, "Initiatives": [more]}))
    assert why.ways.limits.farthest(0)[0] == pytest.approx(0.5)
    with why.ways.limits.without(0, ["The Pool"]):
        assert why.ways.limits.farthest(0)[0] == pytest.approx(1)
    assert why.first(0).limits == ("The Pool",)


def test_of_many_limits_three_are_named() -> None:
    """`first` needs five kinds of people that nobody has enough of."""
    roles = [f"role {k}" for k in range(5)]
    records: Records = {
        "Staff": [{"agency": "a", "role": role, "fte": 0.5} for role in roles],
        "Needs": [{"initiative": "first", "role": role, "fte": 1} for role in roles],
    }
    reason = first_of(records)
    assert len(reason.limits) == 5
    assert "more than 50% of its scope, because of the people for the role role 0, " in reason.sentence
    assert " and 2 more limits together." in reason.sentence
