"""Where the money comes from: balances of funds, what may move on, least spend, and match that counts once."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from optimiser.model.rules.terms import exact
from optimiser.plan.allowance import EXACT, FIGURE, LOOSE
from optimiser.plan.plan_checks import ZERO, CheckedPlan, Miss, say


def funds(plan: CheckedPlan) -> Iterator[Miss]:
    """No fund spends in a period more than arrived and could be carried there, and each spends its least share.

    What could be carried is computed from the spend alone, so this holds to the last cent whatever Balances says.
    """
    facts, spent = plan.facts, plan.lines.spend.sums("fund", "period")
    for f in range(facts.size("fund")):
        carryover, carried, total = exact(facts.carryover[f]), ZERO, ZERO
        for t in np.flatnonzero(facts.fund_open[f]).tolist():
            available, spend = exact(facts.installment[f, t]) + carried, spent.get((f, t), ZERO)
            if spend > available:
                item = plan.name(fund=f, period=t)
                said = f"{item}: {say(spend)} is spent, {say(available)} is available."
                yield Miss("fund", item, available, spend, spend - available, max(spend, available), EXACT, said)
            carried = max(ZERO, min(carryover * available, available - spend))
            total += spend
        least = exact(facts.min_spend[f]) * exact(facts.amount[f])
        if total < least:
            item = plan.name(fund=f)
            said = f"{item}: {say(total)} is spent in all, at least {say(least)} must be."
            yield Miss("min spend", item, least, total, least - total, least, EXACT, said)


def balances(plan: CheckedPlan) -> Iterator[Miss]:
    """The sheet Balances adds up: what arrives and is brought forward is spent, carried forward or unspent."""
    if not plan.balances:
        return
    facts, spent = plan.facts, plan.lines.spend.sums("fund", "period")
    nothing = (ZERO,) * 5
    for f in range(facts.size("fund")):
        carryover, before = exact(facts.carryover[f]), ZERO
        window = np.flatnonzero(facts.fund_open[f])
        end = int(window[-1]) if len(window) else -1
        for t in range(facts.size("period")):
            arrives, brought, spend, carried, unspent = plan.lines.balances.get((f, t), nothing)
            largest = max(abs(a) for a in (arrives, brought, spend, carried, unspent, before))
            item = plan.name(fund=f, period=t)
            equal = (
                ("installment", exact(facts.installment[f, t]), arrives),
                ("brought forward", before, brought),
                ("spend", spent.get((f, t), ZERO), spend),
                ("what is spent, carried forward and unspent", arrives + brought, spend + carried + unspent),
            )
            for what, required, achieved in equal:
                if required != achieved:
                    said = f"Balances, {item}: {what} is {say(achieved)}, it should be {say(required)}."
                    most = max(largest, abs(required))
                    yield Miss("balance", item, required, achieved, abs(required - achieved), most, FIGURE, said)
            limit = ZERO if t >= end else carryover * (arrives + brought)
            if carried > limit:
                why = "the fund's window ends" if t >= end else f"at most {say(limit)} may"
                said = f"Balances, {item}: {say(carried)} moves on to the next period, but {why}."
                yield Miss("carry-over", item, limit, carried, carried - limit, largest, FIGURE, said)
            before = carried


def match(plan: CheckedPlan) -> Iterator[Miss]:
    """What a fund asks as match comes from elsewhere, initiative by initiative, and counts once."""
    facts, lines = plan.facts, plan.lines
    spent, counted = lines.spend.sums("fund", "initiative"), lines.match.sums("fund", "initiative")
    for (f, i), spend in spent.items():
        rate = exact(facts.match_rate[f])
        needed, given = rate / (1 - rate) * spend, counted.get((f, i), ZERO)
        if needed > given:
            item = plan.name(fund=f, initiative=i)
            said = f"{item}: {say(given)} counts as match, {say(needed)} is needed for {say(spend)} of spend."
            yield Miss("match", item, needed, given, needed - given, max(needed, given), FIGURE, said)
    worth: dict[int, Fraction] = {}
    for (a, k, t, i), fte in lines.posts.sums("agency", "role", "period", "initiative").items():
        worth[i] = worth.get(i, ZERO) + exact(facts.cost_per_fte[a, k, t]) * fte
    for (g, i), used in lines.match.sums("source", "initiative").items():
        there = spent.get((g, i), ZERO) if g >= 0 else worth.get(i, ZERO)
        if used > there:
            source = facts.names["fund"][g] if g >= 0 else "in kind"
            item = f"{source}, {plan.name(initiative=i)}"
            said = f"{item}: {say(used)} counts as match, there is only {say(there)}."
            kind = FIGURE if g >= 0 else LOOSE
            yield Miss("no double", item, there, used, used - there, max(used, there), kind, said)
