"""Faults that only the meaning of text shows: selections of funds, and rules, each with its cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from optimiser.case.checking.net import caught
from optimiser.case.facts import Facts
from optimiser.case.faults import Fault
from optimiser.case.names import fold
from optimiser.case.reading.keys import ALWAYS
from optimiser.case.reading.workbook import Tables
from optimiser.case.selection import SelectionError
from optimiser.case.settings import Settings
from optimiser.case.spec import SHEETS
from optimiser.case.table import Table
from optimiser.case.table import text as text_array
from optimiser.model.rules import RuleError, compile_rule, held_back, written_rules
from optimiser.model.rules.rule import Rule
from optimiser.model.rules.terms import MEASURES
from optimiser.model.rules.waivers import WaiverError, applied, ended, waivers_of

READ, EMPTY, HELD = "L01", "L02", "L03"
"""Codes: a selection or a rule that cannot be read; one that selects nothing; a rule that keeps money from being spent."""


def check_meaning(tables: Tables, facts: Facts) -> list[Fault]:
    """Every fault in the selections of Funds and in Rules (inactive rules too). tables and facts are of one case."""
    return [*caught("Funds", lambda: _check_funds(tables, facts)), *_check_rules(tables, facts)]


def check_selections(tables: Tables, settings: Settings) -> list[Fault]:
    """Of a case that has other errors, and so cannot be understood yet: the selections of Funds and Rules that name a
    column or a name that there is not. The rest of the rules is looked at when the others are mended."""
    if not all(len(tables[sheet]) for sheet in ALWAYS):
        return []  # every name would be unknown
    try:
        facts = Facts(_without_dead_ends(tables.tables), settings)
    except (ArithmeticError, LookupError, ValueError):
        return []
    faults = []
    for sheet, column in (("Funds", "allowed"), ("Rules", "where")):
        for row, written in enumerate(tables[sheet][column].tolist()):
            try:
                facts.select(written)
            except SelectionError as error:
                faults.append(_fault(tables, sheet, column, row, error.found, error.expected, error.cure))
    return faults


def _without_dead_ends(tables: Mapping[str, Table]) -> dict[str, Table]:
    """The tables with a blank where a name refers to nothing."""
    known = {sheet.name: {fold(v) for v in tables[sheet.name][sheet.columns[0].name].tolist()} for sheet in SHEETS}
    known["Periods"] |= {"fy"}
    made = dict(tables)
    for sheet in SHEETS:
        for column in sheet.columns:
            if column.refers:
                names = made[sheet.name][column.name].tolist()
                kept = text_array([v if fold(v) in known[column.refers] else "" for v in names])
                made[sheet.name] = made[sheet.name].replace(**{column.name: kept})
    return made


def _fault(
    tables: Tables, sheet: str, column: str, row: int, found: str, expected: str, cure: str, code: str = READ
) -> Fault:
    place = tables.place(sheet, column)
    level = "error" if code == READ else "warning"
    return Fault(place.sheet, place.cell(row), code, found, expected, cure, level)


def _warner(tables: Tables, sheet: str, row: int, faults: list[Fault]) -> Callable[[str, str], None]:
    def warn(column: str, message: str) -> None:
        faults.append(
            _fault(
                tables,
                sheet,
                column,
                row,
                message,
                "a value that occurs",
                "check the spelling; it selects nothing.",
                EMPTY,
            )
        )

    return warn


def _check_funds(tables: Tables, facts: Facts) -> list[Fault]:
    faults: list[Fault] = []
    for row, text in enumerate(tables["Funds"]["allowed"].tolist()):
        warn = _warner(tables, "Funds", row, faults)
        try:
            facts.select(text, MEASURES["money"], lambda message, warn=warn: warn("allowed", message))  # type: ignore[misc]
        except SelectionError as error:
            faults.append(_fault(tables, "Funds", "allowed", row, error.found, error.expected, error.cure))
    return faults


def _check_rules(tables: Tables, facts: Facts) -> list[Fault]:
    faults: list[Fault] = []
    place = {fold(name): row for row, name in enumerate(tables["Rules"]["rule"].tolist())}
    at = tables.place("Rules", "rule")
    for rule in written_rules(facts):
        row = place[fold(rule.name)]
        faults += caught(at.sheet, partial(_rule_faults, tables, facts, rule, row), at.cell(row))
    return [*faults, *caught("Waivers", lambda: _check_waivers(tables, facts))]


def _check_waivers(tables: Tables, facts: Facts) -> Iterator[Fault]:
    """Each waiver can be applied to its rule (L01), was granted before it ends (R13), and covers the case (R14, warning)."""
    rules = {fold(rule.name): rule for rule in written_rules(facts)}
    for row, waiver in enumerate(waivers_of(tables.tables)):
        rule = rules.get(fold(waiver.rule))
        if rule is None:
            continue  # a name that is not there is reported as such
        try:
            narrowed = applied(rule, waiver)
            if waiver.where:
                compile_rule(facts, narrowed)
        except WaiverError as error:
            yield _fault(tables, "Waivers", error.column, row, error.found, error.expected, error.cure)
        except RuleError as error:
            yield _fault(tables, "Waivers", "where", row, error.found, error.expected, error.cure)
        place = tables.place("Waivers", "until")
        if waiver.until and waiver.until < waiver.on:
            yield place.fault(row, "R13", waiver.until, f"a day from {waiver.on} on", "correct one of the two days")
        elif period := ended(waiver, tables.tables):
            expected = f"a waiver that lasts to the end of {period}"
            cure = f"the rule {rule.name} holds in full: have the waiver prolonged, or clear the day"
            yield place.fault(row, "R14", waiver.until, expected, cure, "warning")


def _rule_faults(tables: Tables, facts: Facts, rule: Rule, row: int) -> list[Fault]:
    faults: list[Fault] = []
    try:
        compile_rule(facts, rule, _warner(tables, "Rules", row, faults))
    except RuleError as error:
        faults.append(_fault(tables, "Rules", error.column, row, error.found, error.expected, error.cure))
    else:
        faults += _held(tables, facts, rule, row)
    return faults


def _held(tables: Tables, facts: Facts, rule: Rule, row: int) -> list[Fault]:
    """What a rule keeps from being spent, where it can be said: not while a fund's selection cannot be read."""
    try:
        held = held_back(facts, rule)
    except SelectionError:
        return []
    if held is None:
        return []
    expected, said = "shares that every member can take", held.sentence.rstrip(".")
    return [_fault(tables, "Rules", "of", row, said, expected, held.cure, HELD)]
