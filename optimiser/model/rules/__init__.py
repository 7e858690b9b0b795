"""The kinds of rule. Each is one file: name, help, the columns it reads, its translation to limits, and its sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from optimiser.case.facts import Facts
from optimiser.model.rules import average, count, earned, excludes, formula, limit, match, requires
from optimiser.model.rules.rule import Rule, RuleError, Warn, rules_of
from optimiser.model.rules.terms import Limits

__all__ = ["KINDS", "Compiled", "Kind", "Rule", "RuleError", "compile_rule", "compile_rules", "rules_of", "sentence"]


class Kind(Protocol):
    """What the file of a kind of rule provides."""

    NAME: str
    HELP: str
    COLUMNS: tuple[str, ...]

    @staticmethod
    def limits(facts: Facts, rule: Rule, warn: Warn | None = None) -> tuple[Limits, ...]:
        """The rule as weighted sums against limits. Raises RuleError."""

    @staticmethod
    def sentence(facts: Facts, rule: Rule) -> str:
        """The rule in plain English."""


KINDS: Mapping[str, Kind] = {
    kind.NAME: kind for kind in (limit, average, count, requires, excludes, match, formula, earned)
}  # type: ignore[assignment]


@dataclass(frozen=True)
class Compiled:
    """A rule and the limits that it becomes."""

    rule: Rule
    blocks: tuple[Limits, ...]


def compile_rule(facts: Facts, rule: Rule, warn: Warn | None = None) -> Compiled:
    """One rule as limits. Raises RuleError."""
    return Compiled(rule, KINDS[rule.kind].limits(facts, rule, warn))


def compile_rules(facts: Facts) -> list[Compiled]:
    """Every active rule, sorted by name. Raises RuleError; a checked case has none."""
    return [compile_rule(facts, rule) for rule in rules_of(facts) if rule.active]


def sentence(facts: Facts, rule: Rule) -> str:
    """The rule in plain English."""
    return KINDS[rule.kind].sentence(facts, rule)
