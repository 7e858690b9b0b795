"""Columns and rows that nothing tells apart become one, and are split again.

Colours are refined until they stand: columns begin with their cost and bounds, rows with their limits, and each takes the
colours and entries that it meets. Of the classes that are left every row of one has the same sum over every class of columns,
and the other way round (an equitable partition), so to put the mean of its class in the place of each column breaks no row and
costs the same: the program with one column and one row for each class has the same best value, and its prices, shared out
evenly, are prices of the whole, whose exact bound they prove. Source: Grohe, Kersting, Mladenov and Selman, "Dimension reduction
via colour refinement", ESA 2014.

The plan of means is no corner (a fund would pay every agency of a class a little), so a corner is looked for among the columns
that it uses.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from optimiser.case.table import Array
from optimiser.model.column_blocks import Blocks
from optimiser.solvers.engine import RunOutcome
from optimiser.solvers.problem import Problem
from optimiser.solvers.smaller import Smaller

_MOST = 0.3
"""More classes than this share of the columns are not worth it (with 0.4 the time was the same): refining ends as soon as there
are, where nothing is alike after one round."""

_WIDE, _ENTRY, _FIRST, _SECOND = (
    np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
)

Run = Callable[[Problem, Array], RunOutcome | None]
"""Solves a problem with a cost from nothing."""


def merged(problem: Problem, cost: Array, run: Run) -> RunOutcome | None:
    """The answer to a program without integers from that of its classes: a corner, prices and a basis of the whole. None where
    too few columns are alike, or its classes have no answer. Stopped midway it has a plan that keeps every row, and no basis."""
    alike = Alike.of(problem, cost)
    if alike is None:
        return None
    out = run(alike.program(problem), alike.cost(cost))
    if out is None or out.ending == "infeasible" or out.x is None or out.y is None:
        return None
    x, y = alike.values(out.x), alike.prices(out.y)
    stopped = replace(out, ending="stopped", x=x, y=y, basis=None)
    if out.ending != "optimal":
        return stopped
    used = Smaller.of(problem, (x != 0) | (problem.column_lower != 0), np.ones(len(problem.row_lower), bool))
    corner = run(used.problem, cost[used.columns])
    if corner is None or corner.ending != "optimal" or corner.x is None or corner.basis is None:
        return stopped if corner is not None and corner.ending == "stopped" else None
    return replace(corner, x=used.values(corner.x), y=y, basis=used.whole_basis(corner.basis))


@dataclass(frozen=True, eq=False)
class Alike:
    """The class of each column and of each row, numbered from 0."""

    columns: Array
    rows: Array

    @staticmethod
    def of(problem: Problem, cost: Array) -> Alike | None:
        """The coarsest classes; None where they are too many."""
        index, row_of, entry = problem.index, problem.row_of, _mixed(_bits(problem.value))
        more = np.ones(len(problem.row_lower) - len(problem.row_scale))
        limits = problem.row_lower, problem.row_upper, np.append(problem.row_scale, more)
        columns = _numbered(_joined(cost, problem.column_lower, problem.column_upper, problem.column_scale))
        rows = _numbered(_joined(*limits))
        most, count = _MOST * len(columns), 0
        while True:
            rows = _numbered(_met(rows, row_of, entry, columns[index], _WIDE))
            columns = _numbered(_met(columns, index, entry, rows[row_of], _ENTRY))
            before, count = count, int(columns.max(initial=0)) + int(rows.max(initial=0))
            if columns.max(initial=0) + 1 >= most:
                return None
            if count == before:
                return Alike(columns, rows)

    def program(self, problem: Problem) -> Problem:
        """One column and one row for each class: a row has for each class the sum of its entries."""
        column, row = _first(self.columns), _first(self.rows)
        kept = np.zeros(len(self.rows), bool)
        kept[row] = True
        entries = np.flatnonzero(kept[problem.row_of])
        place = self.rows[problem.row_of[entries]].astype(np.int64) * len(column) + self.columns[problem.index[entries]]
        order = np.argsort(place, kind="stable")
        place = place[order]
        begins = np.flatnonzero(np.append(True, place[1:] != place[:-1])) if len(place) else place
        count = np.bincount(place[begins] // len(column), minlength=len(row))
        scale = np.append(problem.row_scale, np.ones(len(self.rows) - len(problem.row_scale)))
        return Problem(
            np.append(0, np.cumsum(count)).astype(np.int32),
            (place[begins] % len(column)).astype(np.int32),
            np.add.reduceat(problem.value[entries][order], begins) if len(begins) else np.zeros(0),
            problem.column_lower[column],
            problem.column_upper[column],
            problem.row_lower[row],
            problem.row_upper[row],
            problem.integer[column],
            problem.column_scale[column],
            scale[row],
            self._blocks(problem.blocks, column, row),
        )

    def _blocks(self, blocks: Blocks | None, column: Array, row: Array) -> Blocks | None:
        """A block for each class of levels; None where the classes cut across blocks. column, row: one of each class."""
        if blocks is None:
            return None
        level = self.columns[blocks.level]
        first = np.unique(level, return_index=True)[1]
        number = np.append(np.searchsorted(level[first], level), -1)
        of_column = number[blocks.columns]
        of_row = np.append(number[blocks.rows], np.full(len(self.rows) - len(blocks.rows), -1))
        if np.any(of_column != of_column[column][self.columns]) or np.any(of_row != of_row[row][self.rows]):
            return None
        rivals = blocks.rivals[0][first], blocks.rivals[1][first]
        return Blocks(of_column[column], of_row[row], level[first], rivals)

    def cost(self, cost: Array) -> Array:
        """What one unit of every column of a class costs."""
        return np.bincount(self.columns, cost)

    def values(self, x: Array) -> Array:
        """Each column at the mean of its class."""
        return np.asarray(x[self.columns])

    def prices(self, y: Array) -> Array:
        """The price of a class, shared out evenly among its rows."""
        return np.asarray((y / np.bincount(self.rows, minlength=len(y)))[self.rows])


def _met(colour: Array, at: Array, entry: Array, others: Array, salt: np.uint64) -> Array:
    """A number for each colour with what it meets: the entries, each with the colour at its other end, in any order."""
    made = np.zeros(len(colour), np.uint64)
    with np.errstate(over="ignore"):
        np.add.at(made, at, _mixed(entry + others.astype(np.uint64) * salt))
        return np.asarray(_mixed(made) + colour.astype(np.uint64) * salt)


def _joined(*numbers: Array) -> Array:
    made = np.zeros(len(numbers[0]), np.uint64)
    with np.errstate(over="ignore"):
        for each in numbers:
            made = _mixed(made * _WIDE + _bits(each))
    return made


def _bits(numbers: Array) -> Array:
    return np.ascontiguousarray(numbers + 0.0, dtype=float).view(np.uint64)


def _mixed(x: Array) -> Array:
    with np.errstate(over="ignore"):
        x = (x ^ (x >> np.uint64(30))) * _FIRST
        x = (x ^ (x >> np.uint64(27))) * _SECOND
    return np.asarray(x ^ (x >> np.uint64(31)))


def _numbered(colour: Array) -> Array:
    return np.asarray(np.unique(colour, return_inverse=True)[1])


def _first(of: Array) -> Array:
    return np.asarray(np.unique(of, return_index=True)[1])
