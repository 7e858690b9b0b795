"""The example workbooks: they read without a fault, solve to the story that their README tells, and are up to date."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import optimiser
from data.make_examples import HERE, Records, names, read_source, write
from optimiser.case.case import Case
from optimiser.case.examples import FOLDER, OFFICE
from optimiser.case.faults import Fault
from optimiser.case.reading.workbook import read_tables
from optimiser.case.scenario.apply import names as scenario_names
from optimiser.case.spec import BY_NAME, FUND_KINDS, SET_BY
from optimiser.plan.tables import Plan
from optimiser.verbs import apply_changes, check_records, scenario, verify

STORIES = {
    "task-force": ("analyst", "Port Security Grant"),
    "gun-violence": ("outreach worker", "School Safety Grant"),
    "opioid-response": ("clinician", "State Opioid Response Grant"),
}
"""Example -> a role that runs out, and a fund that keeps money because it does."""

KINDS = {
    "task-force": {"limit", "average", "requires", "excludes", "match", "earned"},
    "gun-violence": {"limit", "average", "match", "formula", "earned"},
    "opioid-response": {"limit", "average", "count", "requires", "match", "formula", "earned"},
}


@cache
def case_of(name: str) -> Case:
    case, faults = optimiser.check(HERE / f"{name}.xlsx")
    assert faults == ()
    assert case is not None
    return case


@cache
def plan_of(name: str) -> Plan:
    return optimiser.solve(case_of(name))


OPTIONAL = {"passed_from", "passed_number", "cluster"}
"""Facts of a fund that are blank where the award comes directly and belongs to no cluster."""


def column(case: Case, sheet: str, name: str) -> list[Any]:
    return list(case.tables[sheet][name].tolist())


def capacity(case: Case, role: str) -> float:
    """FTE·periods that can be released."""
    periods = column(case, "Periods", "period")
    rows = [row for row in case.tables["Staff"].records() if row["role"] == role]
    own = {(row["agency"], row["period"]): row["releasable"] * row["fte"] for row in rows}
    agencies = {row["agency"] for row in rows}
    return sum(own.get((a, p), own.get((a, ""), 0.0)) for a in agencies for p in periods)


@pytest.mark.parametrize("name", names())
def test_the_workbook_is_what_the_source_says(name: str, tmp_path: Path) -> None:
    kept, made = read_tables(HERE / f"{name}.xlsx"), read_tables(write(name, tmp_path))
    for sheet, table in made.tables.items():
        assert str(list(table.records())) == str(list(kept[sheet].records())), sheet


@pytest.mark.parametrize("name", [*names(), "template", OFFICE])
def test_the_package_has_the_same_workbook(name: str) -> None:
    assert (FOLDER / f"{name}.xlsx").read_bytes() == (HERE / f"{name}.xlsx").read_bytes()


@pytest.mark.parametrize("name", names())
def test_a_readme_says_that_it_is_fictional_and_what_to_try(name: str) -> None:
    _, readme = read_source(name)
    assert "(fictional)" in readme[0]
    for line in ("Look at first", "Three things to try"):
        assert line in readme
    assert sum(line[:2] in ("1.", "2.", "3.") for line in readme) == 3
    assert "invented" in readme[2]


@pytest.mark.parametrize("name", STORIES)
def test_size(name: str) -> None:
    case = case_of(name)
    assert "(fictional)" in case.settings.name
    assert 8 <= len(case.tables["Agencies"]) <= 12
    assert 6 <= len(case.tables["Funds"]) <= 10
    assert set(column(case, "Funds", "kind")) == set(FUND_KINDS)
    assert 8e6 <= sum(column(case, "Funds", "amount")) <= 40e6
    assert 25 <= len(case.tables["Initiatives"]) <= 40
    assert len(set(column(case, "Initiatives", "theme"))) >= 7
    assert 5 <= len(set(column(case, "Staff", "role"))) <= 7
    assert 2 <= len(set(column(case, "Outcomes", "outcome"))) <= 4
    assert any(column(case, "Outcomes", "curve"))
    assert len(case.tables["Rules"]) >= 12
    assert len(scenario_names(case.tables["Scenarios"])) >= 4
    assert len(case.tables["Periods"]) == 4
    assert 2 <= sum(column(case, "Initiatives", "sensitive")) + sum(column(case, "Agencies", "sensitive")) <= 4


@pytest.mark.parametrize("name", STORIES)
def test_every_feature_is_shown(name: str) -> None:
    case = case_of(name)
    assert set(column(case, "Rules", "kind")) == KINDS[name]
    assert not all(column(case, "Rules", "hard"))
    assert all(column(case, "Rules", "authority"))
    assert any(column(case, "Areas", "parent"))
    assert {"population", "violent_crime"} <= set(case.tables["Areas"].columns)
    for sheet in ("Installments", "Contributions", "Partners", "Costs", "Substitutes", "Performance", "Priorities"):
        assert len(case.tables[sheet]), sheet
    for sheet, flag in (("Funds", "can_match"), ("Initiatives", "must_fund"), ("Initiatives", "all_or_nothing")):
        assert any(column(case, sheet, flag)), flag
    for sheet, number in (("Funds", "match_rate"), ("Initiatives", "minimum"), ("Staff", "hire_max")):
        assert max(column(case, sheet, number)) > 0, number
    assert min(column(case, "Funds", "carryover")) < 1
    years = {(row["initiative"], row["year"]) for row in case.tables["History"].records()}
    counted = Counter(initiative for initiative, _ in years)
    assert min(counted.values()) >= 3
    assert len({row["item"] for row in case.tables["Performance"].records()}) >= 10


@pytest.mark.parametrize("name", names())
def test_every_rule_says_who_set_it(name: str) -> None:
    """In the source itself: a reader should not have to know the default."""
    assert {row.get("set_by") for row in read_source(name)[0]["Rules"]} <= set(SET_BY)


@pytest.mark.parametrize("name", STORIES)
def test_the_plan_is_proven_and_keeps_every_rule(name: str) -> None:
    plan = plan_of(name)
    assert plan.status == "optimal"
    assert verify(plan) == []
    assert plan.proof.whole
    assert plan.impact is not None
    assert 300 <= plan.impact <= 3000
    rules = list(plan.tables["Compliance"].records())
    binding = {row["rule"] for row in rules if row["binding"]}
    assert 3 <= len(binding) <= 10
    assert {row["rule"] for row in rules} - binding


@pytest.mark.parametrize("name", STORIES)
def test_most_is_funded_some_in_part_some_not(name: str) -> None:
    plan, case = plan_of(name), case_of(name)
    states = [row["state"] for row in plan.tables["Awards"].records()]
    assert len(states) / 2 <= states.count("in full") < len(states) - 6
    assert states.count("in part") >= 4
    assert 3 <= states.count("not funded") <= 6
    spent = sum(plan.tables["Spend"]["money"].tolist()) / sum(column(case, "Funds", "amount"))
    assert 0.85 <= spent <= 0.98


@pytest.mark.first(2)
@pytest.mark.parametrize("name", STORIES)
def test_people_run_out_before_money(name: str) -> None:
    role, fund = STORIES[name]
    plan, case = plan_of(name), case_of(name)
    used = sum(row["fte"] for row in plan.tables["Posts"].records() if row["role"] == role)
    assert used == pytest.approx(capacity(case, role))
    left = sum(row["unspent"] for row in plan.tables["Balances"].records() if row["fund"] == fund)
    assert left > 200_000
    agency = next(row["agency"] for row in case.tables["Staff"].records() if row["role"] == role)
    where = f"agency = {agency} ; role = {role}"
    person = apply_changes(case, [{"sheet": "Staff", "where": where, "column": "fte", "change": "+ 1"}])
    money = apply_changes(
        case, [{"sheet": "Funds", "where": f"fund = {fund}", "column": "amount", "change": "+ 100000"}]
    )
    assert optimiser.solve(person).objective > plan.objective + 3
    assert optimiser.solve(money).objective == pytest.approx(plan.objective, abs=1e-3)


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("name", STORIES)
def test_every_scenario_changes_the_answer(name: str) -> None:
    case, base = case_of(name), plan_of(name).objective
    for change in scenario_names(case.tables["Scenarios"]):
        plan = optimiser.solve(scenario(case, change))
        assert plan.status == "optimal", change
        assert abs(plan.objective - base) > 0.1, change


def test_all_kinds_of_rule_are_in_some_example() -> None:
    from optimiser.case.spec import RULE_KINDS

    pages = {
        page.stem for page in (Path(__file__).parents[1] / "docs" / "rules").glob("*.md")
    }  # the examples of a page are solved too
    assert set().union(*KINDS.values()) | (pages & set(RULE_KINDS)) == set(RULE_KINDS)
    assert set().union(*KINDS.values()) >= {
        "limit",
        "average",
        "count",
        "requires",
        "excludes",
        "match",
        "formula",
        "earned",
    }


def test_what_cannot_be_met_is_three_requirements_and_any_one_cures_it() -> None:
    case = case_of("cannot-be-met")
    assert optimiser.solve(case).status == "infeasible"

    def status(sheet: str, where: str, column: str, change: str) -> str:
        row = {"sheet": sheet, "where": where, "column": column, "change": change}
        return optimiser.solve(apply_changes(case, [row])).status

    rules = {rule: status("Rules", f"rule = {rule}", "active", "= no") for rule in column(case, "Rules", "rule")}
    assert {rule for rule, found in rules.items() if found == "optimal"} == {"Prosecution", "Victim services"}
    assert status("Initiatives", "initiative = C04", "must_fund", "= no") == "optimal"
    for name in scenario_names(case.tables["Scenarios"]):
        assert optimiser.solve(scenario(case, name)).status == "optimal", name


def mended(records: Records, fault: Fault) -> None:
    """What a person does who reads the fault."""
    by_key = {
        sheet: {next(iter(r.values())): r for r in rows}
        for sheet, rows in records.items()
        if sheet not in ("Partners", "Costs")
    }
    if fault.sheet == "Funds":
        by_key["Funds"]["Task Force Pool"]["amount"] = 600_000
    elif fault.sheet == "Partners":
        records["Partners"][1]["agency"] = "City Police"
    elif fault.sheet == "Costs":
        next(r for r in records["Costs"] if r["initiative"] == "F03" and r["category"] == "equipment")["share"] = 0.3
    elif fault.sheet == "Rules":
        by_key["Rules"]["Small departments"]["where"] = "agency.sworn < 100"
    elif "Port Distrct" in fault.found:
        by_key["Initiatives"]["F01"]["area"] = "Port District"
    elif "860" in fault.found:
        by_key["Initiatives"]["F03"]["score"] = 86
    else:
        by_key["Initiatives"]["F02"]["maximum"] = 300_000


@pytest.mark.parametrize(
    ("sheet", "column"),
    [
        ("Initiatives", "area"),
        ("Initiatives", "lead"),
        ("Partners", "agency"),
        ("Costs", "initiative"),
        ("Staff", "agency"),
    ],
)
@pytest.mark.parametrize("name", ["gun-violence", "task-force", "opioid-response"])
def test_a_name_of_nothing_accuses_no_sound_rule(name: str, sheet: str, column: str) -> None:
    records, _ = read_source(name)
    for row in records[sheet][:1]:
        row[column] = "Nowhere"
    _, faults = check_records(records)
    errors = [f for f in faults if f.level == "error"]
    assert bool(errors) == bool(records[sheet])
    assert not [f for f in errors if f.sheet in ("Rules", "Funds")]


def test_seven_faults_are_found_and_when_mended_it_solves() -> None:
    records, _ = read_source("with-faults")
    case, faults = check_records(records)
    assert case is None
    errors = [f for f in faults if f.level == "error"]
    assert len({(f.sheet, f.code, f.found) for f in errors}) == 7, errors
    for fault in errors:
        mended(records, fault)
    case, faults = check_records(records)
    assert case is not None, faults
    assert optimiser.solve(case).status == "optimal"


@pytest.mark.parametrize("name", STORIES)
def test_facts_for_papers_are_filled_in_and_fictional(name: str) -> None:
    case = case_of(name)
    sheets = ("Agencies", "Funds")
    facts = {s: [c.name for c in BY_NAME[s].columns if c.for_papers and c.type in ("text", "date")] for s in sheets}
    assert set(facts["Funds"]) > OPTIONAL
    for row in case.tables["Agencies"].records():
        assert all(row[c] for c in facts["Agencies"]), row["agency"]
        assert "I" in row["uei"]  # no identifier that exists has an I or an O
        assert ", 555-01" in row["contact"]
    for row in case.tables["Funds"].records():
        assert row["origin"]
        if row["origin"] == "federal":
            assert all(row[c] for c in facts["Funds"] if c not in OPTIONAL), row["fund"]
            assert row["fain"].startswith("FICTION-")
            assert row["awarding_agency"].endswith("(fictional)")
            assert ".F" in row["assistance_listing"]  # those that exist have digits there
    codes = {(r["of"], r["item"]) for r in case.tables["Account codes"].records()}
    assert {(of, f) for of in ("fund", "credit") for f in column(case, "Funds", "fund")} <= codes


def test_reviewers_scored_what_competes_and_one_of_them_stood_back() -> None:
    case = case_of("opioid-response")
    rows = list(case.tables["Reviews"].records())
    scored = {row["initiative"] for row in rows}
    said = read_source("opioid-response")[0]["Initiatives"]
    assert scored == {row["initiative"] for row in said if "score" not in row}, "each blank score is made by reviews"
    states = {row["initiative"]: row["state"] for row in plan_of("opioid-response").tables["Awards"].records()}
    assert {states[key] for key in scored} == {"in full", "in part", "not funded"}
    assert len({row["reviewer"] for row in rows}) >= 4
    assert {row["reviewer"] for row in rows if row["conflict"]} == {"Recovery advocate"}
