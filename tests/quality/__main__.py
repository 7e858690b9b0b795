"""`make quality`: breaks the program on purpose, counts what it notices, and writes docs/quality.md.

Each row is kept as soon as it is measured, with its date and seed, so that a part can be measured anew alone, and several at once:
ARGS="--only faults --like clocks", ARGS="--only mutants --like verifier --mutants 40", ARGS="--only random --cases 500".
Without --only it measures all (hours); ARGS="--page" only writes the page again.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.quality.mutants import mutants
from tests.quality.page import KEPT, PAGE, ROOT, looked_at, page, read
from tests.quality.parts import FAULTS, PARTS, SOAKS
from tests.quality.random_cases import compared

Row = dict[str, Any]
Found = Iterator[tuple[str, Row]]
"""Rows as they are measured, each with its name."""


def faults(asked: argparse.Namespace) -> Found:
    """Each fault, so many times."""
    for name, (_, tests) in FAULTS.items():
        if asked.like not in name:
            continue
        soak = tests[0].startswith(SOAKS)
        given = {"OPTIMISER_TIMES": str(asked.times)}
        if soak:  # a quarter of its kills are those of migrations, the rest those of work
            kills = asked.times * (4 if "migration" in name else 4 / 3 if "kill" in tests[0] else 1)
            given = {"OPTIMISER_SOAK": str(-int(-kills // 1)), "OPTIMISER_SEED": str(asked.seed)}
        began = time.monotonic()
        passed, failed, skipped = _run(tests, given, [] if soak else ["-p", "tests.quality.again"])
        took = round(time.monotonic() - began)
        yield name, {"times": asked.times, "passed": passed, "failed": failed, "skipped": skipped, "seconds": took}


def _run(tests: tuple[str, ...], given: dict[str, str], more: list[str]) -> tuple[int, int, int]:
    """How many of the tests passed, failed and were skipped; what failed is told on standard error."""
    command = [sys.executable, "-m", "pytest", *tests, "-q", "-p", "no:cacheprovider", "--tb=short", *more]
    said = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **given}, capture_output=True, text=True, check=False
    ).stdout
    last = said.rstrip().rpartition("\n")[2]
    counts = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|skipped|error)", last)}
    if not counts.get("passed") or "failed" in counts or "error" in counts:
        print(said[-6000:], file=sys.stderr, flush=True)
    return counts.get("passed", 0), counts.get("failed", 0) + counts.get("error", 0), counts.get("skipped", 0)


def coverage(asked: argparse.Namespace) -> Found:
    """Branches of each part that its own tests take."""
    for name, (modules, tests) in PARTS.items():
        if asked.like not in name:
            continue
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder) / "c.json"
            command = [sys.executable, "-m", "pytest", *tests, "-q", "-p", "no:cacheprovider", "--cov-branch"]
            command += [f"--cov={m}" for m in modules] + [f"--cov-report=json:{report}"]
            given = {**os.environ, "COVERAGE_FILE": f"{folder}/data"}
            subprocess.run(command, cwd=ROOT, env=given, capture_output=True, check=False)
            files = json.loads(report.read_text("utf-8"))["files"]
        for file, found in sorted(files.items()):
            total, lines = found["summary"], found["missing_lines"]
            branches = [b for b in found["missing_branches"] if b[0] not in lines]
            yield file, {"part": name, "percent": total["percent_covered"], "lines": lines, "branches": branches}


def mutated(asked: argparse.Namespace) -> Found:
    """A sample of mutants of each part, with its own tests."""
    for name, (modules, tests) in PARTS.items():
        for module in modules:
            if asked.like in name or asked.like in module:
                told = [*tests, "-k", "not postgresql"]
                made = [asdict(m) for m in mutants(module, told, asked.mutants, asked.seed)]
                yield module, {"part": name, "mutants": made}


def cases(asked: argparse.Namespace) -> Found:
    """Random cases by three solvers, from a seed on."""
    folder = ROOT / "build" / "apart"
    folder.mkdir(parents=True, exist_ok=True)
    yield f"from seed {asked.first}", compared(asked.first, asked.cases, asked.seconds, folder)


MEASURES = {"faults": faults, "coverage": coverage, "mutants": mutated, "random": cases}


def keep(measure: str, name: str, row: Row) -> None:
    """The row in the place of what was measured before under its name. Several programs may do this at once."""
    with KEPT.open("r+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        found = json.load(file)
        found.setdefault(measure, {})[name] = row
        file.seek(0)
        file.truncate()
        json.dump(found, file, indent=1, ensure_ascii=False)
        file.write("\n")
        file.flush()
        PAGE.write_text(page(found, looked_at()), "utf-8")


def main() -> None:
    """Measures, and writes the page."""
    options = argparse.ArgumentParser(prog="make quality")
    options.add_argument("--times", type=int, default=20, help="how often each fault is done")
    options.add_argument("--mutants", type=int, default=20, help="how many of each module")
    options.add_argument("--cases", type=int, default=10_000, help="random cases")
    options.add_argument("--first", type=int, default=0, help="seed of the first random case")
    options.add_argument("--seconds", type=float, default=1e9, help="the random cases end after these")
    options.add_argument("--seed", type=int, default=19)
    options.add_argument("--like", default="", help="only what has this in its name")
    options.add_argument("--only", choices=MEASURES)
    options.add_argument("--page", action="store_true", help="measure nothing, write the page again")
    asked = options.parse_args()
    if asked.page:
        PAGE.write_text(page(read(), looked_at()), "utf-8")
        return
    for name, measure in MEASURES.items():
        if asked.only in (None, name):
            for of, row in measure(asked):
                where = f"{platform.system()}, Python {platform.python_version()}, {os.cpu_count()} cores"
                row = {"when": f"{datetime.now(UTC):%Y-%m-%d}", "where": where, "seed": asked.seed, **row}
                keep(name, of, row)
                print(of, json.dumps({k: v for k, v in row.items() if k != "mutants"}), flush=True)


if __name__ == "__main__":
    main()
