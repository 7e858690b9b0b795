"""Other solvers through PuLP, and models as files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import highspy
import numpy as np
import pytest

import optimiser
from optimiser.model.matrix import Model, StageCost
from optimiser.model.program import Program
from optimiser.solvers.export import write_model
from optimiser.solvers.gateway import available, solve_with, to_pulp
from optimiser.solvers.highs import solve
from optimiser.solvers.solution import SolveLimits, Stop
from tests.oracle.random_cases import random_case
from tests.solve.dense import INF, allocation, dense, fits, market_split

CBC = pytest.mark.skipif("cbc" not in available(), reason="PuLP brings no CBC here")


@CBC
@pytest.mark.parametrize("switches", [0, 5])
def test_cbc_agrees(switches: int) -> None:
    for seed in range(3):
        model = allocation(seed, switches=switches)
        ours, theirs = solve(model), solve_with(model, "cbc")
        assert theirs.status in ("optimal", "within_gap")
        assert theirs.x is not None
        assert fits(model, theirs.x, 1e-6)
        assert theirs.stages[0].achieved == pytest.approx(ours.stages[0].achieved, rel=1e-6)
        assert theirs.ties == "none"


def test_highs_through_the_same_gate() -> None:
    model = allocation(1)
    theirs = solve_with(model, "HiGHS")
    assert theirs.status == "optimal", "its prices prove it"
    assert theirs.stages[0].achieved == pytest.approx(solve(model).stages[0].achieved, rel=1e-9)


def test_stages_ranges_and_signs() -> None:
    model = dense(
        [[1, 1, 1], [1, -1, 0]], [0.5, -0.25], [1, 0.25], [-1, -1, 0], [1, 0, 0], signs=(-1.0, 1.0), within=(0.5, 0.0)
    )
    ours, theirs = solve(model), solve_with(model, "highs")
    assert [s.achieved for s in theirs.stages] == pytest.approx([s.achieved for s in ours.stages], abs=1e-6)
    assert [s.best for s in theirs.stages] == pytest.approx([s.best for s in ours.stages], abs=1e-6)


@pytest.mark.parametrize("name", available())
def test_infeasible_brings_no_values(name: str) -> None:
    answer = solve_with(dense([[1, 1]], 3, 4, [1, 1]), name)
    assert answer.status == "infeasible"
    assert answer.x is None


@CBC
def test_a_run_that_met_its_limit_is_not_called_optimal() -> None:
    answer = solve_with(market_split(), "cbc", SolveLimits(time_limit=2))
    assert answer.status == "stopped"
    stop = Stop()
    stop.stop()
    assert solve_with(market_split(), "cbc", stop=stop).status == "stopped"


def test_an_unknown_solver_names_those_there_are() -> None:
    with pytest.raises(ValueError, match="highs"):
        solve_with(dense([[1, 1]], 0, 1, [1, 1]), "abacus")


def test_pulp_keeps_rows_and_columns_apart() -> None:
    built = to_pulp(dense([[1, 1], [1, 0]], [0, 0], [1, INF], [1, 1], column_scale=4.0))
    assert [v.name for v in built.variables()] == ["c0", "c1"]
    assert "r0_up: c0 + c1 <= 1" in str(built)
    assert "r1: c0 >= 0" in str(built)


def test_prices_are_the_change_of_the_minimised_sum_whatever_the_solver() -> None:
    """The sign that ours has, held against moved limits; the gateway uses it only to prove bounds."""
    for limit in (1.0, 1.5):
        model = dense([[2, 1]], -INF, limit, [-4, -1], signs=(-1.0,))
        ours = solve(model)
        moved = solve(replace(model, row_upper=model.row_upper + 0.25))
        assert ours.duals is not None
        assert -ours.duals[0] * 0.25 == pytest.approx(moved.stages[0].best - ours.stages[0].best)
        assert solve_with(model, "highs").bound == pytest.approx(ours.bound)


@pytest.mark.parametrize("ending", ["mps", "lp"])
@pytest.mark.parametrize("switches", [0, 5])
def test_a_file_read_back_is_the_same_model(tmp_path: Path, ending: str, switches: int) -> None:
    model = allocation(2, switches=switches)
    model = replace(model, value=model.value * (1 + 1 / 3), stages=(*model.stages, StageCost("money", model.ties[0])))
    for stage in (0, 1):
        path = tmp_path / f"model.{ending}"
        write_model(model, path, stage)
        read = highspy.Highs()
        read.setOptionValue("output_flag", False)
        assert read.readModel(str(path)) == highspy.HighsStatus.kOk
        lp = read.getLp()
        assert lp.num_col_ == len(model.column_lower)
        assert np.array_equal(lp.col_cost_, model.stages[stage].cost)
        assert np.array_equal(lp.col_upper_, model.column_upper)
        if ending == "mps":
            assert np.array_equal(lp.row_lower_, model.row_lower)
            assert np.array_equal(lp.row_upper_, model.row_upper)
            assert sorted(lp.a_matrix_.value_) == sorted(model.value)
        whole = [v == highspy.HighsVarType.kInteger for v in lp.integrality_] or [False] * lp.num_col_
        assert whole == model.integer.tolist()


def test_ranges_free_columns_and_empty_parts_survive_a_file(tmp_path: Path) -> None:
    model: Model = dense(
        [[1, 1, 0], [0, 0, 0]], [-1, -INF], [2.5, INF], [0, 1 / 3, 0], lower=[-INF, 0, 2], upper=[INF, INF, 2]
    )
    for ending in ("mps", "lp"):
        write_model(model, tmp_path / f"m.{ending}")
        read = highspy.Highs()
        read.setOptionValue("output_flag", False)
        assert read.readModel(str(tmp_path / f"m.{ending}")) == highspy.HighsStatus.kOk
        lp = read.getLp()
        assert list(lp.col_lower_) == [-INF, 0, 2]
        assert list(lp.col_upper_) == [INF, INF, 2]
    with pytest.raises(ValueError, match=r"\.mps or \.lp"):
        write_model(model, tmp_path / "m.txt")


def test_a_written_model_counts_posts_in_their_steps(tmp_path: Path) -> None:
    """A file knows whole numbers only, so a column of half posts counts halves; its best is the product's."""
    records = random_case(404)
    records["Case"].append({"setting": "post_step", "value": 0.5})
    case = optimiser.case_from(records)
    for ending in ("mps", "lp"):
        path = tmp_path / f"steps.{ending}"
        write_model(Program.of(case).model, path)
        highs = highspy.Highs()
        highs.setOptionValue("output_flag", False)
        highs.setOptionValue("threads", 1)  # the first run of a process decides it for all
        highs.setOptionValue("mip_rel_gap", 1e-9)
        assert highs.readModel(str(path)) == highspy.HighsStatus.kOk
        highs.run()
        plan = optimiser.solve(case)
        assert plan.objective == pytest.approx(-highs.getInfo().objective_function_value, rel=1e-6)
