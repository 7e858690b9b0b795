"""Problems with integers: choose the switches by branch and bound, then leave everything else to linear programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from optimiser.case.table import Array
from optimiser.case.tolerances import AS_CHEAP, LOST_DIGITS, OPTIMAL_GAP, SAME, SEARCHED, SOLVER, SOLVER_TIGHT
from optimiser.solvers.branch import SwitchChoice, binary, branch
from optimiser.solvers.engine import Engine, RunOutcome, Watch
from optimiser.solvers.linear import Linear, ObjectiveStep, Sequel, solve_linear
from optimiser.solvers.problem import Problem, centre, size, snapped, total, unit
from optimiser.solvers.small import small_part
from optimiser.solvers.solution import BASIC, Basis, relative_gap

TIE_SWITCHES = 200
"""Above this many integer columns switches of equal value are not compared by money."""
_TIE_NODES = 2_000
_ATTEMPTS = 10


def choose(
    problem: Problem,
    cost: Array,
    watch: Watch,
    nodes: int | None = None,
    basis: Basis | None = None,
    exactly: Problem | None = None,
) -> SwitchChoice:
    """The best switches for one cost: by a tree of linear programs, else by the solver's search: then round, fix, and solve the
    linear program that is left. exactly: as of `branch`.

    Where the rounded switches leave no plan, or less than the search promised (they held only within its tolerance),
    they are forbidden and the search goes on.
    """
    few = branch(problem, cost, watch, basis, exactly)
    if few is not None and few.stopped:
        gap = relative_gap(few.value, few.bound)
        if gap is not None and gap <= watch.limits.gap:
            return replace(few, stopped=False)
        return _better(few, _searched(problem, cost, watch, nodes, exactly))
    return few or _searched(problem, cost, watch, nodes, exactly)


def _better(kept: SwitchChoice, found: SwitchChoice) -> SwitchChoice:
    """Of a tree that was left open and a search after it: what the search ended with, else the better plan with what the tree
    proves."""
    if found.x is not None and not found.stopped:
        return found
    best = kept if found.x is None or kept.value <= found.value else found
    bound = found.bound if kept.exact is None else kept.bound
    return replace(best, stopped=True, bound=bound, exact=kept.exact, leaves=kept.leaves)


def _searched(problem: Problem, cost: Array, watch: Watch, nodes: int | None, exactly: Problem | None) -> SwitchChoice:
    """As `choose`, by the solver's own search."""
    best: SwitchChoice | None = None
    broken: SwitchChoice | None = None
    for attempt in range(_ATTEMPTS):
        out = _search(problem, cost, watch, attempt, nodes)
        if out.x is None and best is not None:
            # Everything but what was forbidden has been searched.
            ended = out.ending == "infeasible"
            bound = best.value if ended else _lower(out.bound, best.value)
            return _beside(replace(best, bound=bound, stopped=not ended), broken)
        if out.x is None and broken is not None:
            break
        if out.x is None:
            return SwitchChoice(
                None, bound=out.bound, infeasible=out.ending == "infeasible", stopped=out.ending == "stopped"
            )
        found = solve_linear(problem.fixed(out.x), cost, watch.spare())
        if found.x is not None and not found.kept:
            # In the solver's tolerance only: the plan of other switches is better, where there is one.
            broken = broken or SwitchChoice(found.x, found.value, out.bound, stopped=True, basis=found.basis)
        elif found.x is not None and found.ending == "optimal":
            if best is None or found.value < best.value:
                best = SwitchChoice(found.x, found.value, basis=found.basis)
            promised = max(total(cost, out.x), best.value if out.bound is None else out.bound)
            hair = max(watch.limits.gap, OPTIMAL_GAP) * size(best.value, cost)
            if best.value <= promised + hair or out.ending == "stopped" or not binary(problem):
                bound = _believed(out.bound, best.value, cost, watch)
                made = _beside(replace(best, bound=bound, stopped=out.ending == "stopped"), broken)
                return (
                    made if exactly is None or attempt or made.stopped else _proved(made, problem, cost, watch, exactly)
                )
            watch.say("the rounded switches gave less than the search promised: kept, and searched again without them")
        elif out.ending == "stopped" or found.ending == "stopped":
            return best or _as_found(problem, cost, out)
        else:
            watch.say("the rounded switches left no plan: forbidden, and searched again")
        if not binary(problem):
            continue
        problem = _without(problem, out.x)
    return replace(best, stopped=True) if best is not None else broken or SwitchChoice(None, stopped=True)


def _proved(found: SwitchChoice, problem: Problem, cost: Array, watch: Watch, exactly: Problem) -> SwitchChoice:
    """What a search found, proved by a tree that begins with its value, where that is closed in time."""
    assert found.x is not None
    known = SwitchChoice(found.x, found.value, basis=found.basis)
    few = branch(problem, cost, watch, found.basis, exactly, known)
    return found if few is None or few.exact is None else few


def _beside(best: SwitchChoice, broken: SwitchChoice | None) -> SwitchChoice:
    """The choice, not bound to be better than one that broke a row: nobody has shown that its switches leave no plan."""
    return best if broken is None else replace(best, bound=_lower(best.bound, broken.value))


def _lower(bound: float | None, value: float) -> float | None:
    return None if bound is None else min(bound, value)


def _believed(bound: float | None, value: float, cost: Array, watch: Watch) -> float | None:
    """The search's bound; where it is above the plan by rounding, the plan's value, by more than that, nothing."""
    if bound is None or bound <= value:
        return bound
    if bound - value <= SAME * max(abs(value), unit(cost)):
        return value
    watch.say(f"the search's bound {bound!r} was above its own plan {value!r}: not used")
    return None


