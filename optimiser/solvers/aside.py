"""A solver's work in another thread, so that whoever waits for it hears a stop, and can leave it behind.

Threads are kept for the next piece of work: to begin one takes longer than many a small solve.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from queue import SimpleQueue

_Jobs = SimpleQueue["tuple[Aside, Callable[[], object]]"]
_IDLE: list[_Jobs] = []
"""What the threads that have nothing to do wait for."""
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_IDLE.clear)  # a forked process has the list, not the threads


class Aside:
    """A piece of work that has begun in another thread."""

    def __init__(self, work: Callable[[], object]) -> None:
        self._running = threading.Lock()  # of all that one can wait for, the lightest
        self._running.acquire()
        self.failed: BaseException | None = None
        """What it ended with, if it failed."""
        try:
            jobs = _IDLE.pop()
        except IndexError:
            jobs = SimpleQueue()
            threading.Thread(target=_serve, args=(jobs,), name="solver", daemon=True).start()
        jobs.put((self, work))

    def ended(self, seconds: float) -> bool:
        """Whether it has ended, after a wait of so many seconds at most."""
        if not self._running.acquire(timeout=seconds):
            return False
        self._running.release()
        return True

    def _run(self, work: Callable[[], object], jobs: _Jobs) -> None:
        try:
            work()
        except BaseException as error:  # reported by whoever waits
            self.failed = error
        finally:
            _IDLE.append(jobs)
            self._running.release()


def _serve(jobs: _Jobs) -> None:
    while True:
        aside, work = jobs.get()
        aside._run(work, jobs)
        del aside, work  # a matrix may hang on them
