"""From the solver's answer to a plan: tables, rounding, verification and proof."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import fsum

import numpy as np

from optimiser.case.case import Case
from optimiser.case.table import Array, Table
from optimiser.case.tolerances import GAP, LOST_DIGITS
from optimiser.model.extend import SETTLED
from optimiser.model.matrix import Model
from optimiser.model.program import Program
from optimiser.model.rules import Compiled
from optimiser.model.rules.terms import exact
from optimiser.model.variables import DECIDED
from optimiser.plan.derive import derive, readings
from optimiser.plan.entries import effects
from optimiser.plan.extract import EXACT_MONEY_DIGITS, decision_tables
from optimiser.plan.lines import decode
from optimiser.plan.near_whole import lost, near
from optimiser.plan.rounding import whole
from optimiser.plan.tables import Plan, Proof, Stage
from optimiser.plan.verify import audit, audit_of_derived
from optimiser.solvers.certificate import written
from optimiser.solvers.ends import ends
from optimiser.solvers.solution import Solution, SolveLimits, StageResult, Status, judged, relative_gap, worst

ROUNDING_SECONDS, AFTER_A_STOP = 20.0, 5.0
"""Seconds for each way to a whole plan; fewer where a limit or a stop ended the solve, since who set it waits."""
NOT_WHOLE = "No plan in whole units was found near the best, so this one is exact and not rounded."
ONLY_NEAR = "In whole units no plan was found at the very best, which has fractions; this one is near it."
BROKEN = "The plan misses a limit by more than may be lost in computing: see the checks. It is not called best."


@dataclass(frozen=True, eq=False)
class _TablesMade:
    """Tables that were made of a solver's values: whether they stand in whole units, and how they were judged."""

    tables: dict[str, Table]
    x: Array
    whole: bool
    violation: float
    broken: bool


def answer(
    program: Program, solution: Solution,
    seconds: Mapping[str, float], versions: Mapping[str, str], solver: str, *, checked: bool = True,
) -> Plan:  # fmt: skip
    """The plan that a solution stands for. seconds: of build and solve; versions: of what made it; checked: against its
    case (False: for a look at its figures only)."""
    started = time.perf_counter()
    case, rules, model = program.case, program.rules, program.model
    limits = SolveLimits(case.settings.gap, AFTER_A_STOP if solution.early else ROUNDING_SECONDS)
    made = None if solution.x is None else _tables(case, rules, model, solution.x, checked, limits)
    results, status, gap = solution.stages, solution.status, solution.gap
    notes: tuple[str, ...] = ()
    only_rounded = False
    if made is not None and solution.x is not None:
        moved = rounding_reach(case, model, rules, made.x) if made.whole and case.settings.rounding else 0.0
        results, status, gap = judged_again(case, model, solution, made.tables, made.x, moved)
        notes = (NOT_WHOLE,) if case.settings.rounding and not made.whole else ()
        if case.settings.rounding and made.whole and status != solution.status:
            notes, only_rounded = (ONLY_NEAR,), status == "stopped" and not made.broken
        if made.broken:
            status, notes = "stopped", (*notes, BROKEN)
    stages = tuple(
        Stage(s.name, s.best, s.bound if s.bound is not None else float("nan"), s.within, s.achieved) for s in results
    )
    # Where impact is no objective, the penalties of soft rules come before what the case asks for.
    first = next((s for s in stages if s.objective == case.settings.objective[0].name), None)
    bound = solution.bound if first is None or first is stages[0] else _number(first.bound)
    violation, is_whole = (0.0, True) if made is None else (made.violation, made.whole)
    return Plan(
        case=case,
        status=status,
        objective=first.best if first and made else None,
        bound=bound,
        gap=gap,
        impact=None if made is None else impact_of(case, made.tables),
        stages=stages,
        tables={} if made is None else made.tables,
        proof=Proof(violation, bound, gap, is_whole, solution.ties, solution.proven),
        size=model.size,
        seconds={**seconds, "verify": time.perf_counter() - started},
        versions=versions,
        solver=solver,
        notes=notes,
        extra={
            "early": solution.early,
            "fractions": only_rounded,
            "certificate": _certificate(model, solution) if checked and made else (),
        },
        ends=ends(solution, model),
    )


def _certificate(model: Model, solution: Solution) -> tuple[str, ...]:
    """What proves the bound, as the text that goes with the plan."""
    return () if solution.certificate is None else written(model, solution.certificate)


def _number(value: float) -> float | None:
    return None if value != value else value


