"""peers: no initiative gets more than so many times the mean award of the initiatives that are like it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimiser.case.facts import Facts
from optimiser.case.table import numbered
from optimiser.model.rules import nouns, rule_words
from optimiser.model.rules.kind import Kind
from optimiser.model.rules.number import MONEY, TIMES, Number
from optimiser.model.rules.rule import OF_INITIATIVES, Rule, RuleError, Warn, members, select
from optimiser.model.rules.terms import MEASURES, UNITS, Limits, Term


class Peers(Kind):
    """Awards beside the mean award of a theme, an area or a tier."""

    help = "No initiative gets more than so many times the mean award of its theme (or area, or tier)."
    columns = ("where", "per", "at_most")
    needs = ("at_most",)
    pairs = False
    obliges = False
    measure = "funded"

    def members(self, rule: Rule) -> tuple[str, ...]:
        """What makes initiatives peers."""
        return OF_INITIATIVES

    def limits(self, facts: Facts, rule: Rule, warn: Warn | None = None) -> tuple[Limits, ...]:
        """For each group a block: award of one ≤ at_most × Σ awards of all / their number. Raises RuleError."""
        if rule.at_most is None or rule.at_most < 1:
            found = "no number" if rule.at_most is None else rule_words.number(rule.at_most)
            raise RuleError("at_most", found, "a number of times, 1 or more", "write one such as 1.5")
        if _peers(rule) not in OF_INITIATIVES:
            raise RuleError("per", f'"{rule.per}"', "one of " + ", ".join(OF_INITIATIVES), "leave it blank for theme")
        where = select(facts, rule, "where", rule.where, MEASURES["funded"], warn)
        groups = members(facts, replace(rule, per=_peers(rule)), MEASURES["funded"])
        ((_, group),) = groups.axes
        chosen = facts.taken(where, "initiative")
        made = []
        for k in range(len(groups.names)):
            mine = chosen & (group == k)
            count = int(mine.sum())
            if count < 2:
                continue  # one alone is its own mean
            names = tuple(facts.names["initiative"][i] for i in np.flatnonzero(mine).tolist())
            left = (Term("money", {"initiative": mine.astype(float)}, (("initiative", numbered(mine)),)),)
            right = (Term("money", {"initiative": mine.astype(float)}, (), 1 / count),)
            share = np.full(count, rule.at_most)
            made.append(Limits(rule.name, "at_most", names, left, right, share, np.zeros(count), UNITS["money"]))
        return tuple(made)

    def number(self, facts: Facts, rule: Rule) -> Number:
        """A number of times."""
        return Number(TIMES, facts.settings.currency, lowest=1.0)

    def sentence(self, facts: Facts, rule: Rule) -> str:
        """The rule in plain English."""
        most = self.number(facts, rule).written(rule.at_most or 0.0)
        who = "no initiative"
        if rule.where.strip():
            said = nouns.initiatives(facts, rule.where, "and", "no")
            who = said if said.startswith("no ") else f"none of {said}"
        said = f"{who} gets more than {most} the mean award of those of its {_peers(rule)}"
        return rule_words.finish(facts, rule, said, Number(MONEY, facts.settings.currency))


def _peers(rule: Rule) -> str:
    return rule.per or "theme"
