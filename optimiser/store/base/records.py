"""Records while they are edited: each with a number that stays with it, and the differences between two states.

Nothing here knows a database. A state is a mapping of sheet -> records in order; an edit is a list of changes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from optimiser.case.readable import written
from optimiser.case.reading.cells import as_text
from optimiser.case.spec import BY_NAME, SHEETS

Values = Mapping[str, Any]
Plain = Mapping[str, Sequence[Values]]
"""Plain records: sheet -> one mapping of column -> value for each record."""
ORDER = "order"
"""The column of a change which moves rows; its number is 0, its values are the numbers in order."""


@dataclass(frozen=True)
class Record:
    """One row of a sheet. The number stays with it whatever is edited, sorted or filtered."""

    number: int
    values: Values


Sheets = Mapping[str, tuple[Record, ...]]


@dataclass(frozen=True)
class CellChange:
    """One cell that differs between two states.

    column "": the whole record was added (before None, after its values) or deleted (before its values, after None).
    number 0 and column `order`: rows were moved; before and after are the numbers of all records, in order.
    """

    sheet: str
    number: int
    name: str
    column: str
    before: Any
    after: Any

    def __str__(self) -> str:
        if self.moves:
            return f"{self.sheet}: order of the rows"
        if not self.column:
            return f"{self.sheet}: {self.name} {'added' if self.before is None else 'deleted'}"
        return f"{self.sheet}: {self.column} of {self.name}"

    @property
    def moves(self) -> bool:
        """Whether it changes the order of rows and no cell."""
        return self.number == 0 and self.column == ORDER

    def plain(self) -> list[Any]:
        """As it is kept: [sheet, number, name, column, before, after]."""
        return [self.sheet, self.number, self.name, self.column, self.before, self.after]


def blank(value: Any) -> bool:
    """Whether a cell holds nothing."""
    return value is None or value == "" or value != value


def same(one: Any, other: Any) -> bool:
    """Whether two cells hold the same."""
    return (blank(one) and blank(other)) or (type(one) is type(other) and one == other)


def plainly(value: Any) -> str:
    """A cell in words."""
    if blank(value):
        return "blank"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return written(float(value)) if isinstance(value, float | int) else str(value)


def name_of(sheet: str, record: Record) -> str:
    """The record as people call it: the cells of its key."""
    return named(sheet, record.values)


def named(sheet: str, values: Values) -> str:
    """A record of these values as people call it."""
    said = [as_text(v) for k in BY_NAME[sheet].key if not blank(v := values.get(k))]
    return ", ".join(said) or "a record without a name"


def readable(text: str) -> str:
    """Text without what a database cannot hold: the character NUL, and halves of characters."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def keepable(value: Any) -> Any:
    """A cell as it is kept: text, number, flag, or None for a blank one; a date as ISO text.

    Raises ValueError for what no cell can hold.
    """
    if blank(value):
        return None
    if isinstance(value, bool | str | int):
        return value
    if isinstance(value, float):
        if math.isinf(value):
            raise ValueError("a cell cannot hold an infinite number")
        return value
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "item"):
        return keepable(value.item())
    raise ValueError(f"a cell cannot hold {value!r}")


def numbered(records: Plain) -> dict[str, tuple[Record, ...]]:
    """Plain records with numbers 1, 2, … through all sheets."""
    number, sheets = 0, dict[str, tuple[Record, ...]]()
    for sheet, rows in records.items():
        sheets[sheet] = tuple(Record(number + k, dict(row)) for k, row in enumerate(rows, 1))
        number += len(rows)
    return sheets


def without_numbers(sheets: Sheets) -> dict[str, list[dict[str, Any]]]:
    """Plain records of a state; sheets without records are left out."""
    return {sheet: [dict(r.values) for r in rows] for sheet, rows in sheets.items() if rows}


def differences(before: Sheets, after: Sheets) -> list[CellChange]:
    """Every cell in which two states differ, in the order of the sheets. `applied` makes the second of the first."""
    found: list[CellChange] = []
    for spec in SHEETS:
        old_rows, new_rows = before.get(spec.name, ()), after.get(spec.name, ())
        if old_rows is new_rows:
            continue
        old = {r.number: r for r in old_rows}
        added = []
        for record in new_rows:
            was = old.pop(record.number, None)
            if was is None:
                added.append(record.number)
                found.append(_change(spec.name, record, "", None, dict(record.values)))
            elif was is not record:
                for column in dict.fromkeys([*was.values, *record.values]):
                    cells = was.values.get(column), record.values.get(column)
                    if not same(*cells):
                        found.append(_change(spec.name, record, column, *cells))
        found += [_change(spec.name, r, "", dict(r.values), None) for r in old.values()]
        expected = [r.number for r in old_rows if r.number not in old] + added
        order = [r.number for r in new_rows]
        if order != expected:
            found.append(CellChange(spec.name, 0, "", ORDER, expected, order))
    return found


def _change(sheet: str, record: Record, column: str, before: Any, after: Any) -> CellChange:
    return CellChange(sheet, record.number, name_of(sheet, record), column, before, after)


def applied(sheets: Sheets, changes: Iterable[CellChange]) -> dict[str, tuple[Record, ...]]:
    """The state after changes, one after the other. Records that are not there are left out."""
    touched: dict[str, dict[int, Record]] = {}
    for change in changes:
        rows = touched.get(change.sheet)
        if rows is None:
            rows = touched[change.sheet] = {r.number: r for r in sheets.get(change.sheet, ())}
        if change.moves:
            order = {number: k for k, number in enumerate(change.after)}
            moved = sorted(rows.values(), key=lambda r: order.get(r.number, len(order)))
            touched[change.sheet] = {r.number: r for r in moved}
        elif change.column:
            record = rows.get(change.number)
            if record is not None:
                rows[change.number] = Record(record.number, {**record.values, change.column: change.after})
        elif change.after is None:
            rows.pop(change.number, None)
        else:
            rows[change.number] = Record(change.number, dict(change.after))
    return {**sheets, **{sheet: tuple(rows.values()) for sheet, rows in touched.items()}}
