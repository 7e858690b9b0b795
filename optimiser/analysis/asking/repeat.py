"""One linear program asked again and again with other numbers: what it is worth each time.

Where only numbers differ, each answer starts from the first one's basis and takes a small part of a whole solve's time;
where rows or columns differ, or many switches have to be chosen, the program is solved afresh. No answer depends on an earlier one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from optimiser.case.case import Case
from optimiser.case.table import Array
from optimiser.case.tolerances import SWITCH
from optimiser.model.matrix import Model
from optimiser.model.program import Program
from optimiser.model.renew import Renewal, Renewed
from optimiser.model.rules import compile_rules
from optimiser.solvers.again import DIGITS, Again, Value
from optimiser.solvers.highs import solve
from optimiser.solvers.solution import SolveLimits, SolverError, settled_plan

BRANCHES = 60
"""Linear programs that a choice of switches may take before the whole is solved afresh."""
Ceiling = Callable[[Model], Array]
"""Gives the most that each column of a model may be, beside its own limit."""


class _Numbers:
    """The program of a case with other numbers; the last one is kept, for questions that share it."""

    def __init__(self, case: Case) -> None:
        self._renewal = Renewal(case.facts, compile_rules(case.facts))
        self.model = self._renewal.model
        self._last: tuple[Case, Renewed | None] | None = None

    def of(self, case: Case) -> Renewed | None:
        if self._last is None or self._last[0] is not case:
            self._last = case, self._renewal.of(case.facts, compile_rules(case.facts))
        return self._last[1]


class Repeat:
    """The first objective of a case, ready to be asked for with other numbers."""

    def __init__(
        self, case: Case, ceiling: Ceiling | None = None, *, any_plan: bool = False, beside: Repeat | None = None
    ) -> None:
        """ceiling: limits of columns beside the case's own; any_plan: ask only whether there is a plan; beside: of the
        same case, which is asked with the same numbers just before."""
        self._ceiling, self._any = ceiling, any_plan
        self._limits = SolveLimits.of(case.settings)
        self._numbers: _Numbers = _Numbers(case) if beside is None else beside._numbers
        model = self._made(self._numbers.model)
        self._most = None if ceiling is None else ceiling(model)
        self._switches, self._sign = np.flatnonzero(model.integer), model.stages[0].sign
        try:
            self._again: Again | None = Again(replace(model, integer=np.zeros_like(model.integer)), self._limits)
        except SolverError:
            self._again = None

    def value(self, case: Case) -> float | None:
        """The best value with the numbers of this case (0 where only a plan is asked for), to 10 significant digits;
        None where there is no plan. Raises Unsettled where that was not found out in time."""
        made = self._numbers.of(case) if self._again is not None else None
        if made is None or self._again is None:
            return self._afresh(case)
        upper = made.column_upper if self._most is None else np.minimum(made.column_upper, self._most)
        lower = np.minimum(made.column_lower, upper)
        cost = np.zeros_like(made.cost) if self._any else made.cost
        found = self._searched(self._again, replace(made, column_lower=lower, column_upper=upper, cost=cost))
        return self._afresh(case) if found is None else found.best

    def _searched(self, again: Again, made: Renewed) -> Value | None:
        """The best with whole switches, by branching on those that come out between 0 and 1; None where that is long."""
        best = Value("infeasible")
        waiting = [(made.column_lower, made.column_upper)]
        for _ in range(BRANCHES):
            if not waiting:
                return best
            lower, upper = waiting.pop()
            found = again.value(replace(made, column_lower=lower, column_upper=upper))
            if found.status == "stopped":
                return None
            if found.x is None or found.best is None:
                continue
            if best.best is not None and self._sign * found.best >= self._sign * best.best:
                continue
            switches = found.x[self._switches]
            parts = np.abs(switches - np.round(switches))
            if parts.max(initial=0.0) <= SWITCH:
                best = found
                continue
            at = self._switches[int(np.argmax(parts))]
            off, on = upper.copy(), lower.copy()
            off[at], on[at] = 0.0, 1.0
            waiting += [(lower, off), (on, upper)]
        return None

    def _made(self, model: Model) -> Model:
        """The model with its first stage alone, below the ceiling."""
        model = model.alone()
        if self._any:
            stage = model.stages[0]
            model = replace(model, stages=(replace(stage, cost=np.zeros_like(stage.cost)),))
        if self._ceiling is None:
            return model
        upper = np.minimum(model.column_upper, self._ceiling(model))
        return replace(model, column_upper=upper, column_lower=np.minimum(model.column_lower, upper))

    def _afresh(self, case: Case) -> float | None:
        found = solve(self._made(Program.of(case).model), self._limits)
        return None if settled_plan(found) is None else float(f"{found.stages[0].best:.{DIGITS}g}") + 0.0
