"""HiGHS, one solve at a time: the only module that speaks to it.

Each run passes a whole problem at once, on one thread and with a fixed seed, and can be ended from outside.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import highspy
import numpy as np
from highspy import HighsModelStatus as Model

from optimiser.case.table import Array
from optimiser.case.tolerances import SMALL_ENTRY, SOLVER
from optimiser.solvers.aside import Aside
from optimiser.solvers.problem import Problem
from optimiser.solvers.solution import Basis, SolveLimits, SolverError, Stop, Unbounded

Progress = Callable[[dict[str, float | None]], None]
Ending = Literal["optimal", "infeasible", "stopped"]

GRACE = 0.6
"""Seconds that HiGHS gets to obey before it is left behind."""

LARGEST = 1e19
"""From 1e20 the solver takes a limit for none."""

_STATUSES = [highspy.HighsBasisStatus(k) for k in range(5)]
_FEASIBLE = 2
_ENDED = (Model.kTimeLimit, Model.kInterrupt, Model.kIterationLimit, Model.kSolutionLimit)


def highs_version() -> str:
    """Version of HiGHS, such as 1.16.0."""
    return str(new_highs().version())


_FIRST = threading.Lock()
_met = False


def new_highs() -> Any:
    """An instance of HiGHS. The first of a process names itself on standard output, from its own C code and before it can
    be told not to. That is the place of data, so it speaks into nothing meanwhile."""
    global _met
    with _FIRST:
        if _met:
            return highspy.Highs()  # type: ignore[no-untyped-call]
        _met = True
        try:
            sys.stdout.flush()
            kept = os.dup(1)
        except (OSError, ValueError, AttributeError):  # no standard output at all, as in a window without a console
            return highspy.Highs()  # type: ignore[no-untyped-call]
        try:
            with open(os.devnull, "w") as nowhere:
                os.dup2(nowhere.fileno(), 1)
            made = highspy.Highs()  # type: ignore[no-untyped-call]
            _flush()
            return made
        finally:
            os.dup2(kept, 1)
            os.close(kept)


def _flush() -> None:
    """Writes out what C code has said so far, while standard output still points elsewhere."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("ucrtbase" if os.name == "nt" else None).fflush(None)


@dataclass
class Watch:
    """The clock and the stop token of one whole solve, and its log."""

    limits: SolveLimits
    stop: Stop = field(default_factory=Stop)
    progress: Progress | None = None
    started: float = field(default_factory=time.monotonic)
    lines: list[str] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """Seconds since the solve began."""
        return time.monotonic() - self.started

    @property
    def left(self) -> float:
        """Seconds left."""
        return self.limits.time_limit - self.seconds

    @property
    def over(self) -> bool:
        """Whether to end now."""
        return self.stop.stopped or self.left <= 0

    def spare(self) -> Watch:
        """A clock for the linear program after a search: where time is over, another half second, to keep its plan."""
        if not self.over:
            return self
        return replace(self, stop=Stop(), limits=replace(self.limits, time_limit=self.seconds + 0.5))

    def say(self, line: str) -> None:
        """Add a line to the log."""
        self.lines.append(line)


@dataclass(frozen=True, eq=False)
class RunOutcome:
    """What one run gave, in the solver's units: values and prices only where there is a solution."""

    ending: Ending
    x: Array | None = None
    y: Array | None = None
    bound: float | None = None
    basis: Basis | None = None
    iterations: int = 0