def _tables(
    case: Case, rules: list[Compiled], model: Model, x: Array, checked: bool, limits: SolveLimits
) -> _TablesMade:
    """Decision and derived tables: in whole units if a plan near x has such, else those of x itself."""
    unit = case.settings.rounding
    for plans in near(model, x, rules, unit, limits) if unit else ():
        best, least = None, np.inf
        for near_x in plans:
            made = _in_units(case, rules, model, near_x, checked, limits)
            loss = lost(model, x, near_x)
            if made is not None and loss < least:
                best, least = made, loss
            if least <= max(limits.gap, GAP):
                break
        if best is not None:
            return best
    tables = decision_tables(case.facts, model, x, EXACT_MONEY_DIGITS)
    tables.update(derive(case, tables, unit=exact(0.0)))
    found, violation = audit(case, tables, whole=False) if checked else ([], float("nan"))
    return _TablesMade(tables, x, not unit, violation, bool(found))


def _in_units(
    case: Case, rules: list[Compiled], model: Model, x: Array, checked: bool, limits: SolveLimits
) -> _TablesMade | None:
    """Tables in whole units with the levels and people of x; None where there are none that keep everything."""
    rounded = whole(model, x, rules, case.settings.rounding, limits.time_limit)
    if rounded is None:
        return None
    tables = decision_tables(case.facts, model, rounded)
    lines = decode(case.facts, tables)
    read = readings(case.facts, lines, rules)
    broken, violation = audit_of_derived(case, tables, lines, rules, read) if checked else ([], float("nan"))
    if broken:
        return None
    tables.update(derive(case, tables, lines=lines, read=read))
    return _TablesMade(tables, x, True, violation, False)


def judged_again(
    case: Case, model: Model, solution: Solution, tables: Mapping[str, Table], x: Array, moved: float = 0.0
) -> tuple[tuple[StageResult, ...], Status, float | None]:
    """Stages, status and gap of the plan as it stands in its tables: what it misses of the bound makes the word weaker.

    x: the values that the tables were made of; moved: by how much rounding may raise the penalties. Impact and
    penalties are computed anew from the tables, without the solver.
    """
    stages = []
    for k, (stage, result) in enumerate(zip(model.stages, solution.stages, strict=False)):
        best, bound = (None if v is None else stage.sign * v for v in (result.best, result.bound))
        again = judged(model, k, x, best, bound) if result.gap is not None else result
        gaps = [gap for gap in (result.gap, again.gap) if gap is not None]
        if stage.name in ("impact", "penalty") and gaps:
            told = _penalties(model, stage.cost, tables, x, moved)
            told += _further(model, stage.cost, x)
            told += stage.sign * impact_of(case, tables) if stage.name == "impact" else 0.0
            counted = stage.sign * again.achieved
            # Worse than what was solved, or better than what was proved to be possible: both are a reason for doubt.
            missed = max(told - counted, (told if bound is None else bound) - told)
            missed -= LOST_DIGITS * max(abs(told), abs(counted))
            gaps.append(relative_gap(again.best, again.best + max(missed, 0.0)) or 0.0)
        stages.append(replace(again, gap=max(gaps, default=None)))
    made = tuple(stages)
    status, gap = worst(made, SolveLimits(case.settings.gap))
    return made, ("stopped" if solution.status == "stopped" else status), gap


def _further(model: Model, cost: Array, x: Array) -> float:
    """What a stage counts beside what a plan decides, past or to come, and what it breaks: in a re-plan, each approval."""
    families = model.columns.families.items()
    decided = (*DECIDED, SETTLED)
    parts = [f.span for name, f in families if name not in decided and not name.startswith("breach ")]
    return fsum(float(cost[part] @ x[part]) for part in parts)


def _penalties(model: Model, cost: Array, tables: Mapping[str, Table], x: Array, moved: float) -> float:
    """What the breaches of soft rules cost in this stage: by the tables, if they cost more than rounding may add to x."""
    parts = [family.span for name, family in model.columns.families.items() if name.startswith("breach ")]
    if not any(cost[part].any() for part in parts):
        return 0.0
    counted = fsum(float(v) for part in parts for v in cost[part] * x[part])
    told = fsum(tables["Compliance"]["penalty"].tolist())
    return told if told - counted > moved else counted


def rounding_reach(case: Case, model: Model, rules: list[Compiled], x: Array) -> float:
    """By how much the penalties may grow where each line of spend moves by less than a unit."""
    spend, grown = model.columns["spend"], 0.0
    for number, rule in enumerate(rules):
        for part in range(len(rule.blocks)) if not rule.rule.hard else ():
            family = model.rows[f"rule {number}.{part}"]
            at = slice(model.start[family.first], model.start[family.first + family.size])
            index = model.index[at]
            mine = (index >= spend.first) & (index < spend.first + spend.size) & (x[index] > 0)
            grown += (rule.rule.penalty or 0.0) * float(np.abs(model.value[at][mine]).sum())
    return grown * case.settings.rounding


def impact_of(case: Case, tables: Mapping[str, Table]) -> float:
    """Σ impact of initiatives, from the levels of a plan's tables."""
    return fsum(case.facts.impact(effects(case.facts, decode(case.facts, tables))).tolist())
