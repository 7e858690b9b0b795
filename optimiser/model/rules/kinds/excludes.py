"""excludes: at most one of the initiatives in `where` is funded; a count of at most 1."""

from __future__ import annotations

from dataclasses import replace

from optimiser.case.facts import Facts
from optimiser.model.rules import words
from optimiser.model.rules.kinds.count import Count
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
        among = words.initiatives(facts, rule.where, "and") if rule.where.strip() else ""
        many = f"one of {among}".replace("of initiatives", "of the initiatives") if among else "one initiative"
        return words.finish(facts, rule, f"at most {many} may be funded", "initiative", timed=False)

    def holds(self, rule: Rule) -> str:
        """Nothing: it is about several."""
        return ""
