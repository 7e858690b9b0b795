"""A frontier in text: its points, and what more of what it sweeps is worth, by the amount in which people think of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from optimiser.analysis.limits.cell import Cell
from optimiser.analysis.what_if.frontier import Frontier
from optimiser.case import impact
from optimiser.case.case import Case
from optimiser.case.readable import capital
from optimiser.case.tolerances import NOTHING
from optimiser.model.rules.number import Number, of_objective
from optimiser.report.documents.plan_text import columns
from optimiser.report.status import MOST

LEAST = 0.01
"""The largest worth of a frontier is at least this; a smaller one is said of an amount a thousand times as large."""


@dataclass(frozen=True)
class FrontierStep:
    """amount: of what is swept, for which its worth is said; swept, objective: what both are measured in; traded: the
    objective for which another one is traded; "" where a limit is swept."""

    amount: float
    swept: Number
    objective: Number
    traded: str = ""

    @property
    def more(self) -> str:
        """So much more: `$1,000 more`, `1 percentage point more`."""
        return self.swept.more(self.amount)

    def worth(self, of_one: float) -> str:
        """What so much more is worth, from what one more is: $1,000 more is worth 0.0519 points; of an objective what it
        costs of the other."""
        value = of_one * self.amount
        if abs(value) < NOTHING:
            return f"{self.more} is worth nothing"
        if not self.traded:
            return f"{self.more} is worth {self.objective.worth(value)}"
        most = self.traded in MOST
        verb = ("brings" if most else "saves") if (value > 0) == most else "costs"
        return f"{self.more} {verb} {self.objective.worth(abs(value))}"


def text(found: Frontier, case: Case, limit: Cell | None = None) -> str:
    """The points in a table, lowest first, and how they were found."""
    by = step(found, case, limit)
    each = f" for each {by.swept.each}" if by.swept.each else ""
    rows: list[tuple[str, ...]] = [
        (
            by.swept.figure(p.at),
            ("not found in time" if p.unsettled else "no plan") if p.value is None else by.objective.figure(p.value),
            "" if p.worth is None else by.worth(p.worth),
            ", ".join(word for word, on in (("knee", p.knee), ("present", p.present)) if on),
        )
        for p in sorted([*found.points, *([found.now] if found.now is not None else [])], key=lambda p: p.at)
    ]
    how = "These are all points at which it turns." if found.exact and not found.note else found.note
    means = [impact.meaning(case)] if "impact" in (found.swept, found.objective) else []
    titles: tuple[str, ...] = (found.swept, found.objective, "price" if by.traded else "worth", "which is")
    if not any(row[2] for row in rows):
        rows, titles = [(*row[:2], row[3]) for row in rows], (*titles[:2], titles[3])
    rows = list(zip(*[even(cells) for cells in zip(*rows, strict=True)], strict=True)) if rows else rows
    swept = capital(found.swept, case.facts.small_names)
    return "\n".join([f"{swept}{each} against {found.objective}. {how}", *means, "", *columns(rows, titles)])


def even(cells: tuple[str, ...]) -> tuple[str, ...]:
    """Bare numbers below each other with as many decimals as the largest of them has room for; other cells as they are."""
    bare = [cell for cell in cells if re.fullmatch(r"−?[\d,]+(\.\d+)?", cell)]
    widest = max((len(cell.partition(".")[0]) for cell in bare), default=0)
    places = max((len(cell.partition(".")[2]) for cell in bare if len(cell.partition(".")[0]) == widest), default=0)
    made = {c: f"{float(c.replace(',', '').replace('−', '-')):,.{places}f}".replace("-", "−") for c in bare}
    return tuple(made.get(cell, cell) for cell in cells) if len(set(made.values())) == len(made) else cells


def step(found: Frontier, case: Case, limit: Cell | None = None) -> FrontierStep:
    """The amount for which the worths of a frontier are said. limit: what it sweeps; None where it is an objective."""
    swept = limit.number(case) if limit is not None else of_objective(found.swept, case)
    amount = 1_000.0 if swept.is_money else 0.01 if swept.is_share else 1.0
    largest = max((abs(p.worth) for p in found.points if p.worth is not None), default=0.0)
    widest = max((abs(p.at) for p in found.points), default=0.0)
    while 0 < largest * amount < LEAST and amount * 1_000 <= widest:
        amount *= 1_000
    return FrontierStep(amount, swept, of_objective(found.objective, case), found.objective * (limit is None))
