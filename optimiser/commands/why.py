"""explain: why, in sentences; of a case without a plan, the conflict and its cheapest repairs."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Annotated

import typer

from optimiser.commands.base import CaseFile, Exit, Json, leave, print_json, read_case, say

if TYPE_CHECKING:
    from optimiser.analysis.explain import Explanation
    from optimiser.plan.tables import Plan

WORKERS = 2
_EVERY = 0.5
"""Seconds between two lines of progress."""


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(explain)


def explain(
    case: CaseFile,
    initiative: Annotated[
        str | None, typer.Argument(help="Only this initiative: its key or its name.", show_default=False)
    ] = None,
    part: Annotated[
        list[str] | None,
        typer.Option(
            help="Only this part: initiatives, prices, rules, audit, conflict or repairs; several are possible."
        ),
    ] = None,
    scenario: Annotated[list[str] | None, typer.Option(help="Of this scenario; several are stacked in order.")] = None,
    as_json: Json = False,
) -> None:
    """Say why each initiative got what it got and what would change it, what each limit and rule is worth, or why no plan is possible."""
    say(f"Reading {case}")
    read = read_case(case, scenario or ())
    from optimiser.analysis import explain as explaining

    workers = min(WORKERS, os.cpu_count() or 1)
    try:
        found = explaining.explain(
            read, initiative, part, progress=_Told(), told=None if as_json else _print, workers=workers
        )
    except ValueError as error:
        leave(Exit.USAGE, str(error))
    if as_json:
        print_json(found.json())
    if found.status == "infeasible":
        leave(Exit.INFEASIBLE)
    if found.status == "stopped":
        leave(Exit.STOPPED)


def of_plan(plan: Plan) -> Explanation:
    """The explanation of a plan, for its workbook."""
    from optimiser.analysis import explain as explaining

    return explaining.explain(plan.case, plan=plan, progress=_Told(), workers=min(WORKERS, os.cpu_count() or 1))


def _print(line: str) -> None:
    print(line, flush=True)


class _Told:
    """Says on standard error what is being looked at, not more often than twice a second."""

    def __init__(self) -> None:
        self.started, self.said = time.perf_counter(), -1.0

    def __call__(self, line: str) -> None:
        seconds = time.perf_counter() - self.started
        if self.said < 0 or seconds - self.said >= _EVERY:
            self.said = seconds
            say(f"{seconds:5.1f} s  {line} …")
