"""A sweep over processes of this machine."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from optimiser.analysis.asking.abreast import Processes, end_with_parent
from optimiser.analysis.sweeps.result import Result, SweepJob, Task
from optimiser.analysis.sweeps.work import Worker

RESTARTS = 20
"""How often workers that died are replaced before the sweep gives up."""
AHEAD = 4
"""Tasks that wait for each worker."""


def in_processes(job: SweepJob, tasks: Sequence[Task], workers: int) -> Iterator[Result]:
    """Results as they come; a worker that dies is replaced, and what it had not finished is given to others.

    Raises RuntimeError where workers die again and again.
    """
    waiting = {task.name: task for task in tasks}
    for _ in range(RESTARTS):
        try:
            for result in _until_one_dies(job, list(waiting.values()), workers):
                del waiting[result.name]
                yield result
            return
        except BrokenProcessPool:
            continue
    raise RuntimeError(f"workers died {RESTARTS} times; {len(waiting)} results are missing")


def _until_one_dies(job: SweepJob, tasks: Sequence[Task], workers: int) -> Iterator[Result]:
    """Results as they come, a few tasks ahead of each worker."""
    # In a file: to a process that dies before it reads so much, the one that starts it would write for ever.
    with TemporaryDirectory(prefix="optimiser-") as folder:
        (kept := Path(folder) / "job").write_bytes(pickle.dumps(job))
        yield from _in_pool(kept, tasks, workers)


def _in_pool(kept: Path, tasks: Sequence[Task], workers: int) -> Iterator[Result]:
    ready = iter(tasks)
    pool = Processes(workers, get_context("spawn"), _begin, (kept,))
    running: set[Future[Result]] = set()
    try:
        while True:
            while len(running) < AHEAD * workers and (task := next(ready, None)) is not None:
                running.add(pool.submit(_one, task))
            if not running:
                return
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                yield future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


_worker: Worker | None = None


def _begin(kept: Path) -> None:
    """What each worker does first. kept: the job, written by the process that asks."""
    global _worker
    end_with_parent()
    _worker = Worker(pickle.loads(kept.read_bytes()))


def _one(task: Task) -> Result:
    assert _worker is not None
    return _worker.result(task)
