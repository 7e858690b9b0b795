"""A map that was kept fits next year's file: titles moved, in another order, of another year; and no other file."""

from __future__ import annotations

import random

import pytest

from optimiser.case.maps.map_form import TableMap
from optimiser.case.maps.next_year import again
from optimiser.case.maps.proposed_map import propose
from optimiser.case.reading.sheets import RawSheet
from tests.case.strange_files import STRANGE, Strange

TABLE = TableMap(
    "Initiatives", columns={"Name": "initiative", "FY27 Ask": "request", "FY26 Given": "baseline", "Memo": ""}
)


@pytest.mark.parametrize("strange", STRANGE, ids=lambda s: s.name)
def test_a_map_fits_its_own_file_and_one_with_its_columns_moved(strange: Strange) -> None:
    file = strange.open()
    for table in propose(file, strange.there).map:
        sheet = next(s for s in file.sheets if not table.source or s.name == table.source)
        assert again(table, sheet) == table
        order = list(range(len(sheet.rows[0])))
        random.Random(1).shuffle(order)
        moved = RawSheet(sheet.name, [[""] * len(order)] * 2 + [[row[j] for j in order] for row in sheet.rows])
        found = again(table, moved)
        assert found is not None
        assert (found.first, found.last) == (table.first + 2, table.last + 2)
        assert dict(found.columns) == dict(table.columns)


def test_titles_of_another_year_are_found_and_a_column_that_was_left_out_may_be_gone() -> None:
    found = again(TABLE, RawSheet("x", [["FY27 given", "Name", "FY28  Ask"], ["1", "a", "2"]]))
    assert found is not None
    assert dict(found.columns) == {"Name": "initiative", "FY28 Ask": "request", "FY27 given": "baseline"}


@pytest.mark.parametrize(
    "titles",
    [
        ["Name", "FY28 Ask"],
        ["Name", "FY28 Ask", "FY29 Ask", "FY27 Given"],
        ["Title", "FY27 Ask", "FY26 Given"],
        [],
    ],
)
def test_a_file_that_lacks_a_column_or_has_two_for_one_is_not_read_by_it(titles: list[str]) -> None:
    assert again(TABLE, RawSheet("x", [titles, ["1"] * len(titles)])) is None
