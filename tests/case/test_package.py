"""A corpus of bad files: each is refused in plain words, quickly, before anything parses it."""

import datetime as dt
import io
import sys
import zipfile
import zlib
from pathlib import Path

import pytest

from optimiser.case.reading import package, reader
from optimiser.case.reading.reader import open_book
from optimiser.case.reading.sheets import RawBook
from optimiser.case.reading.workbook import read_tables
from tests.case.books import (
    assert_same,
    book,
    changed,
    codes,
    members,
    open_document,
    open_row,
    packed,
    said,
    with_cells,
)

SHEET = "xl/worksheets/sheet3.xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
DOCTYPE = b'<!DOCTYPE x [<!ENTITY a "b">]>'


def without_directory() -> bytes:
    return book()[:-300]


def with_part(name: str, content: bytes = b"x") -> bytes:
    return packed({**members(book()), name: content})


def with_doctype(part: str) -> bytes:
    parts = members(book())
    head, root = b"", parts[part]
    if root.startswith(b"<?xml"):
        end = root.index(b"?>") + 2
        head, root = root[:end], root[end:]
    return packed({**parts, part: head + DOCTYPE + root})


def doubled() -> bytes:
    buffer = io.BytesIO(book())
    with zipfile.ZipFile(buffer, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(SHEET, b"<worksheet/>")
    return buffer.getvalue()


def bomb() -> bytes:
    return with_part("xl/media/image1.xml", b"<x>" + b"A" * 150_000_000 + b"</x>")


def many_cells() -> bytes:
    return changed(book(), SHEET, b"</sheetData>", b"<row>" + b"<c/>" * 2_000_001 + b"</row></sheetData>")


CORPUS = {
    "nothing in it": ("F01", lambda: b""),
    "only blanks": ("F01", lambda: b" \r\n"),
    "cut off": ("F02", without_directory),
    "cut off early": ("F02", lambda: book()[:100]),
    "a CSV": ("F03", lambda: b"agency,name\nPD,City Police\n"),
    "a CSV with semicolons": ("F03", lambda: "agency;Größe\nPD;1,5\n".encode()),
    "a PDF": ("F04", lambda: b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"),
    ".xls": ("F04", lambda: OLE),
    ".xlsb": ("F04", lambda: packed({"xl/workbook.bin": b"x", "[Content_Types].xml": b"<x/>"})),
    "HTML": ("F04", lambda: b"\xef\xbb\xbf\n<HTML><body><table></table></body></HTML>"),
    "HTML with a document type": ("F04", lambda: b"<!DOCTYPE html><html></html>"),
    "XML": ("F04", lambda: b'<?xml version="1.0"?><Workbook/>'),
    "a picture": ("F04", lambda: b"\x89PNG\r\n\x1a\n" + bytes(50)),
    "another archive": ("F04", lambda: packed({"word/document.xml": b"<x/>"})),
    "a password": ("F05", lambda: OLE + "EncryptedPackage".encode("utf-16-le")),
    "macros": ("F06", lambda: with_part("xl/vbaProject.bin")),
    "macro sheets": ("F06", lambda: with_part("xl/macrosheets/sheet1.xml", b"<x/>")),
    "too large": ("F07", lambda: b"PK\x03\x04" + bytes(package.BYTES_AT_MOST)),
    "too many parts": ("F08", lambda: packed({**members(book()), **{f"x{i}.xml": b"<x/>" for i in range(600)}})),
    "a bomb": ("F08", bomb),
    "too many cells": ("F08", many_cells),
    "a part twice": ("F09", doubled),
    "a part twice but for case": ("F09", lambda: with_part("XL/Workbook.xml", b"<x/>")),
    "a part outside": ("F09", lambda: with_part("../../etc/passwd")),
    "a part outside, by a backslash": ("F09", lambda: with_part("..\\evil.xml")),
    "a part at the root": ("F09", lambda: with_part("/etc/passwd")),
    "a document type in a sheet": ("F10", lambda: with_doctype(SHEET)),
    "a document type in the workbook": ("F10", lambda: with_doctype("xl/workbook.xml")),
    "a document type in the styles": ("F10", lambda: with_doctype("xl/styles.xml")),
    "a document type in the relations": ("F10", lambda: with_doctype("xl/_rels/workbook.xml.rels")),
    "a document type in the types": ("F10", lambda: with_doctype("[Content_Types].xml")),
    "a document type in lower case": ("F10", lambda: with_part("xl/x.xml", b"<!doctype x><x/>")),
    "UTF-16": ("F10", lambda: with_part("xl/x.xml", '<?xml version="1.0" encoding="utf-16"?><x/>'.encode("utf-16"))),
    "another encoding": ("F10", lambda: with_part("xl/x.xml", b'<?xml version="1.0" encoding="UTF-7"?><x/>')),
    "strict": (
        "F11",
        lambda: changed(
            book(),
            "xl/workbook.xml",
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        ),
    ),
}


@pytest.mark.parametrize("name", CORPUS)
def test_a_bad_file_is_refused_with_its_code_and_a_cure(name: str) -> None:
    code, make = CORPUS[name]
    tables = read_tables(make())
    (fault,) = tables.faults
    assert fault.code == code
    assert fault.level == "error"
    assert fault.found
    assert fault.cure
    assert all(len(table) == 0 for table in tables.tables.values())


def test_a_refusal_says_what_the_file_is_and_what_to_do() -> None:
    assert said(read_tables(b"agency,name\nPD,City Police\n")) == [
        "[F03] the file: found plain text, such as a CSV; expected an Excel workbook (.xlsx) or .ods; open it in a "
        "spreadsheet program, put each table on its sheet, and save it as an Excel workbook (.xlsx)"
    ]


def test_a_file_too_large_is_not_even_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "large.xlsx"
    with path.open("wb") as file:
        file.truncate(package.BYTES_AT_MOST + 1)
    monkeypatch.setattr("pathlib.Path.read_bytes", lambda _: pytest.fail("it was read"))
    assert codes(open_book(path).faults) == {"F07"}


def test_a_size_that_lies_is_a_damaged_file() -> None:
    data = book()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        member = archive.getinfo(SHEET)
        size = member.file_size.to_bytes(4, "little")
    assert codes(read_tables(data.replace(size, (5).to_bytes(4, "little")))) == {"F02"}


def test_a_changed_byte_is_a_damaged_file() -> None:
    data = bytearray(book())
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        start = archive.getinfo(SHEET).header_offset
    data[start + 80] ^= 0xFF
    assert codes(read_tables(bytes(data))) == {"F02"}


FAR = {
    "the last cell": b'<c r="XFD1048576"><v>1</v></c>',
    "small letters": b'<c r="xfd1048576"><v>1</v></c>',
    "other quotes": b"<c r='XFD1048576'><v>1</v></c>",
    "other blanks": b'<c\tr = "XFD1048576"><v>1</v></c>',
    "a prefix": b'<x:c xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" r="XFD1048576"><x:v>1</x:v></x:c>',
    "another attribute first": b'<c t="n" r="XFD1048576"><v>1</v></c>',
    "a row far down": b'</row><row r="1048576"><c><v>1</v></c>',
    "a column far out": b'<c r="GS2"><v>1</v></c>',
}


@pytest.mark.parametrize("name", FAR)
@pytest.mark.parametrize("guarded", [False, True])
def test_a_cell_far_out_is_refused_before_the_sheet_is_filled_up_to_it(name: str, guarded: bool) -> None:
    (fault,) = read_tables(with_cells(FAR[name]), guarded=guarded).faults
    assert (fault.sheet, fault.code) == ("Initiatives", "S07")
    assert "100,000 rows and 200 columns" in fault.expected


def test_a_sheet_that_is_nearly_all_blank_is_refused() -> None:
    assert codes(read_tables(with_cells(b'<c r="GR100000"><v>1</v></c>'))) == {"F08"}


@pytest.mark.parametrize("dimension", [b"A1:XFD1048576", b"A1", b"A1:B1"])
def test_a_false_dimension_changes_nothing(dimension: bytes) -> None:
    tables = read_tables(changed(book(), SHEET, b'ref="A1:C3"', b'ref="%s"' % dimension))
    assert not tables.faults
    assert tables["Initiatives"]["lead"].tolist() == ["PD", "DA"]


def test_a_cell_that_stands_twice_is_refused() -> None:
    assert said(read_tables(with_cells(b'<c r="A2"><v>1</v></c>')))[0].startswith("[S09] Initiatives!A2: found a cell")


def test_a_text_that_does_not_exist_is_damage() -> None:
    assert codes(read_tables(with_cells(b'<c r="D3" t="s"><v>99</v></c>'))) == {"S15"}


def test_what_is_unusual_is_parsed_in_a_child_process(monkeypatch: pytest.MonkeyPatch) -> None:
    called = []
    original = reader._in_child

    def child(data: bytes, foreign: bool = False) -> RawBook:
        called.append(data)
        return original(data)

    monkeypatch.setattr(reader, "_in_child", child)
    usual, unusual = book(), changed(book(), SHEET, b'<c r="A2" t=', b'<c  r="A2" t=')
    assert not read_tables(usual).faults
    assert not called
    assert not read_tables(unusual).faults
    assert called == [unusual]


@pytest.mark.skipif(sys.platform == "win32", reason="only a system of Unix counts a child's seconds of the processor")
def test_a_child_that_waits_for_the_processor_is_not_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine with a hundred others at work: it takes longer than it may use of the processor, and reads the file."""
    late = (
        "import sys, time; time.sleep(2); sys.path.insert(0, sys.argv[1]); from optimiser.case.reading import reader; "
    )
    monkeypatch.setattr(reader, "_START", late + "reader.child()")
    monkeypatch.setattr(reader, "SECONDS", 1)
    assert not reader._in_child(book()).faults


def test_many_references_to_one_long_text_are_not_multiplied_here() -> None:
    parts = members(book())
    rows = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (i, i) for i in range(4, 9000))
    parts[SHEET] = parts[SHEET].replace(b"</sheetData>", rows + b"</sheetData>")
    text = zlib.compress(bytes(30_000)).hex().encode() * 400
    space = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts["xl/sharedStrings.xml"] = b'<sst xmlns="%s"><si><t>%s</t></si></sst>' % (space, text)
    assert not package.scan(packed(parts)).simple


def test_the_child_process_gives_the_same_tables() -> None:
    data = book(
        Periods=[
            ["period", "start", "end"],
            ["Q1", dt.date(2026, 1, 1), dt.datetime(2026, 3, 31, 12)],
            ["Q2", None, None],
        ],
        Case=[["setting", "value"], ["name", "Größe ☃"], ["rounding", 0.01]],
    )
    here, there = read_tables(data), read_tables(data, guarded=True)
    assert not here.faults
    assert there.faults == here.faults
    assert_same(here, there)


def test_an_open_document_spreadsheet_is_read() -> None:
    blank = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>'
    tables = read_tables(
        open_document(
            Agencies=open_row("agency") + open_row("PD") + blank,
            Funds=open_row("fund", "amount") + open_row("Pool", 5),
            Initiatives=open_row("initiative", "request") + open_row("Mapping", 2.5) + open_row("Courts", "TBD"),
        )
    )
    assert tables["Initiatives"]["request"].tolist()[0] == 2.5
    assert said(tables) == [
        '[N03] Initiatives!B3: found "TBD"; expected an amount of money, 0 or more; write a number, or leave the cell blank'
    ]


@pytest.mark.parametrize("repeated", [100_001, 1_000_000, 1_000_000_000])
def test_an_open_document_spreadsheet_that_repeats_its_rows_without_end_is_refused(repeated: int) -> None:
    rows = open_row("agency") + open_row(*(["PD"] * 100), repeated=repeated)
    assert codes(read_tables(open_document(Agencies=rows))) & {"F02", "F08", "S07"}
