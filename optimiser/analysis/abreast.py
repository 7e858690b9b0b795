"""Independent pieces of one piece of work, done abreast in threads: the solver works without Python's lock.

Copies of the process were tried and gave nothing: what they gain is lost in starting them.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

Result = TypeVar("Result")


@contextmanager
def abreast(pieces: Mapping[str, Callable[[], Any]], workers: int | None = None) -> Iterator[Mapping[str, Future[Any]]]:
    """Begins every piece, as many at once as there are cores; name -> its future."""
    with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
        yield {name: pool.submit(piece) for name, piece in pieces.items()}


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
