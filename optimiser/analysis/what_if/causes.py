"""Why a scenario's plan differs: changes are taken back one at a time, and the case is solved again without each.

A change is called a cause only if the difference goes away without it; what is said of a change is what was found by
solving, never what seems likely.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from optimiser.analysis.asking.case_differences import differences, in_words, meant
from optimiser.analysis.asking.solved import SolvedCase, glance
from optimiser.case.case import Case
from optimiser.case.faults import InvalidCase
from optimiser.case.names import fold
from optimiser.case.reading.which import known_sheet
from optimiser.case.reading.workbook import Tables
from optimiser.case.scenario.apply import applied, changes
from optimiser.case.scenario.changes import Change
from optimiser.verbs import apply_changes

GONE = 0.1
"""A difference is gone when less than this share of it is left."""
NAMED = 3
"""Changes that one sentence names."""
MOST_CAUSES = 12
"""Above so many groups of changes none is taken back: the whole scenario is then the cause."""


@dataclass(frozen=True)
class ChangeGroup:
    """Changes of the same rows (one sheet, one `where`), taken back together. words: what they do; single: whether that is one
    cell."""

    layer: int
    changes: tuple[Change, ...]
    words: str
    single: bool


def rows(listed: Sequence[Change]) -> list[dict[str, object]]:
    """Changes as records of the Scenarios sheet."""
    return [{"sheet": c.sheet, "where": c.where, "column": c.column, "change": c.change} for c in listed]


class Causes:
    """The groups of changes that make a scenario, and what each of them does."""

    def __init__(self, base: Case, names: Sequence[str], solve: Callable[[Case], SolvedCase] = glance) -> None:
        """names: the scenarios that were stacked; solve: how a case is solved."""
        self._base, self._solve = base, solve
        self._layers = [changes(base.tables["Scenarios"], name) for name in names]
        self._without: dict[int, SolvedCase | None] = {}

    @cached_property
    def groups(self) -> list[ChangeGroup]:
        """The groups, in the order of the Scenarios sheet."""
        made: list[ChangeGroup] = []
        before = self._base
        for layer, listed in enumerate(self._layers):
            keys = dict.fromkeys((fold(c.sheet), fold(c.where)) for c in listed)
            for key in keys:
                mine = tuple(c for c in listed if (fold(c.sheet), fold(c.where)) == key)
                made.append(ChangeGroup(layer, mine, *self._words(before, mine)))
            before = apply_changes(before, rows(listed)) if layer + 1 < len(self._layers) else before
        return made

    def _words(self, before: Case, mine: tuple[Change, ...]) -> tuple[str, bool]:
        """What they do, and whether that is one cell."""
        after = applied(Tables(before.tables), mine).tables.tables
        found = meant(differences(before.tables, after, {known_sheet(mine[0].sheet)}), before, before)
        said = in_words(found, before.settings.currency) if found else "; ".join(map(str, mine))
        return said, len(found or mine) == 1

    def without(self, k: int) -> SolvedCase | None:
        """The run of the scenario without one group; None where that makes no valid case."""
        if k not in self._without:
            left_out = {id(c) for c in self.groups[k].changes}
            case = self._base
            try:
                for listed in self._layers:
                    kept = [c for c in listed if id(c) not in left_out]
                    case = apply_changes(case, rows(kept)) if kept else case
                self._without[k] = self._solve(case)
            except InvalidCase:
                self._without[k] = None
        return self._without[k]

    def of(
        self, figure: Callable[[SolvedCase], float | None], base: float, value: float, told: Callable[[float], str]
    ) -> str:
        """The cause of a figure that went from `base` to `value`, in one true sentence.

        figure: the same figure in another run (None: it has none); told: the figure in words.
        """
        if len(self.groups) == 1:
            only = self.groups[0]
            return f"The scenario changes {'one thing' if only.single else 'these alone'}: {only.words}."
        if len(self.groups) > MOST_CAUSES:
            return f"The scenario changes {len(self.groups)} things at once; they were not taken back one by one."
        difference = value - base
        effects: list[tuple[float, ChangeGroup, float]] = []
        unknown = 0
        for k, group in enumerate(self.groups):
            other = self.without(k)
            left = None if other is None else figure(other)
            if left is None:
                unknown += 1
            else:  # the share of the difference that goes away
                effects.append(((value - left) / difference, group, left))
        parts = [e for e in effects if e[0] > 1 - GONE] or [e for e in effects if e[0] >= GONE]
        if parts:
            parts.sort(key=lambda e: -e[0])
            said = [
                f"without the change [{g.words}] it would be {'as in base' if told(left) == told(base) else told(left)}"
                for _, g, left in parts[:NAMED]
            ]
            return f"W{'; '.join(said)[1:]}."
        rest = f" ({unknown} cannot be taken back alone)" if unknown else ""
        return f"To take back any one of the {len(self.groups)} changes alone does not undo it{rest}."
