"""The linear program of all losses together, solved: large, with the same few switches once for each loss.

The simplex from nothing takes minutes for what the interior point method does in seconds; and a search over the switches
of all losses at once is not needed where those of a plan that is known leave nothing to be gained.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimiser.case.table import Array
from optimiser.model.matrix import Model
from optimiser.solvers.highs import solve
from optimiser.solvers.linear import COPIES, corner
from optimiser.solvers.solution import Solution, SolveLimits, Stop, judged, worst


def solved(model: Model, begun: Array, limits: SolveLimits, stop: Stop | None) -> Solution:
    """The stages of a model in turn. begun: a plan that it allows.

    Of a large one first with the switches of that plan: where no switches at all allow more in the first stage, it is the
    answer (its second stage is then the best of these switches).
    """
    switches, large = np.asarray(model.integer, bool), len(model.column_lower) >= COPIES
    if not switches.any() or not large:
        return solve(model, limits, stop=stop, basis=corner(model, limits, stop) if large else None)
    at = np.round(begun)
    free = replace(model, integer=np.zeros(len(switches), bool), ties=())
    held = replace(
        free,
        column_lower=np.where(switches, at, model.column_lower),
        column_upper=np.where(switches, at, model.column_upper),
    )
    found = solve(held, limits, stop=stop, basis=corner(held, limits, stop))
    basis = corner(free, limits, stop)
    most = solve(replace(free, stages=model.stages[:1]), limits, stop=stop, basis=basis)
    if found.x is None or most.bound is None:
        return solve(model, limits, stop=stop, basis=basis)
    sign = model.stages[0].sign
    first = judged(model, 0, found.x, sign * found.stages[0].best, sign * most.bound)
    stages = (first, *found.stages[1:])
    status, gap = worst(stages, limits)
    mine = replace(
        found,
        status=status,
        stages=stages,
        bound=first.bound,
        gap=gap,
        exact_bound=None,
        proven=False,
        certificate=None,
    )
    if status != "stopped":
        return mine
    other = solve(model, limits, stop=stop, basis=basis)
    if other.x is None or (other.status == "stopped" and sign * (other.stages[0].best - first.best) >= 0):
        return mine
    return other
