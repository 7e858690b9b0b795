"""What can be in the way of using more of something: each limit as people call it, and the change that takes it away.

Which of them is in the way is found by taking it away and solving again; here they are only suggested, from the duals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from optimiser.analysis.limits.cell import Cell, ChangeRow, told, where_of
from optimiser.case.facts import Facts
from optimiser.case.readable import listed
from optimiser.case.tolerances import NOTHING
from optimiser.model.matrix import Model
from optimiser.model.rules import Compiled, Rule, held_back
from optimiser.solvers.value import Found


@dataclass(frozen=True)
class Cause:
    """A limit. words: as the end of a sentence with `because`; changes: rows of the Scenarios sheet without it."""

    words: str
    changes: tuple[ChangeRow, ...]


def causes(facts: Facts, model: Model, rules: Sequence[Compiled], found: Found) -> list[Cause]:
    """The limits that bind in a plan, those with the largest duals first; last what stands behind all of them."""
    namer = _Namer(facts, rules)
    weight: dict[str, float] = {}
    named: dict[str, Cause] = {}

    def blamed(cause: Cause, dual: float) -> None:
        named.setdefault(cause.words, cause)
        weight[cause.words] = weight.get(cause.words, 0.0) + dual

    for r in np.flatnonzero(np.abs(found.duals[: len(model.row_lower)]) > NOTHING).tolist():
        dual = float(found.duals[r])
        cause = namer.of(*model.rows.at(r), raised=dual > 0)
        if cause is not None:
            blamed(cause, abs(dual))
    level = model.columns["level"]
    slow = found.reduced[level.span] < -NOTHING
    if (slow & (facts.pace[level.keys["initiative"]] < 1)).any():
        blamed(SLOW, 1.0)
    return [*(named[w] for w in sorted(weight, key=lambda w: (-weight[w], w))), *namer.whole()]


SLOW = Cause(
    "no more can be delivered in the time that it has",
    ({"sheet": "Initiatives", "where": "pace < 1", "column": "pace", "change": "= 1"},),
)


_ENOUGH = "= enough"
"""Stands for a number that limits nothing any more."""
_LIMITS: Mapping[str, tuple[str, str, tuple[str, ...], Mapping[str, str]]] = {
    "people": ("there are not enough people for {role}", "Staff", ("role",), {"fte": _ENOUGH}),
    "hire limit": ("there are not enough people for {role}", "Staff", ("role",), {"fte": _ENOUGH}),
    "match": ("there is not enough match for {fund}", "Funds", ("fund",), {"match_rate": "= 0"}),
    "carry-over": ("too little of {fund} may move on to the next period", "Funds", ("fund",), {"carryover": "= 1"}),
    "fund": ("{fund} has no more money", "Funds", ("fund",), {"amount": _ENOUGH}),
    "min spend": ("a least part of {fund} must be spent", "Funds", ("fund",), {"min_spend": "= 0"}),
    "agency": ("{agency} may receive no more", "Agencies", ("agency",), {"maximum": _ENOUGH}),
    "agency, least": ("{agency} must receive its minimum", "Agencies", ("agency",), {"minimum": "= 0"}),
    "award": ("{initiative} may receive no more", "Initiatives", ("initiative",), {"maximum": _ENOUGH}),
    "award, least": ("{initiative} must be funded", "Initiatives", ("initiative",), {"must_fund": "= no", "minimum": "= 0"}),
    "min share": (
        "{agency} must deliver a least part of {initiative}", "Partners", ("initiative", "agency"), {"min_share": "= 0"}
    ),
    "max share": (
        "{agency} may deliver no larger part of {initiative}", "Partners", ("initiative", "agency"), {"max_share": "= 1"}
    ),
}  # fmt: skip
"""Family of rows (its lower limits, where they are another thing) -> what it says, the sheet, whose record, the change."""


class _Namer:
    def __init__(self, facts: Facts, rules: Sequence[Compiled]) -> None:
        self.facts, self.rules = facts, rules
        people, money = (facts.need * facts.active_periods[:, None]).sum(), max(facts.request.sum(), facts.amount.sum())
        self.enough = {
            "fte": f"+ {10 * max(1.0, float(people)):.6g}",
            "amount": f"+ {10 * max(1.0, float(money)):.6g}",
            "maximum": f"= {10 * max(1.0, float(money)):.6g}",
        }

    def of(self, family: str, keys: dict[str, int], raised: bool) -> Cause | None:
        """A row's limit; raised: whether it is its lower limit that binds. None for what is no limit by itself."""
        if "rule" in keys:
            return self._rule(self.rules[keys["rule"]].rule)
        if family == "pace":
            return SLOW
        known = _LIMITS.get(f"{family}, least" if raised else "") or _LIMITS.get(family)
        if known is None:
            return None
        text, sheet, whose, columns = known
        where = where_of(**{d: self.facts.names[d][keys[d]] for d in whose})
        changes = {c: self.enough[c] if change == _ENOUGH else change for c, change in columns.items()}
        return Cause(told(self.facts, text, keys), _rows(sheet, where, changes))

    def whole(self) -> list[Cause]:
        """What stands behind the limits of a row: that initiatives are funded in full or not at all."""
        facts = self.facts
        switched = facts.all_or_nothing | (facts.minimum > 0)
        if not switched[~facts.must_fund].any():
            return []
        said = "some initiatives are funded in full, or with a least amount, or not at all"
        changes = {"all_or_nothing": "= no", "minimum": "= 0"}
        return [Cause(said, _rows("Initiatives", "must_fund = no", changes))]

    def _rule(self, rule: Rule) -> Cause:
        held = held_back(self.facts, rule)
        said = f"the rule {rule.name} allows no more"
        if held is not None and held.by:
            said = f"by the rule {rule.name} {listed(held.by)} must get a share, and cannot take it"
        return Cause(said, _rows("Rules", where_of(rule=rule.name), {"active": "= no"}))


def _rows(sheet: str, where: str, columns: Mapping[str, str]) -> tuple[ChangeRow, ...]:
    return tuple(Cell(sheet, where, column).row(change) for column, change in columns.items())
