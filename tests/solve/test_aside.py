"""Work of a solver in a thread that is kept for the next one."""

from __future__ import annotations

import gc
import os
import sys
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest

from optimiser.solvers.aside import Aside


def test_a_thread_is_used_again() -> None:
    names: list[int] = []
    for _ in range(20):
        work = Aside(lambda: names.append(threading.get_ident()))
        assert work.ended(10)
        assert work.failed is None
    assert len(names) == 20
    assert len(set(names)) == 1


def test_a_failure_is_kept_for_whoever_waits_and_the_thread_goes_on() -> None:
    work = Aside(lambda: 1 / 0)
    assert work.ended(10)
    assert isinstance(work.failed, ZeroDivisionError)
    assert Aside(lambda: None).ended(10)


def test_what_is_left_behind_holds_nobody_up() -> None:
    go = threading.Event()
    stuck = Aside(go.wait)
    assert not stuck.ended(0.01)
    assert Aside(lambda: None).ended(10)
    go.set()
    assert stuck.ended(10)
    assert stuck.ended(0)


def test_works_at_once_do_not_wait_for_each_other() -> None:
    """As many as ask at one moment: each ends only when all have begun."""
    meeting = threading.Barrier(8)
    with ThreadPoolExecutor(8) as people:
        assert all(people.map(lambda _: Aside(lambda: meeting.wait(10)).ended(20), range(8)))
    assert not meeting.broken


def test_nothing_of_a_work_is_kept_once_it_has_ended() -> None:
    class Matrix:
        def solve(self) -> None: ...

    matrix = Matrix()
    gone = weakref.ref(matrix)
    assert Aside(matrix.solve).ended(10)
    del matrix
    assert Aside(lambda: None).ended(10)  # the thread has let go of it by now
    gc.collect()
    assert gone() is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")
def test_a_forked_process_has_threads_of_its_own() -> None:
    assert Aside(lambda: None).ended(10)
    child = os.fork()
    if child == 0:
        os._exit(0 if Aside(lambda: None).ended(10) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
