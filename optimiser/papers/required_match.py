"""The match that a fund must have by what holds of it: its match_rate and every hard rule of match, counted once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from optimiser.case.facts import Facts
from optimiser.case.table import Array
from optimiser.model.rules import compile_rule, compile_rules, rule_of
from optimiser.model.rules.terms import Entries, Limits, exact, incidence
from optimiser.papers.figures import Figures

ZERO = Fraction(0)
Cells = frozenset[int]
"""Where match can stand: an initiative and a source each."""


@dataclass(frozen=True)
class MatchDemand:
    """Money that must come from elsewhere, and where it may stand."""

    cells: Cells
    money: Fraction


def required_match(figures: Figures, fund: str, authorized: Fraction) -> Fraction:
    """Money that must stand beside `authorized` money of a fund, if all of it is spent as the plan spends its part.

    What two rules ask at one place is given once; whom a rule leaves out, or a waiver frees, asks for nothing. Where
    the plan spends nothing of the fund, what holds of all its money counts.
    """
    facts = figures.facts
    code = facts.names["fund"].index(fund)
    spent = figures.exact_spend(fund=fund)
    if not spent:
        return authorized * max((_share(b, 0) for b in _blocks(facts, code) if _of_all(facts, b, code)), default=ZERO)
    return least(list(_asked(figures, code))) * authorized / spent


def least(asked: list[MatchDemand]) -> Fraction:
    """The most that demands ask which share no place: so much is needed, and demands that overlap are met by the same."""
    largest: dict[Cells, Fraction] = {}
    for ask in asked:
        largest[ask.cells] = max(ask.money, largest.get(ask.cells, ZERO))
    return sum((_apart(group) for group in _groups(list(largest.items()))), ZERO)


def _apart(group: list[tuple[Cells, Fraction]]) -> Fraction:
    """Of demands that hang together: either the widest counts, or those beside it."""
    if len(group) == 1:
        return group[0][1]
    cells, money = widest = max(group, key=lambda ask: len(ask[0]))
    others = [ask for ask in group if ask is not widest]
    beside = [ask for ask in others if not ask[0] & cells]
    return max(*(extra + sum(map(_apart, _groups(rest)), ZERO) for extra, rest in ((money, beside), (ZERO, others))))


def _groups(asked: list[tuple[Cells, Fraction]]) -> list[list[tuple[Cells, Fraction]]]:
    """Demands that share a place, directly or by others, together."""
    groups: list[tuple[set[int], list[tuple[Cells, Fraction]]]] = []
    for ask in asked:
        touched = [g for g in groups if not g[0].isdisjoint(ask[0])]
        groups = [g for g in groups if g[0].isdisjoint(ask[0])]
        groups.append((set(ask[0]).union(*(g[0] for g in touched)), [ask, *(a for g in touched for a in g[1])]))
    return [members for _, members in groups]


def _blocks(facts: Facts, code: int) -> Iterator[Limits]:
    """The limits of match that may speak of the fund."""
    rate = float(facts.match_rate[code])
    stated = [compile_rule(facts, rule_of({"rule": "match_rate", "kind": "match", "at_least": rate}))] if rate else []
    hard = [made for made in compile_rules(facts) if made.rule.hard]
    for made in (*stated, *hard):
        yield from (b for b in made.blocks if b.at_least and all(t.measure == "match" for t in b.left))


def _asked(figures: Figures, code: int) -> Iterator[MatchDemand]:
    """What each limit asks for the money that the plan spends of the fund."""
    facts, spend = figures.facts, figures.lines.spend
    own = spend.codes["fund"] == code
    lines = Entries({d: c[own] for d, c in spend.codes.items()}, spend.amount[own])
    places = _places(facts, code)
    for block in _blocks(facts, code):
        money: dict[int, Fraction] = {}
        for term in block.right:
            limit, _, weight = incidence(term, lines, len(block))
            for k, amount in zip(limit.tolist(), weight.tolist(), strict=True):
                money[k] = money.get(k, ZERO) + exact(amount)
        cells: dict[int, set[int]] = {}
        for term in block.left:
            limit, entry, _ = incidence(term, places, len(block))
            for k, cell in zip(limit.tolist(), entry.tolist(), strict=True):
                cells.setdefault(k, set()).add(cell)
        for k, amount in money.items():
            yield MatchDemand(frozenset(cells.get(k, ())), _share(block, k) * amount)


def _places(facts: Facts, code: int) -> Entries:
    """One entry for each initiative and source of match of the fund (beyond the funds: in kind)."""
    sources = np.array([g for g in range(facts.size("fund") + 1) if g != code], np.int32)
    initiatives = np.arange(facts.size("initiative"), dtype=np.int32)
    initiative, source = np.repeat(initiatives, len(sources)), np.tile(sources, len(initiatives))
    fund = np.full(len(source), code, np.int32)
    return Entries({"fund": fund, "initiative": initiative, "source": source}, np.ones(len(source)))


def _of_all(facts: Facts, block: Limits, code: int) -> bool:
    """Whether it speaks of all money that the fund has."""

    def taken(chosen: Array, dimension: str) -> bool:
        return bool(chosen[code]) if dimension == "fund" else bool(np.all(chosen))

    return all(
        all(taken(w != 0, d) for d, w in term.weights.items()) and all(taken(n >= 0, d) for d, n in term.member)
        for term in block.right
    )


def _share(block: Limits, k: int) -> Fraction:
    """Match for each unit of spend, exactly as it was written."""
    if block.required is None:
        return exact(block.share[k])
    rate = exact(block.required[k])
    return rate / (1 - rate)
