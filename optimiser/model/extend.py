"""A model with more in it, or with part of it settled: what analyses build on the ordinary linear program.

Nothing here knows what a row means. What was decided earlier leaves the matrix with what it amounts to, and what an
analysis asks for comes as further columns and rows behind those of the case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from optimiser.case.table import Array
from optimiser.case.tolerances import HAIR, WRITTEN_MONEY
from optimiser.model.build import assemble, power_of_two, row_scale
from optimiser.model.matrix import Family, Index, Model, StageCost
from optimiser.model.rows import Block, block_of

Part = tuple[Array, Array]
"""Positions in a row or column, and the values there."""
SETTLED = "settled"
"""The column, always 1, that holds what the settled columns amount to."""


class Extension:
    """Columns and rows behind those of a model; everything that it has keeps its place.

    Positions count all columns: those of the model first. Bounds and entries stand in the units of the case.
    """

    def __init__(self, model: Model) -> None:
        self.base = model
        self.size = len(model.column_lower)
        self._families: dict[str, Family] = {}
        self._lower, self._upper = [model.column_lower], [model.column_upper]
        self._integer, self._scale = [model.integer], [model.column_scale]
        self._blocks: list[Block] = []

    @property
    def upper(self) -> Array:
        """Upper bounds of all columns so far."""
        return np.concatenate(self._upper)

    def columns(
        self,
        name: str,
        keys: Mapping[str, Array] | int,
        upper: Array | float,
        lower: Array | float = 0.0,
        *,
        integer: Array | bool = False,
        scale: Array | float | None = None,
    ) -> Array:
        """A family of new columns; their positions. keys: of each, or how many there are.

        scale: a typical size of each (by default its upper bound), from which the solver's unit is made.
        """
        codes, count = _counted(keys)
        self._families[name] = Family(name, self.size, count, codes)
        at = np.arange(self.size, self.size + count, dtype=np.int32)
        self.size += count
        high = np.broadcast_to(np.asarray(upper, float), (count,))
        typical = high if scale is None else np.broadcast_to(np.asarray(scale, float), (count,))
        self._lower.append(np.broadcast_to(np.asarray(lower, float), (count,)))
        self._upper.append(high)
        whole = np.broadcast_to(np.asarray(integer, bool), (count,))
        self._integer.append(whole)
        counted = whole & (scale is None)  # an integer column without a scale of its own counts ones
        self._scale.append(np.where(counted, 1.0, power_of_two(np.abs(typical))))
        return at

    def rows(
        self,
        name: str,
        keys: Mapping[str, Array] | int,
        lower: Array | float,
        upper: Array | float,
        *entries: tuple[Array, Array, Array | float],
    ) -> None:
        """A family of new rows. entries: (row from 0, column, value) of several sums, added up where they meet."""
        codes, count = _counted(keys)
        self._blocks.append(block_of(name, codes, lower, upper, *entries, merge=True, size=count))

    def block(self, name: str, model: Model, upper: Array) -> Array:
        """All columns and rows of another model beside this one's; the positions of its columns. upper: of each column."""
        at = self.columns(
            name,
            len(upper),
            upper,
            np.minimum(model.column_lower, upper),
            integer=model.integer,
            scale=model.column_scale,
        )
        entries = model.row_of, at[model.index], model.value
        self.rows(name, len(model.row_lower), model.row_lower, model.row_upper, entries)
        return at

    def cost(self, *parts: tuple[Array, Array | float]) -> Array:
        """A cost for every column so far, from (columns, cost of one unit of each)."""
        made = np.zeros(self.size)
        for at, values in parts:
            made[at] += values
        return made

    def made(self, stages: Sequence[StageCost]) -> Model:
        """The whole model with these stages; costs that are too short count 0 for the columns behind."""
        base = self.base
        families, lower, upper, start, index, value = assemble(list(self._blocks))
        first = len(base.row_lower)
        moved = {n: replace(f, first=f.first + first) for n, f in families.items()}
        scale = np.concatenate(self._scale)
        return Model(
            columns=Index({**base.columns.families, **self._families}),
            rows=Index({**base.rows.families, **moved}),
            start=np.concatenate([base.start, start[1:] + base.start[-1]]).astype(np.int32),
            index=np.concatenate([base.index, index]).astype(np.int32),
            value=np.concatenate([base.value, value]),
            column_lower=np.concatenate(self._lower),
            column_upper=np.concatenate(self._upper),
            integer=np.concatenate(self._integer),
            row_lower=np.concatenate([base.row_lower, lower]),
            row_upper=np.concatenate([base.row_upper, upper]),
            column_scale=scale,
            row_scale=np.concatenate([base.row_scale, row_scale(start, index, value, scale)]),
            stages=tuple(replace(s, cost=self._padded(s.cost)) for s in stages),
            ties=tuple(self._padded(tie) for tie in base.ties),
        )

    def _padded(self, cost: Array) -> Array:
        return np.concatenate([cost, np.zeros(self.size - len(cost))])


