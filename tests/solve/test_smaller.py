"""What stands at 0 and what always holds is left out, and the answer is the whole's. OPTIMISER_SOAK=1000 takes more cases."""

from __future__ import annotations

import numpy as np
import pytest

import optimiser
from optimiser.model.program import Program
from optimiser.solvers.engine import Watch
from optimiser.solvers.linear import ObjectiveStep, in_turn
from optimiser.solvers.problem import Problem, total
from optimiser.solvers.sharp import excess
from optimiser.solvers.smaller import Smaller
from optimiser.solvers.solution import Basis, SolveLimits
from tests.oracle.random_cases import random_case
from tests.soak import SOAK

SEEDS = range(7000, 7000 + (SOAK or 12))


def problem_of(
    rows: list[list[float]], limits: list[tuple[float, float]], bounds: list[tuple[float, float]]
) -> Problem:
    matrix = np.array(rows, float)
    row, column = np.nonzero(matrix)
    start = np.append(0, np.cumsum(np.bincount(row, minlength=len(rows)))).astype(np.int32)
    (low, high), (least, most) = (np.array(pairs, float).T for pairs in (limits, bounds))
    ones = np.ones(matrix.shape[1]), np.ones(len(rows))
    index = column.astype(np.int32)
    return Problem(start, index, matrix[row, column], least, most, low, high, np.zeros(len(least), bool), *ones)


def test_columns_at_nothing_are_out_and_rows_that_always_hold() -> None:
    inf = np.inf
    problem = problem_of(
        [[1, 1, 1], [0, 1, 0], [0, 0, 1], [1, 0, 1], [0, 2, -1]],
        [(-inf, 3), (0, 0), (-inf, 5), (1, inf), (-inf, inf)],
        [(0, 4), (0, 0), (0, 5)],
    )
    part = Smaller.left_of(problem, None)
    assert part.columns.tolist() == [True, False, True]
    # The second has nothing left in it, the third is the bound of its column, the fifth has no limit.
    assert part.rows.tolist() == [True, False, False, True, False]
    assert part.problem.index.tolist() == [0, 1, 0, 1]
    assert part.values(np.array([1.0, 2.0])).tolist() == [1, 0, 2]
    assert part.prices(np.array([1.0, 2.0])).tolist() == [1, 0, 0, 2, 0]


def test_what_is_left_out_twice_finds_its_way_back() -> None:
    problem = problem_of([[1, 1, 1, 1], [1, 0, 0, 0]], [(0, 2), (0, 1)], [(0, 0), (0, 1), (0, 0), (0, 1)])
    part = Smaller.left_of(problem, None)
    longer = part.problem.with_row(np.array([1.0, 0.0]), 0.0, 0.0)
    held = longer.bounded(np.zeros(2), np.array([0.0, 1.0]))
    part = part.narrowed(Smaller.left_of(held, None))
    assert part.columns.tolist() == [False, False, False, True]
    assert part.rows.tolist() == [False, False, False]  # one column below 1 never exceeds 2
    assert part.values(np.array([0.5])).tolist() == [0, 0, 0, 0.5]


@pytest.mark.parametrize("seed", SEEDS)
def test_objectives_in_turn_are_those_of_the_whole(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each value, each exact bound and the plan, with and without leaving out."""
    case = optimiser.case_from(random_case(seed, rules=seed % 2 > 0, stages=seed % 3 > 0))
    model = Program.of(case).model
    problem = Problem.of(model, as_it_is=True)
    problem = problem.bounded(
        problem.column_lower, np.where(problem.integer, problem.column_lower, problem.column_upper)
    )
    costs = [problem.moving_cost(cost) for cost in (*(stage.cost for stage in model.stages), *model.ties)]
    steps = [ObjectiveStep(cost, prove=k < len(model.stages)) for k, cost in enumerate(costs)]
    found = in_turn(problem, steps, Watch(SolveLimits()))
    monkeypatch.setattr(Smaller, "left_of", staticmethod(lambda problem, basis: Smaller.all_of(problem)))
    whole = in_turn(problem, steps, Watch(SolveLimits()))
    assert (found.done, found.ending, len(found.answers)) == (whole.done, whole.ending, len(whole.answers))
    if found.x is None or whole.x is None:
        return
    for cost, one, other in zip(costs, found.answers, whole.answers, strict=False):
        assert one.x is not None
        assert len(one.x) == len(cost)
        assert one.value == pytest.approx(other.value, rel=1e-9, abs=1e-9)
        assert total(cost, one.x) == one.value
        assert (one.bound is None) == (other.bound is None)
        if one.bound is not None and other.bound is not None:
            assert one.bound <= one.value + 1e-9 * max(1.0, abs(one.value))
            assert one.bound == pytest.approx(other.bound, rel=1e-9, abs=1e-9)
    assert excess(problem, found.x) <= 1
    assert found.x == pytest.approx(whole.x, rel=1e-7, abs=1e-7)


def test_where_a_case_with_more_rows_ended_is_no_start() -> None:
    """A step that starts where another case ended is solved too where that case had a row that this one has not."""
    problem = problem_of([[1, 1]], [(-np.inf, 3)], [(0, 2), (0, 2)])
    there = Basis(np.array([1, 0], np.int8), np.array([1, 1], np.int8))
    steps = [ObjectiveStep(np.array([-1.0, -1.0])), ObjectiveStep(np.array([0.0, 1.0]), fresh=True, start=there)]
    made = in_turn(problem, steps, Watch(SolveLimits()))
    assert made.done == 2
    assert made.x is not None
    assert made.x.tolist() == [2, 1]
