"""count: the number of funded initiatives in `where` is held between two numbers."""

from __future__ import annotations

import numpy as np

from optimiser.case.facts import Facts
from optimiser.model.rules import words
from optimiser.model.rules.rule import NUMBER, Rule, RuleError, Warn, as_weights, members, select
from optimiser.model.rules.terms import MEASURES, UNITS, Limits, Term

NAME = "count"
HELP = "The number of funded initiatives is held between two numbers."
COLUMNS: tuple[str, ...] = ("where", "per", "at_least", "at_most")


def limits(facts: Facts, rule: Rule, warn: Warn | None = None) -> tuple[Limits, ...]:
    """Σ funded against a number. Raises RuleError."""
    if rule.at_least is None and rule.at_most is None:
        raise RuleError(*NUMBER)
    if rule.at_most is not None and rule.at_most < 0:
        raise RuleError("at_most", words.number(rule.at_most), "a number of initiatives, 0 or more", "write it")
    where = select(facts, rule, "where", rule.where, MEASURES["funded"], warn)
    per = members(facts, rule, MEASURES["funded"])
    left = (Term("funded", as_weights(where), per.axes),)
    one = np.ones(len(per.names))
    return tuple(
        Limits(rule.name, sense, per.names, left, (), one * number, one, UNITS["funded"])
        for sense, number in (("at_least", rule.at_least), ("at_most", rule.at_most))
        if number is not None
    )


def sentence(facts: Facts, rule: Rule) -> str:
    """The rule in plain English."""
    where = words.selection(facts, rule.where, "" if rule.per else "in all")
    where = where.replace("where the initiative's", "whose").replace("and the initiative's", "and whose")
    said = words.joined("the number of funded initiatives", where, "must be", words.bounds(rule))
    return words.finish(facts, rule, said, "initiative", timed=False)
