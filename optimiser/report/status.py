"""How sure an answer is, in words: the one place for command line, app, report and workbook.

"Proven best" is said only where the bound was proved in exact arithmetic and the plan's own tables meet it.
"""

from __future__ import annotations

import math

import numpy as np

from optimiser.case import impact
from optimiser.case.readable import POINTS, digits, listed, money_exact, number, percent_up, points, rounded_up, written
from optimiser.case.tolerances import FULL, LARGE_LOST, LEAST, OPTIMAL_GAP
from optimiser.plan.tables import Plan, Stage

_BETTER = {
    "impact": "has more impact",
    "fairness": "gives the agencies that get least for what they pay in more",
    "coverage": "leaves less of the areas' need uncovered",
    "stability": "is nearer to last year's awards",
    "thrift": "spends less",
    "penalty": "breaks the soft rules at less penalty",
}


_ABOVE = 100
"""Who would add so many times more than what is not proven was not overlooked: in exchange for others it may add less."""

MOST = ("impact", "fairness")
"""Objectives of which more is better."""


def badge(plan: Plan) -> str:
    """How good the answer is, in two or three words; `quality` says it in full."""
    if plan.status == "infeasible":
        return "No plan is possible"
    if not plan.has_plan:
        return "Stopped, nothing found"
    if plan.status == "optimal":
        if plan.proof.exact_bound:
            return "Best to a billionth" if _unseen(plan) else "Proven best"
        return "Best, cross-checked" if plan.extra.get("cross_checked") else "Best by the solver"
    if plan.status == "within_gap" or _only_rounded(plan):
        return f"Within {percent_up(plan.gap or 0.0)}"
    return "Stopped early" if plan.extra.get("early", True) else "Best plan found"


def ending(plan: Plan) -> str:
    """How good the answer is, as the end of a sentence."""
    if plan.status == "optimal":
        to = " to a billionth" if _unseen(plan) else ""
        return f"solved and proven{to}" if plan.proof.exact_bound else "the best by the solver's own bound"
    if plan.status != "within_gap" and not _only_rounded(plan):
        return "the best plan found"
    return f"within {percent_up(plan.gap or 0.0)} of the best"


def _only_rounded(plan: Plan) -> bool:
    """Whether the best plan was found, and whole units alone keep this one farther from it than the case accepts."""
    return plan.status == "stopped" and bool(plan.extra.get("fractions")) and plan.gap is not None


def _unseen(plan: Plan) -> list[str]:
    """Initiatives that did not get all and would add less than is proven, beside the impact of all the others.

    A plan is called optimal within so much: of these alone nobody knows whether they could have been funded as well.
    """
    stage = next((s for s in plan.stages if s.objective == "impact"), None)
    if stage is None or not plan.has_plan:
        return []
    facts = plan.case.facts
    level = dict(zip(*(plan.tables["Awards"][c].tolist() for c in ("initiative", "level")), strict=True))
    full = facts.impact(np.ones(facts.size("initiative")))
    proven = max(abs(stage.bound - stage.best), LARGE_LOST * abs(stage.best))
    doubtful = (full < OPTIMAL_GAP * abs(stage.best)) & ~(full > _ABOVE * proven)
    small = np.flatnonzero((full > 0) & (facts.maximum > 0) & doubtful).tolist()
    some = [i for i in small if level.get(facts.names["initiative"][i], 1.0) < FULL]
    return [facts.called("initiative", i) for i in some]


