"""An explanation in plain words, line by line."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from itertools import count, pairwise
from typing import Any

import numpy as np

from optimiser.analysis.limits.aspects import AGENCY, FUND, INITIATIVE, RULE, STAFF
from optimiser.analysis.limits.curve import Step
from optimiser.analysis.reasons.near_best import NearBest
from optimiser.analysis.reasons.prices import Bottleneck, Price
from optimiser.analysis.reasons.reason import Reason
from optimiser.case import impact
from optimiser.case.case import Case
from optimiser.case.grantors import STATUTE, asked
from optimiser.case.readable import capital, funded_words, listed, money_exact
from optimiser.case.tolerances import FULL, FUNDED, NOTHING
from optimiser.model.rules import Number
from optimiser.model.rules.number import FTE
from optimiser.model.rules.number import STAFF as OF_STAFF

WIDTH = 110
NO_WORTH = "nothing"
STEPS_SAID = 4
"""Steps of a price that are told one by one where there are many."""
TITLES = {
    "initiatives": "Each initiative",
    "prices": "What limits the plan: what more of each limit is worth, and until when",
    "rules": "What each rule, lock and floor costs",
    "audit": "What looks odd in the input",
    "core": "What is settled and what is contested, over all plans that are nearly as good",
    "pooling": "What the partnership is worth to each agency, in impact",
    "conflict": "Why no plan is possible",
    "repairs": "What would make a plan possible",
}


class Words:
    """The words of one case."""

    def __init__(self, case: Case) -> None:
        self.case, self.facts, self.currency = case, case.facts, case.settings.currency
        self.objective = case.settings.objective[0].name

    def headline(self, status: str) -> str:
        """What there is to say where there is no plan."""
        if status == "infeasible":
            return "No plan is possible: the limits and rules of this case cannot all hold."
        return "No plan was found in time, so there is nothing to explain."

    def count(self, levels: Sequence[float]) -> str:
        """How many initiatives are funded, from their levels."""
        if not levels:
            return "Why this plan."
        funded, full = sum(v > FUNDED for v in levels), sum(v >= FULL for v in levels)
        return funded_words(len(levels), funded, full)

    def title(self, part: str) -> list[str]:
        """The title of a part, with an empty line before it."""
        return ["", TITLES[part]]

    def part(self, part: str, found: Any, scale: Bottleneck | None) -> list[str]:
        """All lines of a part; none where there is nothing to say."""
        made = {
            "initiatives": lambda: [self.reason(r) for r in found],
            "prices": lambda: self._prices(found, scale),
            "rules": lambda: self._rules(found),
            "audit": lambda: [bullet(d.sentence) for d in found],
            "core": lambda: self._core(found) if found else [],
            "pooling": lambda: [bullet(line) for line in found.sentences] if found else [],
            "conflict": lambda: [bullet(found.sentence())] if found else [],
            "repairs": lambda: self._repairs(found),
        }[part]()
        return [*self.title(part), *made] if made else []

    def reason(self, reason: Reason) -> str:
        """One initiative's line."""
        named = reason.initiative if reason.name == reason.initiative else f"{reason.initiative}  {reason.name}"
        return bullet(f"{named}: {reason.sentence}")

    # -- prices -------------------------------------------------------------------------------------------------------

    def _prices(self, found: Sequence[Price], scale: Bottleneck | None) -> list[str]:
        worth = [p for p in found if p.binds and self.steps(p) != f"more of it is worth {NO_WORTH}"]
        lines = [bullet(f"Worth most: {self.dearest(worth)}.")] if worth else []
        if scale and (worth or not any(p.binds for p in found)):
            lines += [bullet(line) for line in self._scale(scale, {p.of for p in worth})]
        lines += [bullet(f"{self.limit(p)}: {self.steps(p)}.") for p in worth]
        idle = [self.limit(p) for p in found if p not in worth and p.of in (FUND, STAFF)]
        if idle:
            lines.append(bullet(f"More of these is worth nothing now: {listed(idle)}."))
        return lines

    def dearest(self, found: Sequence[Price]) -> str:
        """The limit of which more is worth most, as far as it is worth anything: `$42,000 more in the Pool brings 12
        points`. found: prices, those worth most first."""
        price = found[0]
        steps = [s for s in price.steps if np.isfinite(s.length)]
        while steps and steps[-1].worth <= 0 and not steps[-1].lump:
            steps.pop()
        length = sum(s.length for s in steps)
        if not length:
            return f"{price.name}: {self.steps(price)}"
        amount = self._size(price, length)
        what = {FUND: f"{amount} more in", STAFF: f"{amount} more of", RULE: f"room for {amount} more under"}.get(
            price.of, f"{amount} more under"
        )
        one = price.of == RULE or price.unit == "money" or round(length, 2) == 1
        return f"{what} {price.name} {'brings' if one else 'bring'} {self.worth(price.total)}"

    def _scale(self, scale: Bottleneck, binding: set[str]) -> list[str]:
        """People beside money, from the next unit of each. binding: kinds of limits of which more is worth something, though
        perhaps not the next unit; then nothing is said of what is not."""
        worth = [(role, value, money) for role, value, money in scale.people if value > 0]
        if (not worth and STAFF in binding) or (not scale.fund and FUND in binding):
            return []
        if not worth and not scale.fund:
            return ["Neither more money nor more people would make the plan better."]
        if not scale.fund:
            role, value, _ = worth[0]
            said = f"more of any fund is worth nothing, one more {role} {self.worth(value)}"
            return [f"People are the bottleneck, not money: {said}."]
        fund = self.facts.called("fund", self.facts.names["fund"].index(scale.fund))
        if not worth:
            return [f"Money is the bottleneck, not people: the best is more in {fund}."]
        shared = [
            f"one more {role} is worth as much as {money_exact(round(money or 0.0), self.currency)}"
            for role, _, money in worth[:3]
        ]
        return [f"Measured by the best use of more money, {fund}, {listed(shared)}."]

    def limit(self, price: Price) -> str:
        """A limit as people call it, at the start of a sentence."""
        return capital(price.name, self.facts.small_names) if price.of in (INITIATIVE, AGENCY, RULE) else price.name

    def steps(self, price: Price) -> str:
        """`1.8 points per $1,000 for the next $42,000, then nothing`; of many steps the first, and how far the others go."""
        parts: list[tuple[str, float]] = []
        # Nobody can add so little that it is shown as 0.
        seen = [s for s in price.steps if s.lump or not np.isfinite(s.length) or round(s.length, 2)]
        for step in seen or price.steps:
            told = self._step(price, step)
            if step.lump:
                told = f"{self.worth(step.lump)} at once, then {told}"
            elif parts and parts[-1][0] == told:
                # Steps that differ only beyond what is shown are read as one.
                parts[-1] = (told, parts[-1][1] + step.length)
                continue
            parts.append((told, step.length))
        if len(parts) > STEPS_SAID + 2:  # two more are said as shortly as what they come to
            last = parts[-1:] if parts[-1][0] == NO_WORTH or not np.isfinite(parts[-1][1]) else []
            rest = sum(length for _, length in parts[STEPS_SAID : len(parts) - len(last)])
            falls = all(a.worth >= b.worth and not b.lump for a, b in pairwise(price.steps))
            parts = [*parts[:STEPS_SAID], ("less and less" if falls else "now more, now less", rest), *last]
        said = []
        for k, (told, length) in enumerate(parts):
            if np.isfinite(length):
                ends = told == NO_WORTH and k == len(parts) - 1
                said.append(told if ends else f"{told} for the next {self._amount(price, length)}")
            else:
                said.append(told if k else f"more of it is worth {told}")
        return ", then ".join(said)

    def _step(self, price: Price, step: Step) -> str:
        if abs(step.worth) * min(1.0, step.length) <= NOTHING:
            return NO_WORTH
        unit = Number(price.unit, self.currency)
        if not unit.is_money:
            alone = unit.comes_whole and step.length == 1
            return self.worth(step.worth) + ("" if alone else f" per {unit.one}")
        # One amount for all steps, so that they can be compared.
        most = max(abs(s.worth) for s in price.steps)
        per = next((per for per in (1.0, 1e3, 1e5) if most * per >= 0.5), 1e6)
        return f"{self.worth(step.worth * per)} per {money_exact(per, self.currency)}"

    def _amount(self, price: Price, amount: float) -> str:
        """`$42,000`, `2 initiatives`, `initiative`: how much `the next` is."""
        unit = Number(price.unit, self.currency)
        if round(amount, 2) == 1 and not unit.is_money:
            return unit.one
        return self._size(price, amount)

    def _size(self, price: Price, amount: float) -> str:
        """`$42,000`, `2 initiatives`, `1.35 FTE`."""
        staff = price.unit == OF_STAFF and self.facts.size("period") == 1
        unit = Number(FTE if staff else price.unit, self.currency)
        return unit.said(round(amount) if unit.is_money and amount >= 100 else round(amount, 2))

    def worth(self, value: float) -> str:
        """A value of the first objective."""
        return impact.ObjectiveWords(self.objective, impact.unit(self.case), self.currency).said(value)

    # -- core, swing and out ------------------------------------------------------------------------------------------

    def _core(self, found: NearBest) -> list[str]:
        lines = [found.sentence()]
        for standing, said in (("always", "In every one of them"), ("never", "In none of them")):
            names = [p.name for p in found.places if p.standing == standing]
            if names:
                lines.append(f"{said}: {listed(names)}.")
        lines += [p.sentence for p in found.of("sometimes")]
        lines += [f"{k}. {a.sentence}" for k, a in enumerate(found.alternatives, 1)]
        return [bullet(line) for line in (*lines, *found.notes)]

    # -- rules and repairs --------------------------------------------------------------------------------------------

    def _rules(self, found: Sequence[Any]) -> list[str]:
        costly = [r for r in found if r.worth_without > 0]
        lines = [
            line
            for who, group in by_grantor(costly)
            for line in (
                _heading("To be changed by", who),
                *(
                    bullet(f"{capital(r.name, self.facts.small_names)} costs {self.worth(r.worth_without)}.")
                    for r in group
                ),
            )
        ]
        if not lines:
            lines = [bullet("None of them costs anything: without any single one the plan would be no better.")]
        elif len(costly) < len(found):
            lines.append(bullet("Without any single one of the others the plan would be no better."))
        return lines

    def _repairs(self, found: Sequence[Any]) -> list[str]:
        """By who can grant them, numbered as they stand."""
        number = count(1)
        return [
            line
            for who, group in by_grantor(found)
            for line in (
                _heading("To be granted by", who),
                *(s for r in group for s in self._repair(next(number), r)),
            )
        ]

    def no_repair(self, statutes: bool) -> list[str]:
        """What is said where nothing was found."""
        statute = any(r["active"] and r["hard"] and r["set_by"] == STATUTE for r in self.case.tables["Rules"].records())
        said = "No change of a few amounts makes a plan possible."
        if statute and not statutes:
            said = (
                "No plan is possible while what the statutes say is left alone; ask for changes of it too (--statutes)."
            )
        return [*self.title("repairs"), bullet(said)]

    def _repair(self, k: int, repair: Any) -> list[str]:
        cost = money_exact(round(repair.cost, 2), self.currency)
        rows = [f"      {c['sheet']} | {c['where']} | {c['column']} | {c['change']}" for c in repair.changes]
        return [bullet(f"{k}. Counted as {cost}: {repair.sentence}"), *rows]


def by_grantor(found: Sequence[Any]) -> list[tuple[str, list[Any]]]:
    """What somebody must grant (a repair, a price), by who must: those who grant most easily first."""
    groups: dict[str, list[Any]] = {}
    for one in sorted(found, key=lambda one: max((g.rank for g in one.grantors), default=-1)):
        groups.setdefault(asked(one.grantors), []).append(one)
    return list(groups.items())


def _heading(said: str, who: str) -> str:
    return textwrap.fill(f"{said} {who or 'nobody'}:", WIDTH, initial_indent="  ", subsequent_indent="    ")


def bullet(text: str) -> str:
    """A line of a list, folded at WIDTH."""
    return textwrap.fill(text, WIDTH, initial_indent="  ", subsequent_indent="    ", break_long_words=False)
