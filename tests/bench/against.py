"""The same cases by other ways, each in a process of its own: `make bench ARGS=against`, table and fits in docs/performance.md.

Seconds are the processor's (user and system), so that other work on the machine counts little; memory is the largest resident
size. `ours` goes from tables to a verified plan; the others get the finished matrix (HiGHS's methods, scipy, linopy,
PyOptInterface), or the mathematics in PuLP's expressions. A way whose package is missing is left out; those that are
compared and not needed otherwise are installed by `pip install -r tests/bench/requirements.txt`.
"""

from __future__ import annotations

import importlib.util
import math
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

SIZES: dict[str, dict[str, Any]] = {
    "1,000": {"funds": 6, "agencies": 10, "initiatives": 16, "partners": 4},
    "3,000": {"funds": 8, "agencies": 12, "initiatives": 25, "partners": 6},
    "10,000": {"funds": 8, "agencies": 20, "initiatives": 55, "partners": 10},
    "27,000": {"funds": 8, "agencies": 40, "initiatives": 116, "partners": 12},
    "108,000": {},
    "350,000": {"funds": 12, "agencies": 100, "initiatives": 665, "partners": 30},
    "1,000,000": {"funds": 12, "agencies": 160, "initiatives": 1430, "partners": 40},
}
"""About how many spend columns, and the generator's numbers."""

CAP = int(os.environ.get("OPTIMISER_BENCH_CAP", "900"))
"""Seconds of the processor after which a way is given up."""

Solved = tuple[float, int]
"""The best impact, and how many columns the matrix has."""


def _case(size: str) -> Any:
    import optimiser
    from tests.oracle.large_cases import large_case

    return optimiser.case_from(large_case(**SIZES[size]))


def ours(size: str) -> Solved:
    """Tables to a verified plan."""
    import optimiser

    plan = optimiser.solve(_case(size), time_limit=CAP)
    assert plan.objective is not None
    return plan.objective, 0


def _matrix(size: str) -> Any:
    """The model with its scales multiplied in: cost, columns, rows and CSR arrays, as every other way gets it."""
    from optimiser.model.build import build
    from optimiser.model.rules import compile_rules

    case = _case(size)
    model = build(case.facts, compile_rules(case.facts))
    scale, rows = model.column_scale, np.repeat(model.row_scale, np.diff(model.start))
    value = model.value * scale[model.index] * rows
    limits = (model.row_lower * model.row_scale, model.row_upper * model.row_scale)
    return model, model.stages[0].cost * scale, model.column_lower / scale, model.column_upper / scale, *limits, value


def _highs(size: str, **options: Any) -> Solved:
    import highspy

    model, cost, lower, upper, low, up, value = _matrix(size)
    engine = highspy.Highs()
    for name, option in {"output_flag": False, "threads": 1, "parallel": "off", **options}.items():
        engine.setOptionValue(name, option)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(lower), len(low)
    # The middling cost near 1, as ours.
    factor = 2.0 ** -round(math.log2(float(np.median(np.abs(cost[cost != 0])))))
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = cost * factor, lower, upper
    lp.row_lower_, lp.row_upper_ = low, up
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = model.start, model.index, value
    engine.passModel(lp)
    engine.run()
    return -engine.getInfo().objective_function_value / factor, len(lower)


