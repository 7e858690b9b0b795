"""From the solver's answer to a plan: tables, rounding, verification and proof."""

from __future__ import annotations

import time
from collections.abc import Mapping

import numpy as np

from optimiser.case.case import Case
from optimiser.case.table import Array, Table
from optimiser.model.matrix import Model
from optimiser.model.rules import Compiled
from optimiser.model.rules.terms import exact
from optimiser.plan.derive import derive, readings
from optimiser.plan.extract import decision_tables
from optimiser.plan.lines import decode
from optimiser.plan.rounding import whole
from optimiser.plan.tables import Plan, Proof, Stage
from optimiser.plan.verify import audit, audit_of_derived
from optimiser.solve.solution import Solution

ROUNDING_SECONDS = 20.0
NOT_WHOLE = "No plan in whole units keeps every rule, so this one is exact and not rounded."


def answer(
    case: Case, rules: list[Compiled], model: Model, solution: Solution,
    seconds: Mapping[str, float], versions: Mapping[str, str], solver: str, *, checked: bool = True,
) -> Plan:  # fmt: skip
    """The plan that a solution stands for. seconds: of build and solve; versions: of what made it; checked: against its
    case (False: for a look at its figures only)."""
    started = time.perf_counter()
    tables, is_whole, violation, notes = (
        _tables(case, rules, model, solution.x, checked) if solution.x is not None else ({}, True, 0.0, ())
    )
    exact_bound = solution.exact_bound is not None
    stages = tuple(
        Stage(s.name, s.best, s.bound if s.bound is not None else float("nan"), s.within, s.achieved)
        for s in solution.stages
    )
    # Where impact is no objective, the penalties of soft rules come before what the case asks for.
    first = next((s for s in stages if s.objective == case.settings.objective[0].name), None)
    bound = solution.bound if first is None or first is stages[0] else _number(first.bound)
    return Plan(
        case=case,
        status=solution.status,
        objective=first.best if first and tables else None,
        bound=bound,
        gap=solution.gap,
        impact=_impact(case, model, solution.x),
        stages=stages,
        tables=tables,
        proof=Proof(violation, bound, solution.gap, is_whole, solution.ties, exact_bound),
        size=model.size,
        seconds={**seconds, "verify": time.perf_counter() - started},
        versions=versions,
        solver=solver,
        notes=notes,
    )


def _number(value: float) -> float | None:
    return None if value != value else value


def _tables(
    case: Case, rules: list[Compiled], model: Model, x: Array, checked: bool
) -> tuple[dict[str, Table], bool, float, tuple[str, ...]]:
    """Decision and derived tables, whether they are whole, their largest violation, and what has to be said about them."""
    unit = case.settings.rounding
    rounded = whole(model, x, rules, unit, ROUNDING_SECONDS) if unit else None
    if rounded is not None:
        tables = decision_tables(case.facts, model, rounded)
        lines = decode(case.facts, tables)
        read = readings(case.facts, lines, rules)
        broken, violation = audit_of_derived(case, tables, lines, rules, read) if checked else ([], float("nan"))
        tables.update(derive(case, tables, lines=lines, read=read))
        if not broken:
            return tables, True, violation, ()
    tables = decision_tables(case.facts, model, x)
    tables.update(derive(case, tables, unit=exact(0.0)))
    violation = audit(case, tables, whole=False)[1] if checked else float("nan")
    return tables, not unit, violation, (NOT_WHOLE,) if unit else ()


def _impact(case: Case, model: Model, x: Array | None) -> float | None:
    """Σ impact of initiatives, from the exact levels."""
    if x is None:
        return None
    facts, level = case.facts, model.columns["level"]
    weighted = x[level.span] * facts.effectiveness[level.keys["pair"]]
    effect = np.bincount(level.keys["initiative"], weighted, facts.size("initiative"))
    return float(facts.impact(effect).sum())
