"""What a step of edits comes to on the state that it meets, which another session may have changed meanwhile."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from optimiser.case.spec import BY_NAME
from optimiser.store.base.records import CellChange, Plain, Record, Sheets, Values, keepable, named, same
from optimiser.store.work.merge import BothChanged, by_key


class Stale(Exception):
    """Cells of a step were changed otherwise meanwhile, in another session. Nothing was done.

    differences: base is what this session saw, mine what it wanted, theirs what stands there now.
    """

    def __init__(self, differences: Iterable[BothChanged]) -> None:
        self.differences = list(differences)
        said = "; ".join(str(d) for d in self.differences[:5])
        more = f" and {len(self.differences) - 5} more" if len(self.differences) > 5 else ""
        super().__init__(f"The draft was changed in another window meanwhile. {said}{more}. Look at it and edit again.")


def settled(
    sheets: Sheets, changes: Iterable[CellChange], next_number: int, *, stale: bool
) -> tuple[tuple[CellChange, ...], int]:
    """The changes that are left to do on this state, with what truly stands there before, and the next number.

    stale: the changes were made on an earlier state; what differs from what they saw is a difference. What is there
    already is left out. Raises Stale, and ValueError for a sheet or a cell that cannot be.
    """
    found = _Settling(sheets, next_number, stale)
    for change in changes:
        if change.sheet not in BY_NAME:
            raise ValueError(f"there is no sheet {change.sheet}")
        found.take(change)
    if found.differences:
        raise Stale(found.differences)
    return tuple(found.made), found.next_number


@dataclass
class _Settling:
    sheets: Sheets
    next_number: int
    stale: bool
    made: list[CellChange] = field(default_factory=list)
    differences: list[BothChanged] = field(default_factory=list)
    given: dict[tuple[str, int], int] = field(default_factory=dict)
    """Numbers that records to be added were given instead of the one that they came with."""
    touched: dict[str, dict[int, Values]] = field(default_factory=dict)

    def rows(self, sheet: str) -> dict[int, Values]:
        """Records of a sheet as they are after the changes taken so far."""
        if sheet not in self.touched:
            self.touched[sheet] = {r.number: r.values for r in self.sheets.get(sheet, ())}
        return self.touched[sheet]

    def take(self, change: CellChange) -> None:
        """Takes one change, or notes why it cannot be."""
        if change.moves:
            self._move(change)
        elif change.column:
            self._set(change)
        elif change.before is None:
            self._add(change)
        else:
            self._delete(change)

    def _number(self, change: CellChange) -> int:
        return self.given.get((change.sheet, change.number), change.number)

    def _set(self, change: CellChange) -> None:
        number = self._number(change)
        rows = self.rows(change.sheet)
        row = rows.get(number)
        if row is None:
            self._differs(change, "", {change.column: change.before}, {change.column: change.after}, None)
            return
        now, wanted = row.get(change.column), keepable(change.after)
        if same(now, wanted):
            return
        if self.stale and not same(now, keepable(change.before)):
            self._differs(change, change.column, change.before, wanted, now)
            return
        name = named(change.sheet, row)
        rows[number] = {**row, change.column: wanted}
        self.made.append(CellChange(change.sheet, number, name, change.column, now, wanted))

    def _add(self, change: CellChange) -> None:
        rows, number = self.rows(change.sheet), change.number
        if number <= 0 or (number < self.next_number and (self.stale or self._taken(number))):
            number = self.given[change.sheet, change.number] = self.next_number
        self.next_number = max(self.next_number, number + 1)
        values = {column: keepable(value) for column, value in change.after.items()}
        rows[number] = values
        self.made.append(CellChange(change.sheet, number, named(change.sheet, values), "", None, dict(values)))

    def _taken(self, number: int) -> bool:
        """Whether a record of any sheet has this number."""
        return any(number in self.rows(sheet) for sheet in {*self.sheets, *self.touched})

    def _delete(self, change: CellChange) -> None:
        rows, number = self.rows(change.sheet), self._number(change)
        row = rows.get(number)
        if row is None:
            return
        if self.stale and not _alike(row, change.before):
            self._differs(change, "", dict(change.before), None, dict(row))
            return
        del rows[number]
        self.made.append(CellChange(change.sheet, number, named(change.sheet, row), "", dict(row), None))

    def _move(self, change: CellChange) -> None:
        rows = self.rows(change.sheet)
        now = list(rows)
        wanted = [self.given.get((change.sheet, n), n) for n in change.after]
        wanted = [n for n in wanted if n in rows]
        wanted += [n for n in now if n not in set(wanted)]
        if wanted == now:
            return
        seen = [n for n in change.before if n in rows]
        if self.stale and seen != [n for n in now if n in set(seen)]:
            self.differences.append(BothChanged(change.sheet, "", change.column, change.before, wanted, now))
            return
        self.touched[change.sheet] = {n: rows[n] for n in wanted}
        self.made.append(replace(change, before=now, after=wanted))

    def _differs(self, change: CellChange, column: str, base: Any, mine: Any, theirs: Any) -> None:
        self.differences.append(BothChanged(change.sheet, change.name, column, base, mine, theirs))


def _alike(row: Values, seen: Values) -> bool:
    return all(same(row.get(c), keepable(seen.get(c))) for c in {*row, *seen})


def numbered_like(sheets: Sheets, records: Plain, next_number: int) -> tuple[dict[str, tuple[Record, ...]], int]:
    """Plain records with the numbers that records of the same ID have in a state, new ones from next_number on."""
    made: dict[str, tuple[Record, ...]] = {}
    for sheet in dict.fromkeys([*sheets, *records]):
        own = sheets.get(sheet, ())
        numbers = dict(zip(by_key(sheet, [r.values for r in own]), (r.number for r in own), strict=True))
        rows = []
        for key, values in by_key(sheet, records.get(sheet, ())).items():
            number = numbers.get(key)
            if number is None:
                number, next_number = next_number, next_number + 1
            rows.append(Record(number, dict(values)))
        made[sheet] = tuple(rows)
    return made, next_number
