"""Writers that run in processes of their own and tell what was acknowledged, so that they can be counted, or killed."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from optimiser.store.base import migrate, people
from optimiser.store.base.database import Busy, Database
from optimiser.store.base.rights import ROLES, Actor
from optimiser.store.base.turn import turn
from optimiser.store.work import cases, drafts

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(
    ["optimiser.store.work.drafts", "optimiser.store.committee.decisions", "optimiser.verbs", "alembic.command"]
)
Tell = Callable[[Any], None]


def staff(db: Database, name: str) -> Actor:
    """A person of office mode who may do everything."""
    person = people.signed_in(db, name, name)
    people.set_roles(db, people.local(db), person.id, ROLES)
    return people.actor(db, person.id)


def grid(rows: int, columns: int) -> dict[str, list[dict[str, Any]]]:
    """A case of areas with this many attributes, all 0."""
    return {"Areas": [{"area": f"Area {k}", **{f"a{w}": 0.0 for w in range(columns)}} for k in range(rows)]}


def edit(db: Database, actor: Actor, state: drafts.DraftState, row: int, column: str, value: float) -> Any:
    """One step: a cell of the grid."""
    record = state.sheets["Areas"][row]
    change = ["Areas", record.number, record.values["area"], column, record.values[column], value]
    return drafts.step(db, actor, state.id, state.revision, f"{column} of {row}", [change])


def again(work: Callable[[], Any]) -> Any:
    """The work, as who is told that others have been writing too long does it: nothing was changed, so once more."""
    while True:
        with suppress(Busy):
            return work()


def edits(address: str, person: str, case: str, column: str, count: int, every: int, tell: Tell) -> None:
    """Edits one column of the grid, row by row, and tells each row and value with when each write was asked for and ended.

    every: a save follows after as many edits, which brings together what all have saved; 0: never.
    """
    db = Database(address)
    actor = people.actor(db, person)
    state = drafts.open(db, actor, case)
    for row in range(count):
        began = time.perf_counter()
        state = again(partial(edit, db, actor, state, row, column, row + 1.0))
        said = [(began, time.perf_counter())]
        if every and (row + 1) % every == 0:
            began = time.perf_counter()
            again(partial(drafts.save, db, actor, state.id, f"{column} of {row}"))
            said.append((began, time.perf_counter()))
            state = drafts.open(db, actor, case)
        tell((row, row + 1.0, said))
    db.close()


def serving(address: str, home: str, tell: Tell) -> None:
    """A server's first minute, once the file `go` is in its home: the store is made or brought up to date, and a case comes in."""
    os.environ["OPTIMISER_HOME"] = home
    db = Database(address)
    tell("here")
    while not Path(home, "go").exists():
        time.sleep(0.001)
    migrate.ready(db)
    made = cases.create(db, people.local(db), "Mine", "a test", grid(3, 2))
    tell((made.id, migrate.current(db)))
    db.close()


def holds(file: str, tell: Tell) -> None:
    """Has the turn, and does not give it away."""
    with turn(Path(file), 5):
        tell("held")
        time.sleep(60)


def told(target: Callable[..., None], *given: Any) -> tuple[Any, Connection]:
    """A process that runs target(*given, tell), and the end of the pipe where it is heard."""
    here, there = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=_run, args=(target, given, there), daemon=True)
    process.start()
    there.close()
    return process, here


def heard(pipe: Connection) -> list[Any]:
    """Everything that was told until the process ended, however it ended."""
    found = []
    try:
        while True:
            found.append(pipe.recv())
    except (EOFError, OSError):
        pipe.close()
    return found


def _run(target: Callable[..., None], given: tuple[Any, ...], there: Connection) -> None:
    target(*given, there.send)
    there.close()
