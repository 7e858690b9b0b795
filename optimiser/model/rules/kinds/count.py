"""count: the number of funded initiatives in `where` is held between two numbers."""

from __future__ import annotations

import numpy as np

from optimiser.case.facts import Facts
from optimiser.model.rules import rule_words
from optimiser.model.rules.kind import Kind
from optimiser.model.rules.number import COUNT, Number
from optimiser.model.rules.rule import Rule, RuleError, Warn, as_weights, members, select
from optimiser.model.rules.terms import MEASURES, UNITS, Limits, Term


class Count(Kind):
    """How many initiatives are funded."""

    help = "The number of funded initiatives is held between two numbers."
    columns: tuple[str, ...] = ("where", "per", "at_least", "at_most")
    measure = "funded"
    unit = COUNT

    def limits(self, facts: Facts, rule: Rule, warn: Warn | None = None) -> tuple[Limits, ...]:
        """Σ funded against a number. Raises RuleError."""
        if rule.at_most is not None and rule.at_most < 0:
            found = rule_words.number(rule.at_most)
            raise RuleError("at_most", found, "a number of initiatives, 0 or more", "write it")
        where = select(facts, rule, "where", rule.where, MEASURES["funded"], warn)
        per = members(facts, rule, MEASURES["funded"])
        left = (Term("funded", as_weights(where), per.axes),)
        one = np.ones(len(per.names))
        return tuple(
            Limits(rule.name, sense, per.names, left, (), one * number, one, UNITS["funded"])
            for sense, number in rule.ends
        )

    def sentence(self, facts: Facts, rule: Rule) -> str:
        """The rule in plain English."""
        held = rule_words.held(facts, rule, "funded")
        said = f"{held}: {rule_words.amount(facts, rule, self.number(facts, rule))}"
        return rule_words.finish(facts, rule, said, Number(COUNT))

    def holds(self, rule: Rule) -> str:
        """Whether it is funded."""
        return "" if rule.per else "funded"
