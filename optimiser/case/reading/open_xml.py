"""What the content of an OpenDocument spreadsheet (.ods) says that a reader of cells keeps silent about.

The same facts as `sheet_xml` finds in a worksheet of Excel, so that both are checked alike. It runs in the child
process, where memory and time are limited; the package was scanned before (no document type, no entities).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from optimiser.case.reading.sheet_xml import SheetFacts
from optimiser.case.reading.sheets import COLUMNS_AT_MOST, ROWS_AT_MOST, Hidden, is_sum

_NAMES = "urn:oasis:names:tc:opendocument:xmlns:"
_TABLE, _OFFICE = f"{_NAMES}table:1.0 ", f"{_NAMES}office:1.0 "
_CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 "
_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_SHOWN_ERROR = re.compile(r"#[A-Z/0-9]+[!?]|#N/A|Err:\d+")
_ELSEWHERE = re.compile(r"\['[^']*'#|file://")
MARKS_AT_MOST = 10_000


def look_open(data: bytes) -> Mapping[str, SheetFacts]:
    """The facts of each sheet of an .ods file by its name; of any other file nothing. Raises ValueError for damage."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if "content.xml" not in archive.namelist():
            return {}
        content = archive.read("content.xml")
    look = _Handlers()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = look.start, look.end
    parser.CharacterDataHandler = look.characters
    try:
        parser.Parse(content, True)
    except expat.ExpatError as problem:
        raise ValueError(str(problem)) from problem
    return look.facts


@dataclass
class _SheetRead:
    """A sheet while it is read; row and column are those of the next cell, from 1."""

    name: str
    row: int = 1
    column: int = 1
    columns: int = 1
    rows_repeated: int = 1
    cells: int = 0
    marks: dict[tuple[int, int], tuple[str, str]] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: int = 0
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    sums: set[tuple[int, int]] = field(default_factory=set)
    row_is_hidden: bool = False
    row_has_cells: bool = False


class _Handlers:
    """The parser's handlers."""

    def __init__(self) -> None:
        self.facts: dict[str, SheetFacts] = {}
        self.sheets: list[_SheetRead] = []
        self.cell: dict[str, str] | None = None
        self.note = 0
        self.shown: list[str] = []

    def start(self, name: str, about: dict[str, str]) -> None:
        """An element begins."""
        if name == f"{_TABLE}table":
            self.sheets.append(_SheetRead(about.get(f"{_TABLE}name", "")))
        elif not self.sheets:
            return
        elif name == f"{_OFFICE}annotation":
            self.note += 1
        elif len(self.sheets) > 1:
            return  # a table within a cell
        elif name == f"{_TABLE}table-column":
            self._column(about)
        elif name == f"{_TABLE}table-row":
            sheet = self.sheets[0]
            sheet.rows_repeated = _count(about, "number-rows-repeated")
            sheet.row_is_hidden = about.get(f"{_TABLE}visibility", "visible") != "visible"
            sheet.row_has_cells, sheet.column = False, 1
        elif name in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            self.cell, self.shown = about, []

    def characters(self, text: str) -> None:
        """Text of a cell, but for its notes."""
        if self.cell is not None and not self.note and len(self.shown) < 20:
            self.shown.append(text[:200])

    def end(self, name: str) -> None:
        """An element ends."""
        if not self.sheets:
            return
        if name == f"{_OFFICE}annotation":
            self.note -= 1
        elif name == f"{_TABLE}table":
            done = self.sheets.pop()
            if not self.sheets:
                self.facts[done.name] = SheetFacts(
                    done.cells,
                    marks=done.marks,
                    merged=tuple(done.merged),
                    hidden=Hidden(done.hidden_rows, tuple(done.hidden_columns)),
                    sums=frozenset(done.sums),
                )
        elif len(self.sheets) > 1:
            return
        elif name == f"{_TABLE}table-row":
            sheet = self.sheets[0]
            sheet.hidden_rows += sheet.rows_repeated if sheet.row_is_hidden and sheet.row_has_cells else 0
            sheet.row += sheet.rows_repeated
        elif name in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell") and self.cell is not None:
            self._cell(self.sheets[0], self.cell)
            self.cell = None

    def _column(self, about: dict[str, str]) -> None:
        sheet = self.sheets[0]
        last = sheet.columns + _count(about, "number-columns-repeated") - 1
        if about.get(f"{_TABLE}visibility", "visible") != "visible":
            sheet.hidden_columns.append((sheet.columns, last))
        sheet.columns = last + 1

    def _cell(self, sheet: _SheetRead, about: dict[str, str]) -> None:
        row, column = sheet.row, sheet.column
        repeated = _count(about, "number-columns-repeated")
        sheet.column += repeated
        if len(about) - (f"{_TABLE}number-columns-repeated" in about) - (f"{_TABLE}style-name" in about) or self.shown:
            sheet.row_has_cells = True
            sheet.cells += repeated * sheet.rows_repeated
        high, wide = _count(about, "number-rows-spanned"), _count(about, "number-columns-spanned")
        if high > 1 or wide > 1:
            sheet.merged.append((row, column, row + high - 1, column + wide - 1))
        mark = _mark(about, "".join(self.shown).strip())
        formula = re.sub(
            r"\[\.([^\]:]+)(?::\.([^\]]+))?\]", _reference, about.get(f"{_TABLE}formula", "").removeprefix("of:")
        )
        for r in range(row, min(row + sheet.rows_repeated, ROWS_AT_MOST + 1)):
            if not (mark or formula) or len(sheet.marks) > MARKS_AT_MOST:
                break
            for c in range(column, min(column + repeated, COLUMNS_AT_MOST + 1)):
                if mark:
                    sheet.marks[r, c] = mark
                if formula and is_sum(formula, r, c):
                    sheet.sums.add((r, c))


def _reference(found: re.Match[str]) -> str:
    return f"{found[1]}:{found[2]}" if found[2] else found[1]


def _count(about: Mapping[str, Any], name: str) -> int:
    written = str(about.get(f"{_TABLE}{name}", "1"))
    return max(1, int(written)) if written.isdigit() and len(written) < 10 else 1


def _mark(about: Mapping[str, str], shown: str) -> tuple[str, str] | None:
    """What is wrong with a cell: an error, a formula without a value, a number that is none, a foreign value."""
    kind, formula = about.get(f"{_OFFICE}value-type", ""), about.get(f"{_TABLE}formula")
    if about.get(f"{_CALC}value-type") == "error" or (formula is not None and _SHOWN_ERROR.fullmatch(shown)):
        return "N12", shown or "an error"
    if formula is not None and not kind:
        return "N13", f"={formula.removeprefix('of:=')}"
    if kind in ("float", "percentage", "currency"):
        value = about.get(f"{_OFFICE}value", "")
        if not _NUMBER.fullmatch(value):
            return "N18", value or shown
    if formula is not None and _ELSEWHERE.search(formula):
        return "F12", shown
    return None
