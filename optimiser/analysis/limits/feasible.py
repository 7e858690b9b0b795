"""The linear program of a case's feasibility, in which every limit has a row of its own that can be taken out.

What cannot make a case infeasible is left out (objectives, soft rules), and bounds of columns, which only repeat limits,
are wide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from optimiser.case.facts import Facts
from optimiser.case.table import Array
from optimiser.model.extend import with_rows
from optimiser.model.matrix import Model, StageCost
from optimiser.model.rows import SMALLEST_LEVEL
from optimiser.model.rules import Compiled

WIDE = ("spend", "carry", "unspent", "match", "in kind", "post", "hire")
"""Families whose upper bounds only repeat limits that stand in rows."""


def _counted(facts: Facts, rules: Sequence[Compiled]) -> Array:
    """[I]: whether some rule asks if the initiative is funded."""
    counted = np.zeros(facts.size("initiative"), bool)
    for compiled in rules:
        for block in compiled.blocks:
            for term in (*block.left, *block.right):
                if term.measure == "funded":
                    counted |= term.weights.get("initiative", np.ones(len(counted))) != 0
    return counted


def feasibility(facts: Facts, model: Model, rules: Sequence[Compiled]) -> Model:
    """Limits as rows, wide bounds, and nothing to be minimised."""
    counted = _counted(facts, rules)
    money_reach = 10.0 * float(
        facts.amount.sum() + facts.request.sum() + facts.minimum.sum() + facts.agency_minimum.sum() + 1
    )
    people_reach = 1e3 + 10.0 * float(facts.need.sum() * facts.size("period") + facts.releasable_fte.sum())
    upper, lower = model.column_upper.copy(), model.column_lower.copy()
    for name in WIDE:
        upper[model.columns[name].span] = people_reach if name in ("post", "hire") else money_reach
    level, funded = model.columns["level"], model.columns["funded"]
    upper[level.span] = 100.0
    lower[funded.span] = 0.0
    shut = np.flatnonzero(facts.maximum == 0)
    rows: list[tuple[str, Array, list[tuple[Array, Array]], float, float]] = []
    mine = [level.where(initiative=i) for i in range(facts.size("initiative"))]
    rows.append(("shut", shut, [(mine[i], np.ones(len(mine[i]))) for i in shut.tolist()], -np.inf, 0.0))
    switched = funded.keys["initiative"]
    column = {i: funded.first + k for k, i in enumerate(switched.tolist())}
    must = np.array([i for i in switched.tolist() if facts.must_fund[i]], np.int32)
    rows.append(("must", must, [(np.array([column[i]]), np.ones(1)) for i in must.tolist()], 1.0, np.inf))
    held = set(model.rows["funded"].keys["initiative"].tolist())
    free = np.array([i for i in switched.tolist() if i not in held and counted[i]], np.int32)
    smallest = [
        (np.append(mine[i], column[i]), np.append(np.ones(len(mine[i])), -SMALLEST_LEVEL)) for i in free.tolist()
    ]
    rows.append(("smallest", free, smallest, -np.inf, np.inf))
    made = replace(
        model,
        column_lower=lower,
        column_upper=upper,
        stages=(StageCost("feasible", np.zeros(len(lower))),),
        ties=(),
    )
    for name, initiatives, entries, low, high in rows:
        made = with_rows(made, name, {"initiative": initiatives}, entries, low, high)
    return made
