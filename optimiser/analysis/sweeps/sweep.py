"""Many solves at once: scenarios × objectives × draws, over the cores of this machine or over a cluster.

    for result in sweep(case, {"a": [{"sheet": "Funds", "where": "fund = Pool", "column": "amount", "change": "* 0.9"}]}):
        print(result.name, result.objective)

Two depths. `value`: the best value of the first objective and what proves it, found from the base's basis in a small
part of a whole solve's time. `plan`: the whole plan, the same to the last byte as `solve` gives alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from optimiser.analysis.sweeps.local import in_processes
from optimiser.analysis.sweeps.result import ChangeRow, Depth, Folder, Result, SweepJob, Task
from optimiser.analysis.sweeps.work import Worker
from optimiser.analysis.uncertain.draws import NO_ROWS
from optimiser.case.case import Case
from optimiser.case.scenario.apply import changes, names
from optimiser.case.settings import parse_objective


def scenarios_of(case: Case) -> dict[str, list[ChangeRow]]:
    """The scenarios of the case's own sheet, as a sweep takes them."""
    table = case.tables["Scenarios"]
    return {
        name: [
            {"sheet": c.sheet, "where": c.where, "column": c.column, "change": c.change} for c in changes(table, name)
        ]
        for name in names(table)
    }


def tasks_of(
    scenarios: Mapping[str, Sequence[ChangeRow]], objectives: Sequence[str] = (), draws: int = 0
) -> list[Task]:
    """Every scenario, for every objective, in every draw; named so that no two share a name.

    Raises ValueError for an objective that is not known, one that stands twice, or fewer than no draws.
    """
    for objective in objectives:
        parse_objective(objective)
    if len({parse_objective(o) for o in objectives}) < len(objectives):
        raise ValueError("an objective stands twice")
    if draws < 0:
        raise ValueError("there cannot be fewer than no draws")
    made = []
    for scenario, rows in scenarios.items():
        plain = tuple(dict(row) for row in rows)
        for draw in range(draws) if draws else (None,):
            for objective in objectives or ("",):
                parts = (scenario, objective, "" if draw is None else f"draw {draw + 1}")
                made.append(Task(" | ".join(p for p in parts if p), scenario, plain, objective, draw))
    if len({task.name for task in made}) < len(made):
        raise ValueError("two scenarios and objectives make the same name: name the scenarios without |")
    return made


def sweep(
    case: Case,
    scenarios: Mapping[str, Sequence[ChangeRow]],
    *,
    objectives: Sequence[str] = (),
    draws: int = 0,
    seed: int = 0,
    depth: Depth = "value",
    workers: int = 1,
    scheduler: str | None = None,
    folder: str | Path | None = None,
) -> Iterator[Result]:
    """Every scenario's result for every objective and draw, as it is done (with one worker: in order).

    objectives: in place of the case's own; draws: of the sheet Uncertainty, seeded (0: the numbers as they stand);
    workers: processes (0: one for each core); scheduler: of a cluster, instead of processes, such as
    `tcp://127.0.0.1:8786`. folder: where results are kept as they come; what stands there from an earlier call that was
    interrupted is given first and not solved again. Raises ValueError where the folder holds another sweep, an objective
    is not known, draws of a case without Uncertainty are asked for, or no scheduler answers.
    """
    if draws and not len(case.tables["Uncertainty"]):
        raise ValueError(NO_ROWS)
    plain = Case(case.tables, case.settings)  # without what is computed from them
    job, tasks = SweepJob(plain, depth, draws, seed), tasks_of(scenarios, objectives, draws)
    kept = None if folder is None else Folder(Path(folder), job, tasks)
    done = kept.done if kept is not None else {}
    yield from done.values()
    left = [task for task in tasks if task.name not in done]
    for result in _solved(job, left, workers or os.cpu_count() or 1, scheduler):
        if kept is not None:
            kept.keep(result)
        yield result


def _solved(job: SweepJob, left: Sequence[Task], workers: int, scheduler: str | None) -> Iterator[Result]:
    if scheduler is not None and left:
        from optimiser.analysis.sweeps.cluster import on_cluster

        yield from on_cluster(job, left, scheduler)
    elif workers == 1 or len(left) < 2:
        worker = Worker(job)
        for task in left:
            yield worker.result(task)
    else:
        yield from in_processes(job, left, workers)
