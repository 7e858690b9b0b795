"""What a change leads to, where the loaded program shows it: then the whole case need not be solved again.

A change of what initiatives are worth alone (a score or a priority that no rule reads) leaves every plan possible that was, and
makes none: the loaded program is asked for the best plan that then funds the initiative in full, and whether any plan that funds
it less is as good. Where none is, whatever plan is chosen funds it in full. Where that is not shown, nothing is said, and the change
has to be tried; so has one that moves a limit, as what just reaches may be a unit short once the plan is in whole units.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from optimiser.analysis.limits.cell import ChangeRow
from optimiser.analysis.reasons.ways import Ways
from optimiser.case.case import Case
from optimiser.case.faults import InvalidCase
from optimiser.case.tolerances import LEAST_SIZE, NEARLY_FULL, TOLD_APART
from optimiser.model.matrix import StageCost
from optimiser.model.program import Program
from optimiser.solvers.value import Found
from optimiser.verbs import apply_changes


def sure_award(ways: Ways, i: int, rows: Sequence[ChangeRow], full: Found) -> float | None:
    """What an initiative (its position) receives after a change, where every best plan then funds it in full, and at one cost;
    None where that is not shown. full: a plan that funds it in full."""
    try:
        case = apply_changes(ways.study.case, rows)
    except InvalidCase:
        return None
    model, other = ways.study.model, Program.of(case).model
    if not model.agrees(other, "integer", "column_lower", "column_upper", "row_lower", "row_upper"):
        return None  # it has other plans
    stage, values = other.stages[0], ways.values
    costs = np.flatnonzero(model.stages[0].cost != stage.cost)
    try:
        values.set_costs(costs, stage.cost[costs])
        with ways.in_full(i):
            best = values.held(values.switches_of(full.x), full.start)
        if best is None:
            return None
        hair = TOLD_APART * max(abs(best.value), LEAST_SIZE)
        free = values.held(values.switches_of(full.x), best.start)
        if free is None or free.value < best.value - hair:
            return None
        less = ways.short(i, NEARLY_FULL, best.value + hair + stage.within * abs(best.value), best.start)
        return None if less is not None else _one_award(ways, i, case, stage, best)
    finally:
        values.set_costs(costs, model.stages[0].cost[costs])


def _one_award(ways: Ways, i: int, case: Case, stage: StageCost, best: Found) -> float | None:
    """What every best plan awards an initiative that all of them fund in full, in the case's units; None where they differ, or
    where later objectives choose among more than these. best: one of them, of the loaded program as it stands."""
    facts, unit, values = case.facts, case.settings.rounding, ways.values
    factors = facts.cost_factor[facts.partner_initiative == i]
    hire, spend = ways.study.model.columns["hire"], ways.study.model.columns["spend"]
    if factors.min(initial=1.0) == factors.max(initial=1.0) and not np.any(hire.keys["initiative"] == i):
        return _in_units(float(facts.request[i] * factors.max(initial=1.0)), unit)
    if stage.within:
        return None
    columns = spend.where(initiative=i)
    # So little for each unit of the award changes no plan that is best but for the award; among them it takes the least or the most.
    little = TOLD_APART * max(abs(best.value), LEAST_SIZE) / max(float(facts.request[i]), 1.0)
    ends = []
    for sign in (1.0, -1.0):
        values.set_costs(columns, stage.cost[columns] + sign * little)
        found = values.best(start=best.start)
        values.set_costs(columns, stage.cost[columns])
        if found is None:
            return None
        ends.append(float(found.x[columns].sum()))
    least, most = (_in_units(end, unit) for end in ends)
    return least if least == most else None


def _in_units(amount: float, unit: float) -> float:
    return round(amount / unit) * unit if unit else amount
