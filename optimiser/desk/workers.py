"""Processes that solve and answer for the server, so that pages never wait for them: each does one piece of work at a time.

A process is started when there is work for it and none is free, and is kept. One that dies is told and replaced. Where no
process can be started, the work is done in the server itself, with the same answer. Nothing here knows Streamlit.
"""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import pickle
import signal
import subprocess
import sys
import threading
import weakref
from functools import cache
from typing import Any, Literal

from optimiser.case.case import Case
from optimiser.desk.worker import ANSWER, DO, FAILED, HEARD, READY, STOP, TOLD, Say, Task, packed, unpacked
from optimiser.solvers.solution import Stop

_BEGIN = (
    "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); "
    "from optimiser.desk.worker import serve; serve(*sys.argv[1:])"
)
Kind = Literal["solves", "questions"]
_NEEDS: dict[Kind, tuple[str, ...]] = {
    "solves": ("optimiser.desk.background", "optimiser.solvers.highs"),
    "questions": ("optimiser.desk.questions", "optimiser.solvers.highs"),
}
"""What each kind of process imports before there is work for it."""
PATIENCE = 4.0
"""Seconds in which work that was asked to stop must hear it; then its process is ended."""
ENDING = 60.0
"""Seconds more for work that has heard it, and makes a plan of the best that it has: on a busy machine it was lost."""
_LOG = logging.getLogger(__name__)


class Ended(Exception):
    """The process ended before it answered: killed, or out of memory, or ended on purpose."""


class Failed(Exception):
    """The work raised an error. The message is its traceback in the process."""


class _CannotStart(Exception):
    pass


class _Worker:
    """One process. needs: the modules that it imports first."""

    def __init__(self, needs: tuple[str, ...]) -> None:
        low = getattr(
            subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0
        )  # Windows only; elsewhere the process is nice itself
        try:
            # A session of its own: Ctrl+C reaches the server alone, and what the process starts can be ended with it.
            self._process = subprocess.Popen(
                [sys.executable, "-c", _BEGIN, *needs], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                start_new_session=True, creationflags=low,
            )  # fmt: skip
        except (OSError, ValueError, TypeError) as problem:
            raise _CannotStart(str(problem)) from problem
        self._lock, self._writing = threading.Lock(), threading.Lock()
        self._number, self._busy = 0, False
        self._heard = 0
        """The last work that said that it heard its stop."""
        try:
            self._send(sys.path)
            if self._hear() != (READY,):
                raise EOFError
        except (OSError, EOFError, pickle.UnpicklingError) as problem:
            self.end()
            raise _CannotStart("the process ended while it started; the lines above say why") from problem

    @property
    def alive(self) -> bool:
        """Whether it can take work."""
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        """Its number in the system."""
        return self._process.pid

    def do(self, work: bytes, cases: list[Case], say: Say, stop: Stop, kill: bool) -> Any:
        """The answer to packed work. kill: a stop ends the process at once, else when it is not heard.

        Raises Failed, and Ended where the process is gone.
        """
        with self._lock:
            self._number, self._busy = self._number + 1, True
        number = self._number
        try:
            self._send((DO, number, pickle.dumps(cases, pickle.HIGHEST_PROTOCOL), work))
            stop.then(lambda: self._stop(number, kill))
            while True:
                kind, what = self._hear()
                if kind == TOLD:
                    say(what)
                elif kind == HEARD:
                    self._heard = number
                elif kind == ANSWER:
                    return unpacked(what, cases)
                elif kind == FAILED:
                    raise Failed(what)
        except (OSError, EOFError, pickle.UnpicklingError) as problem:
            self.end()
            raise Ended(f"exit code {self._process.returncode}") from problem
        finally:
            with self._lock:
                self._busy = False
            if not self.alive:
                self._close()

    def _stop(self, number: int, kill: bool, more: float = 0.0) -> None:
        """more: seconds that it still gets where it has heard the stop."""
        with self._lock:
            if not self._busy or number != self._number:
                return  # it has answered, and may be at other work
            heard = more > 0 and self._heard == number
            if kill and not heard:
                self.end()
                return
        if not heard:
            with contextlib.suppress(OSError, ValueError):  # it may just have ended
                self._send((STOP, number))
        wait, more = (more, 0.0) if heard else (PATIENCE, ENDING)
        watchdog = threading.Timer(wait, self._stop, (number, True, more))
        watchdog.daemon = True
        watchdog.start()

    def _send(self, message: object) -> None:
        data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
        with self._writing:
            assert self._process.stdin is not None
            self._process.stdin.write(data)
            self._process.stdin.flush()

    def _hear(self) -> Any:
        assert self._process.stdout is not None
        return pickle.load(self._process.stdout)

    def end(self) -> None:
        """Ends it and all that it started, at once, also where it has died by itself."""
        with contextlib.suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()
        self._process.wait()
        if not self._busy:  # else whoever waits for an answer closes them
            self._close()

    def _close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()


