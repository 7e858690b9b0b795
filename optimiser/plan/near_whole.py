"""Another plan near the best one, of which a whole plan can be made: levels, people and switches move as well.

Where no line of the best plan can go up or down without breaking a limit (a match that released people just pay for), its
levels have to give way. Three ways, the cheapest first: all limits on money that bind are held a unit tighter and the linear
program is solved again; else the lines near the plan are made integers, in a program of the whole model; else the same is
tried of the next best settings of the switches, if they are hardly worse.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

import numpy as np

from optimiser.case.table import Array
from optimiser.case.tolerances import BARELY, BY_KEY, HAIR, HELD_BACK, LARGE_LOST, NEAR_WHOLE, SOLVER
from optimiser.model.extend import Extension, with_row
from optimiser.model.matrix import Model, StageCost
from optimiser.model.rules import Compiled
from optimiser.plan.rounding import MONEY_ROWS, SLACK, breaches, by_key, live_spend, loose_rules
from optimiser.solvers.highs import solve
from optimiser.solvers.problem import centre
from optimiser.solvers.solution import SolveLimits, relative_gap

TIGHTER = (1.0, 3.0)
"""Units by which binding limits are held back, in the order in which they are tried."""
NEAR_LIMIT = 2.0
"""A limit with less headroom than this many units binds."""
AROUND = 3.0
"""Units by which a line may leave its place in the integer program."""
LARGEST = 5_000
"""Above this many lines the integer program is left out."""
MOST_HELD_BACK = 1000.0
"""Times as far as usual a limit is held back at most, where its terms are so large that the solver sees no less."""
NODES = 500
"""Steps of the search of the integer program."""
OTHER_SWITCHES = 3
"""So many other settings of the switches are tried,"""
MOST_SWITCHES = 200
"""if there are no more of them than this,"""


def near(model: Model, x: Array, rules: list[Compiled], unit: float, limits: SolveLimits) -> Iterator[Iterator[Array]]:
    """Plans near x, as long as somebody asks for another one: those with its switches, then those of each next best setting.

    Each plan keeps every row of the model but those that rounding may miss by a unit.
    """
    yield chain((x,), _around(model, x, rules, unit, limits))
    for other in _other_switches(model, x, limits):
        yield chain((other,), _around(model, other, rules, unit, limits))


def lost(model: Model, best: Array, x: Array) -> float:
    """What x loses of the best plan's objectives: of the stage that loses most, as a share."""
    return max(
        relative_gap(value, value + max(float(stage.cost @ x) - value, 0.0)) or 0.0
        for stage, value in ((stage, float(stage.cost @ best)) for stage in model.stages)
    )


def _around(model: Model, x: Array, rules: list[Compiled], unit: float, limits: SolveLimits) -> Iterator[Array]:
    """Plans near x with its switches."""
    held = _held(model, x)
    for units in TIGHTER:
        found = solve(_tightened(held, x, units * unit), limits)
        if found.x is not None:
            yield found.x
    if int(live_spend(model, x / unit).sum()) <= LARGEST:
        found_whole = _integers(held, x, rules, unit, limits)
        if found_whole is not None:
            yield found_whole


def _other_switches(model: Model, x: Array, limits: SolveLimits) -> Iterator[Array]:
    """The best plans of other settings of the switches, the better ones first, while they lose next to nothing."""
    at = np.flatnonzero(
        np.asarray(model.integer, bool) & (model.column_upper <= 1) & (model.column_lower < model.column_upper)
    )
    if not 0 < len(at) <= MOST_SWITCHES:
        return
    for stage in model.stages:
        reached = float(stage.cost @ x)
        model = _held_by(model, stage.cost, -np.inf, reached + BARELY * abs(reached))
    for _ in range(OTHER_SWITCHES):
        row = np.zeros(len(x))
        on = np.round(x[at]) > 0
        row[at] = np.where(on, -1.0, 1.0)
        model = _held_by(model, row, 1.0 - np.count_nonzero(on), np.inf)
        found = solve(model, limits)
        if found.x is None:
            return
        x = found.x
        yield x


def _held_by(model: Model, weights: Array, lower: float, upper: float) -> Model:
    """The model with one more row, given densely, in the solver's measure."""
    return with_row(model, f"held {len(model.row_lower)}", weights, lower, upper, centre(weights * model.column_scale))


def _held(model: Model, x: Array) -> Model:
    """The model with its switches as they stand."""
    lower, upper = model.column_lower.copy(), model.column_upper.copy()
    at = np.asarray(model.integer, bool)
    step = model.column_scale[at]
    lower[at] = upper[at] = np.round(x[at] / step) * step
    return replace(model, column_lower=lower, column_upper=upper, integer=np.zeros(len(at), bool))


def _money_rows(model: Model, x: Array) -> Array:
    """[rows]: whether it is a limit (of the case or of a rule) on money that x spends: what is spent nowhere needs no room."""
    made = np.zeros(len(model.row_lower), bool)
    for name, family in model.rows.families.items():
        if name in MONEY_ROWS or name.startswith("rule "):
            made[family.span] = True
    spend = model.columns["spend"]
    row = np.repeat(np.arange(len(made)), np.diff(model.start))
    mine = (model.index >= spend.first) & (model.index < spend.first + spend.size) & (x[model.index] > 0)
    return made & (np.bincount(row[mine], minlength=len(made)) > 0)


