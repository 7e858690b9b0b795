"""A sweep over a cluster: a Dask scheduler and its workers, on this machine or on many.

The only file that knows Dask (`pip install 'optimiser[cluster]'`), and it is imported only when a scheduler is named.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any
from uuid import uuid4

from optimiser.analysis.sweeps.local import RESTARTS
from optimiser.analysis.sweeps.result import Result, SweepJob, Task
from optimiser.analysis.sweeps.work import Worker
from optimiser.solvers.regions import Ask, RegionPart, RegionWork, Workers, shared_out
from optimiser.solvers.solution import SolveLimits
from optimiser.verbs import versions

PATIENCE = 30.0
"""Seconds to wait for the scheduler, and for its first worker."""
NOT_INSTALLED = "A cluster needs dask.distributed: pip install 'optimiser[cluster]', here and on every machine of it."
_jobs: dict[str, SweepJob] = {}
_loaded: dict[str, RegionWork] = {}
"""On a worker, the regions that are solved there, by who asks."""
_ready = threading.local()
"""In each thread of a worker, the jobs that it has begun: a loaded solver serves one thread."""


def on_cluster(job: SweepJob, tasks: Sequence[Task], scheduler: str) -> Iterator[Result]:
    """Results as they come from the workers of a scheduler (`tcp://host:8786`).

    What a lost worker had not finished is given to others, also to such as join later. Raises ValueError where no
    scheduler or no worker answers, Dask is not installed, or a worker has other versions of what makes a plan.
    """
    dask, client = _dask(), _client(scheduler)
    with client:
        _check_workers(client, scheduler)
        key = f"sweep-{uuid4().hex}"
        client.register_plugin(_bringer(key, job), name=key)
        futures: dict[Any, Task] = {}
        try:
            for task in tasks:
                futures[_submitted(client, key, task)] = task
            running = dask.as_completed(list(futures), loop=client.loop)
            lost: dict[str, int] = {}
            for future in running:
                task = futures.pop(future)
                try:
                    result = future.result()
                except dask.KilledWorker as error:
                    lost[task.name] = lost.get(task.name, 0) + 1
                    if lost[task.name] > RESTARTS:
                        raise RuntimeError(f"the workers that were given {task.name} died each time") from error
                    again = _submitted(client, key, task)
                    futures[again] = task
                    running.add(again)
                    continue
                future.release()
                yield result
        finally:
            client.cancel(list(futures))
            client.unregister_worker_plugin(key)


@contextmanager
def regions_on_cluster(scheduler: str) -> Iterator[Workers]:
    """The workers of a scheduler, each with its regions loaded for as long as a case is solved apart. Raises as on_cluster does."""
    client, key = _client(scheduler), f"regions-{uuid4().hex}"
    with client:
        _check_workers(client, scheduler)
        addresses = sorted(client.scheduler_info(n_workers=-1)["workers"])

        def asked(of: str, what: str, *given: Any) -> Any:
            return client.submit(_of_regions, key, what, *given, workers=[of], allow_other_workers=False, pure=False)

        def begun(regions: Mapping[int, RegionPart], rows: int, limits: SolveLimits) -> Ask:
            shares = dict(zip(addresses, shared_out(regions, len(addresses)), strict=False))
            client.gather([asked(of, "load", mine, rows, limits) for of, mine in shares.items()])

            def ask(what: str, *given: Any) -> dict[int, Any]:
                answers = client.gather([asked(of, what, *given) for of in shares])
                return {k: found for one in answers for k, found in one.items()}

            return ask

        try:
            yield begun
        finally:
            client.gather([asked(of, "forget") for of in addresses], errors="skip")


def _of_regions(key: str, what: str, *given: Any) -> dict[int, Any]:
    """What the regions of a worker answer, on that worker, where they stay loaded."""
    if what == "load":
        _loaded[key] = RegionWork(*given)
        return {}
    if what == "forget":
        _loaded.pop(key, None)
        return {}
    made: dict[int, Any] = getattr(_loaded[key], what)(*given)
    return made


def _client(scheduler: str) -> Any:
    """Raises ValueError where no scheduler answers, or Dask is not installed."""
    dask = _dask()
    try:
        return dask.Client(scheduler, timeout=PATIENCE, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise ValueError(f"No scheduler answers at {scheduler}. Start one with: make cluster") from error


def _dask() -> Any:
    """The library, which has no types."""
    try:
        return import_module("distributed")
    except ImportError as error:
        raise ValueError(NOT_INSTALLED) from error


def _submitted(client: Any, key: str, task: Task) -> Any:
    return client.submit(_one, key, task, versions(), key=f"{key}-{task.name}-{uuid4().hex}", pure=False)


def _check_workers(client: Any, scheduler: str) -> None:
    """There is a worker, and all have what makes the same plans."""
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError as error:
        raise ValueError(
            f"The scheduler at {scheduler} has no worker. Start one with: dask worker {scheduler}"
        ) from error
    for worker, theirs in client.run(versions).items():
        if theirs != versions():
            differ = ", ".join(
                f"{k} {v} (here {versions().get(k)})" for k, v in theirs.items() if v != versions().get(k)
            )
            raise ValueError(
                f"The worker {worker} has {differ}: its plans might differ. Install the same versions on it."
            )


def _bringer(key: str, job: SweepJob) -> Any:
    """What brings the job to every worker, also to those that join later."""

    class Bringer(_dask().WorkerPlugin):  # type: ignore[misc]
        def setup(self, worker: Any) -> None:
            _bring(key, job)

        def teardown(self, worker: Any) -> None:
            _jobs.pop(key, None)

    return Bringer()


def _bring(key: str, job: SweepJob) -> None:
    _jobs[key] = job


def _one(key: str, task: Task, wanted: dict[str, str]) -> Result:
    """One task, on a worker."""
    if versions() != wanted:
        raise RuntimeError(f"this worker has {versions()}, the sweep began with {wanted}")
    begun = _ready.__dict__
    if key not in begun:
        begun.clear()
        begun[key] = Worker(_jobs[key])
    found: Result = begun[key].result(task)
    return found
