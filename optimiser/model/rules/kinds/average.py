"""average: the mean of a numeric column, weighted by money, is held between two numbers."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

import numpy as np

from optimiser.case.facts import Facts
from optimiser.case.selection import Clause, SelectionError, Subject
from optimiser.model.rules import nouns, rule_words
from optimiser.model.rules.kind import Doubt, Kind
from optimiser.model.rules.number import PLAIN, WEIGHTED, Number
from optimiser.model.rules.rule import Rule, RuleError, Warn, as_weights, members, select
from optimiser.model.rules.terms import MEASURES, Limits, Term


class Average(Kind):
    """A mean of a column, weighted by money."""

    help = "The mean of a numeric column (such as score), weighted by money, is held between two numbers."
    columns = ("measure", "where", "per", "at_least", "at_most")
    reads = MappingProxyType({"measure": "column"})

    def limits(self, facts: Facts, rule: Rule, warn: Warn | None = None) -> tuple[Limits, ...]:
        """Σ value × money against a multiple of Σ money; what has no value is left out. Raises RuleError."""
        subject = averaged(facts, rule)
        value = subject.values.astype(float)
        has = ~np.isnan(value)
        where = as_weights(select(facts, rule, "where", rule.where, MEASURES["money"], warn))
        per = members(facts, rule, MEASURES["money"])
        counted = {**where, subject.dimension: where.get(subject.dimension, 1.0) * has}
        valued = {**counted, subject.dimension: counted[subject.dimension] * np.where(has, value, 0.0)}
        left = (Term("money", valued, per.axes),)
        right = (Term("money", counted, per.axes),)
        zero = np.zeros(len(per.names))
        return tuple(
            Limits(rule.name, sense, per.names, left, right, zero + number, zero, WEIGHTED)
            for sense, number in rule.ends
        )

    def number(self, facts: Facts, rule: Rule) -> Number:
        """As the column's own figures."""
        return Number(PLAIN, facts.settings.currency, lowest=-np.inf)

    def sentence(self, facts: Facts, rule: Rule) -> str:
        """The rule in plain English."""
        owner, name = nouns.owned(facts, rule.measure or "score")
        money = rule_words.held(facts, rule, "money")
        weight = "money" if money == "all money" else money
        bounds = rule_words.bounds(rule, self.number(facts, rule).written)
        said = f"{rule_words.mean_of(facts, owner, name)}, weighted by {weight}: {bounds}"
        return rule_words.finish(facts, rule, said, None)

    def doubts(self, facts: Facts, rule: Rule) -> Iterator[Doubt]:
        """A mean beyond the largest or the smallest value."""
        values = averaged(facts, rule).values.astype(float)
        lowest, highest = float(np.nanmin(values)), float(np.nanmax(values))
        if rule.at_least is not None and rule.at_least > highest and rule.hard:
            high = rule_words.number(highest)
            said = f"{rule.name} asks for a mean of {rule_words.number(rule.at_least)}, the highest value is {high}: nothing can be spent."
            yield Doubt("contradiction", "at_least", said, f"lower it to {high} or less", "error")
        if rule.at_most is not None and rule.at_most < lowest and rule.hard:
            low = rule_words.number(lowest)
            said = f"{rule.name} allows a mean of {rule_words.number(rule.at_most)}, the lowest value is {low}: nothing can be spent."
            yield Doubt("contradiction", "at_most", said, f"raise it to {low} or more", "error")

    def averages_score(self, rule: Rule) -> bool:
        """Where the column is the initiatives' score."""
        return rule.measure.lower() in ("", "score", "initiative.score")


def averaged(facts: Facts, rule: Rule) -> Subject:
    """The column whose mean is taken. Raises RuleError where it is no column of numbers."""
    column = rule.measure or "score"
    try:
        subject = facts.subject(Clause(column, "=", ("",)))
    except SelectionError as error:
        raise RuleError("measure", f'"{column}"', "a numeric column", error.cure.rstrip(".")) from error
    if subject.values.dtype.kind != "f" or subject.dimension not in MEASURES["money"]:
        raise RuleError("measure", f'"{column}"', "a numeric column", "name one such as score or agency.score")
    if np.isnan(subject.values).all():
        raise RuleError("measure", f'"{column}"', "a column that has a number somewhere", "fill it in")
    return subject
