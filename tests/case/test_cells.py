"""How single cells are read: what is accepted as it stands, what is accepted with a warning, what is refused."""

import datetime as dt
import math
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimiser.case.reading.amounts import currency_beside, plain, read_amount
from optimiser.case.reading.currencies import same_currency
from optimiser.case.reading.workbook import Tables, read_tables, tables_from
from tests.case.books import attributes, book, codes, said

BLANK = ("", None, "  ", float("nan"), np.nan)


def of(column: str, value: object, sheet: str = "Initiatives") -> Tables:
    """A case in which one cell of the first record holds this value."""
    records: dict[str, Any] = {
        "Agencies": [{"agency": "PD"}],
        "Funds": [{"fund": "Pool", "amount": 1000}],
        "Initiatives": [{"initiative": "Mapping", "request": 600}],
    }
    records.setdefault(sheet, [{}])
    records[sheet][0][column] = value
    return tables_from(records)


@pytest.mark.parametrize(
    ("written", "value", "code"),
    [
        ("1200", 1200, "N01"),
        ("1,200", 1200, "N01"),
        ("1,234,567.89", 1234567.89, "N01"),
        ("1 200", 1200, "N01"),
        ("1\u00a0200", 1200, "N01"),
        ("1'200", 1200, "N01"),
        ("1.200.300", 1200300, "N01"),
        ("0.125", 0.125, "N01"),
        ("1E5", 100000, "N01"),
        ("$3,000", 3000, "N02"),
        ("€ 3000", 3000, "N02"),
        ("3000 USD", 3000, "N02"),
        ("US$3,000.50", 3000.5, "N02"),
        ("1 200,50", 1200.5, "N01"),
        ("240\u202f000,00 €", 240000, "N02"),
        ("1.234.567,8", 1234567.8, "N01"),
        ("12,34,567.5", 1234567.5, "N01"),
        ("₹2,40,000", 240000, "N02"),
        ("Rs. 2,40,000", 240000, "N02"),
        ("240 000 kr", 240000, "N02"),
        ("kr 240 000", 240000, "N02"),
        ("240 000 zł", 240000, "N02"),
        ("CHF 240'000.–", 240000, "N02"),
        ("UGX 5,000", 5000, "N02"),
        ("240,000*", 240000, "N02"),
        ("240,000 [1]", 240000, "N02"),
        ("240000²", 240000, "N02"),
        ("$ -", 0, "N02"),
        (" $-   ", 0, "N02"),
        ("€ –", 0, "N02"),
        ("- $", 0, "N02"),
        ("1234567890123456.5", 1234567890123456.5, "N07"),
    ],
)
def test_a_number_written_as_text_is_read_with_a_warning_that_shows_the_reading(
    written: str, value: float, code: str
) -> None:
    tables = of("request", written)
    assert tables["Initiatives"]["request"].tolist() == [value]
    fault, *currency = tables.faults
    beside = currency_beside(written)
    assert [f.code for f in currency] == ["N19"] * bool(beside and not same_currency(beside, "USD"))
    assert (fault.code, fault.level, fault.cell) == (code, "warning", "request, row 1")
    assert f"it is read as {plain(value)}" in fault.cure


