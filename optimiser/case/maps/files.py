"""Any file of tables as worksheets: .xlsx, .xlsm, .xls and .ods by the reader of workbooks, .csv and .tsv here."""

from __future__ import annotations

import codecs
import csv
import io
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePath

from optimiser.case.faults import Fault
from optimiser.case.reading import package
from optimiser.case.reading.reader import open_book
from optimiser.case.reading.sheets import COLUMNS_AT_MOST, ROWS_AT_MOST, RawBook, RawSheet

DELIMITERS = "\t;|,"
"""Signs between cells; of two that part every line alike, the one that stands less often inside a cell comes first."""
_LOOKED_AT = 200
"""Lines by which the sign between cells is found."""
_FIELD_AT_MOST = 1_000_000


@dataclass(frozen=True)
class ForeignFile:
    """A file as worksheets. text: whether it is a CSV, in which every cell is text."""

    name: str
    book: RawBook
    text: bool = False

    @property
    def sheets(self) -> tuple[RawSheet, ...]:
        """Its worksheets."""
        return self.book.sheets


def open_foreign(source: str | Path | bytes, name: str = "", *, guarded: bool = False) -> ForeignFile:
    """The worksheets of a file; its faults are in `book.faults`. name: of the file, where `source` is its bytes.

    guarded: read a workbook in a child process. Raises OSError if the path cannot be opened.
    """
    name = name if isinstance(source, bytes) else name or PurePath(source).name
    data = package.bytes_of(source)
    if isinstance(data, Fault):
        return ForeignFile(name, RawBook((), (data,)))
    text, told = _text(data)
    if text is not None:
        return ForeignFile(name, _lines(text, PurePath(name).stem or "Sheet1", told), text=True)
    return ForeignFile(name, open_book(data, guarded=guarded, foreign=True))


def _text(data: bytes) -> tuple[str | None, tuple[Fault, ...]]:
    """The text of a file of text, and what is said of its letters; None of any other."""
    if not data.strip(b"\x00 \r\n\t") or data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return None, ()
    head = data[:2000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if head.startswith((b"<", b"%pdf-", b"{\\rtf")):
        return None, ()
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        with suppress(UnicodeDecodeError):
            return data.decode("utf-16"), ()
        return None, ()
    if any(c < 32 and c not in (9, 10, 12, 13, 26) for c in data):
        return None, ()
    try:
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        cure = "look at its names: if letters with accents are wrong, save it as CSV UTF-8"
        what = "letters that are no UTF-8, read as Windows-1252"
        told = Fault(package.FILE, "", "M03", what, "a text file in UTF-8", cure, "warning")
        return data.decode("cp1252", "replace"), (told,)


def delimiter(text: str) -> str:
    """The sign that parts the cells of a text: the one that stands in most lines, in each as often."""
    lines = [line for line in text.splitlines()[:_LOOKED_AT] if line.strip()]
    best, score = ",", (0.0, 0)
    for sign in DELIMITERS:
        counts = [len(row) - 1 for row in _rows("\n".join(lines), sign)]
        if not counts or not any(counts):
            continue
        usual = max(set(counts), key=counts.count)
        found = (counts.count(usual) / len(counts) if usual else 0.0, usual)
        if found > score:
            best, score = sign, found
    return best


def _rows(text: str, sign: str) -> list[list[str]]:
    """The cells of a text row by row. Raises ValueError for a cell that does not end."""
    csv.field_size_limit(_FIELD_AT_MOST)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=sign))
    except csv.Error as problem:
        raise ValueError(str(problem)) from problem


def _lines(text: str, name: str, told: tuple[Fault, ...]) -> RawBook:
    """A CSV as a workbook with one sheet, named after the file."""
    text = text.removesuffix("\x1a")
    sep, _, rest = text.partition("\n")
    said, sign = sep.strip().lower(), ""
    if said.startswith("sep=") and len(said) == 5:  # how Excel is told the sign
        sign, text = said[4], "\n" + rest
    try:
        rows = [[c.strip("\r\n \t\xa0") for c in row] for row in _rows(text, sign or delimiter(text))]
    except ValueError as problem:
        damaged = package.refused("F02", f"a text file that is damaged ({problem})", "a CSV", "export it again")
        return RawBook((), (damaged,))
    width = max((len(r) for r in rows), default=0)
    if len(rows) > ROWS_AT_MOST or width > COLUMNS_AT_MOST:
        expected = f"at most {ROWS_AT_MOST:,} rows and {COLUMNS_AT_MOST} columns"
        what = f"{len(rows):,} rows and {width:,} columns"
        return RawBook((), (Fault(name, "", "S07", what, expected, "export less of it at a time"),))
    return RawBook((RawSheet(name, [row + [""] * (width - len(row)) for row in rows]),), told)
