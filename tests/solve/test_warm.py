"""The same program with small changes, from the base's basis."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimiser.solvers.highs import solve
from optimiser.solvers.solution import SolverError
from optimiser.solvers.warm import Change, Warm
from tests.solve.dense import INF, allocation, dense


def test_changed_limits_bounds_and_costs_as_if_solved_anew() -> None:
    model = allocation(4)
    warm = Warm(model)
    assert warm.base.objective == pytest.approx(solve(model).stages[0].best, rel=1e-12)
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
        answer = warm.resolve(
            Change(
                rows=rows,
                row_upper=upper[rows],
                columns=columns,
                column_upper=most[columns],
                costs=columns,
                cost=cost[columns],
            )
        )
        assert answer.status == "optimal"
        assert answer.objective == pytest.approx(solve(changed).stages[0].best, rel=1e-9)
        back = warm.resolve(Change())
        assert back.objective == warm.base.objective


def test_an_infeasible_change_leaves_no_trace() -> None:
    warm = Warm(dense([[1, 1]], -INF, 1, [-1, -2], signs=(-1.0,)))
    broken = warm.resolve(Change(rows=np.array([0]), row_lower=np.array([3.0]), row_upper=np.array([4.0])))
    assert broken.status == "infeasible"
    assert broken.x is broken.duals is broken.objective is None
    whole = warm.resolve(Change())
    assert whole.objective == 2
    assert whole.duals is not None
    assert whole.duals.tolist() == [-1] or whole.duals.tolist() == [-2]


def test_switches_stand_while_prices_are_asked() -> None:
    model = dense([[3, 2, 1]], -INF, 4, [-3, -2, -1], integer=[True, True, False], signs=(-1.0,))
    warm = Warm(model, x=np.array([0.0, 1.0, 1.0]))
    assert warm.base.objective == 3
    assert warm.resolve(Change(rows=np.array([0]), row_upper=np.array([2.5]))).objective == 2.5
    assert Warm(model).base.objective == 4
    with pytest.raises(SolverError, match="no plan"):
        Warm(dense([[2, 2]], 1, 1, [1, 1], integer=True))
