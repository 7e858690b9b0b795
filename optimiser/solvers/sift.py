"""Large linear programs by sifting: solve with the blocks that promise most, price the others, take in those that would pay.

A block is what one agency delivers of one initiative in one period: a level, the spend and the hires that go with it, and the
cost rows that tie these together. Where nothing is delivered all of it is 0, so most blocks of a large case can be left
out of the matrix, rows and all, and the program is still the whole one: once no block outside would pay at the prices
found, its plan is the best of all. The prices cover every row, so the whole program's exact bound proves that.
Source: columns and rows generated when they are due, as in Bixby et al., "Very large-scale linear programming: a case
study in combining interior point and simplex methods", Operations Research 40(5), 1992.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, replace

import numpy as np

from optimiser.case.table import Array
from optimiser.case.tolerances import FACE
from optimiser.model.column_blocks import Blocks
from optimiser.solvers.engine import RunOutcome
from optimiser.solvers.problem import Problem
from optimiser.solvers.smaller import Smaller
from optimiser.solvers.solution import BASIC, Basis

LEAST_COLUMNS = 20_000
"""A smaller program is solved whole: there is nothing to gain."""

_FIRST = 4
"""Blocks of each group that are in from the start: of an initiative in a period, and of an agency in a period. Where that is
most of all, one of each initiative."""

_ROUNDS = 20
"""After so many rounds the whole program is the shorter way."""

_RAYS = 5
"""So many rounds may have no plan."""

_MOST_FIRST = 0.5
"""What is most of all."""

_GROWTH = 0.5
"""The most that a round without a plan takes in, as a share of the blocks that are in. A round with one takes the best of
each initiative in a period: the prices of one part say little of what many at once would bring."""

Run = Callable[[Problem, Array, Basis | None], RunOutcome | None]
"""Solves a problem with a cost from a basis."""
Ray = Callable[[Problem], Array | None]
"""Prices that show that a problem has no plan (of either sign)."""


def worth_sifting(problem: Problem) -> bool:
    """Whether a problem is large enough, and made of blocks."""
    return problem.blocks is not None and len(problem.column_lower) >= LEAST_COLUMNS and not problem.integer.any()


def sifted(
    problem: Problem, cost: Array, basis: Basis | None, run: Run, ray: Ray, plan: Array | None = None
) -> RunOutcome | None:
    """The answer to the whole problem, from solves of parts of it; None where that does not come to an end. Stopped
    midway it has the plan of the part before, and prices that bound how far it is from the best.

    With a basis everything that is not held at 0 is in from the start, so that there is one solve. plan: one that keeps
    every row, so that what it uses is in from the start.
    """
    blocks = problem.blocks
    assert blocks is not None
    sifting = Sifting(problem, cost, blocks)
    inside = sifting.free if basis is not None else sifting.first(plan)
    last: RunOutcome | None = None
    empty = 0
    for _ in range(_ROUNDS):
        part = sifting.part(inside)
        out = run(part.problem, cost[part.columns], part.basis(basis))
        if out is not None and out.ending == "infeasible":
            empty += 1
            more = sifting.without_plan(part, ray(part.problem), inside) if empty <= _RAYS else None
            if more is None:
                return None
            inside, basis = more, None
            continue
        if out is None or out.ending != "optimal" or out.x is None or out.y is None or out.basis is None:
            return last if out is not None and out.ending == "stopped" else None
        basis = part.whole_basis(out.basis)
        x, y = part.values(out.x), part.prices(out.y)
        y, wider = sifting.more(cost, y, part, inside)
        if wider is None:
            return replace(out, x=x, y=y, basis=basis)
        last = replace(out, ending="stopped", x=x, y=y, basis=basis)
        inside = wider
    return None


def _rise(problem: Problem, y: Array) -> float:
    """What prices alone prove to be the least of 0·x, as floats: above 0 there is no x at all."""
    d, _ = problem.reduced(np.zeros(len(problem.column_lower)), y)
    rows, columns = (
        np.where(y > 0, problem.row_lower, problem.row_upper),
        np.where(d > 0, problem.column_lower, problem.column_upper),
    )
    return sum(
        float(v[at] @ np.where(np.isfinite(end[at]), end[at], 0.0))
        for v, end in ((y, rows), (d, columns))
        for at in [np.flatnonzero(v)]
    )


def _best(group: Array, least: Array) -> Array:
    """The positions of the least of each group."""
    order = np.lexsort((least, group))
    made: Array = order[np.append(True, group[order][1:] != group[order][:-1])]
    return made


@dataclass(frozen=True, eq=False)
class _Bills:
    """The cost rows of the blocks outside a part, as positions of entries. spends: what pays for them, row after row; first: where
    each row begins there; rows: those rows; levels: what the level needs, of rows without hires, which would pay at a lower
    price; count: [N], how many of these each block has."""

    spends: Array
    first: Array
    rows: Array
    levels: Array
    count: Array


class Sifting:
    """A problem cut into blocks. N: number of blocks."""

    def __init__(self, problem: Problem, cost: Array, blocks: Blocks) -> None:
        self.problem, self.cost, self.blocks = problem, cost, blocks
        self.size = len(blocks.level)
        self.block_of_column = blocks.columns
        more = len(problem.row_lower) - len(blocks.rows)
        self.block_of_row = np.concatenate([blocks.rows, np.full(more, -1)])
        self.row_of = problem.row_of
        self.mine = blocks.columns >= 0
        self.owner = self.block_of_row[self.row_of]
        """The block of each entry's row (-1: of none)."""
        self._known: dict[str, tuple[Array, Array, _Bills]] = {}
        self._look()

    def _look(self) -> None:
        """What the limits say of each block."""
        columns, moves = self.block_of_column, self.mine & (self.problem.column_upper > 0)
        self.free = np.bincount(columns[moves], minlength=self.size) > 0
        """[N]: whether it may be anything but 0."""
        held = self.mine & (self.problem.column_lower != 0)
        self.must = np.bincount(columns[held], minlength=self.size) > 0

    def first(self, plan: Array | None) -> Array:
        """[N]: the blocks to begin with: those with most objective for a unit of money in each group, and the cheapest where
        the objective does not tell; those that cannot be 0; those with a cost row that no fund pays for; those of a plan."""
        problem, level = self.problem, self.blocks.level
        at = (self.owner >= 0) & (problem.value < 0)
        money = -problem.value[at] / problem.row_scale[self.row_of[at]]
        price = np.bincount(problem.index[at], money, len(self.cost))[level]
        gain = -self.cost[level]
        score = -price / problem.column_scale[level]
        if gain.any():
            score = np.divide(gain, price, out=np.full(self.size, np.inf), where=price > 0)
        paid = np.bincount(self.row_of[(self.owner >= 0) & (problem.value > 0)], minlength=len(self.block_of_row)) > 0
        unpaid = self.block_of_row[(self.block_of_row >= 0) & ~paid]
        inside = self.must | (np.bincount(unpaid, minlength=self.size) > 0)
        if plan is not None:
            inside |= np.bincount(self.block_of_column[self.mine & (plan != 0)], minlength=self.size) > 0
        few = inside.copy()
        for number, group in enumerate(self.blocks.rivals):
            order = np.lexsort((-score, ~self.free, group))
            place = np.arange(self.size) - np.searchsorted(group[order], group[order])
            inside[order[place < _FIRST]] = True
            few[order[place < (number == 0)]] = True
        movable = self.free | self.must
        most = np.count_nonzero(inside & movable) > _MOST_FIRST * np.count_nonzero(movable)
        return (few if most else inside) & movable

    def renewed(self, problem: Problem, cost: Array, same: bool) -> Sifting:
        """The same of other numbers. same: whether the entries stand where they did."""
        if not same:
            return Sifting(problem, cost, self.blocks)
        made = copy(self)
        made.problem, made.cost = problem, cost
        made._look()
        return made

    def near(self, cost: Array, x: Array, y: Array, basis: Basis) -> Array:
        """[N]: the blocks that a plan of the whole uses, or its basis in part, and those that cannot be 0; and of each
        initiative in a period the one that misses least of paying at its prices."""
        used = self.mine & (x != 0)
        inside = self.must | (np.bincount(self.block_of_column[used], minlength=self.size) > 0)
        # A block may be left out of a basis only with as many columns and slacks in it as it has rows.
        rows, basic = self.block_of_row >= 0, self.mine & (basis.columns == BASIC)
        slack = self.block_of_row[rows & (basis.rows != BASIC)]
        held = np.bincount(self.block_of_column[basic], minlength=self.size)
        inside |= held != np.bincount(slack, minlength=self.size)
        others = np.flatnonzero(self.free & ~inside)
        score = self.problem.reduced(cost, y)[0][self.blocks.level[others]]
        if len(others):
            inside[others[_best(self.blocks.rivals[0][others], score)]] = True
        return inside & (self.free | self.must)

    def more(self, cost: Array, y: Array, part: Smaller, inside: Array) -> tuple[Array, Array | None]:
        """Prices of the whole from those of a part; and [N]: its blocks with the best of each group of those outside that would
        pay at these prices, None where none would."""
        y, owed = self.priced(cost, y, part)
        paying = np.flatnonzero((owed < 0) & ~inside & self.free)
        if not len(paying):
            return y, None
        wider = inside.copy()
        wider[paying[_best(self.blocks.rivals[0][paying], owed[paying])]] = True
        return y, wider

    def without_plan(self, part: Smaller, ray: Array | None, inside: Array) -> Array | None:
        """[N]: the blocks of a part without a plan and those outside that would help most, by the prices that show that there is
        none (Farkas): along them the bound rises without end, and a block that would gain at them holds it. None where none
        would, or there are no such prices."""
        if ray is None:
            return None
        nothing = np.zeros(len(self.cost))
        ray = ray if _rise(part.problem, ray) > _rise(part.problem, -ray) else -ray
        prices = part.prices(ray)
        _, owed = self.priced(nothing, prices, part)
        paying = np.flatnonzero((owed < 0) & ~inside & self.free)
        if not len(paying):
            return None
        most = max(1, int(_GROWTH * np.count_nonzero(inside)))
        more = inside.copy()
        more[paying[np.argsort(owed[paying], kind="stable")[:most]]] = True
        return more

    def part(self, inside: Array) -> Smaller:
        """The problem without the blocks that are not inside."""
        columns, rows = np.append(inside, True)[self.block_of_column], np.append(inside, True)[self.block_of_row]
        return Smaller.of(self.problem, columns, rows)

    def _bills(self, part: Smaller) -> _Bills:
        """Those of a part; kept for as long as it has the same rows and the problem the same entries."""
        known = self._known.get("bills")
        if known is not None and known[0] is part.rows and known[1] is self.problem.value:
            return known[2]
        value, index, row_of = self.problem.value, self.problem.index, self.row_of
        at, _ = self.problem.entries_of(np.flatnonzero(~part.rows))
        spends, costs = at[value[at] > 0], at[value[at] < 0]
        first = np.flatnonzero(np.diff(row_of[spends], prepend=-1))
        of_level = index[costs] == self.blocks.level[self.owner[costs]]
        hires = np.bincount(row_of[costs[~of_level]], minlength=len(part.rows)) > 0
        levels = costs[of_level & ~hires[row_of[costs]]]
        count = np.bincount(self.owner[levels], minlength=self.size)
        made = _Bills(spends, first, row_of[spends[first]], levels, count)
        self._known["bills"] = part.rows, value, made
        return made

    def priced(self, cost: Array, y: Array, part: Smaller) -> tuple[Array, Array]:
        """Prices with those of the rows outside: the highest at which no spend would pay, less half of what the level does not
        need; and [N] what each block outside would gain at its best, 0 or below."""
        problem, bills = self.problem, self._bills(part)
        d, terms = problem.reduced(cost, y)
        price = np.minimum.reduceat(d[problem.index[bills.spends]] / problem.value[bills.spends], bills.first)
        y = y.copy()
        y[bills.rows] = price
        at, count = problem.entries_of(bills.rows)
        more = problem.value[at] * np.repeat(price, count)
        d = d - np.bincount(problem.index[at], more, len(d))
        terms = terms + np.bincount(problem.index[at], np.abs(more), len(d))
        owner = self.owner[bills.levels]
        spare = np.maximum(d[self.blocks.level], 0.0)[owner]
        y[self.row_of[bills.levels]] += spare / (2 * bills.count[owner] * problem.value[bills.levels])
        wanting = ~part.columns & (d < -FACE * terms)
        owed = np.zeros(self.size)
        reach = np.minimum(problem.column_upper, 1 / problem.column_scale)  # of a level: all of it
        np.minimum.at(owed, self.block_of_column[wanting], (d * np.where(np.isfinite(reach), reach, 1.0))[wanting])
        return y, owed
