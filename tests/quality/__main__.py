"""`make quality`: breaks the program on purpose, counts what it notices, and writes docs/quality.md.

Each row is kept as soon as it is measured, with its date and seed, so that a part can be measured anew alone, and several at once:
ARGS="--only faults --like clocks", ARGS="--only mutants --like verifier --mutants 40", ARGS="--only folders --like plan".
Random cases and laws go on where they were left, ARGS="--only random --seconds 3600", and lose a minute when they are ended.
Without --only it measures all (hours); ARGS="--page" only writes the page again.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.quality.folders import folders
from tests.quality.mutants import Mutant, mutants
from tests.quality.page import KEPT, PAGE, ROOT, looked_at, page, read
from tests.quality.parts import FAULTS, LAWS, PARTS, SOAKS
from tests.quality.random_cases import compared
from tests.quality.trial import trial

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
        passed, failed, skipped = trial(tests, given, [] if soak else ["-p", "tests.quality.again"])
        took = round(time.monotonic() - began)
        yield name, {"times": asked.times, "passed": passed, "failed": failed, "skipped": skipped, "seconds": took}


def coverage(asked: argparse.Namespace) -> Found:
    """Branches of each part that its own tests take."""
    for name, (modules, tests) in PARTS.items():
        if asked.like not in name:
            continue
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder) / "c.json"
            command = [
                sys.executable,
                "-m",
                "pytest",
                *tests,
                "-q",
                "-p",
                "no:cacheprovider",
                "--hypothesis-profile=few",
                "--cov-branch",
            ]
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
                made: list[Row] = []
                kept = read()["mutants"].get(module, {"mutants": []})["mutants"] if asked.survivors else []
                for mutant in mutants(module, told, asked.mutants, asked.seed, [Mutant(**m) for m in kept]):
                    made.append(asdict(mutant))
                    yield module, {"part": name, "mutants": sorted(made, key=lambda m: int(m["line"]))}


def cases(asked: argparse.Namespace) -> Found:
    """Random cases by three solvers, from the first seed that was not tried."""
    folder = ROOT / "build" / "apart"
    folder.mkdir(parents=True, exist_ok=True)
    tried = [row["first"] + row["told"]["cases"] for row in read().get("random", {}).values()]
    first = max(tried, default=0) if asked.first is None else asked.first
    for row in compared(first, max(0, asked.cases - first), asked.seconds, folder):
        yield f"from seed {first}", row


BLOCK = 50
"""Seeds of a law that are tried at once, and lost where somebody ends it midway."""


def laws(asked: argparse.Namespace) -> Found:
    """Each law on so many seeds, in blocks; a law that has had as many begins anew."""
    ends = time.monotonic() + asked.seconds
    for name, tests in LAWS.items():
        if asked.like not in name:
            continue
        row = dict(read().get("laws", {}).get(name) or {})
        if row.get("seeds", 0) >= asked.seeds:
            row = {}
        while (done := row.get("seeds", 0)) < asked.seeds and time.monotonic() < ends:
            block = min(BLOCK, asked.seeds - done)
            began = time.monotonic()
            found = trial(tests, {"OPTIMISER_SOAK": str(block), "OPTIMISER_SOAK_FROM": str(done)})
            counts = {k: row.get(k, 0) + n for k, n in zip(("passed", "failed", "skipped"), found, strict=True)}
            seconds = row.get("seconds", 0) + round(time.monotonic() - began)
            row = {"seeds": done + block, **counts, "seconds": seconds}
            yield name, row


MEASURES: dict[str, Callable[[argparse.Namespace], Found]] = {
    "faults": faults,
    "coverage": coverage,
    "folders": lambda asked: folders(asked.like),
    "mutants": mutated,
    "laws": laws,
    "random": cases,
}


def keep(rows: dict[str, dict[str, Row]]) -> None:
    """Rows (measure → name → row) in the place of what was measured before under their names. Several programs may do this at once."""
    with KEPT.open("r+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        found = json.load(file)
        for measure, named in rows.items():
            found.setdefault(measure, {}).update(named)
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
    options.add_argument("--cases", type=int, default=10_000, help="seed at which the random cases end")
    options.add_argument("--first", type=int, help="seed of the first random case (the first that was not tried)")
    options.add_argument("--seeds", type=int, default=2_000, help="seeds of each law")
    options.add_argument(
        "--seconds", type=float, default=1e9, help="after these no further random case or block of a law begins"
    )
    options.add_argument("--seed", type=int, default=19)
    options.add_argument("--like", default="", help="only what has this in its name")
    options.add_argument("--only", choices=MEASURES)
    options.add_argument("--survivors", action="store_true", help="try only those mutants again that were not found")
    options.add_argument("--page", action="store_true", help="measure nothing, write the page again")
    options.add_argument(
        "--take", type=Path, help="measure nothing, take the rows of another measured.json, of another machine, say"
    )
    asked = options.parse_args()
    if asked.page or asked.take:
        taken = json.loads(asked.take.read_text("utf-8")) if asked.take else {}
        keep({m: rows for m, rows in taken.items() if asked.only in (None, m)})
        return
    for name, measure in MEASURES.items():
        if asked.only in (None, name):
            for of, row in measure(asked):
                where = f"{platform.system()}, Python {platform.python_version()}, {os.cpu_count()} cores"
                row = {"when": f"{datetime.now(UTC):%Y-%m-%d}", "where": where, "seed": asked.seed, **row}
                keep({name: {of: row}})
                print(of, json.dumps({k: len(v) if k == "mutants" else v for k, v in row.items()}), flush=True)


if __name__ == "__main__":
    main()
