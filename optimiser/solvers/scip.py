"""A second opinion on many switches: SCIP, through its own package, from the same matrix. It is asked, never believed alone.

SCIP is unlike HiGHS in what it does (other presolve, other cuts, other search, another code), so where both say that
no plan is better, an error of either is an unlikely reason. It is optional: `pip install optimiser[second]`.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np

from optimiser.case.table import Array
from optimiser.case.tolerances import LEAST, SEARCHED, SECOND_GAP, SOLVER
from optimiser.model.matrix import Model
from optimiser.solvers.aside import Aside
from optimiser.solvers.problem import Problem, centre, snapped, total
from optimiser.solvers.solution import Stop


@dataclass(frozen=True)
class SecondOpinion:
    """What the second solver says of the first objective, in the reader's sign. agrees: that nothing is better than the plan
    that it was asked about, but for SECOND_GAP; better: the value of a plan that is (None: it has none); bound: beyond which
    no plan is."""

    agrees: bool
    better: float | None
    bound: float
    version: str


def available() -> bool:
    """Whether SCIP is installed."""
    return find_spec("pyscipopt") is not None


def second_opinion(model: Model, achieved: float, seconds: float, stop: Stop | None = None) -> SecondOpinion:
    """SCIP on the first objective of a model, for at most so many seconds. achieved: by the plan in question, in the reader's
    sign; stop: ends it from another thread. Raises ImportError where SCIP is not installed."""
    problem, sign = Problem.of(model, as_it_is=True), model.stages[0].sign
    cost = problem.moving_cost(model.stages[0].cost)
    scale = centre(cost)
    scip, columns = _loaded(problem, cost * scale)
    scip.setParam("limits/time", max(0.1, seconds))
    scip.setParam("limits/gap", 0.0)
    scip.setParam("numerics/feastol", SOLVER)
    _run(scip, stop or Stop())
    better = None
    if scip.getNSols():
        found = scip.getBestSol()
        x = snapped(problem, np.array([found[column] for column in columns]))
        value = sign * total(cost, x)
        if problem.violation(x) <= SEARCHED and sign * (achieved - value) > SECOND_GAP * abs(achieved):
            better = value
    bound = sign * float(scip.getDualbound()) / scale
    beyond = sign * (achieved - bound)
    agrees = better is None and beyond <= SECOND_GAP * max(abs(achieved), LEAST)
    return SecondOpinion(agrees, better, bound, str(scip.version()))


def _run(scip: Any, stop: Stop) -> None:
    """Solves in a thread of its own, so that a stop is heard. SCIP refuses a stop while it goes from one of its stages to
    the next (an Exception without a class of its own): it is asked again a moment later, until it has ended."""
    work = Aside(scip.optimizeNogil)
    while not work.ended(0.05):
        if stop.stopped:
            with suppress(Exception):
                scip.interruptSolve()


def _loaded(problem: Problem, cost: Array) -> tuple[Any, list[Any]]:
    """SCIP with the problem, and its columns in order."""
    from pyscipopt import Model as Scip
    from pyscipopt import quicksum

    scip = Scip()
    scip.hideOutput()
    kinds = np.where(problem.integer, "I", "C").tolist()
    lower, upper = (_limits(v) for v in (problem.column_lower, problem.column_upper))
    columns = [
        scip.addVar(vtype=kind, lb=low, ub=high, obj=c)
        for kind, low, high, c in zip(kinds, lower, upper, cost.tolist(), strict=True)
    ]
    start, index, entry = problem.start.tolist(), problem.index.tolist(), problem.value.tolist()
    for i, (low, high) in enumerate(zip(problem.row_lower.tolist(), problem.row_upper.tolist(), strict=True)):
        if start[i] == start[i + 1]:
            continue
        row = quicksum(entry[k] * columns[index[k]] for k in range(start[i], start[i + 1]))
        if np.isfinite(low) and low == high:
            scip.addCons(row == low)
            continue
        if np.isfinite(low):
            scip.addCons(row >= low)
        if np.isfinite(high):
            scip.addCons(row <= high)
    scip.setMinimize()
    return scip, columns


def _limits(values: Array) -> list[float | None]:
    return [v if np.isfinite(v) else None for v in values.tolist()]
