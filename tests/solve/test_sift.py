"""A large program solved by parts is the whole one: here small programs, so that both ways are quick. OPTIMISER_SOAK=1000 takes more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import optimiser
from optimiser.model.program import Program
from optimiser.solvers import sift
from optimiser.solvers.highs import solve
from optimiser.solvers.solution import Basis, Stop
from optimiser.solvers.value import Values
from optimiser.verbs import apply_changes, solved
from tests.oracle.large_cases import large_case, wide_case
from tests.oracle.random_cases import random_case
from tests.soak import SOAK

SEEDS = range(5000, 5000 + (SOAK or 15))


@pytest.fixture
def by_parts(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Every linear program by parts, however small, beginning with one block of each group; how many blocks each began with."""
    began: list[int] = []
    monkeypatch.setattr(sift, "LEAST_COLUMNS", 0)
    monkeypatch.setattr(sift, "_FIRST", 1)
    first = sift.Sifting.first
    monkeypatch.setattr(sift.Sifting, "first", lambda self, plan: told(first(self, plan), began))
    return began


def told(inside: Any, began: list[int]) -> Any:
    began.append(int(np.count_nonzero(~inside)))
    return inside


def figures(plan: optimiser.Plan) -> Any:
    """Status and the best of each objective, to nine digits; with one objective also every award and post."""
    if not plan.has_plan:
        return plan.status
    bests = [float(f"{stage.best:.9g}") for stage in plan.stages]
    if len(bests) > 1:
        return plan.status, bests
    return plan.status, bests, plan.award.round(2).to_csv(), plan.posts.round(6).to_csv()


@pytest.mark.first(5)
@pytest.mark.parametrize("seed", SEEDS)
def test_by_parts_the_plan_is_the_same(seed: int, by_parts: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    case = optimiser.case_from(random_case(seed, rules=seed % 2 > 0, stages=seed % 3 == 0))
    found = optimiser.solve(case)
    assert not found.has_plan or not list(optimiser.verify(found))
    monkeypatch.setattr(sift, "LEAST_COLUMNS", 10**9)
    assert figures(found) == figures(optimiser.solve(case))


def test_parts_are_left_out_and_the_whole_is_proven(by_parts: list[int]) -> None:
    plan = optimiser.solve(optimiser.case_from(wide_case()))
    assert plan.status == "optimal"
    assert plan.proof is not None
    assert plan.proof.exact_bound
    assert by_parts[0] > 1000


def test_a_part_without_a_plan_takes_in_what_gives_it_one(by_parts: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Many agencies with little each: the best of each initiative alone breaks a rule. Nothing is solved whole for that."""
    monkeypatch.setattr(sift, "_FIRST", 4)
    case = optimiser.case_from(
        large_case(funds=12, agencies=300, initiatives=60, periods=1, partners=6, staffed=0.03, active=1.0, seed=1)
    )
    model = Program.of(case).model
    empty, ways = [], []
    taken, sifted = sift.Sifting.without_plan, sift.sifted

    def took(self: Any, *rest: Any) -> Any:
        empty.append(1)
        return taken(self, *rest)

    def ended(*rest: Any) -> Any:
        out = sifted(*rest)
        ways.append(out is not None)
        return out

    monkeypatch.setattr(sift.Sifting, "without_plan", took)
    monkeypatch.setattr("optimiser.solvers.linear.sifted", ended)
    found = solve(replace(model, ties=()))
    assert empty
    assert all(ways)
    assert by_parts[0] > 100
    assert found.status == "optimal"
    assert found.proven
    monkeypatch.setattr(sift, "LEAST_COLUMNS", 10**9)
    assert solve(replace(model, ties=())).stages[0].best == pytest.approx(found.stages[0].best, rel=1e-9)


def test_where_it_ended_a_change_begins_and_is_near(by_parts: list[int]) -> None:
    case = optimiser.case_from(large_case(funds=6, agencies=20, initiatives=40, partners=8))
    plan, solution = solved(case)
    assert by_parts[0] > 100
    assert solution.basis is not None
    assert plan.ends is not None
    assert plan.ends.first is not None
    model = Program.of(case).model
    assert (plan.ends.first.rows != solution.basis.rows).any(), "blocks that were left out are priced"
    assert np.count_nonzero(plan.ends.first.rows == 1) + np.count_nonzero(plan.ends.first.columns == 1) == len(
        model.row_lower
    )
    stage = replace(model, stages=model.stages[:1], ties=())
    again = Values(stage, basis=plan.ends.first)
    found = again.best()
    assert found is not None
    assert -found.value == pytest.approx(plan.objective, rel=1e-9)
    assert again.iterations <= 5, "it has ended there already"
    more = apply_changes(case, [{"sheet": "Funds", "where": "fund = fund 03", "column": "amount", "change": "+ 5000"}])
    changed = Program.of(more).model
    near = solve(changed, basis=plan.ends.first, last=plan.ends.last)
    assert near.stages[0].best == pytest.approx(solve(changed).stages[0].best, rel=1e-9)


def test_stopped_midway_there_is_a_plan_and_a_bound(by_parts: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    stop, case = Stop(), optimiser.case_from(wide_case())
    priced = sift.Sifting.priced

    def pull(self: Any, *rest: Any) -> Any:
        stop.stop()
        return priced(self, *rest)

    monkeypatch.setattr(sift.Sifting, "priced", pull)
    plan = optimiser.solve(case, stop=stop)
    assert plan.status == "stopped"
    assert plan.has_plan
    assert plan.bound is not None
    assert plan.objective is not None
    assert 0 < plan.objective < plan.bound
    assert not list(optimiser.verify(plan))


def test_a_beginning_of_another_shape_is_none(by_parts: list[int]) -> None:
    """A change may take a column away; where the case before ended is then no beginning, and the plan the same."""
    model = Program.of(optimiser.case_from(random_case(5003, rules=True))).model
    alone = solve(model)
    assert alone.x is not None
    assert alone.basis is not None
    other = Basis(alone.basis.columns[1:], alone.basis.rows[1:])
    again = solve(model, basis=other, last=other)
    assert again.x is not None
    assert again.x.tobytes() == alone.x.tobytes()
