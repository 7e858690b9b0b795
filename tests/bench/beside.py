"""A small case while a large one is explained: `python -m tests.bench.beside [CASE.xlsx] [COUNT]`.

The questions and solves go through the app's own processes, as on its pages: the reasons of the COUNT (20) initiatives of the
large case that get the least of their scope, and meanwhile, again and again, a case of three initiatives that nobody has
solved before: its plan, and why its last initiative gets what it gets. Seconds of the clock.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from functools import partial
from typing import Any

import optimiser
from optimiser.analysis.reasons.answers import INITIATIVE
from optimiser.desk import questions
from optimiser.desk.background import Runs
from optimiser.desk.jobs import Jobs
from optimiser.desk.workers import processes_of
from tests.bench.reasons import SHOWN
from tests.oracle.large_cases import Records, large_case

LONGEST = 600.0
BETWEEN = 1.0
"""Seconds for which a person looks at a small plan before the next."""


def three(n: int) -> Records:
    """A case of three initiatives; each number makes another."""
    asked = (240_000 + n, 90_000, 150_000)
    return {
        "Case": [{"setting": "name", "value": f"three, {n}"}],
        "Agencies": [{"agency": "Police"}, {"agency": "Health"}],
        "Funds": [{"fund": "Pool", "amount": 300_000}],
        "Initiatives": [{"initiative": f"I{k}", "lead": ("Police", "Health")[k % 2], "request": r} for k, r in enumerate(asked)],
    }  # fmt: skip


def small(n: int, runs: Runs, jobs: Jobs) -> tuple[float, float]:
    """Seconds until a small case is solved, and until its last initiative's reason is there."""
    began = time.perf_counter()
    run = runs.start(optimiser.case_from(three(n)))
    runs.wait(run, LONGEST)
    if run.plan is None:
        raise RuntimeError(run.problem)
    solved = time.perf_counter()
    job = jobs.ask(
        ("reason", run.plan.case.sha256), "Why", partial(questions.asked, run.plan, INITIATIVE, "I2"), who="somebody"
    )
    jobs.wait(job, LONGEST)
    if job.answer is None:
        raise RuntimeError(job.problem)
    return solved - began, time.perf_counter() - solved


def main(path: str = "", count: str = str(SHOWN)) -> None:
    """Prints when the reasons of the large case came, and how long the small ones took meanwhile."""
    case = optimiser.read(path) if path else optimiser.case_from(large_case(funds=15, partners=12, switches=True))
    plan = optimiser.solve(case)
    keys = [key for _, key in sorted(zip(plan.award["level"], plan.award["initiative"], strict=True))][: int(count)]
    runs, jobs = Runs(), Jobs()
    time.sleep(5)  # the processes stand ready, as they do when somebody has looked at a plan
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True)
    began = time.perf_counter()
    job = jobs.ask("large", "Looking why", partial(questions.reasons_of, plan, keys), who="another")
    first = every = 0.0
    took: list[tuple[float, float]] = []
    while not job.done:
        if job.found and not first:
            first = time.perf_counter() - began
            print(f"{first:6.2f} s  the first reasons of {len(keys)}", flush=True)
        if len(job.found or ()) == len(keys) and not every:
            every = time.perf_counter() - began
            print(f"{every:6.2f} s  a reason of each", flush=True)
        if first and every:
            took.append(small(len(took), runs, jobs))
            time.sleep(BETWEEN)
        time.sleep(0.02)
    print(f"{job.seconds:6.2f} s  all of them, with their changes tried (and the small case that was on its way)")
    _print("a case of three, solved", [a for a, _ in took])
    _print("its reason", [b for _, b in took])
    print(f"load {os.getloadavg()[0]:.1f}")
    for kind in ("questions", "solves"):
        processes_of(kind).end()


def _print(what: str, seconds: list[Any]) -> None:
    print(f"{what}: {len(seconds)} times, median {statistics.median(seconds):.2f} s, slowest {max(seconds):.2f} s")


if __name__ == "__main__":
    main(*sys.argv[1:3])
