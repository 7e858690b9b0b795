"""Makes the example workbooks from their sources: `python data/make_examples.py` writes data/*.xlsx anew, and the same
files into the package.

A source (data/sources/*.txt) is one text file that can be read from top to bottom, one section per sheet:

    == Staff
    agency   role      fte  releasable        columns are two or more spaces apart, `-` is a blank cell,
    Sheriff  analyst   2    80%               1,150,000 is a number and 80% is 0.8

    == Needs: initiative role fte             a section with columns in its title has one line per key:
    T01: analyst 1, officer 4                 key, entries with a number, and a word in parentheses if there is a
    T02: cases closed 34 (early gains)        fourth column

    == Funds +                                a section with a plus adds columns to the rows of an earlier one, by their
    fund        fain                          first column: facts that forms ask for

Lines that start with `#` are comments. The section README becomes a sheet of plain lines.

office-budget.cells is a workbook of another shape, to import: its cells as they stand, ` | ` between them.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path
from shutil import copyfile
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import numpy as np
import openpyxl

from optimiser.analysis.rulebook import library
from optimiser.case.boundaries import boundary_files, matching
from optimiser.case.examples import FOLDER, OFFICE
from optimiser.case.spec import BY_NAME
from optimiser.case.table import Table
from optimiser.case.writing.template import write_template
from optimiser.case.writing.writer import PlainSheet, write_tables

HERE = Path(__file__).resolve().parent
SOURCES = HERE / "sources"

Record = dict[str, Any]
Records = dict[str, list[Record]]

_DIGITS = r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?%?"
_NUMBER = re.compile(_DIGITS)
_ENTRY = re.compile(rf"(.+?) ({_DIGITS})(?: \((.+)\))?")


def value(cell: str) -> str | int | float:
    """A cell as a person reads it: 1,150,000 and 25% are numbers, everything else is text."""
    if not _NUMBER.fullmatch(cell):
        return cell
    number = float(cell.rstrip("%").replace(",", ""))
    if cell.endswith("%"):
        number = round(number / 100, 8)
    return int(number) if number.is_integer() else number


def table(lines: list[str], sheet: str = "") -> list[Record]:
    """Records from a header line and aligned lines below it. sheet: whose facts for papers, where they are text, stay text."""
    header, *rows = (re.split(r" {2,}", line.strip()) for line in lines)
    codes = {c.name for c in BY_NAME[sheet].columns if c.for_papers and c.type == "text"} if sheet else set()
    for row in rows:
        if len(row) != len(header):
            raise ValueError(f"{len(row)} cells instead of {len(header)}: {'  '.join(row)}")
    return [
        {c: cell if c in codes else value(cell) for c, cell in zip(header, row, strict=True) if cell != "-"}
        for row in rows
    ]


def joined(rows: list[Record], more: list[Record]) -> list[Record]:
    """Rows with the further columns of those that have the same first cell."""
    facts = {next(iter(row.values())): row for row in more}
    unknown = set(facts) - {next(iter(row.values())) for row in rows}
    if unknown:
        raise ValueError(f"no such row: {', '.join(map(str, sorted(unknown)))}")
    return [row | facts.get(next(iter(row.values())), {}) for row in rows]


def spread(columns: list[str], lines: list[str]) -> list[Record]:
    """Records from lines `key: entry number (word), entry number`."""
    made: list[Record] = []
    for line in lines:
        key, _, entries = line.partition(": ")
        for entry in entries.split(", "):
            found = _ENTRY.fullmatch(entry.strip())
            if found is None:
                raise ValueError(f"{key}: cannot read {entry!r}")
            cells = (key, value(found[1]), value(found[2]), found[3])
            made.append({c: v for c, v in zip(columns, cells, strict=False) if v is not None})
    return made


def read_source(name: str) -> tuple[Records, list[str]]:
    """The records of a source, sheet by sheet, and the lines of its README."""
    sections: dict[str, list[str]] = {}
    for line in (SOURCES / f"{name}.txt").read_text("utf-8").splitlines():
        if line.startswith("== "):
            sections[line[3:]] = []
        elif not line.startswith("#"):
            sections[next(reversed(sections))].append(line.rstrip())
    readme = "\n".join(sections.pop("README", [])).strip().splitlines()
    records: Records = {}
    for title, lines in sections.items():
        sheet, _, columns = title.partition(": ")
        body = [line for line in lines if line]
        if sheet.endswith(" +"):
            sheet = sheet.removesuffix(" +")
            records[sheet] = joined(records[sheet], table(body, sheet))
        else:
            records[sheet] = spread(columns.split(), body) if columns else table(body, sheet)
    return records, readme


def tables_of(records: Records) -> dict[str, Table]:
    """Tables for the writer: only the columns that a case uses, in the order of the specification, cells as written."""
    tables: dict[str, Table] = {}
    for sheet, rows in records.items():
        spec = BY_NAME[sheet]
        used = [*spec.names, *dict.fromkeys(c for row in rows for c in row if c not in spec.names)]
        flags = {c.name: {"": c.default, "yes": True, "no": False} for c in spec.columns if c.type == "flag"}
        columns: dict[str, np.ndarray[Any, Any]] = {}
        for column in used:
            if any(column in row for row in rows):
                cells = [row.get(column, "") for row in rows]
                columns[column] = np.array([flags[column][c] for c in cells] if column in flags else cells, object)
        tables[sheet] = Table(sheet, columns)
    return tables


def settle(path: Path) -> None:
    """Take the time of writing out of a workbook, so that the same source gives the same bytes."""
    with ZipFile(path) as book:
        members = [(info.filename, book.read(info)) for info in book.infolist()]
    with ZipFile(path, "w", ZIP_DEFLATED) as book:
        for name, content in members:
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT[\d:]+Z", b"2026-10-01T00:00:00Z", content)
            book.writestr(ZipInfo(name, (2026, 10, 1, 0, 0, 0)), content, ZIP_DEFLATED)


def bounded(name: str, records: Records) -> None:
    """Gives the areas their outlines, from the boundary file that `make_boundaries.py` made."""
    file = HERE / "boundaries" / f"{name}.geojson"
    if file.is_file():
        areas = {str(row["area"]): "" for row in records["Areas"]}
        found = matching.matched(boundary_files.features(file.read_bytes(), file.name), areas).outlines
        for row in records["Areas"]:
            if row["area"] in found:
                row["boundary"] = found[str(row["area"])]


def write(name: str, folder: Path = HERE) -> Path:
    """Write the workbook of one source."""
    records, readme = read_source(name)
    bounded(name, records)
    title, *lines = readme
    front = PlainSheet("README", [title], [[line or None] for line in lines], widths={title: 120})
    path = folder / f"{name}.xlsx"
    write_tables(path, tables_of(records), first=[front])
    settle(path)
    return path


def office(folder: Path = HERE) -> Path:
    """Write the budget in an office's own shape."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for line in (SOURCES / f"{OFFICE}.cells").read_text("utf-8").splitlines():
        if line.startswith("== "):
            sheet = book.create_sheet(line.removeprefix("== "))
            sheet.column_dimensions["A"].width = 30
        else:
            sheet.append([None if cell in ("", "-") else value(cell) for cell in line.split(" | ")])
    path = folder / f"{OFFICE}.xlsx"
    book.save(path)
    settle(path)
    return path


def names() -> list[str]:
    """All sources."""
    return sorted(path.stem for path in SOURCES.glob("*.txt"))


def template(folder: Path = HERE) -> Path:
    """Write the empty template."""
    path = folder / "template.xlsx"
    write_template(path, [library.sheet()])
    settle(path)
    return path


def main(wanted: Iterable[str]) -> None:
    made = [write(name) for name in list(wanted) or names()]
    if not wanted:
        made += [template(), office()]
    for path in made:
        copyfile(path, FOLDER / path.name)
        print(path.name)


if __name__ == "__main__":
    main(sys.argv[1:])
