"""Shares money and people among agencies by linear programming, proves the plan and explains it.

    import optimiser
    case = optimiser.read("case.xlsx")
    plan = optimiser.solve(case)

Each verb (VERBS) and noun (NOUNS) is fetched from its module when it is first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from importlib import import_module
from os import PathLike
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optimiser.analysis.reasons.conflict import conflict
    from optimiser.analysis.reasons.explain import explain
    from optimiser.analysis.reasons.near_best import near_best
    from optimiser.analysis.reasons.repair import repairs
    from optimiser.analysis.replanning.replan import replan
    from optimiser.analysis.together.pooling import pooling
    from optimiser.analysis.uncertain.history import history
    from optimiser.analysis.uncertain.outlook import uncertainty
    from optimiser.analysis.what_if.compare import compare
    from optimiser.analysis.what_if.frontier import frontier
    from optimiser.case.case import Case
    from optimiser.case.faults import InvalidCase
    from optimiser.plan.tables import Plan
    from optimiser.report.documents.plan_check import verify_workbook
    from optimiser.report.documents.plan_workbook import write_plan
    from optimiser.verbs import apply_changes, case_from, check, read, scenario, solve, verify

__version__ = "1.0.0"

VERBS = {
    **dict.fromkeys(("apply_changes", "case_from", "check", "read", "scenario", "solve", "verify"), "optimiser.verbs"),
    **{name: f"optimiser.analysis.reasons.{name}" for name in ("conflict", "explain", "near_best")},
    **{name: f"optimiser.analysis.what_if.{name}" for name in ("compare", "frontier")},
    "history": "optimiser.analysis.uncertain.history",
    "pooling": "optimiser.analysis.together.pooling",
    "repairs": "optimiser.analysis.reasons.repair",
    "replan": "optimiser.analysis.replanning.replan",
    "uncertainty": "optimiser.analysis.uncertain.outlook",
    "verify_workbook": "optimiser.report.documents.plan_check",
    "write_plan": "optimiser.report.documents.plan_workbook",
}
"""Each verb and the module that holds it."""

NOUNS = {"Case": "optimiser.case.case", "InvalidCase": "optimiser.case.faults", "Plan": "optimiser.plan.tables"}
"""What the verbs take, give and raise, and the module that holds it."""

__all__ = [
    "Case",
    "InvalidCase",
    "Plan",
    "__version__",
    "apply_changes",
    "case_from",
    "check",
    "compare",
    "conflict",
    "explain",
    "frontier",
    "history",
    "near_best",
    "pooling",
    "read",
    "repairs",
    "replan",
    "scenario",
    "solve",
    "uncertainty",
    "verify",
    "verify_workbook",
    "write_plan",
]


def __getattr__(name: str) -> Any:
    """The verb or noun of this name; AttributeError where there is none."""
    where = VERBS.get(name) or NOUNS.get(name)
    if where is None:
        raise AttributeError(f"module 'optimiser' has no attribute '{name}'")
    found = getattr(import_module(where), name)
    globals()[name] = found if name in NOUNS else _asked_rightly(found)
    return globals()[name]


def _asked_rightly(verb: Callable[..., Any]) -> Callable[..., Any]:
    """The verb; given a path or tables in place of the case or plan that it takes, it says what to write."""
    from inspect import signature

    first = next(iter(signature(verb).parameters))
    takes = {"case": "case", "plan": "plan"}.get(first)
    if takes is None:
        return verb

    @wraps(verb)
    def asked(*given: Any, **named: Any) -> Any:
        what = given[0] if given else named.get(first)
        if isinstance(what, str | bytes | PathLike | dict):
            how = f"read({what!r})" if isinstance(what, str | PathLike) else "read(…)"
            how = "case_from({…})" if isinstance(what, dict) else how
            how = f"solve(optimiser.{how})" if takes == "plan" else how
            raise TypeError(
                f"optimiser.{verb.__name__} takes a {takes}, not {type(what).__name__}: "
                f"write optimiser.{verb.__name__}(optimiser.{how})"
            )
        return verb(*given, **named)

    return asked


def __dir__() -> list[str]:
    return sorted(__all__)
