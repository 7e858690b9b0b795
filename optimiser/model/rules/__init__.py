"""The kinds of rule. Each is one file: name, help, the columns it reads, its translation to limits, and its sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from optimiser.case.facts import Facts
from optimiser.model.rules import average, count, earned, excludes, formula, limit, match, requires
from optimiser.model.rules.held import Held
from optimiser.model.rules.rule import Rule, RuleError, Warn, rules_of
from optimiser.model.rules.terms import Limits
from optimiser.model.rules.words import number

__all__ = [
    "KINDS", "Compiled", "Held", "Kind", "Rule", "RuleError", "compile_rule", "compile_rules", "held_back", "rules_of",
    "sentence",
]  # fmt: skip


class Kind(Protocol):
    """What the file of a kind of rule provides."""

    NAME: str
    HELP: str
    COLUMNS: tuple[str, ...]

    def limits(self, facts: Facts, rule: Rule, warn: Warn | None = None) -> tuple[Limits, ...]:
        """The rule as weighted sums against limits. Raises RuleError."""

    def sentence(self, facts: Facts, rule: Rule) -> str:
        """The rule in plain English."""


_ALL: tuple[Kind, ...] = (limit, average, count, requires, excludes, match, formula, earned)
KINDS: Mapping[str, Kind] = {kind.NAME: kind for kind in _ALL}
"""Every kind by its name."""


@dataclass(frozen=True)
class Compiled:
    """A rule and the limits that it becomes."""

    rule: Rule
    blocks: tuple[Limits, ...]


def compile_rule(facts: Facts, rule: Rule, warn: Warn | None = None) -> Compiled:
    """One rule as limits. Raises RuleError, also where a column is filled in that the kind does not read."""
    _refuse_unread(rule)
    return Compiled(rule, KINDS[rule.kind].limits(facts, rule, warn))


def _refuse_unread(rule: Rule) -> None:
    written: dict[str, str | float | None] = {
        "measure": "" if rule.measure == "money" else rule.measure,
        "where": rule.where.strip(),
        "per": rule.per,
        "at_least": rule.at_least,
        "at_most": rule.at_most,
        "of": rule.of.strip(),
    }
    for column, value in written.items():
        if value not in (None, "") and column not in KINDS[rule.kind].COLUMNS:
            others = [name for name, kind in KINDS.items() if column in kind.COLUMNS]
            shown = number(value) if isinstance(value, float) else f'"{value}"'
            cure = f"leave it blank, or take a kind that reads it: {', '.join(others)}"
            raise RuleError(column, shown, f"nothing, since the kind {rule.kind} does not read it", cure)


def compile_rules(facts: Facts) -> list[Compiled]:
    """Every active rule, sorted by name. Raises RuleError; a checked case has none."""
    return [compile_rule(facts, rule) for rule in rules_of(facts) if rule.active]


def sentence(facts: Facts, rule: Rule) -> str:
    """The rule in plain English."""
    return KINDS[rule.kind].sentence(facts, rule)


def held_back(facts: Facts, rule: Rule) -> Held | None:
    """Money that an active hard rule keeps from being spent whatever the rest of the case; None where it does not, or
    where its kind never does. Raises RuleError."""
    look = getattr(KINDS[rule.kind], "held_back", None)
    found: Held | None = look(facts, rule) if look is not None and rule.active and rule.hard else None
    return found
