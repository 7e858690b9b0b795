"""Figures and findings as people read them. Every sentence is computed from the plan that it speaks of."""

from __future__ import annotations

from optimiser.case.words import (
    MINUS,
    POINTS,
    SYMBOLS,
    fte,
    is_share,
    money_change,
    money_exact,
    money_short,
    number,
    percent,
    percent_up,
    points,
    points_change,
    rounded_up,
)
from optimiser.plan.derive import FULL, IN_FULL, NOT_FUNDED, TOGETHER
from optimiser.plan.tables import Plan
from optimiser.report.status import quality

__all__ = [
    "MINUS",
    "POINTS",
    "SYMBOLS",
    "fte",
    "headline",
    "is_share",
    "money_change",
    "money_exact",
    "money_short",
    "number",
    "percent",
    "percent_up",
    "points",
    "points_change",
    "quality",
    "rounded_up",
    "rules_kept",
    "state",
    "states",
]

# -- findings -------------------------------------------------------------------------------------------------------------


def headline(plan: Plan) -> str:
    """What the plan does, in one sentence: 27 of 30 initiatives are funded, 12 of them in full."""
    if not plan.has_plan:
        return quality(plan)
    states = plan.tables["Awards"]["state"].tolist()
    every, full = len(states), states.count(IN_FULL)
    funded = every - states.count(NOT_FUNDED)
    if not every:
        return "There are no initiatives."
    if not funded:
        return "The only initiative is not funded." if every == 1 else f"None of the {every} initiatives is funded."
    if every == 1:
        return "The only initiative is funded in full." if full else "The only initiative is funded in part."
    if funded == every:
        lead = f"All {every} initiatives are funded"
    else:
        lead = f"{funded} of {every} initiatives {'is' if funded == 1 else 'are'} funded"
    if funded == 1:
        return f"{lead}, in {'full' if full else 'part'}."
    return f"{lead}, {'all' if full == funded else full or 'none'} of them in full."


def state(request: float, award: float, level: float, currency: str = "USD") -> str:
    """How far one initiative is funded: Funded at 69%: $630k of $1.05m."""
    if level <= 1e-9 and award <= 0:
        return "Not funded."
    how = "in full" if level >= FULL else f"at {percent(level)}"
    if not request and not award:
        return f"Delivered {how}, with people alone."
    if not award:
        return f"Funded {how}, without money."
    given, asked = money_short(award, currency), money_short(request, currency)
    if award > request:
        return f"Funded {how}: {given}, for a request of {asked}."
    return f"Funded {how}: {given}." if given == asked and award == request else f"Funded {how}: {given} of {asked}."


def states(plan: Plan) -> dict[str, str]:
    """Of each initiative, how far it is funded."""
    currency = plan.case.settings.currency
    awards = plan.tables["Awards"]
    return {
        a["initiative"]: f"Several together: {money_short(a['award'], currency)}."
        if a["state"] == TOGETHER
        else state(a["request"], a["award"], a["level"], currency)
        for a in awards.records()
    }


def rules_kept(plan: Plan) -> str:
    """How many rules the plan keeps: All 12 rules are kept; or which soft ones it breaks."""
    if not plan.has_plan:
        return "There is no plan that could keep or break a rule."
    rows = list(plan.tables["Compliance"].records())
    names = list(dict.fromkeys(r["rule"] for r in rows))
    broken = list(dict.fromkeys(r["rule"] for r in rows if not r["kept"]))
    if not names:
        return "There are no rules."
    kept = len(names) - len(broken)
    if not broken:
        return "The only rule is kept." if len(names) == 1 else f"All {len(names)} rules are kept."
    soft = all(not r["hard"] for r in rows if not r["kept"])
    which = ", ".join(broken[:5]) + (f" and {len(broken) - 5} more" if len(broken) > 5 else "")
    why = "broken at its penalty" if soft and len(broken) == 1 else "broken at their penalty" if soft else "broken"
    return f"{kept} of {len(names)} rules {'is' if kept == 1 else 'are'} kept; {why}: {which}."
