"""From a case and the decision tables, the tables that people read: awards, what agencies receive, outcomes, compliance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from optimiser.case.case import Case
from optimiser.case.facts import Facts
from optimiser.case.spec import Sheet
from optimiser.case.table import Array, Table, text
from optimiser.case.tolerances import FULL, FUNDED, HAIR, MILLIONTH
from optimiser.model.rules import Compiled, compile_rules, rules_of, sentence, waived, written_rules
from optimiser.model.rules.terms import LimitReading, Limits, exact, read
from optimiser.plan.allowance import DIGITS, FIGURE, UNIT, is_kept, kind_of
from optimiser.plan.entries import effects, entries_of
from optimiser.plan.lines import DecisionLines, decode
from optimiser.plan.tables import SPEC, WAIVED

IN_FULL, IN_PART, NOT_FUNDED = "in full", "in part", "not funded"
TOGETHER = "several together"
"""State of a row that stands for several initiatives, which a reader may not see one by one."""


@dataclass(frozen=True, eq=False)
class Read:
    """One limit of one rule, computed on a plan. kind: how exactly it must hold (see tolerance)."""

    compiled: Compiled
    limits: Limits
    reading: LimitReading
    kind: str


def table_of(sheet: Sheet, records: Iterable[Sequence[Any]]) -> Table:
    """A table of a plan from rows of plain values, typed by its specification (also where there are no rows)."""
    rows = list(records)
    made: dict[str, Array] = {}
    for j, column in enumerate(sheet.columns):
        values = [row[j] for row in rows]
        if column.type == "number":
            made[column.name] = np.array(values, float)
        elif column.type == "flag":
            made[column.name] = np.array(values, bool)
        else:
            made[column.name] = text(values)
    return Table(sheet.name, made)


def derive(
    case: Case,
    tables: Mapping[str, Table],
    *,
    lines: DecisionLines | None = None,
    read: list[Read] | None = None,
    unit: Fraction | None = None,
) -> dict[str, Table]:
    """Awards, Received, Achieved and Compliance from the decision tables.

    lines, read: the decoded tables and the limits of the rules, where they were computed already; unit: the rounding in
    which money stands (0: it is not rounded), by default that of the case.
    """
    facts, lines = case.facts, decode(case.facts, tables) if lines is None else lines
    unit = exact(case.settings.rounding) if unit is None else unit
    made = {
        "Awards": _awards(facts, lines),
        "Received": _received(facts, lines),
        "Achieved": _achieved(facts, lines),
        "Compliance": _compliance(facts, readings(facts, lines) if read is None else read, unit),
    }
    return {name: table_of(SPEC[name], rows) for name, rows in made.items()}


def readings(facts: Facts, lines: DecisionLines, compiled: Sequence[Compiled] | None = None) -> list[Read]:
    """Every limit of every active rule, computed on the plan, in the order of the rules."""
    entries = entries_of(facts, lines)
    made = []
    for rule in compile_rules(facts) if compiled is None else compiled:
        for limits in rule.blocks:
            kind = kind_of(rule, limits)
            made += [Read(rule, limits, reading, kind) for reading in read(limits, entries)]
    return made


def _named(keys: Sequence[str], names: Sequence[str]) -> list[str]:
    """The name of each member, or its key where it has none."""
    return [name or key for key, name in zip(keys, names, strict=True)]


def _awards(facts: Facts, lines: DecisionLines) -> Iterable[Sequence[Any]]:
    size, keys = facts.size("initiative"), facts.names["initiative"]
    award, level = lines.spend.float_sums("initiative", size), lines.levels_of(facts)
    level = np.where(np.abs(level - 1) <= HAIR, 1.0, level)
    people = lines.posts.float_sums("initiative", size) + lines.hires.float_sums("initiative", size)
    impact = facts.impact(effects(facts, lines))
    names = _named(keys, facts.sorted["initiative"]["name"].tolist())
    columns = (facts.request, award, level, people, impact)
    figures = zip(*(c.tolist() for c in columns), strict=True)
    for key, name, theme, row in zip(keys, names, facts.theme.tolist(), figures, strict=True):
        yield key, name, theme, *row, state_of(row[2])


def state_of(level: float) -> str:
    """How far an initiative is funded, in words, from its level (share of full scope)."""
    if level <= FUNDED:
        return NOT_FUNDED
    return IN_FULL if level >= FULL else IN_PART


def _received(facts: Facts, lines: DecisionLines) -> Iterable[Sequence[Any]]:
    size, keys = facts.size("agency"), facts.names["agency"]
    paid = [float(sum(map(exact, row), Fraction(0))) for row in facts.contribution.tolist()]
    columns = [lines.spend, lines.posts, lines.hires]
    figures = zip(paid, *(c.float_sums("agency", size).tolist() for c in columns), strict=True)
    for key, name, row in zip(keys, _named(keys, facts.sorted["agency"]["name"].tolist()), figures, strict=True):
        yield key, name, *row


def _achieved(facts: Facts, lines: DecisionLines) -> Iterable[Sequence[Any]]:
    achieved = facts.at_full * facts.achieved(effects(facts, lines))
    size = len(facts.outcomes)
    sums = (np.bincount(facts.outcome_of, values, size).tolist() for values in (achieved, facts.at_full))
    return zip(facts.outcomes, *sums, strict=True)


def _compliance(facts: Facts, read: Sequence[Read], unit: Fraction) -> Iterable[Sequence[Any]]:
    said: dict[int, tuple[str, str]] = {}
    for limit in read:
        rule, reading = limit.compiled.rule, limit.reading
        if id(rule) not in said:
            said[id(rule)] = waived(facts, rule), sentence(facts, rule)
        kept = is_kept(limit.kind, reading, unit)
        headroom = reading.headroom if reading.headroom >= 0 or not kept else Fraction(0)
        lost = (rule.penalty or 0.0) * float(-headroom) if not kept and not rule.hard else 0.0
        achieved = np.nan if reading.achieved is None else reading.achieved
        yield (
            reading.rule, rule.kind, reading.per, reading.sense, reading.required, achieved, float(headroom), reading.unit,
            kept, _is_binding(limit, headroom, unit), rule.hard, lost, rule.authority,
            rule.set_by, rule.waiver, *said[id(rule)],
        )  # fmt: skip
    yield from _waived(facts)


def _waived(facts: Facts) -> Iterable[Sequence[Any]]:
    """A line without figures for each rule that is waived altogether: it has no limits, and is told all the same."""
    switched_on = {rule.name for rule in written_rules(facts) if rule.active}
    for rule in rules_of(facts):
        if rule.name in switched_on and not rule.active:
            yield (
                rule.name, rule.kind, "", WAIVED, np.nan, np.nan, np.nan, "", True, False, rule.hard, 0.0, rule.authority,
                rule.set_by, rule.waiver, waived(facts, rule), sentence(facts, rule),
            )  # fmt: skip


def _is_binding(limit: Read, headroom: Fraction, unit: Fraction) -> bool:
    """Whether a limit leaves nothing (of money in units: less than one unit). A share of nothing binds nothing, nor does
    a limit of 0 that nobody wrote, as on who has no part in a formula."""
    reading, rule = limit.reading, limit.compiled.rule
    nothing = not reading.required and not reading.left and 0 not in (rule.at_least, rule.at_most)
    if nothing or (not reading.base and not reading.left):
        return False
    term = max(Fraction(1), reading.largest)
    if limit.kind in (DIGITS, FIGURE, UNIT) and unit:
        return headroom < max(unit, term * MILLIONTH / 1000)
    return headroom <= MILLIONTH * term
