"""Rules: each is of a kind, which translates it to limits, says it, and knows what its number means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module

from optimiser.case.facts import Facts
from optimiser.case.spec import RULE_KINDS
from optimiser.model.rules import rule_words
from optimiser.model.rules.held import Held
from optimiser.model.rules.kind import Kind
from optimiser.model.rules.number import Number
from optimiser.model.rules.rule import NUMBER, Rule, RuleError, Warn, rule_of, rules_of, written_rules
from optimiser.model.rules.rule_words import number
from optimiser.model.rules.terms import Limits
from optimiser.model.rules.waivers import Waiver

__all__ = [
    "KINDS", "Compiled", "Held", "Kind", "Number", "Rule", "RuleError", "Spoken", "compile_rule", "compile_rules", "held_back",
    "meaning", "meanings", "rule_of", "rules_of", "sentence", "waived", "written_rules",
]  # fmt: skip


def _found(name: str) -> Kind:
    """The kind in the file of this name: its one class that is a Kind."""
    room = import_module(f"{__name__}.kinds.{name}")
    [made] = [
        v for v in vars(room).values() if isinstance(v, type) and issubclass(v, Kind) and v.__module__ == room.__name__
    ]
    kind: Kind = made()
    return kind


KINDS: Mapping[str, Kind] = {name: _found(name) for name in RULE_KINDS}
"""Every kind by its name."""


@dataclass(frozen=True)
class Compiled:
    """A rule and the limits that it becomes."""

    rule: Rule
    blocks: tuple[Limits, ...]

    @property
    def kind(self) -> Kind:
        """The kind of the rule."""
        return KINDS[self.rule.kind]

    @property
    def counts(self) -> bool:
        """Whether it asks which initiatives are funded, and so brings switches into the model."""
        return any(t.measure == "funded" for block in self.blocks for t in block.terms)


def compile_rule(facts: Facts, rule: Rule, warn: Warn | None = None) -> Compiled:
    """One rule as limits. Raises RuleError, also where a column is filled in that the kind does not read."""
    kind = KINDS[rule.kind]
    _refuse_unread(rule, kind)
    if rule.beside and not kind.has_base:
        cure = f"leave `; {rule.beside}` out: only a limit can be the greater or the lesser of a share and an amount"
        raise RuleError("of", f'"{rule.beside}"', f"nothing that the kind {rule.kind} does not read", cure)
    if len(kind.needs) == 2 and rule.at_least is None and rule.at_most is None:
        raise RuleError(*NUMBER)
    return Compiled(rule, kind.limits(facts, rule, warn))


def _refuse_unread(rule: Rule, kind: Kind) -> None:
    written: dict[str, str | float | None] = {
        "measure": "" if rule.measure == "money" else rule.measure,
        "where": rule.where.strip(),
        "per": rule.per,
        "at_least": rule.at_least,
        "at_most": rule.at_most,
        "of": rule.of.strip(),
    }
    for column, value in written.items():
        if value not in (None, "") and column not in kind.columns:
            others = [name for name, other in KINDS.items() if column in other.columns]
            shown = number(value) if isinstance(value, float) else f'"{value}"'
            cure = f"leave it blank, or take a kind that reads it: {', '.join(others)}"
            raise RuleError(column, shown, f"nothing, since the kind {rule.kind} does not read it", cure)


def compile_rules(facts: Facts) -> list[Compiled]:
    """Every active rule, sorted by name. Raises RuleError; a checked case has none."""
    return [compile_rule(facts, rule) for rule in rules_of(facts) if rule.active]


def sentence(facts: Facts, rule: Rule) -> str:
    """The rule in plain English, with the waivers that were granted."""
    return " ".join(filter(None, (KINDS[rule.kind].sentence(facts, rule), waived(facts, rule))))


def waived(facts: Facts, rule: Rule, waivers: Iterable[Waiver] | None = None) -> str:
    """The waivers of a rule in sentences; by default those that were granted and cover the case."""
    given = rule.waived if waivers is None else waivers
    return " ".join(rule_words.waived(facts, meaning(facts, rule), waiver) for waiver in given)


class Spoken:
    """Whom each limit of a plan's Compliance is for, as people say it: `Trauma therapy after discharge (G18)`."""

    def __init__(self, facts: Facts) -> None:
        self.facts, self.rules = facts, {rule.name: rule for rule in written_rules(facts)}
        self.found: dict[str, Mapping[str, str]] = {}

    def __call__(self, rule: str, per: str) -> str:
        """rule: its name; per: as in `Limits.per`, "" where it is not repeated."""
        if not per:
            return ""
        if rule not in self.found:
            self.found[rule] = KINDS[self.rules[rule].kind].spoken(self.facts, self.rules[rule])
        return self.found[rule].get(per, per)


def meanings(facts: Facts) -> dict[str, Number]:
    """What the numbers of every rule are, by its name."""
    return {rule.name: meaning(facts, rule) for rule in rules_of(facts)}


def meaning(facts: Facts, rule: Rule) -> Number:
    """What the rule's at_least and at_most are: unit, step and words."""
    return KINDS[rule.kind].number(facts, rule)


def held_back(facts: Facts, rule: Rule) -> Held | None:
    """Money that an active hard rule keeps from being spent whatever the rest of the case; None where it does not, or
    where its kind never does. Raises RuleError."""
    return KINDS[rule.kind].held_back(facts, rule) if rule.active and rule.hard else None