def _counted(keys: Mapping[str, Array] | int) -> tuple[dict[str, Array], int]:
    if isinstance(keys, int):
        return {}, keys
    codes = {d: np.asarray(k, np.int32) for d, k in keys.items()}
    return codes, len(next(iter(codes.values())))


def with_entries(model: Model, row: Array, column: Array, value: Array) -> Model:
    """The model with further entries in its matrix, in columns behind all those that their rows have."""
    order = np.lexsort((column, row))
    row, column, value = row[order], column[order], value[order]
    more = np.append(0, np.cumsum(np.bincount(row, minlength=len(model.row_lower))))
    at = model.start[row + 1]
    return replace(
        model,
        start=(model.start + more).astype(np.int32),
        index=np.insert(model.index, at, column).astype(np.int32),
        value=np.insert(model.value, at, value),
    )


def with_columns(model: Model, name: str, entries: Sequence[Part], upper: Array, scale: Array) -> Model:
    """The model with a family of columns from 0 to `upper`, which cost nothing, and no ties. entries: of each column its rows
    and values; scale: a typical size of each."""
    extension = Extension(replace(model, ties=()))
    at = np.repeat(extension.columns(name, len(entries), upper, scale=scale), [len(rows) for rows, _ in entries])
    row = np.concatenate([np.zeros(0, np.int64), *(rows for rows, _ in entries)])
    value = np.concatenate([np.zeros(0), *(values for _, values in entries)])
    return with_entries(extension.made(model.stages), row, at, value)


def with_rows(
    model: Model, name: str, keys: Mapping[str, Array], entries: Sequence[Part], lower: float, upper: float,
    scale: float = 1.0,
) -> Model:  # fmt: skip
    """The model with a family of rows: lower ≤ Σ value × column ≤ upper. entries: of each row its columns and values."""
    size = len(entries)
    counts = np.array([len(columns) for columns, _ in entries], np.int64)
    return replace(
        model,
        rows=Index({**model.rows.families, name: Family(name, len(model.row_lower), size, keys)}),
        start=np.append(model.start, model.start[-1] + np.cumsum(counts)).astype(np.int32),
        index=np.concatenate([model.index, *(columns for columns, _ in entries)]).astype(np.int32),
        value=np.concatenate([model.value, *(values for _, values in entries)]),
        row_lower=np.append(model.row_lower, np.full(size, lower)),
        row_upper=np.append(model.row_upper, np.full(size, upper)),
        row_scale=np.append(model.row_scale, np.full(size, scale)),
    )


def with_row(model: Model, name: str, weights: Array, lower: float, upper: float, scale: float = 1.0) -> Model:
    """The model with one more row, given densely."""
    at = np.flatnonzero(weights)
    return with_rows(model, name, {}, [(at, weights[at])], lower, upper, scale)


def _by_rows(row: Array, column: Array, value: Array, rows: int) -> tuple[Array, Array, Array]:
    """Entries of a matrix in any order -> as a model holds them: start, index, value."""
    order = np.lexsort((column, row))
    start = np.append(0, np.cumsum(np.bincount(row, minlength=rows)))
    return start.astype(np.int32), column[order].astype(np.int32), value[order]


