"""count: the number of funded initiatives in `where` is held between two numbers."""

from __future__ import annotations

import numpy as np

from optimiser.case.facts import Facts
from optimiser.model.rules import words
from optimiser.model.rules.rule import Rule, RuleError, Warn, as_weights, members, select
from optimiser.model.rules.terms import MEASURES, UNITS, Limits, Term

NAME = "count"
HELP = "The number of funded initiatives is held between two numbers."
COLUMNS = ("where", "per", "at_least", "at_most")


def limits(facts: Facts, rule: Rule, warn: Warn | None = None) -> tuple[Limits, ...]:
    """Σ funded against a number. Raises RuleError."""
    if rule.at_least is None and rule.at_most is None:
        raise RuleError("at_least", "no number", "at_least, at_most or both", "write the limit.")
    if rule.of.strip():
        raise RuleError("of", f'"{rule.of}"', "nothing, for a count", "leave it blank.")
    where = select(facts, rule, "where", rule.where, MEASURES["funded"], warn)
    per = members(facts, rule, MEASURES["funded"])
    left = (Term("funded", as_weights(where), per.of_dimension),)
    one = np.ones(len(per.names))
    return tuple(
        Limits(rule.name, sense, per.names, left, (), one * number, one, UNITS["funded"])
        for sense, number in (("at_least", rule.at_least), ("at_most", rule.at_most))
        if number is not None
    )


def sentence(facts: Facts, rule: Rule) -> str:
    """The rule in plain English."""
    return words.finish(facts, rule, f"the number of funded initiatives {words.selection(rule.where, 'in all')} must be {words.bounds(rule)}")
