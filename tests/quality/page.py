"""docs/quality.md, from what was measured and what was said of what was not found."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tests.quality.parts import FAULTS, FOLDERS, LAWS, PARTS

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
PAGE, KEPT = ROOT / "docs" / "quality.md", FOLDER / "measured.json"
Found = dict[str, dict[str, dict[str, Any]]]
"""measure → name → row"""


def looked_at() -> list[dict[str, str]]:
    """What people said of mutants that no test found: each with `module`, `was`, `now` and `why`."""
    return list(tomllib.loads((FOLDER / "looked_at.toml").read_text("utf-8"))["mutant"])


def page(found: Found, looked: list[dict[str, str]]) -> str:
    """The measurements as a page."""
    parts = (
        _head(),
        _faults(found),
        _cases(found),
        _laws(found),
        _coverage(found),
        _folders(found),
        _mutants(found, looked),
    )
    return "\n".join(line for part in parts for line in part) + "\n"


def _head() -> Iterator[str]:
    yield from (
        "# How hard it is to break",
        "",
        "Made by one command, `make quality`, from what it measured; only the sentences are typed by hand. Each row has its date",
        "and its seed, since a part can be measured anew alone. Times are those of a machine that did other work too.",
        "",
    )


def _machines(rows: dict[str, dict[str, Any]]) -> str:
    return "Measured on " + "; ".join(sorted({r["where"] for r in rows.values()})) + "."


def _faults(found: Found) -> Iterator[str]:
    rows = found.get("faults", {})
    yield from (
        "## Faults",
        "",
        "Each is done on purpose, again and again; a test looks afterwards whether all that was acknowledged is there, nothing is",
        "half, and the person is told in a sentence. Passed and failed count tests: some do a fault once in each, on each database,",
        "some many times.",
        "",
    )
    if rows:
        yield from (_machines(rows), "", "| fault | how | times | passed | failed | skipped | seed | measured |")
        yield "|---|---|---|---|---|---|---|---|"
    for name, (how, _) in FAULTS.items():
        if r := rows.get(name):
            counts = f"{r['times']} | {r['passed']} | {r['failed']} | {r['skipped']}"
            yield f"| {name} | {how} | {counts} | {r['seed']} | {r['when']} |"
    yield from _lacking(FAULTS, rows, " Their tests run once with each change.")
    yield ""


def _cases(found: Found) -> Iterator[str]:
    rows = found.get("random", {})
    yield from (
        "## Random cases, by three solvers",
        "",
        "The program of a made-up case, with every kind of rule, is solved by HiGHS, CBC and SCIP; the best of each objective must",
        "agree to a millionth. Where another solver differs and the answer of HiGHS is proven in exact arithmetic, or the other's plan",
        "breaks a row by more than a ten-thousandth, the other one is wrong; else the two stand apart, and the case is cut down by",
        "machine to the few rows that still differ (`build/apart`).",
        "",
    )
    if not rows:
        yield from ("Not measured yet.", "")
        return
    total = sum(r["told"].get("cases", 0) for r in rows.values())
    yield from (_machines(rows), "", f"{total:,} cases of the 10,000 that are aimed at.", "")
    yield "| seeds | cases | with | agree | no plan, both | stopped | the other is wrong | apart | measured |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for first, told, when in _runs(rows.values()):
        seeds = f"{first} to {first + told['cases'] - 1}"
        for solver, title in (("cbc", "CBC"), ("scip_py", "SCIP")):
            counts = (told[f"{solver}: {w}"] for w in ("agree", "no plan", "stopped", "other wrong", "apart"))
            yield f"| {seeds} | {told['cases']:,} | {title} | {' | '.join(f'{c:,}' for c in counts)} | {when} |"
    if apart := [one for r in rows.values() for one in r["apart"]]:
        yield from ("", "Apart:", "", "| seed | with | HiGHS, the other | rows left |", "|---|---|---|---|")
        for one in apart:
            yield f"| {one['seed']} | {one['solver']} | {one['said'].partition(': ')[2]} | {one['rows']} |"
    yield ""


def _runs(rows: Iterable[dict[str, Any]]) -> list[tuple[int, Counter[str], str]]:
    """First seed, counts and day of each run; one that went on where another of that day was left is added to it."""
    made: list[tuple[int, Counter[str], str]] = []
    for row in sorted(rows, key=lambda r: r["first"]):
        told = Counter(row["told"])
        if made and made[-1][0] + made[-1][1]["cases"] == row["first"] and made[-1][2] == row["when"]:
            made[-1][1].update(told)
        else:
            made.append((row["first"], told, row["when"]))
    return made


def _laws(found: Found) -> Iterator[str]:
    rows = found.get("laws", {})
    yield from (
        "## Laws",
        "",
        "What holds of every case, tried on made-up ones, 2,000 of each law as the aim. One seed makes several tests of some laws;",
        "skipped are those of a case that no plan keeps, or that is none after the change that the law speaks of.",
        "",
    )
    if rows:
        yield from (
            _machines(rows),
            "",
            "| law | seeds | passed | failed | skipped | measured |",
            "|---|---|---|---|---|---|",
        )
    for name in LAWS:
        if r := rows.get(name):
            counts = " | ".join(f"{r[k]:,}" for k in ("seeds", "passed", "failed", "skipped"))
            yield f"| {name} | {counts} | {r['when']} |"
    yield from _lacking(LAWS, rows)
    yield ""


def _lacking(names: Iterable[str], rows: Iterable[str], more: str = "") -> Iterator[str]:
    """The sentence that says what was not measured."""
    if lacking := [name for name in names if name not in rows]:
        yield from ("", f"Not measured yet: {'; '.join(lacking)}.{more}")


def _folders(found: Found) -> Iterator[str]:
    rows = found.get("folders", {})
    yield from (
        "## Branches of each folder",
        "",
        "Of the whole package, by the tests of the folders that are named, without those that are long, and without the browser, which",
        "takes more of the app than is counted here. Files of which less than 90% is taken are named.",
        "",
    )
    if not rows:
        yield from ("Not measured yet.", "")
        return
    yield from (
        _machines(rows),
        "",
        "| folder | lines and branches taken | files below 90% | measured |",
        "|---|---|---|---|",
    )
    for folder, r in sorted(rows.items()):
        name = "optimiser" if folder == "." else f"optimiser/{folder}"
        below = ", ".join(f"`{file.removeprefix(name + '/')}` {percent:.0f}" for percent, file in r["below"])
        yield f"| `{name}` | {r['percent']:.1f}% | {below or 'none'} | {r['when']} |"
    ran = sorted({test for r in rows.values() for test in r["tests"]})
    yield from ("", f"Tests that were run: {', '.join(f'`tests/{name}`' for name in ran)}.")
    yield from _lacking([f"`tests/{name}`" for name in FOLDERS], [f"`tests/{name}`" for name in ran])
    yield ""


def _coverage(found: Found) -> Iterator[str]:
    rows = found.get("coverage", {})
    yield from (
        "## Branches that tests take",
        "",
        "Of the parts on which trust rests, by their own tests alone; the whole suite takes more of them.",
        "",
    )
    if rows:
        yield from (_machines(rows), "", "| part | file | lines and branches taken | not taken | measured |")
        yield "|---|---|---|---|---|"
    order = list(PARTS)
    for file, r in sorted(rows.items(), key=lambda one: (order.index(one[1]["part"]), one[0])):
        lacking = [*map(str, r["lines"]), *(f"{a}→{b}" for a, b in r["branches"])]
        yield f"| {r['part']} | `{file}` | {r['percent']:.1f}% | {', '.join(lacking) or 'none'} | {r['when']} |"
    yield from _lacking(PARTS, {r["part"] for r in rows.values()})
    yield ""


def _mutants(found: Found, looked: list[dict[str, str]]) -> Iterator[str]:
    rows = found.get("mutants", {})
    yield from (
        "## Mutants",
        "",
        "One comparison, operator, constant or condition of a part is changed at random, and its own tests should fail. It is a",
        "sample: its seed and its size say which.",
        "",
    )
    if rows:
        yield from (
            _machines(rows),
            "",
            "| part | module | mutants | found | seed | measured |",
            "|---|---|---|---|---|---|",
        )
    modules = [module for names, _ in PARTS.values() for module in names]
    for module in modules:
        if r := rows.get(module):
            alive = sum(m["found"] for m in r["mutants"])
            yield f"| {r['part']} | `{module}` | {len(r['mutants'])} | {alive} | {r['seed']} | {r['when']} |"
    yield from _lacking((f"`{m}`" for m in modules), {f"`{m}`" for m in rows})
    alive = [(module, m) for module, r in sorted(rows.items()) for m in r["mutants"] if not m["found"]]
    if alive:
        why = {(one["module"], one["was"], one["now"]): one["why"] for one in looked}
        yield from ("", "Not found, with what a person says who looked at it:", "")
        yield from ("| where | was | became | looked at |", "|---|---|---|---|")
        for module, m in alive:
            said = why.get((module, m["was"], m["now"]), "not yet")
            yield f"| `{module}`:{m['line']} | `{_short(m['was'])}` | `{_short(m['now'])}` | {said} |"


def _short(code: str) -> str:
    first = code.partition("\n")[0].replace("|", "\\|")
    return first if len(first) <= 70 else first[:69] + "…"


def read() -> Found:
    """What was measured."""
    found: Found = json.loads(KEPT.read_text("utf-8"))
    return found