class Workers:
    """Processes for one kind of work. As many work at once as threads ask; the caller says how many these are.

    needs: the modules that each imports before there is work for it; spare: how many stand ready beside those that
    work, so that whoever comes next need not wait until one has started.
    """

    def __init__(self, needs: tuple[str, ...] = (), spare: int = 0) -> None:
        self._needs, self._spare = needs, spare
        self._free: list[_Worker] = []
        self._all: weakref.WeakSet[_Worker] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._closed = False
        self._warming: threading.Thread | None = None
        # Before Python waits for the threads that wait for these: at its end, atexit would come too late.
        getattr(threading, "_register_atexit", atexit.register)(self.end)

    def warm(self) -> None:
        """Starts a process in the background, if there is none, so that the first work need not wait for it."""
        with self._lock:
            if self._closed or (self.pids() and not self._short()) or self._is_warming():
                return
            warming = threading.Thread(target=self._start_one, name="warm", daemon=True)
            warming.start()
            self._warming = warming  # not sooner: whoever takes a process waits for it

    def _short(self) -> bool:
        """Whether another should stand ready: at most so many, however much work there is."""
        return len(self._free) < self._spare and len(self.pids()) <= self._spare

    def _is_warming(self) -> bool:
        return self._warming is not None and self._warming.is_alive()

    def do(self, task: Task, say: Say, stop: Stop, *, kill: bool = False) -> Any:
        """The answer of a task, done in a process. say: hears how far it is.

        stop: is passed on to the task, and ends the process where that does not end within PATIENCE; kill: it ends the
        process at once, for tasks that do not listen to it.
        Raises Failed where the task raised an error, Ended where the process ended without an answer. A task that cannot be
        sent to a process, such as a function within a function, is done in the server and raises what it raises.
        """
        cases: list[Case] = []
        try:
            work = packed(task, cases, further=True)
        except (pickle.PicklingError, AttributeError, TypeError):
            return task(say, stop)
        worker = self._take()
        if worker is None:
            return task(say, stop)
        if self._spare:
            self.warm()
        try:
            return worker.do(work, cases, say, stop, kill)
        finally:
            if worker.alive:
                with self._lock:
                    self._free.append(worker)
            else:
                self.warm()

    def pids(self) -> list[int]:
        """Numbers of the processes that run, in the system."""
        return sorted(w.pid for w in list(self._all) if w.alive)

    def end(self) -> None:
        """Ends all processes, and whoever waits for them hears of it; no other is started."""
        with self._lock:
            self._closed = True
            every = list(self._all)
            self._free.clear()
        for worker in every:
            worker.end()

    def _take(self) -> _Worker | None:
        if self._warming is not None:
            self._warming.join()  # it is ready sooner than another would be
        with self._lock:
            while self._free:
                worker = self._free.pop()
                if worker.alive:
                    return worker
                worker.end()
            if self._closed:
                raise Ended("the server ends")
        return self._started()

    def _started(self) -> _Worker | None:
        try:
            worker = _Worker(self._needs)
        except _CannotStart as problem:
            _LOG.warning(
                "No process can be started (%s); the work is done in the server, where pages wait for it.", problem
            )
            return None
        with self._lock:
            self._all.add(worker)
            closed = self._closed
        if closed:  # while it started
            worker.end()
            raise Ended("the server ends")
        return worker

    def _start_one(self) -> None:
        with contextlib.suppress(Ended):
            worker = self._started()
            if worker is not None:
                with self._lock:
                    self._free.append(worker)


@cache
def processes_of(kind: Kind) -> Workers:
    """The processes of this server for solves or for questions."""
    return Workers(_NEEDS[kind], spare=1)
