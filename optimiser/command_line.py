"""The command line: data on standard output, everything else on standard error, an exit status that scripts can read."""

from __future__ import annotations

import gc
import os
import sys
from typing import Annotated

import typer

from optimiser import __version__
from optimiser.commands import (
    bring,
    care,
    core,
    debate,
    environment,
    history,
    intake,
    interrupt,
    outlook,
    papers,
    reviews,
    rules,
    tables,
    together,
    what_if,
    why,
)
from optimiser.commands.base import Exit, complain

HELP = """\
Who gets what when agencies share money and people: a plan that keeps every rule, proven best, and says why.

\b
Three steps:
  optimiser new my-case.xlsx               an empty workbook to fill in (Agencies, Funds, Initiatives are enough)
  optimiser check my-case.xlsx             every fault, with its sheet, cell and cure
  optimiser solve my-case.xlsx -o plan.xlsx    the plan, proven and in whole dollars

\b
To look first:
  optimiser new try.xlsx --example gun-violence
  optimiser app                            the same in the browser, on this machine only

\b
Exit status: 0 done, 1 internal error, 2 usage, 3 invalid data (or a broken plan), 4 infeasible, 5 stopped at a limit,
130 interrupted.

\b
Environment variables:
{variables}
"""

app = typer.Typer(
    help=HELP.format(variables=environment.lines()),
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    """Says the versions that a plan depends on, read from what is installed without starting a solver."""
    if wanted:
        from importlib.metadata import version

        python = ".".join(map(str, sys.version_info[:3]))
        solvers = f"HiGHS {version('highspy')}, PuLP {version('PuLP')}"
        sys.stdout.write(f"optimiser {__version__} ({solvers}, Python {python})\n")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Say the versions of the program and its solvers.", callback=_version, is_eager=True
        ),
    ] = False,
) -> None:
    pass


for commands in (
    core,
    bring,
    intake,
    rules,
    what_if,
    outlook,
    papers,
    tables,
    history,
    together,
    why,
    debate,
    reviews,
    care,
):
    commands.register(app)


def main() -> None:
    """Runs the command line; what goes wrong inside is said in a sentence, with status 1."""
    # One command makes no garbage worth collecting early; looking for it takes a tenth of a short run.
    gc.set_threshold(200_000, 50, 50)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        interrupt.heeding(app)
    except Exception as error:
        if os.environ.get("OPTIMISER_DEBUG"):
            raise
        from optimiser.solvers.solution import Unsettled

        if isinstance(error, Unsettled):
            complain(f"{error}: raise time_limit on the sheet Case, or ask for less.")
            sys.exit(Exit.STOPPED)
        complain(f"Something went wrong inside the program ({type(error).__name__}: {error}). Nothing was changed.")
        complain("Set OPTIMISER_DEBUG=1 and run it again to see where, and report it with the workbook if you may.")
        sys.exit(Exit.INTERNAL)


if __name__ == "__main__":
    main()
