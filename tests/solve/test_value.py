"""One stage of a model, loaded and asked again with small changes: each answer is that of solving anew."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimiser.model.matrix import Model
from optimiser.solvers import value
from optimiser.solvers.highs import solve
from optimiser.solvers.solution import SolverError, Stop
from optimiser.solvers.value import Values
from tests.solve.dense import INF, allocation, dense


def best_of(model: Model) -> float:
    """The best value of a model solved by itself, minimised."""
    found = solve(model).stages[0]
    return model.stages[0].sign * found.best


def test_changed_limits_bounds_and_costs_as_if_solved_anew() -> None:
    model = allocation(4)
    values = Values(model)
    first = values.best()
    assert first is not None
    assert first.value == pytest.approx(best_of(model), rel=1e-12)
    rng = np.random.default_rng(0)
    capped = np.flatnonzero(np.isfinite(model.row_upper) & ~np.isfinite(model.row_lower))
    for _ in range(5):
        rows = np.sort(rng.choice(capped, 4, replace=False))
        upper = model.row_upper.copy()
        upper[rows] *= rng.uniform(0.8, 1.2, 4)
        columns = np.sort(rng.choice(len(model.column_upper), 5, replace=False))
        most = model.column_upper.copy()
        most[columns] *= rng.uniform(0.5, 1, 5)
        cost = model.stages[0].cost.copy()
        cost[columns] -= 1
        changed = replace(model, row_upper=upper, column_upper=most, stages=(replace(model.stages[0], cost=cost),))
        values.set_rows(rows, model.row_lower[rows], upper[rows])
        values.set_columns(columns, model.column_lower[columns], most[columns])
        values.set_costs(columns, cost[columns])
        found = values.relaxed(first.start)
        assert found is not None
        assert found.value == pytest.approx(best_of(changed), rel=1e-9)
        assert np.array_equal(values.costs(), cost)
        values.set_rows(rows, model.row_lower[rows], model.row_upper[rows])
        values.set_columns(columns, model.column_lower[columns], model.column_upper[columns])
        values.set_objective(model.stages[0].cost)
        back = values.relaxed(first.start)
        assert back is not None
        assert back.value == pytest.approx(first.value, rel=1e-12), "a change that is taken back leaves no trace"


def test_a_question_without_a_plan_leaves_no_trace() -> None:
    values = Values(dense([[1, 1]], -INF, 1, [-1, -2], signs=(-1.0,)))
    row = np.array([0])
    values.set_rows(row, np.array([3.0]), np.array([4.0]))
    assert values.relaxed() is None
    assert values.best() is None
    values.set_rows(row, np.array([-INF]), np.array([1.0]))
    whole = values.best()
    assert whole is not None
    assert whole.value == -2
    assert whole.duals.tolist() in ([-1], [-2])


def test_what_does_not_beat_a_value_is_no_answer() -> None:
    values = Values(dense([[1, 1]], -INF, 1, [-1, -2], signs=(-1.0,)))
    assert values.best(below=-2.0) is None
    assert values.best(below=-1.9) is not None


def test_a_stopped_question_is_an_error_not_an_answer() -> None:
    stop = Stop()
    stop.stop()
    with pytest.raises(SolverError):
        Values(allocation(2), stop=stop).best()


def test_many_switches_are_found_from_a_plan_that_is_near_as_by_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(value, "MOST_SWITCHES", 3)
    dice = Random(5)
    for _ in range(8):
        rows = [[float(dice.randint(1, 9)) for _ in range(8)] for _ in range(2)]
        model = dense(
            rows, -INF, 20.0, [-float(dice.randint(1, 9)) for _ in range(8)], integer=[True] * 6 + [False] * 2
        )
        searched, near = Values(model), Values(model)
        first = searched.best()
        assert first is not None
        near.near = np.array([float(dice.randint(0, 1)) for _ in range(6)])
        for column in range(6):  # each must be in, and each must be out
            for held in (1.0, 0.0):
                made = []
                for values in (searched, near):
                    values.set_columns(np.array([column]), np.array([held]), np.array([held]))
                    found = values.best()
                    besides = None if found is None else values.best(besides=[values.switches_of(found.x)])
                    made += [None if f is None else pytest.approx(f.value) for f in (found, besides)]
                    values.set_columns(np.array([column]), np.zeros(1), np.ones(1))
                assert made[:2] == made[2:]


WEIGHTS = st.lists(st.integers(1, 9).map(float), min_size=2, max_size=5)


@given(WEIGHTS, st.data())
def test_switches_are_chosen_as_by_trying_all(weights: list[float], data: st.DataObject) -> None:
    size = len(weights)
    worth = data.draw(st.lists(st.integers(1, 9).map(float), min_size=size, max_size=size))
    room = data.draw(st.integers(0, int(sum(weights))))
    values = Values(dense([weights], -INF, float(room), [-w for w in worth], integer=[True] * size, signs=(-1.0,)))
    plans = [np.array(p, float) for p in product((0, 1), repeat=size) if np.dot(p, weights) <= room]
    ordered = sorted(plans, key=lambda p: -float(np.dot(p, worth)))
    found = values.best()
    assert found is not None
    assert found.value == pytest.approx(-np.dot(ordered[0], worth))
    mine = values.switches_of(found.x)
    other = values.best(besides=[mine])
    rest = [float(np.dot(p, worth)) for p in plans if not np.array_equal(p, mine)]
    assert (other is None) == (not rest)
    if other is not None:
        assert other.value == pytest.approx(-max(rest))
    for plan in plans[:4]:
        held = values.held(plan)
        assert held is not None
        assert held.value == pytest.approx(-np.dot(plan, worth))
    again = values.best()
    assert again is not None
    assert again.value == pytest.approx(found.value), "what was held or left out stands no more"
    loose = values.relaxed()
    assert loose is not None
    assert loose.value <= found.value + 1e-9
