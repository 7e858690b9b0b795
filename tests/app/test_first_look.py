"""Of a large case the best of a change is told before its plan, and is the plan's own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import optimiser
from optimiser.app_pages.what_if_parts import tried
from optimiser.case.settings import parse_objective
from optimiser.desk import first_look, questions
from optimiser.solvers import sift
from tests.oracle.large_cases import large_case


def test_the_best_of_a_change_is_told_first(monkeypatch: pytest.MonkeyPatch) -> None:
    case = optimiser.case_from(large_case(initiatives=20, agencies=8, partners=4, funds=6))
    plan = optimiser.solve(case)
    assert first_look.worth_a_look(plan) is None, "solved in a moment"
    monkeypatch.setattr(sift, "LEAST_COLUMNS", 0)
    ends = first_look.worth_a_look(plan)
    assert ends is not None
    for percent in (-20, 10):
        said: list[Any] = []
        change = tried.fund_change(case, "fund 02", percent)
        assert change is not None
        after = questions.tried(case, change.rows, said.append, ends)
        (look,) = said
        assert look.impact == pytest.approx(after.impact, rel=1e-6)
        sentence = tried.first_words(plan, look)
        assert sentence.startswith("The best impact is then $")
        assert sentence.endswith("proven. Who gets what is still being worked out.")
    said = []
    impossible = ({"sheet": "Rules", "where": "rule = Victim services", "column": "at_least", "change": "= 0.9"},)
    assert not questions.tried(case, impossible, said.append, ends).has_plan
    assert not said, "that there is no plan is told by the solve"


def test_where_the_best_is_not_the_plans_own_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sift, "LEAST_COLUMNS", 0)
    case = optimiser.case_from(large_case(initiatives=20, agencies=8, partners=4, funds=6))
    plan = optimiser.solve(case)
    for objective in ("impact within 2% > thrift", "thrift > impact"):
        other = replace(case, settings=replace(case.settings, objective=parse_objective(objective)))
        assert first_look.worth_a_look(replace(plan, case=other)) is None
    assert first_look.worth_a_look(replace(plan, size={**plan.size, "integers": 1})) is None
