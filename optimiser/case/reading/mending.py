"""A file mended cell by cell before it is taken over: the same worksheets with other values, and as a file again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from optimiser.case.reading.sheets import RawBook, RawSheet, column_number

ADDRESS = re.compile(r"([A-Z]{1,3})([1-9]\d*)")
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d+)?")


@dataclass(frozen=True)
class Mend:
    """Cells of a sheet of the file, by their addresses, and what is written into each."""

    sheet: str
    cells: tuple[str, ...]
    value: str


def mended(book: RawBook, mends: Iterable[Mend]) -> RawBook:
    """The worksheets with these cells written anew, in this order. What is no address, or no sheet, is passed over."""
    sheets = {s.name: s for s in book.sheets}
    for mend in mends:
        if mend.sheet in sheets:
            sheets[mend.sheet] = _with(sheets[mend.sheet], mend)
    return replace(book, sheets=tuple(sheets[s.name] for s in book.sheets))


def value_at(book: RawBook, sheet: str, cell: str) -> Any:
    """What stands in a cell; "" where there is none."""
    at, found = ADDRESS.fullmatch(cell), next((s for s in book.sheets if s.name == sheet), None)
    if at is None or found is None:
        return ""
    row, column = int(at[2]), column_number(at[1])
    marked = found.marks.get((row, column))
    if marked:
        return marked[1]
    return found.rows[row - 1][column - 1] if row <= len(found.rows) and column <= len(found.rows[row - 1]) else ""


def _with(sheet: RawSheet, mend: Mend) -> RawSheet:
    rows, marks, sums = list(sheet.rows), dict(sheet.marks), set(sheet.sums)
    written = mend.value.strip()
    for cell in mend.cells:
        at = ADDRESS.fullmatch(cell)
        if at is None:
            continue
        row, column = int(at[2]), column_number(at[1])
        if not (row <= len(rows) and column <= len(rows[row - 1])):
            continue
        text = isinstance(rows[row - 1][column - 1], str) and written.startswith("0")  # an identifier keeps its zeros
        value = float(written) if _NUMBER.fullmatch(written) and not text else written
        rows[row - 1] = [value if j == column else v for j, v in enumerate(rows[row - 1], 1)]
        marks.pop((row, column), None)
        sums.discard((row, column))
    return replace(sheet, rows=rows, marks=marks, sums=frozenset(sums))
