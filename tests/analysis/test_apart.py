"""Regions solved apart, at the prices of the pool: as good as the whole, with a bound that is proven."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import optimiser
from optimiser.analysis.sweeps.apart import regions_of, solve_apart
from optimiser.case.case import Case
from optimiser.case.tolerances import APART
from optimiser.model.program import Program
from optimiser.solvers.bound import model_bound
from optimiser.solvers.engine import Watch
from optimiser.solvers.problem import Problem
from optimiser.solvers.regions import apart, shared_out
from optimiser.solvers.sharp import excess
from optimiser.solvers.solution import SolveLimits
from tests.oracle.regional_case import regional_case
from tests.soak import some_of

SHAPE: dict[str, Any] = {"initiatives": 12, "agencies": 6, "partners": 3, "funds": 5}


def case_of(regions: int = 3, **more: Any) -> Case:
    return optimiser.case_from(regional_case(regions, **{**SHAPE, **more}))


@pytest.mark.parametrize("regions", some_of((2, 3, 5, 8), (2, 3)))
def test_apart_is_as_good_as_whole(regions: int) -> None:
    case = case_of(regions)
    model = Program.of(case).model
    whole = optimiser.solve(case)
    assert whole.objective is not None
    problem = Problem.of(model, as_it_is=True)
    cost = problem.moving_cost(model.stages[0].cost)
    found = apart(problem, cost, regions_of(case.facts, model), Watch(SolveLimits()))
    assert found is not None
    assert found.x is not None
    assert found.y is not None
    assert found.exact is not None
    assert excess(problem, found.x) <= 1
    sign = model.stages[0].sign
    assert sign * found.value == pytest.approx(whole.stages[0].best, rel=APART)
    # Nobody has less than the bound, and the bound is what the prices prove of the model itself.
    assert sign * float(found.exact) >= whole.stages[0].best - 1e-9 * abs(whole.stages[0].best)
    proven = model_bound(model, model.stages[0].cost, problem.prices(found.y))
    assert proven is not None
    assert proven <= Fraction(found.value) + Fraction(1, 10**6)


def test_two_processes_give_the_plan_of_one() -> None:
    case = case_of()
    one, two = solve_apart(case), solve_apart(case, workers=2)
    assert one.status == two.status == "within_gap"
    assert one.objective == two.objective
    assert one.proof.exact_bound
    assert not optimiser.verify(two)
    assert one.gap is not None
    assert one.gap <= APART


def test_a_region_that_cannot_hold_its_share_alone_is_helped() -> None:
    """All of a theme that the pool must reach is in one region."""
    records = regional_case(2, **SHAPE)
    for row in records["Initiatives"]:
        row["theme"] = "youth" if row["area"] == "region 0" else "courts"
    for row in records["Funds"]:
        row["allowed"] = ""
    records["Rules"] = [{"rule": "Youth", "where": "theme = youth", "at_least": 0.3, "of": "total"}]
    case = optimiser.case_from(records)
    assert solve_apart(case).objective == pytest.approx(optimiser.solve(case).objective, rel=APART)


def test_what_has_no_regions_is_refused() -> None:
    with pytest.raises(ValueError, match="fewer than two top areas have initiatives"):
        solve_apart(case_of(1))
    records = regional_case(2, **SHAPE)
    records["Initiatives"][0]["all_or_nothing"] = "yes"
    with pytest.raises(ValueError, match="yes-or-no decisions"):
        solve_apart(optimiser.case_from(records))


def test_a_cluster_gives_the_plan_of_one_process() -> None:
    distributed = pytest.importorskip("distributed")
    case = case_of(2)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
    ) as cluster:
        assert solve_apart(case, scheduler=cluster.scheduler_address).objective == solve_apart(case).objective


def test_a_region_is_a_top_area_and_work_is_shared_out_evenly() -> None:
    case = case_of(3)
    region = regions_of(case.facts, Program.of(case).model)
    assert sorted(set(region.tolist())) == [-1, 0, 1, 2]
    sizes = [np.zeros(n) for n in (5, 9, 4, 3)]
    shares = shared_out({k: type("R", (), {"cost": c})() for k, c in enumerate(sizes)}, 2)
    assert [sum(len(r.cost) for r in mine.values()) for mine in shares] == [12, 9] or [
        sum(len(r.cost) for r in mine.values()) for mine in shares
    ] == [9, 12]
