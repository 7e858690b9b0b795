"""Promises that cannot be kept together with what has happened: which are missed, by the least, and which of them whatever
is decided."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from optimiser.case.tolerances import LOST_DIGITS, NOTHING
from optimiser.model.extend import Extension, reach_of, with_entries
from optimiser.model.matrix import Model, StageCost
from optimiser.solvers.highs import solve
from optimiser.solvers.solution import SolveLimits, settled_plan

PROMISES = frozenset(
    (
        "scope", "min spend", "min share", "max share", "agency", "award", "minimum", "funded", "match", "approvals",
        "transfers up", "transfers down",
    )
)  # fmt: skip
"""Rows that the past can make impossible, beside the rules. Balances and capacities always hold."""
MOST = 30
"""Missed rows that are tried alone; of more, the others count as missed by choice."""


@dataclass(frozen=True, eq=False)
class Loosest:
    """The model with its promises missed by the least. rows: which; alone: those that are missed whatever is decided."""

    model: Model
    rows: list[int]
    alone: list[int]


SWITCHED = 1_000.0
"""How much more a row with a switch counts: a hair of a large request, let through by what is off, is no way out."""


def loosest(model: Model, limits: SolveLimits) -> Loosest:
    """The model with promises that cannot be kept together missed by the least (relative to their rows).

    No rows where the balances and capacities alone leave no plan. Raises Unsettled.
    """
    rows = [
        r
        for name, family in model.rows.families.items()
        if name in PROMISES or (name.startswith("rule ") and not name.startswith("rule approval"))
        for r in range(family.first, family.first + family.size)
    ]
    extension = Extension(replace(model, ties=()))
    at = np.array(rows, np.int32)
    reach = 1.0 / model.row_scale[at]
    # The new columns enter rows of the model itself, so they are written into its matrix.
    most = reach_of(model)[at]
    short = extension.columns("short", {"row": at}, most, scale=reach)
    beyond = extension.columns("beyond", {"row": at}, most, scale=reach)
    both, sign = np.concatenate([at, at]), np.repeat([1.0, -1.0], len(at))
    row = np.repeat(np.arange(len(model.row_lower)), np.diff(model.start))
    switched = np.bincount(row, np.asarray(model.integer, bool)[model.index], len(model.row_lower)) > 0
    weight = model.row_scale[at] * np.where(switched[at], SWITCHED, 1.0)
    cost = extension.cost((short, weight), (beyond, weight))
    wide = with_entries(extension.made([StageCost("missed", cost)]), both, np.concatenate([short, beyond]), sign)
    x = settled_plan(solve(wide, limits))
    if x is None:
        return Loosest(model, [], [])
    low, high = x[short], x[beyond]
    missed = np.flatnonzero((low * model.row_scale[at] > NOTHING) | (high * model.row_scale[at] > NOTHING))
    hair = LOST_DIGITS * np.maximum(1.0, reach[missed])
    lower, upper = model.row_lower.copy(), model.row_upper.copy()
    lower[at[missed]] -= low[missed] + hair
    upper[at[missed]] += high[missed] + hair
    alone = [k for k in missed[:MOST].tolist() if _cannot_be_kept(wide, int(short[k]), int(beyond[k]), limits)]
    return Loosest(replace(model, row_lower=lower, row_upper=upper), at[missed].tolist(), at[alone].tolist())


def _cannot_be_kept(wide: Model, short: int, beyond: int, limits: SolveLimits) -> bool:
    """Whether it is shown that a row is missed even where all others may be missed by as much as it takes."""
    held = wide.column_upper.copy()
    held[[short, beyond]] = 0.0
    return is_impossible(replace(wide, column_upper=held), limits)


def is_impossible(model: Model, limits: SolveLimits) -> bool:
    """Whether it is shown that nothing keeps every row of a model (False: something does, or it is not known)."""
    nothing = StageCost("feasible", np.zeros(len(model.column_lower)))
    return solve(replace(model, stages=(nothing,), ties=()), limits).status == "infeasible"
