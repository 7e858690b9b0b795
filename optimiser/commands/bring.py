"""import: any workbook or CSV into a case, by a map."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optimiser.case.readable import counted, listed, written
from optimiser.commands.base import Exit, Json, existing, file_out, leave, list_faults, print_json, say, whole

if TYPE_CHECKING:
    from optimiser.case.faults import Fault
    from optimiser.case.maps.files import ForeignFile
    from optimiser.case.maps.into import Records
    from optimiser.case.maps.map_form import Map
    from optimiser.case.maps.take import Taken


MAY_STAND = ("S01", "S13", "K02", "D03", "V01", "R04", "R05", "R12", "N14")
"""Faults of a case that is not yet whole: what is brought into it may cure them, and none of its cells is lost."""


def bring(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Files to be read: .xlsx, .xlsm, .xls, .ods, .csv, .tsv.", metavar="FILE…", show_default=False
        ),
    ],
    output: Annotated[Path | None, file_out("Where the case is written.", ".xlsx", metavar="CASE.xlsx")] = None,
    map_file: Annotated[
        Path | None,
        typer.Option("--map", help="How the files are read; a file that is all ours needs none.", metavar="MAP.toml"),
    ] = None,
    into: Annotated[
        Path | None,
        typer.Option(help="The case that it is put into; without it a new one is made.", metavar="CASE.xlsx"),
    ] = None,
    propose: Annotated[
        Path | None, file_out("Write a proposed map, to be looked at.", ".toml", metavar="MAP.toml", names=())
    ] = None,
    as_json: Json = False,
) -> None:
    """Bring any workbook or CSV into a case by a map, with its sums on both sides."""
    from optimiser.case.faults import InvalidCase
    from optimiser.case.maps.files import open_foreign
    from optimiser.case.maps.into import kept_map, map_for, records_of
    from optimiser.case.maps.map_form import read_map
    from optimiser.case.maps.take import take
    from optimiser.case.reading.reader import open_book
    from optimiser.case.reading.workbook import tables_of
    from optimiser.case.settings import setting_in

    if output is None and propose is None:
        leave(
            Exit.USAGE, "Say where the case is written (-o CASE.xlsx), or where a proposed map is (--propose MAP.toml)."
        )
    opened = [open_foreign(existing(f)) for f in files]
    known: Records = {}
    kept: Map = ()
    currency = ""
    if into is not None:
        book = open_book(existing(into))
        read = tables_of(book)
        if any(f.code not in MAY_STAND for f in read.errors):
            raise InvalidCase(read.faults)
        known, kept = records_of(read.tables), kept_map(book)
        currency = setting_in(known.get("Case", ()), "currency") or "USD"
    if refused := [f for o in opened for f in o.book.faults if f.level == "error"]:
        raise InvalidCase(refused)
    if map_file is not None:
        used = read_map(_text(existing(map_file)))
    elif propose is not None:
        used = _proposed(opened, known, propose, kept, as_json and output is None)
    else:
        used = map_for(opened, kept, known)
        if not used:
            raise InvalidCase([_no_map(opened, files)])
    if output is None:
        return
    taken = take(used, opened, known, currency)
    if taken.errors:
        raise InvalidCase(taken.faults)
    faults = _written(taken, used, kept, known, output)
    if as_json:
        from optimiser.case.maps.into import as_json as told

        print_json(told(taken, faults))
    else:
        _tell(taken)
        list_faults(faults, sys.stderr)
    errors = sum(f.level == "error" for f in faults)
    whole = "It is whole." if not errors else f"{counted(errors, 'fault')} to mend before it can be solved."
    say(f"{output} is written. {whole}")


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        leave(Exit.USAGE, f"{path} is no text in UTF-8, as a map is.")


def _no_map(files: list[ForeignFile], paths: list[Path]) -> Fault:
    from optimiser.case.faults import Fault, shown
    from optimiser.case.maps.map_form import MAP

    sheets = listed([shown(s.name) for f in files for s in f.sheets][:6])
    cure = (
        f"have a map proposed (optimiser import {paths[0].name} --propose map.toml), look at it, and give it by --map"
    )
    return Fault(
        MAP, "", "M01", f"no map, and the sheets {sheets}", "a map, or sheets and titles that are all ours", cure
    )


def _proposed(opened: list[ForeignFile], known: Records, path: Path, kept: Map, as_json: bool) -> Map:
    """The proposed map, written and told: what was kept with the case, else what the files look like."""
    from dataclasses import replace

    from optimiser.case.faults import Fault, InvalidCase
    from optimiser.case.maps.into import fitting
    from optimiser.case.maps.map_form import MAP, write_map
    from optimiser.case.maps.proposed_map import MapProposal, propose

    again = fitting(kept, opened, known)
    made = [MapProposal(again)] if again else [propose(f, known) for f in opened]
    several = len(opened) > 1 and not again
    tables = tuple(replace(t, file=f.name) if several else t for f, p in zip(opened, made, strict=False) for t in p.map)
    if not tables:
        cure = "write a map by hand (docs/import.md), or correct the row of the titles"
        raise InvalidCase([Fault(MAP, "", "M01", "no table that is known by its titles", "titles of a table", cure)])
    with whole(path) as draft:
        draft.write_text(write_map(tables), "utf-8")
    columns = [(t.to, g) for p in made for t, guesses in zip(p.map, p.columns, strict=False) for g in guesses]
    if as_json:
        told = [{"table": t, "title": g.title, "column": g.ours, "sure": g.sure, "seen": g.seen} for t, g in columns]
        print_json({"map": str(path), "columns": told, "look": [s for p in made for s in p.look]})
    else:
        for table, guess in columns:
            meaning = guess.ours or "left out"
            print(f"{table}: {guess.title!r} is {meaning}{'' if guess.sure else ' (look)'}; {guess.seen}")
        for sentence in (s for p in made for s in p.look):
            print(f"Look: {sentence}")
    say(
        f"{path} has the proposed map{' that is kept with the case' if again else ''}. Look at it, then use it by --map."
    )
    return tables


def _written(taken: Taken, used: Map, kept: Map, known: Records, output: Path) -> list[Fault]:
    """Writes the case, whole or not at all, and says what is to be mended in it."""
    from optimiser.case.maps.into import map_sheet, put, tie_sheet
    from optimiser.case.reading.workbook import tables_from
    from optimiser.case.writing.writer import write_tables
    from optimiser.verbs import check

    made = put(taken, known)
    tables = tables_from(made.records)
    with whole(output) as draft:
        write_tables(str(draft), tables.tables, last=[tie_sheet(taken), map_sheet(used, kept)])
        _, faults = check(str(draft))
    return [*taken.faults, *made.told, *faults]


def _tell(taken: Taken) -> None:
    """What was taken over, table by table, with the sums of both sides."""
    for table in taken.tables:
        print(f"{table.to}: {counted(len(table.records), 'row')} from {table.sheet}.")
        for tie in table.ties:
            same = "equal" if tie.ties else "NOT equal"
            times = "" if tie.factor == 1 else f" times {written(float(tie.factor))}"
            print(
                f"  {tie.column}: {written(float(tie.file_sum))}{times} in the file, {written(float(tie.taken))} taken over: {same}"
            )
        for row in table.left_out:
            what = "heading" if row.number in table.headed else "left out"
            print(f"  {what}, row {row.number}: {row.text} ({row.why})")
        if table.added_up:
            print(f"  {counted(table.added_up, 'line')} added up with others of the same key")
    for made in taken.made:
        print(f"{made.table}: {counted(len(made.records), 'row')} made of names that had none.")
