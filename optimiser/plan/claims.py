"""What the sheet Proof claims of a plan, against what the plan's own tables come to. No matrix, no solver.

That a bound is right takes a solver to know; that the plan is as good as is said, and as near to the bound, does not.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from optimiser.case.case import Case
from optimiser.case.facts import Facts
from optimiser.case.table import Table
from optimiser.case.tolerances import BARELY, OPTIMAL_GAP, SAME, WRITTEN
from optimiser.model.rules.number import WEIGHTED
from optimiser.model.rules.terms import exact
from optimiser.plan.derive import derive
from optimiser.plan.lines import DecisionLines, decode
from optimiser.plan.plan_checks import say
from optimiser.plan.tables import Plan, Stage
from optimiser.plan.verify import Broken

_LEAST, _MOST = "least", "most"
SENSE: Mapping[str, str] = {
    "impact": _MOST, "fairness": _MOST, "penalty": _LEAST, "coverage": _LEAST, "stability": _LEAST, "thrift": _LEAST
}  # fmt: skip
"""Whether an objective's value is the better the more, or the less."""
_MONEY = ("coverage", "stability", "thrift")


def unfounded(plan: Plan) -> list[Broken]:
    """Every claim of a plan's proof that its tables do not bear out. The decision tables are those of `plan.tables`."""
    lines = decode(plan.case.facts, plan.tables)
    derived = derive(plan.case, plan.tables, lines=lines)
    return [*_impact(plan, derived), *_stages(plan, lines, derived), *_status(plan)]


def beyond(plan: Plan) -> list[str]:
    """The stages that this plan's tables alone do not make, such as an average over draws."""
    return [stage.objective for stage in plan.stages if stage.objective not in SENSE]


def _claim(item: str, said: float, found: float, sentence: str) -> Broken:
    return Broken("claim", f"Proof: {item}", said, found, abs(said - found), sentence)


def _impact(plan: Plan, derived: Mapping[str, Table]) -> Iterator[Broken]:
    found = math.fsum(derived["Awards"]["impact"].tolist())
    said = math.nan if plan.impact is None else plan.impact
    if not abs(said - found) <= SAME * max(1.0, abs(found)):
        yield _claim("impact", said, found, f"Proof says an impact of {_said(said)}, the tables make {_said(found)}.")


def _stages(plan: Plan, lines: DecisionLines, derived: Mapping[str, Table]) -> Iterator[Broken]:
    """Each stage: as good as it says, no better than its bound, and its best not given away."""
    lowest = 0
    wanted = [o.name for o in plan.case.settings.objective]
    if not beyond(plan) and [n for n in dict.fromkeys(s.objective for s in plan.stages) if n != "penalty"] != wanted:
        said = ", ".join(s.objective for s in plan.stages) or "none"
        yield _claim("stages", 0.0, 1.0, f"Proof has the stages {said}, the case asks for {', '.join(wanted)}.")
    for number, stage in enumerate(plan.stages, 1):
        lowest += stage.objective == "fairness"
        if stage.objective not in SENSE:
            continue
        sign = 1.0 if SENSE[stage.objective] == _MOST else -1.0
        found = _value(stage.objective, lowest, plan.case, lines, derived)
        slack = _slack(plan, stage, lines, derived)
        name = f"stage {number}, {stage.objective}"
        if not sign * (stage.achieved - found) <= slack:
            said = f"Proof says that the plan has {stage.objective} {_said(stage.achieved)}, the tables make {_said(found)}."
            yield _claim(name, stage.achieved, found, said)
        if sign * (found - stage.bound) > slack:
            said = f"The plan has {stage.objective} {_said(found)}, beyond the bound {_said(stage.bound)} of Proof: it is another plan's."
            yield _claim(f"{name}, bound", stage.bound, found, said)
        given = stage.within * abs(stage.best)
        if not sign * (stage.best - found) <= given + slack:
            said = f"Proof says that {stage.objective} {_said(stage.best)} was reached, the tables have {_said(found)}."
            yield _claim(f"{name}, best", stage.best, found, said)


