"""What more of a limit is worth, exactly, step by step, until it is worth nothing: found by solving along the limit.

While the switches stand, the value of a linear program is concave in the limit and made of straight pieces. Switches
may change on the way: each piece is then searched for any plan above it, and cut where the first one begins.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice

import numpy as np

from optimiser.analysis.asking.straight import DEEPEST, pieces
from optimiser.case.table import Array
from optimiser.case.tolerances import HAIR, LEAST, LEAST_FLOAT, LEAST_SIZE, LOST_DIGITS, NO_GAIN, OPTIMAL_GAP
from optimiser.model.extend import with_columns
from optimiser.model.matrix import Model
from optimiser.solvers.solution import Basis, SolveLimits, Stop, relative_gap
from optimiser.solvers.value import Found, Start, Values

MOST_STEPS = 200


@dataclass(frozen=True, eq=False)
class Begin:
    """Where the first objective of a model ends: its basis, its switches, and the value (minimised) that no plan can beat."""

    basis: Basis
    switches: Array
    bound: float

    def with_columns(self, more: int) -> Basis:
        """The basis with so many more columns, which stand at their lower bounds."""
        return Basis(np.concatenate([self.basis.columns, np.zeros(more, np.int8)]), self.basis.rows)


@dataclass(frozen=True, eq=False)
class Direction:
    """Rows whose limits move, and by how much for one unit of what is added (0 for a limit that stands)."""

    rows: Array
    lower: Array
    upper: Array


@dataclass(frozen=True)
class Step:
    """One straight piece: `worth` objective for each unit, for the next `length` units; `lump` is gained at its start
    at once. Worth counts what is better, also where the objective is to be low."""

    worth: float
    length: float
    lump: float = 0.0


@dataclass(frozen=True, eq=False)
class WorthCurve:
    """The steps from the present limit on; points: (amount, columns that were to be kept) where the plan was seen;
    whole: whether the last step goes on as far as was looked (not where a plan ends, or the number of steps)."""

    steps: list[Step]
    points: list[tuple[float, Array]] = field(default_factory=list)
    whole: bool = True


def between(model: Model, other: Model, amount: float) -> Direction | None:
    """The direction from one model to another that has `amount` more of something; None where more than limits differs."""
    costs = zip(model.stages, other.stages, strict=True)
    if not model.agrees(other, "integer") or not all(np.array_equal(a.cost, b.cost) for a, b in costs):
        return None
    lower, upper = _difference(model.row_lower, other.row_lower), _difference(model.row_upper, other.row_upper)
    rows = np.flatnonzero((lower != 0) | (upper != 0))
    return Direction(rows, lower[rows] / amount, upper[rows] / amount)


def _difference(first: Array, second: Array) -> Array:
    finite = np.isfinite(first)
    return np.where(finite, np.where(np.isfinite(second), second, 0.0) - np.where(finite, first, 0.0), 0.0)


def movable(model: Model, direction: Direction) -> bool:
    """Whether one column can stand for the amount: no row whose two limits move differently."""
    both = np.isfinite(model.row_lower[direction.rows]) & np.isfinite(model.row_upper[direction.rows])
    return not np.any(both & (direction.lower != direction.upper))


class Curves:
    """One model with a column for each of several amounts, loaded once: every curve is asked of it.

    keep: positions of the columns whose values each point of a curve keeps.
    """

    def __init__(
        self,
        model: Model,
        directions: Sequence[Direction],
        most: Sequence[float],
        limits: SolveLimits,
        keep: Array | None = None,
        stop: Stop | None = None,
        begin: Begin | None = None,
    ) -> None:
        """begin: of the model's first objective, where it is known."""
        self.most = np.asarray(most, float)
        self._first = len(model.column_lower)
        self._keep = np.zeros(0, int) if keep is None else keep
        # What is worth 1e-9 of a search's value counts, so it may not stop earlier.
        self.model = with_amounts(model, directions, self.most)
        basis = None if begin is None else begin.with_columns(len(self.most))
        self.values = Values(self.model, replace(limits, gap=OPTIMAL_GAP), basis=basis, stop=stop)
        for k in range(len(self.most)):
            self.set_amount(k, 0.0, 0.0)
        self.base = self.values.best() if begin is None else self._known(begin)
        """The best plan as the limits are; None where there is none."""

    def _known(self, begin: Begin) -> Found | None:
        """The best plan, where its switches are known: they need no search."""
        found = self.values.held(begin.switches)
        self.values.near = begin.switches
        proven = found is not None and (relative_gap(found.value, begin.bound) or 0.0) <= OPTIMAL_GAP
        return found if proven else self.values.best(start=None if found is None else found.start)

    # -- questions ----------------------------------------------------------------------------------------------------

    def may_gain(self) -> Array:
        """[amounts]: whether more of it can be worth anything. Exact where it says no."""
        assert self.base is not None
        gains = self.base.reduced[self._first :] < -LOST_DIGITS * max(
            LEAST_FLOAT, float(np.abs(self.base.reduced).max(initial=0.0))
        )
        if len(self.values.switches_of(self.base.x)):
            self._screen(np.flatnonzero(~gains), gains)
        return np.asarray(gains)

    def curve(self, k: int, most_steps: int = MOST_STEPS) -> WorthCurve:
        """The steps of one amount, from 0 to its most, or as far as there is a plan, or so many of them."""
        made = WorthCurve([])
        if self.base is None:
            return made
        most = float(self.most[k])
        at, lump, switches, start = 0.0, 0.0, self.values.switches_of(self.base.x), self.base.start
        while at < most * (1 - NO_GAIN) and len(made.steps) < most_steps:
            pieces = list(islice(self._pieces(k, switches, start, at, most), most_steps - len(made.steps)))
            better = self._first_better(k, pieces) if len(switches) else None
            for p, q in pieces:
                stop = q.at if better is None else min(q.at, better.at)
                worth = -(q.value - p.value) / (q.at - p.at)
                if stop > p.at or lump:
                    made.steps.append(Step(worth, max(0.0, stop - p.at), lump))
                    made.points.append((p.at, p.kept))
                    lump = 0.0
                if better is not None and better.at <= q.at:
                    lump = self._lump(p.value - worth * (stop - p.at), better.value)
                    break
                made.points.append((q.at, q.kept))
            at = pieces[-1][1].at if pieces else at
            if better is None and at < most * (1 - NO_GAIN) and len(made.steps) < most_steps:
                better = self._beyond(k, at, most)
                if better is not None and pieces:
                    lump = self._lump(pieces[-1][1].value, better.value)
            if better is None:
                break
            at, switches, start = better.at, better.switches, better.start
        self.set_amount(k, 0.0, 0.0)
        return replace(made, steps=_joined(made.steps), whole=at >= most * (1 - NO_GAIN))

    def set_amount(self, k: int, low: float, high: float, cost: float = 0.0) -> None:
        """Bounds of an amount, and what a unit of it costs; all are 0 unless a question is asked."""
        column = np.array([self._first + k])
        self.values.set_columns(column, np.array([low]), np.array([high]))
        self.values.set_costs(column, np.array([cost]))

    def slope(self, found: Found, k: int) -> float:
        """∂ value / ∂ amount at a plan: below 0 where more of it makes the (minimised) value better."""
        return float(found.reduced[self._first + k])

    # -- inside -------------------------------------------------------------------------------------------------------

    def _screen(self, candidates: Array, gains: Array) -> None:
        """Those of some amounts whose most is worth something, by solving with many at once and halving."""
        if not len(candidates):
            return
        assert self.base is not None
        beyond = NO_GAIN * max(abs(self.base.value), LEAST_SIZE)
        for k in candidates:
            self.set_amount(int(k), 0.0, float(self.most[k]))
        better = self.values.best(self.base.value - beyond)
        for k in candidates:
            self.set_amount(int(k), 0.0, 0.0)
        if better is None:
            return
        if len(candidates) == 1:
            gains[candidates[0]] = True
            return
        half = len(candidates) // 2
        self._screen(candidates[:half], gains)
        self._screen(candidates[half:], gains)

    def _at(self, k: int, switches: Array, amount: float, start: Start = None) -> _Point | None:
        self.set_amount(k, amount, amount)
        found = self.values.held(switches, start)
        return None if found is None else self._point(k, found, amount)

    def _point(self, k: int, found: Found, amount: float) -> _Point:
        slope = float(found.reduced[self._first + k])
        return _Point(amount, found.value, slope, self.values.switches_of(found.x), found.x[self._keep], found.start)

    def _lump(self, before: float, after: float) -> float:
        """What is gained at once (lost, below 0); 0 where it is noise."""
        gained = before - after
        return gained if abs(gained) > NO_GAIN * max(abs(after), LEAST_SIZE) else 0.0

    def _pieces(self, k: int, switches: Array, at: Start, start: float, end: float) -> Iterator[tuple[_Point, _Point]]:
        """The straight pieces while the switches stand, in order, as far as there is a plan."""
        first = self._at(k, switches, start, at)
        if first is None:
            return
        last = self._at(k, switches, end, first.start) or self._extreme(k, switches, first, end, -1.0)
        if last is not None and last.at > start:
            yield from pieces(first, last, partial(self._midway, k))

    def _midway(self, k: int, at: float, a: _Point, b: _Point) -> _Point | None:
        """The plan between two with the same switches; None where the line bends the wrong way, which is noise."""
        near = a if at - a.at < b.at - at else b
        return self._at(k, a.switches, at, near.start) if b.slope > a.slope else None

    def _first_better(self, k: int, pieces: Sequence[tuple[_Point, _Point]]) -> _Point | None:
        """Where the first plan with other switches lies above the pieces; None: nowhere.

        The curve lies above the straight line between its ends, so a plan above a piece is above that line too: where
        none with other switches is, all pieces are settled at once.
        """
        if not pieces:
            return None
        start, end = pieces[0][0], pieces[-1][1]
        if len(pieces) == 1:
            return self._overtaken(k, start, end)
        if self._above(k, start, end, end.at) is None:
            return None
        half = len(pieces) // 2
        return self._first_better(k, pieces[:half]) or self._first_better(k, pieces[half:])

    def _above(self, k: int, start: _Point, end: _Point, stop: float, besides: Sequence[Array] = ()) -> Found | None:
        """The plan with other switches that lies highest above the line between two points, up to an amount; None where
        none does. besides: switches that are not asked for."""
        slope = (end.value - start.value) / (end.at - start.at)
        beyond = NO_GAIN * max(abs(start.value), LEAST_SIZE)
        # With its cost at the line's slope, the line itself has the same value everywhere.
        self.set_amount(k, start.at, stop, -slope)
        return self.values.best(start.value - slope * start.at - beyond, [start.switches, *besides])

    def _overtaken(self, k: int, start: _Point, end: _Point) -> _Point | None:
        """Where the first plan with other switches lies above the piece; None: nowhere."""
        beyond = NO_GAIN * max(abs(start.value), LEAST_SIZE)
        line = _Line(start.at, start.value - beyond / 2, (end.value - start.value) / (end.at - start.at))
        found: _Point | None = None
        stop, known = end.at, list[Array]()
        while stop - start.at > NO_GAIN * max(end.at, 1.0):
            better = self._above(k, start, end, stop, known)
            if better is None:
                break
            # Before the first amount at which they lie above the line, these switches need not be asked about again.
            known.append(self.values.switches_of(better.x))
            point = self._first_above(k, known[-1], line, float(better.x[self._first + k]))
            if point is not None and (found is None or point.at < found.at):
                found, stop = point, point.at
        return found

    def _beyond(self, k: int, end: float, most: float) -> _Point | None:
        """The best plan with whatever switches just beyond an amount where the present ones have none any more."""
        amount = min(most, end + NO_GAIN * max(most, end))
        self.set_amount(k, amount, amount)
        found = self.values.best()
        return None if found is None else self._point(k, found, amount)

    def _first_above(self, k: int, switches: Array, line: _Line, above: float) -> _Point | None:
        """The least amount at which these switches lie on or above the line; above: one at which they do."""
        highest = self._at(k, switches, above)
        if highest is None:
            return None
        point = self._at(k, switches, line.start, highest.start)
        if point is None:
            point = self._extreme(k, switches, highest, line.start, 1.0)
        for _ in range(DEEPEST):
            if point is None:
                return None
            gap = point.value - line.at(point.at)
            if gap <= 0 or point.at >= above:
                return point
            fall = line.slope - point.slope
            if fall <= 0:
                return highest
            # The curve is concave, so this tangent reaches the line too early, never too late.
            further = max(point.at + gap / fall, float(np.nextafter(point.at, np.inf)))
            point = self._at(k, switches, min(above, further), point.start)
        return highest

    def _extreme(self, k: int, switches: Array, near: _Point, other: float, sign: float) -> _Point | None:
        """The least (sign 1) or the most (−1) amount between a point and another at which these switches have a plan."""
        costs = self.values.costs()
        only = np.zeros(len(costs))
        only[self._first + k] = sign
        low, high = min(near.at, other), max(near.at, other)
        self.set_amount(k, low, high)
        self.values.set_objective(only)
        found = self.values.held(switches, near.start)
        costs[self._first + k] = 0.0
        self.values.set_objective(costs)
        if found is None:
            return None
        amount = float(found.x[self._first + k])
        # A hair inside, where rounding would leave no plan at the very end.
        inside = amount + sign * HAIR * (high - low)
        return self._at(k, switches, amount, found.start) or self._at(
            k, switches, min(high, max(low, inside)), found.start
        )


