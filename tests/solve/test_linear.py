"""Linear programs: right values, proved; stages in turn; ties settled the same wherever the solve began."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimiser.case.table import Array
from optimiser.model.matrix import Model, StageCost
from optimiser.solvers import highs
from optimiser.solvers.highs import solve
from optimiser.solvers.problem import Problem, centre
from optimiser.solvers.solution import Basis, SolveLimits, SolverError
from tests.solve.dense import INF, allocation, dense, enumerated, fits

SMALL = st.integers(-3, 3)


@st.composite
def small_models(draw: st.DrawFn) -> Model:
    rows, columns = draw(st.integers(1, 3)), draw(st.integers(1, 4))
    full = [[draw(SMALL) for _ in range(columns)] for _ in range(rows)]
    lower = [draw(st.sampled_from([-INF, -2, 0, 1])) for _ in range(rows)]
    upper = [lo + draw(st.sampled_from([0, 1, 3, INF])) if lo > -INF else draw(st.integers(-1, 4)) for lo in lower]
    return dense(full, lower, upper, [draw(SMALL) for _ in range(columns)], upper=draw(st.sampled_from([1.0, 2.5])))


@given(small_models())
@settings(max_examples=80)
def test_agrees_with_every_corner_tried(model: Model) -> None:
    best = enumerated(model)
    answer = solve(model)
    if best is None:
        assert answer.status == "infeasible"
        assert answer.x is None
        return
    assert answer.status == "optimal"
    assert answer.x is not None
    assert fits(model, answer.x)
    assert answer.stages[0].achieved == pytest.approx(best, abs=1e-9)
    assert answer.exact_bound is not None
    assert float(answer.exact_bound) == pytest.approx(best, abs=1e-9)


def test_reader_sees_their_sign() -> None:
    answer = solve(dense([[1, 2]], -INF, 2, [-3, -4], signs=(-1.0,)))
    assert answer.status == "optimal"
    assert answer.x is not None
    assert answer.x.tolist() == [1, 0.5]
    assert answer.stages[0].best == answer.stages[0].bound == answer.bound == answer.exact_bound == 5
    assert answer.stages[0].achieved == 5


def test_price_is_what_one_more_unit_of_a_limit_changes() -> None:
    def least(limit: float, floor: float) -> float:
        model = dense([[1, 2], [1, 1]], [-INF, floor], [limit, INF], [-3, -4], upper=4, row_scale=[4, 1])
        return solve(model).stages[0].achieved

    model = dense([[1, 2], [1, 1]], [-INF, 0], [2, INF], [-3, -4], upper=4, row_scale=[4, 1])
    answer = solve(model)
    assert answer.duals is not None
    assert answer.duals.tolist() == pytest.approx([least(3, 0) - least(2, 0), 0])
    assert answer.duals[0] == -3
    floored = solve(dense([[1, 2], [1, 1]], [-INF, 3], [4, INF], [3, 5], upper=4, row_scale=[1, 8]))
    assert floored.duals is not None
    assert floored.duals.tolist() == [0, 3]


def test_small_costs_beside_large_ones_are_not_lost() -> None:
    """Divided by the largest of these costs, the others would be under the solver's tolerance."""
    cost = -np.array([1e12, *np.linspace(1, 2, 20)])
    answer = solve(dense([[1e3, *[1.0] * 20]], -INF, 1e3 + 10, cost))
    assert answer.status == "optimal"
    assert answer.x is not None
    assert answer.x.tolist() == [1, *[0] * 10, *[1] * 10]
    assert centre(cost) == 0.5


def test_a_best_value_of_nothing_is_proved() -> None:
    answer = solve(dense([[1, 1]], 0.3, 0.9, [0, 1]))
    assert answer.status == "optimal"
    assert answer.stages[0].best == 0


def test_infeasible_has_no_values() -> None:
    answer = solve(dense([[1, 1]], 3, 4, [1, 1]))
    assert answer.status == "infeasible"
    assert answer.x is None
    assert answer.duals is None
    assert answer.bound is None
    assert answer.stages == ()


def test_an_objective_without_limit_is_an_error() -> None:
    with pytest.raises(SolverError, match="no limit"):
        solve(dense([[1, -1]], -INF, 1, [-1, 0], upper=INF))


def test_no_objective_and_a_number_that_is_none() -> None:
    with pytest.raises(ValueError, match="objective"):
        solve(dense([[1, 1]], 0, 1))
    for model in (dense([[1, 1]], 0, 1, [float("nan"), 1]), dense([[1, float("nan")]], 0, 1, [1, 1])):
        with pytest.raises(ValueError, match="not a number"):
            solve(model)
    with pytest.raises(ValueError, match="powers of two"):
        solve(dense([[1, 1]], 0, 1, [1, 1], column_scale=3.0))