@pytest.mark.parametrize(
    ("written", "code", "cure"),
    [
        ("1.200,50", "N04", "it could be 1200.5 or 1.2005: write the one that is meant, as a number"),
        ("1,5", "N04", "it could be 1.5 or 15: write the one that is meant, as a number"),
        ("1.200", "N04", "it could be 1.2 or 1200: write the one that is meant, as a number"),
        ("0,500", "N04", "it could be 0.5 or 500: write the one that is meant, as a number"),
        ("1 200,500", "N04", "it could be 1200.5 or 1200500: write the one that is meant, as a number"),
        ("-", "N03", "if 0 was meant, write 0; otherwise leave the cell blank"),
        ("~5,000", "N03", "if 5000 was meant, write the number alone"),
        ("1O0", "N03", "if 100 was meant, write it with digits only (a letter stands in it)"),
        ("l00", "N03", "if 100 was meant, write it with digits only (a letter stands in it)"),
        ("TBD", "N03", "write a number, or leave the cell blank"),
        ("n/a", "N03", "write a number, or leave the cell blank"),
        ("١٢٣", "N05", "write it as 123"),
        ("１２", "N05", "write it as 12"),
        ("NaN", "N06", "write a number, or leave the cell blank"),
        ("-inf", "N06", "write a number, or leave the cell blank"),
        ("1E999", "N06", "write a number that a computer can hold"),
        ("12%", "N02", "write the number itself, not a percentage"),
        (True, "N10", "write the number itself"),
        (dt.date(2026, 1, 1), "N11", "write the number, and format the cell as a number"),
        (dt.datetime(2026, 1, 1), "N11", "write the number, and format the cell as a number"),
        ("#REF!", "N12", "repair the formula, or write the value itself"),
        (float("inf"), "N06", "write a number that has an end; leave the cell blank for no limit"),
        (-5, "N08", "write it without the minus sign, or remove the row"),
    ],
)
def test_what_cannot_be_read_in_one_way_is_refused_with_a_cure(written: object, code: str, cure: str) -> None:
    (fault,) = of("request", written).faults
    assert (fault.code, fault.level) == (code, "error")
    assert fault.cure == cure


@pytest.mark.parametrize(
    "written",
    [
        "(500)",
        "$(500)",
        "($500)",
        "$ (500.00)",
        "-$500",
        "$-500",
        "500-",
        "-500 USD",
        "(500) USD",
        "(500 €)",
        "−500",
    ],
)
def test_negative_amounts_in_every_dress_are_read_and_refused_where_nothing_is_negative(written: str) -> None:
    tables = of("request", written)
    assert tables["Initiatives"]["request"].tolist() == [-500]
    assert [f.code for f in tables.faults if f.level == "error"] == ["N08"]


@given(
    st.integers(0, 10**9),
    st.integers(0, 99),
    st.sampled_from(["", "$", "€", "CHF ", "kr ", "zł", "US$"]),
    st.booleans(),
    st.booleans(),
)
def test_a_number_is_the_same_whatever_it_wears(
    whole: int, cents: int, currency: str, after: bool, negative: bool
) -> None:
    number = f"{whole:,}.{cents:02d}" if cents else f"{whole:,}"
    dressed = f"{number} {currency}" if after else f"{currency}{number}"
    value = whole + cents / 100
    for written in (f"({dressed})" if negative else dressed, f"{dressed}*" if not negative else f"-{dressed}"):
        reading = read_amount(written, percent=False)
        assert reading.value == pytest.approx(-value if negative else value, rel=1e-12), written
        assert (reading.currency != "") == (currency != "")


@given(st.integers(1, 10**9), st.sampled_from([" ", "\u00a0", "\u202f", "'"]), st.integers(0, 99))
def test_groups_by_blanks_leave_one_reading_of_a_comma(whole: int, blank: str, cents: int) -> None:
    number = f"{whole:,}".replace(",", blank)
    if blank in number:
        assert read_amount(f"{number},{cents:02d}", percent=False).value == pytest.approx(
            whole + cents / 100, rel=1e-12
        )


@given(st.integers(0, 999), st.sampled_from(["0", "00"]))
def test_a_zero_before_a_comma_is_never_a_group_of_thousands(decimals: int, zero: str) -> None:
    assert read_amount(f"{zero},{decimals:03d}", percent=False).level == "error"


@pytest.mark.parametrize("share", [12, 12.0, "12"])
def test_twelve_where_a_share_belongs_may_be_twelve_percent(share: object) -> None:
    (fault,) = [f for f in of("pace", share).faults if f.level == "error"]
    assert fault.code == "N14"
    assert fault.expected == "a share between 0 and 1"
    assert fault.cure == "write 0.12 or 12%"


def test_a_percentage_is_a_share() -> None:
    tables = of("pace", "12%")
    assert tables["Initiatives"]["pace"].tolist() == [0.12]
    assert [f.code for f in tables.faults] == ["N02"]


