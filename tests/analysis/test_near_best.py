"""Core, swing and out: against every set of initiatives, and against a fresh solve for each end of each range."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from random import Random
from typing import Any

import numpy as np
import pytest

from optimiser import verbs
from optimiser.analysis.reasons.near_best import ScoreDoubt, near_best
from optimiser.analysis.uncertain.draws import draws
from optimiser.case.case import Case
from optimiser.case.tolerances import LEAST
from optimiser.model.extend import with_rows
from optimiser.model.matrix import StageCost
from optimiser.model.program import Program
from optimiser.solvers.highs import solve
from tests.oracle.random_cases import random_case
from tests.rules.small import checked


def knapsack(seed: int, count: int = 8) -> tuple[Case, list[tuple[float, float]], float]:
    """Initiatives that are funded in full or not at all, from one fund: their costs and impacts, and the money."""
    dice = Random(seed)
    items = [(float(dice.randint(10, 60)), dice.randint(50, 150) / 100) for _ in range(count)]
    money = float(sum(cost for cost, _ in items) // 2)
    case = checked({
        "Agencies": [{"agency": "A"}],
        "Funds": [{"fund": "F", "amount": money}],
        "Initiatives": [
            {"initiative": f"i{k}", "lead": "A", "request": cost, "priority": weight, "all_or_nothing": "yes"}
            for k, (cost, weight) in enumerate(items)
        ],
    })  # fmt: skip
    return case, [(cost, cost * weight) for cost, weight in items], money


@pytest.mark.parametrize("seed", range(6))
def test_every_set_of_initiatives(seed: int) -> None:
    case, items, money = knapsack(seed)
    margin = (0.01, 0.04, 0.1)[seed % 3]
    plans = [
        (sum(gain * on for (_, gain), on in zip(items, chosen, strict=True)), chosen)
        for chosen in product((0, 1), repeat=len(items))
        if sum(cost * on for (cost, _), on in zip(items, chosen, strict=True)) <= money
    ]
    best = max(gain for gain, _ in plans)
    near = [chosen for gain, chosen in plans if gain >= best * (1 - margin) - 1e-9]
    found = near_best(case, margin=margin, wanted=4, initiatives=2, money_share=9.0, doubt=None)
    assert found is not None
    assert found.best == pytest.approx(best)
    for k, place in enumerate(found.places):
        funded = {chosen[k] for chosen in near}
        assert place.standing == {(1,): "always", (0,): "never", (0, 1): "sometimes"}[tuple(sorted(funded))]
        assert place.level[1:] == pytest.approx((min(funded), max(funded)), abs=1e-6)
        assert place.award[1:] == pytest.approx((min(funded) * items[k][0], max(funded) * items[k][0]), abs=1e-4)
    sets = [tuple(int(level > LEAST) for level in a.level) for a in found.alternatives]
    first = tuple(int(p.level[0] > LEAST) for p in found.places)
    for k, one in enumerate(sets):
        assert one in near
        gain = next(gain for gain, chosen in plans if chosen == one)
        assert found.alternatives[k].gives_up == pytest.approx(best - gain, abs=1e-6)
        for other in [first, *sets[:k]]:
            assert sum(a != b for a, b in zip(one, other, strict=True)) >= 2
    if any(sum(a != b for a, b in zip(one, first, strict=True)) >= 2 for one in near):
        assert sets


@pytest.mark.first(1)
@pytest.mark.parametrize("seed", [3, 11, 14])
def test_each_end_of_each_range_solved_afresh(seed: int) -> None:
    case = checked(random_case(seed, rules=True))
    margin = 0.05
    found = near_best(case, margin=margin, doubt=None)
    model = Program.of(case).model
    model = replace(model, stages=model.stages[:1], ties=())
    base = solve(model)
    if base.x is None:
        assert found is None
        return
    assert found is not None
    cost = model.stages[0].cost
    value = float(np.dot(cost, base.x))
    used = np.flatnonzero(cost)
    near = with_rows(model, "near", {}, [(used, cost[used])], -np.inf, value + margin * abs(value))
    for i, place in enumerate(found.places):
        for name, told in (("level", place.level), ("spend", place.award)):
            family = model.columns[name]
            wanted = np.zeros(len(cost))
            wanted[family.first + np.flatnonzero(family.keys["initiative"] == i)] = 1.0
            for sign, end in ((1.0, told[1]), (-1.0, told[2])):
                fresh = solve(replace(near, stages=(StageCost("end", sign * wanted),)))
                assert fresh.x is not None
                scale = max(1.0, float(case.facts.request[i])) if name == "spend" else 1.0
                assert end == pytest.approx(float(np.dot(wanted, fresh.x)), abs=2e-5 * scale)


def test_draws_are_plans_of_changed_priorities() -> None:
    case, _, _ = knapsack(3)
    doubt = ScoreDoubt(points=0, priority=0.3, draws=5, seed=7)
    found = near_best(case, doubt=doubt)
    assert found is not None
    rng = np.random.default_rng(7)
    funded = np.zeros(8)
    for _ in range(5):
        factor = 1 + rng.uniform(-0.3, 0.3, 8)
        rng.uniform(-0.0, 0.0, 8)
        rows = [
            {
                "sheet": "Initiatives",
                "where": f"initiative = i{k}",
                "column": "priority",
                "change": f"* {factor[k]:.15g}",
            }
            for k in range(8)
        ]
        funded += verbs.solve(verbs.apply_changes(case, rows)).tables["Awards"]["level"] > LEAST
    assert [p.drawn for p in found.places] == pytest.approx((funded / 5).tolist())
    again = near_best(case, doubt=doubt)
    assert again is not None
    assert [p.drawn for p in again.places] == [p.drawn for p in found.places]


def test_what_is_said() -> None:
    case = checked({
        "Agencies": [{"agency": "A"}],
        "Funds": [{"fund": "F", "amount": 1000}],
        "Initiatives": [
            {"initiative": "x", "name": "Lab", "lead": "A", "request": 600, "priority": 9},
            {"initiative": "y", "name": "Van", "lead": "A", "request": 600, "priority": 1},
            {"initiative": "z", "name": "Desk", "lead": "A", "request": 600, "priority": 1},
            {"initiative": "v", "name": "Pilot", "lead": "A", "request": 600, "maximum": 0},
        ],
    })  # fmt: skip
    found = near_best(case, doubt=None)
    assert found is not None
    assert found.sentence() == (
        "Of 4 initiatives 1 is funded in every plan within 1% of the best, 1 in none; 2 are contested."
    )
    said = {p.initiative: p.sentence for p in found.places}
    assert said["v"] == "Pilot is funded in no near-best plan."
    assert said["x"] == "Lab is funded in every near-best plan, with $593 to $600."
    assert said["y"] == "Van is contested: near-best plans give it from nothing to $407."
    assert found.alternatives
    assert found.alternatives[0].gives_up == pytest.approx(0, abs=1e-6)
    assert "gives up nothing" in found.alternatives[0].sentence


def test_a_case_without_a_plan_has_none() -> None:
    records: dict[str, Any] = {
        "Agencies": [{"agency": "A"}],
        "Funds": [{"fund": "F", "amount": 10}],
        "Initiatives": [{"initiative": "x", "lead": "A", "request": 60, "must_fund": "yes"}],
    }
    assert near_best(checked(records)) is None


def test_draws_of_the_sheet() -> None:
    """The sheet Uncertainty says what is drawn: each draw is solved as the case that it makes."""
    base, _, _ = knapsack(3)
    rows = [
        {"of": "initiative", "item": f"i{k}", "column": "request", "low": 0.7, "high": 1.3, "measured": "factor"}
        for k in range(8)
    ]
    rows.append({"of": "fund", "item": "F", "column": "amount", "low": 0.6, "high": 1.1, "measured": "factor"})
    kept = {name: list(base.tables[name].records()) for name in ("Agencies", "Funds", "Initiatives")}
    case = checked({**kept, "Uncertainty": rows})
    found = near_best(case, doubt=ScoreDoubt(draws=6, seed=3))
    assert found is not None
    thrown, funded = draws(case, 6, 3), np.zeros(8)
    for k in range(6):
        funded += verbs.solve(thrown.case_of(k)).tables["Awards"]["level"] > LEAST
    assert [p.drawn for p in found.places] == pytest.approx((funded / 6).tolist())
    assert 0 < funded.sum() < 48
    assert "sheet Uncertainty" in found.notes[0]
