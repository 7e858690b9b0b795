"""Every other solver, through PuLP: the one file that knows PuLP, so that moving to its version 4 touches nothing else.

PuLP gets the same scaled matrix as HiGHS, with rows and columns named by number (it turns "a b" and "a-b" into one
name). Of its answer only the values and its claim are believed, and both are checked: the values against every row, the
claim through the solution status (a run that met its time limit reads "Optimal"). Always minimised. The sign of its prices
differs by solver: they serve only to prove a bound, with the sign that proves more.
"""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import numpy as np

from optimiser.case.table import Array
from optimiser.case.tolerances import FOREIGN_BREACH, FOREIGN_DIGITS
from optimiser.model.matrix import Model
from optimiser.solvers.aside import Aside
from optimiser.solvers.bound import dual_bound
from optimiser.solvers.engine import GRACE, Watch
from optimiser.solvers.export import write_model
from optimiser.solvers.linear import Linear
from optimiser.solvers.problem import Problem, centre, size, snapped, total
from optimiser.solvers.refine import rounded
from optimiser.solvers.solution import Solution, SolveLimits, SolverError, Stop, judged, relative_gap, worst

__all__ = ["available", "solve_with", "to_pulp", "write_model"]

_KNOWN = {"cbc": "COIN_CMD", "glpk": "GLPK_CMD", "scip": "SCIP_CMD", "gurobi": "GUROBI", "cplex": "CPLEX_PY"}


def available() -> list[str]:
    """Names of the solvers that PuLP finds on this machine, ours for those that have one."""
    pulp = _pulp()
    names = {str(name) for name in pulp.listSolvers(onlyAvailable=True)}
    found = {"cbc"} if names & {"COIN_CMD", "PULP_CBC_CMD"} else set()
    ours = {theirs: name for name, theirs in _KNOWN.items()}
    return sorted(found | {ours.get(n, n.lower()) for n in names - {"COIN_CMD", "PULP_CBC_CMD"}})


def to_pulp(model: Model, stage: int = 0) -> Any:
    """One stage of the model as a PuLP problem in the units of the case: minimise, columns c0 …, rows r0 …"""
    ones = replace(model, column_scale=np.ones(len(model.column_lower)), row_scale=np.ones(len(model.row_lower)))
    problem = Problem.of(ones)
    return _built(problem, problem.cost(model.stages[stage].cost))[0]


def solve_with(
    model: Model, solver_name: str, limits: SolveLimits | None = None, *, stop: Stop | None = None
) -> Solution:
    """Solve with any solver that PuLP finds. Ties are not settled.

    The bound of a linear program is proved from the solver's prices; with switches it is the solver's word.
    Later stages keep the earlier ones to 1e-7, which is what the solvers' printed digits allow.
    """
    limits = limits or SolveLimits()
    watch = Watch(limits, stop or Stop())
    _solver(solver_name, limits)
    problem = whole = Problem.of(model, as_it_is=True)
    x: Array | None = None
    bests: list[tuple[float, float | None]] = []
    for k, stage in enumerate(model.stages):
        cost = whole.moving_cost(stage.cost)
        answer = _answer(problem, cost, solver_name, watch)
        if answer.x is None:
            if x is None:
                return Solution(answer.ending, log=tuple(watch.lines), seconds=watch.seconds)
            watch.say(f"{stage.name}: no plan from {solver_name}, the one before stands")
            break
        x = answer.x
        bests.append((answer.value, answer.bound))
        if answer.ending == "optimal" and (answer.gap is None or answer.gap > limits.gap):
            watch.say(f"{stage.name}: the bound is the word of {solver_name}")
            bests[-1] = (answer.value, answer.value - limits.gap * abs(answer.value))
        if answer.ending != "optimal":
            break
        within = stage.within if k < len(model.stages) - 1 else 0.0
        limit = answer.value + max(within * abs(answer.value), FOREIGN_DIGITS * size(answer.value, cost))
        problem = problem.with_row(cost, -np.inf, limit)
    assert x is not None
    real = rounded(whole.real(x), whole.column_scale, model)
    stages = tuple(
        judged(model, k, real, *(bests[k] if k < len(bests) else (None, None))) for k in range(len(model.stages))
    )
    status, gap = worst(stages, limits)
    log = (*watch.lines, f"{solver_name}: largest breach of a row {whole.violation(x):.1e} of its largest term")
    return Solution(status, real, stages, bound=stages[0].bound, gap=gap, log=log, seconds=watch.seconds)


