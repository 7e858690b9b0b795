"""Taking turns at a file of SQLite: who came first writes first.

SQLite's own waiting looks again after longer and longer pauses, so that of many writers some never find the file free.
A lock file beside it, which the operating system hands on in the order of asking and takes back from the dead, makes a
line. Where there are no such locks (Windows, some file servers), SQLite's waiting is all there is.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform != "win32":
    import fcntl


class TooLong(TimeoutError):
    """The turn did not come in time."""


@contextmanager
def turn(file: Path, seconds: float) -> Iterator[None]:
    """Waits in the line of this lock file. Raises TooLong after these seconds."""
    if sys.platform == "win32":
        yield
        return
    mine = _Place(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    try:
        if not mine.at_once():
            mine.wait(seconds)
        yield
    finally:
        mine.leave()


class _Place:
    """A place in the line: an open lock file. It is closed once, by whoever needs it last."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._changing = threading.Lock()
        self._waiting = self._left = False

    def at_once(self) -> bool:
        """Whether nobody else is there."""
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True  # a file server without locks
        return True

    def wait(self, seconds: float) -> None:
        """Waits in a thread, because the operating system's waiting has no end of its own."""
        self._waiting = True
        waiting = threading.Thread(target=self._wait, daemon=True)
        waiting.start()
        waiting.join(seconds)
        if waiting.is_alive():
            raise TooLong

    def _wait(self) -> None:
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        with self._changing:
            self._waiting = False
            if self._left:
                os.close(self._descriptor)

    def leave(self) -> None:
        """Gives the turn to the next."""
        with self._changing:
            self._left = True
            if not self._waiting:
                os.close(self._descriptor)
