"""match: a share of the cost must come from elsewhere than the fund, from the same match and in-kind money as match_rate."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from optimiser.case.facts import Facts
from optimiser.case.names import fold
from optimiser.case.table import Array, numbered
from optimiser.model.rules import nouns, rule_words
from optimiser.model.rules.kind import Kind
from optimiser.model.rules.number import MONEY, SHARE, Number
from optimiser.model.rules.rule import Rule, RuleError, Warn, as_weights, measure_prefix, select
from optimiser.model.rules.spoken import initiatives, spoken
from optimiser.model.rules.terms import MEASURES, UNITS, Axes, Limits, Term

OF = ("cost", "grant")
"""What the share is of: the whole cost, or what the fund pays."""


class Match(Kind):
    """Money from elsewhere beside that of a fund."""

    help = "A share of the cost must come from elsewhere than the fund: cash of other funds, or released staff in kind."
    columns = ("measure", "where", "per", "at_least", "of")
    needs = ("at_least",)
    reads = MappingProxyType({"measure": "source", "of": "cost"})
    obliges = False
    pairs = False
    unit = SHARE
    nothing = (
        "nothing can match {}, so the fund cannot be spent there",
        "let another fund with can_match pay there, release staff with a cost_per_fte, or lower the share",
    )

    def members(self, rule: Rule) -> tuple[str, ...]:
        """Funds: over the whole of each."""
        return ("fund",)

    def limits(self, facts: Facts, rule: Rule, warn: Warn | None = None) -> tuple[Limits, ...]:
        """Match + in kind ≥ rate / (1 − rate) × spend of `where`, initiative by initiative or (`per = fund`) in all.

        Of the grant: ≥ rate × spend. In cash: without what is in kind, and from the funds that `measure` names alone.
        Raises RuleError.
        """
        _rate(rule)
        if rule.per not in ("", *self.members(rule)):
            cure = "leave it blank to match initiative by initiative"
            raise RuleError("per", f'"{rule.per}"', "fund, or nothing", cure)
        selected = select(facts, rule, "where", rule.where, MEASURES["money"], warn)
        source = _source(facts, rule, warn)
        funds, initiatives = (facts.taken(selected, d) for d in ("fund", "initiative"))
        if rule.per == "fund":
            names = tuple(facts.names["fund"][f] for f in np.flatnonzero(funds).tolist())
            return (matched(rule, names, as_weights(selected), source, (("fund", numbered(funds)),)),)
        named = [facts.names["initiative"][i] for i in np.flatnonzero(initiatives).tolist()]
        member = (("initiative", numbered(initiatives)),)
        made = []
        for f in np.flatnonzero(funds).tolist():
            names = tuple(f"{facts.names['fund'][f]}, {i}" for i in named)
            only = {**as_weights(selected), "fund": (np.arange(len(funds)) == f).astype(float)}
            made.append(matched(rule, names, only, source, member))
        return tuple(made)

    def sentence(self, facts: Facts, rule: Rule) -> str:
        """The rule in plain English."""
        each = "over the whole of each fund" if rule.per == "fund" else "initiative by initiative"
        if rule.per == "fund" and len(_matched(facts, rule)) == 1:
            each = "over the whole fund"
        money = nouns.Sum(facts, "money", rule.where).noun if rule.where.strip() else "money from every fund"
        least = self.number(facts, rule).written(rule.at_least or 0.0)
        of = "what the fund pays" if _of(rule) == "grant" else "the cost"
        by = "other funds that can match, released staff"
        if rule.measure.strip() not in ("", "money"):
            _, those = measure_prefix(rule.measure)
            by = "in cash, of other funds that can match"
            if ":" in rule.measure:
                by = f"{by}: {nouns.Sum(facts, 'money', those).noun}"
        said = f"match for {money}: at least {least} of {of} from elsewhere ({by}), {each}"
        return rule_words.finish(facts, rule, said, Number(MONEY, facts.settings.currency))

    def spoken(self, facts: Facts, rule: Rule) -> Mapping[str, str]:
        """The initiative alone where one fund is matched."""
        if rule.per:
            return spoken(facts, rule.each)
        funds = _matched(facts, rule)
        if len(funds) == 1:
            return {f"{funds[0]}, {key}": words for key, words in initiatives(facts).items()}
        return spoken(facts, ("fund", "initiative"))

    def kept(self, rule: Rule, limits: Limits, left: Array, base: Array) -> float | None:
        """A rate, from match against spend."""
        rate = rule.at_least or 0.0
        asked = super().kept(rule, limits, left, base)
        if asked is None or _of(rule) == "grant":
            return asked
        ratio = min(asked, rate / (1 - rate))
        return ratio / (1 + ratio)


def matched(
    rule: Rule, per: tuple[str, ...], selected: dict[str, Array], source: dict[str, Array], member: Axes
) -> Limits:
    """What counts as match against spend: of the fund and initiative as a whole, though only a part of it is matched."""
    rate, count = rule.at_least or 0.0, len(per)
    whole = {d: w for d, w in selected.items() if d in MEASURES["match"]}
    left, right = (Term("match", whole | source, member),), (Term("money", selected, member),)
    of_grant = _of(rule) == "grant"
    share, zero = np.full(count, rate if of_grant else rate / (1 - rate)), np.zeros(count)
    return Limits(
        rule.name, "at_least", per, left, right, share, zero, UNITS["match"], None if of_grant else np.full(count, rate)
    )


def _matched(facts: Facts, rule: Rule) -> list[str]:
    """The funds that are matched."""
    chosen = facts.select(rule.where).get("fund")
    names = facts.names["fund"]
    return names if chosen is None else [f for f, taken in zip(names, chosen, strict=True) if taken]


def _of(rule: Rule) -> str:
    """What the share is of. Raises RuleError."""
    of = fold(rule.of) or OF[0]
    if of not in OF:
        raise RuleError("of", f'"{rule.of}"', "cost, grant or nothing", "write grant for a share of what the fund pays")
    return of


def _rate(rule: Rule) -> None:
    of, rate = _of(rule), rule.at_least
    if rate is not None and rate >= 0 and (rate < 1 or of == "grant"):
        return
    found = "no number" if rate is None else rule_words.number(rate)
    expected = "a share from 0" + (" to below 1" if of == "cost" else "")
    raise RuleError("at_least", found, expected, f"write the share of {of} to be matched, such as 25%")


def _source(facts: Facts, rule: Rule, warn: Warn | None) -> dict[str, Array]:
    """What match may be made of, as a weight of each source: anything; cash; cash of some funds. Raises RuleError."""
    written = rule.measure.strip()
    if written in ("", "money"):
        return {}
    prefix, rest = measure_prefix(written)
    if fold(prefix or rest) != "cash":
        cure = "write cash for match that must be cash, or `cash: fund = …` for cash of some funds alone"
        raise RuleError("measure", f'"{written}"', "cash or nothing", cure)
    funds = facts.taken(select(facts, rule, "measure", rest, ("fund",), warn) if prefix else {}, "fund")
    return {"source": np.append(funds, False).astype(float)}
