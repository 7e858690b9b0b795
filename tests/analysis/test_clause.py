"""Performance: the clause's answer computed by hand, and every example of the page about performance."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from optimiser.analysis.what_if.clause import ClauseError, clause, clauses_of
from optimiser.model.rules import sentence
from tests.rules.small import Records, awards, case_of, nearly, received, rule_of, solved
from tests.rules.test_every_kind import examples, readings

PAGE = (Path(__file__).parents[2] / "docs" / "rules" / "performance.md").read_text("utf-8")
POT = {"rule": "performance pot", "kind": "earned", "where": "fund = Grant", "per": "agency", "of": "officers"}
TARGETS: Records = {
    "Performance": [
        {"of": "agency", "item": "Health", "measure": "visits", "target": 40, "actual": 40},
        {"of": "agency", "item": "Police", "measure": "response", "target": 6, "actual": 7.5, "better": "lower"},
        {"of": "initiative", "item": "A", "measure": "cases", "target": 10, "actual": 9, "weight": 3},
        {"of": "initiative", "item": "A", "measure": "days", "target": 10, "actual": 10},
    ]
}


def test_who_gets_the_money() -> None:
    made = clause(case_of(POT, **TARGETS), "Agency", "health", "Visits", 20)
    assert made.score == (100, 50)
    assert made.tier == ("A", "C")
    # Police may have 600 × 0.8 = 480 of the grant, Health 400 or 200; Own has 500 for anybody
    assert made.limits.columns["before"].tolist() == [400]
    assert made.limits.columns["after"].tolist() == [200]
    change = dict(zip(made.agencies["agency"].tolist(), made.agencies["change"].tolist(), strict=True))
    assert change == {"Health": -200, "Police": 0}
    unspent = dict(zip(made.funds["fund"].tolist(), made.funds["change"].tolist(), strict=True))
    assert unspent == {"Grant": 200, "Own": 0}
    assert sum(change.values()) + sum(unspent.values()) == 0
    assert made.sentences[3:] == (
        "Initiatives that receive less: C $200.",
        "Money that stays unspent: Grant $200.",
        "Impact goes from $2,293 to $2,053.",  # A 980 at 2 × 0.925, C 400 or 200 at 1.2
    )
    quoted = [line[2:] for line in PAGE.splitlines() if line.startswith("> ")][-3:]
    assert list(made.sentences[:3]) == quoted


def test_withheld_money_goes_to_others_where_a_rule_lets_it() -> None:
    rule = {"rule": "by tier", "where": "tier = B | C", "at_most": 0.2, "of": "amount"}
    made = clause(case_of(rule, **TARGETS), "initiative", "A", "cases", 3)
    assert made.score == (pytest.approx(92.5), pytest.approx(47.5))
    before, after = awards(made.before), awards(made.after)
    assert before == nearly({"A": 1000, "B": 0, "C": 300})  # tiers A, B, C; 300 for B and C together
    assert sum(after.values()) == pytest.approx(300, abs=1)
    assert after["C"] == pytest.approx(300, abs=2)  # A is now worth 2 × 0.475, less than C's 1.2
    gained = dict(zip(made.initiatives["initiative"].tolist(), made.initiatives["change"].tolist(), strict=True))
    assert gained["A"] == -1000
    assert made.sentences[1] == "A receives $1,000 less: $0 instead of $1,000."
    assert "Money that stays unspent" in " ".join(made.sentences)


def test_reaching_more_than_the_target_changes_nothing() -> None:
    made = clause(case_of(POT, **TARGETS), "agency", "Health", "visits", 80)
    assert made.sentences == (
        "If Health has 80 instead of 40 in visits (target 40), its score stays 100.",
        "Health receives $400 either way.",
    )


def test_an_infeasible_consequence_is_said() -> None:
    rules = (POT, {"rule": "floor", "where": "agency = Health ; fund = Grant", "at_least": 300})
    made = clause(case_of(*rules, **TARGETS), "agency", "Health", "visits", 20)
    assert "There is no plan then" in made.sentences[-1]
    assert len(made.agencies) == 0


@pytest.mark.parametrize(
    ("of", "item", "measure", "words"),
    [
        ("fund", "Grant", "visits", "neither agency nor initiative"),
        ("agency", "Heath", "visits", "did you mean Health"),
        ("agency", "Courts", "visits", "there are targets for Health and Police"),
        ("agency", "Health", "visit", "did you mean visits"),
        ("initiative", "A", "visits", "it has cases and days"),
    ],
)
def test_what_is_not_there_is_explained(of: str, item: str, measure: str, words: str) -> None:
    with pytest.raises(ClauseError, match=words):
        clause(case_of(**TARGETS), of, item, measure, 1)
    with pytest.raises(ClauseError, match="has no rows"):
        clause(case_of(), "agency", "Health", "visits", 1)


def test_what_can_be_asked() -> None:
    made = clauses_of(case_of(**TARGETS))
    assert made["score"].tolist() == pytest.approx([100, 80, 92.5, 92.5])


# -- the page -----------------------------------------------------------------------------------------------------------

RULES = {rule["rule"]: rule for rule in examples(PAGE)}


def plan_with(*names: str, **sheets: list[dict[str, Any]]) -> dict[str, float]:
    """The awards of the small case with rules of the page."""
    return awards(solved(case_of(*(RULES[n] for n in names), **sheets)))


def test_the_page_reads_as_the_program_does() -> None:
    said = [sentence(case_of(r).facts, rule_of(case_of(r), r["rule"])) for r in RULES.values()]
    assert readings(PAGE)[: len(said)] == said


def test_growth_and_cuts_by_tier() -> None:
    got = plan_with("tier A grows", "tier B keeps", "tier C is cut")  # tiers A, B, C; baselines 400, 300, 100
    assert got == nearly({"A": 440, "B": 300, "C": 80})


def test_a_floor_on_the_mean_score() -> None:
    # of the Grant: 10 A ≥ 20 B + 40 C; Own pays the rest: A is full with 1000, C has Own
    assert plan_with("money-weighted score") == nearly({"A": 1000, "B": 0, "C": 500})
    case = case_of(RULES["good hands"])
    assert received(solved(case))["Police"] >= 1000


def test_a_share_reserved_for_proven_work() -> None:
    assert plan_with("proven work") == nearly({"A": 1000, "B": 0, "C": 500})
    initiatives = [
        {"initiative": "A", "request": 1000, "score": 90}, {"initiative": "C", "request": 1500, "score": 40, "priority": 9},
    ]  # fmt: skip
    got = plan_with("proven work", Initiatives=initiatives, Partners=[], Costs=[], Needs=[])
    assert got == nearly({"A": 900, "C": 600})
    assert plan_with("new work") == nearly({"A": 1000, "B": 350, "C": 150})


def test_a_pot_that_must_be_earned() -> None:
    assert plan_with("performance pot") == nearly({"A": 980, "B": 0, "C": 200})
