"""What every kind of rule translates to: weighted sums, each held against a limit.

One limit says   Σ left ≥ share × (Σ right + constant)   (or ≤). With no right and a constant of 1 the share is an
absolute amount. The builder turns limits into rows of the matrix, the evaluator computes them on a plan's tables; both
take the weights from `incidence`, so there is no second implementation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import lcm
from typing import TypeVar

import numpy as np

from optimiser.case.table import Array

Place = TypeVar("Place")

MEASURES: Mapping[str, tuple[str, ...]] = {
    "money": ("fund", "agency", "initiative", "category", "period"),
    "staff": ("agency", "initiative", "period", "role"),
    "in kind": ("agency", "initiative", "period", "role"),
    "level": ("agency", "initiative", "period"),
    "outcome": ("initiative",),
    "funded": ("initiative",),
    "match": ("fund", "initiative", "source"),
}
"""What can be summed, and the dimensions of what is summed. `funded` and `match` serve the kinds count and match; the
source of match is a fund, or beyond all of them released staff (in kind)."""

UNITS: Mapping[str, str] = {
    "money": "money",
    "staff": "FTE·periods",
    "in kind": "money",
    "level": "level",
    "outcome": "outcome",
    "funded": "initiatives",
    "match": "money",
}


Axes = tuple[tuple[str, Array], ...]
"""Dimensions of a repeated rule, each with a number for every one of its members (-1: in no limit).

The number of the limit is the sum over the dimensions; with none, what is summed enters every limit.
"""


@dataclass(frozen=True)
class Term:
    """A weighted sum of one measure for each limit of a block.

    weights: dimension -> weight of each of its members (a dimension that is not named weighs 1);
    member: which limit what is summed enters; factor: one weight for all limits or one for each; outcome: which one,
    for the measure outcome.
    """

    measure: str
    weights: Mapping[str, Array] = field(default_factory=dict)
    member: Axes = ()
    factor: float | Array = 1.0
    outcome: int = -1


@dataclass(frozen=True)
class Limits:
    """A block of limits of one rule, one for each name in `per` ("" where the rule is not repeated).

    sense: `at_least` or `at_most`. share, constant: one for each limit. required: the number as the user wrote it,
    where it is not the share (a match rate); achieved is then a share of left and right together.
    """

    rule: str
    sense: str
    per: tuple[str, ...]
    left: tuple[Term, ...]
    right: tuple[Term, ...]
    share: Array
    constant: Array
    unit: str
    required: Array | None = None

    @property
    def at_least(self) -> bool:
        """Whether the left side must reach the limit (else it must not exceed it)."""
        return self.sense == "at_least"

    @property
    def terms(self) -> tuple[Term, ...]:
        """The terms of both sides."""
        return (*self.left, *self.right)

    def __len__(self) -> int:
        return len(self.per)


@dataclass(frozen=True)
class Entries:
    """What a measure sums: one entry for each column of the solver, or for each line of a plan's table.

    codes: dimension -> the member of each entry; amount: what one unit of the column counts for, or what the line
    amounts to.
    """

    codes: Mapping[str, Array]
    amount: Array
    column: Array | None = None

    def groups(self, dimension: str) -> tuple[Array, Array]:
        """Entries in the order of a dimension's members, and where each member's entries start in that order."""
        cache: dict[str, tuple[Array, Array]] = self.__dict__.setdefault("_groups", {})
        if dimension not in cache:
            codes = self.codes[dimension]
            order = np.argsort(codes, kind="stable").astype(np.int32)
            size = int(codes.max()) + 1 if len(codes) else 0
            cache[dimension] = order, np.searchsorted(codes[order], np.arange(size + 1)).astype(np.int32)
        return cache[dimension]


def incidence(term: Term, entries: Entries, limits: int) -> tuple[Array, Array, Array]:
    """Which limit each entry enters and with what weight: (limit, entry, weight), weight never 0.

    Only entries of the members that the most selective dimension selects are looked at.
    """
    entry = _candidates(term, entries)
    weight = entries.amount[entry].astype(float)
    for dimension, weights in term.weights.items():
        weight = weight * weights[entries.codes[dimension][entry]]
    if not term.member:
        limit = np.repeat(np.arange(limits, dtype=np.int32), len(entry))
        entry, weight = np.tile(entry, limits), np.tile(weight, limits)
    else:
        limit = np.zeros(len(entry), np.int32)
        for dimension, number in term.member:
            own = number[entries.codes[dimension][entry]]
            limit = np.where((limit >= 0) & (own >= 0), limit + own, -1).astype(np.int32)
    factor = np.broadcast_to(np.asarray(term.factor, float), (limits,))
    weight = weight * np.where(limit >= 0, factor[limit], 0.0)
    kept = weight != 0
    return limit[kept], entry[kept], weight[kept]


def _candidates(term: Term, entries: Entries) -> Array:
    narrowed = {d: w != 0 for d, w in term.weights.items()}
    for dimension, number in term.member:
        narrowed[dimension] = narrowed.get(dimension, True) & (number >= 0)
    best: tuple[int, Array | None] = (len(entries.amount), None)
    for dimension, hit in narrowed.items():
        order, start = entries.groups(dimension)
        members = np.flatnonzero(hit[: len(start) - 1])
        count = int((start[members + 1] - start[members]).sum())
        if count < best[0]:
            spans = [order[start[m] : start[m + 1]] for m in members]
            best = count, np.concatenate(spans) if spans else np.zeros(0, np.int32)
    return np.arange(len(entries.amount), dtype=np.int32) if best[1] is None else best[1]


@lru_cache(maxsize=1 << 16)
def exact(value: float) -> Fraction:
    """The number as it was written: 0.15 is 15/100, not the nearest binary fraction."""
    return Fraction(Decimal(repr(float(value))))  # read as a decimal: half the time of reading a fraction


@lru_cache(maxsize=1 << 16)
def ratio(value: float) -> tuple[int, int]:
    """Numerator and denominator of the number as it was written."""
    number = exact(value)
    return number.numerator, number.denominator


def added_up(amounts: Iterable[tuple[Place, float]]) -> dict[Place, Fraction]:
    """The exact sum of the amounts at each place, in the order of first appearance."""
    parts: dict[Place, dict[int, int]] = {}
    for place, amount in amounts:
        number, below = ratio(amount)
        numerators = parts.setdefault(place, {})  # by denominator: whole numbers add without a common one
        numerators[below] = numerators.get(below, 0) + number
    return {place: together(numerators) for place, numerators in parts.items()}


def together(numerators: Mapping[int, int]) -> Fraction:
    """The sum of numerator / denominator, from denominator -> numerator."""
    common = lcm(*numerators)
    return Fraction(sum(number * (common // below) for below, number in numerators.items()), common)


@dataclass(frozen=True)
class LimitReading:
    """One limit computed on a plan: both sides exactly, and the numbers as a reader sees them."""

    rule: str
    per: str
    sense: str
    left: Fraction
    base: Fraction
    share: Fraction
    required: float
    achieved: float | None
    unit: str
    largest: Fraction
    """The largest term of either side, in absolute value: what a tolerance is relative to."""

    @property
    def headroom(self) -> Fraction:
        """Distance from the limit in the measure's unit; negative where it is broken."""
        limit = self.share * self.base
        return self.left - limit if self.sense == "at_least" else limit - self.left


