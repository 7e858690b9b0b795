"""Worksheets as they were found: cells as plain values, and what the readers of workbooks keep silent about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from optimiser.case.faults import Fault

ROWS_AT_MOST, COLUMNS_AT_MOST = 100_000, 200
"""The largest worksheet that is read."""


@dataclass(frozen=True)
class RawSheet:
    """One worksheet. rows: lists of one length, the first one row 1 from column A; blank cells are "".

    marks: (row, column), both from 1, of cells that hold an error ("N12": with its text) or a formula
    without a stored value ("N13"). merged: ranges (top, left, bottom, right), from 1. hidden_rows: how many.
    """

    name: str
    rows: list[list[Any]]
    hidden: bool = False
    marks: Mapping[tuple[int, int], tuple[str, str]] = field(default_factory=dict)
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden_rows: int = 0


@dataclass(frozen=True)
class RawBook:
    """All worksheets of a file, or the faults for which it was refused (then without sheets)."""

    sheets: tuple[RawSheet, ...]
    faults: tuple[Fault, ...] = ()
    dates_from_1904: bool = False


def letters(column: int) -> str:
    """The letters of the column with this number, from 1: "A", "Z", "AA"."""
    made = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        made = chr(65 + rest) + made
    return made
