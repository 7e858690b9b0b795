"""average: the mean of a numeric column, weighted by money, is held between two numbers."""

from __future__ import annotations

import numpy as np

from optimiser.case.facts import Facts
from optimiser.case.selection import Clause, SelectionError
from optimiser.model.rules import words
from optimiser.model.rules.rule import Rule, RuleError, Warn, as_weights, members, select
from optimiser.model.rules.terms import MEASURES, Limits, Term

NAME = "average"
HELP = "The mean of a numeric column (such as score), weighted by money, is held between two numbers."
COLUMNS = ("measure", "where", "per", "at_least", "at_most")


def limits(facts: Facts, rule: Rule, warn: Warn | None = None) -> tuple[Limits, ...]:
    """Σ value × money against a multiple of Σ money; what has no value is left out. Raises RuleError."""
    if rule.at_least is None and rule.at_most is None:
        raise RuleError("at_least", "no number", "at_least, at_most or both", "write the limit.")
    if rule.of.strip():
        raise RuleError("of", f'"{rule.of}"', "nothing, for an average", "leave it blank.")
    column = rule.measure or "score"
    try:
        subject = facts.subject(Clause(column, "=", ("",)))
    except SelectionError as error:
        raise RuleError("measure", error.found, "a numeric column", error.cure) from error
    if subject.values.dtype == object or subject.dimension not in MEASURES["money"]:
        raise RuleError("measure", f'"{column}"', "a numeric column", "name one such as score or agency.score.")
    value = subject.values.astype(float)
    has = ~np.isnan(value)
    where = as_weights(select(facts, rule, "where", rule.where, MEASURES["money"], warn))
    per = members(facts, rule, MEASURES["money"])
    counted = {**where, subject.dimension: where.get(subject.dimension, 1.0) * has}
    valued = {**counted, subject.dimension: counted[subject.dimension] * np.where(has, value, 0.0)}
    left = (Term("money", valued, per.of_dimension),)
    right = (Term("money", counted, per.of_dimension),)
    zero = np.zeros(len(per.names))
    return tuple(
        Limits(rule.name, sense, per.names, left, right, zero + number, zero, "points × money")
        for sense, number in (("at_least", rule.at_least), ("at_most", rule.at_most))
        if number is not None
    )


def sentence(facts: Facts, rule: Rule) -> str:
    """The rule in plain English."""
    said = f"the mean {rule.measure or 'score'}, weighted by money, {words.selection(rule.where, 'of all')} must be {words.bounds(rule)}"
    return words.finish(facts, rule, said)
