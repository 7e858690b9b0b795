"""`make quality`: breaks the program on purpose, counts what it notices, and writes docs/quality.md. ARGS="--times 5 --mutants 4" is
shorter; --only faults, coverage or mutants does a part and keeps the rest of the page as it was measured."""

from __future__ import annotations

import argparse
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

ROOT = Path(__file__).parents[2]
PAGE, KEPT = ROOT / "docs" / "quality.md", ROOT / "tests" / "quality" / "measured.json"
FAULTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "killed while saving, importing, deciding": (
        "kill -9 at a random moment",
        ("tests/store/test_kill.py::test_work_that_is_killed",),
    ),
    "a migration killed midway": (
        "kill -9 at a random moment",
        ("tests/store/test_kill.py::test_a_migration_that_is_killed",),
    ),
    "the store's disk full": (
        "SQLite allowed so many pages",
        ("tests/store/test_turn.py::test_a_full_disk_loses_nothing_that_was_acknowledged",),
    ),
    "the disk full while a command writes a file": (
        "files allowed so many bytes, at random ones",
        ("tests/commands/test_full_disk.py",),
    ),
    "another program holds the store": (
        "an exclusive lock; a writer that does not end",
        (
            "tests/store/test_turn.py::test_who_reads_while_another_program_holds_the_file_waits_a_while_and_is_told",
            "tests/store/test_turn.py::test_a_wait_ends_with_a_sentence_and_nothing_done",
        ),
    ),
    "a writer dies while others wait": (
        "killed in the line",
        ("tests/store/test_turn.py::test_who_died_holds_nobody_up",),
    ),
    "the database server lost": (
        "PostgreSQL stopped, or frozen, before and in a save",
        ("tests/app/test_lost_server.py",),
    ),
    "a solver's process dies": (
        "killed",
        ("tests/app/test_workers.py::test_a_process_that_dies_is_told_and_replaced",),
    ),
    "a solver hangs": (
        "one that hears nothing",
        (
            "tests/app/test_watchdog.py::test_a_stop_ends_a_solver_that_does_not_hear_it",
            "tests/app/test_watchdog.py::test_beyond_its_time_limit_a_solver_is_ended",
        ),
    ),
    "clocks jump": (
        "back an hour, stopped, to and fro",
        ("tests/store/test_order.py::test_the_last_vote_counts_under_any_clock",),
    ),
    "two servers start on one old home": (
        "six programs at once",
        ("tests/store/test_migrate.py::test_programs_that_start_together_migrate_once",),
    ),
    "many processes on one home": (
        "16 people in 16 processes",
        ("tests/store/test_writers.py::test_sixteen_people_in_processes_save_one_case",),
    ),
}
SOAKS = ("tests/store/test_kill.py", "tests/commands/test_full_disk.py")
"""Tests that repeat by themselves, so many times as OPTIMISER_SOAK says."""
PARTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "reader": (
        ("optimiser.case.reading.cells", "optimiser.case.reading.amounts"),
        ("tests/case/test_cells.py", "tests/case/test_workbook.py"),
    ),
    "verifier": (("optimiser.plan.verify", "optimiser.plan.plan_checks"), ("tests/plan/test_verify.py",)),
    "rounding": (
        ("optimiser.plan.rounding",),
        ("tests/plan/test_near_whole.py", "tests/plan/test_any_size.py", "tests/plan/test_verify.py"),
    ),
    "audit": (("optimiser.store.keeping.audit_check",), ("tests/store/test_audit.py",)),
    "exact bound": (("optimiser.solvers.bound",), ("tests/solve/test_bound.py",)),
}


def faults(times: int, seed: int, like: str) -> Iterator[dict[str, Any]]:
    """Each fault whose name holds this, so many times."""
    for name, (how, tests) in FAULTS.items():
        if like not in name:
            continue
        # A quarter of the soak of kills are those of migrations, the rest those of work.
        soak = tests[0].startswith(SOAKS)
        given = {
            "OPTIMISER_SOAK": str(times * (4 if "migration" in name else 4 / 3 if "kill" in tests[0] else 1)).partition(
                "."
            )[0]
        }
        given = {**given, "OPTIMISER_SEED": str(seed)} if soak else {"OPTIMISER_TIMES": str(times)}
        began = time.monotonic()
        passed, failed, skipped = _run(tests, given, [] if soak else ["-p", "tests.quality.again"])
        yield {
            "fault": name,
            "how": how,
            "tests": tests,
            "times": times,
            "passed": passed,
            "failed": failed,
            "skipped": skipped,
            "seconds": round(time.monotonic() - began),
        }


def _run(tests: tuple[str, ...], given: dict[str, str], more: list[str]) -> tuple[int, int, int]:
    command = [sys.executable, "-m", "pytest", *tests, "-q", "-p", "no:cacheprovider", *more]
    said = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **given}, capture_output=True, text=True, check=False
    ).stdout
    counts = {
        word: int(number)
        for number, word in re.findall(r"(\d+) (passed|failed|skipped|error)", said.rpartition("\n=")[2] or said)
    }
    return counts.get("passed", 0), counts.get("failed", 0) + counts.get("error", 0), counts.get("skipped", 0)


