"""A whole plan near the exact one: every spend line in the unit of rounding, every hard limit on money still kept.

Lines are shifted by their floor, so what is left to decide is 0 or 1 for each. Rows are made of integers by exact
arithmetic, so that nothing is lost to a solver's tolerance. Levels, posts and hires stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import pairwise
from math import ceil, floor, isinf, lcm, log10

import numpy as np

from optimiser.case.table import Array, to_decimals
from optimiser.case.tolerances import BY_KEY, LARGE_LOST, NEAR_WHOLE, OPTIMAL_GAP
from optimiser.model.matrix import Family, Index, Model, StageCost
from optimiser.model.rules import Compiled
from optimiser.model.rules.terms import exact, ratio
from optimiser.plan.allowance import within_a_unit
from optimiser.solvers.highs import solve
from optimiser.solvers.solution import SolveLimits

MOVING = ("carry", "match", "in kind")
MONEY_ROWS = (
    "cost",
    "fund",
    "carry-over",
    "min spend",
    "agency",
    "award",
    "minimum",
    "match",
    "no double match",
    "in kind",
)
SLACK = Fraction(999, 1000)
"""Part of a unit by which a cost row may be missed here; the verifier allows a whole one."""
UPWARDS = 0.3
"""How much (of a unit) a line rather rises than falls, so that no fund keeps a few units that the exact plan spends."""
LEAST_COST = 0.05
"""What a unit away from its place costs at least, where lines are widened: no line leaves it for nothing."""
OFF, OFF_IN_FULL = 4.0, 8.0
"""What an award costs that is a unit from the exact one, more than the lines that would have to move: and where it is delivered in
full, and people look for what was asked."""
SEEN = 4
"""Decimals of a limit that are kept at least, however large it is."""
LARGE = 1e10
"""Units from which on a line is so long that weights are taken to the last digit,"""
SIMPLE = 10**5
"""and as fractions with at most this below the line, where they are such."""
LARGEST_DENOMINATOR = 10**6
"""Rows whose numbers need a larger common denominator are held by a margin instead."""
MARGIN = Fraction(1, 10**6)
WIDENED = (0, 1, 1000)
"""Units by which a line may leave its place, in the order in which they are tried."""
WIDE = 1000
"""Units by which what is carried or matched may move."""


@dataclass(frozen=True, eq=False)
class _Lines:
    """The columns that may move: position in the model, place in units, how far they may rise and fall from it, what a
    unit of either costs, whether they stand in whole units (what counts as match need not)."""

    column: Array
    place: Array
    rise: Array
    fall: Array
    cost: Array
    cost_of_fall: Array
    whole: Array

    @cached_property
    def listed(self) -> tuple[list[int], list[bool], list[int], list[bool]]:
        """Place, whether it rises, its fall among all falls (-1: it does not), and whole, as Python reads them fastest."""
        falls = np.where(self.fall > 0, np.cumsum(self.fall > 0) - 1, -1)
        return self.place.astype(int).tolist(), (self.rise > 0).tolist(), falls.tolist(), self.whole.tolist()


@dataclass(frozen=True)
class _Row:
    """lower ≤ Σ weight × rise or fall of a line ≤ upper; falls are counted after all rises. missed: what a unit beyond
    either limit costs, infinite where it must be kept."""

    lines: list[int]
    weights: list[float]
    lower: float
    upper: float
    missed: float = np.inf


def whole(model: Model, x: Array, rules: list[Compiled], unit: float, time_limit: float) -> Array | None:
    """x with spend and carry in whole units of money, and match to fit; None where no whole plan was found in time (s)."""
    for widen in WIDENED:
        lines = _lines(model, x / unit, widen)
        rows, awards = _rows(model, x, rules, exact(unit), lines), _awards(model, x, unit, lines)
        moved = _decided(lines, [*rows, *awards], time_limit)
        if moved is not None:
            made = x.copy()
            made[lines.column] = in_money(lines.place + moved, unit)
            return made
    return None


def in_money(units: Array, unit: float) -> Array:
    """So many units as money: the nearest float, which reads as the decimal number that is meant."""
    parts = round(1 / unit)
    return np.asarray(units / parts if unit < 1 and parts * unit == 1 else to_decimals(units * unit, 6))


def _lines(model: Model, units: Array, widen: int) -> _Lines:
    """Spend lines above 0 (floor or floor + 1; `widen` more on either side), and all of carry, match and in kind.

    Where they are widened by more than one unit, money may also pass to other lines of the same cost (another fund).
    """
    spend = model.columns["spend"].span
    used = units[spend] > NEAR_WHOLE
    if widen > 1:
        used = live_spend(model, units)
    column = spend.start + np.flatnonzero(used)
    nearest = np.round(units[column])
    near = np.abs(units[column] - nearest) <= np.maximum(NEAR_WHOLE, LARGE_LOST * nearest)
    low = np.where(near, nearest, np.floor(units[column]))
    above = np.where(near, 0.0, units[column] - low)
    place = np.where(widen & (above > 0.5), low + 1, low)
    rise, fall = low + ~near + widen - place, place - np.maximum(low - widen, 0)
    # What a unit up, or down, adds to the distance from the exact plan.
    up, down = 1 - 2 * np.maximum(units[column] - place, 0), 1 - 2 * np.maximum(place - units[column], 0)
    if widen:
        up, down = np.maximum(up - UPWARDS, LEAST_COST), np.maximum(down, LEAST_COST)
    else:
        up = up - UPWARDS
    key = BY_KEY * by_key(model)[column]
    parts = [(column, place, rise, fall, up + key, down - key, np.ones(len(column), bool))]
    for name in MOVING:
        family = model.columns[name]
        low = np.maximum(np.floor(units[family.span] + NEAR_WHOLE) - WIDE, 0)
        none = np.zeros(family.size)
        at = family.positions
        parts.append((at, low, none + 2 * WIDE, none, none, none, np.full(family.size, name == "carry")))
    return _Lines(*(np.concatenate(values) for values in zip(*parts, strict=True)))


def by_key(model: Model) -> Array:
    """The weight that each column has by its key alone (0 where the model settles no ties)."""
    return np.asarray(sum(model.ties[1:], np.zeros(len(model.column_lower))))


def live_spend(model: Model, units: Array) -> Array:
    """[spend]: which columns of spend stand in a cost row in which money is spent."""
    rows, spend = model.rows["cost"], model.columns["spend"]
    start = model.start[rows.first : rows.first + rows.size + 1]
    index = model.index[start[0] : start[-1]]
    row = np.repeat(np.arange(rows.size), np.diff(start))
    mine = (index >= spend.first) & (index < spend.first + spend.size)
    live = np.bincount(row[mine], units[index[mine]] > NEAR_WHOLE, rows.size) > 0
    made = np.zeros(spend.size, bool)
    made[index[mine][live[row[mine]]] - spend.first] = True
    return made


def _rows(model: Model, x: Array, rules: list[Compiled], unit: Fraction, lines: _Lines) -> Iterator[_Row]:
    """The rows on money, with everything that is not rounded moved to their bounds."""
    line_of = np.full(len(x), -1, np.int64)
    line_of[lines.column] = np.arange(len(lines.column))
    values, places = x.tolist(), line_of.tolist()
    live = (line_of >= 0) | (x != 0)
    free, broken = np.zeros(len(x), bool), breaches(model, x)
    free[model.columns["unspent"].span] = True
    loose = loose_rules(rules)
    large = float(lines.place.max(initial=0.0)) >= LARGE
    for name, family in model.rows.families.items():
        if name not in MONEY_ROWS and not name.startswith("rule "):
            continue
        slack_of_all = unit * SLACK if name == "cost" or name in loose else Fraction(0)
        inside = _Inside(model, family)
        touched, soft = inside.has(line_of >= 0), inside.has(broken)
        unlimited, entries = inside.has(free), inside.entries(live & ~free)
        for r in np.flatnonzero(touched).tolist():
            low, high = float(model.row_lower[family.first + r]), float(model.row_upper[family.first + r])
            # What is broken already may be broken by more only as far as lines have to move, not by what is carried or matched.
            slack = _by_lines(*entries[r], lines, places) * unit if soft[r] else slack_of_all
            lower = (
                None if isinf(low) or unlimited[r] else _decimal(low, large) - slack if slack else _decimal(low, large)
            )
            upper = None if isinf(high) else _decimal(high, large) + slack if slack else _decimal(high, large)
            yield _row(values, *entries[r], lower, upper, float(unit), lines, places, large)


def _awards(model: Model, x: Array, unit: float, lines: _Lines) -> Iterator[_Row]:
    """For each initiative: that its award is the exact one, up or down to a whole unit, so that a whole one stays as it is."""
    spend, level = model.columns["spend"], model.columns["level"]
    mine = np.flatnonzero((lines.column >= spend.first) & (lines.column < spend.first + spend.size))
    falls = np.where(lines.fall > 0, len(lines.column) + np.cumsum(lines.fall > 0) - 1, -1)
    of = spend.keys["initiative"][lines.column[mine] - spend.first]
    delivered = np.bincount(level.keys["initiative"], x[level.span], int(of.max(initial=-1)) + 1)
    for i in np.unique(of).tolist():
        at = mine[of == i]
        exactly, placed = float(x[lines.column[at]].sum()) / unit, float(lines.place[at].sum())
        near = abs(exactly - round(exactly)) <= max(NEAR_WHOLE, LARGE_LOST * exactly)
        low, high = (round(exactly),) * 2 if near else (floor(exactly), ceil(exactly))
        up, down = at[lines.rise[at] > 0], falls[at[lines.fall[at] > 0]]
        if len(up) + len(down):
            weights = [1.0] * len(up) + [-1.0] * len(down)
            missed = OFF_IN_FULL if delivered[i] >= 1 - NEAR_WHOLE else OFF
            yield _Row([*up.tolist(), *down.tolist()], weights, low - placed, high - placed, missed)


def _by_lines(index: list[int], value: list[float], lines: _Lines, places: list[int]) -> Fraction:
    """By how much a row moves where each of its lines of spend does by a unit."""
    whole = lines.listed[3]
    return exact(sum(abs(v) for c, v in zip(index, value, strict=True) if places[c] >= 0 and whole[places[c]]))


def breaches(model: Model, x: Array) -> Array:
    """[columns]: which count by how much a soft rule is broken, and do."""
    made = np.zeros(len(x), bool)
    for name, family in model.columns.families.items():
        if name.startswith("breach "):
            made[family.span] = x[family.span] > NEAR_WHOLE
    return made


def loose_rules(rules: list[Compiled]) -> set[str]:
    """Families of rows of rules that may be missed by a unit."""
    return {f"rule {n}.{k}" for n, rule in enumerate(rules) if within_a_unit(rule) for k in range(len(rule.blocks))}


class _Inside:
    """The entries of a family of rows."""

    def __init__(self, model: Model, family: Family) -> None:
        start = model.start[family.first : family.first + family.size + 1]
        self._start, self._row = start - start[0], np.repeat(np.arange(family.size), np.diff(start))
        self._index, self._value = (entries[start[0] : start[-1]] for entries in (model.index, model.value))

    def has(self, columns: Array) -> Array:
        """[rows]: whether a row holds any of these columns (a mask)."""
        return np.bincount(self._row[columns[self._index]], minlength=len(self._start) - 1) > 0

    def entries(self, columns: Array) -> list[tuple[list[int], list[float]]]:
        """The columns of each row that are among these (a mask), and their weights."""
        kept = np.flatnonzero(columns[self._index])
        first = np.searchsorted(kept, self._start).tolist()
        index, value = self._index[kept].tolist(), self._value[kept].tolist()
        return [(index[s:e], value[s:e]) for s, e in pairwise(first)]


@lru_cache(maxsize=4096)
def _decimal(value: float, large: bool) -> Fraction:
    """The number that was meant: a float with two decimals as it is, another one without the last digits that sums of
    floats leave. large: it counts amounts of so many digits that a third must be one."""
    if value == round(value, 2):
        return exact(value)
    if large:
        simple = Fraction(value).limit_denominator(SIMPLE)
        near = abs(simple - Fraction(value)) <= Fraction(LARGE_LOST) * abs(Fraction(value))
        return simple if near else exact(float(f"{value:.15g}"))
    digits = min(max(13, ceil(log10(abs(value))) + SEEN), 15)
    return exact(float(f"{value:.{digits}g}"))


@lru_cache(maxsize=4096)
def _in_units(weight: float, unit: float, large: bool) -> tuple[int, int]:
    """What one unit of money more adds to a row: numerator and denominator."""
    by = _decimal(weight, large) * exact(unit)
    return by.numerator, by.denominator


def _row(
    x: list[float], index: list[int], value: list[float], lower: Fraction | None, upper: Fraction | None,
    unit: float, lines: _Lines, line_of: list[int], large: bool,
) -> _Row:  # fmt: skip
    places, rises, falls, in_whole = lines.listed
    still: dict[int, int] = {}  # numerators of what does not move, by denominator: integers add without a common one
    moving: list[int] = []
    weights: list[tuple[int, int]] = []
    integers = True
    for column, weight in zip(index, value, strict=True):
        k = line_of[column]
        if k >= 0:
            number, below = _in_units(weight, unit, large)
            if rises[k]:
                moving.append(k)
                weights.append((number, below))
                integers &= in_whole[k]
            if falls[k] >= 0:
                moving.append(len(places) + falls[k])
                weights.append((-number, below))
            number *= places[k]
        else:
            by, at = _in_units(weight, 1.0, large), ratio(x[column])
            number, below = by[0] * at[0], by[1] * at[1]
        still[below] = still.get(below, 0) + number
    below = lcm(*still)
    number = sum(n * (below // d) for d, n in still.items())
    # What is left for the lines: numerator and denominator, not reduced, which would take longer than all the rest.
    least, most = (None if b is None else _left(b, number, below) for b in (lower, upper))
    if not integers:
        size = max(abs(n / d) for n, d in weights)
        low, high = (None if b is None else b[0] / b[1] / size for b in (least, most))
        return _Row(
            moving,
            [n / d / size for n, d in weights],
            -np.inf if low is None else low,
            np.inf if high is None else high,
        )
    common = lcm(*(d for _, d in weights)) if weights else 1
    if common <= LARGEST_DENOMINATOR:
        bounds = (
            -np.inf if least is None else -(-least[0] * common // least[1]),
            np.inf if most is None else most[0] * common // most[1],
        )
        return _Row(moving, [float(n * (common // d)) for n, d in weights], float(bounds[0]), float(bounds[1]))
    exactly = [Fraction(n, d) for n, d in weights]
    largest = max(abs(w) for w in exactly)
    margin = MARGIN * (1 + len(weights))
    return _Row(
        moving, [float(w / largest) for w in exactly],
        -np.inf if least is None else float(Fraction(*least) / largest + margin),
        np.inf if most is None else float(Fraction(*most) / largest - margin),
    )  # fmt: skip


def _left(bound: Fraction, number: int, below: int) -> tuple[int, int]:
    """bound − number / below: numerator and denominator (above 0)."""
    return bound.numerator * below - number * bound.denominator, bound.denominator * below


def _decided(lines: _Lines, rows: list[_Row], time_limit: float) -> Array | None:
    """How far each line moves; None where no choice keeps every row."""
    if any(not r.lines and (r.lower > 0 or r.upper < 0) for r in rows):
        return None
    falls = lines.fall > 0
    # Behind all rises and falls: of each row that may be missed, by how much it is too little, and too much.
    soft = [k for k, r in enumerate(rows) if np.isfinite(r.missed)]
    missed = np.repeat([rows[k].missed for k in soft], 2)
    lines_end = len(falls) + int(falls.sum())
    further = {k: [(lines_end + 2 * n, 1.0), (lines_end + 2 * n + 1, -1.0)] for n, k in enumerate(soft)}
    moves = np.concatenate([lines.rise, lines.fall[falls]])
    farthest = [moves[rows[k].lines].sum() + max(abs(rows[k].lower), abs(rows[k].upper)) for k in soft]
    most = np.concatenate([moves, np.repeat(farthest, 2)])
    whole = np.concatenate([lines.whole, lines.whole[falls], np.zeros(len(missed), bool)])
    ones = np.ones(len(most))
    entries = [sorted(zip(r.lines, r.weights, strict=True)) + further.get(k, []) for k, r in enumerate(rows)]
    count = np.array([0, *map(len, entries)])
    model = Model(
        columns=Index({"line": Family("line", 0, len(ones), {})}),
        rows=Index({"row": Family("row", 0, len(rows), {})}),
        start=np.cumsum(count).astype(np.int32),
        index=np.array([column for row in entries for column, _ in row], np.int32),
        value=np.array([weight for row in entries for _, weight in row], float),
        column_lower=0 * ones,
        column_upper=most.astype(float),
        integer=whole & (most > 0),
        row_lower=np.array([r.lower for r in rows]),
        row_upper=np.array([r.upper for r in rows]),
        column_scale=ones,
        row_scale=np.ones(len(rows)),
        stages=(StageCost("rounding", np.concatenate([lines.cost, lines.cost_of_fall[falls], missed])),),
        ties=(),
    )
    solution = solve(model, SolveLimits(gap=OPTIMAL_GAP, time_limit=time_limit))
    if solution.x is None:
        return None
    found = np.where(whole, np.round(solution.x), solution.x)
    moved = found[: len(falls)].copy()
    moved[falls] -= found[len(falls) : lines_end]
    return moved
