"""A plan whose search tree was not closed, held against a second solver, where one is installed."""

from __future__ import annotations

from dataclasses import replace

from optimiser.case.readable import percent_up
from optimiser.case.tolerances import LEAST
from optimiser.model.matrix import Model
from optimiser.plan.tables import Plan
from optimiser.solvers.scip import available, second_opinion
from optimiser.solvers.solution import Stop

SECONDS = 60.0
"""The longest that the second solver is waited for."""


def asked(plan: Plan, model: Model, left: float, stop: Stop | None = None) -> Plan:
    """The plan with what the second solver says of it: `cross_checked` where it agrees that no plan is better, a weaker word
    where it has a better one. Only of a plan that the first one calls the best without a proof. left: seconds of the time limit.
    """
    unproved = plan.has_plan and plan.status in ("optimal", "within_gap") and not plan.proof.exact_bound
    if not unproved or not model.integer.any() or left <= 0 or not available():
        return plan
    stage = plan.stages[0]
    found = second_opinion(model, stage.achieved, min(left, SECONDS), stop)
    versions = {**plan.versions, "scip": found.version}
    if found.agrees:
        return replace(plan, versions=versions, extra={**plan.extra, "cross_checked": True})
    if found.better is not None:
        more = abs(found.better - stage.achieved) / max(abs(stage.achieved), LEAST)
        said = f"A second solver (SCIP) has a plan that is better by {percent_up(more)}: this one is not called best."
        return replace(
            plan, versions=versions, status="stopped", notes=(*plan.notes, said), extra={**plan.extra, "early": False}
        )
    return replace(plan, versions=versions)
