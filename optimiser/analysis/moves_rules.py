"""How rules can move: to the number that a plan keeps, or away."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from math import floor

import numpy as np

from optimiser.analysis.members import Demands, amount_of
from optimiser.analysis.moves import Costs, Ground, Move, Written, outward, percent, row_of
from optimiser.case.amounts import plain
from optimiser.case.grantors import STATUTE
from optimiser.case.selection import quoted
from optimiser.case.table import Array
from optimiser.model.rules import Compiled
from optimiser.model.rules.terms import Entries, Limits, incidence
from optimiser.model.variables import Variables


class RuleMoves(Ground):
    """Moves of the sheet Rules. statutes: whether those that a statute set move too."""

    def __init__(self, demands: Demands, costs: Costs, *, statutes: bool = False) -> None:
        super().__init__(demands, costs)
        self.statutes = statutes

    def all(self) -> Iterator[Move]:
        """All of them."""
        yield from self._rules()

    @cached_property
    def _entries(self) -> Mapping[tuple[str, int], Entries]:
        return Variables(self.facts, self.d.rules).entries()

    @cached_property
    def _unit_costs(self) -> dict[str, float]:
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

    def _rules(self) -> Iterator[Move]:
        """Each limit of each rule may be missed; the rule's number is then what the plan has, or the rule is dropped."""
        for number, compiled in enumerate(self.d.rules):
            if compiled.rule.set_by == STATUTE and not self.statutes:
                continue
            for part, limits in enumerate(compiled.blocks):
                family, write = self.model.rows[f"rule {number}.{part}"], self._rule_writer(compiled, limits)
                cost, group = self._unit_costs[limits.unit], f"Rules {compiled.rule.name}"
                for k in range(len(limits)):
                    row = family.first + k
                    span = slice(self.model.start[row], self.model.start[row + 1])
                    upper = np.maximum(np.abs(self.model.column_upper), np.abs(self.model.column_lower))[
                        self.model.index[span]
                    ]
                    most = (
                        float(np.dot(np.abs(self.model.value[span]), upper) + abs(limits.share[k] * limits.constant[k]))
                        or 1.0
                    )
                    value = np.array([-1.0 if limits.at_least else 1.0])
                    yield Move(np.array([row]), value, cost, most, group, group, write)

    def _rule_writer(self, compiled: Compiled, limits: Limits) -> Callable[[float, Array, bool], Written]:
        rule, up = compiled.rule, not limits.at_least
        where, cost = f"rule = {quoted(rule.name)}", self._unit_costs[limits.unit]
        old = rule.at_most if up else rule.at_least

        def write(amount: float, x: Array, rounded: bool) -> Written:
            left, base = self._sides(limits, x)
            exact = _number(compiled, limits, left, base)
            if exact is None or old is None:
                row = row_of("Rules", where, "active", "= no")
                return Written((row,), cost * amount, f"drop the rule {rule.name}")
            step = self._step(rule.of.strip() != "" or rule.kind in ("match", "formula"), limits.unit, exact)
            new = outward(exact, step, up != (rule.kind == "formula" and not up)) if rounded else exact
            new = max(new, 0.0) if rule.kind != "average" else new
            share = abs(limits.share[0]) / old if rule.kind == "formula" and old else 1.0
            extra = cost * abs(new - exact) * float(np.abs(base).max(initial=0.0)) * share
            word = "at most" if up else "at least"
            said = f"let the rule {rule.name} ask for {word} {self._said(compiled, limits, new)}"
            if rule.kind == "formula":
                said = f"let the rule {rule.name} give up to {percent(new)} {'more' if up else 'less'} than the formula"
            row = row_of("Rules", where, limits.sense, f"= {plain(new)}")
            return Written((row,), cost * amount + extra, said)

        return write

    def _sides(self, limits: Limits, x: Array) -> tuple[Array, Array]:
        """Both sides of each limit at a plan."""
        made = []
        for terms in (limits.left, limits.right):
            total = np.zeros(len(limits))
            for term in terms:
                lines = self._entries[term.measure, term.outcome]
                assert lines.column is not None
                limit, entry, weight = incidence(term, lines, len(limits))
                total += np.bincount(limit, weight * x[lines.column[entry]], len(limits))
            made.append(total)
        return made[0], made[1] + limits.constant

    def _step(self, share: bool, unit: str, value: float) -> float:
        if share:
            return 1e-4
        return {"money": self.unit, "FTE·periods": 0.1, "level": 0.01, "initiatives": 1.0}.get(unit) or 10.0 ** (
            floor(np.log10(max(abs(value), 1e-9))) - 3
        )

    def _said(self, compiled: Compiled, limits: Limits, value: float) -> str:
        rule = compiled.rule
        if rule.of.strip() or rule.kind == "match":
            return percent(value)
        if rule.kind == "average":
            return f"{value:,.6g}"
        return amount_of(self.facts, value, limits.unit)


def _number(compiled: Compiled, limits: Limits, left: Array, base: Array) -> float | None:
    """The number of the rule that a plan keeps, as it stands on the Rules sheet; None where no number can be changed."""
    rule, up = compiled.rule, not limits.at_least
    filled = base > 1e-9 * max(float(np.abs(base).max(initial=0.0)), 1e-9)
    if not filled.any() or rule.kind in ("excludes", "earned") or (rule.kind == "requires" and rule.at_least is None):
        return None
    ratio = left[filled] / base[filled]
    if rule.kind == "formula":
        less, more = rule.at_least or 0.0, rule.at_most or 0.0
        plain_share = limits.share[filled] / ((1 + more) if up else max(1 - less, 1e-12))
        told = plain_share > 0
        if not told.any() or (less == 1 and not up) or (up and np.any(left[filled][~told] > 1e-6)):
            return None  # no tolerance is wide enough for a member whose share is 0
        part = ratio[told] / plain_share[told]
        return float(max(part.max() - 1, more)) if up else float(min(max(1 - part.min(), less), 1.0))
    old = (rule.at_most if up else rule.at_least) or 0.0
    worst = float(ratio.max() if up else ratio.min())
    if rule.kind == "match":
        worst = worst / (1 + worst)
    return max(worst, old) if up else min(worst, old)