def _value(name: str, lowest: int, case: Case, lines: DecisionLines, derived: Mapping[str, Table]) -> float:
    """The value of an objective, from the plan's tables; of fairness the sum of the `lowest` lowest ratios."""
    facts, lost = case.facts, math.fsum(derived["Compliance"]["penalty"].tolist())
    award = lines.spend.float_sums("initiative", facts.size("initiative"))
    if name == "impact":
        return math.fsum(derived["Awards"]["impact"].tolist()) - lost
    if name == "penalty":
        return lost
    if name == "thrift":
        return math.fsum(award.tolist())
    if name == "stability":
        return math.fsum(np.abs(award - facts.baseline).tolist())
    if name == "coverage":
        return _uncovered(facts, award)
    paid = facts.contribution.sum(axis=1)
    received = lines.spend.float_sums("agency", facts.size("agency"))
    return math.fsum(sorted((received[paid > 0] / paid[paid > 0]).tolist())[:lowest])


def _uncovered(facts: Facts, award: np.ndarray[Any, Any]) -> float:
    need, total = facts.sorted["area"]["need"], 0.0
    for area in np.flatnonzero(need > 0).tolist():
        inside = (facts.initiative_area >= 0) & facts.area_includes[area][facts.initiative_area]
        total += max(0.0, float(need[area]) - math.fsum(award[inside].tolist()))
    return total


def _slack(plan: Plan, stage: Stage, lines: DecisionLines, derived: Mapping[str, Table]) -> float:
    """By how much a value may differ: a millionth, and what rounding each line of spend may do to it."""
    rounding = plan.case.settings.rounding * len(lines.spend) if plan.proof.whole else 0.0
    worth = 0.0
    if stage.objective in _MONEY:
        worth = 1.0
    elif stage.objective == "fairness":
        paid = plan.case.facts.contribution.sum(axis=1)
        worth = float((1 / paid[paid > 0]).sum())
    elif rounding:
        penalties = {
            r["rule"]: r["penalty"] for r in plan.case.tables["Rules"].records() if r["penalty"] == r["penalty"]
        }
        for row in derived["Compliance"].records():
            # The breach of a mean is in points × money, of which a unit of money is worth up to a hundred.
            scale = 100.0 if row["unit"] == WEIGHTED else 1.0
            if not row["hard"] and row["headroom"] <= rounding * scale:
                worth += abs(penalties.get(row["rule"], 0.0)) * scale
    return SAME * max(1.0, abs(stage.best)) + rounding * worth


def _status(plan: Plan) -> Iterator[Broken]:
    """Whether the word for how good the plan is fits the bounds that stand beside it."""
    gaps = [_gap(stage, plan.case.facts) for stage in plan.stages]
    gap = max((g for g in gaps if g == g), default=0.0) if all(g == g for g in gaps) else math.inf
    most = {"optimal": OPTIMAL_GAP, "within_gap": max(plan.case.settings.gap, OPTIMAL_GAP), "stopped": math.inf}
    if plan.status not in most:
        yield _claim("status", 0.0, 1.0, f'Proof says the status "{plan.status}", which no plan has.')
    elif gap > most[plan.status] * (1 + SAME) + WRITTEN:
        far = "no bound is known" if gap == math.inf else f"the bound is {gap:.3%} away"
        yield _claim("status", most[plan.status], gap, f'Proof says "{plan.status}", but {far}.')
    said = math.nan if plan.gap is None else plan.gap
    if (
        plan.status != "stopped"
        and gap < math.inf
        and gap > (said if said == said else 0.0) + max(OPTIMAL_GAP, gap * BARELY)
    ):
        yield _claim("gap", said, gap, f"Proof says a gap of {_said(said)}, its stages have {_said(gap)}.")


def _gap(stage: Stage, facts: Facts) -> float:
    """How far the bound of a stage is from its best, as a share of it (of very small ones, of what is small in this case);
    NaN where there is no bound."""
    small = float(facts.amount.sum()) / 1000 if stage.objective in _MONEY else 0.0
    return abs(stage.bound - stage.best) / max(abs(stage.best), small, 1.0)


def _said(value: float) -> str:
    return say(exact(value)) if math.isfinite(value) else "none"
