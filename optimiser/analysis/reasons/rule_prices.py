"""What each rule, lock and floor costs: what the first objective gains without it, found by solving without it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optimiser.analysis.limits.aspects import Absence
from optimiser.analysis.limits.cell import ChangeRow
from optimiser.analysis.limits.ground import NONE
from optimiser.analysis.reasons.prices import Study
from optimiser.case.faults import InvalidCase
from optimiser.case.grantors import Grantor, grantors
from optimiser.case.tolerances import LEAST_SIZE, NO_GAIN
from optimiser.model.program import Program
from optimiser.solvers.value import Found, Values
from optimiser.verbs import apply_changes


@dataclass(frozen=True)
class RulePrice:
    """What the first objective gains without one demand. kind: `rule`, `lock` or `floor`; item: the rule's name, or the
    key of the record; name: as people call it; changes: the rows of the Scenarios sheet that take it away; grantors: who
    must grant that, the hardest to get first."""

    kind: str
    item: str
    name: str
    worth_without: float
    changes: tuple[ChangeRow, ...]
    grantors: tuple[Grantor, ...]


def rule_prices(study: Study, *, progress: Callable[[str], None] | None = None) -> list[RulePrice]:
    """What the objective gains without each rule, lock and floor, the largest gain first; nothing where there is no plan."""
    if not study.feasible:
        return []
    demands = [found for limit in study.limits_of_case if (found := limit.absence()) is not None]
    asked = _Asked(study)
    suspects = asked.suspects(demands)
    made = []
    for k, demand in enumerate(demands):
        gain = 0.0
        if k in suspects:
            if progress:
                progress(f"What {demand.name} costs ({sorted(suspects).index(k) + 1} of {len(suspects)})")
            gain = asked.gain([demand])
            if gain > 0 and not demand.exact:
                gain = asked.rebuilt(demand)
        changes = tuple(demand.changes)
        granted = grantors(study.facts.tables, changes)
        made.append(RulePrice(demand.kind, demand.item, demand.name, gain, changes, granted))
    return sorted(made, key=lambda p: (-p.worth_without, p.kind != "rule", p.name))


class _Asked:
    """The loaded program without some demands."""

    def __init__(self, study: Study) -> None:
        assert study.curves.base is not None
        self.study, self.values, self.base = study, study.curves.values, study.curves.base
        self.small = NO_GAIN * max(abs(self.base.value), LEAST_SIZE)

    def suspects(self, demands: list[Absence]) -> set[int]:
        """Demands whose absence may gain something: those with a price, and others where switches may change."""
        duals = self.base.duals
        reduced = self.base.reduced
        priced, others = set(), []
        for k, d in enumerate(demands):
            bound = np.any(duals[d.lower] > 0) or np.any(duals[d.upper] < 0)
            if bound or np.any(reduced[d.columns] > 0) or np.any(reduced[d.opened] < 0):
                priced.add(k)
            else:
                others.append(k)
        if self.study.model.integer.any():
            self._halved(demands, others, priced)
        return priced

    def _halved(self, demands: list[Absence], some: list[int], priced: set[int]) -> None:
        """Those of some demands that gain, by leaving out many at once and halving."""
        if not some or self.gain([demands[k] for k in some]) == 0:
            return
        if len(some) == 1:
            priced.add(some[0])
            return
        half = len(some) // 2
        self._halved(demands, some[:half], priced)
        self._halved(demands, some[half:], priced)

    def gain(self, demands: list[Absence]) -> float:
        """What is gained without all of these at once; inf where that has no limit."""
        model, values = self.study.curves.model, self.values
        lower, upper, columns, opened = (
            np.unique(np.concatenate([NONE, *(getattr(d, name) for d in demands)]))
            for name in ("lower", "upper", "columns", "opened")
        )
        rows = np.union1d(lower, upper)
        low = np.where(np.isin(rows, lower), -np.inf, model.row_lower[rows])
        high = np.where(np.isin(rows, upper), np.inf, model.row_upper[rows])
        values.set_rows(rows, low, high)
        values.set_columns(columns, np.zeros(len(columns)), model.column_upper[columns])
        values.set_columns(opened, model.column_lower[opened], np.ones(len(opened)))
        try:
            found = values.best(start=self.base.start)
        finally:
            values.set_rows(rows, model.row_lower[rows], model.row_upper[rows])
            values.set_columns(columns, model.column_lower[columns], model.column_upper[columns])
            values.set_columns(opened, model.column_lower[opened], model.column_upper[opened])
        return self._gained(found)

    def rebuilt(self, demand: Absence) -> float:
        """The same from the case without the demand."""
        try:
            model = Program.of(apply_changes(self.study.case, demand.changes)).model
        except InvalidCase:
            return 0.0
        return self._gained(Values(model, self.study.limits, stop=self.study.stop).best())

    def _gained(self, found: Found | None) -> float:
        gained = 0.0 if found is None else self.base.value - found.value
        return gained if gained > self.small else 0.0
