"""Titles of sheets and columns in people's words, with their units: read and said, or refused, never dropped."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimiser.case.reading.sheets import RawSheet
from optimiser.case.reading.title import read_note, read_title, without_year
from optimiser.case.reading.titles import header, known_column
from optimiser.case.reading.which import meant_sheet
from optimiser.case.reading.workbook import Tables, read_tables, tables_from
from optimiser.case.spec import BY_NAME, SHEETS, Sheet
from optimiser.case.writing.template import titled
from tests.case.books import SMALL, book, codes, said


@pytest.mark.parametrize(
    ("written", "name", "factor", "currency"),
    [
        ("Request ($ thousands)", "Request", 1e3, "$"),
        ("Request, $000", "Request", 1e3, "$"),
        ("Request [000s]", "Request", 1e3, ""),
        ("Request (000,000)", "Request", 1e6, ""),
        ("Request $M", "Request", 1e6, "$"),
        ("Request in US$ millions", "Request", 1e6, "US$"),
        ("Request\n(TEUR)", "Request", 1e3, "EUR"),
        ("Request T€", "Request", 1e3, "€"),
        ("Request (Mio. CHF)", "Request", 1e6, "CHF"),
        ("Request (USDm)", "Request", 1e6, "USD"),
        ("Request - thousands", "Request", 1e3, ""),
        ("(in thousands) Request", "Request", 1e3, ""),
        ("Request (₹ lakh)", "Request", 1e5, "₹"),
        ("Request (k)", "Request", 1e3, ""),
        ("Request EUR", "Request", 1, "EUR"),
        ("request [money]", "request", 1, ""),
        ("Item k", "Item k", 1, ""),
        ("in kind", "in kind", 1, ""),
        ("cost per FTE", "cost per FTE", 1, ""),
        ("Share m", "Share m", 1, ""),
        ("Notes, comments", "Notes, comments", 1, ""),
    ],
)
def test_the_unit_beside_a_name(written: str, name: str, factor: float, currency: str) -> None:
    found = read_title(written)
    assert (found.name, found.factor, found.currency, found.rest) == (name, factor, currency, "")


def test_words_beside_a_name_that_are_no_unit_are_kept() -> None:
    assert read_title("request (do not use) [$000]").rest == "do not use"
    assert read_title("request (do not use) [$000]").factor == 1000
    assert without_year("FY2026-27 request") == ("request", "FY2026-27")
    assert without_year("Level 20 request") == ("Level 20 request", "")


@given(st.text(max_size=30))
def test_any_title_is_read(written: str) -> None:
    found = read_title(written)
    assert found.factor > 0
    read_note(written)


@pytest.mark.parametrize("spec", SHEETS, ids=lambda s: s.name)
def test_the_titles_of_the_template_say_nothing_but_the_column(spec: Sheet) -> None:
    titles = titled(spec)
    read = header(spec, RawSheet(spec.name, [titles, titles]), titles)
    assert read.names == list(spec.names)
    assert not read.faults
    assert not read.units


def test_one_word_means_one_column_of_a_sheet_and_one_sheet() -> None:
    for spec in SHEETS:
        words = [w for c in spec.columns for w in c.also]
        assert len(words) == len(set(words)), spec.name
        assert not set(words) & set(spec.names), spec.name
        for column in spec.columns:
            assert all(known_column(spec.columns, w)[0] == column.name for w in column.also)
    words = [w for s in SHEETS for w in s.also]
    assert len(words) == len(set(words))
    assert not set(words) & {s.name.lower() for s in SHEETS}


def with_title(title: str, value: Any = 240, **sheets: Any) -> Tables:
    """A case whose first request stands under this title."""
    rows: list[Any] = [["initiative", title, "lead"], ["Mapping", value, "PD"], ["Courts", None, "DA"]]
    rows[2][1] = 0.5
    return read_tables(book(Initiatives=rows, **sheets))


@pytest.mark.parametrize(
    ("title", "factor"), [("Request [$000]", 1e3), ("request in US$ millions", 1e6), ("Ask, thousands of dollars", 1e3)]
)
def test_thousands_are_multiplied_and_said(title: str, factor: float) -> None:
    tables = with_title(title)
    assert tables["Initiatives"]["request"].tolist() == [240 * factor, 0.5 * factor]
    assert [(f.cell, f.level) for f in tables.faults if f.code == "S18"] == [("B1", "warning")]
    assert not tables.errors


def test_a_text_in_thousands_is_read_first_and_a_blank_stays_what_it_is() -> None:
    rows: list[Any] = [["initiative", "request", "maximum ($000)"], ["A", 5, "1.1"], ["B", 5, None], ["C", 5, 4.35]]
    tables = read_tables(book(Initiatives=rows))
    assert tables["Initiatives"]["maximum"].tolist()[0] == 1100
    assert tables["Initiatives"]["maximum"].tolist()[2] == 4350
    assert tables["Initiatives"]["maximum"][1] != tables["Initiatives"]["maximum"][1]


@pytest.mark.parametrize("title", ["request (EUR)", "request (kr)", "Request in GBP", "Request [€ thousands]"])
def test_another_currency_is_refused_and_the_cases_own_is_not(title: str) -> None:
    tables = with_title(title)
    assert [(f.cell, f.code) for f in tables.errors] == [("B1", "S18")]
    assert "USD" in tables.errors[0].expected
    own = {"request (EUR)": "EUR", "request (kr)": "SEK", "Request in GBP": "GBP", "Request [€ thousands]": "EUR"}[
        title
    ]
    assert not with_title(title, Case=[["setting", "value"], ["Currency", own]]).errors


@pytest.mark.parametrize("title", ["request (USD)", "request [$]", "Request (dollars)", "request [US$]"])
def test_the_cases_own_currency_is_no_word_worth(title: str) -> None:
    assert not with_title(title).faults


@pytest.mark.parametrize("words", ["FY26 actuals", "do not use", "prior year", "spent to date", "DRAFT"])
def test_other_numbers_than_the_columns_are_refused(words: str) -> None:
    assert [(f.cell, f.code) for f in with_title(f"request ({words})").errors] == [("B1", "S18")]


@pytest.mark.parametrize(
    ("title", "code"), [("request (rounded)", "S18"), ("FY27 request", "S19"), ("Budget request", "S19")]
)
def test_what_is_read_otherwise_than_it_stands_is_said(title: str, code: str) -> None:
    tables = with_title(title)
    assert tables["Initiatives"]["request"].tolist() == [240, 0.5]
    assert not tables.errors
    assert code in codes(tables)
    assert any(f.cell == "B1" and title in f.found for f in tables.faults)


def test_thousands_of_what_has_no_thousands_are_refused() -> None:
    rows: list[Any] = [["initiative", "request", "pace (thousands)"], ["A", 5, 0.5]]
    assert [f.code for f in read_tables(book(Initiatives=rows)).errors] == ["S18"]


def test_a_note_above_the_titles_holds_for_all_money() -> None:
    rows: list[Any] = [
        ["FY27 requests"],
        ["(dollars in thousands)"],
        ["Program", "Lead agency", "Request", "Baseline ($ millions)", "Priority"],
        ["Mapping", "PD", 240, 90, 2],
        ["Courts", "DA", 5.5, 80, 1],
    ]
    tables = read_tables(book(Initiatives=rows))
    assert not tables.errors
    table = tables["Initiatives"]
    assert table["request"].tolist() == [240_000, 5_500]
    assert table["baseline"].tolist() == [90e6, 80e6]
    assert table["priority"].tolist() == [2, 1]
    assert table.rows.tolist() == [4, 5]
    assert [(f.cell, f.code) for f in tables.faults if f.code == "S18"] == [("A2", "S18"), ("D3", "S18")]


def test_a_note_of_another_currency_above_the_titles_is_refused() -> None:
    rows = [["All amounts in EUR"], *SMALL["Initiatives"]]
    assert [(f.cell, f.code) for f in read_tables(book(Initiatives=rows)).errors] == [("A1", "S18")]


def test_faults_below_titles_in_a_lower_row_name_their_own_cells() -> None:
    rows: list[Any] = [["City"], [None], ["fund", "amount"], ["Pool", "TBD"], [None, None], ["Pool", 5]]
    found: list[Any] = [(f.cell, f.code) for f in read_tables(book(Funds=rows)).faults]
    assert found == [("A3", "S03"), ("B4", "N03"), ("A5", "S10"), ("A6", "K01")]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Funds - Table 1", "Funds"),
        ("1. Funding sources", "Funds"),
        ("FY27 Departments", "Agencies"),
        ("Projects (2)", "Initiatives"),
        ("agency list", "Agencies"),
        ("Notes", ""),
        ("Instructions", ""),
        ("Pivot", ""),
        ("Sheet1", ""),
        ("Chart of accounts", ""),
    ],
)
def test_sheets_in_peoples_words(title: str, name: str) -> None:
    assert meant_sheet(title) == name


def test_a_sheet_under_another_name_is_read_and_said() -> None:
    tables = read_tables(book(Funds=None, **{"Funding sources": [["Fund name", "Amount"], ["Pool", 1000]]}))  # type: ignore[arg-type]
    assert not tables.errors
    assert tables["Funds"]["fund"].tolist() == ["Pool"]
    assert "[S01] warning Funding sources: found a sheet under another name" in said(tables, "S01")[0]


def test_a_sheet_under_its_own_name_goes_before_one_in_other_words() -> None:
    tables = read_tables(book(Projects=[["project", "request"], ["Old", 1]]))
    assert tables["Initiatives"]["initiative"].tolist() == ["Mapping", "Courts"]
    assert [(f.sheet, f.code, f.level) for f in tables.faults] == [("Projects", "S01", "warning")]


def test_two_sheets_in_other_words_for_one_table_are_refused() -> None:
    rows: list[Any] = [["project", "request"], ["Old", 1]]
    assert "S16" in codes(read_tables(book(Initiatives=None, Projects=rows, Programs=rows)))


def test_an_optional_table_is_read_under_another_name_only_with_its_titles() -> None:
    rules: list[Any] = [["rule", "kind", "at_most"], ["cap", "limit", 500]]
    assert read_tables(book(Rulez=rules))["Rules"]["rule"].tolist() == ["cap"]
    assert len(read_tables(book(Rulez=[["what we agreed"]]))["Rules"]) == 0
    assert len(read_tables(book(Results=[["what we achieved"]]))["Outcomes"]) == 0


def test_a_required_sheet_is_found_by_its_titles() -> None:
    faults = read_tables(book(Funds=None, Sheet4=[["fund", "amount"], ["Pool", "TBD"]])).faults
    assert [(f.sheet, f.cell, f.code, f.level) for f in faults] == [
        ("Sheet4", "", "S01", "error"),
        ("Sheet4", "B2", "N03", "error"),
    ]


WIDE: dict[str, Any] = {
    "Contributions": [["agency", "Pool"], ["PD", 5]],
    "Installments": [["fund", "Jul", "Aug"], ["Pool", 400, 600]],
    "Costs": [["initiative", "travel", "equipment"], ["Mapping", 0.5, 0.5]],
    "Needs": [["project", "analyst", "driver"], ["Mapping", 1, 2]],
    "Outcomes": [["initiative", "lives", "arrests"], ["Mapping", 1, 2]],
}


@pytest.mark.parametrize("sheet", [s for s in WIDE if s != "Contributions"])
def test_a_wide_table_is_one_fault_that_says_how_it_should_stand(sheet: str) -> None:
    faults: list[Any] = [f for f in read_tables(book(**{sheet: WIDE[sheet]})).faults if f.level == "error"]
    assert len(faults) == 1
    assert "one row for each" in faults[0].expected
    assert faults[0].cell == "B1"


def test_no_column_is_ever_to_be_removed_because_it_is_unknown() -> None:
    for sheet, rows in WIDE.items():
        assert all("remove the column" not in f.cure for f in read_tables(book(**{sheet: rows})).faults)
    tables = read_tables(book(Staff=[["agency", "role", "fte", "seen by"], ["PD", "analyst", 1, "Ann"]]))
    assert [(f.cell, f.code, f.level) for f in tables.faults] == [("D1", "S03", "warning")]


def test_records_have_units_too() -> None:
    records: dict[str, Any] = {
        "Agencies": [{"agency": "PD"}],
        "Funds": [{"fund": "Pool", "amount ($000)": 2}],
        "Initiatives": [{"initiative": "I", "request": 1}],
    }
    assert tables_from(records)["Funds"]["amount"].tolist() == [2000]


@pytest.mark.parametrize(
    ("note", "factor"),
    [
        ("Importi in migliaia di euro", 1e3),
        ("montants en milliers d'euros", 1e3),
        ("Importes en miles de euros", 1e3),
        ("kwoty w tys. zł", 1e3),
        ("bedragen x 1.000 euro", 1e3),
        ("belopp i tusen kronor", 1e3),
        ("Angaben in Mio. CHF", 1e6),
        ("valores em milhões de reais", 1e6),
    ],
)
def test_a_unit_is_read_in_the_languages_of_the_files(note: str, factor: float) -> None:
    read = read_note(note)
    assert read is not None
    assert (read.factor, bool(read.currency)) == (factor, True)


@pytest.mark.parametrize("title", ["Room 1000", "Room 1,000", "Fund of the day", "I", "de"])
def test_a_number_or_a_small_word_alone_is_no_unit(title: str) -> None:
    assert read_title(title).factor == 1
    assert read_note(title) is None


def test_what_no_eye_sees_in_a_title_does_not_matter() -> None:
    spec = BY_NAME["Initiatives"]
    titles = ["\ufeffinitiative", "re\u00adquest", "lead\u200b"]
    read = header(spec, RawSheet(spec.name, [titles, titles]), titles)
    assert (read.names, read.faults) == (["initiative", "request", "lead"], [])
