"""The compliance of one grant: its rules by who set them, with waivers and exceptions, as the plan's own sheet has them."""

from __future__ import annotations

from typing import Any

import pytest

from optimiser import verbs
from optimiser.analysis.rulebook.compliance import AT_LIMIT, BROKEN, COLUMNS, KEPT, OFF, WAIVED, of_grant
from optimiser.analysis.rulebook.library import entry_of
from optimiser.analysis.rulebook.library_rows import together
from optimiser.case.reading.workbook import tables_from
from tests.rules.programme_cases import CASES
from tests.rules.small import case_of, checked, solved

RULES = (
    {"rule": "own", "where": "fund = Grant ; theme = guns", "at_most": 900},
    {"rule": "by law", "where": "fund = Grant", "at_least": 0.1, "of": "amount", "set_by": "statute", "authority": "1 USC 1",
     "waiver": "the Director"},
    {"rule": "not mine", "where": "fund = Own", "at_most": 500, "set_by": "statute"},
    {"rule": "everything", "at_most": 1500},
    {"rule": "Grant: people", "measure": "staff", "at_most": 4, "entry": "cops-strength, text of no date"},
    {"rule": "off", "where": "fund = Grant", "at_most": 1, "active": "no", "set_by": "award"},
    {"rule": "lifted", "where": "fund = Grant ; initiative = A", "at_most": 1, "set_by": "award"},
    {"rule": "short", "where": "fund = Grant ; initiative = B", "at_most": 700, "set_by": "award"},
)  # fmt: skip
WAIVERS = [
    {"rule": "lifted", "granted_by": "the Board", "granted_on": "2026-02-01"},
    {"rule": "short", "granted_by": "the Board", "granted_on": "2026-02-01", "until": "2026-03-01"},
]
YEAR = [{"period": "FY", "start": "2026-01-01", "end": "2026-12-31"}]


def test_the_rules_of_a_grant_stand_by_who_set_them() -> None:
    plan = solved(case_of(*RULES, Waivers=WAIVERS, Periods=YEAR))
    lines = list(of_grant(plan, "grant").records())
    assert [line["rule"] for line in lines] == ["by law", "lifted", "off", "short", "Grant: people", "own"]
    assert {line["set_by"] for line in lines[1:4]} == {"award"}
    law, lifted, off, short, people, own = lines
    assert (law["required"], law["authority"], law["state"]) == ("at least 10%", "1 USC 1", KEPT)
    assert law["waiver"] == "May be waived by the Director."
    assert (lifted["state"], lifted["waiver"]) == (WAIVED, "Waived by the Board on 2026-02-01.")
    assert off["state"] == OFF
    assert (lifted["required"], off["achieved"]) == ("", "")
    assert short["waiver"].endswith("It ends before FY does, so the rule holds.")
    assert people["text"] == "no date"
    assert own["state"] == AT_LIMIT
    assert own["headroom"] == "$0"
    assert tuple(lines[0]) == COLUMNS


def test_the_figures_are_those_of_the_plan() -> None:
    plan = verbs.solve(CASES["VAWA STOP"]())
    table = of_grant(plan, "Grant")
    sheet = list(plan.tables["Compliance"].records())
    assert len(table) == len(sheet)
    assert sorted(zip(table["rule"].tolist(), table["per"].tolist(), strict=True)) == sorted(
        (r["rule"], r["per"]) for r in sheet
    )
    assert BROKEN not in set(table["state"].tolist())
    assert sum(s == AT_LIMIT for s in table["state"].tolist()) == sum(bool(r["binding"]) for r in sheet)


def test_exceptions_and_the_date_of_the_text_come_from_the_library() -> None:
    records: dict[str, Any] = {
        "Agencies": [{"agency": "Refuge"}],
        "Funds": [{"fund": "Grant", "amount": 1000}, {"fund": "Own", "amount": 1000, "can_match": "yes"}],
        "Initiatives": [
            {"initiative": "Shelter", "theme": "training", "request": 900, "tribal": "no"},
            {"initiative": "Nation", "theme": "administration", "request": 500, "tribal": "yes"},
        ],
    }  # fmt: skip
    chosen = [entry_of("voca-match"), entry_of("voca-administration")]
    rows = together(tables_from(records).tables, chosen, "Grant")
    plan = verbs.solve(checked({**records, "Rules": rows}))
    by_rule = {r["rule"]: r for r in of_grant(plan, "Grant").records()}
    assert by_rule["Grant: match"]["text"] == "2024-08-02"
    assert by_rule["Grant: match"]["exceptions"].startswith("Tribes")
    assert by_rule["Grant: match"]["waiver"].startswith("May be waived by the state's chief executive")


def test_an_unknown_fund_is_named() -> None:
    plan = solved(case_of({"at_most": 1500}))
    with pytest.raises(ValueError, match="did you mean Grant"):
        of_grant(plan, "Grand")
    assert len(of_grant(plan, "Grant")) == 0


def test_members_that_the_grant_pays_nothing_are_one_line() -> None:
    records: dict[str, list[dict[str, object]]] = {
        "Agencies": [{"agency": "City"}],
        "Funds": [
            {"fund": "Grant", "amount": 80.0, "allowed": "initiative = A | B"},
            {"fund": "Own", "amount": 170.0, "can_match": True},
        ],
        "Initiatives": [{"initiative": i, "name": f"Work {i}", "lead": "City", "request": 50.0} for i in "ABCDE"],
        "Rules": [{"rule": "Grant: match", "kind": "match", "where": "fund = Grant", "at_least": 0.2}],
    }
    plan = verbs.solve(verbs.case_from(records))
    lines = list(of_grant(plan, "Grant").records())
    assert [line["per"] for line in lines] == ["Work A", "Work B", "3 others"]
    assert (lines[-1]["achieved"], lines[-1]["state"]) == ("nothing to measure", KEPT)
