"""Files and maps with their bytes, XML, cells and words changed: what readers must refuse in words, and never fall over.

`python -m tests.case.mutated 200000` runs so many of them; `… 20000 60000 170` those from seed 60000 on, for 170 seconds at
most. It goes on past what fails and prints it. The tests run a sample. Most sources are small, so that many can be run: a fault
of a reader lies in a cell, a part or a word, not in how many of them there are.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import random
import resource
import signal
import sys
import time
import traceback
import zipfile
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import openpyxl

from optimiser.case.faults import InvalidCase
from optimiser.case.maps.files import ForeignFile, open_foreign
from optimiser.case.maps.map_form import Map, read_map, write_map
from optimiser.case.maps.proposed_map import propose
from optimiser.case.maps.take import take
from optimiser.case.reading import package, reader
from optimiser.case.reading.sheets import RawBook, RawSheet
from optimiser.case.spec import BY_NAME
from optimiser.verbs import check, check_book
from tests.case.books import book, members, open_document, open_row, packed, saved

SECONDS_AT_MOST = 20.0
MEMORY_AT_MOST = 2**30
INFINITY = float("inf")
TOGETHER = 250
"""Files and maps in one process."""
CSV = (
    b"Amounts in thousands;;;\nProgram;Lead agency;FY26 Adopted;FY27 Request\nPrevention;;;\nStreet outreach;Youth Bureau;4,5;625*\n"
    b"Summer jobs;Health, Sheriff;-;(1.872,5)\nPrevention Total;;4,5;2.497,5\nTotal;;4,5;2.497,5\n"
)
SMALL = (
    b'Program,FY26 Adopted,FY27 Request\nOutreach,4500,"625,000"\nJobs,$ -,240*\nTotal,4500,625240\n',
    b"Fonds;Jul;Aug\nStadt;1.500,00;2.000,50\nBund;-;(300)\nSumme;1500;1700\n",
    b"Posted\tFund\tProgram\tAccount\tAmount\n07/31/2026\tA\tJobs\tSalaries\t10.50\n08/31/2026\tA\tJobs\tSalaries\t(2.00)\n",
    b"Agency,Analyst,Officer,Total\nPolice,2,10.5,12.5\nCourts,1,,1\n",
    b'Program,Agencies\nJobs,"Police, Courts"\nOutreach,Health\n',
)
MAP = """[[table]]
to = "Initiatives"
titles = "1:2"
skip = ["total"]
decimal = ","
columns = { "Amounts in thousands Program" = "initiative", "Lead agency" = "lead", "FY26 Adopted" = "baseline", "FY27 Request" = "request" }
split = { column = "Lead agency", by = ",", to = "Partners" }
create = ["Agencies"]
"""
SMALL_MAPS = (
    "[[table]]\n"
    'to = "Initiatives"\n'
    'skip = ["total"]\n'
    'columns = { "Program" = "initiative", "FY26 Adopted" = "baseline", "FY27 Request" = "request" }\n',
    "[[table]]\n"
    'to = "Installments"\n'
    'decimal = ","\n'
    'columns = { "Fonds" = "fund" }\n'
    'across = { columns = ["Jul", "Aug"], title = "period", value = "amount" }\n'
    'create = ["Funds", "Periods"]\n',
    "[[table]]\n"
    'to = "Actuals"\n'
    'same = "add"\n'
    'columns = { "Posted" = "period", "Fund" = "fund", "Program" = "initiative", "Account" = "category", '
    '"Amount" = "money" }\n'
    'fixed = { agency = "Police" }\n'
    'names = { category = { "Salaries" = "personnel" } }\n',
    "[[table]]\n"
    'to = "Staff"\n'
    'columns = { "Agency" = "agency" }\n'
    'across = { columns = ["Analyst", "Officer"], title = "role", value = "fte" }\n',
    "[[table]]\n"
    'to = "Initiatives"\n'
    'columns = { "Program" = "initiative" }\n'
    'split = { column = "Agencies", by = ",", to = "Partners" }\n',
)
CELLS: list[Any] = [
    "", " ", 0, -0.0, 1e308, -1e308, float("nan"), float("inf"), 5e-324, 2**53 + 1.0, True, False, dt.datetime(1899, 12, 30),
    dt.date(2027, 2, 28), dt.time(1, 2), dt.timedelta(days=3),
    "Total", "=1+1", "#REF!", "12%", "(5,000)", "$ -", "1.234", "0,500", "240*", "١٢",
    "NaN", "9" * 400, "é" * 3000,
    "31/02/2027", "Q1", "FY27", "2027-06-30", "\u200b", "a, b", "\ud800", "x" * 33000, "in thousands", "$000", "₹2,40,000",
    "1e999", "-", "'", '"', "\n",
]  # fmt: skip
WORDS = [
    *b"\x00;,\t\n\"'<>&=-()*%.0159", b"", b"\xff\xfe", b"\xef\xbb\xbf", b"1e999", b"NaN", b"Total", b"FY27", b"31/02/2027", b"Q1",
    "١٢".encode(), "\u200b".encode(), b"&#0;", b"<!DOCTYPE x>", b"9" * 400, b'"' * 3, b"sep=;", b"#REF!", b"A" * 33000, b"= 1",
]  # fmt: skip


@cache
def workbook() -> bytes:
    """The same table as a workbook with merged cells, a formula and a date."""
    book = openpyxl.Workbook()
    for line in CSV.decode().splitlines():
        book.worksheets[0].append(line.split(";"))
    book.worksheets[0]["D8"] = "=SUM(D4:D5)"
    book.worksheets[0].merge_cells("A3:D3")
    return saved(book)


@cache
def small_workbooks() -> tuple[bytes, ...]:
    """The small tables as workbooks, with a formula, a merged cell, a comment of width and a hidden column."""
    made = []
    for content in SMALL:
        sheets = openpyxl.Workbook()
        sheet = sheets.worksheets[0]
        for line in content.decode().splitlines():
            sheet.append([float(v) if v.replace(".", "").isdigit() else v for v in line.replace("\t", ",").split(",")])
        sheet["C4"] = "=SUM(C2:C3)"
        sheet.merge_cells("A5:B5")
        sheet.column_dimensions["C"].hidden = True
        sheet["B2"].number_format = "#,##0.00"
        made.append(saved(sheets))
    return tuple(made)


@cache
def documents() -> tuple[bytes, ...]:
    """The same as .ods."""
    rows = [
        [open_row(*line.replace(";", ",").split(",")) for line in content.decode().splitlines()] for content in SMALL
    ]
    return tuple(open_document(Sheet1="".join(r)) for r in rows)


@cache
def old() -> bytes:
    """An .xls."""
    return (Path(__file__).parent / "foreign" / "old.xls").read_bytes()


@cache
def _parts(data: bytes) -> dict[str, bytes]:
    return members(data)


@cache
def _opened(data: bytes) -> ForeignFile:
    return open_foreign(data, "a.csv")


def of_bytes(data: bytes, dice: random.Random) -> bytes:
    """A few places of a file changed, cut or doubled."""
    made = bytearray(data)
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(made) + 1)
        piece = dice.choice(WORDS)
        piece = bytes([piece]) if isinstance(piece, int) else piece
        how = dice.randrange(4)
        if how == 0:
            made[at : at + len(piece)] = piece
        elif how == 1:
            made[at:at] = piece
        elif how == 2:
            del made[at : at + dice.randint(1, 30)]
        else:
            made[at:at] = made[at : at + dice.randint(1, 60)]
    return bytes(made)


def of_parts(data: bytes, dice: random.Random) -> bytes:
    """A workbook in which the XML of one part is changed, half of the time that of its cells."""
    parts = dict(_parts(data))
    cells = [n for n in parts if "sheet" in n or "Strings" in n or n == "content.xml"]
    name = dice.choice(cells if dice.random() < 0.5 else sorted(parts))
    parts[name] = of_bytes(parts[name], dice)
    return packed(parts, compressed=False)


def of_cells(rows: list[list[Any]], dice: random.Random) -> list[list[Any]]:
    """Rows in which cells are changed, rows doubled or taken out."""
    made = [list(r) for r in rows]
    for _ in range(dice.randint(1, 5)):
        row = dice.choice(made)
        how = dice.randrange(8)
        if how == 0:
            made.insert(dice.randrange(len(made) + 1), list(dice.choice(made)))
        elif how == 1 and len(made) > 1:
            made.remove(row)
        elif row:
            row[dice.randrange(len(row))] = dice.choice(CELLS)
    return made


def bombs() -> list[bytes]:
    """Workbooks that are small and would become large."""
    made = []
    for sheet in (
        b'<sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>',
        b"<sheetData/>" + b" " * 30_000_000,
    ):
        parts = members(workbook())
        parts["xl/worksheets/sheet1.xml"] = (
            b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">' + sheet + b"</worksheet>"
        )
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in parts.items():
                archive.writestr(name, content)
        made.append(target.getvalue())
    return made


def attempt(data: bytes | ForeignFile, name: str, tables: Map, *, proposed: bool = True) -> None:
    """Reads a file by a map and, unless told otherwise, by a proposed one. Raises AssertionError where sums do not tie or it
    takes too long."""
    started = time.process_time()  # of this process, however busy the machine is
    file = data if isinstance(data, ForeignFile) else open_foreign(data, name)
    for chosen in (tables, propose(file).map) if proposed else (tables,):
        taken = take(chosen, [file])
        assert all(t.ties for table in taken.tables for t in table.ties) or taken.errors, "sums do not tie"
        again = read_map(write_map(chosen)) if chosen else ()
        assert again == chosen, "a map that is not the same when read again"
    assert time.process_time() - started < SECONDS_AT_MOST, "too long"


def one(seed: int) -> str:
    """The file and the map of this number; which kind of change it is."""
    dice = random.Random(seed)
    kind, change = KINDS[seed % len(KINDS)]
    change(dice)
    return kind


def _changed_map(dice: random.Random, toml: str) -> Map:
    try:
        return read_map(of_bytes(toml.encode(), dice).decode("utf-8", "replace"))
    except InvalidCase:
        return read_map(toml)


def _large(dice: random.Random) -> None:
    """Any kind of file by the map and a proposal, as the tests' sample always did."""
    name, data = dice.choice([("a.csv", CSV), ("a.xlsx", workbook()), ("b.xlsx", workbook())])
    made = of_parts(data, dice) if name == "a.xlsx" else of_bytes(data, dice)
    attempt(made, name, _changed_map(dice, MAP) if dice.random() < 0.5 else read_map(MAP))


