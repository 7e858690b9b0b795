"""Checks a plan against its case, from the plan's own tables, in exact arithmetic. No matrix, no solver.

The table of contents of what a plan must keep is CHECKS, then the rules, then the totals of the derived tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from optimiser.case.case import Case
from optimiser.case.facts import Facts
from optimiser.case.table import Array, Table
from optimiser.model.rules import Compiled, compile_rules
from optimiser.model.rules.number import MONEY, Number
from optimiser.model.rules.terms import exact
from optimiser.plan import fund_checks, plan_checks
from optimiser.plan.allowance import FIGURE, NEVER, UNIT, allowance
from optimiser.plan.derive import Read, derive, readings
from optimiser.plan.lines import DecisionLines, decode
from optimiser.plan.plan_checks import CheckedPlan, Miss, say
from optimiser.plan.tables import DERIVED

CHECKS: tuple[plan_checks.Check, ...] = (
    plan_checks.readable,
    plan_checks.not_negative,
    plan_checks.rounding,
    plan_checks.admissible,
    plan_checks.cost,
    plan_checks.scope,
    fund_checks.funds,
    fund_checks.balances,
    plan_checks.staffing,
    plan_checks.steps,
    plan_checks.people,
    plan_checks.shares,
    plan_checks.agencies,
    plan_checks.awards,
    fund_checks.match,
)
"""Every balance and capacity. `rules` and `totals` follow."""


@dataclass(frozen=True)
class Broken:
    """One thing that a plan does not keep.

    constraint: which kind (`fund`, `cost`, `rule` …); item: where (names of fund, initiative, period …; of a rule its
    name and member); required, achieved, by: in the unit of the constraint (money, FTE, level …).
    """

    constraint: str
    item: str
    required: float
    achieved: float
    by: float
    sentence: str


def verify(
    case: Case, tables: Mapping[str, Table], *, rounding: float | None = None, whole: bool = True
) -> list[Broken]:
    """Everything that the plan breaks; nothing where it keeps every balance and every rule.

    tables: Spend, Posts, Hires, Levels, Match and Balances, and where they stand there the derived tables, whose
    totals must tie out. rounding: unit of money, by default that of the case; whole: whether spend stands in it.
    """
    unit = _unit(case, rounding, whole)
    return _broken(_rows(case, tables, unit), unit)


def largest_violation(
    case: Case, tables: Mapping[str, Table], *, rounding: float | None = None, whole: bool = True
) -> float:
    """The largest violation of any row, relative to the row's largest term (at least 1); 0 where every row holds.

    Of a rounded plan, what rounding itself does to a cost row or an equality (one unit) is no violation.
    """
    unit = _unit(case, rounding, whole)
    return _largest(list(_rows(case, tables, unit)), unit)


def audit(
    case: Case, tables: Mapping[str, Table], *, rounding: float | None = None, whole: bool = True
) -> tuple[list[Broken], float]:
    """Both verify and largest_violation, in the time of one."""
    unit = _unit(case, rounding, whole)
    rows = list(_rows(case, tables, unit))
    return _broken(rows, unit), _largest(rows, unit)


def audit_of_derived(
    case: Case,
    tables: Mapping[str, Table],
    lines: DecisionLines,
    compiled: list[Compiled],
    read: list[Read],
    *,
    whole: bool = True,
) -> tuple[list[Broken], float]:
    """As audit, of decision tables that were decoded and whose limits were read a moment ago, by these same rooms; the
    derived tables were made from them, so that their totals are theirs. tables, lines: of one and the same plan."""
    unit = _unit(case, None, whole)
    rows = list(_checked(case.facts, tables, lines, compiled, read, unit))
    return _broken(rows, unit), _largest(rows, unit)


def _broken(rows: Iterable[Miss], unit: Fraction) -> list[Broken]:
    return [
        Broken(r.constraint, r.item, float(r.required), float(r.achieved), float(r.over), r.sentence)
        for r in rows
        if r.over > allowance(r.kind, r.largest, unit)
    ]


def _largest(rows: Iterable[Miss], unit: Fraction) -> float:
    excess = ((r.over - (unit if r.kind == UNIT else 0)) / max(Fraction(1), r.largest) for r in rows)
    return max(0.0, float(max(excess, default=Fraction(0))))


def _unit(case: Case, rounding: float | None, whole: bool) -> Fraction:
    return exact(case.settings.rounding if rounding is None else rounding) if whole else Fraction(0)


def _rows(case: Case, tables: Mapping[str, Table], unit: Fraction) -> Iterator[Miss]:
    """All rows that do not hold exactly."""
    lines, compiled = decode(case.facts, tables), compile_rules(case.facts)
    read = readings(case.facts, lines, compiled)
    yield from _checked(case.facts, tables, lines, compiled, read, unit)
    yield from totals(case, tables, lines, read, unit)


def _checked(
    facts: Facts,
    tables: Mapping[str, Table],
    lines: DecisionLines,
    compiled: list[Compiled],
    read: list[Read],
    unit: Fraction,
) -> Iterator[Miss]:
    """Balances, capacities and rules that do not hold exactly."""
    plan = CheckedPlan(facts, lines, unit, switched(facts, compiled), "Balances" in tables)
    for check in CHECKS:
        yield from check(plan)
    yield from rules(read, facts.settings.currency)


def switched(facts: Facts, compiled: list[Compiled]) -> Array:
    """[I]: whether some rule asks whether the initiative is funded (count, requires, excludes)."""
    made = np.zeros(facts.size("initiative"), bool)
    for limits in (block for rule in compiled for block in rule.blocks):
        for term in (*limits.left, *limits.right):
            if term.measure == "funded":
                asked = term.weights.get("initiative", np.ones(len(made))) != 0
                for _, number in term.member:
                    asked = asked & (number >= 0)
                made |= asked
    return made


def rules(read: list[Read], currency: str) -> Iterator[Miss]:
    """Every hard rule, limit by limit."""
    for limit in read:
        reading, over = limit.reading, -limit.reading.headroom
        if over > 0 and limit.compiled.rule.hard:
            item = ", ".join(part for part in (reading.rule, reading.per) if part)
            required = reading.share * reading.base
            sense = "at least" if reading.sense == "at_least" else "at most"
            number = Number(reading.unit, currency) if reading.unit == MONEY else None
            asked, there = (
                f"{say(v)} {reading.unit}" if number is None else number.said(float(v))
                for v in (required, reading.left)
            )
            said = f"{item}: {sense} {asked} required, {there} in the plan."
            yield Miss("rule", item, required, reading.left, over, reading.largest, limit.kind, said)


def totals(
    case: Case, tables: Mapping[str, Table], lines: DecisionLines, read: list[Read], unit: Fraction
) -> Iterator[Miss]:
    """Every derived table that the plan has says what its decision tables say."""
    present = [sheet for sheet in DERIVED if sheet.name in tables]
    if not present:
        return
    made = derive(case, tables, lines=lines, read=read, unit=unit)
    for sheet in present:
        ours, theirs = (_by_key(table, sheet.key) for table in (made[sheet.name], tables[sheet.name]))
        if len(ours) != len(theirs):
            said = f"{sheet.name} has {len(theirs)} lines, the plan makes {len(ours)}."
            counts = Fraction(len(ours)), Fraction(len(theirs))
            yield Miss("total", sheet.name, *counts, abs(counts[0] - counts[1]), Fraction(1), NEVER, said)
            continue
        for column in sheet.columns:
            yield from _differences(sheet.name, column.name, ours, theirs, sheet.key)


def _by_key(table: Table, key: tuple[str, ...]) -> Table:
    """The same lines in the order of their keys: a table that somebody sorted says the same."""
    keys = list(zip(*(table[c].tolist() for c in key), strict=True))
    return table.take(np.array(sorted(range(len(keys)), key=keys.__getitem__), int))


def _differences(sheet: str, column: str, ours: Table, theirs: Table, key: tuple[str, ...]) -> Iterator[Miss]:
    pairs = zip(ours[column].tolist(), theirs[column].tolist(), strict=True)
    for k, (right, found) in enumerate(pairs):
        if right == found or (right != right and found != found):
            continue
        item = f"{sheet}: " + ", ".join(str(ours[c][k]) for c in key if ours[c][k]) + f", {column}"
        if isinstance(right, float) and isinstance(found, float) and np.isfinite(right) and np.isfinite(found):
            required, achieved = exact(right), exact(found)
            said = f"{item} is {say(achieved)}, the plan makes it {say(required)}."
            largest = max(abs(required), abs(achieved))
            yield Miss("total", item, required, achieved, abs(required - achieved), largest, FIGURE, said)
        else:
            said = f"{item} is {found!r}, the plan makes it {right!r}."
            yield Miss("total", item, Fraction(0), Fraction(1), Fraction(1), Fraction(1), NEVER, said)
