"""Branches of the whole package that tests take, a folder of tests at a time: what each took is kept in build/coverage, and all of it
is counted together for each folder of the package."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from tests.quality.parts import FOLDERS
from tests.quality.trial import ROOT, trial

KEPT = ROOT / "build" / "coverage"
SETTINGS = str(ROOT / "tests" / "quality" / "coverage.ini")
WANTED = 90.0
"""Percent below which a file is named."""


def folders(like: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Runs each folder of tests that has this in its name; after each, every folder of the package with what is taken of it by the
    tests that have run, now or before."""
    for name in FOLDERS:
        if like in name:
            shutil.rmtree(KEPT / name, ignore_errors=True)
            (KEPT / name).mkdir(parents=True)
            through = ("-m", "coverage", "run", f"--rcfile={SETTINGS}", f"--data-file={KEPT / name / 'data'}", "-m")
            tests = [str(path.relative_to(ROOT)) for path in sorted(ROOT.glob(f"tests/{name}"))]
            failed = trial(tests, {}, ["-m", "not long"], through)[1]
            print(f"tests/{name}: {failed} failed", file=sys.stderr, flush=True)
            yield from taken()


def taken() -> Iterator[tuple[str, dict[str, Any]]]:
    """Each folder of the package: percent of lines and branches taken, and its files below WANTED."""
    ran = sorted(folder.name for folder in KEPT.iterdir() if folder.is_dir())
    report = KEPT / "taken.json"
    common = [f"--rcfile={SETTINGS}", f"--data-file={KEPT / 'data'}", "--quiet"]
    for task in (
        ["combine", *common, "--keep", *(str(KEPT / name) for name in ran)],
        ["json", *common, "-o", str(report)],
    ):
        subprocess.run([sys.executable, "-m", "coverage", *task], cwd=ROOT, check=True, capture_output=True)
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    below: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for file, found in sorted(json.loads(report.read_text("utf-8"))["files"].items()):
        folder, total = file.split("/")[1], found["summary"]
        if folder.endswith(".py"):
            folder = "."
        sums[folder][0] += total["covered_lines"] + total["covered_branches"]
        sums[folder][1] += total["num_statements"] + total["num_branches"]
        if total["percent_covered"] < WANTED:
            below[folder].append((round(total["percent_covered"], 1), file))
    for folder, (covered, whole) in sums.items():
        if whole:
            yield folder, {"percent": 100 * covered / whole, "below": sorted(below[folder]), "tests": ran}
