"""A model as a file for other programs, .mps or .lp, in the units of the case and with every digit.

Columns are c0, c1, …, rows r0, r1, … in the order of the model, so that nothing can be merged or misread; the index
knows what each is. PuLP writes 13 digits in .mps and 12 in .lp, HiGHS 15; here a file read back is the same model.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from optimiser.model.matrix import Model


def write_model(model: Model, path: str | Path, stage: int = 0) -> None:
    """Write one stage of the model, minimised, as .mps or .lp by the ending of the path."""
    path = Path(path)
    writers = {".mps": _mps, ".lp": _lp}
    if path.suffix.lower() not in writers:
        raise ValueError(f"{path.name}: a model is written as .mps or .lp")
    with path.open("w", encoding="ascii", newline="\n") as file:
        file.writelines(line + "\n" for line in writers[path.suffix.lower()](_whole(model), stage))


def _whole(model: Model) -> Model:
    """Integer columns counted in their steps (of half a post, say), since a file knows whole numbers only."""
    step = np.where(model.integer, model.column_scale, 1.0)
    if np.all(step == 1.0):
        return model
    return replace(
        model,
        value=model.value * step[model.index],
        column_lower=model.column_lower / step,
        column_upper=model.column_upper / step,
        stages=tuple(replace(stage, cost=stage.cost * step) for stage in model.stages),
    )


def _mps(model: Model, stage: int) -> Iterator[str]:
    """Free MPS."""
    goal = model.stages[stage]
    yield f"* minimised; {goal.name} = {goal.sign:+g} x cost"
    yield "NAME model"
    yield "ROWS"
    yield " N cost"
    lower, upper = model.row_lower.tolist(), model.row_upper.tolist()
    kinds = [_kind(lo, up) for lo, up in zip(lower, upper, strict=True)]
    yield from (f" {kind} r{r}" for r, kind in enumerate(kinds))
    yield "COLUMNS"
    rows = np.repeat(np.arange(len(lower)), np.diff(model.start))
    order = np.lexsort((rows, model.index))
    at = np.searchsorted(model.index[order], np.arange(len(model.column_lower) + 1)).tolist()
    row_of, entries = rows[order].tolist(), model.value[order].tolist()
    marked = False
    for j, (cost, integer) in enumerate(zip(goal.cost.tolist(), model.integer.tolist(), strict=True)):
        if integer != marked:
            marked = integer
            yield f" M{j} 'MARKER' '{'INTORG' if integer else 'INTEND'}'"
        if cost or at[j] == at[j + 1]:
            yield f" c{j} cost {cost!r}"
        for k in range(at[j], at[j + 1]):
            yield f" c{j} r{row_of[k]} {entries[k]!r}"
    if marked:
        yield " MEND 'MARKER' 'INTEND'"
    yield "RHS"
    for r, kind in enumerate(kinds):
        right = {"E": upper[r], "L": upper[r], "G": lower[r], "N": 0.0}[kind]
        if right:
            yield f" RHS r{r} {right!r}"
    yield "RANGES"
    for r, (lo, up) in enumerate(zip(lower, upper, strict=True)):
        if kinds[r] == "L" and np.isfinite(lo):
            yield f" RNG r{r} {up - lo!r}"
    yield "BOUNDS"
    for j, (lo, up) in enumerate(zip(model.column_lower.tolist(), model.column_upper.tolist(), strict=True)):
        if lo == up:
            yield f" FX BND c{j} {lo!r}"
            continue
        yield f" LO BND c{j} {lo!r}" if np.isfinite(lo) else f" MI BND c{j}"
        yield f" UP BND c{j} {up!r}" if np.isfinite(up) else f" PL BND c{j}"
    yield "ENDATA"


def _lp(model: Model, stage: int) -> Iterator[str]:
    """CPLEX LP. A row with two limits is two rows, r7 and r7_up."""
    goal = model.stages[stage]
    yield f"\\ minimised; {goal.name} = {goal.sign:+g} x cost"
    yield "Minimize"
    # Every column, also at no cost: a reader numbers columns in the order in which it meets them.
    yield " cost:" + _sum(list(range(len(goal.cost))), (goal.cost + 0.0).tolist())
    yield "Subject To"
    start, index, value = model.start.tolist(), model.index.tolist(), model.value.tolist()
    for r, (lo, up) in enumerate(zip(model.row_lower.tolist(), model.row_upper.tolist(), strict=True)):
        terms = _sum(index[start[r] : start[r + 1]], value[start[r] : start[r + 1]]) or " 0 c0"
        kind = _kind(lo, up)
        if kind == "E":
            yield f" r{r}:{terms} = {up!r}"
            continue
        if np.isfinite(lo):
            yield f" r{r}:{terms} >= {lo!r}"
        if np.isfinite(up):
            yield f" r{r}{'_up' if np.isfinite(lo) else ''}:{terms} <= {up!r}"
    yield "Bounds"
    for j, (lo, up) in enumerate(zip(model.column_lower.tolist(), model.column_upper.tolist(), strict=True)):
        yield f" {_number(lo)} <= c{j} <= {_number(up)}"
    if model.integer.any():
        yield "General"
        yield from (f" c{j}" for j in np.flatnonzero(model.integer))
    yield "End"


def _kind(lower: float, upper: float) -> str:
    if lower == upper:
        return "E"
    if np.isfinite(upper):
        return "L"
    return "G" if np.isfinite(lower) else "N"


def _sum(columns: list[int], values: list[float]) -> str:
    """+2.0 c0 -1.0 c3, a few terms to a line (readers limit its length)."""
    terms = [f" {'-' if v < 0 else '+'} {abs(v)!r} c{j}" for j, v in zip(columns, values, strict=True)]
    return "".join(("\n " if k and k % 8 == 0 else "") + term for k, term in enumerate(terms))


def _number(value: float) -> str:
    return repr(value) if np.isfinite(value) else ("inf" if value > 0 else "-inf")
