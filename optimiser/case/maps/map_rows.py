"""Which rows of a foreign sheet are records: headings, notes, totals and repeated titles are struck out, each with its reason.

A total that is taken for a record counts money twice; a record that is taken for a total loses it. What is certain is
struck out and shown, what only looks so is taken and said.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

import numpy as np

from optimiser.case.names import fold
from optimiser.case.reading.amounts import Mark, read_amount
from optimiser.case.reading.sheets import is_blank
from optimiser.case.reading.totals import is_total, words_of
from optimiser.case.table import Array

LOOKS = 500
"""Doubtful rows that are added up with those above; a sheet of nothing but such names takes no longer than others."""
SURELY = 3
"""Columns, each with other numbers, in which a row is the sum of those above it and nothing else: no chance does that."""
DASHES = frozenset(("-", "–", "—", "−", "- -", "--", "---"))
"""How accountants write an amount of nothing."""
RECORD, BLANK = "record", "blank"
SHORT = 40
"""Letters of a text whose number is remembered."""


@dataclass(frozen=True)
class Row:
    """What a row below the titles is. kind: record, blank, heading, total, titles, skipped; why: for a person; doubt: what is
    said of a record that may be a total."""

    number: int
    kind: str
    text: str = ""
    why: str = ""
    doubt: str = ""


def number_of(value: Any, mark: Mark = "") -> float:
    """A cell as a number; NaN where it is none."""
    if type(value) in (float, int):
        return float(value)
    if type(value) is not str or not value.strip():
        return float("nan")
    if value.strip() in DASHES:
        return 0.0
    return _short(value, mark) if len(value) <= SHORT else read_amount(value, True, mark, words=True).value


@lru_cache(maxsize=1 << 15)
def _short(text: str, mark: Mark) -> float:
    """As number_of; a proposal asks the same cell a dozen times, and amounts come again."""
    return read_amount(text, True, mark, words=True).value


def exact(value: float) -> Decimal:
    """A number as it is written, so that sums tie to the cent."""
    return Decimal(repr(value)) if np.isfinite(value) else Decimal(0)


@dataclass(eq=False)
class Sorter:
    """Sorts the rows of a sheet below its titles.

    cells: rows as the file has them; first: number of the first of them. span: columns of the table; numbers: those among
    them that hold numbers; keys: those with names of records; alone: the column in which one text alone is a record.
    """

    cells: Sequence[Sequence[Any]]
    first: int
    span: Sequence[int]
    numbers: Sequence[int]
    keys: Sequence[int]
    alone: int | None
    titles: Sequence[str]
    skip: Collection[str]
    sums: Collection[tuple[int, int]]
    marked: Collection[tuple[int, int]]
    mark: Mark
    looks: int = LOOKS

    def __post_init__(self) -> None:
        self._titles = [fold(t) for t in self.titles]
        self._skip = [re.compile(rf"(?<!\w){re.escape(fold(w))}(?!\w)") for w in self.skip if w.strip()]

    def rows(self) -> list[Row]:
        """What each row is."""
        made: list[Row] = []
        kept: dict[str, Array] = {  # without the totals that are struck out
            str(j): np.array([number_of(row[j], self.mark) for row in self.cells], float) for j in self.numbers
        }
        since = 0
        for i in range(len(self.cells)):
            row = self._row(i, kept, since)
            made.append(row)
            if row.kind != RECORD:
                for numbers in kept.values():
                    numbers[i] = np.nan
                since = i + 1 if row.kind in ("heading", "total") else since
        return made

    def _row(self, i: int, kept: Mapping[str, Array], since: int) -> Row:
        row, number = self.cells[i], self.first + i
        filled = [j for j in self.span if not is_blank(row[j])]
        marked = any((number, j + 1) in self.marked for j in self.span)
        if not filled and not marked:
            return Row(number, BLANK)
        text = " ".join(str(row[filled[0]]).split()) if filled else ""
        if filled and [fold(str(row[j])) for j in self.span] == [self._titles[j] for j in self.span]:
            return Row(number, "titles", text, "the titles once more")
        texts = {
            j: " ".join(row[j].split())
            for j in filled
            if type(row[j]) is str and number_of(row[j], self.mark) != number_of(row[j], self.mark)
        }
        named = [texts[j] for j in dict.fromkeys((*self.keys, *texts)) if j in texts]
        for pattern in self._skip:
            hit = next((t for j, t in texts.items() if j in self.keys or j == filled[0] if pattern.search(fold(t))), "")
            if hit:
                return Row(number, "total", hit, "it holds a word that the map skips")
        if len(filled) == 1 and texts and len(self.span) > 1 and not marked and filled[0] != self.alone:
            return Row(number, "heading", text, "one text and nothing else")
        return self._total(i, number, text, named, texts, kept, since)

    def _total(
        self,
        i: int,
        number: int,
        text: str,
        named: Sequence[str],
        texts: Mapping[int, str],
        kept: Mapping[str, Array],
        since: int,
    ) -> Row:
        words = [words_of(t) for t in named]
        total, weak = any(w.total for w in words), any(w.may_be for w in words)
        only = any(w.total and w.only for w in words)
        by_formula = any((number, j + 1) in self.sums for j in self.numbers)
        unnamed = bool(self.keys) and not any(j in texts or not is_blank(self.cells[i][j]) for j in self.keys)
        if by_formula:
            return Row(number, "total", text, "its formula adds up the rows above")
        if only:
            return Row(number, "total", text, "its name says total and nothing else")
        counted = False
        if (total or weak or unnamed) and self.looks > 0:
            self.looks -= 1
            grouped = {str(j): [str(row[j]) for row in self.cells] for j in self.keys}
            counted = is_total(kept, i, named, grouped)
        if counted:
            return Row(number, "total", text, "it is the sum of other rows")
        if total or (weak and any(w.may_be and w.only for w in words)):
            return Row(number, RECORD, text, doubt="a name that sounds like a total, and is not the sum of other rows")
        columns = max(self._adds_up(i, kept, 0), self._adds_up(i, kept, since) if since else 0)
        if columns >= SURELY:
            return Row(number, "total", text, "each of its numbers is the sum of those above")
        if columns:
            return Row(number, RECORD, text, doubt="its numbers are the sums of those above")
        return Row(number, RECORD, text)

    def _adds_up(self, i: int, kept: Mapping[str, Array], since: int) -> int:
        """In how many columns the row is the sum of those above it from `since` on, of at least two; 0 where one is not.
        Columns of the same numbers count once."""
        held = [numbers[since : i + 1] for numbers in kept.values() if abs(np.nan_to_num(numbers[i])) > 0]
        if not held or i - since < 2 or self.looks <= 0:
            return 0
        self.looks -= i - since > 5000
        if not all(
            np.count_nonzero(np.nan_to_num(n[:-1])) > 1 and abs(np.nansum(n[:-1]) - n[-1]) <= 0.005 for n in held
        ):
            return 0
        return len({tuple(np.nan_to_num(n).tolist()) for n in held})