def test_limits_of_a_column() -> None:
    assert said(of("score", 101))[0].endswith("expected a number from 0 to 100; write a number at most 100")
    assert codes(of("match_rate", 1.0, "Funds")) == {"N16"}
    assert "from 0 to below 1" in said(of("match_rate", 1.0, "Funds"))[0]
    assert not of("match_rate", 0.999, "Funds").faults


@pytest.mark.parametrize("blank", BLANK)
def test_a_blank_takes_the_default_and_is_refused_where_it_is_required(blank: object) -> None:
    assert of("pace", blank)["Initiatives"]["pace"].tolist() == [1.0]
    assert math.isnan(of("maximum", blank)["Initiatives"]["maximum"][0])
    assert of("hard", blank, "Rules")["Rules"]["hard"].tolist() == []
    assert said(of("request", blank)) == [
        '[V01] Initiatives!request, row 1: found ""; expected request: an amount of money, 0 or more; fill in the cell, '
        "or delete the whole row"
    ]


@pytest.mark.parametrize("yes", ["yes", "Y", " TRUE ", "x", "1", 1, 1.0, True, np.True_])
def test_words_for_yes(yes: object) -> None:
    assert of("must_fund", yes)["Initiatives"]["must_fund"].tolist() == [True]


@pytest.mark.parametrize("no", ["no", "N", "false", "0", 0, 0.0, False, ""])
def test_words_for_no(no: object) -> None:
    assert of("must_fund", no)["Initiatives"]["must_fund"].tolist() == [False]


def test_another_word_is_neither() -> None:
    assert said(of("must_fund", "perhaps")) == [
        '[V03] Initiatives!must_fund, row 1: found "perhaps"; expected yes or no; write yes or no'
    ]


def test_a_choice_is_matched_by_fold_and_the_nearest_is_named() -> None:
    assert of("kind", " Joint  GRANT ", "Funds")["Funds"]["kind"].tolist() == ["joint grant"]
    assert said(of("kind", "joint grnt", "Funds"))[0].endswith('write "joint grant"')


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (7.0, "7"),
        (7, "7"),
        (0.5, "0.5"),
        ("007", "007"),
        ("NA", "NA"),
        (" a  b ", "a  b"),
        (True, "TRUE"),
        ("1E5", "1E5"),
    ],
)
def test_a_name_is_text_whatever_it_looks_like(value: object, text: str) -> None:
    tables = of("name", value)
    assert tables["Initiatives"]["name"].tolist() == [text]
    assert not tables.faults


def test_text_that_begins_with_an_equals_sign_is_text_and_is_reported() -> None:
    tables = of("name", "=1+1")
    assert tables["Initiatives"]["name"].tolist() == ["=1+1"]
    assert [(f.code, f.level) for f in tables.faults] == [("K05", "warning")]


def test_a_change_of_a_scenario_may_begin_with_an_equals_sign() -> None:
    row = {"scenario": "s", "sheet": "funds", "column": "amount", "change": "= 5"}
    records = {"Scenarios": [row], "Agencies": [{"agency": "A"}], "Funds": [{"fund": "F"}]}
    tables = tables_from({**records, "Initiatives": [{"initiative": "I", "request": 1}]})
    assert not tables.faults
    assert tables["Scenarios"]["sheet"].tolist() == ["Funds"]


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("PD\u200b", "error"),
        ("P\u00adD", "error"),
        ("РD unit", "warning"),
        ("Größe", None),
        ("警察", None),
        ("Línea\n2", None),
    ],
)
def test_names_that_look_like_others_are_reported(name: str, level: str | None) -> None:
    found = [f.level for f in of("agency", name, "Agencies").faults if f.code == "K04"]
    assert found == ([level] if level else [])


@pytest.mark.parametrize("day", [dt.date(2026, 10, 1), dt.datetime(2026, 10, 1, 8), "2026-10-01", " 2026-10-01T00:00 "])
def test_dates(day: object) -> None:
    tables = of("start", day, "Periods")
    assert tables["Periods"]["start"].tolist() == ["2026-10-01"]


