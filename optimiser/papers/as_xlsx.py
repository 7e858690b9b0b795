"""A paper as a workbook: sums are live formulas with their values, bars are native charts."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from optimiser.case.reading.sheets import letters
from optimiser.papers.blocks import (
    BLANK,
    Bars,
    Block,
    Break,
    Cell,
    Document,
    Grid,
    Heading,
    Missing,
    Para,
    Signature,
    Total,
    said,
)
from optimiser.papers.figures import Figure
from optimiser.papers.office_files import clean
from optimiser.report.documents.report_sheets import Book, CellFormula, SheetLine

_SHEET = re.compile(r"[\[\]:*?/\\']")
_WIDEST, _NARROWEST, _LABEL = 44.0, 11.0, 30.0
_FORMATS = {"whole": "#,##0", "count": "#,##0", "share": "0.0%", "people": "#,##0.0", "points": "#,##0.0"}


@dataclass
class _Sheet:
    """A sheet while it is laid out. charts: title, first and last row of the labels, where it stands."""

    name: str
    lines: list[SheetLine] = field(default_factory=list)
    widths: list[float] = field(default_factory=list)
    charts: list[tuple[str, int, int]] = field(default_factory=list)

    def wide(self, column: int, text: str) -> None:
        """Makes a column wide enough."""
        while len(self.widths) <= column:
            self.widths.append(_NARROWEST)
        self.widths[column] = min(_WIDEST, max(self.widths[column], len(text) * 1.15 + 2))


def write(paper: Document) -> bytes:
    """The file."""
    book = Book(clean(paper.foot))
    sheets = [_Sheet(_named(paper.title, set()))]
    sheets[0].lines.append(SheetLine((clean(paper.title),), "title"))
    if paper.lead:
        sheets[0].lines.append(SheetLine((clean(paper.lead),), "text"))
    fresh = False
    for block in paper.blocks:
        if isinstance(block, Break):
            fresh = True
            continue
        if fresh:
            title = block.text if isinstance(block, Heading) else f"{paper.title} {len(sheets) + 1}"
            sheets.append(_Sheet(_named(title, {s.name.casefold() for s in sheets})))
            fresh = False
        _add(sheets[-1], block, paper.currency)
    for sheet in sheets:
        book.add_lines(sheet.name, sheet.lines, sheet.widths or [_LABEL])
        for title, first, last in sheet.charts:
            _chart(book.workbook.worksheets[-1], title, first, last, len(sheet.widths))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _named(title: str, taken: set[str]) -> str:
    base = _SHEET.sub(" ", clean(title)).strip()[:28].strip() or "Paper"
    made, number = base, 2
    while made.casefold() in taken:
        made, number = f"{base} {number}", number + 1
    return made


def _add(sheet: _Sheet, block: Block, currency: str) -> None:
    if isinstance(block, Heading):
        sheet.lines += [SheetLine(()), SheetLine((clean(block.text),), "headline")]
    elif isinstance(block, Para):
        sheet.lines.append(SheetLine((clean("".join(said(p, currency) for p in block.parts)),), "text"))
    elif isinstance(block, Grid):
        _grid(sheet, block)
    elif isinstance(block, Bars):
        rows = tuple((label, figure) for label, figure in block.items)
        first = len(sheet.lines) + 4
        _grid(sheet, Grid(block.name, ("", block.title), rows, frozenset({1})))
        if rows:
            sheet.charts.append((block.title, first, first + len(rows) - 1))
    elif isinstance(block, Signature):
        sheet.lines += [SheetLine((f"{name}, signature and date: {BLANK * 2}",), "text") for name in block.names]


def _grid(sheet: _Sheet, block: Grid) -> None:
    sheet.lines += [SheetLine(()), SheetLine((clean(block.name),), "headline")]
    top = len(sheet.lines) + 2
    sheet.lines.append(SheetLine(tuple(clean(t) for t in block.titles), "head"))
    for j, title in enumerate(block.titles):
        sheet.wide(j, title)
    for row in block.rows:
        values = [_value(cell, top) for cell in row]
        formats = [_format(cell) for cell in row]
        sheet.lines.append(SheetLine(values, formats=formats))
        for j, cell in enumerate(row):
            sheet.wide(j, said(cell, "USD"))


def _value(cell: Cell, top: int) -> Any:
    if isinstance(cell, Total):
        return CellFormula(_sum(cell.of, top), cell.figure.value)
    if isinstance(cell, Figure):
        return cell.value
    return BLANK if isinstance(cell, Missing) else clean(cell) or None


def _sum(of: Sequence[tuple[int, int]], top: int) -> str:
    """The formula of a sum; cells that stand together are one range."""
    if not of:
        return "=0"
    rows, columns = sorted({r for r, _ in of}), sorted({c for _, c in of})
    block = len(rows) * len(columns) == len(of)
    if block and rows[-1] - rows[0] == len(rows) - 1 and columns[-1] - columns[0] == len(columns) - 1 and len(of) > 1:
        return f"=SUM({letters(columns[0] + 1)}{top + rows[0]}:{letters(columns[-1] + 1)}{top + rows[-1]})"
    return "=" + "+".join(f"{letters(c + 1)}{top + r}" for r, c in of)


def _format(cell: Cell) -> str:
    shown = cell.figure if isinstance(cell, Total) else cell
    if not isinstance(shown, Figure):
        return ""
    return _FORMATS.get(shown.unit) or ("#,##0" if float(shown.value).is_integer() else "#,##0.00")


def _chart(sheet: Any, title: str, first: int, last: int, columns: int) -> None:
    from openpyxl.chart import BarChart, Reference

    made: Any = BarChart()
    made.type, made.style, made.legend = "bar", 10, None
    made.title = clean(title)
    made.add_data(Reference(sheet, min_col=2, min_row=first, max_row=last))
    made.set_categories(Reference(sheet, min_col=1, min_row=first, max_row=last))
    made.x_axis.scaling.orientation = "maxMin"
    made.x_axis.delete = made.y_axis.delete = False
    made.x_axis.tickLblPos = "low"
    made.y_axis.numFmt, made.y_axis.majorGridlines = "#,##0", None
    made.gapWidth = 45
    made.height = max(6.0, 0.62 * (last - first + 1) + 2.5)  # centimetres
    made.width = 24.0
    made.series[0].graphicalProperties.solidFill = "3A7BC8"
    sheet.add_chart(made, f"{letters(max(columns, 2) + 2)}{max(first - 2, 1)}")
