"""The mathematics of the contract in PuLP's own expressions, as plainly as it can be written; the oracle of the tests.

Money columns are in units of the initiative's request (match, too), balances in units of the fund; every row is divided by its
largest coefficient. Nothing here is fast, and nothing is shared with the product.

plain_lp.py            columns, rows and sums
plain_rows.py          what every case has
plain_rules.py         one function for each kind of rule
plain_objectives.py    impact, coverage, stability, thrift, fairness

Here they are put together and solved.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any

import pulp
from pulp import LpAffineExpression, lpSum

from .plain_case import PlainCase, Records, read
from .plain_lp import Expression, PlainModel
from .plain_objectives import OTHERS, impact, lowest, objectives, ratios
from .plain_rows import (
    balance_funds,
    hold_agencies,
    make_hires,
    make_outcomes,
    make_spend_and_levels,
    make_switches,
    match_funds,
    staff_initiatives,
    switched,
)
from .plain_rules import KINDS


def quiet(function: Callable[..., Any]) -> Callable[..., Any]:
    """PuLP 3 announces PuLP 4 with a warning for each variable."""

    @functools.wraps(function)
    def called(*given: Any, **named: Any) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            return function(*given, **named)

    return called


@quiet
def build(case: PlainCase, pattern: dict[str, int] | None = None) -> PlainModel:
    """All variables and rows of the mathematics."""
    model = PlainModel(case, pattern)
    make_hires(model)
    make_spend_and_levels(model)
    balance_funds(model)
    staff_initiatives(model)
    hold_agencies(model)
    make_outcomes(model)
    make_switches(model, switched(case) if pattern is None else list(pattern))
    match_funds(model)
    for rule in case.rules:
        KINDS[rule.kind](model, rule)
    return model


# -------------------------------------------------------------------- solving


def solver_for(name: str, *, mip: bool, careful: bool = True) -> Any:
    if name == "highs":
        fine = {
            "primal_feasibility_tolerance": 1e-9,
            "dual_feasibility_tolerance": 1e-9,
            "mip_feasibility_tolerance": 1e-9,
        }
        return pulp.HiGHS(mip=mip, msg=False, gapRel=1e-9, gapAbs=0.0, threads=1, **(fine if careful else {}))
    options = ["primalTolerance 1e-9", "dualTolerance 1e-9", "integerTolerance 1e-9"] if careful else None
    return pulp.PULP_CBC_CMD(mip=mip, msg=False, gapRel=1e-9, gapAbs=0.0, threads=1, options=options)


class Infeasible(Exception):
    """No plan keeps every row."""


def optimum(model: PlainModel, goal: Expression, sense: int, solver: str) -> float:
    """The best value of one goal within what earlier goals may give up; the columns keep the plan that has it.

    An earlier best is held to 1e-9; a solver that then finds nothing is asked again with a wider hair, since its plan was there.
    """
    if model.impossible:
        raise Infeasible
    for hair in (1e-9, 1e-8, 1e-7) if model.holds else (0.0,):
        kept = len(model.rows)
        for held in model.holds:
            say_held(model, *held, hair)
        try:
            return _optimum(model, LpAffineExpression(goal), sense, solver)
        except Infeasible:
            continue
        finally:
            del model.rows[kept:]
    raise Infeasible


def _optimum(model: PlainModel, goal: LpAffineExpression, sense: int, solver: str) -> float:
    """Switches are rounded, fixed and the LP solved again."""
    scale = max([abs(v) for v in goal.values()] + [1e-12]) / 100
    goal_in_units = LpAffineExpression({x: v / scale for x, v in goal.items()})

    def run(mip: bool) -> int:
        status = pulp.LpStatusUndefined
        for careful in (True, False):
            problem = pulp.LpProblem("oracle", sense)
            problem.setObjective(goal_in_units)
            for row in model.rows:
                problem.addConstraint(row)
            status = problem.solve(solver_for(solver, mip=mip, careful=careful))
            if status in (pulp.LpStatusOptimal, pulp.LpStatusInfeasible):
                break
        return status

    status = run(mip=bool(model.switches))
    if status == pulp.LpStatusInfeasible:
        raise Infeasible
    if status != pulp.LpStatusOptimal:
        raise RuntimeError(pulp.LpStatus[status])
    if not model.switches:
        return float(goal.value())
    found = [round(x.varValue) for x in model.switches]
    bounds = [(x.lowBound, x.upBound) for x in model.switches]
    before = float(goal.value())
    for x, value in zip(model.switches, found, strict=True):
        x.lowBound = x.upBound = value
    status = run(mip=False)
    for x, (low, high) in zip(model.switches, bounds, strict=True):
        x.lowBound, x.upBound = low, high
    return float(goal.value()) if status == pulp.LpStatusOptimal else before


def say_held(model: PlainModel, goal: Expression, sense: int, best: float, within: float, hair: float) -> None:
    """Stay within a share of an earlier best; a hair is left for the solver."""
    give = within * abs(best) + hair * max(abs(best), 1.0)
    if sense == pulp.LpMaximize:
        model.say(goal, ">=", best - give)
    else:
        model.say(goal, "<=", best + give)


def solve_plain(records: Records, solver: str = "highs") -> dict[str, Any]:
    """The best plan of plain records, stage by stage. objective is the first stage's best (impact: less the penalties)."""
    return solve_case(read(records), solver)


