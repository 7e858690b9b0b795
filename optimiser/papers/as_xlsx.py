"""A paper as a workbook: sums are live formulas with their values, bars are native charts, every page can be read printed."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field
from itertools import zip_longest
from textwrap import wrap
from typing import Any

from optimiser.case.reading.sheets import letters
from optimiser.case.writing.printing import HIGHEST, LINE, broad, lines_of
from optimiser.case.writing.saved import clean, saved
from optimiser.case.writing.writer import cell_text
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
    figure_of,
    said,
)
from optimiser.papers.figures import Figure
from optimiser.papers.native_chart import bar_chart
from optimiser.papers.sheet_template import opened, put
from optimiser.report.documents.report_sheets import with_stored_values

UPRIGHT, ACROSS = 93.0, 125.0
"""Widths in characters that a page of Letter or A4 holds, upright and across, in type of at least 9 points."""
_NARROWEST, _WIDEST, _SQUEEZED, _CHART = 10.0, 66.0, 15.0, 88.0
"""Widths of columns in characters: of any, of one with text, of one with text that must yield; of all beside a chart."""
_BROAD, _BOLD = 1.17, 1.12
"""Widths of a digit, of the type that a program takes which lacks Calibri, in characters of a column; of bold letters."""
_PAGE = {False: 790.0, True: 580.0}
"""Height of what is printed on a page of A4 or Letter in points, upright and across, at the smallest size."""
_FOOT, _FOOT_KEPT = 225, 165
"""Letters that the foot of a page holds (Excel takes 255 with its codes), and of a longer one those kept at its end."""
_SHEET = re.compile(r"[\[\]:*?/\\']")
_FORMATS = {"whole": "#,##0", "count": "#,##0", "share": "0.0%", "people": "#,##0.0", "points": "#,##0.0"}
_SIZES = {"title": 18.0, "headline": 13.0}


@dataclass(frozen=True)
class _RowLaid:
    """One row. look: title, headline, text, head, row, strong or "" (nothing in it); top: of the first row of its table."""

    look: str
    cells: tuple[Cell, ...] = ()
    numbers: frozenset[int] = frozenset()
    top: int = 0


@dataclass
class _SheetLaid:
    """A sheet while it is laid out. charts: title, first and last row, in rows of the sheet; heads: rows of titles."""

    name: str
    lines: list[_RowLaid] = field(default_factory=list)
    charts: list[tuple[str, int, int]] = field(default_factory=list)
    heads: list[int] = field(default_factory=list)

    def add(self, look: str, *cells: Cell) -> None:
        """A row of its own; a headline has a blank one above it, but for the first of the sheet."""
        if look == "headline" and self.lines:
            self.lines.append(_RowLaid(""))
        self.lines.append(_RowLaid(look, cells))


def write(paper: Document, template: bytes | None = None) -> bytes:
    """The file. template: an .xlsx whose first sheet is the letterhead of every sheet."""
    book, head = opened(template)
    values: dict[tuple[int, str], float] = {}
    for number, laid in enumerate(_sheets(paper), 1):
        sheet = book.create_sheet(laid.name)
        above = put(head, sheet) if head is not None else 0
        _fill(sheet, laid, above)
        values |= {(number, place): value for place, value in _formulas(laid, above)}
        _printed(sheet, laid, above, paper.foot, head is not None)
    if head is not None:
        book.remove(head.sheet)
    book.properties.creator, book.properties.title = "Optimiser", clean(paper.title)[:255]
    target = io.BytesIO()
    saved(book, target)
    return with_stored_values(target.getvalue(), values)


def _sheets(paper: Document) -> list[_SheetLaid]:
    """The rows of each sheet: a new one begins after each break."""
    made = [_SheetLaid(_named(paper.title, set()))]
    made[0].add("title", paper.title)
    if paper.lead:
        made[0].add("text", paper.lead)
    fresh = False
    for block, after in zip_longest(paper.blocks, paper.blocks[1:]):
        if isinstance(block, Break):
            fresh = True
            continue
        if fresh:
            title = block.text if isinstance(block, Heading) else f"{paper.title} {len(made) + 1}"
            made.append(_SheetLaid(_named(title, {s.name.casefold() for s in made})))
            fresh = False
        if not (isinstance(block, Heading) and isinstance(after, Grid | Bars)):  # its own name stands above a table
            _add(made[-1], block, paper.currency)
    return made


def _named(title: str, taken: set[str]) -> str:
    base = _SHEET.sub(" ", clean(title).replace("'", "’")).strip()[:28].strip() or "Paper"
    made, number = base, 2
    while made.casefold() in taken:
        made, number = f"{base} {number}", number + 1
    return made


def _add(sheet: _SheetLaid, block: Block, currency: str) -> None:
    if isinstance(block, Heading):
        sheet.add("headline", block.text)
    elif isinstance(block, Para):
        sheet.add("text", "".join(said(p, currency) for p in block.parts))
    elif isinstance(block, Grid):
        _grid(sheet, block)
    elif isinstance(block, Bars):
        _grid(sheet, Grid(block.name, ("", block.title), tuple(block.items), frozenset({1})))
        if block.items:
            sheet.charts.append((block.title, len(sheet.lines) - len(block.items) + 1, len(sheet.lines)))
    elif isinstance(block, Signature):
        for name in block.names:
            sheet.add("text", f"{name}, signature and date: {BLANK * 2}")


def _grid(sheet: _SheetLaid, block: Grid) -> None:
    sheet.add("headline", block.name)
    top = len(sheet.lines) + 2
    sheet.heads.append(top - 1)
    sheet.lines.append(_RowLaid("head", block.titles, block.numbers))
    for i, row in enumerate(block.rows):
        sheet.lines.append(_RowLaid("strong" if i in block.strong else "row", row, block.numbers, top))


def _widths(sheet: _SheetLaid) -> list[float]:
    """Widths of the columns in characters: as wide as their texts, and all together no wider than a page."""
    made: list[float] = []
    texts: set[int] = set()
    for line in sheet.lines:
        if line.look not in ("head", "row", "strong"):
            continue
        for j, cell in enumerate(line.cells):
            shown, number = said(cell, "USD"), j in line.numbers
            if line.look == "head":  # titles break between words
                shown = max(shown.split(" "), key=len)
            elif not number and isinstance(cell, str):
                texts.add(j)
            made += [_NARROWEST] * (j + 1 - len(made))
            need = len(shown) * _BROAD if number else broad(shown) * (_BOLD if line.look != "row" else 1.0)
            made[j] = min(_WIDEST, max(made[j], need + 3))
    made = made or [_WIDEST]
    while sum(made) > ACROSS:
        wide = max(texts, key=lambda j: made[j], default=0)
        if not texts or made[wide] <= _SQUEEZED:
            break
        made[wide] -= 1.0
    missing = (_CHART if sheet.charts else 60.0) - sum(made)
    return [made[0] + max(missing, 0.0), *made[1:]]


def _fill(sheet: Any, laid: _SheetLaid, above: int) -> None:
    """Every row, its looks and its height."""
    widths, kept = _widths(laid), dict[object, Any]()
    for j, size in enumerate(widths):
        sheet.column_dimensions[letters(j + 1)].width = size
    for r, line in enumerate(laid.lines, above + 1):
        if line.look in ("title", "headline", "text"):
            _free(sheet, r, line, widths)
            continue
        lines = 1
        for j, cell in enumerate(line.cells):
            _cell(sheet.cell(r, j + 1), cell, line, j, above, kept)
            if isinstance(cell, str):
                bold = _BOLD if line.look != "row" else 1.0
                lines = max(lines, lines_of(cell, widths[j] / bold - (j > 0)))
        if lines > 1:
            sheet.row_dimensions[r].height = min(HIGHEST, LINE * lines)
    place = above + len(laid.lines) + 2
    for title, first, last in laid.charts:
        place = bar_chart(sheet, title, above + first, above + last, place, len(widths))


def _free(sheet: Any, r: int, line: _RowLaid, widths: Sequence[float]) -> None:
    """A title or a sentence over all columns, in as many lines as it needs."""
    from openpyxl.styles import Alignment, Font

    (text,) = line.cells
    assert isinstance(text, str)
    size = _SIZES.get(line.look, 11.0)
    cell = sheet.cell(r, 1)
    _text(cell, text)
    cell.font = Font(name="Calibri", family=2, size=size, bold=line.look != "text")
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if len(widths) > 1:
        sheet.merge_cells(start_row=r, end_row=r, start_column=1, end_column=len(widths))
    lines = lines_of(clean(text), sum(widths) * 11 / size / (_BOLD if cell.font.bold else 1.0))
    sheet.row_dimensions[r].height = min(HIGHEST, lines * size * 1.37)


def _cell(cell: Any, value: Cell, line: _RowLaid, j: int, above: int, kept: dict[object, Any]) -> None:
    """One cell of a table. kept: the looks that were made before, which are slow to make."""
    shown, number = figure_of(value), ""
    if isinstance(value, Total):
        cell.value = _sum(value.of, above + line.top)
    elif isinstance(value, Figure):
        cell.value = value.value
    else:
        _text(cell, BLANK if isinstance(value, Missing) else value)
    if shown is not None:
        number = _FORMATS.get(shown.unit) or ("#,##0" if float(shown.value).is_integer() else "#,##0.00")
    missing = isinstance(value, Missing)
    look = (line.look, j in line.numbers, j > 0, missing, number, cell.quotePrefix)
    if look not in kept:
        _style(cell, line.look, j in line.numbers, j > 0, missing, number)
        kept[look] = cell._style
    cell._style = copy(kept[look])


def _style(cell: Any, look: str, right: bool, inner: bool, missing: bool, number: str) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    if number:
        cell.number_format = number
    cell.alignment = Alignment(
        wrap_text=not (number or missing),
        vertical="bottom" if look == "head" else "top",
        horizontal="right" if right else "left",
        indent=int(inner and not right),
    )
    white = "FFFFFF" if look == "head" else None
    cell.font = Font(name="Calibri", family=2, size=11, bold=look != "row", color=white)
    if look == "head":
        cell.fill = PatternFill("solid", start_color="1F3A5F")
    elif missing:
        cell.fill = PatternFill("solid", start_color="FFF2B3")
    if look == "strong":
        cell.border = Border(top=Side("thin", color="808B99"))


def _text(cell: Any, text: str) -> None:
    """Text as text, whatever it begins with: never a formula, never an error."""
    if text:
        cell._value, cell.data_type = cell_text(text), "s"
        if text[:1] in ("=", "+", "-", "@"):
            cell.quotePrefix = True


def _formulas(laid: _SheetLaid, above: int) -> Iterator[tuple[str, float]]:
    """Place and value of every formula."""
    for r, line in enumerate(laid.lines, above + 1):
        for j, cell in enumerate(line.cells):
            if isinstance(cell, Total):
                yield f"{letters(j + 1)}{r}", cell.figure.value


def _sum(of: Sequence[tuple[int, int]], top: int) -> str:
    """The formula of a sum; cells that stand together are one range."""
    if not of:
        return "=0"
    rows, columns = sorted({r for r, _ in of}), sorted({c for _, c in of})
    block = len(rows) * len(columns) == len(of)
    if block and rows[-1] - rows[0] == len(rows) - 1 and columns[-1] - columns[0] == len(columns) - 1 and len(of) > 1:
        return f"=SUM({letters(columns[0] + 1)}{top + rows[0]}:{letters(columns[-1] + 1)}{top + rows[-1]})"
    return "=" + "+".join(f"{letters(c + 1)}{top + r}" for r, c in of)


def _paged(sheet: Any, laid: _SheetLaid, above: int, page: float) -> None:
    """A table that would be broken by a page's end, and fits on a page, begins on the next. page: its height in points."""
    from openpyxl.worksheet.pagebreak import Break

    def high(r: int) -> float:
        return float(sheet.row_dimensions[r].height or LINE)

    used = sum(high(r) for r in range(1, above + 1))
    starts = [k - 1 for k in laid.heads]  # the line of the name, from 1
    for k, line in enumerate(laid.lines, 1):
        if k in starts:
            end = next((n for n in range(k, len(laid.lines)) if not laid.lines[n].look), len(laid.lines))
            whole = sum(high(above + n) for n in range(k, end + 1))
            if used + whole > page >= whole and used:
                sheet.row_breaks.append(Break(id=above + k - 1))
                used = 0.0
        used += high(above + k) if line.look or used else 0.0


