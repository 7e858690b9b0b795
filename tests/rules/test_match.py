"""match: translates, solves to numbers computed by hand, refuses bad arguments."""

from __future__ import annotations

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
        ({"at_least": 0.2, "of": "amount"}, "of", "the kind match does not read it"),
        ({"at_least": 0.2, "per": "initiative"}, "per", "leave it blank to match initiative by initiative"),
        ({"at_least": 0.2, "where": "category = travel"}, "where", "a column of fund, initiative"),
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
