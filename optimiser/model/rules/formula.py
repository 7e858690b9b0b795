"""formula: money of `where` is split over the members of `per` by a weighted sum of attributes."""

from __future__ import annotations

import numpy as np

from optimiser.case.facts import Facts
from optimiser.model.rules import words
from optimiser.model.rules.rule import Rule, Warn, as_weights, select
from optimiser.model.rules.shares import split_by_formula
from optimiser.model.rules.terms import MEASURES, UNITS, Limits, Term

NAME = "formula"
HELP = "Money is split by a weighted sum of attributes, with base, floors, caps, small awards and hold-harmless."
COLUMNS = ("where", "per", "at_least", "at_most", "of")
PER = ("agency", "initiative", "area", "fund")


def limits(facts: Facts, rule: Rule, warn: Warn | None = None) -> tuple[Limits, ...]:
    """(1 − at_least) × share × M ≤ money of the member ≤ (1 + at_most) × share × M, both 0 by default. Raises RuleError."""
    where = select(facts, rule, "where", rule.where, MEASURES["money"], warn)
    split = split_by_formula(facts, rule, where, PER)
    chosen = np.flatnonzero(split.selected)
    number = np.full(len(split.per.names), -1, np.int32)
    number[chosen] = np.arange(len(chosen))
    member = split.per.dimension, np.where(split.per.number >= 0, number[split.per.number], -1)
    left = (Term("money", as_weights(where), member),)
    right = (Term("money", as_weights(where)),)
    names = tuple(split.per.names[k] for k in chosen.tolist())
    share, zero = split.share[chosen], np.zeros(len(chosen))
    return (
        Limits(rule.name, "at_least", names, left, right, share * (1 - (rule.at_least or 0.0)), zero, UNITS["money"]),
        Limits(rule.name, "at_most", names, left, right, share * (1 + (rule.at_most or 0.0)), zero, UNITS["money"]),
    )


def sentence(facts: Facts, rule: Rule) -> str:
    """The rule in plain English."""
    less, more = rule.at_least or 0.0, rule.at_most or 0.0
    give = f", give or take {words.number(less, True)} below and {words.number(more, True)} above" if less or more else ""
    said = f"money {words.selection(rule.where, 'in all')} is split by {rule.of.strip()}{give}"
    return words.finish(facts, rule, said)
