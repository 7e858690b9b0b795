"""One row of the Scenarios sheet, read: which sheet, which rows, which column, and what happens to it.

Funds    fund = Task Force Pool     amount    * 0.8
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from difflib import SequenceMatcher
from operator import add, mul, sub

import numpy as np

from optimiser.case.faults import Fault, shown
from optimiser.case.names import fold, fold_title, nearest
from optimiser.case.reading.amounts import plain, read_amount, read_number
from optimiser.case.reading.cells import Place, attribute, both_readings, expectation, typed
from optimiser.case.reading.titles import LIKE_A_COLUMN
from optimiser.case.reading.which import known_sheet
from optimiser.case.reading.workbook import Tables
from optimiser.case.selection import Clause, SelectionError, parse, title_match
from optimiser.case.spec import BY_NAME, SHEETS, Column, Sheet
from optimiser.case.table import Array, Table

REMOVE = "remove"
FIXED = ("Scenarios",)
"""Sheets that a scenario cannot change."""
_CHANGE = re.compile(r"\s*([=*×+\-−–])\s*(.*?)\s*", re.DOTALL)
_OVER = re.compile(r"[/÷:]\s*(\d+(?:\.\d*)?|\.\d+)", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
"""A number as the sheet's grammar writes it: here 1.125 is a little more than 1, never 1125."""
_SIGNS = {"×": "*", "−": "-", "–": "-"}
_HOW = "`= 1200000`, `* 0.9`, `+ 50000`, `- 5` or `remove`"


@dataclass(frozen=True)
class Change:
    """One row of the Scenarios sheet as written. row: its position on the sheet (from 0), or in a list of changes
    that stand on no sheet (`scenario` is then blank)."""

    sheet: str
    where: str
    column: str
    change: str
    scenario: str = ""
    note: str = ""
    row: int = 0

    def __str__(self) -> str:
        rows = f" where {self.where}" if self.where.strip() else ""
        return f"{self.sheet}{rows}: {' '.join(part for part in (self.column, self.change) if part)}"


@dataclass(eq=False)
class ChangeFaults:
    """Faults of changes, each in the cell of the Scenarios sheet where it stands."""

    tables: Tables
    faults: list[Fault] = field(default_factory=list)
    _places: dict[str, Place] = field(default_factory=dict)

    def add(
        self, change: Change, column: str, code: str, found: str, expected: str, cure: str, level: str = "error"
    ) -> None:
        """One fault in a column (`where`, `change` …) of a change's row; `found` is taken as it stands."""
        sheet, cell = self.cell(change, column)
        self.faults.append(Fault(sheet, cell, code, found, expected, cure, level))

    def cell(self, change: Change, column: str) -> tuple[str, str]:
        """The sheet and the cell where a column of a change stands."""
        if not change.scenario:
            return "Changes", f"{column}, row {change.row + 1}"
        if column not in self._places:
            self._places[column] = self.tables.place("Scenarios", column)
        place = self._places[column]
        row = int(place.rows[change.row]) if place.rows[change.row] > 0 else change.row + 1
        return place.sheet, f"{place.letter}{row}" if place.letter else f"{column}, row {row}"

    def broken(self) -> bool:
        """Whether there is an error among them."""
        return any(f.level == "error" for f in self.faults)


@dataclass(frozen=True, eq=False)
class Edit:
    """A change that can be read. operation: `=`, `*`, `+`, `-` or `remove`; column: as the table names it (blank with
    remove); operand: what follows the operation; number: the operand of `* + -`."""

    change: Change
    sheet: Sheet
    clauses: tuple[Clause, ...]
    operation: str
    column: str = ""
    operand: str = ""
    number: float = np.nan

    @property
    def spec(self) -> Column:
        """The column's specification; of an attribute, that of a number or text without limits."""
        known = next((c for c in self.sheet.columns if c.name == self.column), None)
        return known or Column(self.column, "number" if self.operation in "*+-" else "text", "")

    @property
    def key(self) -> dict[str, tuple[str, ...]] | None:
        """The names that `where` gives for each column of the key; None where it does not name a whole key by `=`.

        A column of the key that may be blank may be left out; nothing but the key may be named.
        """
        named: dict[str, tuple[str, ...]] = {}
        for clause in self.clauses:
            column = next((c for c in self.sheet.key if fold_title(c) == fold_title(clause.column)), "")
            if not column or clause.operator != "=" or column in named:
                return None
            named[column] = clause.values
        needed = {c for c in self.sheet.key if self.sheet.column(c).required}
        return named if needed <= set(named) else None


