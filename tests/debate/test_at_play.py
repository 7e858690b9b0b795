"""Money at play: the parts add up to the plan's money, and what is claimed of them is tried by solving afresh."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from optimiser import verbs
from optimiser.analysis.debate.at_play import (
    EVERY_GOOD,
    HOW_MUCH,
    KINDS,
    NO_CHOICE,
    NOWHERE,
    OPEN,
    WHETHER,
    AtPlay,
    at_play,
)
from optimiser.case.case import Case
from optimiser.case.table import Array
from optimiser.model.extend import with_rows
from optimiser.model.matrix import Model, StageCost
from optimiser.model.program import Program
from optimiser.plan.tables import Plan
from optimiser.solvers.highs import solve
from tests.oracle.random_cases import random_case
from tests.rules.small import checked
from tests.soak import some_of

MARGIN = 0.03


def whole(money: float, unit: float) -> int:
    return round(money / unit)


def adds_up(plan: Plan, found: AtPlay) -> None:
    unit = found.unit
    awards = {r["initiative"]: whole(r["award"], unit) for r in plan.tables["Awards"].records()}
    split: dict[str, int] = defaultdict(int)
    for part in found.parts:
        assert part.kind in KINDS
        assert part.money > 0
        split[part.initiative] += whole(part.money, unit)
    assert {k: v for k, v in awards.items() if v} == dict(split)
    assert sum(whole(found.money(kind), unit) for kind in KINDS) == whole(found.total, unit) == sum(awards.values())
    for kind in KINDS:
        reasons = {p.reason for p in found.parts if p.kind == kind}
        assert sum(whole(found.money(kind, r), unit) for r in reasons) == whole(found.money(kind), unit)
    funded = {r["initiative"] for r in plan.tables["Awards"].records() if r["level"] > 1e-6}
    assert {*found.core, *found.contested} == funded
    assert not {*found.core} & {*found.contested}


@pytest.mark.first(1)
@pytest.mark.parametrize("block", some_of(range(10), (0, 4)))
def test_parts_add_up_to_the_last_unit(block: int) -> None:
    for seed in range(20 * block, 20 * block + 20):
        case = checked(random_case(seed, rules=seed % 2 == 0, stages=seed % 5 == 0))
        plan = verbs.solve(case)
        if plan.has_plan:
            adds_up(plan, at_play(case, plan, margin=MARGIN))


class Claims:
    """Questions to the linear program of a case, each solved afresh."""

    def __init__(self, case: Case, margin: float) -> None:
        self.case, model = case, Program.of(case).model
        self.model = replace(model, stages=model.stages[:1], ties=())
        best, cost = solve(self.model), model.stages[0].cost
        assert best.x is not None
        value, used = float(np.dot(cost, best.x)), np.flatnonzero(cost)
        limit = value + margin * abs(value)
        self.near = with_rows(self.model, "near", {}, [(used, cost[used])], -np.inf, limit)

    def spend(self, initiative: str, fund: str | None = None, others: bool = False) -> Array:
        family, facts = self.model.columns["spend"], self.case.facts
        mine = family.keys["initiative"] == facts.names["initiative"].index(initiative)
        mine = ~mine if others else mine
        if fund is not None:
            mine &= family.keys["fund"] == facts.names["fund"].index(fund)
        return family.first + np.flatnonzero(mine)

    def levels(self, initiative: str) -> Array:
        family = self.model.columns["level"]
        mine = family.keys["initiative"] == self.case.facts.names["initiative"].index(initiative)
        return family.first + np.flatnonzero(mine)

    @staticmethod
    def least(model: Model, columns: Array, sign: float = 1.0) -> float:
        cost = np.zeros(len(model.column_lower))
        cost[columns] = sign
        found = solve(replace(model, stages=(StageCost("claim", cost),)))
        assert found.x is not None
        return float(found.x[columns].sum())


@pytest.mark.first(1)
@pytest.mark.parametrize("block", some_of(range(15), (3, 4, 5)))
def test_claims_are_true_when_solved_afresh(block: int) -> None:
    tried = 0
    for seed in range(100 + 10 * block, 110 + 10 * block):
        case = checked(random_case(seed, rules=seed % 2 == 0))
        plan = verbs.solve(case)
        if not plan.has_plan or tried == 4:
            continue
        tried += 1
        found = at_play(case, plan, margin=MARGIN)
        claims, slack = Claims(case, found.margin), 2 * found.unit
        keys = {f"{r['name']} ({r['fund']})": r["fund"] for r in case.tables["Funds"].records()}
        for name in {p.initiative for p in found.parts}:
            parts = found.of(name)
            asked = sum(p.money for p in parts if p.kind == NO_CHOICE and p.reason != NOWHERE)
            firm = sum(p.money for p in parts if p.kind == EVERY_GOOD)
            settled = sum(p.money for p in parts if p.kind != OPEN)
            if asked:
                assert claims.least(claims.model, claims.spend(name)) >= asked - slack
            near = claims.least(claims.near, claims.spend(name))
            if firm:
                assert near >= settled - slack
            if settled == asked + firm and settled < sum(p.money for p in parts):
                assert near <= settled + slack, "more of it would be in every good plan"
            for part in parts:
                if part.reason == NOWHERE:
                    fund = keys.get(part.by[0], part.by[0])
                    others = claims.spend(name, fund, others=True)
                    most = claims.least(claims.model, others, -1.0)
                    table = plan.tables["Spend"]
                    paid = float(table["money"][table["fund"] == fund].sum())
                    assert most <= paid - part.money + slack, "something else could use it"
        for name in (*found.core, *found.contested):
            funded = claims.least(claims.near, claims.levels(name)) > 1e-6
            assert funded == (name in found.core)
    assert tried == 4


def case_of(rules: list[dict[str, Any]] = [], **cells: object) -> Case:  # noqa: B006 (never written to)
    return checked({
        "Agencies": [{"agency": "A"}],
        "Funds": [
            {"fund": "Pool", "kind": "pooled", "amount": 1000},
            {"fund": "Own", "kind": "own budget", "amount": 300, "allowed": "initiative = van"},
        ],
        "Initiatives": [
            {"initiative": "lab", "lead": "A", "request": 600, "priority": 9},
            {"initiative": "van", "lead": "A", "request": 500, "priority": 2, **cells},
            {"initiative": "desk", "lead": "A", "request": 500, "priority": 1.9},
        ],
        "Rules": rules,
    })  # fmt: skip


def reasons(case: Case, name: str) -> list[tuple[str, str, float, tuple[str, ...]]]:
    found = at_play(case, verbs.solve(case), margin=0.1)
    return [(p.kind, p.reason, p.money, p.by) for p in found.of(name)]


def test_each_dollar_has_its_reason() -> None:
    assert reasons(case_of(), "van") == [(NO_CHOICE, NOWHERE, 300.0, ("Own",)), (OPEN, WHETHER, 200.0, ())]
    assert reasons(case_of(), "desk") == [(OPEN, WHETHER, 200.0, ())]
    assert reasons(case_of(), "lab") == [(EVERY_GOOD, EVERY_GOOD, 504.0, ()), (OPEN, HOW_MUCH, 96.0, ())]


def test_who_set_it_the_law_before_the_grant_before_the_committee() -> None:
    rules: list[dict[str, Any]] = [
        {"rule": "law", "where": "initiative = desk", "at_least": 100, "set_by": "statute", "authority": "34 USC 1"},
        {"rule": "pact", "where": "initiative = desk", "at_least": 150, "set_by": "agreement"},
        {"rule": "ours", "where": "initiative = desk", "at_least": 180, "set_by": "policy"},
    ]
    assert reasons(case_of(rules), "desk")[:3] == [
        (NO_CHOICE, "statute", 100.0, ("the rule law",)),
        (NO_CHOICE, "agreement", 50.0, ("the rule pact",)),
        (NO_CHOICE, "policy", 30.0, ("the rule ours",)),
    ]
    must = reasons(case_of(must_fund="yes", minimum=450), "van")
    assert must[0] == (NO_CHOICE, "policy", 450.0, ("must",)), (
        "what is asked for may be the dollars that nothing else can use"
    )
    assert sum(money for *_, money, _ in must) == 500.0


def test_what_is_said() -> None:
    found = at_play(case_of(), verbs.solve(case_of()), margin=0.1)
    assert found.total == 1300.0
    assert found.sentence() == (
        "$496 of $1,300 is open: $400 in 2 awards that a good plan can do without, $96 in the amounts of others."
    )
    assert found.agenda() == "One vote for the 1 initiative that every good plan funds, then 2 choices."
    assert found.reasons(NO_CHOICE) == ["$300 that nothing else could use: Own"]
    assert found.of("van")[0].sentence == "$300 of van comes from Own, and nothing else may use it."


def test_a_plan_of_no_money_is_said_as_one() -> None:
    rows = [{"initiative": name, "request": 0.0} for name in ("a", "b")]
    case = verbs.case_from(
        {"Agencies": [{"agency": "A"}], "Funds": [{"fund": "F", "amount": 1500.0}], "Initiatives": rows}
    )
    found = at_play(case, verbs.solve(case))
    assert found.sentence() == "The plan awards no money, so none of it is open."
    assert found.agenda() == "The plan funds no initiative: 2 choices."


def test_what_bars_a_switch_is_named_though_it_has_no_price() -> None:
    """The grant of 100 must be spent; the unit, all or nothing, would take it, but the cap of the parties leaves it out."""
    case = verbs.case_from(
        {
            "Agencies": [{"agency": "police"}, {"agency": "health"}],
            "Funds": [{"fund": "grant", "name": "Grant", "kind": "joint grant", "amount": 100, "min_spend": 0.8}],
            "Initiatives": [
                {"initiative": "unit", "lead": "police", "request": 90, "all_or_nothing": "yes"},
                {"initiative": "clinic", "lead": "health", "request": 100},
            ],
            "Rules": [{"rule": "cap", "where": "agency = police", "at_most": 50, "set_by": "agreement"}],
        }
    )
    found = at_play(case, verbs.solve(case))
    mine = {(p.reason, p.by): p.money for p in found.parts if p.kind == NO_CHOICE}
    assert mine[("agreement", ("the rule cap",))] == 80
