"""What is said of how sure an answer is: "best" only as far as it is proved, in every form alike."""

from __future__ import annotations

from dataclasses import replace

import pytest

from optimiser.plan.tables import Stage
from optimiser.report.status import badge, ending, quality
from tests.report.plans import plan_of

PROVEN = ("Proven best", "proven")


@pytest.mark.parametrize("status", ["optimal", "within_gap", "stopped"])
@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("early", [True, False])
def test_proven_is_said_of_what_is_proven(status: str, exact: bool, early: bool) -> None:
    plan = plan_of()
    plan = replace(plan, status=status, proof=replace(plan.proof, exact_bound=exact), extra={"early": early}, gap=0.001)
    for said in (badge(plan), ending(plan), quality(plan)):
        assert any(word in said for word in PROVEN) == (status == "optimal" and exact), said
        assert "best plan there is" not in said
        assert ("Stopped" in said) <= (status == "stopped" and early), said


def test_what_the_plan_misses_is_said_with_what_the_search_missed() -> None:
    stages = (Stage("impact", 1000.0, 1000.0, 0.0, 996.0),)
    plan = replace(plan_of(stages=stages), status="within_gap", gap=0.004)
    assert quality(plan) == "Within 0.4%: no plan is better by more than 4 points."


def test_what_only_whole_units_keep_from_the_best_was_not_stopped() -> None:
    plan = replace(plan_of(), status="stopped", gap=8e-9, extra={"early": False, "fractions": True})
    said = quality(plan)
    assert said == "Within 0.0001% of the best plan, which has fractions: none was found in whole units that is nearer."
    assert badge(plan) == "Within 0.0001%"
    assert ending(plan) == "within 0.0001% of the best"
