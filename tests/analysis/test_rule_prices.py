"""What a rule, lock or floor costs is what the objective gains when it is taken away and the case solved again.

8 random cases in the suite, 300 in the soak.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from optimiser import verbs
from optimiser.analysis.reasons.prices import Study
from optimiser.analysis.reasons.rule_prices import RulePrice, rule_prices
from optimiser.case.case import Case
from optimiser.case.faults import InvalidCase
from optimiser.model.program import Program
from optimiser.solvers.highs import solve
from optimiser.solvers.solution import SolveLimits
from tests.oracle.random_cases import random_case
from tests.rules.small import Records, checked
from tests.soak import some_of

SEEDS = some_of(range(300), range(8))


def first_value(case: Case) -> tuple[str, float | None]:
    """The first objective of a case, and its best value, minimised."""
    model = Program.of(case).model
    found = solve(replace(model, stages=model.stages[:1], ties=()), SolveLimits(gap=1e-9))
    return model.stages[0].name, None if found.x is None else float(model.stages[0].cost @ found.x)


@pytest.mark.first(3)
@pytest.mark.parametrize("seed", SEEDS)
def test_worth_is_what_solving_without_gains(seed: int) -> None:
    try:
        case = verbs.case_from(random_case(seed, rules=seed % 2 == 0))
    except InvalidCase:
        pytest.skip("no valid case")
    study = Study(case)
    if not study.feasible:
        pytest.skip("no plan")
    name, base = first_value(case)
    assert base is not None
    for price in rule_prices(study):
        other, value = first_value(verbs.apply_changes(case, price.changes))
        assert value is not None
        if other == name:  # without the last soft rule there is no penalty to be least any more
            assert price.worth_without == pytest.approx(base - value, abs=1e-6 * max(1.0, abs(base)))


BASE: Records = {
    "Agencies": [{"agency": "a"}, {"agency": "b", "minimum": 100}],
    "Funds": [{"fund": "pool", "kind": "pooled", "amount": 800}],
    "Initiatives": [
        {"initiative": "good", "lead": "a", "request": 1000, "priority": 2},
        {"initiative": "poor", "lead": "b", "request": 500},
    ],
    "Rules": [
        {"rule": "cap", "kind": "limit", "where": "initiative = good", "at_most": 500},
        {"rule": "idle", "kind": "limit", "where": "initiative = poor", "at_most": 5000},
    ],
}


def found(records: Records) -> dict[tuple[str, str], RulePrice]:
    return {(p.kind, p.item): p for p in rule_prices(Study(checked(records)))}


def test_by_hand() -> None:
    """$500 for `good` (2 a dollar), $300 for `poor` (1). Without the cap $200 move (the floor of $100 stays): 200."""
    made = found(BASE)
    assert made["rule", "cap"].worth_without == pytest.approx(200)
    assert made["rule", "idle"].worth_without == 0
    assert made["floor", "b"].worth_without == 0
    assert next(iter(made)) == ("rule", "cap")


def test_floors_and_locks() -> None:
    """Without rules the floor of b costs $100 moved from 2 to 1; that `good` is locked out costs 700 and more."""
    assert found({**BASE, "Rules": []})["floor", "b"].worth_without == pytest.approx(100)
    locked = [{**BASE["Initiatives"][0], "maximum": 0}, {**BASE["Initiatives"][1], "minimum": 450, "must_fund": True}]
    made = found({**BASE, "Rules": [], "Initiatives": locked, "Agencies": [{"agency": "a"}, {"agency": "b"}]})
    # 500 in `poor` now; opened, $450 stay there (it must be funded) and $350 go to `good`.
    assert made["lock", "good"].worth_without == pytest.approx(450 + 2 * 350 - 500)
    assert made["lock", "poor"].worth_without == 0


def test_a_rule_on_switches() -> None:
    """Only one of two may be funded: without the rule the other comes in."""
    rules = [{"rule": "either", "kind": "excludes", "where": "initiative = good | poor"}]
    agencies = [{"agency": "a"}, {"agency": "b"}]
    funds = [{"fund": "pool", "kind": "pooled", "amount": 1200}]
    made = found({**BASE, "Rules": rules, "Agencies": agencies, "Funds": funds})
    assert made["rule", "either"].worth_without == pytest.approx(200)


def test_nothing_without_a_plan() -> None:
    broken: list[Any] = [{"agency": "a"}, {"agency": "b", "minimum": 9000}]
    assert found({**BASE, "Agencies": broken}) == {}
