"""Sheets for people in one workbook: named tables, formats, formulas with their values, print set-up, the same bytes each time.

openpyxl cannot store a formula's value, writes a line's end at the foot of a page as not every program reads it, and puts
the time into the file; these are mended in the file's XML afterwards.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from optimiser.case.reading.sheets import letters
from optimiser.case.writing.printing import broken, set_up
from optimiser.case.writing.saved import saved, timeless
from optimiser.case.writing.writer import Target, column_comment, new_cell, title_cell, value_cell

if TYPE_CHECKING:
    from optimiser.case.spec import Sheet
    from optimiser.case.table import Table

NARROWEST, WIDEST = 9.0, 36.0
"""Width of columns, in characters."""
_FOOT = re.compile(rb"<odd(?:Header|Footer)>.*?</odd(?:Header|Footer)>", re.DOTALL)
_FORMULA = re.compile(rb'(<c r="([A-Z]+[0-9]+)"[^>]*><f>[^<]*</f>)(?:<v ?/>|<v></v>)(</c>)')


@dataclass(frozen=True)
class CellFormula:
    """A formula (`=SUM(…)`) with the value that it has."""

    text: str
    value: float


@dataclass(frozen=True)
class SheetLine:
    """One row of a free sheet. look: `title`, `headline`, `text`, `head` or ""; formats: of the cells, in order."""

    values: Sequence[Any]
    look: str = ""
    formats: Sequence[str] = ()


class Book:
    """A workbook that is being written, sheet by sheet. footer: what stands at the foot of every printed page."""

    def __init__(self, footer: str) -> None:
        from openpyxl import Workbook

        self.workbook = Workbook(write_only=True)
        self.workbook.properties.creator = "Optimiser"
        self.footer = footer
        self._values: dict[tuple[int, str], float] = {}

    def add_table(self, spec: Sheet, table: Table, formats: Mapping[str, str | Sequence[str]]) -> None:
        """A sheet that is one named table. formats: column -> number format, or one for each row."""
        sheet: Any = self.workbook.create_sheet(spec.name)
        sheet.freeze_panes = "A2"
        columns = [_shown(table[c].tolist()) for c in spec.names]
        widths = [width(title, values[:500]) for title, values in zip(spec.names, columns, strict=True)]
        set_up(sheet, widths, footer=self.footer)
        sheet.append([title_cell(sheet, c.name, column_comment(c)) for c in spec.columns])
        of_rows = [_formats(formats.get(c, ""), len(table)) for c in spec.names]
        for r, (row, row_formats) in enumerate(
            zip(zip(*columns, strict=True), zip(*of_rows, strict=True), strict=True), 2
        ):
            cells = [formatted(sheet, v, f) for v, f in zip(row, row_formats, strict=True)]
            sheet.append(broken(sheet, r, row, cells, widths))
        if len(table):
            area = f"A1:{letters(len(columns))}{len(table) + 1}"
            sheet.tables.add(_named_table(f"Plan{spec.name}", area, spec.names))

    def add_lines(self, name: str, lines: Sequence[SheetLine], widths: Sequence[float], frozen: str = "") -> None:
        """A free sheet, line by line. widths: of its columns, in characters."""
        sheet: Any = self.workbook.create_sheet(name)
        if frozen:
            sheet.freeze_panes = frozen
        set_up(sheet, widths, "1:1" if frozen else "", self.footer)
        number = len(self.workbook.worksheets)
        for r, line in enumerate(lines, 1):
            cells = []
            for j, value in enumerate(line.values):
                shown = line.formats[j] if j < len(line.formats) else ""
                if isinstance(value, CellFormula):
                    self._values[number, f"{letters(j + 1)}{r}"] = value.value
                    cells.append(formatted(sheet, value.text, shown, formula=True))
                else:
                    cells.append(_looking(sheet, value, line.look, shown))
            free = line.look in ("title", "headline") or len(line.values) == 1 or (line.look == "text" and not frozen)
            sheet.append(cells if free else broken(sheet, r, line.values, cells, widths))

    def save(self, target: Target) -> None:
        """Write the file: formulas with their values, no time in it, the same bytes for the same content."""
        made = io.BytesIO()
        saved(self.workbook, made)
        finished = with_stored_values(made.getvalue(), self._values)
        if isinstance(target, str | Path):
            Path(target).write_bytes(finished)
        else:
            target.write(finished)


def _named_table(name: str, area: str, titles: Sequence[str]) -> Any:
    """What spreadsheet programs call a table: its rows can be filtered, and formulas can name it."""
    from openpyxl.worksheet.filters import AutoFilter
    from openpyxl.worksheet.table import Table as ListObject
    from openpyxl.worksheet.table import TableColumn, TableStyleInfo

    columns = [TableColumn(id=k, name=title) for k, title in enumerate(titles, 1)]
    made = ListObject(displayName=name, ref=area, autoFilter=AutoFilter(ref=area), tableColumns=columns)
    made.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
    return made


def width(title: str, values: Sequence[Any]) -> float:
    """Width of a column in characters, from its title and its values."""
    longest = max(
        (len(f"{v:,.1f}") if isinstance(v, float) else len(str(v)) for v in values if v is not None), default=0
    )
    return min(WIDEST, max(NARROWEST, len(title) + 4.0, longest + 2.0))


def formatted(sheet: Any, value: Any, number_format: str, formula: bool = False) -> Any:
    """A cell's content; a cell of its own where it has a number format. Text is never taken for a formula."""
    content = value if formula else value_cell(sheet, value)
    if formula or (number_format and isinstance(value, float | int) and not isinstance(value, bool)):
        cell: Any = content if hasattr(content, "number_format") else new_cell(sheet, content)
        if number_format:
            cell.number_format = number_format
        return cell
    return content


def _looking(sheet: Any, value: Any, look: str, number_format: str) -> Any:
    from openpyxl.styles import Font

    if look == "head" and value is not None:
        return title_cell(sheet, str(value))
    content = formatted(sheet, value, number_format)
    if look in ("title", "headline") and isinstance(content, str):
        cell: Any = new_cell(sheet)
        cell._value, cell.data_type = content, "s"
        cell.font = Font(name="Calibri", family=2, bold=True, size=18 if look == "title" else 13)
        return cell
    return content


def _shown(values: list[Any]) -> list[Any]:
    return [None if v != v else ("yes" if v else "no") if isinstance(v, bool) else v for v in values]


def _formats(given: str | Sequence[str], rows: int) -> Sequence[str]:
    return [given] * rows if isinstance(given, str) else given


def with_stored_values(data: bytes, values: Mapping[tuple[int, str], float]) -> bytes:
    """A workbook with the formulas' values, by number of the sheet (from 1) and cell, and without times."""

    def mended(name: str, part: bytes) -> bytes:
        sheet = re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", name)
        if not sheet:
            return part
        part = _FOOT.sub(lambda found: found[0].replace(b"_x000a_", b"\n").replace(b"_x000A_", b"\n"), part)
        return _with_values(part, {c: v for (n, c), v in values.items() if n == int(sheet[1])})

    return timeless(data, mended)


def _with_values(content: bytes, values: Mapping[str, float]) -> bytes:
    if not values:
        return content
    done: set[str] = set()

    def filled(found: re.Match[bytes]) -> bytes:
        cell = found[2].decode()
        done.add(cell)
        return found[1] + f"<v>{values[cell]!r}</v>".encode() + found[3]

    made = _FORMULA.sub(filled, content)
    if done != set(values):
        raise AssertionError(f"formulas without their values: {sorted(set(values) ^ done)}")
    return made
