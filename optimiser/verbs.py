"""The verbs that command line, app and Python share: read, check, solve, verify."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from optimiser import __version__
from optimiser.case.case import Case
from optimiser.case.checking.checks import check as check_tables
from optimiser.case.checking.net import FAILED, caught
from optimiser.case.faults import Fault, InvalidCase, gathered
from optimiser.case.reading.reader import open_book
from optimiser.case.reading.sheets import RawBook
from optimiser.case.reading.workbook import Rows, Source, Tables, in_order, tables_from, tables_of
from optimiser.case.scenario.apply import Applied, applied, changes, changes_of, check_scenarios, consequences
from optimiser.case.settings import parse_objective, read_settings
from optimiser.model.check import check_meaning, check_selections
from optimiser.model.matrix import Model
from optimiser.model.program import Program
from optimiser.model.rule_checks import check_rules
from optimiser.plan import second
from optimiser.plan.answer import answer
from optimiser.plan.tables import Plan
from optimiser.plan.verify import Broken
from optimiser.plan.verify import verify as verify_tables
from optimiser.solvers.engine import highs_version
from optimiser.solvers.solution import Solution, SolveLimits, Stop

if TYPE_CHECKING:
    from pathlib import Path

Progress = Callable[[dict[str, float | None]], None]


def check(source: Source, *, guarded: bool = False) -> tuple[Case | None, tuple[Fault, ...]]:
    """The case of a workbook (None where it has an error) and every fault and warning; those of one cause are one.

    guarded: read in a child process with limited memory and time, for files that others uploaded.
    """
    return check_book(open_book(source, guarded=guarded))


def check_book(book: RawBook) -> tuple[Case | None, tuple[Fault, ...]]:
    """As check, of worksheets that were read."""
    case, faults = _checked(tables_of(book))
    told = tuple(gathered(faults))
    return (None if case is None else case.warned(told)), told


def read(source: Source, *, guarded: bool = False) -> Case:
    """The case of a workbook. Raises InvalidCase with every fault, OSError where the file cannot be opened."""
    return _required(*check(source, guarded=guarded))


def case_from(records: Mapping[str, Rows]) -> Case:
    """A case from tables: sheet -> DataFrame, or list of {column: value}.

    Raises InvalidCase with every fault, TypeError for what is no table.
    """
    return _required(*_checked(tables_from(records)))


def solved_case(tables: Tables) -> Case:
    """The case of tables that were solved before: its scenarios are not tried, since they may fit another state.

    Raises InvalidCase with every fault.
    """
    return _required(*_checked(tables, scenarios=False))


def check_records(records: Mapping[str, Rows]) -> tuple[Case | None, tuple[Fault, ...]]:
    """As check, from plain records; each cell has its own fault, since the app mends them one by one."""
    return _checked(tables_from(records))


def scenario(case: Case, name: str, *more: str) -> Case:
    """The case after the changes of a scenario, and of further ones on top of it; `base` changes nothing.

    Raises ValueError for a name that is no scenario, InvalidCase where a change matches nothing or breaks the case.
    """
    for one in (name, *more):
        listed = changes(case.tables["Scenarios"], one)
        case = _changed(case, applied(Tables(case.tables), listed), one) if listed else case
    return case


def apply_changes(case: Case, rows: Sequence[Mapping[str, object]]) -> Case:
    """The case after changes that stand on no sheet: records with `sheet`, `where`, `column` and `change`.

    Raises InvalidCase where a change matches nothing or breaks the case.
    """
    return _changed(case, applied(Tables(case.tables), changes_of(rows)), "")


def _changed(before: Case, made: Applied, name: str) -> Case:
    """The case of changed tables, checked as a workbook is."""
    if made.broken:
        raise InvalidCase(made.faults)
    case, faults = _checked(made.tables, scenarios=False)
    told = (*made.faults, *consequences(faults, made, name, before.warnings))
    if case is None:
        raise InvalidCase(told)
    return case.warned(told, (*before.applied, *([name] if name else [])))


def _checked(tables: Tables, *, scenarios: bool = True) -> tuple[Case | None, tuple[Fault, ...]]:
    if tables.untitled:  # records of a whole sheet are missing: whatever else was found would speak of that
        return None, tables.faults
    with np.errstate(all="ignore"):  # of numbers too large to calculate with, the faults tell
        faults = [*tables.faults, *_look(tables)]
        case = Case(tables.tables, read_settings(tables["Case"])[0])
        found = caught("Rules", lambda: check_meaning(tables, case.facts))
        if _broken(faults) and any(f.code == FAILED for f in found):
            # A case with errors may not even make arrays; its rules are looked at in part, and when these are mended.
            found = caught("Rules", lambda: check_selections(tables, case.settings))
        faults += found
        if scenarios and not _broken(faults):
            faults += check_scenarios(tables, _look)
    ordered = tuple(in_order(faults))
    return (None if _broken(faults) else case.warned(ordered)), ordered


def _look(tables: Tables) -> list[Fault]:
    """Faults that the cells show without what they mean together."""
    return [*check_tables(tables), *check_rules(tables)]


def _broken(faults: Sequence[Fault]) -> bool:
    return any(f.level == "error" for f in faults)


def _required(case: Case | None, faults: tuple[Fault, ...]) -> Case:
    if case is None:
        raise InvalidCase(faults)
    return case


def solve(
    case: Case,
    *,
    objective: str | None = None,
    solver: str = "highs",
    time_limit: float | None = None,
    stop: Stop | None = None,
    progress: Progress | None = None,
) -> Plan:
    """The best plan of a case, rounded, verified and proven as far as it can be.

    objective: in place of the case's own, such as `impact within 2% > fairness`; solver: `highs`, or any that PuLP
    knows; time_limit: seconds, in place of the case's; stop: ends the solve from another thread with the best plan so
    far; progress: called during a search with best, bound, gap and seconds.
    Raises ValueError for an objective or a solver that is not known and for what is no time, TypeError for what is no text.
    """
    for what, given in (("objective", objective), ("solver", solver)):
        if not isinstance(given, str) and (what, given) != ("objective", None):
            how = "impact within 2% > fairness" if what == "objective" else "highs"
            raise TypeError(f"The {what} is a text, such as {how!r}; found {type(given).__name__}.")
    if objective is not None:
        case = replace(case, settings=replace(case.settings, objective=parse_objective(objective)))
    limits = SolveLimits.of(case.settings, time_limit)
    return _planned(case, limits, solver, stop, progress)[0]


def solved(case: Case) -> tuple[Plan, Solution]:
    """The best plan, with the solver's own answer, where the solve of a case that differs little may begin."""
    return _planned(case, SolveLimits.of(case.settings), "highs", None, None)


