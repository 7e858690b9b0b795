"""From sheets to tables: titles, layout, keys and references, and all faults at once."""

import datetime as dt
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

import optimiser
from optimiser.case import codes as codes_module
from optimiser.case.codes import CODES
from optimiser.case.faults import InvalidCase
from optimiser.case.reading.package import scan
from optimiser.case.reading.workbook import read_tables, tables_from
from optimiser.case.spec import SHEETS
from optimiser.case.writing.reference import FAMILIES
from tests.case.books import SMALL, assert_same, attributes, book, changed, codes, said, saved


def test_the_smallest_workbook_has_every_sheet_with_its_defaults() -> None:
    tables = read_tables(book())
    assert not tables.faults
    assert tables.sheets_present == ("Agencies", "Funds", "Initiatives")
    assert set(tables.tables) == {s.name for s in SHEETS}
    for spec in SHEETS:
        assert set(spec.names) <= set(tables[spec.name].columns)
    fund = next(tables["Funds"].records())
    assert (fund["kind"], fund["carryover"], fund["can_match"], fund["allowed"]) == ("pooled", 1.0, False, "")
    assert tables["Initiatives"].rows.tolist() == [2, 3]


def test_titles_are_matched_ignoring_case_spaces_underscores_and_units() -> None:
    rows: list[Any] = [[" INITIATIVE ", "Request [money]", "Must Fund", "all-or_nothing"], ["I", 5, "yes", "yes"]]
    tables = read_tables(book(Initiatives=None, **{"INITIATIVES ": rows}))
    assert tables["Initiatives"]["must_fund"].tolist() == [True]
    assert tables["Initiatives"]["request"].tolist() == [5]
    assert tables.titles["Initiatives"] == "INITIATIVES "
    assert "all-or_nothing" in attributes(tables)["Initiatives"]
    assert said(tables) == [
        '[S17] warning INITIATIVES !D1: found "all-or_nothing"; expected one of the columns '
        + ", ".join(SHEETS[7].names)
        + ", or an attribute named unlike them; if all_or_nothing is meant, rename it; otherwise it is kept as an attribute"
    ]


def test_a_unit_in_brackets_belongs_to_an_attribute_of_its_own() -> None:
    rows: list[Any] = [["agency", "crime (2020)", "crime (2021)"], ["PD", 1, 2], ["DA", 3, 4]]
    assert attributes(read_tables(book(Agencies=rows))) == {"Agencies": ("crime (2020)", "crime (2021)")}


def test_a_missing_sheet_is_named_with_the_one_that_is_nearly_it_and_that_is_looked_into() -> None:
    found = said(read_tables(book(Agencies=None, Agences=[*SMALL["Agencies"], ["PD", "Again"]])))
    assert found == [
        "[S01] Agences: found no sheet Agencies; expected the sheets Agencies, Funds, Initiatives; rename the sheet "
        '"Agences" to Agencies',
        '[K01] Agences!A4: found "PD"; expected each agency once; it also stands in A2: remove one of the two, or rename it',
    ]


def test_sheets_of_a_plan_are_passed_over() -> None:
    tables = read_tables(book(Summary=[["anything"]], Proof=[[1]], README=[["x"]], Lists=[["y"]], Faults=[["z"]]))
    assert not tables.faults


def test_an_unknown_sheet_is_not_read_and_that_is_said() -> None:
    (fault,) = read_tables(book(Notes=[["x"]])).faults
    assert (fault.sheet, fault.code, fault.level) == ("Notes", "S01", "warning")
    assert fault.cure == "it is not read"


def test_beside_a_missing_sheet_an_unknown_one_is_an_error_since_it_may_be_meant() -> None:
    faults = read_tables(book(Funds=None, Money=[["x"]])).faults
    assert [(f.sheet, f.code, f.level) for f in faults] == [("Money", "S01", "error"), ("Funds", "S01", "error")]
    assert "rename it to Funds" in faults[0].cure


def test_two_sheets_for_one_table_are_refused() -> None:
    assert codes(read_tables(book(FUNDS_=[["fund"], ["X"]]))) == {"S16"}


