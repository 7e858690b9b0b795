"""The audit of rules: every kind of finding, with its place; and nothing where the rules are sound."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from optimiser import verbs
from optimiser.analysis.rulebook.rule_audit import RuleFinding, audit_rules, table
from optimiser.model.rules import KINDS
from tests.oracle.random_cases import random_case
from tests.rules.small import Records, case_of, checked
from tests.rules.test_every_kind import examples, readings, samples

PAGE = (Path(__file__).parents[2] / "docs" / "rules" / "audit.md").read_text("utf-8")


def audited(*rules: dict[str, Any], **sheets: list[dict[str, Any]]) -> list[RuleFinding]:
    """The findings on the small case with these rules."""
    return list(audit_rules(case_of(*rules, **sheets)))


def kinds(*rules: dict[str, Any], **sheets: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Kind, rule and level of each finding."""
    return [(f.kind, f.rule, f.level) for f in audited(*rules, **sheets)]


A, B, GUNS = {"where": "initiative = A"}, {"where": "initiative = B"}, {"where": "theme = guns"}
ADD_UP = "The shares of r1 add up to 90%: none of that money can be spent."
NO_PLAN = "No plan keeps this."
NOTHING = "Only a plan that spends nothing of it keeps them."

CONTRADICTIONS: list[tuple[list[dict[str, Any]], str]] = [
    ([{"at_least": 900, **GUNS}, {"at_most": 0.5, "of": "amount", "where": "theme = Guns"}],
     "r1 ($900) asks for that much at least, but r2 allows at most $750 of the same. " + NO_PLAN),
    ([{"at_least": 0.3, "of": "theme = guns", **B}, {"at_most": 0.2, "of": "theme = guns", **B}],
     "r1 (30%) asks for that much at least, but r2 allows at most 20% of the same. " + NOTHING),
    ([{"at_least": 0.6, "of": "theme = guns", **B}, {"at_least": 0.5, "of": "theme = guns", **A}],
     "r1 (60%) and r2 (50%) ask for that much at least, together 110%, but the whole is 100%. " + NOTHING),
    ([{"at_least": 1200, "where": "fund = Grant"}],
     "r1 ($1,200) asks for that much at least, but there can be $1,000 at most. " + NO_PLAN),
    ([{"at_least": 700, "where": "fund = Grant ; theme = guns"}, {"at_least": 400, "where": "fund = Grant ; theme = training"}],
     "r1 ($700) and r2 ($400) ask for that much at least, together $1,100, but there can be $1,000 at most. " + NO_PLAN),
    ([{"at_least": 400, **A}, {"at_least": 400, **B}, {"at_most": 700, **GUNS}],
     "r1 ($400) and r2 ($400) ask for that much at least, together $800, but r3 allows at most $700 of the same. " + NO_PLAN),
    ([{"measure": "level", "at_least": 1.5, **A}],
     "r1 (1.5 level) asks for that much at least, but there can be 1 level at most. " + NO_PLAN),
    ([{"kind": "count", "at_least": 3, **GUNS}],
     "r1 (3 initiatives) asks for that much at least, but there can be 2 initiatives at most. " + NO_PLAN),
    ([{"kind": "count", "at_least": 2, **GUNS}, {"kind": "excludes", **GUNS}],
     "r1 (2 initiatives) asks for that much at least, but r2 allows at most 1 initiatives of the same. " + NO_PLAN),
    ([{"per": "agency", "at_least": 10, **B}],
     "r1 for Police asks for at least $10 of nothing. No plan keeps it."),
    ([{"kind": "average", "at_least": 95}], "r1 asks for a mean of 95, the highest value is 90: nothing can be spent."),
    ([{"kind": "average", "at_most": 30}], "r1 allows a mean of 30, the lowest value is 40: nothing can be spent."),
    ([{"kind": "formula", "per": "initiative", "of": "baseline; cap 30%"}], ADD_UP),
    ([{"kind": "formula", "where": "fund = Grant ; theme = guns ; agency.score > 70", "per": "initiative", "of": "baseline"}],
     "r1 gives B 42.8571%, but B can receive nothing, so none of that money can be spent."),
]  # fmt: skip


