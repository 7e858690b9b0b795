"""intake: a request workbook for each agency, and what comes back merged into the case."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from optimiser.case.names import untaken_file
from optimiser.case.readable import counted, listed, written
from optimiser.commands.base import (
    Exit,
    Json,
    Progress,
    existing,
    file_out,
    leave,
    print_json,
    read_case,
    say,
    whole,
)

if TYPE_CHECKING:
    from optimiser.case.intake.merging import Intake

ENDINGS = (".xlsx", ".ods", ".xlsm")


def intake(
    folder: Annotated[
        Path | None, typer.Argument(help="Folder with what came back.", metavar="FOLDER", show_default=False)
    ] = None,
    send: Annotated[
        Path | None, typer.Option(help="Write a request workbook for each agency into this folder.", metavar="FOLDER")
    ] = None,
    case: Annotated[
        Path | None, typer.Option("--from", help="The case whose rows are sent.", metavar="CASE.xlsx")
    ] = None,
    due: Annotated[
        str,
        typer.Option(
            metavar="DAY", help="With --send: the day on which they should be back, as it is written to them."
        ),
    ] = "",
    into: Annotated[
        Path | None, typer.Option(help="The case that the answers are merged into.", metavar="CASE.xlsx")
    ] = None,
    output: Annotated[Path | None, file_out("Where the merged case is written.", ".xlsx", metavar="CASE.xlsx")] = None,
    marked: Annotated[
        Path | None,
        typer.Option(
            help="Write a marked copy of each refused file into this folder, for its sender.", metavar="FOLDER"
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Send a request workbook to each agency, or merge what came back by agency and ID."""
    if send is not None and case is not None and folder is None and into is None:
        _send(send, case, due, as_json)
    elif folder is not None and into is not None and output is not None and send is None and case is None:
        _merge(folder, into, output, marked, as_json)
    else:
        leave(
            Exit.USAGE,
            "Either: optimiser intake --send FOLDER --from CASE.xlsx. Or: optimiser intake FOLDER --into CASE.xlsx -o MERGED.xlsx.",
        )


def _send(folder: Path, path: Path, due: str, as_json: bool) -> None:
    from optimiser.case.intake.sending import file_name, request_workbooks

    tables = read_case(path).tables
    with Progress("making request workbooks") as progress:
        made = request_workbooks(tables, due, lambda n, every: progress.line(f"{n:,} of {every:,} request workbooks"))
    folder.mkdir(parents=True, exist_ok=True)
    used: set[str] = set()
    files = {agency: untaken_file(file_name(agency), used, "_") for agency in made}
    for agency, name in files.items():
        with whole(folder / name) as draft:
            draft.write_bytes(made[agency])
    if as_json:
        print_json({"files": [{"agency": a, "file": f} for a, f in files.items()]})
    else:
        for agency, name in files.items():
            print(f"{agency}: {name}")
    say(f"{counted(len(files), 'request workbook')} in {folder}.")


def _merge(folder: Path, into: Path, output: Path, marked: Path | None, as_json: bool) -> None:
    from optimiser.case.intake.merging import merge
    from optimiser.case.maps.into import records_of
    from optimiser.case.reading.workbook import read_tables, tables_from
    from optimiser.case.writing.writer import write_tables
    from optimiser.verbs import check_records

    if not folder.is_dir():
        leave(Exit.USAGE, f"There is no folder {folder}.")
    own = {output.resolve(), existing(into).resolve()}
    paths = [
        p for p in folder.iterdir() if p.is_file() and not p.name.startswith((".", "~$")) and p.resolve() not in own
    ]
    paths = sorted((p for p in paths if p.suffix.lower() in ENDINGS), key=lambda p: (p.stat().st_mtime_ns, p.name))
    if not paths:
        leave(Exit.USAGE, f"There is no workbook in {folder}.")
    tables = read_tables(str(into)).require()
    files = [(p.name, p.read_bytes()) for p in paths]
    made = merge(files, records_of(tables.tables), lambda records: check_records(records)[1], guarded=False)
    taken = [a for a in made.answers if a.verdict == "taken"]
    if taken:
        with whole(output) as draft:
            write_tables(str(draft), tables_from(made.records).tables)
    if marked is not None:
        _mark(marked, made, dict(files))
    if as_json:
        print_json(_json(made))
    else:
        _tell(made)
    if not taken:
        leave(Exit.INVALID, "Nothing could be taken, so nothing was written.")
    refused = sum(a.verdict == "refused" for a in made.answers)
    say(
        f"{output} is written with {counted(len(taken), 'request')}"
        + (f"; {counted(refused, 'file')} refused." if refused else ".")
    )


def _mark(folder: Path, made: Intake, files: dict[str, bytes]) -> None:
    from optimiser.case.writing.annotation import annotate

    folder.mkdir(parents=True, exist_ok=True)
    for answer in made.answers:
        if answer.verdict == "refused":
            target = folder / f"marked-{Path(answer.file).stem}.xlsx"
            with whole(target) as draft:
                annotate(files[answer.file], answer.faults, str(draft), guarded=True)
            say(f"{target} has the faults of {answer.file} marked, for its sender.")


def _json(made: Intake) -> dict[str, Any]:
    files = [{**vars(a), "faults": [f.json() for f in a.faults]} for a in made.answers]
    return {"files": files, "missing": made.missing, "board": [vars(s) for s in made.board]}


def _tell(made: Intake) -> None:
    """The board, then the faults by file."""
    answered = [s for s in made.board if s.state == "answered"]
    more = sum((s.asks or 0) - s.last_year for s in answered)
    than = f"they ask for {written(abs(more))} {'more' if more >= 0 else 'less'} than last year's awards"
    print(f"{len(answered)} of {counted(len(made.board), 'agency', 'agencies')} have answered; {than}.")
    for s in made.board:
        asks = "not known" if s.asks is None else written(s.asks)
        print(
            f"  {s.agency}: {s.state}, {counted(s.initiatives, 'initiative')}, asks {asks}, last year {written(s.last_year)}"
        )
    for a in made.answers:
        if a.verdict == "replaced":
            print(f"{a.file}: replaced by a newer file of {a.agency}, its own rows only.")
        elif a.verdict == "refused":
            print(f"{a.file}: refused.")
        for fault in a.faults:
            print(f"  {fault}")
    if made.missing:
        print(f"Nothing came back from {listed(made.missing)}.")
