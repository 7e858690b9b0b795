"""What each group of agencies achieves by itself: the coalitions of a case, over one matrix with other limits.

A group has the contributions of its members, the outside money of funds that they own, their staff, and their own
delivery. What must be done falls away (must_fund, minima, min_spend, at_least of rules); what may be done stays.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from optimiser.case.case import Case
from optimiser.case.facts import Facts
from optimiser.case.settings import Objective
from optimiser.case.table import Array
from optimiser.case.tolerances import HAIR, LEAST, LOST_DIGITS, OPTIMAL_GAP
from optimiser.model.build import build
from optimiser.model.matrix import Model
from optimiser.model.rules import Compiled, compile_rules
from optimiser.solvers.highs import solve
from optimiser.solvers.problem import total
from optimiser.solvers.solution import Solution, SolveLimits, SolverError, Stop
from optimiser.solvers.value import Values

Progress = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class Resources:
    """What a group has, by the rows that it enters: limits [rows] at the whole, and what each agency brings [A, rows].

    unowned: what belongs to the whole only.
    """

    rows: Array
    whole: Array
    of: Array
    unowned: Array


class Game:
    """The value of every group of agencies. Groups are numbers whose bits are the players, in the order of `players`."""

    def __init__(self, case: Case, limits: SolveLimits | None = None, stop: Stop | None = None) -> None:
        self.case = unobliged(case)
        self.facts = self.case.facts
        self.limits = limits or SolveLimits(gap=OPTIMAL_GAP, time_limit=case.settings.time_limit)
        self.stop = stop or Stop()
        self.rules = _permissive(compile_rules(self.facts))
        self.model = _wide(build(self.facts, self.rules))
        self.players = np.flatnonzero(self._brings_anything())
        self.values: dict[int, float] = {0: 0.0}
        self.straight = self._is_straight()
        self._lock = threading.Lock()

    @property
    def everyone(self) -> int:
        """The number of the group of all."""
        return (1 << len(self.players)) - 1

    # -- what a group has ---------------------------------------------------------------------------------------------

    @cached_property
    def outside(self) -> Array:
        """[F]: money of each fund that no agency contributes."""
        f = self.facts
        return np.asarray(np.maximum(f.amount - f.contribution.sum(axis=0), 0.0))

    @cached_property
    def unowned(self) -> Array:
        """[F]: outside money of funds that nobody owns; it belongs to the whole only."""
        return np.where(self.facts.owner < 0, self.outside, 0.0)

    @cached_property
    def money(self) -> Array:
        """[A, F]: what each agency brings into each fund: its contribution, and the outside money of what it owns."""
        f = self.facts
        made: Array = f.contribution.astype(float)
        owned = np.flatnonzero(f.owner >= 0)
        made[f.owner[owned], owned] += self.outside[owned]
        return made

    def _brings_anything(self) -> Array:
        f = self.facts
        brings = np.zeros(f.size("agency"), bool)
        for most in (self.money, f.releasable_fte, f.hire_max):
            brings |= most.reshape(len(brings), -1).max(axis=1, initial=0.0) > 0
        brings[np.unique(f.partner_agency)] = True
        return brings

    @cached_property
    def resources(self) -> Resources:
        """Limits that depend on the group: money, people and what rules take shares of."""
        f, m = self.facts, self.model
        agencies = f.size("agency")
        made: list[tuple[Array, Array, Array, Array]] = []
        share = np.divide(self.money, f.amount, out=np.zeros(self.money.shape), where=f.amount > 0)
        alone = np.divide(self.unowned, f.amount, out=np.zeros(len(f.amount)), where=f.amount > 0)
        for name in ("fund", "carry-over"):
            family = m.rows[name]
            fund, period = family.keys["fund"], family.keys["period"]
            limit = f.installment[fund, period] * (1.0 if name == "fund" else f.carryover[fund])
            made.append((family.positions, limit, share[:, fund] * limit, alone[fund] * limit))
        for name, most in (("people", f.releasable_fte), ("hire limit", f.hire_max)):
            family = m.rows[name]
            agency = family.keys["agency"]
            limit = most[agency, family.keys["role"], family.keys["period"]]
            brings = (np.arange(agencies)[:, None] == agency) * limit
            made.append((family.positions, limit, brings, np.zeros(family.size)))
        if self._based:
            limit = self._rule_limits(self.facts)
            owned = self._rule_limits(self._facts_of(range(agencies)))
            without = [[b for b in range(agencies) if b != a] for a in range(agencies)]
            brings = np.array([owned - self._rule_limits(self._facts_of(group)) for group in without])
            made.append((self._based_rows, limit, brings, limit - owned))
        return Resources(*(np.concatenate(parts, axis=-1) for parts in zip(*made, strict=True)))

    @cached_property
    def _based(self) -> list[tuple[int, int]]:
        """Blocks of limits that are shares of a sum of the case."""
        return [
            (n, part)
            for n, rule in enumerate(self.rules)
            for part, limits in enumerate(rule.blocks)
            if not limits.right and rule.kind.sums(rule.rule)
        ]

    @cached_property
    def _based_rows(self) -> Array:
        return np.concatenate([self.model.rows[f"rule {n}.{part}"].positions for n, part in self._based])

    def _rule_limits(self, facts: Facts) -> Array:
        compiled = self.rules if facts is self.facts else _permissive(compile_rules(facts))
        return np.concatenate(
            [compiled[n].blocks[part].share * compiled[n].blocks[part].constant for n, part in self._based]
        )

    def _facts_of(self, agencies: Sequence[int]) -> Facts:
        return case_of(self, agencies).facts

    def _is_straight(self) -> bool:
        """Whether the limits of any group are sums of what its members bring (a formula may have caps in money)."""
        rng = np.random.default_rng(0)
        every = list(range(self.facts.size("agency")))
        groups = [every, *([b for b in every if b != a] for a in every), *([a] for a in every)]
        drawn = [[a for a in every if rng.random() < 0.5] for _ in range(4)]
        if not all(self._alike(_permissive(compile_rules(self._facts_of(g)))) for g in groups + drawn):
            return False
        size = len(self._based_rows) if self._based else 0
        return not size or all(
            np.allclose(self._summed(g)[-size:], self._rule_limits(self._facts_of(g)), rtol=HAIR, atol=LEAST)
            for g in drawn
        )

    def _alike(self, rules: Sequence[Compiled]) -> bool:
        """Whether rules have the same shares as those of the whole (or none, where there is no money to share)."""
        for ours, theirs in zip(self.rules, rules, strict=True):
            for mine, other in zip(ours.blocks, theirs.blocks, strict=True):
                if mine.per != other.per:
                    return False
                if not np.allclose(mine.share, other.share, rtol=HAIR, atol=LOST_DIGITS) and other.share.any():
                    return False
        return True

    def _summed(self, agencies: Sequence[int]) -> Array:
        """Limits of `resources.rows` for a group that is not the whole."""
        r = self.resources
        return np.asarray(np.maximum(r.whole - r.unowned - r.of[~self.inside(agencies)].sum(axis=0), 0.0))

    def inside(self, agencies: Sequence[int]) -> Array:
        """[A]: whether an agency is one of these."""
        return np.isin(np.arange(self.facts.size("agency")), list(agencies))

    def members(self, group: int) -> list[int]:
        """The agencies of a group."""
        return [int(a) for k, a in enumerate(self.players) if group >> k & 1]

    def limits_of(self, group: int) -> tuple[Array, Array]:
        """Lower and upper limits of `resources.rows` for a group."""
        limits = self.resources.whole if group == self.everyone else self._summed(self.members(group))
        lower, upper = (limit[self.resources.rows] for limit in (self.model.row_lower, self.model.row_upper))
        return np.where(np.isfinite(lower), limits, -np.inf), np.where(np.isfinite(upper), limits, np.inf)

    def columns_of(self, group: int) -> Array:
        """Upper bounds of `delivering` for a group: outsiders deliver nothing and hire nobody."""
        inside = self.inside(self.members(group))
        return np.where(inside[self._deliverer], self.model.column_upper[self.delivering], 0.0)

    @cached_property
    def delivering(self) -> Array:
        """Columns of delivery: levels and hires."""
        return np.concatenate([self.model.columns[name].positions for name in ("level", "hire")])

    @cached_property
    def _deliverer(self) -> Array:
        return np.concatenate([self.model.columns[n].keys["agency"] for n in ("level", "hire")])

    def model_of(self, group: int) -> Model:
        """The linear program of one group."""
        if not self.straight and group != self.everyone:
            changed = case_of(self, self.members(group))
            model = _wide(build(changed.facts, _permissive(compile_rules(changed.facts))))
            inside = self.inside(self.members(group))
            upper = model.column_upper.copy()
            for name in ("level", "hire"):
                family = model.columns[name]
                upper[family.span] = np.where(inside[family.keys["agency"]], upper[family.span], 0.0)
            return replace(model, column_upper=upper)
        lower, upper, most = self.model.row_lower.copy(), self.model.row_upper.copy(), self.model.column_upper.copy()
        rows = self.resources.rows
        lower[rows], upper[rows] = self.limits_of(group)
        most[self.delivering] = self.columns_of(group)
        return replace(self.model, row_lower=lower, row_upper=upper, column_upper=most)

    def solved(self, group: int) -> Solution:
        """The best plan of a group, with its prices."""
        return solve(self.model_of(group), self.limits, stop=self.stop)

    # -- values -------------------------------------------------------------------------------------------------------

    def value(self, groups: Sequence[int], progress: Progress | None = None) -> None:
        """Find what these groups achieve, on two processors; afterwards it stands in `values`."""
        new = [g for g in dict.fromkeys(groups) if g not in self.values]
        new.sort(key=_gray)
        half = (len(new) + 1) // 2
        done = [0]

        def count() -> None:
            with self._lock:
                done[0] += 1
                if progress and (done[0] % max(len(new) // 20, 1) == 0 or done[0] == len(new)):
                    progress(f"{done[0]:,} of {len(new):,} groups of agencies")

        with ThreadPoolExecutor(2) as pool:
            for found in pool.map(lambda part: list(_Groups(self).run(part, count)), (new[:half], new[half:])):
                self.values.update(found)


def _gray(group: int) -> int:
    """The place of a group in the order in which each differs from the one before by one agency."""
    place = 0
    while group:
        place ^= group
        group >>= 1
    return place


class _Groups:
    """One loaded program that goes from group to group; each starts where the one before ended."""

    def __init__(self, game: Game) -> None:
        self.game = game
        self._values: Values | None = None

    def run(self, groups: Sequence[int], count: Callable[[], None]) -> Iterator[tuple[int, float]]:
        """(group, value) of each."""
        for group in groups:
            yield group, self._warm(group) if self.game.straight else self._alone(group)
            count()

    def _alone(self, group: int) -> float:
        found = self.game.solved(group)
        if found.x is None or found.status == "stopped":
            raise SolverError("what a group of agencies achieves was not found within the time limit")
        return found.stages[0].best

    def _warm(self, group: int) -> float:
        """From the group before, with the limits of this one."""
        game = self.game
        if self._values is None:
            self._values = Values(game.model, game.limits, stop=game.stop, many=True)
        values, model = self._values, game.model
        values.set_rows(game.resources.rows, *game.limits_of(group))
        values.set_columns(game.delivering, model.column_lower[game.delivering], game.columns_of(group))
        found = values.best()
        if found is None:
            return self._alone(group)
        return -total(model.stages[0].cost, found.x) + 0.0


# -- cases ------------------------------------------------------------------------------------------------------------


def unobliged(case: Case) -> Case:
    """The case without must_fund and minima, for the objective impact alone."""
    t = case.tables
    size = len(t["Initiatives"])
    tables = {
        **t,
        "Initiatives": t["Initiatives"].replace(must_fund=np.zeros(size, bool), minimum=np.zeros(size)),
        "Agencies": t["Agencies"].replace(minimum=np.zeros(len(t["Agencies"]))),
        "Funds": t["Funds"].replace(min_spend=np.zeros(len(t["Funds"]))),
    }
    return Case(tables, replace(case.settings, objective=(Objective("impact"),)))


def case_of(game: Game, agencies: Sequence[int]) -> Case:
    """The case with the money and the people of some agencies, without what nobody owns."""
    f, t = game.facts, game.case.tables
    inside = game.inside(agencies)
    amount = game.money[inside].sum(axis=0)
    share = np.divide(amount, f.amount, out=np.zeros(len(amount)), where=f.amount > 0)
    funds, paid, staff, arriving = t["Funds"], t["Contributions"], t["Staff"], t["Installments"]
    kept = inside[f.code("agency", staff["agency"])]
    tables = {
        **t,
        "Funds": funds.replace(amount=amount[f.code("fund", funds["fund"])]),
        "Contributions": paid.take(inside[f.code("agency", paid["agency"])]),
        "Staff": staff.replace(fte=np.where(kept, staff["fte"], 0.0), hire_max=np.where(kept, staff["hire_max"], 0.0)),
        "Installments": arriving.replace(amount=arriving["amount"] * share[f.code("fund", arriving["fund"])]),
    }
    return Case(tables, game.case.settings)


def _permissive(rules: Sequence[Compiled]) -> list[Compiled]:
    """Rules without the lower limits that oblige."""
    return [Compiled(c.rule, tuple(b for b in c.blocks if not (b.at_least and c.kind.obliges))) for c in rules]


def _wide(model: Model) -> Model:
    """Bounds that only repeat rows out of the way, so that prices stand on rows alone."""
    upper = model.column_upper.copy()
    for name in ("spend", "carry", "unspent", "match", "in kind", "post", "hire"):
        upper[model.columns[name].span] = 1e2 * np.maximum(upper[model.columns[name].span].max(initial=0.0), 1.0)
    level = model.columns["level"]
    upper[level.span] = np.where(upper[level.span] > 0, 2.0, 0.0)
    return replace(model, column_upper=upper, ties=())
