"""Ctrl-C ends a command, whatever it is doing: at once, without a trace, with status 130."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

STATUS = 130
PATIENCE = 1.0
"""Seconds in which a command may put down what it holds."""
_heard = threading.Event()


class Interrupted(BaseException):
    """Ctrl-C. Not a KeyboardInterrupt: the solver takes that for the wish to go on with the best plan so far."""


def heeding(run: Callable[[], None]) -> None:
    """Runs a command. Ctrl-C ends its workers and raises Interrupted in it, and soon after ends the process, in case it
    waits for a solver that does not listen."""
    signal.signal(signal.SIGINT, _interrupt)
    try:
        run()
        return
    except BaseException:  # Interrupted, or what was made of it on its way, as Python does while a class is made
        if not _heard.is_set():
            raise
    gc.collect()  # what the command held is put down, now that no error refers to it
    _end()


def _interrupt(_: int, __: FrameType | None) -> NoReturn:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _heard.set()
    if loaded := sys.modules.get("multiprocessing.process"):
        for worker in loaded.active_children():
            worker.kill()
    last = threading.Timer(PATIENCE, _end)
    last.daemon = True
    last.start()
    raise Interrupted


def _end() -> NoReturn:
    """Ends the process without waiting for anybody."""
    try:
        sys.stderr.write("Interrupted.\n")
        sys.stderr.flush()
    finally:
        os._exit(STATUS)
