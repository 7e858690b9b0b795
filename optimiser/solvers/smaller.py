"""A part of a linear program: some of its columns and rows, as a program of its own, and the way back.

What is left out stands at 0 (columns) or is slack (rows), so values, prices and a basis of the part are those of the whole
once 0 is put in its place; nothing is rounded either way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from optimiser.case.table import Array
from optimiser.case.tolerances import CANCELLED
from optimiser.solvers.problem import Problem
from optimiser.solvers.solution import AT_LOWER, BASIC, Basis

_LEAST_SHARE = 0.1
"""So much of the columns must stand at 0 before leaving them out is worth its time."""


@dataclass(frozen=True, eq=False)
class Smaller:
    """Some columns and rows of a problem (masks over the whole's), as a problem of its own."""

    problem: Problem
    columns: Array
    rows: Array
    entries: Array | None = None
    """Where its entries stand among the whole's; None where it was narrowed."""

    @staticmethod
    def of(problem: Problem, columns: Array, rows: Array, *, blocks: bool = False) -> Smaller:
        """The part with these columns and rows. blocks: whether it keeps the whole's."""
        kept = np.flatnonzero(rows[problem.row_of] & columns[problem.index])
        count = np.bincount(problem.row_of[kept], minlength=len(rows))[rows]
        made = Problem(
            np.append(0, np.cumsum(count)).astype(np.int32),
            (np.cumsum(columns) - 1)[problem.index[kept]].astype(np.int32),
            problem.value[kept],
            problem.column_lower[columns],
            problem.column_upper[columns],
            problem.row_lower[rows],
            problem.row_upper[rows],
            problem.integer[columns],
            problem.column_scale[columns],
            problem.row_scale[rows[: len(problem.row_scale)]],
            problem.blocks.part(columns, rows) if blocks and problem.blocks is not None else None,
        )
        return Smaller(made, columns, rows, kept)

    def renewed(self, whole: Problem) -> Smaller:
        """The same part of a problem with other numbers, whose entries stand where they did."""
        if self.entries is None:
            return Smaller.of(whole, self.columns, self.rows)
        made = replace(
            self.problem,
            value=whole.value[self.entries],
            column_lower=whole.column_lower[self.columns],
            column_upper=whole.column_upper[self.columns],
            row_lower=whole.row_lower[self.rows],
            row_upper=whole.row_upper[self.rows],
        )
        return replace(self, problem=made)

    @staticmethod
    def all_of(problem: Problem) -> Smaller:
        """The whole."""
        rows, columns = problem.shape
        return Smaller(problem, np.ones(columns, bool), np.ones(rows, bool))

    @staticmethod
    def left_of(problem: Problem, basis: Basis | None) -> Smaller:
        """Without the columns that stand at 0 and the rows that then hold whatever the others are; the whole where that is little.

        basis: of the problem; what is basic in it stays in, and a row that is not, so that the rest of it is a basis of the part.
        """
        columns = (problem.column_lower == 0) & (problem.column_upper == 0)
        if np.count_nonzero(columns) < _LEAST_SHARE * len(columns):
            return Smaller.all_of(problem)
        rows = _always_hold(problem, ~columns)
        if basis is not None:
            columns &= basis.columns != BASIC
            rows &= basis.rows == BASIC
        return Smaller.of(problem, ~columns, ~rows, blocks=True)

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left out."""
        return bool(self.columns.all() and self.rows.all())

    def narrowed(self, part: Smaller) -> Smaller:
        """This part without what a part of its problem leaves out. Rows that this problem was given stand at the end of the whole's
        too."""
        columns = self.columns.copy()
        rows = np.append(self.rows, np.ones(len(part.rows) - np.count_nonzero(self.rows), bool))
        columns[columns], rows[rows] = part.columns, part.rows
        return Smaller(part.problem, columns, rows)

    def basis(self, whole: Basis | None) -> Basis | None:
        """What is left of a basis of the whole; None where that is none."""
        if whole is None or (len(whole.columns), len(whole.rows)) != (len(self.columns), len(self.rows)):
            return None
        if self.is_whole:
            return whole
        kept = Basis(whole.columns[self.columns], whole.rows[self.rows])
        basic = np.count_nonzero(kept.columns == BASIC) + np.count_nonzero(kept.rows == BASIC)
        return kept if basic == len(kept.rows) else None

    def whole_basis(self, basis: Basis) -> Basis:
        """A basis of the whole: columns outside stand at 0, rows outside are slack."""
        columns = np.full(len(self.columns), AT_LOWER, np.int8)
        rows = np.full(len(self.rows), BASIC, np.int8)
        columns[self.columns], rows[self.rows] = basis.columns, basis.rows
        return Basis(columns, rows)

    def values(self, x: Array) -> Array:
        """Values of the whole: 0 outside."""
        made = np.zeros(len(self.columns))
        made[self.columns] = x
        return made

    def prices(self, y: Array) -> Array:
        """Prices of the whole: 0 outside."""
        made = np.zeros(len(self.rows))
        made[self.rows] = y
        return made


def _always_hold(problem: Problem, moves: Array) -> Array:
    """The rows that hold whatever the columns that move (a mask) are within their bounds; the others stand at 0."""
    lower, upper = problem.column_lower, problem.column_upper
    entries = np.flatnonzero(moves[problem.index] & (problem.value != 0))
    row, a, at = problem.row_of[entries], problem.value[entries], problem.index[entries]
    ends = a * lower[at], a * upper[at]
    size = len(problem.row_lower)
    least, most = (np.bincount(row, pick(*ends), size) for pick in (np.minimum, np.maximum))
    terms = np.bincount(row, np.maximum(*(np.abs(end) for end in ends)), size)
    noise = np.where(np.bincount(row, minlength=size) > 1, CANCELLED * terms, 0.0)
    with np.errstate(invalid="ignore"):
        low = np.isneginf(problem.row_lower) | (least - noise >= problem.row_lower)
        high = np.isposinf(problem.row_upper) | (most + noise <= problem.row_upper)
    held: Array = low & high
    return held