def _as_found(problem: Problem, cost: Array, out: RunOutcome) -> SwitchChoice:
    """The search's own plan, where no time is left to clean it; none if its rounded switches break a row."""
    assert out.x is not None
    x = np.where(problem.integer, np.round(out.x), out.x)
    x = snapped(problem, x)
    if problem.violation(x) > SEARCHED:
        return SwitchChoice(None, bound=out.bound, stopped=True)
    return SwitchChoice(x, total(cost, x), out.bound, stopped=True)


def _search(problem: Problem, cost: Array, watch: Watch, attempt: int, nodes: int | None) -> RunOutcome:
    scale = centre(cost)
    tolerance = SOLVER if attempt == 0 else SOLVER_TIGHT
    options: dict[str, object] = {
        "mip_rel_gap": watch.limits.gap,
        "mip_abs_gap": SOLVER_TIGHT * unit(cost) * scale,
        "mip_feasibility_tolerance": SOLVER,
        "primal_feasibility_tolerance": tolerance,
        "dual_feasibility_tolerance": tolerance,
    }
    nodes = watch.limits.nodes if nodes is None else nodes
    if nodes is not None:
        options["mip_max_nodes"] = nodes
    out = Engine(problem, cost, scale, watch.limits, **options).attempt(watch)
    if out is None or out.ending == "infeasible":
        out = Engine(problem, cost, scale, watch.limits, presolve="off", **options).attempt(watch)
    return out or RunOutcome("stopped")


def _without(problem: Problem, x: Array) -> Problem:
    """The problem without this one setting of its switches."""
    on = np.round(x) > 0.5
    row = np.where(problem.integer, np.where(on, -1.0, 1.0), 0.0)
    return problem.with_row(row, 1.0 - float(np.count_nonzero(on & problem.integer)), np.inf)


def limited(
    problem: Problem, cost: Array, best: float, allowance: float, hair: float = LOST_DIGITS
) -> tuple[Problem, float]:
    """The plans within `allowance` of the best value, and that limit; a hair wider, or rounding would empty it."""
    limit = best + allowance + hair * size(best, cost)
    return problem.with_row(cost, -np.inf, limit), limit


def within(problem: Problem, choice: SwitchChoice) -> Problem:
    """The problem without what no plan as good as the choice has; switches that are settled so are no integers."""
    equals, rows = choice.equals, len(problem.row_scale)  # rows that were added are limits that others may not tighten
    if equals is None:
        return problem
    lower = np.maximum(problem.column_lower, equals.column_lower)
    upper = np.minimum(problem.column_upper, equals.column_upper)
    row_lower, row_upper = problem.row_lower.copy(), problem.row_upper.copy()
    row_lower[:rows] = np.maximum(row_lower[:rows], equals.row_lower[:rows])
    row_upper[:rows] = np.minimum(row_upper[:rows], equals.row_upper[:rows])
    integer = problem.integer & (lower < upper)
    return replace(
        problem, column_lower=lower, column_upper=upper, row_lower=row_lower, row_upper=row_upper, integer=integer
    )


def other_switches(
    problem: Problem, held: Array, costs: Sequence[Array], watch: Watch, basis: Basis | None
) -> Array | None:
    """Among switches that `problem` (with the limits of every stage) allows, those that cost least, cost after cost.

    None where they are those that are held, or there are too many to compare. The search ends at a number of nodes, not
    at a time, so that the answer does not depend on the machine.
    """
    if int(problem.integer.sum()) > TIE_SWITCHES:
        return None
    at = np.flatnonzero(problem.integer)
    watch = replace(watch, limits=replace(watch.limits, gap=OPTIMAL_GAP))
    best = None
    for cost in costs:
        if not problem.integer.any() or not cost.any() or watch.over:
            break
        if basis is not None:
            # The limits of the stages are rows that the basis does not know yet: their slacks enter it.
            more = np.full(len(problem.row_lower) - len(basis.rows), BASIC, basis.rows.dtype)
            basis = Basis(basis.columns, np.concatenate([basis.rows, more]))
        choice = choose(problem, cost, watch, _TIE_NODES, basis=basis)
        if choice.x is None:
            break
        best, basis = choice.x, choice.basis
        problem = within(limited(problem, cost, choice.value, 0.0, AS_CHEAP)[0], choice)
    same = best is None or np.array_equal(np.round(best[at]), np.round(held[at]))
    return None if same or watch.left <= 0 or watch.stop.stopped else best


def small_switches(problem: Problem, cost: Array, made: Sequel, watch: Watch) -> Array | None:
    """The switches of a plan, otherwise where what is too small to be seen beside the rest of the first cost gains by it;
    None where nothing does. problem: with a limit for every stage."""
    first, x = made.answers[0], made.x
    if x is None or first.y is None:
        return None
    y = np.concatenate([first.y, np.zeros(len(problem.row_lower) - len(first.y))])
    small = small_part(problem, cost, x, y, first.value)
    if small is None or not small.better_than(x) or watch.over:
        return None
    part = small.problem
    part = replace(part, integer=part.integer & (part.column_lower < part.column_upper))
    choice = choose(part, small.cost, replace(watch, progress=None), _TIE_NODES)
    gains = choice.x is not None and choice.value < total(small.cost, x)
    return choice.x if gains else None


def as_good(steps: Sequence[ObjectiveStep], first: Sequence[Linear], second: Sequence[Linear]) -> bool:
    """Whether the second sequence reaches every value of the first to 1e-9, and none of the first is missed."""
    return len(second) >= len(steps) and all(
        b.value - a.value <= OPTIMAL_GAP * size(a.value, step.cost)
        for step, a, b in zip(steps, first, second, strict=False)
        if step.limit is None
    )