@pytest.mark.parametrize(("sheet", "level"), [("Funds", "error"), ("Periods", "warning"), ("Other", "warning")])
def test_a_hidden_sheet_is_not_taken_in_silence(sheet: str, level: str) -> None:
    made = openpyxl.load_workbook(io.BytesIO(book(Periods=[["period"], ["FY"]], Other=[["x"]])))
    for name in {"Periods", "Other"} - {sheet}:
        del made[name]
    made[sheet].sheet_state = "hidden"
    assert [(f.sheet, f.code, f.level) for f in read_tables(saved(made)).faults] == [(sheet, "S02", level)]


def test_a_missing_column_is_named_with_the_one_that_is_nearly_it() -> None:
    tables = read_tables(book(Installments=[["fund", "perod", "amount"], ["Pool", "FY", 1000]]))
    assert [(f.cell, f.found, f.cure) for f in tables.faults] == [
        ("", "no column period", 'rename the column "perod" to period'),
        ("B1", 'an unknown column "perod"', "rename it to period if that is meant, or clear it"),
    ]


def test_a_missing_column_gives_one_fault_and_not_one_for_each_row() -> None:
    tables = read_tables(book(Initiatives=[["initiative"], ["A"], ["B"]]))
    assert codes(tables) == {"S03"}
    assert len(tables.faults) == 1
    assert "cost at full scope" in tables.faults[0].expected


def test_titles_in_another_row_are_found() -> None:
    rows = [["Our agencies"], [], ["agency", "name"], ["PD", "City Police"]]
    found = said(read_tables(book(Agencies=rows)), "S03")
    assert found[0].endswith("move the titles from row 3 to row 1, and delete what stands above them")


@pytest.mark.first(3)
@pytest.mark.parametrize("how", ["deleted", "cleared"])
@pytest.mark.parametrize("sheet", ["Periods", "Areas", "Initiatives", "Staff", "Curves"])
def test_a_lost_row_of_titles_is_one_fault_however_much_speaks_of_its_records(sheet: str, how: str) -> None:
    made = openpyxl.load_workbook(Path(optimiser.__file__).parents[1] / "data" / "gun-violence.xlsx")
    if how == "deleted":
        made[sheet].delete_rows(1)
    else:
        for cell in made[sheet][1]:
            cell.value = None
    case, faults = optimiser.check(saved(made))
    assert case is None
    assert [(f.sheet, f.cell, f.code) for f in faults] == [(sheet, "A1", "S03")]
    assert faults[0].found.startswith("no titles in row 1")
    assert next(s for s in SHEETS if s.name == sheet).key[0] in faults[0].expected
    assert "insert a row" in faults[0].cure


def test_beside_a_lost_row_of_titles_other_sheets_are_still_read() -> None:
    funds = [["fund", "amount"], ["Pool", "much"]]
    tables = read_tables(book(Agencies=[["PD", "City Police"], ["DA", "Prosecutor"]], Funds=funds))
    assert [(f.sheet, f.code) for f in tables.faults] == [("Agencies", "S03"), ("Funds", "N03")]
    assert tables.untitled == {"Agencies"}


def test_a_title_with_a_slip_of_the_pen_is_no_lost_row() -> None:
    tables = read_tables(book(Periods=[["peroid", "begin"], ["FY", None]]))
    assert 'rename the column "peroid" to period' in [f.cure for f in tables.faults]
    assert not tables.untitled


def test_a_title_that_stands_twice_and_one_that_is_blank() -> None:
    tables = read_tables(book(Agencies=[["agency", "name", "Name ", None, None], ["PD", "a", "b", "c", None]]))
    assert said(tables, "S04") == [
        '[S04] Agencies!C1: found "Name"; expected each title once; it also stands in B1: rename or remove one of the two '
        "columns"
    ]
    assert said(tables, "S05")[0].startswith("[S05] Agencies!D1: found no title above data")
    assert not [f for f in tables.faults if f.cell == "E1"]


def test_blank_rows_are_skipped_and_reported_in_the_middle_only() -> None:
    rows: list[Any] = [["agency", "name"], ["PD", None], [None, "  "], ["DA", None], [None, None], ["", ""]]
    tables = read_tables(book(Agencies=rows))
    assert tables["Agencies"]["agency"].tolist() == ["PD", "DA"]
    assert tables["Agencies"].rows.tolist() == [2, 4]
    assert [(f.cell, f.code, f.level) for f in tables.faults] == [("A3", "S10", "warning")]