@dataclass(frozen=True, eq=False)
class _Point:
    """A plan on a curve: minimised value, its slope in the amount, switches, and the columns that are kept."""

    at: float
    value: float
    slope: float
    switches: Array
    kept: Array
    start: Start


@dataclass(frozen=True)
class _Line:
    start: float
    value: float
    slope: float

    def at(self, amount: float) -> float:
        return self.value + self.slope * (amount - self.start)


def _joined(steps: list[Step]) -> list[Step]:
    """Neighbours of equal worth as one."""
    size = max((abs(s.worth) for s in steps), default=0.0)
    made: list[Step] = []
    for step in steps:
        if made and not step.lump and abs(made[-1].worth - step.worth) <= NO_GAIN * size:
            made[-1] = replace(made[-1], length=made[-1].length + step.length)
        else:
            made.append(step)
    return made


def with_amounts(model: Model, directions: Sequence[Direction], most: Array) -> Model:
    """The first objective of a model with one more column for each direction: the amount that is added, up to its most.

    Raises ValueError for a direction that no column can stand for (see movable).
    """
    if not all(movable(model, d) for d in directions):
        raise ValueError("a row whose two limits move differently")
    entries = [(d.rows, -np.where(np.isfinite(model.row_lower[d.rows]), d.lower, d.upper)) for d in directions]
    one = replace(model, stages=model.stages[:1])
    return with_columns(one, "amount", entries, most, np.maximum(most * 0.01, LEAST))
