"""What a file says beside the values of its cells: its parts by type, errors, odd numbers, what is merged or hidden."""

import io

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimiser.case.reading.package import scan
from optimiser.case.reading.sheet_xml import look
from optimiser.case.reading.sheets import is_sum
from optimiser.case.reading.workbook import read_tables
from tests.case.books import book, changed, codes, members, open_document, open_row, packed, said, saved, with_cells

SHEET = "xl/worksheets/sheet3.xml"
NO_TABLE = {
    "a picture that begins like a tag": ("xl/media/image1.jpeg", b"<\xff\xd8<!DOCTYPE" + bytes(90)),
    "a drawing with a document type": ("xl/media/image2.svg", b'<?xml version="1.0"?><!DOCTYPE svg><svg/>'),
    "settings of a printer": ("xl/printerSettings/printerSettings1.bin", "Tray <1>".encode("utf-16-le")),
    "properties in another encoding": (
        "customXml/item1.xml",
        '<?xml version="1.0" encoding="utf-16"?><a/>'.encode("utf-16"),
    ),
    "shapes of comments": ("xl/drawings/vmlDrawing1.vml", b'<!DOCTYPE xml><xml xmlns:v="urn:x"><br></xml>'),
    "a thumbnail": ("docProps/thumbnail.wmf", b"\xd7\xcd\xc6\x9a<<<!ENTITY"),
}


@pytest.mark.parametrize("name", NO_TABLE)
def test_a_part_that_holds_no_table_is_no_reason_to_refuse(name: str) -> None:
    part, content = NO_TABLE[name]
    tables = read_tables(packed({**members(book()), part: content}))
    assert not tables.faults
    assert tables["Funds"]["amount"].tolist() == [1000]


def test_a_worksheet_is_markup_whatever_its_part_is_called() -> None:
    parts = members(book())
    parts["xl/worksheets/picture.png"] = parts.pop(SHEET).replace(b"<sheetData>", b"<!DOCTYPE x><sheetData>")
    name = "xl/_rels/workbook.xml.rels"
    parts[name] = parts[name].replace(b"worksheets/sheet3.xml", b"worksheets/picture.png")
    assert codes(read_tables(packed(parts))) == {"F10"}


@pytest.mark.parametrize(
    "inside",
    [b"NaN", b"nan", b"<![CDATA[7]]>", b"60&#48;", b"6<!-- 1 -->00", b"0x10", b"6,5", b"1e", b"&#x36;", b"1 2", b" 6 "],
)
@pytest.mark.parametrize("guarded", [False, True])
def test_a_number_in_other_than_plain_digits_is_refused_with_its_cell(inside: bytes, guarded: bool) -> None:
    data = changed(book(), SHEET, b"<v>600</v>", b"<v>" + inside + b"</v>")
    assert [(f.sheet, f.cell, f.code) for f in read_tables(data, guarded=guarded).faults] == [
        ("Initiatives", "B2", "N18")
    ]


@pytest.mark.parametrize("inside", [b"600", b"+600", b"6e2", b"600.", b"6.0E+02", b"0600"])
def test_plain_digits_in_any_form_are_read(inside: bytes) -> None:
    tables = read_tables(changed(book(), SHEET, b"<v>600</v>", b"<v>" + inside + b"</v>"))
    assert not tables.errors
    assert tables["Initiatives"]["request"][0] == 600


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(-(10**12), 10**12))
@settings(max_examples=50)
def test_every_number_that_a_program_writes_is_plain(one: float, other: int) -> None:
    assert not look(f'<sheetData><c r="A1"><v>{one!r}</v></c><c r="B1"><v>{other}</v></c></sheetData>'.encode()).marks


