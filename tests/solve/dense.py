"""Models from dense arrays, allocations of a realistic shape, and optima found by enumeration."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from optimiser.case.table import Array
from optimiser.model.matrix import Index, Model, StageCost

INF = float("inf")


def dense(
    rows: Any,
    row_lower: Any,
    row_upper: Any,
    *costs: Any,
    lower: Any = 0.0,
    upper: Any = 1.0,
    integer: Any = False,
    signs: Sequence[float] = (),
    within: Sequence[float] = (),
    ties: Sequence[Any] = (),
    column_scale: Any = 1.0,
    row_scale: Any = 1.0,
) -> Model:
    """A model from a dense matrix; each of `costs` is one stage."""
    full = np.atleast_2d(np.asarray(rows, float))
    count, size = full.shape
    at, index = np.nonzero(full)

    def across(value: Any, length: int, kind: type = float) -> Array:
        return np.array(np.broadcast_to(np.asarray(value, kind), (length,)))

    stages = tuple(
        StageCost(
            f"stage {k}", across(cost, size), signs[k] if k < len(signs) else 1.0, within[k] if k < len(within) else 0.0
        )
        for k, cost in enumerate(costs)
    )
    return Model(
        columns=Index({}),
        rows=Index({}),
        start=np.concatenate([[0], np.cumsum(np.bincount(at, minlength=count))]).astype(np.int32),
        index=index.astype(np.int32),
        value=full[at, index],
        column_lower=across(lower, size),
        column_upper=across(upper, size),
        integer=across(integer, size, bool),
        row_lower=across(row_lower, count),
        row_upper=across(row_upper, count),
        column_scale=across(column_scale, size),
        row_scale=across(row_scale, count),
        stages=stages,
        ties=tuple(across(tie, size) for tie in ties),
    )


def matrix(model: Model) -> Array:
    """The dense matrix of a model."""
    full = np.zeros((len(model.row_lower), len(model.column_lower)))
    full[np.repeat(np.arange(len(full)), np.diff(model.start)), model.index] = model.value
    return full


def fits(model: Model, x: Array, tolerance: float = 1e-9) -> bool:
    """Whether x keeps every bound and row."""
    terms = matrix(model) * x
    slack = tolerance * np.maximum(1.0, np.abs(terms).max(axis=1, initial=0.0))
    activity = terms.sum(axis=1)
    return bool(
        np.all(x >= model.column_lower)
        and np.all(x <= model.column_upper)
        and np.all(activity >= model.row_lower - slack)
        and np.all(activity <= model.row_upper + slack)
    )


def enumerated(model: Model, stage: int = 0) -> float | None:
    """The least cost of a small model by trying every corner (and every setting of its integers); None: no plan."""
    whole = np.flatnonzero(model.integer)
    ranges = [range(int(model.column_lower[j]), int(model.column_upper[j]) + 1) for j in whole]
    found = []
    for setting in itertools.product(*ranges):
        lower, upper = model.column_lower.copy(), model.column_upper.copy()
        lower[whole] = upper[whole] = setting
        found.append(_corners(matrix(model), model.row_lower, model.row_upper, lower, upper, model.stages[stage].cost))
    return min((v for v in found if v is not None), default=None)


def _corners(full: Array, row_lower: Array, row_upper: Array, lower: Array, upper: Array, cost: Array) -> float | None:
    size = len(lower)
    planes = [(row, limit) for row, lo, up in zip(full, row_lower, row_upper, strict=True) for limit in {lo, up}]
    planes += [(np.eye(size)[j], limit) for j in range(size) for limit in {lower[j], upper[j]}]
    planes = [(row, limit) for row, limit in planes if np.isfinite(limit)]
    best = None
    for chosen in itertools.combinations(planes, size):
        left = np.array([row for row, _ in chosen])
        if abs(np.linalg.det(left)) < 1e-9:
            continue
        x = np.linalg.solve(left, np.array([limit for _, limit in chosen]))
        activity = full @ x
        if (
            np.all(x >= lower - 1e-9)
            and np.all(x <= upper + 1e-9)
            and np.all(activity >= row_lower - 1e-9)
            and np.all(activity <= row_upper + 1e-9)
        ):
            best = cost @ x if best is None else min(best, cost @ x)
    return None if best is None else float(best)


def allocation(seed: int, initiatives: int = 12, periods: int = 2, switches: int = 0) -> Model:
    """Funds, agencies and initiatives in dollars beside levels: degenerate, with many plans of equal value."""
    rng = np.random.default_rng(seed)
    funds, agencies = 3, 4
    request = np.round(np.exp(rng.normal(12, 1, initiatives)))
    amount = np.round(request.sum() * 0.5 * rng.dirichlet(np.ones(funds)))
    lead = rng.integers(0, agencies, initiatives)
    columns: list[tuple[float, float, float, float]] = []  # upper, scale, impact, money
    rows: list[tuple[dict[int, float], float, float, float]] = []

    def column(upper: float, scale: float, impact: float = 0.0, money: float = 0.0) -> int:
        columns.append((upper, 2.0 ** round(np.log2(scale)), -impact, money))
        return len(columns) - 1

    in_fund: list[list[dict[int, float]]] = [[{} for _ in range(periods)] for _ in range(funds)]
    in_agency: list[dict[int, float]] = [{} for _ in range(agencies)]
    switched: list[int] = []
    for i in range(initiatives):
        levels = {}
        for t in range(periods):
            level = column(1.0, 1.0, impact=round(request[i] / 1e4 * rng.uniform(0.5, 2), 1))
            levels[level] = 1.0
            paid = {level: -request[i]}
            for f in range(funds):
                spend = column(request[i], request[i], money=1.0)
                paid[spend] = in_fund[f][t][spend] = in_agency[lead[i]][spend] = 1.0
            rows.append((paid, 0.0, 0.0, request[i]))
        rows.append((levels, -INF, 1.0, 1.0))
        if i < switches:
            funded = column(1.0, 1.0)
            switched.append(funded)
            rows.append(({**levels, funded: -1.0}, -INF, 0.0, 1.0))
            rows.append(({**levels, funded: -0.5}, 0.0, INF, 1.0))
    for f in range(funds):
        carried = None
        for t in range(periods):
            balance = {**in_fund[f][t], column(amount[f], amount[f]): 1.0}
            if carried is not None:
                balance[carried] = -1.0
            if t < periods - 1:
                carried = column(amount[f], amount[f])
                balance[carried] = 1.0
            paid_in = amount[f] if t == 0 else 0.0
            rows.append((balance, paid_in, paid_in, amount[f]))
    for spends in in_agency:
        if spends:
            cap = round(request.sum() * 0.5 / agencies * rng.uniform(0.6, 1.5))
            rows.append((spends, -INF, cap, cap))
    full = np.zeros((len(rows), len(columns)))
    for r, (entries, *_) in enumerate(rows):
        full[r, list(entries)] = list(entries.values())
    upper, scale, impact, money = (np.array(values) for values in zip(*columns, strict=True))
    return dense(
        full,
        [row[1] for row in rows],
        [row[2] for row in rows],
        impact,
        upper=upper,
        integer=np.isin(np.arange(len(columns)), switched),
        signs=(-1.0,),
        ties=(money, 1 + rng.random(len(columns))),
        column_scale=scale,
        row_scale=[2.0 ** -round(np.log2(row[3])) for row in rows],
    )


def market_split(size: int = 50, rows: int = 6) -> Model:
    """Too hard for any solver: choose half of every row's weight exactly; the misses are minimised."""
    weights = np.random.default_rng(1).integers(1, 100, (rows, size)).astype(float)
    half = weights.sum(axis=1) // 2
    full = np.hstack([weights, np.eye(rows), -np.eye(rows)])
    whole = np.arange(size + 2 * rows) < size
    return dense(full, half, half, np.where(whole, 0.0, 1.0), upper=np.where(whole, 1.0, 1e4), integer=whole)
