"""A solved case that stands ready for the next edit: its program loaded, its checks and numbers made again, and no more.

    ready = ReadyCase(case, plan.ends)
    first = ready.edit([{"sheet": "Funds", "where": "fund = JAG", "column": "amount", "change": "* 0.9"}])
    first.value, first.gap          # the best of the first objective, proven
    first.tables["Awards"]          # of one plan that reaches it

What comes first is the first objective alone: its best value with the exact bound, and one plan that reaches it, not yet in
whole units. Later objectives, the choice among equals, rounding and the checks of the plan are `solve`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from optimiser.case.case import Case
from optimiser.case.table import Array, Table
from optimiser.case.tolerances import OPTIMAL_GAP
from optimiser.model.matrix import Model
from optimiser.model.renew import Renewal, Renewed, same_columns
from optimiser.model.rules import Compiled, compile_rules
from optimiser.model.rules.terms import exact
from optimiser.plan.derive import derive, readings
from optimiser.plan.extract import EXACT_MONEY_DIGITS, decision_tables
from optimiser.plan.lines import decode
from optimiser.solvers.ends import carried, ends
from optimiser.solvers.highs import solve
from optimiser.solvers.loaded import Loaded
from optimiser.solvers.solution import Basis, Ends, SolveLimits, Stop
from optimiser.verbs import apply_changes

SWITCHES = "The case has yes-or-no decisions, which are searched for from the beginning after each edit."
SIZES = "The edit makes numbers of another size, so the program is scaled and loaded again."
NO_PLAN = "The case before had no plan from which to go on."
_OTHER = "The edit changes what there is to decide, so the program is built again: {what}."
"""Why a program was built again."""


@dataclass(frozen=True, eq=False)
class FirstAnswer:
    """What is known first after an edit, of the first objective alone.

    status: `optimal` (proven to 1e-9), `within_gap`, `stopped` or `infeasible`; value, bound: in the reader's sign (None: no
    plan); rebuilt: why the program was built again, blank where it went on from the edit before; x: a plan that reaches the
    value, in the units of the case.
    """

    case: Case
    status: str
    value: float | None
    bound: float | None
    gap: float | None
    rebuilt: str
    iterations: int
    x: Array | None
    model: Model
    rules: list[Compiled]

    @cached_property
    def tables(self) -> Mapping[str, Table]:
        """The tables of that plan, not rounded and not checked; none where there is no plan."""
        if self.x is None:
            return {}
        made = decision_tables(self.case.facts, self.model, self.x, EXACT_MONEY_DIGITS)
        lines = decode(self.case.facts, made)
        read = readings(self.case.facts, lines, self.rules)
        return {**made, **derive(self.case, made, lines=lines, read=read, unit=exact(0.0))}


class ReadyCase:
    """A case with its program loaded. Edits stand: each goes on from the one before."""

    def __init__(self, case: Case, ends: Ends | None = None) -> None:
        """ends: where its solve ended (`Plan.ends`), if it was solved."""
        self.case = case
        renewal = Renewal(case.facts, compile_rules(case.facts))
        self._stand(case, renewal, lambda _: (None if ends is None else ends.first, None))

    def edit(self, rows: Sequence[Mapping[str, object]], stop: Stop | None = None) -> FirstAnswer:
        """The case after further changes (records with `sheet`, `where`, `column`, `change`), and its first answer.

        Raises InvalidCase where a change matches nothing or breaks the case; the case before then stands.
        """
        return self.take(apply_changes(self.case, rows), stop)

    def take(self, case: Case, stop: Stop | None = None) -> FirstAnswer:
        """The first answer of another case, which is quick where it differs in numbers only."""
        rules = compile_rules(case.facts)
        numbers = self._renewal.of(case.facts, rules)
        rebuilt = self._why(case, rules, numbers)
        if rebuilt:
            self._stand(case, Renewal(case.facts, rules, self._renewal), self._begin(case))
        elif self._loaded is not None and numbers is not None:
            self._loaded.change(numbers)
        self.case = case
        if self._loaded is None:
            return self._searched(case, rules, rebuilt, stop)
        found = self._loaded.best(stop)
        x = None if found.x is None else self._loaded.real(found.x)
        status = _status(found.ending, x, found.gap, self._limits)
        value = None if x is None else found.value
        return self._told(case, rules, (status, value, found.bound, found.gap, x), rebuilt, self._loaded.iterations)

    def _why(self, case: Case, rules: list[Compiled], numbers: Renewed | None) -> str:
        """Why the program must be built again; blank where it need not be."""
        if numbers is None:
            return _OTHER.format(what=self._renewal.differs(case.facts, rules))
        if self._loaded is None:
            return SWITCHES
        if not self._loaded.ready:
            return NO_PLAN
        return "" if self._loaded.fits(numbers) else SIZES

    def _begin(self, case: Case) -> Callable[[Model], _Begin]:
        """Where the program of another case may begin: where this one ended, if names stand for the same; and with the blocks
        that matter, if it decides the same."""
        before, ended, loaded = self._renewal.model, self._ended, self._loaded
        same = case.facts.names == self.case.facts.names

        def begin(after: Model) -> _Begin:
            if not same:
                return None, None
            if loaded is None:
                basis, inside = ended, None
            elif same_columns(before.columns.families, after.columns.families):
                basis, inside = loaded.where
            else:
                basis, inside = loaded.basis, None
            return None if basis is None else carried(basis, before, after), inside

        return begin

    def _stand(self, case: Case, renewal: Renewal, begin: Callable[[Model], _Begin]) -> None:
        self._renewal = renewal
        self._limits = SolveLimits.of(case.settings)
        model = self._renewal.model
        self._ended, inside = begin(model)
        self._loaded = None if model.integer.any() else Loaded(model, self._limits, self._ended, inside)

    def _searched(self, case: Case, rules: list[Compiled], rebuilt: str, stop: Stop | None) -> FirstAnswer:
        """The first answer of a case with switches: its first objective alone, searched as a case alone is, but that its first
        linear program begins where the search before ended."""
        model = self._renewal.model
        first = model.alone()
        found = solve(first, self._limits, stop=stop, basis=self._ended)
        self._ended = ends(found, first).first or self._ended
        stage, sign = (found.stages[0] if found.stages else None), model.stages[0].sign
        value = None if stage is None or found.x is None else sign * stage.best
        bound = None if found.bound is None else sign * found.bound
        return self._told(case, rules, (found.status, value, bound, found.gap, found.x), rebuilt, 0)

    def _told(self, case: Case, rules: list[Compiled], found: _Found, rebuilt: str, iterations: int) -> FirstAnswer:
        """In the reader's sign."""
        status, value, bound, gap, x = found
        model = self._renewal.model
        value, bound = (None if v is None else model.stages[0].sign * v + 0.0 for v in (value, bound))
        return FirstAnswer(case, status, value, bound, gap, rebuilt, iterations, x, model, rules)


_Begin = tuple[Basis | None, Array | None]
"""A basis, and the blocks that matter."""
_Found = tuple[str, float | None, float | None, float | None, Array | None]
"""status, value, bound, gap, x: minimised."""


def _status(ending: str, x: Array | None, gap: float | None, limits: SolveLimits) -> str:
    if ending == "infeasible":
        return ending
    if x is None or gap is None or gap > max(limits.gap, OPTIMAL_GAP):
        return "stopped"
    return "optimal" if gap <= OPTIMAL_GAP else "within_gap"