def test_a_row_that_is_half_blank_is_read() -> None:
    assert said(read_tables(book(Agencies=[["agency", "name"], [None, "City Police"], ["PD", ""], ["DA", ""]]))) == [
        '[V01] Agencies!A2: found ""; expected agency: text; fill in the cell, or delete the whole row'
    ]


def test_a_required_sheet_without_rows() -> None:
    assert said(read_tables(book(Funds=[["fund", "amount"]]))) == [
        "[S13] Funds!A2: found no rows; expected at least one fund; write at least one fund below the titles"
    ]


def test_merged_and_hidden_rows() -> None:
    made = openpyxl.load_workbook(io.BytesIO(book()))
    made["Initiatives"].merge_cells("B2:B3")
    made["Initiatives"].row_dimensions[3].hidden = True
    tables = read_tables(saved(made))
    assert said(tables, "S06")[0].startswith(
        "[S06] Initiatives!B2: found merged cells B2:B3; expected one value in each"
    )
    assert said(tables, "S11")[0].startswith("[S11] warning Initiatives: found 1 hidden or filtered row;")


def test_errors_and_formulas_without_a_value_are_refused_in_used_columns() -> None:
    rows: list[Any] = [["initiative", "request", "score", "name"], ["A", "=1+1", 3, "=B2"], ["B", 5, "#REF!", "b"]]
    data = book(Initiatives=[*rows, ["C", 5, None, "c"]], Summary=[["=1+1"]])
    tables = read_tables(data)
    assert [(f.cell, f.code) for f in tables.faults] == [("B2", "N13"), ("D2", "N13"), ("C3", "N12")]
    assert "let it calculate, and save" in said(tables, "N13")[0]


def test_a_formula_with_its_value_is_read_and_one_from_another_workbook_is_reported() -> None:
    sheet = "xl/worksheets/sheet2.xml"
    old = b'<c r="B2" t="n"><v>1000</v></c>'
    assert not read_tables(changed(book(), sheet, old, b'<c r="B2"><f>500*2</f><v>1000</v></c>')).faults
    tables = read_tables(changed(book(), sheet, old, b'<c r="B2"><f>[1]Budget!$A$1</f><v>1000</v></c>'))
    assert tables["Funds"]["amount"].tolist() == [1000]
    assert [(f.cell, f.code, f.level) for f in tables.faults] == [("B2", "F12", "warning")]


def test_errors_are_found_in_a_workbook_that_is_parsed_in_a_child_process_and_on_a_sheet_with_an_odd_name() -> None:
    rows = [["initiative", "request"], ["A", "=1+1"]]
    data = book(Initiatives=None, **{"INITIATIVES_ ": rows, "Period's": [["x"]], 'A & <B> "': [["x"]]})
    found = [(f.sheet, f.code, f.cell) for f in read_tables(data).faults]
    assert ("INITIATIVES_ ", "N13", "B2") in found
    assert ('A & <B> "', "S01", "") in found
    assert [(f.sheet, f.code, f.cell) for f in read_tables(data, guarded=True).faults] == found
    buffer = io.BytesIO(data)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("note.txt", b"PK\x05\x06")  # a second end of the archive, as far as one can see
    assert not scan(buffer.getvalue()).simple
    assert [(f.sheet, f.code, f.cell) for f in read_tables(buffer.getvalue()).faults] == found


def test_a_formula_that_yields_empty_text_is_blank() -> None:
    rows = [["agency", "name"], ["PD", "x"], ["DA", "y"]]
    old = b'<c r="B2" t="inlineStr"><is><t>x</t></is></c>'
    data = changed(book(Agencies=rows), "xl/worksheets/sheet1.xml", old, b'<c r="B2" t="str"><f>""</f><v></v></c>')
    tables = read_tables(data)
    assert not tables.faults
    assert tables["Agencies"]["name"].tolist() == ["", "y"]


