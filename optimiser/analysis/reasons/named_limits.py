"""Limits by the names that people know, and how far an initiative could go if some of them were not there: tried."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property

import numpy as np

from optimiser.analysis.limits.cell import told
from optimiser.analysis.reasons.prices import Study
from optimiser.case.table import Array
from optimiser.case.tolerances import LOST_DIGITS, NEAR_WHOLE, NOTHING
from optimiser.model.rules import Compiled, Rule, Spoken
from optimiser.solvers.value import Found, Start

_ROUNDS = 6
"""So often what is in the way is looked for behind what was taken away."""
_MOST = 3
"""So many limits at most are tried one by one."""
_ROOM = 1e3
"""So many times wider than a bound that only repeats a limit, where that limit is taken away (as `prices.roomy`)."""

_CALLED: Mapping[str, tuple[str, str]] = {
    "fund": ("{fund}", "{fund}"),
    "carry-over": ("", "the carry-over of {fund}"),
    "min spend": ("the least spend of {fund}", ""),
    "match": ("the match of {fund}", ""),
    "no double match": ("", "the match that {fund} can give"),
    "people": ("", "the people for the role {role}"),
    "hire limit": ("", "the people for the role {role}"),
    "agency": ("the minimum of {agency}", "the maximum of {agency}"),
    "award": ("the minimum of {initiative}", "the maximum of {initiative}"),
    "minimum": ("the minimum of {initiative}", "the maximum of {initiative}"),
    "scope": ("the requirement to fund {initiative}", ""),
    "pace": ("", "the pace of {initiative}"),
    "min share": ("the least share of {agency} in {initiative}", ""),
    "max share": ("", "the largest share of {agency} in {initiative}"),
}
"""Family of rows -> what people call its lower and its upper limits; balances have no name."""


class NamedLimits:
    """The limits of one study. near: where a question about one of its plans may begin."""

    def __init__(self, study: Study, near: Start) -> None:
        self.study, self.facts, self.values, self.near = study, study.facts, study.curves.values, near
        self.spoken = Spoken(study.facts)

    # -- names --------------------------------------------------------------------------------------------------------

    def name(self, i: int, row: int, least: bool) -> str:
        """What people call the limit that a row stands for, said of an initiative; "" for a balance. least: of its two
        sides the lower one."""
        return self._said(i, self._names[row][0 if least else 1])

    def rules_among(self, limits: Sequence[str]) -> list[Rule]:
        """The rules that are among limits, by name."""
        return [
            c.rule
            for c in self.study.rules
            if any(self._rule_name(c, m) in limits for block in c.blocks for m in block.per)
        ]

    def _rule_name(self, compiled: Compiled, member: str) -> str:
        return f"the rule {compiled.rule.name}" + f" ({self.spoken(compiled.rule.name, member)})" * bool(member)

    def _said(self, i: int, name: str) -> str:
        """`the maximum of …` is `its own maximum`, said of the initiative itself."""
        return self._own(i).get(name, name)

    def _own(self, i: int) -> dict[str, str]:
        whom = self.facts.called("initiative", i)
        return {f"the {what} of {whom}": f"its own {what}" for what in ("maximum", "minimum", "pace")}

    @cached_property
    def _names(self) -> list[tuple[str, str]]:
        """Of each row what its lower and its upper limit are called."""
        made: list[tuple[str, str]] = []
        for family in self.study.model.rows.families.values():
            made += [
                self._pair(family.name, dict(zip(family.keys, at, strict=True))) for at in family.members(family.keys)
            ]
        return made

    def _pair(self, family: str, keys: dict[str, int]) -> tuple[str, str]:
        if family.startswith("rule "):
            compiled = self.study.rules[keys["rule"]]
            return (self._rule_name(compiled, compiled.blocks[keys["part"]].per[keys["limit"]]),) * 2
        lower, upper = _CALLED.get(family, ("", ""))
        return told(self.facts, lower, keys), told(self.facts, upper, keys)

    # -- without them -------------------------------------------------------------------------------------------------

    @contextmanager
    def without(self, i: int, limits: Sequence[str]) -> Iterator[None]:
        """Questions as if limits, by their names as said of an initiative, were not there."""
        model, back = self.study.model, {own: name for name, own in self._own(i).items()}
        taken = {back.get(limit, limit) for limit in limits}
        rows = np.array([r for r, pair in enumerate(self._names) if taken.intersection(pair)], int)
        low, high = (np.array([self._names[r][side] in taken for r in rows.tolist()], bool) for side in (0, 1))
        columns, upper = self._bounds(taken)
        before = model.column_upper[columns]
        self.values.set_rows(
            rows,
            np.where(low, -np.inf, model.row_lower[rows]),
            np.where(high, np.inf, model.row_upper[rows]),
        )
        self.values.set_columns(columns, model.column_lower[columns], upper)
        try:
            yield
        finally:
            self.values.set_rows(rows, model.row_lower[rows], model.row_upper[rows])
            self.values.set_columns(columns, model.column_lower[columns], before)

    def _bounds(self, taken: set[str]) -> tuple[Array, Array]:
        """Columns whose own bound repeats a limit that is taken away, and their bounds without it: paces, maxima of 0, hires."""
        facts, model = self.facts, self.study.model
        size = facts.size("initiative")
        names = [facts.called("initiative", j) for j in range(size)]
        slow = np.array([f"the pace of {name}" in taken for name in names], bool)
        shut = np.array([f"the maximum of {name}" in taken for name in names], bool)
        level, hire = model.columns["level"], model.columns["hire"]
        most = np.where(slow, 1.0, np.minimum(1.0, facts.pace))
        most = np.where((facts.maximum == 0) & ~shut, 0.0, most)
        levels = np.flatnonzero((slow | shut)[level.keys["initiative"]])
        roles = np.array([f"the people for the role {role}" in taken for role in facts.names["role"]], bool)
        hires = hire.first + np.flatnonzero(roles[hire.keys["role"]])
        wide = (model.column_upper[hires] + model.column_scale[hires]) * _ROOM
        upper = np.append(most[level.keys["initiative"][levels]], wide)
        return np.append(level.first + levels, hires).astype(int), upper

    # -- how far ------------------------------------------------------------------------------------------------------

    def farthest(self, i: int) -> tuple[float, Found | None]:
        """The largest level (share of its scope) that any plan gives an initiative, and that plan; where that is nothing,
        what it could be if switches stood in between."""
        level, costs = self.study.level, self.values.costs()
        only = np.zeros(len(costs))
        only[level.where(initiative=i)] = -1.0
        self.values.set_objective(only)  # not set_costs: a scope beside 10¹³ points is nothing to the solver
        try:
            found = self.values.best(start=self.near)
            most = 0.0 if found is None else max(0.0, -found.value)
            if most <= NOTHING:
                found = self.values.relaxed()
        finally:
            self.values.set_objective(costs)
        return most, found

    def ending(self, i: int) -> tuple[float, list[str], bool]:
        """How far any plan can go for an initiative, and limits that end it there: it goes farther without any one of them, or
        (then the last is True) without all of them together and with any one of them not. None where none is found."""
        level, found = self.farthest(i)
        taken: list[str] = []
        for _ in range(_ROUNDS):
            more = [name for name in self._holding(i, found) if name not in taken]
            if not more:
                return level, [], False
            alone = [name for name in more[:_MOST] if self._farther(i, [name], level)] if not taken else []
            if alone:
                return level, alone, False
            taken += more
            with self.without(i, taken):
                farther, found = self.farthest(i)
            if farther > level + NEAR_WHOLE:
                return level, self._needed(i, taken, level), True
        return level, [], False

    def _farther(self, i: int, limits: Sequence[str], level: float) -> bool:
        with self.without(i, limits):
            return self.farthest(i)[0] > level + NEAR_WHOLE

    def _needed(self, i: int, limits: Sequence[str], level: float) -> list[str]:
        """Of limits without which it goes farther a smallest set of which that is so, earlier ones rather than later ones."""
        kept = list(limits)
        for name in reversed(limits):
            fewer = [n for n in kept if n != name]
            if fewer and self._farther(i, fewer, level):
                kept = fewer
        return kept

    def _holding(self, i: int, found: Found | None) -> list[str]:
        """Limits that carry a price where an initiative gets the most, by name, those with the largest part in it first."""
        if found is None:
            return []
        model = self.study.model
        duals = found.duals[: len(model.row_lower)]
        limit = np.where(duals > 0, model.row_lower, model.row_upper)
        weight = np.abs(duals) * np.where(np.isfinite(limit), np.abs(limit), 0.0)
        total: dict[str, float] = {}
        # A unit of money is nothing of a scope that costs 10¹³ of them: what counts is what the whole limit is worth.
        for r in np.flatnonzero(np.maximum(np.abs(duals), weight) > LOST_DIGITS).tolist():
            name = self.name(i, r, duals[r] > 0)
            if name:
                total[name] = total.get(name, 0.0) + float(weight[r])
        level = self.study.level
        held = (found.reduced[level.span] < -LOST_DIGITS) & (self.facts.pace[level.keys["initiative"]] < 1)
        for j in np.unique(level.keys["initiative"][held]).tolist():
            total.setdefault(self._said(i, f"the pace of {self.facts.called('initiative', j)}"), 0.0)
        return sorted(total, key=lambda n: -total[n])
