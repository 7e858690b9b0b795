"""A re-plan checked from its tables, in exact arithmetic: no matrix, no solver.

Balances and capacities of each period hold in the periods to come; what counts over the whole year counts the past.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from optimiser.analysis.replanning.past import Past
from optimiser.case.facts import Facts
from optimiser.case.table import Table
from optimiser.model.build import build
from optimiser.model.matrix import Family, Model
from optimiser.model.rules import Compiled, compile_rules
from optimiser.model.rules.terms import exact
from optimiser.plan import fund_checks, plan_checks
from optimiser.plan.allowance import FIGURE, allowance
from optimiser.plan.derive import readings
from optimiser.plan.lines import DecisionLines, Lines, decode
from optimiser.plan.plan_checks import CheckedPlan, Miss, say
from optimiser.plan.verify import Broken, rules, switched

Excused = frozenset[tuple[str, str]]
"""(family of rows, item): promises that the past has made impossible."""

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "scope": ("scope",), "all or nothing": ("scope",), "must fund": ("scope", "award"), "award maximum": ("award",),
    "award minimum": ("minimum",), "agency minimum": ("agency",), "agency maximum": ("agency",),
    "min spend": ("min spend",), "share": ("min share", "max share"), "funded": ("funded",), "match": ("match",),
    "rule": ("rule",),
}  # fmt: skip
"""What a check calls a constraint -> the families of rows that hold it."""


@dataclass(frozen=True)
class Overrun(Broken):
    """One thing that the year does not keep; excused: the past has made it impossible."""

    excused: bool = False


def audited(past: Past, tables: Mapping[str, Table], excused: Excused, is_whole: bool) -> tuple[list[Overrun], float]:
    """Everything that the year breaks, and the largest violation of what is not excused, relative to its row."""
    unit = exact(past.case.settings.rounding) if is_whole else Fraction(0)
    found, worst = [], Fraction(0)
    for row in _rows(past, tables, unit):
        mine = _among(row.constraint, row.item, excused)
        over = row.over - allowance(row.kind, row.largest, unit)
        if not mine:
            worst = max(worst, over / max(Fraction(1), row.largest))
        if over > 0:
            numbers = float(row.required), float(row.achieved), float(row.over)
            found.append(Overrun(row.constraint, row.item, *numbers, row.sentence, mine))
    return found, float(worst)


def named(broken: Broken, promises: Excused) -> bool:
    """Whether what is broken is one of these promises."""
    return _among(broken.constraint, broken.item, promises)


def _among(constraint: str, item: str, promises: Excused) -> bool:
    return any((family, item) in promises for family in FAMILIES.get(constraint, ()))


def _rows(past: Past, tables: Mapping[str, Table], unit: Fraction) -> Iterator[Miss]:
    facts = past.facts
    compiled = compile_rules(facts)
    year = decode(facts, {n: t for n, t in tables.items() if n != "Balances"})
    whole_year = CheckedPlan(facts, year, unit, switched(facts, compiled), False)
    ahead = CheckedPlan(facts, _ahead(year, past.over), unit, whole_year.switched, False)
    for check in (
        plan_checks.readable,
        plan_checks.not_negative,
        plan_checks.admissible,
        plan_checks.shares,
        plan_checks.agencies,
        plan_checks.awards,
    ):
        yield from check(whole_year)
    yield from (row for row in plan_checks.scope(whole_year) if row.constraint == "scope")
    yield from (row for row in plan_checks.scope(ahead) if row.constraint == "pace")
    for check in (plan_checks.rounding, plan_checks.cost, plan_checks.staffing, plan_checks.people):
        yield from check(ahead)
    yield from fund_checks.match(whole_year)
    yield from _funds(past, whole_year)
    yield from rules(readings(facts, year, compiled), facts.settings.currency)


def _ahead(year: DecisionLines, over: int) -> DecisionLines:
    """The lines of the periods to come."""

    def later(lines: Lines) -> Lines:
        kept = lines.codes["period"] >= over
        return Lines({c: codes[kept] for c, codes in lines.codes.items()}, lines.amount[kept])

    return replace(
        year, spend=later(year.spend), posts=later(year.posts), hires=later(year.hires), levels=later(year.levels)
    )


def _funds(past: Past, plan: CheckedPlan) -> Iterator[Miss]:
    """No fund spends more in a period to come than arrives and is left of the past; each spends its least share."""
    facts, spent = past.facts, plan.lines.spend.sums("fund", "period")
    for f in range(facts.size("fund")):
        carryover, brought, total = exact(facts.carryover[f]), Fraction(0), Fraction(0)
        for t in np.flatnonzero(facts.fund_open[f]).tolist():
            available, spend = exact(facts.installment[f, t]) + brought, spent.get((f, t), Fraction(0))
            total += spend
            if t >= past.over and spend > max(available, Fraction(0)):
                item, over = plan.name(fund=f, period=t), spend - max(available, Fraction(0))
                said = f"{item}: {say(spend)} is spent, {say(available)} is available."
                yield Miss("fund", item, available, spend, over, max(spend, abs(available)), FIGURE, said)
            left = available - spend
            brought = left if left < 0 else min(carryover * max(available, Fraction(0)), left)
        least = exact(facts.min_spend[f]) * exact(facts.amount[f])
        if total < least:
            item = plan.name(fund=f)
            said = f"{item}: {say(total)} is spent in all, at least {say(least)} must be."
            yield Miss("min spend", item, least, total, least - total, least, FIGURE, said)


def excuses(facts: Facts, model: Model, compiled: list[Compiled], rows: Iterable[int]) -> Excused:
    """The promises that these rows of a model hold."""
    return frozenset(_promise(facts, compiled, *model.rows.at(r)) for r in rows)


def dropped(facts: Facts, model: Model, compiled: list[Compiled]) -> Excused:
    """The promises of rows in which nothing is left to decide, so that the model of the rest does not have them."""
    made: set[tuple[str, str]] = set()
    for name, family in build(facts, compiled).rows.families.items():
        if name not in model.rows or "period" in family.keys:
            continue
        there = set(_keys(model.rows[name]))
        gone = [k for k in _keys(family) if k not in there]
        made.update(_promise(facts, compiled, name, dict(zip(family.keys, k, strict=True))) for k in gone)
    return frozenset(made)


def _keys(family: Family) -> list[tuple[int, ...]]:
    return family.members(family.keys) if family.keys else [()] * family.size


def _promise(facts: Facts, compiled: list[Compiled], name: str, codes: Mapping[str, int]) -> tuple[str, str]:
    if "rule" in codes:
        limits = compiled[codes["rule"]].blocks[codes["part"]]
        return "rule", ", ".join(part for part in (limits.rule, limits.per[codes["limit"]]) if part)
    return name, ", ".join(facts.names[d][c] for d, c in codes.items() if d in facts.names)
