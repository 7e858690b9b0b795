"""How a sheet prints: on A4 and on Letter alike, its titles on every page, never smaller than can be read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from optimiser.case.reading.sheets import letters

UPRIGHT, ACROSS = 110, 190
"""Widths in characters that one page holds, upright and across, in letters that can be read (about 8 points)."""
LINE, HIGHEST = 15.0, 405.0
"""Height of a line and of the highest row, in points."""
_LONGEST_FOOTER = 100
_LETTERS = {0.5: " ijlI|!.,:;'`", 0.7: 'ftr()[]{}-/\\"*', 1.6: "mwMW@%—…"}
"""Letters that are narrower or broader than others, in widths of a digit: those of Calibri, and of what stands in for it."""
_BROAD = {letter: broad for broad, letters in _LETTERS.items() for letter in letters}
_BROADEST, _FULL_WIDTH = 2.0, 0x2E80
"""A letter of Chinese, Japanese or Korean, and where these begin."""


def set_up(sheet: Any, widths: Sequence[float], titles: str = "1:1", footer: str = "") -> None:
    """Set up the columns of a sheet of openpyxl, and how it prints, before anything is written into it.

    widths: of its columns, in characters; titles: the rows that stand on every page ("" for none). No paper is named:
    the printer's own is taken, and the columns are fitted to it; a sheet too wide for one page goes over several, with
    its first column on each.
    """
    from openpyxl.worksheet.properties import PageSetupProperties

    for j, width in enumerate(widths, 1):
        sheet.column_dimensions[letters(j)].width = width
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
    lines = max((lines_of(v, size) for v, size in zip(values, widths, strict=False) if isinstance(v, str)), default=1)
    if lines < 2:
        return cells
    sheet.row_dimensions[row].height = min(HIGHEST, LINE * lines)
    return [_wrapping(sheet, cell) for cell in cells]


def broad(text: str) -> float:
    """How wide a text is, in characters of a column."""
    return sum(_BROAD.get(c) or (_BROADEST if ord(c) >= _FULL_WIDTH else 1.15 if c.isupper() else 1.03) for c in text)


def lines_of(text: str, width: float) -> int:
    """In how many lines a text stands, broken between its words. width: of the column, in characters."""
    room = max(width - 1.0, 4.0)
    if len(text) * _BROADEST <= room and "\n" not in text:
        return 1
    return sum(_lines(part.split(), room) for part in text.split("\n"))


def _lines(words: Sequence[str], room: float) -> int:
    lines, at = 1, 0.0
    for word in words:
        need = broad(word)
        if at and at + _BROAD[" "] + need <= room:
            at += _BROAD[" "] + need
            continue
        lines += bool(at)
        whole = int(need // room)
        lines, at = lines + whole, need - whole * room
    return lines


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
