"""The draft of a case: its records as they are edited, with every step back and forth. Nothing here knows Streamlit.

Drafts are kept in the memory of the server, by an id that stands in the address of the page, so that a reload finds
its draft again. `Desk` is the one door to them; a database can take its place.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from optimiser.app_pages.runs import Run
from optimiser.case.case import Case
from optimiser.case.faults import Fault
from optimiser.case.spec import SHEETS
from optimiser.verbs import check_records

STEPS_KEPT = 200
DRAFTS_KEPT = 200
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Record:
    """One row of a sheet. The number stays with it whatever is edited, sorted or filtered."""

    number: int
    values: Values


Sheets = Mapping[str, tuple[Record, ...]]


@dataclass(frozen=True)
class Step:
    """What a person did, in words, and the sheets as they were afterwards."""

    said: str
    at: datetime
    sheets: Sheets


@dataclass(frozen=True)
class Change:
    """One cell that differs from another state of the draft ("" as column: the whole record was added or deleted)."""

    sheet: str
    number: int
    name: str
    column: str
    before: Any
    after: Any

    def __str__(self) -> str:
        if not self.column:
            return f"{self.sheet}: {self.name} {'added' if self.before is None else 'deleted'}"
        return f"{self.sheet}: {self.column} of {self.name}"


@dataclass(frozen=True)
class Checked:
    """What the checks say of a draft: its case (None where there is an error), and every fault."""

    case: Case | None
    faults: tuple[Fault, ...]

    @property
    def errors(self) -> tuple[Fault, ...]:
        """Faults that must be mended before it can be solved."""
        return tuple(f for f in self.faults if f.level == "error")


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
    return f"{value:,.12g}" if isinstance(value, float | int) else str(value)


def name_of(sheet: str, record: Record) -> str:
    """The record as people call it: the cells of its key."""
    key = next(s for s in SHEETS if s.name == sheet).key
    said = [str(v) for k in key if not blank(v := record.values.get(k))]
    return ", ".join(said) or "a record without a name"


def differences(before: Sheets, after: Sheets) -> list[Change]:
    """Every cell in which two states differ, in the order of the sheets."""
    found: list[Change] = []
    for spec in SHEETS:
        old_rows, new_rows = before.get(spec.name, ()), after.get(spec.name, ())
        if old_rows is new_rows:
            continue
        old = {r.number: r for r in old_rows}
        for record in new_rows:
            was = old.pop(record.number, None)
            name = name_of(spec.name, record)
            if was is None:
                found.append(Change(spec.name, record.number, name, "", None, name))
            elif was is not record:
                for column in dict.fromkeys([*was.values, *record.values]):
                    cells = was.values.get(column), record.values.get(column)
                    if not same(*cells):
                        found.append(Change(spec.name, record.number, name, column, *cells))
        found += [
            Change(spec.name, r.number, name_of(spec.name, r), "", name_of(spec.name, r), None) for r in old.values()
        ]
    return found


@dataclass
class Draft:
    """A case on the desk: its steps, where among them the person stands, and what was solved last.

    source: where it comes from, in words. shown: the run whose plan is on show, and `solved` the records that it
    solved; running: a run that goes on, of the records `asked`. scenario: the one to be solved.
    """

    id: str
    source: str
    steps: list[Step]
    at: int = 0
    shown: Run | None = None
    solved: Sheets | None = None
    running: Run | None = None
    asked: Sheets | None = None
    scenario: str = "base"
    problem: str = ""
    epoch: int = 0
    """Grows with every change that was not typed into the widget which shows it; widgets are made anew then."""
    _next: int = 0
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)
    _checked: tuple[Sheets, Checked] | None = field(default=None, repr=False)

    @property
    def sheets(self) -> Sheets:
        """The records as they are now."""
        return self.steps[self.at].sheets

    def records(self, sheet: str) -> tuple[Record, ...]:
        """The records of one sheet."""
        return self.sheets.get(sheet, ())

    def columns(self, sheet: str) -> list[str]:
        """Columns of the specification, then the attributes that some record has."""
        spec = next(s for s in SHEETS if s.name == sheet)
        extra = dict.fromkeys(c for r in self.records(sheet) for c in r.values if c not in spec.names)
        return [*spec.names, *extra]

    # -- edits --------------------------------------------------------------------------------------------------------

    def edit(
        self,
        sheet: str,
        cells: Mapping[int, Values],
        said: str = "",
        also: Mapping[str, Mapping[int, Values]] | None = None,
    ) -> int:
        """Sets cells by the number of their record; returns how many changed. Unknown records are left out.

        also: cells of other sheets that change with them, in the same step.
        """
        with self._lock:
            made, own, others = dict(self.sheets), list[str](), 0
            for name, new_cells in {**(also or {}), sheet: cells}.items():
                rows = []
                for record in self.records(name):
                    new = {
                        c: v for c, v in new_cells.get(record.number, {}).items() if not same(record.values.get(c), v)
                    }
                    if new and name == sheet:
                        own += [
                            f"{c} of {name_of(name, record)}, {plainly(record.values.get(c))} → {plainly(v)}"
                            for c, v in new.items()
                        ]
                    others += len(new) if name != sheet else 0
                    rows.append(replace(record, values={**record.values, **new}) if new else record)
                made[name] = tuple(rows)
            count = len(own) + others
            if count:
                what = f"{sheet}: {own[0] if len(own) == 1 else f'{len(own)} cells'}"
                with_it = f", and {others} {'cell' if others == 1 else 'cells'} that follow from it" if others else ""
                self._step(said or what + with_it, made)
            return count

    def add(self, sheet: str, values: Values) -> int:
        """Adds a record at the end; returns its number."""
        with self._lock:
            record = Record(self._number(), dict(values))
            self._step(
                f"{sheet}: {name_of(sheet, record)} added", {**self.sheets, sheet: (*self.records(sheet), record)}
            )
            self.epoch += 1
            return record.number

    def add_all(self, sheet: str, rows: Sequence[Values], said: str) -> None:
        """Adds records at the end, in one step that is undone at once. said: what was done, in words."""
        with self._lock:
            made = tuple(Record(self._number(), dict(row)) for row in rows)
            self._step(said, {**self.sheets, sheet: (*self.records(sheet), *made)})
            self.epoch += 1

    def delete(self, sheet: str, numbers: Iterable[int]) -> None:
        """Deletes records by their numbers."""
        with self._lock:
            gone = set(numbers)
            names = [name_of(sheet, r) for r in self.records(sheet) if r.number in gone]
            if names:
                what = names[0] if len(names) == 1 else f"{len(names)} records"
                kept = tuple(r for r in self.records(sheet) if r.number not in gone)
                self._step(f"{sheet}: {what} deleted", {**self.sheets, sheet: kept})
                self.epoch += 1

    def _step(self, said: str, sheets: Sheets) -> None:
        self.steps = [*self.steps[: self.at + 1], Step(said, datetime.now(), sheets)][-STEPS_KEPT:]
        self.at = len(self.steps) - 1

    def _number(self) -> int:
        self._next += 1
        return self._next

    # -- back and forth -----------------------------------------------------------------------------------------------

    @property
    def can_undo(self) -> str:
        """What undo would take back; "" where there is nothing."""
        return self.steps[self.at].said if self.at else ""

    @property
    def can_redo(self) -> str:
        """What redo would bring back; "" where there is nothing."""
        return self.steps[self.at + 1].said if self.at + 1 < len(self.steps) else ""

    def undo(self) -> None:
        """One step back."""
        with self._lock:
            self.at = max(0, self.at - 1)
            self.epoch += 1

    def redo(self) -> None:
        """One step forth."""
        with self._lock:
            self.at = min(len(self.steps) - 1, self.at + 1)
            self.epoch += 1

    def undo_all(self) -> None:
        """Back to what was solved (or opened), as a step that can be undone itself."""
        with self._lock:
            back = self.steps[0].sheets if self.solved is None else self.solved
            self._step("all edits undone", back)
            self.epoch += 1

    def edits(self) -> list[Change]:
        """What was changed since the plan on show was solved."""
        return [] if self.solved is None else differences(self.solved, self.sheets)

    # -- solving ------------------------------------------------------------------------------------------------------

    def begin(self, run: Run) -> None:
        """A run of the records as they are now has begun."""
        self.running, self.asked, self.problem = run, self.sheets, ""
        run.followers.add(self.id)
        self.settle()

    def settle(self) -> bool:
        """Takes over the plan of a run that has ended; says whether there was one."""
        with self._lock:
            run = self.running
            if run is None or not run.done:
                return False
            self.running = None
            if run.plan is None:
                self.problem = run.problem
            elif run.plan.status == "stopped" and not run.plan.has_plan and self.shown is not None:
                self.problem = "Stopped before any plan was found. The plan on show is the earlier one."
            else:
                self.shown, self.solved = run, self.asked
            return True

    # -- what the checks say ------------------------------------------------------------------------------------------

    def plain(self) -> dict[str, list[dict[str, Any]]]:
        """The draft as plain records."""
        return {sheet: [dict(r.values) for r in rows] for sheet, rows in self.sheets.items() if rows}

    def checked(self) -> Checked:
        """The draft, checked; computed once for each state."""
        with self._lock:
            if self._checked is None or self._checked[0] is not self.sheets:
                self._checked = self.sheets, Checked(*check_records(self.plain()))
            return self._checked[1]

    def record_of(self, fault: Fault) -> tuple[Record, str] | None:
        """The record and the column that a fault speaks of, if it has one cell."""
        column, _, row = fault.cell.partition(", row ")
        filled = [r for r in self.records(fault.sheet) if not all(blank(v) for v in r.values.values())]
        if row.isdigit() and 0 < int(row) <= len(filled):
            return filled[int(row) - 1], column
        return None


def as_records(case: Case) -> dict[str, list[dict[str, Any]]]:
    """The tables of a case as plain records."""
    return {name: list(table.records()) for name, table in case.tables.items()}


class Desk:
    """All drafts of this server, by id."""

    def __init__(self) -> None:
        self._drafts: dict[str, Draft] = {}
        self._lock = threading.Lock()

    def open(self, id: str) -> Draft | None:
        """The draft of this id, if it is there."""
        return self._drafts.get(id)

    def lay(self, source: str, records: Mapping[str, Sequence[Values]]) -> Draft:
        """A new draft from plain records. source: where it comes from, in words."""
        number = 0
        sheets: dict[str, tuple[Record, ...]] = {}
        for sheet, rows in records.items():
            sheets[sheet] = tuple(Record(number + k, dict(row)) for k, row in enumerate(rows, 1))
            number += len(rows)
        draft = Draft(secrets.token_hex(4), source, [Step("opened", datetime.now(), sheets)], _next=number)
        with self._lock:
            self._drafts[draft.id] = draft
            for old in list(self._drafts)[:-DRAFTS_KEPT]:
                del self._drafts[old]
        return draft
