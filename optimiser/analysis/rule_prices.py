"""What each rule, lock and floor costs: what the first objective gains without it, found by solving without it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from optimiser.analysis.levers import ChangeRow
from optimiser.analysis.members import called
from optimiser.analysis.prices import Study
from optimiser.case.faults import InvalidCase
from optimiser.case.grantors import Grantor, grantors
from optimiser.case.selection import quoted
from optimiser.case.table import Array
from optimiser.solve.value import Values
from optimiser.verbs import apply_changes, model_of

NOTHING = 1e-7
"""A gain below this share of the value is none."""


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


@dataclass(frozen=True, eq=False)
class _Demand:
    """lower, upper: rows whose limits fall away; columns: those whose lower bound does, and opened: whose upper bound
    becomes 1. exact: whether the program without them is that of the case without the demand (else it allows more)."""

    kind: str
    item: str
    name: str
    changes: list[ChangeRow]
    lower: Array
    upper: Array
    columns: Array
    opened: Array
    exact: bool


_NONE = np.zeros(0, int)


def rule_prices(study: Study, *, progress: Callable[[str], None] | None = None) -> list[RulePrice]:
    """What the objective gains without each rule, lock and floor, the largest gain first; nothing where there is no plan."""
    if not study.feasible:
        return []
    demands = [*_rules(study), *_cells(study)]
    asked = _Asked(study)
    suspects = asked.suspects(demands)
    made = []
    for k, demand in enumerate(demands):
        gain = 0.0
        if k in suspects:
            if progress:
                progress(f"What {demand.name} costs")
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
        self.small = NOTHING * max(abs(self.base.value), 1e-9)

    def suspects(self, demands: list[_Demand]) -> set[int]:
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

    def _halved(self, demands: list[_Demand], some: list[int], priced: set[int]) -> None:
        """Those of some demands that gain, by leaving out many at once and halving."""
        if not some or self.gain([demands[k] for k in some]) == 0:
            return
        if len(some) == 1:
            priced.add(some[0])
            return
        half = len(some) // 2
        self._halved(demands, some[:half], priced)
        self._halved(demands, some[half:], priced)

    def gain(self, demands: list[_Demand]) -> float:
        """What is gained without all of these at once; inf where that has no limit."""
        model, values = self.study.curves.model, self.values
        lower = np.unique(np.concatenate([_NONE, *(d.lower for d in demands)]))
        upper = np.unique(np.concatenate([_NONE, *(d.upper for d in demands)]))
        columns = np.unique(np.concatenate([_NONE, *(d.columns for d in demands)]))
        opened = np.unique(np.concatenate([_NONE, *(d.opened for d in demands)]))
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
        gained = 0.0 if found is None else self.base.value - found.value
        return gained if gained > self.small else 0.0

    def rebuilt(self, demand: _Demand) -> float:
        """The same from the case without the demand."""
        try:
            model = model_of(apply_changes(self.study.case, demand.changes))
        except InvalidCase:
            return 0.0
        found = Values(model, self.study.limits, stop=self.study.stop).best()
        gained = 0.0 if found is None else self.base.value - found.value
        return gained if gained > self.small else 0.0


def _rules(study: Study) -> Iterator[_Demand]:
    rows = study.model.rows
    for number, compiled in enumerate(study.rules):
        rule = compiled.rule
        spans = [rows[f"rule {number}.{part}"].span for part in range(len(compiled.blocks))]
        mine = np.concatenate([_NONE, *(np.arange(s.start, s.stop) for s in spans)])
        counts = any(t.measure == "funded" for block in compiled.blocks for t in (*block.left, *block.right))
        where = f"rule = {quoted(rule.name)}"
        changes = [{"sheet": "Rules", "where": where, "column": "active", "change": "= no"}]
        yield _Demand("rule", rule.name, f"the rule {rule.name}", changes, mine, mine, _NONE, _NONE, not counts)


def _cells(study: Study) -> Iterator[_Demand]:
    facts, model = study.facts, study.model

    def rows(family: str, dimension: str, code: int) -> Array:
        found = model.rows[family]
        return found.first + np.flatnonzero(found.keys[dimension] == code)

    def columns(family: str, i: int) -> Array:
        found = model.columns[family]
        return found.first + np.flatnonzero(found.keys["initiative"] == i)

    def change(sheet: str, key: str, name: str, column: str, to: str) -> list[ChangeRow]:
        return [{"sheet": sheet, "where": f"{key} = {quoted(name)}", "column": column, "change": to}]

    for a in np.flatnonzero(facts.agency_minimum > 0).tolist():
        name = facts.names["agency"][a]
        said = f"the minimum of {called(facts, 'agency', a)}"
        changes = change("Agencies", "agency", name, "minimum", "= 0")
        yield _Demand("floor", name, said, changes, rows("agency", "agency", a), _NONE, _NONE, _NONE, True)
    for f in np.flatnonzero(facts.min_spend > 0).tolist():
        name = facts.names["fund"][f]
        said = f"the least spend of {called(facts, 'fund', f)}"
        changes = change("Funds", "fund", name, "min_spend", "= 0")
        yield _Demand("floor", name, said, changes, rows("min spend", "fund", f), _NONE, _NONE, _NONE, True)
    for i, name in enumerate(facts.names["initiative"]):
        said, award = called(facts, "initiative", i), rows("award", "initiative", i)
        if facts.must_fund[i]:
            changes = change("Initiatives", "initiative", name, "must_fund", "= no")
            lower = np.concatenate([award, rows("scope", "initiative", i)])
            plain = facts.minimum[i] <= 0 and not facts.all_or_nothing[i] and not len(columns("funded", i))
            yield _Demand(
                "lock", name, f"that {said} must be funded", changes, lower, _NONE, columns("funded", i), _NONE, plain
            )
        elif facts.minimum[i] > 0 and not facts.all_or_nothing[i]:
            changes = change("Initiatives", "initiative", name, "minimum", "= 0")
            least = rows("minimum", "initiative", i)
            yield _Demand("floor", name, f"the minimum of {said}", changes, least, _NONE, _NONE, _NONE, False)
        if facts.maximum[i] == 0:
            cost = float((facts.request * _dearest(study))[i]) or 1.0
            changes = change("Initiatives", "initiative", name, "maximum", f"= {np.ceil(2 * cost):.12g}")
            yield _Demand(
                "lock", name, f"that {said} is locked out", changes, _NONE, award, _NONE, columns("level", i), False
            )


def _dearest(study: Study) -> Array:
    facts = study.facts
    factor = np.ones(facts.size("initiative"))
    np.maximum.at(factor, facts.partner_initiative, facts.cost_factor)
    return factor
