"""How many cases a test takes: some of them in the suite, all of them in the soak (`make soak`, or OPTIMISER_SOAK=1).

What is left to the soak shows the same of further random cases; what shows something else stays in the suite.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")
SOAK = int(os.environ.get("OPTIMISER_SOAK") or 0)
"""0 in the suite; in the soak how often what can be repeated without end is repeated."""
FROM = int(os.environ.get("OPTIMISER_SOAK_FROM") or 0)
"""How many seeds the soak passes by, since another run took them."""


def seeds(first: int, suite: int) -> range:
    """The seeds of a law from its `first` on: `suite` of them in the suite, in the soak as many as are asked for."""
    return range(first + FROM, first + FROM + (SOAK or suite))


def some_of(whole: Sequence[T], suite: Sequence[T]) -> Sequence[T]:
    """What is tried: `suite` in the suite, `whole` in the soak."""
    return whole if SOAK else suite
