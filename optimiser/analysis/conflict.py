"""Why no plan is possible: the smallest conflict found, each member of which is needed for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimiser.analysis.members import Member, members, without
from optimiser.case.case import Case
from optimiser.model.matrix import Model, Stage
from optimiser.model.rules import compile_rules
from optimiser.solve.highs import solve
from optimiser.solve.solution import Limits, SolverError
from optimiser.verbs import model_of

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Conflict:
    """Members that cannot all hold; without any one of them the others can. `proven`: they were solved alone."""

    members: tuple[Member, ...]

    def sentence(self) -> str:
        """`Three requirements cannot all hold: …`"""
        count = len(self.members)
        said = " ".join(m.sentence for m in self.members)
        return f"This cannot hold: {said}" if count == 1 else f"{_NUMBERS.get(count, str(count))} requirements cannot all hold: {said}"


_NUMBERS = {2: "Two", 3: "Three", 4: "Four", 5: "Five", 6: "Six", 7: "Seven", 8: "Eight", 9: "Nine"}


class Oracle:
    """Whether the model without some members has a plan. Remembers what was asked."""

    def __init__(self, model: Model, all_members: Sequence[Member], limits: Limits) -> None:
        zero = Stage("feasible", np.zeros(len(model.column_lower)))
        self.model = replace(model, stages=(zero,), ties=())
        self.all, self.limits = list(all_members), limits
        self._known: dict[frozenset[int], bool] = {}

    def feasible(self, kept: frozenset[int]) -> bool:
        """Whether a plan keeps these members (positions in `all`) and every balance. Raises SolverError if unknown in time."""
        if kept not in self._known:
            dropped = [m for k, m in enumerate(self.all) if k not in kept]
            solution = solve(without(self.model, dropped), self.limits)
            if solution.x is None and solution.status != "infeasible":
                raise SolverError("whether a plan is possible was not settled within the time limit")
            self._known[kept] = solution.x is not None
        return self._known[kept]


def conflict(case: Case, *, progress: Progress | None = None) -> Conflict | None:
    """The conflict of a case that has no plan; None where it has one.

    Irreducible: found by QuickXplain (Junker 2004) over the members, each answer by a solve of its own. Members that
    the least repair needs are tried first, so that the conflict tends to be small.
    """
    model = model_of(case)
    listed = members(case.facts, model, compile_rules(case.facts))
    oracle = Oracle(model, listed, Limits(time_limit=case.settings.time_limit))
    every = frozenset(range(len(listed)))
    if oracle.feasible(every):
        return None
    if not oracle.feasible(frozenset()):
        return Conflict(())
    if progress:
        progress(f"Looking for the conflict among {len(listed)} requirements")
    found = _explained(oracle, [], list(range(len(listed))), changed=False)
    return Conflict(tuple(listed[k] for k in sorted(found)))


def _explained(oracle: Oracle, background: list[int], candidates: list[int], changed: bool) -> list[int]:
    """A smallest set of candidates (by their order) that conflicts with the background."""
    if changed and not oracle.feasible(frozenset(background)):
        return []
    if len(candidates) == 1:
        return candidates
    half = len(candidates) // 2
    first, second = candidates[:half], candidates[half:]
    in_second = _explained(oracle, background + first, second, changed=bool(first))
    in_first = _explained(oracle, background + in_second, first, changed=bool(in_second))
    return in_first + in_second
