"""A version's content: the same records give the same bytes, and come back as they were."""

from __future__ import annotations

import json
import math
import zlib
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import optimiser
from optimiser.case.spec import SHEETS
from optimiser.store.base import content
from optimiser.store.base.records import blank, named
from optimiser.verbs import check_records

DATA = Path(__file__).parents[2] / "data"
CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_infinity=False),
    st.text(),
    st.sampled_from(["", " ", "\x00"]),
)
RECORDS = st.dictionaries(
    st.sampled_from([s.name for s in SHEETS]), st.lists(st.dictionaries(st.text(min_size=1), CELLS), max_size=5)
)


@pytest.mark.parametrize("name", ["gun-violence", "opioid-response", "task-force", "cannot-be-met"])
def test_a_case_comes_back_as_it_was(name: str) -> None:
    case = optimiser.read(DATA / f"{name}.xlsx")
    records = {sheet: list(table.records()) for sheet, table in case.tables.items()}
    again, faults = check_records(content.unpack(content.pack(records)))
    assert again is not None, faults
    assert again.sha256 == case.sha256


@given(RECORDS)
def test_every_cell_comes_back_with_its_type(records: dict[str, list[dict[str, Any]]]) -> None:
    packed = content.pack(records)
    found = content.unpack(packed)
    assert content.pack(found) == packed
    assert set(found) == {s for s in records if records[s]}
    for sheet, rows in found.items():
        assert len(rows) == len(records[sheet])
        for row, given_ in zip(rows, records[sheet], strict=True):
            for column, value in given_.items():
                kept = row.pop(column)
                assert kept is None if blank(value) else (type(kept), kept) == (type(value), value)
            assert all(v is None for v in row.values())


def test_equal_records_give_equal_bytes() -> None:
    one: dict[str, Any] = {
        "Funds": [{"amount": 5.0, "fund": "A"}],
        "Agencies": [{"agency": "B", "kind": ""}],
        "Areas": [],
    }
    other: dict[str, Any] = {"Agencies": [{"kind": math.nan, "agency": "B"}], "Funds": [{"fund": "A", "amount": 5.0}]}
    assert content.pack(one) == content.pack(other)
    assert content.pack(one) != content.pack({**one, "Funds": [{"fund": "A", "amount": 5.01}]})


def test_the_order_of_periods_counts() -> None:
    years = [{"period": "FY1"}, {"period": "FY2"}]
    assert content.pack({"Periods": years}) != content.pack({"Periods": years[::-1]})


def test_the_hash_is_of_the_text_and_not_of_its_compression() -> None:
    packed = content.pack({"Funds": [{"fund": "A"}] * 100})
    other = zlib.compress(zlib.decompress(packed), 1)
    assert other != packed
    assert content.sha256(other) == content.sha256(packed)
    assert json.loads(zlib.decompress(packed))[0][0] == "Funds"


def test_what_comes_from_other_libraries_is_kept_as_plain_values() -> None:
    rows = [{"fund": "A", "amount": np.float64(5), "can_match": np.bool_(True), "first": date(2026, 1, 2)}]
    assert content.unpack(content.pack({"Funds": rows}))["Funds"] == [
        {"fund": "A", "amount": 5.0, "first": "2026-01-02", "can_match": True}
    ]


@pytest.mark.parametrize("value", [math.inf, -math.inf, [1], {"a": 1}, b"x"])
def test_what_no_cell_can_hold_is_refused_with_its_place(value: object) -> None:
    with pytest.raises(ValueError, match="Funds, row 2"):
        content.pack({"Funds": [{"fund": "A"}, {"fund": "B", "amount": value}]})


def test_a_record_is_called_by_its_key_without_false_decimals() -> None:
    assert (
        named("History", {"initiative": "G01", "year": 2022.0, "outcome": "people served"})
        == "G01, 2022, people served"
    )
    assert named("Curves", {"curve": "early gains", "level": 0.5}) == "early gains, 0.5"
    assert named("Curves", {"curve": " ", "level": None}) == "a record without a name"
