"""Prices equal brute force: the value along each limit, solved again at 20 points, lies on the steps that are said.

Some cases in the suite, 300 in the soak.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from optimiser import verbs
from optimiser.analysis.limits.aspects import FUND, RULE, STAFF, Lever
from optimiser.analysis.limits.curve import Step
from optimiser.analysis.limits.demands import every
from optimiser.analysis.limits.ground import Ground
from optimiser.analysis.reasons.prices import Price, Study, bottleneck, levers, prices, roomy, tidy
from optimiser.case.case import Case
from optimiser.case.faults import InvalidCase
from optimiser.case.settings import Objective
from optimiser.model.matrix import Model
from optimiser.model.program import Program
from optimiser.model.rules import Number, compile_rules
from optimiser.solvers.highs import solve
from optimiser.solvers.solution import SolveLimits
from tests.oracle.random_cases import random_case
from tests.rules.small import checked
from tests.soak import some_of

SEEDS = some_of(range(300), (*range(10), 13, 15))
POINTS = 20
LIMITS = SolveLimits(gap=1e-9, time_limit=60)


def some_case(seed: int) -> Case | None:
    """A random case that is best in impact; None where the seed gives none that is valid."""
    try:
        case = verbs.case_from(random_case(seed, rules=seed % 2 == 0))
    except InvalidCase:
        return None
    return replace(case, settings=replace(case.settings, objective=(Objective("impact"),)))


def value(model: Model) -> float | None:
    """The best value of the first objective, minimised."""
    found = solve(replace(model, stages=model.stages[:1], ties=()), LIMITS)
    return None if found.x is None else float(model.stages[0].cost @ found.x)


def moved(model: Model, lever: Lever, amount: float) -> Model:
    """The model with an amount of a lever added to its limits."""
    d = lever.direction
    lower, upper = model.row_lower.copy(), model.row_upper.copy()
    lower[d.rows] += amount * d.lower
    upper[d.rows] += amount * d.upper
    return replace(model, row_lower=lower, row_upper=upper)


def gained(steps: tuple[Step, ...], amount: float) -> float | None:
    """What an amount is worth by the steps; None beyond what was looked at."""
    total, at = 0.0, 0.0
    for step in steps:
        if at > amount * (1 + 1e-9):
            break
        total += step.lump + step.worth * max(0.0, min(step.length, amount - at))
        at += step.length
    return total if amount <= at * (1 + 1e-9) else None


def chosen(study: Study, seed: int) -> Iterator[int]:
    """Three levers of a case: those that bind first, else by the seed."""
    binding = study.binding
    others = [k for k in range(len(study.levers)) if k not in binding]
    for n in range(min(3, len(study.levers))):
        if binding and (n < 2 or not others):
            yield binding[(seed + n) % len(binding)]
        elif others:
            yield others[(seed + n) % len(others)]


@pytest.mark.first(2)
@pytest.mark.parametrize("seed", SEEDS)
def test_steps_equal_solving_again(seed: int) -> None:
    case = some_case(seed)
    if case is None:
        pytest.skip("no valid case")
    study = Study(case)
    if not study.feasible:
        pytest.skip("no plan")
    model = replace(roomy(study.model), ties=())
    base = value(model)
    assert base is not None
    for k in dict.fromkeys(chosen(study, seed)):
        lever, most = study.levers[k], float(study.curves.most[k])
        steps = study.price(k).steps
        for point in range(1, POINTS + 1):
            amount = most * point / POINTS
            if Number(lever.unit).comes_whole:
                amount = float(np.ceil(amount))
            said, there = gained(steps, amount), value(moved(model, lever, amount))
            if said is None or there is None:
                continue
            off = abs((base - there) - said) / max(1.0, abs(base), abs(there))
            assert off <= 1e-6, f"{lever.of} {lever.item} at {amount}: {base - there} is gained, {said} is said"


@pytest.mark.first(6)
@pytest.mark.parametrize("seed", SEEDS)
def test_directions_are_those_of_the_changed_case(seed: int) -> None:
    """What is computed of how limits move is what building the changed case gives."""
    case = some_case(seed)
    if case is None:
        pytest.skip("no valid case")
    model = Program.of(case).model
    on = Ground(case, case.facts, compile_rules(case.facts), model)
    for lever in levers(list(every(on)), model):
        if lever.of == RULE:
            continue
        seen = on.built(lever.changes(lever.most), lever.most)
        assert seen is not None
        assert np.array_equal(seen.rows, lever.direction.rows)
        assert np.allclose(seen.lower, lever.direction.lower, rtol=1e-9, atol=0)
        assert np.allclose(seen.upper, lever.direction.upper, rtol=1e-9, atol=0)


def small() -> Case:
    """Two initiatives of 100 and 60 a unit of money, one analyst for the first: $1,000, 2 FTE needed, 1 there."""
    return checked(
        {
            "Agencies": [{"agency": "a"}],
            "Funds": [{"fund": "pool", "kind": "pooled", "amount": 800}],
            "Initiatives": [
                {"initiative": "first", "lead": "a", "request": 1000, "priority": 1},
                {"initiative": "second", "lead": "a", "request": 500, "priority": 0.5},
            ],
            "Staff": [{"agency": "a", "role": "analyst", "fte": 1}],
            "Needs": [{"initiative": "first", "role": "analyst", "fte": 2}],
        }
    )


def test_a_price_by_hand() -> None:
    """Half of `first` is all the analyst can do ($500), the rest goes to `second` ($300 of $500, worth 0.5 each)."""
    listed = {(p.of, p.item): p for p in prices(small())}
    money, people = listed[FUND, "pool"], listed[STAFF, "analyst"]
    assert [(s.worth, s.length) for s in money.steps] == [(pytest.approx(0.5), pytest.approx(200.0)), (0.0, np.inf)]
    # One analyst moves $500 from `second` (0.5) to `first` (1), as long as there is money to move: 0.6 of one.
    assert people.steps[0].worth == pytest.approx(250.0)
    assert people.steps[0].length == pytest.approx(0.6)
    assert people.at == "a"
    scale = bottleneck(list(listed.values()))
    assert scale.fund == "pool"
    assert scale.people == (("analyst", pytest.approx(150.0), pytest.approx(300.0)),), (
        "0.6 of one more is all that helps"
    )


@pytest.mark.parametrize(("fte", "needs", "used"), [(2.5, (2.0, 1.0), 0.5), (0.5, (2.0, 1.0), 2.5), (1.0, (1.2,), 0.2)])
def test_nothing_is_claimed_of_people_who_would_have_no_work(fte: float, needs: tuple[float, ...], used: float) -> None:
    """Money is there for everything: more people are worth something until each need is met, and not beyond."""
    case = checked(
        {
            "Agencies": [{"agency": "a"}],
            "Funds": [{"fund": "pool", "amount": 10_000}],
            "Initiatives": [
                {"initiative": f"i{n}", "lead": "a", "request": 1_000 * fte} for n, fte in enumerate(needs)
            ],
            "Staff": [{"agency": "a", "role": "counselor", "fte": fte}],
            "Needs": [{"initiative": f"i{n}", "role": "counselor", "fte": fte} for n, fte in enumerate(needs)],
        }
    )
    price = next(p for p in prices(case) if p.of == STAFF)
    assert sum(s.length for s in price.steps[:-1]) == pytest.approx(used)
    assert price.steps[-1] == Step(0.0, np.inf)
    assert price.of_amount(0.0, 1.0) == pytest.approx(1_000 * min(used, 1.0))
    assert price.of_amount(0.0, 9.0) == pytest.approx(1_000 * used)


def test_a_lump_is_gained_at_once() -> None:
    """All or nothing: $200 more bring nothing, with the last of them comes all of it."""
    case = checked(
        {
            "Agencies": [{"agency": "a"}],
            "Funds": [{"fund": "pool", "kind": "pooled", "amount": 800}],
            "Initiatives": [{"initiative": "one", "lead": "a", "request": 1000, "all_or_nothing": True}],
        }
    )
    price = next(p for p in prices(case) if p.of == FUND)
    assert price.steps[0] == Step(0.0, pytest.approx(200.0))  # type: ignore[arg-type]
    assert price.steps[1].lump == pytest.approx(1000.0)
    assert price.steps[-1].length == np.inf
    assert price.binds


def test_a_price_ends_where_no_plan_is_left() -> None:
    """At least 80% of the pool must be spent, and nobody can spend more than $1,000: beyond $1,250 there is no plan."""
    case = checked(
        {
            "Agencies": [{"agency": "a"}],
            "Funds": [{"fund": "pool", "kind": "pooled", "amount": 800, "min_spend": 0.8}],
            "Initiatives": [
                {"initiative": "one", "lead": "a", "request": 1000},
                {"initiative": "two", "lead": "a", "request": 9000, "maximum": 0},
            ],
        }
    )
    price = next(p for p in prices(case) if p.of == FUND)
    assert [s.length for s in price.steps] == [pytest.approx(200.0), pytest.approx(250.0)]
    assert price.steps[0].worth == pytest.approx(1.0)


def test_no_prices_without_a_plan() -> None:
    case = checked(
        {
            "Agencies": [{"agency": "a"}],
            "Funds": [{"fund": "pool", "kind": "pooled", "amount": 800}],
            "Initiatives": [{"initiative": "one", "lead": "a", "request": 1000, "must_fund": True}],
        }
    )
    assert prices(case) == []


def test_steps_are_tidied() -> None:
    steps = [Step(2.0, 10.0), Step(2.0 + 1e-8, 5.0), Step(1.0, 1e-12), Step(0.5, 5.0), Step(1e-12, 80.0)]
    assert tidy(steps, 100.0, True) == (Step(2.0, 15.0 + 1e-12), Step(0.5, 5.0), Step(0.0, np.inf))
    assert tidy([], 100.0, True) == (Step(0.0, np.inf),)
    assert Price("fund", "a", "money", tidy(steps, 100.0, False)).total == pytest.approx(32.5)
