"""No file and no map makes the readers fall over: a sample of the mutations that a longer run takes by the ten thousand."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimiser.case.maps.files import ForeignFile, open_foreign
from optimiser.case.maps.map_form import read_map
from optimiser.case.maps.take import take
from optimiser.case.reading.sheets import RawBook, RawSheet
from optimiser.case.spec import SHEETS, Sheet
from optimiser.verbs import check_book
from tests.case.mutated import KINDS, MAP, attempt, bombs, one, own_sheets, run

SUMS = '[[table]]\nto = "Initiatives"\ncolumns = { "Program" = "initiative", "FY27 Request" = "request" }\n'


def test_changed_files_and_maps_are_read_or_refused_in_words() -> None:
    assert run(0, 400) == []


def test_a_change_that_fails_is_found_alone_and_by_the_hundred(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(dice: random.Random) -> None:
        raise KeyError("no such thing")

    assert one(3) == KINDS[3][0]
    monkeypatch.setattr("tests.case.mutated.KINDS", (*KINDS[:7], ("wrong", fails)))
    assert run(0, 16) == [7, 15]


def test_a_small_file_that_would_become_large_is_refused() -> None:
    for data in bombs():
        assert open_foreign(data, "bomb.xlsx", guarded=True).book.faults
        attempt(data, "bomb.xlsx", read_map(MAP))


@pytest.mark.first(10)
@pytest.mark.parametrize("spec", SHEETS, ids=lambda s: s.name)
def test_no_sheet_with_wrong_titles_makes_the_reader_fail(spec: Sheet) -> None:
    """Each title in turn taken out, two beside the table that nobody knows, a record of too many cells."""
    for absent in (None, *spec.names):
        titles = [c for c in spec.names if c != absent] + ["Widgets", "Gadgets"]
        sheets = [*(s for s in own_sheets() if s.name != spec.name), RawSheet(spec.name, [titles, ["x"] * len(titles)])]
        case, faults = check_book(RawBook(tuple(sheets)))
        assert case is not None or any(f.level == "error" for f in faults)


@given(
    st.lists(
        st.tuples(st.sampled_from(["A", "B", "Total"]), st.floats(allow_nan=False, allow_infinity=False)),
        min_size=1,
        max_size=6,
    )
)
def test_sums_of_any_numbers_tie_however_far_apart_they_are(rows: list[tuple[str, float]]) -> None:
    cells: list[list[Any]] = [
        ["Program", "FY27 Request"],
        *([f"{name} {i}" if name != "Total" else name, v] for i, (name, v) in enumerate(rows)),
    ]
    taken = take(read_map(SUMS), [ForeignFile("a.xlsx", RawBook((RawSheet("S", cells),)))])
    assert taken.errors or all(tie.ties for table in taken.tables for tie in table.ties)


def test_an_amount_too_large_in_the_case_s_unit_is_refused_by_its_cell() -> None:
    rows: list[list[Any]] = [["Program", "FY27 Request"], ["A", 1e306], ["B", 5]]
    thousands = read_map(SUMS.replace("columns", "money = 1000\ncolumns"))
    taken = take(thousands, [ForeignFile("a.xlsx", RawBook((RawSheet("S", rows),)))])
    assert [(f.cell, f.code) for f in taken.errors] == [("B2", "N06")]
