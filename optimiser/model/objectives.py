"""The objectives as costs to be minimised, with the columns and rows that some of them need."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from optimiser.case.table import Array
from optimiser.model.matrix import StageCost
from optimiser.model.rows import NONE, Block, block_of
from optimiser.model.variables import INT, Variables

Made = tuple[list[Block], list[tuple[dict[str, Array], float]]]
"""Rows, and for each stage its costs (family -> cost of each column) with the reader's sign."""


def impact(v: Variables, penalty: dict[str, Array]) -> Made:
    """Σ impact of initiatives − Σ penalty × breach, most."""
    f, level, achieved = v.facts, v["level"].keys, v["achieved"].keys
    by_initiative = f.impact_factor if not len(f.at_full) else np.zeros(f.size("initiative"))
    if len(f.at_full):
        straight = f.outcome_curve < 0
        np.add.at(by_initiative, f.outcome_initiative[straight], f.outcome_value[straight])
    cost = {
        "level": -by_initiative[level["initiative"]] * f.effectiveness[level["pair"]],
        "achieved": -f.outcome_value[achieved["row"]] * v.segment_slope,
    }
    return [], [({**cost, **penalty}, -1.0)]


def thrift(v: Variables, penalty: dict[str, Array]) -> Made:
    """Σ spend, least."""
    return [], [({"spend": np.ones(v["spend"].size)}, 1.0)]


def stability(v: Variables, penalty: dict[str, Array]) -> Made:
    """Σ of abs(award − baseline), least."""
    f = v.facts
    every = np.arange(f.size("initiative"), dtype=INT)
    most = float(f.amount.sum() + f.baseline.sum())
    v.add("above baseline", most, initiative=every)
    v.add("below baseline", most, initiative=every)
    spend = v["spend"].keys["initiative"], v.columns("spend"), 1.0
    above, below = (every, v.columns("above baseline"), -1.0), (every, v.columns("below baseline"), 1.0)
    rows = block_of("baseline", {"initiative": every}, f.baseline, f.baseline, spend, above, below)
    one = np.ones(len(every))
    return [rows], [({"above baseline": one, "below baseline": one}, 1.0)]


def coverage(v: Variables, penalty: dict[str, Array]) -> Made:
    """Σ over areas of max(0, need − awards in the area and inside it), least."""
    f = v.facts
    need = f.sorted["area"]["need"]
    areas = np.flatnonzero(need > 0)
    v.add("shortfall", need[areas], area=areas)
    entries = [(np.arange(len(areas)), v.columns("shortfall"), 1.0)]
    initiative = v["spend"].keys["initiative"]
    for k, area in enumerate(areas.tolist()):
        inside = (f.initiative_area >= 0) & f.area_includes[area][f.initiative_area]
        mine = np.flatnonzero(inside[initiative])
        entries.append((np.full(len(mine), k), v.columns("spend")[mine], 1.0))
    rows = block_of("coverage", {"area": areas}, need[areas], NONE, *entries)
    return [rows], [({"shortfall": np.ones(len(areas))}, 1.0)]


def fairness(v: Variables, penalty: dict[str, Array]) -> Made:
    """Leximin of money received / contribution: for k = 1, 2, …, the sum of the k lowest, most.

    Σ of the k lowest ratios = max over t of k·t − Σ_a max(0, t − ratio[a]) (Ogryczak and Śliwiński 2003).
    """
    f = v.facts
    paid = f.contribution.sum(axis=1)
    agencies = np.flatnonzero(paid > 0)
    count = len(agencies)
    if not count:
        # Where nobody contributes, every plan is as fair as any other.
        return [], [({}, -1.0)]
    most = float(f.amount.sum()) / paid[agencies]
    v.add("ratio", most, agency=agencies)
    number = np.full(f.size("agency"), -1, INT)
    number[agencies] = np.arange(count)
    spend = v["spend"].keys["agency"]
    kept = number[spend] >= 0
    received = number[spend][kept], v.columns("spend")[kept], 1 / paid[spend[kept]]
    rows = np.arange(count)
    blocks = [block_of("ratio", {"agency": agencies}, 0.0, 0.0, received, (rows, v.columns("ratio"), -1.0))]
    stages: list[tuple[dict[str, Array], float]] = []
    highest = float(most.max(initial=0.0))
    for k in range(1, count + 1):
        level, short = f"level of the {k} lowest", f"below the {k} lowest"
        v.add(level, highest, lowest=np.array([k]))
        v.add(short, highest, agency=agencies)
        terms = ((v.columns(short), 1.0), (v.columns("ratio"), 1.0), (np.repeat(v.columns(level), count), -1.0))
        entries = ((rows, column, value) for column, value in terms)
        blocks.append(block_of(f"the {k} lowest", {"agency": agencies}, 0.0, NONE, *entries))
        stages.append(({level: np.array([-float(k)]), short: np.ones(count)}, -1.0))
    return blocks, stages


OBJECTIVES: dict[str, Callable[[Variables, dict[str, Array]], Made]] = {
    "impact": impact,
    "fairness": fairness,
    "coverage": coverage,
    "stability": stability,
    "thrift": thrift,
}


Costs = tuple[str, dict[str, Array], float, float]
"""A stage by families: name, cost of each column, the reader's sign, and what later stages may give up."""


def stages(v: Variables, penalty: dict[str, Array]) -> tuple[list[Block], list[Costs]]:
    """Rows that the case's objectives need, and the stages: name, costs by family, the reader's sign, and what may be given up.

    penalty: cost of each breach column of soft rules. Where impact is no objective, total penalty is minimised first.
    """
    blocks: list[Block] = []
    made: list[Costs] = []
    objectives = v.facts.settings.objective
    if penalty and all(o.name != "impact" for o in objectives):
        made.append(("penalty", penalty, 1.0, 0.0))
    for objective in objectives:
        rows, costs = OBJECTIVES[objective.name](v, penalty)
        blocks += rows
        made += [(objective.name, cost, sign, objective.within) for cost, sign in costs]
    return blocks, made


def assemble_stage(v: Variables, name: str, costs: dict[str, Array], sign: float, within: float) -> StageCost:
    """One stage with a cost for every column of the model."""
    cost = np.zeros(v.size)
    for family, values in costs.items():
        cost[v[family].span] = values
    return StageCost(name, cost, sign, within)