def read_change(change: Change, tables: Tables, report: ChangeFaults) -> Edit | None:
    """The change as an edit; None, and its faults in the report, where it cannot be read."""
    name = known_sheet(change.sheet)
    if not name or name in FIXED:
        options = [s.name for s in SHEETS if s.name not in FIXED]
        near = nearest(change.sheet, options)
        cure = f"write {near}" if near else "write the name of the sheet that is changed"
        report.add(change, "sheet", "C01", shown(change.sheet), "one of the sheets " + ", ".join(options), cure)
        return None
    sheet = BY_NAME[name]
    try:
        clauses = parse(change.where)
    except SelectionError as error:
        report.add(change, "where", "C02", error.found, error.expected, error.cure)
        return None
    found = _CHANGE.fullmatch(change.change)
    if fold(change.change) == REMOVE:
        if change.column.strip():
            cure = f"clear the cell to remove whole rows, or write `=` to clear {shown(change.column)} only"
            report.add(change, "column", "C01", shown(change.column), "no column with remove", cure)
            return None
        return Edit(change, sheet, clauses, REMOVE)
    if found is None:
        number = change.change.strip()
        near = nearest(number, [REMOVE])
        cure = f"write {near}" if near else "write `= 100` to set it to that (in a spreadsheet, as text)"
        if (over := _OVER.fullmatch(number)) and float(over[1]):
            cure = f"write `* {plain(round(1 / float(over[1]), 9))}`"
        if read_amount(number, percent=True).level != "error" or _DECIMAL.fullmatch(number):
            cure = both_readings(number)
        report.add(change, "change", "C03", shown(number), _HOW, cure)
        return None
    operation, operand = _SIGNS.get(found[1], found[1]), found[2]
    column = _column(change, sheet, tables[name], report)
    if not column:
        return None
    edit = Edit(change, sheet, clauses, operation, column, operand)
    return edit if operation == "=" else _calculating(edit, tables[name], report)


def _column(change: Change, sheet: Sheet, table: Table, report: ChangeFaults) -> str:
    """The column that is changed, as the table names it; a new attribute under the name that was written."""
    written = change.column.strip()
    titles = list(table.columns)
    known = title_match(written, titles)
    if known or not written:
        if not written:
            report.add(change, "column", "C01", '""', f"a column of {sheet.name}: {', '.join(titles)}", "write which")
        return known
    alike = any(SequenceMatcher(None, fold_title(written), fold_title(t)).ratio() >= LIKE_A_COLUMN for t in titles)
    if sheet.attributes and not alike:
        return written
    near = nearest(written, titles)
    cure = f"write {near}" if near else f"write one of {', '.join(titles)}"
    report.add(change, "column", "C01", shown(written), f"a column of {sheet.name}", cure)
    return ""


def _calculating(edit: Edit, table: Table, report: ChangeFaults) -> Edit | None:
    """An edit by `* + -` with its number."""
    values = table.columns.get(edit.column)
    if edit.spec.type != "any" and (values is None or values.dtype != np.float64):
        change = edit.change
        expected = f"a column of numbers for {edit.operation}"
        found = f"{shown(edit.column)}, which {'has no values' if values is None else 'holds no numbers'}"
        report.add(change, "column", "C03", found, expected, "set it with `=`, or name another column")
        return None
    if _DECIMAL.fullmatch(edit.operand):
        return replace(edit, number=float(edit.operand))
    reading = read_number(edit.operand, "share" if edit.operation == "*" else edit.spec.unit)
    if reading.level == "error":
        expected, cure = f"a number after {edit.operation}", reading.cure
        share = read_amount(edit.operand, percent=True)
        if edit.operation in "+-" and reading.code == "N02" and share.level != "error":
            factor = 1 + share.value if edit.operation == "+" else 1 - share.value
            cure = f"write `* {plain(factor)}` to change it by {edit.operand.strip()}, or `{edit.operation} ` and an amount"
        report.add(edit.change, "change", reading.code, shown(edit.change.change), expected, cure)
        return None
    return replace(edit, number=reading.value)


def value_of(edit: Edit, values: Array | None, report: ChangeFaults) -> object:
    """What `=` puts into a cell, typed as its column asks; None, and a fault, where it cannot be read.

    values: the column as it stands (None: a new attribute).
    """
    sheet, cell = report.cell(edit.change, "change")
    place = _Cell(sheet, edit.column, "", [0], cell)
    known = any(c.name == edit.column for c in edit.sheet.columns)
    operand: object = edit.operand
    if not known or edit.spec.type == "any":
        reading = read_amount(edit.operand, percent=True)
        is_text = values is not None and values.dtype == object and edit.spec.type != "any"
        if edit.operand and reading.level != "error" and not is_text:
            operand = reading.value
    numeric = edit.spec.type == "number" or (values is not None and values.dtype == float)
    if numeric and _DECIMAL.fullmatch(edit.operand):
        operand = float(edit.operand)
    if known:
        array, faults = typed(edit.spec, [operand], place)
    elif values is not None and values.dtype == np.float64:
        array, faults = typed(Column(edit.column, "number", ""), [operand], place)
    else:
        array, faults = attribute(edit.column, [operand], place)
    faults = [f for f in faults if f.code not in ("N01", "K05")]  # what stands in a change is always text
    report.faults += faults
    return None if any(f.level == "error" for f in faults) else array[0]


@dataclass(frozen=True)
class _Cell(Place):
    """A place that is one cell of the Scenarios sheet, whatever is asked for."""

    name: str = ""

    def cell(self, i: int) -> str:
        """The name of the one cell."""
        return self.name


def calculated(edit: Edit, values: Array) -> Array:
    """values `* + -` the edit's number as decimals, so that 240000 stays 240000; blanks stay blank."""
    number, calculate = Decimal(repr(float(edit.number))), {"*": mul, "+": add, "-": sub}[edit.operation]
    made = [v if v != v or np.isinf(v) else float(calculate(Decimal(repr(v)), number)) for v in values.tolist()]
    return np.array(made, float)


def outside(edit: Edit, values: Array) -> Iterator[tuple[int, str, str]]:
    """Which calculated values a column cannot hold: position, what it would be, and what the column holds."""
    column = edit.spec
    over = values >= column.high if column.below_high else values > column.high
    for i in np.flatnonzero(over | (values < column.low) | np.isinf(values)).tolist():
        yield i, plain(float(values[i])), expectation(column)