def quality(plan: Plan) -> str:
    """How good the answer is, in one sentence that is true of every stage of it."""
    if plan.status == "infeasible":
        return "No plan is possible: the limits and rules of this case cannot all hold."
    if not plan.has_plan:
        return f"Stopped after {_after(plan)}, before any plan was found."
    if plan.status == "optimal":
        return _best(plan)
    stage = max(plan.stages, key=_share, default=None)
    missing = _missing(stage) if stage else math.nan
    share = _share(stage) if stage and stage.best and math.isfinite(missing) else math.nan
    if plan.status == "within_gap":
        if stage is None or math.isnan(missing):
            return f"Within {percent_up(plan.gap)} of the best." if plan.gap is not None else "Near the best."
        return f"Within {percent_up(plan.gap or share)}: no plan is better by more than {_amount(stage, rounded_up(missing), plan)}."
    if _only_rounded(plan):
        of = f"Within {percent_up(plan.gap or 0.0)} of the best plan, which has fractions"
        return f"{of}: none was found in whole units that is nearer."
    ended = f"Stopped after {_after(plan)}. " if plan.extra.get("early", True) else ""
    stopped = f"{ended}This is the best plan found"
    if math.isnan(share):
        return f"{stopped}; how much better another could be is not known."
    more = "more" if stage and stage.objective in MOST else "less"
    of = "" if stage is None or stage.objective == "impact" else f" in {stage.objective}"
    return f"{stopped}; {percent_up(share)} {more}{of} cannot be ruled out."


def _best(plan: Plan) -> str:
    lead = "Proven best" if plan.proof.exact_bound else "Best by the solver's own bound"
    if plan.extra.get("cross_checked"):
        lead = "Best, cross-checked by a second solver"
    stages, unseen = _stages(plan), _unseen(plan)
    if not stages:
        return f"{lead}."
    if unseen and lead == "Proven best":
        lead = badge(plan)
    first, rest = stages[0], stages[1:]
    given = (
        f", but for the {written(first.within, share=True)} that it may give up for {rest[0].objective}"
        if rest and first.within
        else ""
    )
    better = _BETTER.get(first.objective, "is better")
    said = f"{lead}: no other plan that keeps every rule {better}{given}."
    if first.objective == "impact" and not all(plan.tables["Compliance"]["kept"].tolist()):
        # A soft rule is broken for a penalty: it is less that then remains that no other plan exceeds.
        said = f"{lead}: with the penalties of broken rules taken off, no other plan that keeps every hard rule {better}{given}."
    if rest:
        later = [
            f"{s.objective} (but for {written(s.within, share=True)})" if s.within else s.objective for s in rest[:-1]
        ]
        said += f" Among those plans it is the best in {' and then '.join([*later, rest[-1].objective])}."
    if unseen:
        they, ask = ("it adds", "it") if len(unseen) == 1 else ("each adds", "them")
        said += (
            f" This is proven to a billionth: whether there is room for {listed(unseen, most=3)} is not, since {they} less than "
            f"that. To fund {ask}, write yes in must_fund (Initiatives)."
        )
    return said


def _stages(plan: Plan) -> list[Stage]:
    """The stages that are objectives of the case (fairness has several of one name), each once."""
    return list({s.objective: s for s in reversed(plan.stages)}.values())[::-1]


def _missing(stage: Stage) -> float:
    """How far the plan is from the bound of a stage, beyond what it may give up; infinite where there is no bound."""
    sign = 1 if stage.objective in MOST else -1
    given = sign * (stage.best - stage.achieved) - stage.within * abs(stage.best)
    missing = abs(stage.bound - stage.best) + max(given, 0.0)
    return missing if not math.isnan(missing) else math.inf


def _share(stage: Stage) -> float:
    return _missing(stage) / max(abs(stage.best), LEAST)


def _amount(stage: Stage, value: float, plan: Plan) -> str:
    if stage.objective == "impact":
        unit = impact.unit(plan.case)
        return f"{digits(value, 2)} point{'s' * (value != 1)}" if unit == POINTS else points(value, unit)
    if stage.objective in ("coverage", "stability", "thrift", "movement"):
        return money_exact(math.ceil(value), plan.case.settings.currency)
    return f"{digits(value, 2)} of {stage.objective}"


def _after(plan: Plan) -> str:
    seconds = plan.seconds.get("solve", 0.0)
    return f"{seconds:.0f} s" if seconds >= 1 else f"{number(seconds, 2)} s"
