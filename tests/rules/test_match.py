"""match: translates, solves to numbers computed by hand, refuses bad arguments."""

from __future__ import annotations

import random
from collections import defaultdict
from copy import deepcopy
from typing import Any

import pytest

from tests.rules.small import (
    BASE,
    Records,
    awards,
    blocks,
    case_of,
    changed,
    compliance,
    nearly,
    only_fault,
    said,
    solved,
)

CASH: Records = {"Staff": [], "Needs": []}
GRANT = {"kind": "match", "where": "fund = Grant"}


def funds(**own: Any) -> Records:
    """The funds with some values of Own changed."""
    return {"Funds": changed(deepcopy(BASE), "Funds", "Own", **own)["Funds"]}


def test_translates() -> None:
    [block] = blocks(case_of({**GRANT, "at_least": 0.25, "where": "fund = Grant ; theme = guns"}))
    assert block == ("at_least", ("Grant, A", "Grant, B"), pytest.approx([1 / 3, 1 / 3]), [0, 0])
    [block] = blocks(case_of({"kind": "match", "at_least": 0.2, "per": "fund"}))
    assert block == ("at_least", ("Grant", "Own"), [0.25, 0.25], [0, 0])


@pytest.mark.parametrize(
    ("more", "sheets", "impact", "award"),
    [
        ({"at_least": 0.25}, CASH, 2400, {"A": 1000, "B": 0, "C": 500}),
        ({"at_least": 0.4}, CASH, 2100, {"A": 1000, "B": 0, "C": 250}),
        ({"at_least": 0.4}, {**CASH, **funds(allowed="initiative = C")}, 720, {"A": 0, "B": 0, "C": 600}),
        (
            {"at_least": 0.4, "per": "fund"},
            {**CASH, **funds(allowed="initiative = C")},
            1950,
            {"A": 750, "B": 0, "C": 500},
        ),
        (
            {"at_least": 0.4},
            funds(can_match="no"),
            900 / 0.88,
            {"A": 500 / 0.88, "B": 0, "C": 0},
        ),  # at full scope A has 4 FTE × 20 in kind, good for 120 of the grant: Own alone pays the other 88%
    ],
)
def test_solves(more: dict[str, Any], sheets: Records, impact: float, award: dict[str, float]) -> None:
    plan = solved(case_of({**GRANT, **more}, **sheets))
    assert plan.impact == pytest.approx(impact)
    assert awards(plan) == nearly(award)


FUND_OF_C = {**CASH, **funds(allowed="initiative = C")}


@pytest.mark.parametrize(
    ("more", "sheets", "impact"),
    [
        # a quarter of C is travel: of the 600 of C at most 150 of travel needs a match of 50; Own pays only for C
        ({"at_least": 0.25, "where": "fund = Grant ; category = travel ; initiative = C"}, FUND_OF_C, 1800 + 1.2 * 500),
        # all of what the fund pays must be matched again: 500 of Own match 500 of the grant, both on A
        ({"at_least": 1, "of": "grant"}, CASH, 1.8 * 1000),
        ({"at_least": 0.5}, CASH, 1.8 * 1000),
        # only C can be matched, up to 300 by 300
        ({"at_least": 1, "of": "grant"}, FUND_OF_C, 1.2 * 600),
        # in kind does not count where the match must be cash, and Own may not match
        ({"at_least": 0.4, "measure": "cash"}, funds(can_match="no"), 1.8 * 500),
        ({"at_least": 0.4, "measure": "cash: fund = Grant"}, CASH, 1.8 * 500),
        ({"at_least": 0.4, "measure": "cash: fund = Own"}, CASH, 2100),
    ],
)
def test_solves_parts_cash_and_shares_of_the_grant(more: dict[str, Any], sheets: Records, impact: float) -> None:
    assert solved(case_of({**GRANT, **more}, **sheets)).impact == pytest.approx(impact)


