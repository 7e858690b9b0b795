"""Questions that take longer than a page may: asked in the background, each answered once, by processes of their own.

Nothing here knows Streamlit.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from optimiser.case.readable import as_sentence
from optimiser.desk.turns import Turns
from optimiser.desk.worker import Say
from optimiser.desk.workers import Ended, Workers, processes_of
from optimiser.solvers.solution import Stop

JOBS_KEPT = 40
"""Answers that are found again by what was asked."""
FAILED = "This could not be answered. Nothing was changed; the server's log says more."
ENDED = (
    "The process that looked for the answer ended unexpectedly, perhaps because memory ran out or its solver failed. Nothing "
    "was changed."
)
STOPPED = "Stopped before there was an answer. Nothing was changed."
LOOK = 5.0
"""Seconds between two looks whether those who ask are still there; who is missing in two of them is gone. A window that was
only loaded anew asks again."""
Tell = Callable[[Any], None]
"""Hears how far it is: a text, or a part of the answer that is there already."""
Work = Callable[[Tell], Any]


@dataclass
class Job:
    """One question. said: how far it is, in words; found: what of the answer is there already; answer is there when it is
    done, or problem says why it is not.

    again: the same question may well be answered if it is asked again.
    """

    id: str
    doing: str
    asked: float = field(default_factory=time.monotonic)
    said: str = ""
    found: Any = None
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

    def tell(self, said: Any) -> None:
        """Takes over how far it is."""
        if isinstance(said, str):
            self.said = said
        else:
            self.found = said


class Jobs:
    """The questions of this server, by what was asked."""

    def __init__(
        self,
        processes: Workers | None = None,
        turns: Turns | None = None,
        is_here: Callable[[str], bool] = bool,
    ) -> None:
        """is_here: whether a session that asked is still there."""
        self._is_here = is_here
        self._missing: set[str] = set()
        self._looking = False
        self._turns = turns or Turns()
        self._quick = Turns(1, 1, 1)
        """Of which a person waits for each answer: they never wait for the long ones."""
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
        who: str = "",
    ) -> Job:
        """The answer to a question, or the way to it. key: what is asked, of which inputs; doing: the same in words;
        work: one of `questions`, with its arguments, so that a process can do it; expected: errors whose message is for
        the person who asked; quick: it takes a moment, and goes before those that do not; who: the session that asks, which
        follows it from now on."""
        with self._lock:
            known = self._jobs.pop(key, None)
            if known is not None:
                self._jobs[key] = known  # asked last, forgotten last
                if who and not known.done:
                    known.followers.add(who)
                    self._turns.keep(known)
                return known
            job = Job(secrets.token_hex(4), doing)
            job.followers |= {who} - {""}
            self._jobs[key] = job
            for old in [k for k, j in self._jobs.items() if j.done][:-JOBS_KEPT]:
                del self._jobs[old]
            turns = self._quick if quick else self._turns
            job.future = turns.take(who, partial(self._work, job, work, expected), job)
            if not self._looking:
                self._looking = True
                threading.Thread(target=self._look_on, name="who is here", daemon=True).start()
        return job

    def running(self) -> list[Job]:
        """The questions that are not answered yet, the first asked first."""
        with self._lock:
            return sorted((j for j in self._jobs.values() if not j.done), key=lambda j: j.asked)

    def left(self, who: str, shown: set[str]) -> None:
        """A session has gone to another page. shown: ids of the questions that it follows there.

        The others of it that nobody else follows are dropped where they have not begun; those under way go on while
        nobody else waits, and end when somebody does.
        """
        with self._lock:
            for key, job in list(self._jobs.items()):
                if who in job.followers and job.id not in shown and not job.done:
                    job.followers.discard(who)
                    if not job.followers and (self._turns.leave(job) or self._quick.leave(job)):
                        del self._jobs[key]

    def _look_on(self) -> None:
        """Looks who is there, as long as there is a question."""
        while True:
            time.sleep(LOOK)
            self.look()
            with self._lock:
                if all(job.done for job in self._jobs.values()):
                    self._looking = False
                    return

    def look(self) -> None:
        """Drops the questions of sessions that were missing in the look before too: closed windows. Those under way end."""
        asking = {who for job in self.running() for who in job.followers}
        missing = {who for who in asking if not self._is_here(who)}
        gone, self._missing = missing & self._missing, missing
        for who in gone:
            alone = [job for job in self.running() if job.followers == {who}]
            self.left(who, set())
            for job in alone:
                job.stop.stop()

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
                job.problem = as_sentence(said) if said else ""
        except Ended as problem:
            if not job.stop.stopped:
                logging.getLogger(__name__).error("the process of a question ended unexpectedly: %s", problem)
                job.problem, job.again = ENDED, True
        except Exception:  # whatever it is, the person who waits must hear of it, without a traceback
            logging.getLogger(__name__).exception("a question failed")
            job.problem, job.again = FAILED, True
        if job.stop.stopped and job.answer is None and not job.followers:
            self.forget(job)  # it made room for others; who comes back asks again
        if job.stop.stopped and job.answer is None:
            job.problem, job.again = STOPPED, True
        job.done = True


def _asked(work: Work, expected: tuple[type[Exception], ...], say: Say, stop: Stop) -> tuple[Any, str]:
    """The answer, or what an expected error says."""
    try:
        return work(say), ""
    except expected as problem:
        return None, str(problem)
