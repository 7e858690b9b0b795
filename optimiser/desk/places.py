"""Places for work that goes on at once: what lasts long gives its place to the next, and goes on."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from optimiser.solvers.solution import Stop


class Places:
    """So many may begin at once. long: seconds after which one counts no more, so that nobody waits for what hangs."""

    def __init__(self, count: int, long: float) -> None:
        self._count, self._long = count, long
        self._held: dict[object, float] = {}
        self._changed = threading.Condition()

    @contextmanager
    def one(self, stop: Stop) -> Iterator[None]:
        """Waits for a place, and holds it; who is stopped waits no longer."""
        mine = object()
        stop.then(self._look_again)
        with self._changed:
            while not stop.stopped and (wait := self._wait()) > 0:
                self._changed.wait(wait)
            self._held[mine] = time.monotonic()
        try:
            yield
        finally:
            with self._changed:
                del self._held[mine]
                self._changed.notify_all()

    def _wait(self) -> float:
        """Seconds until there may be a place; 0 where there is one."""
        young = sorted(left for began in self._held.values() if (left := began + self._long - time.monotonic()) > 0)
        return young[-self._count] if len(young) >= self._count else 0.0

    def _look_again(self) -> None:
        with self._changed:
            self._changed.notify_all()
