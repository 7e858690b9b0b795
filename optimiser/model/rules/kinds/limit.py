"""limit: at_least ≤ measure of `where` ≤ at_most; absolute where `of` is blank, else as shares of the base.

A share of a sum of the case may stand beside an amount: `amount; greater 55000` is the larger of the two, `amount; lesser
request` yields where less is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from optimiser.case.facts import Facts
from optimiser.case.names import fold
from optimiser.case.table import Array
from optimiser.model.rules import rule_words
from optimiser.model.rules.beside import amount_of, beside_of, beside_words
from optimiser.model.rules.kind import Doubt, Kind
from optimiser.model.rules.number import FTE, SHARE, STAFF, Number, of_measure
from optimiser.model.rules.rule import (
    BASES,
    Rule,
    RuleError,
    Warn,
    as_weights,
    base_of,
    is_curved,
    measure_of,
    measure_prefix,
    members,
    select,
)
from optimiser.model.rules.terms import MEASURES, UNITS, Limits, Term


class LimitKind(Kind):
    """A sum of one measure between two numbers."""

    help = "A sum (money, staff, in kind, level or an outcome) is held between two numbers, or between shares of another sum."
    columns = ("measure", "where", "per", "at_least", "at_most", "of")
    reads = MappingProxyType({"measure": "sum", "of": "base"})

    def dimensions(self, rule: Rule) -> tuple[str, ...]:
        """Those of its measure."""
        return MEASURES.get(fold(rule.measure) or "money", MEASURES["outcome"])

    def limits(self, facts: Facts, rule: Rule, warn: Warn | None = None) -> tuple[Limits, ...]:
        """One block for at_least and one for at_most. Raises RuleError."""
        measure, outcome = measure_of(facts, rule.measure)
        if is_curved(facts, outcome):
            for column, found in (("at_most", rule.at_most), ("of", rule.of.strip() or None)):
                if found is not None:
                    shown = rule_words.number(found) if isinstance(found, float) else f'"{found}"'
                    cure = "leave it blank: such an outcome takes only at_least"
                    raise RuleError(column, shown, f"nothing, since {rule.measure} follows a curve", cure)
        where = select(facts, rule, "where", rule.where, MEASURES[measure], warn)
        per = members(facts, rule, MEASURES[measure])
        base = base_of(facts, rule, (measure, outcome), where, per, warn)
        left = (Term(measure, as_weights(where), per.axes, 1.0, outcome),)
        every, unit = np.ones(len(per.names)), UNITS[measure]
        beside = beside_of(facts, rule, where, per) if rule.beside else None
        made = []
        for sense, number in rule.ends:
            share, constant = every * number, base.constant
            if beside is not None:
                share, constant = beside.applied(sense, number, constant)
            made.append(Limits(rule.name, sense, per.names, left, base.terms, share, constant, unit))
        return tuple(made)

    def number(self, facts: Facts, rule: Rule) -> Number:
        """An amount of the measure; with a base a share of it, or so much for each unit of it."""
        currency, written = facts.settings.currency, rule.of.strip()
        mine = of_measure(rule.measure, currency)
        if not written:
            alone = mine.unit == STAFF and rule_words.periods_of(facts, rule) < 2
            return replace(mine, unit=FTE) if alone else mine
        of = measure_prefix(written)[0]
        if fold(written) in BASES:
            of = "staff" if "role" in BASES[fold(written)] else "money"
        base = of_measure(of or rule.measure, currency)
        same = base.unit == mine.unit and fold(base.of) == fold(mine.of)
        return Number(SHARE, currency) if same else replace(mine, each=base.one)

    def sentence(self, facts: Facts, rule: Rule) -> str:
        """The rule in plain English."""
        number = self.number(facts, rule)
        held = rule_words.share(facts, rule, number) if rule.of.strip() else rule_words.amount(facts, rule, number)
        if rule.beside:
            held = ", ".join(filter(None, (held, beside_words(facts, rule)))) + self._yields(facts, rule)
        unit = of_measure(rule.measure, facts.settings.currency)
        return rule_words.finish(facts, rule, f"{rule_words.held(facts, rule)}: {held}", unit)

    def doubts(self, facts: Facts, rule: Rule) -> Iterator[Doubt]:
        """An amount that looks like a share."""
        number = self.number(facts, rule)
        if said := self._yields(facts, rule):
            cure = "find more that is eligible, or leave it so: the rest is free"
            yield Doubt("yields", "of", f"The set-aside {rule.name} yields{said}.", cure)
        for column, value in rule.ends:
            if number.is_money and rule.measure in ("", "money") and 0 < value <= 1:
                amount = number.written(value)
                shown = rule_words.number(value)
                said = f"{rule.name}: {column} {shown} is an amount of {amount}, since `of` is blank."
                yield Doubt("too large", "of", said, "name what it is a share of, such as amount")

    def kept(self, rule: Rule, limits: Limits, left: Array, base: Array) -> float | None:
        """A share; None where the amount beside it is what holds, which no share can loosen."""
        if rule.beside.startswith("greater" if limits.at_least else "lesser"):
            amount = amount_of(rule)
            if np.any(left < amount if limits.at_least else left > amount):
                return None
        return super().kept(rule, limits, left, base)

    def _yields(self, facts: Facts, rule: Rule) -> str:
        """By how much a set-aside yields, in words; "" where it does not."""
        if not rule.beside or rule.at_least is None:
            return ""
        where = select(facts, rule, "where", rule.where, MEASURES["money"], None)
        per = members(facts, rule, MEASURES["money"])
        base = base_of(facts, rule, ("money", -1), where, per, None)
        return beside_of(facts, rule, where, per).yields(facts, rule.at_least, base.constant)

    def holds_money(self, rule: Rule) -> bool:
        """Where that is its measure."""
        return fold(rule.measure) in ("", "money")

    def holds(self, rule: Rule) -> str:
        """An award, where it is an amount of money."""
        return "award" if self.holds_money(rule) and not rule.per and not rule.of.strip() else ""
