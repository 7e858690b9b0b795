"""A user's file given back with every faulty cell marked and explained, and all faults listed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from optimiser.case.faults import Fault
from optimiser.case.reading.reader import open_book
from optimiser.case.reading.sheets import RawSheet, column_number
from optimiser.case.reading.which import ours
from optimiser.case.writing.printing import broken, set_up
from optimiser.case.writing.writer import AMBER, RED, Target, linked, new_cell, text_cell, title_cell, value_cell

if TYPE_CHECKING:
    from openpyxl import Workbook

TITLES = ("level", "sheet", "cell", "code", "found", "expected", "what to do")
WIDTHS = (10, 16, 12, 8, 34, 40, 60)
READING_ONLY = (
    "For reading only: values without formulas and formats. Mend your own file, by this list, and check it again."
)
"""What the marked copy says of itself: the user's own file could not be written again without losing parts of it."""
NARROW, WIDE = 10.0, 40.0
"""Widths of columns in the marked copy, in characters."""
LOOKED_AT = 500
"""Rows by whose texts a column's width is found."""
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9]\d*)")
At = Mapping[tuple[int, int], Sequence[Fault]]
"""(row, column), both from 1 -> the faults of that cell."""


def annotate(source: str | Path | bytes, faults: Sequence[Fault], target: Target, *, guarded: bool = False) -> None:
    """Write a fresh workbook with the values of a user's file in which every faulty cell is marked and explained.

    Cells with errors are red, with warnings amber, each with a comment. The first sheet, Faults, lists all
    faults with links to their cells. A file that is refused as a whole has only that sheet. guarded: as for
    `workbook.read_tables`, for files that others uploaded.
    """
    from openpyxl import Workbook

    sheets = [s for s in open_book(source, guarded=guarded).sheets if not ours(s.name)]
    book = Workbook(write_only=True)
    _list(book, faults, {s.name for s in sheets})
    for sheet in sheets:
        at: dict[tuple[int, int], list[Fault]] = defaultdict(list)
        for fault in faults:
            for cell in fault.cells or (fault.cell,):
                address = _ADDRESS.fullmatch(cell)
                if fault.sheet == sheet.name and address:
                    at[int(address[2]), column_number(address[1])].append(fault)
        _copy(book, sheet, at)
    book.save(target)


def _list(book: Workbook, faults: Sequence[Fault], sheets: set[str]) -> None:
    """The sheet of all faults, errors first, each with a link to its cell."""
    from openpyxl.styles import Font, PatternFill

    made = book.create_sheet("Faults")
    made.freeze_panes = "A4"
    set_up(made, WIDTHS, "3:3")
    said = new_cell(made, READING_ONLY)
    said.font = Font(name="Calibri", family=2, bold=True, size=13)
    made.append([said])
    made.append([])
    made.append([title_cell(made, title) for title in TITLES])
    ordered = sorted(faults, key=lambda f: f.level != "error")
    for row, fault in enumerate(ordered, 4):
        parts = (fault.level, fault.sheet, fault.cell, fault.code, fault.what, fault.expected, fault.cure)
        cells = [text_cell(made, part) for part in parts]
        cells[0].fill = PatternFill("solid", start_color=RED if fault.level == "error" else AMBER)
        if fault.sheet in sheets:
            place = fault.cell if _ADDRESS.fullmatch(fault.cell) else "A1"
            column = 3 if fault.cell else 2
            linked(cells[column - 1], row, column, fault.sheet, place)
            cells[column - 1].font = Font(name="Calibri", family=2, color="0563C1", underline="single")
        made.append(broken(made, row, parts, cells, WIDTHS))


def _copy(book: Workbook, sheet: RawSheet, at: At) -> None:
    """The values of a sheet, with the marked cells."""
    from openpyxl.cell import Cell
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    made = book.create_sheet(sheet.name)
    made.freeze_panes = "A2"
    widths = _widths(sheet)
    set_up(made, widths or [NARROW])
    columns: dict[int, list[int]] = defaultdict(list)
    for row, column in at:
        columns[row].append(column)
    unread: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for (row, column), (code, found) in sheet.marks.items():
        if code != "F12":
            unread[row].append((column, found))
    for number in range(1, max([len(sheet.rows), *columns]) + 1):
        values = list(sheet.rows[number - 1]) if number <= len(sheet.rows) else []
        for column, found in unread[number]:
            values += [""] * (column - len(values))
            values[column - 1] = found  # an error or a formula, as text
        titles = number == 1
        cells = [title_cell(made, v) if titles and isinstance(v, str) and v else value_cell(made, v) for v in values]
        for column in columns[number]:
            cells += [None] * (column - len(cells))
            cell = cells[column - 1]
            if cell is None or isinstance(cell, str):
                cell = text_cell(made, cell or "")
            elif not isinstance(cell, Cell):
                cell = new_cell(made, cell)
            here = at[number, column]
            cell.fill = PatternFill("solid", start_color=RED if any(f.level == "error" for f in here) else AMBER)
            text = "\n\n".join(f"[{f.code}] found {f.found}; expected {f.expected}; {f.cure}" for f in here)
            cell.comment = Comment(text, "Optimiser", height=120 + 16 * (len(text) // 40), width=340)
            cells[column - 1] = cell
        made.append(broken(made, number, values, cells, widths))


def _widths(sheet: RawSheet) -> list[float]:
    """Of each column, by its longest text; what is longer than the widest is broken into lines."""
    columns = zip(*sheet.rows[:LOOKED_AT], strict=True) if sheet.rows else ()
    return [min(WIDE, max(NARROW, 2.0 + max(len(str(v)) for v in column))) for column in columns]
