"""Questions that take longer than a page may: asked in the background, each answered once, by processes of their own.

Nothing here knows Streamlit.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from optimiser.desk.worker import Say
from optimiser.desk.workers import Ended, Failed, Workers, processes_of
from optimiser.solvers.solution import Stop

JOBS_KEPT = 40
"""Answers that are found again by what was asked."""
AT_ONCE, QUICK_AT_ONCE = 2, 1
"""Questions that are worked on at once; those of which a person waits for each answer never wait for the long ones."""
FAILED = "This could not be answered. Nothing was changed; the server's log says more."
ENDED = (
    "The process that looked for the answer ended unexpectedly, perhaps because memory ran out. Nothing was changed."
)
STOPPED = "Stopped before there was an answer. Nothing was changed."
Tell = Callable[[str], None]
Work = Callable[[Tell], Any]


@dataclass
class Job:
    """One question. said: how far it is, in words; answer is there when it is done, or problem says why it is not.

    again: the same question may well be answered if it is asked again.
    """

    id: str
    doing: str
    asked: float = field(default_factory=time.monotonic)
    said: str = ""
    answer: Any = None
    problem: str = ""
    again: bool = False
    stop: Stop = field(default_factory=Stop)
    followers: set[str] = field(default_factory=set)
    """Sessions that wait for it; one alone may stop it."""
    began: bool = False
    done: bool = False
    future: Future[None] | None = None

    @property
    def seconds(self) -> float:
        """How long ago it was asked."""
        return time.monotonic() - self.asked

    def tell(self, said: str) -> None:
        """Takes over how far it is."""
        self.said = said


class Jobs:
    """The questions of this server, by what was asked."""

    def __init__(self, workers: int = AT_ONCE, processes: Workers | None = None) -> None:
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="question")
        self._quick = ThreadPoolExecutor(QUICK_AT_ONCE, thread_name_prefix="quick-question")
        self._processes = processes or processes_of("questions")
        self._jobs: dict[Hashable, Job] = {}
        self._lock = threading.Lock()
        self._processes.warm()

    def ask(
        self,
        key: Hashable,
        doing: str,
        work: Work,
        expected: tuple[type[Exception], ...] = (),
        *,
        quick: bool = False,
    ) -> Job:
        """The answer to a question, or the way to it. key: what is asked, of which inputs; doing: the same in words;
        work: one of `questions`, with its arguments, so that a process can do it; expected: errors whose message is for
        the person who asked; quick: it takes a moment, and goes before those that do not."""
        with self._lock:
            known = self._jobs.pop(key, None)
            if known is not None:
                self._jobs[key] = known  # asked last, forgotten last
                return known
            job = Job(secrets.token_hex(4), doing)
            self._jobs[key] = job
            for old in [k for k, j in self._jobs.items() if j.done][:-JOBS_KEPT]:
                del self._jobs[old]
            job.future = (self._quick if quick else self._pool).submit(self._work, job, work, expected)
        return job

    def known(self, key: Hashable) -> Any:
        """The answer to what was asked before; None where there is none yet."""
        with self._lock:
            job = self._jobs.get(key)
            return job.answer if job is not None and job.done else None

    def get(self, id: str) -> Job | None:
        """The question of this id, if it is still known."""
        with self._lock:
            return next((j for j in self._jobs.values() if j.id == id), None)

    def wait(self, job: Job, seconds: float) -> None:
        """Waits for an answer, at most so long."""
        if job.future is not None:
            wait([job.future], seconds)

    def forget(self, job: Job) -> None:
        """Lets a question be asked again."""
        with self._lock:
            for key in [k for k, j in self._jobs.items() if j is job]:
                del self._jobs[key]

    def _work(self, job: Job, work: Work, expected: tuple[type[Exception], ...]) -> None:
        job.began = True
        try:
            if not job.stop.stopped:
                task = partial(_asked, work, expected)
                job.answer, said = self._processes.do(task, job.tell, job.stop, kill=True)
                job.problem = said[:1].upper() + said[1:]
        except Ended as problem:
            if not job.stop.stopped:
                logging.getLogger(__name__).error("the process of a question ended unexpectedly: %s", problem)
                job.problem, job.again = ENDED, True
        except Failed as problem:
            logging.getLogger(__name__).error("a question failed: %s", problem)
            job.problem, job.again = FAILED, True
        except Exception:  # whatever it is, the person who waits must hear of it, without a traceback
            logging.getLogger(__name__).exception("a question failed")
            job.problem, job.again = FAILED, True
        if job.stop.stopped and job.answer is None:
            job.problem, job.again = STOPPED, True
        job.done = True


def _asked(work: Work, expected: tuple[type[Exception], ...], say: Say, stop: Stop) -> tuple[Any, str]:
    """The answer, or what an expected error says."""
    try:
        return work(say), ""
    except expected as problem:
        return None, str(problem)
