"""pooling: what a partnership is worth to each of its agencies."""

from __future__ import annotations

from typing import Annotated

import typer

from optimiser.commands.base import CaseFile, Exit, Json, Progress, command, leave, print_json, read_case


def register(app: typer.Typer) -> None:
    """Add these commands."""
    command(app, pooling)


def pooling(
    case: CaseFile,
    scenario: Annotated[list[str] | None, typer.Option(help="In this scenario; several are stacked in order.")] = None,
    as_json: Json = False,
) -> None:
    """What pooling is worth: each agency alone, its share of the whole, and whether any group does better by leaving."""
    from optimiser.analysis.together.pooling import pooling as of_case
    from optimiser.report.documents import pooling_text
    from optimiser.solvers.solution import SolverError

    read = read_case(case, scenario or ())
    try:
        with Progress("solving for groups of agencies") as progress:
            found = of_case(read, progress=progress.line)
    except SolverError as error:
        leave(Exit.STOPPED, f"{error}.")
    if as_json:
        print_json(found.json())
    else:
        print(pooling_text.text(found))
