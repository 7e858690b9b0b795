"""What a draft comes to: read from the store, and kept in memory so that it is only followed up.

A draft is a version (its root) and the steps after it, of which the first `position` are in force.
"""

from __future__ import annotations

import weakref
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Row, select

from optimiser.store.base import content, schema
from optimiser.store.base.database import Database
from optimiser.store.base.records import CellChange, Sheets, applied, numbered
from optimiser.store.work import cases

KEPT = 100
"""Drafts of a store whose state is kept in memory."""


@dataclass(frozen=True)
class EditStep:
    """What a person did. said: in words; dropped: undone, and then overtaken by another step."""

    number: int
    said: str
    changes: tuple[CellChange, ...]
    person: str
    at: datetime
    dropped: bool = False


@dataclass(frozen=True)
class DraftState:
    """A draft as it is: the records after the steps in force.

    id "": not a draft but a version that is only looked at. base: the version that it was last brought together with,
    latest: the newest of the case. revision: grows with every change of the draft; the next change names it.
    next_number: of the next record that is added.
    """

    id: str
    case: str
    base: int
    latest: int
    root: int
    position: int
    revision: int
    next_number: int
    scenario: str
    sheets: Sheets
    steps: tuple[EditStep, ...] = ()
    start: Sheets = field(default_factory=dict, repr=False)
    """The records of the root, before any step."""
    at: datetime | None = field(default=None, repr=False)
    """When the draft was last changed; None of what is only looked at."""
    whole: bool = True
    """Whether no record is kept from who looks at it."""

    @property
    def live(self) -> list[EditStep]:
        """Steps that are in force or can be redone, in order."""
        return [s for s in self.steps if not s.dropped]

    @property
    def can_undo(self) -> str:
        """What undo would take back; "" where there is nothing."""
        return self.live[self.position - 1].said if self.position else ""

    @property
    def can_redo(self) -> str:
        """What redo would bring back; "" where there is nothing."""
        live = self.live
        return live[self.position].said if self.position < len(live) else ""


class _Kept:
    """States of drafts by id, the latest used last."""

    def __init__(self) -> None:
        self._states: OrderedDict[str, DraftState] = OrderedDict()
        self._lock = Lock()

    def get(self, draft: str) -> DraftState | None:
        with self._lock:
            return self._states.get(draft)

    def put(self, state: DraftState) -> None:
        with self._lock:
            self._states[state.id] = state  # an older one than another session's is only followed up again
            self._states.move_to_end(state.id)
            while len(self._states) > KEPT:
                self._states.popitem(last=False)


_KEPT: weakref.WeakKeyDictionary[Database, _Kept] = weakref.WeakKeyDictionary()


def keep(db: Database, state: DraftState) -> DraftState:
    """Keeps a state in memory, once it is in the store."""
    _KEPT.setdefault(db, _Kept()).put(state)
    return state


def read(connection: Connection, db: Database, row: Row[Any], latest: int) -> DraftState:
    """The state of a draft from its row. latest: the newest version of its case."""
    known = _KEPT.setdefault(db, _Kept()).get(row.id)
    state = _followed(connection, row, known) if known is not None else None
    if state is None:
        start = numbered(content.unpack(cases.packed_version(connection, row.case, row.root)))
        steps = _steps(connection, row.id, 0)
        live = [s for s in steps if not s.dropped]
        state = DraftState(
            row.id, row.case, row.base, latest, row.root, row.position, row.revision, row.next_number, row.scenario,
            replayed(start, live[: row.position]), tuple(steps), start, row.at,
        )  # fmt: skip
    return replace(state, latest=latest, scenario=row.scenario)


def replayed(start: Sheets, steps: Iterable[EditStep]) -> Sheets:
    """The records after these steps."""
    return applied(start, (change for step in steps for change in step.changes))


def _followed(connection: Connection, row: Row[Any], known: DraftState) -> DraftState | None:
    """What is known, with the steps that another session has added since; None where more than that has happened."""
    if known.root != row.root:
        return None
    if known.revision == row.revision:
        return known if known.at == row.at else None
    last = known.steps[-1].number if known.steps else 0
    steps = _steps(connection, row.id, last)
    if last:
        if not steps or steps[0] != known.steps[-1]:
            return None
        steps = steps[1:]
    # Where this many steps were added and the position went on by as many, none was undone or dropped.
    if known.can_redo or row.position != known.position + len(steps):
        return None
    return replace(
        known, base=row.base, position=row.position, revision=row.revision, next_number=row.next_number, at=row.at,
        sheets=replayed(known.sheets, steps), steps=(*known.steps, *steps),
    )  # fmt: skip


def _steps(connection: Connection, draft: str, first: int) -> list[EditStep]:
    steps, people = schema.steps, schema.people
    found = connection.execute(
        select(steps, people.c.name)
        .join(people, people.c.id == steps.c.person)
        .where(steps.c.draft == draft, steps.c.number >= first)
        .order_by(steps.c.number)
    )
    return [
        EditStep(r.number, r.said, tuple(CellChange(*c) for c in r.changes), r.name, r.at, r.dropped) for r in found
    ]