@pytest.mark.parametrize(("rules", "sentence"), CONTRADICTIONS)
def test_contradictions(rules: list[dict[str, Any]], sentence: str) -> None:
    errors = [f for f in audited(*rules) if f.level == "error"]
    assert [f.sentence for f in errors] == [sentence]
    assert errors[0].place.startswith("Rules, r1, ")
    assert errors[0].cure
    plan = verbs.solve(case_of(*rules))
    assert (
        plan.status == "infeasible"
        or sum(plan.tables["Awards"]["award"]) == 0
        or "of it" in sentence
        or "that money" in sentence
    )


@pytest.mark.parametrize(
    ("rule", "column"),
    [
        ({"where": "category = travel", "at_most": 25, "of": "amount"}, "at_most"),
        ({"where": "category = travel", "at_most": 25, "of": "theme = training"}, "at_most"),
        ({"per": "initiative", "at_most": 104, "of": "baseline"}, "at_most"),
        ({"where": "category = travel", "at_most": 0.25}, "of"),
        ({"kind": "formula", "per": "initiative", "of": "baseline; cap 40", "at_most": 1}, "of"),
        ({"kind": "formula", "per": "initiative", "of": "baseline", "at_most": 10}, "at_most"),
    ],
)
def test_numbers_that_look_a_hundred_times_too_large(rule: dict[str, Any], column: str) -> None:
    [found] = [f for f in audited(rule) if f.kind == "too large"]
    assert found.place == f"Rules, r1, {column}"


@pytest.mark.parametrize(
    "rule",
    [
        {"per": "initiative", "at_most": 1.5, "of": "baseline"},
        {"at_most": 50000, "of": "staff: role = analyst"},
        {"where": "theme = guns", "at_most": 3, "of": "theme = training"},
        {"per": "agency", "at_most": 3, "of": "contribution"},
        {"measure": "level", "at_most": 0.5, "where": "initiative = A"},
    ],
)
def test_numbers_above_one_can_be_right(rule: dict[str, Any]) -> None:
    assert "too large" not in [f.kind for f in audited(rule)]


def test_a_soft_rule_that_asks_for_something_of_nothing_is_not_called_without_effect() -> None:
    [found] = [
        f
        for f in audited({"where": "initiative = A ; category = travel", "at_least": 5, "hard": "no", "penalty": 2})
        if f.kind == "selects nothing"
    ]
    assert (
        found.sentence
        == "r1 asks for at least $5 of nothing. Every plan breaks it, and its penalty counts against each."
    )


def test_selections_that_match_nothing() -> None:
    assert ("selects nothing", "r1", "warning") in kinds({"where": "theme = drugs", "at_most": 5})
    assert ("selects nothing", "r1", "warning") in kinds({"where": "initiative = A ; category = travel", "at_most": 5})
    assert ("selects nothing", "r1", "warning") in kinds(
        {"where": "agency = Police", "at_most": 2, "of": "contribution"}
    )
    assert ("selects nothing", "r1", "warning") in kinds(
        {"kind": "requires", "where": "theme = x", "of": "initiative = A"}
    )


@pytest.mark.parametrize("of", ["theme = guns ; theme != guns", "theme = drugs"])
def test_a_share_of_nothing_is_told(of: str) -> None:
    for limit, what in (("at_least", "it asks for nothing"), ("at_most", "nothing at all is allowed")):
        [found] = [f for f in audited({**GUNS, limit: 0.6, "of": of}) if f.kind == "selects nothing"]
        assert found.sentence == f"r1 takes a share of {of}, which is nothing here: {what}."
    assert not [f for f in audited({**GUNS, "at_most": 0, "of": "amount"}) if f.kind == "selects nothing"]


@pytest.mark.parametrize(
    ("rule", "idle"),
    [
        ({"at_most": 1500}, True),
        ({"at_most": 1499}, False),
        ({"where": "initiative = B", "at_most": 800}, True),  # its request is 800: only the linear program sees it
        ({"where": "initiative = B", "at_most": 790}, False),
        ({"at_least": 0}, True),
        ({"at_least": 1}, False),
        ({"per": "agency", "at_most": 1400}, True),  # Police: 1,000 for A and half of C
        ({"per": "agency", "at_most": 1299}, False),
        ({"where": "category = travel", "at_most": 0.34, "of": "category = personnel"}, True),  # always a third
        ({"where": "category = travel", "at_most": 0.33, "of": "category = personnel"}, False),
        ({"kind": "average", "at_least": 40}, True),
        ({"kind": "average", "at_least": 41}, False),
        ({"kind": "count", "at_most": 3}, True),
        ({"kind": "count", "at_most": 2}, False),
        ({"kind": "average", "at_least": 30, "hard": "no", "penalty": 1}, True),
    ],
)
def test_rules_that_never_bind(rule: dict[str, Any], idle: bool) -> None:
    assert ("never binds" in [f.kind for f in audited(rule)]) is idle


