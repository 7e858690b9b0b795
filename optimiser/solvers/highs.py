"""Solve a model with HiGHS: its stages in turn, its ties, and what proves them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np

from optimiser.case.table import Array
from optimiser.case.tolerances import EQUAL, LOST_DIGITS
from optimiser.model.matrix import Model, StageCost
from optimiser.model.variables import DECIDED
from optimiser.solvers.certificate import Certificate
from optimiser.solvers.engine import Progress, Watch
from optimiser.solvers.linear import ObjectiveStep, Sequel, in_turn
from optimiser.solvers.problem import Problem
from optimiser.solvers.refine import rounded
from optimiser.solvers.sharp import settled
from optimiser.solvers.solution import TIE_COLUMNS, Basis, Solution, SolveLimits, Stop, Ties, judged, worst
from optimiser.solvers.switches import as_good, choose, limited, other_switches, small_switches, within

_READ_SECONDS = 5.0
_FAR = 1
"""The tie that is far from the plan before it: money by key. Those after it are near."""


def solve(
    model: Model,
    limits: SolveLimits | None = None,
    *,
    stop: Stop | None = None,
    progress: Progress | None = None,
    basis: Basis | None = None,
    last: Basis | None = None,
) -> Solution:
    """The best plan for each stage in turn, ties settled, with the bound that proves it.

    Ends at limits.time_limit, or when `stop` is pulled from another thread, with the best plan so far. `progress`
    hears of best, bound, gap and seconds about twice a second during a search over switches. `basis`: where the
    linear programs start, and `last`: where that of the tie does which is far from them; the plan does not depend on them (unless ties
    are left open).
    """
    if not model.stages:
        raise ValueError("a model without an objective cannot be solved")
    limits = limits or SolveLimits()
    watch = Watch(limits, stop or Stop(), progress)
    problem = Problem.of(model, as_it_is=True)
    costs = [problem.moving_cost(stage.cost) for stage in model.stages]
    end = len(costs) - 1
    steps = [
        ObjectiveStep(cost, stage.within if k < end else 0.0)
        for k, (stage, cost) in enumerate(zip(model.stages, costs, strict=True))
    ]
    ties = [
        ObjectiveStep(problem.moving_cost(tie), prove=False, fresh=k == _FAR, start=last if k == _FAR else None)
        for k, tie in enumerate(_used_ties(model))
    ]
    if problem.integer.any():
        made = _with_switches(problem, model, steps, ties, watch, basis)
    else:
        made = _without_switches(problem, steps, ties, watch, basis)
    return _solution(model, problem, costs, made, watch)


@dataclass(eq=False)
class _Made:
    """What both ways end with. bests, bounds: of each stage reached, minimised; done: steps finished (ties last)."""

    sequel: Sequel
    bests: list[float] = field(default_factory=list)
    bounds: list[float | None] = field(default_factory=list)
    exact: Fraction | None = None
    proven: bool = False
    infeasible: bool = False
    x: Array | None = None
    leaves: tuple[tuple[Array, Array, Array], ...] = ()


def _without_switches(
    problem: Problem, steps: list[ObjectiveStep], ties: list[ObjectiveStep], watch: Watch, basis: Basis | None
) -> _Made:
    sequel = in_turn(problem, steps + ties, watch, basis)
    reached = sequel.answers[: len(steps)]
    return _Made(
        sequel,
        [answer.value for answer in reached if answer.x is not None],
        [answer.bound for answer in reached],
        reached[0].exact if reached else None,
        len(reached) == len(steps) and all(answer.exact is not None for answer in reached),
        infeasible=sequel.ending == "infeasible",
        x=sequel.x,
    )


def _with_switches(
    problem: Problem,
    model: Model,
    steps: list[ObjectiveStep],
    ties: list[ObjectiveStep],
    watch: Watch,
    start: Basis | None,
) -> _Made:
    """Search for the switches stage by stage, then solve all stages and ties as linear programs with these."""
    made, basis = _Made(Sequel()), None
    # What the later stages are searched in, a hair wider than what they are proved in; and what ties are settled in.
    open_problem = exactly = equal = problem
    held = list[ObjectiveStep]()
    for stage, step in zip(model.stages, steps, strict=True):
        begin = None if made.bests else start
        choice = choose(open_problem, step.cost, _telling(watch, stage), basis=begin, exactly=exactly)
        if choice.x is None and made.x is None:
            made.infeasible = choice.infeasible
            made.bounds.append(choice.bound)
            return made
        if choice.x is None:
            watch.say(f"{stage.name}: no switches found in time, those before it stand")
            break
        made.x = choice.x
        basis = basis or choice.basis
        made.proven = choice.exact is not None and (made.proven or not made.bests)
        if not made.bests:
            made.exact, made.leaves = choice.exact, choice.leaves
        value = choice.value
        if held and not choice.stopped:
            # With a hair of the stages before, seen to be worth 2e-9 of this one, it looks better than any plan is.
            chain = [replace(before, prove=False) for before in (*held, ObjectiveStep(step.cost))]
            found = in_turn(problem.fixed(choice.x), chain, watch.spare(), basis)
            value = found.answers[-1].value if found.done == len(chain) else value
        made.bests.append(value)
        made.bounds.append(choice.bound)
        # A plan may look better than the bound that was proved, by the solver's tolerance: it is held to what is possible.
        possible = value if choice.exact is None else max(value, float(choice.exact))
        allowed = step.within * abs(value)
        open_problem, limit = limited(open_problem, step.cost, possible, allowed)
        exactly = limited(exactly, step.cost, possible, allowed, LOST_DIGITS if step.within > 0 else 0.0)[0]
        equal = limited(equal, step.cost, possible, allowed, EQUAL)[0]
        if step.within == 0:
            equal = within(equal, choice)
        held.append(ObjectiveStep(step.cost, limit=limit if step.within > 0 else None))
        if choice.stopped:
            break
    assert made.x is not None
    whole = held + ties
    made.sequel = in_turn(problem.fixed(made.x), whole, watch.spare(), basis)
    if ties and equal.integer.any() and len(held) == len(steps) and made.sequel.done == len(whole):
        near = made.sequel.answers[len(held)].basis or basis
        by_key = np.where(problem.integer, np.sum([tie.cost for tie in ties[1:]], axis=0), 0.0)
        costs = (ties[0].cost, by_key)
        other = other_switches(equal, made.x, costs, replace(watch, progress=None), near)
        if other is not None:
            second = in_turn(problem.fixed(other), whole, watch)
            if second.done == len(whole) and as_good(whole[: len(held) + 1], made.sequel.answers, second.answers):
                made.sequel = second
    if steps[0].within == 0 and len(held) == len(steps) and made.sequel.done == len(whole):
        other = small_switches(equal, steps[0].cost, made.sequel, watch)
        if other is not None:
            second = in_turn(problem.fixed(other), whole, watch)
            if second.done == len(whole) and as_good(whole[: len(held)], made.sequel.answers, second.answers):
                made.sequel = second
                made.bests[0] = min(made.bests[0], second.answers[0].value)
    if made.sequel.done >= len(held):
        made.x = made.sequel.x
    return made


def _telling(watch: Watch, stage: StageCost) -> Watch:
    """The same clock; its progress in the reader's sign."""
    told, sign = watch.progress, stage.sign
    if told is None:
        return watch

    def tell(event: dict[str, float | None]) -> None:
        told({key: sign * v if v is not None and key in ("best", "bound") else v for key, v in event.items()})

    return replace(watch, progress=tell)