def _tightened(model: Model, x: Array, by: float) -> Model:
    """The model whose binding limits on money are `by` tighter, each in its own entries; equations stay."""
    row = np.repeat(np.arange(len(model.row_lower)), np.diff(model.start))
    size = np.zeros(len(model.row_lower))
    np.maximum.at(size, row, np.abs(model.value))
    activity = np.bincount(row, model.value * x[model.index], len(size))
    step = by * np.minimum(size, 1.0)
    free = _money_rows(model, x) & (model.row_lower < model.row_upper)
    room = model.row_upper - model.row_lower > 4 * step
    low = free & room & (activity - model.row_lower < NEAR_LIMIT * step)
    high = free & room & (model.row_upper - activity < NEAR_LIMIT * step)
    return replace(
        model,
        row_lower=np.where(low, model.row_lower + step, model.row_lower),
        row_upper=np.where(high, model.row_upper - step, model.row_upper),
    )


def _integers(model: Model, x: Array, rules: list[Compiled], unit: float, limits: SolveLimits) -> Array | None:
    """The best plan, stage by stage, whose lines are whole and within a few units of x."""
    spend, level = model.columns["spend"], model.columns["level"]
    at = spend.first + np.flatnonzero(live_spend(model, x / unit))
    others = np.setdiff1d(spend.positions, at)
    shift = np.zeros(len(x))
    shift[at] = np.maximum(np.floor(x[at] / unit) - AROUND, 0) * unit
    step = np.ones(len(x))
    step[at] = unit
    row = np.repeat(np.arange(len(model.row_lower)), np.diff(model.start))
    moved = np.bincount(row, model.value * shift[model.index], len(model.row_lower))
    slack, weight = np.zeros(len(model.row_lower)), np.zeros(len(model.row_lower))
    of_lines = (model.index >= spend.first) & (model.index < spend.first + spend.size)
    np.maximum.at(weight, row[of_lines], np.abs(model.value[of_lines]))
    held = _money_rows(model, x) & (model.row_lower < model.row_upper)
    held &= np.bincount(row, model.value % 1 != 0, len(held)) > 0  # sums of whole numbers are exact
    for name, family in model.rows.families.items():
        held[family.span] |= name == "cost"
        if name == "cost" or name in loose_rules(rules):
            slack[family.span] = float(SLACK) * unit
    # As in rounding: what is broken already may be broken by more only as far as lines have to move.
    soft = np.bincount(row, breaches(model, x)[model.index], len(held)) > 0
    moves = np.bincount(row, np.abs(model.value) * np.isin(model.index, at[x[at] > NEAR_WHOLE * unit]), len(held))
    slack[soft] = np.minimum(slack, moves * unit)[soft]
    terms = np.bincount(row, np.abs(model.value * x[model.index]), len(held))
    back = HELD_BACK * unit * weight
    slack[held] -= np.clip(SOLVER * terms, back, MOST_HELD_BACK * back)[held]
    lower, upper = model.column_lower.copy(), model.column_upper.copy()
    # Whole limits, as the search over whole numbers has to have them: halves at a fraction would leave a number out.
    most = np.floor((upper[at] - shift[at]) / unit + np.maximum(HAIR, LARGE_LOST * upper[at] / unit))
    lower[at], upper[at] = 0, np.minimum(most, 2 * AROUND + 1)
    lower[others], upper[others] = np.clip(x[others], lower[others], upper[others]), x[others]
    lower[others] = np.minimum(lower[others], upper[others])
    price = np.zeros(len(x))
    np.maximum.at(price, model.index, np.abs(model.value))
    levels = level.positions
    reach = AROUND * unit / np.maximum(price[levels], unit)
    lower[levels] = np.maximum(lower[levels], x[levels] - reach)
    upper[levels] = np.minimum(upper[levels], x[levels] + reach)
    integer = np.zeros(len(x), bool)
    integer[at] = True
    part = replace(
        model,
        value=model.value * step[model.index],
        column_lower=lower,
        column_upper=upper,
        row_lower=model.row_lower - moved - slack,
        row_upper=model.row_upper - moved + slack,
        integer=integer,
        column_scale=np.where(integer, 1.0, model.column_scale),
        stages=tuple(StageCost(stage.name, stage.cost * step, stage.sign) for stage in model.stages),
        ties=(),
    )
    for stage, counted in zip(model.stages, part.stages, strict=True):
        # What rounding lets levels gain beyond what is paid may not make a plan better than the best.
        part = _held_by(part, counted.cost, float(stage.cost @ (x - shift)), np.inf)
    found = solve(_nearest(part, at, (x[at] - shift[at]) / unit, by_key(model)[at]), replace(limits, nodes=NODES))
    if found.x is None:
        return None
    lower[at] = upper[at] = np.round(found.x[at])
    settled = replace(part, column_lower=lower, column_upper=upper, integer=np.zeros(len(x), bool), ties=model.ties)
    found = solve(settled, limits)
    if found.x is None:
        return None
    made = found.x.copy()
    made[at] = np.round(made[at]) * unit + shift[at]
    return made


def _nearest(part: Model, at: Array, place: Array, key: Array) -> Model:
    """The program with one more stage: its lines (at) as near their places as they can be, keys deciding between equals."""
    more, one = Extension(part), np.arange(len(at))
    off = more.columns("off", len(at), 3 * AROUND)
    more.rows("above", len(at), -np.inf, place, (one, at, 1.0), (one, off, -1.0))
    more.rows("below", len(at), place, np.inf, (one, at, 1.0), (one, off, 1.0))
    cost = more.cost((off, 1.0), (at, BY_KEY * key))
    return more.made((*part.stages, StageCost("nearness", cost)))
