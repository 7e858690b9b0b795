"""How long the reasons of a page take: `python -m tests.bench.reasons [CASE.xlsx] [COUNT]`.

Without a workbook a made case of 300 initiatives, 60 agencies, 15 funds and switches. As on the page Why: the COUNT (20)
initiatives that get the least of their scope, in three rounds. Seconds of the clock, and of the processor with all that was started.
"""

from __future__ import annotations

import os
import sys
import time

import optimiser
from optimiser.analysis.reasons.explain import reason_by_reason
from optimiser.model.program import Program
from tests.oracle.large_cases import large_case

SHOWN = 20
ROUNDS = ("what stands in the plan", "what the rest would bring and cost", "with its changes tried")


def spent() -> float:
    """Seconds of the processor so far, with those of processes that have ended."""
    return sum(os.times()[:4])


def main(path: str = "", count: str = str(SHOWN)) -> None:
    """Prints each reason as it comes."""
    case = optimiser.read(path) if path else optimiser.case_from(large_case(funds=15, partners=12, switches=True))
    model = Program.of(case).model
    print(f"{len(model.column_lower):,} columns, {int(model.integer.sum())} switches")
    began, used = time.perf_counter(), spent()

    def said(what: str) -> None:
        print(f"{time.perf_counter() - began:8.1f} s {spent() - used:8.1f} s of the processor  {what}", flush=True)

    plan = optimiser.solve(case)
    said("solved")
    keys = [key for _, key in sorted(zip(plan.award["level"], plan.award["initiative"], strict=True))][: int(count)]
    began, used = time.perf_counter(), spent()
    for n, reason in enumerate(reason_by_reason(plan, keys)):
        words = f": {reason.sentence}" if n >= 2 * len(keys) else ""
        said(f"{ROUNDS[n // len(keys)]}, {n % len(keys) + 1} of {len(keys)}, {reason.initiative}{words}")
    said("all, with what was started")


if __name__ == "__main__":
    main(*sys.argv[1:3])
