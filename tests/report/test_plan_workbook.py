"""PLAN.xlsx: the same bytes each time, live totals with values, read again unchanged, one changed cent found."""

from __future__ import annotations

import io
import re
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from python_calamine import CalamineWorkbook

from optimiser.case.faults import InvalidCase
from optimiser.plan.digest import settled, table_sha256, tables_sha256
from optimiser.plan.tables import SPEC, Plan
from optimiser.report.documents.plan_check import verify_workbook
from optimiser.report.documents.plan_reading import read_plan
from optimiser.report.documents.plan_workbook import NothingToWrite, write_plan
from optimiser.report.documents.report_sheets import Book, SheetLine
from tests.plan.hand import RECORDS, changed, with_rule
from tests.report.plans import case_of, no_plan, plan_of


def written(plan: Plan) -> bytes:
    made = io.BytesIO()
    write_plan(plan, made)
    return made.getvalue()


@pytest.fixture(scope="module")
def book() -> bytes:
    return written(plan_of())


def edited(book: bytes, sheet: str, cell: str, value: Any) -> bytes:
    """The workbook with one cell changed by somebody's spreadsheet program."""
    opened = load_workbook(io.BytesIO(book))
    opened[sheet][cell] = value
    made = io.BytesIO()
    opened.save(made)
    return made.getvalue()


def found(book: bytes, sheet: str, label: str) -> object:
    rows = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_name(sheet).to_python()
    return next(row[1] for row in rows if row[0] == label)


def test_order_of_the_sheets(book: bytes) -> None:
    names = load_workbook(io.BytesIO(book)).sheetnames
    assert names[:11] == [
        "Summary",
        "Spend",
        "Posts",
        "Hires",
        "Levels",
        "Match",
        "Awards",
        "Received",
        "Balances",
        "Achieved",
        "Compliance",
    ]
    assert names[11:] == [*(s for s in case_of(RECORDS).tables if s in RECORDS), "Proof"]


def test_the_same_bytes_each_time(book: bytes) -> None:
    time.sleep(2.1)  # a zip archive counts time in steps of two seconds
    assert written(plan_of()) == book


def test_no_time_is_in_the_file(book: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", archive.read("docProps/core.xml").decode())) == {
            "2000-01-01T00:00:00Z"
        }


def test_read_again(book: bytes) -> None:
    plan = plan_of()
    case, tables, proof = read_plan(book)
    assert case.sha256 == plan.case.sha256 == proof["inputs_sha256"]
    assert set(tables) == set(SPEC)
    for name, table in tables.items():
        assert list(table.records()) == list(settled(plan.tables[name]).records()), name
    assert proof["tables_sha256"] == tables_sha256(plan.tables)
    assert proof["whole"] == "yes"
    assert proof["objective"] == 90.0
    assert proof["setting objective"] == "impact"
    assert proof["version highspy"] == "1.15.1"


def test_a_plan_as_it_was_written_is_whole(book: bytes, tmp_path: Path) -> None:
    assert verify_workbook(book) == []
    assert verify_workbook(book, guarded=True) == []
    write_plan(plan_of(), tmp_path / "plan.xlsx")
    assert verify_workbook(tmp_path / "plan.xlsx") == verify_workbook(str(tmp_path / "plan.xlsx")) == []


def test_saving_it_again_changes_nothing(book: bytes) -> None:
    assert verify_workbook(edited(book, "Summary", "H1", "looks good")) == []


CHANGES = [
    ("Spend", "money", 800.01), ("Spend", "fund", "Own"), ("Posts", "fte", 0.81), ("Hires", "fte", 0.11), ("Levels", "level", 0.21),
    ("Match", "money", 600.01), ("Awards", "award", 3700.01), ("Awards", "state", "in full"), ("Received", "received", 3100.01),
    ("Balances", "unspent", 1400.01), ("Achieved", "achieved", 91), ("Compliance", "headroom", 5200.01), ("Compliance", "kept", "no"),
    ("Funds", "min_spend", 0.21), ("Rules", "at_most", 0.6), ("Initiatives", "name", "Crime lab 2"), ("Proof", "value", "stopped"),
]  # fmt: skip


@pytest.mark.first(5)
@pytest.mark.parametrize(("sheet", "column", "value"), CHANGES)
def test_one_changed_cell_is_found(book: bytes, sheet: str, column: str, value: Any) -> None:
    titles = [cell.value for cell in load_workbook(io.BytesIO(book))[sheet][1]]
    broken = verify_workbook(edited(book, sheet, f"{get_column_letter(titles.index(column) + 1)}2", value))
    assert [b.item for b in broken if b.constraint == "changed"] == [sheet]
    assert all(b.sentence.endswith(".") for b in broken)


