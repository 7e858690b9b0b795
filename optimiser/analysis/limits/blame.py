"""What can be in the way of using more of something: each limit as people call it, and the change that takes it away.

Which of them is in the way is found by taking it away and solving again; here they are only suggested, from the duals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimiser.analysis.limits.cell import ChangeRow, called
from optimiser.case.facts import Facts
from optimiser.case.readable import listed
from optimiser.case.selection import quoted
from optimiser.case.tolerances import NOTHING
from optimiser.model.matrix import Model
from optimiser.model.rules import Compiled, held_back
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


class _Namer:
    def __init__(self, facts: Facts, rules: Sequence[Compiled]) -> None:
        self.facts, self.rules = facts, rules
        self.much = f"{10 * max(1.0, float(facts.request.sum()), float(facts.amount.sum())):.6g}"
        self._made = {
            "people": self._people, "hire limit": self._people, "match": self._match, "carry-over": self._carry_over,
            "fund": self._fund, "min spend": self._min_spend, "agency": self._agency, "award": self._award,
            "pace": self._pace, "min share": self._min_share, "max share": self._max_share,
        }  # fmt: skip
        self.many = f"{10 * max(1.0, float((facts.need * facts.active_periods[:, None]).sum())):.6g}"

    def of(self, family: str, keys: dict[str, int], raised: bool) -> Cause | None:
        """A row's limit; raised: whether it is its lower limit that binds. None for what is no limit by itself."""
        make = self._rule if "rule" in keys else self._made.get(family)
        return make(keys, raised) if make is not None else None

    def whole(self) -> list[Cause]:
        """What stands behind the limits of a row: that initiatives are funded in full or not at all."""
        facts = self.facts
        switched = facts.all_or_nothing | (facts.minimum > 0)
        if not switched[~facts.must_fund].any():
            return []
        return [
            Cause(
                "some initiatives are funded in full, or with a least amount, or not at all",
                (
                    {"sheet": "Initiatives", "where": "must_fund = no", "column": "all_or_nothing", "change": "= no"},
                    {"sheet": "Initiatives", "where": "must_fund = no", "column": "minimum", "change": "= 0"},
                ),
            )
        ]

    def _change(self, sheet: str, where: str, **columns: str) -> tuple[ChangeRow, ...]:
        return tuple({"sheet": sheet, "where": where, "column": c, "change": change} for c, change in columns.items())

    def _where(self, dimension: str, code: int) -> str:
        return f"{dimension} = {quoted(self.facts.names[dimension][code])}"

    def _rule(self, keys: dict[str, int], raised: bool) -> Cause:
        rule = self.rules[keys["rule"]].rule
        held = held_back(self.facts, rule)
        where = f"rule = {quoted(rule.name)}"
        said = f"the rule {rule.name} allows no more"
        if held is not None and held.by:
            said = f"by the rule {rule.name} {listed(held.by)} must get a share, and cannot take it"
        return Cause(said, self._change("Rules", where, active="= no"))

    def _people(self, keys: dict[str, int], raised: bool) -> Cause:
        role = self.facts.names["role"][keys["role"]]
        rows = self._change("Staff", self._where("role", keys["role"]), fte=f"+ {self.many}")
        return Cause(f"there are not enough people for {role}", rows)

    def _match(self, keys: dict[str, int], raised: bool) -> Cause:
        said = f"there is not enough match for {called(self.facts, 'fund', keys['fund'])}"
        return Cause(said, self._change("Funds", self._where("fund", keys["fund"]), match_rate="= 0"))

    def _carry_over(self, keys: dict[str, int], raised: bool) -> Cause:
        said = f"too little of {called(self.facts, 'fund', keys['fund'])} may move on to the next period"
        return Cause(said, self._change("Funds", self._where("fund", keys["fund"]), carryover="= 1"))

    def _fund(self, keys: dict[str, int], raised: bool) -> Cause:
        said = f"{called(self.facts, 'fund', keys['fund'])} has no more money"
        return Cause(said, self._change("Funds", self._where("fund", keys["fund"]), amount=f"+ {self.much}"))

    def _min_spend(self, keys: dict[str, int], raised: bool) -> Cause:
        said = f"a least part of {called(self.facts, 'fund', keys['fund'])} must be spent"
        return Cause(said, self._change("Funds", self._where("fund", keys["fund"]), min_spend="= 0"))

    def _agency(self, keys: dict[str, int], raised: bool) -> Cause:
        who, where = called(self.facts, "agency", keys["agency"]), self._where("agency", keys["agency"])
        if raised:
            return Cause(f"{who} must receive its minimum", self._change("Agencies", where, minimum="= 0"))
        return Cause(f"{who} may receive no more", self._change("Agencies", where, maximum=f"= {self.much}"))

    def _award(self, keys: dict[str, int], raised: bool) -> Cause:
        i = keys["initiative"]
        who, where = called(self.facts, "initiative", i), self._where("initiative", i)
        if raised:
            return Cause(f"{who} must be funded", self._change("Initiatives", where, must_fund="= no", minimum="= 0"))
        return Cause(f"{who} may receive no more", self._change("Initiatives", where, maximum=f"= {self.much}"))

    def _pace(self, keys: dict[str, int], raised: bool) -> Cause:
        return SLOW

    def _min_share(self, keys: dict[str, int], raised: bool) -> Cause:
        return self._partner(keys, "must deliver a least part", min_share="= 0")

    def _max_share(self, keys: dict[str, int], raised: bool) -> Cause:
        return self._partner(keys, "may deliver no larger part", max_share="= 1")

    def _partner(self, keys: dict[str, int], said: str, **change: str) -> Cause:
        who, what = called(self.facts, "agency", keys["agency"]), called(self.facts, "initiative", keys["initiative"])
        where = f"{self._where('initiative', keys['initiative'])} ; {self._where('agency', keys['agency'])}"
        return Cause(f"{who} {said} of {what}", self._change("Partners", where, **change))
