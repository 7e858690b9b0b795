"""How much of a column there can be at all, where that is far less than its typical size.

A request of 10¹² beside a fund of 1,000 can get 10⁻⁹ of itself: in units of the request that is the solver's tolerance.
Such columns are measured by what the limits of their rows leave.
"""

from __future__ import annotations

import numpy as np

from optimiser.case.table import Array
from optimiser.case.tolerances import CANCELLED, MARGIN
from optimiser.model.build import power_of_two, row_scale
from optimiser.model.matrix import Model

FAR = 2.0**-10
"""A column is measured anew where it cannot reach this share of its scale."""
NOTHING = 2.0**-64
"""A column that cannot reach this share of its scale is nothing: alone it changes no scale."""
_PASSES = 4


def scales(model: Model) -> tuple[Array, Array, Array]:
    """Powers of two for columns and rows, and the columns' upper bounds: the model's own, or where columns cannot come
    near theirs, by reach."""
    integer = np.asarray(model.integer, bool)
    scale = np.asarray(model.column_scale, float)
    reach, certain = _reach(model, FAR * scale)
    far = (certain < FAR * np.asarray(model.column_upper)) & ~integer
    most = np.where(far, np.maximum(certain * (1 + MARGIN), model.column_lower), model.column_upper)
    short = (reach < FAR * scale) & (reach > NOTHING * scale) & ~integer
    if not short.any():
        return scale, model.row_scale, most
    # Those that can be nothing at all may not set the scale of the rows that they share with these.
    short |= (reach <= NOTHING * scale) & ~integer
    scale = np.where(short, power_of_two(np.maximum(reach, NOTHING * scale)), scale)
    touched = np.zeros(len(model.row_scale), bool)
    touched[np.repeat(np.arange(len(touched)), np.diff(model.start))[short[model.index]]] = True
    with np.errstate(over="ignore"):
        anew = row_scale(model.start, model.index, model.value, scale)
    return scale, np.where(touched & np.isfinite(anew), anew, model.row_scale), most


def _reach(model: Model, far: Array) -> tuple[Array, Array]:
    """The most that each column can be, by its bounds and the limits of single rows, a few times over: where it is a
    difference of larger sums it is not known (its bound then stands), and what is certain in spite of that."""
    lower, upper = np.asarray(model.column_lower, float), np.asarray(model.column_upper, float)
    row = np.repeat(np.arange(len(model.row_lower)), np.diff(model.start))
    column, a = model.index, np.asarray(model.value, float)
    reach, certain = upper.copy(), upper.copy()
    for _ in range(_PASSES):
        before = certain
        certain = certain.copy()
        for sign, limit in ((1.0, model.row_upper), (-1.0, -model.row_lower)):
            room, noise = _most(row, sign * a, limit, lower[column], before[column])
            np.minimum.at(certain, column, np.where((room > noise) | (noise == 0), room, np.inf))
            np.minimum.at(reach, column, np.where(room > noise, room, np.inf))
        if not np.any((certain < before) & (certain < np.maximum(far, FAR * upper))):
            break
    return np.maximum(reach, 0.0), np.maximum(certain, 0.0)


def _most(row: Array, a: Array, limit: Array, lower: Array, upper: Array) -> tuple[Array, Array]:
    """For each entry of Σ a·x ≤ limit the most that its column can be, when the others are as small as they can; and
    how much of that may be what sums of floats lose."""
    least = np.where(a > 0, a * lower, a * upper)
    open_ = ~np.isfinite(least)
    size = len(limit)
    count = np.bincount(row, open_, size)
    total = np.bincount(row, np.where(open_, 0.0, least), size)
    terms = np.bincount(row, np.where(open_, 0.0, np.abs(least)), size)
    others = total[row] - np.where(open_, 0.0, least)
    known = (a > 0) & np.isfinite(limit[row]) & (count[row] - open_ == 0)
    noise = CANCELLED * (terms[row] + np.where(np.isfinite(limit), np.abs(limit), 0.0)[row])
    with np.errstate(invalid="ignore", over="ignore"):
        room = limit[row] - others
        made, lost = room / a, noise / a
    return np.where(known, made, np.inf), np.where(known, lost, 0.0)


def steps_of_reach(model: Model) -> list[tuple[int, int, int]]:
    """How the columns' bounds by reach come about: (column, row, side), in an order in which each can be computed from the
    bounds before it. side: 1 where the row's upper limit leaves no more, -1 where its lower one does."""
    lower, certain = np.asarray(model.column_lower, float), np.asarray(model.column_upper, float).copy()
    row = np.repeat(np.arange(len(model.row_lower)), np.diff(model.start))
    column, a = model.index, np.asarray(model.value, float)
    steps: list[tuple[int, int, int]] = []
    for _ in range(_PASSES):
        before, count = certain.copy(), len(steps)
        for side, limit in ((1, model.row_upper), (-1, -model.row_lower)):
            room, noise = _most(row, side * a, limit, lower[column], before[column])
            room = np.where((room > noise) | (noise == 0), room, np.inf)
            better = np.flatnonzero(room < certain[column])
            order = better[np.lexsort((room[better], column[better]))]
            first = order[np.unique(column[order], return_index=True)[1]]
            steps += [(int(column[k]), int(row[k]), side) for k in first.tolist()]
            certain[column[first]] = room[first]
        if len(steps) == count:
            break
    return steps
