"""Linear programs: one solve proved to 1e-9, and objectives one after the other.

Which algorithm: the dual simplex after presolve. On allocations of 93,000 and 335,000 columns it took half the time of the
interior point method with crossover, found a vertex with clean prices, and can be warm-started. From 20,000 columns on it
gets the blocks that matter, and the others are priced (see sift).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np

from optimiser.case.table import Array
from optimiser.case.tolerances import FACE, FEASIBLE, FINE_GAP, OPTIMAL_GAP, SOLVER_TIGHT
from optimiser.model.matrix import Model
from optimiser.solvers.alike import merged
from optimiser.solvers.bound import dual_bound, plain_bound
from optimiser.solvers.engine import Ending, Engine, RunOutcome, Watch
from optimiser.solvers.problem import Problem, centre, snapped, total
from optimiser.solvers.refine import clean_prices, refined
from optimiser.solvers.sharp import Sharp, excess, settled, sharpened
from optimiser.solvers.sift import sifted, worth_sifting
from optimiser.solvers.small import Small, small_part
from optimiser.solvers.smaller import Smaller
from optimiser.solvers.solution import TIE_COLUMNS, Basis, SolveLimits, Stop, relative_gap

COPIES = 5_000
"""Columns of a program of many copies of one plan from which on the interior point method goes first (see `corner`)."""
_PATIENCE = 500
"""Iterations (more for more rows) from a given basis, before a fresh start with presolve is the shorter way."""
_REPAIRED, _IMPROVED = 0.25, 1.0
"""So many more for each row where the plan has to be repaired, and where it only has to be improved: 4,162 of those took 1.0 s
where a fresh start took 4.1 s."""

# Near the best plan nothing is gained by shaking costs and bounds, and the shaking has to be undone. Another case's
# basis: its prices still stand, so the dual simplex repairs the plan. The basis of the step before: its plan still
# stands, so the primal simplex improves it; the matrix is scaled already, and that is how it does so fastest.
_OTHER_CASE: dict[str, Any] = {"simplex_strategy": 0, "dual_simplex_cost_perturbation_multiplier": 0.0}
_OTHER_COST: dict[str, Any] = {
    "simplex_strategy": 4,
    "simplex_scale_strategy": 0,
    "primal_simplex_bound_perturbation_multiplier": 0.0,
}

# More columns of the same case, many at once: then shaking pays (19,361 iterations in place of 61,210).
_MORE_COLUMNS: dict[str, Any] = {"simplex_strategy": 4, "simplex_scale_strategy": 0}

# From the usual way to ever more careful ones: tighter tolerances, costs a thousand times larger, the primal simplex to
# clean up. The usual one does not scale on top of our scales, and is content with approximate edge weights (Devex): a
# tenth to a third less time on the examples, a quarter of it on 125,000 columns.
_WAYS: tuple[tuple[float, dict[str, Any]], ...] = (
    (1.0, {"simplex_scale_strategy": 0, "simplex_dual_edge_weight_strategy": 1}),
    (1.0, {"primal_feasibility_tolerance": SOLVER_TIGHT, "dual_feasibility_tolerance": SOLVER_TIGHT}),
    (
        2.0**10,
        {
            "primal_feasibility_tolerance": SOLVER_TIGHT,
            "dual_feasibility_tolerance": SOLVER_TIGHT,
            "simplex_scale_strategy": 0,
        },
    ),
    (
        2.0**20,
        {
            "primal_feasibility_tolerance": SOLVER_TIGHT,
            "dual_feasibility_tolerance": SOLVER_TIGHT,
            "simplex_strategy": 4,
        },
    ),
)


@dataclass(frozen=True, eq=False)
class Linear:
    """An answer in the solver's units; exact: the bound from the prices, in rational arithmetic; ray: prices that show
    that there is no plan, where these were found; kept: every row, by the coarse measure."""

    ending: Ending
    x: Array | None = None
    y: Array | None = None
    value: float = 0.0
    exact: Fraction | None = None
    gap: float | None = None
    basis: Basis | None = None
    ray: Array | None = None
    kept: bool = True

    @property
    def bound(self) -> float | None:
        """The exact bound as a number."""
        return None if self.exact is None else float(self.exact)


def solve_linear(
    problem: Problem,
    cost: Array,
    watch: Watch,
    basis: Basis | None = None,
    prove: bool = True,
    feasible: bool = False,
    plan: Array | None = None,
) -> Linear:
    """Minimise cost·x. With `prove`, solves again more carefully until value and exact bound agree.

    basis: where to start; feasible: whether its plan is one of the problem, so that only its cost is new; plan: one of the
    problem; what it uses of a large one is looked at first.
    """
    scale = centre(cost)
    enough = FINE_GAP if len(cost) <= TIE_COLUMNS else OPTIMAL_GAP
    best: Linear | None = None
    for number, (factor, options) in enumerate(_WAYS):
        near = _OTHER_COST if feasible and number == 0 else _OTHER_CASE
        out = _run(problem, cost, scale * factor, watch, basis, options, near, plan)
        if out is None:
            continue
        if out.ending == "infeasible":
            out, ray = _confirmed(problem, cost, scale, watch)
            if out is None:
                continue
            if out.ending == "infeasible":
                return best or Linear("infeasible", ray=ray)
        if out.ending == "stopped":
            return best or _salvaged(problem, cost, out)
        assert out.x is not None
        found = _judged(problem, cost, out, prove)
        found = _mended(problem, cost, scale * factor, found, watch, prove)
        if found.ending == "infeasible":
            return found
        if best is None or (found.gap or 0.0) < (best.gap or 0.0):
            best = found
        if not prove or (best.gap is not None and best.gap <= (enough if number == 0 else OPTIMAL_GAP)):
            break
        watch.say(f"linear program: gap {best.gap} after way {number + 1}, solved again more carefully")
        basis = out.basis or basis
    return best or _salvaged(problem, cost, RunOutcome("stopped"))


def _run(
    problem: Problem,
    cost: Array,
    scale: float,
    watch: Watch,
    basis: Basis | None,
    options: dict[str, Any],
    near: dict[str, Any],
    plan: Array | None = None,
) -> RunOutcome | None:
    """From a basis, in the way that suits a `near` one; without one, or where that takes too many iterations (a
    number, not a time: the way must not depend on the machine), afresh. A large problem block by block where it has some."""
    if basis is not None and (len(basis.rows), len(basis.columns)) != problem.shape:
        basis = None  # of a case with other columns or rows
    if worth_sifting(problem):

        def part(smaller: Problem, its_cost: Array, start: Basis | None) -> RunOutcome | None:
            return _run(smaller, its_cost, scale, watch, start, options, near if basis is not None else _MORE_COLUMNS)

        def ray(smaller: Problem) -> Array | None:
            return _confirmed(smaller, np.zeros(len(smaller.column_lower)), 1.0, watch)[1]

        out = None
        if basis is None and plan is None:
            out = merged(
                problem, cost, lambda smaller, its_cost: _run(smaller, its_cost, scale, watch, None, options, near)
            )
        out = out or sifted(problem, cost, basis, part, ray, plan)
        if out is not None or watch.over:
            return out or RunOutcome("stopped")
    engine = Engine(problem, cost, scale, watch.limits, solver="simplex", **options)
    if basis is None or not engine.start_from(basis):
        return engine.attempt(watch)
    more = _IMPROVED if near is _OTHER_COST else _REPAIRED
    most = _PATIENCE + int(more * len(problem.row_lower))
    engine.set(presolve="off", simplex_iteration_limit=most, **{**near, **options})
    out = engine.attempt(watch)
    if out is not None and (out.ending != "stopped" or watch.over):
        return out
    return Engine(problem, cost, scale, watch.limits, solver="simplex", **options).attempt(watch)


def _confirmed(problem: Problem, cost: Array, scale: float, watch: Watch) -> tuple[RunOutcome | None, Array | None]:
    """The answer without presolve, after an "infeasible" with it: presolve has been wrong before. Also the ray."""
    engine = Engine(problem, cost, scale, watch.limits, solver="simplex", presolve="off")
    return engine.attempt(watch), engine.ray()


def _judged(problem: Problem, cost: Array, out: RunOutcome, prove: bool) -> Linear:
    """A run's answer with its value and its exact bound."""
    assert out.x is not None
    x = settled(problem, out.x)
    value = total(cost, x)
    exact = dual_bound(problem, cost, out.y) if prove and out.y is not None else None
    gap = relative_gap(value, None if exact is None else float(exact)) if prove else None
    if prove and (gap is None or gap > OPTIMAL_GAP):
        plain = plain_bound(problem, cost)
        if plain is not None and (exact is None or plain > exact):
            exact, gap = plain, relative_gap(value, float(plain))
    if prove and gap is None:
        gap = float("inf")
    return Linear("optimal", x, out.y, value, exact, gap, out.basis)


