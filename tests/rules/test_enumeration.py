"""count, requires and excludes against full enumeration; leximin fairness against a plain computation, stage by stage.

30 and 10 cases by default; OPTIMISER_SOAK=300 takes 300 and 100.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest

from optimiser import verbs
from optimiser.model.objectives import OBJECTIVES
from optimiser.plan.tables import Plan
from tests.oracle.plain_model import solve_plain
from tests.oracle.random_cases import random_case
from tests.rules.plain_switches import enumerated, random_switches
from tests.rules.small import Records, checked

SWITCHES = int(os.environ.get("OPTIMISER_SOAK", "30"))
LEXIMIN = SWITCHES // 3


@pytest.mark.first(12)
@pytest.mark.parametrize("seed", range(SWITCHES))
def test_switches_agree_with_full_enumeration(seed: int) -> None:
    records, plain = random_switches(seed, 12 if seed % 3 == 0 or SWITCHES > 30 else 9)
    plan = verbs.solve(checked(records))
    best = enumerated(plain)
    if best is None:
        assert plan.status == "infeasible"
        return
    assert plan.status in ("optimal", "within_gap")
    assert plan.objective == pytest.approx(best, rel=1e-6, abs=1e-6)
    assert verbs.verify(plan) == []


def fair_case(seed: int) -> Records:
    """A random case whose only objective is fairness; half of them have rules of every kind."""
    records = random_case(seed, rules=bool(seed % 2))
    kept = [r for r in records["Case"] if r["setting"] not in ("objective", "rounding")]
    if not records.get("Contributions"):
        fund, agency = records["Funds"][0], records["Agencies"][0]
        records["Contributions"] = [{"agency": agency["agency"], "fund": fund["fund"], "amount": fund["amount"]}]
    records["Case"] = [*kept, {"setting": "objective", "value": "fairness"}, {"setting": "rounding", "value": 0}]
    return records


@pytest.mark.first(5)
@pytest.mark.parametrize("seed", range(7000, 7000 + LEXIMIN))
def test_leximin_agrees_with_a_plain_computation(seed: int) -> None:
    records = fair_case(seed)
    plan = verbs.solve(checked(records))
    expected = solve_plain(records)
    assert (plan.status == "infeasible") == (expected["status"] == "infeasible")
    if plan.status == "infeasible":
        return
    sums = expected["stages"][0]["best"]
    fair = [s for s in plan.stages if s.objective == "fairness"]
    assert [s.best for s in fair] == pytest.approx(sums, rel=1e-6, abs=1e-6)
    assert sorted_ratios(plan) == pytest.approx(np.diff([0.0, *sums]).tolist(), rel=1e-5, abs=1e-5)


def sorted_ratios(plan: Plan) -> list[float]:
    """Money received per money contributed, the lowest first."""
    received = plan.tables["Received"]
    paid = received["contribution"] > 0
    return sorted((received["received"][paid] / received["contribution"][paid]).tolist())


# -- by hand ------------------------------------------------------------------------------------------------------------

HAND: Records = {
    "Case": [{"setting": "rounding", "value": 0}],
    "Agencies": [{"agency": a} for a in ("A", "B", "C", "D")],
    "Funds": [{"fund": "Pool", "amount": 1000}],
    "Contributions": [{"agency": a, "fund": "Pool", "amount": n} for a, n in (("A", 100), ("B", 200), ("C", 400))],
    "Initiatives": [
        {"initiative": "a", "lead": "A", "request": 50, "priority": 1},
        {"initiative": "b", "lead": "B", "request": 1000, "priority": 2},
        {"initiative": "c", "lead": "C", "request": 1000, "priority": 3},
        {"initiative": "d", "lead": "D", "request": 1000, "priority": 4},
    ],
    "Areas": [{"area": "X", "need": 600}, {"area": "Y", "parent": "X", "need": 300}],
}
"""Impact per money: d 4, c 3, b 2, a 1. Fairest: A has 0.5 at most, then B and C share 950 as 200 to 400."""


def best(objective: str, **sheets: list[dict[str, Any]]) -> Plan:
    """The plan of the hand-made case."""
    plan = verbs.solve(checked({**HAND, **sheets}), objective=objective)
    assert plan.status in ("optimal", "within_gap")
    assert verbs.verify(plan) == []
    return plan


def test_fairness_where_nobody_contributes_leaves_any_plan() -> None:
    plan = best("fairness", Contributions=[], Funds=[{"fund": "Pool", "amount": 1000}])
    assert plan.status == "optimal"


def test_leximin_goes_all_the_way_down() -> None:
    plan = best("fairness")
    assert sorted_ratios(plan) == pytest.approx([0.5, 950 / 600, 950 / 600])
    assert [s.best for s in plan.stages] == pytest.approx([0.5, 0.5 + 950 / 600, 0.5 + 2 * 950 / 600])
    assert all(s.bound == pytest.approx(s.best) for s in plan.stages)


@pytest.mark.parametrize("within", [0.0, 0.02, 0.1, 0.5, 1.0])
def test_what_may_be_given_up_is_given_up_and_no_more(within: float) -> None:
    plan = best(f"impact within {within} > fairness")
    impact, *fair = plan.stages
    assert impact.best == pytest.approx(4000)
    assert impact.achieved >= 4000 * (1 - within) - 1e-5
    # moving 1 from d to a, b or c costs 3, 2 or 1: the lowest ratio grows by 1 for 100 + 200 + 400 at first
    given = 4000 * within
    lowest = min(given / (100 * 3 + 200 * 2 + 400), 0.5)
    assert fair[0].best == pytest.approx(lowest, rel=1e-6, abs=1e-7)
    if within <= 0.1:
        assert impact.achieved == pytest.approx(4000 * (1 - within), rel=1e-7)


def test_the_give_up_of_something_least_is_a_share_of_it() -> None:
    plan = best("thrift within 10% > impact", Rules=[{"rule": "least", "at_least": 500}])
    thrift, impact = plan.stages
    assert (thrift.best, thrift.achieved) == (pytest.approx(500), pytest.approx(550))
    assert impact.best == pytest.approx(2200)


def test_coverage_counts_areas_inside_once_for_each() -> None:
    rows = [dict(r, area={"b": "Y", "c": "X"}.get(str(r["initiative"]), "")) for r in HAND["Initiatives"]]
    plan = best("coverage > impact", Initiatives=rows)
    # 300 in Y covers Y and half of X; the other 300 of X is cheapest in c, and what is left goes to d
    assert plan.stages[0].best == pytest.approx(0, abs=1e-6)
    assert plan.stages[1].best == pytest.approx(300 * 2 + 300 * 3 + 400 * 4)


def test_stability_keeps_last_year_and_penalties_come_first() -> None:
    rows = [dict(r, baseline={"a": 40, "b": 300}.get(str(r["initiative"]), 0)) for r in HAND["Initiatives"]]
    rule = {"rule": "c", "where": "initiative = c", "at_least": 100, "hard": "no", "penalty": 1}
    plan = best("stability", Initiatives=rows, Rules=[rule])
    assert [s.objective for s in plan.stages] == ["penalty", "stability"]
    assert [s.best for s in plan.stages] == pytest.approx([0, 100])


@pytest.mark.parametrize("first", sorted(OBJECTIVES))
@pytest.mark.parametrize("second", sorted(OBJECTIVES))
def test_every_stage_is_proven_in_any_order(first: str, second: str) -> None:
    if first == second:
        pytest.skip("an objective stands once")
    plan = best(f"{first} within 5% > {second}")
    for stage in plan.stages:
        assert stage.bound == pytest.approx(stage.best, rel=1e-6, abs=1e-6)
        worse = abs(stage.achieved - stage.best)
        assert worse <= stage.within * abs(stage.best) + 1e-6 * max(1.0, abs(stage.best))
