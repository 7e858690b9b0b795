"""What nothing tells apart is solved as one, and the answer is the whole's. OPTIMISER_SOAK=1000 takes more cases."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest

import optimiser
from optimiser.case.table import Array
from optimiser.model.program import Program
from optimiser.solvers import alike, linear, sift
from optimiser.solvers.alike import Alike, merged
from optimiser.solvers.bound import dual_bound
from optimiser.solvers.engine import Engine, RunOutcome, Watch
from optimiser.solvers.problem import Problem, centre, size
from optimiser.solvers.sharp import excess
from optimiser.solvers.solution import SolveLimits
from tests.oracle.large_cases import alike_case
from tests.oracle.random_cases import random_case
from tests.soak import SOAK

SEEDS = range(8000, 8000 + (SOAK or 24))
WATCH = Watch(SolveLimits(time_limit=1e9))


def relaxed(seed: int) -> tuple[Problem, Array]:
    """The linear program of a random case, and its first cost."""
    model = Program.of(optimiser.case_from(random_case(seed, rules=seed % 4 > 1))).model
    problem = Problem.of(model, as_it_is=True)
    return replace(problem, integer=np.zeros(len(problem.integer), bool)), problem.moving_cost(model.stages[0].cost)


def copied(problem: Problem, cost: Array, dice: Random) -> tuple[Problem, Array]:
    """Two to four copies of a program: some rows each has for itself, the others they share. All in any order."""
    times = dice.randint(2, 4)
    rows, columns = problem.shape
    shared = np.array([dice.random() < 0.5 for _ in range(rows)])
    row = np.concatenate([problem.row_of + np.where(shared[problem.row_of], 0, k * rows) for k in range(times)])
    column = np.concatenate([problem.index + k * columns for k in range(times)])
    value = np.tile(problem.value, times)
    kept = np.flatnonzero(~np.tile(shared, times) | (np.arange(times * rows) < rows))
    order = np.array(dice.sample(range(len(kept)), len(kept)))
    new_row = np.full(times * rows, -1)
    new_row[kept[order]] = np.arange(len(kept))
    new_column = np.array(dice.sample(range(times * columns), times * columns))
    sort = np.lexsort((new_column[column], new_row[row]))
    many = np.where(np.tile(shared, times), float(times), 1.0)[kept[order]]

    def of_rows(limit: Array) -> Array:
        return np.asarray(np.tile(limit, times)[kept[order]])

    def of_columns(numbers: Array) -> Array:
        made = np.empty(times * columns, numbers.dtype)
        made[new_column] = np.tile(numbers, times)
        return made

    made = Problem(
        np.append(0, np.cumsum(np.bincount(new_row[row], minlength=len(kept)))).astype(np.int32),
        new_column[column][sort].astype(np.int32),
        value[sort],
        of_columns(problem.column_lower),
        of_columns(problem.column_upper),
        of_rows(problem.row_lower) * many,
        of_rows(problem.row_upper) * many,
        of_columns(problem.integer),
        of_columns(problem.column_scale),
        of_rows(problem.row_scale),
    )
    return made, of_columns(cost)


@pytest.mark.parametrize("seed", SEEDS)
def test_classes_have_the_answer_of_the_whole(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it is, and twice to four times over: the same value to 1e-9, proven by prices of the whole, at a corner of the whole."""
    monkeypatch.setattr(alike, "_MOST", 1.0)
    monkeypatch.setattr(linear, "sifted", lambda *given: None)
    used: list[bool] = []
    monkeypatch.setattr(linear, "merged", lambda *given: told(merged(*given), used))
    one = relaxed(seed)
    for problem, cost in (one, copied(*one, Random(seed))):
        monkeypatch.setattr(linear, "worth_sifting", lambda asked: False)
        whole = linear.solve_linear(problem, cost, WATCH)
        monkeypatch.setattr(linear, "worth_sifting", lambda asked, whole=problem: asked is whole)
        found = linear.solve_linear(problem, cost, WATCH)
        assert found.ending == whole.ending
        if problem is not one[0]:
            classes = Alike.of(problem, cost)
            assert classes is not None
            assert 2 * (classes.columns.max() + 1) <= len(cost)
            assert used.pop() == (whole.ending == "optimal")
        if whole.ending == "infeasible":
            continue
        assert found.x is not None
        assert found.y is not None
        assert found.basis is not None
        assert abs(found.value - whole.value) <= 1e-9 * size(whole.value, cost)
        bound = dual_bound(problem, cost, found.y)
        assert bound is not None
        assert bound == found.exact
        assert abs(float(bound) - whole.value) <= 2e-9 * size(whole.value, cost)
        assert excess(problem, found.x) <= 1
        assert Engine(problem, cost, centre(cost), WATCH.limits, presolve="off").start_from(found.basis)


@pytest.mark.parametrize("of", [{"any_agency": True}, {"kinds": 12}, {"any_agency": True, "kinds": 12}])
def test_a_case_with_much_alike_has_the_plan_of_the_whole(of: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    case = optimiser.case_from(alike_case(**of, funds=4, initiatives=36, partners=3, periods=1, agencies=20, seed=2))
    monkeypatch.setattr(sift, "LEAST_COLUMNS", 500)
    monkeypatch.setattr(alike, "_MOST", 0.5)
    used: list[bool] = []
    monkeypatch.setattr(linear, "merged", lambda *given: told(merged(*given), used))
    found = optimiser.solve(case)
    assert any(used)
    assert not list(optimiser.verify(found))
    monkeypatch.setattr(linear, "merged", lambda *given: None)
    whole = optimiser.solve(case)
    assert (found.status, found.proof.exact_bound) == (whole.status, whole.proof.exact_bound)
    assert found.proof.dual_bound == pytest.approx(whole.proof.dual_bound, rel=1e-9)
    assert found.objective == pytest.approx(whole.objective, rel=1e-9)
    assert found.spend.round(2).to_csv() == whole.spend.round(2).to_csv()


def told(out: RunOutcome | None, used: list[bool]) -> RunOutcome | None:
    used.append(out is not None)
    return out


def test_a_case_in_which_all_differs_is_left_at_once() -> None:
    problem, cost = relaxed(SEEDS[0])
    rng = np.random.default_rng(0)
    assert Alike.of(problem, rng.uniform(size=len(cost))) is None
