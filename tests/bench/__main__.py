"""Measurements: `make bench`, or some parts by name: `python -m tests.bench speed edits`. By name alone, as it takes an hour:
`against`, the same cases by other ways.

Ratios are taken within one run, because seconds differ between machines.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import highspy
import numpy as np

import optimiser
from optimiser.case.case import Case
from optimiser.case.reading.workbook import read_tables
from optimiser.model.build import build
from optimiser.model.matrix import Model
from optimiser.model.rules import compile_rules
from tests.bench.against import against
from tests.bench.budgets import budgets
from tests.bench.edits import edits
from tests.bench.switches import switches
from tests.oracle.large_cases import TWIN, large_case
from tests.oracle.plain_model import solve_plain

SAMPLE = 10
"""So many cases with many switches."""
EXAMPLES = ("gun-violence", "task-force", "opioid-response")
DATA = Path(__file__).resolve().parents[2] / "data"


def clock(work: Callable[[], object]) -> float:
    """Seconds that the work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def raw_highs(model: Model) -> float:
    """Seconds that HiGHS alone needs for the first objective of the same matrix, scaled the same way, one thread."""
    engine = highspy.Highs()
    for option, value in (("output_flag", False), ("threads", 1)):
        engine.setOptionValue(option, value)
    scale, rows = model.column_scale, np.repeat(model.row_scale, np.diff(model.start))
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(scale), len(model.row_scale)
    cost = model.stages[0].cost * scale
    lp.col_cost_ = cost / np.exp2(np.round(np.log2(np.abs(cost).max())))
    lp.col_lower_, lp.col_upper_ = model.column_lower / scale, model.column_upper / scale
    lp.row_lower_, lp.row_upper_ = model.row_lower * model.row_scale, model.row_upper * model.row_scale
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = model.start, model.index
    lp.a_matrix_.value_ = model.value * scale[model.index] * rows
    engine.passModel(lp)
    return clock(engine.run)


def speed(records: dict[str, list[dict[str, Any]]], name: str) -> None:
    """From tables in memory to a verified plan, against HiGHS alone and against PuLP's expressions."""
    case = optimiser.case_from(records)
    model = build(case.facts, compile_rules(case.facts))
    print(f"{name}: {model.size}")
    plan = None

    def ours() -> None:
        nonlocal plan
        plan = optimiser.solve(Case(case.tables, case.settings))

    seconds = clock(ours)
    assert plan is not None
    print(f"  from tables to verified plan {seconds:8.1f} s  {dict(plan.seconds)}  {plan.status}, {plan.proof}")
    highs = raw_highs(model)
    print(f"  HiGHS alone, same matrix     {highs:8.1f} s  ratio {seconds / highs:.2f} (at most 1.5)")
    for solver in ("highs", "cbc"):
        # Six times ours is enough to know: a run that takes longer is ended.
        process = multiprocessing.Process(target=solve_plain, args=(records,), kwargs={"solver": solver})
        plain = clock(lambda process=process: (process.start(), process.join(6 * seconds)))  # type: ignore[misc]
        more = "more than " if process.is_alive() else ""
        process.kill()
        print(
            f"  PuLP's expressions, {solver:8} {plain:8.1f} s  {more}{plain / seconds:.1f} times ours (at least 4 for the better)"
        )


def example() -> None:
    """From the command line's start to the result, best of five; and what importing takes of it."""
    program = str(Path(sys.executable).with_name("optimiser"))
    for name in EXAMPLES:
        command = [program, "solve", str(DATA / f"{name}.xlsx"), "--json"]
        ask = partial(subprocess.run, command, capture_output=True, check=True)
        runs = sorted(clock(ask) for _ in range(5))
        print(f"{name}: best {runs[0]:.2f} s, median {runs[2]:.2f} s of the whole command (under 1 s)")
    rooms = ("command_line", "verbs", "solvers.highs", "report.documents.plan_text", "report.documents.result_json")
    imports = "import " + ", ".join(f"optimiser.{room}" for room in rooms)
    print(
        f"  of which imports {min(clock(lambda: subprocess.run([sys.executable, '-c', imports], check=True)) for _ in range(5)):.2f} s"
    )


def reading() -> None:
    """A workbook of 50,000 rows of spend-relevant tables, read and checked; and pandas with openpyxl on the same file, unchecked."""
    import pandas

    from optimiser.case.writing.writer import write_tables

    records = large_case(initiatives=2000, partners=20)
    case = optimiser.case_from(records)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.xlsx"
        write_tables(path, case.tables)
        rows = sum(len(t) for t in case.tables.values())
        read, checked = clock(lambda: read_tables(path)), clock(lambda: optimiser.read(path))
        print(f"{rows:,} rows: read {read:.2f} s, read and checked {checked:.2f} s (under 5 s for 50,000)")
        plain = clock(lambda: pandas.read_excel(path, sheet_name=None, engine="openpyxl"))
        print(
            f"  pandas with openpyxl, the same sheets unchecked: {plain:.2f} s, {plain / read:.1f} times as long as our reading"
        )


def memory() -> None:
    """What the build allocates at most, relative to the matrix that it hands over."""
    case = optimiser.case_from(large_case())
    rules = compile_rules(case.facts)
    _ = case.facts.allowed, case.facts.weights
    tracemalloc.start()
    model = build(case.facts, rules)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    matrix = model.value.nbytes + model.index.nbytes + model.start.nbytes
    print(f"build: peak {peak / 1e6:.1f} MB, matrix {matrix / 1e6:.1f} MB, ratio {peak / matrix:.2f} (at most 3)")


def explain() -> None:
    """The whole command `explain` without pooling, when its first sentence comes, and the processor time that it takes."""
    program = str(Path(sys.executable).with_name("optimiser"))
    parts = [word for part in ("initiatives", "prices", "rules", "audit", "core") for word in ("--part", part)]
    for name in EXAMPLES:
        started, used = time.perf_counter(), os.times()
        command = [program, "explain", str(DATA / f"{name}.xlsx"), *parts]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
            assert process.stdout is not None
            process.stdout.readline()
            first = time.perf_counter() - started
            process.stdout.read()
        whole, now = time.perf_counter() - started, os.times()
        processor = now.children_user + now.children_system - used.children_user - used.children_system
        print(
            f"{name}: first sentence {first:.2f} s (within 1), all {whole:.2f} s (one of them within 5), processor {processor:.1f} s"
        )


def pooling() -> None:
    """What pooling is worth to 10 agencies: 1,024 groups, each solved."""
    from optimiser.analysis.together.pooling import pooling as worth

    case = optimiser.read(DATA / "gun-violence.xlsx")
    started = time.perf_counter()
    found = worth(case)
    seconds = time.perf_counter() - started
    assert found is not None
    print(
        f"pooling of {len(found.shares)} agencies, {found.groups[1]:,} groups: {seconds:.1f} s (of 10 agencies under 10 s)"
    )


PARTS: dict[str, Callable[[], object]] = {
    "budgets": budgets,
    "edits": edits,
    "example": example,
    "explain": explain,
    "memory": memory,
    "pooling": pooling,
    "reading": reading,
    "speed": lambda: speed(large_case(), "12 funds × 60 agencies × 300 initiatives × 4 periods"),
    "switches": lambda: switches(SAMPLE),
    "twin": lambda: speed(large_case(**TWIN), "its twin of 350,000 spend columns"),
}


if __name__ == "__main__":
    for part in sys.argv[1:] or PARTS:
        {**PARTS, "against": against}[part]()