def _printed(sheet: Any, laid: _SheetLaid, above: int, foot: str, own: bool) -> None:
    """How it prints: one page wide, the titles of a table on each page, and at the foot what it was made of."""
    from openpyxl.worksheet.properties import PageSetupProperties

    across = sum(_widths(laid)) > UPRIGHT
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.orientation = "landscape" if across else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    _paged(sheet, laid, above, _PAGE[across])
    if len({laid.lines[head - 1].cells for head in laid.heads}) == 1 and not laid.charts:
        row = above + laid.heads[0]
        sheet.print_title_rows = f"{row}:{row}"
    if not own:
        margins = sheet.page_margins
        margins.left = margins.right = 0.4
        margins.top, margins.bottom, margins.header, margins.footer = 0.6, 0.9, 0.3, 0.3
    if not sheet.oddHeader.right.text:
        sheet.oddHeader.right.text, sheet.oddHeader.right.size = "&A, page &P of &N", 11
    if len(foot) > _FOOT:
        foot = f"{foot[: _FOOT - _FOOT_KEPT - 3]} … {foot[-_FOOT_KEPT:]}"
    before = f"{sheet.oddFooter.left.text}\n" if sheet.oddFooter.left.text else ""
    lines = "\n".join(wrap(clean(foot), 130 if across else 90))
    sheet.oddFooter.left.text, sheet.oddFooter.left.size = before + lines.replace("&", "&&"), 11
