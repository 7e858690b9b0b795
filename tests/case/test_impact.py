"""What impact is measured in is said in one line, from the case alone."""

from __future__ import annotations

import re

import pytest

from optimiser import verbs
from optimiser.case import impact
from optimiser.case.examples import example_path
from optimiser.commands.what_if import _told
from optimiser.report.documents.plan_text import summary
from tests.rules.small import Records, checked

BASE: Records = {
    "Agencies": [{"agency": "a"}],
    "Funds": [{"fund": "pool", "amount": 800}],
    "Initiatives": [
        {"initiative": "first", "lead": "a", "request": 1000, "theme": "calm"},
        {"initiative": "second", "lead": "a", "request": 500},
    ],
}
OUTCOMES = [{"initiative": i, "outcome": o, "at_full": 9} for i in ("first", "second") for o in ("lives", "hours")]


def meaning(**sheets: object) -> str:
    return impact.meaning(checked({**BASE, **sheets}))  # type: ignore[dict-item]


def test_without_outcomes_it_is_money() -> None:
    said = "Impact here is money delivered, as the case has no outcomes: of each initiative its request × what is delivered"
    assert meaning() == f"{said}."
    scored = [{**BASE["Initiatives"][0], "score": 90, "priority": 2}, BASE["Initiatives"][1]]
    assert meaning(Initiatives=scored) == f"{said} × score / 100 × priority."
    theme = [{"of": "theme", "item": "calm", "weight": 3}]
    assert meaning(Priorities=theme) == f"{said} × the weight of its theme."


def test_with_outcomes_it_is_their_weights() -> None:
    weights = [{"of": "outcome", "item": "lives", "weight": 50}]
    assert meaning(Outcomes=OUTCOMES, Priorities=weights) == "Points here: hours × 1 and lives × 50."
    scored = [{**BASE["Initiatives"][0], "score": 90}, BASE["Initiatives"][1]]
    case = [{"setting": "score_effect", "value": "proportional"}]
    assert meaning(Outcomes=OUTCOMES, Initiatives=scored, Case=case).endswith(", each × score / 100.")
    assert "score" not in meaning(Outcomes=OUTCOMES, Initiatives=scored)


@pytest.mark.parametrize("outcomes", [False, True])
def test_no_points_without_outcomes(outcomes: bool) -> None:
    case = checked({**BASE, **({"Outcomes": OUTCOMES} if outcomes else {})})
    plan = verbs.solve(case)
    compared = verbs_compare(case)
    for text in (summary(plan), compared):
        assert impact.meaning(case) in text
        assert bool(re.search(r"\bpoints?\b", text, re.I)) == outcomes
    assert ("$800 of weighted delivery" in compared) == (not outcomes)


def verbs_compare(case: object) -> str:
    from optimiser.analysis.what_if.compare import compare

    return _told(compare(case, []))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["gun-violence", "task-force", "opioid-response", "cannot-be-met"])
def test_examples_say_it_shortly(name: str) -> None:
    said = impact.meaning(verbs.read(str(example_path(name))))
    assert said.startswith("Points here: ")
    assert len(said) < 260
    assert re.fullmatch(r"[^\n]+\.", said)


def test_an_outcome_of_weight_0_is_said_to_count_for_nothing() -> None:
    weights = [{"of": "outcome", "item": "hours", "weight": 0}, {"of": "outcome", "item": "lives", "weight": 50}]
    said = meaning(Outcomes=OUTCOMES, Priorities=weights)
    assert said == "Points here: lives × 50. Nothing is counted for hours."
