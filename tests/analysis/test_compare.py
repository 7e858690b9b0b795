"""Scenarios side by side: the plans are those of `solve`, the figures tie out, and what is said of causes is true."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import optimiser
from optimiser.analysis.asking.solved import awards
from optimiser.analysis.what_if.baselines import baselines, targets
from optimiser.analysis.what_if.compare import Comparison, compare, said
from optimiser.case.case import Case
from optimiser.case.reading.reader import open_book
from optimiser.case.writing.writer import write_tables
from optimiser.command_line import app
from optimiser.plan.tables import NoPlan, Plan
from optimiser.report.documents.comparison_workbook import write_comparison
from optimiser.report.documents.result_json import as_json
from optimiser.verbs import scenario
from tests.oracle.random_cases import random_case
from tests.rules.small import checked

DATA = Path(__file__).resolve().parents[2] / "data"
CHANGES = [
    ("grant cut", "Funds", "fund = Grant", "amount", "* 0.5"),
    ("both", "Funds", "fund = Grant", "amount", "* 0.5"),
    ("both", "Staff", "agency = Clinic", "fte", "+ 1"),
    ("either", "Initiatives", "initiative = A", "maximum", "= 0"),
    ("either", "Initiatives", "initiative = A", "request", "= 90000"),
    ("either", "Staff", "agency = Sheriff", "fte", "= 0"),
    ("no cap", "Rules", "rule = cap", "active", "= no"),
    ("impossible", "Initiatives", "initiative = B", "must_fund", "= yes"),
    ("impossible", "Funds", "", "amount", "* 0.1"),
    ("other aim", "Case", "setting = objective", "value", "= thrift"),
]


def example() -> Case:
    """A: worth most per money, needs analysts; B: next, held by a rule; C: least. Grant pays for guns only."""
    keys = ("scenario", "sheet", "where", "column", "change")
    return optimiser.case_from(
        {
            "Agencies": [{"agency": "Sheriff"}, {"agency": "Clinic"}],
            "Funds": [
                {"fund": "Grant", "amount": 100_000, "allowed": "theme = guns"},
                {"fund": "Pool", "amount": 60_000},
            ],
            "Initiatives": [
                {
                    "initiative": "A",
                    "lead": "Sheriff",
                    "request": 100_000,
                    "theme": "guns",
                    "priority": 3,
                    "baseline": 1,
                },
                {"initiative": "B", "lead": "Clinic", "request": 80_000, "theme": "opioids", "priority": 2},
                {"initiative": "C", "lead": "Clinic", "request": 50_000, "theme": "opioids", "priority": 1},
            ],
            "Staff": [
                {"agency": "Sheriff", "role": "analyst", "fte": 1},
                {"agency": "Clinic", "role": "nurse", "fte": 1},
            ],
            "Needs": [{"initiative": "A", "role": "analyst", "fte": 1}],
            "Rules": [{"rule": "cap", "where": "initiative = B", "at_most": 50_000}],
            "Scenarios": [dict(zip(keys, row, strict=True)) for row in CHANGES],
        }
    )


@pytest.fixture(scope="module")
def compared() -> Comparison:
    return compare(example())


def printed(plan: Plan) -> str:
    return json.dumps(as_json(replace(plan, seconds={})), allow_nan=False)


def told(compared: Comparison, name: str, of: str, item: str) -> Any:
    return next((d for d in compared.of(name) if (d.of, d.item) == (of, item)), None)


def test_each_plan_is_the_one_that_solve_alone_gives(compared: Comparison) -> None:
    case = example()
    assert list(compared.plans) == ["base", *dict.fromkeys(row[0] for row in CHANGES)]
    for name, plan in compared.plans.items():
        assert printed(plan) == printed(optimiser.solve(scenario(case, name))), name


@pytest.mark.long
def test_the_plans_of_an_example_too() -> None:
    """Its plans have ties and are rounded: they would show where a solve began."""
    case = optimiser.read(DATA / "gun-violence.xlsx")
    for name, plan in compare(case, causes=False, with_baselines=False).plans.items():
        assert printed(plan) == printed(optimiser.solve(scenario(case, name))), name


def test_awards_of_base_and_differences_add_up_to_those_of_the_scenario(compared: Comparison) -> None:
    for name in ("grant cut", "both", "either", "no cap", "other aim"):
        base, other = (p.tables["Awards"]["award"] for p in (compared.plans["base"], compared.plans[name]))
        change = {d.item: d.change for d in compared.of(name) if d.of == "initiative"}
        made = [b + change.get(i, 0.0) for i, b in zip("ABC", base.tolist(), strict=True)]
        assert made == pytest.approx(other.tolist(), abs=0.01)


def test_a_difference_says_from_what_to_what_and_of_which_fund(compared: Comparison) -> None:
    found = told(compared, "grant cut", "initiative", "C")
    assert found is not None
    assert found.sentence == "C receives $10,000 less, from $10,000 to $0 (all of it from Pool)."
    money = told(compared, "grant cut", "fund", "Grant")
    assert money.sentence == "Spent from Grant: $50,000 less, from $100,000 to $50,000."
    assert money.cause == "The scenario changes one thing: Grant: amount from $100,000 to $50,000."


def test_of_two_changes_only_the_one_that_matters_is_the_cause(compared: Comparison) -> None:
    cause = told(compared, "both", "fund", "Grant").cause
    assert cause == "Without the change [Grant: amount from $100,000 to $50,000] it would be as in base."
    assert "Staff" not in cause


def test_a_difference_that_either_change_makes_is_not_pinned_on_one(compared: Comparison) -> None:
    cause = told(compared, "either", "fund", "Grant").cause
    assert cause == "To take back any one of the 2 changes alone does not undo it."


def test_rules_that_stop_binding_or_leave(compared: Comparison) -> None:
    assert told(compared, "no cap", "rule", "cap / at_most").sentence == "The rule cap no longer holds."
    assert told(compared, "other aim", "rule", "cap / at_most").sentence == "The rule cap stops binding."


def test_a_rule_that_binds_on_its_other_side_neither_starts_nor_stops_binding() -> None:
    rule = {"rule": "band", "kind": "limit", "where": "initiative = A", "at_least": 40, "at_most": 60}
    case = checked({
        "Agencies": [{"agency": "P"}],
        "Funds": [{"fund": "F", "amount": 100}],
        "Initiatives": [{"initiative": i, "lead": "P", "request": 100, "score": s} for i, s in (("A", 50), ("B", 60))],
        "Rules": [rule],
        "Scenarios": [
            {"scenario": "A is better", "sheet": "Initiatives", "where": "initiative = A", "column": "score", "change": "= 70"}
        ],
    })  # fmt: skip
    found = compare(case)
    assert [p.award.set_index("initiative")["award"]["A"] for p in found.plans.values()] == [40, 60]
    assert not [d for d in found.of("A is better") if d.of == "rule"]


def test_a_scenario_without_a_plan_says_so(compared: Comparison) -> None:
    assert [d.sentence for d in compared.of("impossible")] == [
        "impossible has no plan: no plan keeps every hard rule. base has one."
    ]


def test_what_differs_in_the_inputs(compared: Comparison) -> None:
    said = {name: [d.sentence() for d in listed] for name, listed in compared.inputs.items()}
    assert said["both"] == ["Grant: amount from $100,000 to $50,000", "Staff of Clinic, nurse: FTE from 1 to 2"]
    assert said["either"][:2] == ["A: request from $100,000 to $90,000", "A: maximum from no limit to $0"]
    assert said["no cap"] == ["cap: active from yes to no"]
    assert said["other aim"] == ["Case: objective added"]


def test_the_object_of_compare_json(compared: Comparison) -> None:
    made = json.loads(json.dumps(compared.as_json(as_json), allow_nan=False))
    assert set(made) >= {"scenarios", "differences"}
    assert set(made["scenarios"]["base"]) == set(as_json(optimiser.solve(example())))
    assert made["scenarios"]["impossible"]["award"] is None


def test_stacked_and_chosen_scenarios() -> None:
    case = example()
    made = compare(
        case, ["no cap + grant cut", ["grant cut", "no cap"], "Grant Cut"], causes=False, with_baselines=False
    )
    assert list(made.plans) == ["base", "no cap + grant cut", "grant cut + no cap", "grant cut"]
    assert printed(made.plans["no cap + grant cut"]) == printed(optimiser.solve(scenario(case, "no cap", "grant cut")))
    close = compare(case, ["no cap+grant cut", "base"], causes=False, with_baselines=False)
    assert printed(close.plans["no cap + grant cut"]) == printed(made.plans["no cap + grant cut"])
    with pytest.raises(ValueError, match="did you mean no cap"):
        compare(case, ["no kap"])
    with pytest.raises(ValueError, match="did you mean no cap"):
        compare(case, ["grant cut + no kap"])


def test_a_plus_in_a_name_is_no_stack() -> None:
    rows = [{"scenario": "1+1", "sheet": "Funds", "where": "fund = Pool", "column": "amount", "change": "* 0.5"}]
    case = example()
    sheet = case.tables["Scenarios"]
    more = [dict(r) for r in sheet.records()] + rows
    case = optimiser.case_from(
        {name: list(t.records()) for name, t in case.tables.items() if len(t)} | {"Scenarios": more}
    )
    assert list(compare(case, ["1+1", "1+1 + no cap"], causes=False, with_baselines=False).plans) == [
        "base",
        "1+1",
        "1+1 + no cap",
    ]


def test_the_workbook_of_a_comparison_has_every_figure(compared: Comparison, tmp_path: Path) -> None:
    from python_calamine import CalamineWorkbook

    write_comparison(compared, tmp_path / "c.xlsx")
    book = CalamineWorkbook.from_path(tmp_path / "c.xlsx")
    assert book.sheet_names == ["Scenarios", "Differences", "Inputs", "Baselines", "Faults"]
    titles, *rows = book.get_sheet_by_name("Scenarios").to_python()
    assert [row[0] for row in rows] == list(compared.plans)
    impact = dict(zip(titles, rows[1], strict=True))["impact"]
    assert impact == pytest.approx(compared.plans["grant cut"].impact)
    _, *listed = book.get_sheet_by_name("Differences").to_python()
    assert len(listed) == len(compared.differences)
    assert [row[1] for row in book.get_sheet_by_name("Inputs").to_python() if row[0] == "no cap"] == [
        "cap: active from yes to no"
    ]
    assert len(book.get_sheet_by_name("Baselines").to_python()) == 1 + len(compared.baselines)


def test_the_command_lists_rules_and_writes_both_kinds_of_file(tmp_path: Path) -> None:
    path = tmp_path / "case.xlsx"
    write_tables(str(path), example().tables)
    call = ["compare", str(path), "--scenarios", "no cap, no cap+grant cut", "--no-causes"]
    for name in ("c.xlsx", "c.json"):
        told = CliRunner().invoke(app, [*call, "-o", str(tmp_path / name)])
        assert told.exit_code == 0, told.output
        assert (tmp_path / name).stat().st_size > 1000
    assert "  The rule cap no longer holds." in told.stdout
    assert "no cap + grant cut: " in told.stdout
    refused = CliRunner().invoke(app, [*call, "-o", str(tmp_path / "c.pdf")])
    assert refused.exit_code == 2


# Baselines


def test_what_each_baseline_would_give() -> None:
    wanted = {name: list(map(round, money)) for name, money in targets(example()).items()}
    assert wanted == {
        "last year": [1, 0, 0],
        "pro rata to requests": [69_565, 55_652, 34_783],
        "best ratio first": [100_000, 60_000, 0],
    }


def test_a_baseline_is_judged_by_what_can_be_done_and_what_it_breaks(compared: Comparison) -> None:
    found = {g["baseline"]: g for g in compared.gains()}
    greedy = found["best ratio first"]
    assert not greedy["keeps_the_rules"]
    assert greedy["placed"] == pytest.approx(160_000)
    assert "cap" in greedy["broken"][0]
    rata = found["pro rata to requests"]
    assert rata["placed"] == pytest.approx(69_565 + 60_000, abs=1), "the grant pays for guns only"
    assert rata["gain"] == pytest.approx(compared.plans["base"].impact - rata["impact"])


def test_by_formula_splits_as_the_rule_says() -> None:
    case = optimiser.case_from(
        {
            "Agencies": [{"agency": "X", "people": 3}, {"agency": "Y", "people": 1}],
            "Funds": [{"fund": "F", "amount": 80}],
            "Initiatives": [
                {"initiative": "x1", "lead": "X", "request": 90},
                {"initiative": "x2", "lead": "X", "request": 30},
                {"initiative": "y1", "lead": "Y", "request": 100},
            ],
            "Rules": [{"rule": "split", "kind": "formula", "per": "agency", "of": "people"}],
        }
    )
    assert targets(case)["by formula"].tolist() == pytest.approx([45, 15, 20])
    assert {b.name: b.keeps_the_rules for b in baselines(case)} == {
        "pro rata to requests": False,
        "by formula": True,
        "best ratio first": False,
    }


@pytest.mark.first(6)
@pytest.mark.parametrize("seed", range(12))
def test_no_baseline_that_keeps_every_rule_beats_the_plan(seed: int) -> None:
    case = optimiser.case_from(random_case(seed, rules=seed % 2 == 0))
    plan = optimiser.solve(case)
    for baseline in baselines(case):
        assert (baseline.award <= baseline.wanted + case.facts.amount.sum()).all()
        if baseline.keeps_the_rules and plan.has_plan and all(case.tables["Rules"]["hard"]):
            assert baseline.impact <= plan.stages[0].bound * (1 + 1e-6) + 1e-6
        assert awards(case, plan).shape == baseline.wanted.shape


# Scenarios that make no valid case


def with_a_bad_one(**more: Any) -> Case:
    keys = ("scenario", "sheet", "where", "column", "change")
    listed = [
        ("bad", "Funds", "fund = F", "amount", "- 4000"),  # below what was paid in
        ("worse", "Initiatives", "initiative = i", "minimum", "= 9500"),
        ("worse", "Initiatives", "initiative = i", "maximum", "= 500"),
        ("good", "Funds", "fund = G", "amount", "+ 700"),
    ]
    return optimiser.case_from(
        {
            "Agencies": [{"agency": "A"}, {"agency": "B"}],
            "Funds": [{"fund": "F", "amount": 9000}, {"fund": "G", "amount": 500}],
            "Contributions": [
                {"agency": "A", "fund": "F", "amount": 5000},
                {"agency": "B", "fund": "F", "amount": 4000},
            ],
            "Initiatives": [{"initiative": "i", "request": 9000}, {"initiative": "k", "request": 3000}],
            "Scenarios": [dict(zip(keys, row, strict=True)) for row in listed],
            **more,
        }
    )


def test_a_scenario_that_makes_no_valid_case_is_told_and_the_others_are_compared() -> None:
    found = compare(with_a_bad_one())
    assert list(found.plans) == ["base", "good"]
    assert {name: [f.code for f in faults] for name, faults in found.invalid.items()} == {
        "bad": ["R05"],
        "worse": ["R01"],
    }
    assert found.refusals()[0].startswith("bad is not compared, since it makes no valid case: [R05] ")
    assert told(found, "good", "total", "impact").change == pytest.approx(700)
    made = found.as_json(as_json)
    assert list(made["scenarios"]) == ["base", "good"]
    assert made["invalid"]["bad"][0].keys() == {"code", "level", "sheet", "cell", "found", "expected", "do"}
    json.dumps(made, allow_nan=False)
    stacked = compare(with_a_bad_one(), [["good", "bad"], "good"], with_baselines=False)
    assert (list(stacked.plans), list(stacked.invalid)) == (["base", "good"], ["good + bad"])


def test_the_command_tells_the_invalid_ones_and_compares_the_others(tmp_path: Path) -> None:
    path = tmp_path / "case.xlsx"
    write_tables(path, with_a_bad_one().tables)
    done = CliRunner().invoke(app, ["compare", str(path), "-o", str(tmp_path / "out.xlsx")])
    assert done.exit_code == 0, done.output
    assert "bad is not compared" in done.stdout
    assert "good: " in done.stdout
    assert "Scenarios!" in done.stdout
    books = open_book(str(tmp_path / "out.xlsx"))
    listed = {s.name: s.rows for s in books.sheets}
    assert [row[0] for row in listed["Scenarios"][1:]] == ["base", "good", "bad", "worse"]
    assert [row[0] for row in listed["Faults"][1:]] == ["bad", "worse"]
    alone = CliRunner().invoke(app, ["compare", str(path), "--scenarios", "bad", "--json"])
    assert alone.exit_code == 3
    assert json.loads(alone.stdout)["invalid"].keys() == {"bad"}


def test_what_a_scenario_scales_is_said() -> None:
    row = {"scenario": "half", "sheet": "Funds", "where": "fund = F", "column": "amount", "change": "* 0.5"}
    case = with_a_bad_one(Scenarios=[row])
    found = compare(case, with_baselines=False)
    assert [f.code for f in found.notes["half"]] == ["C08"]
    assert [d.sentence() for d in found.inputs["half"]] == [
        "F: amount from $9,000 to $4,500",
        "Contributions of A, F: amount from $5,000 to $2,500",
        "Contributions of B, F: amount from $4,000 to $2,000",
    ]


def test_a_fund_with_one_contribution_is_said_once() -> None:
    row = {"scenario": "half", "sheet": "Funds", "where": "fund = F", "column": "amount", "change": "* 0.5"}
    paid = [{"agency": "A", "fund": "F", "amount": 9000}]
    case = with_a_bad_one(Scenarios=[row], Contributions=paid, Funds=[{"fund": "F"}, {"fund": "G", "amount": 500}])
    assert [d.sentence() for d in compare(case, with_baselines=False).inputs["half"]] == [
        "F: amount from $9,000 to $4,500"
    ]


@pytest.mark.parametrize("table", ["award", "spend", "posts", "received", "rules"])
def test_a_table_of_a_case_without_a_plan_says_that_there_is_none(table: str) -> None:
    plan = optimiser.solve(scenario(example(), "impossible"))
    with pytest.raises(NoPlan, match=r"no plan \(infeasible: no plan keeps every hard rule\).*explain"):
        getattr(plan, table)
    with pytest.raises(NoPlan):
        plan.limits()


def test_no_sentence_has_an_exponent_or_a_difference_that_nobody_can_read() -> None:
    big = [
        {"initiative": "i", "request": 9e9, "baseline": 4.5e9},
        {"initiative": "k", "request": 3e9, "priority": 2, "baseline": 1e9},
    ]
    case = with_a_bad_one(
        Funds=[{"fund": "F", "amount": 9.123456789e9}, {"fund": "G", "amount": 500}], Initiatives=big, Contributions=[]
    )
    found = compare(case)
    said = [d.sentence for d in found.differences] + [g["sentence"] for g in found.gains()]
    assert len(said) > 3
    for sentence in said:
        assert not re.search(r"\d(\.\d+)?e[+-]\d", sentence), sentence
        ends = re.search(r"from (\S+) to (\S+?)[. (]", sentence)
        assert ends is None or ends[1] != ends[2], sentence


def test_what_a_way_without_a_solver_lacks_is_a_share_of_the_plan() -> None:
    """A half less, not 100% less; money in whole units; all of it said as all of it."""
    found = compare(example(), [])
    for gain in found.gains():
        told, best = str(gain["sentence"]), found.plans["base"].impact
        assert best is not None
        share = re.search(r"\((\d+)%\) less than the plan", told)
        assert share is None or int(share[1]) == round(100 * (best - gain["impact"]) / best), told
        assert not re.search(r"\$[\d,]+\.\d", told), told
        placed = re.search(r"; (\S+) of its (\S+) can be placed", told)
        assert placed is None or placed[1] != placed[2], told


def test_members_of_a_rule_are_told_together_and_no_cause_repeats_the_base(compared: Comparison) -> None:
    assert compared.turned("no cap") == ["The rule cap no longer holds."]
    for name in compared.plans:
        assert len(set(compared.turned(name))) == len(compared.turned(name))
        for d in compared.of(name):
            assert d.base is None or f"it would be {said(d.base, d.unit, 'USD')}" not in d.cause, d.cause


# -- what was solved in a scenario ------------------------------------------------------------------------------------


def test_a_plans_workbook_is_not_cut_twice(tmp_path: Path) -> None:
    """Its sheets hold the changes of the scenario that it was solved in: read again, that scenario is no more to be applied."""
    case, file = example(), tmp_path / "plan.xlsx"
    within = scenario(case, "grant cut", "no cap")
    plan = optimiser.solve(within)
    optimiser.write_plan(plan, file)
    assert optimiser.verify_workbook(file) == []
    read, told = optimiser.check(file)
    assert read is not None
    assert read.facts.amount.tolist() == within.facts.amount.tolist()
    assert [f.found for f in told if f.code == "C10"] == [
        'the scenario that this plan was solved in, "grant cut, no cap"'
    ]
    others = ["both", "either", "impossible", "other aim"]
    assert list(dict.fromkeys(read.tables["Scenarios"]["scenario"].tolist())) == others
    for base in (read, within):  # as a file, and before it was one
        assert next(iter(compare(base, causes=False, with_baselines=False).plans)) == "base"
        assert not {"grant cut", "no cap"} & set(compare(base, causes=False, with_baselines=False).plans)
    again = tmp_path / "again.xlsx"
    optimiser.write_plan(optimiser.solve(read), again)
    assert optimiser.read(again).sha256 == read.sha256
    plain = tmp_path / "plain.xlsx"
    optimiser.write_plan(optimiser.solve(case), plain)
    assert optimiser.read(plain).sha256 == case.sha256, "of the case unchanged nothing is left out"
