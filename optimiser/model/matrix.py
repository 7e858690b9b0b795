"""The linear program as arrays: one sparse matrix, its bounds, and an index that knows what each row and column is.

Everything stands in the units of the case (money, FTE, shares). `column_scale` and `row_scale` are powers of two
that the solve floor multiplies in, so scaling is exact and undone exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from optimiser.case.table import Array


@dataclass(frozen=True)
class Family:
    """A run of rows or columns of one kind.

    name: `spend`, `level`, `fund` (the balance) …; first: position of its first member; keys: dimension -> the
    code of each member in that dimension (an array of the family's length).
    """

    name: str
    first: int
    size: int
    keys: Mapping[str, Array]

    @property
    def span(self) -> slice:
        """Where the family stands in the whole."""
        return slice(self.first, self.first + self.size)

    @property
    def positions(self) -> Array:
        """The same as positions, one by one."""
        return np.arange(self.first, self.first + self.size)

    def where(self, **codes: int) -> Array:
        """Positions of the members with these codes."""
        hits = [self.keys[dimension] == code for dimension, code in codes.items()]
        return self.first + np.flatnonzero(np.all(hits, axis=0))

    def members(self, dimensions: Iterable[str]) -> list[tuple[int, ...]]:
        """The codes of each member in these dimensions."""
        return list(zip(*(self.keys[d].tolist() for d in dimensions), strict=True))


@dataclass(frozen=True)
class Index:
    """All families of the rows, or of the columns, in order."""

    families: Mapping[str, Family]

    def __getitem__(self, name: str) -> Family:
        return self.families[name]

    def __contains__(self, name: str) -> bool:
        return name in self.families

    @property
    def size(self) -> int:
        """Number of rows or columns in all."""
        return sum(f.size for f in self.families.values())

    def at(self, position: int) -> tuple[str, dict[str, int]]:
        """What stands at a position: the family's name and the codes of its keys."""
        for family in self.families.values():
            if family.first <= position < family.first + family.size:
                return family.name, {d: int(codes[position - family.first]) for d, codes in family.keys.items()}
        raise IndexError(position)


@dataclass(frozen=True)
class StageCost:
    """One objective: Σ cost × column, to be minimised.

    name: `impact`, `fairness` …; sign: the reader's value is sign × Σ (sign is −1 for what is maximised);
    within: how much of |best| later stages may give up; cost: one number for each column.
    """

    name: str
    cost: Array
    sign: float = 1.0
    within: float = 0.0


@dataclass(frozen=True, eq=False)
class Model:
    """minimise each stage in turn, subject to row_lower ≤ matrix · x ≤ row_upper, column_lower ≤ x ≤ column_upper.

    The matrix is stored by rows: row r has value[start[r]:start[r+1]] in columns index[start[r]:start[r+1]]
    (sorted, none twice). Bounds are ±inf where there is none. `ties` are costs that settle ties, in order (least
    money, then weights by key): they choose among the plans that are best in every stage.
    """

    columns: Index
    rows: Index
    start: Array
    index: Array
    value: Array
    column_lower: Array
    column_upper: Array
    integer: Array
    row_lower: Array
    row_upper: Array
    column_scale: Array
    row_scale: Array
    stages: tuple[StageCost, ...]
    ties: tuple[Array, ...]

    @classmethod
    def empty(cls) -> Model:
        """A model with nothing in it, to which a small program of its own is added."""
        none, yes = np.zeros(0), np.zeros(0, bool)
        at = np.zeros(0, np.int32)
        start = np.zeros(1, np.int32)
        return cls(Index({}), Index({}), start, at, none, none, none, yes, none, none, none, none, (), ())

    def alone(self) -> Model:
        """The same with its first objective alone, of which nothing is given up; ties are left open."""
        return replace(self, stages=(replace(self.stages[0], within=0.0),), ties=())

    def agrees(self, other: Model, *more: str) -> bool:
        """Whether another one has the same matrix, and the same arrays of these names."""
        names = ("start", "index", "value", *more)
        return all(np.array_equal(getattr(self, name), getattr(other, name)) for name in names)

    @property
    def row_of(self) -> Array:
        """The row of each entry."""
        return np.repeat(np.arange(len(self.row_lower)), np.diff(self.start))

    @property
    def size(self) -> dict[str, int]:
        """Columns, rows, nonzeros and integers."""
        return {
            "columns": len(self.column_lower),
            "rows": len(self.row_lower),
            "nonzeros": len(self.value),
            "integers": int(np.count_nonzero(self.integer)),
        }
