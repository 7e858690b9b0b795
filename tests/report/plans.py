"""Plans for the tests of what people read: the one made by hand, as if a solver had answered it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from optimiser import __version__
from optimiser.case.case import Case
from optimiser.plan.tables import Plan, Proof, Stage
from tests.plan.hand import RECORDS, case_of, plan_tables

PROVEN = Proof(0.0, 90.0, 0.0, True, "full", True)


def plan_of(case: Case | None = None, **changes: Any) -> Plan:
    """The plan made by hand; `changes` are of its fields."""
    case = case or case_of(RECORDS)
    made = Plan(
        case=case,
        status="optimal",
        objective=90.0,
        bound=90.0,
        gap=0.0,
        impact=90.0,
        stages=(Stage("impact", 90.0, 90.0, 0.0, 90.0),),
        tables={} if "tables" in changes else plan_tables(case),
        proof=PROVEN,
        size={"columns": 10, "rows": 8, "nonzeros": 30, "integers": 0},
        seconds={"build": 0.01, "solve": 60.2, "verify": 0.001},
        versions={"optimiser": __version__, "highspy": "1.15.1"},
        solver="highs",
    )
    return replace(made, **changes)


def no_plan(status: str = "infeasible") -> Plan:
    """What is known where there is no plan."""
    return plan_of(status=status, tables={}, objective=None, bound=None, gap=None, impact=None, stages=())
