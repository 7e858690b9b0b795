"""Plans that hold to the last digit: what exceeds a limit by the solver's tolerance is no plan."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimiser.solvers.column_reach import scales
from optimiser.solvers.highs import solve
from optimiser.solvers.problem import Problem
from optimiser.solvers.sharp import excess
from optimiser.solvers.solution import relative_gap
from tests.solve.dense import INF, dense


@given(st.integers(6, 13), st.sampled_from([1, 3, 40]), st.sampled_from([2, 7, 1000]))
@settings(max_examples=40, deadline=None)
def test_two_switches_that_exceed_their_fund_by_a_unit_are_not_both_on(size: int, extra: int, worth: int) -> None:
    large = float(10**size)
    model = dense(
        [[large, float(extra)]], -INF, large, [-large, -float(worth)], integer=True, row_scale=2.0 ** -round(size * 3.3)
    )
    answer = solve(model)
    assert answer.x is not None
    assert answer.x.tolist() == ([1, 0] if large >= worth else [0, 1])
    assert answer.exact_bound == -min(-large, -worth) or answer.status == "optimal"


def test_what_a_column_can_reach_measures_it() -> None:
    model = dense([[1e12, 500.0]], -INF, 1000.0, [-1.0, -1.0], column_scale=1.0, row_scale=2.0**-40)
    columns, rows, most = scales(model)
    assert columns[0] == pytest.approx(1e-9, rel=0.5)
    assert columns[1] == 1
    assert rows[0] == pytest.approx(1e-3, rel=0.5)
    assert 1e-9 <= most[0] <= 1.1e-9
    assert most[1] == 1


def test_a_row_missed_by_more_than_floats_lose_is_seen() -> None:
    problem = Problem.of(dense([[1.0, 1.0]], -INF, 1e9, [1, 1], upper=2e9))
    assert excess(problem, problem.column_upper * 0 + 5e8) <= 1
    assert excess(problem, problem.column_upper * 0 + 5e8 + 0.5) > 1


def test_a_gap_is_relative_to_the_best_that_a_reader_sees() -> None:
    assert relative_gap(200.0, 201.0) == pytest.approx(0.005)
    assert relative_gap(0.0, 7.0) == pytest.approx(7e6)
    assert relative_gap(0.0, 1e-10) == 0
    assert relative_gap(5.0, None) is None
