"""Standard output and standard error as the command line writes them: UTF-8, and on into nothing when nobody reads on."""

from __future__ import annotations

import errno
import io
import sys
from typing import Any, TextIO

_UNREAD = (errno.EPIPE, errno.EINVAL)
"""What a write into a pipe without a reader is told: the second by Windows."""


class _Pipe(io.FileIO):
    """A stream whose reader may leave, as `| head` does: what comes after goes nowhere, and the command does all of its work.

    A disk that is full is told once; what still waits to be written then goes nowhere too.
    """

    ended = False

    def write(self, data: Any, /) -> int:
        try:
            return memoryview(data).nbytes if self.ended else super().write(data) or 0
        except OSError as problem:
            self.ended = True
            if problem.errno not in _UNREAD:
                raise
            return memoryview(data).nbytes


def unbroken(stream: TextIO) -> TextIO:
    """A standard stream in UTF-8 that outlives its reader; one that is no file, as in a test, stays what it is."""
    try:
        number = stream.fileno()
    except (AttributeError, OSError):
        return stream
    stream.flush()
    raw = _Pipe(number, "w", closefd=False)
    by_line = number == sys.__stderr__.fileno() if sys.__stderr__ else False
    at_once: bool = getattr(
        stream, "write_through", False
    )  # PYTHONUNBUFFERED: both streams in the order of their lines
    return io.TextIOWrapper(
        raw if at_once else io.BufferedWriter(raw), encoding="utf-8", errors="replace",
        line_buffering=by_line or stream.isatty(), write_through=at_once,
    )  # fmt: skip
