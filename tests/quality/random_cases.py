"""The program of random cases, solved by three solvers. Where they differ the case is cut down to the few rows that still differ and
written as a workbook, for a person to look at."""

from __future__ import annotations

import copy
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from optimiser.case.faults import InvalidCase
from optimiser.case.reading.workbook import tables_from
from optimiser.case.writing.writer import write_tables
from optimiser.model.matrix import Model
from optimiser.model.program import Program
from optimiser.solvers.gateway import solve_with
from optimiser.solvers.highs import solve
from optimiser.solvers.solution import Solution, SolveLimits
from optimiser.verbs import case_from
from tests.oracle.random_cases import random_case
from tests.solve.dense import fits

Records = dict[str, list[dict[str, Any]]]
OTHERS = ("cbc", "scip_py")
NEAR = 1e-6
"""Of the larger figure: as near as independent programs are held to one another."""
BY_FAR = 1e-4
"""So much of a row's largest term no solver's tolerances explain."""
LIMITS = SolveLimits(time_limit=5.0)
EVERY = 60.0
"""Seconds after which what was found is told, so that who ends the program loses no more."""
TRIES = 400
"""Solves that the cutting down of one case may take."""


def compared(first: int, count: int, seconds: float, folder: Path) -> Iterator[dict[str, Any]]:
    """Cases from seed `first` on, until there are so many or the seconds are over: how many agree, and every one that does not; told
    every minute and at the end.

    A case that differs is written into the folder, cut down.
    """
    began = told_at = time.monotonic()
    told: Counter[str] = Counter()
    apart: list[dict[str, Any]] = []

    def row() -> dict[str, Any]:
        return {"first": first, "told": dict(told), "apart": apart, "seconds": round(time.monotonic() - began)}

    for seed in range(first, first + count):
        if time.monotonic() - began > seconds:
            break
        if time.monotonic() - told_at > EVERY:
            told_at = time.monotonic()
            yield row()
        records = random_case(seed, rules=seed % 3 > 0)
        model = Program.of(case_from(records)).model
        ours = solve(model, LIMITS)
        told["cases"] += 1
        for other in OTHERS:
            said = stands(model, ours, solve_with(model, other, LIMITS))
            told[f"{other}: {said.partition(':')[0]}"] += 1
            if said.startswith("apart"):
                small = shrunk(records, partial(_apart, other=other))
                path = folder / f"apart-{seed}-{other}.xlsx"
                write_tables(path, tables_from(small).tables)
                rows = sum(map(len, small.values()))
                apart.append({"seed": seed, "solver": other, "said": said, "rows": rows, "file": path.name})
    yield row()


def stands(model: Model, ours: Solution, theirs: Solution) -> str:
    """How HiGHS and another solver stand to each other: agree, no plan, stopped, `other wrong` (HiGHS is proven, in exact
    arithmetic, or the other's plan is none), or `apart` with both figures."""
    if "stopped" in (ours.status, theirs.status):
        return "stopped"
    if ours.x is None and theirs.x is None:
        return "no plan"
    if ours.x is None or theirs.x is None:
        # A plan that keeps every row shows by itself that there is one; one that breaks a row by far shows nothing.
        shown = _keeps(model, ours) if theirs.x is None else not _keeps(model, theirs, BY_FAR)
        return "other wrong" if shown else f"apart: {ours.status}, {theirs.status}"
    for one, two in zip(ours.stages, theirs.stages, strict=True):
        if abs(one.best - two.best) > NEAR * max(1.0, abs(one.best)):
            said = f"{one.name} {one.best!r}, {two.best!r}"
            return f"other wrong: {said}" if ours.proven and _keeps(model, ours) else f"apart: {said}"
    return "agree"


def _keeps(model: Model, found: Solution, tolerance: float = 1e-9) -> bool:
    """Whether every row holds, to such a share of its largest term."""
    return found.x is not None and bool(fits(model, found.x, tolerance))


def shrunk(records: Records, differs: Callable[[Records], bool], tries: int = TRIES) -> Records:
    """The fewest rows that are still a case and still differ: halves of a sheet are left out, then quarters, to single rows."""
    best = copy.deepcopy(records)
    size = max(map(len, best.values()))
    while size >= 1:
        for sheet in list(best):
            at = 0
            while at < len(best.get(sheet, [])):
                if not tries:
                    return best
                tries -= 1
                cut = {s: rows for s, rows in best.items() if s != sheet}
                if rest := best[sheet][:at] + best[sheet][at + size :]:
                    cut[sheet] = rest
                if _still(cut, differs):
                    best = cut
                else:
                    at += size
        size //= 2
    return best


def _apart(records: Records, other: str) -> bool:
    model = Program.of(case_from(records)).model
    return stands(model, solve(model, LIMITS), solve_with(model, other, LIMITS)).startswith("apart")


def _still(records: Records, differs: Callable[[Records], bool]) -> bool:
    try:
        return differs(records)
    except (InvalidCase, KeyError):
        return False
