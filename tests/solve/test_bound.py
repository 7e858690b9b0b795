"""The exact bound against plain arithmetic with fractions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimiser.case.table import Array
from optimiser.model.matrix import Model
from optimiser.solvers.bound import clean, dual_bound, model_bound, plain_bound
from optimiser.solvers.highs import solve
from optimiser.solvers.problem import Problem
from tests.solve.dense import INF, allocation, dense, matrix

NUMBER = st.one_of(
    st.integers(-1000, 1000).map(float),
    st.floats(-1e9, 1e9, allow_subnormal=False),
    st.floats(-1e-9, 1e-9, allow_subnormal=False),
)


def plainly(model: Model, cost: Array, prices: Array) -> Fraction:
    """The same sum, written down."""
    total = Fraction(0)
    used = []
    for y, lower, upper in zip(prices.tolist(), model.row_lower, model.row_upper, strict=True):
        limit = lower if y > 0 else upper
        used.append(Fraction(y) if y and np.isfinite(limit) else Fraction(0))
        total += used[-1] * Fraction(limit) if used[-1] else 0
    full = matrix(model)
    for j in range(full.shape[1]):
        d = Fraction(float(cost[j])) - sum((y * Fraction(full[i, j]) for i, y in enumerate(used)), Fraction(0))
        total += d * Fraction(float(model.column_lower[j] if d > 0 else model.column_upper[j]))
    return total


@given(st.data())
@settings(max_examples=100)
def test_equals_plain_fractions(data: st.DataObject) -> None:
    rows, columns = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 5))
    full = [[data.draw(st.one_of(st.just(0.0), NUMBER)) for _ in range(columns)] for _ in range(rows)]
    lower = [data.draw(st.one_of(st.just(-INF), NUMBER)) for _ in range(rows)]
    upper = [data.draw(st.one_of(st.just(INF), st.just(lo), st.just(5.0))) if lo > -INF else 3.0 for lo in lower]
    cost = np.array([data.draw(NUMBER) for _ in range(columns)])
    prices = np.array([data.draw(NUMBER) for _ in range(rows)])
    model = dense(full, lower, upper, cost, upper=[abs(data.draw(NUMBER)) for _ in range(columns)])
    assert model_bound(model, cost, prices) == plainly(model, cost, prices)


@given(st.data())
@settings(max_examples=100)
def test_what_is_spared_is_never_too_much(data: st.DataObject) -> None:
    """Reduced costs that are 0 but for what floats lose, as those of a basis, and others; a bound with something to spare stays
    below the exact one, and no further than that."""
    rows, columns = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 8))
    full = np.array([[data.draw(st.one_of(st.just(0.0), NUMBER)) for _ in range(columns)] for _ in range(rows)])
    prices = np.array([data.draw(NUMBER) for _ in range(rows)])
    upper = np.array([data.draw(st.one_of(st.just(0.0), NUMBER.map(abs))) for _ in range(columns)])
    lower = upper * np.array([data.draw(st.sampled_from((0.0, 0.5, 1.0))) for _ in range(columns)])
    far = np.array([data.draw(st.sampled_from((0.0, 0.0, 1e-9, -1e-9, 1.0))) for _ in range(columns)])
    cost = full.T @ prices + far
    problem = Problem.of(dense(full, -5.0, 5.0, cost, lower=lower, upper=upper))
    exact = dual_bound(problem, cost, prices)
    assert exact is not None
    for spare in (0.0, 1e-12, 1e-6, 1e-3 * abs(float(exact)), 1e9):
        bound = dual_bound(problem, cost, prices, spare)
        assert bound is not None
        assert exact - Fraction(spare) * (1 + Fraction(1, 10**6)) <= bound <= exact


def test_prices_of_an_allocation_prove_its_value() -> None:
    model = allocation(5)
    answer = solve(model)
    assert answer.duals is not None
    cost = model.stages[0].cost
    assert model_bound(model, cost, answer.duals) == plainly(model, cost, answer.duals) == -(answer.exact_bound or 0)
    assert answer.gap is not None
    assert answer.gap <= 1e-9


def test_no_prices_prove_little_but_no_falsehood() -> None:
    model = dense([[1, 1]], 1, INF, [1, -2], upper=[3, 4])
    assert model_bound(model, model.stages[0].cost, np.zeros(1)) == -8
    assert model_bound(model, model.stages[0].cost, np.array([1.0])) == -11


def test_a_price_of_the_wrong_sign_counts_as_nothing() -> None:
    problem = Problem.of(dense([[1], [1], [1]], [-INF, 0, 0], [1, INF, 1], [1]))
    assert clean(problem, np.array([2.0, -2.0, float("nan")])).tolist() == [0, 0, 0]
    assert clean(problem, np.array([-2.0, 2.0, -1.0])).tolist() == [-2, 2, -1]


def test_a_column_without_a_bound_needs_the_right_sign() -> None:
    problem = Problem.of(dense([[1, 1]], 1, INF, [1, 1], upper=INF))
    cost = np.array([1.0, 1.0])
    assert dual_bound(problem, cost, np.array([1.0])) == 1
    slightly = dual_bound(problem, cost, np.array([1 + 1e-12]))
    assert slightly is not None
    assert float(slightly) == pytest.approx(1, abs=1e-9)
    assert slightly <= 1
    far = dual_bound(problem, cost, np.array([2.0]))
    assert far is not None
    assert 1 - 1e-8 <= far <= 1
    free = Problem.of(dense([[0, 1]], 1, INF, [-1, 1], upper=INF))
    assert dual_bound(free, np.array([-1.0, 1.0]), np.array([1.0])) is None


def test_a_price_moves_only_towards_a_limit_that_is_there() -> None:
    """The larger entry stands in a row without an upper limit: it is the other row that holds the column."""
    problem = Problem.of(dense([[2], [1]], [0, -INF], [INF, 5], [-1], upper=INF))
    bound = dual_bound(problem, np.array([-1.0]), np.zeros(2))
    assert bound is not None
    assert bound <= -5
    assert float(bound) == pytest.approx(-5, rel=1e-8)


def test_columns_alone_prove_their_bounds() -> None:
    problem = Problem.of(dense([[1, 1]], 1, INF, [3, -2], lower=[1, 0], upper=[7, 4]))
    assert plain_bound(problem, np.array([3.0, -2.0])) == -5
