"""earned: each member of `per` may receive at most its share of the pot, in proportion to its score."""

from __future__ import annotations

import numpy as np

from optimiser.case.facts import Facts
from optimiser.model.rules import words
from optimiser.model.rules.rule import Rule, Warn, as_weights, select
from optimiser.model.rules.shares import formula_words, split_by_formula
from optimiser.model.rules.terms import MEASURES, UNITS, Limits, Term

NAME = "earned"
HELP = "Each agency or initiative earns its share of a pot in proportion to its score; the rest stays unspent."
COLUMNS: tuple[str, ...] = ("where", "per", "of")
PER = ("agency", "initiative")


def limits(facts: Facts, rule: Rule, warn: Warn | None = None) -> tuple[Limits, ...]:
    """Money of the member ≤ total × share × score / 100. Raises RuleError."""
    where = select(facts, rule, "where", rule.where, MEASURES["money"], warn)
    split = split_by_formula(facts, rule, where, PER)
    score = (facts.agency_score if rule.per == "agency" else facts.score)[split.chosen]
    left = (Term("money", as_weights(where), split.member),)
    total = np.full(len(split.names), split.total)
    share = split.award / split.total if split.total else np.zeros(len(split.names))
    return (Limits(rule.name, "at_most", split.names, left, (), share * score / 100.0, total, UNITS["money"]),)


def sentence(facts: Facts, rule: Rule) -> str:
    """The rule in plain English."""
    where = words.selection(facts, rule.where, "in all")
    split = formula_words(rule.of, facts.settings.currency)
    said = (
        f"each {rule.per} earns at most its share times its score / 100 of the money {where}, and what is not earned "
        f"stays unspent; the shares are split {split}"
    )
    return words.finish(facts, rule, said, words.unit(facts, "money"), repeated=False)