def _text(dice: random.Random) -> None:
    i = dice.randrange(len(SMALL))
    attempt(of_bytes(SMALL[i], dice), "a.csv", read_map(SMALL_MAPS[i]), proposed=dice.random() < 0.5)


def _map(dice: random.Random) -> None:
    i = dice.randrange(len(SMALL))
    attempt(_opened(SMALL[i]), "a.csv", _changed_map(dice, SMALL_MAPS[i]), proposed=False)


def _xml(dice: random.Random) -> None:
    i = dice.randrange(len(SMALL))
    attempt(of_parts(small_workbooks()[i], dice), "a.xlsx", read_map(SMALL_MAPS[i]), proposed=dice.random() < 0.3)


def _open_xml(dice: random.Random) -> None:
    i = dice.randrange(len(SMALL))
    attempt(of_parts(documents()[i], dice), "a.ods", read_map(SMALL_MAPS[i]), proposed=dice.random() < 0.3)


def _archive(dice: random.Random) -> None:
    i = dice.randrange(len(SMALL))
    data = dice.choice([small_workbooks()[i], documents()[i]])
    attempt(of_bytes(data, dice), "a.xlsx", read_map(SMALL_MAPS[i]), proposed=False)


def _old(dice: random.Random) -> None:
    attempt(of_bytes(old(), dice), "a.xls", read_map(SMALL_MAPS[0]), proposed=False)


