"""excludes: at most one of the initiatives in `where` is funded; a count of at most 1."""

from __future__ import annotations

from dataclasses import replace

from optimiser.case.facts import Facts
from optimiser.model.rules import nouns, rule_words
from optimiser.model.rules.kinds.count import Count
from optimiser.model.rules.number import COUNT, Number
from optimiser.model.rules.rule import Rule, Warn
from optimiser.model.rules.terms import Limits


class Excludes(Count):
    """Initiatives of which one is funded at most."""

    help = "At most one of the initiatives may be funded."
    columns = ("where", "per")
    needs = ()
    obliges = False

    def limits(self, facts: Facts, rule: Rule, warn: Warn | None = None) -> tuple[Limits, ...]:
        """Σ funded ≤ 1. Raises RuleError."""
        return super().limits(facts, replace(rule, at_most=1.0), warn)

    def sentence(self, facts: Facts, rule: Rule) -> str:
        """The rule in plain English."""
        some = rule.where.strip()
        among = nouns.initiatives(facts, rule.where, "and") if some else "initiative"
        named = nouns.chosen(facts, rule.where).get("initiative", nouns.Chosen()).keys
        many = f"one of {'' if named else 'the '}{among}" if some else "one initiative"
        said = f"{rule_words.per_each(rule)}at most {many} may be funded"
        return rule_words.finish(facts, rule, said, Number(COUNT), "over")

    def holds(self, rule: Rule) -> str:
        """Nothing: it is about several."""
        return ""
