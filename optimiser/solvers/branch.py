"""Switches, decided with proof: branch and bound over warm linear programs, each leaf closed in exact arithmetic."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from optimiser.case.table import Array
from optimiser.case.tolerances import AMONG_EQUALS, EQUAL, FACE, OPTIMAL_GAP, SIDE, SWITCH
from optimiser.solvers.bound import dual_bound, plain_bound
from optimiser.solvers.ends import priced_basis
from optimiser.solvers.engine import Engine, Watch
from optimiser.solvers.linear import solve_linear
from optimiser.solvers.problem import Problem, centre, size, total, unit
from optimiser.solvers.sift import worth_sifting
from optimiser.solvers.solution import Basis, relative_gap

MOST_SWITCHES = 400
"""With more integer columns only the solver's own search is tried."""
FIRST_NODES, PROVING_NODES = 250, 2_000
"""Linear programs after which the solver's own search takes over, and those for proving what it found: numbers, so that the
way does not depend on the machine."""
_ENTRIES = 250_000_000
"""The same for large programs: entries of the matrix, times linear programs."""
_LOOKED = 4
"""So many divided switches of a node whose worth is not known yet are looked at from both sides."""
FEW = 40
"""Up to so many switches the tree is tried whatever the size of the program."""
_FARTHEST = 60
_PLUNGE = 0.25
"""Of the linear programs of a large case, those after which a plan is sought by rounding, if there is none yet."""
_AT_ONCE = 0.5
"""Of the switches in between, those that are rounded together: the nearest."""
_TOLD = 0.5
"""Seconds between two reports."""


@dataclass(frozen=True, eq=False)
class SwitchChoice:
    """Switches for one objective (x None: there are none). value, basis: of the linear program that they leave; bound: that of the
    search; exact: the same proved in exact arithmetic (None: the search's word); stopped: whether something is left to search."""

    x: Array | None
    value: float = 0.0
    bound: float | None = None
    infeasible: bool = False
    stopped: bool = False
    basis: Basis | None = None
    exact: Fraction | None = None
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


@dataclass(frozen=True, eq=False)
class _Node:
    """A part of the tree with the best that it would hold if switches could stand in between. at: the switches there; x: the
    whole answer, where they are whole."""

    value: float
    lower: Array
    upper: Array
    basis: Basis
    at: Array
    prices: Array | None
    x: Array | None


class _Worth:
    """What a step of each switch down or up has cost so far, for a whole step."""

    def __init__(self, count: int) -> None:
        self._sum, self._count = np.zeros((2, count)), np.zeros((2, count))

    def saw(self, k: int, side: int, step: float, cost: float) -> None:
        """A switch was moved by so much, down (side 0) or up (1), at this cost."""
        if step > SWITCH and np.isfinite(cost):
            self._sum[side, k] += max(cost, 0.0) / step
            self._count[side, k] += 1

    def known(self, k: int) -> bool:
        """Whether it has been moved both ways."""
        return bool((self._count[:, k] > 0).all())

    def scores(self, down: Array, up: Array) -> Array:
        """What branching on each promises, where it would be moved by so much: both sides must rise."""
        mean = self._sum.sum() / max(1.0, self._count.sum())
        each = np.where(self._count > 0, self._sum / np.maximum(self._count, 1.0), mean)
        least = max(mean, 1.0) * SIDE
        made: Array = np.maximum(each[0] * down, least) * np.maximum(each[1] * up, least)
        return made


def branch(
    problem: Problem,
    cost: Array,
    watch: Watch,
    basis: Basis | None = None,
    exactly: Problem | None = None,
    known: SwitchChoice | None = None,
) -> SwitchChoice | None:
    """The best switches, by linear programs alone (the first from `basis`); None where there are too many, or time is over. Of a
    large program that is not ended so there may be a plan (stopped), with what its first linear program proves.

    exactly: the same problem with its limits as they are meant, for the proof; those that are searched may be a hair wider.
    known: what a search found already, to be proved or to be improved.
    """
    held = np.flatnonzero(problem.integer)
    tree = _Tree(problem, cost, watch, held, known)
    if len(held) > (MOST_SWITCHES if binary(problem) else FEW):
        if known is not None or not tree.large or not binary(problem):
            return None
        tree.left = 0
    return tree.grown(basis, exactly or problem)


def binary(problem: Problem) -> bool:
    """Whether whatever is whole is on or off."""
    held = problem.integer
    return bool(np.all(problem.column_lower[held] >= 0) and np.all(problem.column_upper[held] <= 1))


