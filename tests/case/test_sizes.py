"""Numbers beyond 2^53 units are refused by their cells, in a cell or as a sum; up to there they are read."""

from __future__ import annotations

from typing import Any

import pytest

from optimiser.verbs import case_from, check_records

BASE: dict[str, Any] = {
    "Agencies": [{"agency": "Alder"}],
    "Funds": [{"fund": "F", "amount": 1000}],
    "Initiatives": [{"initiative": "a", "request": 100}, {"initiative": "b", "request": 100}],
}


def codes(rounding: float, **sheets: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    case: list[Any] = [{"setting": "rounding", "value": rounding}]
    _, faults = check_records({**BASE, "Case": case, **sheets})
    return [(f.sheet, f.cell, f.code) for f in faults if f.level == "error"]


@pytest.mark.parametrize(
    ("rounding", "amount", "refused"),
    [
        (1, 9e15, False),
        (1, 9.1e15, True),
        (0.01, 9e13, False),
        (0.01, 9.1e13, True),
        (0, 9e15, False),
        (0, 1e300, True),
    ],
)
def test_an_amount_beyond_what_keeps_a_unit_is_refused_by_its_cell(
    rounding: float, amount: float, refused: bool
) -> None:
    found = codes(rounding, Funds=[{"fund": "F", "amount": amount}])
    assert (("Funds", "amount, row 1", "N17") in found) == refused
    assert refused or not found


def test_a_sum_beyond_it_is_refused_too() -> None:
    rows: list[dict[str, Any]] = [{"initiative": name, "request": 6e15} for name in "ab"]
    assert ("Initiatives", "request, row 2", "N17") in codes(1, Initiatives=rows)
    rows = [{"initiative": name, "request": 1.7e308} for name in "ab"]
    assert codes(1, Initiatives=rows)


def test_other_numbers_too() -> None:
    outcomes: list[dict[str, Any]] = [{"initiative": "a", "outcome": "o", "at_full": 1e20}]
    assert ("Outcomes", "at_full, row 1", "N17") in codes(1, Outcomes=outcomes)


@pytest.mark.parametrize(
    ("amount", "unit"), [(9_007_199_254_740_000.0, 1.0), (80_000_000_000_000.25, 0.25), (100.0, 0.01)]
)
def test_a_unit_more_changes_the_hash_of_the_inputs(amount: float, unit: float) -> None:
    hashes = {
        case_from({
            "Agencies": [{"agency": "a"}],
            "Funds": [{"fund": "f", "kind": "pooled", "amount": money}],
            "Initiatives": [{"initiative": "i", "lead": "a", "request": 100}],
        }).sha256
        for money in (amount, amount + unit)
    }  # fmt: skip
    assert len(hashes) == 2
