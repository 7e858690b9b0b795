"""Scores from targets and actuals, and the tiers that they fall into."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from optimiser.case.names import fold
from optimiser.case.settings import Tier
from optimiser.case.table import Array, Table, text


def attainment(target: Array, actual: Array, lower_is_better: Array) -> Array:
    """actual / target (target / actual where lower is better), 1 where the divisor is 0, held between 0 and 1."""
    above = np.where(lower_is_better, target, actual)
    below = np.where(lower_is_better, actual, target)
    ratio = np.divide(above, below, out=np.ones(len(above)), where=below != 0)
    return np.asarray(np.clip(ratio, 0.0, 1.0))


def scores(performance: Table, of: str, items: Sequence[str], stated: Array) -> Array:
    """The score (0 to 100) of each item: 100 × weighted mean attainment where Performance has rows, else the stated one."""
    made = np.array(stated, float)
    if not len(performance):
        return made
    place = {fold(item): k for k, item in enumerate(items)}
    mine = performance.take(np.array([fold(v) == of for v in performance["of"].tolist()], bool))
    reached = attainment(
        mine["target"], mine["actual"], np.array([v == "lower" for v in mine["better"].tolist()], bool)
    )
    total, weight = np.zeros(len(items)), np.zeros(len(items))
    at = np.array([place[fold(v)] for v in mine["item"].tolist()], int)
    np.add.at(total, at, mine["weight"] * reached)
    np.add.at(weight, at, mine["weight"])
    has = weight > 0
    made[has] = 100.0 * total[has] / weight[has]
    return made


def tier_of(score: Array, tiers: Sequence[Tier]) -> Array:
    """The name of the first tier whose lowest score is reached; "" where none is."""
    return text([next((t.name for t in tiers if value >= t.low), "") for value in score.tolist()])
