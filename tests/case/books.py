"""Workbooks made by the tests: small ones from lists of rows, and the same with their XML changed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import openpyxl

from optimiser.case.faults import Fault
from optimiser.case.reading.workbook import Tables
from optimiser.case.spec import SHEETS

Rows = list[list[Any]]

SMALL: dict[str, Rows] = {
    "Agencies": [["agency", "name"], ["PD", "City Police"], ["DA", "Prosecutor"]],
    "Funds": [["fund", "amount"], ["Pool", 1000]],
    "Initiatives": [["initiative", "request", "lead"], ["Mapping", 600, "PD"], ["Courts", 500, "DA"]],
}
"""The smallest useful workbook."""


def book(**sheets: Rows | None) -> bytes:
    """The small workbook with these sheets replaced or added (`None` as rows: left out)."""
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    wanted: dict[str, Rows | None] = {**SMALL, **sheets}
    for name, rows in wanted.items():
        if rows is None:
            continue
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    return saved(made)


def saved(made: openpyxl.Workbook) -> bytes:
    """The file of a workbook."""
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def members(data: bytes) -> dict[str, bytes]:
    """The parts of a workbook's file."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Mapping[str, bytes], *, compressed: bool = True) -> bytes:
    """A file with these parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def changed(data: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """The file with `old` replaced by `new` in one part."""
    parts = members(data)
    assert old in parts[part], parts[part][:500]
    return packed({**parts, part: parts[part].replace(old, new)})


def with_cells(cells: bytes) -> bytes:
    """The small workbook with these cells added after the last one of Initiatives."""
    end = b"</row></sheetData>"
    return changed(book(), "xl/worksheets/sheet3.xml", end, cells + end)


def attributes(tables: Tables) -> dict[str, tuple[str, ...]]:
    """The additional columns of each sheet that has some."""
    own = {s.name: tuple(c for c in tables[s.name].columns if c not in s.names) for s in SHEETS}
    return {name: titles for name, titles in own.items() if titles}


def said(faults: Tables | Sequence[Fault], code: str = "") -> list[str]:
    """The sentences of the faults (of one code)."""
    listed = faults.faults if isinstance(faults, Tables) else faults
    return [str(f) for f in listed if f.code == code or not code]


def codes(faults: Tables | Sequence[Fault]) -> set[str]:
    """The codes of the faults."""
    listed = faults.faults if isinstance(faults, Tables) else faults
    return {f.code for f in listed}


def assert_same(one: Tables, other: Tables) -> None:
    """Every sheet has the same columns, in which the same values of the same types stand."""
    for name, table in one.tables.items():
        again = other[name]
        assert set(again.columns) == set(table.columns), name
        for title, values in table.columns.items():
            assert again[title].dtype == values.dtype, (name, title)
            assert [_plain(v) for v in again[title].tolist()] == [_plain(v) for v in values.tolist()], (name, title)


def _plain(value: object) -> object:
    return None if isinstance(value, float) and value != value else value


def open_document(**sheets: str) -> bytes:
    """An .ods file whose sheets hold this XML as their rows."""
    spaces = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"' for prefix in ("office", "table", "text")
    )
    body = "".join(f'<table:table table:name="{name}">{rows}</table:table>' for name, rows in sheets.items())
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} office:version="1.3"><office:body>'
        f"<office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    return packed(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content.encode(),
            "META-INF/manifest.xml": manifest.encode(),
        }
    )


def open_row(*values: object, repeated: int = 1) -> str:
    """A row of an .ods sheet."""
    cells = "".join(
        f'<table:table-cell office:value-type="float" office:value="{v}"/>'
        if isinstance(v, float | int)
        else f'<table:table-cell office:value-type="string"><text:p>{v}</text:p></table:table-cell>'
        for v in values
    )
    return f'<table:table-row table:number-rows-repeated="{repeated}">{cells}</table:table-row>'
