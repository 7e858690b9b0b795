"""The paste box's reader: what it changes by ID, and what it refuses to guess."""

from __future__ import annotations

import random
from typing import Any

import pytest

from optimiser.case.reading.amounts import Mark, read_amount
from optimiser.case.reading.paste import block, read
from optimiser.case.spec import BY_NAME

COLUMNS = BY_NAME["Initiatives"].columns
KEY = BY_NAME["Initiatives"].key
RECORDS: list[dict[str, Any]] = [
    {"initiative": "I1", "name": "Outreach", "request": 250_000.0, "must_fund": False, "pace": 1.0},
    {"initiative": "I2", "name": "Clinic", "request": 180_000.0, "must_fund": True, "pace": 0.5},
]


def test_cells_change_by_id_whatever_the_order_and_new_ids_are_added() -> None:
    made = read(
        "initiative\trequest\tname\r\nI2\t$190,000\tClinic\r\n i1 \t(250,000)\tStreet outreach\r\nI9\t75000\tNew\r\n",
        COLUMNS,
        KEY,
        RECORDS,
    )
    assert [(s.position, s.key, s.column, s.before, s.after) for s in made.sets] == [
        (1, "I2", "request", 180_000.0, 190_000.0),
        (0, "I1", "request", 250_000.0, -250_000.0),
        (0, "I1", "name", "Outreach", "Street outreach"),
    ]
    assert [(a["initiative"], a["request"], a["priority"]) for a in made.added] == [("I9", 75_000.0, 1.0)]
    assert made.refused == ()
    assert made.sentence == "This will change 3 cells of 2 records and add 1 record."


def test_titles_are_known_with_their_unit_and_without_titles_the_order_of_the_table_counts() -> None:
    titled = read("Initiative\tRequest [money]\tMust fund\nI1\t1\tyes", COLUMNS, KEY, RECORDS)
    assert titled.columns == ("initiative", "request", "must_fund")
    assert [(s.column, s.after) for s in titled.sets] == [("request", 1.0), ("must_fund", True)]
    bare = read("I1\tStreet", COLUMNS, KEY, RECORDS)
    assert not bare.has_titles
    assert [(s.column, s.after) for s in bare.sets] == [("name", "Street")]
    chosen = read("I1\t5", COLUMNS, KEY, RECORDS, named=["initiative", "request"])
    assert [(s.column, s.after) for s in chosen.sets] == [("request", 5.0)]


@pytest.mark.parametrize("written", ["1,5", "1.234,50", "1.234", "12,34"])
def test_what_could_be_two_numbers_is_refused_and_nothing_of_the_row_is_taken(written: str) -> None:
    made = read(f"initiative\tname\trequest\nI1\tOther\t{written}", COLUMNS, KEY, RECORDS)
    assert made.sets == ()
    assert made.two_ways
    assert [(r.row, r.column, r.written) for r in made.refused] == [(2, "request", written)]
    assert "it could be" in made.refused[0].cure


@pytest.mark.parametrize(
    ("written", "mark", "value"),
    [
        ("1,5", ",", 1.5),
        ("1.234,50", ",", 1234.5),
        ("1.234", ",", 1234.0),
        ("1.234", ".", 1.234),
        ("1,234", ".", 1234.0),
        ("1,234", ",", 1.234),
        ("1,234.50", ".", 1234.5),
        ("€ 1.250.000,00", ",", 1_250_000.0),
        ("1 250 000,5", ",", 1_250_000.5),
        ("1\u202f250,5 EUR", ",", 1250.5),
        ("(2.500,75)", ",", -2500.75),
        ("-$1,000", ".", -1000.0),
        ("12,5%", ",", 0.125),
        (",5", ",", 0.5),
        ("0,125", ",", 0.125),
        ("100", ",", 100.0),
    ],
)
def test_with_the_sign_chosen_each_number_has_one_reading(written: str, mark: Mark, value: float) -> None:
    reading = read_amount(written, True, mark)
    assert reading.level != "error", reading
    assert reading.value == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(
    ("written", "mark"),
    [("1,5", "."), ("1.5", ","), ("1,234.50", ","), ("1.234,50", "."), ("1,2,3456", "."), ("TBD", ","), ("1.25m", "."), ("12%", ".")],
)  # fmt: skip
def test_what_the_chosen_sign_does_not_allow_is_refused_not_bent(written: str, mark: Mark) -> None:
    assert read_amount(written, False, mark).level == "error"