def _mended(problem: Problem, cost: Array, scale: float, found: Linear, watch: Watch, prove: bool) -> Linear:
    """The same answer to more digits, where it misses a row, or its bound, by more than floats lose."""
    best, misses = found, excess(problem, found.x) if found.x is not None else 0.0
    if misses <= 1 and (not prove or (found.gap or 0.0) <= OPTIMAL_GAP):
        return found
    for sharp in sharpened(problem, cost, Sharp(found.x, found.y, found.basis), scale, watch):
        if sharp.x is None:
            return Linear("infeasible", ray=sharp.ray)
        better = _judged(problem, cost, RunOutcome("optimal", sharp.x, sharp.y, basis=sharp.basis), prove)
        assert better.x is not None
        left = excess(problem, better.x)
        if left <= max(misses, 1) and (left < misses or (better.gap or 0.0) < (best.gap or 0.0)):
            best, misses = better, left
        if misses <= 1 and (not prove or (best.gap or 0.0) <= OPTIMAL_GAP):
            return best
    if misses > 1:
        watch.say("linear program: a row is missed by more than floats lose, and could not be mended")
        assert best.x is not None
        return replace(best, kept=excess(problem, best.x, coarse=True) <= 1)
    return best


def _salvaged(problem: Problem, cost: Array, out: RunOutcome) -> Linear:
    """What can be said when the clock was faster: a plan if there is an easy one, a bound if the prices give one."""
    points = [p for p in (out.x, trivial(problem)) if p is not None]
    points = [p for p in (snapped(problem, p) for p in points) if problem.violation(p) <= FEASIBLE]
    prices = [np.zeros(len(problem.row_lower))] + ([] if out.y is None else [out.y])
    bounds = [b for b in (dual_bound(problem, cost, y) for y in prices) if b is not None]
    exact = max(bounds) if bounds else None
    if not points:
        return Linear("stopped", exact=exact)
    x = min(points, key=lambda p: total(cost, p))
    value = total(cost, x)
    gap = relative_gap(value, None if exact is None else float(exact))
    return Linear("stopped", x, None, value, exact, gap)