@pytest.mark.parametrize("day", ["2026-02-30", "01/02/2026", "soon", 46000, "20261001"])
def test_a_date_that_is_impossible_or_ambiguous_is_refused(day: object) -> None:
    assert "D02" in codes(of("start", day, "Periods"))


@pytest.mark.parametrize(
    "value", [np.float64(2.5), np.float32(2.5), Decimal("2.5"), np.array([2.5])[0]], ids=lambda v: type(v).__name__
)
def test_numbers_of_other_libraries_are_numbers(value: object) -> None:
    tables = of("request", value)
    assert tables["Initiatives"]["request"].tolist() == [2.5]
    assert not tables.faults


def test_attributes_are_numbers_if_every_cell_is_one() -> None:
    sheet: list[Any] = [
        ["agency", "sworn", "badge", "urban", "mixed"],
        ["A", 10, "007", True, 1],
        ["B", None, "12", "no", "x"],
    ]
    tables = read_tables(book(Agencies=sheet, Initiatives=[["initiative", "request"], ["I", 1]]))
    agencies = tables["Agencies"]
    assert attributes(tables) == {"Agencies": ("sworn", "badge", "urban", "mixed")}
    assert agencies["sworn"].dtype == float
    assert agencies["sworn"][0] == 10
    assert math.isnan(agencies["sworn"][1])
    assert agencies["badge"].tolist() == ["007", "12"]
    assert agencies["urban"].tolist() == ["TRUE", "no"]
    assert agencies["mixed"].tolist() == ["1", "x"]
    assert not tables.faults


def test_an_attribute_with_one_text_among_numbers_is_text_and_is_reported() -> None:
    rows: list[Any] = [["agency", "sworn"], ["PD", 10], ["DA", 20], ["B", "TBD"]]
    tables = read_tables(book(Agencies=rows))
    assert tables["Agencies"]["sworn"].tolist() == ["10", "20", "TBD"]
    assert [(f.cell, f.code, f.level) for f in tables.faults] == [("B4", "N03", "warning")]


def test_an_attribute_with_a_number_as_text_among_numbers_is_a_number() -> None:
    tables = read_tables(book(Agencies=[["agency", "sworn"], ["PD", 10], ["DA", "1,200"]]))
    assert tables["Agencies"]["sworn"].tolist() == [10, 1200]
    assert [(f.cell, f.code) for f in tables.faults] == [("B3", "N01")]


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=1e-3, max_value=1e15))
def test_a_plain_number_reads_as_itself(number: float) -> None:
    reading = read_amount(repr(number), percent=False)
    assert reading.code in ("N01", "N04", "N07")
    assert reading.code == "N04" or reading.value == number


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused_and_never_breaks(written: str) -> None:
    reading = read_amount(written, percent=True)
    assert reading.level in ("warning", "error")
    assert math.isnan(reading.value) == (reading.level == "error")
    assert reading.cure


@given(st.one_of(st.none(), st.booleans(), st.floats(), st.integers(), st.text(max_size=8), st.dates(), st.times()))
def test_any_value_in_any_column_is_read_or_refused(value: object) -> None:
    for sheet, column in (("Initiatives", "request"), ("Funds", "kind"), ("Agencies", "agency"), ("Case", "value")):
        tables = of(column, value, sheet)
        assert all(f.cure for f in tables.faults)


@pytest.mark.parametrize("amount", [9_876_543_210_123.45, 1e13, 1_234_567_890.5, 1e9 - 0.25, 0.1 + 0.2, 33.1 * 3, 0.0])
def test_an_amount_is_written_to_the_cent_whatever_its_size(amount: float) -> None:
    text = plain(amount)
    assert "e" not in text
    assert abs(float(text) - amount) < 0.005
    assert len(text.partition(".")[2]) <= 3


@pytest.mark.parametrize(("written", "value"), [("3k", 3_000), ("2.5 million", 2_500_000), ("$1.2m", 1_200_000)])
def test_thousands_and_millions_are_read_in_cells_of_money(written: str, value: float) -> None:
    found = of("request", written)
    assert [f.code for f in found.faults] == ["N02"]
    assert f"it is read as {value}" in found.faults[0].cure
    assert [f.level for f in of("score", written).faults] == ["error"]
