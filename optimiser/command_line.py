"""The command line: data on standard output, everything else on standard error, an exit status that scripts can read."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
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
from optimiser.commands.base import Exit, command, complain
from optimiser.commands.streams import unbroken

HELP = """\
Who gets what when agencies share money and people: a plan that keeps every rule, proven best, and says why.

\b
Three steps:
  optimiser new case.xlsx                 an empty workbook; Agencies, Funds
                                          and Initiatives are enough
  optimiser check case.xlsx               every fault, with its cell and cure
  optimiser solve case.xlsx -o plan.xlsx  the plan, proven, in whole dollars

\b
To look first:
  optimiser new try.xlsx --example gun-violence
  optimiser app                           the same in the browser

\b
Exit status:
  0 done, 1 internal error, 2 usage, 3 invalid data or a broken plan,
  4 infeasible, 5 stopped at a limit, 130 interrupted

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


COMMANDS: dict[str, Callable[..., None]] = {
    "app": core.open_app,
    "new": core.new,
    "check": core.check,
    "solve": core.solve,
    "verify": core.verify,
    "import": bring.bring,
    "intake": intake.intake,
    "rules": rules.rules,
    "formula": rules.formula,
    "clause": rules.clause,
    "compare": what_if.compare,
    "frontier": what_if.frontier,
    "tornado": what_if.tornado,
    "sweep": what_if.sweep,
    "uncertainty": outlook.uncertainty,
    "promise": outlook.promise,
    "replan": outlook.replan,
    "papers": papers.papers,
    "tables": tables.tables,
    "history": history.history,
    "pooling": together.pooling,
    "explain": why.explain,
    "agenda": debate.agenda,
    "changes": debate.changes,
    "losses": debate.losses,
    "weights": debate.weights,
    "ask": debate.ask,
    "reviews": reviews.reviews,
    "reproduce": care.reproduce,
    "backup": care.backup,
    "restore": care.restore,
    "doctor": care.doctor,
}
"""Every command by its name, in the order of the help."""
UNDONE = {
    "verify": "Nothing can be verified.",
    "import": "Nothing was written.",
    "intake": "Nothing was sent or merged.",
}
"""What a command says that it did not do where a case has faults; the others solved nothing."""
OF_AUDIT: dict[str, Callable[..., None]] = {
    "verify": care.verify,
    "export": care.export,
    "retention": care.retention,
    "hold": care.hold,
}
AUDIT = "The record of who did what: check it, export it, see how long it is kept."

audit = typer.Typer(help=AUDIT, no_args_is_help=True)
for name, run in COMMANDS.items():
    command(app, name, run, UNDONE.get(name, "Nothing was solved."))
for name, run in OF_AUDIT.items():
    command(audit, name, run, "Nothing was done.")
app.add_typer(audit, name="audit", short_help=AUDIT)


def main() -> None:
    """Runs the command line; what goes wrong inside is said in a sentence, with status 1."""
    # One command makes no garbage worth collecting early; looking for it takes a tenth of a short run.
    gc.set_threshold(200_000, 50, 50)
    sys.stdout, sys.stderr = unbroken(sys.stdout), unbroken(sys.stderr)
    try:
        interrupt.heeding(app)
    except Exception as error:
        if os.environ.get("OPTIMISER_DEBUG"):
            raise
        from optimiser.solvers.solution import Unsettled

        if isinstance(error, Unsettled):
            complain(f"{error}.")
            sys.exit(Exit.STOPPED)
        complain(f"Something went wrong inside the program ({type(error).__name__}: {error}). Nothing was changed.")
        complain("Set OPTIMISER_DEBUG=1 and run it again to see where, and report it with the workbook if you may.")
        sys.exit(Exit.INTERNAL)


if __name__ == "__main__":
    main()
