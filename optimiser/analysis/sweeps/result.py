"""What a sweep is made of and what it gives: tasks, results, the folder that keeps them, the table of all."""

from __future__ import annotations

import hashlib
import json
import os
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from optimiser.case.case import Case
from optimiser.case.reading.cells import no_formula
from optimiser.verbs import versions

if TYPE_CHECKING:
    import pandas as pd

Depth = Literal["value", "plan"]
ChangeRow = Mapping[str, object]
ENDINGS = (".csv", ".parquet", ".xlsx")
MOST_ROWS, MOST_COLUMNS = 1_048_575, 16_384
"""What a worksheet holds below its titles."""
_STEADY = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Task:
    """One solve: a scenario, for an objective ("": the case's own), in one draw of the uncertain numbers (None: as they
    stand)."""

    name: str
    scenario: str
    rows: tuple[ChangeRow, ...]
    objective: str = ""
    draw: int | None = None


@dataclass(frozen=True)
class SweepJob:
    """What all tasks share: the case, how much of each plan is wanted, and which draws."""

    case: Case
    depth: Depth = "value"
    draws: int = 0
    seed: int = 0


@dataclass(frozen=True)
class Result:
    """One task's answer.

    name: of the task; scenario, aim and draw: what it was (aim: the objective asked for, "" for the case's own);
    status: that of a plan, or `invalid` (then `faults` says why); objective: the best value of the first objective
    (of depth `value` to 10 significant digits, which do not depend on the way to it); gap: what proves it. impact,
    money, award and received only of depth `plan`.
    """

    name: str
    status: str
    objective: float | None = None
    gap: float | None = None
    impact: float | None = None
    money: float | None = None
    award: Mapping[str, float] = field(default_factory=dict)
    received: Mapping[str, float] = field(default_factory=dict)
    faults: tuple[str, ...] = ()
    scenario: str = ""
    aim: str = ""
    draw: int | None = None

    def line(self) -> str:
        """The result as one line of JSON."""
        return json.dumps(asdict(self), allow_nan=False, sort_keys=True)

    @staticmethod
    def of_line(line: str) -> Result:
        """The result that stands in a line. Raises ValueError where it is no whole line."""
        record = json.loads(line)
        return Result(**{**record, "faults": tuple(record["faults"])})


class Folder:
    """Results of a sweep on disk: `sweep.json` says which sweep, `results.jsonl` has a line for each result."""

    def __init__(self, path: Path, job: SweepJob, tasks: Sequence[Task]) -> None:
        """Raises ValueError where the folder holds another sweep."""
        self.path, self._lines = path, path / "results.jsonl"
        listed = json.dumps([asdict(task) for task in tasks], default=dict)
        identity = {
            "case": job.case.sha256,
            "tasks": hashlib.sha256(listed.encode()).hexdigest(),
            "depth": job.depth,
            "draws": [job.draws, job.seed],
            "versions": versions(),
        }
        path.mkdir(parents=True, exist_ok=True)
        about = path / "sweep.json"
        if about.exists() and json.loads(about.read_text("utf-8")) != identity:
            raise ValueError(f"{path} holds another sweep (other inputs, scenarios or versions): name a new folder")
        _put(about, json.dumps(identity, indent=1))
        self.done = {r.name: r for r in read_results(path)}
        text = "".join(f"{r.line()}\n" for r in self.done.values())
        _put(self._lines, text)  # without a line that an interrupt cut short

    def keep(self, result: Result) -> None:
        """Add one result; it is on disk when this returns."""
        with self._lines.open("a", encoding="utf-8") as file:
            file.write(f"{result.line()}\n")
            file.flush()
            os.fsync(file.fileno())


def _put(path: Path, text: str) -> None:
    """Writes a file whole, or leaves what was there: a full disk takes no result away."""
    draft = path.with_name(f".{path.name}.part")
    try:
        draft.write_text(text, "utf-8")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def read_results(folder: str | Path) -> list[Result]:
    """The whole results in a folder, each once, in the order in which they were found."""
    lines = Path(folder) / "results.jsonl"
    found: dict[str, Result] = {}
    for line in lines.read_text("utf-8").splitlines() if lines.exists() else []:
        try:
            result = Result.of_line(line)
        except (ValueError, TypeError, KeyError):
            continue
        found.setdefault(result.name, result)
    return list(found.values())


