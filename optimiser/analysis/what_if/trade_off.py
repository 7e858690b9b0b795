"""Two objectives: what the second can be as the first gives way, among plans that no other beats.

    trade_off(case, "impact", "fairness")

Without switches every breakpoint is exact. With switches each point is a plan, with what it reaches in both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from optimiser.analysis.asking.parametric import NotStraight, Way
from optimiser.analysis.what_if.frontier import POINTS, Frontier, Point, Told, with_knee
from optimiser.case.case import Case
from optimiser.case.names import fold
from optimiser.case.settings import Objective, parse_objective
from optimiser.case.tolerances import BARELY, HAIR, LEAST_SIZE, SMALL_VALUE, UNREAD
from optimiser.model.extend import with_row
from optimiser.model.matrix import Model
from optimiser.model.program import Program
from optimiser.plan.tables import Plan
from optimiser.solvers.highs import solve
from optimiser.solvers.solution import Solution, SolveLimits, Unsettled, settled_plan
from optimiser.verbs import solve as planned

ALL_AS_FAIR = (
    "No agency contributes to a fund, so every plan is as fair as any other: fill in the sheet Contributions to ask what "
    "fairness costs."
)


def trade_off(case: Case, first: str, second: str, *, count: int = POINTS, told: Told | None = None) -> Frontier:
    """The best value of the second objective as the first gives way, from its best to what the second's best leaves.

    No point is beaten by another. The present plan is one of them, or `now` where it is beaten. Of fairness the lowest
    ratio is taken; told: hears of each point, where there are switches. Raises ValueError, with a sentence, for
    objectives that are the same or none.
    """
    if not second.strip() or fold(first) == fold(second):
        raise ValueError("a trade-off needs two objectives, such as impact and thrift")
    first, second = (one.name for one in parse_objective(f"{first} > {second}"))
    model = _of_two(case, first, second)
    limits = SolveLimits.of(case.settings)
    one, two = (_stage_of(model, name) for name in (first, second))
    signs = model.stages[one].sign, model.stages[two].sign
    best = solve(_staged(model, one, two), limits)
    if settled_plan(best) is None:
        return Frontier(first, second, (), True, "No plan keeps every hard rule.")
    last = solve(_staged(model, two, one), limits)
    if last.x is None:
        raise Unsettled
    ends = _point(best, first, second), _point(last, first, second)
    top, bottom = (signs[0] * p.at for p in ends)
    exact, note = True, ""
    if abs(bottom - top) <= HAIR * max(abs(top), abs(bottom), 1.0):
        alike = "fairness" in (first, second) and not case.facts.contribution.any()
        points, note = [ends[1]], ALL_AS_FAIR if alike else "Both objectives are best in the same plan."
    else:
        try:
            held = [_held(model, one, two, value) for value in (top, bottom, (top + bottom) / 2)]
            points = _breakpoints(Way(held[0], held[1], held[2], limits), signs[0], top, bottom)
        except NotStraight as why:

            def at(value: float) -> Point | None:
                found = solve(_held(model, one, two, value, then=True), limits)
                return None if settled_plan(found) is None else _point(found, first, second)

            points = [ends[0], *_climbed(at, signs[0], top, ends[1], count, told)]
            exact, note = False, f"Only these points are known, not what lies between them, since {why}."
    points = unbeaten(points, signs)
    points, now = _with_present(points, _present(case, first, second), signs, exact)
    return Frontier(first, second, tuple(with_knee(points, -signs[1])), exact, note, now)


def unbeaten(points: Sequence[Point], signs: tuple[float, float]) -> list[Point]:
    """The points that no other beats, in order of `at`. signs: of both objectives, -1 for what is to be most."""
    kept: list[Point] = []
    for p in sorted(points, key=lambda p: p.at):
        alike = any(not _worse(p, k, signs) and not _worse(k, p, signs) for k in kept)
        if not alike and not any(_beats(q, p, signs) for q in points):
            kept.append(p)
    return kept


def _beats(p: Point, q: Point, signs: tuple[float, float]) -> bool:
    """Whether p is worse in neither and better in one of the two."""
    return not _worse(p, q, signs) and _worse(q, p, signs)


def _worse(p: Point, q: Point, signs: tuple[float, float]) -> bool:
    """Whether p is worse than q in one of the two, by more than a hair."""
    pairs = ((p.at, q.at), (p.value or 0.0, q.value or 0.0))
    return any(s * (a - b) > UNREAD * max(1.0, abs(b)) for (a, b), s in zip(pairs, signs, strict=True))


# -- points -------------------------------------------------------------------------------------------------------------


def _breakpoints(way: Way, sign: float, top: float, bottom: float) -> list[Point]:
    """Every breakpoint between both ends, without switches. Where the way goes downwards, what one more is worth is what the
    spot above it says of the way down to it; of the highest nothing is known."""
    span = bottom - top
    spots = way.breakpoints(*(way.ends() or (0.0, 1.0)))
    after = [s.slope for s in spots] if sign * span > 0 else [None, *(s.slope for s in spots[:-1])]
    return [
        Point(sign * (top + s.at * span), s.value, 0.0, None if slope is None else sign * slope / span)
        for s, slope in zip(spots, after, strict=True)
    ]


def _climbed(
    at: Callable[[float], Point | None], sign: float, top: float, last: Point, count: int, told: Told | None
) -> list[Point]:
    """Plans on the way up from the last one, where the second objective is best, to the top of the first.

    at: the best plan in which the first objective (minimised) is at most a value. What a plan reaches beyond what was
    asked for needs no plan of its own, so there may be fewer than `count`.
    """
    points, here = [last], sign * last.at
    for n, value in enumerate(np.linspace(here, top, count).tolist()[1:-1], 2):
        if value > here - UNREAD * max(1.0, abs(here)):
            continue
        if told is not None:
            told(f"Point {n} of {count}")
        found = at(value)
        if found is None:
            break
        points.append(found)
        here = sign * found.at
    return points


def _point(found: Solution, first: str, second: str) -> Point:
    """What a solution reaches in both."""
    reached = {s.name: s.achieved for s in reversed(found.stages)}  # of fairness the first stage: the lowest ratio
    return Point(reached[first], reached[second], found.gap)


def _of_two(case: Case, first: str, second: str) -> Model:
    settings = replace(case.settings, objective=(Objective(first), Objective(second)))
    return Program.of(Case(case.tables, settings)).model


def _stage_of(model: Model, name: str) -> int:
    return next(k for k, stage in enumerate(model.stages) if stage.name == name)


def _staged(model: Model, *order: int) -> Model:
    """The model with these objectives in this order, nothing given up."""
    return replace(model, stages=tuple(replace(model.stages[k], within=0.0) for k in order), ties=())


def _held(model: Model, one: int, two: int, value: float, then: bool = False) -> Model:
    """The second objective, while the first (minimised) is at most a value; a hair more, or rounding would empty it.

    then: among the best for the second, the best for the first.
    """
    cost = model.stages[one].cost
    at = np.flatnonzero(cost)
    scale = 2.0 ** -round(float(np.log2(np.median(np.abs(cost[at] * model.column_scale[at]))))) if len(at) else 1.0
    hair = HAIR * max(abs(value), SMALL_VALUE)
    staged = _staged(model, two, one) if then else _staged(model, two)
    return with_row(staged, "first objective", cost, -np.inf, value + hair, scale)


# -- the present plan -----------------------------------------------------------------------------------------------------


def _present(case: Case, first: str, second: str) -> Point | None:
    """Both objectives of the case's plan; None where it has none, or an objective has no figure."""
    plan = planned(case)
    at, value = value_of(plan, first), value_of(plan, second)
    return None if at is None or value is None else Point(at, value, plan.gap, present=True)


