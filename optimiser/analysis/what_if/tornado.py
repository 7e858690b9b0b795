"""One number at a time: how far the best value moves when it is a tenth lower or higher, and where the plan changes.

The break-even is the nearest value of the number at which the plan changes its pattern: until there, each further unit
is worth the same (money, people, a rule's number), or the plan stays exactly as it is (a score, a priority).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from optimiser.analysis.asking.parametric import NotStraight
from optimiser.analysis.limits.cell import Cell
from optimiser.analysis.limits.money import FundAmount
from optimiser.analysis.limits.people_limits import Staff
from optimiser.analysis.sweeps.work import Sweeper
from optimiser.analysis.uncertain.draws import NO_ROWS
from optimiser.analysis.what_if.frontier import case_at, present, way_between
from optimiser.case.case import Case
from optimiser.case.checking.uncertain_rows import uncertain
from optimiser.case.faults import InvalidCase
from optimiser.case.selection import quoted
from optimiser.case.spec import BY_NAME
from optimiser.case.tolerances import HAIR, LEAST_SIZE, NOTHING
from optimiser.model.rules import RuleError

Range = tuple[float, float]
SHARE = 0.1
"""How much lower and higher each number is tried."""


@dataclass(frozen=True)
class Bar:
    """One number. now, low, high: its values; base, at_low, at_high: the best value of the objective with each (None:
    no plan); lower, upper: break-even values (None: none between low and high, or not a matter of straight lines)."""

    limit: Cell
    now: float
    low: float
    high: float
    base: float
    at_low: float | None
    at_high: float | None
    lower: float | None = None
    upper: float | None = None

    @property
    def swing(self) -> float:
        """How far the value moves between low and high; without a plan at one of them, without end."""
        if self.at_low is None or self.at_high is None:
            return float("inf")
        return max(self.at_low, self.at_high, self.base) - min(self.at_low, self.at_high, self.base)


def tornado(
    case: Case,
    numbers: Sequence[Cell] | Mapping[Cell, Range] | None = None,
    *,
    share: float = SHARE,
    break_even: bool = True,
    told: Callable[[str], None] | None = None,
) -> list[Bar]:
    """The bars of these numbers (None: `default_numbers`), largest swing first; a number that moves nothing is left out
    only where it was not asked for by name.

    numbers: those to move by a share of themselves, or each with its own lowest and highest value, such as
    `stated_ranges(case)`; told: hears the count.
    Raises InvalidCase where one names nothing, ValueError where a range does not rise.
    """
    ranges = numbers if isinstance(numbers, Mapping) else {}
    for limit, (low, high) in ranges.items():
        if not low < high:
            said = limit.number(case).said
            raise ValueError(f"{limit}: the range must rise, not go from {said(low)} to {said(high)}")
    sweeper = Sweeper(case)
    base = sweeper.result("base", [])
    if base.objective is None:
        return []
    made = []
    asked = list(default_numbers(case) if numbers is None else numbers)
    for n, limit in enumerate(asked, 1):
        if told is not None:
            told(f"number {n} of {len(asked)}")
        now = present(case, limit)
        if now is None:
            continue
        low, high = ranges[limit] if limit in ranges else _range(case, limit, now, share)
        at_low, at_high = (sweeper.result_of("", case_at(case, limit, v)).objective for v in (low, high))
        bar = Bar(limit, now, low, high, base.objective, at_low, at_high)
        if numbers is None and bar.swing <= HAIR * max(abs(base.objective), LEAST_SIZE):
            continue
        made.append(_with_break_even(case, bar) if break_even else bar)
    return sorted(made, key=lambda b: (-b.swing, str(b.limit)))


def stated_ranges(case: Case) -> dict[Cell, Range]:
    """The numbers of the sheet Uncertainty with their lowest and highest values; of a normal shape those that 5% lie
    below and above. Left out are rows that stand for several different numbers. Raises ValueError without rows."""
    if not len(case.tables["Uncertainty"]):
        raise ValueError(NO_ROWS)
    made = {}
    for number in uncertain(case.tables):
        table, first = case.tables[number.sheet], number.records[0]
        keys = [c for c in BY_NAME[number.sheet].key if c != "period"]
        where = " ; ".join(f"{c} = {quoted(str(table[c][first]))}" for c in keys)
        (low, *others), (high, *more) = number.values(number.low), number.values(number.high)
        if low < high and set(others) <= {low} and set(more) <= {high}:
            made[Cell(number.sheet, where, number.column)] = (low, high)
    return made


def default_numbers(case: Case) -> Iterator[Cell]:
    """Amounts of funds, staff, scores and priorities of initiatives, and the numbers of active rules."""
    tables = case.tables
    for fund in sorted(tables["Funds"]["fund"].tolist()):
        yield FundAmount.at(fund=fund)
    staff = tables["Staff"]
    for agency, role in sorted(set(zip(staff["agency"].tolist(), staff["role"].tolist(), strict=True))):
        yield Staff.at(agency=agency, role=role)
    for initiative in sorted(tables["Initiatives"]["initiative"].tolist()):
        for column in ("score", "priority"):
            yield Cell("Initiatives", f"initiative = {quoted(initiative)}", column)
    rules = tables["Rules"]
    for rule, active in sorted(zip(rules["rule"].tolist(), rules["active"].tolist(), strict=True)):
        for column in ("at_least", "at_most") if active else ():
            yield Cell("Rules", f"rule = {quoted(rule)}", column)


def _range(case: Case, limit: Cell, now: float, share: float) -> tuple[float, float]:
    """A share lower and higher, one at least of what is counted whole, inside what the column can hold."""
    reach = abs(now) * share if now else share
    reach = max(1.0, round(reach)) if limit.number(case).comes_whole else reach
    column = next((c for c in BY_NAME[limit.sheet].columns if c.name == limit.column), None)
    low, high = (column.low, column.high) if column is not None else (-np.inf, np.inf)
    return float(max(round(now - reach, 9), low)), float(min(round(now + reach, 9), high))


def _with_break_even(case: Case, bar: Bar) -> Bar:
    """The nearest values on either side at which the slope of the value changes."""
    found: list[float | None] = []
    for end in (bar.low, bar.high):
        found.append(_first_break(case, bar.limit, bar.now, end) if end != bar.now else None)
    return Bar(bar.limit, bar.now, bar.low, bar.high, bar.base, bar.at_low, bar.at_high, *found)


def _first_break(case: Case, limit: Cell, start: float, end: float) -> float | None:
    try:
        way = way_between(case, limit, start, end)
        ends = way.ends()
    except (NotStraight, InvalidCase, RuleError):
        return None
    if ends is None or ends[0] > NOTHING:
        return None
    spots = way.breakpoints(0.0, ends[1])
    if len(spots) > 2:
        return start + spots[1].at * (end - start)
    return start + ends[1] * (end - start) if ends[1] < 1 - HAIR else None
