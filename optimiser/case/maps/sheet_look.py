"""A foreign sheet looked at: where its titles stand, which columns and rows belong to one table, what stands in each column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from optimiser.case.maps.map_columns import titles_of
from optimiser.case.maps.map_rows import number_of
from optimiser.case.maps.meaning import Profile, concept, is_period, profile
from optimiser.case.names import fold
from optimiser.case.readable import listed
from optimiser.case.reading.cells import as_text
from optimiser.case.reading.dates import read_date
from optimiser.case.reading.sheets import RawSheet, is_blank, letters
from optimiser.case.reading.totals import words_of

TITLES_WITHIN = 60
"""Rows among which the titles are looked for."""
GAP = 2
"""Columns without a title that may stand within a table."""
LOOKED_AT = 2000
"""Rows by which a column is judged."""


@dataclass(frozen=True)
class SheetLook:
    """A sheet looked at: rows of its titles, the titles, what stands under each. end: the last row of the table, 0 where it goes
    to the end of the sheet; look: sentences about what stands beside and below it."""

    sheet: RawSheet
    first: int
    last: int
    titles: tuple[str, ...]
    profiles: tuple[Profile, ...]
    columns: tuple[int, ...]
    """Positions of the columns of the table: up to a gap behind which another table begins."""
    end: int = 0
    look: tuple[str, ...] = ()

    def body(self) -> list[list[Any]]:
        """Rows below the titles, in which more than one cell is filled."""
        rows = self.sheet.rows[self.last : min(self.last + LOOKED_AT, self.end or len(self.sheet.rows))]
        titles = [fold(as_text(v)) for v in self.sheet.rows[self.last - 1]] if self.last else []
        return [
            r
            for r in rows
            if (sum(not is_blank(r[j]) for j in self.columns) > 1 or len(self.columns) == 1)
            and not (titles and all(fold(as_text(r[j])) == titles[j] for j in self.columns))  # a print repeats them
        ]


def look_at(sheet: RawSheet, first: int | None = None, last: int | None = None) -> SheetLook | None:
    """The titles of a sheet and what stands under them; None where there seem to be none. first, last: rows of the titles,
    where a person said so."""
    rows = _title_rows(sheet) if first is None or last is None else (first, last)
    if rows is None:
        return None
    titles = titles_of(sheet, *rows)
    blocks = _blocks(sheet, rows, titles)
    if not blocks:
        return None
    columns, *others = blocks
    look = [
        f"Beside it, from column {letters(b[0] + 1)} on, stands another table ({listed([titles[j] for j in b[:4]])}): it is left "
        "out. Copy it to a sheet of its own to bring it in too."
        for b in others
        if len(b) > 1
    ]
    end = _next_titles(sheet, rows[1], columns) if first is None else 0
    if end:
        named = [as_text(v) for j, v in enumerate(sheet.rows[end]) if j in columns and not is_blank(v)]
        look.append(
            f"From row {end + 1} on stands another table ({listed(named[:4])}): it is left out. Copy it to a sheet of its own to "
            "bring it in too."
        )
    body = SheetLook(sheet, *rows, (), (), tuple(columns), end).body()
    body = [r for r in body if not any(isinstance(r[j], str) and words_of(r[j]).total for j in columns)]
    profiles = tuple(profile([r[j] for r in body], is_date) for j in range(len(titles)))
    return SheetLook(sheet, *rows, tuple(titles), profiles, tuple(columns), end, tuple(look))


def _blocks(sheet: RawSheet, rows: tuple[int, int], titles: Sequence[str]) -> list[list[int]]:
    """The columns of each table that stands beside others: parted by a wide gap, or by an empty column where what stands to
    the right of it is a table too."""
    body = sheet.rows[rows[1] : rows[1] + LOOKED_AT]
    wide = [r for r in body if _filled(r) > 1]
    held = [sum(not is_blank(r[j]) for r in wide) for j in range(len(titles))]
    named = [j for j in range(len(titles)) if _named(sheet, rows, j)]
    if not named:
        return []
    used = [
        j for j in range(len(titles)) if j in named or (2 * held[j] > len(wide) and min(abs(j - k) for k in named) < 2)
    ]
    parts: list[list[int]] = [[used[0]]]
    for j in used[1:]:
        if j > parts[-1][-1] + 1:
            parts.append([])
        parts[-1].append(j)
    blocks = [parts[0]]
    for part in parts[1:]:
        if part[0] > blocks[-1][-1] + GAP or _another(body, blocks[-1], part, titles):
            blocks.append(part)
        else:
            blocks[-1] += part
    return blocks


def _another(body: Sequence[Sequence[Any]], left: Sequence[int], right: Sequence[int], titles: Sequence[str]) -> bool:
    """Whether columns beside an empty one are another table: names and numbers on both sides, and records of another kind,
    titles that come again, or rows that only one of them has."""
    for part in (left, right):
        seen = [profile([r[j] for r in body], is_date).kind for j in part]
        if seen[0] not in ("names", "labels") or "numbers" not in seen:
            return False
    again = {re.sub(r" \(\d+\)$", "", fold(titles[j])) for j in right} & {fold(titles[j]) for j in left}
    own = [[any(not is_blank(r[j]) for j in part) for part in (left, right)] for r in body]
    kind = concept(titles[right[0]])
    return (
        bool(again)
        or any(a != b for a, b in own)
        or (kind in ("fund", "initiative") and kind != concept(titles[left[0]]))
    )


def _next_titles(sheet: RawSheet, last: int, columns: Sequence[int]) -> int:
    """The last row of a table below which another begins: behind a blank row titles again, other ones, over the columns of
    numbers too; 0 where none does."""
    numbers, before = set[int](), True
    for i in range(last, min(len(sheet.rows), last + LOOKED_AT)):
        row = sheet.rows[i]
        filled = [j for j in columns if not is_blank(row[j])]
        if (
            before
            and len(filled) > 1
            and any(j in numbers for j in filled)
            and all(_title_like(row[j]) for j in filled)
            and 2 * sum(bool(concept(as_text(row[j]))) or is_period(as_text(row[j])) for j in filled) > len(filled)
            and not any(words_of(as_text(row[j])).total for j in filled)
            and [fold(as_text(row[j])) for j in columns] != [fold(as_text(sheet.rows[last - 1][j])) for j in columns]
            and last
        ):
            return i
        numbers |= {j for j in filled if number_of(row[j]) == number_of(row[j])}
        before = not filled
    return 0


def _named(sheet: RawSheet, rows: tuple[int, int], j: int) -> bool:
    lines = sheet.rows[rows[0] - 1 : rows[1]] if rows[0] else []
    return not lines or any(not is_blank(line[j]) for line in lines)


def _title_rows(sheet: RawSheet) -> tuple[int, int] | None:
    """The rows that seem to hold the titles: texts side by side, above more rows of the same width, in words that are known."""
    best, score = None, 0.0
    rows = sheet.rows[: TITLES_WITHIN + 200]
    for i, row in enumerate(rows[:TITLES_WITHIN]):
        filled = [j for j, v in enumerate(row) if not is_blank(v)]
        if not filled or (len(filled) == 1 and len(row) > 1 and max(_filled(r) for r in rows) > 1):
            continue
        texts = [j for j in filled if _title_like(row[j])]
        below = [
            sum(not is_blank(r[j]) for j in filled) / len(filled)
            for r in rows[i + 1 : i + 60]
            if _filled(r) > 1 or len(filled) == 1
        ]
        if len(texts) < len(filled) or not below:
            continue
        known = sum(bool(concept(str(row[j]))) or is_period(str(row[j])) for j in texts)
        same = len({fold(str(row[j])) for j in texts}) / len(texts)
        found = (1 + 2 * known + 0.5 * len(texts)) * same * (sum(below) / len(below)) ** 0.5 - 0.1 * i
        if found > score:
            best, score = i, found
    if best is None:
        return None
    if best + 1 < len(rows) and _completes(rows[best], rows[best + 1]):
        return best + 1, best + 2
    above = sheet.rows[best - 1] if best else []
    filled = [v for v in above if not is_blank(v)]
    two = len(filled) > 1 and all(_title_like(v) and len(str(v)) < 40 for v in filled)
    return (best if two else best + 1), best + 1


def _completes(upper: Sequence[Any], lower: Sequence[Any]) -> bool:
    """Whether the row below the titles is a second line of them: texts alone, mostly words of titles, one of them under a
    blank."""
    filled = [j for j, v in enumerate(lower) if not is_blank(v)]
    known = [j for j in filled if _title_like(lower[j]) and concept(str(lower[j]))]
    return (
        len(filled) > 1
        and all(_title_like(lower[j]) for j in filled)
        and 2 * len(known) >= len(filled)
        and any(is_blank(upper[j]) for j in known)
    )


def _filled(row: Sequence[Any]) -> int:
    return sum(not is_blank(v) for v in row)


def _title_like(value: Any) -> bool:
    """Whether a cell can be a title: a text that is no number, a year, a month."""
    if isinstance(value, str):
        text = value.strip()
        return len(text) <= 120 and (number_of(text) != number_of(text) or bool(re.fullmatch(r"(19|20)\d\d", text)))
    if isinstance(value, float | int) and not isinstance(value, bool):
        return value == int(value) and 1990 <= value <= 2100 if abs(value) < 1e9 else False
    return hasattr(value, "year")


def is_date(text: str) -> bool:
    """Whether a text is a date, or may be one."""
    return any(c.isdigit() for c in text) and len(text) <= 40 and _date_like(text)


def _date_like(text: str) -> bool:
    if re.fullmatch(r"\d+(?:[.,]\d*)?", text.strip()):
        return False
    read = read_date(text)
    return bool(read.iso) or read.cure.startswith(("it could be", "if "))