class Engine:
    """One HiGHS instance that holds one problem."""

    def __init__(self, problem: Problem, cost: Array, scale: float, limits: SolveLimits, **options: Any) -> None:
        """Pass the problem with `scale` × cost (a power of two); `options` are HiGHS's own."""
        self.scale = scale
        self._highs: Any = new_highs()
        settings: dict[str, Any] = {
            "output_flag": False,
            "threads": 1,
            "parallel": "off",
            "random_seed": limits.seed,
            "small_matrix_value": SMALL_ENTRY,
            "primal_feasibility_tolerance": SOLVER,
            "dual_feasibility_tolerance": SOLVER,
        }
        self.set(**{**settings, **options})
        rows, columns = problem.shape
        status = self._highs.passModel(
            columns,
            rows,
            len(problem.value),
            int(highspy.MatrixFormat.kRowwise),
            int(highspy.ObjSense.kMinimize),
            0.0,
            cost * scale,
            problem.column_lower,
            problem.column_upper,
            np.minimum(problem.row_lower, LARGEST),  # what no plan can reach stays so
            np.maximum(problem.row_upper, -LARGEST),
            problem.start,
            problem.index,
            problem.value,
            problem.integer.astype(np.int32),
        )
        if status == highspy.HighsStatus.kError:
            raise SolverError("HiGHS refused the matrix: a bound or coefficient is not a number or out of range")
        self._integer = bool(problem.integer.any())
        downhill = np.where(cost > 0, problem.column_lower, problem.column_upper)
        self._limited = bool(np.isfinite(downhill[cost != 0]).all())
        self._gone = False
        self._failed: list[BaseException] = []
        self._best: tuple[float, Array] | None = None
        self._bound: float | None = None

    def set(self, **options: Any) -> None:
        """Set HiGHS options; an unknown one is an error."""
        for name, value in options.items():
            if self._highs.setOptionValue(name, value) == highspy.HighsStatus.kError:
                raise ValueError(f"HiGHS does not take {name} = {value!r}")

    def start_from(self, basis: Basis) -> bool:
        """Start the next run from this basis; False if it does not fit, or there is no next run."""
        made = basis.own if isinstance(basis, _Own) else None
        if made is None:
            made = highspy.HighsBasis()
            made.col_status = [_STATUSES[k] for k in basis.columns.tolist()]
            made.row_status = [_STATUSES[k] for k in basis.rows.tolist()]
            made.valid = True
        return self._well(self._highs.setBasis(made))

    def forget(self) -> None:
        """Start the next run without a basis."""
        self._highs.clearSolver()

    def change_rows(self, rows: Array, lower: Array, upper: Array) -> None:
        """Other limits for some rows (the solver's units)."""
        self._highs.changeRowsBounds(len(rows), rows.astype(np.int32), lower.astype(float), upper.astype(float))

    def change_columns(self, columns: Array, lower: Array, upper: Array) -> None:
        """Other bounds for some columns (the solver's units)."""
        self._highs.changeColsBounds(len(columns), columns.astype(np.int32), lower.astype(float), upper.astype(float))

    def change_costs(self, columns: Array, cost: Array) -> None:
        """Another cost for some columns (the solver's units)."""
        self._highs.changeColsCost(len(columns), columns.astype(np.int32), cost.astype(float) * self.scale)

    def run(self, watch: Watch) -> RunOutcome:
        """Solve; ends at the latest GRACE seconds after the limit or the stop, with what there is. A solver that was left
        behind then is not asked again: every further run is stopped at once."""
        if watch.over or self._gone:
            return RunOutcome("stopped")
        self._highs.setOptionValue("time_limit", self._highs.getRunTime() + max(0.01, watch.left))
        if self._integer:
            self._listen(watch)
        work = Aside(self._highs.run)
        if not self._wait(work, watch):
            watch.say("the solver did not obey its limit and was left behind")
            # It still works on its matrix: whoever changed that now would end the process. An empty one refuses everything.
            self._highs, self._gone = new_highs(), True
            self.set(output_flag=False)
            x = self._best[1] if self._best else None
            return RunOutcome("stopped", x, bound=self._bound)
        for failed in (work.failed, *self._failed):
            if failed is not None:
                raise failed
        return self._outcome()

    def attempt(self, watch: Watch) -> RunOutcome | None:
        """As run; None, with a line in the log, where the solver ends in trouble with its numbers.

        An objective without a limit stays an error.
        """
        try:
            return self.run(watch)
        except Unbounded:
            raise
        except SolverError as error:
            watch.say(str(error))
            return None

    def _wait(self, work: Aside, watch: Watch) -> bool:
        """Wait for the run, passing on a stop; False if it does not end."""
        deadline = None
        while True:
            try:
                if work.ended(0.05):
                    return True
            except KeyboardInterrupt:
                if watch.stop.stopped:
                    raise
                watch.stop.stop()
            if deadline is None and (watch.stop.stopped or watch.left < -0.2):
                # Read by HiGHS at every iteration, also where it calls nobody back.
                self._highs.setOptionValue("time_limit", 0.0)
                deadline = time.monotonic() + GRACE
            if deadline is not None and time.monotonic() > deadline:
                return False

    def _listen(self, watch: Watch) -> None:
        """Follow a search over switches: its progress, its best plan so far, and the wish to end it."""
        last = [-1.0]

        def interrupt(event: Any) -> None:
            self._bound = _finite(event.data_out.mip_dual_bound / self.scale)
            if watch.over or self._failed:
                event.interrupt()
            elif watch.progress is not None and watch.seconds - last[0] >= 0.5:
                last[0] = watch.seconds
                try:
                    watch.progress(self._progress(event.data_out, watch))
                except Exception as error:  # must not fly through the solver's own frames
                    self._failed.append(error)
                    event.interrupt()

        def improved(event: Any) -> None:
            out = event.data_out
            self._best = (out.objective_function_value, np.array(out.mip_solution, float))

        self._highs.cbMipInterrupt += interrupt
        self._highs.cbMipImprovingSolution += improved

    def _progress(self, out: Any, watch: Watch) -> dict[str, float | None]:
        return {
            "best": _finite(out.mip_primal_bound / self.scale),
            "bound": _finite(out.mip_dual_bound / self.scale),
            "gap": _finite(out.mip_gap),
            "seconds": watch.seconds,
        }

    def _outcome(self) -> RunOutcome:
        highs = self._highs
        status, info = highs.getModelStatus(), highs.getInfo()
        bound = _finite(info.mip_dual_bound / self.scale) if self._integer else None
        if status in (Model.kInfeasible, Model.kUnboundedOrInfeasible):
            return RunOutcome("infeasible")
        if status == Model.kUnbounded and not self._limited:
            raise Unbounded("the objective has no limit: a column without a bound costs less the larger it is")
        optimal = status in (Model.kOptimal, Model.kModelEmpty)
        if not optimal and info.primal_solution_status != _FEASIBLE:
            y = None
            if not self._integer and info.dual_solution_status == _FEASIBLE:
                y = np.array(highs.getSolution().row_dual, float) / self.scale
            if status in _ENDED:
                return RunOutcome("stopped", None, y, bound)
            raise SolverError(f"HiGHS ended with: {highs.modelStatusToString(status)}")
        found = highs.getSolution()
        x = np.array(found.col_value, float)
        y = np.array(found.row_dual, float) / self.scale if found.dual_valid and not self._integer else None
        ending: Ending = "optimal" if optimal else "stopped"
        return RunOutcome(ending, x, y, bound, self.basis(), int(info.simplex_iteration_count))

    def _well(self, status: Any) -> bool:
        """Whether that went well, and the solver was not left behind."""
        return bool(status == highspy.HighsStatus.kOk) and not self._gone

    def basic(self) -> Array | None:
        """The basic variables in the solver's order, columns from 0 up, row r as −1 − r; None without a basis."""
        status, variables = self._highs.getBasicVariables()
        return np.asarray(variables) if self._well(status) else None

    def solve_basis(self, right: Array) -> Array | None:
        """The solution of (basis matrix) · z = right, in the order of basic(); None where it cannot be had."""
        status, z = self._highs.getBasisSolve(right)
        return np.asarray(z) if self._well(status) else None

    def price_basis(self, right: Array) -> Array | None:
        """The solution y of (basis matrix)ᵀ · y = right, this in the order of basic(); None where it cannot be had."""
        status, y = self._highs.getBasisTransposeSolve(right)
        return np.asarray(y) if self._well(status) else None

    def ray(self) -> Array | None:
        """Prices that show that there is no plan (a Farkas ray, either sign); None where the solver has none."""
        status, exists, ray = self._highs.getDualRay()
        return np.array(ray, float) if self._well(status) and exists else None

    def basis(self) -> Basis | None:
        """The basis of the last run, if there is one."""
        basis = self._highs.getBasis()
        return None if self._integer or self._gone or not basis.valid else _Own(basis)


class _Own(Basis):
    """A basis as the solver hands it out; its numbers are read only where they are asked for, which takes longer than
    many a solve that starts from it."""

    def __init__(self, own: Any) -> None:
        object.__setattr__(self, "own", own)

    own: Any

    @cached_property
    def columns(self) -> Array:
        """Status number of each column."""
        return _numbers(self.own.col_status)

    @cached_property
    def rows(self) -> Array:
        """Status number of each row."""
        return _numbers(self.own.row_status)

    def __reduce__(self) -> tuple[type[Basis], tuple[Array, Array]]:
        return Basis, (self.columns, self.rows)


def _numbers(statuses: list[Any]) -> Array:
    return np.array([status.value for status in statuses], np.int8)


def _finite(value: float) -> float | None:
    return float(value) if abs(value) < 1e20 else None
