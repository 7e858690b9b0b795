"""What is true of an award as the plan stands, said before anything is asked of the solver: what is left of what it needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimiser.analysis.reasons.reason import Reason
from optimiser.case.facts import Facts
from optimiser.case.readable import listed, money_short, number, percent
from optimiser.case.table import Array
from optimiser.case.tolerances import FULL, FUNDED, HALF_A_CENT, NOTHING
from optimiser.model.program import Program
from optimiser.plan.tables import Plan

SEEN = 0.005
"""Part of a request from which on it shows in percent."""
NAMED = 4
"""Funds that are named as those which may pay for one initiative; of more their number is said."""


@dataclass(frozen=True, eq=False)
class AtOnce:
    """What the tables of one plan say. unspent: money that is left of each fund [F]; free: FTE of each role that nobody has
    asked for, by period [K, T]; payers: which fund may pay for which initiative [F, I]."""

    plan: Plan
    unspent: Array
    free: Array
    payers: Array

    @staticmethod
    def of(plan: Plan) -> AtOnce:
        """Read from a plan that has tables."""
        facts = plan.case.facts
        spend = Program.of(plan.case).model.columns["spend"].keys
        payers = np.zeros((facts.size("fund"), facts.size("initiative")), bool)
        payers[spend["fund"], spend["initiative"]] = True
        balance, posts = plan.tables["Balances"], plan.tables["Posts"]
        unspent = np.bincount(facts.code("fund", balance["fund"]), balance["unspent"], facts.size("fund"))
        free = facts.releasable_fte.sum(axis=0)
        np.subtract.at(free, (facts.code("role", posts["role"]), facts.code("period", posts["period"])), posts["fte"])
        return AtOnce(plan, unspent, free, payers)

    def reason(self, i: int) -> Reason:
        """What stands, of one initiative (its position): its award, and what is left of what it lacks."""
        facts, awards = self.plan.case.facts, self.plan.tables["Awards"]
        award, level = float(awards["award"][i]), float(awards["level"][i])
        hires = self.plan.tables["Hires"]
        hired = bool((facts.code("initiative", hires["initiative"]) == i).any())
        said = state(facts, i, award, level, hired)
        if level >= FULL:
            said += ", as it must be." if facts.must_fund[i] else "."
        elif facts.maximum[i] == 0:
            said += ": its maximum is 0."
        else:
            said += "." + "".join(f" {one}" for one in (self._money(i, 1 - level), *self._people(i, 1 - level)) if one)
        return reason_of(facts, i, award, level, said)

    def _money(self, i: int, part: float) -> str:
        """What is left of the funds that may pay for it, where that is less than a part of its request."""
        facts, currency = self.plan.case.facts, self.plan.case.settings.currency
        funds = np.flatnonzero(self.payers[:, i])
        left = float(self.unspent[funds].sum())
        if left >= part * facts.request[i] - HALF_A_CENT:
            return ""
        if not len(funds):
            return "No fund may pay for it."
        names = [facts.called("fund", int(f)) for f in funds]
        who = listed(names) if len(names) <= NAMED else f"the {len(names)} funds"
        alone = "which may pay for it" if len(names) > 1 else "the only fund that may pay for it"
        much = "Nothing" if left < HALF_A_CENT else money_short(left, currency)
        return (
            f"{much} is left of {who}, {alone}."
            if len(names) <= NAMED
            else f"{much} is left of {who} that may pay for it."
        )

    def _people(self, i: int, part: float) -> Sequence[str]:
        """The roles of which fewer people are free while it runs than a part of its scope needs, where nobody else can do
        their work or be hired for it."""
        facts, made = self.plan.case.facts, []
        mine = facts.partner_agency[facts.partner_initiative == i]
        for k in np.flatnonzero(facts.need[i] > 0).tolist():
            helped = np.count_nonzero(facts.rate[:, k]) > 1 or facts.hire_max[mine, k].any()
            free = float(self.free[k, facts.active[i]].sum())
            needed = float(facts.need[i, k] * facts.active_periods[i]) * part
            if not helped and free < needed - NOTHING:
                # What the initiative has of them already counts in its level, so `part` of them is what it lacks.
                running = int(facts.active_periods[i])
                much = "Nobody" if free <= NOTHING else f"{number(free / running, 2)} FTE"
                mean = " on average" if running > 1 and free > NOTHING else ""
                role = facts.names["role"][k]
                made.append(f"{much} of the role {role} {'is' if free <= NOTHING else 'are'} free while it runs{mean}.")
        return made


def state(facts: Facts, i: int, award: float, level: float, hired: bool) -> str:
    """How far an initiative is funded, in words. hired: whether people are hired for it."""
    if level >= FULL:
        return "Funded in full"
    if level <= FUNDED and award <= 0:
        return "Not funded"
    given, asked = (money_short(v, facts.settings.currency) for v in (award, float(facts.request[i])))
    share, why = percent(level), _why_so_much(facts, i, award, level, hired)
    if given == asked:
        return f"Funded at {share}"
    above = ", above its request" if award > facts.request[i] else ""
    return f"Funded at {share}: {given}{above} of {asked}{why}"


def _why_so_much(facts: Facts, i: int, award: float, level: float, hired: bool) -> str:
    """What makes the award another part of the request than the level is of the scope, where a reader would see that."""
    beyond = award - level * float(facts.request[i])
    if abs(beyond) <= SEEN * facts.request[i]:
        return ""
    factors = facts.cost_factor[facts.partner_initiative == i]
    if beyond > 0 and hired:
        return ", as people are hired for it"
    if beyond > 0 and (factors > 1).any():
        return ", as those who deliver it cost more (cost_factor)"
    return ", as those who deliver it cost less (cost_factor)" if beyond < 0 and (factors < 1).any() else ""


def reason_of(facts: Facts, i: int, award: float, level: float, said: str) -> Reason:
    """A reason of which nothing is known yet but a sentence."""
    key = facts.names["initiative"][i]
    return Reason(key, str(facts.sorted["initiative"]["name"][i]) or key, award, level, said)
