"""The scales of the solver: no entry that counts is dropped or refused, and what stands at 0 sets no measure."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from optimiser.solvers.problem import Problem
from tests.solve.dense import INF, dense

SIZE = st.floats(-2.0, 13.0).map(lambda power: 10.0**power)


@given(st.lists(st.lists(SIZE, min_size=3, max_size=3), min_size=1, max_size=4), st.lists(SIZE, min_size=3, max_size=3))
def test_no_entry_is_below_what_the_solver_sees_or_above_what_it_takes(
    full: list[list[float]], most: list[float]
) -> None:
    model = dense(full, -INF, [sum(row) for row in full], np.ones(3), upper=most)
    for as_it_is in (False, True):
        problem = Problem.of(model, as_it_is=as_it_is)
        assert problem.value.min() > 1e-12
        assert problem.value.max() < 1e15
        assert np.abs(problem.row_upper).max() < 1e19
        assert np.all(np.frexp(problem.row_scale)[0] == 0.5)


def test_a_column_that_stands_at_0_sets_no_measure() -> None:
    model = dense([[1e13, 1.0, 2.0]], -INF, 5.0, [1e20, 1.0, 2.0], upper=[0.0, 10.0, 10.0])
    alone = dense([[1.0, 2.0]], -INF, 5.0, [1.0, 2.0], upper=[10.0, 10.0])
    problem, without = Problem.of(model, as_it_is=True), Problem.of(alone, as_it_is=True)
    assert problem.value.tolist() == [0.0, *without.value.tolist()]
    assert problem.moving_cost(model.stages[0].cost)[0] == 0.0


def test_a_row_is_added_in_a_scale_that_the_solver_takes() -> None:
    problem = Problem.of(dense([[1.0, 1.0, 1.0]], -INF, 1.0, np.ones(3), upper=1.0))
    more = problem.with_row(np.array([1e-9, 1e-9, 1e20]), -INF, 1.0)
    assert more.value.max() < 1e15
    assert more.row_upper[-1] > 0
