"""formula: money of `where` is split over the members of `per` by a weighted sum of attributes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from optimiser.case.facts import Facts
from optimiser.case.table import Array
from optimiser.case.tolerances import HAIR, LEAST, LEAST_SIZE, LOST_DIGITS
from optimiser.model.rules import nouns, rule_words
from optimiser.model.rules.held import Held
from optimiser.model.rules.held import held_back as held_by
from optimiser.model.rules.kind import Doubt, Kind
from optimiser.model.rules.number import MONEY, SHARE, Number
from optimiser.model.rules.rule import Rule, RuleError, Warn, as_weights
from optimiser.model.rules.shares import Apportioned, formula_words, split_by_formula
from optimiser.model.rules.terms import UNITS, Limits, Term

MANY_TIMES = 5.0
"""A tolerance from here on looks like a percentage written as a number."""


class Formula(Kind):
    """All of the money by shares, with tolerances."""

    help = "Money is split by a weighted sum of attributes, with base, floors, caps, small awards and hold-harmless."
    columns = ("where", "per", "at_least", "at_most", "of")
    needs = ()
    computed = True
    unit = SHARE
    reads = MappingProxyType({"of": "formula"})
    pairs = False

    def members(self, rule: Rule) -> tuple[str, ...]:
        """Those between which money is split."""
        return ("agency", "initiative", "area", "fund")

    def limits(self, facts: Facts, rule: Rule, warn: Warn | None = None) -> tuple[Limits, ...]:
        """(1 − at_least) × share × M ≤ money of the member ≤ (1 + at_most) × share × M, both 0 by default.

        Raises RuleError.
        """
        less, more = rule.at_least or 0.0, rule.at_most or 0.0
        if not 0 <= less <= 1:
            expected, cure = "how much less than its share: 0 to 1", "write 10% for 10% less"
            raise RuleError("at_least", rule_words.number(less), expected, cure)
        if more < 0:
            expected, cure = "how much more than its share: 0 or more", "write 10% for 10% more"
            raise RuleError("at_most", rule_words.number(more), expected, cure)
        split = split_by_formula(facts, rule, self.members(rule), warn)
        left = (Term("money", as_weights(split.where), split.member),)
        right = (Term("money", as_weights(split.where)),)
        share, zero = split.share, np.zeros(len(split.names))
        return (
            Limits(rule.name, "at_least", split.names, left, right, share * (1 - less), zero, UNITS["money"]),
            Limits(rule.name, "at_most", split.names, left, right, share * (1 + more), zero, UNITS["money"]),
        )

    def sentence(self, facts: Facts, rule: Rule) -> str:
        """The rule in plain English."""
        number, less, more = self.number(facts, rule), rule.at_least or 0.0, rule.at_most or 0.0
        below = f"up to {number.written(less)} less" if less else ""
        above = f"up to {number.written(more)} more" if more else ""
        give = f"; each may get {' and '.join(filter(None, (below, above)))}" if less or more else ""
        many = {"agency": "agencies", "initiative": "initiatives", "area": "areas", "fund": "funds"}[rule.per]
        money = nouns.Sum(facts, "money", rule.where).noun
        said = f"{money}: split over {many} {formula_words(rule.of, facts.settings.currency)}{give}"
        return rule_words.finish(facts, rule, said, Number(MONEY, facts.settings.currency), "short or over")

    def doubts(self, facts: Facts, rule: Rule) -> Iterator[Doubt]:
        """Tolerances and options that look like percentages written as numbers."""
        for column, value in rule.ends:
            if value >= MANY_TIMES:
                plain, share = rule_words.number(value), rule_words.number(value, True)
                said = f"{rule.name}: {column} {plain} allows {share} more than the share."
                yield Doubt("too large", column, said, f"write {plain}% if that is meant")
        yield from super().doubts(facts, rule)

    def held_back(self, facts: Facts, rule: Rule) -> Held | None:
        """Where members cannot take their shares, with the cure that helps."""

        def found(of: str) -> Held | None:
            split, _ = self.split(facts, replace(rule, of=of))
            return held_by(facts, rule, split, rule.at_least or 0.0, rule.at_most or 0.0)

        held = found(rule.of)
        if held is None or held.cure:
            return held
        by_request = f"{rule.of.strip().rstrip(';')}; cap request"
        better = found(by_request)
        if better is None or better.most > held.most:
            return replace(held, cure="write `; cap request` at the end of `of`: none then gets more than it asks for")
        return replace(held, cure="lower the floor, or set at_least to 100%, so that nobody must get a least share")

    def split(self, facts: Facts, rule: Rule) -> tuple[Apportioned, Array | None]:
        """All of the money."""
        return split_by_formula(facts, rule, self.members(rule)), None

    def kept(self, rule: Rule, limits: Limits, left: Array, base: Array) -> float | None:
        """The tolerance; None where none is wide enough for a member whose share is 0."""
        up = not limits.at_least
        less, more = rule.at_least or 0.0, rule.at_most or 0.0
        filled = base > HAIR * max(float(np.abs(base).max(initial=0.0)), LEAST_SIZE)
        share = limits.share[filled] / ((1 + more) if up else max(1 - less, LOST_DIGITS))
        told = share > 0
        if not told.any() or (less == 1 and not up) or (up and np.any(left[filled][~told] > LEAST)):
            return None
        part = left[filled][told] / base[filled][told] / share[told]
        return float(max(part.max() - 1, more)) if up else float(min(max(1 - part.min(), less), 1.0))

    def grows(self, limits: Limits) -> bool:
        """Both tolerances do."""
        return True

    def reach(self, rule: Rule, limits: Limits, base: Array) -> float:
        """The largest share of the money."""
        plain = (1 - (rule.at_least or 0.0)) if limits.at_least else (1 + (rule.at_most or 0.0))
        return float(np.abs(limits.share / max(plain, LOST_DIGITS) * base).max(initial=0.0))

    def loosened(self, facts: Facts, rule: Rule, limits: Limits, value: float) -> str:
        """More room on one side."""
        side = "less" if limits.at_least else "more"
        return f"let the rule {rule.name} give up to {self.number(facts, rule).said(value)} {side} than the formula"
