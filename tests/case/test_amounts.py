"""Amounts that are text, each by itself: how one is read, with the decimals' sign known or not, and what is said where none is."""

from __future__ import annotations

import datetime as dt
import io
import math
from decimal import Decimal
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

from optimiser.case.reading.amounts import currency_beside, plain, read_amount, read_number, scaled
from optimiser.case.reading.cells import (
    Place,
    as_text,
    attribute,
    blank_column,
    both_readings,
    expectation,
    no_formula,
    numbers_in,
    simple,
    typed,
)
from optimiser.case.reading.workbook import read_tables
from optimiser.case.spec import BY_NAME, Column
from tests.case.books import book, saved

PLACE = Place("Sheet", "column", "C", range(2, 99))


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0"),
        (1200.0, "1200"),
        (-3.5, "-3.5"),
        (1e-9, "0.000000001"),
        (1e-300, "1e-300"),
        (math.inf, "inf"),
        (1e16, "1e+16"),
        (9e15, "9000000000000000"),
        (1 / 3, "0.333333333333"),
        (1e9 + 0.25, "1000000000.25"),
        (999_999_999.123456, "999999999.123"),
        (1_000_000_000.12345, "1000000000.12345"),
    ],
)
def test_a_number_is_written_as_people_write_it(number: float, text: str) -> None:
    assert plain(number) == text


@pytest.mark.parametrize(
    ("number", "factor", "made"), [(1.1, 1000, 1100), (0.1, 3, 0.3), (7, 1, 7), (math.inf, 1000, math.inf)]
)
def test_thousands_are_whole_units_as_decimals(number: float, factor: float, made: float) -> None:
    assert scaled(number, factor) == made
    assert math.isnan(scaled(math.nan, 1000))


@pytest.mark.parametrize(
    ("written", "mark", "value"),
    [
        ("1.234", ".", 1.234),
        ("1.234", ",", 1234),
        ("1,5", ",", 1.5),
        ("1,234.5", ".", 1234.5),
        ("1.234,5", ",", 1234.5),
        ("1 234,5", ",", 1234.5),
        ("1 234 567.5", ".", 1234567.5),
        ("12,34,567.5", ".", 1234567.5),
        ("1234,", ",", 1234),
        (",5", ",", 0.5),
        ("1E3", ",", 1000),
        ("-1,5", ",", -1.5),
        ("(1,5)", ",", -1.5),
        ("12,5%", ",", 0.125),
        ("€ 1.200,50", ",", 1200.5),
    ],
)
def test_where_the_sign_before_decimals_is_known_one_reading_is_left(written: str, mark: Any, value: float) -> None:
    assert read_amount(written, percent=True, mark=mark).value == value


@pytest.mark.parametrize(
    ("written", "mark", "cure"),
    [
        ("1.23", ",", "with a comma before the decimals this cannot be a number: correct it, or choose the other sign"),
        ("1,23", ".", "with a point before the decimals this cannot be a number: correct it, or choose the other sign"),
        (
            "1.234 567",
            ",",
            "with a comma before the decimals this cannot be a number: correct it, or choose the other sign",
        ),
        (
            "0,123.5",
            ".",
            "with a point before the decimals this cannot be a number: correct it, or choose the other sign",
        ),
        (",", ",", "write a number, or leave the cell blank"),
        ("TBD", ".", "write a number, or leave the cell blank"),
    ],
)
def test_where_it_is_known_and_does_not_fit_that_is_said(written: str, mark: Any, cure: str) -> None:
    found = read_amount(written, percent=True, mark=mark)
    assert (found.code, found.level, found.cure) == ("N03", "error", cure)


