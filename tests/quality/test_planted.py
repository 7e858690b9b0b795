"""A solver that is wrong is noticed, and its case comes out as a workbook of the few rows that show it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import optimiser
from optimiser.model.matrix import Model
from optimiser.model.program import Program
from optimiser.solvers.highs import solve
from optimiser.solvers.solution import Solution, SolveLimits
from tests.oracle.random_cases import random_case
from tests.quality import random_cases
from tests.quality.random_cases import compared

SEED = 6
OFF = 1e-5
"""Of its best: by how much the planted solver is wrong."""


def wrong_where_people_are_asked_for(model: Model, name: str, limits: SolveLimits) -> Solution:
    """A solver that is right but where an initiative needs staff."""
    found = solve(model, limits)
    if not model.columns["post"].size or found.x is None:
        return found
    first, *later = found.stages
    return replace(found, stages=(replace(first, best=first.best * (1 + OFF)), *later))


def unproven(model: Model, limits: SolveLimits) -> Solution:
    """HiGHS with no exact bound beside it, so that nothing says who of the two is right."""
    return replace(solve(model, limits), proven=False)


def test_a_planted_fault_is_found_and_cut_down_to_a_small_workbook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(random_cases, "solve_with", wrong_where_people_are_asked_for)
    monkeypatch.setattr(random_cases, "solve", unproven)
    monkeypatch.setattr(random_cases, "OTHERS", ("cbc",))
    (row,) = compared(SEED, 1, 60.0, tmp_path)
    assert {one["seed"] for one in row["apart"]} == {SEED}
    one = row["apart"][0]
    whole = random_case(SEED, rules=SEED % 3 > 0)
    assert one["rows"] < sum(map(len, whole.values())) / 3
    assert "apart" in one["said"]
    case = optimiser.read(str(tmp_path / one["file"]))
    model = Program.of(case).model
    assert model.columns["post"].size, "what the fault needs is still there"
    assert solve(model).x is not None


def test_what_exact_arithmetic_proves_puts_the_other_solver_in_the_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(random_cases, "solve_with", wrong_where_people_are_asked_for)
    (row,) = compared(SEED, 1, 60.0, tmp_path)
    assert row["told"] == {"cases": 1, **{f"{other}: other wrong": 1 for other in random_cases.OTHERS}}
    assert not row["apart"]
    assert not list(tmp_path.iterdir())


def test_a_plan_that_breaks_a_row_by_far_is_no_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """CBC gave one of seed 5493: a rule asks for level where an all-or-nothing initiative has no time to be delivered in full."""
    rule = {"rule": "some", "measure": "level", "where": "initiative = Late", "at_least": 0.02}
    late = {"initiative": "Late", "lead": "A", "request": 50, "all_or_nothing": "yes", "pace": 0.5, "first": "Q2"}
    records: dict[str, list[dict[str, Any]]] = {
        "Periods": [{"period": "Q1"}, {"period": "Q2"}],
        "Agencies": [{"agency": "A"}],
        "Funds": [{"fund": "F", "amount": 100}],
        "Initiatives": [late],
    }
    kept = solve(Program.of(optimiser.case_from(records)).model)
    model = Program.of(optimiser.case_from({**records, "Rules": [rule]})).model
    ours = solve(model)
    assert ours.status == "infeasible"
    assert random_cases.stands(model, ours, kept) == "other wrong"
    assert random_cases.stands(model, ours, replace(kept, x=None)) == "no plan"
    # What misses by no more than tolerances may explain is for a person to look at.
    monkeypatch.setattr(random_cases, "BY_FAR", 1.0)
    assert random_cases.stands(model, ours, kept).startswith("apart")
