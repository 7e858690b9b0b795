"""excludes: at most one of the initiatives in `where` is funded; a count of at most 1."""

from __future__ import annotations

from dataclasses import replace

from optimiser.case.facts import Facts
from optimiser.model.rules import count, words
from optimiser.model.rules.rule import Rule, Warn
from optimiser.model.rules.terms import Limits

NAME = "excludes"
HELP = "At most one of the initiatives may be funded."
COLUMNS: tuple[str, ...] = ("where", "per")


def limits(facts: Facts, rule: Rule, warn: Warn | None = None) -> tuple[Limits, ...]:
    """Σ funded ≤ 1. Raises RuleError."""
    return count.limits(facts, replace(rule, at_most=1.0), warn)


def sentence(facts: Facts, rule: Rule) -> str:
    """The rule in plain English."""
    among = words.initiatives(facts, rule.where, "and") if rule.where.strip() else ""
    many = f"one of {among}".replace("of initiatives", "of the initiatives") if among else "one initiative"
    return words.finish(facts, rule, f"at most {many} may be funded", "initiative", timed=False)