@pytest.mark.parametrize(
    ("written", "percent", "value", "code"),
    [
        ("12.5%", True, 0.125, "N02"),
        ("(12%)", True, -0.12, "N02"),
        ("100 %", True, 1.0, "N02"),
        ("+5", False, 5, "N01"),
        ("--", False, math.nan, "N03"),
        ("%", True, math.nan, "N03"),
        ("-%", True, math.nan, "N03"),
        ("5-", False, -5, "N02"),
        ("$5-", False, -5, "N02"),
        ("-5-", False, math.nan, "N03"),
        ("((5))", False, math.nan, "N03"),
        ("(-5)", False, 5, "N02"),
        ("5.–", False, 5, "N02"),
        ("000123456789012345.5", False, 123456789012345.5, "N07"),
        ("123456789012345", False, 123456789012345, "N01"),
        ("1234567890123450000", False, 1.23456789012345e18, "N01"),
        ("1.5e-7", False, 1.5e-7, "N01"),
        (".5", False, 0.5, "N01"),
        ("5.", False, 5, "N01"),
        ("001,200", False, math.nan, "N04"),
        ("1,20,000", False, 120000, "N01"),
        ("1,20,00", False, math.nan, "N03"),
        ("1.200.300,5", False, 1200300.5, "N01"),
        ("1.200.300,500", False, math.nan, "N04"),
        ("500 k", False, math.nan, "N03"),
        ("12†", False, 12, "N02"),
    ],
)
def test_what_stands_around_a_number(written: str, percent: bool, value: float, code: str) -> None:
    found = read_amount(written, percent=percent)
    assert found.code == code
    assert found.value == value or (math.isnan(value) and math.isnan(found.value))
    assert found.level == ("error" if math.isnan(value) else "warning")


@pytest.mark.parametrize(
    ("written", "cure"),
    [
        ("2 bn", "if 2000000000 was meant, write it out"),
        ("1.5 mn", "if 1500000 was meant, write it out"),
        ("ca. 1,200", "if 1200 was meant, write the number alone"),
        ("about 1.200", "write a number, or leave the cell blank"),
        ("١٢x", "write it with the digits 0 to 9"),
        ("1.2.3 k", "write a number, or leave the cell blank"),
        ("S0", "if 50 was meant, write it with digits only (a letter stands in it)"),
        ("lO", "write a number, or leave the cell blank"),
    ],
)
def test_a_cure_names_what_may_be_meant(written: str, cure: str) -> None:
    found = read_amount(written, percent=False)
    assert (found.level, found.cure) == ("error", cure)


def test_the_currency_beside_a_number() -> None:
    assert [currency_beside(w) for w in ("$5", "1.200,50 €", "5", "5 USD", "TBD")] == ["$", "€", "", "USD", ""]
    assert read_amount("CHF -", percent=False).currency == "CHF"
    assert read_amount("$1234567890123456.5", percent=False).currency == "$"


def test_numbers_in_a_file_of_text_alone() -> None:
    assert numbers_in(["1", "", "2.5"]) == [1.0, "", 2.5]
    assert numbers_in(["1,5", "2"], ",") == [1.5, 2.0]
    for texts in (["1", "x"], ["007", "12"], ["$5", "6"], [" 05 ", "1"]):
        assert numbers_in(texts) == texts


def test_an_identifier_among_numbers_keeps_its_zeros() -> None:
    values, faults = attribute("badge", ["007", 12.0, "", 13], PLACE)
    assert values.tolist() == ["007", "12", "", "13"]
    assert [(f.cell, f.code, f.found, f.level) for f in faults] == [("C2", "K03", '"007" among numbers', "warning")]
    assert faults[0].cure.startswith("the whole column is kept as text")


@pytest.mark.parametrize(("values", "told"), [([1.0, 2.0, "x"], ["C4"]), ([1.0, "x", "y"], []), ([1.0, "x"], [])])
def test_a_few_texts_among_many_numbers_are_told(values: list[Any], told: list[str]) -> None:
    found, faults = attribute("sworn", values, PLACE)
    assert found.dtype.kind in "OUT"
    assert [f.cell for f in faults] == told


