"""Many scenarios at once: hundreds or thousands of sets of changes, over the cores of this machine.

    for result in sweep(case, {"a": [{"sheet": "Funds", "where": "fund = Pool", "column": "amount", "change": "* 0.9"}]}):
        print(result.name, result.objective)

Two depths. `value`: the best value of the first objective and what proves it, found from the base's basis in a small
part of a whole solve's time. `plan`: the whole plan, the same to the last byte as `solve` gives alone. No scenario
starts from another one, so it does not matter which process solves what, and in which order.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from optimiser.analysis.runs import run
from optimiser.case.case import Case
from optimiser.case.checks import areas, contributions, cost_shares, curves, installments, limits, soft_rules, windows
from optimiser.case.faults import InvalidCase
from optimiser.case.scenarios import applied, changes, changes_of, names
from optimiser.case.workbook import Tables
from optimiser.model.build import build
from optimiser.model.renew import Renewal
from optimiser.model.rules import RuleError, compile_rules
from optimiser.plan.tables import Plan
from optimiser.solve.again import DIGITS, Again, Value
from optimiser.solve.highs import solve
from optimiser.solve.solution import Limits, SolverError
from optimiser.verbs import apply_changes, versions

if TYPE_CHECKING:
    import pandas as pd

Depth = Literal["value", "plan"]
ChangeRow = Mapping[str, object]
ERRORS = (limits, windows, installments, contributions, cost_shares, curves, areas, soft_rules)
"""The checks that find errors; warnings are for the base."""
RESTARTS = 20
"""How often workers that died are replaced before the sweep gives up."""
AHEAD = 4
"""Scenarios that wait for each worker."""


@dataclass(frozen=True)
class Result:
    """One scenario of a sweep.

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

    def line(self) -> str:
        """The result as one line of JSON."""
        return json.dumps(asdict(self), allow_nan=False, sort_keys=True)

    @staticmethod
    def of_line(line: str) -> Result:
        """The result that stands in a line. Raises ValueError where it is no whole line."""
        record = json.loads(line)
        return Result(**{**record, "faults": tuple(record["faults"])})


class Sweeper:
    """A case, ready for many scenarios; each worker has one."""

    def __init__(self, case: Case, depth: Depth = "value") -> None:
        self.case, self.depth = case, depth

    @cached_property
    def _renewal(self) -> Renewal:
        return Renewal(self.case.facts, compile_rules(self.case.facts))

    @cached_property
    def _again(self) -> Again | None:
        """The base's linear program; None where there are switches, or the base has no plan."""
        if self._renewal.model.integer.any():
            return None
        try:
            return Again(self._renewal.model, Limits(self.case.settings.gap, self.case.settings.time_limit))
        except SolverError:
            return None

    def result(self, name: str, rows: Sequence[ChangeRow]) -> Result:
        """What one scenario gives."""
        try:
            return self._planned(name, rows) if self.depth == "plan" else self._valued(name, rows)
        except InvalidCase as invalid:
            return Result(name, "invalid", faults=tuple(str(f) for f in invalid.faults if f.level == "error"))
        except RuleError as error:
            return Result(name, "invalid", faults=(str(error),))

    def _planned(self, name: str, rows: Sequence[ChangeRow]) -> Result:
        return planned(name, run(apply_changes(self.case, rows) if rows else self.case).plan)

    def _valued(self, name: str, rows: Sequence[ChangeRow]) -> Result:
        case = _changed(self.case, rows)
        facts, rules = case.facts, compile_rules(case.facts)
        renewed = self._renewal.of(facts, rules) if self._again is not None else None
        if renewed is None or self._again is None:
            return _afresh(name, case)
        found: Value = self._again.value(
            renewed.row_lower,
            renewed.row_upper,
            renewed.column_lower,
            renewed.column_upper,
            renewed.cost,
            renewed.entries,
        )
        return Result(name, found.status, found.best, _kept(found.gap))


def _changed(case: Case, rows: Sequence[ChangeRow]) -> Case:
    """The case after the changes, checked as far as numbers can be wrong; the meaning of rules shows when they are read."""
    if not rows:
        return case
    made = applied(Tables(case.tables), changes_of(rows))
    if made.broken:
        raise InvalidCase(made.faults)
    if "Case" in made.edited:
        return apply_changes(case, rows)
    errors = [fault for look in ERRORS for fault in look(made.tables)]
    if errors:
        raise InvalidCase(errors)
    return Case(made.tables.tables, case.settings)


def _afresh(name: str, case: Case) -> Result:
    """The best value of a case whose columns or rows are not those of the base, or that has switches."""
    model = build(case.facts, compile_rules(case.facts))
    first = replace(model, stages=(replace(model.stages[0], within=0.0),), ties=())
    found = solve(first, Limits(case.settings.gap, case.settings.time_limit))
    best = found.stages[0].best if found.stages and found.x is not None else None
    return Result(name, found.status, None if best is None else float(f"{best:.{DIGITS}g}"), _kept(found.gap))


def _kept(gap: float | None) -> float | None:
    """A gap as far as it means anything: below 1e-9 it is none."""
    return None if gap is None else 0.0 if gap <= 1e-9 else float(f"{gap:.3g}")


def planned(name: str, plan: Plan) -> Result:
    """The figures of a plan."""
    if not plan.has_plan:
        return Result(name, plan.status)
    awards, received = plan.tables["Awards"], plan.tables["Received"]
    return Result(
        name,
        plan.status,
        plan.objective,
        plan.gap,
        plan.impact,
        float(plan.tables["Spend"]["money"].sum()),
        dict(zip(awards["initiative"].tolist(), awards["award"].tolist(), strict=True)),
        dict(zip(received["agency"].tolist(), received["received"].tolist(), strict=True)),
    )


