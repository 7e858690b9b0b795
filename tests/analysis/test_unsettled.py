"""A solve that ends before anything is known is never told as "there is no plan": whoever reads its answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import optimiser
from optimiser.analysis.asking import parametric, repeat
from optimiser.analysis.limits.cell import Cell
from optimiser.analysis.reasons import conflict
from optimiser.analysis.replanning import replan_loose
from optimiser.analysis.what_if import frontier, trade_off
from optimiser.case.case import Case
from optimiser.model.program import Program
from optimiser.report.documents import frontier_text
from optimiser.solvers.solution import Solution, SolveLimits, Unsettled, settled_plan


def small(**more: Any) -> Case:
    """Two agencies, a fund of both, two initiatives of which one is all or nothing."""
    return optimiser.case_from(
        {
            "Agencies": [{"agency": "Clinic"}, {"agency": "Police"}],
            "Funds": [{"fund": "Pool", "amount": 100}],
            "Contributions": [{"agency": name, "fund": "Pool", "amount": 50} for name in ("Clinic", "Police")],
            "Initiatives": [
                {"initiative": "A", "request": 80, "lead": "Clinic", "all_or_nothing": "yes"},
                {"initiative": "B", "request": 60, "lead": "Police"},
            ],
            **more,
        }
    )


def straight() -> Case:
    """The same without switches, so that a frontier follows it exactly."""
    return small(Initiatives=[{"initiative": name, "request": 80, "lead": "Clinic"} for name in "AB"])


def stopped(*_args: object, **_more: object) -> Solution:
    return Solution("stopped")


SOME = SolveLimits()
AMOUNT = Cell("Funds", 'fund = "Pool"', "amount")
READERS: dict[str, tuple[Any, Callable[[Case], object]]] = {
    "draws": (repeat, lambda case: repeat.Repeat(case, any_plan=True)._afresh(case)),
    "two objectives": (trade_off, lambda case: trade_off.trade_off(case, "impact", "thrift")),
    "a way": (parametric, lambda _case: frontier.frontier(straight(), AMOUNT, 50, 100)),
    "promises": (replan_loose, lambda case: replan_loose.loosest(Program.of(case).model, SOME)),
    "conflict": (conflict, lambda case: conflict.conflict(case)),
}  # fmt: skip


def test_what_a_solve_says() -> None:
    assert settled_plan(Solution("infeasible")) is None
    assert settled_plan(Solution("stopped", np.ones(1))) is not None
    with pytest.raises(Unsettled):
        settled_plan(Solution("stopped"))


@pytest.mark.parametrize("reader", READERS)
def test_unknown_is_not_told_as_impossible(reader: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, ask = READERS[reader]
    monkeypatch.setattr(module, "solve", stopped)
    with pytest.raises(Unsettled):
        ask(small())


def test_a_promise_is_called_unkeepable_only_where_that_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    model = Program.of(small()).model
    assert not replan_loose.is_impossible(model, SOME)
    monkeypatch.setattr(replan_loose, "solve", stopped)
    assert not replan_loose.is_impossible(model, SOME)


def test_a_point_that_was_not_found_is_not_one_without_a_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    case = small(Rules=[{"rule": "least", "at_least": 90}])
    found = frontier.frontier(case, AMOUNT, 50, 150, count=3)
    assert "no plan" in frontier_text.text(found, case, AMOUNT)
    monkeypatch.setattr(frontier, "solve", stopped)
    found = frontier.frontier(case, AMOUNT, 50, 150, count=3)
    assert "no plan" not in frontier_text.text(found, case, AMOUNT)
    assert "not found in time" in frontier_text.text(found, case, AMOUNT)