def test_a_changed_headline_is_found(book: bytes) -> None:
    assert [b.item for b in verify_workbook(edited(book, "Summary", "A2", "3 of 3 initiatives are funded."))] == [
        "Summary"
    ]


def test_a_case_that_became_invalid_is_not_verified(book: bytes) -> None:
    with pytest.raises(InvalidCase):
        verify_workbook(edited(book, "Funds", "E2", 10000.01))


def test_a_changed_hash_is_found(book: bytes) -> None:
    rows = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_name("Proof").to_python()
    for key in ("tables_sha256", "inputs_sha256", "sha256 Spend"):
        at = [row[0] for row in rows].index(key) + 1
        broken = verify_workbook(edited(book, "Proof", f"B{at}", "0" * 64))
        assert {b.item for b in broken} == ({"Spend", "Proof"} if key == "sha256 Spend" else {"Proof"}), key


def test_a_removed_line_and_a_removed_sheet_are_found(book: bytes) -> None:
    opened = load_workbook(io.BytesIO(book))
    opened["Spend"].delete_rows(2)
    del opened["Posts"]
    made = io.BytesIO()
    opened.save(made)
    broken = verify_workbook(made.getvalue())
    assert {"Spend", "Posts"} <= {b.item for b in broken if b.constraint == "changed"}
    assert {"cost", "staffing"} <= {b.constraint for b in broken}


def test_sorting_a_sheet_changes_nothing() -> None:
    table = plan_of().tables["Spend"]
    assert table_sha256(table.take(slice(None, None, -1))) == table_sha256(table)  # type: ignore[arg-type]
    assert table_sha256(table.take(slice(1, None))) != table_sha256(table)  # type: ignore[arg-type]


def test_totals_are_formulas_and_have_values(book: bytes) -> None:
    formulas, values = (
        load_workbook(io.BytesIO(book))["Summary"],
        load_workbook(io.BytesIO(book), data_only=True)["Summary"],
    )
    rows = {formulas.cell(r, 1).value: r for r in range(1, formulas.max_row + 1)}
    expected = {
        "Money of all funds": ("=SUM(Balances!$C$2:$C$5)", 14000), "Spent": ("=SUM(Spend!$F$2:$F$7)", 4700), "Not spent": ("=B8-B9", 9300),
        "Initiatives": ('=COUNTIF(Awards!$I$2:$I$4,"*")', 3), "Funded": ('=COUNTIF(Awards!$I$2:$I$4,"<>not funded")', 2),
        "Funded in full": ('=COUNTIF(Awards!$I$2:$I$4,"in full")', 1), "People": ("=(SUM(Posts!$F$2:$F$3)+SUM(Hires!$E$2:$E$2))/2", 1.15),
        "Of them hired": ("=(SUM(Hires!$E$2:$E$2))/2", 0.05), "Impact": ("=SUM(Awards!$H$2:$H$4)", 90),
    }  # fmt: skip
    shown = {"Not spent": f"=B{rows['Money of all funds']}-B{rows['Spent']}"}
    for label, (formula, value) in expected.items():
        assert formulas.cell(rows[label], 2).value == shown.get(label, formula)
        assert values.cell(rows[label], 2).value == pytest.approx(value)
        assert found(book, "Summary", label) == pytest.approx(value)
    grant = rows["Grant"]
    assert formulas.cell(grant, 3).value == f"=SUMPRODUCT((Spend!$A$2:$A$7=A{grant})*Spend!$F$2:$F$7)"
    assert [values.cell(grant, c).value for c in (2, 3, 4)] == [10000, 3400, 6600]


def test_the_summary_says_what_the_plan_is(book: bytes) -> None:
    lines = [row[0].value for row in load_workbook(io.BytesIO(book))["Summary"].iter_rows(max_row=4)]
    assert lines == [
        "Two quarters",
        "2 of 3 initiatives are funded, 1 of them in full.",
        "Proven best: no other plan that keeps every rule has more impact.",
        "Both rules are kept.",
    ]
    assert found(book, "Summary", "Inputs (SHA-256)") == plan_of().case.sha256


