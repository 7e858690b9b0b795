"""Rows of totals: by their words in several languages, by their formula, by their number; never in silence."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimiser.case.reading.totals import words_of
from optimiser.case.reading.workbook import read_tables, tables_from
from tests.case.books import book, changed


def funds(*rows: tuple[str, object]) -> list[tuple[str, str, str]]:
    """What is said of total rows among these funds: cell, level, and what was found."""
    records: dict[str, Any] = {
        "Agencies": [{"agency": "PD"}],
        "Funds": [{"fund": name, "amount": amount} for name, amount in rows],
        "Initiatives": [{"initiative": "I", "request": 1}],
    }
    faults = tables_from(records).faults
    assert {f.code for f in faults} <= {"S12", "K01"}
    return [(f.cell, f.level, f.found) for f in faults if f.code == "S12"]


WORDS = [
    "Total",
    "TOTAL:",
    "Grand total",
    "Sub-total",
    "Subtotal A",
    "Totals FY27",
    "Summe",
    "Gesamt",
    "Totaal",
    "Somme",
    "Итого",
]


@pytest.mark.parametrize(
    "name", [*WORDS, "Total available", "All funds", "alle", "Razem", "Total général", "Fund total"]
)
def test_a_word_and_the_sum_make_a_total(name: str) -> None:
    assert [(c, level) for c, level, _ in funds(("A", 500), ("B", 75), (name, 575))] == [("fund, row 3", "error")]


@pytest.mark.parametrize("name", ["Total", "Grand Total", "Subtotal", "Summe", "Total funds", "TOTAL AMOUNT"])
def test_a_name_that_is_nothing_but_total_is_one_whatever_its_number(name: str) -> None:
    assert [level for _, level, _ in funds(("A", 500), (name, 9999), ("B", 75))] == ["error"]


@pytest.mark.parametrize("name", ["Total Wellness", "Totaal Anders", "Sum of Us", "Remaining", "All"])
def test_a_name_that_only_sounds_like_one_is_a_warning_that_says_so(name: str) -> None:
    ((cell, level, found),) = funds(("A", 500), (name, 123), ("B", 75))
    assert (cell, level) == ("fund, row 2", "warning")
    assert "sounds like a total" in found


@pytest.mark.parametrize(
    "name", ["Summer jobs", "Totally Kids", "All-hands training", "Assume nothing", "Allied health", "Restart"]
)
def test_other_names_are_not_worth_a_word(name: str) -> None:
    assert funds(("A", 500), (name, 123), ("B", 75)) == []


def test_subtotals_of_blocks_and_of_groups_and_a_total_above_all() -> None:
    rows = [
        ("A", 500),
        ("B", 75),
        ("Subtotal grants", 575),
        ("C", 30),
        ("D", 11),
        ("Subtotal local", 41),
        ("Total both", 616),
    ]
    assert [c for c, _, _ in funds(*rows)] == ["fund, row 3", "fund, row 6", "fund, row 7"]
    assert [c for c, _, _ in funds(("Total of all", 575), ("A", 500), ("B", 75))] == ["fund, row 1"]
    records: dict[str, Any] = {
        "Agencies": [{"agency": "PD"}],
        "Funds": [{"fund": "F", "amount": 1}],
        "Initiatives": [
            {"initiative": "I1", "theme": "guns", "request": 240},
            {"initiative": "I2", "theme": "youth", "request": 90},
            {"initiative": "I3", "theme": "guns", "request": 151},
            {"initiative": "Guns Total", "request": 391},
        ],
    }
    assert [(f.cell, f.code, f.level) for f in tables_from(records).faults] == [("initiative, row 4", "S12", "error")]


def test_a_rounded_total_is_a_total_still() -> None:
    assert [level for _, level, _ in funds(("A", 500_000.4), ("B", 75_000.4), ("Total (rounded)", 575_001))] == [
        "error"
    ]


def test_a_number_alone_is_a_warning_since_it_may_be_chance() -> None:
    assert [(c, level) for c, level, _ in funds(("A", 500), ("B", 75), ("Money at hand", 575))] == [
        ("fund, row 3", "warning")
    ]
    assert funds(("A", 500), ("B", 500)) == []
    assert funds(("A", 500), ("B", 75), ("C", 576)) == []


@given(st.lists(st.integers(1, 10**7), min_size=2, max_size=8), st.integers(0, 8))
def test_the_sum_of_all_above_is_never_taken_in_silence(amounts: list[int], at: int) -> None:
    rows: list[tuple[str, object]] = [(f"F{i}", a) for i, a in enumerate(amounts)]
    assert any(cell == f"fund, row {len(rows) + 1}" for cell, _, _ in funds(*rows, ("X", sum(amounts))))


def test_a_formula_that_adds_up_those_above_is_a_total_under_any_name() -> None:
    rows: list[Any] = [["fund", "amount"], ["A", 500], ["B", 75], ["Money at hand", 999]]
    data = changed(
        book(Funds=rows),
        "xl/worksheets/sheet2.xml",
        b'<c r="B4" t="n"><v>999</v></c>',
        b'<c r="B4"><f>SUM(B2:B3)</f><v>575</v></c>',
    )
    for guarded in (False, True):
        faults = read_tables(data, guarded=guarded).faults
        assert [(f.sheet, f.cell, f.code, f.level) for f in faults] == [("Funds", "A4", "S12", "error")]


def test_a_total_without_a_name_is_one_fault() -> None:
    assert [level for _, level, _ in funds(("A", 500), ("B", 75))] == []
    rows: list[Any] = [["fund", "amount"], ["A", 500], ["B", 75], [None, 575]]
    assert [(f.cell, f.code) for f in read_tables(book(Funds=rows)).faults] == [("A4", "S12")]


def test_a_total_of_people_or_of_costs_is_one_fault_too() -> None:
    staff: list[Any] = [
        ["agency", "role", "fte"],
        ["PD", "analyst", 2],
        ["PD", "driver", 3],
        ["PD", "Total", 5],
        ["Total", None, 5],
    ]
    found: list[Any] = [(f.cell, f.code) for f in read_tables(book(Staff=staff)).faults]
    assert found == [("B4", "S12"), ("A5", "S12")]


@given(st.text(max_size=40))
def test_any_label_is_looked_at(label: str) -> None:
    found = words_of(label)
    assert not found.only or found.total or found.may_be
