"""requires: each funded initiative in `where` requires each one in `of` to be funded (with at_least: at that level)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from optimiser.case.facts import Facts
from optimiser.case.table import numbered
from optimiser.model.rules import nouns, rule_words
from optimiser.model.rules.kind import Kind
from optimiser.model.rules.number import COUNT, LEVEL, SHARE, Number
from optimiser.model.rules.rule import Rule, RuleError, Warn, select
from optimiser.model.rules.spoken import initiatives
from optimiser.model.rules.terms import MEASURES, UNITS, Limits, Term


class Requires(Kind):
    """Initiatives that need others beside them."""

    help = "Each funded initiative in `where` requires each initiative in `of` to be funded, or delivered to a level."
    columns = ("where", "at_least", "of")
    reads = MappingProxyType({"of": "initiatives"})
    needs = ()
    obliges = False
    measure = "funded"
    unit = SHARE

    def limits(self, facts: Facts, rule: Rule, warn: Warn | None = None) -> tuple[Limits, ...]:
        """For each pair: funded (or the level) of the required ≥ at_least × funded of the requiring. Raises RuleError."""
        for column, written in (("where", rule.where), ("of", rule.of)):
            if not written.strip():
                cure = "name them, such as `initiative = A | B`"
                raise RuleError(column, "nothing", "a selection of initiatives", cure)
        if rule.at_least is not None and not 0 < rule.at_least <= 1:
            found, cure = rule_words.number(rule.at_least), "write a share such as 50%, or leave it blank"
            raise RuleError("at_least", found, "a level above 0 and at most 1", cure)
        size = facts.size("initiative")
        requiring, required = (
            facts.taken(select(facts, rule, column, written, MEASURES["funded"], warn), "initiative")
            for column, written in (("where", rule.where), ("of", rule.of))
        )
        measure = "funded" if rule.at_least is None else "level"
        names = facts.names["initiative"]
        made = []
        for i in np.flatnonzero(requiring).tolist():
            own = np.arange(size) == i
            others = required & ~own
            left = (Term(measure, {"initiative": others.astype(float)}, (("initiative", numbered(others)),)),)
            right = (Term("funded", {"initiative": own.astype(float)}),)
            per = tuple(f"{names[i]} requires {names[j]}" for j in np.flatnonzero(others).tolist())
            share = np.full(len(per), 1.0 if rule.at_least is None else rule.at_least)
            made.append(Limits(rule.name, "at_least", per, left, right, share, np.zeros(len(per)), UNITS[measure]))
        return tuple(made)

    def spoken(self, facts: Facts, rule: Rule) -> Mapping[str, str]:
        """Both initiatives by name."""
        said = initiatives(facts)
        return {f"{i} requires {j}": f"{said[i]}, which requires {said[j]}" for i in said for j in said if i != j}

    def sentence(self, facts: Facts, rule: Rule) -> str:
        """The rule in plain English."""
        requiring = nouns.initiatives(facts, rule.where, "or", "any")
        required = nouns.initiatives(facts, rule.of, "and", "every")
        level = "" if rule.at_least is None else self.number(facts, rule).written(rule.at_least)
        each = "each " * (len(nouns.chosen(facts, rule.of).get("initiative", nouns.Chosen()).keys) > 1)
        delivered = f", {each}to at least {level} of its scope" if level else ""
        if rule.at_least == 1:
            delivered = f", {each}in full"
        said = f"if {requiring} is funded, {required} must be funded too{delivered}"
        return rule_words.finish(facts, rule, said, Number(LEVEL if level else COUNT), "short")
