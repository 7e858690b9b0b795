"""Few switches, decided with proof: branch and bound over warm linear programs, each leaf closed in exact arithmetic."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from optimiser.case.table import Array
from optimiser.case.tolerances import AMONG_EQUALS, EQUAL, FACE, OPTIMAL_GAP, SWITCH
from optimiser.solvers.bound import dual_bound, plain_bound
from optimiser.solvers.engine import Engine, Watch
from optimiser.solvers.linear import solve_linear
from optimiser.solvers.problem import Problem, centre, size, total, unit
from optimiser.solvers.solution import Basis

MOST_SWITCHES = 40
"""With more integer columns the solver's own search is quicker."""
MOST_NODES = 250
"""Linear programs after which the solver's own search takes over: a number, so that the way does not depend on the machine."""
_FARTHEST = 60


@dataclass(frozen=True, eq=False)
class Branched:
    """The best setting of the switches (x None: there is none), and the bound that all leaves prove (None: not exactly)."""

    x: Array | None
    value: float
    exact: Fraction | None
    basis: Basis | None = None
    """Of the linear program that the best setting leaves."""
    equals: Problem | None = None
    """All plans that are as good, and perhaps some others, where one leaf holds them."""
    leaves: tuple[tuple[Array, Array, Array], ...] = ()
    """What proves it: bounds of the switches of each leaf, and its prices."""


@dataclass(frozen=True, eq=False)
class _Leaf:
    """A part of the tree that holds nothing better: bounds of the switches, and the prices (or the ray) that show it."""

    lower: Array
    upper: Array
    prices: Array | None
    empty: bool = False


def branch(
    problem: Problem, cost: Array, watch: Watch, basis: Basis | None = None, exactly: Problem | None = None
) -> Branched | None:
    """The best switches, by linear programs alone (the first from `basis`); None where there are too many, or time is over.

    exactly: the same problem with its limits as they are meant, for the proof; those that are searched may be a hair wider.
    """
    held = np.flatnonzero(problem.integer)
    if len(held) > MOST_SWITCHES:
        return None
    relaxed = replace(problem, integer=np.zeros(len(problem.integer), bool))
    root = solve_linear(relaxed, cost, watch, basis, prove=False)
    if root.ending == "infeasible":
        return Branched(None, np.inf, None)
    if root.ending != "optimal" or root.x is None or root.basis is None:
        return None
    engine = Engine(relaxed, cost, centre(cost), watch.limits, solver="simplex", presolve="off")
    leaves: list[_Leaf] = []
    best, best_x, best_basis = np.inf, None, None
    winner: Problem | None = None
    second = np.inf
    first = root.value, 0, problem.column_lower[held], problem.column_upper[held], root.basis, root.x, root.y
    open_nodes: list[tuple[float, int, Array, Array, Basis, Array, Array | None]] = [first]
    count = 1
    while open_nodes:
        value, _, lower, upper, basis, x, y = heapq.heappop(open_nodes)
        if best_x is not None and value >= best - 0.1 * OPTIMAL_GAP * size(best, cost):
            leaves.append(_Leaf(lower, upper, y))
            second = min(second, value)
            continue
        free = lower < upper
        distance = np.abs(x[held] - np.round(x[held]))
        if distance.max(initial=0.0) <= SWITCH:
            fixed = solve_linear(problem.fixed(x), cost, watch, basis, prove=False)
            if fixed.ending == "stopped" or not fixed.kept:
                return None
            # Where the rounded switches give less than the node promised, they were whole within the solver's tolerance only.
            kept = fixed.x is not None and fixed.value <= value + OPTIMAL_GAP * size(value, cost)
            if fixed.x is not None and fixed.value < best:
                second, best, best_x, best_basis = min(second, best), fixed.value, fixed.x, fixed.basis
                winner = _equals(problem, cost, held, (lower, upper), x, y, best) if kept else None
            elif fixed.x is not None:
                second = min(second, fixed.value)
            if kept:
                leaves.append(_Leaf(lower, upper, y))
                continue
            if not free.any():
                empty = fixed.x is None
                leaves.append(_Leaf(lower, upper, fixed.ray if empty else fixed.y, empty))
                continue
        k = int(np.argmax(np.where(free, distance, -1.0)))
        cut = np.clip(np.floor(x[held[k]]), lower[k], upper[k] - 1)
        for low, high in ((cut + 1, upper[k]), (lower[k], cut)):
            if count > MOST_NODES or watch.over:
                return None
            below, above = lower.copy(), upper.copy()
            below[k], above[k] = low, high
            engine.change_columns(held, below, above)
            engine.start_from(basis)
            out = engine.attempt(watch)
            count += 1
            if out is None:
                return None
            if out.ending == "infeasible":
                leaves.append(_Leaf(below, above, engine.ray(), empty=True))
            elif out.ending != "optimal" or out.x is None or out.basis is None:
                return None
            else:
                node = total(cost, out.x), count, below, above, out.basis, out.x, out.y
                heapq.heappush(open_nodes, node)
    alone = second > best + 10 * OPTIMAL_GAP * max(abs(best), unit(cost))
    proof, proving = _proved(exactly or problem, cost, held, leaves, best)
    return Branched(best_x, best, proof, best_basis, winner if alone else None, proving)