def _cells(dice: random.Random) -> None:
    i = dice.randrange(len(SMALL))
    sheet = _opened(SMALL[i]).sheets[0]
    file = ForeignFile("a.xlsx", RawBook((RawSheet(sheet.name, of_cells(sheet.rows, dice)),)))
    attempt(file, "a.xlsx", read_map(SMALL_MAPS[i]), proposed=dice.random() < 0.5)


def _ours(dice: random.Random) -> None:
    """A workbook of ours whose cells are changed."""
    sheets = own_sheets()
    at = dice.randrange(len(sheets))
    made = [RawSheet(s.name, of_cells(s.rows, dice) if i == at else s.rows) for i, s in enumerate(sheets)]
    case, faults = check_book(RawBook(tuple(made)))
    assert case is not None or any(f.level == "error" for f in faults), "refused without a word"


def _own_xml(dice: random.Random) -> None:
    case, faults = check(of_parts(_book(), dice))
    assert case is not None or any(f.level == "error" for f in faults), "refused without a word"


@cache
def _book() -> bytes:
    return book()


@cache
def own_sheets() -> tuple[RawSheet, ...]:
    """A small case in which each sheet that takes amounts, shares, dates or selections has a row."""
    rows: dict[str, list[list[Any]]] = {
        "Periods": [["period", "start", "end"], ["Q1", "2026-07-01", "2026-09-30"], ["Q2", "2026-10-01", "2026-12-31"]],
        "Agencies": [["agency", "name", "score"], ["PD", "City Police", 86], ["DA", "Prosecutor", 70]],
        "Funds": [["fund", "amount", "carryover", "allowed"], ["Pool", 1000, "50%", "agency = PD | DA"]],
        "Initiatives": [["initiative", "request", "lead", "pace"], ["Mapping", 600, "PD", 1], ["Courts", 500, "DA", 0.5]],
        "Costs": [["initiative", "category", "share"], ["Mapping", "personnel", 0.6], ["Mapping", "travel", 0.4]],
        "Staff": [["agency", "role", "fte", "cost_per_fte"], ["PD", "analyst", 4, 90000]],
        "Needs": [["initiative", "role", "fte"], ["Mapping", "analyst", 2]],
        "Rules": [["rule", "kind", "measure", "where", "per", "at_least", "of"],
                  ["half", "limit", "money", "agency = PD", "", 0.25, "amount"]],
        "Scenarios": [["scenario", "sheet", "where", "column", "change"], ["cut", "Funds", "fund = Pool", "amount", "* 0.9"]],
    }  # fmt: skip
    assert set(rows) <= set(BY_NAME)
    return tuple(RawSheet(name, cells) for name, cells in rows.items())


