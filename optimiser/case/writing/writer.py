"""Typed tables -> workbooks for people: titles frozen and explained, drop-downs, number formats, text that stays text.

openpyxl is imported only where a workbook is written: it takes longer to import than a small case to solve.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

import numpy as np

from optimiser.case.reading.amounts import plain
from optimiser.case.reading.sheets import letters
from optimiser.case.spec import BY_NAME, SHEETS, STANDARD_CATEGORIES, Column, Sheet
from optimiser.case.table import Table
from optimiser.case.tolerances import NOTHING
from optimiser.case.writing.printing import broken, set_up
from optimiser.case.writing.saved import as_workbook, clean, saved

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import Cell
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

Target = str | Path | IO[bytes]

TEXT_AT_MOST = 32_767
"""Characters that a cell can hold."""
DARK, LIGHT, RED, AMBER = "1F3A5F", "DCE6F1", "FFC7CE", "FFE9A8"
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
"""What a spreadsheet program would take for the code of a character: "_x0041_" would be shown as "A"."""
TEXT = "@"
"""The number format of cells in which a spreadsheet makes nothing of what is typed: 007 stays, and + 50000 too."""
TEXTS = ("key", "ref", "text", "selection")
"""Types of columns that a template formats as Text."""
ROWS_WITH_LISTS = 1000
"""Rows below the titles of a template that offer drop-down lists."""


@dataclass(frozen=True)
class PlainSheet:
    """A sheet beside those of a case, such as a plan's. rows hold str, float, int, bool, date or None.

    formats: title -> number format, such as "#,##0"; widths: title -> width in characters.
    """

    name: str
    titles: Sequence[str]
    rows: Iterable[Sequence[Any]]
    formats: Mapping[str, str] = field(default_factory=dict)
    widths: Mapping[str, float] = field(default_factory=dict)


def write_tables(
    target: Target,
    tables: Mapping[str, Table],
    *,
    first: Sequence[PlainSheet] = (),
    last: Sequence[PlainSheet] = (),
) -> None:
    """Write a fresh workbook with every sheet that has records, in the order of the specification.

    target: a path, or a binary file. first, last: sheets before and after those of the case. A comment on each title
    explains its column (unit, default, help). Read again, the tables are the same. Raises ValueError for a path that does not
    end in .xlsx.
    """
    from openpyxl import Workbook

    as_workbook(target)

    book = Workbook(write_only=True)
    for sheet in first:
        add_plain(book, sheet)
    written = [s for s in SHEETS if s.name in tables and (len(tables[s.name]) or s.required)]
    sizes = {spec.name: len(tables[spec.name]) for spec in written}
    for spec in written:
        add_table(book, spec, tables[spec.name], sizes)
    for sheet in last:
        add_plain(book, sheet)
    saved(book, target)


def add_plain(book: Workbook, sheet: PlainSheet) -> None:
    """Add a sheet of plain rows to a write-only workbook."""
    made = book.create_sheet(sheet.name)
    made.freeze_panes = "A2"
    rows = [list(row) for row in sheet.rows]
    widths = [
        sheet.widths.get(title) or _width(title, [row[j] for row in rows[:200] if j < len(row)])
        for j, title in enumerate(sheet.titles)
    ]
    set_up(made, widths)
    made.append([title_cell(made, title) for title in sheet.titles])
    formats = [sheet.formats.get(title, "") for title in sheet.titles]
    cells = [format_cell(made, code) if code else None for code in formats]
    for number, row in enumerate(rows, 2):
        filled = [_filled(made, value, cells[j] if j < len(cells) else None) for j, value in enumerate(row)]
        made.append(broken(made, number, row, filled, widths))


def title_cell(sheet: WriteOnlyWorksheet, title: str, comment: str = "", required: bool = True) -> Cell:
    """A title: bold, white on dark blue (light where the column may stay blank), explained by a comment."""
    from openpyxl.comments import Comment
    from openpyxl.styles import Font, PatternFill

    cell = new_cell(sheet, cell_text(title))
    cell.data_type = "s"
    cell.font = Font(bold=True, color="FFFFFF" if required else "000000")
    cell.fill = PatternFill("solid", start_color=DARK if required else LIGHT)
    if comment:
        cell.comment = Comment(comment, "Optimiser", height=90 + 16 * (len(comment) // 40), width=320)
    return cell


def new_cell(sheet: WriteOnlyWorksheet, value: Any = None) -> Cell:
    """A cell that takes a format; it is placed when its row is written."""
    from openpyxl.cell import Cell

    return Cell(cast("Any", sheet), row=1, column=1, value=value)


def linked(cell: Cell, row: int, column: int, sheet: str, place: str) -> None:
    """Makes a cell, which will stand at this row and column (from 1), a link to a place of a sheet."""
    from openpyxl.worksheet.hyperlink import Hyperlink

    cell.row, cell.column = row, column
    quoted = sheet.replace("'", "''")
    cell.hyperlink = Hyperlink(ref=f"{letters(column)}{row}", location=f"'{quoted}'!{place}")


def text_cell(sheet: WriteOnlyWorksheet, text: str) -> Cell:
    """Text as text, whatever it begins with: never a formula."""
    cell = new_cell(sheet, cell_text(text))
    cell.data_type = "s"  # "=…" was taken for a formula, "#N/A" for an error
    if text[:1] in ("=", "+", "-", "@"):
        cell.quotePrefix = True
    return cell


def value_cell(sheet: WriteOnlyWorksheet, value: Any) -> Any:
    """A plain value as a cell's content: text that could be taken for something else becomes a cell of its own."""
    if isinstance(value, str):
        if not value:
            return None
        return text_cell(sheet, value) if value[0] in "=#+-@" else cell_text(value)
    if isinstance(value, float | np.floating):
        number = float(value)
        if not math.isfinite(number):
            return None
        return number if float(f"{number:.16g}") == number else _exact(new_cell(sheet), number)
    return value.item() if isinstance(value, np.generic) else value


