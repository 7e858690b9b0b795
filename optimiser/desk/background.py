"""Solves in the background, each in a process of its own, with its best value so far and a way to end it."""

from __future__ import annotations

import logging
import os
import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from optimiser.case.case import Case
from optimiser.desk.places import Places
from optimiser.desk.worker import Say
from optimiser.desk.workers import Ended, Workers, processes_of
from optimiser.plan.tables import Plan
from optimiser.solvers.solution import Stop
from optimiser.verbs import solve

RUNS_KEPT = 100
PLANS_KEPT = 20
"""Plans that are found again by the hash of their inputs."""
AT_ONCE, LONG, MOST = 4, 15.0, 24
"""Solves that go on at once, also where there are fewer cores, so that a small one need not wait for large ones; what
lasts longer than so many seconds is not counted, up to so many in all."""
GRACE = 30.0
"""Seconds beyond the time limit of a case after which its solve is ended from outside."""
FAILED = "The solver could not finish this case. Nothing was changed; the server's log says more."
STOPPED = "Stopped before a plan was ready. Nothing was changed."
OVERDUE = (
    "The solver did not end at the time limit of the case, so it was ended. Nothing was changed. Solve again, or give "
    "the case another time limit (the setting time_limit on the sheet Case)."
)
ENDED = "The solve's process ended unexpectedly, perhaps because memory ran out or its solver failed. Nothing was changed; solve again."
Solver = Callable[..., Plan]


@dataclass
class RunningSolve:
    """One solve. best, bound and gap are of the search while it goes on; plan is there when it is done."""

    id: str
    case: Case
    asked: float = field(default_factory=time.monotonic)
    best: float | None = None
    bound: float | None = None
    gap: float | None = None
    plan: Plan | None = None
    problem: str = ""
    done_at: datetime | None = None
    stop: Stop = field(default_factory=Stop)
    began: float | None = None
    overdue: bool = False
    """Whether it went on beyond its time limit, and was ended for that."""
    took: float = 0.0
    future: Future[None] | None = None
    followers: set[str] = field(default_factory=set)
    """Ids of the drafts that wait for it; one alone may end it."""

    @property
    def done(self) -> bool:
        """Whether there is nothing more to wait for."""
        return self.done_at is not None

    @property
    def waiting(self) -> bool:
        """Whether other solves go first."""
        return self.began is None and not self.done

    @property
    def seconds(self) -> float:
        """How long it took, or takes already."""
        return self.took if self.done else time.monotonic() - (self.began or self.asked)

    def end_overdue(self) -> None:
        """Ends it from outside; what it has by then is kept where it still answers."""
        self.overdue = True
        self.stop.stop()

    def heard(self, event: dict[str, float | None]) -> None:
        """Takes over what the search reports."""
        self.best, self.bound, self.gap = event.get("best"), event.get("bound"), event.get("gap")


def _good_for_all(run: RunningSolve) -> bool:
    """Whether whoever asks for the same inputs may have this run: neither stopped, nor failed, nor out of time."""
    ended_early = run.plan is not None and run.plan.status == "stopped"
    return not (run.stop.stopped or run.problem or ended_early)


class Runs:
    """The solves of this server, by id."""

    def __init__(self, solver: Solver = solve, workers: int | None = None, processes: Workers | None = None) -> None:
        self._solver = solver
        self._pool = ThreadPoolExecutor(MOST, thread_name_prefix="solve")
        self._places = Places(workers or max(AT_ONCE, os.cpu_count() or 1), LONG)
        self._processes = processes or processes_of("solves")
        self._runs: dict[str, RunningSolve] = {}
        self._plans: dict[str, RunningSolve] = {}
        self._lock = threading.Lock()
        self._processes.warm()

    def get(self, id: str) -> RunningSolve | None:
        """The run of this id, if it is still known."""
        return self._runs.get(id)

    def start(self, case: Case) -> RunningSolve:
        """Begins to solve a case; inputs that were solved already are not solved again."""
        key = case.sha256
        with self._lock:
            known = self._plans.get(key)
            if known is not None and _good_for_all(known):
                return known
            run = RunningSolve(secrets.token_hex(4), case)
            self._runs[run.id] = run
            self._plans[key] = run
            for old in [r for r in self._runs if self._runs[r].done][:-RUNS_KEPT]:
                del self._runs[old]
            for old in [k for k in self._plans if self._plans[k].done][:-PLANS_KEPT]:
                del self._plans[old]
            run.future = self._pool.submit(self._work, run)
        return run

    def wait(self, run: RunningSolve, seconds: float) -> None:
        """Waits for a run, at most so long."""
        if run.future is not None:
            wait([run.future], seconds)

    def _work(self, run: RunningSolve) -> None:
        with self._places.one(run.stop):
            run.began = time.monotonic()
            overdue = threading.Timer(run.case.settings.time_limit + GRACE, run.end_overdue)
            overdue.daemon = True
            overdue.start()
            try:
                self._solve(run)
            finally:
                overdue.cancel()
        run.took = time.monotonic() - run.began
        run.done_at = datetime.now()

    def _solve(self, run: RunningSolve) -> None:
        try:
            run.plan = self._processes.do(partial(_solved, self._solver, run.case), run.heard, run.stop)
        except Ended as problem:
            if run.stop.stopped:
                run.problem = OVERDUE if run.overdue else STOPPED
                return
            logging.getLogger(__name__).error("the process of a solve ended unexpectedly: %s", problem)
            run.problem = ENDED
        except Exception:  # whatever it is, the person who waits must hear of it, without a traceback
            logging.getLogger(__name__).exception("a solve failed")
            run.problem = FAILED


def _solved(solver: Solver, case: Case, say: Say, stop: Stop) -> Plan:
    return solver(case, stop=stop, progress=say)
