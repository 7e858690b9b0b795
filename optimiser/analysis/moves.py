"""What can be moved to make a case possible: every limit, floor and cell, at a cost, as rows of the Scenarios sheet.

Each move is a column of the linear program that shifts limits. What it costs is what the plan would then lack under
the old number: money, FTE in a period, or the unit of a rule, at the prices of Costs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor

import numpy as np

from optimiser.analysis.curve import between
from optimiser.analysis.levers import ChangeRow
from optimiser.analysis.members import Demands, money
from optimiser.case.amounts import plain
from optimiser.case.faults import InvalidCase
from optimiser.case.table import Array
from optimiser.verbs import apply_changes


@dataclass(frozen=True)
class Costs:
    """What a change of one unit costs, in money. None: an FTE·period costs the staff's own cost_per_fte, else (and for
    a lower need) total money by total FTE·periods; a level what the initiative requests (in rules an average request),
    an initiative an average request, a unit of outcome total money by all that could be achieved."""

    money: float = 1.0
    fte_period: float | None = None
    level: float | None = None
    outcome: float | None = None


@dataclass(frozen=True)
class Written:
    """A move as people write it. cost: of the change as written; said: `raise the amount of Pool B by $23,000`."""

    rows: tuple[ChangeRow, ...]
    cost: float
    said: str


@dataclass(frozen=True, eq=False)
class Move:
    """One limit that can move: rows whose limits shift by `values` for one unit, what a unit costs, how many there are.

    group: the cell or rule that it changes; family: groups that are much alike; write: from the amount, the plan and
    whether to round it to what people write.
    """

    rows: Array
    values: Array
    cost: float
    most: float
    group: str
    family: str
    write: Callable[[float, Array, bool], Written]


def row_of(sheet: str, where: str, column: str, change: str) -> ChangeRow:
    """One row of the Scenarios sheet."""
    return {"sheet": sheet, "where": where, "column": column, "change": change}


def outward(value: float, step: float, up: bool) -> float:
    """The value rounded up (or down) to a multiple of the step; a hair from a multiple is that multiple."""
    steps = value / step
    return float((ceil(steps - 1e-6) if up else floor(steps + 1e-6)) * step)


def percent(share: float) -> str:
    """A share as a percentage, to four decimals where it has them."""
    return f"{share * 100:.4f}".rstrip("0").rstrip(".") + "%"


class Ground:
    """What all moves stand on: the case, its linear program, and prices."""

    def __init__(self, demands: Demands, costs: Costs) -> None:
        self.d, self.facts, self.model, self.costs = demands, demands.facts, demands.model, costs
        f = self.facts
        self.total = float(f.amount.sum()) or float(f.request.sum()) or 1.0
        people = float(f.releasable_fte.sum()) or float((f.need * f.active_periods[:, None]).sum()) or 1.0
        self.average_fte = costs.fte_period if costs.fte_period is not None else self.total / people
        self.reach = 10 * (self.total + float(f.request.sum() + f.minimum.sum() + f.agency_minimum.sum()))
        self.unit = 1.0 if self.total >= 1000 else 0.01
        self.people_reach = 1e3 + 10 * float(f.need.sum())

    def rows(self, family: str, **keys: int) -> Array:
        """Rows of a family with these keys."""
        found = self.model.rows[family]
        hit = np.ones(found.size, bool)
        for dimension, code in keys.items():
            hit &= found.keys[dimension] == code
        return found.first + np.flatnonzero(hit)

    def sum_of(self, x: Array, family: str, **keys: int) -> float:
        """Σ of a family's columns with these keys, in a plan."""
        found = self.model.columns[family]
        hit = np.ones(found.size, bool)
        for dimension, code in keys.items():
            hit &= found.keys[dimension] == code
        return float(x[found.span][hit].sum())

    def shifted(self, rows: Sequence[ChangeRow], amount: float) -> tuple[Array, Array] | None:
        """Rows and how far their limits move for one unit, found by making the change; None where more than limits does."""
        try:
            other = Demands(apply_changes(self.d.case, rows)).model
        except InvalidCase:
            return None
        found = between(self.model, other, amount)
        if found is None or not len(found.rows):
            return None
        return found.rows, np.where(np.isfinite(self.model.row_lower[found.rows]), found.lower, found.upper)

    def added(
        self, sheet: str, where: str, column: str, step: float, cost: float, said: Callable[[float], str]
    ) -> Callable[[float, Array, bool], Written]:
        """The writer of `+ amount`."""

        def write(amount: float, x: Array, rounded: bool) -> Written:
            amount = outward(amount, step, True) if rounded else amount
            row = row_of(sheet, where, column, f"+ {plain(amount)}")
            return Written((row,), cost * amount, said(amount))

        return write

    def money(self, value: float) -> str:
        """Money as people write it."""
        return money(self.facts, value)

    def level_price(self, i: int) -> float:
        """What the whole of an initiative's level costs, in money."""
        return (
            self.costs.level
            if self.costs.level is not None
            else self.costs.money * (float(self.facts.request[i]) or self.total * 1e-3)
        )