def test_what_a_column_expects_in_words() -> None:
    asked = {
        "Initiatives": ("must_fund", "initiative", "request", "pace", "score"),
        "Funds": ("kind", "match_rate"),
        "Periods": ("start",),
    }
    said = [expectation(BY_NAME[sheet].column(name)) for sheet, names in asked.items() for name in names]
    assert said[:5] == [
        "yes or no",
        "text",
        "an amount of money, 0 or more",
        "a share between 0 and 1",
        "a number from 0 to 100",
    ]
    assert said[5].startswith("one of pooled, ")
    assert said[6:] == ["a share from 0 to below 1", "a date, such as 2026-10-01"]
    assert expectation(Column("x", "number", "")) == "a number"


def test_a_column_that_is_not_there_has_its_defaults() -> None:
    initiatives = BY_NAME["Initiatives"]
    assert blank_column(initiatives.column("pace"), 2).tolist() == [1.0, 1.0]
    assert np.isnan(blank_column(initiatives.column("maximum"), 2)).all()
    assert blank_column(initiatives.column("must_fund"), 2).tolist() == [False, False]
    assert blank_column(BY_NAME["Rules"].column("hard"), 1).tolist() == [True]
    assert blank_column(initiatives.column("theme"), 2).tolist() == ["", ""]


class Odd:
    """Somebody's own value, which cannot even be looked at."""

    def __ne__(self, other: object) -> bool:
        raise RuntimeError


class Word(str):
    """Somebody's own text."""

    __slots__ = ()


@pytest.mark.parametrize(
    ("value", "plainly"),
    [
        (None, ""),
        (math.nan, ""),
        (" ", ""),
        ("a ", "a "),
        (10**400, math.inf),
        (-(10**400), -math.inf),
        (10**20, 10**20),
        (pd.NA, ""),
        (pd.NaT, ""),
        (Decimal("NaN"), ""),
        (Decimal("2.5"), 2.5),
        (np.float64("nan"), ""),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (np.datetime64("2026-10-01T08:00:00.000000001"), dt.datetime(2026, 10, 1, 8)),
        (np.datetime64("NaT"), ""),
        (np.longdouble(2.5), "2.5"),
        (Word("a"), "a"),
        (Word(" "), ""),
        (pd.Timestamp(2026, 10, 1), pd.Timestamp(2026, 10, 1)),
        (dt.time(8), dt.time(8)),
        ([1], "[1]"),
        (Odd(), "<Odd>"),
    ],
)
def test_any_value_becomes_a_plain_one(value: object, plainly: object) -> None:
    found = simple(value)
    assert found == plainly
    assert type(found) in (str, float, int, bool, dt.datetime, dt.date, dt.time, pd.Timestamp)


def test_a_column_of_numbers_beyond_all_floats_is_refused_and_not_broken() -> None:
    values, faults = typed(BY_NAME["Initiatives"].column("request"), [10**400, 5], PLACE)
    assert values.tolist() == [math.inf, 5]
    assert [(f.cell, f.code) for f in faults] == [("C2", "N06")]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (dt.datetime(2026, 10, 1), "2026-10-01"),
        (dt.datetime(2026, 10, 1, 8, 30), "2026-10-01 08:30:00"),
        (dt.date(2026, 10, 1), "2026-10-01"),
        (False, "FALSE"),
        (0.25, "0.25"),
        (dt.time(8), "08:00:00"),
    ],
)
def test_a_cell_as_text(value: object, text: str) -> None:
    assert as_text(value) == text


def test_two_currencies_in_a_column_are_not_added_up() -> None:
    values, faults = typed(BY_NAME["Initiatives"].column("request"), ["$5", "6 €", "USD 7", 8], PLACE)
    assert values.tolist() == [5, 6, 7, 8]
    (fault,) = [f for f in faults if f.level == "error"]
    assert (fault.cell, fault.code) == ("C3", "N19")
    assert fault.cure == "convert it, and write the number alone: $ stands beside others of this column"