def test_a_formula_with_a_text_in_line_has_a_value_and_one_without_has_none() -> None:
    with_text = b'<c r="B2" t="inlineStr"><f>A1</f><is><r><t>6</t></r><r><t>00</t></r></is></c>'
    tables = read_tables(changed(book(), SHEET, b'<c r="B2" t="n"><v>600</v></c>', with_text))
    assert tables["Initiatives"]["request"][0] == 600
    assert codes(tables) == {"N01"}
    without = b'<c r="B2" t="inlineStr"><f>A1</f></c>'
    assert codes(read_tables(changed(book(), SHEET, b'<c r="B2" t="n"><v>600</v></c>', without))) == {"N13"}


@pytest.mark.parametrize(
    "far",
    [
        b'<c r="A1048576" s="1"/>',
        b'<c s="1" r="XFD4"></c>',
        b'</row><row r="1048576" s="3"><c r="B1048576" s="2" t="n"></c>',
    ],
)
def test_a_cell_far_out_that_holds_nothing_is_nothing(far: bytes) -> None:
    tables = read_tables(with_cells(far))
    assert not tables.faults
    assert len(tables["Initiatives"]) == 2


def test_a_hidden_column_is_told_where_it_is_used() -> None:
    made = openpyxl.load_workbook(io.BytesIO(book()))
    made["Initiatives"].column_dimensions["B"].hidden = True
    made["Initiatives"].column_dimensions["K"].hidden = True
    assert said(read_tables(saved(made))) == [
        "[S11] warning Initiatives: found hidden column B (request); expected columns that can be seen; they are read "
        "too: unhide them to see what is counted, or delete them"
    ]


TEXT = 'office:value-type="string"'
NUMBER = 'office:value-type="float"'


def open_cell(about: str, shown: str = "") -> str:
    """A cell of an .ods sheet with these attributes."""
    return f"<table:table-cell {about}><text:p>{shown}</text:p></table:table-cell>"


OPEN = {
    "an error": ("N12", open_cell(f'table:formula="of:=1/0" {TEXT} office:string-value=""', "#DIV/0!")),
    "an error of LibreOffice": ("N12", open_cell(f'table:formula="of:=X" {TEXT}', "Err:508")),
    "a formula without a value": ("N13", '<table:table-cell table:formula="of:=1+1"/>'),
    "not a number": ("N18", open_cell(f'{NUMBER} office:value="NaN"', "5")),
    "a value from elsewhere": (
        "F12",
        open_cell(f"""table:formula="of:='file:///b.ods'#$A.A1" {NUMBER} office:value="5" """),
    ),
}


def open_book_with(cell: str, columns: str = "", below: str = "") -> bytes:
    """A case as .ods whose first fund has this cell as its amount."""
    name = '<table:table-cell office:value-type="string"><text:p>Pool</text:p></table:table-cell>'
    funds = f"{columns}{open_row('fund', 'amount')}<table:table-row>{name}{cell}</table:table-row>{below}"
    return open_document(
        Agencies=open_row("agency") + open_row("PD"),
        Funds=funds,
        Initiatives=open_row("initiative", "request") + open_row("Mapping", 600),
    )


@pytest.mark.parametrize("name", OPEN)
def test_an_open_document_is_checked_as_a_workbook_of_excel_is(name: str) -> None:
    code, cell = OPEN[name]
    faults = read_tables(open_book_with(cell)).faults
    assert [(f.sheet, f.cell, f.code) for f in faults] == [("Funds", "B2", code)]


PLAIN = '<table:table-cell office:value-type="float" office:value="5"/>'


def test_merged_and_hidden_cells_of_an_open_document() -> None:
    wide = PLAIN.replace("office:value-type", 'table:number-rows-spanned="2" office:value-type')
    below = f'<table:table-row table:visibility="filter">{open_cell(TEXT, "B")}<table:covered-table-cell/></table:table-row>'
    columns = '<table:table-column table:number-columns-repeated="1"/><table:table-column table:visibility="collapse"/>'
    found = {f.code: f for f in read_tables(open_book_with(wide, columns, below)).faults}
    assert found["S06"].cell == "B2"
    assert "merged cells B2:B3" in found["S06"].found
    assert {f.found for f in read_tables(open_book_with(wide, columns, below)).faults if f.code == "S11"} == {
        "1 hidden or filtered row",
        "hidden column B (amount)",
    }