def test_what_cannot_be_matched_is_said() -> None:
    rule = {"kind": "match", "where": "fund = Grant", "at_least": 0.2}
    funds = [{"fund": "Grant", "amount": 1000}, {"fund": "Own", "amount": 500}]
    [found] = [f for f in audited(rule, Funds=funds, Contributions=[]) if f.kind == "selects nothing"]
    assert found.sentence == "r1: nothing can match Grant, C, so the fund cannot be spent there."


def test_how_far_a_rule_is_from_binding_is_said() -> None:
    [found] = audited({"where": "initiative = B", "at_most": 900})
    assert found.sentence == "r1 never binds: at most $800 even without it, and it says at most $900."


def test_a_penalty_of_a_hard_rule_is_said() -> None:
    assert ("no effect", "r1", "warning") in kinds({"at_most": 900, "penalty": 3})


def test_without_time_it_says_what_was_not_examined() -> None:
    case = case_of({"where": "initiative = B", "at_most": 800})
    assert [f.kind for f in audit_rules(case, seconds=1e-9)] == ["not examined"]
    assert audit_rules(case, seconds=0) == ()


@pytest.mark.parametrize("kind", KINDS)
def test_sound_rules_have_no_errors(kind: str) -> None:
    assert [f for f in audited(*samples(kind)) if f.level == "error" or f.kind == "too large"] == []


@pytest.mark.first(3)
@pytest.mark.parametrize("seed", range(900, 912))
def test_a_case_with_a_plan_has_no_contradiction(seed: int) -> None:
    case = verbs.check_records(random_case(seed, rules=True))[0]
    if case is None:
        pytest.skip("the random case has a fault")
    plan = verbs.solve(case)
    errors = [f for f in audit_rules(case, seconds=5) if f.level == "error"]
    if plan.status != "infeasible" and sum(plan.tables["Awards"]["award"]) > 0:
        assert [f for f in errors if "No plan" in f.sentence] == []
    free = {f.rule for f in audit_rules(case, seconds=5) if f.kind == "never binds"}
    if plan.has_plan and free:
        rules = [
            {k: v for k, v in r.items() if v == v} for r in case.tables["Rules"].records() if r["rule"] not in free
        ]
        without = verbs.solve(checked({**random_case(seed, rules=True), "Rules": rules}))
        assert without.objective == pytest.approx(plan.objective, rel=1e-6, abs=1e-6)


def test_the_page_says_what_the_program_says() -> None:
    found = audited(*examples(PAGE))
    assert [f.sentence for f in found if f.kind in ("contradiction", "too large")] == readings(PAGE)
    assert ("never binds", "roof") in [(f.kind, f.rule) for f in found if f.level == "warning"] or found[
        0
    ].level == "error"
    assert len(table(tuple(found))) == len(found)


def test_places_name_the_row_of_the_sheet(tmp_path: Path) -> None:
    from openpyxl import Workbook

    records: Records = {
        "Agencies": [{"agency": "P"}],
        "Funds": [{"fund": "F", "amount": 10}],
        "Initiatives": [{"initiative": "I", "request": 5}],
        "Rules": [{"rule": "a", "at_most": 9}, {"rule": "b", "at_most": 7, "of": "total"}],
    }
    book = Workbook()
    for name, rows in records.items():
        sheet = book.create_sheet(name)
        titles = list(dict.fromkeys(k for r in rows for k in r))
        sheet.append(titles)
        for row in rows:
            sheet.append([row.get(t) for t in titles])
    del book["Sheet"]
    book.save(tmp_path / "case.xlsx")
    found = audit_rules(verbs.read(tmp_path / "case.xlsx"))
    assert [f.place for f in found if f.kind == "too large"] == ["Rules, row 3, at_most"]
