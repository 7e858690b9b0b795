"""Posts in whole people, wherever a plan is asked about: explained, compared, re-planned, made safer."""

from __future__ import annotations

import pytest

import optimiser
from optimiser.analysis.reasons.explain import explain
from optimiser.analysis.uncertain.draws import draws
from optimiser.analysis.uncertain.robust import average_plan
from tests.analysis.test_uncertainty import small


@pytest.mark.first(1)
@pytest.mark.parametrize("step", [0.5, 1.0])
def test_a_case_of_whole_people_is_explained_and_made_safer(step: float) -> None:
    records = small(1)
    records.setdefault("Case", []).append({"setting": "post_step", "value": step})
    case = optimiser.case_from(records)
    plan = optimiser.solve(case)
    assert plan.has_plan
    assert not optimiser.verify(plan)
    assert all((fte / step) % 1 == 0 for fte in plan.tables["Posts"]["fte"].tolist())
    told = explain(case)
    assert len(told.reasons) == case.facts.size("initiative")
    best = average_plan(draws(case, 3, 1))
    assert best.value is not None
    assert best.plan is not None
    assert not optimiser.verify(best.plan)
