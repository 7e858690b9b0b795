"""The oracle as a whole: two solvers, full enumeration, and the sizes of the large cases."""

from __future__ import annotations

import pytest

from tests.oracle.enumeration import enumerate_switches
from tests.oracle.large_cases import TWIN, large_case, other_columns, spend_columns, wide_case
from tests.oracle.plain_case import read
from tests.oracle.plain_model import build, solve_plain
from tests.oracle.plain_rows import switched
from tests.oracle.random_cases import random_case
from tests.soak import some_of


@pytest.mark.first(10)
@pytest.mark.parametrize("seed", range(30))
def test_highs_and_cbc_agree(seed: int) -> None:
    records = random_case(seed, rules=seed % 3 > 0)
    one, other = solve_plain(records, "highs"), solve_plain(records, "cbc")
    assert one["status"] == other["status"]
    if one["status"] == "optimal":
        assert one["objective"] == pytest.approx(other["objective"], rel=1e-6, abs=1e-6)


@pytest.mark.first(3)
@pytest.mark.parametrize("seed", some_of(range(100, 124), range(100, 110)))
def test_enumeration_agrees(seed: int) -> None:
    records = random_case(seed, rules=True)
    if not 0 < len(switched(read(records))) <= 5:
        pytest.skip("no switches, or too many")
    one, other = solve_plain(records), enumerate_switches(records)
    assert one["status"] == other["status"]
    if one["status"] == "optimal":
        assert one["objective"] == pytest.approx(other["objective"], rel=1e-6, abs=1e-6)


def test_sizes_of_the_large_cases() -> None:
    assert 95_000 < spend_columns(large_case()) < 115_000
    assert 330_000 < spend_columns(large_case(**TWIN)) < 370_000
    wide = wide_case()
    assert 25_000 < spend_columns(wide) + sum(other_columns(wide).values()) < 29_000
    small = large_case(agencies=10, initiatives=20, partners=3)
    assert len(build(read(small)).spend) == spend_columns(small)
