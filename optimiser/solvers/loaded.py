"""A linear program that stands loaded and is asked again after each change of its numbers, with proof.

Of a large one only the blocks that matter are loaded (see `sift`): those that its best plan uses, and the next best of
each group. After a change the solver goes on from where it ended; the others are priced, and taken in where they would
pay. The bound is that of the whole program, in exact arithmetic but for a ten-billionth that is given away, whatever the
way to it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from optimiser.case.table import Array
from optimiser.case.tolerances import OPTIMAL_GAP
from optimiser.model.matrix import Model
from optimiser.model.renew import Entries, Renewed
from optimiser.solvers import sift
from optimiser.solvers.bound import dual_bound
from optimiser.solvers.ends import priced_basis
from optimiser.solvers.engine import Engine, RunOutcome, Watch
from optimiser.solvers.linear import Linear, solve_linear
from optimiser.solvers.problem import LARGEST_ENTRY, LEAST_ENTRY, Problem, centre, snapped, total
from optimiser.solvers.sharp import excess
from optimiser.solvers.smaller import Smaller
from optimiser.solvers.solution import AT_LOWER, AT_UPPER, BASIC, Basis, SolveLimits, Stop, relative_gap

_DUAL, _PRIMAL = 1, 4
_OPTIONS: dict[str, Any] = {
    "solver": "simplex",
    "presolve": "off",
    "simplex_scale_strategy": 0,
    # Near the best plan exact edge weights cost more than they save, and shaking has to be undone.
    "simplex_dual_edge_weight_strategy": 1,
    "dual_simplex_cost_perturbation_multiplier": 0.0,
    "primal_simplex_bound_perturbation_multiplier": 0.0,
}
_ROUNDS = 8
"""After so many rounds of pricing it is solved afresh."""
_PATIENCE = 2_000
"""Iterations (more for more rows) after which a fresh start is the shorter way."""
_SPARE = OPTIMAL_GAP / 10
"""Share of the value by which the bound may be lower than the best that the prices prove."""
_MANY_ENTRIES = 1 / 6
"""With a greater share of changed entries the part is loaded anew: one by one they take longer."""


class Loaded:
    """The first objective of a model without switches, in the solver. Changes stand until they are changed again."""

    def __init__(
        self,
        model: Model,
        limits: SolveLimits | None = None,
        basis: Basis | None = None,
        inside: Array | None = None,
    ) -> None:
        """basis: where the model's own solve ended, if it is known, with prices that hold for the whole (`ends`).
        inside: the blocks that matter, where the basis is that of a program of the same columns (`where`): it goes on from
        there, and is not solved first."""
        if model.integer.any():
            raise ValueError("a model with switches is searched, not changed")
        self.limits = limits or SolveLimits()
        self._problem = problem = Problem.of(model)
        self._model, self._base = model, (problem.start, problem.index, problem.value)
        self._entries: tuple[Entries | None, Entries] = None, self._base
        self._cost = problem.cost(model.stages[0].cost)
        self._scale = centre(self._cost)
        by_parts = problem.blocks if sift.worth_sifting(problem) else None
        self._sifting = None if by_parts is None else sift.Sifting(problem, self._cost, by_parts)
        self._inside: Array | None = None
        self._part: Smaller | None = None
        self._engine: _Changing | None = None
        self._basis = basis
        self._ended: tuple[Smaller, Basis, Array] | None = None
        self.iterations = 0
        """Of the simplex, for the last answer."""
        if inside is not None and basis is not None and self._goes_on(inside):
            return
        found = solve_linear(problem, self._cost, Watch(self.limits), basis, prove=False)
        self._stand(found)

    @property
    def where(self) -> tuple[Basis | None, Array | None]:
        """Where it ended last, for a program of the same columns: what `basis` and `inside` take."""
        if self._ended is None:
            return self._basis, self._inside
        part, basis, _ = self._ended
        return part.whole_basis(basis), self._inside

    @property
    def basis(self) -> Basis | None:
        """Where it ended last, with prices that hold for the whole: another program may begin there."""
        if self._ended is not None:
            part, basis, y = self._ended
            self._basis = priced_basis(self._problem, self._cost, part.whole_basis(basis), y)
            self._ended = None
        return self._basis

    @property
    def ready(self) -> bool:
        """Whether there is a plan to go on from."""
        return self._inside is not None

    def real(self, x: Array) -> Array:
        """Values of an answer in the units of the case."""
        return self._problem.real(x)

    def fits(self, numbers: Renewed) -> bool:
        """Whether the solver can take these numbers in the scales of the first ones."""
        value = self._scaled(numbers)[2]
        size = np.abs(value) if len(value) != len(self._base[2]) else np.abs(value[value != self._base[2]])
        return bool(np.all((size == 0) | ((size >= LEAST_ENTRY) & (size <= LARGEST_ENTRY))))

    def change(self, numbers: Renewed) -> None:
        """Other numbers, in the units of the case, in place of all that stand."""
        p = self._problem
        start, index, value = self._scaled(numbers)
        same = start is p.start or (np.array_equal(start, p.start) and np.array_equal(index, p.index))
        self._problem = replace(
            p,
            start=start,
            index=index,
            value=value,
            row_lower=numbers.row_lower * p.row_scale,
            row_upper=numbers.row_upper * p.row_scale,
            column_lower=numbers.column_lower / p.column_scale,
            column_upper=numbers.column_upper / p.column_scale,
        )
        self._cost = p.cost(numbers.cost)
        if self._sifting is not None:
            self._sifting = self._sifting.renewed(self._problem, self._cost, same)
        if self._engine is not None and self._part is not None and self._inside is not None:
            before = self._part
            self._part = before.renewed(self._problem) if same else self._made(self._inside)
            if not same or not self._engine.take(before.problem, self._part.problem):
                self._engine = None

    def best(self, stop: Stop | None = None) -> Linear:
        """The best of the program as it stands, with its exact bound; `ending` says where there is none."""
        watch, self.iterations = Watch(self.limits, stop or Stop()), 0
        for _ in range(_ROUNDS):
            if self._inside is None:
                break
            if self._engine is None:
                self._load(self._inside)
            engine, part = self._engine, self._part
            assert engine is not None, "loaded"
            assert part is not None, "loaded"
            out = engine.solved(self._cost[part.columns], watch)
            self.iterations += engine.iterations
            if out is None or out.ending != "optimal" or out.x is None or out.y is None or out.basis is None:
                break
            near = snapped(part.problem, out.x)
            x, y = part.values(near), part.prices(out.y)
            more: Array | None = None
            if self._sifting is not None:
                y, more = self._sifting.more(self._cost, y, part, self._inside)
            self._ended = part, engine.ended(part.problem, near, out.y) or out.basis, y
            if more is None:
                return self._told(near, x, y, watch)
            self._inside, self._engine = more, None
        return self._afresh(watch)

    # -- inside -----------------------------------------------------------------------------------------------------------

    def _goes_on(self, inside: Array) -> bool:
        """Takes over the blocks of a program of the same columns; False where its basis is none of theirs."""
        if len(inside) != (0 if self._sifting is None else self._sifting.size):
            return False
        if not self._load(inside):
            self._engine = None
        elif self._engine is not None:
            self._inside = inside
            self._engine.limits_changed()
        return self._engine is not None

    def _scaled(self, numbers: Renewed) -> Entries:
        """The entries in the solver's units; the same arrays where they are those of the numbers before."""
        given, p, model = numbers.entries, self._problem, self._model
        if given is None:
            return self._base
        if self._entries[0] is given:
            return self._entries[1]
        start, index, value = given
        if index is model.index:
            made = self._base[2].copy()
            at = np.flatnonzero(value != model.value)
            row = np.searchsorted(start, at, side="right") - 1
            made[at] = value[at] * p.row_scale[row] * p.column_scale[index[at]]
            start, index = self._base[:2]
        else:
            start, index = start.astype(np.int32), index.astype(np.int32)
            made = value * np.repeat(p.row_scale, np.diff(start)) * p.column_scale[index]
        self._entries = given, (start, index, made)
        return start, index, made

    def _told(self, near: Array, x: Array, y: Array, watch: Watch) -> Linear:
        """The answer where it is proven and keeps every row to the last digit; else it is solved afresh, carefully."""
        assert self._part is not None, "solved"
        value = total(self._cost, x)
        exact = dual_bound(self._problem, self._cost, y, _SPARE * abs(value))
        gap = relative_gap(value, None if exact is None else float(exact))
        if gap is None or gap > OPTIMAL_GAP or excess(self._part.problem, near) > 1:
            return self._afresh(watch)
        return Linear("optimal", x, y, value, exact, gap)

    def _afresh(self, watch: Watch) -> Linear:
        """Solved from nothing, as a case alone is."""
        found = solve_linear(self._problem, self._cost, watch)
        self._engine = None
        self._stand(found)
        return found

    def _stand(self, found: Linear) -> None:
        """Takes a plan of the whole, its prices and its basis as where to go on from."""
        if found.ending != "optimal" or found.x is None or found.y is None or found.basis is None:
            return
        self._basis, self._ended = priced_basis(self._problem, self._cost, found.basis, found.y), None
        if self._sifting is None:
            self._inside = np.zeros(0, bool)
            return
        self._inside = self._sifting.near(self._cost, found.x, found.y, self._basis)

    def _made(self, inside: Array) -> Smaller:
        """The part that these blocks are; all of a small program."""
        if self._sifting is not None:
            return self._sifting.part(inside)
        return Smaller.all_of(self._problem)

    def _load(self, inside: Array) -> bool:
        """Loads these blocks; whether there was a basis of them to begin with."""
        self._part = part = self._made(inside)
        self._engine = _Changing(part.problem, self._cost[part.columns], self._scale, self.limits, **_OPTIONS)
        basis = part.basis(self._basis) if self._ended is None else self._begun(part, *self._ended)
        if basis is not None:
            self._engine.start_from(basis)
        return basis is not None

    def _begun(self, part: Smaller, before: Smaller, basis: Basis, y: Array) -> Basis | None:
        """A basis of a part, from that of the part before and its prices of the whole."""
        kept, blocks = part.basis(before.whole_basis(basis)), self._problem.blocks
        if kept is None or blocks is None:
            return kept
        problem = replace(part.problem, blocks=blocks.part(part.columns, part.rows))
        return priced_basis(problem, self._cost[part.columns], kept, y[part.rows])


