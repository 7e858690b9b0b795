"""Two objectives: no point is beaten, each is what a plan reaches, the knee and the present plan among them."""

from __future__ import annotations

import itertools
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest

import optimiser
from optimiser.analysis.what_if.frontier import Frontier, Point
from optimiser.analysis.what_if.trade_off import trade_off, unbeaten, value_of
from optimiser.case.case import Case
from optimiser.case.settings import parse_objective
from optimiser.report.charts import trading
from tests.oracle.random_cases import random_case

BETTER = {"impact": 1, "fairness": 1, "coverage": -1, "stability": -1, "thrift": -1}


def beaten(found: Frontier) -> list[tuple[Point, Point]]:
    """Pairs of points of which the second is worse in one objective and better in none."""
    signs = BETTER[found.swept], BETTER[found.objective]

    def gains(p: Point, q: Point) -> list[float]:
        pairs = ((p.at, q.at), (p.value or 0.0, q.value or 0.0))
        return [s * (a - b) / max(1.0, abs(b)) for (a, b), s in zip(pairs, signs, strict=True)]

    made = []
    for p in found.points:
        for q in found.points:
            more = gains(p, q)
            if min(more) >= -1e-5 and max(more) > 1e-5:
                made.append((p, q))
    return made


def patrol(**more: Any) -> Case:
    """North needs 300, which the patrol there brings; the records system of 900 takes all the rest or nothing."""
    return optimiser.case_from(
        {
            "Areas": [{"area": "North", "need": 300}],
            "Agencies": [{"agency": "A"}],
            "Funds": [{"fund": "Pool", "amount": 1000}],
            "Initiatives": [
                {"initiative": "patrol", "area": "North", "request": 300},
                {"initiative": "records", "request": 900, "all_or_nothing": "yes"},
            ],
            **more,
        }
    )


def test_points_say_what_plans_reach_and_not_what_was_asked_for() -> None:
    found = trade_off(patrol(), "impact", "coverage")
    assert [(round(p.at, 3), round(p.value or 0.0, 3)) for p in found.points] == [(300, 0), (1000, 200)]
    assert [p.present for p in found.points] == [False, True]
    assert found.knee is None  # of two points none lies on the better side of the line between them
    assert found.now is None


@pytest.mark.first(3)
@pytest.mark.parametrize("pair", list(combinations(("impact", "coverage", "stability", "thrift", "fairness"), 2)))
@pytest.mark.parametrize("seed", [3, 8, 21])
def test_no_point_of_a_case_with_switches_is_beaten(seed: int, pair: tuple[str, str]) -> None:
    records = random_case(seed, rules=seed % 2 == 0)
    for k, row in enumerate(records["Initiatives"]):
        row["all_or_nothing" if k % 2 else "baseline"] = "yes" if k % 2 else 0.4 * float(row["request"])
    case = optimiser.case_from(records)
    if "fairness" in pair and not len(case.tables["Contributions"]):
        pytest.skip("nobody contributes")
    found = trade_off(case, *pair, count=7)
    assert beaten(found) == []
    ats = [p.at for p in found.points]
    assert ats == sorted(ats)
    assert sum(p.present for p in (*found.points, *([found.now] if found.now else []))) == bool(found.points)


def test_among_few_plans_every_one_that_is_not_beaten_is_found() -> None:
    """Five things that are bought or not: the points are those of the 32 plans."""
    things = {"a": (10, 4), "b": (25, 12), "c": (40, 15), "d": (45, 23), "e": (80, 30)}  # cost, priority
    case = optimiser.case_from(
        {
            "Agencies": [{"agency": "A"}],
            "Funds": [{"fund": "F", "amount": 120}],
            "Initiatives": [
                {"initiative": n, "request": c, "priority": p, "all_or_nothing": "yes"} for n, (c, p) in things.items()
            ],
        }
    )
    plans = [
        (sum(things[n][0] * things[n][1] for n in chosen), sum(things[n][0] for n in chosen))
        for size in range(6)
        for chosen in combinations(things, size)
    ]
    plans = [p for p in plans if p[1] <= 120]
    best = {(v, m) for v, m in plans if not any(w >= v and n <= m and (w, n) != (v, m) for w, n in plans)}
    found = trade_off(case, "impact", "thrift", count=2000)
    assert {(round(p.at, 6), round(p.value or 0.0, 6)) for p in found.points} == best
    assert found.points[-1].present
    assert found.knee is not None
    last = found.points[-1]
    above = [(p.value or 0.0) - (last.value or 0.0) * p.at / last.at for p in found.points]
    assert above[found.points.index(found.knee)] == pytest.approx(min(above))  # least money for what it brings


