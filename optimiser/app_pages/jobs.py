"""Questions that take longer than a page may: asked in the background, each answered once. Nothing here knows Streamlit."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any

JOBS_KEPT = 40
"""Answers that are found again by what was asked."""
WORKERS = 2
Tell = Callable[[str], None]
Work = Callable[[Tell], Any]


@dataclass
class Job:
    """One question. said: how far it is, in words; answer is there when it is done, or problem says why it is not."""

    id: str
    doing: str
    asked: float = field(default_factory=time.monotonic)
    said: str = ""
    answer: Any = None
    problem: str = ""
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

    def __init__(self, workers: int = WORKERS) -> None:
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="question")
        self._jobs: dict[Hashable, Job] = {}
        self._lock = threading.Lock()

    def ask(self, key: Hashable, doing: str, work: Work, expected: tuple[type[Exception], ...] = ()) -> Job:
        """The answer to a question, or the way to it. key: what is asked, of which inputs; doing: the same in words;
        expected: errors whose message is for the person who asked."""
        with self._lock:
            known = self._jobs.pop(key, None)
            if known is not None:
                self._jobs[key] = known  # asked last, forgotten last
                return known
            job = Job(secrets.token_hex(4), doing)
            self._jobs[key] = job
            for old in [k for k, j in self._jobs.items() if j.done][:-JOBS_KEPT]:
                del self._jobs[old]
            job.future = self._pool.submit(self._work, key, job, work, expected)
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

    def _work(self, key: Hashable, job: Job, work: Work, expected: tuple[type[Exception], ...]) -> None:
        job.began = True
        try:
            job.answer = work(job.tell)
        except expected as problem:
            said = str(problem)
            job.problem = said[:1].upper() + said[1:]
        except Exception:  # whatever it is, the person who waits must hear of it, without a traceback
            logging.getLogger(__name__).exception("a question failed")
            job.problem = "This could not be answered. Nothing was changed; the server's log says more."
            with self._lock:  # it may be asked again later
                self._jobs.pop(key, None)
        job.done = True
