"""The sums that rules limit, as sets of columns: how large each can be at all, and which of them cannot all hold."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimiser.case.facts import Facts
from optimiser.case.table import Array
from optimiser.case.tolerances import HAIR
from optimiser.model.build import build
from optimiser.model.matrix import Model, StageCost
from optimiser.model.rules import Compiled
from optimiser.model.rules.terms import Entries, Limits, Term, incidence
from optimiser.model.variables import Variables
from optimiser.solvers.highs import solve
from optimiser.solvers.solution import SolveLimits

MANY = 300
"""Limits that are held against each other; with more only equal sums are compared."""


@dataclass(frozen=True, eq=False)
class RuleSum:
    """One limit: `left` and `right` as sparse sums over the columns, and the interval that it leaves.

    rule, block, limit: where it comes from; low, high: of left where right is empty, else as multiples of right; most:
    what left can be at all (infinite where no easy bound is known).
    """

    rule: int
    block: int
    limit: int
    left: tuple[Array, Array]
    right: tuple[Array, Array]
    low: float
    high: float
    most: float
    absolute: bool
    """Whether the limit is a number, not a multiple of another sum."""

    @property
    def empty(self) -> bool:
        """Whether nothing is summed on the left."""
        return not len(self.left[0])

    def key(self, side: tuple[Array, Array]) -> bytes:
        """The same bytes for the same sum."""
        return side[0].tobytes() + side[1].tobytes()


class Sums:
    """Every limit of compiled rules as a sum. Raises nothing; rules must compile."""

    def __init__(self, facts: Facts, compiled: Sequence[Compiled]) -> None:
        self.facts, self.compiled = facts, compiled
        self.variables = Variables(facts, list(compiled))
        self.entries = self.variables.entries()
        self.all: list[RuleSum] = [s for k, rule in enumerate(compiled) for s in self._of(k, rule)]

    def _of(self, number: int, rule: Compiled) -> Iterator[RuleSum]:
        for part, limits in enumerate(rule.blocks):
            left = [_split(t, self.entries[t.measure, t.outcome], len(limits)) for t in limits.left]
            right = [_split(t, self.entries[t.measure, t.outcome], len(limits)) for t in limits.right]
            for k in range(len(limits)):
                mine, base = _joined([s[k] for s in left]), _joined([s[k] for s in right])
                share = float(limits.share[k])
                value = share if limits.right else share * float(limits.constant[k])
                low, high = (value, np.inf) if limits.at_least else (-np.inf, value)
                yield RuleSum(number, part, k, mine, base, low, high, self._most(limits, mine), not limits.right)

    def limits_of(self, one: RuleSum) -> Limits:
        """The block that a sum belongs to."""
        return self.compiled[one.rule].blocks[one.block]

    def _most(self, limits: Limits, left: tuple[Array, Array]) -> float:
        """An easy bound of a sum: by the funds for money, by scope for levels, by number for funded."""
        column, weight = left
        if not len(column):
            return 0.0
        positive = np.maximum(weight, 0.0)
        measure = limits.left[0].measure
        v, f = self.variables, self.facts
        if measure == "money":
            keys, place = v["spend"].keys, column - v["spend"].first
            return float((_largest(keys["fund"][place], positive, f.size("fund")) * f.amount).sum())
        if measure == "level":
            keys, place = v["level"].keys, column - v["level"].first
            return float(_largest(keys["initiative"][place], positive, f.size("initiative")).sum())
        if measure == "funded":
            return float(positive.sum())
        return float("inf")


def _largest(group: Array, value: Array, size: int) -> Array:
    made = np.zeros(size)
    np.maximum.at(made, group, value)
    return made


def _split(term: Term, entries: Entries, count: int) -> list[tuple[Array, Array]]:
    """The columns and weights of each limit."""
    limit, entry, weight = incidence(term, entries, count)
    assert entries.column is not None
    column = entries.column[entry]
    order = np.lexsort((column, limit))
    limit, column, weight = limit[order], column[order], weight[order]
    ends = np.searchsorted(limit, np.arange(count + 1))
    return [(column[a:b], weight[a:b]) for a, b in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True)]


def _joined(parts: list[tuple[Array, Array]]) -> tuple[Array, Array]:
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return np.zeros(0, np.int32), np.zeros(0)
    return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])


# -- contradictions ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Clash:
    """Hard limits that cannot all hold (of shares: only where the base is 0).

    lows: each asks for at least; high: the one that says at most, None where it is what the funds hold; needed, given:
    their sums; shares: whether these are shares of a base and not amounts.
    """

    lows: tuple[RuleSum, ...]
    high: RuleSum | None
    needed: float
    given: float
    shares: bool


def clashes(sums: Sums) -> list[Clash]:
    """Contradictions that intervals show, without solving: of one sum, of parts against a whole, and against the funds."""
    hard = [s for s in sums.all if sums.compiled[s.rule].rule.hard and not s.empty]
    found = list(_same(hard))
    taken = {s for clash in found for s in clash.lows}
    found += _above_the_most([s for s in hard if s not in taken])
    taken |= {s for clash in found for s in clash.lows}
    lows = [s for s in hard if s.low > HAIR and s not in taken and (s.left[1] == 1).all()]
    if len(lows) <= MANY:
        found += _parts(sums, hard, lows)
    return found


def _same(hard: list[RuleSum]) -> Iterator[Clash]:
    """Two limits of one sum whose intervals do not meet."""
    groups: dict[tuple[bytes, bytes], list[RuleSum]] = {}
    for s in hard:
        groups.setdefault((s.key(s.left), s.key(s.right)), []).append(s)
    for group in groups.values():
        low, high = max(group, key=lambda s: s.low), min(group, key=lambda s: s.high)
        if low.low > high.high + HAIR * max(1.0, abs(low.low)):
            yield Clash((low,), high, low.low, high.high, not low.absolute)


def _above_the_most(hard: list[RuleSum]) -> Iterator[Clash]:
    """A limit that asks for more than its sum can be."""
    for s in hard:
        if s.absolute and s.low > s.most + HAIR * max(1.0, s.most):
            yield Clash((s,), None, s.low, s.most, False)


def _parts(sums: Sums, hard: list[RuleSum], lows: list[RuleSum]) -> Iterator[Clash]:
    """Parts of a whole that do not overlap and together ask for more than the whole may have."""
    size = sums.variables.size
    masks = {id(s): _mask(s.left[0], size) for s in lows}
    wholes: list[tuple[RuleSum | None, Array, bytes, float]] = []
    for s in hard:
        if np.isfinite(s.high) and (s.left[1] == 1).all():
            wholes.append((s, _mask(s.left[0], size), s.key(s.right), s.high))
    for key, base in {s.key(s.right): s.right for s in lows}.items():
        if len(base[0]) and (base[1] == 1).all():
            wholes.append((None, _mask(base[0], size), key, 1.0))
    for fund, amount in enumerate(sums.facts.amount.tolist()):
        spend = sums.variables["spend"]
        mask = np.zeros(size, bool)
        mask[spend.span] = spend.keys["fund"] == fund
        wholes.append((None, mask, b"", amount))
    wholes.append((None, _mask(sums.variables["spend"].span, size), b"", float(sums.facts.amount.sum())))
    seen: set[tuple[int, ...]] = set()
    for whole, mask, base_key, high in wholes[: 2 * MANY]:
        inside = [s for s in lows if s.key(s.right) == base_key and s is not whole and not (masks[id(s)] & ~mask).any()]
        chosen: list[RuleSum] = []
        covered = np.zeros(size, bool)
        for s in sorted(inside, key=lambda s: -s.low):
            if not (masks[id(s)] & covered).any():
                chosen.append(s)
                covered |= masks[id(s)]
        needed = sum(s.low for s in chosen)
        names = tuple(sorted({s.rule for s in chosen}))
        if len(chosen) > 1 and needed > high + HAIR * max(1.0, abs(high)) and names not in seen:
            seen.add(names)
            yield Clash(tuple(chosen), whole, needed, high, bool(base_key))


def _mask(columns: Array | slice, size: int) -> Array:
    made = np.zeros(size, bool)
    made[columns] = True
    return made


# -- limits that never bind -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Idle:
    """A rule without which every plan keeps it all the same.

    nearest: that of its limits which comes nearest; reach: how far that sum gets without the rule, in its unit (NaN
    where the limit is a multiple of another sum).
    """

    rule: int
    nearest: RuleSum
    reach: float


class Extremes:
    """Solves for the extreme of a rule's sums without the rule, on the linear program with its switches set loose."""

    def __init__(self, sums: Sums, seconds: float) -> None:
        self.sums = sums
        self.ends = time.monotonic() + seconds
        model = build(sums.facts, list(sums.compiled))
        self.model = replace(model, integer=np.zeros_like(model.integer), ties=())
        self.skipped: list[int] = []

    def idle(self) -> Iterator[Idle]:
        """Every rule that never binds. Rules for which there was no time stand in `skipped`."""
        for number in range(len(self.sums.compiled)):
            mine = [s for s in self.sums.all if s.rule == number]
            if not mine or all(s.empty for s in mine):
                continue
            worst = self._worst(number, [s for s in mine if not s.empty])
            if worst is not None:
                yield worst

    def _worst(self, number: int, mine: list[RuleSum]) -> Idle | None:
        """The limit that comes nearest to binding; None where one can be broken, or time is over."""
        reached: list[tuple[float, float, RuleSum]] = []
        without: Model | None = None
        for s in mine:
            limit = s.high if np.isfinite(s.high) else s.low
            if s.absolute and np.isfinite(s.high) and s.most <= s.high:
                gap = s.most - s.high
            elif s.absolute and s.low <= 0 and not np.isfinite(s.high) and (s.left[1] >= 0).all():
                gap = s.low
            elif time.monotonic() > self.ends:
                self.skipped.append(number)
                return None
            else:
                without = self._without(number) if without is None else without
                found = self._gap(without, s)
                if found is None or found > HAIR * max(1.0, abs(limit)):
                    return None
                gap = found
            reach = limit + gap if np.isfinite(s.high) else limit - gap
            reached.append((gap / max(1.0, abs(limit)), reach if s.absolute else np.nan, s))
        _, reach, nearest = max(reached, key=lambda r: r[0])
        return Idle(number, nearest, reach)

    def _without(self, number: int) -> Model:
        lower, upper = self.model.row_lower.copy(), self.model.row_upper.copy()
        for family in self.model.rows.families.values():
            if "part" in family.keys and family.size and int(family.keys["rule"][0]) == number:
                lower[family.span], upper[family.span] = -np.inf, np.inf
        return replace(self.model, row_lower=lower, row_upper=upper)

    def _gap(self, model: Model, one: RuleSum) -> float | None:
        """The largest breach of a limit, negative where it is never reached; None without a proven answer."""
        cost = np.zeros(len(model.column_lower))
        sign = 1.0 if np.isfinite(one.high) else -1.0
        limit = one.high if np.isfinite(one.high) else one.low
        np.add.at(cost, one.left[0], -sign * one.left[1])
        np.add.at(cost, one.right[0], sign * limit * one.right[1])
        left = max(0.05, self.ends - time.monotonic())
        stage = StageCost("extreme", cost, -1.0)
        solution = solve(replace(model, stages=(stage,)), SolveLimits(time_limit=left))
        bound = solution.exact_bound if solution.exact_bound is not None else solution.bound
        if solution.status not in ("optimal", "within_gap") or bound is None:
            return None
        return float(bound) - (sign * limit if one.absolute else 0.0)
