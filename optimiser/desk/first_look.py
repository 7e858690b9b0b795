"""What a change does to the best impact, proven before its plan is there: for large cases, whose plan takes seconds.

The program of the case that was asked about last stays loaded in this process, so that the next change of it is answered sooner.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from optimiser.analysis.asking.ready_case import ReadyCase
from optimiser.case.case import Case
from optimiser.plan.tables import Plan
from optimiser.solvers import sift
from optimiser.solvers.solution import Ends, SolverError


@dataclass(frozen=True)
class FirstLook:
    """The best impact that any plan of the changed case has. Who gets what is not known yet."""

    impact: float


_one = threading.Lock()
_ready: list[tuple[str, ReadyCase]] = []
"""The case that was asked about last, by the hash of its inputs."""


def worth_a_look(plan: Plan) -> Ends | None:
    """Where a first look at a change of a plan's case begins; None where it would say nothing sooner, or something else.

    Small cases are solved in a moment, and those with yes-or-no decisions are searched either way. The best impact is the
    plan's own only where impact comes first, gives up nothing to what comes after it, and pays no penalties.
    """
    first = plan.case.settings.objective[0]
    large = plan.size["columns"] >= sift.LEAST_COLUMNS and not plan.size["integers"]
    return plan.ends if large and plan.has_plan and first.name == "impact" and not first.within else None


def first_look(case: Case, ends: Ends, changed: Case) -> FirstLook | None:
    """The best impact of a changed case; None where it is not proven, there is no plan, or penalties are part of it."""
    with _one:
        if not _ready or _ready[0][0] != case.sha256:
            _ready[:] = [(case.sha256, ReadyCase(case, ends))]
        try:
            found = _ready[0][1].take(changed)
        except SolverError:  # a look may fail; the plan is solved all the same
            _ready.clear()
            return None
    hard = all(rule.rule.hard for rule in found.rules)
    told = found.status == "optimal" and found.value is not None and hard and found.model.stages[0].name == "impact"
    return FirstLook(found.value) if told and found.value is not None else None