def test_an_error_is_an_error_and_not_a_blank() -> None:
    old = b'<c r="B2" t="n"><v>1000</v></c>'
    data = changed(book(), "xl/worksheets/sheet2.xml", old, b'<c r="B2" t="e"><v>#DIV/0!</v></c>')
    assert said(read_tables(data)) == [
        '[N12] Funds!B2: found "#DIV/0!"; expected a value; repair the formula, or write the value itself'
    ]


def test_dates_counted_from_1904_are_reported() -> None:
    made = openpyxl.load_workbook(io.BytesIO(book(Periods=[["period", "start"], ["FY", None]])))
    made.epoch = CALENDAR_MAC_1904
    made["Periods"]["B2"] = dt.date(2026, 10, 1)
    tables = read_tables(saved(made))
    assert tables["Periods"]["start"].tolist() == ["2026-10-01"]
    assert codes(tables) == {"D01"}


def test_keys_that_are_the_same_after_folding_are_refused_with_both_cells() -> None:
    assert said(read_tables(book(Agencies=[["agency"], ["PD"], ["DA"], [" pd "]])), "K01") == [
        '[K01] Agencies!A4: found "pd"; expected each agency once; it also stands in A2: remove one of the two, or rename it'
    ]


def test_a_key_of_several_columns_may_have_blank_parts_where_they_are_not_required() -> None:
    rows: list[Any] = [["agency", "role", "fte", "period"], ["PD", "analyst", 2, None], ["PD", "analyst", 3, "FY"]]
    assert not read_tables(book(Staff=rows)).faults
    twice = said(read_tables(book(Staff=[*rows, ["pd", "Analyst", 4, None]])), "K01")
    assert twice[0].startswith('[K01] Staff!A4: found "PD, analyst"; expected each agency and role and period once')


def test_an_unknown_key_is_refused_with_the_nearest_one() -> None:
    rows: list[Any] = [["initiative", "request", "lead"], ["A", 1, "PDD"], ["B", 2, "nobody here"]]
    assert said(read_tables(book(Initiatives=rows)), "K02") == [
        '[K02] Initiatives!C2: found "PDD"; expected an agency of the sheet Agencies; write "PD", or add it to Agencies',
        '[K02] Initiatives!C3: found "nobody here"; expected an agency of the sheet Agencies; add it to Agencies, or correct '
        "the name",
    ]


def test_references_take_the_spelling_of_their_key() -> None:
    tables = read_tables(
        book(
            Initiatives=[
                ["initiative", "request", "lead", "theme"],
                ["Mapping", 1, " pd ", "Guns"],
                ["B", 2, "da", "guns"],
            ],
            Needs=[["initiative", "role", "fte"], ["MAPPING", "Analyst", 1]],
            Staff=[["agency", "role", "fte"], ["da", "analyst", 1]],
            Costs=[["initiative", "category", "share"], ["b", "Travel", 1]],
            Priorities=[["of", "item", "weight"], ["Theme", "GUNS", 2], ["theme", "tanks", 2]],
        )
    )
    assert tables["Initiatives"]["lead"].tolist() == ["PD", "DA"]
    assert tables["Initiatives"]["theme"].tolist() == ["Guns", "Guns"]
    assert tables["Needs"]["initiative"].tolist() == ["Mapping"]
    assert tables["Needs"]["role"].tolist() == ["analyst"]
    assert tables["Costs"]["category"].tolist() == ["travel"]
    assert tables["Priorities"]["item"].tolist() == ["Guns", "tanks"]
    assert [(f.cell, f.code, f.level) for f in tables.faults] == [("B3", "K02", "warning")]


def test_a_key_stored_as_a_number_is_text_and_one_that_lost_its_zeros_is_named() -> None:
    rows: list[Any] = [["initiative", "request", "lead"], ["A", 1, 7], ["B", 1, "8"]]
    assert said(read_tables(book(Agencies=[["agency"], ["007"], [8]], Initiatives=rows))) == [
        '[K03] Initiatives!C2: found "7"; expected an agency of the sheet Agencies; the key is "007": write both alike, in '
        "cells that are formatted as text"
    ]


