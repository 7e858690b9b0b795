"""average: translates, solves to numbers computed by hand, refuses bad arguments."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from optimiser.model.rules import compile_rule
from tests.rules.small import BASE, awards, blocks, case_of, compliance, nearly, only_fault, rule_of, said, solved


def test_translates_to_points_against_a_multiple_of_money() -> None:
    case = case_of({"kind": "average", "at_least": 70})
    assert blocks(case) == [("at_least", ("",), [70], [0])]
    [block] = compile_rule(case.facts, rule_of(case)).blocks
    assert block.left[0].weights["initiative"].tolist() == [90, 60, 40]
    assert block.right[0].weights["initiative"].tolist() == [1, 1, 1]
    assert block.unit == "points × money"


@pytest.mark.parametrize(
    ("rule", "impact", "award"),
    [
        ({"at_least": 70}, 2400, {"A": 1000, "B": 0, "C": 500}),
        ({"at_least": 78}, 2190, {"A": 1000, "B": 350, "C": 150}),
        ({"at_least": 77, "measure": "agency.score"}, 2100, {"A": 1000, "B": 0, "C": 250}),
        ({"at_most": 64}, 600 * 1.8 + 300 * 0.6 + 600 * 1.2, {"A": 600, "B": 300, "C": 600}),
    ],
)
def test_solves(rule: dict[str, Any], impact: float, award: dict[str, float]) -> None:
    plan = solved(case_of({"kind": "average", **rule}))
    assert plan.impact == pytest.approx(impact)
    assert awards(plan) == nearly(award)


def test_holds_for_each_member() -> None:
    plan = solved(case_of({"kind": "average", "at_least": 55, "per": "theme"}))
    assert awards(plan) == {"A": 1000, "B": 500, "C": 0}
    assert [(line["per"], line["kept"]) for line in compliance(plan)] == [("guns", True), ("training", True)]


def test_what_has_no_value_is_left_out() -> None:
    rows = deepcopy(BASE["Initiatives"])
    for row, risk in zip(rows, (5, "", 1), strict=True):
        row["risk"] = risk
    plan = solved(case_of({"kind": "average", "measure": "risk", "at_most": 3}, Initiatives=rows))
    assert awards(plan) == {"A": 600, "B": 300, "C": 600}  # B has no risk and may have what is left


def test_nothing_spent_keeps_it() -> None:
    [line] = compliance(solved(case_of({"kind": "average", "at_least": 50}), "thrift"))
    assert line["kept"]
    assert line["achieved"] != line["achieved"]


@pytest.mark.parametrize(
    ("rule", "column", "words"),
    [
        ({}, "at_least", "no number"),
        ({"at_least": 1, "measure": "scores"}, "measure", "did you mean score?"),
        ({"at_least": 1, "measure": "theme"}, "measure", "a numeric column"),
        ({"at_least": 1, "measure": "must_fund"}, "measure", "a numeric column"),
        ({"at_least": 1, "measure": "maximum"}, "measure", "write agency.maximum or initiative.maximum"),
        ({"at_least": 1, "measure": "initiative.maximum"}, "measure", "a number somewhere"),
        ({"at_least": 1, "of": "amount"}, "of", "the kind average does not read it"),
        ({"at_least": 1, "per": "role"}, "per", "one of fund"),
    ],
)
def test_refuses(rule: dict[str, Any], column: str, words: str) -> None:
    fault = only_fault({"kind": "average", **rule})
    assert fault.cell.startswith(column)
    assert words in str(fault)


def test_says() -> None:
    rule = {"kind": "average", "at_least": 70, "where": "theme = guns", "hard": "no", "penalty": 0.1}
    assert said(case_of(rule)) == (
        "Average score of initiatives, weighted by money on initiatives of the theme guns: at least 70. It may be"
        " broken: each point short on $10 costs $1 of impact."
    )
    assert said(case_of({"kind": "average", "measure": "population", "at_most": 5e5, "per": "fund"})) == (
        "Average population of areas, weighted by money from each fund: at most 500,000."
    )