def test_sheets_are_tables_that_print(book: bytes) -> None:
    opened = load_workbook(io.BytesIO(book))
    for name in SPEC:
        sheet = opened[name]
        assert list(sheet.tables) == [f"Plan{name}"]
        assert sheet.tables[f"Plan{name}"].ref == sheet.dimensions
        assert [cell.value for cell in sheet[1]] == list(SPEC[name].names)
        assert sheet.freeze_panes == "A2"
    for sheet in opened.worksheets:  # type: ignore[assignment]
        width = sum(d.width for d in sheet.column_dimensions.values())
        assert sheet.page_setup.orientation == ("portrait" if width <= 110 else "landscape")
        assert width / sheet.page_setup.fitToWidth <= 190  # in letters that can be read, on A4 and on Letter
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.oddFooter.left.text == f"Two quarters, inputs {plan_of().case.sha256[:16]}"
        assert sheet.print_title_rows == (None if sheet.title == "Summary" else "$1:$1")
    assert opened["Spend"]["F2"].number_format == "#,##0"
    assert opened["Levels"]["D2"].number_format == "0%"
    assert opened["Posts"]["F2"].number_format == "0.0"
    assert [opened["Compliance"][f"E{r}"].number_format for r in (2, 3)] == ["0.0%", "#,##0.##"]


def test_text_never_becomes_a_formula() -> None:
    records = changed("Initiatives", "Walk", name="=1+1", theme="@x")
    records["Case"] = [{"setting": "name", "value": "=HYPERLINK(1)"}]
    book = written(plan_of(case_of(records)))
    opened = load_workbook(io.BytesIO(book))
    live = {s.title for s in opened.worksheets for row in s.iter_rows() for c in row if c.data_type == "f"}
    assert live == {"Summary"}
    assert opened["Awards"]["B4"].value == "=1+1"
    assert opened["Awards"]["B4"].quotePrefix
    assert opened["Summary"]["A1"].data_type == "s"
    assert verify_workbook(book) == []


def test_sheets_without_rows() -> None:
    case = case_of(RECORDS)
    from optimiser.plan.derive import derive
    from tests.plan.hand import decision

    tables = decision({"Spend": [], "Posts": [], "Hires": [], "Levels": [], "Match": [], "Balances": []})
    book = written(plan_of(tables={**tables, **derive(case, tables)}))
    opened = load_workbook(io.BytesIO(book))
    assert "Hires" not in opened.sheetnames
    assert "Match" not in opened.sheetnames
    assert opened["Spend"].max_row == 1
    assert {b.constraint for b in verify_workbook(book)} == {"balance", "min spend", "claim"}


def test_numbers_of_more_than_15_digits_are_not_taken_for_changes() -> None:
    case = case_of(with_rule(where="agency = Police", at_most=1234567.89 * 0.9))
    assert verify_workbook(written(plan_of(case))) == []


def test_what_is_no_plan(tmp_path: Path) -> None:
    with pytest.raises(NothingToWrite):
        write_plan(no_plan(), tmp_path / "plan.xlsx")
    assert not (tmp_path / "plan.xlsx").exists()
    from optimiser.case.writing.writer import write_tables

    write_tables(tmp_path / "case.xlsx", case_of(RECORDS).tables)
    with pytest.raises(InvalidCase) as error:
        verify_workbook(tmp_path / "case.xlsx")
    assert [f.sheet for f in error.value.faults] == ["Spend", "Proof"]


def test_a_long_name_leaves_a_foot_that_excel_takes() -> None:
    from optimiser.report.documents.report_sheets import Book

    book = Book("R&D and & " * 40 + ", inputs 0123456789abcdef")
    book.add_lines("Spend", [], (10.0,))
    sheet = book.workbook["Spend"]
    foot = str(sheet.oddFooter)
    assert len(foot) <= 255
    assert "inputs 0123456789abcdef" in foot


def test_a_number_of_seventeen_digits_has_its_format_as_others_have() -> None:
    made, target = Book("Foot"), io.BytesIO()
    values = (103110.40000000001, 2.5)
    made.add_lines(
        "Lines",
        [SheetLine(values, "", ("#,##0", "#,##0")), SheetLine(("long " * 9, *values), "", ("", "0.0", "0.0"))],
        (9, 9, 9),
    )
    made.save(target)
    rows = load_workbook(io.BytesIO(target.getvalue()))["Lines"]
    assert [c.number_format for c in rows[1][:2]] == ["#,##0"] * 2
    assert [c.number_format for c in rows[2][1:]] == ["0.0"] * 2
    assert [c.value for c in rows[1][:2]] == list(values)