def read(limits: Limits, entries: Mapping[tuple[str, int], Entries]) -> list[LimitReading]:
    """The evaluator: the limits computed from a plan's tables, in exact arithmetic.

    entries: (measure, outcome) -> the plan's lines, -1 for measures that are no outcome.
    """
    left, largest_left = _sums(limits.left, entries, len(limits))
    right, largest_right = _sums(limits.right, entries, len(limits))
    made = []
    for k, per in enumerate(limits.per):
        share, constant = exact(limits.share[k]), exact(limits.constant[k])
        base = right[k] + constant
        required = float(limits.share[k] if limits.required is None else limits.required[k])
        whole = base if limits.required is None else base + left[k]
        achieved = float(left[k] / whole) if whole else None  # a share of nothing is no number
        largest = max(largest_left[k], largest_right[k] * abs(share), abs(share * constant))
        made.append(
            LimitReading(limits.rule, per, limits.sense, left[k], base, share, required, achieved, limits.unit, largest)
        )
    return made


def _sums(
    terms: tuple[Term, ...], entries: Mapping[tuple[str, int], Entries], count: int
) -> tuple[list[Fraction], list[Fraction]]:
    total, largest = [Fraction(0)] * count, np.zeros(count)
    for term in terms:
        limit, _, weight = incidence(term, entries[term.measure, term.outcome], count)
        for k, amount in added_up(zip(limit.tolist(), weight.tolist(), strict=True)).items():
            total[k] += amount
        np.maximum.at(largest, limit, np.abs(weight))
    return total, [exact(value) for value in largest.tolist()]
