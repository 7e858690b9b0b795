"""What all commands share: exit status, streams, reading a case, progress."""

from __future__ import annotations

import errno
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import IntEnum
from functools import wraps
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.core import TyperCommand, TyperOption

from optimiser.case.readable import as_sentence, digits, listed, percent_up

if TYPE_CHECKING:
    from optimiser.case.case import Case
    from optimiser.case.faults import Fault, InvalidCase


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
SILENCE = 5.0
"""Seconds without a word after which it is said that work goes on."""
_OF_FILES = (".xlsx", ".docx", ".pptx", ".pdf", ".csv", ".parquet", ".json", ".html", ".txt", ".zip")
"""Endings that no folder has that somebody means."""
_FULL = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
_CURE = "What was there before is unchanged. Is there room on the disk, and is the file closed in other programs?"

CaseFile = Annotated[
    Path, typer.Argument(help="Workbook of the case (.xlsx or .ods).", metavar="CASE.xlsx", show_default=False)
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Scenario = Annotated[list[str] | None, typer.Option(help="In this scenario; several are stacked in order.")]


def say(line: str) -> None:
    """A line for people, on standard error; with --quiet it is not said."""
    if not _Command.quiet:
        complain(line)


def complain(line: str) -> None:
    """A line that says what is wrong, on standard error, also with --quiet."""
    print(line, file=sys.stderr)


def leave(status: Exit, line: str = "") -> NoReturn:
    """Ends with a status, and a sentence on standard error."""
    if line:
        complain(line)
    raise typer.Exit(int(status))


class _Command(TyperCommand):
    """A command that can be told to say nothing but what is wrong."""

    quiet = False

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        for switch in self.params:
            if getattr(switch, "is_flag", False):
                if not switch.default and isinstance(switch, TyperOption):
                    switch.secondary_opts = []  # what is off by itself needs no word to switch it off
            elif not switch.metavar:
                switch.metavar = _stands_for(switch)
        told = "Say nothing on standard error but what is wrong."
        self.params.append(
            TyperOption(
                param_decls=["--quiet", "-q"],
                is_flag=True,
                default=False,
                expose_value=False,
                callback=_hush,
                help=told,
            )
        )


def _stands_for(given: Any) -> str:
    """What stands in the help for a value that has no word of its own: a number, a file, or its own name."""
    kind = given.type.name if given.param_type_name == "option" else ""
    if "int" in kind or "float" in kind:
        return "NUMBER"
    return "FILE" if "path" in kind else given.opts[0].lstrip("-").upper()


def _hush(_context: Any, _option: Any, value: bool) -> None:
    _Command.quiet = value


def print_json(data: Any) -> None:
    """One JSON object on standard output."""
    print(json_text(data))


def json_text(data: Any) -> str:
    """The text of a JSON object, as every command and file has it."""
    return json.dumps(data, ensure_ascii=False, allow_nan=False, indent=1)


def print_answer(as_json: bool, data: Callable[[], Any], text: Callable[[], str]) -> None:
    """Prints an answer: as one JSON object, or as text."""
    if as_json:
        print_json(data())
    else:
        print(text())


_TO_WRITE: list[Path] = []
"""What options name as files to be written, as they were read."""

# -- reading ----------------------------------------------------------------------------------------------------------


def command(app: typer.Typer, name: str, run: Callable[..., None], undone: str) -> None:
    """Adds a command. Its summary is never cut; of a case that it cannot read it lists every fault, with status 3.

    undone: what is then said not to have been done."""

    @wraps(run)
    def heeding(*given: Any, **named: Any) -> None:
        from optimiser.case.faults import InvalidCase

        _apart(named)
        try:
            run(*given, **named)
            sys.stdout.flush()  # while what then fails can still be said
        except InvalidCase as error:
            _refuse(error, bool(named.get("as_json")), undone)
        except Exception as error:
            if not _of_the_disk(error):
                raise
            named_file = getattr(error, "filename", None)
            if named_file and getattr(error, "errno", 0) not in _FULL:
                cure = "Is it open in another program, or somebody else's?"
                leave(Exit.USAGE, f"{named_file} could not be read or written ({_why(error)}). {cure}")
            if getattr(error, "errno", _FULL[0]) not in _FULL:
                raise
            leave(Exit.USAGE, f"What was asked for could not be written ({_why(error)}). {_CURE}")

    app.command(name, cls=_Command, short_help=(run.__doc__ or "").partition("\n")[0])(heeding)


def _apart(named: Mapping[str, Any]) -> None:
    """Ends with status 2 where what is written would take the place of the file that is read: its own sheets, formulas and
    notes would be lost."""
    values = list(map(id, named.values()))  # the very ones of this call
    written = [path for path in _TO_WRITE if id(path) in values and path.is_file()]
    _TO_WRITE.clear()
    for read in (path for name in ("case", "plan") if isinstance(path := named.get(name), Path) and path.is_file()):
        if any(read.samefile(path) for path in written):
            leave(
                Exit.USAGE, f"{read} is the file that is read, and would be lost. Name another one for what is written."
            )


def _refuse(error: InvalidCase, as_json: bool, undone: str) -> NoReturn:
    """Lists what must be mended first, and ends with status 3: as JSON on standard output, else on standard error."""
    if as_json:
        print_json({"faults": [fault.json() for fault in error.faults]})
    else:
        list_faults(error.faults, sys.stderr)
    leave(Exit.INVALID, f"{error.counted}. {undone}")


def target(*endings: str, grown: bool = False) -> Callable[[Path | None], Path | None]:
    """For what names a file to be written: checks, before any work is done, that it can be written there. grown: it is the
    case that was read, with more in it, and may take its place."""

    def check(path: Path | None) -> Path | None:
        if path is None:
            return None
        if not grown:
            _TO_WRITE.append(path)
        if path.suffix not in endings:
            leave(Exit.USAGE, f"{path} should end in {listed(endings, 'or')}.")
        if path.is_dir():
            leave(Exit.USAGE, f"{path} is a folder. Name a file in it.")
        return _writable(path)

    return check


def _of_the_disk(error: Exception) -> bool:
    """Whether an error is one of reading or writing a file; what writes worksheets tells of a full disk in its own way."""
    if isinstance(error, OSError):
        return True
    from lxml.etree import SerialisationError  # type: ignore[import-untyped]

    if isinstance(error, SerialisationError):
        sys.unraisablehook = lambda _: None  # its writers fail once more when they are put down
        return True
    return False


def _why(error: Exception) -> str:
    return str(getattr(error, "strerror", "") or error)


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Where a file is written before it takes its name: it is there whole or not at all, and what was there before stays.

    A disk that is full, or a file that another program holds, ends with a sentence and status 2."""
    from optimiser.case.writing.saved import torn

    draft = path.with_name(f".{path.stem}.part{path.suffix}")
    try:
        yield draft
        if path.suffix == ".xlsx" and torn(draft):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        draft.replace(path)
    except Exception as error:
        if not _of_the_disk(error):
            raise
        leave(Exit.USAGE, f"{path} could not be written ({_why(error)}). {_CURE}")
    finally:
        draft.unlink(missing_ok=True)


def _writable(path: Path) -> Path:
    """The path; ends with status 2 where nothing can be written there."""
    if not path.parent.is_dir():
        leave(Exit.USAGE, f"There is no folder {path.parent}. Make it first, or name another one.")
    cure = "Name another place, or ask who owns it."
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        leave(Exit.USAGE, f"{path} may not be written. {cure}")
    try:  # what the system says of rights is not all: of Windows it is nothing, and some places take no file from anybody
        with TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        leave(Exit.USAGE, f"Nothing can be written into {path.parent} ({_why(error)}). {cure}")
    return path


def folder_target(path: Path | None) -> Path | None:
    """Checks, before any work is done, that files can be written into a folder; it may have to be made."""
    if path is None:
        return None
    if path.exists() and not path.is_dir():
        leave(Exit.USAGE, f"{path} is a file. Name a folder.")
    if not path.exists() and path.suffix.lower() in _OF_FILES:
        leave(Exit.USAGE, f"{path} is called as a file is. Name a folder, such as {path.with_suffix('')}.")
    return _writable(path)


def file_out(
    help: str,
    *endings: str,
    metavar: str | None = None,
    names: Sequence[str] = ("-o", "--output"),
    grown: bool = False,
) -> Any:
    """The option that names a file to be written, with one of these endings; without endings a folder. names: of the
    option; () for that of its parameter; grown: as `target` has it. That it can be written there is checked before any work is done."""
    check = target(*endings, grown=grown) if endings else folder_target
    return typer.Option(*names, help=help, metavar=metavar, callback=check, show_default=False)


Copy = Annotated[
    Path | None, file_out("The copy of the workbook that gets the scenario.", ".xlsx", metavar="COPY.xlsx", grown=True)
]


def existing(path: Path) -> Path:
    """The path, if there is a file; otherwise ends with status 2."""
    if path.is_dir():
        leave(Exit.USAGE, f"{path} is a folder. Name a workbook in it.")
    if not path.is_file():
        made = f", or make one with: optimiser new {path.name}" if path.suffix.casefold() == ".xlsx" else "."
        leave(Exit.USAGE, f"There is no file {path}. Check the name{made}")
    return path


def read_case(path: Path, scenario: Iterable[str] = ()) -> Case:
    """The case of a workbook with its scenarios applied. Raises InvalidCase; ends with status 2 for no such scenario."""
    from optimiser import verbs

    try:
        case = verbs.read(str(existing(path)))
        names = [name for name in scenario if name != "base"]
        if not names:
            return case
        made = verbs.scenario(case, *names)
        list_faults([w for w in made.warnings if w not in case.warnings], sys.stderr)
        return made
    except ValueError as error:
        leave(Exit.USAGE, str(error))


def write_copy(case: Case, path: Path) -> None:
    """The workbook of a case, whole or not at all."""
    from optimiser.case.writing.writer import write_tables

    with whole(path) as draft:
        write_tables(draft, case.tables)


def list_faults(faults: Iterable[Fault], stream: Any) -> None:
    """The first faults, one a line, and how many more there are."""
    from optimiser.case.faults import SHOWN

    listed = list(faults)
    for fault in listed[:SHOWN]:
        print(fault, file=stream)
    if len(listed) > SHOWN:
        print(f"… and {len(listed) - SHOWN} more.", file=stream)


@contextmanager
def asking(work: str, wrong: type[Exception] | tuple[type[Exception], ...] = ValueError) -> Iterator[Progress]:
    """Work that says how far it is. Where it has no answer it ends with a sentence: with status 2 for what was asked of it
    (`wrong`), 5 where that was not settled in time."""
    from optimiser.solvers.solution import SolverError

    try:
        with Progress(work) as progress:
            yield progress
    except wrong as error:
        leave(Exit.USAGE, as_sentence(str(error.args[0])))
    except SolverError as error:
        leave(Exit.STOPPED, as_sentence(str(error)))


class Progress:
    """Says how long work goes on standard error, once it has taken over a second: what a search has found, or that it goes on."""

    def __init__(self, work: str) -> None:
        self.last, self.started, self.said = work, time.perf_counter(), 0.0
        self._done = threading.Event()

    def __enter__(self) -> Progress:
        threading.Thread(target=self._beat, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()

    def __call__(self, event: dict[str, float | None]) -> None:
        """One report of a search: best, bound, gap, seconds."""
        best, gap = event.get("best"), event.get("gap")
        found = "nothing found yet" if best is None else f"best so far {digits(best, 6)}"
        self.line(found + ("" if gap is None else f", at most {percent_up(gap)} better is possible"))

    def line(self, text: str) -> None:
        """A line with the seconds since the start, if over a second has passed."""
        self.last = text
        self._say(text)

    def _say(self, text: str) -> None:
        seconds = time.perf_counter() - self.started
        if seconds >= SECONDS_BEFORE_PROGRESS:
            self.said = seconds
            say(f"{seconds:5.0f} s  {text}")

    def _beat(self) -> None:
        """Says how far it is where nobody else does; who counts is not interrupted."""
        pause = SECONDS_BEFORE_PROGRESS
        while not self._done.wait(pause):
            pause = (SILENCE if self.said else SECONDS_BEFORE_PROGRESS) - (
                time.perf_counter() - self.started - self.said
            )
            if pause <= 0:
                self._say(f"{self.last} …")
                pause = SILENCE