def settled(model: Model, at: Array, x: Array) -> Model:
    """The model that is left when the columns at `at` (a bool for each) stand at their values in x.

    They leave the matrix; what they amount to in each row and stage stands in one column that is always 1, so values
    of stages still count them. Rows in which nothing is left to decide leave too, kept or broken.
    """
    free = ~at
    count, rows = int(free.sum()), len(model.row_lower)
    row_of = model.row_of
    stays = free[model.index]
    amount = np.bincount(row_of[~stays], model.value[~stays] * x[model.index[~stays]], rows)
    alive = np.bincount(row_of[stays], minlength=rows) > 0
    kept = stays & alive[row_of]
    extra = np.flatnonzero(alive & (amount != 0))
    new_row, new_column = np.cumsum(alive) - 1, np.cumsum(free) - 1
    row = np.concatenate([new_row[row_of[kept]], new_row[extra]])
    column = np.concatenate([new_column[model.index[kept]], np.full(len(extra), count)])
    value = np.concatenate([model.value[kept], amount[extra]])
    start, index, value = _by_rows(row, column, value, int(alive.sum()))
    columns = _left(model.columns, free)
    columns[SETTLED] = Family(SETTLED, count, 1, {})
    return Model(
        columns=Index(columns),
        rows=Index(_left(model.rows, alive)),
        start=start,
        index=index,
        value=value,
        column_lower=np.append(model.column_lower[free], 1.0),
        column_upper=np.append(model.column_upper[free], 1.0),
        integer=np.append(model.integer[free], False),
        row_lower=model.row_lower[alive],
        row_upper=model.row_upper[alive],
        column_scale=np.append(model.column_scale[free], 1.0),
        row_scale=model.row_scale[alive],
        stages=tuple(replace(s, cost=np.append(s.cost[free], s.cost[at] @ x[at])) for s in model.stages),
        ties=tuple(np.append(tie[free], 0.0) for tie in model.ties),
    )


def a_hair_wider(model: Model, *, written: bool = False) -> Model:
    """The model with its rows a hair wider: what was decided before fits the rows only as far as a solver, or money in
    whole units, made it fit; without this, what is left could seem impossible.

    written: money by no more than the verifier accepts, and rows with switches not at all.
    """
    hair = HAIR / model.row_scale
    if written:
        # A switch that is off lets nothing through, however large a request a hair of it would be.
        switched = np.bincount(model.row_of, np.asarray(model.integer, bool)[model.index], len(hair)) > 0
        hair = np.where(switched, 0.0, np.minimum(hair, WRITTEN_MONEY))
    return replace(model, row_lower=model.row_lower - hair, row_upper=model.row_upper + hair)


def _left(index: Index, kept: Array) -> dict[str, Family]:
    """The families with the members that are kept, in their new places."""
    made: dict[str, Family] = {}
    first = 0
    for name, family in index.families.items():
        mine = kept[family.span]
        size = int(mine.sum())
        made[name] = Family(name, first, size, {d: codes[mine] for d, codes in family.keys.items()})
        first += size
    return made


def branched(extension: Extension, model: Model, shared: Array, name: str) -> Array:
    """A model beside the one that is extended: some columns (a mask) are shared, the others are its own; where all of them stand.

    Rows in which only shared columns stand hold already.
    """
    own = np.flatnonzero(~shared)
    at = np.arange(len(shared))
    at[own] = extension.columns(
        name, len(own), model.column_upper[own], np.minimum(model.column_lower, model.column_upper)[own],
        integer=model.integer[own], scale=model.column_scale[own],
    )  # fmt: skip
    row_of = model.row_of
    alive = np.bincount(row_of[~shared[model.index]], minlength=len(model.row_lower)) > 0
    kept = alive[row_of]
    place = np.cumsum(alive) - 1
    extension.rows(
        name, int(alive.sum()), model.row_lower[alive], model.row_upper[alive],
        (place[row_of[kept]], at[model.index[kept]], model.value[kept]),
    )  # fmt: skip
    return at


def reach_of(model: Model) -> Array:
    """How far each row can be missed at all."""
    size = np.maximum(np.abs(model.column_lower), np.abs(model.column_upper))[model.index] * np.abs(model.value)
    row = np.repeat(np.arange(len(model.row_lower)), np.diff(model.start))
    limits = [np.where(np.isfinite(limit), np.abs(limit), 0.0) for limit in (model.row_lower, model.row_upper)]
    return np.bincount(row, size, len(model.row_lower)) + np.maximum(*limits)