def trivial(problem: Problem) -> Array | None:
    """Nothing spent: every column at its bound nearest 0, then what stands in one row only takes up the slack."""
    lower, upper = problem.column_lower, problem.column_upper
    x = np.where(lower > 0, lower, np.where(upper < 0, upper, 0.0))
    uses = np.bincount(problem.index, minlength=len(lower))
    activity = problem.activity(x)
    broken = np.flatnonzero((activity < problem.row_lower) | (activity > problem.row_upper))
    for r in broken:
        at = np.arange(problem.start[r], problem.start[r + 1])
        need = float(np.clip(activity[r], problem.row_lower[r], problem.row_upper[r]) - activity[r])
        for k in at[uses[problem.index[at]] == 1]:
            j, a = problem.index[k], problem.value[k]
            moved = float(np.clip(x[j] + need / a, lower[j], upper[j]))
            need -= a * (moved - x[j])
            x[j] = moved
    return x if problem.violation(x) <= FEASIBLE else None


@dataclass(frozen=True, eq=False)
class ObjectiveStep:
    """One objective in the solver's units.

    within: the share of |best| that later steps may give up (0: nothing, they stay on the face of the best plans);
    limit: a value that they must reach instead; fresh: not from the basis of the step before, which is far away, but
    from `start` if there is one.
    """

    cost: Array
    within: float = 0.0
    limit: float | None = None
    prove: bool = True
    fresh: bool = False
    start: Basis | None = None


@dataclass(eq=False)
class Sequel:
    """What a sequence of objectives gave: one answer for each that was reached, the last plan, how many were done."""

    answers: list[Linear] = field(default_factory=list)
    x: Array | None = None
    done: int = 0
    ending: Ending = "optimal"


