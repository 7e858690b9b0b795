"""Figures and findings as people read them. Every sentence is computed from the plan that it speaks of."""

from __future__ import annotations

import math

from optimiser.case.words import (
    MINUS,
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
from optimiser.plan.tables import Plan, Stage

__all__ = [
    "MINUS",
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

_BETTER = {
    "impact": "has more impact",
    "fairness": "gives the agencies that get least for what they pay in more",
    "coverage": "leaves less of the areas' need uncovered",
    "stability": "is nearer to last year's awards",
    "thrift": "spends less",
    "penalty": "breaks the soft rules at less penalty",
}


def quality(plan: Plan) -> str:
    """How good the answer is, in one sentence that is true of every stage of it."""
    if plan.status == "infeasible":
        return "No plan is possible: the limits and rules of this case cannot all hold."
    if not plan.has_plan:
        return f"Stopped after {_after(plan)}, before any plan was found."
    if plan.status == "optimal":
        return _best(plan)
    stage = _worst(plan.stages)
    missing = abs(stage.bound - stage.best) if stage else math.nan
    share = missing / abs(stage.best) if stage and stage.best else math.nan
    if plan.status == "within_gap":
        if stage is None or math.isnan(missing):
            return f"Within {percent_up(plan.gap)} of the best." if plan.gap is not None else "Near the best."
        return (
            f"Within {percent_up(plan.gap or share)}: at most {_amount(stage, rounded_up(missing), plan)} are missing."
        )
    stopped = f"Stopped after {_after(plan)}. This is the best plan found"
    if math.isnan(share):
        return f"{stopped}; how much better another could be is not known."
    more = "more" if stage and stage.objective in ("impact", "fairness") else "less"
    of = "" if stage is None or stage.objective == "impact" else f" in {stage.objective}"
    return f"{stopped}; {percent_up(share)} {more}{of} cannot be ruled out."


def _best(plan: Plan) -> str:
    lead = "Proven best" if plan.proof.exact_bound else "Best by the solver's own bound"
    if plan.extra.get("cross_checked"):
        lead = "Best, cross-checked by a second solver"
    stages = _stages(plan)
    if not stages:
        return f"{lead}."
    first, rest = stages[0], stages[1:]
    given = (
        f", but for the {percent(first.within)} that it may give up for {rest[0].objective}"
        if rest and first.within
        else ""
    )
    said = f"{lead}: no other plan that keeps every rule {_BETTER.get(first.objective, 'is better')}{given}."
    if rest:
        later = [f"{s.objective} (but for {percent(s.within)})" if s.within else s.objective for s in rest[:-1]]
        said += f" Among those plans it is the best in {' and then '.join([*later, rest[-1].objective])}."
    return said


def _stages(plan: Plan) -> list[Stage]:
    """The stages that are objectives of the case (fairness has several of one name), each once."""
    return list({s.objective: s for s in reversed(plan.stages)}.values())[::-1]


def _worst(stages: tuple[Stage, ...]) -> Stage | None:
    def gap(stage: Stage) -> float:
        distance = abs(stage.bound - stage.best) / max(abs(stage.best), 1e-9)
        return distance if not math.isnan(distance) else math.inf

    return max(stages, key=gap, default=None)


def _amount(stage: Stage, value: float, plan: Plan) -> str:
    if stage.objective == "impact":
        return f"{number(value, 12)} point{'s' * (value != 1)}"
    if stage.objective in ("coverage", "stability", "thrift"):
        return money_exact(math.ceil(value), plan.case.settings.currency)
    return f"{number(value, 12)} of {stage.objective}"


def _after(plan: Plan) -> str:
    seconds = plan.seconds.get("solve", 0.0)
    return f"{seconds:.0f} s" if seconds >= 1 else f"{number(seconds, 2)} s"


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
