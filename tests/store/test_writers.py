"""Sixteen people, or sixteen windows of one, write at once: every acknowledged edit is there, nobody waits long."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from optimiser.store.base.database import LONGEST_WAIT, Database
from optimiser.store.base.rights import Actor
from optimiser.store.work import cases, drafts
from tests.store.writers import edit, edits, grid, heard, staff, told

WRITERS, EDITS = 16, 40
SAVE_EVERY = 1 if os.environ.get("OPTIMISER_SOAK") else 5


def alone(db: Database, actor: Actor, case: str) -> float:
    """Seconds that the slowest of a few edits takes while nobody else writes. They are undone."""
    seconds, state = [], drafts.open(db, actor, case)
    for k in range(5):
        began = time.perf_counter()
        state = edit(db, actor, state, k, "a0", -1.0)
        seconds.append(time.perf_counter() - began)
    drafts.move(db, actor, state.id, -5)
    return max(seconds)


def longest_allowed(*seconds_alone: float) -> float:
    """Five seconds; on a machine so busy that three rounds of the line take longer by themselves, these."""
    return max(LONGEST_WAIT, 3 * WRITERS * max(seconds_alone))


def report(told: list[list[Any]], record: Callable[[str, object], None]) -> float:
    """The longest wait; every edit must have been told."""
    assert [len(one) for one in told] == [EDITS] * WRITERS
    longest = max(seconds for one in told for _, _, said in one for seconds in said)
    record("longest wait in seconds", round(longest, 3))
    print(f"longest wait of {WRITERS} writers × {EDITS} edits: {longest:.2f} s")
    return longest


def cells(records: Any) -> dict[tuple[str, int], Any]:
    return {(c, k): row[c] for k, row in enumerate(records) for c in row if c != "area"}


EXPECTED = {(f"a{w}", k): k + 1.0 for w in range(WRITERS) for k in range(EDITS)}


def test_sixteen_people_in_processes_save_one_case(
    database: Database, record_property: Callable[[str, object], None]
) -> None:
    actors = [staff(database, f"Person {w}") for w in range(WRITERS)]
    case = cases.create(database, actors[0], "Everybody's", "a test", grid(EDITS, WRITERS)).id
    cases.share(database, actors[0], case, True)
    before = alone(database, actors[0], case)
    address = database.url.render_as_string(hide_password=False)
    running = [told(edits, address, a.id, case, f"a{w}", EDITS, SAVE_EVERY) for w, a in enumerate(actors)]
    longest = report([heard(pipe) for _, pipe in running], record_property)
    saved = cases.version(database, actors[0], case)
    assert cells(saved.records["Areas"]) == EXPECTED
    assert saved.number == 1 + WRITERS * EDITS // SAVE_EVERY
    assert longest < longest_allowed(before, alone(database, actors[0], case))
    for process, _ in running:
        process.join()


@pytest.mark.first(1)
def test_sixteen_windows_of_one_person_edit_one_draft(
    database: Database, record_property: Callable[[str, object], None]
) -> None:
    me = staff(database, "Ana")
    case = cases.create(database, me, "Mine", "a test", grid(EDITS, WRITERS)).id
    before = alone(database, me, case)
    told: list[list[Any]] = [[] for _ in range(WRITERS)]

    def window(w: int) -> None:
        edits(database.url, me.id, case, f"a{w}", EDITS, 0, told[w].append)  # type: ignore[arg-type]

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(window, range(WRITERS)))
    longest = report(told, record_property)
    state = drafts.open(database, me, case)
    assert cells([r.values for r in state.sheets["Areas"]]) == EXPECTED
    live = [s for s in state.steps if not s.dropped]
    assert len(live) == state.position == WRITERS * EDITS
    assert [s.number for s in state.steps] == list(range(1, 1 + len(state.steps)))
    fresh = Database(database.url)
    assert drafts.open(fresh, me, case).sheets == state.sheets
    fresh.close()
    assert longest < longest_allowed(before, alone(database, me, case))