def _used_ties(model: Model) -> tuple[Array, ...]:
    return model.ties if len(model.column_lower) <= TIE_COLUMNS else model.ties[:1]


def _solution(model: Model, problem: Problem, costs: list[Array], made: _Made, watch: Watch) -> Solution:
    """Everything in the units of the case and the reader's signs."""
    if made.infeasible:
        return Solution("infeasible", log=tuple(watch.lines), seconds=watch.seconds)
    first = model.stages[0].sign
    bound = made.bounds[0] if made.bounds else None
    if made.x is None:
        told = None if bound is None else first * bound
        return Solution("stopped", bound=told, log=tuple(watch.lines), seconds=watch.seconds)
    x = problem.real(settled(problem, made.x))
    x = rounded(x, problem.column_scale, model)
    if len(made.bests) < len(model.stages):
        x = _read_off(model, x, len(made.bests))
    stages = tuple(
        judged(model, k, x, *((made.bests[k], made.bounds[k]) if k < len(made.bests) else (None, None)))
        for k in range(len(model.stages))
    )
    status, gap = worst(stages, watch.limits)
    answers = made.sequel.answers
    prices = answers[0].y if answers else None
    return Solution(
        status,
        x,
        stages,
        None if prices is None else problem.prices(prices),
        stages[0].bound,
        None if made.exact is None else (made.exact if first > 0 else -made.exact),
        gap,
        answers[0].basis if answers else None,
        tuple(watch.lines),
        _settled(model, made),
        watch.seconds,
        answers[min(len(stages) + _FAR, len(answers) - 1)].basis if answers else None,
        made.proven and len(made.bests) == len(model.stages),
        watch.over,
        _certificate(model, problem, made),
    )


def _read_off(model: Model, x: Array, reached: int) -> Array:
    """x with those columns anew that only count what a plan is worth to an objective: of one that was not reached they may be
    anything that their rows allow."""
    cost = np.sum([stage.cost for stage in model.stages[reached:]], axis=0)
    counts = cost != 0
    for name, family in model.columns.families.items():
        if name in DECIDED or name.startswith("breach "):
            counts[family.span] = False
    row = np.repeat(np.arange(len(model.row_lower)), np.diff(model.start))
    mine = np.bincount(row, counts[model.index], len(model.row_lower)) > 0
    part = replace(
        model,
        column_lower=np.where(counts, model.column_lower, x),
        column_upper=np.where(counts, model.column_upper, x),
        row_lower=np.where(mine, model.row_lower, -np.inf),
        row_upper=np.where(mine, model.row_upper, np.inf),
        integer=np.zeros(len(x), bool),
        stages=(StageCost("counts", np.where(counts, cost, 0.0)),),
        ties=(),
    )
    found = solve(part, SolveLimits(time_limit=_READ_SECONDS))
    return x if found.x is None else np.where(counts, found.x, x)


def _certificate(model: Model, problem: Problem, made: _Made) -> Certificate | None:
    """What proves the bound of the first stage, in the units of the case; None where it is the search's own word."""
    if made.exact is None:
        return None
    leaves = made.leaves
    if not problem.integer.any():
        y, none = made.sequel.answers[0].y, np.zeros(0)
        leaves = () if y is None else ((none, none, y),)
    return Certificate.of(model, problem, leaves)


def _settled(model: Model, made: _Made) -> Ties:
    """How far ties were settled."""
    done = made.sequel.done - len(model.stages)
    if done < 0:
        return "none"
    if done >= len(model.ties):
        return "full"
    return "money" if done >= 1 else "none"
