"""The work of a sweep: each task solved, the first objective's value from the base's basis or the whole plan afresh.

No task starts from another one, so it does not matter which process solves what, and in which order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property, partial

from optimiser.analysis.asking.solved import run
from optimiser.analysis.sweeps.result import ChangeRow, Depth, Result, SweepJob, Task
from optimiser.analysis.uncertain.draws import Draws, drawn, draws
from optimiser.case.case import Case
from optimiser.case.checking.checks import ERRORS
from optimiser.case.checking.net import caught
from optimiser.case.faults import InvalidCase
from optimiser.case.reading.workbook import Tables
from optimiser.case.scenario.apply import applied, changes_of
from optimiser.case.settings import parse_objective
from optimiser.case.tolerances import NOTHING
from optimiser.model.program import Program
from optimiser.model.renew import Renewal
from optimiser.model.rules import RuleError, compile_rules
from optimiser.plan.tables import Plan
from optimiser.solvers.again import DIGITS, Again
from optimiser.solvers.highs import solve
from optimiser.solvers.solution import SolveLimits, SolverError
from optimiser.verbs import apply_changes


class Worker:
    """A job, ready for its tasks; each process has one."""

    def __init__(self, job: SweepJob) -> None:
        self.job = job
        self._sweepers: dict[str, Sweeper] = {}
        self._drawn: tuple[str, Draws] | None = None

    def result(self, task: Task) -> Result:
        """What one task gives."""
        sweeper = self._sweeper(task.objective)
        if task.draw is None:
            found = sweeper.result(task.name, task.rows)
        else:
            found = sweeper.told(task.name, partial(self._case, task, task.draw))
        return replace(found, scenario=task.scenario, aim=task.objective, draw=task.draw)

    def _sweeper(self, objective: str) -> Sweeper:
        if objective not in self._sweepers:
            self._sweepers[objective] = Sweeper(self.job.case, self.job.depth, objective)
        return self._sweepers[objective]

    def _case(self, task: Task, draw: int) -> Case:
        """The scenario's case in one draw; every scenario meets the same draws, since they share the seed."""
        if self._drawn is None or self._drawn[0] != task.scenario:
            case = apply_changes(self.job.case, task.rows) if task.rows else self.job.case
            self._drawn = task.scenario, draws(case, self.job.draws, self.job.seed)
        found = self._drawn[1]
        case = drawn(found.case, found.numbers, found.at[draw].tolist())
        return replace(case, settings=found.case.settings)  # with the objectives that the scenario has


class Sweeper:
    """A case, ready for many scenarios."""

    def __init__(self, case: Case, depth: Depth = "value", objective: str = "") -> None:
        """objective: in place of the case's own, and of that of every scenario."""
        self.depth, self._objective = depth, parse_objective(objective) if objective else None
        self.case = self._aimed(case)

    def _aimed(self, case: Case) -> Case:
        if self._objective is None:
            return case
        return replace(case, settings=replace(case.settings, objective=self._objective))

    @cached_property
    def _renewal(self) -> Renewal:
        return Renewal(self.case.facts, compile_rules(self.case.facts))

    @cached_property
    def _again(self) -> Again | None:
        """The base's linear program; None where there are switches, or the base has no plan."""
        if self._renewal.model.integer.any():
            return None
        try:
            return Again(self._renewal.model, SolveLimits.of(self.case.settings))
        except SolverError:
            return None

    def result(self, name: str, rows: Sequence[ChangeRow]) -> Result:
        """What one scenario gives."""
        change = apply_changes if self.depth == "plan" else _changed
        return self.told(name, partial(change, self.case, rows) if rows else lambda: self.case)

    def result_of(self, name: str, case: Case) -> Result:
        """What another case gives."""
        return self.told(name, lambda: case)

    def told(self, name: str, make: Callable[[], Case]) -> Result:
        """What another case gives, with as much of this one's model as it shares; make: raises InvalidCase where it is none."""
        try:
            case = self._aimed(make())
            return planned(name, run(case).plan) if self.depth == "plan" else self._valued(name, case)
        except InvalidCase as invalid:
            return Result(name, "invalid", faults=tuple(str(f) for f in invalid.faults if f.level == "error"))
        except RuleError as error:
            return Result(name, "invalid", faults=(str(error),))

    def _valued(self, name: str, case: Case) -> Result:
        facts, rules = case.facts, compile_rules(case.facts)
        renewed = self._renewal.of(facts, rules) if self._again is not None else None
        if renewed is None or self._again is None:
            return _afresh(name, case)
        found = self._again.value(renewed)
        return Result(name, found.status, found.best, _kept(found.gap))


def _changed(case: Case, rows: Sequence[ChangeRow]) -> Case:
    """The case after the changes, checked as far as numbers can be wrong; the meaning of rules shows when they are read."""
    made = applied(Tables(case.tables), changes_of(rows))
    if made.broken:
        raise InvalidCase(made.faults)
    if "Case" in made.edited:
        return apply_changes(case, rows)
    found = [fault for sheet, look in ERRORS for fault in caught(sheet, partial(look, made.tables))]
    errors = [fault for fault in found if fault.level == "error"]
    if errors:
        raise InvalidCase(errors)
    return Case(made.tables.tables, case.settings)


def _afresh(name: str, case: Case) -> Result:
    """The best value of a case whose columns or rows are not those of the base, or that has switches."""
    model = Program.of(case).model
    found = solve(model.alone(), SolveLimits.of(case.settings))
    best = found.stages[0].best if found.stages and found.x is not None else None
    return Result(name, found.status, None if best is None else float(f"{best:.{DIGITS}g}"), _kept(found.gap))


def _kept(gap: float | None) -> float | None:
    """A gap as far as it means anything: below 1e-9 it is none."""
    return None if gap is None else 0.0 if gap <= NOTHING else float(f"{gap:.3g}")


def planned(name: str, plan: Plan) -> Result:
    """The figures of a plan."""
    if not plan.has_plan:
        return Result(name, plan.status)
    awards, received = plan.tables["Awards"], plan.tables["Received"]
    return Result(
        name,
        plan.status,
        plan.objective,
        plan.gap,
        plan.impact,
        float(plan.tables["Spend"]["money"].sum()),
        dict(zip(awards["initiative"].tolist(), awards["award"].tolist(), strict=True)),
        dict(zip(received["agency"].tolist(), received["received"].tolist(), strict=True)),
    )