class _Tree:
    """Branch and bound, the most promising part first."""

    def __init__(self, problem: Problem, cost: Array, watch: Watch, held: Array, known: SwitchChoice | None) -> None:
        self.problem, self.cost, self.watch, self.held = problem, cost, watch, held
        self.relaxed = replace(problem, integer=np.zeros(len(problem.integer), bool))
        most = FIRST_NODES if known is None else PROVING_NODES
        self.left = max(1, min(most, _ENTRIES // max(1, len(problem.index)))) if len(held) > FEW else FIRST_NODES
        self.large = worth_sifting(self.relaxed)
        self.plunge = int(self.left * (1 - _PLUNGE)) if self.large else -1
        self.leaves: list[_Leaf] = []
        self.best = known or SwitchChoice(None, np.inf)
        self.second = np.inf
        self.open: list[tuple[float, int, _Node]] = []
        self.count = 0
        self.worth = _Worth(len(held))
        self.engine: Engine | None = None
        self.told = 0.0

    def grown(self, basis: Basis | None, exactly: Problem) -> SwitchChoice | None:
        """The whole tree; None where it is not closed within its number of linear programs."""
        root = solve_linear(self.relaxed, self.cost, self.watch, basis, prove=False)
        if root.ending == "infeasible":
            return SwitchChoice(None, infeasible=True)
        if root.ending != "optimal" or root.x is None or root.basis is None:
            return None
        self.engine = Engine(
            self.relaxed, self.cost, centre(self.cost), self.watch.limits, solver="simplex", presolve="off"
        )
        lower, upper = self.problem.column_lower[self.held], self.problem.column_upper[self.held]
        begin = root.basis
        if self.large and root.y is not None:
            begin = priced_basis(self.relaxed, self.cost, begin, root.y)
        first = _Node(root.value, lower, upper, begin, root.x[self.held], root.y, root.x)
        self._push(first)
        while self.open:
            self._tell()
            if self.left <= self.plunge and self.best.x is None:
                self._plunged(first)
            node = heapq.heappop(self.open)[2]
            if self._closed(node):
                continue
            if node.x is not None:
                ended = self._whole(node)
                if ended is None:
                    return self._left_open(first, exactly)
                if ended:
                    continue
            if not self._divided(node):
                return self._left_open(first, exactly)
        best = self.best
        alone = self.second > best.value + 10 * OPTIMAL_GAP * max(abs(best.value), unit(self.cost))
        proof, proving = _proved(exactly, self.cost, self.held, self.leaves, best.value)
        if best.x is None:
            return SwitchChoice(None, infeasible=True) if proof is None else None
        bound = best.value if proof is None else float(proof)
        return replace(best, bound=bound, exact=proof, equals=best.equals if alone else None, leaves=proving)

    def _left_open(self, first: _Node, exactly: Problem) -> SwitchChoice | None:
        """What there is of a large tree that is not ended: a plan, and the bound of the first linear program."""
        if self.large and self.best.x is None and self.plunge >= 0:
            self._plunged(first)
        if not self.large or self.best.x is None:
            return None
        proof, proving = _proved(exactly, self.cost, self.held, [_Leaf(first.lower, first.upper, first.prices)], 0.0)
        bound = None if proof is None else float(proof)
        return replace(self.best, bound=bound, stopped=True, exact=proof, equals=None, leaves=proving)

    def _plunged(self, node: _Node) -> None:
        """Looks for any plan: the switches that are nearest to whole are held there, those of them that leave no plan the other
        way, again and again."""
        self.plunge, ended = -1, len(self.leaves)
        while (between := np.flatnonzero(np.abs(node.at - np.round(node.at)) > SWITCH)).size:
            far = np.abs(node.at - np.round(node.at))[between]
            some = between[np.argsort(far, kind="stable")][: max(1, int(_AT_ONCE * len(between)))]
            near = np.round(node.at[some])
            for held in (near, 1 - near):
                lower, upper = node.lower.copy(), node.upper.copy()
                lower[some] = upper[some] = held
                half = self._solved(lower, upper, node.basis)
                if isinstance(half, _Node):
                    break
            else:
                return
            node = half
        self._whole(node)
        del self.leaves[ended:]  # the tree goes over that part again

    def _tell(self) -> None:
        """How far it is, twice a second, to whoever listens."""
        watch, best = self.watch, self.best
        bound = min(self.open[0][0], best.value)
        if watch.progress is not None and best.x is not None and watch.seconds - self.told >= _TOLD:
            self.told = watch.seconds
            gap = relative_gap(best.value, bound)
            watch.progress({"best": best.value, "bound": bound, "gap": gap, "seconds": self.told})

    def _push(self, node: _Node) -> None:
        whole = np.abs(node.at - np.round(node.at)).max(initial=0.0) <= SWITCH
        kept = node if whole else replace(node, x=None)
        self.count += 1
        heapq.heappush(self.open, (node.value, self.count, kept))

    def _closed(self, node: _Node) -> bool:
        """Whether a node holds nothing better than what is known; then it is a leaf."""
        best = self.best
        if best.x is None or node.value < best.value - 0.1 * OPTIMAL_GAP * size(best.value, self.cost):
            return False
        self.leaves.append(_Leaf(node.lower, node.upper, node.prices))
        self.second = min(self.second, node.value)
        return True

    def _whole(self, node: _Node) -> bool | None:
        """Whether a node whose switches are whole is a leaf; None where it could not be solved."""
        assert node.x is not None
        cost = self.cost
        fixed = solve_linear(self.problem.fixed(node.x), cost, self.watch, node.basis, prove=False)
        if fixed.ending == "stopped" or not fixed.kept:
            return None
        # Where the rounded switches give less than the node promised, they were whole within the solver's tolerance only.
        kept = fixed.x is not None and fixed.value <= node.value + OPTIMAL_GAP * size(node.value, cost)
        if fixed.x is not None and fixed.value < self.best.value:
            self.second = min(self.best.value, self.second)
            leaf = node.lower, node.upper
            equals = _equals(self.problem, cost, self.held, leaf, node.x, node.prices, fixed.value) if kept else None
            self.best = SwitchChoice(fixed.x, fixed.value, basis=fixed.basis, equals=equals)
        elif fixed.x is not None:
            self.second = min(self.second, fixed.value)
        if kept:
            self.leaves.append(_Leaf(node.lower, node.upper, node.prices))
        elif not (node.lower < node.upper).any():
            empty = fixed.x is None
            self.leaves.append(_Leaf(node.lower, node.upper, fixed.ray if empty else fixed.y, empty))
        else:
            return False
        return True

    def _divided(self, node: _Node) -> bool:
        """The two halves of a node, at the switch that promises most; False where the tree has to end."""
        found = self._chosen(node)
        if found is None:
            return False
        for side in (1, 0):
            half = found[side]
            if isinstance(half, _Leaf):
                self.leaves.append(half)
            elif not self._closed(half):
                self._push(half)
        return True

    def _chosen(self, node: _Node) -> tuple[_Node | _Leaf, _Node | _Leaf] | None:
        """The halves below and above, of the switch to branch on: those not known yet are looked at from both sides."""
        at, free = node.at, node.lower < node.upper
        cut = np.clip(np.floor(at), node.lower, node.upper - 1)
        down, up = np.abs(at - cut), np.abs(cut + 1 - at)
        divided = free & (np.abs(at - np.round(at)) > SWITCH)
        if not divided.any():  # whole within the tolerance only: any switch that is free
            divided = free
        scores = np.where(divided, self.worth.scores(down, up), -1.0)
        order = np.argsort(-scores, kind="stable")[: int(divided.sum())]
        look = [int(k) for k in order[: 2 * _LOOKED] if not self.worth.known(int(k))][:_LOOKED]
        halves: dict[int, tuple[_Node | _Leaf, _Node | _Leaf]] = {}
        for k in look or [int(order[0])]:
            pair = self._halves(node, k, float(cut[k]))
            if pair is None:
                return None
            halves[k] = pair
            for side, half, step in ((0, pair[0], down[k]), (1, pair[1], up[k])):
                if isinstance(half, _Node):
                    self.worth.saw(k, side, float(step), half.value - node.value)
            if any(isinstance(half, _Leaf) for half in pair):
                return pair  # one side is empty: nothing promises more
        scores = np.where(divided, self.worth.scores(down, up), -1.0)
        k = int(np.argmax(scores))
        return halves[k] if k in halves else self._halves(node, k, float(cut[k]))

    def _halves(self, node: _Node, k: int, cut: float) -> tuple[_Node | _Leaf, _Node | _Leaf] | None:
        below, above = node.upper.copy(), node.lower.copy()
        below[k], above[k] = cut, cut + 1
        halves = []
        for lower, upper in ((node.lower, below), (above, node.upper)):
            self.left -= 1
            half = self._solved(lower, upper, node.basis) if self.left >= 0 else None
            if half is None:
                return None
            halves.append(half)
        return halves[0], halves[1]

    def _solved(self, lower: Array, upper: Array, basis: Basis) -> _Node | _Leaf | None:
        """A part of the tree; None where it could not be solved in time."""
        assert self.engine is not None
        self.engine.change_columns(self.held, lower, upper)
        self.engine.start_from(basis)
        out = self.engine.attempt(self.watch)
        if out is None:
            return None
        if out.ending == "infeasible":
            return _Leaf(lower, upper, self.engine.ray(), empty=True)
        if out.ending != "optimal" or out.x is None or out.basis is None:
            return None
        return _Node(total(self.cost, out.x), lower, upper, out.basis, out.x[self.held], out.y, out.x)


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
