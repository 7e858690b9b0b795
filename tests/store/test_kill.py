"""kill -9 at a random moment of saving, importing, deciding and migrating: never torn, nothing acknowledged lost.

OPTIMISER_SOAK=200 kills 200 times on each database; without it a sample. The seed is printed; OPTIMISER_SEED repeats it.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from optimiser.store.base import migrate, people
from optimiser.store.base.database import Database
from optimiser.store.work import cases, drafts
from tests.store import decided
from tests.store.rows import everything, fill
from tests.store.victims import READY, VICTIMS, migrating
from tests.store.wholeness import complaints
from tests.store.writers import grid, heard, told

KILLS = int(os.environ.get("OPTIMISER_SOAK") or 12)
SPAN = {"saving": 0.5, "importing": 0.5, "deciding": 2.0}
"""Seconds in which the moment of the kill lies: several acknowledged changes."""


def killed(target: Any, *given: str, span: float, told_first: bool = False) -> list[Any]:
    """What a process told before it was killed, within these seconds after it was ready, or after its first change was
    acknowledged, however long a busy machine takes for it."""
    process, pipe = told(target, *given)
    assert pipe.poll(60), "the process did not begin"
    first = [pipe.recv()]
    assert first == [READY]
    assert not told_first or pipe.poll(60), "nothing was acknowledged"
    time.sleep(random.uniform(0, span))
    process.kill()
    process.join()
    return heard(pipe)


@pytest.fixture(autouse=True)
def seed() -> None:
    found = int(os.environ.get("OPTIMISER_SEED") or random.randrange(10**6))
    print(f"OPTIMISER_SEED={found}")
    random.seed(found)


def test_work_that_is_killed(database: Database) -> None:
    me = people.local(database)
    mine = cases.create(database, me, "Mine", "a test", grid(10, 4)).id
    others = cases.create(database, me, "Other", "a test", grid(10, 4)).id
    run = decided.kept(database, me).id
    place = {"saving": mine, "importing": others, "deciding": run}
    address = database.url.render_as_string(hide_password=False)
    acknowledged: list[Any] = []
    for k in range(KILLS - KILLS // 4):
        name = list(place)[k % len(place)]
        acknowledged += killed(VICTIMS[name], address, me.id, place[name], span=SPAN[name], told_first=k % 2 > 0)
        assert complaints(database, acknowledged) == [], f"kill {k + 1}, {name}"
    for case in (mine, others):
        fresh = Database(database.url)
        state = drafts.open(fresh, me, case)
        # A kill between undo and redo leaves a step that is not in force: back and forth again ends before it.
        drafts.move(fresh, me, state.id, -state.position)
        assert drafts.move(fresh, me, state.id, state.position).sheets == state.sheets
        fresh.close()
    counts = Counter(kind for kind, *_ in acknowledged)
    print(f"{KILLS - KILLS // 4} kills; acknowledged and there: {dict(counts)}")
    assert min(counts[kind] for kind in ("step", "version", "proposals")) > 0, counts


@pytest.mark.first(1)
def test_a_migration_that_is_killed(place: str) -> None:
    db = Database(place)
    ends = Counter[str]()
    seconds = {revision: _undisturbed(db, place, revision) for revision in ("", "0001")}
    for k in range(max(4, KILLS // 4)):
        revision = ("", "0001")[k % 2]
        before = _started(db, revision)
        whole = ("migrated",) in killed(migrating, place, "", "", span=seconds[revision] * 1.2)
        found = migrate.current(db)
        assert found == migrate.HEAD if whole else found in (revision, migrate.HEAD)
        ends[f"from {revision or 'nothing'} at {found or 'nothing'}"] += 1
        for _ in range(2):
            after = _rows(db)
            for table, rows in before.items():
                assert [{c: row[c] for c in rows[0]} for row in after[table]] == rows, (k, table)
            migrate.ready(db)  # whatever the kill left, this finishes it
        assert migrate.current(db) == migrate.HEAD
    print(f"killed migrations: {dict(ends)}")
    db.close()


def _started(db: Database, revision: str) -> dict[str, list[dict[str, Any]]]:
    """The store at this version, with rows, which are returned."""
    if db.is_sqlite:
        db.close()
        Path(str(db.url.database)).unlink(missing_ok=True)
    else:
        with db.write() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    if revision:
        migrate.upgrade(db, revision)
        with db.write() as connection:
            fill(connection)
    return _rows(db)


def _undisturbed(db: Database, place: str, revision: str) -> float:
    """Seconds of a migration that nobody kills."""
    _started(db, revision)
    process, pipe = told(migrating, place, "", "")
    assert pipe.recv() == READY
    began = time.perf_counter()
    assert heard(pipe) == [("migrated",)]
    seconds = time.perf_counter() - began
    process.join()
    return seconds


def _rows(db: Database) -> dict[str, list[dict[str, Any]]]:
    with db.read() as connection:
        return everything(connection)
