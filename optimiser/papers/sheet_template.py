"""An office's own workbook as template: what stands on its first sheet is the letterhead of every sheet of a paper."""

from __future__ import annotations

import io
from copy import copy
from dataclasses import dataclass
from typing import Any

ROWS, COLUMNS = 40, 30
"""How much of the first sheet is a letterhead at most."""
_ROW = 20
"""Height of a row, in pixels."""


@dataclass(frozen=True)
class Letterhead:
    """The sheet with the letterhead, and its pictures: content, anchor, width and height in pixels."""

    sheet: Any
    pictures: tuple[tuple[bytes, Any, int, int], ...]


def opened(template: bytes | None) -> tuple[Any, Letterhead | None]:
    """A workbook to fill, and the letterhead (None without a template), whose sheet is removed at the end.

    Other sheets, names, links to other workbooks and macros of the template are left out.
    """
    import openpyxl

    if template is None:
        book: Any = openpyxl.Workbook()
        book.remove(book.active)
        return book, None
    book = openpyxl.load_workbook(io.BytesIO(template), keep_links=False)
    head = book.worksheets[0]
    for other in [s for s in book._sheets if s is not head]:
        book.remove(other)
    for name in list(book.defined_names):
        del book.defined_names[name]
    head.title = "letterhead of the template"
    pictures = tuple((p._data(), p.anchor, p.width, p.height) for p in head._images)  # each can be read once
    return book, Letterhead(head, pictures)


def put(head: Letterhead, sheet: Any) -> int:
    """Puts the letterhead onto a sheet: texts, looks, pictures, page set-up. Returns how many rows it takes, one blank among them.

    Formulas and links of the template are left out: a paper has those of its own alone.
    """
    own, used = head.sheet, 0
    for row in own.iter_rows(max_row=min(own.max_row, ROWS), max_col=min(own.max_column, COLUMNS)):
        for cell in row:
            if type(cell).__name__ == "MergedCell":
                continue
            made = sheet.cell(cell.row, cell.column)
            made._style = copy(cell._style)
            if cell.value is not None and cell.data_type != "f":
                made._value, made.data_type = cell._value, cell.data_type
                used = max(used, cell.row)
    for number, size in own.row_dimensions.items():
        if number <= ROWS and size.height:
            sheet.row_dimensions[number].height = size.height
    for area in own.merged_cells.ranges:
        if area.max_row <= ROWS:
            sheet.merge_cells(area.coord)
            used = max(used, area.max_row)
    for content, anchor, width, height in head.pictures:
        used = max(used, _picture(sheet, content, anchor, width, height))
    sheet.page_margins = copy(own.page_margins)
    sheet.page_setup.paperSize = own.page_setup.paperSize
    for side in ("left", "center", "right"):
        for part in ("oddHeader", "oddFooter"):
            old, new = getattr(getattr(own, part), side), getattr(getattr(sheet, part), side)
            new.text, new.size, new.font, new.color = old.text, old.size, old.font, old.color
    return used + 1 if used else 0


def _picture(sheet: Any, content: bytes, anchor: Any, width: int, height: int) -> int:
    """A picture where it stands in the letterhead; the last row that it reaches."""
    from openpyxl.drawing.image import Image

    made = Image(io.BytesIO(content))
    made.anchor, made.width, made.height = copy(anchor), width, height
    sheet.add_image(made)
    below = getattr(anchor, "to", None)
    return int(below.row) + 1 if below is not None else int(anchor._from.row) + 1 + int(height / _ROW)
