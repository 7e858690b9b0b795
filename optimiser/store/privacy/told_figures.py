"""Amounts in what people wrote: whether a text tells a figure of a row that its reader may not see, exactly or rounded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from optimiser.case.tolerances import LEAST

TELLING = 100.0
"""Smaller numbers are counts, years of age, shares: they stand everywhere, and tell nobody which row they are of."""
_CLOSE = 0.01
"""A number that is rounded further than this share of itself is no figure of a row any more."""
_NUMBER = re.compile(
    r"(?<![\w.,])(\d{1,3}(?:[,.'\u00a0\u202f ]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d+)?)\s?(k|thousand|m|mio|million|bn|billion)?(?!\w)", re.I
)  # fmt: skip
_TIMES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "mio": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9}


def tells(text: str, figures: Iterable[float]) -> bool:
    """Whether a text holds one of these figures, as it is or rounded."""
    told = list(_told(text))
    return any(abs(value - figure) <= off for figure in figures for value, off in told)


def of(values: Iterable[Any]) -> Iterator[float]:
    """The amounts among cells that a text could tell."""
    for value in values:
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= TELLING:
            yield abs(float(value))


def _told(text: str) -> Iterator[tuple[float, float]]:
    """Each number of a text, in every way to read it, and how far what it was rounded from can be off."""
    for found in _NUMBER.finditer(text):
        written, times = found[1], _TIMES.get((found[2] or "").lower(), 1.0)
        for plain in dict.fromkeys(_readings(written)):
            value = float(plain) * times
            if value >= TELLING:
                yield value, min(_unit(plain) * times / 2, value * _CLOSE) + LEAST


def _readings(written: str) -> Iterator[str]:
    """As digits and one point: with the last sign parting decimals, and with every sign parting thousands."""
    yield _digits(written)
    whole, _, part = re.sub(r"[,.']", ".", written).rpartition(".")
    if whole:
        yield f"{_digits(whole)}.{_digits(part)}"


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _unit(plain: str) -> float:
    """What the last digit that was written counts; zeros at the end of a whole number may stand for rounding."""
    whole, _, part = plain.partition(".")
    if part:
        return 10.0 ** -len(part)
    return 10.0 ** (len(whole) - len(whole.rstrip("0")))
