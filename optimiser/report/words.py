"""Figures and findings as people read them. Every sentence is computed from the plan that it speaks of."""

from __future__ import annotations

from optimiser.case.readable import (
    MINUS,
    POINTS,
    SYMBOLS,
    all_of,
    counted,
    digits,
    fte,
    fte_between,
    funded_words,
    listed,
    money_between,
    money_change,
    money_exact,
    money_short,
    number,
    percent,
    percent_up,
    points,
    points_between,
    points_gap,
    points_titled,
    shown_points,
    some_of,
    tenths,
    written,
)
from optimiser.case.table import summed
from optimiser.case.tolerances import FULL, FUNDED, HALF_A_CENT
from optimiser.plan.derive import IN_FULL, NOT_FUNDED, TOGETHER
from optimiser.plan.tables import Plan
from optimiser.report.status import quality

__all__ = [
    "MINUS",
    "POINTS",
    "SYMBOLS",
    "all_of",
    "beyond_request",
    "counted",
    "digits",
    "fte",
    "fte_between",
    "headline",
    "listed",
    "money_between",
    "money_change",
    "money_exact",
    "money_short",
    "number",
    "percent",
    "percent_up",
    "points",
    "points_between",
    "points_gap",
    "points_titled",
    "quality",
    "rules_kept",
    "shown_points",
    "some_of",
    "state",
    "states",
    "tenths",
    "written",
]

# -- findings -------------------------------------------------------------------------------------------------------------


def headline(plan: Plan) -> str:
    """What the plan does, in one sentence: 27 of 30 initiatives are funded, 12 of them in full."""
    if not plan.has_plan:
        return quality(plan)
    states = plan.tables["Awards"]["state"].tolist()
    every, full = len(states), states.count(IN_FULL)
    funded = every - states.count(NOT_FUNDED)
    return funded_words(every, funded, full)


def state(request: float, award: float, level: float, currency: str = "USD", beyond: str = "") -> str:
    """How far one initiative is funded: Funded at 69%: $630,000 of $1,050,000. beyond: why it gets more than it asked for."""
    if level <= FUNDED and award <= 0:
        return "Not funded."
    how = "in full" if level >= FULL else f"at {percent(level)}"
    if not request and not award:
        return f"Delivered {how}, with people alone."
    if not award:
        return f"Funded {how}, without money."
    given, asked = money_exact(award, currency), money_exact(request, currency)
    if given == asked:
        return f"Funded {how}: {given}."
    if award > request:
        return f"Funded {how}: {given}, for a request of {asked}{f'; {beyond}' if beyond else ''}."
    return f"Funded {how}: {given} of {asked}{f'; {beyond}' if beyond else ''}."


def states(plan: Plan) -> dict[str, str]:
    """Of each initiative, how far it is funded."""
    currency = plan.case.settings.currency
    awards, beyond = plan.tables["Awards"], beyond_request(plan)
    return {
        a["initiative"]: f"Several together: {money_exact(a['award'], currency)}."
        if a["state"] == TOGETHER
        else state(a["request"], a["award"], a["level"], currency, beyond.get(a["initiative"], ""))
        for a in awards.records()
    }


def beyond_request(plan: Plan) -> dict[str, str]:
    """Of each initiative whose award is another part of its request than its level is of its scope, what makes it so."""
    currency, least = plan.case.settings.currency, plan.case.settings.rounding or HALF_A_CENT
    work, hires, said = _work(plan), _hire_money(plan), dict[str, str]()
    for a in plan.tables["Awards"].records():
        if a["state"] == TOGETHER:
            continue
        hired, dearer = hires.get(a["initiative"], 0.0), a["request"] * work.get(a["initiative"], 0.0)
        parts = (("people who are hired", hired), ("the higher cost of who delivers it", dearer))
        named = [(what, money_exact(v, currency)) for what, v in parts if v >= least]
        told = [f"{money}{' of it is' * (not k)} for {what}" for k, (what, money) in enumerate(named)]
        words = [listed(told)] if told else []
        if dearer <= -least:
            words.append(f"who delivers it costs {money_exact(-dearer, currency)} less")
        if words or a["award"] > a["request"]:
            said[a["initiative"]] = "; ".join(words) or "the rest is rounding"
    return said


def _work(plan: Plan) -> dict[str, float]:
    """Σ (cost_factor − 1) · level of each initiative: what its delivery costs beyond the plain cost, in requests."""
    facts = plan.case.facts
    factor = {
        (facts.names["initiative"][i], facts.names["agency"][a]): f
        for i, a, f in zip(
            facts.partner_initiative.tolist(), facts.partner_agency.tolist(), facts.cost_factor.tolist(), strict=True
        )
    }
    return summed(
        (r["initiative"], r["level"] * (factor.get((r["initiative"], r["agency"]), 1.0) - 1.0))
        for r in plan.tables["Levels"].records()
    )


def _hire_money(plan: Plan) -> dict[str, float]:
    """What the people who are hired for each initiative cost."""
    facts, hires = plan.case.facts, plan.tables["Hires"]
    a, k, t = (facts.code(d, hires[d]) for d in ("agency", "role", "period"))
    cost = facts.hire_cost[a, k, t] * hires["fte"]
    return summed(zip(hires["initiative"].tolist(), cost.tolist(), strict=True))


def rules_kept(plan: Plan) -> str:
    """How many rules the plan keeps: All 12 rules are kept; or which soft ones it breaks."""
    if not plan.has_plan:
        return "There is no plan that could keep or break a rule."
    rows = list(plan.limits())
    names = list(dict.fromkeys(r["rule"] for r in rows))
    broken = list(dict.fromkeys(r["rule"] for r in rows if not r["kept"]))
    if not names:
        return "There are no rules."
    kept = len(names) - len(broken)
    if not broken:
        return f"{all_of(len(names), 'rule')} kept."
    soft = all(not r["hard"] for r in rows if not r["kept"])
    which = listed(broken, most=5)
    why = "broken at its penalty" if soft and len(broken) == 1 else "broken at their penalty" if soft else "broken"
    return f"{kept} of {len(names)} rules {'is' if kept == 1 else 'are'} kept; {why}: {which}."
