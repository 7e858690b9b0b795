"""The command line: data on standard output, everything else on standard error, an exit status that scripts can read."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Iterable
from dataclasses import replace
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from optimiser.case.case import Case
    from optimiser.case.faults import Fault
    from optimiser.plan.tables import Plan


class Exit(IntEnum):
    """What the exit status says."""

    DONE = 0
    INTERNAL = 1
    USAGE = 2
    INVALID = 3
    INFEASIBLE = 4
    STOPPED = 5


STATUS = {"optimal": Exit.DONE, "within_gap": Exit.DONE, "stopped": Exit.STOPPED, "infeasible": Exit.INFEASIBLE}
SECONDS_BEFORE_PROGRESS = 1.0

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
Exit status: 0 done, 1 internal error, 2 usage, 3 invalid data (or a broken plan), 4 infeasible, 5 stopped at a limit.
"""

app = typer.Typer(help=HELP, no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)

CaseFile = Annotated[Path, typer.Argument(help="Workbook of the case (.xlsx or .ods).", metavar="CASE.xlsx", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def main() -> None:
    """Runs the command line; what goes wrong inside is said in a sentence, with status 1."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        app()
    except Exception as error:
        if os.environ.get("OPTIMISER_DEBUG"):
            raise
        say(f"Something went wrong inside the program ({type(error).__name__}: {error}). Nothing was changed.")
        say("Set OPTIMISER_DEBUG=1 and run it again to see where, and report it with the workbook if you may.")
        sys.exit(Exit.INTERNAL)


def say(line: str) -> None:
    """A line for people, on standard error."""
    print(line, file=sys.stderr)


def leave(status: Exit, line: str = "") -> NoReturn:
    """Ends with a status, and a sentence on standard error."""
    if line:
        say(line)
    raise typer.Exit(int(status))


def print_json(data: Any) -> None:
    """One JSON object on standard output."""
    json.dump(data, sys.stdout, ensure_ascii=False, allow_nan=False, indent=1)
    sys.stdout.write("\n")


# -- reading ----------------------------------------------------------------------------------------------------------


def existing(path: Path) -> Path:
    """The path, if there is a file; otherwise ends with status 2."""
    if not path.is_file():
        leave(Exit.USAGE, f"There is no file {path}. Check the name, or make one with: optimiser new {path.name}")
    return path


def read_case(path: Path, scenario: Iterable[str] = ()) -> Case:
    """The case of a workbook with its scenarios applied; ends with status 3 and every fault where it cannot be read."""
    from optimiser import verbs
    from optimiser.case.faults import InvalidCase

    try:
        case = verbs.read(str(existing(path)))
        names = [name for name in scenario if name != "base"]
        return verbs.scenario(case, *names) if names else case
    except InvalidCase as error:
        list_faults(error.faults, sys.stderr)
        leave(Exit.INVALID, f"{error}. Nothing was solved.")
    except ValueError as error:
        leave(Exit.USAGE, str(error))


def list_faults(faults: Iterable[Fault], stream: Any) -> None:
    """The first faults, one a line, and how many more there are."""
    from optimiser.case.faults import SHOWN

    listed = list(faults)
    for fault in listed[:SHOWN]:
        print(fault, file=stream)
    if len(listed) > SHOWN:
        print(f"… and {len(listed) - SHOWN} more.", file=stream)


class Progress:
    """Says how long work goes on standard error, once it has taken over a second: what a search has found, or that it goes on."""

    def __init__(self, work: str) -> None:
        self.work, self.started, self.said = work, time.perf_counter(), 0.0
        self._done = threading.Event()

    def __enter__(self) -> Progress:
        threading.Thread(target=self._beat, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()

    def __call__(self, event: dict[str, float | None]) -> None:
        """One report of a search: best, bound, gap, seconds."""
        best, gap = event.get("best"), event.get("gap")
        found = "nothing found yet" if best is None else f"best so far {best:,.6g}"
        self.line(found + ("" if gap is None else f", at most {gap:.3%} better is possible"))

    def line(self, text: str) -> None:
        """A line with the seconds since the start, if over a second has passed."""
        seconds = time.perf_counter() - self.started
        if seconds >= SECONDS_BEFORE_PROGRESS:
            self.said = seconds
            say(f"{seconds:5.0f} s  {text}")

    def _beat(self) -> None:
        while not self._done.wait(SECONDS_BEFORE_PROGRESS if not self.said else 5.0):
            if time.perf_counter() - self.started - self.said >= SECONDS_BEFORE_PROGRESS:
                self.line(f"{self.work} …")


# -- commands ---------------------------------------------------------------------------------------------------------


@app.command("app")
def open_app(
    port: Annotated[int | None, typer.Option(help="Port; by default a free one from 8501.")] = None,
    browser: Annotated[bool, typer.Option(help="Open the browser.")] = True,
) -> None:
    """Open the app in the browser, on this machine only."""
    from optimiser.app_pages.launch import launch

    launch(port=port, open_browser=browser)


@app.command()
def new(
    case: Annotated[Path, typer.Argument(help="Where the workbook is written.", metavar="CASE.xlsx", show_default=False)],
    example: Annotated[str | None, typer.Option(help="An example instead of the empty template: task-force, gun-violence, opioid-response …")] = None,
) -> None:
    """Write an empty template, or an example, to start from."""
    if case.exists():
        leave(Exit.USAGE, f"{case} exists already. Choose another name, or move it away first.")
    if example is None:
        from optimiser.case.writer import write_template

        write_template(case)
        say(f"{case} is ready: fill in Agencies, Funds and Initiatives, then run: optimiser check {case}")
        return
    from optimiser.case.examples import example_path, examples

    try:
        case.write_bytes(example_path(example).read_bytes())
    except KeyError:
        leave(Exit.USAGE, f"There is no example {example}. There are: {', '.join(examples())}.")
    say(f"{case} is ready (fictional figures). Try: optimiser solve {case}")


@app.command()
def check(
    case: CaseFile,
    annotate: Annotated[Path | None, typer.Option(help="Write a copy in which every faulty cell is marked.", metavar="COPY.xlsx")] = None,
    as_json: Json = False,
) -> None:
    """List every fault of a workbook, with its sheet, cell and cure."""
    from optimiser import verbs

    made, faults = verbs.check(str(existing(case)))
    if as_json:
        print_json({"valid": made is not None, "faults": [vars(fault) for fault in faults]})
    else:
        list_faults(faults, sys.stdout)
    if annotate is not None:
        from optimiser.case.writer import annotate as mark

        mark(str(case), faults, str(annotate))
        say(f"{annotate} has them marked.")
    errors = sum(f.level == "error" for f in faults)
    if made is None:
        leave(Exit.INVALID, f"{errors} fault{'s' * (errors != 1)} to mend, {len(faults) - errors} to look at.")
    say(f"No faults. {len(faults)} to look at." if faults else "No faults.")


@app.command()
def solve(
    case: CaseFile,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Write the plan workbook.", metavar="PLAN.xlsx")] = None,
    scenario: Annotated[list[str] | None, typer.Option(help="Solve this scenario; several are stacked in order.")] = None,
    objective: Annotated[str | None, typer.Option(help="Instead of the case's: such as 'impact within 2% > fairness'.")] = None,
    solver: Annotated[str, typer.Option(help="highs (the answer of record), cbc, or any other that PuLP knows.")] = "highs",
    time_limit: Annotated[float | None, typer.Option(help="Seconds, instead of the case's.", min=0.0)] = None,
    model: Annotated[Path | None, typer.Option(help="Also write the linear program (.mps or .lp).", metavar="M.mps")] = None,
    as_json: Json = False,
) -> None:
    """Solve a case: the plan, proven and in the stated rounding."""
    from optimiser import verbs
    from optimiser.report import result_json, text

    started = time.perf_counter()
    read = read_case(case, scenario or ())
    seconds = time.perf_counter() - started
    try:
        with Progress("solving") as progress:
            plan = verbs.solve(read, objective=objective, solver=solver, time_limit=time_limit, progress=progress)
        if model is not None:
            verbs.write_model(plan.case, model)
    except ValueError as error:
        leave(Exit.USAGE, str(error))
    if output is not None and plan.has_plan:
        write_plan(plan, output)
    plan = replace(plan, seconds={"read": seconds, **plan.seconds})
    if as_json:
        print_json(result_json.as_json(plan))
    else:
        print(text.summary(plan))
    if plan.status == "infeasible":
        leave(Exit.INFEASIBLE, f"No plan keeps everything. Why, and what would cure it: optimiser explain {case}")
    leave(STATUS[plan.status])


def write_plan(plan: Plan, path: Path) -> None:
    """The plan workbook, written whole or not at all."""
    from optimiser.report.plan_workbook import write_plan as write

    draft = path.with_name(f".{path.name}.part")
    try:
        write(plan, draft)
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        leave(Exit.USAGE, f"{path} could not be written ({error.strerror}). Is it open in another program?")
    say(f"{path} is written.")


@app.command()
def verify(
    plan: Annotated[Path, typer.Argument(help="Plan workbook made by `optimiser solve -o`.", metavar="PLAN.xlsx", show_default=False)],
    as_json: Json = False,
) -> None:
    """Check a plan against its case, without a solver: every balance, every rule, every cent."""
    from optimiser.case.faults import InvalidCase
    from optimiser.report.plan_workbook import verify_workbook

    try:
        broken = verify_workbook(str(existing(plan)))
    except InvalidCase as error:
        list_faults(error.faults, sys.stderr)
        leave(Exit.INVALID, f"{error}, so nothing can be verified.")
    if as_json:
        print_json({"kept": not broken, "broken": [vars(b) for b in broken]})
    else:
        for item in broken:
            print(item.sentence)
    if broken:
        leave(Exit.INVALID, f"{len(broken)} thing{'s' * (len(broken) != 1)} broken.")
    say("Everything is kept: every balance, every rule, to the last unit.")
