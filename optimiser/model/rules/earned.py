"""earned: each member of `per` may receive at most its share of the pot, in proportion to its score."""

from __future__ import annotations

import numpy as np

from optimiser.case.facts import Facts
from optimiser.model.rules import words
from optimiser.model.rules.rule import Rule, RuleError, Warn, as_weights, select
from optimiser.model.rules.shares import split_by_formula
from optimiser.model.rules.terms import MEASURES, UNITS, Limits, Term

NAME = "earned"
HELP = "Each agency or initiative earns its share of a pot in proportion to its score; what is not earned stays unspent."
COLUMNS = ("where", "per", "of")
PER = ("agency", "initiative")


def limits(facts: Facts, rule: Rule, warn: Warn | None = None) -> tuple[Limits, ...]:
    """Money of the member ≤ total × share × score / 100. Raises RuleError."""
    for column, number in (("at_least", rule.at_least), ("at_most", rule.at_most)):
        if number is not None:
            raise RuleError(column, words.number(number), "no number, for earned", "leave it blank.")
    where = select(facts, rule, "where", rule.where, MEASURES["money"], warn)
    split = split_by_formula(facts, rule, where, PER)
    score = facts.agency_score if rule.per == "agency" else facts.score
    left = (Term("money", as_weights(where), split.per.of_dimension),)
    total = np.full(len(split.per.names), split.total)
    return (Limits(rule.name, "at_most", split.per.names, left, (), split.share * score / 100.0, total, UNITS["money"]),)


def sentence(facts: Facts, rule: Rule) -> str:
    """The rule in plain English."""
    said = f"money {words.selection(rule.where, 'in all')} is earned: at most the share by {rule.of.strip()}, times score / 100"
    return words.finish(facts, rule, said)