def column_comment(column: Column) -> str:
    """What a column means, its unit and what a blank cell means, for the person who fills it in."""
    parts = [column.help]
    if column.unit:
        parts.append(f"Unit: {column.unit}.")
    if column.choices:
        parts.append("One of: " + ", ".join(column.choices) + ".")
    if column.refers:
        parts.append(f"A {BY_NAME[column.refers].columns[0].name} of the sheet {column.refers}.")
    if column.required:
        parts.append("Required.")
    elif column.default not in (None, ""):
        parts.append(f"Blank: {default_text(column)}.")
    return "\n".join(parts)


def default_text(column: Column) -> str:
    """A column's default as people write it."""
    if isinstance(column.default, bool):
        return "yes" if column.default else "no"
    return plain(column.default) if isinstance(column.default, float) else str(column.default)


def add_lists(
    sheet: WriteOnlyWorksheet, spec: Sheet, titles: Sequence[str], sizes: Mapping[str, int], rows: int
) -> None:
    """Drop-down lists for choices, flags and references in the rows 2 to `rows` + 1.

    sizes: sheet -> its number of records, for the sheets that the workbook has. A reference may be typed
    otherwise than the list has it (only case may differ); a choice or a flag may not.
    """
    from openpyxl.worksheet.datavalidation import DataValidation

    for j, title in enumerate(titles):
        column = next((c for c in spec.columns if c.name == title), None)
        if column is None:
            continue
        if column.type in ("choice", "flag"):
            options = ",".join(column.choices or ("yes", "no"))
            made = DataValidation(type="list", formula1=f'"{options}"', allow_blank=True, showErrorMessage=True)
            made.errorTitle, made.error = title, f"Choose one of: {options.replace(',', ', ')}"
        elif column.refers and sizes.get(column.refers):
            rows_of = f"'{column.refers}'!$A$2:$A${sizes[column.refers] + 1}"
            made = DataValidation(type="list", formula1=rows_of, allow_blank=True, showErrorMessage=False)
        elif column.name == "category":
            made = DataValidation(type="list", formula1=f'"{",".join(STANDARD_CATEGORIES)}"', allow_blank=True)
            made.showErrorMessage = False  # a case may have categories of its own
        else:
            continue
        made.add(f"{letters(j + 1)}2:{letters(j + 1)}{rows + 1}")
        cast("Any", sheet).data_validations.append(made)