def discard(folder: str | Path) -> None:
    """Delete what a sweep keeps in a folder, and the folder where it holds nothing else."""
    path = Path(folder)
    for name in ("results.jsonl", "sweep.json"):
        (path / name).unlink(missing_ok=True)
    if path.is_dir() and not any(path.iterdir()):
        path.rmdir()


def table(results: Sequence[Result], order: Sequence[str] | None = None) -> pd.DataFrame:
    """One row for each result: what it was, figures, then `award …` and `received …`. order: names in the order of the
    rows (then the table does not depend on which was done first)."""
    import pandas as pd

    place = {name: k for k, name in enumerate(order or ())}
    listed = sorted(results, key=lambda r: place.get(r.name, len(place))) if order is not None else list(results)
    names = [dict.fromkeys(k for r in listed for k in sorted(getattr(r, side))) for side in ("award", "received")]
    rows: list[dict[str, Any]] = [
        {
            "scenario": r.scenario or r.name, "for": r.aim, "draw": r.draw, "status": r.status, "objective": r.objective,
            "gap": r.gap, "impact": r.impact, "money": r.money, "faults": " | ".join(r.faults),
            **{f"award {k}": r.award.get(k) for k in names[0]},
            **{f"received {k}": r.received.get(k) for k in names[1]},
        }
        for r in listed
    ]  # fmt: skip
    made = pd.DataFrame(rows)
    for column in ("for", "draw"):  # of a sweep over scenarios alone they say nothing
        if len(made) and (made[column].isna() | (made[column] == "")).all():
            made = made.drop(columns=column)
    return made.astype({"draw": "Int64"}) if "draw" in made else made


def write(results: Sequence[Result], path: str | Path, order: Sequence[str] | None = None) -> None:
    """The table as .csv, .parquet or .xlsx, by the file's ending; the same results in the same order give the same bytes.

    Raises ValueError for another ending, or more rows or columns than a worksheet holds.
    """
    target = Path(path)
    if target.suffix not in ENDINGS:
        raise ValueError(f"{target.name} should end in {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}")
    made = table(results, order)
    if target.suffix == ".parquet":
        made.to_parquet(target, index=False)
    elif target.suffix == ".csv":
        texts = made.select_dtypes(include=["object", "str"]).columns
        for column in texts:
            made[column] = made[column].map(no_formula)
        made.to_csv(target, index=False, lineterminator="\n")
    else:
        _write_workbook(made, target)


def _write_workbook(made: pd.DataFrame, target: Path) -> None:
    import pandas as pd

    from optimiser.case.writing.writer import PlainSheet, write_tables

    if len(made) > MOST_ROWS or len(made.columns) > MOST_COLUMNS:
        size = f"{len(made):,} rows and {len(made.columns):,} columns"
        raise ValueError(f"A worksheet cannot hold {size}: write a .parquet or .csv file instead.")
    rows = [[None if pd.isna(v) else v for v in row] for row in made.astype(object).itertuples(index=False)]
    write_tables(str(target), {}, last=[PlainSheet("Sweep", list(made.columns), rows)])
    _without_clock(target)


def _without_clock(path: Path) -> None:
    """The workbook without the time at which it was written, so that the same table is the same file."""
    with zipfile.ZipFile(path) as book:
        parts = [(name, book.read(name)) for name in sorted(book.namelist())]
    fresh = path.with_name(f"{path.name}.new")
    with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as book:
        for name, data in parts:
            if name == "docProps/core.xml":
                data = re.sub(rb">\d{4}-\d\d-\d\dT[\d:.]+Z<", b">1980-01-01T00:00:00Z<", data)
            entry = zipfile.ZipInfo(name, _STEADY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            book.writestr(entry, data)
    fresh.replace(path)
