"""What impact is measured in, in this case: points of weighted outcomes or, without outcomes, money delivered."""

from __future__ import annotations

from optimiser.case.case import Case
from optimiser.case.facts import Facts
from optimiser.case.names import fold
from optimiser.case.readable import POINTS, listed, number

NAMED = 4
"""Outcomes that are named with their weights; more are counted."""


def unit(case: Case) -> str:
    """POINTS, or the currency where the case has no outcomes: as `points` takes it."""
    return unit_of(case.facts)


def unit_of(facts: Facts) -> str:
    """The same, of a case as arrays."""
    return POINTS if len(facts.at_full) else facts.settings.currency


def title(case: Case) -> str:
    """As the title of a column of numbers says it: `points`, or `weighted USD`."""
    return POINTS if unit(case) == POINTS else f"weighted {unit(case)}"


def column(case: Case) -> str:
    """The same at the head of a column: `Points`, or `Weighted USD`."""
    said = title(case)
    return f"{said[:1].upper()}{said[1:]}"


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
