"""What a solve is asked for and what it answers: plain frozen data, without a solver."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from numbers import Real
from typing import TYPE_CHECKING, Literal

import numpy as np

from optimiser.case.settings import Settings
from optimiser.case.table import Array
from optimiser.case.tolerances import GAP, LEAST, LOST_DIGITS, OPTIMAL_GAP, SAME
from optimiser.model.matrix import Model
from optimiser.solvers.problem import total

if TYPE_CHECKING:
    from optimiser.solvers.certificate import Certificate

Status = Literal["optimal", "within_gap", "stopped", "infeasible"]
Ties = Literal["full", "money", "none"]


TIE_COLUMNS = 50_000
"""Above this many columns the last tie (weights by key) is left out."""


class SolverError(RuntimeError):
    """The solver gave an answer that cannot be used (never for an infeasible or a stopped case)."""


class Unbounded(SolverError):
    """The objective has no limit."""


class Unsettled(SolverError):
    """Neither a plan was found nor that there is none: what is unknown is never told as impossible."""

    def __init__(self) -> None:
        super().__init__(
            "Whether there is a plan was not settled within the time limit: raise time_limit on the sheet Case, or ask for less"
        )


@dataclass(frozen=True)
class SolveLimits:
    """gap: relative gap at which a search over switches may end; time_limit: seconds for all stages; seed of the
    solver's random choices; nodes: after so many of them a search ends (None: never), wherever it is by then on any machine."""

    gap: float = GAP
    time_limit: float = 300.0
    seed: int = 0
    nodes: int | None = None

    @classmethod
    def of(cls, settings: Settings, time_limit: float | None = None) -> SolveLimits:
        """Those of a case. time_limit: seconds in place of its own. Raises ValueError for what is no time."""
        seconds: object = settings.time_limit if time_limit is None else time_limit
        if not isinstance(seconds, Real) or not float(seconds) >= 0:
            raise ValueError(f"The time limit is a number of seconds, 0 or more; found {seconds!r}.")
        return cls(settings.gap, float(seconds))


class Stop:
    """A token that any thread may pull to end a solve; the solve then returns the best plan it has."""

    def __init__(self, heard: Callable[[], None] | None = None) -> None:
        """heard: called once the search has ended for it, and a plan is made of what there is."""
        self._heard = heard
        self._event = threading.Event()
        self._acts: list[Callable[[], None]] = []
        self._lock = threading.Lock()

    def stop(self) -> None:
        """End the solve (within a second)."""
        with self._lock:
            self._event.set()
            acts, self._acts = self._acts, []
        for act in acts:
            act()

    def then(self, act: Callable[[], None]) -> None:
        """Calls `act` when it is pulled, at once where it was already: to end what runs in another process."""
        with self._lock:
            if not self._event.is_set():
                self._acts.append(act)
                return
        act()

    def hear(self) -> None:
        """Says that it was heard, if it was pulled."""
        if self._heard is not None and self.stopped:
            self._heard()

    @property
    def stopped(self) -> bool:
        """Whether somebody has pulled it."""
        return self._event.is_set()


AT_LOWER, BASIC, AT_UPPER = 0, 1, 2
"""HiGHS's status numbers."""


@dataclass(frozen=True, eq=False)
class Basis:
    """Where a simplex solve ended: HiGHS's status number of each column and row (int8). Start another one from it."""

    columns: Array
    rows: Array


@dataclass(frozen=True, eq=False)
class Ends:
    """Where the solve of a case ended, for questions about its plan and for cases that differ little. first: of the first
    linear program; last: of the tie that is far from it; switches: what each integer column has in the plan."""

    first: Basis | None = None
    last: Basis | None = None
    switches: Array | None = None


NO_ENDS = Ends()
"""Nothing is known of where to begin."""


@dataclass(frozen=True)
class StageResult:
    """One objective, in the reader's sign.

    best: the best value found for the stage when it was solved; bound: no plan can be better than this (None where a
    limit came first); within: what later stages may give up, as a share of |best|; achieved: the value of the final
    plan; gap: how far best, or the final plan beyond what it may give up, is from the bound, relative to |best|.
    """

    name: str
    best: float
    bound: float | None
    within: float
    achieved: float
    gap: float | None


@dataclass(frozen=True, eq=False)
class Solution:
    """The answer to a model, in the units of the case.

    status and gap are those of the worst stage. x: one value for each column, None if there is no plan. duals: price
    of each row in the first stage's final linear program (switches fixed), ∂ Σ cost·x / ∂ limit of the minimised
    sum: ≥ 0 where the lower limit binds, ≤ 0 where the upper one does. bound: of the first stage, in the reader's
    sign; exact_bound: the same in rational arithmetic (None: the solver's own word); proven: whether all stages have
    such. ties: how far ties were settled: by money and weights, by money alone, or not. basis, last: of the first linear
    program and of the tie that is far from it, where a case that differs little may begin. early: whether a limit or a
    stop ended it. certificate: what shows the exact bound without a solver.
    """

    status: Status
    x: Array | None = None
    stages: tuple[StageResult, ...] = ()
    duals: Array | None = None
    bound: float | None = None
    exact_bound: Fraction | None = None
    gap: float | None = None
    basis: Basis | None = None
    log: tuple[str, ...] = field(default=())
    ties: Ties = "none"
    seconds: float = 0.0
    last: Basis | None = None
    proven: bool = False
    early: bool = False
    certificate: Certificate | None = None


def settled_plan(solution: Solution) -> Array | None:
    """The plan of a solve; None where there is none. Raises Unsettled where the solve ended before either was known."""
    if solution.x is None and solution.status != "infeasible":
        raise Unsettled
    return solution.x


def relative_gap(best: float, bound: float | None) -> float | None:
    """|bound − best| relative to |best|, both in points or money that a reader can check; of less than LEAST, to LEAST."""
    if bound is None or not abs(bound) < float("inf"):
        return None
    missing = abs(bound - best)
    return 0.0 if missing <= LEAST and abs(best) < LEAST else missing / max(abs(best), LEAST)


def judged(model: Model, k: int, x: Array, best: float | None, bound: float | None) -> StageResult:
    """The row of the answer for stage k. x: the final plan; best, bound: minimised (None: the stage was not reached).

    The gap is of the stage's own best, and of what the final plan misses of it beyond what it may give up.
    """
    stage = model.stages[k]
    cost = np.asarray(stage.cost, float)
    achieved = total(cost, x)
    best = achieved if best is None else best
    gap = relative_gap(best, bound)
    if gap is not None:
        digits = LOST_DIGITS * float(
            np.abs(cost * np.where(x == 0, 0.0, np.maximum(np.abs(x), model.column_scale))).sum()
        )
        missed = achieved - best - stage.within * abs(best) - digits
        gap = max(gap, relative_gap(best, best + max(missed, 0.0)) or 0.0)
    told = None if bound is None or not abs(bound) < np.inf else stage.sign * bound + 0.0
    return StageResult(stage.name, stage.sign * best + 0.0, told, stage.within, stage.sign * achieved + 0.0, gap)


def worst(stages: tuple[StageResult, ...], limits: SolveLimits) -> tuple[Status, float | None]:
    """Status and gap of the worst stage; a stage without a bound was stopped."""
    gaps = [stage.gap for stage in stages]
    known = [gap for gap in gaps if gap is not None]
    gap = max(known) if known and len(known) == len(gaps) else None
    if gap is None or gap > max(limits.gap * (1 + SAME), OPTIMAL_GAP):
        return "stopped", gap
    return ("optimal" if gap <= OPTIMAL_GAP else "within_gap"), gap
