"""Each balance and each rule is broken once, alone, and found under its name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimiser import solve
from optimiser.model.rules import compile_rules
from optimiser.plan.derive import readings
from optimiser.plan.lines import decode
from optimiser.plan.verify import audit, audit_of_derived, largest_violation, verify
from tests.plan.hand import RECORDS, ROWS, Records, Rows, case_of, changed, decision, edited, plan_tables, with_rule

CASE = case_of(RECORDS)


def test_the_plan_made_by_hand_keeps_everything() -> None:
    tables = plan_tables()
    assert verify(CASE, tables) == []
    assert largest_violation(CASE, tables) == 0.0
    assert verify(CASE, decision()) == []
    assert verify(CASE, {name: table for name, table in tables.items() if name != "Balances"}) == []


def spend(at: int, money: float) -> Rows:
    return edited("Spend", at, *ROWS["Spend"][at][:-1], money)


def moved(at: int, column: int, to: str) -> Rows:
    line = list(ROWS["Spend"][at])
    line[column] = to
    return edited("Spend", at, *line)


def staffed(fte: float) -> Rows:
    return edited("Posts", 0, *ROWS["Posts"][0][:-1], fte)


def level(at: int, share: float) -> Rows:
    return edited("Levels", at, *ROWS["Levels"][at][:-1], share)


def stepped(step: float) -> Records:
    """The records with people in such steps."""
    return changed("Case", "", setting="post_step", value=step)


BREAKS: list[tuple[str, str, Records | None, Rows | None]] = [
    ("readable", "Spend: Grnt, Lab, Police, equipment, Q1", None, moved(0, 0, "Grnt")),
    ("readable", "Levels: Talk, Health, Q2", None, level(2, float("nan"))),
    ("readable", "Levels: talk, Health, Q2", None, edited("Levels", 3, "talk", "Health", "Q2", 0.0)),
    ("not negative", "Posts: Police, analyst, analyst, Lab, Q1", None, staffed(-0.8)),
    ("not negative", "Balances: Grant, Q2, unspent", None, edited("Balances", 1, "Grant", "Q2", 4000, 3000, 1800, 0, -5200)),
    ("rounding", "Grant, Lab, Police, equipment, Q1", None, spend(0, 800.25)),
    ("admissible", "Spend: Grant, Lab, Police, travel, Q1", None, edited("Spend", 6, "Grant", "Lab", "Police", "travel", "Q1", 1)),
    ("admissible", "Spend: Grant, Lab, Police, equipment, Q1", changed("Funds", "Grant", allowed="agency != Police"), None),
    ("admissible", "Spend: Grant, Talk, Police, general, Q2", None, moved(4, 2, "Police")),
    ("admissible", "Spend: Own, Talk, Health, general, Q1", None, moved(5, 4, "Q1")),
    ("admissible", "Spend: Own, Talk, Health, personnel, Q2", None, moved(5, 3, "personnel")),
    ("admissible", "Spend: Own, Lab, Health, personnel, Q2", changed("Funds", "Own", last="Q1"), None),
    ("admissible", "Posts: Police, analyst, officer, Lab, Q1", None, edited("Posts", 0, "Police", "analyst", "officer", "Lab", "Q1", 0.8)),
    ("admissible", "Posts: Police, officer, analyst, Lab, Q2", changed("Substitutes", "officer", rate=0), None),
    ("admissible", "Posts: Police, analyst, analyst, Lab, Q1", changed("Initiatives", "Lab", first="Q2"), None),
    ("admissible", "Hires: Police, analyst, Talk, Q2", None, edited("Hires", 1, "Police", "analyst", "Talk", "Q2", 0.1)),
    ("admissible", "Levels: Walk, Health, Q1", None, edited("Levels", 3, "Walk", "Health", "Q1", 0.1)),
    ("admissible", "Match: Grant, Own, Lab", changed("Funds", "Own", can_match="no"), None),
    ("admissible", "Match: Own, Own, Lab", None, edited("Match", 3, "Own", "Own", "Lab", 1)),
    ("cost", "Lab, Police, equipment, Q1", None, spend(0, 802)),
    ("cost", "Lab, Health, personnel, Q2", None, edited("Hires", 0, "Health", "analyst", "Lab", "Q2", 0.2)),
    ("cost", "Lab, Health, equipment, Q2", changed("Initiatives", "Lab", request=8010), None),
    ("cost", "Walk, Police, general, Q1", None, edited("Spend", 6, "Own", "Walk", "Police", "general", "Q1", 5)),
    ("scope", "Talk", None, level(2, 1.001)),
    ("pace", "Lab, Q1", changed("Initiatives", "Lab", pace=0.1), None),
    ("fund", "Grant, Q1", changed("Installments", "Grant", amount=5000), spend(0, 8000)),
    ("fund", "Own, Q2", changed("Contributions", "Health", amount=1299), None),
    ("fund", "Own, Q2", changed("Funds", "Own", carryover=0.32), None),
    ("fund", "Grant, Q2", changed("Funds", "Grant", carryover=1), spend(4, 7700)),  # what was spent in Q1 is not carried too
    ("balance", "Own, Q2", None, edited("Balances", 3, "Own", "Q2", 0, 4000, 1300, 0, 2701)),
    ("balance", "Own, Q2", None, edited("Balances", 3, "Own", "Q2", 0, 3999, 1300, 0, 2699)),
    ("balance", "Own, Q2", None, edited("Balances", 3, "Own", "Q2", 0, 4000, 1301, 0, 2699)),
    ("balance", "Own, Q1", None, edited("Balances", 2, "Own", "Q1", 4001, 0, 0, 4001, 0)),
    ("carry-over", "Grant, Q1", None, edited("Balances", 0, "Grant", "Q1", 6000, 0, 1600, 3001, 1399)),
    ("carry-over", "Own, Q2", None, edited("Balances", 3, "Own", "Q2", 0, 4000, 1300, 2700, 0)),
    ("min spend", "Grant", changed("Funds", "Grant", min_spend=0.5), None),
    ("staffing", "Lab, analyst, Q1", None, staffed(0.7)),
    ("staffing", "Lab, analyst, Q2", changed("Substitutes", "officer", rate=0.4), None),
    ("post step", "Police, analyst, analyst, Lab, Q1", stepped(0.5), None),
    ("post step", "Health, analyst, Lab, Q2", stepped(0.5), None),
    ("staffing", "Lab, analyst, Q1", stepped(0.5), {**level(0, 0.25), "Posts": staffed(1.5)["Posts"]}),
    ("staffing", "Lab, analyst, Q1", stepped(1), {**level(0, 0.25), "Posts": staffed(2)["Posts"]}),
    ("staffing", "Lab, analyst, Q1", stepped(0.5), {**level(0, 0.25), "Posts": staffed(0.5)["Posts"]}),
    ("people", "Police, analyst, Q1", changed("Staff", "Police", fte=1), None),
    ("hires", "Health, analyst, Q2", changed("Staff", "Health", hire_max=0.05), None),
    ("share", "Lab, Police", changed("Partners", "Lab", min_share=0.6, max_share=1), None),
    ("share", "Lab, Health", changed("Partners", "Lab", max_share=0.4, min_share=0), None),
    ("agency minimum", "Police", changed("Agencies", "Police", minimum=1601), None),
    ("agency maximum", "Health", changed("Agencies", "Health", maximum=3099), None),
    ("award maximum", "Lab", changed("Initiatives", "Lab", maximum=3699), None),
    ("award maximum", "Talk", changed("Initiatives", "Talk", maximum=0, request=0), None),
    ("award minimum", "Lab", changed("Initiatives", "Lab", minimum=3701), None),
    ("must fund", "Lab", changed("Initiatives", "Lab", must_fund="yes", minimum=3701), None),
    ("must fund", "Lab", changed("Initiatives", "Lab", must_fund="yes", minimum=0), None),
    ("must fund", "Walk", changed("Initiatives", "Walk", must_fund="yes"), None),
    ("all or nothing", "Talk", None, level(2, 0.9)),
    ("match", "Grant, Lab", None, edited("Match", 1, "Grant", "in kind", "Lab", 49.99)),
    ("match", "Grant, Talk", changed("Funds", "Grant", match_rate=0.25), None),
    ("no double", "Own, Talk", None, edited("Match", 2, "Grant", "Own", "Talk", 200.01)),
    ("no double", "in kind, Lab", None, edited("Match", 1, "Grant", "in kind", "Lab", 151)),
    ("rule", "new", with_rule(where="agency = Health", at_least=3101), None),
    ("rule", "new", with_rule(where="agency = Health", at_most=0.6, of="category = equipment | personnel | general"), None),
    ("rule", "new, Q1", with_rule(per="period", at_most=0.2, of="amount"), spend(1, 2001)),
    ("rule", "new", with_rule(measure="staff", where="role = officer", at_most=1.3), None),
    ("rule", "new", with_rule(measure="in kind", at_most=149), None),
    ("rule", "new, Police", with_rule(measure="level", per="agency", at_least=0.5, where="initiative = Lab"), None),
    ("rule", "new", with_rule(measure="cases", at_least=91), None),
    ("rule", "new", with_rule(measure="staff", at_most=0.0007, of="money: agency = Health"), None),
    ("rule", "new", with_rule(kind="average", measure="agency.score", at_least=70), None),
    ("rule", "new", with_rule(kind="count", at_least=3), None),
    ("rule", "new, Lab requires Walk", with_rule(kind="requires", where="initiative = Lab", of="initiative = Walk"), None),
    ("rule", "new, Talk requires Lab", with_rule(kind="requires", where="initiative = Talk", of="initiative = Lab", at_least=0.5), None),
    ("rule", "new", with_rule(kind="excludes", where="initiative = Lab | Talk"), None),
    ("rule", "new, Grant, Lab", with_rule(kind="match", where="fund = Grant", at_least=0.21), None),
    ("rule", "new, Grant", with_rule(kind="match", where="fund = Grant", per="fund", at_least=0.21), None),
    ("rule", "new, Police", with_rule(kind="formula", where="", per="agency", of="1 score"), None),
    ("rule", "new, Health", with_rule(kind="earned", where="fund = Own", per="agency", of="1 score"), None),
    ("funded", "Walk", with_rule(kind="count", at_least=0), edited("Levels", 3, "Walk", "Police", "Q1", 0.001)),
]  # fmt: skip


@pytest.mark.parametrize(("constraint", "item", "records", "rows"), BREAKS)
def test_what_is_broken_is_named(constraint: str, item: str, records: Records | None, rows: Rows | None) -> None:
    case = case_of(records) if records else CASE
    found = [b for b in verify(case, decision(rows)) if (b.constraint, b.item) == (constraint, item)]
    assert found, [(b.constraint, b.item) for b in verify(case, decision(rows))]
    assert found[0].by > 0
    assert found[0].sentence.endswith(".")
    largest = largest_violation(case, decision(rows))
    assert largest > 0
    assert audit(case, decision(rows)) == (verify(case, decision(rows)), largest)


@pytest.mark.parametrize("rows", [None, spend(0, 802), level(2, 0.9)])
def test_a_plan_that_was_read_already_is_judged_as_one_that_was_not(rows: Rows | None) -> None:
    tables = decision(rows)
    lines, compiled = decode(CASE.facts, tables), compile_rules(CASE.facts)
    read = readings(CASE.facts, lines, compiled)
    for whole in (True, False):
        assert audit_of_derived(CASE, tables, lines, compiled, read, whole=whole) == audit(CASE, tables, whole=whole)


@pytest.mark.parametrize(
    "records",
    [
        changed("Initiatives", "Lab", minimum=3700, maximum=3700, pace=0.2, must_fund="yes"),
        changed("Initiatives", "Talk", must_fund="yes", maximum=1000),
        changed("Agencies", "Police", minimum=1600, maximum=1600),
        changed("Partners", "Lab", min_share=0.5, max_share=0.5),
        changed("Staff", "Health", hire_max=0.1),
        changed("Funds", "Grant", min_spend=0.34, carryover=0.5),
    ],
)
def test_who_stands_at_a_limit_keeps_it(records: Records) -> None:
    assert verify(case_of(records), decision()) == []


@pytest.mark.parametrize(
    ("records", "required", "achieved", "sentence"),
    [
        (
            with_rule(where="agency = Health", at_most=0.6, of="category = equipment | personnel | general"),
            2820, 3100, "new: at most $2,820 required, $3,100 in the plan.",
        ),
        (with_rule(where="agency = Health", at_least=3101), 3101, 3100, "new: at least $3,101 required, $3,100 in the plan."),
        (
            with_rule(measure="staff", where="role = officer", at_most=1.3),
            1.3, 1.4, "new: at most 1.3 FTE·periods required, 1.4 FTE·periods in the plan.",
        ),
    ],
)  # fmt: skip
def test_a_rule_that_is_broken_says_by_how_much(
    records: Records, required: float, achieved: float, sentence: str
) -> None:
    (found,) = [b for b in verify(case_of(records), decision()) if b.constraint == "rule"]
    assert (found.required, found.achieved, found.sentence) == (required, achieved, sentence)
    assert found.by == pytest.approx(abs(achieved - required))


@pytest.mark.parametrize(
    ("constraint", "item", "records", "rows", "required", "achieved", "words"),
    [
        ("fund", "Grant, Q1", changed("Installments", "Grant", amount=5000), spend(0, 8000), 5000, 8800, "5,000 is available"),
        ("rounding", "Grant, Lab, Police, equipment, Q1", RECORDS, spend(0, 800.25), 800, 800.25, "no multiple of 1"),
        ("must fund", "Lab", changed("Initiatives", "Lab", must_fund="yes", minimum=0), None, 1, 0.4, "in full; its level is"),
        ("all or nothing", "Talk", RECORDS, level(2, 0.9), 1, 0.9, "in full or not at all"),
        ("carry-over", "Grant, Q1", RECORDS, edited("Balances", 0, "Grant", "Q1", 6000, 0, 1600, 3001, 1399), 3000, 3001,
         "but at most 3,000 may"),
        ("carry-over", "Own, Q2", RECORDS, edited("Balances", 3, "Own", "Q2", 0, 4000, 1300, 2700, 0), 0, 2700,
         "but the fund's window ends"),
    ],
)  # fmt: skip
def test_a_limit_that_is_missed_says_by_how_much(
    constraint: str, item: str, records: Records, rows: Rows | None, required: float, achieved: float, words: str
) -> None:
    (found,) = [b for b in verify(case_of(records), decision(rows)) if (b.constraint, b.item) == (constraint, item)]
    assert (found.required, found.achieved) == (required, pytest.approx(achieved))
    assert found.by == pytest.approx(abs(achieved - required))
    assert words in found.sentence


def test_money_may_move_on_twice_and_the_first_fund_may_be_the_match_of_another() -> None:
    """Each plan that is solved keeps what is checked: no false alarm."""
    case = case_of(
        {
            "Periods": [{"period": p} for p in ("Q1", "Q2", "Q3")],
            "Agencies": [{"agency": "Health"}],
            "Funds": [
                {"fund": "City", "kind": "own budget", "owner": "Health", "can_match": "yes", "carryover": 1},
                {"fund": "Grant", "kind": "joint grant", "amount": 900, "match_rate": 0.25, "carryover": 1},
            ],
            "Installments": [{"fund": "Grant", "period": "Q1", "amount": 900}],
            "Contributions": [{"agency": "Health", "fund": "City", "amount": 300}],
            "Initiatives": [{"initiative": "Late", "lead": "Health", "request": 1200, "first": "Q3"}],
        }
    )
    plan = solve(case)
    assert plan.award["award"].tolist() == [1200]
    assert verify(case, plan.tables) == []
    assert dict(zip(plan.tables["Match"]["source"].tolist(), plan.tables["Match"]["money"].tolist(), strict=True)) == {
        "City": 300
    }


def test_a_period_of_which_balances_says_nothing_has_nothing_in_it() -> None:
    for at, item in ((1, "Grant, Q2"), (3, "Own, Q2")):
        found = [b for b in verify(CASE, decision(edited("Balances", at))) if b.constraint == "balance"]
        assert {b.item for b in found} == {item}
        assert all(b.achieved == 0 for b in found)


def test_less_than_one_person_who_is_needed_counts() -> None:
    records = changed("Needs", "Lab", fte=0.5)
    less = {**edited("Posts", 0, "Police", "analyst", "analyst", "Lab", "Q1", 0.2)}
    broken = {(b.constraint, b.item) for b in verify(case_of(records), decision(edited("Posts", 0)))}
    assert ("staffing", "Lab, analyst, Q1") in broken
    assert ("staffing", "Lab, analyst, Q1") not in {
        (b.constraint, b.item) for b in verify(case_of(records), decision(less))
    }


def test_nobody_is_posted_where_nobody_is_needed() -> None:
    idle = edited("Posts", 2, "Police", "analyst", "analyst", "Talk", "Q2", 0.1)
    found = [b for b in verify(CASE, decision(idle)) if b.constraint == "admissible"]
    assert [(b.item, b.sentence) for b in found] == [
        (
            "Posts: Police, analyst, analyst, Talk, Q2",
            "Posts, line Police, analyst, analyst, Talk, Q2: the initiative does not need the role.",
        )
    ]


def test_personnel_is_paid_where_part_of_a_person_can_be_hired() -> None:
    records = changed("Costs", "Lab", category="equipment")
    records["Costs"] = [{"initiative": "Lab", "category": "equipment", "share": 1}]
    paid = "Spend: Own, Lab, Health, personnel, Q2"
    for need in (2, 0.5):
        records["Needs"] = [{"initiative": "Lab", "role": "analyst", "fte": need}]
        broken = verify(case_of(records), decision())
        assert paid not in {b.item for b in broken if b.constraint == "admissible"}
    records["Staff"][2]["hire_max"] = 0
    assert paid in {b.item for b in verify(case_of(records), decision()) if b.constraint == "admissible"}


def test_the_first_fund_is_named_where_it_counts_twice() -> None:
    """Funds stand by their keys, so that the other one has to come later in the alphabet."""
    records = json.loads(json.dumps(RECORDS).replace("Grant", "Pool"))
    rows = json.loads(json.dumps(edited("Match", 2, "Grant", "Own", "Talk", 200.01)).replace("Grant", "Pool"))
    (found,) = [b for b in verify(case_of(records), decision(rows)) if b.constraint == "no double"]
    assert (found.item, found.sentence) == ("Own, Talk", "Own, Talk: 200.01 counts as match, there is only 200.")


def test_the_largest_violation_is_relative_to_the_largest_term_and_a_cost_row_may_miss_by_a_unit() -> None:
    assert largest_violation(CASE, decision(spend(0, 802))) == pytest.approx(1 / 802)
    assert largest_violation(CASE, decision(staffed(0.7))) == pytest.approx(0.1)


def test_of_the_first_member_it_is_asked_too_whether_it_is_funded() -> None:
    records = with_rule(kind="count", per="theme", at_least=0)
    records["Initiatives"][2]["theme"] = "analysis"
    broken = verify(case_of(records), decision(edited("Levels", 3, "Walk", "Police", "Q1", 0.001)))
    assert [(b.constraint, b.item) for b in broken] == [("funded", "Walk")]


def test_what_has_no_value_ties_out_with_what_has_none_alone() -> None:
    case = case_of(with_rule(kind="average", measure="agency.score", where="initiative = Walk", at_least=5))
    tables = plan_tables(case)
    achieved = tables["Compliance"]["achieved"]
    (at,) = np.flatnonzero(np.isnan(achieved)).tolist()
    assert verify(case, tables) == []
    for k, value in ((at, 5.0), (0, np.nan)):
        other = achieved.copy()
        other[k] = value
        (found,) = verify(case, {**tables, "Compliance": tables["Compliance"].replace(achieved=other)})
        assert (found.constraint, found.required, found.achieved, found.by) == ("total", 0, 1, 1)


def test_lines_that_are_missing_are_counted() -> None:
    tables = plan_tables()
    short = {**tables, "Awards": tables["Awards"].take(np.array([0, 1]))}
    assert [(b.required, b.achieved, b.by, b.sentence) for b in verify(CASE, short)] == [
        (3, 2, 1, "Awards has 2 lines, the plan makes 3.")
    ]
    assert largest_violation(CASE, short) == 1


def test_every_constraint_has_a_break() -> None:
    known = {
        "readable", "not negative", "rounding", "admissible", "cost", "scope", "pace", "fund", "balance", "carry-over",
        "min spend", "staffing", "post step", "people", "hires", "share", "agency minimum", "agency maximum", "award maximum",
        "award minimum", "must fund", "all or nothing", "funded", "match", "no double", "rule",
    }  # fmt: skip
    assert {constraint for constraint, *_ in BREAKS} == known


def names(records: Records, rows: Rows | None = None, **how: Any) -> set[str]:
    return {b.constraint for b in verify(case_of(records), decision(rows), **how)}


def test_people_in_steps_may_be_more_than_are_needed_by_less_than_one() -> None:
    for fte, share in ((1, 0.25), (1, 0.2), (1.5, 0.2501)):
        assert "staffing" not in names(stepped(0.5), {**level(0, share), "Posts": staffed(fte)["Posts"]}), (fte, share)


def test_rounded_money_is_exact() -> None:
    """One unit too much of a fund, an agency, an award or a rule on money is found."""
    assert names(changed("Contributions", "Health", amount=1300)) == {"balance"}
    assert names(changed("Agencies", "Health", maximum=3100)) == set()
    assert names(changed("Agencies", "Health", maximum=3099.999999)) == {"agency maximum"}
    assert names(with_rule(where="agency = Health", at_most=3100)) == set()
    assert names(with_rule(where="agency = Health", at_most=3099.999999)) == {"rule"}


def test_a_limit_that_is_computed_counts_to_the_last_digit_of_a_float() -> None:
    assert names(with_rule(where="agency = Health", at_most=3100 / 14000, of="amount")) == set()
    assert names(with_rule(where="agency = Health", at_most=3099.99 / 14000, of="amount")) == {"rule"}


def test_a_cost_row_and_an_equality_may_miss_by_one_unit() -> None:
    assert names(RECORDS, spend(0, 801)) == {"balance", "match"}
    assert names(with_rule(where="agency = Health", at_least=3101, at_most=3101)) == set()
    assert names(with_rule(where="agency = Health", at_least=3102, at_most=3102)) == {"rule"}
    assert "cost" in names(RECORDS, spend(0, 801), whole=False)


def test_what_is_not_rounded_may_miss_by_a_millionth() -> None:
    close = edited("Balances", 0, "Grant", "Q1", 6000, 0, 1600, 3000, 1400.0005)
    assert names(RECORDS, close) == {"balance"}
    assert names(RECORDS, close, rounding=0.0) == set()
    assert names(RECORDS, staffed(0.8 - 1e-7)) == set()
    assert names(RECORDS, spend(0, 800.0005), whole=False) == set()


def test_soft_rules_may_be_broken() -> None:
    assert names(with_rule(where="agency = Health", at_least=5000, hard="no", penalty=1)) == set()
    assert names(with_rule(where="agency = Health", at_least=5000, active="no")) == set()


@pytest.mark.parametrize("sheet", ["Awards", "Received", "Achieved", "Compliance"])
def test_derived_totals_tie_out(sheet: str) -> None:
    tables = plan_tables()
    for column, values in tables[sheet].columns.items():
        other = values.copy()
        other[0] = other[0] + 0.01 if other.dtype == float else not other[0] if other.dtype == bool else "else"
        broken = verify(CASE, {**tables, sheet: tables[sheet].replace(**{column: other})})
        assert {b.constraint for b in broken} == {"total"}, column
        assert sheet in broken[0].item
    short = tables[sheet].take(slice(1, None))  # type: ignore[arg-type]
    assert {b.constraint for b in verify(CASE, {**tables, sheet: short})} == {"total"}


@given(st.data())
def test_a_changed_cent_is_found(data: st.DataObject) -> None:
    """Any amount of the plan changed by a cent no longer ties out (a match may be larger than it must)."""
    tables: Mapping[str, Any] = plan_tables()
    sheet = data.draw(st.sampled_from(sorted(set(tables) - {"Match"})))
    numbers = [c for c, v in tables[sheet].columns.items() if v.dtype == float]
    column = data.draw(st.sampled_from(numbers))
    at = data.draw(st.integers(0, len(tables[sheet]) - 1))
    values = tables[sheet][column].copy()
    values[at] += data.draw(st.sampled_from([0.01, -0.01]))
    assert verify(CASE, {**tables, sheet: tables[sheet].replace(**{column: values})})
