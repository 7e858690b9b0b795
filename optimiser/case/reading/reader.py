"""The cells of a workbook's file: parsed here if its package is plain and small, else in a child process.

A workbook of a kilobyte can make its parser ask for hundreds of gigabytes, which ends the process without an
exception. What others uploaded is therefore always parsed in a child process with 1 GiB and 20 seconds; so is
whatever `package.scan` finds unusual.
"""

from __future__ import annotations

import datetime as dt
import io
import sys
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from optimiser.case.faults import Fault
from optimiser.case.reading import package
from optimiser.case.reading.layout import refused_cell
from optimiser.case.reading.open_xml import look_open
from optimiser.case.reading.sheet_xml import SheetFacts
from optimiser.case.reading.sheets import COLUMNS_AT_MOST, ROWS_AT_MOST, Hidden, RawBook, RawSheet, letters

MEMORY = 1 << 30
"""Bytes that the child process may have."""
SECONDS = 20
"""Seconds of the processor that it may take, where the system counts them; else seconds."""
PATIENCE = SECONDS if sys.platform == "win32" else 6 * SECONDS
"""Seconds that it is waited for: on a busy machine it gets its share of the processor late, and no file is to blame for that."""
TEXT_AT_MOST = 200_000_000
"""Characters of all cells together that the child process hands back."""

_START = "import sys; sys.path.insert(0, sys.argv[1]); from optimiser.case.reading.reader import child; child()"


def open_book(source: str | Path | bytes, *, guarded: bool = False, foreign: bool = False) -> RawBook:
    """All worksheets of a file (.xlsx or .ods; a path, or its bytes), or the faults for which it is refused.

    guarded: parse in a child process, whatever the file. foreign: a file that is mapped; it may also be an .xls, or have
    macros, which are never run. Raises OSError if the path cannot be opened.
    """
    data = package.bytes_of(source)
    if isinstance(data, Fault):
        return RawBook((), (data,))
    if guarded or (foreign and package.is_old_excel(data)):
        return _in_child(data, foreign)
    seen = package.scan(data, foreign)
    if seen.faults:
        return RawBook((), seen.faults)
    return parse(data, seen) if seen.simple else _in_child(data, foreign)


def parse(data: bytes, seen: package.Scan) -> RawBook:
    """The worksheets of a file that was scanned."""
    known = seen.sheets
    try:
        known = known or ({} if package.is_old_excel(data) else look_open(data))
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            sheets: list[RawSheet] = []
            for about in book.sheets_metadata:
                if about.typ is not SheetTypeEnum.WorkSheet:
                    continue
                sheet = book.get_sheet_by_name(about.name)
                if sheet.total_height > ROWS_AT_MOST or sheet.total_width > COLUMNS_AT_MOST:
                    return RawBook((), (_too_far(about.name, sheet.total_height, sheet.total_width),))
                facts = known.get(about.name)
                if facts is None and known and sheet.start is not None:
                    return _damaged("a sheet whose cells were not looked at")
                facts = facts or SheetFacts()
                rows, hidden = sheet.to_python(skip_empty_area=False), about.visible is not SheetVisibleEnum.Visible
                seen_in = (facts.marks, facts.merged, facts.hidden, facts.sums)
                sheets.append(RawSheet(about.name, rows, hidden, *seen_in, currencies=facts.currencies))
    except PasswordError:
        return _refused("F05", "a workbook protected by a password", "a workbook without a password", "remove it")
    except (CalamineError, OSError, ValueError) as problem:
        odd = tuple(
            refused_cell(name, f"{letters(column)}{row}", code, found)
            for name, facts in known.items()
            for (row, column), (code, found) in facts.marks.items()
            if code == "N18"
        )
        return RawBook((), odd) if odd else _damaged(str(problem))
    except BaseException as problem:
        if type(problem).__name__ != "PanicException":  # the parser's own, which is no Exception
            raise
        return _damaged(str(problem))
    return RawBook(tuple(sheets), (), seen.dates_from_1904)