@pytest.mark.parametrize(
    ("sheet", "column", "value", "cure", "meant"),
    [
        ("Initiatives", "score", 850, "did you mean 85? Write a number from 0 to 100", "85"),
        ("Initiatives", "score", 8500, "did you mean 85? Write a number from 0 to 100", "85"),
        ("Initiatives", "score", 150, "write a number at most 100", ""),
        ("Initiatives", "score", 85000, "write a number at most 100", ""),
        ("Initiatives", "pace", 100, "write 1 or 100%", "1"),
        ("Initiatives", "pace", 150, "write the share as a fraction, such as 0.25", ""),
        ("Initiatives", "pace", "-5%", "write it without the minus sign, or remove the row", ""),
        ("Funds", "match_rate", 1, "write a number below 1", ""),
    ],
)
def test_beyond_the_limits_of_a_column_the_cure_says_what_may_be_meant(
    sheet: str, column: str, value: object, cure: str, meant: str
) -> None:
    faults = [f for f in typed(BY_NAME[sheet].column(column), [value], PLACE)[1] if f.level == "error"]
    assert [(f.cure, f.meant) for f in faults] == [(cure, meant)]


def test_a_blank_among_amounts_that_are_text_takes_the_default() -> None:
    values, faults = typed(BY_NAME["Initiatives"].column("pace"), ["50%", "", 0.25, dt.date(2026, 1, 2)], PLACE)
    assert values[:3].tolist() == [0.5, 1, 0.25]
    assert [(f.cell, f.code) for f in faults] == [("C2", "N02"), ("C5", "N11")]


def test_below_a_least_number_that_is_not_0() -> None:
    column = Column("year", "number", "", low=1900, high=2100)
    (fault,) = typed(column, [1800], PLACE)[1]
    assert (fault.code, fault.cure) == ("N16", "write a number of at least 1900")
    assert typed(column, [1900, 2100], PLACE)[1] == []


def test_a_change_that_is_a_bare_number_has_two_readings() -> None:
    assert both_readings("5").startswith("write `+ 5` to add that, or `= 5` to set it")
    assert both_readings("5", True).startswith("write `- 5` to take away that, or `= -5` to set it")
    (fault,) = typed(BY_NAME["Scenarios"].column("change"), [-5.0], PLACE)[1]
    assert (fault.cell, fault.code, fault.cure) == ("C2", "C03", both_readings("5", True))


@pytest.mark.parametrize("text", ["=1", " =1", "+1", "-1", "@a", "|a", "%a", "\t=1", "＝1"])
def test_text_that_may_be_taken_for_a_formula_is_marked(text: str) -> None:
    assert no_formula(text) == f"'{text}"


@pytest.mark.parametrize("value", ["a=1", "", -1.0, None])
def test_what_is_no_formula_stays(value: object) -> None:
    assert no_formula(value) == value


def test_a_failed_formula_is_refused_in_every_kind_of_column() -> None:
    for sheet, name in (("Agencies", "agency"), ("Case", "value"), ("Initiatives", "request")):
        faults = typed(BY_NAME[sheet].column(name), ["fine" if name != "request" else 1, "#REF!"], PLACE)[1]
        assert [(f.cell, f.code) for f in faults] == [("C3", "N12")], name


def test_anything_is_kept_as_it_was_written() -> None:
    values, _ = typed(BY_NAME["Case"].column("value"), ["a ", 1, 2.5, True, dt.date(2026, 1, 2)], PLACE)
    assert values.tolist() == ["a", 1.0, 2.5, True, "2026-01-02"]
    assert type(values[1]) is float