def add_table(
    book: Workbook, spec: Sheet, table: Table, sizes: Mapping[str, int], *, comments: bool = True, footer: str = ""
) -> None:
    """One sheet of a case, in bulk: only cells that need a format become objects, one for each column."""
    made = book.create_sheet(spec.name)
    made.freeze_panes = "A2"
    filled = spec.filled(table)
    titles = [c for c in spec.names if c in filled] + [c for c in filled if c not in spec.names]
    known = {c.name: c for c in spec.columns}
    columns = [_written(table[title].tolist(), known.get(title)) for title in titles]
    set_up(made, [_width(title, values[:200]) for title, values in zip(titles, columns, strict=True)], footer=footer)
    heads = [(column_comment(known[t]), known[t].required) if t in known else ("", True) for t in titles]
    heads = heads if comments else [("", required) for _, required in heads]
    made.append([title_cell(made, title, *head) for title, head in zip(titles, heads, strict=True)])
    formats = [number_format(known.get(title), values) for title, values in zip(titles, columns, strict=True)]
    cells = [format_cell(made, code) if code else None for code in formats]
    add_lists(made, spec, titles, sizes, max(len(table), 1))
    ready = [
        [value_cell(made, v) for v in values] if cell is None else values
        for values, cell in zip(columns, cells, strict=True)
    ]
    for row in zip(*ready, strict=True):
        made.append([v if cell is None else _filled(made, v, cell) for v, cell in zip(row, cells, strict=True)])


def _written(values: list[Any], column: Column | None) -> list[Any]:
    """Values as they are written: flags as yes or no, dates as dates, NaN as blank."""
    if column is not None and column.type == "flag":
        return ["yes" if v else "no" for v in values]
    if column is not None and column.type == "date":
        return [dt.date.fromisoformat(v) if re.fullmatch(r"\d{4}-\d\d-\d\d", v) else v for v in values]
    return [None if v != v else v for v in values]


def number_format(column: Column | None, values: Sequence[Any]) -> str:
    """The number format of a column; "" where its cells need none."""
    numbers = [v for v in values if isinstance(v, float | int) and not isinstance(v, bool)]
    if column is not None and column.type == "date":
        return "yyyy-mm-dd"
    if column is None or column.type != "number" or column.unit == "year":
        return ""
    if column.unit == "share":
        return "0%" if all(abs(v * 100 - round(v * 100)) < NOTHING for v in numbers) else "0.00%"
    if column.unit.startswith("money"):
        return "#,##0" if all(v == int(v) for v in numbers) else "#,##0.00"
    return ""


def format_cell(sheet: WriteOnlyWorksheet, number_format: str) -> Cell:
    """A cell of a number format, with nothing in it yet."""
    cell = new_cell(sheet)
    cell.number_format = number_format
    return cell


def _filled(sheet: WriteOnlyWorksheet, value: Any, cell: Cell | None) -> Any:
    """The content of a cell; `cell` is used again for each row, which is written before the next one is made."""
    content = value_cell(sheet, value)
    if cell is None or isinstance(content, bool) or not isinstance(content, float | int | dt.date):
        return content
    kept = cell.number_format
    cell.value = content
    cell.number_format = kept  # a date would bring its own
    return cell


def _exact(cell: Cell, number: float) -> Cell:
    """A cell with all 17 digits of a number, where openpyxl would write 16 and so another number."""
    cell.value = number
    cast("Any", cell)._value = repr(number)
    return cell


def cell_text(text: str) -> str:
    """Text as a cell holds it: without the characters that XML cannot hold, as long as a cell allows."""
    return _ESCAPE.sub("_x005F_", clean(text))[:TEXT_AT_MOST]


def _width(title: str, values: Iterable[Any]) -> float:
    longest = max(
        (len(f"{v:,.2f}") if isinstance(v, float) else len(str(v)) for v in values if v is not None), default=0
    )
    return float(min(48, max(10, len(title) + 3, longest + 2)))
