"""What limits stand on: a case, its rules and a linear program of it, whose rows and columns are found by their keys."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from optimiser.analysis.limits.cell import ChangeRow
from optimiser.analysis.limits.curve import Direction, between, movable
from optimiser.case.case import Case
from optimiser.case.facts import Facts
from optimiser.case.faults import InvalidCase
from optimiser.case.readable import money_exact
from optimiser.case.table import Array
from optimiser.case.tolerances import HAIR, LOST_DIGITS
from optimiser.model.matrix import Index, Model
from optimiser.model.program import Program
from optimiser.model.rules import Compiled, RuleError, compile_rule
from optimiser.verbs import apply_changes

NONE = np.zeros(0, np.int64)
Key = tuple[int, ...]
Moved = tuple[int, float, float]
"""A row, and by how much its lower and upper limit move for one unit."""


class Ground:
    """A case with one of its linear programs, `model`; facts and rules are those that the program was built from."""

    def __init__(self, case: Case, facts: Facts, rules: Sequence[Compiled], model: Model) -> None:
        self.case, self.facts, self.rules, self.model = case, facts, list(rules), model
        self._groups: dict[tuple[str, ...], dict[Key, Array]] = {}
        self._shared: dict[str, Any] = {}

    def again(self, case: Case) -> Model:
        """The same program of another case. Raises InvalidCase."""
        return Program.of(case).model

    def shared(self, name: str, make: Callable[[], Any]) -> Any:
        """What several limits need, made once."""
        if name not in self._shared:
            self._shared[name] = make()
        return self._shared[name]

    # -- rows and columns ---------------------------------------------------------------------------------------------

    def by(self, family: str, *keys: str) -> dict[Key, Array]:
        """Rows of a family by the codes of some keys, in the order in which these occur; nothing where it has none."""
        return self._by("row", self.model.rows, family, keys)

    def rows(self, family: str, **codes: int) -> Array:
        """Rows of a family with these keys."""
        return self.by(family, *codes).get(tuple(codes.values()), NONE)

    def columns(self, family: str, **codes: int) -> Array:
        """Columns of a family with these keys."""
        return self._by("column", self.model.columns, family, tuple(codes)).get(tuple(codes.values()), NONE)

    def _by(self, what: str, index: Index, family: str, keys: tuple[str, ...]) -> dict[Key, Array]:
        if (what, family, *keys) not in self._groups:
            made: dict[Key, list[int]] = {}
            if family in index.families:
                found = index[family]
                for k, key in enumerate(found.members(keys)):
                    made.setdefault(key, []).append(found.first + k)
            self._groups[what, family, *keys] = {key: np.array(listed) for key, listed in made.items()}
        return self._groups[what, family, *keys]

    def periods(self, family: str, rows: Array) -> list[int]:
        """The period of each of these rows."""
        found = self.model.rows[family]
        return [int(found.keys["period"][row - found.first]) for row in rows.tolist()]

    def sum_of(self, x: Array, family: str, **codes: int) -> float:
        """Σ of a family's columns with these keys, in a plan."""
        return float(x[self.columns(family, **codes)].sum())

    def rows_of_rule(self, number: int) -> list[int]:
        """The first row of each block of a rule."""
        return [self.model.rows[f"rule {number}.{part}"].first for part in range(len(self.rules[number].blocks))]

    # -- words --------------------------------------------------------------------------------------------------------

    def money(self, value: float) -> str:
        """Money to the unit, to the cent where it has cents."""
        return money_exact(round(value, 2), self.facts.settings.currency)

    # -- how limits move ----------------------------------------------------------------------------------------------

    @cached_property
    def selections(self) -> str:
        """What rules and funds look at: where it speaks of a number, a change of that number changes more than limits."""
        rules = [f"{r.rule.where} {r.rule.of} {r.rule.measure}" for r in self.rules]
        return " ".join([*rules, *self.facts.allowed_text.tolist()]).lower()

    def looks_at(self, attribute: str) -> bool:
        """Whether a selection compares with this number of a record."""
        return re.search(rf"{attribute}\s*[<>!=]", self.selections) is not None

    def built(self, rows: Sequence[ChangeRow], amount: float) -> Direction | None:
        """How limits move with a change, by building the changed case; None where more than limits does."""
        try:
            other = self.again(apply_changes(self.case, rows))
        except InvalidCase:
            return None
        same = len(other.column_upper) == len(self.model.column_upper) and len(other.stages) == len(self.model.stages)
        return between(self.model, other, amount) if same else None

    def with_rules(
        self, rows: list[Moved], more: Callable[[Facts, float], None], most: float, bases: tuple[str, ...]
    ) -> Direction | None:
        """How own rows and the rules that follow a sum of the case move; None where that is no straight line.

        more: adds an amount to facts of its own; bases: the sums (of BASES) that grow with it.
        """
        changed = []
        for amount in (most, most / 2):
            changed.append(copy.copy(self.facts))
            more(changed[-1], amount)
        for number, compiled in enumerate(self.rules):
            if set(compiled.kind.sums(compiled.rule)) & set(bases):
                try:
                    whole, half = (compile_rule(facts, compiled.rule) for facts in changed)
                except RuleError:
                    return None
                found = _of_rule(compiled, whole, half, most, self.rows_of_rule(number))
                if found is None:
                    return None
                rows = rows + found
        rows = sorted(row for row in rows if row[1] or row[2])
        index, lower, upper = zip(*rows, strict=True) if rows else ((), (), ())
        return Direction(np.array(index, int), np.array(lower, float), np.array(upper, float))

    def one_limit(self, direction: Direction) -> Array | None:
        """By how much rows of which only one limit stands move; None where two limits of a row move differently."""
        if not len(direction.rows) or not movable(self.model, direction):
            return None
        return np.where(np.isfinite(self.model.row_lower[direction.rows]), direction.lower, direction.upper)


def _of_rule(now: Compiled, whole: Compiled, half: Compiled, most: float, first: list[int]) -> list[Moved] | None:
    """How the limits of one rule move, from those with `most` and with half of it more."""
    moved: list[Moved] = []
    for start, block, far, near in zip(first, now.blocks, whole.blocks, half.blocks, strict=True):
        if block.right and not (np.array_equal(block.share, far.share) and np.array_equal(block.share, near.share)):
            return None
        base = block.share * block.constant
        by_far, by_near = (far.share * far.constant - base) / most, (near.share * near.constant - base) / (most / 2)
        if not np.allclose(by_far, by_near, rtol=HAIR, atol=LOST_DIGITS):
            return None
        for k in np.flatnonzero(by_far).tolist():
            step = float(by_far[k])
            moved.append((start + k, step, 0.0) if block.at_least else (start + k, 0.0, step))
    return moved
