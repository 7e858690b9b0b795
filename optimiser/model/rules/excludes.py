"""excludes: at most one of the initiatives in `where` is funded; a count of at most 1."""

from __future__ import annotations

from dataclasses import replace

from optimiser.case.facts import Facts
from optimiser.model.rules import count, words
from optimiser.model.rules.rule import Rule, RuleError, Warn
from optimiser.model.rules.terms import Limits

NAME = "excludes"
HELP = "At most one of the initiatives may be funded."
COLUMNS = ("where", "per")


def limits(facts: Facts, rule: Rule, warn: Warn | None = None) -> tuple[Limits, ...]:
    """Σ funded ≤ 1. Raises RuleError."""
    for column, number in (("at_least", rule.at_least), ("at_most", rule.at_most)):
        if number is not None:
            raise RuleError(column, words.number(number), "no number, for excludes", "leave it blank, or take the kind count.")
    return count.limits(facts, replace(rule, at_most=1.0), warn)


def sentence(facts: Facts, rule: Rule) -> str:
    """The rule in plain English."""
    return words.finish(facts, rule, f"at most one initiative {words.selection(rule.where, 'of all')} may be funded")
