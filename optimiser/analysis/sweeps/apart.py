"""A case whose regions are solved apart, each by a worker, held together by the prices of the pool (`solvers/regions.py`).

    plan = solve_apart(case, workers=2)

A region is a top area of the sheet Areas, with its initiatives and agencies. What several regions share is the pool's: funds,
rules of the whole, agencies that work in several. The first objective alone is solved, to the gap APART.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import get_context
from typing import Any

import numpy as np

from optimiser.analysis.asking.abreast import Processes, end_with_parent
from optimiser.case.case import Case
from optimiser.case.facts import Facts
from optimiser.case.table import Array
from optimiser.case.tolerances import APART
from optimiser.model.matrix import Model
from optimiser.model.program import Program
from optimiser.plan.answer import answer
from optimiser.plan.tables import Plan
from optimiser.solvers.engine import Watch
from optimiser.solvers.problem import Problem
from optimiser.solvers.regions import Ask, RegionPart, RegionWork, Workers, apart, here, shared_out
from optimiser.solvers.solution import Solution, SolveLimits, judged, worst
from optimiser.verbs import versions

NOT_APART = "The case cannot be solved region by region: {why}. Solve it whole."


def solve_apart(case: Case, *, workers: int = 1, scheduler: str | None = None, time_limit: float | None = None) -> Plan:
    """The plan of a case whose regions are solved apart. workers: processes; scheduler: of a Dask cluster, whose workers are taken
    instead. Raises ValueError where the case has no regions or has switches, or no plan is found so in time."""
    case = replace(case, settings=replace(case.settings, gap=max(case.settings.gap, APART)))
    program, started = Program.of(case), time.perf_counter()
    model = replace(program.model, stages=(replace(program.model.stages[0], within=0.0),), ties=())
    if model.integer.any():
        raise ValueError(NOT_APART.format(why="it has yes-or-no decisions"))
    region = regions_of(case.facts, model)
    if region.max(initial=-1) < 1:
        raise ValueError(NOT_APART.format(why="fewer than two top areas have initiatives"))
    limits = replace(SolveLimits.of(case.settings, time_limit), gap=APART)
    problem, watch = Problem.of(model, as_it_is=True), Watch(limits)
    if scheduler is not None:
        from optimiser.analysis.sweeps.cluster import regions_on_cluster

        hands = regions_on_cluster(scheduler)
    else:
        hands = _in_processes(workers)
    with hands as given:
        found = apart(problem, problem.moving_cost(model.stages[0].cost), region, watch, given)
    if found is None or found.x is None or found.y is None:
        raise ValueError(NOT_APART.format(why="no plan was found so in time"))
    x, sign = problem.real(found.x), model.stages[0].sign
    stages = (judged(model, 0, x, found.value, found.bound),)
    status, gap = worst(stages, limits)
    exact = None if found.exact is None else found.exact if sign > 0 else -found.exact
    solution = Solution(
        status, x, stages, problem.prices(found.y), stages[0].bound, exact, gap,
        log=tuple(watch.lines), seconds=watch.seconds, proven=exact is not None, early=watch.over,
    )  # fmt: skip
    took = {"solve": time.perf_counter() - started}
    return answer(replace(program, model=model), solution, took, versions(), "highs")


def regions_of(facts: Facts, model: Model) -> Array:
    """[columns]: the number of each column's region, by its initiative, else by its agency; -1: of none."""
    inside = facts.area_includes
    tops = np.flatnonzero(inside.sum(axis=0) == 1)
    top = np.append([int(tops[np.argmax(inside[tops, k])]) for k in range(len(inside))], -1).astype(int)
    used = np.unique(top[facts.initiative_area])
    number = np.full(len(inside) + 1, -1)
    number[used[used >= 0]] = np.arange(np.count_nonzero(used >= 0))
    of = {"agency": number[top[facts.agency_area]], "initiative": number[top[facts.initiative_area]]}
    made = np.full(len(model.column_lower), -1)
    for family in model.columns.families.values():
        for dimension in ("agency", "initiative"):
            if dimension in family.keys:
                made[family.span] = of[dimension][family.keys[dimension]]
    return made


@contextmanager
def _in_processes(workers: int) -> Iterator[Workers]:
    """Processes of this machine, each with its regions loaded; this one alone where one is asked for."""
    pools: list[Processes] = []

    def begun(regions: Mapping[int, RegionPart], rows: int, limits: SolveLimits) -> Ask:
        if workers == 1:
            return here(regions, rows, limits)
        for mine in shared_out(regions, workers):
            pools.append(Processes(1, get_context("spawn"), end_with_parent))
            # Not as the first work: to a process that dies before it reads so much, the one that starts it would write for ever.
            pools[-1].submit(_load, mine, rows, limits)

        def ask(what: str, *given: Any) -> dict[int, Any]:
            answers = [pool.submit(_answer, what, *given) for pool in pools]
            return {k: found for one in answers for k, found in one.result().items()}

        return ask

    try:
        yield begun
    finally:
        for pool in pools:
            pool.shutdown(wait=True, cancel_futures=True)


_mine: RegionWork | None = None


def _load(regions: Mapping[int, RegionPart], rows: int, limits: SolveLimits) -> None:
    """What each worker is given."""
    global _mine
    _mine = RegionWork(regions, rows, limits)


def _answer(what: str, *given: Any) -> dict[int, Any]:
    made: dict[int, Any] = getattr(_mine, what)(*given)
    return made
