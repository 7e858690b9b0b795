"""One case solved, with its model and answer; the plan is the one that `solve` alone gives, to the last byte."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from optimiser.case.case import Case
from optimiser.case.table import Array
from optimiser.model.program import Program
from optimiser.plan.answer import answer
from optimiser.plan.tables import Plan
from optimiser.solvers.highs import solve
from optimiser.solvers.solution import Solution, SolveLimits, Stop
from optimiser.verbs import versions


@dataclass(frozen=True, eq=False)
class SolvedCase:
    """A case as a linear program, its answer and its plan."""

    program: Program
    solution: Solution
    plan: Plan


def run(case: Case, *, stop: Stop | None = None) -> SolvedCase:
    """The plan of a case.

    Solved afresh: from another case's basis the way would be shorter, but the last digits of a bound, and now and then
    which of two equal plans is taken, would depend on where it began.
    """
    started = time.perf_counter()
    program = Program.of(case)
    built = time.perf_counter()
    limits = SolveLimits.of(case.settings)
    solution = solve(program.model, limits, stop=stop)
    seconds = {"build": built - started, "solve": time.perf_counter() - built}
    return SolvedCase(program, solution, answer(program, solution, seconds, versions(), "highs"))


def glance(case: Case, near: SolvedCase | None = None) -> SolvedCase:
    """As `run`, for figures alone: solved and rounded as well, but not checked, so it is no plan to hand on.

    near: a run of a case that differs little, from whose end the way is short.
    """
    program = Program.of(case)
    first, last = (None, None) if near is None else (near.solution.basis, near.solution.last)
    solution = solve(program.model, SolveLimits.of(case.settings), basis=first, last=last)
    return SolvedCase(program, solution, answer(program, solution, {}, versions(), "highs", checked=False))


def awards(case: Case, plan: Plan) -> Array:
    """[I]: money that each initiative of the case receives; NaN where there is no plan."""
    if not plan.has_plan:
        return np.full(case.facts.size("initiative"), np.nan)
    return plan.tables["Awards"]["award"]
