"""requires: translates, solves to numbers computed by hand, refuses bad arguments."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rules.small import awards, blocks, case_of, compliance, nearly, only_fault, said, solved

A_NEEDS_B = {"kind": "requires", "where": "initiative = A", "of": "initiative = B"}


def test_translates_to_one_limit_for_each_pair() -> None:
    case = case_of({"kind": "requires", "where": "theme = guns", "of": "initiative = A | C", "at_least": 0.3})
    assert blocks(case) == [
        ("at_least", ("A requires C",), [0.3], [0]),
        ("at_least", ("B requires A", "B requires C"), [0.3, 0.3], [0, 0]),
    ]


@pytest.mark.parametrize(
    ("more", "impact", "award"),
    [
        ({}, 2395.2, {"A": 1000, "B": 8, "C": 492}),
        ({"at_least": 0.5}, 2160, {"A": 1000, "B": 400, "C": 100}),
        ({"at_least": 1}, 1260 + 480, {"A": 700, "B": 800, "C": 0}),
        ({"at_least": 0.5, "hard": "no", "penalty": 100}, 2400, {"A": 1000, "B": 0, "C": 500}),
    ],
)
def test_solves(more: dict[str, Any], impact: float, award: dict[str, float]) -> None:
    plan = solved(case_of({**A_NEEDS_B, **more}))
    assert plan.impact == pytest.approx(impact)
    assert awards(plan) == nearly(award)


def test_the_breach_of_a_soft_one_is_priced() -> None:
    plan = solved(case_of({**A_NEEDS_B, "at_least": 0.5, "hard": "no", "penalty": 100}))
    assert plan.objective == pytest.approx(2400 - 50)
    assert [line["penalty"] for line in compliance(plan)] == [50]


@pytest.mark.parametrize(
    ("rule", "column", "words"),
    [
        ({"of": "initiative = B"}, "where", "a selection of initiatives"),
        ({"where": "initiative = B"}, "of", "a selection of initiatives"),
        ({**A_NEEDS_B, "at_least": 0}, "at_least", "a level above 0 and at most 1"),
        ({**A_NEEDS_B, "at_least": 50}, "at_least", "write a share such as 50%"),
        ({**A_NEEDS_B, "at_most": 1}, "at_most", "the kind requires does not read it"),
        ({**A_NEEDS_B, "per": "theme"}, "per", "the kind requires does not read it"),
        ({**A_NEEDS_B, "of": "agency = Police"}, "of", "a column of initiative"),
        ({**A_NEEDS_B, "of": "initiative = D"}, "of", "a known initiative"),
    ],
)
def test_refuses(rule: dict[str, Any], column: str, words: str) -> None:
    fault = only_fault({"kind": "requires", **rule})
    assert fault.cell.startswith(column)
    assert words in str(fault)


def test_says() -> None:
    assert said(case_of(A_NEEDS_B)) == "If A is funded, B must be funded too."
    rule = {"kind": "requires", "where": "initiative = A | B", "of": "score < 50", "at_least": 0.3}
    assert said(case_of(rule)) == (
        "If A or B is funded, every initiative with a score below 50 must be funded too, to at least 30% of its scope."
    )
