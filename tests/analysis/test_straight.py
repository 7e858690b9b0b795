"""A value of straight pieces is traced exactly, whichever way it bends, and each place is looked at once."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from optimiser.analysis.asking.straight import pieces


@dataclass(frozen=True)
class Place:
    """A place, the value there, and its rise."""

    at: float
    value: float
    slope: float


LINES = st.lists(st.tuples(st.integers(-50, 50).map(float), st.integers(-500, 500).map(float)), min_size=1, max_size=8)


@given(LINES, st.booleans())
def test_every_piece_of_the_highest_or_lowest_of_lines_is_found(
    lines: list[tuple[float, float]], highest: bool
) -> None:
    asked: list[float] = []

    def seen(at: float) -> Place:
        pick = max if highest else min
        slope, level = pick(lines, key=lambda line: line[0] * at + line[1])
        asked.append(at)
        return Place(at, slope * at + level, slope)

    a, b = seen(0.0), seen(10.0)
    found = list(pieces(a, b, lambda at, *_: seen(at)))
    assert (found[0][0], found[-1][1]) == (a, b)
    assert all(one[1] == other[0] for one, other in pairwise(found))
    for p, q in found:
        for share in (0.25, 0.5, 0.75):
            at = p.at + share * (q.at - p.at)
            line = p.value + share * (q.value - p.value)
            assert abs(seen(at).value - line) <= 1e-6 * max(1.0, abs(line))
    assert len(asked) <= 2 + 2 * len(lines) + 3 * len(found)


def test_where_nothing_can_be_seen_two_places_make_one_piece() -> None:
    a, b = Place(0.0, 0.0, 1.0), Place(1.0, 0.0, -1.0)
    assert list(pieces(a, b, lambda *_: None)) == [(a, b)]


def test_a_straight_value_is_asked_no_more() -> None:
    a, b = Place(0.0, 0.0, 2.0), Place(5.0, 10.0, 7.0)
    assert list(pieces(a, b, lambda *_: 1 / 0)) == [(a, b)]  # type: ignore[arg-type]
