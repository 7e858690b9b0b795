"""Where no tree proves a plan, a second solver is asked: it confirms the best, finds better than what is not, and is not needed."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from typing import Any

import pytest

import optimiser
from optimiser.model.program import Program
from optimiser.plan import second
from optimiser.report import status as words
from optimiser.solvers import branch
from optimiser.solvers.scip import second_opinion
from optimiser.solvers.solution import Stop
from tests.browser.test_cancel import hard
from tests.oracle.large_cases import large_case

pytestmark = pytest.mark.skipif(importlib.util.find_spec("pyscipopt") is None, reason="SCIP is not installed")


def case_of(seed: int, objective: str = "impact") -> optimiser.Case:
    """Some fifty initiatives, each with a switch."""
    records: dict[str, list[dict[str, Any]]] = large_case(
        funds=3, agencies=6, initiatives=50, periods=1, partners=2, seed=seed, switches=True
    )
    for n, row in enumerate(records["Initiatives"]):
        row["all_or_nothing"], row["minimum"] = ("yes", "") if n % 3 else ("no", round(row["request"] * 0.4))
    records["Case"] = [{"setting": "objective", "value": objective}]
    return optimiser.case_from(records)


@pytest.mark.first(1)
@pytest.mark.parametrize("objective", ["impact", "coverage"])
def test_what_no_tree_proves_is_confirmed_and_the_words_say_so(objective: str, monkeypatch: pytest.MonkeyPatch) -> None:
    case = case_of(1, objective)
    proven = optimiser.solve(case)
    assert words.badge(proven) == "Proven best"
    assert "scip" not in proven.versions, "a proof needs no second opinion"
    monkeypatch.setattr(branch, "MOST_SWITCHES", 0)
    monkeypatch.setattr(branch, "FEW", 0)
    confirmed = optimiser.solve(case)
    assert not confirmed.proof.exact_bound
    assert confirmed.extra["cross_checked"]
    assert words.badge(confirmed) == "Best, cross-checked"
    assert confirmed.versions["scip"]
    monkeypatch.setattr(second, "available", lambda: False)
    alone = optimiser.solve(case)
    assert words.badge(alone) == "Best by the solver"
    assert alone.award.equals(confirmed.award)


def test_better_than_what_was_called_best_is_found_and_said() -> None:
    case = case_of(2)
    plan, model = optimiser.solve(case), Program.of(case).model
    best = plan.stages[0]
    assert second_opinion(model, best.achieved, 60).agrees
    worse = best.achieved + model.stages[0].sign * 0.01 * abs(best.achieved)
    found = second_opinion(model, worse, 60)
    assert not found.agrees
    assert found.better == pytest.approx(best.achieved, rel=1e-5)
    claimed = replace(
        plan,
        stages=(replace(best, achieved=worse), *plan.stages[1:]),
        proof=replace(plan.proof, exact_bound=False),
    )
    told = second.asked(claimed, model, 60)
    assert told.status == "stopped"
    assert "is not called best" in told.notes[-1]
    assert words.badge(told) == "Best plan found"


def test_a_stop_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    stop = Stop()
    stop.stop()
    model = Program.of(optimiser.case_from(hard())).model
    found = second_opinion(model, 1.0, 600, stop)
    assert not found.agrees
