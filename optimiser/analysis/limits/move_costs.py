"""What a change costs when a case is repaired: what the plan then lacks under the old number, in money."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from optimiser.case.facts import Facts
from optimiser.case.tolerances import SMALL_VALUE


@dataclass(frozen=True)
class Costs:
    """What a change of one unit costs, in money. None: an FTE·period costs the staff's own cost_per_fte, else (and for
    a lower need) total money by total FTE·periods; a level what the initiative requests (in rules an average request),
    an initiative an average request, a unit of outcome total money by all that could be achieved."""

    money: float = 1.0
    fte_period: float | None = None
    level: float | None = None
    outcome: float | None = None


def money_step(facts: Facts) -> float:
    """The amount of which people ask a multiple: 100, in a case of little money a power of ten that is at most a hundredth of it."""
    total = float(facts.amount.sum()) or float(facts.request.sum()) or 1.0
    return float(min(100.0, 10.0 ** math.floor(math.log10(max(total, 1.0)) - 2)))


class Prices:
    """The costs of one case, and how far its numbers are looked at."""

    def __init__(self, facts: Facts, costs: Costs) -> None:
        self.facts, self.costs = facts, costs
        f = facts
        self.money = costs.money
        self.total = float(f.amount.sum()) or float(f.request.sum()) or 1.0
        people = float(f.releasable_fte.sum()) or float((f.need * f.active_periods[:, None]).sum()) or 1.0
        self.average_fte = costs.fte_period if costs.fte_period is not None else self.total / people
        self.reach = 10 * (self.total + float(f.request.sum() + f.minimum.sum() + f.agency_minimum.sum()))
        self.unit = 1.0 if self.total >= 1000 else 0.01
        self.people_reach = 1e3 + 10 * float(f.need.sum())

    def fte(self, agency: int, role: int) -> float:
        """An FTE of a role at an agency for one period."""
        if self.costs.fte_period is not None:
            return self.costs.fte_period
        return float(self.facts.cost_per_fte[agency, role].max()) or self.average_fte

    def level(self, initiative: int) -> float:
        """The whole of an initiative's level."""
        if self.costs.level is not None:
            return self.costs.level
        return self.money * (float(self.facts.request[initiative]) or self.total * SMALL_VALUE)

    def of_rows(self) -> Mapping[str, float]:
        """A unit of breach of a rule, by the unit of its rows."""
        f, c = self.facts, self.costs
        average = c.level if c.level is not None else c.money * float(f.request.sum()) / max(len(f.request), 1) or 1.0
        possible = float(np.abs(f.at_full).sum()) or 1.0
        return {
            "money": c.money,
            "FTE·periods": self.average_fte,
            "level": average,
            "initiatives": average,
            "outcome": self.total / possible if c.outcome is None else c.outcome,
            "points × money": c.money / 100,
        }
