"""From one edited number to the next answer, on a case that stands ready: seconds of the processor."""

from __future__ import annotations

import time
from typing import Any

import optimiser
from optimiser.analysis.asking.ready_case import ReadyCase
from tests.oracle.large_cases import TWIN, large_case

SIZES: dict[str, dict[str, Any]] = {"30,000": {"partners": 5}, "350,000": TWIN}
EDITS = (
    ("Funds", "fund", 3, "amount", "* 1.02"),
    ("Funds", "fund", 5, "amount", "* 0.9"),
    ("Initiatives", "initiative", 7, "request", "* 1.1"),
    ("Initiatives", "initiative", 9, "score", "= 50"),
    ("Initiatives", "initiative", 11, "priority", "* 1.3"),
    ("Rules", "rule", 0, "at_most", "= 0.02"),
    ("Funds", "fund", 5, "amount", "* 1.01"),
    ("Initiatives", "initiative", 12, "maximum", "= 100000"),
    ("Funds", "fund", 2, "amount", "* 1.01"),
)
"""Sheet, key, which row, column and change; one after the other, each stands."""


def edits() -> None:
    """The proven best of the first objective after each edit, then the tables of a plan that reaches it."""
    for size, numbers in SIZES.items():
        records = large_case(**numbers)
        case = optimiser.case_from(records)
        started = time.process_time()
        ready = ReadyCase(case)
        first = ready.take(case)
        print(f"{size} spend columns, {first.model.size}: ready after {time.process_time() - started:.2f} s")
        for sheet, key, row, column, change in EDITS:
            where = f"{key} = {records[sheet][row][key]}"
            began = time.process_time()
            found = ready.edit([{"sheet": sheet, "where": where, "column": column, "change": change}])
            answered = time.process_time()
            assert found.tables
            tables = time.process_time() - answered
            print(
                f"  {sheet}.{column} {change:8} {answered - began:.3f} s, tables {tables:.3f} s; {found.status}, "
                f"{found.iterations} iterations{'; ' if found.rebuilt else ''}{found.rebuilt}"
            )
