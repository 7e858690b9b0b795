"""What changes for whom: sums, losers first, and what it would take, against fresh solves."""

from __future__ import annotations

import math
from collections import Counter

import pytest

from optimiser import verbs
from optimiser.analysis.debate.next_in_line import next_in_line
from optimiser.analysis.debate.who_changes import FREE, agency_page, changes, loss
from optimiser.case.case import Case
from tests.oracle.random_cases import random_case
from tests.rules.small import BASE, checked


def small(**more: object) -> Case:
    return checked({**BASE, **more})  # type: ignore[dict-item]


def test_losers_first_and_the_sums_are_those_of_the_plan() -> None:
    plan = verbs.solve(small())
    found = changes(plan)
    for rows in found.rows.values():
        assert [c.change for c in rows] == sorted(c.change for c in rows)
        assert math.fsum(c.now for c in rows) == pytest.approx(float(plan.award["award"].sum()))
        assert math.fsum(c.before for c in rows) == pytest.approx(800)
    assert [(c.key, c.change) for c in found.losers("initiative")] == [("B", -300.0)]
    assert found.sentence("initiative") == "B gets $300 less than last year; 2 initiatives get $1,000 more."
    assert found.total() == "All together: $800 last year, $1,500 in this plan, +$700."


@pytest.mark.first(3)
@pytest.mark.parametrize("seed", [1, 2, 6, 10, 14])
def test_between_plans_who_loses_is_who_lost(seed: int) -> None:
    case = checked(random_case(seed, rules=True))
    fund = case.facts.names["fund"][0]
    plan = verbs.solve(case)
    other = verbs.solve(
        verbs.apply_changes(case, [{"sheet": "Funds", "where": f"fund = {fund}", "column": "allowed", "change": "= initiative = in-00"}])
    )  # fmt: skip
    if not other.has_plan:
        return
    found = changes(plan, other, "the other")
    received = [dict(zip(p.received["agency"], p.received["received"], strict=True)) for p in (other, plan)]
    for c in found.rows["agency"]:
        assert (c.before, c.now) == (received[0][c.key], received[1][c.key])
    # Less is what each line, rounded to a unit, cannot explain; of a small award it is told to the unit.
    lines = Counter([*plan.tables["Spend"]["agency"].tolist(), *other.tables["Spend"]["agency"].tolist()])
    for c in found.rows["agency"]:
        same = max(2.0, min(lines[c.key], 1e-4 * max(c.before, c.now)))
        assert (c in found.losers()) == (c.now < c.before - same)


def test_what_it_would_take_is_a_fresh_solve() -> None:
    case = small()
    plan = verbs.solve(case)
    (worst,) = changes(plan).losers("initiative")
    told = loss(plan, worst)
    records = {
        **BASE,
        "Initiatives": [
            {**r, **({"must_fund": "yes", "minimum": 300} if r["initiative"] == "B" else {})}
            for r in BASE["Initiatives"]
        ],
    }
    fresh = verbs.solve(checked(records))
    assert fresh.objective is not None
    assert plan.objective is not None
    assert told.price == pytest.approx(plan.objective - fresh.objective)
    assert told.authority == FREE
    assert told.takes.startswith("To give it $300: ")
    assert float(
        fresh.award.set_index("initiative")["award"]["C"] - plan.award.set_index("initiative")["award"]["C"]
    ) == pytest.approx({s.initiative: s.money for s in told.shifts}["C"])


def test_where_a_rule_forbids_it_who_may_change_that_is_said() -> None:
    case = small(
        Rules=[
            {"rule": "No B", "where": "initiative = B", "at_most": 100, "set_by": "statute", "authority": "34 USC 1"}
        ]
    )
    plan = verbs.solve(case)
    worst = next(c for c in changes(plan).losers("initiative") if c.key == "B")
    told = loss(plan, worst)
    assert told.price is None
    assert told.takes == "If it must have $300, no plan keeps every hard rule."
    assert told.authority != FREE


def test_a_page_for_each_agency() -> None:
    plan = verbs.solve(small())
    found = changes(plan)
    for name in ("Police", "Health"):
        page = agency_page(plan, found, name)
        mine = plan.spend[plan.spend["agency"] == name]
        assert sum(page.gets.values()) == pytest.approx(float(mine["money"].sum()))
        assert page.grant_money == pytest.approx(float(mine[mine["fund"] == "Grant"]["money"].sum()))
        assert page.lines(found)[0].startswith(name)
    with pytest.raises(KeyError):
        agency_page(plan, found, "Nobody")


def test_a_page_has_its_own_rules_and_funds_though_names_are_alike() -> None:
    rules = [
        {"rule": "of it", "where": "agency = Police", "at_most": 900},
        {"rule": "led by it", "where": "initiative.lead = police", "at_most": 900},
        {"rule": "of another", "where": "theme = Police work", "at_most": 900},
        {"rule": "as a share", "where": "theme = guns", "of": "money: agency = Police | Health", "at_most": 9},
    ]
    funds = [{**f, "name": "Budget"} for f in BASE["Funds"]]
    paid = [{"agency": "Health", "fund": "Own", "amount": 500}, {"agency": "Health", "fund": "Grant", "amount": 1000}]
    case = small(Rules=rules, Funds=[{**f, "amount": ""} for f in funds], Contributions=paid)
    plan = verbs.solve(case)
    found = changes(plan)
    police, health = (agency_page(plan, found, a) for a in ("Police", "Health"))
    assert len(police.rules) == 3
    assert len(health.rules) == 1
    assert health.pays == {"Budget (Own)": 500, "Budget (Grant)": 1000}
    assert sum(police.gets.values()) + sum(health.gets.values()) == pytest.approx(float(plan.spend["money"].sum()))


def test_names_that_are_alike_are_told_with_their_keys() -> None:
    case = small(Initiatives=[{**r, "name": "Same"} for r in BASE["Initiatives"]])
    plan = verbs.solve(case)
    found = changes(plan)
    assert {c.name for c in found.rows["initiative"]} == {"Same (A)", "Same (B)", "Same (C)"}
    assert "Same (A)" in next_in_line(plan).lines()[0]