def test_periods() -> None:
    rows: list[Any] = [["fund", "amount", "first"], ["Pool", 5, "fy"]]
    assert read_tables(book(Funds=rows))["Funds"]["first"].tolist() == ["FY"]
    wrong: list[Any] = [["fund", "amount", "first"], ["Pool", 5, "Q5"]]
    (fault,) = read_tables(book(Funds=wrong, Periods=[["period"], ["Q1"], ["Year 2"]])).faults
    assert (fault.cell, fault.code, fault.found) == ("C2", "D03", '"Q5"')
    assert "list the periods on the sheet Periods" in read_tables(book(Funds=wrong)).faults[0].cure


def test_performance_names_an_initiative_or_an_agency() -> None:
    head = ["of", "item", "measure", "target", "actual"]
    rows: list[Any] = [head, ["agency", "pd", "calls", 1, 2], ["initiative", "PD", "calls", 1, 2]]
    tables = read_tables(book(Performance=rows))
    assert tables["Performance"]["item"].tolist() == ["PD", "PD"]
    assert [(f.cell, f.code, f.level) for f in tables.faults] == [("B3", "K02", "error")]


def test_all_faults_are_found_at_once_in_the_order_of_the_workbook() -> None:
    tables = read_tables(
        book(
            Agencies=[["agency", "score"], ["PD", "12O"], ["PD", 101]],
            Funds=[["fund", "amount", "kind"], ["Pool", "TBD", "grant"], [None, 5, None]],
            Initiatives=[["initiative", "request", "pace"], ["A", -1, 12], ["B", "1,5", "x%"]],
            Extra=[["x"]],
        )
    )
    assert [(f.sheet, f.cell, f.code) for f in tables.faults] == [
        ("Extra", "", "S01"),
        ("Agencies", "B2", "N03"),
        ("Agencies", "A3", "K01"),
        ("Agencies", "B3", "N16"),
        ("Funds", "B2", "N03"),
        ("Funds", "C2", "V02"),
        ("Funds", "A3", "V01"),
        ("Initiatives", "B2", "N08"),
        ("Initiatives", "C2", "N14"),
        ("Initiatives", "B3", "N04"),
        ("Initiatives", "C3", "N03"),
    ]
    with pytest.raises(InvalidCase, match="10 faults"):
        tables.require()


def test_the_same_case_from_records_and_from_a_workbook() -> None:
    records: dict[str, Any] = {
        "agencies": [{"agency": "PD", "sworn": 10}, {"agency": "DA", "sworn": None}],
        "Funds": [{"fund": "Pool", "amount": 1000, "Min Spend": 0.5}],
        "Initiatives": [{"initiative": "A", "request": 600, "lead": "pd"}, {}, {"initiative": "B", "request": 5}],
    }
    rows: dict[str, Any] = {
        "Agencies": [["agency", "sworn"], ["PD", 10], ["DA", None]],
        "Funds": [["fund", "amount", "min_spend"], ["Pool", 1000, 0.5]],
        "Initiatives": [["initiative", "request", "lead"], ["A", 600, "pd"], ["B", 5, None]],
    }
    one, other = tables_from(records), read_tables(book(**rows))
    assert not one.faults
    assert_same(one, other)
    assert one["Agencies"].rows.tolist() == [0, 0]


def test_faults_of_records_name_column_and_row() -> None:
    records: dict[str, Any] = {
        "Agencies": [{"agency": "A"}],
        "Funds": [{"fund": "F", "amout": 1}],
        "Initiatives": [{"initiative": "I"}],
    }
    assert [(f.sheet, f.code) for f in tables_from(records).faults] == [("Funds", "S17"), ("Initiatives", "S03")]
    assert codes(tables_from({"Agencys": []})) == {"S01"}


def test_every_code_is_explained_once_in_the_table_of_codes() -> None:
    sources = "".join(p.read_text("utf-8") for p in Path(optimiser.__file__).parent.rglob("*.py"))
    used = re.findall(
        rf'"([{"".join(FAMILIES)}]\d\d)"', sources.replace(Path(codes_module.__file__).read_text("utf-8"), "")
    )
    assert set(used) == set(CODES)
    assert {code[0] for code in CODES} == set(FAMILIES)
