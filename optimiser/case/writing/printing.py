"""How a sheet prints: on A4 and on Letter alike, its titles on every page, never smaller than can be read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from textwrap import wrap
from typing import Any

UPRIGHT, ACROSS = 110, 190
"""Widths in characters that one page holds, upright and across, in letters that can be read (about 8 points)."""
LINE, HIGHEST = 15.0, 405.0
"""Height of a line and of the highest row, in points."""
_LONGEST_FOOTER = 100


def set_up(sheet: Any, widths: Sequence[float], titles: str = "1:1", footer: str = "") -> None:
    """Set up a sheet of openpyxl for printing, before anything is written into it.

    widths: of its columns, in characters; titles: the rows that stand on every page ("" for none). No paper is named:
    the printer's own is taken, and the columns are fitted to it; a sheet too wide for one page goes over several, with
    its first column on each.
    """
    from openpyxl.worksheet.properties import PageSetupProperties

    total = sum(widths)
    pages = 1 if total <= ACROSS else math.ceil((total - widths[0]) / (ACROSS - widths[0]))
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.orientation = "portrait" if total <= UPRIGHT else "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = pages, 0
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    margins.top, margins.bottom, margins.header, margins.footer = 0.5, 0.7, 0.3, 0.3
    if titles:
        sheet.print_title_rows = titles
    if pages > 1:
        sheet.print_title_cols = "A:A"
    sheet.oddFooter.left.text = _footer(footer)
    sheet.oddFooter.right.text = "&A, page &P of &N"


def broken(sheet: Any, row: int, values: Sequence[Any], cells: Sequence[Any], widths: Sequence[float]) -> Sequence[Any]:
    """The cells of the row with this number, with texts that are longer than their column broken into lines.

    values: what the cells hold. The row is made as high as its lines need, since not every program does it itself.
    """
    lines = max((_lines(v, size) for v, size in zip(values, widths, strict=False) if isinstance(v, str)), default=1)
    if lines < 2:
        return cells
    sheet.row_dimensions[row].height = min(HIGHEST, LINE * lines)
    return [_wrapping(sheet, cell) for cell in cells]


def _lines(text: str, width: float) -> int:
    if len(text) <= width - 1 and "\n" not in text:
        return 1
    return sum(max(1, len(wrap(part, max(4, int(width) - 1)))) for part in text.split("\n"))


def _wrapping(sheet: Any, content: Any) -> Any:
    """A cell whose text is broken into lines, from the top of the row; other content as it is."""
    from openpyxl.cell import Cell
    from openpyxl.styles import Alignment

    if content is None:
        return None
    cell = content
    if not isinstance(content, Cell):
        cell = Cell(sheet, row=1, column=1, value=None if isinstance(content, str) else content)
        if isinstance(content, str):
            cell._value, cell.data_type = content, "s"  # type: ignore[attr-defined]
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _footer(text: str) -> str | None:
    """A text for the foot of a page. Excel takes 255 characters for the whole foot, else it calls the file damaged."""
    if len(text) > _LONGEST_FOOTER:
        half = _LONGEST_FOOTER // 2
        text = f"{text[:half]} … {text[-half:]}"
    return text.replace("&", "&&") or None