KINDS: tuple[tuple[str, Callable[[random.Random], None]], ...] = tuple(
    kind
    for times, kind in (
        (1, ("files as large as an office's", _large)),
        (7, ("text files", _text)),
        (5, ("maps", _map)),
        (5, ("XML of .xlsx", _xml)),
        (3, ("XML of .ods", _open_xml)),
        (2, ("bytes of archives", _archive)),
        (1, ("bytes of .xls", _old)),
        (6, ("cells of foreign files", _cells)),
        (6, ("cells of a case", _ours)),
        (4, ("XML of a case", _own_xml)),
    )
    for _ in range(times)
)
"""The kinds of change, by the remainder of the seed; the slow ones come seldom."""


def _forked(data: bytes, foreign: bool = False) -> RawBook:
    """As the child process that reads what is unusual, with the same limits, but forked: it starts in a millisecond."""
    given, made = os.memfd_create("given"), os.memfd_create("made")
    os.write(given, data)
    os.lseek(given, 0, os.SEEK_SET)
    pid = os.fork()
    if not pid:
        try:
            signal.alarm(0)
            os.dup2(given, 0)
            os.dup2(made, 1)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            sys.stdin, sys.stdout = open(0, closefd=False), open(1, "w", closefd=False)  # noqa: SIM115
            sys.argv[1:] = ["", *(["foreign"] if foreign else [])]
            reader.child()
            sys.stdout.flush()
            os._exit(0)
        finally:
            os._exit(1)
    _, status = os.waitpid(pid, 0)
    os.close(given)
    with open(made, "rb") as file:
        file.seek(0)
        done = mock.Mock(stdout=file.read())
    with mock.patch("subprocess.run", return_value=done if not status else mock.Mock(stdout=b"")):
        return _by_child(data, foreign)