@pytest.mark.parametrize("mark", [",", "."])
def test_every_number_comes_back_as_it_was_written(mark: Mark) -> None:
    dice = random.Random(7)
    for _ in range(3000):
        value = round(dice.choice([1, 1e3, 1e6, 1e9]) * dice.random(), dice.choice([0, 1, 2, 3]))
        text = f"{value:,.{dice.choice([3, 4])}f}" if dice.random() < 0.5 else f"{value:,.3f}".rstrip("0").rstrip(".")
        if mark == ",":
            text = text.replace(",", "_").replace(".", ",").replace("_", dice.choice([".", " ", "\u00a0", ""]))
        assert read_amount(text, False, mark).value == pytest.approx(value, rel=1e-12), text


def test_flags_shares_and_blanks() -> None:
    made = read("initiative\tmust_fund\tpace\tname\nI2\tno\t25%\t", COLUMNS, KEY, RECORDS)
    assert [(s.column, s.after) for s in made.sets] == [("must_fund", False), ("pace", 0.25), ("name", "")]
    bad = read("initiative\tmust_fund\trequest\nI2\tmaybe\t12%", COLUMNS, KEY, RECORDS)
    assert [(r.column, r.cure) for r in bad.refused] == [
        ("must_fund", "write yes or no"),
        ("request", "write the number itself, not a percentage"),
    ]


def test_an_id_that_stands_twice_or_not_at_all_is_refused() -> None:
    twice = read("initiative\tname\nI1\tA\ni1\tB", COLUMNS, KEY, RECORDS)
    assert "row 2 of the block" in twice.refused[0].cure
    none = read("name\tpace\nA\t1", COLUMNS, KEY, RECORDS)
    assert "copy the column initiative too" in none.refused[0].cure
    blank = read("initiative\tname\n\tA", COLUMNS, KEY, RECORDS)
    assert "write the ID" in blank.refused[0].cure


def test_unknown_titles_are_said_and_left_out() -> None:
    made = read("initiative\tpriorty\nI1\t2", COLUMNS, KEY, RECORDS)
    assert made.unread == ("priorty (did you mean priority?)",)
    assert made.sets == ()


def test_a_quoted_cell_may_hold_line_ends_and_text_that_begins_with_equals_stays_text() -> None:
    assert block('a\t"two\nlines"\nb\t=1+1') == [["a", "two\nlines"], ["b", "=1+1"]]
    made = read("initiative\tname\nI1\t=HYPERLINK()", COLUMNS, KEY, RECORDS)
    assert made.sets[0].after == "=HYPERLINK()"
    assert read("", COLUMNS, KEY, RECORDS).sentence.startswith("This changes nothing")


def test_titles_in_peoples_words_and_with_units_are_read_as_in_a_workbook() -> None:
    made = read("Project\tBudget request ($000)\nI1\t1.1\nI2\t$ (2.0)", COLUMNS, KEY, RECORDS, mark=".")
    assert made.columns == ("initiative", "request")
    assert [(s.key, s.after) for s in made.sets] == [("I1", 1100.0), ("I2", -2000.0)]
    assert "multiplied by 1000" in made.notes[0]
    both = read("project\tinitiative\trequest\nOld\tI1\t5", COLUMNS, KEY, RECORDS)
    assert both.columns == ("", "initiative", "request")


@pytest.mark.parametrize("title", ["request (EUR)", "request [FY26 actuals]"])
def test_a_unit_that_cannot_be_taken_over_is_refused(title: str) -> None:
    made = read(f"initiative\t{title}\nI1\t5", COLUMNS, KEY, RECORDS)
    assert made.sets == ()
    assert made.refused[0].column == "request"
    assert read("initiative\trequest (EUR)\nI1\t5", COLUMNS, KEY, RECORDS, currency="EUR").sets[0].after == 5


def test_accounting_numbers_are_read() -> None:
    made = read("initiative\trequest\tbaseline\nI1\t$ -\t$ (2,500.00)", COLUMNS, KEY, RECORDS)
    assert [(s.column, s.after) for s in made.sets] == [("request", 0.0), ("baseline", -2500.0)]


def test_a_comma_csv_is_columns_and_a_column_with_commas_stays_one() -> None:
    made = read('initiative,theme,request\nI1,Reentry,"$ 180,000"\n"Clinic, east",Care,75000\n', COLUMNS, KEY, RECORDS)
    assert made.refused == ()
    assert [(s.column, s.after) for s in made.sets] == [("theme", "Reentry"), ("request", 180_000.0)]
    assert [(a["initiative"], a["request"]) for a in made.added] == [("Clinic, east", 75_000.0)]
    assert len(block("initiative,anything\na,b", COLUMNS)[0]) == 2  # asked about, as of any file
    for text in ("initiative\nClinic, east\nClinic, west", "request\n1,000\n2,000", "request, $\n1,000\n2,000"):
        assert {len(row) for row in block(text, COLUMNS)} == {1}
    assert [len(row) for row in block("initiative;request\nI1;1,5", COLUMNS)] == [2, 2]
