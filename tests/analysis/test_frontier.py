"""Frontiers and tornadoes: breakpoints against brute force, shapes that theory asks for, and where a plan changes."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from random import Random
from typing import Any

import numpy as np
import pytest

import optimiser
from optimiser.analysis.limits.cell import Cell
from optimiser.analysis.what_if.frontier import Frontier, frontier, model_at
from optimiser.analysis.what_if.tornado import stated_ranges, tornado
from optimiser.analysis.what_if.trade_off import trade_off
from optimiser.case.case import Case
from optimiser.case.faults import InvalidCase
from optimiser.case.settings import parse_objective
from optimiser.model.program import Program
from optimiser.solvers.highs import solve
from optimiser.verbs import apply_changes
from tests.oracle.random_cases import random_case
from tests.soak import some_of


def value_at(found: Frontier, at: float) -> float | None:
    """The value between two points; None outside, or where there is no plan."""
    known = [p for p in found.points if p.value is not None]
    if not known or not known[0].at <= at <= known[-1].at:
        return None
    return float(np.interp(at, [p.at for p in known], [p.value or 0.0 for p in known]))


def linear_case(seed: int) -> Case:
    """A random case without switches."""
    records = random_case(seed, rules=seed % 3 == 0)
    for row in records["Initiatives"]:
        row.pop("all_or_nothing", None)
        row.pop("minimum", None)
    records["Rules"] = [r for r in records["Rules"] if r.get("kind", "limit") not in ("count", "requires", "excludes")]
    return optimiser.case_from(records)


def brute(case: Case, limit: Cell, at: float) -> float | None:
    found = solve(model_at(case, limit, at).alone())
    return None if found.x is None else found.stages[0].best


def concave(found: Frontier) -> bool:
    """Whether each piece is worth less than the one before, and ends where the next begins."""
    worth = [p.worth for p in found.points[:-1]]
    size = max((abs(w or 0.0) for w in worth), default=0.0)
    meet = all(
        q.value == pytest.approx((p.value or 0.0) + (p.worth or 0.0) * (q.at - p.at), rel=1e-8, abs=1e-8)
        for p, q in pairwise(found.points)
    )
    return meet and all((b or 0.0) <= (a or 0.0) + 1e-5 * size for a, b in pairwise(worth))


def small(**more: Any) -> Case:
    """A is worth 3 for each unit of money, B 2, C 1; each takes 100; an analyst is needed for C."""
    return optimiser.case_from(
        {
            "Agencies": [{"agency": "X"}, {"agency": "Y"}],
            "Funds": [{"fund": "F", "amount": 150}],
            "Initiatives": [
                {"initiative": "A", "lead": "X", "request": 100, "priority": 3},
                {"initiative": "B", "lead": "Y", "request": 100, "priority": 2},
                {"initiative": "C", "lead": "Y", "request": 100, "priority": 1},
            ],
            "Staff": [{"agency": "X", "role": "analyst", "fte": 0.5}],
            "Needs": [{"initiative": "C", "role": "analyst", "fte": 1}],
            **more,
        }
    )


MONEY = Cell("Funds", "fund = F", "amount")


def test_breakpoints_knee_and_present() -> None:
    found = frontier(small(), MONEY, 0, 400)
    assert found.exact
    assert [(round(p.at, 6), round(p.value or 0, 6), round(p.worth or 0, 6)) for p in found.points] == [
        (0, 0, 3),
        (100, 300, 2),
        (150, 400, 2),
        (200, 500, 1),
        (250, 550, 0),
        (400, 550, 0),
    ]
    assert [p.at for p in found.points if p.present] == [150]
    assert found.knee is not None
    assert found.knee.at == pytest.approx(200)
    assert value_at(found, 225) == pytest.approx(525)
    assert value_at(found, 401) is None


def test_a_limit_that_begins_at_nobody() -> None:
    found = frontier(small(Funds=[{"fund": "F", "amount": 300}]), Cell("Staff", "role = analyst", "fte"), 0, 2)
    assert found.exact, found.note
    assert [(round(p.at, 6), round(p.value or 0, 6)) for p in found.points] == [
        (0, 500),
        (0.5, 550),
        (1, 600),
        (2, 600),
    ]


def test_below_what_must_be_paid_there_is_no_plan() -> None:
    case = small(Rules=[{"rule": "floor", "where": "initiative = C", "at_least": 40}])
    found = frontier(case, MONEY, 0, 100)
    assert found.points[0].at == pytest.approx(40)
    assert found.points[0].value == pytest.approx(40)


def test_with_switches_each_point_has_its_proof() -> None:
    case = small(
        Initiatives=[
            {"initiative": "A", "lead": "X", "request": 100, "priority": 3, "all_or_nothing": "yes"},
            {"initiative": "B", "lead": "Y", "request": 60, "priority": 2},
        ],
        Needs=[],
    )
    found = frontier(case, MONEY, 50, 170, count=5)
    assert not found.exact
    assert "as a whole or not at all" in found.note
    assert [(p.at, round(p.value or 0, 6)) for p in found.points] == [
        (50, 100), (80, 120), (110, 320), (140, 380), (150, 400), (170, 420)
    ]  # fmt: skip
    assert all(p.gap is not None and p.gap <= 1e-6 for p in found.points)
    assert [p.at for p in found.points if p.present] == [150]


def test_mistakes() -> None:
    with pytest.raises(InvalidCase):
        frontier(small(), Cell("Funds", "fund = G ; kind = pooled", "amount"), 0, 1)
    with pytest.raises(ValueError, match="upward"):
        frontier(small(), MONEY, 2, 1)


@pytest.mark.first(6)
@pytest.mark.parametrize("seed", some_of(range(100), range(30)))
def test_on_random_cases_the_frontier_is_what_solving_gives(seed: int) -> None:
    case, dice = linear_case(seed), Random(seed)
    fund = dice.choice(case.facts.names["fund"])
    limit = Cell("Funds", f'fund = "{fund}"', "amount")
    high = float(round(3 * case.facts.amount.max() + 10))
    found = frontier(case, limit, 0, high)
    if not found.exact:
        assert any(case.tables["Rules"]["active"]), found.note
        return
    assert concave(found)
    if not len(case.tables["Rules"]) and not (case.tables["Funds"]["min_spend"] > 0).any():
        values = [p.value or 0.0 for p in found.points]
        assert all(b >= a - 1e-6 * max(1, abs(a)) for a, b in pairwise(values)), "more money is never worse"
    low = found.points[0].at if found.points else high
    for at in [dice.uniform(0, high) for _ in range(4)]:
        value, real = value_at(found, at), brute(case, limit, at)
        if value is None or real is None:
            assert value is None or abs(at - low) <= 1e-6 * high
            assert real is None or abs(at - low) <= 1e-6 * high
        else:
            assert value == pytest.approx(real, rel=1e-6, abs=1e-6)


# Two objectives


def shared() -> Case:
    """X pays 30 and leads what is worth most; Y pays 10."""
    return small(
        Funds=[{"fund": "F"}],
        Contributions=[{"agency": "X", "fund": "F", "amount": 30}, {"agency": "Y", "fund": "F", "amount": 10}],
    )


def test_impact_against_fairness() -> None:
    found = trade_off(shared(), "impact", "fairness")
    assert found.exact
    assert [(round(p.at, 4), round(p.value or 0, 4)) for p in found.points] == [(110, 1), (120, 0)]
    assert value_at(found, 115) == pytest.approx(0.5, abs=1e-6)


def test_the_present_plan_is_marked_also_below_the_frontier() -> None:
    assert [p.at for p in trade_off(shared(), "impact", "fairness").points if p.present] == [pytest.approx(120)]
    case = shared()
    between = replace(case, settings=replace(case.settings, objective=parse_objective("impact within 5% > fairness")))
    found = trade_off(between, "impact", "fairness")
    assert found.present is not None
    assert (found.present.at, found.present.value) == pytest.approx((114, 0.6), abs=1e-4)
    frugal = replace(case, settings=replace(case.settings, objective=parse_objective("thrift")))
    below = trade_off(frugal, "impact", "fairness")
    assert below.present is below.now
    assert below.present is not None
    assert (below.present.at, below.present.value) == pytest.approx((0, 0), abs=1e-9)


def test_a_number_that_is_not_there_cannot_be_swept() -> None:
    with pytest.raises(ValueError, match="Funds has no row where fund = G"):
        frontier(small(), Cell("Funds", "fund = G", "amount"), 0, 1)


def test_a_bar_is_the_frontier_also_below_what_was_paid_in() -> None:
    limit = Cell("Funds", "fund = F", "amount")
    bar = tornado(shared(), {limit: (20.0, 60.0)})[0]
    line = frontier(shared(), limit, 20, 60)
    assert (bar.at_low, bar.at_high) == pytest.approx((value_at(line, 20), value_at(line, 60)))


def test_objectives_that_agree_make_one_point() -> None:
    found = trade_off(small(Funds=[{"fund": "F", "amount": 1000}], Needs=[]), "impact", "coverage")
    assert len(found.points) == 1
    assert found.points[0].at == pytest.approx(600)


@pytest.mark.first(8)
@pytest.mark.parametrize("seed", range(0, 30, 2))
def test_trade_offs_of_random_cases_are_concave_and_reach_both_ends(seed: int) -> None:
    case = linear_case(seed)
    found = trade_off(case, "impact", "thrift")
    if not found.points or not found.exact:
        return
    least = [-(p.value or 0.0) for p in found.points]
    slopes = [(b - a) / (q.at - p.at) for (p, q), (a, b) in zip(pairwise(found.points), pairwise(least), strict=True)]
    size = max(map(abs, slopes), default=0.0)
    assert all(b <= a + 1e-5 * size for a, b in pairwise(slopes))
    best = solve(Program.of(case).model.alone()).stages[0].best
    assert max(p.at for p in found.points) == pytest.approx(best, rel=1e-6, abs=1e-6)


# Tornado


def test_bars_and_break_evens() -> None:
    bars = {str(b.limit): b for b in tornado(small(), share=0.6)}
    money = bars["F: amount"]
    assert (money.low, money.high) == (60, 240)
    assert (money.at_low, money.base, money.at_high) == pytest.approx((180, 400, 540))
    assert (money.lower, money.upper) == pytest.approx((100, 200))
    priority = bars["B: priority"]
    assert (priority.at_low, priority.at_high) == pytest.approx((350, 470))
    assert (priority.lower, priority.upper) == pytest.approx((1, 3)), "below C, above A"
    assert next(iter(bars)) == "F: amount"


def test_a_break_even_is_where_the_plan_changes() -> None:
    case = small()
    bar = tornado(case, [Cell("Initiatives", "initiative = B", "priority")], share=0.6)[0]
    assert bar.lower is not None

    def plan(priority: float) -> list[float]:
        made = apply_changes(case, [bar.limit.change(priority)])
        return optimiser.solve(made).tables["Awards"]["award"].tolist()

    assert plan(bar.lower + 0.01) == plan(bar.now) == [100, 50, 0]
    assert plan(bar.lower - 0.01) == [100, 0, 50]


@pytest.mark.first(2)
@pytest.mark.parametrize("seed", range(6))
def test_each_bar_is_what_solving_gives(seed: int) -> None:
    case = linear_case(seed)
    for bar in tornado(case, break_even=False)[:6]:
        for at, value in ((bar.low, bar.at_low), (bar.high, bar.at_high)):
            if value is not None:
                assert value == pytest.approx(brute(case, bar.limit, at), rel=1e-8, abs=1e-8)


def test_stated_ranges_are_those_of_the_uncertainty_sheet() -> None:
    rows: list[dict[str, Any]] = [
        {"of": "fund", "item": "F", "column": "amount", "low": 120, "high": 260},
        {"of": "staff", "item": "X", "detail": "analyst", "column": "fte", "low": 0.5, "high": 2, "measured": "factor"},
    ]
    case = small(Uncertainty=rows)
    ranges = stated_ranges(case)
    assert {(limit.column, low, high) for limit, (low, high) in ranges.items()} == {
        ("amount", 120, 260),
        ("fte", 0.25, 1),
    }
    bars = {b.limit.column: b for b in tornado(case, ranges)}
    assert (bars["amount"].at_low, bars["amount"].at_high) == pytest.approx((340, 550))
    assert (bars["amount"].lower, bars["amount"].upper) == (None, pytest.approx(200))
    with pytest.raises(ValueError, match="Uncertainty has no rows"):
        stated_ranges(small())
    with pytest.raises(ValueError, match="must rise"):
        tornado(case, {MONEY: (3.0, 2.0)})


def test_what_is_counted_whole_moves_by_whole_ones() -> None:
    case, rule = small(), {"rule": "few", "kind": "count", "at_most": 2}
    counted = optimiser.case_from(
        {**{name: list(table.records()) for name, table in case.tables.items()}, "Rules": [rule]}
    )
    [bar] = tornado(counted, [Cell("Rules", "rule = few", "at_most")], break_even=False)
    assert (bar.low, bar.high) == (1.0, 3.0)
