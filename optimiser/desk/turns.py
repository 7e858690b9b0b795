"""Whose question is next: each person's in turn, so that nobody waits behind all that another has asked.

Nothing here knows Streamlit, or what a question is.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol

from optimiser.solvers.solution import Stop

AT_ONCE, EACH, MOST = 3, 2, 8
"""Pieces of work under way at once, and of one person; and how many may be, where somebody else would wait for a first one.
Each runs in a process of its own, which stands behind the pages."""


class Stoppable(Protocol):
    """What a piece of work belongs to."""

    @property
    def stop(self) -> Stop:
        """By which it is ended."""


class Turns:
    """Work that waits, by person; the person who was served longest ago is next."""

    def __init__(self, at_once: int = AT_ONCE, each: int = EACH, most: int = MOST) -> None:
        self._at_once, self._each, self._most = at_once, each, most
        self._waiting: OrderedDict[str, deque[tuple[Stoppable, Callable[[], None], Future[None]]]] = OrderedDict()
        self._under_way: dict[int, tuple[str, Stoppable]] = {}
        self._left: dict[int, Stoppable] = {}
        self._lock = threading.Lock()

    def take(self, who: str, work: Callable[[], None], of: Stoppable) -> Future[None]:
        """Does the work when it is its turn. of: what it belongs to."""
        future: Future[None] = Future()
        with self._lock:
            self._waiting.setdefault(who, deque()).append((of, work, future))
            self._begin()
            if self._waiting and self._left:
                self._left.popitem()[1].stop.stop()  # nobody waits for that one, and somebody for this
        return future

    def leave(self, of: Stoppable) -> bool:
        """Nobody waits for it any more. Whether it had not begun, and so never will."""
        with self._lock:
            for who, line in list(self._waiting.items()):
                for one in line:
                    if one[0] is of:
                        line.remove(one)
                        if not line:
                            del self._waiting[who]
                        one[2].cancel()
                        return True
            if id(of) in self._under_way:
                self._left[id(of)] = of
                if self._waiting:
                    self._left.popitem()[1].stop.stop()
            return False

    def keep(self, of: Stoppable) -> None:
        """Somebody waits for it (again)."""
        with self._lock:
            self._left.pop(id(of), None)

    def _begin(self) -> None:
        """Begins what may begin. The lock is held."""
        while len(self._under_way) < self._most:
            mine = [who for who, _ in self._under_way.values()]
            most = self._each if len(mine) < self._at_once else 1
            who = next((w for w in self._waiting if mine.count(w) < most), None)
            if who is None:
                return
            line = self._waiting.pop(who)
            of, work, future = line.popleft()
            if line:
                self._waiting[who] = line  # at the end: the others come first
            self._under_way[id(of)] = (who, of)
            threading.Thread(target=self._do, args=(of, work, future), name="question", daemon=True).start()

    def _do(self, of: Stoppable, work: Callable[[], None], future: Future[None]) -> None:
        try:
            work()
        finally:
            with self._lock:
                del self._under_way[id(of)]
                self._left.pop(id(of), None)
                self._begin()
            future.set_result(None)
