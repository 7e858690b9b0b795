"""A file that was mended cell by cell, as a workbook to take away."""

from __future__ import annotations

import io

from optimiser.case.reading.sheets import RawBook
from optimiser.case.writing.writer import value_cell


def as_workbook(book: RawBook) -> bytes:
    """The values of all worksheets as a workbook, without formulas and formats."""
    from openpyxl import Workbook

    made = Workbook(write_only=True)
    for sheet in book.sheets:
        page = made.create_sheet(sheet.name[:31])
        for row in sheet.rows:
            page.append([value_cell(page, value) for value in row])
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()