_by_child = reader._in_child


def _here(data: bytes, foreign: bool = False) -> RawBook:
    """As the child process, in this one, which is such a child itself; through the same JSON."""
    old_one = foreign and package.is_old_excel(data)
    seen = package.Scan() if old_one else package.scan(data, foreign)
    made = RawBook((), seen.faults) if seen.faults else reader.parse(data, seen)
    text = json.dumps(reader._packed(made), default=reader._date)
    return reader._unpacked(json.loads(text, object_hook=reader._special))


def _tried(seeds: Iterable[int]) -> list[int]:
    """The seeds of these that fail, each printed with its reason as it is met."""
    failed = []
    for seed in seeds:
        signal.alarm(int(SECONDS_AT_MOST))
        try:
            one(seed)
        except Exception:
            print(f"seed {seed}", traceback.format_exc(limit=-3), file=sys.stderr, flush=True)
            failed.append(seed)
        finally:
            signal.alarm(0)
    return failed


def _all_well(seeds: Sequence[int]) -> bool:
    """Whether none of these fails in one child process that may ask for 1 GiB more than it has; it reads here what a child
    of its own would read else, so that a thousand files need no thousand processes."""
    pid = os.fork()
    if not pid:
        well = False
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # the parser's own tells there, at length, where it gave up
            os.environ["RUST_BACKTRACE"] = "0"
            pages = int(Path("/proc/self/statm").read_text().split()[0])
            allowed = pages * resource.getpagesize() + MEMORY_AT_MOST
            resource.setrlimit(resource.RLIMIT_AS, (allowed, allowed))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            with mock.patch.object(reader, "_in_child", _here):
                well = not _tried(seeds)
        finally:
            os._exit(0 if well else 1)
    return not os.waitpid(pid, 0)[1]


def run(start: int, count: int, seconds: float = INFINITY) -> list[int]:
    """The seeds of these that fail, each printed with its reason as it is met; ends early when the seconds are over.

    Run by hundreds; a hundred that is not all well is run again one by one, as the program itself would read them.
    """
    failed, until, ran = list[int](), time.monotonic() + seconds, 0
    signal.signal(signal.SIGALRM, _too_long)
    while ran < count and time.monotonic() < until:
        seeds = range(start + ran, start + min(count, ran + TOGETHER))
        if not _all_well(seeds):
            with mock.patch.object(reader, "_in_child", _forked):
                failed += _tried(seeds)
        ran += len(seeds)
    memory = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) * 1024
    print(
        f"seeds {start} to {start + ran - 1}: {ran} run, {len(failed)} failed, at most {memory / 2**20:.0f} MiB",
        flush=True,
    )
    assert memory < MEMORY_AT_MOST, "too much memory"
    return failed


def _too_long(*_: object) -> None:
    raise TimeoutError("over 20 s")


if __name__ == "__main__":
    made = [float(a) for a in sys.argv[1:]]
    chosen = (int(made[1]) if len(made) > 1 else 0, int(made[0]) if made else 1000)
    sys.exit(bool(run(*chosen, *made[2:3])))
