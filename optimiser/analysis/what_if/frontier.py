"""What the best plan achieves as one limit moves.

    frontier(case, Cell("Funds", "fund = Task Force Pool", "amount"), 500_000, 2_000_000)

Without switches every breakpoint is exact; with switches there are points, each with its proven gap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import isfinite

import numpy as np

from optimiser.analysis.asking.parametric import NotStraight, Way, extended
from optimiser.analysis.limits.cell import Cell
from optimiser.case.case import Case
from optimiser.case.checking.default_rows import fund_amounts
from optimiser.case.faults import InvalidCase
from optimiser.case.names import fold_title
from optimiser.case.reading.which import known_sheet
from optimiser.case.reading.workbook import Tables
from optimiser.case.review_scores import initiative_scores
from optimiser.case.scenario.apply import applied, changes_of
from optimiser.case.tolerances import HAIR, SAME
from optimiser.model.matrix import Model
from optimiser.model.program import Program
from optimiser.model.rules import RuleError
from optimiser.solvers.highs import solve
from optimiser.solvers.solution import SolveLimits

POINTS = 21
"""Points of a frontier of a case with switches."""
Told = Callable[[str], None]
"""Called with a line of progress."""


@dataclass(frozen=True)
class Point:
    """One point. at: of what is swept; value: of the objective (None: no plan, or, `unsettled`: it is not known whether there is one);
    gap: proven relative distance from the best; worth: what one more unit of `at` is worth just after it (None where it is not known)."""

    at: float
    value: float | None
    gap: float | None = None
    worth: float | None = None
    knee: bool = False
    present: bool = False
    unsettled: bool = False


@dataclass(frozen=True)
class Frontier:
    """points: in order of `at`; exact: they are all breakpoints, and between them the value is straight; now: the plan of
    the case where it need not lie on the frontier (it follows other objectives too)."""

    swept: str
    objective: str
    points: tuple[Point, ...]
    exact: bool
    note: str = ""
    now: Point | None = None

    @property
    def knee(self) -> Point | None:
        """Where more begins to be worth clearly less."""
        return next((p for p in self.points if p.knee), None)

    @property
    def present(self) -> Point | None:
        """The case as it is."""
        return next((p for p in self.points if p.present), self.now)


def frontier(
    case: Case, limit: Cell, low: float, high: float, *, count: int = POINTS, told: Told | None = None
) -> Frontier:
    """The best value of the first objective as a limit moves from low to high.

    count: points, where there are switches or more than limits changes; told: hears of each of them. Raises InvalidCase
    where the limit names nothing, ValueError where low is not below high.
    """
    if not (isfinite(low) and isfinite(high)):
        raise ValueError("the limit moves between two numbers that have an end")
    if not low < high:
        said = limit.number(case).said
        raise ValueError(f"the limit must move upward, not from {said(low)} to {said(high)}")
    limits = SolveLimits.of(case.settings)
    now = present(case, limit)
    try:
        way = way_between(case, limit, low, high)
        points, stage = _exact(way, low, high, now), way.model.stages[0]
        exact, note = True, ""
    except NotStraight as why:
        grid = np.linspace(low, high, count).tolist()
        grid = sorted({*grid, *([now] if now is not None and low <= now <= high else [])})
        points = [_point(case, limit, at, at == now, limits) for at in _each(grid, told)]
        stage = Program.of(case).model.stages[0]
        exact, note = False, f"Only these points are known, not what lies between them, since {why}."
    return Frontier(str(limit), stage.name, tuple(with_knee(points, -stage.sign)), exact, note)


def way_between(case: Case, limit: Cell, low: float, high: float) -> Way:
    """The straight way of the first objective's model as a limit moves. Raises NotStraight."""
    limits = SolveLimits.of(case.settings)
    try:
        first, last, middle = (model_at(case, limit, at).alone() for at in (low, high, (low + high) / 2))
    except RuleError as error:
        raise NotStraight(f"a rule cannot be read everywhere ({error})") from error
    try:
        return Way(first, last, middle, limits)
    except NotStraight:  # at 0 what nobody has is no column: the way is then that of the other half, drawn on
        later = model_at(case, limit, low + 0.75 * (high - low)).alone()
        return Way(extended(middle, last), last, extended(later, last), limits)