@pytest.mark.first(12)
@pytest.mark.parametrize("seed", range(40))
def test_plans_keep_parts_cash_and_grants_as_plain_code_reads_them(seed: int) -> None:
    """And no plan of the rule is better than that of the rule without its part, its cash or its grant."""
    dice = random.Random(seed)
    rate = dice.choice([0.1, 0.2, 0.35, 0.5])
    part = dice.choice(["", " ; category = travel", " ; category = personnel", " ; agency = Police"])
    rule: dict[str, Any] = {
        "kind": "match",
        "where": f"fund = Grant{part}",
        "at_least": rate,
        "per": dice.choice(["", "fund"]),
    }
    rule |= dice.choice([{}, {"of": "grant"}]) | dice.choice([{}, {"measure": "cash"}])
    own = funds(allowed=dice.choice(["", "initiative = A | C", "initiative = C"]))
    plan = solved(case_of(rule, **own))
    paid: dict[str, float] = defaultdict(float)
    given: dict[str, float] = defaultdict(float)
    column, value = part[3:].split(" = ") if part else ("fund", "Grant")
    for line in plan.tables["Spend"].records():
        if line["fund"] == "Grant" and line[column] == value:
            paid[line["initiative"]] += line["money"]
    for line in plan.tables["Match"].records():
        if line["fund"] == "Grant" and (line["source"] != "in kind" or "measure" not in rule):
            given[line["initiative"]] += line["money"]
    asked = rate if "of" in rule else rate / (1 - rate)
    pairs = [(sum(paid.values()), sum(given.values()))] if rule["per"] else [(paid[i], given[i]) for i in paid]
    assert all(match >= asked * spent - 1e-3 for spent, match in pairs)
    loose = {k: v for k, v in rule.items() if k != "measure"} | {"of": "grant"}
    assert plan.objective <= solved(case_of(loose, **own)).objective * (1 + 1e-9)


def test_shows_the_share_of_cost_that_comes_from_elsewhere() -> None:
    plan = solved(case_of({**GRANT, "at_least": 0.4, "per": "fund"}, **CASH))
    [line] = compliance(plan)
    assert (line["required"], line["achieved"], line["kept"]) == (0.4, pytest.approx(0.4, abs=0.001), True)


def test_a_rule_and_a_match_rate_share_the_same_match() -> None:
    one = solved(case_of(**CASH, Funds=changed(deepcopy(BASE), "Funds", "Grant", match_rate=0.4)["Funds"]))
    both = solved(
        case_of(
            {**GRANT, "at_least": 0.4}, **CASH, Funds=changed(deepcopy(BASE), "Funds", "Grant", match_rate=0.4)["Funds"]
        )
    )
    assert awards(one) == awards(both) == nearly({"A": 1000, "B": 0, "C": 250})


@pytest.mark.parametrize(
    ("rule", "column", "words"),
    [
        ({}, "at_least", "no number; expected a share from 0 to below 1"),
        ({"at_least": 1}, "at_least", "a share from 0 to below 1"),
        ({"at_least": 25}, "at_least", "such as 25%"),
        ({"at_least": 0.2, "at_most": 0.3}, "at_most", "the kind match does not read it"),
        ({"at_least": 0.2, "of": "amount"}, "of", "cost, grant or nothing"),
        ({"at_least": -0.2, "of": "grant"}, "at_least", "a share from 0"),
        ({"at_least": 0.2, "measure": "staff"}, "measure", "cash or nothing"),
        ({"at_least": 0.2, "measure": "cash: fund = Owm"}, "measure", "did you mean Own"),
        ({"at_least": 0.2, "per": "initiative"}, "per", "leave it blank to match initiative by initiative"),
        ({"at_least": 0.2, "where": "role = analyst"}, "where", "a column of fund"),
    ],
)
def test_refuses(rule: dict[str, Any], column: str, words: str) -> None:
    fault = only_fault({"kind": "match", **rule})
    assert fault.cell.startswith(column)
    assert words in str(fault)


def test_says() -> None:
    assert said(case_of({**GRANT, "at_least": 0.25})) == (
        "Match for money from Grant: at least 25% of the cost from elsewhere (other funds that can match, "
        "released staff), initiative by initiative."
    )
    assert said(case_of({"kind": "match", "at_least": 0.25, "per": "fund", "hard": "no", "penalty": 2})) == (
        "Match for money from every fund: at least 25% of the cost from elsewhere (other funds that can match, released "
        "staff), over the whole of each fund. It may be broken: each $1 short costs $2 of impact."
    )


def test_says_what_match_is_made_of_and_what_it_is_a_share_of() -> None:
    assert said(case_of({**GRANT, "at_least": 0.25, "of": "grant", "measure": "cash: fund = Own"})) == (
        "Match for money from Grant: at least 25% of what the fund pays from elsewhere (in cash, of other funds that can match: "
        "money from Own), initiative by initiative."
    )
    assert said(case_of({"kind": "match", "where": "category = travel", "at_least": 0.25, "measure": "cash"})) == (
        "Match for money for travel: at least 25% of the cost from elsewhere (in cash, of other funds that can match), "
        "initiative by initiative."
    )
