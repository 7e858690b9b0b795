"""Money that a formula holds back because a member cannot take its share: how much, who holds it, and the cure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimiser import verbs
from optimiser.analysis.rulebook.rule_audit import audit_rules
from optimiser.model.rules import held_back, rules_of
from optimiser.report.documents.plan_text import summary
from tests.rules.small import Records, blocks, checked


def county(asks: list[int], people: list[int], amount: float, **rule: Any) -> Records:
    """Counties that ask for money, by the weight of their people; a dollar counts the same everywhere."""
    every = range(len(asks))
    return {
        "Case": [{"setting": "rounding", "value": 0}],
        "Areas": [{"area": f"a{k}", "population": people[k]} for k in every],
        "Agencies": [{"agency": f"g{k}"} for k in every],
        "Funds": [{"fund": "Grant", "amount": amount}],
        "Initiatives": [
            {"initiative": f"i{k}", "area": f"a{k}", "lead": f"g{k}", "request": asks[k], "baseline": people[k]}
            for k in every
        ],
        "Rules": [{"rule": "r", "kind": "formula", "where": "fund = Grant", "per": "area", "of": "population", **rule}],
    }


def spent(records: Records) -> float:
    return float(verbs.solve(checked(records)).tables["Awards"]["award"].sum())


TOLERANCE = st.sampled_from([None, 0.0, 0.1, 0.25, 1.0])


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    asks=st.lists(st.integers(0, 900), min_size=2, max_size=4),
    people=st.lists(st.integers(1, 100), min_size=4, max_size=4),
    amount=st.integers(50, 1500),
    clause=st.sampled_from(["", "; floor 10%", "; cap 40%", "; cap 60%; floor 15%", "; floor 20%; cap request", "; cap request"]),
    less=TOLERANCE, more=TOLERANCE,
)  # fmt: skip
def test_what_is_held_back_is_what_cannot_be_spent(
    asks: list[int], people: list[int], amount: int, clause: str, less: float | None, more: float | None
) -> None:
    rule = {"of": "population" + clause, "at_least": less, "at_most": more}
    records = county(asks, people, amount, **{k: v for k, v in rule.items() if v is not None})
    case = checked(records)
    held = held_back(case.facts, rules_of(case.facts)[0])
    could = min(amount, sum(asks))
    if held is None:
        assert spent(records) >= could * (1 - 2e-3) - 1e-6
        return
    assert held.otherwise == pytest.approx(could)
    assert spent(records) == pytest.approx(held.most, rel=1e-6, abs=1e-6)
    if "cap request" in held.cure:
        better = county(asks, people, amount, **(rule | {"of": f"{rule['of']}; cap request"}))
        assert spent(better) > held.most


@pytest.mark.parametrize("per", ["area", "agency", "initiative"])
def test_one_small_member_is_named_everywhere(per: str) -> None:
    of = {"area": "population", "agency": "weight", "initiative": "baseline"}[per]
    records = county([700, 500, 15], [60, 39, 1], 900, per=per, of=f"{of}; floor 5%", at_least=0.25, at_most=0.25)
    for row, weight in zip(records["Agencies"], (60, 39, 1), strict=True):
        row["weight"] = weight
    case = checked(records)
    small = {"area": "a2", "agency": "g2", "initiative": "i2"}[per]
    said = f"By the rule r, {small} must get 3.75% of all that is spent, and can take only $15: so no more than $400 can be spent"
    (fault,) = [f for f in case.warnings if f.code == "L03"]
    assert fault.cell == "of, row 1"
    assert fault.found.startswith(said)
    assert "cap request" in fault.cure
    (finding,) = [f for f in audit_rules(case) if f.kind == "holds back"]
    assert finding.sentence.startswith(said)
    assert said in summary(verbs.solve(case))
    records["Rules"][0]["of"] += "; cap request"
    assert not checked(records).warnings
    assert spent(records) == pytest.approx(900)


def test_a_soft_rule_or_an_inactive_one_holds_nothing_back() -> None:
    records = county([700, 500, 15], [60, 39, 1], 900, of="population; floor 5%")
    case = checked(records)
    (rule,) = rules_of(case.facts)
    assert held_back(case.facts, rule) is not None
    assert held_back(case.facts, replace(rule, hard=False)) is None
    assert held_back(case.facts, replace(rule, active=False)) is None


def test_a_maximum_or_what_a_fund_may_pay_for_holds_back_too() -> None:
    records = county([700, 500], [50, 50], 900)
    assert not checked(records).warnings
    records["Initiatives"][1]["maximum"] = 100
    (fault,) = checked(records).warnings
    assert "a1 must get 50% of all that is spent, and can take only $100" in fault.found
    records["Initiatives"][1]["maximum"] = None
    records["Funds"] = [{"fund": "Grant", "amount": 900, "allowed": "category = travel"}]
    records["Costs"] = [
        {"initiative": f"i{k}", "category": c, "share": s}
        for k, most in ((0, 1.0), (1, 0.2))
        for c, s in (("travel", most), ("supplies", 1 - most))
        if s
    ]
    (fault,) = checked(records).warnings
    assert "a1 must get 50% of all that is spent, and can take only $100" in fault.found


def test_what_an_agency_asks_for_is_its_part() -> None:
    records = county([700, 500], [50, 50], 900, per="agency", of="weight; cap request")
    for row in records["Agencies"]:
        row["weight"] = 1
    records["Partners"] = [
        {"initiative": "i0", "agency": "g0"},
        {"initiative": "i1", "agency": "g0", "max_share": 0.5},
        {"initiative": "i1", "agency": "g1", "cost_factor": 0.6},
    ]
    shares = blocks(checked(records), "r")[0][2]  # 450 each of 900, but g1 asks for 300 alone
    assert shares == pytest.approx([600 / 900, 300 / 900])


def test_more_money_than_is_asked_for_stays_unspent() -> None:
    records = county([300, 150], [10, 90], 900, of="population; cap request")
    assert blocks(checked(records), "r")[0][2] == pytest.approx([2 / 3, 1 / 3])
    assert spent(records) == pytest.approx(450)


def test_a_fund_that_cannot_be_read_is_told_as_it_is() -> None:
    records = county([700, 500, 15], [60, 39, 1], 900, of="population; floor 5%")
    records["Funds"][0]["allowed"] = "category ! travel"
    _, faults = verbs.check_records(records)
    assert {f.sheet for f in faults} == {"Funds"}
