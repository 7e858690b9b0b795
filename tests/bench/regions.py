"""RegionWork solved apart against the whole, and what a second worker brings: `python -m tests.bench.regions [REGIONS] [INITIATIVES]`.

Seconds are the processor's. What two workers would take is what the pool takes, and in each round the slower of the two; by the
clock it is measured too, which means something on idle cores only.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from typing import Any

import optimiser
from optimiser.analysis.sweeps.apart import regions_of, solve_apart
from optimiser.model.program import Program
from optimiser.solvers.engine import Watch
from optimiser.solvers.linear import solve_linear
from optimiser.solvers.problem import Problem
from optimiser.solvers.regions import Ask, RegionPart, RegionWork, apart, shared_out
from optimiser.solvers.solution import SolveLimits
from tests.oracle.regional_case import regional_case

WORKERS, LIMIT = 2, SolveLimits(time_limit=3600.0)


class Timed:
    """Two workers in this process, one after the other."""

    def __init__(self) -> None:
        self.both = self.slower = 0.0

    def __call__(self, regions: Mapping[int, RegionPart], rows: int, limits: SolveLimits) -> Ask:
        """Hands out the regions."""
        teams = [RegionWork(mine, rows, limits) for mine in shared_out(regions, WORKERS)]

        def ask(what: str, *given: Any) -> dict[int, Any]:
            made: dict[int, Any] = {}
            took = []
            for team in teams:
                began = time.process_time()
                made |= getattr(team, what)(*given)
                took.append(time.process_time() - began)
            self.both, self.slower = self.both + sum(took), self.slower + max(took)
            return made

        return ask


def regions(count: int = 6, initiatives: int = 40) -> None:
    """Prints what each way takes and proves."""
    case = optimiser.case_from(regional_case(count, initiatives=initiatives, agencies=12, partners=8))
    model = Program.of(case).model
    print(f"{count} regions: {model.size}")
    problem = Problem.of(model, as_it_is=True)
    cost = problem.moving_cost(model.stages[0].cost)
    began = time.process_time()
    whole = solve_linear(problem, cost, Watch(LIMIT))
    print(f"  whole {time.process_time() - began:.2f} s: {-whole.value!r}", flush=True)
    timed, watch, began = Timed(), Watch(LIMIT), time.process_time()
    found = apart(problem, cost, regions_of(case.facts, model), watch, timed)
    took = time.process_time() - began
    assert found is not None
    assert found.bound is not None
    two = took - timed.both + timed.slower
    print(
        f"  apart {took:.2f} s, {len(watch.lines)} rounds: {-found.value!r}, proven to {found.gap:.1e}, in truth "
        f"{abs(found.value - whole.value) / abs(whole.value):.1e} off; the pool {took - timed.both:.2f} s of it; "
        f"two workers would take {two:.2f} s, {took / two:.2f} times as quick",
        flush=True,
    )
    for workers in (1, WORKERS):
        started = time.perf_counter()
        plan = solve_apart(case, workers=workers, time_limit=LIMIT.time_limit)
        print(
            f"  by the clock, workers {workers}: {plan.seconds['solve']:.1f} s, in all {time.perf_counter() - started:.1f} s"
        )


if __name__ == "__main__":
    regions(*map(int, sys.argv[1:3]))
