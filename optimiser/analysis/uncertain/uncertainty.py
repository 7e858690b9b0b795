"""How a plan fares when numbers turn out otherwise, how a new plan would, and what is regretted.

A plan that is *held* in a draw starts nothing new: each line of spend, each level, post and hire is at most the plan's.
What the draw can no longer pay or staff is cut where that loses least. Balances, capacities, shares of partners, match,
curves and all or nothing hold; what a cut cannot help missing does not stop it: must fund, minima of initiatives and
agencies, least spend and the hard rules. In how many draws these too can be kept is counted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from optimiser.analysis.asking.repeat import Repeat
from optimiser.analysis.uncertain.draws import Draws, impact_only
from optimiser.case.case import Case
from optimiser.case.table import Array, Table
from optimiser.case.tolerances import NOTHING
from optimiser.model.matrix import Model
from optimiser.model.program import Program
from optimiser.plan.lines import KEYS, SHEET_OF, Key, decode
from optimiser.plan.tables import Plan

FLOORS = (
    ("Initiatives", "must_fund", False),
    ("Initiatives", "minimum", 0.0),
    ("Agencies", "minimum", 0.0),
    ("Funds", "min_spend", 0.0),
)
"""Floors that a cut cannot help missing, and what stands in their place."""
WORST = 0.1
"""The share of draws that `the worst` means."""
Told = Callable[[int, int], None]
"""Called with the number of draws done and of all."""


@dataclass(frozen=True, eq=False)
class Faring:
    """How one plan fares over draws that are alike likely, in impact (less the penalties of soft rules).

    held [N]: of the plan as it is held; best [N]: of a new plan that knows the draw (NaN where none keeps the hard
    rules; None where it was not asked for); kept [N]: whether the held plan can keep every hard rule and floor.
    """

    draws: Draws
    held: Array
    best: Array | None
    kept: Array

    @property
    def average(self) -> float:
        """Average impact of the held plan."""
        return float(np.mean(self.held))

    def worst(self, share: float = WORST) -> float:
        """Average impact of the held plan over the worst share of the draws (CVaR)."""
        return worst_average(self.held, share)

    def quantile(self, share: float) -> float:
        """The impact that this share of the draws lies below."""
        return float(np.quantile(self.held, share))

    @property
    def regret(self) -> Array:
        """[N]: impact that a new plan would have had beyond the held one (NaN where there is none).

        A new plan keeps every hard rule, which the cut does not: where that costs it more than it gains, 0.
        """
        if self.best is None:
            return np.full(len(self.held), np.nan)
        return np.asarray(np.maximum(self.best - self.held, 0.0))


def worst_average(values: Array, share: float) -> float:
    """The average of the worst (least) share of values that are alike likely; a value may count in part."""
    ordered = np.sort(np.asarray(values, float))
    left = share * len(ordered)
    weight = np.clip(left - np.arange(len(ordered)), 0.0, 1.0)
    return float(weight @ ordered / left)


def fare(plan: Plan | Mapping[str, Table], draws: Draws, *, replanned: bool = True, told: Told | None = None) -> Faring:
    """How a plan fares over the draws. plan: the plan, or its decision tables; replanned: also the best plan of each draw."""
    count = len(draws)
    held, kept = np.full(count, np.nan), np.zeros(count, bool)
    best = np.full(count, np.nan) if replanned else None
    case = impact_only(draws.case)
    lines = _lines(case, plan.tables if isinstance(plan, Plan) else plan)

    def most(model: Model) -> Array:
        return ceiling(model, lines, case)

    cut = Repeat(without_floors(case), most)
    whole = Repeat(case, most, any_plan=True)
    new = Repeat(case, beside=whole) if replanned else None
    for k in range(count):
        made = draws.case_of(k)
        held[k] = _number(cut.value(without_floors(made)))
        kept[k] = whole.value(made) is not None
        if best is not None and new is not None:
            best[k] = _number(new.value(made))
        if told is not None:
            told(k + 1, count)
    return Faring(draws, held, best, kept)


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def held_model(case: Case) -> Model:
    """The linear program of a draw in which a held plan is cut: without hard rules and floors, impact its only stage."""
    return replace(Program.of(without_floors(case)).model, ties=())


def without_floors(case: Case) -> Case:
    """The case in which nothing must be funded, received or spent at least, and hard rules are off; soft ones stay."""
    tables = dict(case.tables)
    for sheet, column, value in FLOORS:
        before = tables[sheet][column]
        tables[sheet] = tables[sheet].replace(**{column: np.full(len(before), value, before.dtype)})
    rules = tables["Rules"]
    tables["Rules"] = rules.replace(active=rules["active"] & ~rules["hard"])
    return replace(case, tables=tables)


def _lines(case: Case, tables: Mapping[str, Table]) -> Mapping[str, Mapping[Key, float]]:
    """What the plan has of each family, by key."""
    sheets = decode(case.facts, tables).sheets
    return {
        name: {k: float(v) for k, v in sheets[SHEET_OF[name]].sums(*dimensions).items()}
        for name, dimensions in KEYS.items()
    }


def ceiling(model: Model, most: Mapping[str, Mapping[Key, float]], case: Case) -> Array:
    """The most that each column may be where nothing is above what a plan has; a line of money may have a unit more,
    which rounding may have taken."""
    upper = np.full(len(model.column_upper), np.inf)
    for name, known in most.items():
        family = model.columns[name]
        have = np.array([known.get(k, 0.0) for k in family.members(KEYS[name])], float)
        slack = case.settings.rounding if name == "spend" else NOTHING
        upper[family.span] = np.where(have > 0, have + slack, 0.0)
    return upper
