"""formula: money of `where` is split over the members of `per` by a weighted sum of attributes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimiser.case.facts import Facts
from optimiser.model.rules import words
from optimiser.model.rules.held import Held
from optimiser.model.rules.held import held_back as held_by
from optimiser.model.rules.rule import Rule, RuleError, Warn, as_weights, select
from optimiser.model.rules.shares import formula_words, split_by_formula
from optimiser.model.rules.terms import MEASURES, UNITS, Limits, Term

NAME = "formula"
HELP = "Money is split by a weighted sum of attributes, with base, floors, caps, small awards and hold-harmless."
COLUMNS: tuple[str, ...] = ("where", "per", "at_least", "at_most", "of")
PER = ("agency", "initiative", "area", "fund")


def limits(facts: Facts, rule: Rule, warn: Warn | None = None) -> tuple[Limits, ...]:
    """(1 − at_least) × share × M ≤ money of the member ≤ (1 + at_most) × share × M, both 0 by default.

    Raises RuleError.
    """
    less, more = rule.at_least or 0.0, rule.at_most or 0.0
    if not 0 <= less <= 1:
        raise RuleError(
            "at_least", words.number(less), "how much less than its share: 0 to 1", "write 10% for 10% less"
        )
    if more < 0:
        raise RuleError(
            "at_most", words.number(more), "how much more than its share: 0 or more", "write 10% for 10% more"
        )
    where = select(facts, rule, "where", rule.where, MEASURES["money"], warn)
    split = split_by_formula(facts, rule, where, PER)
    left = (Term("money", as_weights(where), split.member),)
    right = (Term("money", as_weights(where)),)
    share, zero = split.share, np.zeros(len(split.names))
    return (
        Limits(rule.name, "at_least", split.names, left, right, share * (1 - less), zero, UNITS["money"]),
        Limits(rule.name, "at_most", split.names, left, right, share * (1 + more), zero, UNITS["money"]),
    )


def held_back(facts: Facts, rule: Rule) -> Held | None:
    """What the rule holds back because members cannot take their shares, with the cure that helps. Raises RuleError."""

    def found(of: str) -> Held | None:
        tried = replace(rule, of=of)
        where = select(facts, tried, "where", rule.where, MEASURES["money"], None)
        split = split_by_formula(facts, tried, where, PER)
        return held_by(facts, rule, split, rule.at_least or 0.0, rule.at_most or 0.0)

    held = found(rule.of)
    if held is None or held.cure:
        return held
    by_request = f"{rule.of.strip().rstrip(';')}; cap request"
    better = found(by_request)
    if better is None or better.most > held.most:
        return replace(held, cure="write `; cap request` at the end of `of`: none then gets more than it asks for")
    return replace(held, cure="lower the floor, or set at_least to 100%, so that nobody must get a least share")


def sentence(facts: Facts, rule: Rule) -> str:
    """The rule in plain English."""
    less, more = rule.at_least or 0.0, rule.at_most or 0.0
    below = f"up to {words.number(less, True)} less" if less else ""
    above = f"up to {words.number(more, True)} more" if more else ""
    give = f". Each may get {' and '.join(filter(None, (below, above)))} than that" if less or more else ""
    many = {"agency": "agencies", "initiative": "initiatives", "area": "areas", "fund": "funds"}[rule.per]
    where = words.selection(facts, rule.where, "in all")
    said = f"the money spent {where} is split over {many} {formula_words(rule.of, facts.settings.currency)}{give}"
    return words.finish(facts, rule, said, words.unit(facts, "money"), repeated=False)
