"""A block of cells copied from a spreadsheet, read by the specification of its table: what it changes, by ID.

Numbers are read in one way only. Where a number could be meant in two ways ("1,5", "1.234"), nothing is guessed: it is
refused until a person says which sign parts the decimals, and then all numbers of the block are read so.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any

from optimiser.case.faults import Fault, shown
from optimiser.case.names import fold, fold_title, nearest
from optimiser.case.readable import counted
from optimiser.case.reading.amounts import Mark, plain, read_number, scaled
from optimiser.case.reading.cells import NO, YES
from optimiser.case.reading.titles import known_column, unit_of
from optimiser.case.spec import Column

MOST_CELLS = 200_000


@dataclass(frozen=True)
class Set:
    """A cell that changes: of the record at this position, with what stood there and what will."""

    position: int
    key: str
    column: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Refused:
    """What cannot be taken as it stands. row: of the block, from 1; cure: what to do, in words."""

    row: int
    column: str
    written: str
    cure: str


@dataclass(frozen=True)
class Pasted:
    """What a block comes to.

    columns: of each column of the block the name it is read as ("" where it is not read); has_titles: whether the first
    row names them. sets: cells of records that are there; added: records with new IDs; refused: what stands in the way.
    two_ways: whether some number needs the decimal sign to be chosen.
    """

    columns: tuple[str, ...]
    has_titles: bool
    sets: tuple[Set, ...] = ()
    added: tuple[Mapping[str, Any], ...] = ()
    refused: tuple[Refused, ...] = ()
    unread: tuple[str, ...] = ()
    two_ways: bool = False
    rows: int = 0
    notes: tuple[str, ...] = ()
    """What the titles say of their numbers, as sentences: "Request ($000)": each number is multiplied by 1000 …"""

    @property
    def sentence(self) -> str:
        """This will change 14 cells of 6 records and add 2 records."""
        records, parts = len({s.position for s in self.sets}), []
        if self.sets:
            parts.append(f"change {counted(len(self.sets), 'cell')} of {counted(records, 'record')}")
        if self.added:
            parts.append(f"add {counted(len(self.added), 'record')}")
        return f"This will {' and '.join(parts)}." if parts else "This changes nothing: every cell is already so."


def block(text: str, columns: Sequence[Column] = ()) -> list[list[str]]:
    """The cells of copied text, row by row: parted by tabs, or as a CSV by semicolons (in each line as many) or by commas
    (in each line as many, and the first holds words, one of the columns among them); quoted where a cell holds such a sign.

    Raises ValueError for more cells than a person can mean.
    """
    rows = _parted(text, "\t")
    for sign in ";," if "\t" not in text else "":
        found = _parted(text, sign)
        even = len({len(row) for row in found}) == 1 and len(found[0]) > 1
        # Commas stand in names and amounts too.
        if even and (sign == ";" or (titles_of(found, columns) and all(t[:1].isalpha() for t in found[0]))):
            rows = found
            break
    if sum(len(row) for row in rows) > MOST_CELLS:
        raise ValueError(f"More than {MOST_CELLS:,} cells: bring them as a workbook instead.")
    return rows


def _parted(text: str, sign: str) -> list[list[str]]:
    rows = [[c.strip() for c in row] for row in csv.reader(StringIO(text), delimiter=sign)]
    return [row for row in rows if any(row)]


def titles_of(rows: Sequence[Sequence[str]], columns: Sequence[Column]) -> list[str] | None:
    """The column that each title of the first row names ("" where none); None where it holds no titles."""
    if not rows:
        return None
    read = [known_column(columns, t)[0] or known_column(columns, t.split(",")[0])[0] for t in rows[0]]
    exact = {fold_title(t) for t in rows[0]}
    found = [
        "" if n and fold_title(n) in exact and fold_title(t) != fold_title(n) else n
        for n, t in zip(read, rows[0], strict=True)
    ]
    return found if any(found) else None


def read(
    text: str,
    columns: Sequence[Column],
    key: Sequence[str],
    records: Sequence[Mapping[str, Any]],
    *,
    mark: Mark = "",
    named: Sequence[str] | None = None,
    currency: str = "USD",
) -> Pasted:
    """What a block of copied text comes to on a table. Records are found by their ID.

    columns: of the table, in the order in which a block without titles is taken; key: its ID; named: the column that
    each column of the block is, in place of its titles; currency: of the case. Raises ValueError where the block is too large.
    """
    rows = block(text, columns)
    titles = titles_of(rows, columns)
    width = max((len(r) for r in rows), default=0)
    names = list(named) if named is not None else titles or [c.name for c in columns[:width]]
    names = (names + [""] * width)[:width]
    has_titles = titles is not None
    reading = _Reading({c.name: c for c in columns}, tuple(key), records, mark)
    doubled = [n for n in dict.fromkeys(names) if n and names.count(n) > 1]
    if doubled:
        reading.refused += [Refused(1, n, n, "it stands above two columns: keep one of them") for n in doubled]
    needed = [k for k in key if _required(reading.columns[k])]
    if missing := [k for k in needed if k not in names]:
        told = f"copy the column {' and '.join(missing)} too: rows are found by it"
        reading.refused.append(Refused(1, missing[0], "", told))
    notes = _units(reading, names, rows[0], currency) if has_titles and named is None else ()
    unread = [t for t, n in zip(rows[0], names, strict=False) if has_titles and t and not n] if rows else []
    if not reading.refused:
        for number, row in enumerate(rows[has_titles:], 1 + has_titles):
            reading.take(number, dict(zip(names, row, strict=False)))
    return Pasted(
        tuple(names), has_titles, tuple(reading.sets), tuple(reading.added), tuple(reading.refused),
        tuple(f"{t}{f' (did you mean {n}?)' if (n := nearest(t, reading.columns)) else ''}" for t in unread),
        reading.two_ways, len(rows) - has_titles, notes,
    )  # fmt: skip


def _units(reading: _Reading, names: Sequence[str], titles: Sequence[str], currency: str) -> tuple[str, ...]:
    """What units in titles do to the numbers below them; those that cannot be applied are refused."""
    notes = []
    for title, name in zip(titles, names, strict=False):
        if not name:
            continue
        unit = known_column(list(reading.columns.values()), title)[1]
        taken, fault = unit_of(reading.columns[name], unit, Fault("", "", "S18", shown(title), "", ""), currency)
        if fault is not None and fault.level == "error":
            reading.refused.append(Refused(1, name, title, f"expected {fault.expected}: {fault.cure}"))
        elif fault is not None:
            notes.append(f"{fault.found}: {fault.cure}.")
        if taken is not None:
            reading.factors[name] = taken.factor
    return tuple(notes)


@dataclass(eq=False)
class _Reading:
    """The block while it is read."""

    columns: Mapping[str, Column]
    key: tuple[str, ...]
    records: Sequence[Mapping[str, Any]]
    mark: Mark

    def __post_init__(self) -> None:
        self.known = {self._id(r): n for n, r in reversed(list(enumerate(self.records)))}
        self.met: dict[tuple[str, ...], int] = {}
        self.sets: list[Set] = []
        self.added: list[dict[str, Any]] = []
        self.refused: list[Refused] = []
        self.two_ways = False
        self.factors: dict[str, float] = {}

    def _id(self, record: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple(fold(_as_text(record.get(k))) for k in self.key)

    def take(self, number: int, cells: dict[str, str]) -> None:
        """One row of the block."""
        cells.pop("", None)
        values = {name: self._value(number, self.columns[name], written) for name, written in cells.items()}
        if any(value is _NONE for value in values.values()):
            return
        own = self._id(values)
        blank = [k for k, v in zip(self.key, own, strict=True) if not v and _required(self.columns[k])]
        if blank:
            self.refused.append(Refused(number, blank[0], "", "write the ID, or leave the row out"))
            return
        if own in self.met:
            cure = f"the same ID stands in row {self.met[own]} of the block: keep one of the two"
            self.refused.append(Refused(number, self.key[0], ", ".join(filter(None, own)), cure))
            return
        self.met[own] = number
        at = self.known.get(own)
        if at is None:
            self._add(values)
            return
        record = self.records[at]
        called = ", ".join(_as_text(record.get(k)) for k in self.key if _as_text(record.get(k)))
        for name, value in values.items():
            before = record.get(name)
            if name not in self.key and not _same(before, value):
                self.sets.append(Set(at, called, name, before, value))

    def _add(self, values: Mapping[str, Any]) -> None:
        row = {c.name: c.default for c in self.columns.values() if c.default is not None}
        self.added.append(row | {k: v for k, v in values.items() if v != ""})

    def _value(self, number: int, column: Column, written: str) -> Any:
        """The cell as it is kept, or _NONE where it is refused."""
        if not written:
            return ""
        if column.type == "flag":
            said = fold(written)
            if said in YES or said in NO:
                return said in YES
            self.refused.append(Refused(number, column.name, written, "write yes or no"))
            return _NONE
        if column.type == "choice":
            return next((c for c in column.choices if fold(c) == fold(written)), written)
        if column.type not in ("number", "any"):
            return written
        factor = self.factors.get(column.name, 1.0)
        reading = read_number(written, column.unit, self.mark, factor)
        if reading.level != "error":
            return scaled(reading.value, factor)
        if column.type == "any" and reading.code != "N04":
            return written
        if reading.code == "N04":
            self.two_ways = True
        self.refused.append(Refused(number, column.name, written, reading.cure))
        return _NONE


_NONE = object()


def _required(column: Column) -> bool:
    return column.required or column.type == "key"


def _as_text(value: Any) -> str:
    if value is None or value == "" or value != value:
        return ""
    return plain(float(value)) if isinstance(value, float | int) and not isinstance(value, bool) else str(value)


def _same(before: Any, after: Any) -> bool:
    if _as_text(before) == "" and _as_text(after) == "":
        return True
    if isinstance(before, bool) or isinstance(after, bool):
        return before is after
    if isinstance(before, float | int) and isinstance(after, float | int):
        return float(before) == float(after)
    return type(before) is type(after) and before == after


def called(refused: Refused) -> str:
    """A refusal as a sentence: Row 3, request: "1,5" could be 1.5 or 15 …"""
    said = f"Row {refused.row}, {refused.column}: "
    said += f"{shown(refused.written)}: " if refused.written else ""
    return f"{said}{refused.cure}."
