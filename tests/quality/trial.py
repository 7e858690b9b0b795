"""Runs tests in a process of their own and counts them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]


def trial(
    tests: Sequence[str], given: Mapping[str, str], more: Sequence[str] = (), through: Sequence[str] = ("-m",)
) -> tuple[int, int, int]:
    """How many of the tests passed, failed and were skipped; what failed is told on standard error.

    given: additional environment; more: options of pytest; through: what Python runs pytest with.
    """
    command = [sys.executable, *through, "pytest", *tests, "-q", "-p", "no:cacheprovider", "--tb=short", *more]
    said = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **given}, capture_output=True, text=True, check=False
    ).stdout
    last = said.rstrip().rpartition("\n")[2]
    counts = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|skipped|error)", last)}
    if not counts.get("passed") or "failed" in counts or "error" in counts:
        print(said[-6000:], file=sys.stderr, flush=True)
    return counts.get("passed", 0), counts.get("failed", 0) + counts.get("error", 0), counts.get("skipped", 0)
