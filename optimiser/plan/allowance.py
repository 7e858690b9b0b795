"""How far a plan may miss what is required: the one place where it is decided.

Money in whole units is exact. A line's cost row, equality rules and the formula may miss by one unit. What is not money,
and everything where the plan is not rounded, may miss by a millionth of the row's largest term (at least 1), money
never by a whole unit.
"""

from __future__ import annotations

from fractions import Fraction

from optimiser.case.tolerances import BILLIONTH, HALF, LAST_DIGITS, MILLIONTH, SIX_DECIMALS
from optimiser.model.rules import Compiled
from optimiser.model.rules.terms import LimitReading, Limits, Term

EXACT = "exact"
"""Money of a rounded plan: no tolerance."""
DIGITS = "digits"
"""Money of a rounded plan against a limit that is computed (a share of a sum): the last digits that a float holds."""
FIGURE = "figure"
"""Money that is computed and not itself rounded (a balance, a match): what is lost when it is written with six decimals."""
UNIT = "unit"
"""One unit of the rounding."""
LOOSE = "loose"
"""A millionth of the largest term, rounded or not."""
NEVER = "never"
"""Must hold as it is, rounded or not."""


def allowance(kind: str, largest: Fraction, unit: Fraction) -> Fraction:
    """By how much a row may be broken, in the row's own unit.

    kind: one of the constants above; largest: the row's largest term; unit: the rounding, 0 where the plan is not
    rounded.
    """
    term = max(Fraction(1), largest)
    if kind == NEVER:
        return Fraction(0)
    if kind == LOOSE:
        return MILLIONTH * term
    if not unit:
        return max(min(MILLIONTH * term, HALF), LAST_DIGITS * term)
    if kind == EXACT:
        return Fraction(0)
    if kind == DIGITS:
        return LAST_DIGITS * term
    return (
        unit + min(BILLIONTH * term, unit / 100) + LAST_DIGITS * term
        if kind == UNIT
        else SIX_DECIMALS + LAST_DIGITS * term
    )


def kind_of(compiled: Compiled, limits: Limits) -> str:
    """How exactly a limit of a rule must hold."""
    terms = (*limits.left, *limits.right)
    if any(term.measure not in ("money", "match") for term in terms):
        return LOOSE
    if within_a_unit(compiled):
        return UNIT
    if any(term.measure == "match" or _weighted(term) for term in terms):
        return FIGURE
    return DIGITS


def within_a_unit(compiled: Compiled) -> bool:
    """Whether whole units can miss the limits of a rule by one: computed shares, and sums that must be exactly so much."""
    rule = compiled.rule
    return compiled.kind.computed or (rule.at_least is not None and rule.at_least == rule.at_most)


def _weighted(term: Term) -> bool:
    """Whether the term multiplies lines by anything but 0 and 1."""
    factor = [term.factor] if isinstance(term.factor, float | int) else term.factor.tolist()
    return any(f not in (0.0, 1.0) for f in factor) or any(
        w not in (0.0, 1.0) for weights in term.weights.values() for w in weights.tolist()
    )


def is_kept(kind: str, reading: LimitReading, unit: Fraction) -> bool:
    """Whether a limit holds, as exactly as limits of this kind must."""
    return reading.headroom >= 0 or reading.headroom >= -allowance(kind, reading.largest, unit)