# Stages


def test_a_later_stage_gives_up_nothing_of_the_first() -> None:
    model = dense([[1, 1, 1]], -INF, 1, [-1, -1, 0], [1, 0, 0], [0, 0, -1], signs=(-1.0, 1.0, -1.0))
    answer = solve(model)
    assert answer.x is not None
    assert answer.x.tolist() == [0, 1, 0]
    assert [s.achieved for s in answer.stages] == [1, 0, 0]
    assert answer.status == "optimal"


def test_a_later_stage_may_give_up_a_share() -> None:
    model = dense([[1, 1]], -INF, 1, [-2, -1], [1, 0], signs=(-1.0, 1.0), within=(0.25, 0.5))
    answer = solve(model)
    assert answer.x is not None
    assert answer.x == pytest.approx([0.5, 0.5])
    assert [s.best for s in answer.stages] == pytest.approx([2, 0.5])
    assert [s.achieved for s in answer.stages] == pytest.approx([1.5, 0.5])
    assert [s.within for s in answer.stages] == [0.25, 0.5]


def test_stages_of_an_allocation_are_kept() -> None:
    for seed in range(4):
        model = allocation(seed)
        rng = np.random.default_rng(seed)
        second = StageCost(
            "second", np.where(model.ties[0] > 0, rng.integers(0, 3, len(model.ties[0])), 0).astype(float)
        )
        answer = solve(replace(model, stages=(*model.stages, second)))
        first, then = answer.stages
        assert answer.status == "optimal"
        assert first.achieved == pytest.approx(first.best, rel=1e-9)
        assert then.achieved == pytest.approx(then.best, rel=1e-9)
        assert answer.x is not None
        assert fits(model, answer.x)


# Ties


def test_ties_are_settled_by_money_then_by_weights() -> None:
    model = dense([[1, 1, 1, 0]], 1, 1, [0, 0, 0, 0], ties=([2, 1, 1, 1], [1, 2, 1, 1]))
    answer = solve(model)
    assert answer.x is not None
    assert answer.x.tolist() == [0, 0, 1, 0]
    assert answer.ties == "full"
    assert solve(replace(model, ties=model.ties[:1])).ties == "full"


def test_the_plan_does_not_depend_on_where_the_solve_began() -> None:
    for seed in range(6):
        model = allocation(seed)
        answer = solve(model)
        assert answer.status == "optimal"
        assert answer.x is not None
        rng = np.random.default_rng(seed)
        for _ in range(3):
            cost = model.stages[0].cost * rng.uniform(0.2, 3, len(answer.x)) + rng.normal(0, 1e-6, len(answer.x))
            elsewhere = solve(replace(model, stages=(StageCost("other", cost),), ties=())).basis
            again = solve(model, basis=elsewhere)
            assert again.x is not None
            assert again.x.tobytes() == answer.x.tobytes()


def test_a_basis_that_does_not_fit_is_left_aside() -> None:
    model = allocation(1)
    wrong = Basis(np.ones(3, np.int8), np.zeros(2, np.int8))
    assert _plan(model, wrong).tobytes() == _plan(model).tobytes()


def test_large_models_leave_out_the_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(highs, "TIE_COLUMNS", 3)
    model = dense([[1, 1, 1, 0]], 1, 1, [0, 0, 0, 0], ties=([2, 1, 1, 1], [1, 2, 1, 1]))
    assert solve(model).ties == "money"


def test_achieved_is_the_exact_sum() -> None:
    model = allocation(3)
    answer = solve(model)
    assert answer.x is not None
    assert answer.stages[0].achieved == -math.fsum((model.stages[0].cost * answer.x).tolist())


def test_scales_change_nothing_but_the_way() -> None:
    model = allocation(2)
    plain = replace(model, row_scale=np.ones(len(model.row_lower)))
    assert solve(plain).stages[0].best == pytest.approx(solve(model).stages[0].best, rel=1e-12)


def test_a_row_added_is_scaled_and_a_face_holds_its_plan() -> None:
    problem = Problem.of(dense([[1, 1]], 0, 1, [1, 2]))
    more = problem.with_row(np.array([0.0, 1024.0]), -INF, 512.0)
    assert more.value[-1] == 1
    assert more.row_upper[-1] == 0.5
    assert problem.shape == (1, 2)


def test_progress_is_for_searches_only() -> None:
    told: list[dict[str, float | None]] = []
    solve(allocation(0), SolveLimits(), progress=told.append)
    assert told == []


def _plan(model: Model, basis: Basis | None = None) -> Array:
    x = solve(model, basis=basis).x
    assert x is not None
    return x
