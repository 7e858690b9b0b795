"""limit: at_least ≤ measure of `where` ≤ at_most; absolute where `of` is blank, else as shares of the base."""

from __future__ import annotations

import numpy as np

from optimiser.case.facts import Facts
from optimiser.model.rules import words
from optimiser.model.rules.rule import (
    NUMBER,
    Rule,
    RuleError,
    Warn,
    as_weights,
    base_of,
    is_curved,
    measure_of,
    members,
    select,
)  # fmt: skip
from optimiser.model.rules.terms import MEASURES, UNITS, Limits, Term

NAME = "limit"
HELP = (
    "A sum (money, staff, in kind, level or an outcome) is held between two numbers, or between shares of another sum."
)
COLUMNS: tuple[str, ...] = ("measure", "where", "per", "at_least", "at_most", "of")


def limits(facts: Facts, rule: Rule, warn: Warn | None = None) -> tuple[Limits, ...]:
    """One block for at_least and one for at_most. Raises RuleError."""
    measure, outcome = measure_of(facts, rule.measure)
    if rule.at_least is None and rule.at_most is None:
        raise RuleError(*NUMBER)
    if is_curved(facts, outcome):
        for column, found in (("at_most", rule.at_most), ("of", rule.of.strip() or None)):
            if found is not None:
                shown = words.number(found) if isinstance(found, float) else f'"{found}"'
                cure = "leave it blank: such an outcome takes only at_least"
                raise RuleError(column, shown, f"nothing, since {rule.measure} follows a curve", cure)
    where = select(facts, rule, "where", rule.where, MEASURES[measure], warn)
    per = members(facts, rule, MEASURES[measure])
    base = base_of(facts, rule, (measure, outcome), where, per, warn)
    left = (Term(measure, as_weights(where), per.axes, 1.0, outcome),)
    every, unit = np.ones(len(per.names)), UNITS[measure]
    return tuple(
        Limits(rule.name, sense, per.names, left, base.terms, every * number, base.constant, unit)
        for sense, number in (("at_least", rule.at_least), ("at_most", rule.at_most))
        if number is not None
    )


def sentence(facts: Facts, rule: Rule) -> str:
    """The rule in plain English."""
    held = words.bounds(rule, unit=words.unit(facts, rule.measure))
    if rule.of.strip():
        base, each = words.base(facts, rule)
        held = f"{held} for each {each} of {base}" if each else f"{words.bounds(rule, True)} of {base}"
    where = words.selection(facts, rule.where, "" if rule.per else "in all")
    said = words.joined(words.measure(rule.measure), where, "must be", held)
    timed = "period" in MEASURES[measure_of(facts, rule.measure)[0]]
    return words.finish(facts, rule, said, words.one(facts, rule.measure), timed=timed)
