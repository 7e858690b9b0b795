"""requires: each funded initiative in `where` requires each one in `of` to be funded (with at_least: at that level)."""

from __future__ import annotations

import numpy as np

from optimiser.case.facts import Facts
from optimiser.model.rules import words
from optimiser.model.rules.rule import Rule, RuleError, Warn, select
from optimiser.model.rules.terms import MEASURES, UNITS, Limits, Term

NAME = "requires"
HELP = "Each funded initiative in `where` requires each initiative in `of` to be funded, or delivered to a level."
COLUMNS: tuple[str, ...] = ("where", "at_least", "of")


def limits(facts: Facts, rule: Rule, warn: Warn | None = None) -> tuple[Limits, ...]:
    """For each pair: funded (or the level) of the required ≥ at_least × funded of the requiring. Raises RuleError."""
    for column, written in (("where", rule.where), ("of", rule.of)):
        if not written.strip():
            raise RuleError(column, "nothing", "a selection of initiatives", "name them, such as `initiative = A | B`")
    if rule.at_least is not None and not 0 < rule.at_least <= 1:
        found, cure = words.number(rule.at_least), "write a share such as 50%, or leave it blank"
        raise RuleError("at_least", found, "a level above 0 and at most 1", cure)
    size = facts.size("initiative")
    every = np.ones(size, bool)
    requiring = select(facts, rule, "where", rule.where, MEASURES["funded"], warn).get("initiative", every)
    required = select(facts, rule, "of", rule.of, MEASURES["funded"], warn).get("initiative", every)
    measure = "funded" if rule.at_least is None else "level"
    names = facts.names["initiative"]
    made = []
    for i in np.flatnonzero(requiring).tolist():
        others = np.flatnonzero(required)
        others = others[others != i]
        number = np.full(size, -1, np.int32)
        number[others] = np.arange(len(others))
        left = (Term(measure, {"initiative": (number >= 0).astype(float)}, (("initiative", number),)),)
        right = (Term("funded", {"initiative": (np.arange(size) == i).astype(float)}),)
        per = tuple(f"{names[i]} requires {names[j]}" for j in others.tolist())
        share = np.full(len(others), 1.0 if rule.at_least is None else rule.at_least)
        made.append(Limits(rule.name, "at_least", per, left, right, share, np.zeros(len(others)), UNITS[measure]))
    return tuple(made)


def sentence(facts: Facts, rule: Rule) -> str:
    """The rule in plain English."""
    requiring, required = words.initiatives(facts, rule.where, "or"), words.initiatives(facts, rule.of, "and")
    requiring = requiring.replace("initiatives wh", "any initiative wh")
    required = required.replace("initiatives wh", "every initiative wh")
    delivered = (
        "" if rule.at_least is None else f", delivered to at least {words.number(rule.at_least, True)} of its scope"
    )
    said = f"if {requiring} is funded, {required} must be funded too{delivered}"
    return words.finish(facts, rule, said, "initiative" if rule.at_least is None else "unit of level", timed=False)
