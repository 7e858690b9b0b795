"""The plans within a margin of the best: the least and the most of anything over all of them, switches included."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from optimiser.analysis.members import with_rows
from optimiser.case.facts import Facts
from optimiser.case.table import Array
from optimiser.model.matrix import Model, Stage
from optimiser.solve.engine import Engine, Watch
from optimiser.solve.highs import solve
from optimiser.solve.linear import solve_linear
from optimiser.solve.problem import Problem, centre, snapped
from optimiser.solve.solution import Basis, Limits, SolverError, Stop

FUNDED = 1e-6
"""A level above this counts as funded."""
NODES = 100
"""Linear programs that are kept ready; where more are needed, the solver's own search takes over."""
PRIMAL, PATIENCE = 4, 1500
"""HiGHS's number of the primal simplex, which starts from a plan; iterations before a fresh start is the shorter way."""
EXACT = 1e-7
"""Two values of an objective that differ by a smaller share are the same."""


Node = tuple[tuple[int, float], ...]
"""Switches that are held (their number among the switches) and where."""


class Least:
    """The least of many costs over the same rows, switches included.

    Branches where a switch stands half-way. Each node keeps a basis from which another cost takes a hundredth of a
    second.
    """

    def __init__(self, model: Model, limits: Limits, stop: Stop | None) -> None:
        self.model, self.limits, self._stop = model, limits, stop or Stop()
        self._switches = np.flatnonzero(model.integer)
        self._problem = replace(Problem.of(model), integer=np.zeros(len(model.integer), bool))
        self._nodes: dict[Node, tuple[Problem, Basis | None] | None] = {}

    def least(self, cost: Array, known: float = np.inf) -> tuple[float, Array | None]:
        """The least value and a plan that has it; `known` and None where no plan is below this value."""
        best, plan = known, None
        todo: list[Node] = [()]
        while todo:
            held = todo.pop()
            if held not in self._nodes and len(self._nodes) >= NODES:
                return self._searched(cost)
            node = self._node(held)
            if node is None:
                continue
            x = self._solved(*node, cost, held_plan=True)[0]
            if x is None:
                raise SolverError("near-best plans were not found: a linear program that has plans gave none")
            value = float(np.dot(cost, x))
            if best - value <= EXACT * max(1.0, abs(value)):
                continue
            switches = x[self._switches]
            off = np.abs(switches - np.round(switches)) > 1e-9
            if not off.any():
                best, plan = value, x
                continue
            k = int(np.argmax(off))
            near = float(np.clip(np.round(switches[k]), 0.0, 1.0))
            todo += [tuple(sorted((*held, (k, 1.0 - near)))), tuple(sorted((*held, (k, near))))]
        return best, plan

    def _node(self, held: Node) -> tuple[Problem, Basis | None] | None:
        """The linear program with some switches held, and a basis with a plan; None where there is none."""
        if held not in self._nodes:
            lower, upper = self._problem.column_lower.copy(), self._problem.column_upper.copy()
            for k, side in held:
                lower[self._switches[k]] = upper[self._switches[k]] = side
            root = self._nodes.get(())
            problem = self._problem.bounded(lower, upper)
            x, basis = self._solved(problem, root[1] if root else None, self.model.stages[0].cost)
            self._nodes[held] = None if x is None else (problem, basis)
        return self._nodes[held]

    def _solved(
        self, problem: Problem, basis: Basis | None, cost: Array, held_plan: bool = False
    ) -> tuple[Array | None, Basis | None]:
        """The plan of least cost and its basis; from a basis that holds a plan, by the primal simplex."""
        scaled, watch = problem.cost(cost), Watch(self.limits, self._stop)
        if basis is not None and held_plan:
            engine = Engine(
                problem, scaled, centre(scaled), self.limits, solver="simplex", presolve="off",
                simplex_strategy=PRIMAL, simplex_iteration_limit=PATIENCE,
            )  # fmt: skip
            if engine.start_from(basis):
                out = engine.run(watch)
                if out.ending == "optimal" and out.x is not None:
                    return problem.real(snapped(problem, out.x)), out.basis
        found = solve_linear(problem, scaled, watch, basis, prove=False)
        if found.ending == "stopped":
            raise SolverError("near-best plans were not found within the time limit")
        return None if found.x is None else problem.real(found.x), found.basis

    def _searched(self, cost: Array) -> tuple[float, Array | None]:
        """By the solver's own search, where branching here takes too long."""
        found = solve(replace(self.model, stages=(Stage("least", cost),)), self.limits, stop=self._stop)
        if found.x is None or found.status == "stopped":
            raise SolverError("near-best plans were not found within the time limit")
        return float(np.dot(cost, found.x)), found.x


class Region:
    """The near-best plans: what is known of them, and how to ask for more."""

    def __init__(self, facts: Facts, model: Model, x: Array, margin: float, limits: Limits, stop: Stop | None) -> None:
        self.facts, self.model, self.limits, self._stop = facts, model, limits, stop
        stage = model.stages[0]
        self.cost, self.sign = stage.cost, stage.sign
        value = float(np.dot(self.cost, x))
        self.best = self.sign * value + 0.0
        self.allowed = margin * abs(value)
        level, spend = model.columns["level"], model.columns["spend"]
        size = facts.size("initiative")
        self.level_columns = [level.first + np.flatnonzero(level.keys["initiative"] == i) for i in range(size)]
        self.spend_columns = [spend.first + np.flatnonzero(spend.keys["initiative"] == i) for i in range(size)]
        entries = [(columns, np.ones(len(columns))) for columns in self.level_columns]
        self.with_levels = with_rows(model, "level of initiative", np.arange(size), entries, -np.inf, np.inf)
        used = np.flatnonzero(self.cost)
        hair = 1e-9 * max(abs(value), 1e-3 * float(np.median(np.abs(self.cost[used]))) if len(used) else 1.0)
        near = with_rows(
            model, "near best", np.zeros(1, int), [(used, self.cost[used])], -np.inf, value + self.allowed + hair
        )
        scale = float(np.abs(self.cost[used] * model.column_scale[used]).max(initial=1e-300))
        near.row_scale[-1] = 2.0 ** -np.round(np.log2(scale))
        self.near = Least(near, limits, stop)
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
        least = 0.0 if min(known) <= 1e-9 else self._extreme(columns, 1.0, min(known))
        known = [plan[i] for plan in seen]
        whole = seen is self.levels and max(known) >= 1 - 1e-9
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
        row = self.with_levels.rows["level of initiative"].first
        lower, upper = self.with_levels.row_lower.copy(), self.with_levels.row_upper.copy()
        for i, (level, best) in enumerate(zip(self.levels[k], self.levels[0], strict=True)):
            if level <= FUNDED:
                upper[row + i] = 0.0
            elif best <= FUNDED:
                lower[row + i] = part * level - 1e-7
            elif cuts and level < best:
                upper[row + i] = best + part * (level - best) + 1e-7
        found = solve(replace(self.with_levels, row_lower=lower, row_upper=upper), self.limits, stop=self._stop)
        self.keep(self.plans[k] if found.x is None else found.x)
        return len(self.plans) - 1

    def lost(self, k: int) -> float:
        """What plan k gives up of the objective."""
        return max(0.0, float(np.dot(self.cost, self.plans[k] - self.plans[0])))