def _answer(problem: Problem, cost: Array, name: str, watch: Watch) -> Linear:
    """One run, in a thread of its own so that a limit holds whatever the solver does."""
    pulp = _pulp()
    scale = centre(cost)
    built, columns, rows = _built(problem, cost * scale)
    if watch.over:
        return Linear("stopped")
    solver = _solver(name, replace(watch.limits, time_limit=watch.left))

    def begun() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            built.solve(solver)

    work = Aside(begun)
    while not work.ended(0.05):
        if watch.stop.stopped or watch.left < -GRACE:
            watch.say(f"{name} was left behind at the limit")
            return Linear("stopped")
    if work.failed is not None:
        raise SolverError(f"{name} failed: {work.failed}") from work.failed
    claim = built.sol_status
    # A search that ends without a plan leaves the solution status open and says so in the other one.
    if claim == pulp.LpSolutionInfeasible or built.status == pulp.LpStatusInfeasible:
        return Linear("infeasible")
    if claim == pulp.LpSolutionUnbounded:
        raise SolverError("the objective has no limit: a column without a bound costs less the larger it is")
    if claim not in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible):
        return Linear("stopped")
    x = np.array([column.varValue or 0.0 for column in columns])
    x[problem.integer] = np.round(x[problem.integer])
    x = snapped(problem, x)
    breach = problem.violation(x)
    if breach > FOREIGN_BREACH:
        watch.say(f"{name}: values that break a row by {breach:.1e} of its largest term")
        if claim != pulp.LpSolutionOptimal:
            return Linear("stopped")
    over = claim == pulp.LpSolutionOptimal
    value, exact = total(cost, x), None
    if over and not problem.integer.any():
        y = np.array([sum(row.pi or 0.0 for row in made) for made in rows]) / scale
        exact = max((b for b in (dual_bound(problem, cost, p) for p in (y, -y)) if b is not None), default=None)
    gap = relative_gap(value, None if exact is None else float(exact))
    return Linear("optimal" if over else "stopped", x, None, value, exact, gap)


def _built(problem: Problem, cost: Array) -> tuple[Any, list[Any], list[list[Any]]]:
    """The PuLP problem, its columns in order, and for each row the one or two that PuLP made of it."""
    pulp = _pulp()
    built = pulp.LpProblem("model", pulp.LpMinimize)
    lower = [lo if np.isfinite(lo) else None for lo in problem.column_lower.tolist()]
    upper = [up if np.isfinite(up) else None for up in problem.column_upper.tolist()]
    columns = [
        built.add_variable(f"c{j}", lower[j], upper[j], pulp.LpInteger if whole else pulp.LpContinuous)
        for j, whole in enumerate(problem.integer.tolist())
    ]
    used = np.flatnonzero(cost)
    built += pulp.LpAffineExpression([(columns[j], c) for j, c in zip(used.tolist(), cost[used].tolist(), strict=True)])
    start, index, value = problem.start.tolist(), problem.index.tolist(), problem.value.tolist()
    rows: list[list[Any]] = []
    for r, (lo, up) in enumerate(zip(problem.row_lower.tolist(), problem.row_upper.tolist(), strict=True)):
        pairs = [(columns[index[k]], value[k]) for k in range(start[r], start[r + 1])]
        if lo == up:
            made = [pulp.LpAffineExpression(pairs) == up]
        else:
            made = [pulp.LpAffineExpression(pairs) >= lo] if np.isfinite(lo) else []
            made += [pulp.LpAffineExpression(pairs) <= up] if np.isfinite(up) else []
        for row, ending in zip(made, ("", "_up"), strict=False):
            built += (row, f"r{r}{ending}")
        rows.append(made)
    return built, columns, rows


def _solver(name: str, limits: SolveLimits) -> Any:
    """PuLP's solver of this name, on one thread; an error that names those there are."""
    pulp = _pulp()
    wanted = name.strip().lower()
    theirs = {str(n).lower(): str(n) for n in pulp.listSolvers()}
    real = theirs.get(_KNOWN.get(wanted, wanted).lower())
    options: dict[str, Any] = {"msg": False, "timeLimit": max(1.0, limits.time_limit), "gapRel": limits.gap}
    if real in ("COIN_CMD", "HiGHS"):
        options["threads"] = 1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if real is not None:
            solver = pulp.getSolver(real, **options)
            if not solver.available() and real == "COIN_CMD" and hasattr(pulp, "PULP_CBC_CMD"):
                solver = pulp.PULP_CBC_CMD(**options)  # PuLP 3 brings its own CBC; 4 does not
            if solver.available():
                return solver
    raise ValueError(f"no solver {name!r} on this machine; there are: {', '.join(available())}")


def _pulp() -> Any:
    """PuLP, imported only when it is needed: that takes as long as a solve."""
    import pulp

    return pulp
