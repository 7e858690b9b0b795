"""What rounding alone can have moved between two plans.

Every line of spend is whole, so what an initiative or agency has in a plan is off by less than one unit for each of its
lines. A difference within that, which is next to nothing of the award too, is nobody's loss and nobody's gain.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from optimiser.case.tolerances import LITTLE
from optimiser.plan.tables import Plan

LEAST_MONEY = 1.0
"""Amounts that differ by less, beside the case's rounding, are the same."""


class ByRounding:
    """How far apart amounts of two plans (or of one and what is written in the case) may lie and still be the same."""

    def __init__(self, plans: Sequence[Plan]) -> None:
        self.unit = max(p.case.settings.rounding for p in plans)
        self._lines: Mapping[str, Counter[str]] = {
            of: sum((Counter(p.tables["Spend"][of].tolist()) for p in plans), Counter())
            for of in ("initiative", "agency")
        }

    def most(self, of: str, key: str, *amounts: float) -> float:
        """Money. of: initiative or agency; amounts: what it has in each."""
        lines = self._lines[of][key] * self.unit
        return max(LEAST_MONEY, 2 * self.unit, min(lines, LITTLE * max(map(abs, amounts), default=0.0)))
