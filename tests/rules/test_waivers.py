"""Waivers that were granted: what is left of a rule, what is said of it, what is refused; against enumeration."""

from __future__ import annotations

import random
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from optimiser import verbs
from optimiser.case.case import Case
from optimiser.report.documents import plan_text
from optimiser.report.documents.plan_check import verify_workbook
from optimiser.report.documents.plan_workbook import write_plan
from optimiser.report.documents.result_json import as_json
from tests.rules.small import Records, awards, case_of, checked, compliance, faults, said, solved

CAP = {"where": "theme = guns", "at_most": 100}
BY = {"rule": "r1", "granted_by": "the Director", "granted_on": "2026-01-05"}
YEAR = {"Periods": [{"period": "FY", "start": "2026-01-01", "end": "2026-12-31"}]}


def with_waiver(rule: dict[str, Any], **waiver: Any) -> Case:
    """The small case with a rule and a waiver of it."""
    return case_of(rule, Waivers=[{**BY, **waiver}], **YEAR)


def guns(case: Case) -> float:
    """What the theme guns gets."""
    award = awards(solved(case))
    return award["A"] + award["B"]


def test_a_waiver_lifts_a_rule_or_a_part_of_it() -> None:
    assert guns(case_of(CAP)) == 100
    assert guns(with_waiver(CAP)) == 1000
    assert guns(with_waiver(CAP, at_most=250)) == 250
    assert guns(with_waiver(CAP, where="initiative = A")) == 1000
    award = awards(solved(with_waiver({**CAP, "at_most": 0}, where="initiative = B")))
    assert award["A"] == 0


def test_what_is_lifted_has_a_line_without_figures_and_what_is_left_says_who_granted_it(tmp_path: Path) -> None:
    plan = solved(with_waiver(CAP))
    [line] = compliance(plan)
    assert (line["sense"], line["kept"], line["binding"]) == ("waived", True, False)
    assert line["waived"] == "Waived by the Director on 2026-01-05."
    assert all(line[c] != line[c] for c in ("required", "achieved", "headroom"))
    assert plan.limits() == []
    assert verbs.verify(plan) == []
    said_of_rules = plan_text.summary(plan).splitlines()[-2:]
    assert said_of_rules == ["No rule is in force.", "  waived: r1. Waived by the Director on 2026-01-05."]
    assert not as_json(plan)["rules"]
    write_plan(plan, tmp_path / "plan.xlsx")
    assert verify_workbook(tmp_path / "plan.xlsx") == []
    assert compliance(solved(with_waiver({**CAP, "active": False}))) == []
    [line] = compliance(solved(with_waiver(CAP, until="2026-12-31", where="initiative = A")))
    assert line["waived"] == "Waived by the Director on 2026-01-05 until 2026-12-31, for A."
    [line] = compliance(solved(case_of(CAP)))
    assert line["waived"] == ""
    assert said(with_waiver(CAP, until="2026-12-31", at_most=250)) == (
        "Money on initiatives of the theme guns: at most $250. Waived by the Director on 2026-01-05 until 2026-12-31: at most "
        "$250 instead."
    )
    share = {**CAP, "at_most": 0.125, "of": "amount"}
    assert said(with_waiver(share, at_most=0.25)).endswith("Waived by the Director on 2026-01-05: at most 25% instead.")
    assert said(with_waiver(CAP, where="initiative = A")).endswith("Waived by the Director on 2026-01-05, for A.")


def test_several_waivers_of_one_rule_add_up() -> None:
    waivers = [{**BY, "where": f"initiative = {i}"} for i in ("A", "B")]
    assert guns(case_of(CAP, Waivers=waivers)) == 1000
    assert guns(case_of({**CAP, "at_most": 0}, Waivers=waivers[1:])) > 0


def test_one_that_ends_before_the_case_does_leaves_the_rule_and_is_said() -> None:
    short = with_waiver(CAP, until="2026-06-30")
    assert guns(short) == 100
    [warning] = [w for w in short.warnings if w.sheet == "Waivers"]
    assert (warning.code, warning.cell) == ("R14", "until, row 1")
    assert "holds in full" in warning.cure
    assert guns(with_waiver(CAP, until="2026-12-31")) == 1000


@pytest.mark.parametrize(
    ("waiver", "cell", "words"),
    [
        ({"at_most": 50}, "at_most", "a number that loosens r1"),
        ({"at_least": 1}, "at_least", "a number that loosens r1"),
        ({"where": "initiative = A ; theme = guns"}, "where", "one comparison"),
        ({"where": "score > 5"}, "where", "one comparison"),
        ({"where": "initiative = Z"}, "where", "initiative"),
        ({"where": "initiative"}, "where", "selection"),
        ({"where": "initiative = A", "at_most": 200}, "where", "another number holds for all"),
        ({"until": "2025-12-31"}, "until", "a day from 2026-01-05 on"),
        ({"rule": "r2"}, "rule", "a rule of the sheet Rules"),
        ({"granted_by": ""}, "granted_by", "fill in the cell"),
    ],
)
def test_what_cannot_be_granted_is_refused_in_its_cell(waiver: dict[str, Any], cell: str, words: str) -> None:
    found = [f for f in faults(CAP, Waivers=[{**BY, **waiver}], **YEAR) if f.level == "error"]
    assert [f.sheet for f in found] == ["Waivers"], [str(f) for f in found]
    assert found[0].cell.startswith(cell)
    assert words in str(found[0])


@pytest.mark.first(20)
@pytest.mark.parametrize("seed", range(100))
def test_waivers_agree_with_enumeration(seed: int) -> None:
    dice = random.Random(seed)
    count = dice.randint(2, 7)
    request = [float(dice.randint(5, 60)) for _ in range(count)]
    worth = [float(dice.randint(1, 9)) for _ in range(count)]
    money, cap = float(dice.randint(40, 200)), float(dice.randint(5, 100))
    how = dice.choice(["none", "all", "some", "number", "ended"])
    exempt = dice.sample(range(count), dice.randint(1, count))
    more = cap + dice.randint(0, 60)
    waiver: dict[str, Any] = {**BY, "until": "2026-06-30" if how == "ended" else ""}
    waiver |= {"where": "initiative = " + " | ".join(f"i{k}" for k in exempt)} if how == "some" else {}
    waiver |= {"at_most": more} if how == "number" else {}
    records: Records = {
        **YEAR,
        "Agencies": [{"agency": "One"}],
        "Funds": [{"fund": "Pot", "amount": money}],
        "Initiatives": [
            {"initiative": f"i{k}", "request": r, "priority": w, "all_or_nothing": "yes"}
            for k, (r, w) in enumerate(zip(request, worth, strict=True))
        ],
        "Rules": [{"rule": "r1", "at_most": cap}],
        "Waivers": [] if how == "none" else [waiver],
    }
    free = exempt if how == "some" else range(count) if how == "all" else ()
    limit = more if how == "number" else cap
    best = max(
        sum(c * r * w for c, r, w in zip(chosen, request, worth, strict=True))
        for chosen in product((0, 1), repeat=count)
        if sum(c * r for c, r in zip(chosen, request, strict=True)) <= money
        and sum(c * r for k, (c, r) in enumerate(zip(chosen, request, strict=True)) if k not in free) <= limit
    )
    plan = verbs.solve(checked(records))
    assert plan.objective == pytest.approx(best)
    assert verbs.verify(plan) == []