def _planned(
    case: Case, limits: SolveLimits, solver: str, stop: Stop | None, progress: Progress | None
) -> tuple[Plan, Solution]:
    started = time.perf_counter()
    program = Program.of(case)
    built = time.perf_counter()
    solution = _solved(program.model, limits, solver, stop, progress)
    if stop is not None:
        stop.hear()
    seconds = {"build": built - started, "solve": time.perf_counter() - built}
    plan = answer(program, solution, seconds, versions(solver), solver)
    return second.asked(plan, program.model, limits.time_limit - seconds["solve"], stop), solution


def _solved(model: Model, limits: SolveLimits, solver: str, stop: Stop | None, progress: Progress | None) -> Solution:
    if solver.lower() == "highs":
        from optimiser.solvers.highs import solve as by_highs

        return by_highs(model, limits, stop=stop, progress=progress)
    from optimiser.solvers.gateway import solve_with

    return solve_with(model, solver, limits)


def verify(plan: Plan) -> list[Broken]:
    """What the plan breaks, found without a solver from its tables alone; empty where it keeps everything."""
    return verify_tables(plan.case, plan.tables, whole=plan.proof.whole) if plan.has_plan else []


def versions(solver: str = "highs") -> dict[str, str]:
    """Versions of what a plan depends on."""
    made = {"python": platform.python_version(), "optimiser": __version__, "highspy": highs_version()}
    if solver.lower() != "highs":
        from importlib.metadata import version

        made["pulp"] = version("PuLP")
    return made


def write_model(case: Case, path: str | Path) -> None:
    """The linear program as an .lp or .mps file, in the units of the case."""
    from optimiser.solvers.gateway import write_model as write

    write(Program.of(case).model, path)
