"""Workbooks that are written: read again they are the same, no text becomes a formula, and faults are marked."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optimiser.case.checking.checks import check
from optimiser.case.reading.workbook import Tables, read_tables, tables_from
from optimiser.case.spec import BY_NAME, SHEETS
from optimiser.case.writing import annotation, template, writer
from optimiser.case.writing.reference import workbook_reference
from optimiser.case.writing.template import titled
from tests.case.books import assert_same, attributes, book, codes, members

RECORDS: dict[str, Any] = {
    "Case": [{"setting": "name", "value": "Metro"}, {"setting": "rounding", "value": 0.01}],
    "Periods": [{"period": "Q1", "start": "2026-10-01", "end": "2026-12-31"}, {"period": "Q2"}],
    "Areas": [{"area": "North", "population": 1200}, {"area": "Old town", "parent": "North", "population": None}],
    "Agencies": [
        {"agency": "PD", "kind": "police", "area": "North", "badge": "007"},
        {"agency": "=DA", "badge": "012"},
    ],
    "Funds": [{"fund": "Pool", "amount": 1000.5, "can_match": "yes", "allowed": "category = travel | general"}],
    "Initiatives": [{"initiative": "Mapping", "request": 600, "lead": "PD", "pace": 0.25, "must_fund": True}],
    "Rules": [{"rule": "cap", "at_most": 0.155, "of": "total", "authority": "34 USC 10156"}],
    "Scenarios": [{"scenario": "cut", "sheet": "Funds", "column": "amount", "change": "= 900"}],
    "Outcomes": [{"initiative": "Mapping", "outcome": "calls", "at_full": -3.25}],
}


def written(tables: Tables, **options: Any) -> bytes:
    buffer = io.BytesIO()
    writer.write_tables(buffer, tables.tables, **options)
    return buffer.getvalue()


def opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def test_what_is_written_is_read_again() -> None:
    tables = tables_from(RECORDS)
    again = read_tables(written(tables))
    assert_same(tables, again)
    assert codes(again) == {"K05"}
    assert again.sheets_present == tuple(s.name for s in SHEETS if s.name in RECORDS)
    assert attributes(again) == {"Areas": ("population",), "Agencies": ("badge",)}


def test_no_text_of_a_user_becomes_a_formula() -> None:
    dangerous = ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "#REF!", "=", "\t=1"]
    records: dict[str, Any] = {
        **RECORDS,
        "Agencies": [{"agency": f"a{i}", "name": text} for i, text in enumerate(dangerous)],
    }
    records["Initiatives"] = [{"initiative": "A", "request": 1}]
    data = written(tables_from(records))
    assert not [name for name, content in members(data).items() if b"<f>" in content or b"<f " in content]
    cells = opened(data)["Agencies"]["B"][1:]
    assert [c.data_type for c in cells] == ["s"] * len(dangerous)
    assert [c.value for c in cells][:6] == dangerous[:6]
    assert all(c.quotePrefix for c in cells[:5])


def test_titles_are_frozen_bold_and_explained() -> None:
    sheet = opened(written(tables_from(RECORDS)))["Initiatives"]
    titles = {c.value: c for c in sheet[1]}
    assert sheet.freeze_panes == "A2"
    assert titles["request"].font.bold
    help_of = BY_NAME["Initiatives"].column("request").help
    assert titles["request"].comment.text == f"{help_of}\nUnit: money.\nRequired."
    assert "Blank: 1." in titles["pace"].comment.text
    assert sheet["G2"].number_format != sheet[f"{titles['pace'].column_letter}2"].number_format  # type: ignore[union-attr]
    assert sheet[f"{titles['pace'].column_letter}2"].number_format == "0%"  # type: ignore[union-attr]
    assert sheet[f"{titles['request'].column_letter}2"].number_format == "#,##0"  # type: ignore[union-attr]
    plain, buffer = openpyxl.Workbook(write_only=True), io.BytesIO()
    writer.add_table(plain, BY_NAME["Initiatives"], tables_from(RECORDS)["Initiatives"], {}, comments=False)
    plain.save(buffer)
    assert not [c for c in opened(buffer.getvalue())["Initiatives"][1] if c.comment]


def test_choices_flags_and_references_have_lists() -> None:
    lists = {
        (sheet.title, str(v.sqref)): v
        for sheet in opened(written(tables_from(RECORDS)))
        for v in sheet.data_validations.dataValidation
    }
    assert lists["Funds", "C2"].formula1 == '"pooled,joint grant,shared budget,own budget"'
    assert lists["Agencies", "D2:D3"].formula1 == "'Areas'!$A$2:$A$3"
    assert not lists["Agencies", "D2:D3"].showErrorMessage
    assert lists["Initiatives", "I2"].formula1 == '"yes,no"'
    assert all(len(v.formula1) <= 257 for v in lists.values())


def test_other_sheets_stand_before_and_after_those_of_the_case() -> None:
    summary = writer.PlainSheet("Summary", ["what", "money"], [["awarded", 12.5], ["=x", None]], {"money": "#,##0.00"})
    proof = writer.PlainSheet("Proof", ["hash"], [["abc"]])
    data = written(tables_from(RECORDS), first=[summary], last=[proof])
    made = opened(data)
    assert made.sheetnames[0] == "Summary"
    assert made.sheetnames[-1] == "Proof"
    assert made["Summary"]["B2"].number_format == "#,##0.00"
    assert made["Summary"]["A3"].data_type == "s"
    assert_same(tables_from(RECORDS), read_tables(data))


TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"], include_characters="=+-@#_x0\n"), min_size=1, max_size=12
).filter(str.strip)
MONEY = st.floats(min_value=0, max_value=1e12, allow_nan=False)


@st.composite
def cases(draw: st.DrawFn) -> dict[str, list[dict[str, Any]]]:
    agencies = draw(st.lists(TEXT, min_size=1, max_size=4))
    some = st.one_of(st.none(), MONEY)
    return {
        "Case": [{"setting": "name", "value": draw(st.one_of(TEXT, MONEY, st.booleans()))}],
        "Agencies": [
            {"agency": a, "name": draw(TEXT), "maximum": draw(some), "size": draw(some), "motto": draw(TEXT)}
            for a in agencies
        ],
        "Funds": [{"fund": draw(TEXT), "amount": draw(some), "can_match": draw(st.booleans())}],
        "Initiatives": [
            {
                "initiative": draw(TEXT),
                "request": draw(MONEY),
                "lead": draw(st.sampled_from(agencies)),
                "pace": draw(st.floats(min_value=0, max_value=1)),
            }
        ],
    }


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(cases())
def test_any_case_is_read_again_as_it_was_written(records: dict[str, list[dict[str, Any]]]) -> None:
    tables = tables_from(records)
    assert_same(tables, read_tables(written(tables)))


def test_characters_that_a_cell_cannot_hold_are_left_out() -> None:
    records: dict[str, Any] = {**RECORDS, "Agencies": [{"agency": "A", "name": "a\x00b\x0b\ud800c\ufffe"}]}
    records["Initiatives"] = [{"initiative": "A", "request": 1}]
    assert read_tables(written(tables_from(records)))["Agencies"]["name"].tolist() == ["abc"]


def test_text_that_looks_like_the_code_of_a_character_stays_as_it_is() -> None:
    records: dict[str, Any] = {
        **RECORDS,
        "Agencies": [{"agency": "A", "name": "a_x0041_b"}],
        "Initiatives": [{"initiative": "A", "request": 1}],
    }
    assert read_tables(written(tables_from(records)))["Agencies"]["name"].tolist() == ["a_x0041_b"]


def test_the_template_has_every_sheet_and_is_a_case_as_soon_as_it_is_filled_in(tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    template.write_template(path)
    made = openpyxl.load_workbook(path)
    assert made.sheetnames == ["README", *(s.name for s in SHEETS)]
    assert [c.value for c in made["Funds"][1]][:6] == ["fund", "name", "kind", "owner", "amount [money]", "first"]
    assert [(f.sheet, f.code) for f in read_tables(path).faults] == [
        ("Agencies", "S13"),
        ("Funds", "S13"),
        ("Initiatives", "S13"),
    ]
    made["Agencies"]["A2"] = "PD"
    made["Funds"].append(["Pool", None, None, None, 1000])
    made["Initiatives"].append(["Mapping", None, None, None, "PD", 600])
    made["Rules"].append(["cap"])
    made.save(path)
    tables = read_tables(path)
    assert not tables.faults
    assert tables["Initiatives"]["request"].tolist() == [600]
    for spec in SHEETS:
        assert len(titled(spec)) == len(spec.columns)


def test_the_template_says_what_to_fill_in_and_what_does_not_belong_in_it(tmp_path: Path) -> None:
    template.write_template(tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx")["README"]
    text = " ".join(str(c.value) for row in sheet.iter_rows() for c in row if c.value is not None)
    assert "Agencies, Funds and Initiatives" in text
    assert "No criminal-justice information belongs in this workbook" in text
    for spec in SHEETS:
        assert spec.help in text
    links = {cell.value: cell.hyperlink.location for row in sheet.iter_rows() for cell in row if cell.hyperlink}
    assert links == {s.name: f"'{s.name}'!A1" for s in SHEETS}


def test_faulty_cells_are_marked_in_a_fresh_copy_and_listed_with_links() -> None:
    rows: list[Any] = [
        ["initiative", "request", "lead", "name"],
        ["A", "12O", "nobody", None],
        ["B", "1,200", "PD", "=1+1"],
    ]
    data = book(Initiatives=rows, Summary=[["old"]])
    tables = read_tables(data)
    out = io.BytesIO()
    annotation.annotate(data, [*tables.faults, *check(tables)], out)
    made = opened(out.getvalue())
    assert made.sheetnames == ["Faults", "Agencies", "Funds", "Initiatives"]
    sheet = made["Initiatives"]
    assert sheet["B2"].fill.start_color.rgb == "00" + writer.RED
    assert sheet["B2"].comment.text.startswith(
        '[N03] found "12O"; expected an amount of money, 0 or more; if 120 was meant'
    )
    assert sheet["B3"].fill.start_color.rgb == "00" + writer.AMBER
    assert (sheet["D3"].value, sheet["D3"].data_type) == ("=1+1", "s")
    assert sheet["A2"].fill.fill_type is None
    listed = [[c.value for c in row] for row in made["Faults"].iter_rows(min_row=4)]
    assert "reading only" in made["Faults"]["A1"].value
    assert [row[:4] for row in listed] == [
        ["error", "Initiatives", "B2", "N03"],
        ["error", "Initiatives", "C2", "K02"],
        ["error", "Initiatives", "D3", "N13"],
        ["warning", "Initiatives", "B3", "N01"],
    ]
    assert made["Faults"]["C4"].hyperlink.location == "'Initiatives'!B2"
    again = read_tables(out.getvalue())
    assert {f.cell for f in again.faults} == {"B2", "C2", "B3", "D3"}


def test_a_fault_in_a_blank_cell_is_marked_too() -> None:
    data = book(Initiatives=[["initiative", "request"], ["A", None], [None, 5]])
    out = io.BytesIO()
    annotation.annotate(data, read_tables(data).faults, out, guarded=True)
    sheet = opened(out.getvalue())["Initiatives"]
    assert sheet["B2"].comment
    assert sheet["A3"].comment


@pytest.mark.parametrize("data", [b"", b"a,b\n1,2\n"])
def test_a_file_that_is_refused_gives_the_list_alone(data: bytes) -> None:
    out = io.BytesIO()
    annotation.annotate(data, read_tables(data).faults, out)
    made = opened(out.getvalue())
    assert made.sheetnames == ["Faults"]
    assert made["Faults"]["D4"].value in ("F01", "F03")


def test_numbers_of_numpy_are_written_as_numbers() -> None:
    sheet = writer.PlainSheet("Spend", ["a", "b", "c", "d"], [[np.float64(1.5), np.int64(2), np.bool_(True), np.nan]])
    cells = opened(written(tables_from(RECORDS), last=[sheet]))["Spend"][2]
    assert [c.value for c in cells] == [1.5, 2, True, None]


def test_the_reference_page_is_up_to_date() -> None:
    from pathlib import Path

    page = Path(__file__).parents[2] / "docs" / "workbook.md"
    assert page.read_text("utf-8") == workbook_reference(), (
        "python -m optimiser.case.writing.reference > docs/workbook.md"
    )


def test_the_reference_page_has_every_sheet_and_column() -> None:
    page = workbook_reference()
    for spec in SHEETS:
        assert f"## {spec.name}\n" in page
        for column in spec.columns:
            assert column.help.replace("|", "\\|") in page
    assert "| `pace` | number, 0 to 1 | share | 1 |" in page
    assert "| N04 | A number can be read in two ways" in page


@pytest.mark.parametrize("name", ["Scenarios", "Initiatives", "README", "Library", "Staff"])
def test_a_template_prints_on_any_paper(name: str, tmp_path: Path) -> None:
    plain = writer.PlainSheet("Library", ["name", "text"], [["a", "word " * 100]])
    template.write_template(tmp_path / "t.xlsx", [plain])
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx")[name]
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.page_setup.fitToHeight == 0
    assert sheet.page_setup.paperSize is None
    assert name == "README" or sheet.print_title_rows == "$1:$1"
    wide = sum(d.width for d in sheet.column_dimensions.values())
    assert wide / sheet.page_setup.fitToWidth <= 200
    assert (sheet.page_setup.fitToWidth > 1) == bool(sheet.print_title_cols)


def test_a_long_text_is_broken_into_lines_and_its_row_is_as_high() -> None:
    sheet = writer.PlainSheet("Why", ["name", "why"], [["a", "word " * 60], ["b", "short"]], widths={"why": 40})
    made = opened(written(tables_from(RECORDS), last=[sheet]))["Why"]
    assert made["B2"].alignment.wrap_text
    assert made.row_dimensions[2].height >= 15 * 8
    assert made.row_dimensions[3].height is None


def test_in_a_template_a_change_stays_the_text_that_was_typed(tmp_path: Path) -> None:
    template.write_template(tmp_path / "t.xlsx")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    column = next(c.column for c in book["Scenarios"][1] if str(c.value).startswith("change"))
    assert {book["Scenarios"].cell(r, column).number_format for r in (2, 3, 100)} == {"@"}
    keys = book["Agencies"].column_dimensions["A"]
    assert keys.number_format == "@"
    assert not read_tables(tmp_path / "t.xlsx")["Scenarios"].columns["change"].tolist()