def scipy(size: str) -> Solved:
    """scipy.optimize.linprog, which has a HiGHS of its own."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    model, cost, lower, upper, low, up, value = _matrix(size)
    matrix = csr_array((value, model.index, model.start), shape=(len(low), len(lower)))
    factor = 2.0 ** -round(math.log2(float(np.median(np.abs(cost[cost != 0])))))
    found = milp(cost * factor, constraints=LinearConstraint(matrix, low, up), bounds=Bounds(lower, upper))
    return -float(found.fun) / factor, len(lower)


def linopy(size: str) -> Solved:
    """linopy, family by family of rows."""
    import pandas
    from linopy import Model

    model, cost, lower, upper, low, up, value = _matrix(size)
    made = Model()
    columns = pandas.RangeIndex(len(lower), name="column")
    x = made.add_variables(lower=lower, upper=upper, coords=[columns], name="x")
    for name, family in model.rows.families.items():
        if not family.size:
            continue
        at = slice(model.start[family.first], model.start[family.first + family.size])
        row = np.repeat(np.arange(family.size), np.diff(model.start[family.first : family.first + family.size + 1]))
        terms = x.isel(column=model.index[at]) * value[at]
        terms = terms.assign_coords(column=np.arange(len(row)))
        left = terms.groupby(pandas.Series(row, index=pandas.RangeIndex(len(row), name="column"), name="row")).sum()
        there = left.indexes["row"].to_numpy()
        below, above = low[family.span][there], up[family.span][there]
        for number, (sign, limit, where) in enumerate(
            (("=", above, below == above), ("<=", above, (below < above) & np.isfinite(above)))
        ):
            if where.any():
                made.add_constraints(left.isel(row=np.flatnonzero(where)), sign, limit[where], name=f"{name} {number}")
        more = (below < above) & np.isfinite(below)
        if more.any():
            made.add_constraints(left.isel(row=np.flatnonzero(more)), ">=", below[more], name=f"{name} 2")
    factor = 2.0 ** -round(math.log2(float(np.median(np.abs(cost[cost != 0])))))
    made.add_objective((x * (cost * factor)).sum())
    made.solve(solver_name="highs", io_api="direct", output_flag=False, threads=1)
    return -float(made.objective.value) / factor, len(lower)


def pyoptinterface(size: str) -> Solved:
    """PyOptInterface, row by row, with the HiGHS of highspy."""
    from pyoptinterface import ConstraintSense, ScalarAffineFunction, highs

    model, cost, lower, upper, low, up, value = _matrix(size)
    if not highs.is_library_loaded():
        raise ModuleNotFoundError("PyOptInterface finds no HiGHS: install highsbox")
    made = highs.Model()
    made.set_raw_parameter("threads", 1)
    columns = [made.add_variable(lb=lo, ub=hi) for lo, hi in zip(lower.tolist(), upper.tolist(), strict=True)]
    index, values, start = model.index.tolist(), value.tolist(), model.start.tolist()
    for r, (below, above) in enumerate(zip(low.tolist(), up.tolist(), strict=True)):
        terms = ScalarAffineFunction()
        for k in range(start[r], start[r + 1]):
            terms.add_term(columns[index[k]], values[k])
        if below == above:
            made.add_linear_constraint(terms, ConstraintSense.Equal, above)
        else:
            if math.isfinite(above):
                made.add_linear_constraint(terms, ConstraintSense.LessEqual, above)
            if math.isfinite(below):
                made.add_linear_constraint(terms, ConstraintSense.GreaterEqual, below)
    goal = ScalarAffineFunction()
    factor = 2.0 ** -round(math.log2(float(np.median(np.abs(cost[cost != 0])))))
    for j in np.flatnonzero(cost).tolist():
        goal.add_term(columns[j], float(cost[j] * factor))
    made.set_objective(goal)
    made.optimize()
    return -float(made.get_obj_value()) / factor, len(lower)


def _pulp(size: str, solver: str) -> Solved:
    from tests.oracle.large_cases import large_case
    from tests.oracle.plain_model import solve_plain

    return float(solve_plain(large_case(**SIZES[size]), solver=solver)["objective"]), 0


WAYS: dict[str, Callable[[str], Solved]] = {
    "ours": ours,
    "HiGHS simplex": lambda size: _highs(size, solver="simplex"),
    "HiGHS interior point, crossover": lambda size: _highs(size, solver="ipm"),
    "HiGHS interior point alone": lambda size: _highs(size, solver="ipm", run_crossover="off"),
    "HiGHS first-order (PDLP)": lambda size: _highs(size, solver="pdlp"),
    "scipy": scipy,
    "linopy, HiGHS": linopy,
    "PyOptInterface, HiGHS": pyoptinterface,
    "PuLP, HiGHS": lambda size: _pulp(size, "highs"),
    "PuLP, CBC": lambda size: _pulp(size, "cbc"),
}
_NEEDS = {"scipy": "scipy", "linopy, HiGHS": "linopy", "PyOptInterface, HiGHS": "pyoptinterface"}


def one(way: str, size: str) -> None:
    """In the process of one way: what it found, and at the end what it used."""
    resource.setrlimit(resource.RLIMIT_CPU, (CAP, CAP + 5))
    best, columns = WAYS[way](size)
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    seconds = sum(u.ru_utime + u.ru_stime for u in used)
    print(f"{best!r} {seconds:.2f} {max(u.ru_maxrss for u in used) / 1e6:.2f} {columns}")


def against(sizes: list[str] | None = None, ways: list[str] | None = None) -> None:
    """The table: for each size and way the processor's seconds, the largest resident memory (GB), and the impact found."""
    slow: set[str] = set()
    points: dict[str, list[tuple[float, float, float]]] = {}
    for size in sizes or list(SIZES):
        first: tuple[float, float] | None = None
        for way in ways or list(WAYS):
            if way in slow or (way in _NEEDS and importlib.util.find_spec(_NEEDS[way]) is None):
                continue
            command = [sys.executable, "-m", "tests.bench.against", way, size]
            ran = subprocess.run(command, capture_output=True, text=True, env=os.environ)
            line = ran.stdout.strip().splitlines()[-1:] if ran.returncode == 0 else []
            if not line:
                slow.add(way)
                reason = ran.stderr.strip().splitlines()[-1:] or [f"given up after {CAP} s"]
                print(f"{size:>9} {way:33} {reason[0][:90]}", flush=True)
                continue
            best, seconds, memory = (float(word) for word in line[0].split()[:3])
            points.setdefault(way, []).append((float(size.replace(",", "")), seconds, memory))
            first = first or (best, seconds)
            ratio, off = seconds / first[1], (best - first[0]) / abs(first[0])
            print(
                f"{size:>9} {way:33} {seconds:8.1f} s {memory:6.2f} GB  {ratio:6.2f} × ours  off by {off:+.1e}",
                flush=True,
            )
    for way, found in points.items():
        if len(found) > 2:
            n, s, m = (np.log([p[k] for p in found]) for k in range(3))
            print(f"{way:33} exponent of time {np.polyfit(n, s, 1)[0]:.2f}, of memory {np.polyfit(n, m, 1)[0]:.2f}")


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] in WAYS:
        one(sys.argv[1], sys.argv[2])
    else:
        against([word for word in sys.argv[1:] if word in SIZES] or None)
