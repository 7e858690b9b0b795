"""Sheets that do not keep to one table with one row of titles: each is read as it is meant, or told with its place and cure."""

from __future__ import annotations

from typing import Any

import openpyxl
import pytest

from optimiser.case.maps.files import open_foreign
from optimiser.case.maps.proposed_map import PIVOT, MapProposal, propose
from optimiser.case.maps.take import Taken, take
from tests.case.books import saved

Rows = list[list[Any]]
HEAD = ["Program", "Lead agency", "FY27 Request"]


def read(rows: Rows, merged: tuple[str, ...] = (), known: Any = None) -> tuple[MapProposal, Taken]:
    """What is proposed for a sheet with these rows, and what that takes."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    for cells in merged:
        sheet.merge_cells(cells)
    file = open_foreign(saved(book), "a.xlsx")
    made = propose(file, known)
    return made, take(made.map, [file], known, "USD" if known else "")


def names(taken: Taken) -> list[str]:
    return [str(next(iter(r.values()))) for r in taken.tables[0].records]


@pytest.mark.first(1)
@pytest.mark.parametrize("above", [0, 14, 40])
def test_titles_far_down_and_two_hundred_columns(above: int) -> None:
    more = [f"Field {i}" for i in range(197)]
    notes: Rows = [["Guidance for applicants"]] * above
    made, taken = read([*notes, [*HEAD, *more], *([f"P{i}", "PD", 7**i, *range(197)] for i in range(1, 6))])
    assert (made.map[0].last, len(made.columns[0])) == (above + 1, 200)
    assert names(taken) == ["P1", "P2", "P3", "P4", "P5"]


def test_half_filled_rows_are_told_with_their_cells() -> None:
    _, taken = read(
        [HEAD, ["A", "PD", 100], ["B"], [None, "Health", 50], ["C", None, 70], ["D", "PD"], [None, None, 90]]
    )
    (fault,) = taken.errors
    assert (fault.code, fault.cell, "2 cells" in fault.what) == ("V01", "A4", True)
    assert [(r.number, r.text) for r in taken.tables[0].left_out] == [(3, "B")]


@pytest.mark.parametrize("gap", [1, 2, 3, 6])
@pytest.mark.parametrize("beside", [[["General", 500]], [["General", 500], ["Grant", 600]]])
def test_a_table_beside_another_is_left_out_and_said(gap: int, beside: Rows) -> None:
    empty = [None] * gap
    left: Rows = [["A", 100], ["B", 250]]
    rows = [[*left[i], *empty, *(beside[i] if i < len(beside) else [None, None])] for i in range(2)]
    made, taken = read([["Program", "Request", *empty, "Fund", "Amount"], *rows])
    assert [g.title for g in made.columns[0]] == ["Program", "Request"]
    assert [r["request"] for r in taken.tables[0].records] == [100, 250]
    at = "ABCDEFGHIJ"[2 + gap]
    assert f"from column {at} on, stands another table (Fund and Amount)" in made.look[0]


def test_an_empty_column_within_a_table_parts_nothing() -> None:
    made, taken = read(
        [["Program", None, "Lead agency", None, "Request"], ["A", None, "PD", None, 5], ["B", None, "DA", None, 7]]
    )
    assert set(made.map[0].columns.values()) == {"initiative", "lead", "request"}
    assert len(taken.tables[0].records) == 2


def test_a_table_below_another_is_left_out_and_said() -> None:
    made, taken = read([HEAD[::2], ["A", 100], ["B", 250], [], ["Fund", "Amount"], ["General", 500], ["Grant", 600]])
    assert (names(taken), taken.errors) == (["A", "B"], ())
    assert "From row 5 on stands another table (Fund and Amount)" in made.look[0]
    again, taken = read(
        [HEAD[::2], ["A", 5], ["B", 6], [], HEAD[::2], ["C", 9]]
    )  # a print repeats the titles: one table
    assert (names(taken), again.look) == (["A", "B", "C"], ())


@pytest.mark.parametrize(
    "rows",
    [
        [["Row Labels", "Sum of Request"], ["PD", 100], ["Grand Total", 100]],
        [["Department", "Sum of Request", "Count of Program"], ["PD", 100, 3], ["Health", 200, 4]],
        [["Sum of Amount", None, "Quarter"], ["Department", "Program", "Q1"], ["PD", "A", 10], ["Health", "B", 5]],
    ],
)
def test_a_pivot_is_left_out_and_said(rows: Rows) -> None:
    made, _ = read(rows)
    assert made == MapProposal(look=(f"Sheet: {PIVOT}",))


def test_years_and_quarters_merged_over_months_are_periods() -> None:
    rows: Rows = [["Fund", "2026", None, "2027", None, "Total"], [None, "Nov", "Dec", "Jan", "Feb", None]]
    _, taken = read([*rows, ["General", 1, 2, 3, 4, 10], ["Grant", 5, 6, 7, 8, 26]], ("B1:C1", "D1:E1"))
    assert [r["period"] for r in taken.records()["Periods"]] == ["2026 Nov", "2026 Dec", "2027 Jan", "2027 Feb"]
    assert float(taken.tables[0].ties[0].taken) == 36
    rows = [["Cash flow"], ["Fund", "Quarter 1", None, "Quarter 2", None], [None, "Jul", "Aug", "Oct", "Nov"]]
    _, taken = read([*rows, ["General", 1, 2, 3, 4], ["Grant", 5, 6, 7, 8]], ("A1:E1", "B2:C2", "D2:E2"))
    assert next(r["period"] for r in taken.records()["Periods"]) == "Quarter 1 Jul"
    _, taken = read([[None, "Q1", "Q2"], ["General", 1, 2], ["Grant", 3, 4]])  # and no title over the names
    assert [r["fund"] for r in taken.records()["Funds"]] == ["General", "Grant"]


def test_texts_in_the_place_of_numbers_are_told_by_cell() -> None:
    made, taken = read(
        [HEAD, ["A", "PD", "(5,000)"], ["B", "PD", "$(1,200.50)"], ["C", "H", "7,000-"], ["D", "H", "5,000 CR"]]
    )
    assert made.map[0].columns["FY27 Request"] == "request"
    assert [f.cell for f in taken.errors] == ["C5"]
    assert [r.get("request") for r in taken.tables[0].records] == [-5000, -1200.5, -7000, None]
    _, taken = read(
        [["Agency", "Role", "FTE", "Releasable"], ["PD", "Analyst", "3", "20%"], ["DA", "Clerk", 4, "50 %"]]
    )
    assert [r["releasable"] for r in taken.tables[0].records] == [0.2, 0.5]


def test_amounts_in_several_currencies_are_refused_and_one_is_the_cases() -> None:
    euro: Rows = [HEAD, ["A", "PD", "€1,200,000"], ["B", "PD", "€7,000,000"], ["C", "H", 500]]
    _, taken = read(euro)
    assert (taken.errors, taken.currency) == ((), "EUR")
    _, taken = read([*euro, ["D", "H", "$5,000,000"]])
    assert [(f.code, f.cell) for f in taken.errors] == [("N19", "C5")]
    _, taken = read(euro, known={"Agencies": [{"agency": "PD"}]})  # of a case in dollars
    assert [(f.code, f.cell) for f in taken.errors] == [("S18", "C2")]
    _, taken = read([[*HEAD, "FY26 Adopted (CHF)"], ["A", "PD", "€1,200,000", 5], ["B", "PD", "€7,000,000", 7]])
    assert [(f.code, f.what) for f in taken.errors] == [("S18", "amounts in CHF and in EUR")]