def test_a_present_plan_that_others_beat_stands_beside_the_points() -> None:
    case = patrol()
    frugal = replace(case, settings=replace(case.settings, objective=parse_objective("thrift")))
    found = trade_off(frugal, "impact", "coverage")
    assert [(round(p.at, 3), p.present) for p in found.points] == [(300, False), (1000, False)]
    assert found.now is not None
    assert (found.now.at, found.now.value, found.now.present) == (0, 300, True)


def test_a_soft_rule_counts_in_the_present_plan_as_in_the_points() -> None:
    rule = {"rule": "patrol", "where": "initiative = patrol", "at_least": 300, "hard": "no", "penalty": 0.5}
    case = patrol(Rules=[rule])
    plan = optimiser.solve(case)
    assert plan.impact == pytest.approx(1000)
    assert value_of(plan, "impact") == pytest.approx(1000 - 0.5 * 200)
    found = trade_off(case, "impact", "coverage")
    assert [(round(p.at, 3), p.present) for p in found.points] == [(300, False), (900, True)]


def test_a_hair_beats_nobody_and_of_two_alike_one_is_kept() -> None:
    points = [Point(100.0, 5.0), Point(100.0000001, 5.0), Point(90.0, 4.0), Point(95.0, 5.00000001), Point(80.0, 1.0)]
    assert [p.at for p in unbeaten(points, (-1.0, 1.0))] == [80.0, 90.0, 100.0]


def test_the_chart_draws_its_line_through_plans_that_are_not_beaten() -> None:
    points = (Point(0.0, 0.0), Point(5.0, 1.0, knee=True), Point(10.0, 9.0))
    found = Frontier("impact", "thrift", points, False, "", Point(4.0, 6.0, present=True))
    spots = trading.traded(found, patrol())
    assert [(s.x, s.off, s.present) for s in spots] == [
        (0, False, False), (1, False, False), (6, True, True), (9, False, False)
    ]  # fmt: skip
    assert list(trading.chart(spots, "x", "y").figure.data[0].x) == [0, 1, 9]
    assert (
        trading.headline(spots, "thrift")
        == "The most thrift there can be costs 100% of the impact; up to the knee, 50%"
    )


def test_where_nobody_contributes_it_is_said_that_every_plan_is_as_fair() -> None:
    found = trade_off(patrol(), "impact", "fairness")
    assert found.note.startswith("No agency contributes to a fund, so every plan is as fair as any other")
    assert len(found.points) == 1


@pytest.mark.parametrize("pair", [("impact", "thrift"), ("thrift", "impact")])
def test_what_one_more_is_worth_is_the_way_to_the_next_point(pair: tuple[str, str]) -> None:
    initiatives = [
        {"initiative": f"i{k}", "lead": "A", "request": 100.0, "score": 90.0 - 20 * k, "area": f"a{k}"}
        for k in range(4)
    ]
    case = optimiser.case_from(
        {
            "Areas": [{"area": f"a{k}"} for k in range(4)],
            "Agencies": [{"agency": "A"}],
            "Funds": [{"fund": "f", "amount": 300.0}],
            "Initiatives": initiatives,
        }
    )
    found = trade_off(case, *pair)
    points = found.points
    assert found.exact
    assert len(points) > 2
    for here, after in itertools.pairwise(points):
        assert here.value is not None
        assert after.value is not None
        assert here.worth == pytest.approx((after.value - here.value) / (after.at - here.at), rel=1e-6)
    if pair[0] == "impact":
        assert points[-1].worth is None, "of the highest impact nothing more can be had"
