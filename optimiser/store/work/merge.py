"""Two people's edits of one case brought together: by the ID of each record, cell by cell.

What one of the two changed is taken; what both changed alike is taken once; what they changed otherwise is a
difference that a person must choose. Nothing of either is dropped without being shown.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from optimiser.case.names import fold
from optimiser.case.spec import BY_NAME, SHEETS
from optimiser.store.base.records import ORDER, Plain, Values, blank, keepable, named, plainly, same

Side = Literal["mine", "theirs"]
Choices = Mapping[tuple[str, str, str], Side]
"""(sheet, key, column) of a difference -> whose is taken."""
Key = tuple[Hashable, ...]
_IN_ORDER = ("Periods",)
"""Sheets in which the order of rows means something."""


@dataclass(frozen=True)
class BothChanged:
    """One cell that both changed, each otherwise.

    key: the record as people call it. column "": the whole record, which one deleted and the other changed; the values
    are then those of the record, None where it is deleted. column `order` and key "": both moved rows.
    """

    sheet: str
    key: str
    column: str
    base: Any
    mine: Any
    theirs: Any

    @property
    def place(self) -> tuple[str, str, str]:
        """How `choices` names it."""
        return self.sheet, self.key, self.column

    def __str__(self) -> str:
        if self.column == ORDER and not self.key:
            return f"{self.sheet}: both changed the order of the rows"
        if self.column:
            cells = ", ".join(
                f"{who} {plainly(v)}"
                for who, v in (("yours", self.mine), ("theirs", self.theirs), ("before", self.base))
            )
            return f"{self.sheet}: {self.column} of {self.key} ({cells})"
        who = "you deleted it, they changed it" if self.mine is None else "they deleted it, you changed it"
        return f"{self.sheet}: {self.key} ({who})"


@dataclass(frozen=True)
class Merged:
    """What two edits come to. differences: those that no choice settles; the records then hold theirs."""

    records: dict[str, list[dict[str, Any]]]
    differences: tuple[BothChanged, ...]


def by_key(sheet: str, rows: Sequence[Values]) -> dict[Key, Values]:
    """The records of a sheet by their ID, in order. Where a key stands twice, the second has a number with it."""
    columns = BY_NAME[sheet].key
    found: dict[Key, Values] = {}
    for row in rows:
        key: Key = tuple(_folded(row.get(c)) for c in columns)
        again = 2
        while key in found:
            key, again = (*key[: len(columns)], again), again + 1
        found[key] = row
    return found


def three_way(base: Plain, mine: Plain, theirs: Plain, choices: Choices | None = None) -> Merged:
    """What mine and theirs, which both began from base, come to together."""
    merged: dict[str, list[dict[str, Any]]] = {}
    differences: list[BothChanged] = []
    for spec in SHEETS:
        states = [by_key(spec.name, side.get(spec.name, ())) for side in (base, mine, theirs)]
        sheet = _SheetMerged(spec.name, choices or {}, differences, *states)
        rows = sheet.merged()
        if rows:
            merged[spec.name] = rows
    return Merged(merged, tuple(differences))


def _folded(value: Any) -> Hashable:
    if blank(value):
        return ""
    if isinstance(value, str):
        return fold(value)
    kept = keepable(value)
    return float(kept) if isinstance(kept, int) else kept


@dataclass(frozen=True)
class _SheetMerged:
    """One sheet while it is brought together: its records by ID, before and on either side."""

    name: str
    choices: Choices
    differences: list[BothChanged]
    base: Mapping[Key, Values]
    mine: Mapping[Key, Values]
    theirs: Mapping[Key, Values]

    def merged(self) -> list[dict[str, Any]]:
        """The rows, in order."""
        kept = {key: row for key in {**self.theirs, **self.mine} if (row := self._record(key)) is not None}
        return [dict(kept[key]) for key in self._order(kept)]

    def _record(self, key: Key) -> Values | None:
        base, mine, theirs = (side.get(key) for side in (self.base, self.mine, self.theirs))
        if mine is not None and theirs is not None:
            return self._cells(key, base or {}, mine, theirs)
        if base is None:
            return theirs if mine is None else mine
        left = mine if theirs is None else theirs
        if left is None or _alike(left, base):
            return None
        return mine if self._choose(key, "", dict(base), mine, theirs) == "mine" else theirs

    def _cells(self, key: Key, base: Values, mine: Values, theirs: Values) -> Values:
        if mine == theirs:
            return theirs
        row = dict(theirs)
        for column in dict.fromkeys([*theirs, *mine]):
            was, own, other = (side.get(column) for side in (base, mine, theirs))
            if same(own, other) or same(own, was):
                continue
            if same(other, was) or self._choose(key, column, was, own, other) == "mine":
                row[column] = own
        return row

    def _choose(self, key: Key, column: str, base: Any, mine: Any, theirs: Any) -> Side:
        found = BothChanged(self.name, self._called(key), column, base, mine, theirs)
        chosen = self.choices.get(found.place)
        if chosen is None:
            self.differences.append(found)
        return chosen or "theirs"

    def _called(self, key: Key) -> str:
        if not key:
            return ""
        row = next(side[key] for side in (self.base, self.theirs, self.mine) if key in side)
        again = key[len(BY_NAME[self.name].key) :]
        return named(self.name, row) + "".join(f" ({k})" for k in again)

    def _order(self, kept: Mapping[Key, Values]) -> list[Key]:
        """Theirs, each of mine after the one that it follows in mine; mine where only I moved rows."""
        common = [k for k in self.base if k in self.mine and k in self.theirs]
        in_mine, in_theirs = ([k for k in side if k in self.base and k in common] for side in (self.mine, self.theirs))
        lead, other = self.theirs, self.mine
        if in_mine not in (common, in_theirs):
            moved = [_names(self.name, keys, side) for keys, side in ((in_mine, self.mine), (in_theirs, self.theirs))]
            both = in_theirs != common and self.name in _IN_ORDER
            if in_theirs == common or (
                both and self._choose((), ORDER, _names(self.name, common, self.base), *moved) == "mine"
            ):
                lead, other = self.mine, self.theirs
        order = [k for k in lead if k in kept]
        return _woven(order, [k for k in other if k in kept])


def _alike(one: Values, other: Values) -> bool:
    return all(same(one.get(c), other.get(c)) for c in {*one, *other})


def _names(sheet: str, keys: Sequence[Key], rows: Mapping[Key, Values]) -> list[str]:
    return [named(sheet, rows[key]) for key in keys]


def _woven(order: list[Key], other: Sequence[Key]) -> list[Key]:
    """An order, and what only the other has, each after what it follows there."""
    there, follows = set(order), dict[Key | None, list[Key]]()
    before: Key | None = None
    for key in other:
        if key not in there:
            follows.setdefault(before, []).append(key)
        else:
            before = key
    made = list(follows.get(None, ()))
    for key in order:
        made.append(key)
        made += follows.get(key, ())
    return made
