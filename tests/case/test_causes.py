"""Faults of one cause are one line; names, dates and identifiers are read as people mean them, or offered."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import optimiser
from optimiser.case.faults import Fault, gathered
from optimiser.case.reading.dates import order_of, read_date
from optimiser.case.reading.workbook import read_tables, tables_from
from tests.case.books import book, codes, said


def initiatives(*leads: str, agencies: list[list[str]] | None = None) -> list[Fault]:
    """What is said of a case with these leads."""
    rows: list[Any] = [["initiative", "request", "lead"], *([f"I{i}", 1, lead] for i, lead in enumerate(leads))]
    named = agencies or [["agency", "name"], ["PD", "City Police"], ["DA", "District Attorney"]]
    return list(optimiser.check(book(Agencies=named, Initiatives=rows))[1])


def test_one_name_in_many_cells_is_one_line_that_names_all_cells() -> None:
    faults = initiatives(*["Harbor", "PD", "Transit"] * 30)
    assert [(f.cell, f.code, len(f.cells)) for f in faults] == [("C2", "K02", 30), ("C4", "K02", 30)]
    assert faults[0].cells[:2] == ("C2", "C5")
    assert 'Initiatives!C2: found "Harbor" in 30 cells; expected an agency' in str(faults[0])


def test_many_names_of_a_kind_are_one_line() -> None:
    (fault,) = initiatives(*[f"Dept {i % 40}" for i in range(120)])
    assert fault.found == '40 of a kind ("Dept 0", "Dept 1", "Dept 2" …)'
    assert len(fault.cells) == 120
    assert fault.cure == "add them all there, or correct the names"


def test_numbers_stored_as_text_are_one_line_for_a_column() -> None:
    rows = [["initiative", "request"], *([f"I{i}", f"1,{i:03d}"] for i in range(50))]
    case, faults = optimiser.check(book(Initiatives=rows))
    assert case is not None
    assert case.tables["Initiatives"]["request"].tolist() == [1000.0 + i for i in range(50)]
    assert [(f.cell, f.code, len(f.cells)) for f in faults if f.code == "N01"] == [("B2", "N01", 50)]


@given(
    st.lists(
        st.builds(
            Fault,
            st.sampled_from(["A", "B"]),
            st.sampled_from(["", "A1", "A2", "A30", "B7", "amount, row 3", "amount, row 4"]),
            st.sampled_from(["K02", "N01", "S03"]),
            st.sampled_from(['"x"', '"y"', '"z"']),
            st.just("e"),
            st.sampled_from(["write it", "add it"]),
            st.sampled_from(["error", "warning"]),
        ),
        max_size=60,
    )
)
def test_no_cell_and_no_error_is_lost_when_faults_are_gathered(faults: list[Fault]) -> None:
    made = gathered(faults)
    assert len(made) <= len(faults)
    cells = sorted((f.sheet, c, f.code, f.level) for f in made for c in (f.cells or (f.cell,)))
    assert cells == sorted((f.sheet, f.cell, f.code, f.level) for f in faults)
    assert gathered(made) == made or len(gathered(made)) <= len(made)


def test_what_people_call_an_agency_is_read_as_its_key_and_said() -> None:
    (fault,) = initiatives("district  attorney", "PD")
    assert (fault.cell, fault.code, fault.level) == ("C2", "K06", "warning")
    assert fault.cure == 'it is read as DA: write "DA"'
    rows: list[Any] = [["initiative", "request", "lead"], ["I", 1, "City Police"]]
    tables = read_tables(book(Agencies=[["agency", "name"], ["PD", "City Police"]], Initiatives=rows))
    assert tables["Initiatives"]["lead"].tolist() == ["PD"]


def test_a_slip_in_what_people_call_an_agency_offers_its_key() -> None:
    (fault,) = initiatives("Distict Atorney")
    assert (fault.code, fault.level) == ("K02", "error")
    assert fault.cure.startswith('write "DA"')


def test_a_name_of_two_records_is_no_key_of_either() -> None:
    agencies = [["agency", "name"], ["P1", "Police"], ["P2", "Police"]]
    assert [f.level for f in initiatives("Police", agencies=agencies)] == ["error"]


@pytest.mark.parametrize(
    "cell", ["PD, DA", "PD / City Police", "PD & DA", "PD and District Attorney", "PD;DA;Harbor", "PD\nDA"]
)
def test_several_agencies_in_one_cell_are_partners(cell: str) -> None:
    (fault,) = initiatives(cell)
    assert "on the sheet Partners, a row for each" in fault.cure


def test_several_names_elsewhere_want_a_row_each() -> None:
    partners = [["initiative", "agency"], ["Mapping", "PD, DA"]]
    assert "a row for each of PD, DA" in said(read_tables(book(Partners=partners)), "K02")[0]


def test_lines_of_a_ledger_are_to_be_added_up() -> None:
    head = ["fund", "initiative", "agency", "category", "period", "money"]
    row = ["Pool", "Mapping", "PD", "general", "FY", 5]
    assert "add them up in one row for each fund and" in said(read_tables(book(Actuals=[head, row, row])), "K01")[0]


@pytest.mark.parametrize("other", ["РD", "PD\u3164", "\u2800PD", "PD\ufe0f"])
def test_keys_that_look_the_same_are_refused(other: str) -> None:
    assert ("A4", "error") in [
        (f.cell, f.level)
        for f in read_tables(book(Agencies=[["agency"], ["PD"], ["DA"], [other]])).faults
        if f.code == "K04"
    ]


def test_keys_of_a_whole_other_alphabet_are_names_like_any() -> None:
    assert not tables_from(
        {
            "Agencies": [{"agency": "Полиция"}, {"agency": "Здоровье"}],
            "Funds": [{"fund": "F", "amount": 1}],
            "Initiatives": [{"initiative": "I", "request": 1}],
        }
    ).faults


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("3/31/2027", "2027-03-31"),
        ("31/3/2027", "2027-03-31"),
        ("31.03.2027", "2027-03-31"),
        ("4.5.2027", "2027-05-04"),
        ("5/5/2027", "2027-05-05"),
        ("2027/3/31", "2027-03-31"),
        ("31 March 2027", "2027-03-31"),
        ("March 31, 2027", "2027-03-31"),
        ("31-Mar-2027", "2027-03-31"),
        ("Sept. 1st, 2027", "2027-09-01"),
    ],
)
def test_a_date_with_one_reading_is_read_and_said(written: str, iso: str) -> None:
    day = read_date(written)
    assert day.iso == iso
    assert iso in day.cure


@pytest.mark.parametrize(
    ("written", "cure"),
    [
        ("1/2/2027", "it could be 2027-01-02 or 2027-02-01"),
        ("3/31/27", "if 2027-03-31 was meant"),
        ("20270331", "if 2027-03-31 was meant"),
        ("46477", "if 2027-03-31 was meant"),
        ("31/31/2027", "no such day"),
        ("2027-02-30", "no such day"),
        ("March 2027", "write it as year-month-day"),
        ("1 2 27", "it could be"),
    ],
)
def test_a_date_with_two_readings_or_none_is_refused(written: str, cure: str) -> None:
    day = read_date(written)
    assert not day.iso
    assert cure in day.cure


@given(st.dates(), st.sampled_from(["{m}/{d}/{y:04d}", "{d}/{m}/{y:04d}", "{d}-{m}-{y:04d}"]))
def test_a_date_is_never_read_as_another(day: date, form: str) -> None:
    found = read_date(form.format(d=day.day, m=day.month, y=day.year))
    assert found.iso in ("", day.isoformat())
    if day.day > 12 or day.day == day.month:
        assert found.iso == day.isoformat()


@given(st.text(max_size=20))
def test_any_text_is_a_date_or_told(written: str) -> None:
    day = read_date(written)
    assert day.iso or day.cure


def test_the_other_dates_of_the_sheet_show_the_order() -> None:
    assert order_of(["1/2/2027", "3/31/2027"]) == "month first"
    assert order_of(["31/3/2027", "3/31/2027"]) == ""
    rows = [["period", "start", "end"], ["Q1", "1/1/2027", "3/31/2027"], ["Q2", "4/1/2027", "6/30/2027"]]
    tables = read_tables(book(Periods=rows))
    assert tables["Periods"]["start"].tolist() == ["2027-01-01", "2027-04-01"]
    assert codes(tables) == {"D04"}
    mixed = [*rows, ["Q3", "1/7/2027", "30/9/2027"]]
    assert "D02" in codes(read_tables(book(Periods=mixed)))


def test_an_identifier_keeps_its_zeros_among_numbers() -> None:
    rows: list[Any] = [["agency", "site"], ["A", "0106"], ["B", 4711], ["C", 8202]]
    tables = read_tables(book(Agencies=rows, Initiatives=[["initiative", "request"], ["I", 1]]))
    assert tables["Agencies"]["site"].tolist() == ["0106", "4711", "8202"]
    assert [(f.cell, f.code, f.level) for f in tables.faults] == [("B2", "K03", "warning")]


@pytest.mark.parametrize(("score", "meant"), [(860, "86"), (8600, "86"), (855, "85.5"), (1000, "100"), ("900", "90")])
def test_a_digit_too_many_is_asked_after(score: object, meant: str) -> None:
    faults = read_tables(book(Initiatives=[["initiative", "request", "score"], ["I", 1, score]])).errors
    assert [f.code for f in faults] == ["N16"]
    assert f"did you mean {meant}?" in faults[0].cure


@pytest.mark.parametrize(("value", "readings"), [(35000, ("`+ 35000`", "`= 35000`")), (-0.5, ("`- 0.5`", "`= -0.5`"))])
def test_a_change_that_a_spreadsheet_made_a_number_is_refused_with_both_readings(
    value: float, readings: tuple[str, str]
) -> None:
    rows: list[Any] = [["scenario", "sheet", "column", "change"], ["s", "Funds", "amount", value]]
    (fault,) = read_tables(book(Scenarios=rows)).faults
    assert (fault.cell, fault.code, fault.level) == ("D2", "C03", "error")
    assert all(r in fault.cure for r in readings)
