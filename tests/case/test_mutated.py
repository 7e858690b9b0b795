"""No file and no map makes the readers fall over: a sample of the mutations that a longer run takes by the ten thousand."""

from __future__ import annotations

import pytest

from optimiser.case.maps.files import open_foreign
from optimiser.case.maps.map_form import read_map
from tests.case.mutated import MAP, attempt, bombs, one


@pytest.mark.parametrize("start", range(0, 240, 40))
def test_changed_files_and_maps_are_read_or_refused_in_words(start: int) -> None:
    for seed in range(start, start + 40):
        one(seed)


def test_a_small_file_that_would_become_large_is_refused() -> None:
    for data in bombs():
        assert open_foreign(data, "bomb.xlsx", guarded=True).book.faults
        attempt(data, "bomb.xlsx", read_map(MAP))
