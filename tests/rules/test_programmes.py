"""Whole programmes, each on a case made for it: kept to the cent after rounding; broken by hand, and found."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from io import BytesIO

import numpy as np
import pytest
from openpyxl import load_workbook

from optimiser import verbs
from optimiser.case.case import Case
from optimiser.model.rules import compile_rules
from optimiser.model.rules.terms import Limits, incidence
from optimiser.plan.derive import readings
from optimiser.plan.entries import plan_entries
from optimiser.plan.lines import decode
from optimiser.plan.tables import Plan
from optimiser.plan.verify import verify
from optimiser.report.documents.plan_check import verify_workbook
from optimiser.report.documents.plan_workbook import write_plan
from tests.rules.programme_cases import CASES

RULES = {"VAWA STOP": 11, "HSGP": 4, "CDBG": 4, "Byrne JAG": 7}
CENT = Fraction(1, 100)


@cache
def plan_of(programme: str) -> Plan:
    """The plan of the programme's case."""
    return verbs.solve(CASES[programme]())


@cache
def workbook_of(programme: str) -> bytes:
    """The plan as a workbook."""
    file = BytesIO()
    write_plan(plan_of(programme), file)
    return file.getvalue()


def edited(programme: str, sheet: str, changes: dict[int, float]) -> bytes:
    """The workbook with other amounts of money in some lines (counted from 0) of a sheet."""
    book = load_workbook(BytesIO(workbook_of(programme)))
    cells = book[sheet]
    column = [c.value for c in cells[1]].index("money") + 1
    for line, money in changes.items():
        cells.cell(line + 2, column).value = money
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def is_found(rule: str, programme: str, sheet: str, changes: dict[int, float]) -> bool:
    """Whether the rule is found broken in the edited workbook."""
    broken = [b.item for b in verify_workbook(edited(programme, sheet, changes)) if b.constraint == "rule"]
    return any(item == rule or item.startswith(rule + ", ") for item in broken)


@pytest.mark.parametrize("programme", CASES)
def test_kept_to_the_cent(programme: str) -> None:
    plan = plan_of(programme)
    assert plan.status in ("optimal", "within_gap")
    assert plan.proof.whole
    assert verbs.verify(plan) == []
    assert verify_workbook(workbook_of(programme)) == []
    assert len(plan.case.tables["Rules"]) == RULES[programme]
    spend = plan.tables["Spend"]["money"]
    assert np.array_equal(np.round(spend, 2), spend)
    for read in readings(plan.case.facts, decode(plan.case.facts, plan.tables)):
        kind = read.compiled.rule.kind
        equal = read.compiled.rule.at_least == read.compiled.rule.at_most
        assert read.reading.headroom >= (-CENT if kind == "formula" or equal else 0), read.reading


@pytest.mark.parametrize("programme", CASES)
def test_without_the_rules_the_plan_would_break_most_of_them(programme: str) -> None:
    case = CASES[programme]()
    free = verbs.solve(Case({**case.tables, "Rules": case.tables["Rules"].take(np.zeros(0, int))}, case.settings))
    tables = {name: table for name, table in free.tables.items() if name != "Compliance"}
    broken = {b.item.split(", ")[0] for b in verify(case, tables) if b.constraint == "rule"}
    assert len(broken) >= {"VAWA STOP": 5, "HSGP": 3, "CDBG": 3, "Byrne JAG": 2}[programme], broken


def lines_of(plan: Plan, limits: Limits, k: int) -> tuple[str, list[int]]:
    """The sheet that a limit's left side is read from, and its lines."""
    term = limits.left[0]
    entries = plan_entries(plan.case.facts, plan.tables)[term.measure, term.outcome]
    limit, entry, _ = incidence(term, entries, len(limits))
    return "Match" if term.measure == "match" else "Spend", sorted({int(e) for e in entry[limit == k]})


@pytest.mark.first(1)
@pytest.mark.parametrize("programme", CASES)
def test_every_rule_broken_by_hand_is_found(programme: str) -> None:
    plan = plan_of(programme)
    compiled = compile_rules(plan.case.facts)
    for rule in compiled:
        tried = False
        for limits in rule.blocks:
            for k in range(len(limits)):
                sheet, lines = lines_of(plan, limits, k)
                if not lines or limits.share[k] == 0 or tried:
                    continue
                if limits.at_least:
                    changes = dict.fromkeys(lines, 0.0)
                else:
                    changes = {lines[0]: float(plan.tables[sheet]["money"][lines[0]]) + 5e6}
                assert is_found(rule.rule.name, programme, sheet, changes), rule.rule.name
                tried = True
        if not tried:  # nothing may be spent there: one line moves there
            assert rule.rule.at_most == 0, rule.rule.name


@pytest.mark.first(1)
@pytest.mark.parametrize("programme", CASES)
def test_a_few_cents_are_found(programme: str) -> None:
    """Where a rule binds to the cent, a few cents less (or more) break it."""
    plan = plan_of(programme)
    tried = 0
    for read in readings(plan.case.facts, decode(plan.case.facts, plan.tables)):
        rule, reading = read.compiled.rule, read.reading
        exact = rule.kind == "limit" and rule.at_least != rule.at_most
        if not exact or reading.headroom >= CENT or not reading.left:
            continue
        sheet, lines = lines_of(plan, read.limits, read.limits.per.index(reading.per))
        line = max(lines, key=lambda n: plan.tables[sheet]["money"][n])
        cents = -3 if read.limits.at_least else 3  # not one: what is left of a cent, and a base that moves too
        money = round(float(plan.tables[sheet]["money"][line]) + cents / 100, 2)
        assert is_found(rule.name, programme, sheet, {line: money}), rule.name
        tried += 1
    assert tried >= 1


def test_money_for_a_unit_without_reports_is_found() -> None:
    plan = plan_of("Byrne JAG")
    spend = plan.tables["Spend"]
    line = int(np.flatnonzero((spend["agency"] == "City") & (spend["fund"] == "Local pot"))[0])
    book = load_workbook(BytesIO(workbook_of("Byrne JAG")))
    column = [c.value for c in book["Spend"][1]].index("agency") + 1
    book["Spend"].cell(line + 2, column).value = "Silent"
    file = BytesIO()
    book.save(file)
    broken = {b.item for b in verify_workbook(file.getvalue()) if b.constraint == "rule"}
    assert "Local pot: none without reports" in broken