@pytest.mark.parametrize(
    ("value", "day", "code"),
    [("31.12.2026", "2026-12-31", "D04"), ("1 Oct 2026", "2026-10-01", "D04"), ("soon", "", "D02"), (5, "", "D02")],
)
def test_a_date_that_is_text(value: object, day: str, code: str) -> None:
    days, faults = typed(BY_NAME["Periods"].column("start"), [value, ""], PLACE)
    assert days.tolist() == [day, ""]
    assert [(f.cell, f.code, f.level) for f in faults] == [("C2", code, "warning" if day else "error")]


@pytest.mark.parametrize("name", ["a\u3164b", "a\ufe0fb", "a\u2800"])
def test_a_name_with_a_letter_that_no_screen_shows_is_refused(name: str) -> None:
    (fault,) = typed(BY_NAME["Agencies"].column("agency"), [name, "other"], PLACE)[1]
    assert (fault.cell, fault.code, fault.level) == ("C2", "K04", "error")


def test_a_blank_name_is_asked_for_in_its_cell() -> None:
    (fault,) = typed(BY_NAME["Agencies"].column("agency"), ["PD", "  "], PLACE)[1]
    assert (fault.cell, fault.code) == ("C3", "V01")
    assert fault.cure == "fill in the cell, or delete the whole row"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("100k", 100_000),
        ("$100K", 100_000),
        ("$1.2m", 1_200_000),
        ("1.2 million", 1_200_000),
        ("1.2mm", 1_200_000),
        ("2 Mio", 2_000_000),
        ("2 Mio. €", 2_000_000),
        ("1,200k", 1_200_000),
        ("$12.98m", 12_980_000),
        ("(50k)", -50_000),
        ("€1.5 bn", 1_500_000_000),
        ("5 crore", 50_000_000),
    ],
)
def test_thousands_and_millions_of_money_are_read_and_said_back(written: str, value: float) -> None:
    found = read_number(written, "money")
    assert (found.value, found.code, found.level) == (value, "N02", "warning")
    assert f"it is read as {value}" in found.cure
    assert read_number(written, "FTE").level == "error"  # 5m of something that is no money is no million
    thousands = read_number(written, "money", scaled_by=1000)
    assert (thousands.level, thousands.code) == ("error", "N04")
    assert thousands.cure.startswith(f"write {value // 1000} if {value} was meant")


@pytest.mark.parametrize(
    ("written", "first", "second"), [("$1.234m", "1234000", "1234000000"), ("1,2 Mio", "1200000", "12000000")]
)
def test_where_millions_can_be_read_in_two_ways_neither_is_taken(written: str, first: str, second: str) -> None:
    found = read_number(written, "money")
    assert found.code == "N04"
    assert f"it could be {first} or {second}:" in found.cure


@pytest.mark.parametrize("written", ["k", "mk", "TBD k", "12 m 3", "5 miles", "1.2.3 k"])
def test_what_is_no_amount_stays_refused(written: str) -> None:
    assert read_number(written, "money").level == "error"


@pytest.mark.parametrize("shape", ["£#,##0", "[$£-809]#,##0", '#,##0 "£"'])
def test_another_currency_than_the_cases_is_told_whether_written_or_in_the_format(shape: str) -> None:
    made = openpyxl.load_workbook(io.BytesIO(book()))
    for cell in made["Initiatives"]["B"][1:]:
        cell.number_format = shape
    made["Funds"]["B2"] = "£1,000"
    told = [f for f in read_tables(saved(made)).faults if f.code == "N19"]
    assert [(f.sheet, f.cell, f.level) for f in told] == [("Funds", "B2", "warning"), ("Initiatives", "B2", "warning")]
    assert told[1].found == "a number shown in £ and 1 more cell"
    assert all("write GBP as the currency on the sheet Case" in f.cure for f in told)
    own = made.create_sheet("Case")
    own.append(["setting", "value"])
    own.append(["currency", "GBP"])
    assert not [f for f in read_tables(saved(made), guarded=True).faults if f.code == "N19"]
    own["B2"] = "EUR"
    assert len([f for f in read_tables(saved(made), guarded=True).faults if f.code == "N19"]) == 2
