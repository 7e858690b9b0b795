"""Questions for the tests of processes: in a module that a process can import."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from optimiser.case.case import Case
from optimiser.desk.jobs import Tell
from optimiser.desk.worker import Say
from optimiser.plan.tables import Plan
from optimiser.solvers.solution import Stop
from optimiser.verbs import solve

LONG = 300.0


def own_number(tell: Tell) -> int:
    tell("Looking at the number")
    return os.getpid()


def in_pieces(tell: Tell, stop: Stop) -> tuple[int, ...]:
    """Tells what it has found as soon as it has, with a word of how far it is before each."""
    for n in range(5):
        tell(f"{n} of 5")
        tell(tuple(range(n + 1)))
    return tuple(range(5))


def waiting(tell: Tell) -> None:
    tell("It waits")
    time.sleep(LONG)


def failing(tell: Tell) -> None:
    raise RuntimeError("inner trouble")


def refused(tell: Tell) -> None:
    raise ValueError("choose another number")


def with_a_child(path: str, tell: Tell) -> None:
    """Starts a process that lasts, and writes down its number."""
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(100)"])
    Path(path).write_text(str(child.pid))
    time.sleep(LONG)


def deaf(case: Case, *, stop: Stop, progress: Say) -> Plan:
    """A solver that hangs in the small case, and ignores the stop; another case it solves."""
    if case.settings.name.startswith("Hangs"):
        progress({"best": 1.0})
        time.sleep(LONG)
    return solve(case, stop=stop, progress=progress)


def slow_to_end(case: Case, *, stop: Stop, progress: Say) -> Plan:
    """Hears a stop, and takes its time to make a plan of the best that it has."""
    progress({"best": 1.0})
    while not stop.stopped:
        time.sleep(0.01)
    stop.hear()
    time.sleep(1.5)
    return solve(case)