def _equals(
    problem: Problem, cost: Array, held: Array, leaf: tuple[Array, Array], x: Array, y: Array | None, best: float
) -> Problem | None:
    """A leaf without those plans that are not as good as its best (x, at the prices y), and maybe with a few that are not:
    what it costs more to move than equals differ by is held."""
    if y is None:
        return None
    differ = EQUAL * size(best, cost)
    lower, upper = problem.column_lower.copy(), problem.column_upper.copy()
    lower[held], upper[held] = leaf
    face = problem.bounded(lower, upper).face(cost, x, y, FACE, differ / AMONG_EQUALS)
    # A switch moves by all of 1, anything else perhaps by little.
    d, terms = (part[held] for part in problem.reduced(cost, y))
    lower, upper = face.column_lower.copy(), face.column_upper.copy()
    dear, at = np.maximum(differ, FACE * terms), np.round(x[held])
    lower[held] = np.where((d < -dear) & (at == upper[held]), at, lower[held])
    upper[held] = np.where((d > dear) & (at == lower[held]), at, upper[held])
    return face.bounded(lower, upper)


def _proved(
    problem: Problem, cost: Array, held: Array, leaves: list[_Leaf], best: float
) -> tuple[Fraction | None, tuple[tuple[Array, Array, Array], ...]]:
    """The least that any plan can cost, from all leaves in exact arithmetic, and the prices that show it; None where a
    leaf proves nothing."""
    bounds: list[Fraction] = []
    proving = []
    for leaf in leaves:
        lower, upper = problem.column_lower.copy(), problem.column_upper.copy()
        lower[held], upper[held] = leaf.lower, leaf.upper
        part = problem.bounded(lower, upper)
        if leaf.prices is None:
            return None, ()
        bound, prices = dual_bound(part, cost, leaf.prices), leaf.prices
        if leaf.empty:
            bound, prices = _empty(part, cost, leaf.prices, best)
        if bound is None:
            return None, ()
        bounds.append(bound)
        proving.append((leaf.lower, leaf.upper, prices))
    if not bounds:
        return None, ()
    plain = plain_bound(problem, cost)
    return min(bounds) if plain is None else max(min(bounds), plain), tuple(proving)


def _empty(problem: Problem, cost: Array, ray: Array, best: float) -> tuple[Fraction | None, Array]:
    """A bound beyond the best plan where there is no plan at all, and its prices: along the ray they raise it without end."""
    for sign in (1.0, -1.0):
        for power in range(0, _FARTHEST, 4):
            prices = sign * 2.0**power * ray
            bound = dual_bound(problem, cost, prices)
            if bound is not None and bound >= best:
                return bound, prices
    return None, ray
