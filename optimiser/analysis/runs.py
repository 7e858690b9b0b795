"""One case solved, with what a further solve can start from; the plan is the one that `solve` alone gives."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from optimiser.case.case import Case
from optimiser.case.table import Array
from optimiser.model.build import build
from optimiser.model.matrix import Model
from optimiser.model.rules import compile_rules
from optimiser.plan.answer import answer
from optimiser.plan.tables import Plan
from optimiser.solve.highs import solve
from optimiser.solve.solution import TIE_COLUMNS, Basis, Limits, Solution, Stop
from optimiser.verbs import versions


@dataclass(frozen=True, eq=False)
class Run:
    """A case, its linear program, its answer and its plan."""

    case: Case
    model: Model
    solution: Solution
    plan: Plan

    @property
    def basis(self) -> Basis | None:
        """Where another solve may start."""
        return self.solution.basis


def run(case: Case, *, start: Run | None = None, stop: Stop | None = None) -> Run:
    """The plan of a case. start: a run of a similar case, whose basis shortens the way and changes nothing else."""
    started = time.perf_counter()
    rules = compile_rules(case.facts)
    model = build(case.facts, rules)
    built = time.perf_counter()
    limits = Limits(case.settings.gap, case.settings.time_limit)
    solution = solve(model, limits, stop=stop, basis=fitting(start, model))
    seconds = {"build": built - started, "solve": time.perf_counter() - built}
    return Run(case, model, solution, answer(case, rules, model, solution, seconds, versions(), "highs"))


def fitting(start: Run | None, model: Model) -> Basis | None:
    """The basis of a run if it fits another model, and its plan cannot depend on it (its ties are settled in full)."""
    if start is None or start.basis is None or model.size["columns"] > TIE_COLUMNS or model.integer.any():
        return None
    basis = start.basis
    same = len(basis.columns) == len(model.column_lower) and len(basis.rows) == len(model.row_lower)
    return basis if same else None


def awards(case: Case, plan: Plan) -> Array:
    """[I]: money that each initiative of the case receives; NaN where there is no plan."""
    if not plan.has_plan:
        return np.full(case.facts.size("initiative"), np.nan)
    return plan.tables["Awards"]["award"]
