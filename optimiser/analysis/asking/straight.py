"""A value that is made of straight pieces, traced exactly: nothing is sampled.

Where the lines of two ends meet above or below the value there, the meeting point is looked at; where they meet on it, it
is a breakpoint.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol, TypeVar

from optimiser.case.tolerances import LEAST_SIZE, LOST_DIGITS, OPTIMAL_GAP

DEEPEST = 60


class ValueAt(Protocol):
    """The value at a place, and by how much it rises there for one unit."""

    @property
    def at(self) -> float:
        """The place."""

    @property
    def value(self) -> float:
        """The value."""

    @property
    def slope(self) -> float:
        """Its rise."""


Place = TypeVar("Place", bound=ValueAt)


def pieces(
    a: Place, b: Place, look: Callable[[float, Place, Place], Place | None], depth: int = 0
) -> Iterator[tuple[Place, Place]]:
    """The straight pieces between two places, in order.

    look: what there is at a place between two; None where that cannot be seen, and then they count as one piece.
    """
    small = OPTIMAL_GAP * max(abs(a.value), abs(b.value), LEAST_SIZE)
    length, bend = b.at - a.at, a.slope - b.slope
    straight = abs(a.value + a.slope * length - b.value) <= small or abs(b.value - b.slope * length - a.value) <= small
    found = None
    if not straight and bend and depth <= DEEPEST:
        middle = (b.value - a.value + a.slope * a.at - b.slope * b.at) / bend
        least = LOST_DIGITS * max(1.0, abs(b.at))
        found = look(middle, a, b) if a.at + least < middle < b.at - least else None
    if found is None:
        yield a, b
        return
    yield from pieces(a, found, look, depth + 1)
    yield from pieces(found, b, look, depth + 1)