def in_turn(problem: Problem, steps: Sequence[ObjectiveStep], watch: Watch, basis: Basis | None = None) -> Sequel:
    """Minimise each cost among the plans that are best for those before it. What these leave at 0 for good is left out of what is
    solved next, with the rows that then always hold."""
    made = Sequel()
    part = Smaller.all_of(problem)
    x: Array | None = None  # the last plan, of the part
    last: tuple[Problem, Array, Basis] | None = None
    fine = len(problem.column_lower) <= TIE_COLUMNS
    for step in steps:
        problem, cost = part.problem, step.cost[part.columns]
        start = part.basis(extended(step.start, len(part.rows))) if step.fresh else basis
        if step.fresh and x is not None and worth_sifting(problem):
            start = None  # around the plan before it is nearer by parts than where another case ended
        answer = solve_linear(problem, cost, watch, start, step.prove, not step.fresh and x is not None, x)
        if answer.ending == "infeasible" and x is not None:
            # The face is not empty: it holds the plan before. Only its numbers were too tight.
            watch.say("an objective could not be solved on the face of those before it; their plan stands")
            break
        made.ending = answer.ending
        if answer.ending == "stopped" and x is not None:
            break
        made.answers.append(_of_whole(part, answer))
        if answer.x is None:
            break
        x = answer.x
        if answer.ending != "optimal" or answer.y is None:
            break
        made.done += 1
        last = None if answer.basis is None else (problem, cost, answer.basis)
        if step.limit is None and step.within == 0:
            y = clean_prices(problem, cost, answer.y, answer.basis, watch) if fine else answer.y
            small = small_part(problem, cost, x, y, answer.value) if step.prove else None
            if small is None:
                problem = problem.face(cost, x, y, FACE)
            else:
                seen, x = _seen_too(small, cost, answer, x, watch)
                made.answers[-1] = _of_whole(part, seen)
                problem = small.kept(problem.face(cost, x, y, FACE), x)
        else:
            limit = answer.value + step.within * abs(answer.value) if step.limit is None else step.limit
            problem = problem.with_row(cost, -np.inf, limit)
        basis = extended(answer.basis, len(problem.row_lower))
        if made.done < len(steps):
            left = Smaller.left_of(problem, basis)
            part, basis, x = part.narrowed(left), left.basis(basis), x[left.columns]
    if made.done == len(steps) and x is not None and last is not None and fine:
        x = refined(last[0], last[1], x, last[2], watch)
    made.x = None if x is None else part.values(x)
    return made


def _of_whole(part: Smaller, answer: Linear) -> Linear:
    """An answer of a part, as one of the whole."""
    if part.is_whole:
        return answer
    return replace(
        answer,
        x=None if answer.x is None else part.values(answer.x),
        y=None if answer.y is None else part.prices(answer.y),
        basis=None if answer.basis is None else part.whole_basis(answer.basis),
    )


def _seen_too(small: Small, cost: Array, answer: Linear, x: Array, watch: Watch) -> tuple[Linear, Array]:
    """The answer, and its x, with what is too small to be seen beside the rest at its best too, where that gains anything."""
    found = solve_linear(small.problem, small.cost, watch, answer.basis, False, True) if small.better_than(x) else None
    if found is None or found.x is None or found.ending != "optimal" or not found.kept:
        return answer, x
    value = total(cost, found.x)
    if value > answer.value or total(small.cost, found.x) >= total(small.cost, x):
        return answer, x
    gap = relative_gap(value, answer.bound)
    return replace(answer, x=found.x, value=value, gap=gap, basis=found.basis), found.x


def corner(model: Model, limits: SolveLimits, stop: Stop | None) -> Basis | None:
    """Where the interior point method ends on the first objective of a model, switches as if they could stand in between: there
    the simplex begins with a large program of many copies of one plan, whose ties cost it many times as long."""
    problem = Problem.of(replace(model, integer=np.zeros(len(model.integer), bool)), as_it_is=True)
    cost = problem.moving_cost(model.stages[0].cost)
    return Engine(problem, cost, centre(cost), limits, solver="ipm").run(Watch(limits, stop or Stop())).basis


def extended(basis: Basis | None, rows: int) -> Basis | None:
    """The basis for a problem with so many rows, those at its end new: they are slack. None of one that has more."""
    if basis is None or len(basis.rows) > rows:
        return None
    more = np.ones(rows - len(basis.rows), np.int8)
    return Basis(basis.columns, np.concatenate([basis.rows, more]))
