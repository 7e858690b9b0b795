"""The audit of the input finds what is odd, and nothing else: each kind on a case of its own, money by solving."""

from __future__ import annotations

import pytest

from optimiser.analysis.reasons.input_doubts import InputDoubt, audit
from optimiser.analysis.reasons.prices import Study
from tests.rules.small import Records, checked

BASE: Records = {
    "Agencies": [{"agency": "a"}, {"agency": "b"}],
    "Funds": [{"fund": "pool", "kind": "pooled", "amount": 800}],
    "Initiatives": [
        {"initiative": "one", "lead": "a", "request": 1000},
        {"initiative": "two", "lead": "b", "request": 500},
    ],
}


def found(**more: object) -> list[InputDoubt]:
    return audit(Study(checked({**BASE, **more})), seconds=0)  # type: ignore[dict-item]


def test_a_sound_case_has_nothing_odd() -> None:
    assert found() == []


def test_money_that_its_selection_does_not_need() -> None:
    grant = {"fund": "grant", "kind": "joint grant", "amount": 700, "allowed": "initiative = two"}
    (doubt,) = found(Funds=[*BASE["Funds"], grant])
    assert doubt.kind == "cannot be spent"
    assert doubt.amount == pytest.approx(200)
    assert doubt.sentence == "grant: $200 cannot be spent by anyone, because what it may pay for does not cost more."


def test_money_that_a_rule_holds_back() -> None:
    grant = {"fund": "grant", "kind": "joint grant", "amount": 700}
    rule = {"rule": "cap", "kind": "limit", "where": "fund = grant", "at_most": 0.5, "of": "amount"}
    (doubt,) = found(Funds=[*BASE["Funds"], grant], Rules=[rule])
    assert doubt.sentence == "grant: $350 cannot be spent by anyone, because the rule cap allows no more."


def test_money_for_which_there_are_no_people() -> None:
    funds = [{"fund": "pool", "kind": "pooled", "amount": 1400}]
    staff = [{"agency": "a", "role": "analyst", "fte": 1}]
    doubts = found(Funds=funds, Staff=staff, Needs=[{"initiative": "one", "role": "analyst", "fte": 2}])
    said = "pool: $400 cannot be spent by anyone, because there are not enough people for analyst and "
    assert [d.sentence for d in doubts] == [said + "what it may pay for does not cost more."]


def test_people_that_nobody_needs() -> None:
    staff = [{"agency": "a", "role": "pilot", "fte": 3, "releasable": 0.5}]
    assert [d.sentence for d in found(Staff=staff)] == ["a releases 1.5 FTE of pilot, whom no initiative needs."]


def test_contributions_without_return() -> None:
    paid = [{"agency": "c", "fund": "pool", "amount": 300}]
    (doubt,) = found(Agencies=[*BASE["Agencies"], {"agency": "c"}], Contributions=paid)
    assert doubt.kind == "no return"
    assert doubt.sentence == "c pays in $300 and can receive nothing: it is partner of no initiative."


def test_maxima_that_never_bind() -> None:
    agencies = [{"agency": "a", "maximum": 5000}, {"agency": "b"}]
    first = {**BASE["Initiatives"][0], "maximum": 1200}
    doubts = found(Agencies=agencies, Initiatives=[first, BASE["Initiatives"][1]])
    assert [(d.kind, d.item) for d in doubts] == [("never binds", "one"), ("never binds", "a")]


def test_units() -> None:
    more = [{"initiative": f"i{k}", "lead": "a", "request": 400_000 + k} for k in range(6)]
    doubts = found(Initiatives=[*more, {"initiative": "odd", "lead": "b", "request": 380}])
    assert [(d.kind, d.item) for d in doubts] == [("unit", "odd")]
    assert "is $380; the middle one is $400,002" in doubts[0].sentence


def test_rules_have_an_audit_of_their_own() -> None:
    rule = {"rule": "nobody", "kind": "limit", "where": "theme = none", "at_most": 5}
    assert any(d.sheet == "Rules" and d.item == "nobody" for d in found(Rules=[rule]))


def test_a_case_without_a_plan_is_audited_too() -> None:
    first = {**BASE["Initiatives"][0], "must_fund": True}
    staff = [{"agency": "a", "role": "pilot", "fte": 1}]
    assert [d.kind for d in found(Initiatives=[first], Staff=staff)] == ["nobody needs"]