def scenarios_of(case: Case) -> dict[str, list[ChangeRow]]:
    """The scenarios of the case's own sheet, as a sweep takes them."""
    table = case.tables["Scenarios"]
    return {
        name: [
            {"sheet": c.sheet, "where": c.where, "column": c.column, "change": c.change} for c in changes(table, name)
        ]
        for name in names(table)
    }


def sweep(
    case: Case,
    scenarios: Mapping[str, Sequence[ChangeRow]],
    *,
    depth: Depth = "value",
    workers: int = 1,
    folder: str | Path | None = None,
) -> Iterator[Result]:
    """Every scenario's result, as it is done (with one worker: in order).

    workers: processes (0: one for each core). folder: where results are kept as they come; what stands there from an
    earlier call that was interrupted is given first and not solved again. Raises ValueError where the folder holds
    another sweep.
    """
    kept = None if folder is None else Folder(Path(folder), case, scenarios, depth)
    done = kept.done if kept is not None else {}
    yield from done.values()
    left = {name: rows for name, rows in scenarios.items() if name not in done}
    for result in _solved(case, left, depth, workers or os.cpu_count() or 1):
        if kept is not None:
            kept.keep(result)
        yield result


def _solved(case: Case, left: Mapping[str, Sequence[ChangeRow]], depth: Depth, workers: int) -> Iterator[Result]:
    if workers == 1 or len(left) < 2:
        sweeper = Sweeper(case, depth)
        for name, rows in left.items():
            yield sweeper.result(name, rows)
        return
    waiting = dict(left)
    for _ in range(RESTARTS):
        try:
            for result in _in_processes(case, waiting, depth, workers):
                del waiting[result.name]
                yield result
            return
        except BrokenProcessPool:  # a worker died: what it had not finished is given to new ones
            continue
    raise RuntimeError(f"workers died {RESTARTS} times; {len(waiting)} scenarios are left")


def _in_processes(case: Case, left: Mapping[str, Sequence[ChangeRow]], depth: Depth, workers: int) -> Iterator[Result]:
    """Results as they come, a few scenarios ahead of each worker."""
    ready = iter(list(left.items()))
    plain = Case(case.tables, case.settings)  # without what is computed from them
    pool = ProcessPoolExecutor(workers, get_context("spawn"), _begin, (plain, depth))
    running: set[Future[Result]] = set()
    try:
        while True:
            while len(running) < AHEAD * workers and (item := next(ready, None)) is not None:
                running.add(pool.submit(_one, item[0], [dict(row) for row in item[1]]))
            if not running:
                return
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                yield future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


_sweeper: Sweeper | None = None


def _begin(case: Case, depth: Depth) -> None:
    """What each worker does first."""
    global _sweeper
    _sweeper = Sweeper(case, depth)


def _one(name: str, rows: Sequence[ChangeRow]) -> Result:
    assert _sweeper is not None
    return _sweeper.result(name, rows)


class Folder:
    """Results of a sweep on disk: `sweep.json` says which sweep, `results.jsonl` has a line for each result."""

    def __init__(self, path: Path, case: Case, scenarios: Mapping[str, Sequence[ChangeRow]], depth: Depth) -> None:
        self.path, self._lines = path, path / "results.jsonl"
        identity = {
            "case": case.sha256,
            "scenarios": hashlib.sha256(json.dumps(scenarios, default=dict).encode()).hexdigest(),
            "depth": depth,
            "versions": versions(),
        }
        path.mkdir(parents=True, exist_ok=True)
        about = path / "sweep.json"
        if about.exists() and json.loads(about.read_text("utf-8")) != identity:
            raise ValueError(f"{path} holds another sweep (other inputs, scenarios or versions): name a new folder")
        about.write_text(json.dumps(identity, indent=1), "utf-8")
        self.done = {r.name: r for r in read_results(path)}
        text = "".join(f"{r.line()}\n" for r in self.done.values())
        self._lines.write_text(text, "utf-8")  # without a line that an interrupt cut short

    def keep(self, result: Result) -> None:
        """Add one result; it is on disk when this returns."""
        with self._lines.open("a", encoding="utf-8") as file:
            file.write(f"{result.line()}\n")
            file.flush()
            os.fsync(file.fileno())


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


def table(results: Sequence[Result], order: Sequence[str] | None = None) -> pd.DataFrame:
    """One row for each result: figures, then `award …` and `received …`. order: names in the order of the rows
    (then the table does not depend on which was done first)."""
    import pandas as pd

    place = {name: k for k, name in enumerate(order or ())}
    listed = sorted(results, key=lambda r: place.get(r.name, len(place))) if order is not None else list(results)
    rows: list[dict[str, Any]] = [
        {
            "scenario": r.name, "status": r.status, "objective": r.objective, "gap": r.gap, "impact": r.impact,
            "money": r.money, "faults": " | ".join(r.faults),
            **{f"award {k}": v for k, v in r.award.items()}, **{f"received {k}": v for k, v in r.received.items()},
        }
        for r in listed
    ]  # fmt: skip
    return pd.DataFrame(rows)


def write(results: Sequence[Result], path: str | Path, order: Sequence[str] | None = None) -> None:
    """The table as .csv, .parquet or .xlsx, by the file's ending. Raises ValueError for another one."""
    made, target = table(results, order), Path(path)
    if target.suffix == ".csv":
        made.to_csv(target, index=False)
    elif target.suffix == ".parquet":
        made.to_parquet(target, index=False)
    elif target.suffix == ".xlsx":
        made.to_excel(target, index=False, sheet_name="Sweep")
    else:
        raise ValueError(f"{target.name} should end in .csv, .parquet or .xlsx")
