"""excludes: translates, solves to numbers computed by hand, refuses bad arguments."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rules.small import awards, blocks, case_of, nearly, only_fault, rows, said, solved


def test_translates_to_a_count_of_at_most_one() -> None:
    rule = {"where": "initiative = A | C"}
    assert blocks(case_of({"kind": "excludes", **rule})) == [("at_most", ("",), [1], [1])]
    assert rows(case_of({"kind": "excludes", **rule})) == rows(case_of({"kind": "count", "at_most": 1, **rule}))


@pytest.mark.parametrize(
    ("rule", "impact", "award"),
    [
        ({"where": "initiative = A | C"}, 2100, {"A": 1000, "B": 500, "C": 0}),
        ({"per": "theme"}, 2400, {"A": 1000, "B": 0, "C": 500}),
        ({}, 1800, {"A": 1000, "B": 0, "C": 0}),
        ({"where": "initiative = A | C", "hard": "no", "penalty": 200}, 2400, {"A": 1000, "B": 0, "C": 500}),
        ({"where": "initiative = A | C", "hard": "no", "penalty": 400}, 2100, {"A": 1000, "B": 500, "C": 0}),
    ],
)
def test_solves(rule: dict[str, Any], impact: float, award: dict[str, float]) -> None:
    plan = solved(case_of({"kind": "excludes", **rule}))
    assert plan.impact == pytest.approx(impact)
    assert awards(plan) == nearly(award)


@pytest.mark.parametrize(
    ("rule", "column", "words"),
    [
        ({"at_most": 2}, "at_most", "take a kind that reads it: limit, average, count"),
        ({"at_least": 1}, "at_least", "the kind excludes does not read it"),
        ({"of": "initiative = A"}, "of", "the kind excludes does not read it"),
        ({"where": "category = travel"}, "where", "a column of initiative"),
        ({"per": "fund"}, "per", "one of initiative, theme, area, tier"),
    ],
)
def test_refuses(rule: dict[str, Any], column: str, words: str) -> None:
    fault = only_fault({"kind": "excludes", **rule})
    assert fault.cell.startswith(column)
    assert words in str(fault)


def test_says() -> None:
    assert (
        said(case_of({"kind": "excludes", "where": "initiative = A | B | C"}))
        == "At most one of A, B and C may be funded."
    )
    assert said(case_of({"kind": "excludes", "where": "theme = guns ; area = South", "per": "area"})) == (
        "For each area, at most one of the initiatives of the theme guns in South may be funded."
    )
    assert (
        said(case_of({"kind": "excludes", "per": "theme"})) == "For each theme, at most one initiative may be funded."
    )
