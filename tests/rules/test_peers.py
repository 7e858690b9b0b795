"""peers: translates, solves to numbers computed by hand, refuses bad arguments, and the rest comes by itself."""

from __future__ import annotations

from typing import Any

import pytest

from optimiser import verbs
from optimiser.analysis.reasons.repair import repairs
from tests.rules.small import awards, blocks, case_of, compliance, nearly, only_fault, said, solved


def test_translates() -> None:
    rule = {"kind": "peers", "at_most": 1.5}
    assert blocks(case_of(rule)) == [("at_most", ("A", "B"), [1.5, 1.5], [0, 0])]  # C is alone in its theme
    everywhere = {"kind": "peers", "at_most": 1.5, "per": "area", "where": "initiative != A"}
    assert blocks(case_of(everywhere)) == []


@pytest.mark.parametrize(
    ("at_most", "award"),
    [  # a is worth 1.8, c 1.2, b 0.6; a ≤ at_most · (a + b) / 2, so that with 1.2 three of a need two of b
        (1.2, {"A": 900, "B": 600, "C": 0}),
        (1.5, {"A": 1000, "B": 333.3, "C": 166.7}),
        (2.0, {"A": 1000, "B": 0, "C": 500}),
    ],
)
def test_solves(at_most: float, award: dict[str, float]) -> None:
    plan = solved(case_of({"kind": "peers", "at_most": at_most}))
    assert awards(plan) == nearly(award)
    of_a = compliance(plan)[0]
    assert of_a["required"] == at_most
    assert at_most - 0.01 <= of_a["achieved"] <= at_most


@pytest.mark.parametrize(
    ("rule", "column", "words"),
    [
        ({}, "at_most", "no number"),
        ({"at_most": 0.5}, "at_most", "1 or more"),
        ({"at_most": 2, "per": "agency"}, "per", "one of theme, area, tier"),
        ({"at_most": 2, "at_least": 1}, "at_least", "the kind peers does not read it"),
        ({"at_most": 2, "where": "fund = Own"}, "where", "a column of initiative"),
    ],
)
def test_refuses(rule: dict[str, Any], column: str, words: str) -> None:
    fault = only_fault({"kind": "peers", **rule})
    assert fault.cell.startswith(column)
    assert words in str(fault)


def test_says() -> None:
    assert said(case_of({"kind": "peers", "at_most": 1.5})) == (
        "No initiative gets more than 1.5 times the mean award of those of its theme."
    )
    soft = {"kind": "peers", "at_most": 2, "per": "area", "where": "score >= 60", "hard": "no", "penalty": 3}
    assert said(case_of(soft)) == (
        "No initiative with a score of at least 60 gets more than 2 times the mean award of those of its area. "
        "It may be broken: each $1 over costs $3 of impact."
    )


def test_a_repair_says_it_in_times() -> None:
    floors = [{"rule": "floor", "where": "initiative = A", "at_least": 900}]
    caps = [{"rule": "cap", "where": "initiative = B", "at_most": 100}]
    case = case_of({"kind": "peers", "at_most": 1.5}, *floors, *caps)
    found = [r for r in repairs(case, wanted=5) if "r1" in r.sentence]
    assert found
    assert found[0].sentence == "Raise the limit of the rule r1 to at most 1.8 times."
    assert verbs.solve(verbs.apply_changes(case, found[0].changes)).status == "optimal"
