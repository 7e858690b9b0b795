"""Where an initiative stops at a bend of its curve: what comes after brings less than what came before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimiser.analysis.limits.cell import Cell, where_of
from optimiser.analysis.reasons.ways import TriedChange, Ways
from optimiser.case.readable import percent
from optimiser.case.tolerances import NEAR_WHOLE

SLIGHT = 0.01
"""A bend that takes a smaller share of the slope away is none."""


@dataclass(frozen=True)
class Bend:
    """words: a sentence; way: the curve taken away, which is worth trying."""

    words: str
    way: TriedChange


def bend(ways: Ways, i: int) -> Bend | None:
    """The bend at which an initiative stands in the best plan; None where it stands at none."""
    facts, level = ways.facts, ways.study.level
    mine = level.keys["initiative"] == i
    effect = float((ways.base.x[level.span] * facts.effectiveness[level.keys["pair"]])[mine].sum())
    key = facts.names["initiative"][i]
    for n in np.flatnonzero((facts.outcome_initiative == i) & (facts.outcome_curve >= 0)).tolist():
        curve, outcome = facts.curves[facts.outcome_curve[n]], facts.outcomes[facts.outcome_of[n]]
        slope = np.diff(curve.achieved) / np.diff(curve.level)
        for at, before, after in zip(curve.level[1:-1].tolist(), slope[:-1].tolist(), slope[1:].tolist(), strict=True):
            if abs(effect - at) <= NEAR_WHOLE and after < before * (1 - SLIGHT):
                less = (
                    "nothing more" if after <= 0 else f"{percent(round(after / before, 2))} of what it brought before"
                )
                words = f"Its curve “{curve.name}” bends at {percent(at)} of its scope: each further step brings {less} in {outcome}."
                rows = [Cell("Outcomes", where_of(initiative=key, outcome=outcome), "curve").row("=")]
                return Bend(words, TriedChange("curve", rows, f"a straight line in place of the curve “{curve.name}”"))
    return None
