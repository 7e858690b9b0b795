"""Independent pieces of one piece of work, done abreast in threads: the solver works without Python's lock.

Copies of the process were tried and gave nothing: what they gain is lost in starting them.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

Result = TypeVar("Result")


_STARTING = threading.Lock()


@contextmanager
def abreast(pieces: Mapping[str, Callable[[], Any]], workers: int | None = None) -> Iterator[Mapping[str, Future[Any]]]:
    """Begins every piece, as many at once as there are cores; name -> its future."""
    with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
        yield {name: pool.submit(piece) for name, piece in pieces.items()}


def in_turn(pieces: Mapping[str, Callable[[], Any]], waiting: Callable[[str, int], None]) -> list[Any]:
    """What every piece gives, in their order. waiting: hears which is waited for, and its number from 1."""
    made = []
    with abreast(pieces) as doing:
        for n, (name, job) in enumerate(doing.items(), 1):
            waiting(name, n)
            made.append(job.result())
    return made


class Once(Generic[Result]):
    """A result that several pieces need: who asks first works it out, the others wait for it."""

    def __init__(self, work: Callable[[], Result]) -> None:
        self._work, self._lock = work, threading.Lock()
        self._made: list[Result] = []

    def __call__(self) -> Result:
        with self._lock:
            if not self._made:
                self._made.append(self._work())
            return self._made[0]


def end_with_parent() -> None:
    """Ends this worker process when the one that started it is gone, however it went: nobody waits for its work."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()


@contextmanager
def _without_script() -> Iterator[None]:
    """While processes start, they are not told which script began the program: they need none of it, and one that is started
    afresh would run it once more where its writer put no guard around what it does."""
    script: dict[str, Any] = vars(sys.modules["__main__"])
    with _STARTING:
        kept: dict[str, Any] = {name: script[name] for name in ("__file__", "__spec__") if name in script}
        try:
            script.pop("__file__", None)
            script["__spec__"] = None
            yield
        finally:
            script.update(kept)


class Processes(ProcessPoolExecutor):
    """Worker processes that do not hear a Ctrl-C at the terminal: it is for the one that starts them, whose end is theirs
    if their first work is `end_with_parent`. (Windows has no such mask.)"""

    def submit(self, work: Callable[..., Result], /, *given: Any, **named: Any) -> Future[Result]:
        """As any pool does; this is where processes start."""
        with _without_script():
            if sys.platform == "win32":
                return super().submit(work, *given, **named)
            before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
            try:
                return super().submit(work, *given, **named)
            finally:
                signal.pthread_sigmask(signal.SIG_SETMASK, before)
