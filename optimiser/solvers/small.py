"""What is too small to be seen beside the rest: an objective of its own, behind the one that it is a part of.

A request of 3 beside one of 10¹³ is worth less than the solver's tolerance, so it is funded or not as it happens, and a tie
for the least money then leaves it out. By the prices y of a solve

    cost·x  =  Σ_i y_i · (A·x)_i  +  Σ_j d_j · x_j,    d = cost − Aᵀy

so among the plans that keep each priced row at its limit and each column with a large d where it is, d·x over the small
ones is all that is left of the cost, in a size that the solver sees.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from optimiser.case.table import Array
from optimiser.case.tolerances import AT_BOUND, FACE, LOST_DIGITS, OPTIMAL_GAP
from optimiser.solvers.problem import Problem, size, total


@dataclass(frozen=True, eq=False)
class Small:
    """problem: the plans that are as good as the one at hand but for what is too small to be seen; cost: what of the cost is
    left among them."""

    problem: Problem
    cost: Array

    def better_than(self, x: Array) -> bool:
        """Whether a column could be at a better bound than in x."""
        near = AT_BOUND * np.maximum(1.0, np.abs(x))
        lower, upper = self.problem.column_lower + near, self.problem.column_upper - near
        return bool(np.any(((self.cost < 0) & (x < upper)) | ((self.cost > 0) & (x > lower))))

    def kept(self, face: Problem, x: Array) -> Problem:
        """Of the plans that are as good as x in what is seen, those that are so in the small too."""
        value = total(self.cost, x)
        return face.with_row(self.cost, -np.inf, value + LOST_DIGITS * size(value, self.cost))


def small_part(problem: Problem, cost: Array, x: Array, y: Array, value: float) -> Small | None:
    """What of a cost its solve (x, y, value) cannot have seen; None where it saw all."""
    unseen = OPTIMAL_GAP * size(value, cost)
    reach = problem.column_upper - problem.column_lower
    with np.errstate(invalid="ignore", over="ignore"):
        if not np.any((cost != 0) & (np.abs(cost) * reach <= unseen) & (reach > 0)):
            return None
        most = np.zeros(len(y))
        np.maximum.at(most, problem.row_of, np.abs(problem.value) * reach[problem.index])
        y = np.where((problem.row_lower == problem.row_upper) | (np.abs(y) * most > unseen), y, 0.0)
        d, terms = problem.reduced(cost, y)
        d = np.where(np.abs(d) <= np.where(terms * reach <= unseen, LOST_DIGITS, FACE) * terms, 0.0, d)
        held = (d != 0) & ~(np.abs(d) * reach <= unseen)
    left = np.where(held | (reach == 0), 0.0, d)
    if not left.any():
        return None
    at = np.clip(x, problem.column_lower, problem.column_upper)
    activity = problem.activity(x)
    low, high = problem.row_lower, problem.row_upper
    to_low = (y != 0) & (np.abs(activity - low) <= np.abs(activity - high))
    to_high = (y != 0) & ~to_low
    part = replace(
        problem,
        column_lower=np.where(held, at, problem.column_lower),
        column_upper=np.where(held, at, problem.column_upper),
        row_lower=np.where(to_high, high, low),
        row_upper=np.where(to_low, low, high),
    )
    return Small(part, left)
