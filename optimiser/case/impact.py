"""What impact is measured in, in this case: points of weighted outcomes or, without outcomes, money delivered; and how values of
other objectives are said."""

from __future__ import annotations

from dataclasses import dataclass

from optimiser.case.case import Case
from optimiser.case.facts import Facts
from optimiser.case.names import fold
from optimiser.case.readable import POINTS, capital, listed, money_exact, number, points, points_between, points_gap
from optimiser.case.tolerances import SAME

NAMED = 4
"""Outcomes that are named with their weights; more are counted."""


def unit(case: Case) -> str:
    """POINTS, or the currency where the case has no outcomes: as `points` takes it."""
    return unit_of(case.facts)


def unit_of(facts: Facts) -> str:
    """The same, of a case as arrays."""
    return POINTS if len(facts.at_full) else facts.settings.currency


@dataclass(frozen=True)
class ObjectiveWords:
    """How values of an objective are said. unit: of impact, as `points` takes it."""

    objective: str
    unit: str
    currency: str

    def said(self, value: float, *, bare: bool = False) -> str:
        """`26.3 points`, `$1,200 of coverage`, `0.8 of fairness`; bare: the figure alone."""
        if self.objective == "impact":
            return points(value, self.unit, bare=bare)
        money = self.objective in ("coverage", "stability", "thrift")
        figure = money_exact(round(value, 2), self.currency) if money else number(value, 4)
        return figure if bare else f"{figure} of {self.objective}"

    def gap(self, one: float, other: float, *, bare: bool = False) -> str:
        """How far two values are apart, as a reader finds it who subtracts them; "" where nothing is between them."""
        if self.objective == "impact":
            return points_gap(one, other, self.unit, bare=bare)
        by = abs(other - one)
        return self.said(by, bare=bare) if by > SAME * max(abs(one), abs(other)) else ""

    def lost(self, best: float, price: float) -> str:
        """What it changes by where a price is lost of its best: `−5.1 points`, `fairness worse by 0.2`, `no change`."""
        if self.objective == "impact":
            return points_between(best, best - price, self.unit)
        by = self.gap(best, best - price, bare=True)
        return f"{self.objective} {'worse' if price > 0 else 'better'} by {by}" if by else "no change"


def title(case: Case) -> str:
    """As the title of a column of numbers says it: `points`, or `weighted USD`."""
    return POINTS if unit(case) == POINTS else f"weighted {unit(case)}"


def column(case: Case) -> str:
    """The same at the head of a column: `Points`, or `Weighted USD`."""
    said = title(case)
    return capital(said)


def meaning(case: Case) -> str:
    """What impact is here, in one line."""
    facts = case.facts
    factors = [
        name
        for name, counts in (
            ("score / 100", (case.settings.score_effect == "proportional" or unit(case) != POINTS) and (facts.score != 100).any()),
            ("priority", (facts.priority != 1).any()),
            ("the weight of its theme", any(w != 1 for w in facts.weights["theme"].values())),
            ("the weight of its area", any(w != 1 for w in facts.weights["area"].values())),
        )
        if counts
    ]  # fmt: skip
    if unit(case) != POINTS:
        of = "Impact here is money delivered, as the case has no outcomes: of each initiative its request × what is delivered"
        return " × ".join([of, *factors]) + "."
    every = [(name, facts.weights["outcome"].get(fold(name), 1.0)) for name in facts.outcomes]
    weighed = [(name, weight) for name, weight in every if weight] or every
    shown = [f"{name} × {number(weight, 4)}" for name, weight in weighed[:NAMED]]
    if len(weighed) > NAMED:
        shown.append(f"{len(weighed) - NAMED} more outcomes by their weights")
    times = f", each × {' × '.join(factors)}" if factors else ""
    idle = [name for name, weight in every if not weight and (name, weight) not in weighed]
    nothing = f" Nothing is counted for {listed(idle, most=NAMED)}." if idle else ""
    return f"Points here: {listed(shown)}{times}.{nothing}"
