"""match: a share of the cost must come from elsewhere than the fund, from the same match and in-kind money as match_rate."""

from __future__ import annotations

import numpy as np

from optimiser.case.facts import Facts
from optimiser.case.table import Array
from optimiser.model.rules import words
from optimiser.model.rules.rule import Rule, RuleError, Warn, as_weights, select
from optimiser.model.rules.terms import MEASURES, UNITS, Limits, Term

NAME = "match"
HELP = "A share of the cost must come from elsewhere than the fund: cash of other funds, or released staff in kind."
COLUMNS = ("where", "per", "at_least")


def limits(facts: Facts, rule: Rule, warn: Warn | None = None) -> tuple[Limits, ...]:
    """Match + in kind ≥ rate / (1 − rate) × spend, initiative by initiative or (`per = fund`) in all. Raises RuleError."""
    if rule.at_least is None or not 0 <= rule.at_least < 1:
        found = "no number" if rule.at_least is None else words.number(rule.at_least)
        raise RuleError("at_least", found, "a share from 0 to below 1", "write the share of cost that must be matched.")
    for column, found in (("at_most", rule.at_most), ("of", rule.of.strip() or None)):
        if found is not None:
            raise RuleError(column, f'"{found}"', "nothing, for a match", "leave it blank.")
    if rule.per not in ("", "fund"):
        raise RuleError("per", f'"{rule.per}"', "fund, or nothing", "leave it blank to match initiative by initiative.")
    selected = select(facts, rule, "where", rule.where, MEASURES["match"], warn)
    if rule.per == "fund":
        chosen = np.flatnonzero(selected.get("fund", np.ones(facts.size("fund"), bool)))
        number = np.full(facts.size("fund"), -1, np.int32)
        number[chosen] = np.arange(len(chosen))
        names = tuple(facts.names["fund"][f] for f in chosen.tolist())
        return (matched(rule.name, rule.at_least, names, as_weights(selected), ("fund", number)),)
    per = tuple(facts.names["initiative"])
    made = []
    for f in np.flatnonzero(selected.get("fund", np.ones(facts.size("fund"), bool))).tolist():
        weights = {**as_weights(selected), "fund": (np.arange(facts.size("fund")) == f).astype(float)}
        names = tuple(f"{facts.names['fund'][f]}, {i}" for i in per)
        made.append(matched(rule.name, rule.at_least, names, weights, ("initiative", np.arange(len(per), dtype=np.int32))))
    return tuple(made)


def matched(name: str, rate: float, per: tuple[str, ...], weights: dict[str, Array], member: tuple[str, Array]) -> Limits:
    """What counts as match against spend, for a rate from 0 to below 1."""
    count = len(per)
    left, right = (Term("match", weights, member),), (Term("money", weights, member),)
    return Limits(name, "at_least", per, left, right, np.full(count, rate / (1 - rate)), np.zeros(count), UNITS["match"], np.full(count, rate))


def sentence(facts: Facts, rule: Rule) -> str:
    """The rule in plain English."""
    each = "" if rule.per == "fund" else ", initiative by initiative"
    said = f"at least {words.number(rule.at_least or 0.0, True)} of the cost {words.selection(rule.where, 'of every fund')} must come from elsewhere{each}"
    return words.finish(facts, rule, said)
