"""Line 10i of SF-425: what match_rate and rules ask of a grant, counted once, against arithmetic of its own."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import combinations
from typing import Any

import pytest

import optimiser
from optimiser.case.examples import example_path
from optimiser.papers.figures import Figures
from optimiser.papers.paper import make, shelf
from optimiser.papers.required_match import MatchDemand, least, required_match
from optimiser.plan.tables import Plan
from tests.papers.cases import records, source, with_actuals

GIVERS = ("Other", "Pool", "in kind")
Demand = tuple[set[tuple[str, str]], Fraction]


@pytest.mark.parametrize(("name", "fund", "rate"), [
    ("gun-violence", "Survivor Assistance Grant", Fraction(1, 4)),
    ("opioid-response", "Drug Court Grant", Fraction(1, 3)),
])  # fmt: skip
def test_the_examples_ask_what_their_rules_of_match_ask(name: str, fund: str, rate: Fraction) -> None:
    case = optimiser.read(example_path(name))
    figures = Figures(optimiser.solve(case))
    freed = "G27" if name == "gun-violence" else ""  # the Governor's waiver
    spent = figures.exact_spend(fund=fund)
    matched = spent - (figures.exact_spend(fund=fund, initiative=freed) if freed else 0)
    assert required_match(figures, fund, spent) == rate * matched
    assert required_match(figures, fund, 2 * spent) == 2 * rate * matched
    assert 0 < rate * matched <= sum(figures.match(fund).values())


def test_the_paper_shows_it_and_counts_the_rate_and_a_rule_of_the_same_once() -> None:
    made = with_actuals(records(4))
    rule = {"rule": "Share of cost", "kind": "match", "where": "fund = Grant", "at_least": 0.2}
    cash = {
        "rule": "Part in cash",
        "kind": "match",
        "measure": "cash",
        "where": "fund = Grant",
        "per": "fund",
        "at_least": 0.1,
    }
    made["Rules"] += [rule, cash]
    shown = []
    for rate in (0.2, 0.0):
        made["Funds"][0]["match_rate"] = rate
        (file, *_) = make(shelf()["quarterly"], source(optimiser.solve(optimiser.case_from(made))))
        shown.append((file.figures["SF-425[Grant] 10i"], file.figures["amount[Grant]"] / 4))
    assert all(line == whole for line, whole in shown)


@pytest.mark.parametrize("seed", range(24))
def test_random_rules_ask_what_they_ask_once(seed: int) -> None:
    dice = random.Random(seed)
    made = _case(dice)
    plan = optimiser.solve(optimiser.case_from(made), time_limit=10)
    if not plan.has_plan:
        assert plan.status == "infeasible"
        return
    figures = Figures(plan)
    for fund in ("Grant", "Other"):
        spent = figures.exact_spend(fund=fund)
        if not spent:
            continue
        own = _by_hand(_demands(made, plan, fund))
        assert required_match(figures, fund, spent) == own
        assert required_match(figures, fund, 3 * spent) == 3 * own
        given = sum(figures.match(fund).values(), Fraction(0))
        assert given >= own - Fraction(1, 10**4)  # what a plan needs, it has


def test_where_the_plan_spends_nothing_what_holds_of_all_the_money_counts() -> None:
    made = records(4)
    made["Funds"][0].update(match_rate=0.0, allowed="initiative = I000")
    made["Initiatives"][0]["maximum"] = 0.0
    part = {"rule": "Half", "kind": "match", "where": "fund = Grant ; initiative = I000", "at_least": 0.5}
    whole = {
        "rule": "A quarter",
        "kind": "match",
        "where": "fund = Grant",
        "per": "fund",
        "at_least": 0.25,
        "of": "grant",
    }
    made["Rules"] += [part, whole]
    figures = Figures(optimiser.solve(optimiser.case_from(made)))
    assert figures.exact_spend(fund="Grant") == 0
    assert required_match(figures, "Grant", Fraction(1000)) == 250


def test_demands_of_one_place_are_met_once_and_of_others_beside() -> None:
    def asks(*pairs: tuple[set[int], int]) -> Fraction:
        return least([MatchDemand(frozenset(cells), Fraction(money)) for cells, money in pairs])

    assert asks() == 0
    assert asks(({1, 2}, 5), ({1, 2}, 7)) == 7
    assert asks(({1}, 5), ({2}, 7)) == 12
    assert asks(({1, 2}, 5), ({1}, 3), ({2}, 4)) == 7
    assert asks(({1, 2}, 9), ({1}, 3), ({2}, 4), ({3}, 1)) == 10


def _case(dice: random.Random) -> dict[str, list[dict[str, Any]]]:
    """Two grants, a pool that can match, staff; rules of match of every sort."""
    names = [f"I{k}" for k in range(4)]
    rules = []
    for k in range(dice.randint(1, 4)):
        fund = dice.choice(("Grant", "Grant", "Other"))
        chosen = dice.sample(names, dice.randint(1, 3))
        where = f"fund = {fund}"
        where += dice.choice(("", f" ; initiative = {' | '.join(chosen)}", f" ; initiative != {chosen[0]}"))
        rules.append({
            "rule": f"Rule {k}", "kind": "match", "where": where, "per": dice.choice(("", "fund")),
            "measure": dice.choice(("", "", "cash", "cash: fund = Pool")), "of": dice.choice(("", "grant")),
            "at_least": dice.choice((0.1, 0.2, 0.25)),
        })  # fmt: skip
    if dice.random() < 0.4:
        rules[0].update(hard=False, penalty=0.0001)
    waived = [{"rule": "Rule 0", "granted_by": "The Governor", "granted_on": "2026-01-01", "where": "initiative = I0"}]
    return {
        "Agencies": [{"agency": "A"}, {"agency": "B"}],
        "Funds": [
            {"fund": "Grant", "amount": 1000.0 * dice.randint(5, 20), "match_rate": dice.choice((0.0, 0.1, 0.2))},
            {"fund": "Other", "amount": 5000.0, "can_match": "yes"},
            {"fund": "Pool", "amount": 9000.0, "can_match": "yes"},
        ],
        "Initiatives": [{"initiative": i, "lead": "A", "request": 1000.0 * dice.randint(3, 12)} for i in names],
        "Staff": [{"agency": "B", "role": "analyst", "fte": 2.0, "cost_per_fte": 900.0}],
        "Needs": [{"initiative": "I1", "role": "analyst", "fte": 1.0}],
        "Rules": rules,
        "Waivers": waived if dice.random() < 0.4 and "I0" not in str(rules[0]["where"]) else [],
    }


def _demands(made: dict[str, list[dict[str, Any]]], plan: Plan, fund: str) -> list[Demand]:
    """What each hard rule, and the rate, asks for this fund: the places (giver, initiative) and the money."""
    spent: dict[str, Fraction] = {}
    for r in plan.tables["Spend"].records():
        if r["fund"] == fund:
            spent[r["initiative"]] = spent.get(r["initiative"], Fraction(0)) + Fraction(str(r["money"]))
    rate = next(r.get("match_rate", 0.0) for r in made["Funds"] if r["fund"] == fund)
    asked: list[dict[str, Any]] = [{"where": f"fund = {fund}", "at_least": rate}, *made["Rules"]]
    found: list[Demand] = []
    for rule in asked:
        if rule["where"].split(" ; ")[0] != f"fund = {fund}" or rule.get("hard") is False:
            continue
        those = [i for i in spent if _selected(rule["where"], i)]
        if rule.get("rule") == "Rule 0" and made["Waivers"]:
            those = [i for i in those if i != "I0"]
        share = Fraction(str(rule["at_least"]))
        share = share if rule.get("of") == "grant" else share / (1 - share)
        givers = {"": GIVERS, "cash": GIVERS[:2]}.get(rule.get("measure", ""), ("Pool",))
        for group in [those] if rule.get("per") else [[i] for i in those]:
            every = [i for i in ("I0", "I1", "I2", "I3") if _selected(rule["where"], i)] if rule.get("per") else group
            if rule.get("rule") == "Rule 0" and made["Waivers"]:
                every = [i for i in every if i != "I0"]
            places = {(g, i) for g in givers if g != fund for i in every}
            found.append((places, share * sum((spent[i] for i in group), Fraction(0))))
    return [(places, money) for places, money in found if money]


def _selected(where: str, initiative: str) -> bool:
    if " ; " not in where:
        return True
    clause = where.split(" ; ")[1]
    if "!=" in clause:
        return initiative != clause.split("!= ")[1]
    return initiative in clause.split("= ")[1].split(" | ")


def _by_hand(found: list[Demand]) -> Fraction:
    """The most that demands without a common place ask, by trying every set of them."""
    return max(
        sum((money for _, money in chosen), Fraction(0))
        for size in range(len(found) + 1)
        for chosen in combinations(found, size)
        if all(not a[0] & b[0] for a, b in combinations(chosen, 2))
    )