def test_rows_that_are_repeated_count_and_notes_are_no_values() -> None:
    cells = open_cell(TEXT, "x") + open_cell(f'table:formula="of:=NA()" {TEXT}', "#N/A")
    error = f'<table:table-row table:number-rows-repeated="3">{cells}</table:table-row>'
    noted = PLAIN.replace(
        "/>", "><office:annotation><text:p>#REF!</text:p></office:annotation><text:p>5</text:p></table:table-cell>"
    )
    found = [f.cell for f in read_tables(open_book_with(noted, below=error)).faults if f.code == "N12"]
    assert found == ["B3", "B4", "B5"]


def test_a_damaged_open_document_is_refused() -> None:
    assert codes(read_tables(open_book_with("<table:table-cell>"))) == {"F02"}


@pytest.mark.parametrize("guarded", [False, True])
def test_an_archive_with_a_part_without_a_name_is_refused(guarded: bool) -> None:
    data = packed({**members(book()), "q": b"x"})
    start, end = data.rfind(b"PK\x01\x02"), data.rfind(b"PK\x05\x06")
    size = int.from_bytes(data[end + 12 : end + 16], "little") - 1
    nameless = (
        data[:start] + data[start : start + 28] + b"\0\0" + data[start + 30 : start + 46] + data[start + 47 : end]
    )
    nameless += data[end : end + 12] + size.to_bytes(4, "little") + data[end + 16 :]
    assert codes(read_tables(nameless, guarded=guarded)) == {"F09"}


PIECES = (
    b"<c ",
    b"<c r=",
    b'<c r="A1">',
    b"<c><v>",
    b"<c><f>",
    b"<v>",
    b"<f>",
    b"<f>[",
    b"<is><t>",
    b"<mergeCell ",
    b"<row ",
    b"<col hidden",
    b' r="',
    b"<",
    b"</c",
    b't="e"',
)


@pytest.mark.first(3)
@pytest.mark.parametrize("piece", PIECES)
def test_a_piece_of_text_a_million_times_over_takes_a_moment(piece: bytes) -> None:
    look(b"<worksheet hidden><sheetData><f>1</f><mergeCell" + piece * 300_000 + b"</sheetData></worksheet>")


@given(st.lists(st.sampled_from([*PIECES, b"5", b"</v>", b"</f>", b'"', b">", b"/>", b"A1"]), max_size=40))
def test_any_text_in_place_of_a_worksheet_is_looked_at_without_harm(pieces: list[bytes]) -> None:
    look(b"".join(pieces))


@given(st.integers(0, 3000), st.integers(0, 255))
@settings(max_examples=60)
def test_a_changed_byte_anywhere_is_read_or_refused(at: int, value: int) -> None:
    data = bytearray(book())
    data[at % len(data)] = value
    scan(bytes(data))


@pytest.mark.parametrize(
    ("formula", "adds_up"),
    [
        ("SUM(C2:C9)", True),
        ("=sum( $C$2:C9 )", True),
        ("SUBTOTAL(109,C2:C9)", True),
        ("AGGREGATE(9;5;C2:C9)", True),
        ("C2+C3+C4", True),
        ("SUM(C2:F2)", False),
        ("SUM(Detail!C2:C9)", False),
        ("SUM(D2:D9)", False),
        ("SUM(C11:C20)", False),
        ("C2+D2", False),
        ("C2*1.1", False),
        ("SUM(C2)", False),
    ],
)
def test_a_formula_that_adds_up_the_cells_above(formula: str, adds_up: bool) -> None:
    assert is_sum(formula, 10, 3) == adds_up
