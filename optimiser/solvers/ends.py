"""Where the solve of a case ended, as a beginning for questions about its plan and for cases that differ little."""

from __future__ import annotations

import numpy as np

from optimiser.case.table import Array
from optimiser.model.matrix import Index, Model
from optimiser.solvers import sift
from optimiser.solvers.problem import Problem
from optimiser.solvers.solution import AT_LOWER, BASIC, Basis, Ends, Solution


def ends(solution: Solution, model: Model) -> Ends:
    """Where the solve of a model ended."""
    if solution.x is None:
        return Ends(solution.basis, solution.last)
    switches = np.round((solution.x / model.column_scale)[np.asarray(model.integer, bool)])
    first = solution.basis
    if first is not None and solution.duals is not None and len(model.column_lower) >= sift.LEAST_COLUMNS:
        problem = Problem.of(model)
        cost, prices = problem.cost(model.stages[0].cost), solution.duals / problem.row_scale
        first = priced_basis(problem, cost, first, prices)
    return Ends(first, solution.last, switches)


def priced_basis(problem: Problem, cost: Array, basis: Basis, prices: Array) -> Basis:
    """A basis of a program that was solved by parts whose own prices are those of the whole. prices: of each row.

    A block that was left out stands at 0, its cost rows slack, so the basis prices them at nothing and its columns seem
    to pay. In place of the slack the spend comes in that costs least there: it is 0 too, and its price keeps the others out.
    """
    blocks = problem.blocks
    if blocks is None:
        return basis
    rows, columns, index = np.array(basis.rows), np.array(basis.columns), problem.index
    row_of = problem.row_of
    in_block = np.full(len(rows), -1)
    in_block[: len(blocks.rows)] = blocks.rows
    touched = np.bincount(row_of[columns[index] == BASIC], minlength=len(rows)) > 0
    open_rows = (in_block >= 0) & (rows == BASIC) & ~touched
    reduced = cost - np.bincount(index, problem.value * prices[row_of], len(columns))
    entries = np.flatnonzero(open_rows[row_of] & (problem.value > 0) & (columns[index] == AT_LOWER))
    order = entries[np.lexsort((reduced[index[entries]] / problem.value[entries], row_of[entries]))]
    cheapest = order[np.append(True, row_of[order][1:] != row_of[order][:-1])] if len(order) else order
    columns[index[cheapest]], rows[row_of[cheapest]] = BASIC, AT_LOWER
    return Basis(columns, rows)


def carried(basis: Basis, before: Model, after: Model) -> Basis | None:
    """A basis of a model, for one with some other columns or rows whose keys mean the same: new rows are slack, new columns stand
    at their lower bound. None where what fell away leaves none."""
    columns = _carried(basis.columns, before.columns, after.columns, AT_LOWER)
    rows = _carried(basis.rows, before.rows, after.rows, BASIC)
    basic = np.count_nonzero(columns == BASIC) + np.count_nonzero(rows == BASIC)
    return Basis(columns, rows) if basic == len(rows) else None


def _carried(status: Array, before: Index, after: Index, new: int) -> Array:
    made = np.full(after.size, new, np.int8)
    for name, family in after.families.items():
        old = before.families.get(name)
        if old is None or old.keys.keys() != family.keys.keys() or not old.size or not family.size:
            continue
        if all(np.array_equal(old.keys[d], codes) for d, codes in family.keys.items()):
            made[family.span] = status[old.span]
            continue
        # One number for each key, the same for both.
        keys = [np.concatenate([old.keys[d], family.keys[d]]).astype(np.int64) for d in family.keys]
        code = np.zeros(old.size + family.size, np.int64)
        for part in keys:
            code = code * (int(part.max()) + 1) + part
        mine, theirs = code[old.size :], code[: old.size]
        order = np.argsort(theirs, kind="stable")
        at = np.minimum(np.searchsorted(theirs[order], mine), old.size - 1)
        known = theirs[order][at] == mine
        made[family.span] = np.where(known, status[old.span][order[at]], new)
    return made
