"""explain: why, in sentences; of a case without a plan, the conflict and its cheapest repairs."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optimiser.commands.base import CaseFile, Copy, Exit, Json, leave, print_json, read_case, say, write_copy

if TYPE_CHECKING:
    from optimiser.analysis.limits.move_costs import Costs
    from optimiser.analysis.reasons.explain import Explanation
    from optimiser.plan.tables import Plan

WORKERS = min(2, os.cpu_count() or 1)
_EVERY = 0.5
"""Seconds between two lines of progress."""


def explain(
    case: CaseFile,
    name: Annotated[
        str | None,
        typer.Argument(
            help="Only this: an initiative, a fund, an agency, a role or a rule, by its key or its name.",
            show_default=False,
        ),
    ] = None,
    part: Annotated[
        list[str] | None,
        typer.Option(
            help="Only this part: initiatives, prices, rules, audit, core, pooling, conflict or repairs; several are possible."
        ),
    ] = None,
    scenario: Annotated[list[str] | None, typer.Option(help="Of this scenario; several are stacked in order.")] = None,
    margin: Annotated[
        float, typer.Option(help="How far from the best a plan may be (as a share) and still be near-best.")
    ] = 0.01,
    cost: Annotated[
        list[str] | None,
        typer.Option(help="What a change costs, for repairs: money=1, fte_period=9000, level=…, outcome=…"),
    ] = None,
    repair: Annotated[
        int | None, typer.Option(help="Keep this repair, by its number, as a scenario; with -o.", show_default=False)
    ] = None,
    output: Copy = None,
    statutes: Annotated[
        bool,
        typer.Option(
            "--statutes", help="What is proposed may change what a statute says too; whose waiver that takes is said."
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Say why each initiative got what it got and what would change it, why a fund keeps money, what each limit and rule is worth, or why no plan is possible."""
    say(f"Reading {case}")
    read = read_case(case, scenario or ())
    from optimiser.analysis.reasons import explain as explaining

    if (repair is None) != (output is None):
        leave(Exit.USAGE, "To keep a repair as a scenario give its number and the copy: --repair 1 -o COPY.xlsx.")
    try:
        found = explaining.explain(
            read, name, part, margin=margin, costs=_costs(cost or ()), statutes=statutes, progress=_Told(),
            told=None if as_json else partial(print, flush=True), workers=WORKERS,
        )  # fmt: skip
    except ValueError as error:
        leave(Exit.USAGE, str(error))
    if as_json:
        print_json(found.json())
    if repair is not None and output is not None:
        _kept(found, repair, output)
    if found.status == "infeasible":
        leave(Exit.INFEASIBLE)
    if found.status == "stopped":
        leave(Exit.STOPPED)


def _costs(written: Sequence[str]) -> Costs:
    """`fte_period=9000` and the like."""
    from optimiser.analysis.limits.move_costs import Costs

    known = [field.name for field in fields(Costs)]
    made: dict[str, float] = {}
    for text in written:
        name, _, number = text.partition("=")
        try:
            made[name.strip()] = float(number)
        except ValueError:
            name = ""
        if name.strip() not in known or not made[name.strip()] >= 0:
            leave(
                Exit.USAGE,
                f"{text} is no cost: write a kind and a number, such as money=1; kinds are {', '.join(known)}.",
            )
    return Costs(**made)


def _kept(found: Explanation, number: int, output: Path) -> None:
    """The copy of the case with a repair as a scenario."""
    from optimiser.analysis.reasons.repair import as_scenario

    if not 1 <= number <= len(found.repairs):
        leave(Exit.USAGE, f"There is no repair {number}: {len(found.repairs)} were found.")
    try:
        case = as_scenario(found.case, found.repairs[number - 1], f"repair {number}")
    except ValueError as error:
        leave(Exit.USAGE, f"{error}.")
    write_copy(case, output)
    say(f"{output} holds the scenario repair {number}: optimiser solve {output} --scenario 'repair {number}'")


def of_plan(plan: Plan) -> Explanation:
    """The explanation of a plan, for its workbook."""
    from optimiser.analysis.reasons import explain as explaining

    parts = [part for part in explaining.PARTS if part != "pooling"]
    return explaining.explain(plan.case, parts=parts, plan=plan, progress=_Told(), workers=WORKERS)


class _Told:
    """Says on standard error what is being looked at, not more often than twice a second."""

    def __init__(self) -> None:
        self.started, self.said = time.perf_counter(), -1.0

    def __call__(self, line: str) -> None:
        seconds = time.perf_counter() - self.started
        if self.said < 0 or seconds - self.said >= _EVERY:
            self.said = seconds
            say(f"{seconds:5.1f} s  {line} …")
