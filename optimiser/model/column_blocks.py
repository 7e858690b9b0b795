"""What an agency delivers of an initiative in a period, as a block of the matrix: where its level is 0, all of it is 0."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimiser.case.table import Array
from optimiser.model.matrix import Family, Model

_OF = ("level", "spend", "hire")


@dataclass(frozen=True, eq=False)
class Blocks:
    """columns, rows: the block of each column and row of the matrix (-1: of none); rows may be fewer than a problem has, those
    beyond are of none. level: the level column of each block; rivals: pairs of groups whose best blocks matter first, each
    an array with the group of each block: (initiative, period) and (agency, period)."""

    columns: Array
    rows: Array
    level: Array
    rivals: tuple[Array, Array]

    @staticmethod
    def of(model: Model) -> Blocks | None:
        """The blocks of a model: level, spend and hires with the cost rows of (initiative, agency, period). None where there
        is no such thing."""
        if "cost" not in model.rows or any(name not in model.columns for name in _OF):
            return None
        level = model.columns["level"]
        agencies, periods = (int(level.keys[d].max(initial=0)) + 1 for d in ("agency", "period"))

        def code(family: Family) -> Array:
            initiative, agency, period = (family.keys[d].astype(np.int64) for d in ("initiative", "agency", "period"))
            return (initiative * agencies + agency) * periods + period

        levels = code(level)
        order = np.argsort(levels, kind="stable")
        known = levels[order]
        columns, rows = (np.full(len(limit), -1) for limit in (model.column_lower, model.row_lower))
        for name in _OF:
            columns[model.columns[name].span] = np.searchsorted(known, code(model.columns[name]))
        rows[model.rows["cost"].span] = np.searchsorted(known, code(model.rows["cost"]))
        keys = {d: level.keys[d].astype(np.int64)[order] for d in ("initiative", "agency", "period")}
        rivals = tuple(keys[d] * periods + keys["period"] for d in ("initiative", "agency"))
        return Blocks(columns, rows, level.first + order, (rivals[0], rivals[1]))

    def part(self, columns: Array, rows: Array) -> Blocks:
        """Those of a part with these columns and rows (masks; rows may be more). What is left of a block whose level is not in it
        is of none."""
        kept = columns[self.level]
        number = np.append(np.where(kept, np.cumsum(kept) - 1, -1), -1)
        place = np.cumsum(columns) - 1
        return Blocks(
            number[self.columns[columns]],
            number[self.rows[rows[: len(self.rows)]]],
            place[self.level[kept]],
            (self.rivals[0][kept], self.rivals[1][kept]),
        )
