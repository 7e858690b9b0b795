"""The plain model of one case: columns, rows that divide themselves by their largest coefficient, and sums over columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pulp
from pulp import LpAffineExpression, LpVariable, lpSum

from .plain_case import Condition, PlainCase, Rule

Combination = dict[str, str]
Expression = Any
"""An LpAffineExpression, or a plain number."""


@dataclass
class PlainModel:
    """Variables and rows of one case."""

    case: PlainCase
    pattern: dict[str, int] | None = None
    """Where given, funded[i] are these constants and not variables."""
    rows: list[pulp.LpConstraint] = field(default_factory=list)
    impossible: bool = False
    spend: dict[tuple[str, str, str, str, str], Expression] = field(default_factory=dict)
    level: dict[tuple[str, str, str], Expression] = field(default_factory=dict)
    post: dict[tuple[str, str, str, str, str], Expression] = field(default_factory=dict)
    hire: dict[tuple[str, str, str, str], Expression] = field(default_factory=dict)
    match: dict[tuple[str, str, str], Expression] = field(default_factory=dict)
    inkind: dict[tuple[str, str], Expression] = field(default_factory=dict)
    funded: dict[str, Expression] = field(default_factory=dict)
    achieved: dict[tuple[str, str], Expression] = field(default_factory=dict)
    penalty: list[Expression] = field(default_factory=list)
    switches: list[LpVariable] = field(default_factory=list)
    holds: list[tuple[Expression, int, float, float]] = field(default_factory=list)
    """Earlier goals: what, sense, best, and the share of it that may be given up."""
    categories: dict[str, list[str]] = field(default_factory=dict)
    _columns: int = 0
    _rows: int = 0

    # ---------------------------------------------------------------- columns and rows

    def column(self, unit: float = 1.0, upper: float | None = None) -> LpAffineExpression:
        """A new variable of at least 0, seen in its own unit."""
        self._columns += 1
        return LpAffineExpression({LpVariable(f"v{self._columns}", 0, upper): unit})

    def switch(self) -> LpAffineExpression:
        self._columns += 1
        made = LpVariable(f"v{self._columns}", 0, 1, pulp.LpInteger)
        self.switches.append(made)
        return LpAffineExpression({made: 1.0})

    def people(self) -> LpAffineExpression:
        """FTE that are posted or hired: any number, or so many steps."""
        step = self.case.settings["poststep"]
        if not step:
            return self.column()
        self._columns += 1
        made = LpVariable(f"v{self._columns}", 0, None, pulp.LpInteger)
        self.switches.append(made)
        return LpAffineExpression({made: step})

    def say(self, left: Expression, sense: str, right: Expression) -> None:
        """left <= right, left >= right or left == right."""
        self._row(LpAffineExpression(left - right), sense)

    def _row(self, difference: LpAffineExpression, sense: str) -> None:
        sizes = [abs(v) for v in difference.values() if v]
        if not sizes:
            off = difference.constant
            beyond = {"<=": off, ">=": -off, "==": abs(off)}[sense]
            self.impossible = self.impossible or beyond > 1e-9
            return
        scaled = LpAffineExpression(
            {x: v / max(sizes) for x, v in difference.items() if v}, difference.constant / max(sizes)
        )
        code = {"<=": pulp.LpConstraintLE, ">=": pulp.LpConstraintGE, "==": pulp.LpConstraintEQ}[sense]
        self.rows.append(pulp.LpConstraint(scaled, code, f"r{self._counted()}", 0))

    def _counted(self) -> int:
        self._rows += 1
        return self._rows

    def keep(self, rule: Rule, left: Expression, sense: str, right: Expression) -> None:
        """A row of a rule: hard, or broken at the penalty (sense is <= or >=)."""
        difference = LpAffineExpression(left - right)
        if not rule.hard:
            unit = max([abs(v) for v in difference.values()] + [abs(difference.constant), 1e-6])
            breach = self.column(unit)
            self.penalty.append(rule.penalty * breach)
            difference = LpAffineExpression(difference + breach if sense == ">=" else difference - breach)
        self._row(difference, sense)

    # ---------------------------------------------------------------- sums

    def award(self, i: str) -> Expression:
        return lpSum(x for (_, j, _, _, _), x in self.spend.items() if j == i)

    def received(self, a: str) -> Expression:
        return lpSum(x for (_, _, b, _, _), x in self.spend.items() if b == a)

    def whole_level(self, i: str) -> Expression:
        return lpSum(x for (j, _, _), x in self.level.items() if j == i)

    def terms(self, measure: str) -> list[tuple[Combination, Expression]]:
        """What a measure adds up: each variable with the columns that a selection may look at."""
        staff = self.case.staff
        if measure == "money":
            return [
                ({"fund": f, "initiative": i, "agency": a, "category": c, "period": t}, x)
                for (f, i, a, c, t), x in self.spend.items()
            ]
        if measure == "staff":
            posts = [
                ({"agency": b, "role": k, "initiative": i, "period": t}, x) for (b, k, _, i, t), x in self.post.items()
            ]
            return posts + [
                ({"agency": a, "role": k, "initiative": i, "period": t}, x) for (a, k, i, t), x in self.hire.items()
            ]
        if measure == "in kind":
            return [
                ({"agency": b, "role": k, "initiative": i, "period": t}, staff[b, k, t]["cost"] * x)
                for (b, k, _, i, t), x in self.post.items()
            ]
        if measure == "level":
            return [({"initiative": i, "agency": a, "period": t}, x) for (i, a, t), x in self.level.items()]
        return [({"initiative": i}, x) for (i, o), x in self.achieved.items() if o == measure]

    def measured(self, measure: str, where: list[Condition], per: str = "", member: str = "") -> Expression:
        return lpSum(
            x
            for combination, x in self.terms(measure)
            if self.case.selects(where, combination) and (not per or belongs(self.case, per, member, combination))
        )


BETWEEN = "\t"
"""Stands between the two members of a pair."""
OF_INITIATIVES = {"initiative", "theme", "area", "tier"}


def named(per: str) -> list[str]:
    """What `per` names: nothing, one or two."""
    return [part.strip() for part in per.split(",")] if per else []


def belongs(case: PlainCase, per: str, member: str, combination: Combination) -> bool:
    """Whether a combination is part of a member; an area is without the areas inside it."""
    if not per:
        return True
    if "," in per:
        return all(
            belongs(case, one, part, combination) for one, part in zip(named(per), member.split(BETWEEN), strict=True)
        )
    if per in ("theme", "area", "tier"):
        return bool(case.value("initiative", per, combination) == member)
    return combination[per] == member


def initiatives_in(case: PlainCase, where: list[Condition]) -> list[str]:
    return [i for i in case.initiatives if case.selects(where, {"initiative": i})]
