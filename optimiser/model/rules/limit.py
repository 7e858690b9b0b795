"""limit: at_least ≤ measure of `where` ≤ at_most; absolute where `of` is blank, else as shares of the base."""

from __future__ import annotations

import numpy as np

from optimiser.case.facts import Facts
from optimiser.model.rules import words
from optimiser.model.rules.rule import Rule, RuleError, Warn, as_weights, base_of, measure_of, members, select
from optimiser.model.rules.terms import MEASURES, UNITS, Limits, Term

NAME = "limit"
HELP = "A sum (money, staff, in kind, level or an outcome) is held between two numbers, or between shares of another sum."
COLUMNS = ("measure", "where", "per", "at_least", "at_most", "of")


def limits(facts: Facts, rule: Rule, warn: Warn | None = None) -> tuple[Limits, ...]:
    """One block for at_least and one for at_most. Raises RuleError."""
    measure, outcome = measure_of(facts, rule.measure)
    if rule.at_least is None and rule.at_most is None:
        raise RuleError("at_least", "no number", "at_least, at_most or both", "write the limit.")
    if outcome >= 0 and np.any(facts.outcome_curve[facts.outcome_of == outcome] >= 0) and (rule.at_most is not None or rule.of):
        column = "at_most" if rule.at_most is not None else "of"
        raise RuleError(column, "a value", "only at_least for an outcome with a curve", "leave it blank.")
    where = select(facts, rule, "where", rule.where, MEASURES[measure], warn)
    per = members(facts, rule, MEASURES[measure])
    base = base_of(facts, rule, (measure, outcome), where, per, warn)
    left = (Term(measure, as_weights(where), per.of_dimension, 1.0, outcome),)
    return tuple(
        Limits(rule.name, sense, per.names, left, base.terms, np.full(len(per.names), number), base.constant, UNITS[measure])
        for sense, number in (("at_least", rule.at_least), ("at_most", rule.at_most))
        if number is not None
    )


def sentence(facts: Facts, rule: Rule) -> str:
    """The rule in plain English."""
    share = bool(rule.of.strip())
    said = f"{words.measure(rule)} {words.selection(rule.where, 'in all')} must be {words.bounds(rule, share)}"
    return words.finish(facts, rule, said + (f" of {words.base(rule)}" if share else ""))