def coverage() -> Iterator[dict[str, Any]]:
    """Branches of each part that its own tests take."""
    for name, (modules, tests) in PARTS.items():
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder) / "c.json"
            command = [sys.executable, "-m", "pytest", *tests, "-q", "-p", "no:cacheprovider", "--cov-branch"]
            command += [f"--cov={m}" for m in modules] + [f"--cov-report=json:{report}"]
            subprocess.run(
                command,
                cwd=ROOT,
                env={**os.environ, "COVERAGE_FILE": f"{folder}/data"},
                capture_output=True,
                check=False,
            )
            files = json.loads(report.read_text("utf-8"))["files"]
        for file, found in sorted(files.items()):
            total = found["summary"]
            lacking = found["missing_lines"]
            yield {
                "part": name,
                "file": file,
                "percent": round(total["percent_covered"], 1),
                "lines": lacking,
                "branches": [b for b in found["missing_branches"] if b[0] not in lacking],
                "tests": tests,
            }


def mutated(count: int, seed: int) -> Iterator[dict[str, Any]]:
    """A sample of mutants of each part, with its own tests."""
    for name, (modules, tests) in PARTS.items():
        for module in modules:
            told = [*tests, "-k", "not postgresql"]
            made = [asdict(m) for m in mutants(module, told, max(1, count // len(modules)), seed)]
            yield {"part": name, "module": module, "mutants": made}


def page(found: dict[str, Any]) -> str:
    """The measurements as a page."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: dict[str, Any]) -> Iterator[str]:
    yield from (
        "# How hard it is to break",
        "",
        "Made by one command, `make quality`, from what it measured; nothing here is typed by hand but these sentences. Times are those of",
        "a machine that did other work too.",
        "",
        "## Faults",
        "",
        "Each is done on purpose, again and again; a test looks afterwards whether all that was acknowledged is there, nothing is half,",
        "and the person is told in a sentence. Passed and failed count tests: some do a fault once in each, some many times.",
        "",
    )
    if at := found.get("faults"):
        yield f"Measured {at['when']} on {at['where']}, seed {at['seed']}."
        yield from ("", "| fault | how | times | passed | failed | skipped |", "|---|---|---|---|---|---|")
        for one in at["rows"]:
            yield f"| {one['fault']} | {one['how']} | {one['times']} | {one['passed']} | {one['failed']} | {one['skipped']} |"
    lacking = [name for name in FAULTS if name not in {one["fault"] for one in found.get("faults", {}).get("rows", [])}]
    if lacking:
        yield from ("", f"Not measured yet: {'; '.join(lacking)}. Their tests run once with each change.")
    yield from (
        "",
        "## Branches that tests take",
        "",
        "Of the parts on which trust rests, by their own tests alone; the whole suite takes more of them.",
        "",
    )
    if at := found.get("coverage"):
        yield f"Measured {at['when']} on {at['where']}."
        yield from ("", "| part | file | lines and branches taken | not taken |", "|---|---|---|---|")
        for one in at["rows"]:
            lacking = [*map(str, one["lines"]), *(f"{a}→{b}" for a, b in one["branches"])]
            yield f"| {one['part']} | `{one['file']}` | {one['percent']}% | {', '.join(lacking) or 'none'} |"
    lacking = [name for name in PARTS if name not in {one["part"] for one in found.get("coverage", {}).get("rows", [])}]
    if lacking:
        yield from ("", f"Not measured yet: {', '.join(lacking)}.")
    yield from (
        "",
        "## Mutants",
        "",
        "One comparison, operator, constant or condition of a part is changed at random, and its own tests should fail.",
        "",
    )
    if not found.get("mutants"):
        yield "Not measured yet."
    if at := found.get("mutants"):
        yield f"Measured {at['when']} on {at['where']}, seed {at['seed']}."
        yield from ("", "| part | module | mutants | found |", "|---|---|---|---|")
        for one in at["rows"]:
            yield f"| {one['part']} | `{one['module']}` | {len(one['mutants'])} | {sum(m['found'] for m in one['mutants'])} |"
        alive = [(one["module"], m) for one in at["rows"] for m in one["mutants"] if not m["found"]]
        if alive:
            yield from ("", "Not found:", "", "| where | was | became |", "|---|---|---|")
            for module, m in alive:
                yield f"| `{module}`:{m['line']} | `{_short(m['was'])}` | `{_short(m['now'])}` |"


def _short(code: str) -> str:
    first = code.partition("\n")[0].replace("|", "\\|")
    return first if len(first) <= 70 else first[:69] + "…"


def main() -> None:
    """Measures, and writes the page."""
    options = argparse.ArgumentParser(prog="make quality")
    options.add_argument("--times", type=int, default=20)
    options.add_argument("--mutants", type=int, default=20)
    options.add_argument("--seed", type=int, default=19)
    options.add_argument("--like", default="", help="of the faults only those whose name holds this")
    options.add_argument("--only", choices=("faults", "coverage", "mutants"))
    asked = options.parse_args()
    found: dict[str, Any] = json.loads(KEPT.read_text("utf-8")) if KEPT.is_file() else {}
    made = {
        "faults": lambda: faults(asked.times, asked.seed, asked.like),
        "coverage": coverage,
        "mutants": lambda: mutated(asked.mutants, asked.seed),
    }
    for name, measure in made.items():
        if asked.only in (None, name):
            where = f"{platform.system()}, Python {platform.python_version()}, {os.cpu_count()} cores"
            head = {"when": f"{datetime.now(UTC):%Y-%m-%d}", "where": where, "seed": asked.seed, "times": asked.times}
            rows = []
            if name == "faults":  # those that are not measured now stay as they were
                rows = [r for r in found.get(name, {}).get("rows", []) if asked.like not in r["fault"]]
            for row in measure():
                rows.append(row)
                print(json.dumps(row), flush=True)
            found[name] = {**head, "rows": rows}
            KEPT.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")
            PAGE.write_text(page(found), "utf-8")


if __name__ == "__main__":
    main()
