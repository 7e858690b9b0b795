"""match: a share of the cost must come from elsewhere than the fund, from the same match and in-kind money as match_rate."""

from __future__ import annotations

import numpy as np

from optimiser.case.facts import Facts
from optimiser.case.table import Array
from optimiser.model.rules import words
from optimiser.model.rules.rule import Rule, RuleError, Warn, select
from optimiser.model.rules.terms import MEASURES, UNITS, Axes, Limits, Term

NAME = "match"
HELP = "A share of the cost must come from elsewhere than the fund: cash of other funds, or released staff in kind."
COLUMNS: tuple[str, ...] = ("where", "per", "at_least")


def limits(facts: Facts, rule: Rule, warn: Warn | None = None) -> tuple[Limits, ...]:
    """Match + in kind ≥ rate / (1 − rate) × spend, initiative by initiative or (`per = fund`) in all. Raises RuleError."""
    if rule.at_least is None or not 0 <= rule.at_least < 1:
        found = "no number" if rule.at_least is None else words.number(rule.at_least)
        raise RuleError(
            "at_least", found, "a share from 0 to below 1", "write the share of cost to be matched, such as 25%"
        )
    if rule.per not in ("", "fund"):
        raise RuleError("per", f'"{rule.per}"', "fund, or nothing", "leave it blank to match initiative by initiative")
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


def sentence(facts: Facts, rule: Rule) -> str:
    """The rule in plain English."""
    each = "over the whole of each fund" if rule.per == "fund" else "initiative by initiative"
    where = words.selection(facts, rule.where, "for every fund")
    least = words.number(rule.at_least or 0.0, True)
    said = f"{where}, at least {least} of the cost must come from elsewhere (other funds that can match, released staff), {each}"
    return words.finish(facts, rule, said, words.unit(facts, "money"), repeated=False)
