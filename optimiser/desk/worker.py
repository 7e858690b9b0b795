"""What a process for solves and questions does: it takes work from the server's pipe and answers on another.

It ends with the server, however that ends: the pipe is closed then, and nothing else is needed. Messages are pickled pairs.
The server sends (DO, number, cases, task) and (STOP, number); the process says (READY,), (TOLD, what), (HEARD, number) of a
stop, and at the end (ANSWER, answer) or (FAILED, traceback).
"""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import pickle
import queue
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, BinaryIO

from optimiser.case.case import Case
from optimiser.solvers.solution import Stop

DO, STOP, READY, TOLD, HEARD, ANSWER, FAILED = "do", "stop", "ready", "told", "heard", "answer", "failed"
NICE = 10
"""How far solves stand behind pages, which have the first right to a core."""
TELL_EACH = 0.1
"""Seconds between two words of how far it is; what is said in between is not sent. What is found of an answer always is."""
Say = Callable[[Any], None]
Task = Callable[[Say, Stop], Any]


def packed(thing: object, cases: list[Case], *, further: bool) -> bytes:
    """A thing as bytes, with a number in the place of each of `cases`; further: add other cases that it speaks of to them."""
    made = io.BytesIO()
    _Packer(made, cases, further).dump(thing)
    return made.getvalue()


def unpacked(data: bytes, cases: Sequence[Case]) -> Any:
    """The thing again, with the very same cases."""
    return _Unpacker(io.BytesIO(data), cases).load()


class _Packer(pickle.Pickler):
    def __init__(self, file: BinaryIO, cases: list[Case], further: bool) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self._cases, self._further = cases, further

    def persistent_id(self, obj: object) -> int | None:
        if type(obj) is not Case:
            return None
        for n, case in enumerate(self._cases):
            if case is obj:
                return n
        if not self._further:
            return None
        self._cases.append(obj)
        return len(self._cases) - 1


class _Unpacker(pickle.Unpickler):
    def __init__(self, file: BinaryIO, cases: Sequence[Case]) -> None:
        super().__init__(file)
        self._cases = cases

    def persistent_load(self, pid: int) -> Case:
        return self._cases[pid]


class _Desk:
    """The work that is to be done here, and the stop of that which is under way."""

    def __init__(self, came: BinaryIO, went: BinaryIO) -> None:
        self._came, self._went = came, went
        self._writing = threading.Lock()
        self._said = 0.0
        self._stops: dict[int, Stop] = {}
        self.todo: queue.SimpleQueue[tuple[int, bytes, bytes]] = queue.SimpleQueue()

    def send(self, *message: object) -> None:
        with self._writing:
            pickle.dump(message, self._went, pickle.HIGHEST_PROTOCOL)
            self._went.flush()

    def tell(self, what: Any) -> None:
        now, words = time.monotonic(), isinstance(what, str)
        if words and now - self._said < TELL_EACH:
            return
        self._said = now if words else self._said
        self.send(TOLD, what)

    def listen(self) -> None:
        """Until the server is gone; then everything that was begun here ends at once."""
        with contextlib.suppress(EOFError, OSError, pickle.UnpicklingError):
            while True:
                kind, number, *rest = pickle.load(self._came)
                if kind == DO:
                    self._stops[number] = Stop(partial(self.send, HEARD, number))
                    self.todo.put((number, *rest))
                elif number in self._stops:
                    self._stops[number].stop()
        end_all()

    def work(self) -> None:
        """Does one piece of work."""
        number, cases, task = self.todo.get()
        self._said = 0.0
        try:
            given: list[Case] = pickle.loads(cases)
            made = unpacked(task, given)(self.tell, self._stops[number])
            answer: tuple[str, object] = (ANSWER, packed(made, given, further=False))
        except Exception:  # whatever it is, the server writes it into its log and tells the person
            answer = (FAILED, traceback.format_exc())
        del self._stops[number]
        self.send(*answer)


def end_all() -> None:
    """Ends this process and those that it started."""
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(0)


def serve(*modules: str) -> None:
    """Works until the server is gone. modules: what it will need, imported before there is any work."""
    came, went = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)  # what a library prints belongs in the server's log, not among the messages
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the server
    if hasattr(os, "nice"):
        os.nice(NICE)
    desk = _Desk(came, went)
    threading.Thread(target=desk.listen, name="server", daemon=True).start()
    for module in modules:
        importlib.import_module(module)
    desk.send(READY)
    while True:
        try:
            desk.work()
        except (BrokenPipeError, OSError):
            sys.exit(0)
