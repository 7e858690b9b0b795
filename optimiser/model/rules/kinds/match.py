"""match: a share of the cost must come from elsewhere than the fund, from the same match and in-kind money as match_rate."""

from __future__ import annotations

import numpy as np

from optimiser.case.facts import Facts
from optimiser.case.table import Array
from optimiser.model.rules import nouns, words
from optimiser.model.rules.kind import Kind
from optimiser.model.rules.number import MONEY, SHARE, Number
from optimiser.model.rules.rule import Rule, RuleError, Warn, select
from optimiser.model.rules.terms import MEASURES, UNITS, Axes, Limits, Term


class Match(Kind):
    """Money from elsewhere beside that of a fund."""

    help = "A share of the cost must come from elsewhere than the fund: cash of other funds, or released staff in kind."
    columns = ("where", "per", "at_least")
    needs = ("at_least",)
    obliges = False
    pairs = False
    nothing = (
        "nothing can match {}, so the fund cannot be spent there",
        "let another fund with can_match pay there, release staff with a cost_per_fte, or lower the share",
    )

    def dimensions(self, rule: Rule) -> tuple[str, ...]:
        """Funds and what they pay for."""
        return MEASURES["match"]

    def members(self, rule: Rule) -> tuple[str, ...]:
        """Funds: over the whole of each."""
        return ("fund",)

    def limits(self, facts: Facts, rule: Rule, warn: Warn | None = None) -> tuple[Limits, ...]:
        """Match + in kind ≥ rate / (1 − rate) × spend, initiative by initiative or (`per = fund`) in all. Raises RuleError."""
        if rule.at_least is None or not 0 <= rule.at_least < 1:
            found = "no number" if rule.at_least is None else words.number(rule.at_least)
            raise RuleError(
                "at_least", found, "a share from 0 to below 1", "write the share of cost to be matched, such as 25%"
            )
        if rule.per not in ("", *self.members(rule)):
            cure = "leave it blank to match initiative by initiative"
            raise RuleError("per", f'"{rule.per}"', "fund, or nothing", cure)
        selected = select(facts, rule, "where", rule.where, MEASURES["match"], warn)
        funds, initiatives = (selected.get(d, np.ones(facts.size(d), bool)) for d in ("fund", "initiative"))
        if rule.per == "fund":
            names = tuple(facts.names["fund"][f] for f in np.flatnonzero(funds).tolist())
            return (matched(rule, names, funds, initiatives, (("fund", _numbers(funds)),)),)
        named = [facts.names["initiative"][i] for i in np.flatnonzero(initiatives).tolist()]
        member = (("initiative", _numbers(initiatives)),)
        made = []
        for f in np.flatnonzero(funds).tolist():
            names = tuple(f"{facts.names['fund'][f]}, {i}" for i in named)
            made.append(matched(rule, names, np.arange(len(funds)) == f, initiatives, member))
        return tuple(made)

    def number(self, facts: Facts, rule: Rule) -> Number:
        """A share of the cost."""
        return Number(SHARE, facts.settings.currency)

    def sentence(self, facts: Facts, rule: Rule) -> str:
        """The rule in plain English."""
        each = "over the whole of each fund" if rule.per == "fund" else "initiative by initiative"
        money = nouns.Sum(facts, "money", rule.where).noun if rule.where.strip() else "money from every fund"
        least = self.number(facts, rule).written(rule.at_least or 0.0)
        said = f"match for {money}: at least {least} of the cost from elsewhere (other funds that can match, released staff), {each}"
        return words.finish(facts, rule, said, Number(MONEY, facts.settings.currency))

    def kept(self, rule: Rule, limits: Limits, left: Array, base: Array) -> float | None:
        """A rate, from match against spend."""
        rate = rule.at_least or 0.0
        asked = super().kept(rule, limits, left, base)
        ratio = asked if asked is None else min(asked, rate / (1 - rate))
        return None if ratio is None else ratio / (1 + ratio)


def matched(rule: Rule, per: tuple[str, ...], funds: Array, initiatives: Array, member: Axes) -> Limits:
    """What counts as match against spend, for a rate from 0 to below 1."""
    rate, count = rule.at_least or 0.0, len(per)
    weights = {"fund": funds.astype(float), "initiative": initiatives.astype(float)}
    left, right = (Term("match", weights, member),), (Term("money", weights, member),)
    share, zero = np.full(count, rate / (1 - rate)), np.zeros(count)
    return Limits(rule.name, "at_least", per, left, right, share, zero, UNITS["match"], np.full(count, rate))


def _numbers(chosen: Array) -> Array:
    """0, 1, 2 … for the chosen members, -1 for the others."""
    return np.where(chosen, np.cumsum(chosen) - 1, -1).astype(np.int32)
