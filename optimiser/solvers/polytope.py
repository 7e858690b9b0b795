"""How large a weighted sum can be of what is not negative and keeps given rows: one loaded program, asked again and again.

For small questions beside a plan: no proof, no ties, no rounding.
"""

from __future__ import annotations

import highspy
import numpy as np
from highspy import HighsModelStatus, ObjSense

from optimiser.case.table import Array
from optimiser.solvers.engine import new_highs

_OPTIONS = {
    "output_flag": False,
    "threads": 1,
    "parallel": "off",
    "random_seed": 0,
    "presolve": "off",
    "solver": "simplex",
}


class Polytope:
    """All x ≥ 0 with lower ≤ rows · x ≤ upper."""

    def __init__(self, rows: Array, lower: Array, upper: Array) -> None:
        """rows: [row, column]; limits may be infinite."""
        self._highs = new_highs()
        for name, value in _OPTIONS.items():
            self._highs.setOptionValue(name, value)
        count, self._size = rows.shape
        row, column = np.nonzero(rows)
        start = np.searchsorted(row, np.arange(count + 1)).astype(np.int32)
        none, most = np.zeros(self._size), np.full(self._size, highspy.kHighsInf)
        limits = (np.nan_to_num(v, posinf=highspy.kHighsInf, neginf=-highspy.kHighsInf) for v in (lower, upper))
        self._highs.passModel(
            self._size, count, len(row), int(highspy.MatrixFormat.kRowwise), int(ObjSense.kMaximize), 0.0, none, none, most,
            *limits, start, column.astype(np.int32), rows[row, column].astype(float), np.zeros(self._size, np.int32),
        )  # fmt: skip

    def highest(self, weights: Array) -> float | None:
        """The largest Σ weights · x, infinite where there is no limit; None where the solver does not find it."""
        columns = np.arange(self._size, dtype=np.int32)
        self._highs.changeColsCost(self._size, columns, np.asarray(weights, float))
        self._highs.run()
        status = self._highs.getModelStatus()
        if status in (HighsModelStatus.kUnbounded, HighsModelStatus.kUnboundedOrInfeasible):
            return np.inf if status == HighsModelStatus.kUnbounded else None
        if status != HighsModelStatus.kOptimal:
            return None
        return float(self._highs.getInfo().objective_function_value)
