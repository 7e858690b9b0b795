"""The plan that is best within a budget of deviations (Bertsimas and Sim 2004), as one program on the ordinary model.

Every row holds, and the impact is what is left, whichever `budget` of its numbers stand at their worst end:

    Σ a·x + budget·z + Σ p[j] ≤ b        z + p[j] ≥ deviation[j](x)        z, p ≥ 0

For an optimal z and p, budget·z + Σ p[j] is the largest sum of `budget` deviations: the dual of choosing them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from optimiser.analysis.uncertain.draws import NO_ROWS, drawn, impact_only
from optimiser.analysis.uncertain.robust import Robust, robust
from optimiser.case.case import Case
from optimiser.case.checking.uncertain_rows import Uncertain, uncertain
from optimiser.case.table import Array
from optimiser.case.tolerances import LEAST_SIZE
from optimiser.model.extend import Extension, with_entries
from optimiser.model.matrix import Model, StageCost
from optimiser.model.program import Program
from optimiser.solvers.solution import Stop

IN_OBJECTIVE = ("at_full", "score")
EQUAL = frozenset(("cost", "fund", "curve", "carry-over"))
"""Rows that reserves protect, or that no deviation concerns."""


def budget_plan(case: Case, budget: float, *, time_limit: float | None = None, stop: Stop | None = None) -> Robust:
    """The plan with the most impact that holds whichever `budget` of a row's numbers stand at their worst end.

    Each row of the program (a fund over its window, the people of an agency, a rule …) has the budget of its own;
    losses of impact add up. A part of a deviation counts in part. Raises ValueError for a budget below 0, or where the
    sheet Uncertainty has no rows.
    """
    if budget < 0:
        raise ValueError("a budget of deviations is 0 or more")
    case = impact_only(case)
    numbers = uncertain(case.tables)
    if not numbers:
        raise ValueError(NO_ROWS)
    base = Program.of(case).model
    extension = Extension(base)
    protection = _Protection(extension, budget)
    notes: list[str] = []
    models = {n: _worst_model(case, number) for n, number in enumerate(numbers)}
    _rows(protection, base, numbers, models, notes)
    reserves = _reserves(protection, case, numbers)
    loss = protection.of(
        [(np.flatnonzero(d), d[d != 0]) for d in _losses(base, numbers, models)],
        float(np.abs(base.stages[0].cost @ base.column_upper)),
    )
    cost = extension.cost((np.arange(len(base.column_lower)), base.stages[0].cost), *loss)
    if any(number.column == "hire_cost" for number in numbers):
        notes.append("What hired people cost is taken as the case says: no fund keeps a reserve for it.")
    model = extension.made([StageCost("impact at the worst", cost, -1.0)])
    model = with_entries(model, *protection.entries) if protection.pending else model
    return robust("budget", case, model, time_limit, stop, reserves, notes)


class _Protection:
    """The columns z and p of rows that are protected, and the entries that they get in rows of the model itself."""

    def __init__(self, extension: Extension, budget: float) -> None:
        self.extension, self.budget, self.count = extension, budget, 0
        self.pending: list[tuple[int, int, float]] = []

    def of(
        self, deviations: Sequence[tuple[Array, Array]], size: float, constant: Sequence[float] = ()
    ) -> list[tuple[Array, float]]:
        """Columns whose weighted sum is the largest sum of `budget` deviations; size: a bound of them.

        deviations: columns and values of each, to which a constant may be added.
        """
        if not deviations or not self.budget:
            return []
        count, name = len(deviations), f"protection {self.count}"
        self.count += 1
        size = max(size, LEAST_SIZE)
        z = self.extension.columns(f"{name} z", 1, size)
        p = self.extension.columns(f"{name} p", count, size)
        row = np.concatenate([np.full(len(at), k) for k, (at, _) in enumerate(deviations)])
        at = np.concatenate([at for at, _ in deviations])
        value = np.concatenate([-v for _, v in deviations])
        every = np.arange(count)
        least = np.array(constant, float) if len(constant) else np.zeros(count)
        entries = (row, at, value), (every, np.repeat(z, count), 1.0), (every, p, 1.0)
        self.extension.rows(name, count, least, np.inf, *entries)
        return [(z, self.budget), (p, 1.0)]

    @property
    def entries(self) -> tuple[Array, Array, Array]:
        """Entries for rows of the model itself: (row, column, value)."""
        row, column, value = zip(*self.pending, strict=True)
        return np.array(row, np.int32), np.array(column, np.int32), np.array(value, float)


def _worst_model(case: Case, number: Uncertain) -> Model:
    """The model with one number at its worst end and the others as the case has them."""
    at = number.worst()
    if number.column != "at_full" and not any(number.values(at)):
        at = LEAST_SIZE
    return Program.of(drawn(case, [number], [at])).model


def _losses(base: Model, numbers: Sequence[Uncertain], models: Mapping[int, Model]) -> list[Array]:
    """What each number at its worst end takes from the impact of each column."""
    own = base.stages[0].cost
    made = [models[n].stages[0].cost - own for n, number in enumerate(numbers) if number.column in IN_OBJECTIVE]
    return [d for d in made if len(d) == len(own) and (d != 0).any()]


def _rows(
    protection: _Protection, base: Model, numbers: Sequence[Uncertain], models: Mapping[int, Model], notes: list[str]
) -> None:
    """Protects every row with one limit whose numbers change with an uncertain one."""
    by_row: dict[int, list[tuple[Array, Array, float]]] = {}
    names = [name for name in base.rows.families if name not in EQUAL]
    for n, number in enumerate(numbers):
        other = models[n]
        if len(other.column_lower) != len(base.column_lower) or len(other.row_lower) != len(base.row_lower):
            notes.append(f"The {number.name} changes which rules or people there are: no row is protected against it.")
            continue
        for r in _changed(base, other, names):
            deviation = _deviation(base, other, r)
            if deviation is None:
                family = base.rows.at(r)[0]
                notes.append(
                    f"The {number.name} moves a limit that must be met exactly ({family}): it is not protected."
                )
            else:
                by_row.setdefault(r, []).append(deviation)
    for r, found in by_row.items():
        size = float(
            np.abs(base.value[base.start[r] : base.start[r + 1]])
            @ base.column_upper[base.index[base.start[r] : base.start[r + 1]]]
        )
        size += max(abs(d) for *_, d in found)
        columns = protection.of([(at, v) for at, v, _ in found], size, [d for *_, d in found])
        sign = 1.0 if np.isfinite(base.row_upper[r]) else -1.0
        for at, weight in columns:
            protection.pending += [(r, int(column), sign * weight) for column in at]


def _changed(base: Model, other: Model, names: Sequence[str]) -> list[int]:
    """Rows of these families whose entries or limits differ."""
    made = []
    for name in names:
        family = base.rows[name]
        for r in range(family.first, family.first + family.size):
            a, b = slice(base.start[r], base.start[r + 1]), slice(other.start[r], other.start[r + 1])
            same = np.array_equal(base.index[a], other.index[b]) and np.array_equal(base.value[a], other.value[b])
            if not same or base.row_lower[r] != other.row_lower[r] or base.row_upper[r] != other.row_upper[r]:
                made.append(r)
    return made


def _deviation(base: Model, other: Model, r: int) -> tuple[Array, Array, float] | None:
    """By how much a row is tighter, as columns, values and a constant; None for a row with two limits."""
    low, high = base.row_lower[r], base.row_upper[r]
    if np.isfinite(low) == np.isfinite(high):
        return None
    sign = 1.0 if np.isfinite(high) else -1.0
    change = np.zeros(len(base.column_lower))
    for model, side in ((other, 1.0), (base, -1.0)):
        row = slice(model.start[r], model.start[r + 1])
        change[model.index[row]] += side * model.value[row]
    moved = (high - other.row_upper[r]) if sign > 0 else (other.row_lower[r] - low)
    at = np.flatnonzero(change)
    return at, sign * change[at], float(moved)


def _reserves(protection: _Protection, case: Case, numbers: Sequence[Uncertain]) -> Array | None:
    """Each fund, over its window, pays for its spend and for the largest `budget` of: its own cut, and the initiatives'
    higher costs. The columns that make the reserves; None where no fund needs one."""
    facts, base = case.facts, protection.extension.base
    spend, least = base.columns["spend"], base.rows["min spend"]
    initiatives = case.tables["Initiatives"]["initiative"].tolist()
    over = np.zeros(facts.size("initiative"))
    cut = np.zeros(facts.size("fund"))
    for number in numbers:
        if number.column == "request" and number.present[0] > 0:
            i = facts.names["initiative"].index(initiatives[number.records[0]])
            over[i] = max(number.values(number.worst())[0] / number.present[0] - 1.0, 0.0)
        elif number.column == "amount":
            fund = case.tables["Funds"]["fund"].tolist()[number.records[0]]
            cut[facts.names["fund"].index(fund)] = max(number.present[0] - number.values(number.worst())[0], 0.0)
    made: list[Array] = []
    funds: list[int] = []
    blocks: list[tuple[Array, Array, Array | float]] = []
    for f in range(facts.size("fund")):
        mine = spend.keys["fund"] == f
        rising = [i for i in np.unique(spend.keys["initiative"][mine]).tolist() if over[i] > 0]
        columns = [np.flatnonzero(mine & (spend.keys["initiative"] == i)) + spend.first for i in rising]
        deviations = [(at, np.full(len(at), over[i])) for i, at in zip(rising, columns, strict=True)]
        constants = [0.0] * len(deviations)
        if cut[f] > 0:
            deviations, constants = [*deviations, (np.zeros(0, np.int32), np.zeros(0))], [*constants, float(cut[f])]
        kept = protection.of(deviations, float(facts.amount[f]) * (1 + over.max(initial=0.0)), constants)
        if not kept:
            continue
        row = len(funds)
        at = np.flatnonzero(mine) + spend.first
        blocks += [(np.full(len(at), row), at, 1.0), *((np.full(len(c), row), c, w) for c, w in kept)]
        made += [c for c, _ in kept]
        funds.append(f)
        for r in np.flatnonzero(least.keys["fund"] == f).tolist():
            # Money that is kept for a deviation counts as spent: it is, or the fund never had it.
            protection.pending += [(least.first + r, int(c), w) for columns_of, w in kept for c in columns_of]
    if not funds:
        return None
    limit = facts.amount[funds]
    protection.extension.rows("rule reserve", {"fund": np.array(funds)}, -np.inf, limit, *blocks)
    return np.concatenate(made)
