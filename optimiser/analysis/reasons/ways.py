"""What would fund an initiative in full: the changes that are worth trying, found by asking the loaded program.

For an initiative that is not funded in full, the best plan is sought in which it is. What that plan loses elsewhere is
what stands against the initiative; limits of which more would make the loss smaller stand in its way; and the least
amount of one of them at which nothing is lost any more is a change that is worth trying.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from optimiser.analysis.limits.aspects import AGENCY, FUND, INITIATIVE, RULE, STAFF, Lever
from optimiser.analysis.limits.cell import Cell, ChangeRow, set_rows, where_of
from optimiser.analysis.reasons.named_limits import NamedLimits
from optimiser.analysis.reasons.prices import Study, is_large
from optimiser.analysis.reasons.reason import required_words
from optimiser.case.grantors import STATUTE
from optimiser.case.names import fold
from optimiser.case.readable import counted, money_exact, number
from optimiser.case.review_scores import scored_by
from optimiser.case.table import Array
from optimiser.case.tolerances import BARELY, LEAST_SIZE, LITTLE, NEAR_WHOLE, NO_GAIN
from optimiser.solvers.value import Found, Start

LARGEST_FACTOR = 10.0
"""Impact is not multiplied by more than this in search of a priority that would do."""
ENOUGH = 2
"""So many other ways, and no rule is switched off: few of them stand alone in the way."""
FARTHEST = 10.0
"""In a large case no more money than so many times what an initiative costs is looked for: of more, most would go to others, and
so far from the plan each question takes seconds."""
_ROUNDS = 8
_CLOSER = 4
_PROBES = 4
_STEP = 0.01
"""How far (as a share of its impact) below a place where a plan may change one looks whether it does."""
_CLOSE = 0.03
"""How near (as a share) an amount comes to the least that will do, before it is rounded up."""
_BEYOND = 0.001
"""How far (as a share) beyond the amount at which a plan with other switches is as good it is tried."""


@dataclass(frozen=True)
class TriedChange:
    """A change that is worth trying. kind: one of each is said; words: such as `0.6 FTE more of analyst at Police`;
    further: the same with a little more, where that is not enough."""

    kind: str
    rows: list[ChangeRow]
    words: str
    further: TriedChange | None = None


@dataclass(frozen=True, eq=False)
class _Spot:
    """The best value with an amount of a lever while the switches stand, and how fast it changes there."""

    amount: float
    value: float
    slope: float
    switches: Array
    start: Start


class Ways:
    """The questions that are asked of one study. statutes: whether rules that a statute set may move too."""

    def __init__(self, study: Study, *, statutes: bool = False) -> None:
        assert study.curves.base is not None, "only a case with a plan has reasons"
        self._fixed = {c.rule.name for c in study.rules if c.rule.set_by == STATUTE and not statutes}
        self.study, self.facts, self.values = study, study.facts, study.curves.values
        self.base: Found = study.curves.base
        self.limits = NamedLimits(study, self.base.start)
        self.stage = study.model.stages[0]
        self.small = NO_GAIN * max(abs(self.base.value), LEAST_SIZE)
        self._lines: dict[tuple[int, bytes], list[_Spot]] = {}
        facts = self.facts
        money = float(facts.amount.sum()) or 1.0
        sizes = {FUND: dict(zip(facts.names["fund"], facts.amount.tolist(), strict=True)),
                 STAFF: dict(zip(facts.names["role"], facts.fte.max(axis=2).sum(axis=0).tolist(), strict=True))}  # fmt: skip
        self._size = np.array([
            max(sizes[v.of][v.item], LEAST_SIZE) if v.of in sizes else 0.1 * money if v.unit == "money" else v.most
            for v in study.levers
        ])  # fmt: skip

    # -- questions ----------------------------------------------------------------------------------------------------

    def forced(self, i: int) -> Found | None:
        """The best plan that funds an initiative in full; None where no plan does."""
        with self.in_full(i):
            return self.values.best(start=self.base.start)

    def short(self, i: int, level: float, below: float, start: Start) -> Found | None:
        """A plan better than a value that gives an initiative at most this share of its scope; None where there is none."""
        model, row, column = self.study.model, np.array([self._scope(i)]), self._switch(i)
        lower, upper, on = model.row_lower[row], model.row_upper[row], np.ones(len(column))
        try:
            if len(column) and model.column_lower[column].max() == 0:
                self.values.set_columns(column, 0 * on, 0 * on)
                found = self.values.best(below, start=start)
                if found is not None:
                    return found
            if np.array_equal(lower, upper):  # all or nothing
                return None
            self.values.set_columns(column, on, on)
            self.values.set_rows(row, lower, upper - (1 - level))
            return self.values.best(below, start=start)
        finally:
            self.values.set_columns(column, model.column_lower[column], model.column_upper[column])
            self.values.set_rows(row, lower, upper)

    @contextmanager
    def in_full(self, i: int) -> Iterator[None]:
        """Meanwhile only plans that fund an initiative in full count."""
        self._force(i, True)
        try:
            yield
        finally:
            self._force(i, False)

    def _scope(self, i: int) -> int:
        """The row that holds an initiative to its scope."""
        return int(self.study.model.rows["scope"].where(initiative=i)[0])

    def _force(self, i: int, on: bool) -> None:
        model, row = self.study.model, np.array([self._scope(i)])
        upper = model.row_upper[row]
        self.values.set_rows(row, upper if on else model.row_lower[row], upper)
        column = self._switch(i)
        if len(column):
            least = np.ones(1) if on else model.column_lower[column]
            self.values.set_columns(column, least, model.column_upper[column])

    def _switch(self, i: int) -> Array:
        """The column that says whether an initiative is funded; none where nothing needs it."""
        return self.study.model.columns["funded"].where(initiative=i)

    def in_the_way(self, found: Found, beside: Found | None) -> list[int]:
        """Levers of which more helps a plan more than another one, those of which it takes least (by their size) first."""
        curves = self.study.curves
        count = range(len(self.study.levers))
        helped = np.array([(curves.slope(beside, k) if beside else 0.0) - curves.slope(found, k) for k in count])
        helped = helped * self._size
        floor = LITTLE * float(helped.max(initial=0.0))
        return [int(k) for k in np.argsort(-helped, kind="stable") if helped[k] > max(floor, self.small * BARELY)]

    def against(self, i: int, forced: Found) -> list[str]:
        """Limits that an initiative would take up to be funded in full, by name, those first whose use costs most elsewhere.

        The use is what its own columns add to a row; the cost of a unit is the row's price in the best plan.
        """
        model, moved = self.study.model, forced.x[: len(self.stage.cost)] - self.base.x[: len(self.stage.cost)]
        mine = np.zeros(len(moved), bool)
        for family in model.columns.families.values():
            if "initiative" in family.keys:
                mine[family.where(initiative=i)] = True
        entries = np.flatnonzero(mine[model.index])
        rows = np.searchsorted(model.start, entries, side="right") - 1
        use = np.bincount(rows, model.value[entries] * moved[model.index[entries]], len(model.row_lower))
        cost = -self.base.duals * use
        total: dict[str, float] = {}
        for r in np.flatnonzero(cost > 0).tolist():
            name = self.limits.name(i, r, self.base.duals[r] > 0)
            if name:
                total[name] = total.get(name, 0.0) + float(cost[r])
        floor = 0.05 * sum(total.values())
        return sorted((n for n, c in total.items() if c > max(floor, self.small)), key=lambda n: -total[n])

    def closing(self, i: int, k: int, forced: Found) -> float | None:
        """The least amount of a lever at which nothing is lost by funding the initiative in full; None: not in reach.

        The switches stand as they are in either plan: what is found is to be tried, so a quick answer will do.
        """
        most = self._reach(i, k)
        best, held = self._spot(k, 0.0, self.base), self._spot(k, 0.0, forced)
        low = wide = amount = 0.0
        try:
            for _ in range(_ROUNDS):
                gap = held.value - best.value
                if gap <= self.small:
                    # While the switches stand; other switches may still be better without the initiative.
                    other = self._better(k, amount, held.value, best.start) if len(best.switches) else None
                    if other is None:
                        break
                    best = self._spot(k, amount, other)
                    gap = held.value - best.value
                if amount >= most:
                    return None
                helped = best.slope - held.slope
                low, wide = amount, gap
                amount = min(most, amount + gap / helped) if helped > 0 else most
                pair = self._both(i, k, amount, best, held)
                if pair is None:
                    return None
                best, held = pair
            else:
                return None
            gap = held.value - best.value
            for _ in range(_CLOSER):
                if amount - low <= _CLOSE * amount:
                    break
                # Beyond the least amount the line of the gap leads back to it; from the amount itself, halves are tried.
                helped = best.slope - held.slope
                back = amount + gap / helped if helped > 0 and gap < -self.small else 0.0
                probe = back if low < back < amount else (low + amount) / 2
                pair = self._both(i, k, probe, best, held)
                found = pair[1].value - pair[0].value if pair is not None else wide
                if pair is not None and found <= self.small:
                    (best, held), amount, gap = pair, probe, found
                elif probe == (low + amount) / 2 and abs(found - wide / 2) <= _CLOSE * wide:
                    # Straight from there to nothing: to where the line of the two meets it.
                    amount = min(amount, probe + found * (probe - low) / (wide - found))
                    break
                else:
                    low, wide = probe, found
        finally:
            self.study.curves.set_amount(k, 0.0, 0.0)
        # With other switches the two plans are equal there and no more: only beyond it is the one with the initiative better.
        return amount if np.array_equal(best.switches, held.switches) else min(most, amount * (1 + _BEYOND))

    def _reach(self, i: int, k: int) -> float:
        """The most of a lever that is looked for on behalf of an initiative."""
        most = float(self.study.curves.most[k])
        far = self.study.levers[k].unit != "money" or not is_large(self.study.model)
        return most if far else min(most, FARTHEST * self._whole_cost(i))

    def _spot(self, k: int, amount: float, found: Found) -> _Spot:
        slope = self.study.curves.slope(found, k)
        return _Spot(amount, found.value, slope, self.values.switches_of(found.x), found.start)

    def _better(self, k: int, amount: float, value: float, start: Start) -> Found | None:
        """A plan with whatever switches that is better than a value, with an amount of a lever."""
        self.study.curves.set_amount(k, amount, amount)
        return self.values.best(value - self.small, start=start)

    def _both(self, i: int, k: int, amount: float, best: _Spot, held: _Spot) -> tuple[_Spot, _Spot] | None:
        """The best plan and the best one with the initiative in full, with an amount of a lever."""
        free = self._free(k, amount, best)
        self.study.curves.set_amount(k, amount, amount)
        with self.in_full(i):
            found = self.values.held(held.switches, held.start)
        return None if free is None or found is None else (free, self._spot(k, amount, found))

    def _free(self, k: int, amount: float, near: _Spot) -> _Spot | None:
        """The best plan with an amount of a lever, which many initiatives ask for: solved where it is not known yet."""
        known = self._lines.setdefault((k, near.switches.tobytes()), [])
        place = bisect_left(known, amount, key=lambda s: s.amount)
        before, after = known[place - 1 : place], known[place : place + 1]
        for a in before:
            for b in after:
                # Straight between two solved amounts: the line of the one meets the other.
                if abs(a.value + a.slope * (b.amount - a.amount) - b.value) <= 0.01 * self.small:
                    return replace(a, amount=amount, value=a.value + a.slope * (amount - a.amount))
        self.study.curves.set_amount(k, amount, amount)
        found = self.values.held(near.switches, near.start)
        if found is None:
            return None
        known.insert(place, self._spot(k, amount, found))
        return known[place]

    # -- what counts for impact ---------------------------------------------------------------------------------------

    @property
    def by_score(self) -> bool:
        """Whether scores count for impact, and impact is what the plan is best in."""
        facts = self.facts
        return self.stage.name == "impact" and (facts.settings.score_effect == "proportional" or not len(facts.at_full))

    def own(self, i: int) -> tuple[Array, Array]:
        """The columns of an initiative that count for the first objective, and their costs."""
        families = (self.study.model.columns[name] for name in ("level", "achieved"))
        columns = np.concatenate([family.where(initiative=i) for family in families]).astype(int)
        return columns, self.stage.cost[columns]

    def factor(
        self, i: int, full: Found, start: float, most: float, proven: bool, near: Start = None
    ) -> tuple[float, Found] | None:
        """The least factor on an initiative's impact, from `start` on, at which a plan that funds it in full is best.

        full: the best plan that does; proven: over all switches, not only while they stand. Also the best plan just
        below; None where `most` is not enough, or `start` is.
        """
        columns, cost = self.own(i)
        mine = float(cost @ full.x[columns])
        rest, factor, below = full.value - mine, start, None
        switches, at = self.values.switches_of(self.base.x), near or self.base.start
        try:
            for _ in range(3 * _ROUNDS):
                self.values.set_costs(columns, cost * factor)
                best = self.values.held(switches, at)
                gap = rest + factor * mine - best.value if best is not None else 0.0
                if gap <= self.small and proven and len(switches):
                    best = self.values.best(rest + factor * mine - self.small, start=at)
                    gap = rest + factor * mine - best.value if best is not None else 0.0
                if best is None or gap <= self.small:
                    return (factor, below) if below is not None else None
                gained = float(cost @ best.x[columns]) - mine
                if gained <= 0 or factor + gap / gained > most:
                    return None
                below, factor, at = best, factor + gap / gained, best.start
                switches = self.values.switches_of(best.x)
        finally:
            self.values.set_costs(columns, cost)
        return None

    def until(self, i: int) -> tuple[float, Found] | None:
        """The least factor on the impact of an initiative that is funded in full at which the plan is still best, and
        the best plan just below; None where it would be funded in full even without any impact."""
        columns, cost = self.own(i)
        mine = float(cost @ self.base.x[columns])
        if mine >= -self.small:
            return None
        scope, factor, found, start = self._scope(i), 1.0, self.base, 0.0
        switches = self.values.switches_of(self.base.x)
        try:
            for _ in range(_PROBES):
                # As far as the price of its scope says; a little less, and the plan is another one, or that price is.
                factor -= max(0.0, float(-found.duals[scope]) / -mine) + _STEP
                if factor <= 0:
                    break
                self.values.set_costs(columns, cost * factor)
                below = self.values.held(switches, found.start)
                if below is None:
                    break
                found = below
                if self.base.value - mine * (1 - factor) - below.value > self.small:
                    start = factor
                    break
        finally:
            self.values.set_costs(columns, cost)
        return self.factor(i, self.base, start, 1.0, proven=True, near=found.start)

    # -- changes to try -----------------------------------------------------------------------------------------------

    def to_full(self, i: int, forced: Found, levers: list[int]) -> Iterator[TriedChange]:
        """Changes that might fund the initiative in full: people, money, its score, a maximum, a rule."""
        names, count = set(self.against(i, forced)), 0
        scarce = [k for k in self.study.binding if k not in levers and self.name(k, i) in names]
        for kinds in ((STAFF,), (FUND,), (), (INITIATIVE, AGENCY), (RULE,)):
            if not kinds:
                for way in self._scored(i, forced):
                    count += 1
                    yield way
            if kinds == (RULE,) and count >= ENOUGH:
                return
            for k in [k for k in levers + scarce if self._may_move(self.study.levers[k], kinds)][:2]:
                lever = self.study.levers[k]
                if lever.write is None:
                    yield self._dropped(lever)
                    break
                amount = self.closing(i, k, forced)
                if amount is not None:
                    count += 1
                    yield self._moved(lever, amount)
                    break

    def _may_move(self, lever: Lever, kinds: tuple[str, ...]) -> bool:
        """Whether it is of these kinds, and no statute holds it."""
        return lever.of in kinds and lever.rule not in self._fixed

    def _moved(self, lever: Lever, amount: float, more: float = 1.0) -> TriedChange:
        """More of a lever, in an amount that people write."""
        assert lever.write is not None, "only a lever with a number can be moved"
        further = self._moved(lever, amount, 1.05) if more == 1.0 else None
        written = lever.write(amount * more)
        return TriedChange(lever.of, list(written.rows), written.said, further)

    def name(self, k: int, i: int) -> str:
        """A lever as what an initiative lacks."""
        lever = self.study.levers[k]
        return (
            lever.name if lever.of == INITIATIVE and lever.item != self.facts.names["initiative"][i] else lever.scarce
        )

    def _dropped(self, lever: Lever) -> TriedChange:
        return TriedChange(
            "rule", set_rows("Rules", where_of(rule=lever.rule), active="no"), f"the rule {lever.rule} switched off"
        )

    def scored(self, i: int, score: float) -> list[ChangeRow]:
        """The rows that give an initiative a score, whatever it was measured at."""
        name = self.facts.names["initiative"][i]
        rows = self._set(i, score=f"{score:.6g}")
        table = self.facts.tables["Performance"]
        if any(o == "initiative" and fold(n) == fold(name) for o, n in zip(table["of"], table["item"], strict=True)):
            rows.insert(0, Cell("Performance", where_of(of="initiative", item=name), "").row("remove"))
        return rows

    def score_now(self, i: int) -> str:
        """`now 78` or, where reviews make it, `now 78, by 4 reviewers`."""
        by = self._reviewers.get(self.facts.names["initiative"][i], 0)
        said = f"now {number(float(self.facts.score[i]))}"
        return f"{said}, by {counted(by, 'reviewer')}" if by else said

    @cached_property
    def _reviewers(self) -> dict[str, int]:
        return scored_by(self.facts.tables)

    def prioritised(self, i: int, priority: float) -> list[ChangeRow]:
        """The row that gives an initiative a priority."""
        return self._set(i, priority=f"{priority:.6g}")

    def _set(self, i: int, **values: str | float) -> list[ChangeRow]:
        return set_rows("Initiatives", where_of(initiative=self.facts.names["initiative"][i]), **values)

    def _scored(self, i: int, forced: Found) -> Iterator[TriedChange]:
        """A better score, where it counts for impact; else a higher priority."""
        if self.stage.name != "impact":
            return
        score, priority = float(self.facts.score[i]), float(self.facts.priority[i])
        found = self.factor(i, forced, 1.0, LARGEST_FACTOR, proven=False)
        if found is None:
            return
        factor = found[0]
        if self.by_score and score > 0 and factor * score <= 100:
            new = min(100.0, math.ceil(factor * score + NEAR_WHOLE))
            yield TriedChange("score", self.scored(i, new), f"a score of {number(new)} ({self.score_now(i)})")
        elif priority > 0:
            new = math.ceil(factor * priority * 20 + NEAR_WHOLE) / 20
            yield TriedChange(
                "score", self.prioritised(i, new), f"a priority of {number(new, 2)} (now {number(priority, 2)})"
            )

    def required(self, i: int) -> TriedChange:
        """That it must be funded in full, whatever it costs elsewhere. With a minimum, must_fund asks for that alone."""
        facts, values = self.facts, dict[str, str | float](must_fund="yes")
        if facts.minimum[i] > 0 and not facts.all_or_nothing[i]:
            values["minimum"] = 0.0
        if facts.maximum[i] == 0:
            values["maximum"] = self._whole_cost(i)
        rows = self._set(i, **values)
        return TriedChange("required", rows, f"a requirement to fund {required_words(rows)}")

    def _whole_cost(self, i: int) -> float:
        """What an initiative costs at the most at its full scope, without hires (money, rounded up)."""
        facts = self.facts
        factor = float(facts.cost_factor[facts.partner_initiative == i].max(initial=1.0))
        return max(1.0, float(math.ceil(facts.request[i] * factor)))

    def unlocked(self, i: int) -> Iterator[TriedChange]:
        """A maximum of its request, for one that is locked out by a maximum of 0."""
        amount = self._whole_cost(i)
        rows = self._set(i, maximum=amount)
        yield TriedChange("maximum", rows, f"a maximum of {money_exact(amount, self.facts.settings.currency)}")
