"""From one edited number to the next answer, on a case that stands ready: seconds of the processor."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from random import Random
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
KEYS = {"Funds": "fund", "Initiatives": "initiative", "Agencies": "agency", "Rules": "rule"}
AT_RANDOM, SEED = 60, 1


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
        at_random(case, records)


def at_random(case: optimiser.Case, records: dict[str, list[dict[str, Any]]]) -> None:
    """So many numbers of the case at random, a kind of number first and then one of them, by up to a fifth up or down."""
    ready, dice = ReadyCase(case), Random(SEED)
    ready.take(case)
    took, rebuilt = [], []
    for where, column in random_cells(records, dice):
        change = f"* {round(dice.uniform(0.8, 1.2), 2)}"
        began = time.process_time()
        try:
            found = ready.edit([{**where, "column": column, "change": change}])
        except optimiser.InvalidCase:  # A share above 1 and its like: refused, nothing to answer.
            continue
        took.append(time.process_time() - began)
        if found.rebuilt:
            rebuilt.append(f"{where['sheet']}.{column}, {took[-1]:.2f} s: {found.rebuilt}")
    took.sort()
    shares = ", ".join(f"{sum(t < s for t in took)} within {s} s" for s in (0.1, 1.0))
    print(f"  {len(took)} numbers at random: median {took[len(took) // 2]:.3f} s, longest {took[-1]:.3f} s, {shares}")
    print("".join(f"    built again: {why}\n" for why in rebuilt), end="")


def random_cells(records: dict[str, list[dict[str, Any]]], dice: Random) -> Iterator[tuple[dict[str, str], str]]:
    """Numbers of the case: the sheet and the row's selection, and the column."""
    kinds = defaultdict(list)
    for sheet, key in KEYS.items():
        for row in records.get(sheet, []):
            for column, value in row.items():
                if isinstance(value, int | float):
                    kinds[sheet, column].append(f"{key} = {row[key]}")
    for _ in range(AT_RANDOM):
        sheet, column = kind = dice.choice(sorted(kinds))
        yield {"sheet": sheet, "where": dice.choice(kinds[kind])}, column