class _Changing(Engine):
    """An engine whose limits and entries are changed first and whose costs after a solve of these: either change leaves the
    simplex something to go on from, both at once would not."""

    def __init__(self, problem: Problem, cost: Array, scale: float, limits: SolveLimits, **options: Any) -> None:
        super().__init__(problem, cost, scale, limits, **options)
        self._costs = cost
        self._strategy = _PRIMAL
        self.iterations = 0
        """Of the last solve."""
        self.set(simplex_iteration_limit=_PATIENCE + len(problem.row_lower) // 4)

    def take(self, before: Problem, after: Problem) -> bool:
        """Takes other limits and entries; False where these are so many that they are sooner loaded whole."""
        if len(before.value) != len(after.value):
            return False
        entries = np.flatnonzero(before.value != after.value)
        if len(entries) > _MANY_ENTRIES * len(after.value):
            return False
        row_of = after.row_of[entries].tolist()
        for row, column, value in zip(
            row_of, after.index[entries].tolist(), after.value[entries].tolist(), strict=True
        ):
            self._highs.changeCoeff(row, column, value)
        rows = np.flatnonzero((before.row_lower != after.row_lower) | (before.row_upper != after.row_upper))
        columns = np.flatnonzero(
            (before.column_lower != after.column_lower) | (before.column_upper != after.column_upper)
        )
        if len(rows):
            self.change_rows(rows, after.row_lower[rows], after.row_upper[rows])
        if len(columns):
            self.change_columns(columns, after.column_lower[columns], after.column_upper[columns])
        if len(entries) or len(rows) or len(columns):
            self.limits_changed()
        return True

    def ended(self, problem: Problem, x: Array, y: Array) -> Basis | None:
        """The basis of the last run, from who is basic, values and prices, which are sooner read than its own numbers. A row
        without a price may so stand at its other limit, which costs an iteration where it matters."""
        basic = self.basic()
        if basic is None:
            return None
        columns = np.where((x == problem.column_upper) & (x != problem.column_lower), AT_UPPER, AT_LOWER)
        rows = np.where((y < 0) | np.isneginf(problem.row_lower), AT_UPPER, AT_LOWER)
        columns[basic[basic >= 0]], rows[-1 - basic[basic < 0]] = BASIC, BASIC
        return Basis(columns.astype(np.int8), rows.astype(np.int8))

    def limits_changed(self) -> None:
        """The basis may break limits now, and still prices what is outside it well."""
        self._strategy = _DUAL

    def solved(self, cost: Array, watch: Watch) -> RunOutcome | None:
        """The answer with this cost; None where the solver ended in trouble with its numbers."""
        self.iterations = 0
        out = self._way(watch) if self._strategy == _DUAL else None
        changed = np.flatnonzero(cost != self._costs)
        if out is not None and (out.ending != "optimal" or not len(changed)):
            return out
        if len(changed):
            self.change_costs(changed, cost[changed])
            self._costs = cost
        self._strategy = _PRIMAL
        return self._way(watch)

    def _way(self, watch: Watch) -> RunOutcome | None:
        self.set(simplex_strategy=self._strategy)
        out = self.attempt(watch)
        self._strategy = _PRIMAL
        self.iterations += 0 if out is None else out.iterations
        return out
