"""Writers take turns: in the order of asking, past those who died, and not for ever."""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from optimiser.store.base import database as store_database
from optimiser.store.base import people
from optimiser.store.base.database import Busy, Database
from optimiser.store.base.turn import TooLong, turn
from optimiser.store.work import cases, drafts
from tests.store.wholeness import complaints
from tests.store.writers import edit, grid, holds, told


def in_line(file: Path, many: int) -> None:
    """Waits until so many stand in the line of a lock file: as Linux lists them, elsewhere long enough."""
    listed, inode = Path("/proc/locks"), f":{file.stat().st_ino} "
    if not listed.exists():
        time.sleep(1)
        return
    for _ in range(3000):
        if sum("->" in line and inode in line for line in listed.read_text("ascii").splitlines()) >= many:
            return
        time.sleep(0.01)
    raise TimeoutError(f"after 30 seconds there are not {many} in the line")


def test_who_asked_first_comes_first(tmp_path: Path) -> None:
    file, came, waiting = tmp_path / "lock", list[int](), list[threading.Thread]()

    def one(k: int) -> None:
        with turn(file, 10):
            came.append(k)

    with turn(file, 1):
        for k in range(8):
            waiting.append(threading.Thread(target=one, args=(k,)))
            waiting[-1].start()
            in_line(file, k + 1)
        assert came == []
    for thread in waiting:
        thread.join()
    assert came == list(range(8))


def test_who_died_holds_nobody_up(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    process, pipe = told(holds, str(file))
    assert pipe.recv() == "held"
    with pytest.raises(TooLong), turn(file, 0.05):
        pass
    process.kill()
    process.join()
    pipe.close()
    with turn(file, 5):
        pass


def test_who_gave_up_waiting_does_not_stand_in_the_line(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    with turn(file, 1):
        for _ in range(3):
            with pytest.raises(TooLong), turn(file, 0.05):
                pass
    with turn(file, 5):
        pass


def test_a_wait_ends_with_a_sentence_and_nothing_done(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    me = people.local(database)
    case = cases.create(database, me, "Mine", "a test", grid(2, 2)).id
    state = drafts.open(database, me, case)
    entered, leave = threading.Event(), threading.Event()

    def slow() -> None:
        with database.write():
            entered.set()
            leave.wait(30)

    other = threading.Thread(target=slow)
    other.start()
    entered.wait()
    monkeypatch.setattr(store_database, "LONGEST_WAIT", 0.1)
    with pytest.raises(Busy, match=r"0\.2 seconds. Nothing was changed; try again"):
        edit(database, me, state, 0, "a0", 1.0)
    assert drafts.open(database, me, case).steps == (), "those who only read do not wait"
    leave.set()
    other.join()
    monkeypatch.undo()
    assert len(edit(database, me, state, 0, "a0", 1.0).steps) == 1


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_who_reads_while_another_program_holds_the_file_waits_a_while_and_is_told(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also over a connection that has written before, and waited longer for that."""
    me = people.local(database)
    assert database.url.database is not None
    monkeypatch.setattr(store_database, "LONGEST_WAIT", 0.05)
    holder = sqlite3.connect(database.url.database, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    asked: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    with pytest.raises(OperationalError) as held:
        cases.listed(database, me)
    holder.execute("ROLLBACK")
    holder.close()
    assert "PRAGMA busy_timeout = 50" in asked
    assert "Another program holds the database" in store_database.in_words(held.value)
    assert cases.listed(database, me) == []


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_a_full_disk_loses_nothing_that_was_acknowledged(database: Database) -> None:
    me = people.local(database)
    case = cases.create(database, me, "Mine", "a test", grid(50, 6)).id
    state = drafts.open(database, me, case)
    acknowledged = []
    with database.engine.connect() as connection:  # the pool gives this one connection to all that follows
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 12}")

    def fill() -> None:
        nonlocal state
        for k in range(500):
            state = edit(database, me, state, k % 50, "a0", k + 1.0)
            acknowledged.append(("step", state.id, k + 1, k + 1.0))

    with pytest.raises(OperationalError, match="full"):
        fill()
    assert acknowledged
    fresh = Database(database.url)
    assert complaints(fresh, acknowledged) == []
    assert len(drafts.open(fresh, me, case).steps) == len(acknowledged)
    assert edit(fresh, me, drafts.open(fresh, me, case), 0, "a1", 1.0).position == len(acknowledged) + 1
    fresh.close()
