"""The dice of the random cases, and the names that they choose from."""

from __future__ import annotations

from random import Random
from typing import Any

Row = dict[str, Any]
Records = dict[str, list[Row]]

AREAS = ("north", "south", "north east", "capital")
PARENT = {"north east": "north", "capital": "south"}
THEMES = ("guns", "opioids", "training")
KINDS = ("police", "health", "prosecutor")
FUND_KINDS = ("pooled", "joint grant", "shared budget", "own budget")
CATEGORIES = ("personnel", "equipment", "travel")
ROLES = ("analyst", "officer", "outreach worker")


class Dice:
    """Chances by seed alone."""

    def __init__(self, seed: int) -> None:
        self.dice = Random(seed)

    def chance(self, p: float) -> bool:
        return self.dice.random() < p

    def some(self, items: Any, low: int = 1, high: int | None = None) -> list[Any]:
        listed = list(items)
        size = min(len(listed), self.dice.randint(low, high if high is not None else len(listed)))
        return sorted(self.dice.sample(listed, size))

    def share(self, low: float, high: float) -> float:
        return round(self.dice.uniform(low, high), 2)

    def amount(self, low: float, high: float) -> float:
        return float(round(self.dice.uniform(low, high)))
