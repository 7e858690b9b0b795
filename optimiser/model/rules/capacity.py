"""How much of the money of a selection each member of a formula could take at the most, from its requests alone."""

from __future__ import annotations

import numpy as np

from optimiser.case.facts import Facts, Selected
from optimiser.case.table import Array

Member = tuple[str, Array]
"""A dimension, and the number of the member that each of its own members belongs to (-1: none)."""


def asked(facts: Facts, where: Selected, member: Member, count: int) -> Array:
    """[count]: what the members ask for, in money. An initiative its request; what holds several of them their sum; an
    agency what its parts of the initiatives that it may deliver cost, at most."""
    dimension, number = member
    chosen = facts.taken(where, "initiative")
    if dimension == "initiative":
        return _summed(number, np.where(chosen, facts.request, 0.0), count)
    pair = facts.partner_initiative
    part = facts.request[pair] * facts.cost_factor * facts.max_share
    return _summed(number[facts.partner_agency], np.where(chosen[pair], part, 0.0), count)


def most_money(facts: Facts, where: Selected, member: Member, count: int) -> tuple[Array, float]:
    """[count]: a bound on the money of `where` that each member can take, whatever the rest of the case; and the same of
    what belongs to no member.

    From requests, cost factors, shares of partners, hires, maxima and what the funds of `where` may pay for.
    """
    dimension, number = member
    paid, hires = _payable(facts, where)
    pair, agency = facts.partner_initiative, facts.partner_agency
    if dimension == "fund":
        each = np.array([_initiatives(facts, paid[f], hires).sum() for f in range(facts.size("fund"))])
        each = np.minimum(each, np.where(facts.taken(where, "fund"), facts.amount, 0.0))
    elif dimension == "agency":
        money = np.minimum(facts.maximum[pair], paid.max(axis=0, initial=0.0) * facts.max_share + hires)
        each = np.minimum(_summed(agency, money, facts.size("agency")), facts.agency_maximum)
    else:
        each = _initiatives(facts, paid.max(axis=0, initial=0.0), hires)
    return _summed(number, each, count), float(each[number < 0].sum())


def _initiatives(facts: Facts, paid: Array, hires: Array) -> Array:
    """[I]: the most money of each initiative, from that of its partners [P]."""
    size = facts.size("initiative")
    dearest = np.zeros(size)
    np.maximum.at(dearest, facts.partner_initiative, paid)
    return np.minimum(facts.maximum, dearest + _summed(facts.partner_initiative, hires, size))


def _payable(facts: Facts, where: Selected) -> tuple[Array, Array]:
    """[F, P]: what each fund may pay of each partner's delivery at full scope; [P]: what its hires cost at most."""
    pair_of, cost_of = facts.partner_costs()
    initiative, agency = facts.partner_initiative[pair_of], facts.partner_agency[pair_of]
    codes = {"initiative": initiative, "agency": agency, "category": facts.cost_category[cost_of]}
    price = facts.request[initiative] * facts.cost_factor[pair_of] * facts.cost_share[cost_of]
    price = np.where(_selected(where, codes), price, 0.0)
    periods = facts.taken(where, "period")
    hired = _hires(facts, where, periods)
    size = len(facts.partner_initiative)
    paid = np.zeros((facts.size("fund"), size))
    for f, allowed in enumerate(facts.allowed):
        if not all(facts.taken(selected, "fund")[f] for selected in (allowed, where)):
            continue
        open_in = facts.fund_open[f] & periods & facts.taken(allowed, "period")
        runs = (facts.active[initiative] & open_in).any(axis=1)
        paid[f] = _summed(pair_of, np.where(runs & _selected(allowed, codes), price, 0.0), size)
    if not paid.any():
        hired = np.zeros(size)
    return paid, hired


def _hires(facts: Facts, where: Selected, periods: Array) -> Array:
    pair, agency = facts.partner_initiative, facts.partner_agency
    codes = {"initiative": pair, "agency": agency}
    category = where.get("category")
    if category is not None and not category[facts.names["category"].index("personnel")]:
        return np.zeros(len(pair))
    money = (facts.hire_max * facts.hire_cost)[agency] * (facts.need[pair] > 0)[:, :, None]
    runs = (facts.active[pair] & periods)[:, None, :]
    return np.where(_selected(where, codes), (money * runs).sum(axis=(1, 2)), 0.0)


def _selected(where: Selected, codes: dict[str, Array]) -> Array:
    """Which rows a selection takes, by the dimensions that they have."""
    hit = np.ones(len(next(iter(codes.values()))), bool)
    for dimension, code in codes.items():
        if dimension in where:
            hit &= where[dimension][code]
    return hit


def _summed(number: Array, values: Array, count: int) -> Array:
    taken = number >= 0
    return np.bincount(number[taken], values[taken], count)