def value_of(plan: Plan, objective: str) -> float | None:
    """What a plan reaches in an objective, from its tables; None where it has no figure.

    Of fairness the lowest ratio; of impact what is left of it after the penalties of soft rules.
    """
    if not plan.has_plan:
        return None
    facts, award = plan.case.facts, plan.tables["Awards"]["award"]
    if objective == "impact":
        return None if plan.impact is None else plan.impact - float(plan.tables["Compliance"]["penalty"].sum())
    if objective == "thrift":
        return float(plan.tables["Spend"]["money"].sum())
    if objective == "stability":
        return float(np.abs(award - facts.baseline).sum())
    if objective == "coverage":
        located = np.flatnonzero(facts.initiative_area >= 0)
        inside = facts.area_includes[:, facts.initiative_area[located]] @ award[located]
        return float(np.maximum(facts.sorted["area"]["need"] - inside, 0.0).sum())
    paid = facts.contribution.sum(axis=1)
    received = plan.tables["Received"]["received"]
    return float((received[paid > 0] / paid[paid > 0]).min()) if (paid > 0).any() else None


def _with_present(
    points: list[Point], here: Point | None, signs: tuple[float, float], exact: bool
) -> tuple[list[Point], Point | None]:
    """The points with the present one among them, and the present one alone where it is beaten."""
    if here is None:
        return points, None
    sizes = [
        max((abs(v) for v in values), default=0.0)
        for values in ([p.at for p in points], [p.value or 0.0 for p in points])
    ]
    near = [BARELY * max(size, LEAST_SIZE) for size in sizes]
    for k, p in enumerate(points):
        if abs(p.at - here.at) <= near[0] and abs((p.value or 0.0) - (here.value or 0.0)) <= near[1]:
            return [*points[:k], replace(p, present=True), *points[k + 1 :]], None
    if exact and len(points) > 1 and points[0].at <= here.at <= points[-1].at:  # between two breakpoints
        line = float(np.interp(here.at, [p.at for p in points], [p.value or 0.0 for p in points]))
        before = max((p for p in points if p.at <= here.at), key=lambda p: p.at)
        on_it = abs(line - (here.value or 0.0)) <= near[1]
        if on_it:
            made = replace(here, value=line, gap=0.0, worth=before.worth)
            return sorted([*points, made], key=lambda p: p.at), None
        return points, here
    if any(_beats(p, here, signs) for p in points):
        return points, here
    return unbeaten([*points, here], signs), None
