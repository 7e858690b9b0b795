"""The plans within a margin of the best: the least and the most of anything over all of them, switches included."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from optimiser.case.facts import Facts
from optimiser.case.table import Array
from optimiser.case.tolerances import AT_BOUND, FUNDED, HAIR, LEAST, LEAST_FLOAT, NO_GAIN
from optimiser.model.extend import with_row, with_rows
from optimiser.model.matrix import Model
from optimiser.solvers.highs import solve
from optimiser.solvers.linear import extended
from optimiser.solvers.problem import size as size_of
from optimiser.solvers.solution import Basis, SolveLimits, SolverError, Stop
from optimiser.solvers.value import Values


class Least:
    """The least of many costs over the same rows, switches included: one loaded program that goes from cost to cost."""

    def __init__(self, model: Model, limits: SolveLimits, stop: Stop | None, basis: Basis | None = None) -> None:
        """basis: of one of its plans, without its last rows."""
        self._model, self._limits, self._stop = replace(model, stages=model.stages[:1], ties=()), limits, stop or Stop()
        self._values = Values(self._model, limits, basis=extended(basis, len(model.row_lower)), stop=stop)

    def least(self, cost: Array, known: float = np.inf) -> tuple[float, Array | None]:
        """The least value and a plan that has it; `known` and None where no plan is below this value."""
        self._values.set_objective(cost)
        below = known - NO_GAIN * max(1.0, abs(known)) if np.isfinite(known) else known
        try:
            found = self._values.best(below)
            x = None if found is None else found.x
        except SolverError:
            if self._stop.stopped:
                raise
            x = self._afresh(cost)
        if x is None:
            if np.isfinite(known):
                return known, None
            raise SolverError("near-best plans were not found: a program that has plans gave none")
        value = float(np.dot(cost, x))
        return (value, x) if value < below else (known, None)

    def _afresh(self, cost: Array) -> Array | None:
        """The same by a whole solve, where the quick way from the question before was lost."""
        stage = replace(self._model.stages[0], cost=cost)
        return solve(replace(self._model, stages=(stage,)), self._limits, stop=self._stop).x


class Region:
    """The near-best plans: what is known of them, and how to ask for more."""

    def __init__(
        self, facts: Facts, model: Model, x: Array, margin: float, limits: SolveLimits, stop: Stop | None,
        basis: Basis | None = None,
    ) -> None:  # fmt: skip
        """x, basis: of the best plan."""
        self.facts, self.model = facts, model
        stage = model.stages[0]
        self.cost, self.sign = stage.cost, stage.sign
        value = float(np.dot(self.cost, x))
        self.best = self.sign * value + 0.0
        self.allowed = margin * abs(value)
        level, spend = model.columns["level"], model.columns["spend"]
        size = facts.size("initiative")
        self.level_columns = [level.where(initiative=i) for i in range(size)]
        self.spend_columns = [spend.where(initiative=i) for i in range(size)]
        entries = [(columns, np.ones(len(columns))) for columns in self.level_columns]
        keys = {"initiative": np.arange(size)}
        self.with_levels = with_rows(model, "level of initiative", keys, entries, -np.inf, np.inf)
        used = np.flatnonzero(self.cost)
        hair = HAIR * size_of(value, self.cost)
        largest = float(np.abs(self.cost[used] * model.column_scale[used]).max(initial=LEAST_FLOAT))
        scale = float(2.0 ** -np.round(np.log2(largest)))
        near = with_row(model, "near best", self.cost, -np.inf, value + self.allowed + hair, scale)
        self.near = Least(near, limits, stop, basis)
        start = extended(basis, len(self.with_levels.row_lower))
        self._bettering = Values(self.with_levels, limits, basis=start, stop=stop)
        self.plans: list[Array] = []
        self.levels: list[Array] = []
        self.awards: list[Array] = []
        self.keep(x)

    def keep(self, x: Array) -> None:
        """Remember a near-best plan."""
        self.plans.append(x)
        self.levels.append(np.array([x[c].sum() for c in self.level_columns]))
        self.awards.append(np.array([x[c].sum() for c in self.spend_columns]))

    def range_of(self, i: int) -> tuple[tuple[float, float], tuple[float, float]]:
        """Least and most level, least and most award of an initiative over all near-best plans."""
        level = self._range(self.level_columns[i], self.levels, i)
        factor = self._proportional(i)
        award = (
            (factor * level[0], factor * level[1])
            if factor is not None
            else self._range(self.spend_columns[i], self.awards, i)
        )
        return level, award

    def _proportional(self, i: int) -> float | None:
        """Money for one unit of level, where that is one number."""
        f = self.facts
        factors = np.unique(f.cost_factor[f.partner_initiative == i])
        hires = np.any(self.model.columns["hire"].keys["initiative"] == i)
        return float(f.request[i] * factors[0]) if len(factors) == 1 and not hires else None

    def _range(self, columns: Array, seen: list[Array], i: int) -> tuple[float, float]:
        known = [plan[i] for plan in seen]
        least = 0.0 if min(known) <= FUNDED else self._extreme(columns, 1.0, min(known))
        known = [plan[i] for plan in seen]
        whole = seen is self.levels and max(known) >= 1 - HAIR
        return least, (1.0 if whole else -self._extreme(columns, -1.0, -max(known)))

    def _extreme(self, columns: Array, sign: float, known: float) -> float:
        if not len(columns):
            return 0.0
        cost = np.zeros(len(self.cost))
        cost[columns] = sign
        value, x = self.near.least(cost, known)
        if x is not None:
            self.keep(x)
        return value + 0.0

    def unlike(self, chosen: Sequence[int]) -> None:
        """Keep a plan that is as unlike those chosen as a linear objective can make it."""
        cost = np.zeros(len(self.cost))
        for i, columns in enumerate(self.level_columns):
            mean = float(np.mean([self.levels[k][i] for k in chosen]))
            cost[columns] = 2 * mean - 1
        _, x = self.near.least(cost)
        assert x is not None
        self.keep(x)

    def improved(self, k: int, part: float, cuts: bool) -> int:
        """The number of a plan that is different from the best one as plan k is, and gives up the least for it.

        part: what is added must have this share of what plan k gives it, and (with cuts) what is cut be cut by it.
        """
        family = self.with_levels.rows["level of initiative"]
        lower, upper = np.full(family.size, -np.inf), np.full(family.size, np.inf)
        for i, (level, best) in enumerate(zip(self.levels[k], self.levels[0], strict=True)):
            if level <= LEAST:
                upper[i] = 0.0
            elif best <= LEAST:
                lower[i] = part * level - AT_BOUND
            elif cuts and level < best:
                upper[i] = best + part * (level - best) + AT_BOUND
        self._bettering.set_rows(family.positions, lower, upper)
        found = self._bettering.best()
        self.keep(self.plans[k] if found is None else found.x)
        return len(self.plans) - 1

    def lost(self, k: int) -> float:
        """What plan k gives up of the objective."""
        return max(0.0, float(np.dot(self.cost, self.plans[k] - self.plans[0])))
