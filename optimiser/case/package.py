"""Intake of a file."""

from __future__ import annotations

import io
from pathlib import Path

from python_calamine import CalamineWorkbook, SheetVisibleEnum

from optimiser.case.sheets import RawBook, RawSheet


def open_book(source: str | Path | bytes, *, guarded: bool = False) -> RawBook:
    data = source if isinstance(source, bytes) else Path(source).read_bytes()
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return RawBook(
        tuple(
            RawSheet(
                m.name,
                book.get_sheet_by_name(m.name).to_python(skip_empty_area=False),
                m.visible is not SheetVisibleEnum.Visible,
            )
            for m in book.sheets_metadata
        )
    )
