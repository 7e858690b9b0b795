"""earned: each member of `per` may receive at most its share of the pot, in proportion to its score."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np

from optimiser.case.facts import Facts
from optimiser.case.table import Array
from optimiser.model.rules import nouns, rule_words
from optimiser.model.rules.kind import Kind
from optimiser.model.rules.number import MONEY, SHARE, Number
from optimiser.model.rules.rule import Rule, Warn, as_weights
from optimiser.model.rules.shares import Apportioned, formula_words, split_by_formula
from optimiser.model.rules.terms import UNITS, Limits, Term


class Earned(Kind):
    """Shares of a pot that must be earned by results."""

    help = "Each agency or initiative earns its share of a pot in proportion to its score; the rest stays unspent."
    columns = ("where", "per", "of")
    needs = ()
    obliges = False
    unit = SHARE
    reads = MappingProxyType({"of": "formula"})
    pairs = False

    def members(self, rule: Rule) -> tuple[str, ...]:
        """Those that have a score."""
        return ("agency", "initiative")

    def limits(self, facts: Facts, rule: Rule, warn: Warn | None = None) -> tuple[Limits, ...]:
        """Money of the member ≤ total × share × score / 100. Raises RuleError."""
        split, score = self.split(facts, rule, warn)
        left = (Term("money", as_weights(split.where), split.member),)
        total = np.full(len(split.names), split.total)
        share = split.award / split.total if split.total else np.zeros(len(split.names))
        return (Limits(rule.name, "at_most", split.names, left, (), share * score / 100.0, total, UNITS["money"]),)

    def sentence(self, facts: Facts, rule: Rule) -> str:
        """The rule in plain English."""
        money = nouns.Sum(facts, "money", rule.where).noun
        split = formula_words(rule.of, facts.settings.currency)
        said = (
            f"{money}: each {rule.per} earns at most its share times its score / 100, and what is not earned stays unspent; "
            f"the shares are split {split}"
        )
        return rule_words.finish(facts, rule, said, Number(MONEY, facts.settings.currency), "over")

    def rewards_score(self, rule: Rule) -> bool:
        """Where initiatives earn."""
        return rule.per == "initiative"

    def split(self, facts: Facts, rule: Rule, warn: Warn | None = None) -> tuple[Apportioned, Array]:
        """The score of each member beside its share."""
        split = split_by_formula(facts, rule, self.members(rule), warn)
        return split, (facts.agency_score if rule.per == "agency" else facts.score)[split.chosen]