def child() -> None:
    """The child process: a file on standard input, its worksheets as JSON on standard output."""
    import json

    _limit()
    data = sys.stdin.buffer.read()
    foreign = sys.argv[2:] == ["foreign"]
    seen = package.Scan() if foreign and package.is_old_excel(data) else package.scan(data, foreign)
    book = RawBook((), seen.faults) if seen.faults else parse(data, seen)
    if sum(len(v) for s in book.sheets for row in s.rows for v in row if type(v) is str) > TEXT_AT_MOST:
        book = _beyond_limits()
    sys.stdout.write(json.dumps(_packed(book), default=_date))


def _in_child(data: bytes, foreign: bool = False) -> RawBook:
    import json
    import subprocess  # both are needed here only, and cost a start of the program more than a small workbook

    root = str(Path(__file__).resolve().parents[3])
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-c", _START, root, *(["foreign"] if foreign else [])],
            input=data,
            capture_output=True,
            timeout=PATIENCE,
            check=True,
        )
        return _unpacked(json.loads(done.stdout, object_hook=_special))
    except (subprocess.SubprocessError, ValueError, KeyError, MemoryError):
        return _beyond_limits()


def _limit() -> None:
    """Take away what the child process does not need."""
    try:
        import resource
    except ImportError:  # not on Windows, where only the time is limited, by the parent
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _packed(book: RawBook) -> dict[str, Any]:
    sheets = [
        {
            **vars(s), "marks": list(s.marks.items()), "unseen": vars(s.unseen), "sums": list(s.sums),
            "currencies": list(s.currencies.items()),
        }
        for s in book.sheets
    ]  # fmt: skip
    return {"sheets": sheets, "faults": [vars(f) for f in book.faults], "dates_from_1904": book.dates_from_1904}


def _unpacked(made: dict[str, Any]) -> RawBook:
    sheets = [
        RawSheet(**{
            **s,
            "marks": {tuple(at): tuple(mark) for at, mark in s["marks"]},
            "merged": tuple(map(tuple, s["merged"])),
            "unseen": Hidden(s["unseen"]["rows"], tuple(map(tuple, s["unseen"]["columns"]))),
            "sums": frozenset(map(tuple, s["sums"])),
            "currencies": {tuple(at): sign for at, sign in s["currencies"]},
        })
        for s in made["sheets"]
    ]  # fmt: skip
    return RawBook(
        tuple(sheets),
        tuple(Fault(**{**f, "cells": tuple(f["cells"])}) for f in made["faults"]),
        made["dates_from_1904"],
    )


def _date(value: Any) -> dict[str, str]:
    if isinstance(value, dt.datetime):
        return {"datetime": value.isoformat()}
    if isinstance(value, dt.date):
        return {"date": value.isoformat()}
    return {"other": str(value)} if not isinstance(value, dt.time) else {"time": value.isoformat()}


def _special(made: dict[str, Any]) -> Any:
    if len(made) != 1:
        return made
    ((kind, value),) = made.items()
    if kind == "datetime":
        return dt.datetime.fromisoformat(value)
    if kind == "date":
        return dt.date.fromisoformat(value)
    return dt.time.fromisoformat(value) if kind == "time" else dt.timedelta(0) if kind == "other" else made


def _refused(code: str, found: str, expected: str, cure: str) -> RawBook:
    return RawBook((), (package.refused(code, found, expected, cure),))


def _damaged(problem: str) -> RawBook:
    code, what = ("S15", "damaged shared texts") if "string" in problem.lower() else ("F02", "a damaged workbook")
    cure = "copy or download it again; if that does not help, " + package.SAVE_AS
    return _refused(code, what, "a whole workbook", cure)


def _beyond_limits() -> RawBook:
    expected = f"a workbook that can be read within {SECONDS} seconds and 1 GB of memory"
    return _refused("F08", "a workbook that cannot be read within the limits", expected, package.SAVE_AS)


def _too_far(sheet: str, height: int, width: int) -> Fault:
    expected = f"at most {ROWS_AT_MOST:,} rows and {COLUMNS_AT_MOST} columns"
    cure = "delete the rows and columns beyond the table, and what is formatted in them"
    return Fault(sheet, "", "S07", f"{height:,} rows and {width:,} columns", expected, cure)
