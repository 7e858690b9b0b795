"""Sixteen people, or sixteen windows of one, write at once: every acknowledged edit is there, nobody waits long."""

from __future__ import annotations

import os
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from optimiser.store.base.database import Database
from optimiser.store.work import cases, drafts
from tests.store.writers import edits, grid, heard, staff, told

WRITERS, EDITS = 16, 40
ROUNDS = 12
"""So often may each of the others be served while one waits. The line is first come, first served, but on a busy machine who
asks stands in it some rounds later; where the line is not kept, hundreds pass."""
SAVE_EVERY = 1 if os.environ.get("OPTIMISER_SOAK") else 5


def passed_by(told: list[list[Any]], record: Callable[[str, object], None]) -> int:
    """How many writes of others ended, at most, while one was waited for; every edit must have been told.

    Counted, not timed: on a busy machine everybody waits longer, and nobody should be passed more often.
    """
    assert [len(one) for one in told] == [EDITS] * WRITERS
    waits = [wait for one in told for _, _, said in one for wait in said]
    ends = sorted(ended for _, ended in waits)
    most = max(bisect_left(ends, ended) - bisect_right(ends, began) for began, ended in waits)
    record("most writes of others while one was waited for", most)
    record("longest wait in seconds", round(max(ended - began for began, ended in waits), 3))
    return most


def cells(records: Any) -> dict[tuple[str, int], Any]:
    return {(c, k): row[c] for k, row in enumerate(records) for c in row if c != "area"}


EXPECTED = {(f"a{w}", k): k + 1.0 for w in range(WRITERS) for k in range(EDITS)}


def test_sixteen_people_in_processes_save_one_case(
    database: Database, record_property: Callable[[str, object], None]
) -> None:
    actors = [staff(database, f"Person {w}") for w in range(WRITERS)]
    case = cases.create(database, actors[0], "Everybody's", "a test", grid(EDITS, WRITERS)).id
    cases.share(database, actors[0], case, True)
    address = database.url.render_as_string(hide_password=False)
    running = [told(edits, address, a.id, case, f"a{w}", EDITS, SAVE_EVERY) for w, a in enumerate(actors)]
    passed = passed_by([heard(pipe) for _, pipe in running], record_property)
    saved = cases.version(database, actors[0], case)
    assert cells(saved.records["Areas"]) == EXPECTED
    assert saved.number == 1 + WRITERS * EDITS // SAVE_EVERY
    assert passed <= ROUNDS * WRITERS
    for process, _ in running:
        process.join()


@pytest.mark.long
def test_sixteen_windows_of_one_person_edit_one_draft(
    database: Database, record_property: Callable[[str, object], None]
) -> None:
    me = staff(database, "Ana")
    case = cases.create(database, me, "Mine", "a test", grid(EDITS, WRITERS)).id
    told: list[list[Any]] = [[] for _ in range(WRITERS)]

    def window(w: int) -> None:
        edits(database.url, me.id, case, f"a{w}", EDITS, 0, told[w].append)  # type: ignore[arg-type]

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(window, range(WRITERS)))
    passed = passed_by(told, record_property)
    state = drafts.open(database, me, case)
    assert cells([r.values for r in state.sheets["Areas"]]) == EXPECTED
    live = [s for s in state.steps if not s.dropped]
    assert len(live) == state.position == WRITERS * EDITS
    assert [s.number for s in state.steps] == list(range(1, 1 + len(state.steps)))
    fresh = Database(database.url)
    assert drafts.open(fresh, me, case).sheets == state.sheets
    fresh.close()
    assert passed <= ROUNDS * WRITERS
