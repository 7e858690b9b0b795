"""count: translates, solves to numbers computed by hand, refuses bad arguments."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rules.small import awards, blocks, case_of, compliance, nearly, only_fault, said, solved


def test_translates() -> None:
    rule = {"kind": "count", "at_least": 1, "at_most": 2, "per": "theme"}
    both = ("guns", "training")
    assert blocks(case_of(rule)) == [("at_least", both, [1, 1], [1, 1]), ("at_most", both, [2, 2], [1, 1])]


@pytest.mark.parametrize(
    ("rule", "impact", "award"),
    [
        ({"at_most": 1}, 1800, {"A": 1000, "B": 0, "C": 0}),
        ({"at_most": 0}, 0, {"A": 0, "B": 0, "C": 0}),
        ({"at_least": 3}, 2395.2, {"A": 1000, "B": 8, "C": 492}),
        ({"at_least": 2, "at_most": 2, "where": "initiative != A"}, 2395.2, {"A": 1000, "B": 8, "C": 492}),
        ({"at_most": 1, "per": "theme"}, 2400, {"A": 1000, "B": 0, "C": 500}),
        ({"at_most": 0, "where": "score < 50"}, 2100, {"A": 1000, "B": 500, "C": 0}),
    ],
)
def test_solves(rule: dict[str, Any], impact: float, award: dict[str, float]) -> None:
    plan = solved(case_of({"kind": "count", **rule}))
    assert plan.impact == pytest.approx(impact)
    assert awards(plan) == nearly(award)


def test_a_soft_count_is_broken_by_whole_initiatives() -> None:
    plan = solved(case_of({"kind": "count", "at_most": 1, "hard": "no", "penalty": 250}))
    assert awards(plan) == {"A": 1000, "B": 0, "C": 500}
    assert [(line["achieved"], line["penalty"]) for line in compliance(plan)] == [(2, 250)]


@pytest.mark.parametrize(
    ("rule", "column", "words"),
    [
        ({}, "at_least", "no number"),
        ({"at_most": -1}, "at_most", "0 or more"),
        ({"at_most": 1, "of": "amount"}, "of", "the kind count does not read it"),
        ({"at_most": 1, "measure": "staff"}, "measure", "the kind count does not read it"),
        ({"at_most": 1, "where": "fund = Own"}, "where", "a column of initiative"),
        ({"at_most": 1, "per": "agency"}, "per", "one of initiative, theme, area, tier"),
    ],
)
def test_refuses(rule: dict[str, Any], column: str, words: str) -> None:
    fault = only_fault({"kind": "count", **rule})
    assert fault.cell.startswith(column)
    assert words in str(fault)


def test_says() -> None:
    assert said(case_of({"kind": "count", "at_most": 2, "where": "theme = guns", "per": "area"})) == (
        "Funded initiatives of the theme guns in each area: at most 2."
    )
    assert said(case_of({"kind": "count", "at_least": 1, "at_most": 1, "hard": "no", "penalty": 3})) == (
        "Funded initiatives: exactly 1. It may be broken: each initiative short or over costs $3 of impact."
    )
