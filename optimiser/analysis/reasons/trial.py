"""What a change of the case leads to, found by making it and solving: the awards of the plan that follows.

The same plan as `verbs.solve` makes of the changed case, to the last unit, without its tables of compliance.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.context import BaseContext
from types import TracebackType

import numpy as np

from optimiser.analysis.asking.abreast import Processes, end_with_parent
from optimiser.analysis.limits.cell import ChangeRow
from optimiser.analysis.reasons.reason import required_words
from optimiser.analysis.reasons.repair import repairs
from optimiser.case.case import Case
from optimiser.case.faults import InvalidCase
from optimiser.case.table import Array, to_decimals
from optimiser.model.program import Program
from optimiser.plan.answer import answer
from optimiser.solvers.ends import ends
from optimiser.solvers.highs import solve
from optimiser.solvers.solution import NO_ENDS, Ends, SolveLimits
from optimiser.verbs import apply_changes


@dataclass(frozen=True, eq=False)
class TrialOutcome:
    """awards: money of each initiative; levels: share of its full scope; value: of the first objective."""

    awards: Array
    levels: Array
    value: float


def outcome(case: Case, rows: Sequence[ChangeRow], near: Ends = NO_ENDS) -> TrialOutcome | None:
    """What follows from rows of the Scenarios sheet; None where they leave no case or no plan. near: of the case itself."""
    try:
        changed = apply_changes(case, rows) if rows else case
    except InvalidCase:
        return None
    program, facts = Program.of(changed), changed.facts
    # The same way as for any plan, so that the award is the same to the last unit.
    limits = SolveLimits.of(changed.settings)
    solution = solve(program.model, limits, basis=near.first, last=near.last)
    if solution.x is None:
        return None
    tables = answer(program, solution, {}, {}, "highs").tables
    spend, level = tables["Spend"], tables["Levels"]
    size = facts.size("initiative")
    awards = np.bincount(facts.code("initiative", spend["initiative"]), spend["money"], size)
    levels = np.bincount(facts.code("initiative", level["initiative"]), level["level"], size)
    return TrialOutcome(to_decimals(awards, 6), levels, solution.stages[0].achieved)


def cures(
    case: Case, required: Sequence[ChangeRow], wanted: int, near: Ends = NO_ENDS, statutes: bool = False
) -> list[Cure]:
    """What makes possible what `required` asks for and no plan can do: repairs that leave that request alone, each
    tried, first without the request itself. In the order of their cost."""
    try:
        asked = apply_changes(case, required)
    except InvalidCase:
        return []
    own = {(r["sheet"], r["where"]) for r in required}
    made = []
    for repair in repairs(asked, wanted=wanted + 1, statutes=statutes, each=False):
        # What is asked for may be given room (a higher maximum), but not be taken back.
        if any((r["sheet"], r["where"]) in own and r["column"] in ("must_fund", "minimum") for r in repair.changes):
            continue
        words = repair.sentence[:1].lower() + repair.sentence[1:].rstrip(".")
        for rows, said in (
            (list(repair.changes), f"you {words}"),
            ([*required, *repair.changes], f"you require {required_words(required)} and {words}"),
        ):
            after = outcome(case, rows, near)
            if after is not None:
                made.append((rows, said, after))
    return made


Key = tuple[tuple[str, str, str, str], ...]
Cure = tuple[list[ChangeRow], str, TrialOutcome]
"""Changes, how they are said after `if`, and what follows from them."""


class Trials:
    """Changes of one case, each tried once; in other processes where `workers` is not 0, so that others can go on.

    statutes: whether what makes a request possible may move rules that a statute set.
    """

    def __init__(self, case: Case, workers: int = 0, *, statutes: bool = False) -> None:
        self.case, self.statutes = case, statutes
        self.near: Ends | None = None
        """Where the solves of the changed cases begin: the ends of the case itself, where they are known."""
        self._known: dict[Key, TrialOutcome | None] = {}
        self._asked: dict[Key, Future[TrialOutcome | None]] = {}
        self._cures: dict[tuple[Key, int], Future[list[Cure]]] = {}
        self._pool = Processes(workers, _context(), _begin, (case, statutes)) if workers else None
        if self._pool is not None:
            self._pool.submit(_ready)

    def __enter__(self) -> Trials:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def ask(self, rows: Sequence[ChangeRow]) -> None:
        """Begin to try a change, if somebody else is there to do it."""
        key = _key(rows)
        if self._pool is not None and key not in self._known and key not in self._asked:
            try:
                self._asked[key] = self._pool.submit(_outcome, key, self._ends())
            except BrokenProcessPool:
                self._pool = None

    def ask_cures(self, required: Sequence[ChangeRow], wanted: int) -> None:
        """Begin to look for what makes a request possible, if somebody else is there to do it."""
        if self._pool is not None:
            try:
                self._cures[_key(required), wanted] = self._pool.submit(_cured, _key(required), wanted, self._ends())
            except BrokenProcessPool:
                self._pool = None

    def cures(self, required: Sequence[ChangeRow], wanted: int) -> list[Cure]:
        """What makes a request possible (see `cures`)."""
        asked = self._cures.pop((_key(required), wanted), None)
        try:
            if asked is not None:
                return asked.result()
        except BrokenProcessPool:
            self._pool = None
        return cures(self.case, required, wanted, self._ends(), self.statutes)

    def _ends(self) -> Ends:
        if self.near is None:
            limits = SolveLimits.of(self.case.settings)
            model = Program.of(self.case).model
            self.near = ends(solve(model, limits), model)
        return self.near

    def cured(self, required: Sequence[ChangeRow], wanted: int) -> bool:
        """Whether the cures of a request need no waiting."""
        asked = self._cures.get((_key(required), wanted))
        return asked is not None and asked.done()

    def ready(self, rows: Sequence[ChangeRow]) -> bool:
        """Whether the outcome of a change needs no waiting."""
        key = _key(rows)
        return key in self._known or (key in self._asked and self._asked[key].done())

    def outcome(self, rows: Sequence[ChangeRow]) -> TrialOutcome | None:
        """What follows from a change; None where it leaves no case or no plan."""
        key = _key(rows)
        if key not in self._known:
            asked = self._asked.pop(key, None)
            try:
                self._known[key] = outcome(self.case, rows, self._ends()) if asked is None else asked.result()
            except BrokenProcessPool:
                self._pool = None
                self._known[key] = outcome(self.case, rows, self._ends())
        return self._known[key]


def _key(rows: Sequence[ChangeRow]) -> Key:
    return tuple((r["sheet"], r["where"], r["column"], r["change"]) for r in rows)


def _context() -> BaseContext:
    """How processes start: on Linux, while this one has no threads yet, as copies of it, which costs nothing."""
    alone = sys.platform == "linux" and threading.active_count() == 1
    return get_context("fork" if alone else "spawn")


_mine: list[Trials] = []


def _begin(case: Case, statutes: bool) -> None:
    end_with_parent()
    _mine[:] = [Trials(case, statutes=statutes)]


def _ready() -> None:
    """Nothing: the processes start."""


def _rows(key: Key) -> list[ChangeRow]:
    return [dict(zip(("sheet", "where", "column", "change"), row, strict=True)) for row in key]


def _outcome(key: Key, near: Ends) -> TrialOutcome | None:
    _mine[0].near = near
    return _mine[0].outcome(_rows(key))


def _cured(key: Key, wanted: int, near: Ends) -> list[Cure]:
    _mine[0].near = near
    return _mine[0].cures(_rows(key), wanted)
