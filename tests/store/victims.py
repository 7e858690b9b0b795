"""What is going on in a process when it is killed; everything is told as soon as the store has acknowledged it."""

from __future__ import annotations

import random
from typing import Any

from optimiser.store.base import migrate, people
from optimiser.store.base.database import Database
from optimiser.store.base.records import Record, differences
from optimiser.store.committee import decisions
from optimiser.store.work import cases, drafts
from tests.store.writers import Tell, edit, grid

READY = ("ready",)


def saving(address: str, person: str, place: str, tell: Tell) -> None:
    """Steps, undo, redo and saves in one draft."""
    db = Database(address)
    actor = people.actor(db, person)
    state = drafts.open(db, actor, place)
    tell(READY)
    while True:
        for _ in range(3):
            state = edit(db, actor, state, random.randrange(10), f"a{random.randrange(4)}", random.random())
            tell(("step", state.id, len(state.steps), state.steps[-1].changes[0].after))
        state = drafts.move(db, actor, state.id, -1)
        state = drafts.move(db, actor, state.id, 1)
        saved = drafts.save(db, actor, state.id)
        tell(("version", place, saved.number, saved.sha256))
        state = drafts.open(db, actor, place)


def importing(address: str, person: str, place: str, tell: Tell) -> None:
    """Workbooks: as new cases, and over the records of a draft."""
    db = Database(address)
    actor = people.actor(db, person)
    state = drafts.open(db, actor, place)
    tell(READY)
    while True:
        made = cases.create(db, actor, "Imported", "a workbook", grid(random.randrange(1, 300), 6), action="import")
        first = cases.version(db, actor, made.id)
        tell(("version", made.id, 1, first.sha256))
        rows = grid(random.randrange(1, 300), 6)["Areas"]
        numbered = {"Areas": tuple(Record(state.next_number + k, row) for k, row in enumerate(rows))}
        changes = differences(state.sheets, numbered)
        state = drafts.step(db, actor, state.id, state.revision, "imported", changes, action="import")
        tell(("step", state.id, len(state.steps), state.steps[-1].changes[0].after))


def deciding(address: str, person: str, place: str, tell: Tell) -> None:
    """Proposals, votes and decisions on one run."""
    db = Database(address)
    actor = people.actor(db, person)
    tell(READY)
    while True:
        proposal = decisions.propose(db, actor, place, f"Fund it {random.random()}")
        tell(("proposals", proposal.id))
        for choice in ("reject", "approve"):
            decisions.vote(db, actor, proposal.id, choice, "because")
        made = decisions.resolve(db, actor, proposal.id)
        tell(("decisions", made.id, made.report_sha256))


def migrating(address: str, person: str, place: str, tell: Tell) -> None:
    """The store is brought up to this version, once."""
    db = Database(address)
    migrate.current(db)
    tell(READY)
    migrate.ready(db)
    tell(("migrated",))


VICTIMS: dict[str, Any] = {v.__name__: v for v in (saving, importing, deciding, migrating)}
