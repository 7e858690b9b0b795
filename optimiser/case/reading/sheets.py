"""Worksheets as they were found: cells as plain values, and what the readers of workbooks keep silent about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from optimiser.case.faults import Fault

ROWS_AT_MOST, COLUMNS_AT_MOST = 100_000, 200
"""The largest worksheet that is read."""


_SUM = re.compile(
    r"=?\s*(?:SUM|SUBTOTAL|AGGREGATE)\s*\((?:\s*\d+\s*[,;])*\s*\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})[\s)]",
    re.IGNORECASE,
)
_ADDED = re.compile(r"=?\s*\$?[A-Z]{1,3}\$?\d{1,7}(?:\s*\+\s*\$?[A-Z]{1,3}\$?\d{1,7})+\s*", re.IGNORECASE)
_FORMULA_AT_MOST = 2000


@dataclass(frozen=True)
class Hidden:
    """What a worksheet does not show. rows: how many; columns: first and last number of each range, from 1."""

    rows: int = 0
    columns: tuple[tuple[int, int], ...] = ()

    def hides(self, column: int) -> bool:
        """Whether the column with this number is hidden."""
        return any(first <= column <= last for first, last in self.columns)


NOTHING_HIDDEN = Hidden()


@dataclass(frozen=True)
class RawSheet:
    """One worksheet. rows: lists of one length, the first one row 1 from column A; blank cells are "".

    marks: (row, column), both from 1, of cells that hold an error ("N12": with its text), a formula without a stored
    value ("N13") or a number in other than plain digits ("N18"). merged: ranges (top, left, bottom, right), from 1.
    sums: cells (row, column) whose formula adds up cells above them. top: the row of the worksheet, from 1, that is
    the first of `rows`; the titles stand in it. currencies: cells (row, column) whose number format writes one.
    """

    name: str
    rows: list[list[Any]]
    hidden: bool = False
    marks: Mapping[tuple[int, int], tuple[str, str]] = field(default_factory=dict)
    merged: tuple[tuple[int, int, int, int], ...] = ()
    unseen: Hidden = NOTHING_HIDDEN
    sums: frozenset[tuple[int, int]] = frozenset()
    top: int = 1
    currencies: Mapping[tuple[int, int], str] = field(default_factory=dict)

    def cell(self, row: int, column: int) -> Any:
        """What stands at a place, both numbers from 1; "" where nothing does."""
        line = self.rows[row - 1] if 0 < row <= len(self.rows) else []
        return line[column - 1] if 0 < column <= len(line) else ""

    def filled(self) -> dict[tuple[int, int], Any]:
        """Every cell that is not blank, by row and column from 1, row by row."""
        return {
            (i, j): value
            for i, row in enumerate(self.rows, 1)
            for j, value in enumerate(row, 1)
            if value != "" and not (isinstance(value, str) and not value.strip())
        }


@dataclass(frozen=True)
class RawBook:
    """All worksheets of a file, or the faults for which it was refused (then without sheets)."""

    sheets: tuple[RawSheet, ...]
    faults: tuple[Fault, ...] = ()
    dates_from_1904: bool = False


def is_blank(value: Any) -> bool:
    """Whether nothing stands in a cell."""
    return isinstance(value, str) and not value.strip()


def letters(column: int) -> str:
    """The letters of the column with this number, from 1: "A", "Z", "AA"."""
    made = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        made = chr(65 + rest) + made
    return made


def column_number(letters: str) -> int:
    """The number of a column, from 1: "A" is 1, "AA" 27."""
    number = 0
    for letter in letters.upper():
        number = 26 * number + ord(letter) - 64
    return number


def is_sum(formula: str, row: int, column: int) -> bool:
    """Whether a formula of the cell at this row and column (from 1) adds up at least two cells above it."""
    if len(formula) > _FORMULA_AT_MOST:
        return False
    own = letters(column)
    found = _SUM.match(formula)
    if found:
        left, top, right, bottom = found.groups()
        return left.upper() == right.upper() == own and int(top) < int(bottom) < row
    if not _ADDED.fullmatch(formula):
        return False
    parts = re.findall(r"([A-Z]+)\$?(\d+)", formula.upper())
    return all(name == own and int(number) < row for name, number in parts)
