"""A map that was kept, on this year's file: its titles are found again, wherever they stand now and whatever year they name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from optimiser.case.maps.map_columns import titles_of
from optimiser.case.maps.map_form import Across, Split, TableMap
from optimiser.case.names import fold
from optimiser.case.reading.sheets import RawSheet
from optimiser.case.reading.title import without_year

WITHIN = 25
"""Rows among which the titles are looked for, where they do not stand where they stood."""


def again(table: TableMap, sheet: RawSheet) -> TableMap | None:
    """The map with the titles and rows of this sheet; None where one of its columns is not there, or may be one of two."""
    height = table.last - table.first
    if table.first == 0:  # without titles nothing says that it is such a file
        return None
    rows = [table.first, *(r for r in range(1, min(WITHIN, len(sheet.rows)) + 1) if r != table.first)]
    for first in rows:
        last = first + height
        found = _found(_wanted(table), titles_of(sheet, first, last)) if last <= len(sheet.rows) else None
        if found is not None:
            return _with(table, sheet, found, first, last)
    return None


def _wanted(table: TableMap) -> list[str]:
    """The titles that the map needs: a column that it leaves out may be gone."""
    across = table.across.columns if table.across else ()
    return [*(t for t, ours in table.columns.items() if ours), *across, *([table.split.column] if table.split else [])]


def _found(wanted: Sequence[str], titles: Sequence[str]) -> dict[str, str] | None:
    """Title of the map -> title of the sheet: the same, else the same but for its year."""
    same = {fold(t): t for t in reversed(titles)}
    if all(fold(t) in same for t in wanted):
        return {t: same[fold(t)] for t in wanted}
    bare = Counter(_bare(t) for t in titles)
    there = {_bare(t): t for t in titles}
    asked = Counter(_bare(t) for t in dict.fromkeys(wanted))
    if not all(bare[_bare(t)] == 1 == asked[_bare(t)] for t in wanted):
        return None
    return {t: there[_bare(t)] for t in wanted}


def _bare(title: str) -> str:
    """A title without its year; a title that is a year stays what it is."""
    return fold(without_year(title)[0]) or fold(title)


def _with(table: TableMap, sheet: RawSheet, found: Mapping[str, str], first: int, last: int) -> TableMap:
    there = {fold(t): t for t in titles_of(sheet, first, last)}
    columns = {found.get(t, there.get(fold(t), "")): ours for t, ours in table.columns.items()}
    columns.pop("", None)
    across, split = table.across, table.split
    return replace(
        table,
        source=sheet.name if table.source else "",
        file="",
        first=first,
        last=last,
        rows=(0, 0),
        columns=columns,
        across=Across(tuple(found[t] for t in across.columns), across.title, across.value) if across else None,
        split=Split(found[split.column], split.by, split.to) if split else None,
    )
