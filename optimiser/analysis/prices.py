"""Prices with an expiry: what one more unit of each limit is worth, for how many units, found by solving again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np

from optimiser.analysis.curve import TOLERANCE, Step, value_curve
from optimiser.analysis.levers import Lever, levers, widened
from optimiser.case.case import Case
from optimiser.case.table import Array
from optimiser.model.matrix import Model
from optimiser.model.rules import compile_rules
from optimiser.solve.highs import solve
from optimiser.solve.solution import Limits
from optimiser.solve.warm import Warm
from optimiser.verbs import model_of


@dataclass(frozen=True)
class Price:
    """What more of one limit is worth to the first objective.

    steps: in order; `length` is None for the last one, which holds as far as was looked. at: where staff would be
    added (the agency that has most of the role).
    """

    of: str
    item: str
    unit: str
    steps: tuple[Step, ...]
    at: str = ""

    @property
    def worth(self) -> float:
        """What the next unit is worth."""
        return self.steps[0].worth if self.steps else 0.0

    @property
    def binds(self) -> bool:
        """Whether more of it is worth anything at all."""
        return any(s.worth > 0 or s.lump > 0 for s in self.steps)


def prices(case: Case, *, wanted: Callable[[Lever], bool] = lambda lever: True) -> list[Price]:
    """The price of every fund, role, cap and hard rule of a case that has a plan, those worth most first.

    The unit of worth is the first objective's, for one unit of money, one FTE in every period, or one unit of the rule.
    """
    rules = compile_rules(case.facts)
    model = model_of(case)
    first = replace(model, stages=model.stages[:1], ties=())
    limits = Limits(gap=1e-9, time_limit=case.settings.time_limit)
    base = solve(first, limits)
    if base.x is None:
        return []
    value = base.stages[0].best
    fixed = Warm(first, limits, x=base.x)
    duals = fixed.base.duals
    made = [
        Price(lever.of, lever.item, lever.unit, tuple(_steps(model, lever, base.x, value, duals, limits)), lever.agency)
        for lever in levers(case, model, rules)
        if wanted(lever)
    ]
    return sorted(made, key=lambda p: (-max((s.worth for s in p.steps), default=0.0), p.of, p.item))


def _steps(model: Model, lever: Lever, x: Array, value: float, duals: Array | None, limits: Limits) -> Iterable[Step]:
    """The steps of one lever; one step of no worth where nothing is gained even by the most."""
    wide, d = widened(model, lever), lever.direction
    nothing = Step(0.0, lever.most)
    at_rows = duals[d.rows] if duals is not None else np.ones(len(d.rows))
    if not np.any(at_rows) and not _gains(wide, lever, value, limits):
        return (nothing,)
    return value_curve(wide, x, d, lever.most, limits) or (nothing,)


def _gains(model: Model, lever: Lever, value: float, limits: Limits) -> bool:
    """Whether the most of a lever that does not bind now lets other switches gain (never without switches)."""
    if not model.integer.any():
        return False
    lower, upper = model.row_lower.copy(), model.row_upper.copy()
    lower[lever.direction.rows] += lever.most * lever.direction.lower
    upper[lever.direction.rows] += lever.most * lever.direction.upper
    best = solve(replace(model, row_lower=lower, row_upper=upper), limits)
    return best.x is not None and model.stages[0].sign * (best.stages[0].best - value) < -TOLERANCE * max(abs(value), 1e-9)
