"""A file mended cell by cell: what is written stands there and nowhere else, and a cure of one click takes its fault away."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimiser.case.reading.mending import Mend, mended, value_at
from optimiser.case.reading.reader import open_book
from optimiser.case.reading.sheets import RawBook, RawSheet, letters
from optimiser.case.writing.mended_file import as_workbook
from optimiser.verbs import check, check_book
from tests.case.books import SMALL, book

cells = st.one_of(st.text(max_size=4), st.floats(-1e9, 1e9).map(lambda v: round(v, 2)), st.booleans(), st.just(""))
grids = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=5)
)


@given(grids, st.integers(1, 6), st.integers(1, 6), st.one_of(st.text(max_size=6), st.integers(-99, 99).map(str)))
def test_a_mend_changes_its_cell_and_no_other(rows: list[list[Any]], row: int, column: int, value: str) -> None:
    before = RawBook((RawSheet("A", rows), RawSheet("B", rows)))
    address = f"{letters(column)}{row}"
    after = mended(before, [Mend("A", (address,), value)])
    assert after.sheets[1] == before.sheets[1]
    there = row <= len(rows) and column <= len(rows[0])
    for i, line in enumerate(rows, 1):
        for j, old in enumerate(line, 1):
            found = after.sheets[0].rows[i - 1][j - 1]
            assert str(found).removesuffix(".0") == value.strip() if (i, j) == (row, column) else found == old
    assert there or after == before
    assert mended(before, [Mend("none", (address,), value), Mend("A", ("total",), value)]) == before


def test_a_mended_file_is_read_again_as_it_stood() -> None:
    before = RawBook((RawSheet("A", [["fund", "amount", "day"], ["007", 5.0, dt.date(2027, 1, 2)], ["=x", "", True]]),))
    after = open_book(as_workbook(mended(before, [Mend("A", ("B3",), "12.5")])))
    assert [[v.date() if isinstance(v, dt.datetime) else v for v in row] for row in after.sheets[0].rows] == [
        ["fund", "amount", "day"],
        ["007", 5, dt.date(2027, 1, 2)],
        ["=x", 12.5, True],
    ]


@pytest.mark.parametrize(
    ("sheet", "column", "wrong"),
    [
        ("Initiatives", "lead", "Polic"),
        ("Initiatives", "score", 860),
        ("Funds", "kind", "pooledd"),
        ("Funds", "match_rate", 20),
    ],
)
def test_a_cure_of_one_click_takes_the_fault_away(sheet: str, column: str, wrong: object) -> None:
    records = {name: [list(row) for row in rows] for name, rows in SMALL.items()}
    titles = records[sheet][0]
    if column not in titles:
        titles.append(column)
    at = titles.index(column)
    for row in records[sheet][1:]:
        row += [""] * (len(titles) - len(row))
    records[sheet][1][at] = wrong
    case, faults = check(book(**records))
    assert case is None
    (fault,) = [f for f in faults if f.level == "error"]
    assert fault.meant
    raw = open_book(book(**records))
    assert value_at(raw, fault.sheet, fault.cell) == wrong
    case, faults = check_book(mended(raw, [Mend(fault.sheet, fault.cells or (fault.cell,), fault.meant)]))
    assert case is not None, faults


def test_a_cell_with_an_error_is_mended_too() -> None:
    made = openpyxl.load_workbook(io.BytesIO(book()))
    made["Funds"]["B2"] = "=1/0"
    target = io.BytesIO()
    made.save(target)
    raw = open_book(target.getvalue())
    assert check_book(raw)[0] is None
    assert check_book(mended(raw, [Mend("Funds", ("B2",), "1000")]))[0] is not None