@quiet
def solve_case(case: PlainCase, solver: str = "highs", pattern: dict[str, int] | None = None) -> dict[str, Any]:
    model = build(case, pattern)
    order = objectives(case)
    penalty = lpSum(model.penalty)
    stages: list[dict[str, Any]] = []
    try:
        if model.penalty and "impact" not in [o for o, _ in order]:
            model.holds.append((penalty, pulp.LpMinimize, optimum(model, penalty, pulp.LpMinimize, solver), 0.0))
        for objective, within in order:
            best: Any
            if objective == "fairness":
                best = []
                all_ratios = ratios(model)
                for k in range(1, len(all_ratios) + 1):
                    goal = lowest(model, all_ratios, k)
                    best.append(optimum(model, goal, pulp.LpMaximize, solver))
                    model.holds.append((goal, pulp.LpMaximize, best[-1], within))
            else:
                goal = impact(model) - penalty if objective == "impact" else OTHERS[objective](model)
                sense = pulp.LpMaximize if objective == "impact" else pulp.LpMinimize
                best = optimum(model, goal, sense, solver)
                model.holds.append((goal, sense, best, within))
            stages.append({"objective": objective, "best": best, "within": within})
    except Infeasible:
        return {"status": "infeasible", "objective": None, "stages": stages}
    return {"status": "optimal", "objective": stages[0]["best"], "stages": stages, **values(model)}


def value(expression: Expression) -> float:
    return float(LpAffineExpression(expression).value() or 0.0)


def values(model: PlainModel) -> dict[str, Any]:
    """The plan's own figures."""
    case = model.case
    outcomes: dict[str, float] = {}
    for (_, o), x in model.achieved.items():
        outcomes[o] = outcomes.get(o, 0.0) + value(x)
    staff: dict[str, float] = {}
    for combination, x in model.terms("staff"):
        staff[combination["role"]] = staff.get(combination["role"], 0.0) + value(x)
    return {
        "impact": value(impact(model)),
        "penalty": value(lpSum(model.penalty)),
        "award": {i: value(model.award(i)) for i in case.initiatives},
        "level": {i: value(model.whole_level(i)) for i in case.initiatives},
        "received": {a: value(model.received(a)) for a in case.agencies},
        "spent": {f: value(lpSum(x for (g, *_), x in model.spend.items() if g == f)) for f in case.funds},
        "outcomes": outcomes,
        "staff": staff,
        "funded": {i: round(value(x)) for i, x in model.funded.items()},
    }