def _exact(way: Way, low: float, high: float, now: float | None) -> list[Point]:
    """The breakpoints where there is a plan, and the present one."""
    ends = way.ends()
    if ends is None:
        return []
    length = high - low
    spots = way.breakpoints(*ends)
    points = [Point(low + s.at * length, s.value, 0.0, s.slope / length) for s in spots]
    if now is not None:
        place = (now - low) / length
        same = [k for k, p in enumerate(points) if abs(p.at - now) <= HAIR * max(1.0, abs(now))]
        if same:
            points[same[0]] = replace(points[same[0]], present=True)
        elif ends[0] <= place <= ends[1] and (spot := way.spot(place)) is not None:
            before = max((p for p in points if p.at < now), key=lambda p: p.at)
            points.append(Point(now, spot.value, 0.0, before.worth, present=True))
    return sorted(points, key=lambda p: p.at)


def _solved(model: Model, at: float, is_present: bool, limits: SolveLimits) -> Point:
    found = solve(model, limits)
    value = found.stages[0].best if found.x is not None and found.stages else None
    return Point(at, value, found.gap, present=is_present, unsettled=found.x is None and found.status != "infeasible")


def _point(case: Case, limit: Cell, at: float, is_present: bool, limits: SolveLimits) -> Point:
    """One point; without a value where some rule cannot be read with the limit there."""
    try:
        return _solved(model_at(case, limit, at).alone(), at, is_present, limits)
    except RuleError:
        return Point(at, None, present=is_present)


def with_knee(points: Sequence[Point], better: float) -> list[Point]:
    """The points with the knee marked: the one that is farthest on the better side of the straight line between both
    ends. better: 1 where a higher value is, -1 where a lower one is."""
    known = [p for p in points if p.value is not None]
    if len(known) < 3:
        return list(points)
    at = np.array([p.at for p in known])
    value = np.array([p.value for p in known], float)
    across, up = at[-1] - at[0], value[-1] - value[0]
    height = float(value.max() - value.min())
    if across <= 0 or height <= HAIR * max(1.0, float(np.abs(value).max())):
        return list(points)
    away = better * ((value - value[0]) - up * (at - at[0]) / across) / height
    if away.max() <= SAME:
        return list(points)
    knee = known[int(np.argmax(away))]
    return [replace(p, knee=p is knee) for p in points]


def _each(values: Sequence[float], told: Told | None) -> Iterator[float]:
    """The values, each announced."""
    for n, value in enumerate(values, 1):
        if told is not None:
            told(f"Point {n} of {len(values)}")
        yield value


def case_at(case: Case, limit: Cell, value: float) -> Case:
    """The case with the limit set to a value. Contributions may exceed an amount here: they stay as paid."""
    made = applied(Tables(case.tables), changes_of([limit.change(value)]))
    if made.broken:
        raise InvalidCase(made.faults)
    return Case(made.tables.tables, case.settings)


def model_at(case: Case, limit: Cell, value: float) -> Model:
    """The linear program with the limit set to a value."""
    return Program.of(case_at(case, limit, value)).model


def present(case: Case, limit: Cell) -> float | None:
    """The number as it stands; None where it is blank, or not the same in all rows. Raises ValueError where `where`
    names no row."""
    sheet = known_sheet(limit.sheet)
    made = applied(Tables(case.tables), changes_of([limit.change(0.0)]))
    if made.broken or sheet not in made.edited:
        return None
    if len(made.tables[sheet]) > len(
        case.tables[sheet]
    ):  # a scenario may add a row so, but a number that is not there cannot move
        raise ValueError(f"{sheet} has no row where {limit.where}: name one that is there")
    column = next((c for c in case.tables[sheet].columns if fold_title(c) == fold_title(limit.column)), "")
    by = made.edited[sheet].by.get(column)
    if by is None:
        return None
    settled = {("Funds", "amount"): fund_amounts, ("Initiatives", "score"): initiative_scores}.get((sheet, column))
    values = settled(case.tables) if settled is not None else case.tables[sheet][column]
    found = {float(v) for v in values[np.flatnonzero(by >= 0)[: len(values)]].tolist()}
    return found.pop() if len(found) == 1 and not np.isnan(next(iter(found))) else None
