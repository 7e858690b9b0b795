"""Files and maps with their bytes, cells and words changed: what readers must refuse in words, and never fall over.

`python -m tests.case.mutated 200000` runs so many of them, for an hour or so; `… 20000 60000 170` those from seed 60000 on, for
170 seconds at most. It goes on past what fails and prints it. The tests run a sample.
"""

from __future__ import annotations

import io
import random
import resource
import signal
import sys
import time
import traceback
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import openpyxl

from optimiser.case.faults import InvalidCase
from optimiser.case.maps.files import open_foreign
from optimiser.case.maps.map_form import Map, read_map, write_map
from optimiser.case.maps.proposed_map import propose
from optimiser.case.maps.take import take
from tests.case.books import members, packed, saved

SECONDS_AT_MOST = 20.0
MEMORY_AT_MOST = 2**30
INFINITY = float("inf")
CSV = (
    b"Amounts in thousands;;;\nProgram;Lead agency;FY26 Adopted;FY27 Request\nPrevention;;;\nStreet outreach;Youth Bureau;4,5;625*\n"
    b"Summer jobs;Health, Sheriff;-;(1.872,5)\nPrevention Total;;4,5;2.497,5\nTotal;;4,5;2.497,5\n"
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
    """A workbook in which the XML of one part is changed."""
    parts = members(data)
    name = dice.choice(sorted(parts))
    parts[name] = of_bytes(parts[name], dice)
    return packed(parts)


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


def attempt(data: bytes, name: str, tables: Map) -> None:
    """Reads a file by a map and by a proposed one. Raises AssertionError where sums do not tie or it takes too long."""
    started = time.monotonic()
    file = open_foreign(data, name)
    for chosen in (tables, propose(file).map):
        taken = take(chosen, [file])
        assert all(t.ties for table in taken.tables for t in table.ties) or taken.errors, "sums do not tie"
        again = read_map(write_map(chosen)) if chosen else ()
        assert again == chosen, "a map that is not the same when read again"
    assert time.monotonic() - started < SECONDS_AT_MOST, "too long"


def one(seed: int) -> None:
    """The file and the map of this number."""
    dice = random.Random(seed)
    kinds: list[tuple[str, Callable[[], bytes]]] = [
        ("a.csv", lambda: of_bytes(CSV, dice)),
        ("a.xlsx", lambda: of_parts(workbook(), dice)),
        ("b.xlsx", lambda: of_bytes(workbook(), dice)),
        ("old.xls", lambda: of_bytes((Path(__file__).parent / "foreign" / "old.xls").read_bytes(), dice)),
    ]
    name, make = kinds[(0, 0, 0, 0, 1, 1, 1, 1, 2, 3)[seed % 10]]
    toml = of_bytes(MAP.encode(), dice).decode("utf-8", "replace") if dice.random() < 0.5 else MAP
    try:
        tables = read_map(toml)
    except InvalidCase:
        tables = read_map(MAP)
    attempt(make(), name, tables)


def run(start: int, count: int, seconds: float = INFINITY) -> list[int]:
    """The seeds of these that fail, each printed with its reason as it is met; ends early when the seconds are over."""
    failed, until = list[int](), time.monotonic() + seconds
    signal.signal(signal.SIGALRM, _too_long)
    done = 0
    for seed in range(start, start + count):
        if time.monotonic() > until:
            break
        signal.alarm(int(SECONDS_AT_MOST))
        try:
            one(seed)
        except Exception:
            print(f"seed {seed}", traceback.format_exc(limit=-3), file=sys.stderr, flush=True)
            failed.append(seed)
        finally:
            signal.alarm(0)
        done += 1
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(f"seeds {start} to {start + done - 1}: {done} run, {len(failed)} failed, at most {memory / 2**20:.0f} MiB")
    assert memory < MEMORY_AT_MOST, "too much memory"
    return failed


def _too_long(*_: object) -> None:
    raise TimeoutError("over 20 s")


if __name__ == "__main__":
    made = [float(a) for a in sys.argv[1:]]
    chosen = (int(made[1]) if len(made) > 1 else 0, int(made[0]) if made else 1000)
    sys.exit(bool(run(*chosen, *made[2:3])))
