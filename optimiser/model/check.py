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
from optimiser.model.rules.waivers import CellError, WaiverError, applied, ended, waivers_of

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
                faults.append(_unread(tables, sheet, column, row, error))
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


def _unread(tables: Tables, sheet: str, column: str, row: int, error: SelectionError | CellError) -> Fault:
    """The fault of a cell that cannot be read."""
    place = tables.place(sheet, column)
    return Fault(place.sheet, place.cell(row), READ, error.found, error.expected, error.cure)


def _warner(tables: Tables, sheet: str, row: int, faults: list[Fault]) -> Callable[[str, str], None]:
    """Takes a column and what is doubtful about it."""

    def warn(column: str, message: str) -> None:
        expected, cure = "a value that occurs", "check the spelling; it selects nothing."
        faults.append(tables.place(sheet, column).warning(row, EMPTY, message, expected, cure))

    return warn


def _check_funds(tables: Tables, facts: Facts) -> list[Fault]:
    faults: list[Fault] = []
    for row, text in enumerate(tables["Funds"]["allowed"].tolist()):
        try:
            facts.select(text, MEASURES["money"], partial(_warner(tables, "Funds", row, faults), "allowed"))
        except SelectionError as error:
            faults.append(_unread(tables, "Funds", "allowed", row, error))
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
        except CellError as error:
            column = error.column if isinstance(error, WaiverError) else "where"
            yield _unread(tables, "Waivers", column, row, error)
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
        return [*faults, _unread(tables, "Rules", error.column, row, error)]
    try:
        held = held_back(facts, rule)
    except SelectionError:  # of a fund: what a rule holds back cannot be said then
        return faults
    if held is not None:
        expected, said = "shares that every member can take", held.sentence.rstrip(".")
        faults.append(tables.place("Rules", "of").warning(row, HELD, said, expected, held.cure))
    return faults
