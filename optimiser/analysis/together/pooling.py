"""What pooling is worth: to all, to each agency, and whether any group of agencies would do better by leaving.

The value of a group is the impact of its best plan by itself (optimiser.analysis.together.game says what it then has). Shapley
shares divide the value of the whole by what each adds, over every order of joining. Shares by price pay each agency
what its money and people are worth at the whole's prices (Owen 1975); what these leave over is divided so that no
group gains by leaving, where that is possible.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from itertools import accumulate
from typing import Any

import numpy as np

from optimiser.analysis.together.game import Game
from optimiser.case import impact
from optimiser.case.case import Case
from optimiser.case.facts import Facts
from optimiser.case.readable import listed, money_exact, percent, points, points_gap
from optimiser.case.settings import Objective
from optimiser.case.table import Array
from optimiser.case.tolerances import LEAST_SIZE, OPTIMAL_GAP, SAME
from optimiser.model.extend import Extension
from optimiser.model.matrix import Model, StageCost
from optimiser.model.program import Program
from optimiser.model.rules.nouns import shown
from optimiser.solvers.highs import solve
from optimiser.solvers.solution import SolveLimits, SolverError, Stop, settled_plan

Progress = Callable[[str], None]

EXACT_TO = 12
"""Agencies to which every group is solved; beyond, orders of joining are sampled."""


@dataclass(frozen=True)
class AgencyShare:
    """One agency, in the unit of the impact.

    alone: what it achieves by itself; shapley: its share of the whole by what it adds, error: one standard error of it
    (0 where every group was solved); price: its money and people at the whole's prices; core: price and its part of
    what these leave over; gain: shapley − alone.
    """

    agency: str
    name: str
    alone: float
    shapley: float
    error: float
    price: float
    core: float
    sentence: str

    @property
    def gain(self) -> float:
        """What pooling adds for the agency, by its Shapley share."""
        return self.shapley - self.alone


@dataclass(frozen=True)
class Coalition:
    """A group of agencies: what it achieves by itself, and what a division gives it."""

    agencies: tuple[str, ...]
    value: float
    given: float

    @property
    def advantage(self) -> float:
        """What it would gain by leaving (below 0: lose)."""
        return self.value - self.given

    def json(self) -> dict[str, Any]:
        """It as plain data."""
        return {**asdict(self), "agencies": list(self.agencies), "advantage": self.advantage}


@dataclass(frozen=True)
class Pooling:
    """What pooling is worth, in the unit of the impact.

    whole: what all achieve together without obligations; achieved: what the plan of the case achieves with them (None
    where it has no plan); alone: Σ over agencies by themselves; common: what prices give to nobody (each initiative is
    only once there, caps, money that nobody owns); worst_core, worst_shapley: the group that would gain most by leaving
    (lose least); stable: whether no group gains by leaving the core shares; overlap: the two groups that lose most by
    joining, and how much (None: none loses); groups: how many were solved, of how many.
    """

    whole: float
    achieved: float | None
    alone: float
    shares: tuple[AgencyShare, ...]
    common: float
    worst_core: Coalition
    worst_shapley: Coalition
    stable: bool
    overlap: tuple[tuple[str, ...], tuple[str, ...], float] | None
    groups: tuple[int, int]
    exact: bool
    sentences: tuple[str, ...]

    @property
    def gain(self) -> float:
        """What pooling adds to what all achieve by themselves."""
        return self.whole - self.alone

    def json(self) -> dict[str, Any]:
        """One object of plain numbers, in the unit of the impact."""
        over = self.overlap
        return {
            **{
                name: getattr(self, name)
                for name in ("whole", "achieved", "alone", "gain", "common", "exact", "stable")
            },
            "groups": {"solved": self.groups[0], "of": self.groups[1]},
            "agencies": {share.agency: {**asdict(share), "gain": share.gain} for share in self.shares},
            "worst_core": self.worst_core.json(),
            "worst_shapley": self.worst_shapley.json(),
            "overlap": None if over is None else {"one": list(over[0]), "other": list(over[1]), "lost": over[2]},
            "sentences": list(self.sentences),
        }


def pooling(
    case: Case,
    *,
    exact_to: int = EXACT_TO,
    orders: int = 60,
    seed: int = 0,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> Pooling:
    """What pooling is worth in a case.

    exact_to: so many agencies every group is solved (2^n of them); beyond, `orders` orders of joining are drawn, each
    with its reverse; progress: hears of the groups solved. Raises SolverError where a limit ended a solve.
    """
    game = Game(case, SolveLimits(gap=OPTIMAL_GAP, time_limit=case.settings.time_limit), stop)
    n = len(game.players)
    if progress:
        progress(f"What groups of {n} agencies achieve by themselves")
    exact = n <= exact_to
    if exact:
        game.value(range(1, 1 << n), progress)
        shapley, error = _shapley(game.values, n), np.zeros(n)
    else:
        paths = _orders(n, max(orders, 2), seed)
        game.value([1 << k for k in range(n)] + [g for path in paths for g in _groups_of(path)], progress)
        shapley, error = _sampled(game.values, n, paths)
    whole = game.values[game.everyone]
    price = _prices(game)
    common = whole - float(price.sum())
    core = _core(game, price, shapley)
    worst = {name: _worst(game, given) for name, given in (("core", core), ("shapley", shapley))}
    alone = np.array([game.values[1 << k] for k in range(n)])
    achieved = _achieved(case, game)
    overlap = _overlap(game) if exact else None
    stable = worst["core"].advantage <= SAME * max(abs(whole), LEAST_SIZE)
    rows = _rows(game, alone, shapley, error, price, core)
    made = Pooling(
        whole, achieved, math.fsum(alone.tolist()), rows, common, worst["core"], worst["shapley"], stable, overlap,
        (len(game.values) - 1, (1 << n) - 1), exact, (),
    )  # fmt: skip
    return replace(made, sentences=tuple(_sentences(game, made)))


# -- Shapley ----------------------------------------------------------------------------------------------------------


def _shapley(values: dict[int, float], n: int) -> Array:
    """Exact, in rational arithmetic; rounded so that the shares add up to the value of the whole to the last digit."""
    weight = [Fraction(math.factorial(s) * math.factorial(n - s - 1), math.factorial(n)) for s in range(n)]
    shares = [Fraction(0)] * n
    exactly = {g: Fraction(v) for g, v in values.items()}
    for k in range(n):
        by_size = [Fraction(0)] * n
        for group in range(1 << n):
            if not group >> k & 1:
                by_size[group.bit_count()] += exactly[group | 1 << k] - exactly[group]
        shares[k] = sum((w * d for w, d in zip(weight, by_size, strict=True)), Fraction(0))
    return adding_up([float(s) for s in shares], values[(1 << n) - 1])


def adding_up(shares: list[float], whole: float) -> Array:
    """Shares moved by a hair so that they add up to the whole exactly."""
    made = list(shares)
    if made:
        k = max(range(len(made)), key=lambda j: abs(made[j]))
        for _ in range(8):
            short = Fraction(whole) - sum(map(Fraction, made), Fraction(0))
            if not short:
                break
            made[k] = float(Fraction(made[k]) + short)
            if math.fsum(made) == whole:
                break
    return np.array(made)


def _orders(n: int, count: int, seed: int) -> list[list[int]]:
    rng = np.random.default_rng(seed)
    drawn = [rng.permutation(n).tolist() for _ in range(count)]
    return [way for order in drawn for way in (order, order[::-1])]


def _groups_of(order: Sequence[int]) -> list[int]:
    return list(accumulate((1 << k for k in order), int.__or__))


def _sampled(values: dict[int, float], n: int, paths: Sequence[Sequence[int]]) -> tuple[Array, Array]:
    """Shares and their standard errors, from pairs of an order of joining and its reverse."""
    added = np.zeros((len(paths), n))
    for row, order in zip(added, paths, strict=True):
        before = 0
        for k, group in zip(order, _groups_of(order), strict=True):
            row[k] = values[group] - values[before]
            before = group
    pairs = (added[::2] + added[1::2]) / 2
    error = pairs.std(axis=0, ddof=1) / math.sqrt(len(pairs)) if len(pairs) > 1 else np.full(n, np.inf)
    return adding_up(pairs.mean(axis=0).tolist(), values[(1 << n) - 1]), np.asarray(error)


# -- prices and the core ----------------------------------------------------------------------------------------------


def _prices(game: Game) -> Array:
    """[players]: what each agency brings, at the prices of the whole's best plan (its switches as they stand)."""
    solution = game.solved(game.everyone)
    if solution.x is None or solution.duals is None:
        raise SolverError("the prices of the whole were not found within the time limit")
    duals, r, model = -solution.duals, game.resources, game.model
    worth = r.of @ duals[r.rows]
    caps = model.rows["agency"]
    limit = np.where(np.isfinite(model.row_upper[caps.span]), model.row_upper[caps.span], 0.0)
    worth[caps.keys["agency"]] += np.maximum(duals[caps.span], 0.0) * limit
    return np.asarray(worth[game.players])


def _core(game: Game, price: Array, shapley: Array) -> Array:
    """Shares by price, and what these leave over divided so that the group with the greatest advantage in leaving has
    the least; of such divisions the one nearest to the Shapley shares."""
    n, whole = len(price), game.values[game.everyone]
    if not n:
        return price
    rest = whole - float(price.sum())
    scale = max(abs(whole), LEAST_SIZE)
    groups = [g for g in sorted(game.values) if 0 < g < game.everyone]
    inside = np.array([[g >> k & 1 for k in range(n)] for g in groups], float).reshape(-1, n)
    value = np.array([game.values[g] for g in groups]) / scale
    p, s, left = price / scale, shapley / scale, rest / scale
    program, every, ones = Extension(Model.empty()), np.arange(n), np.arange(len(groups))
    part = program.columns("part of the rest", n, 8.0, -4.0 if left < 0 else 0.0, scale=1.0)
    advantage, above, below = (
        program.columns(name, size, 8.0, scale=1.0) for name, size in (("advantage", 1), ("above", n), ("below", n))
    )
    program.rows("rest", 1, left, left, (np.zeros(n), part, 1.0))
    program.rows("shapley", n, s - p, s - p, (every, part, 1.0), (every, above, -1.0), (every, below, 1.0))
    group, member = np.nonzero(inside)
    leaving = (group, part[member], 1.0), (ones, np.repeat(advantage, len(ones)), 1.0)
    program.rows("leaving", len(ones), value - inside @ p, np.inf, *leaving)
    least = StageCost("advantage", program.cost((advantage, 1.0)))
    found = solve(program.made([least, StageCost("distance", program.cost((above, 1.0), (below, 1.0)))]))
    if found.x is None:
        return adding_up((price + rest / n).tolist(), whole)
    return adding_up((price + found.x[:n] * scale).tolist(), whole)


def _worst(game: Game, given: Array) -> Coalition:
    """The group with the greatest advantage in leaving, of all that were solved but the whole."""

    def paid(group: int) -> float:
        return math.fsum(float(given[k]) for k in range(len(given)) if group >> k & 1)

    some = [group for group in game.values if 0 < group < game.everyone]
    group = max(some, key=lambda g: (game.values[g] - paid(g), -g), default=game.everyone)
    value = game.values[group]
    return Coalition(tuple(_names(game, group)), value, paid(group) if some else value)


def _overlap(game: Game) -> tuple[tuple[str, ...], tuple[str, ...], float] | None:
    """The two groups without a common member that lose most by joining: they would do the same thing twice."""
    n = len(game.players)
    values = np.array([game.values[g] for g in range(1 << n)])
    groups = np.arange(1 << n)
    worst, pair = SAME * max(abs(values[-1]), LEAST_SIZE), (0, 0)
    for group in range(1, 1 << n):
        others = groups[(groups & group == 0) & (groups > group)]
        if len(others):
            lost = values[group] + values[others] - values[group | others]
            k = int(np.argmax(lost))
            if lost[k] > worst:
                worst, pair = float(lost[k]), (group, int(others[k]))
    return (tuple(_names(game, pair[0])), tuple(_names(game, pair[1])), worst) if pair[0] else None


def _achieved(case: Case, game: Game) -> float | None:
    """The impact of the case's own best plan, for impact alone."""
    model = Program.of(replace(case, settings=replace(case.settings, objective=(Objective("impact"),)))).model
    found = solve(replace(model, ties=()), game.limits, stop=game.stop)
    return None if settled_plan(found) is None else found.stages[0].achieved


# -- words ------------------------------------------------------------------------------------------------------------


def _names(game: Game, group: int) -> list[str]:
    return [game.facts.names["agency"][a] for a in game.members(group)]


def _rows(game: Game, alone: Array, shapley: Array, error: Array, price: Array, core: Array) -> tuple[AgencyShare, ...]:
    f, made = game.facts, []
    place = {int(a): k for k, a in enumerate(game.players)}
    for a, key in enumerate(f.names["agency"]):
        name = f.called("agency", a)
        if a not in place:
            said = f"{name} brings nothing and delivers nothing: its share is 0."
            made.append(AgencyShare(key, name, 0.0, 0.0, 0.0, 0.0, 0.0, said))
            continue
        k = place[a]
        own, share, off = float(alone[k]), float(shapley[k]), float(error[k])
        about = f" (give or take {_figure(f, 2 * off)})" if off else ""
        verb = "adds" if share >= own else "takes"
        said = (
            f"{name} achieves {_figure(f, own)} by itself; its share of the whole is {_figure(f, share)}{about}: "
            f"pooling {verb} {_gap(f, own, share)}."
        )
        made.append(AgencyShare(key, name, own, share, off, float(price[k]), float(core[k]), said))
    return tuple(made)


def _sentences(game: Game, p: Pooling) -> list[str]:
    """What a committee reads."""
    f = game.facts
    count = len(game.players)
    made = []
    if p.achieved is None:
        made.append(
            "This case has no plan, so nothing is achieved as it stands; what follows is what the agencies could achieve "
            "without its obligations (must_fund, minima, at_least of rules)."
        )
    could = "could " if p.achieved is None else ""
    made.append(
        f"Together the {count} agencies {could}achieve {_figure(f, p.whole)}; each by itself, they achieve {_figure(f, p.alone)} "
        f"in all: pooling is worth {_gap(f, p.alone, p.whole)}{_share_of(p.gain, p.alone)}."
    )
    if p.achieved is not None and p.whole - p.achieved > SAME * max(abs(p.whole), LEAST_SIZE):
        made.append(
            f"With its obligations (must_fund, minima, at_least of rules) the partnership achieves {_figure(f, p.achieved)}; "
            f"groups are compared without them."
        )
    made += [share.sentence for share in p.shares]
    nobody = [(k, float(v)) for k, v in enumerate(game.unowned) if v > 0]
    if nobody:
        owned = listed([f"{money_exact(v, f.settings.currency)} of {f.called('fund', k)}" for k, v in nobody])
        made.append(f"Outside money of funds that nobody owns belongs to the whole only: {owned}.")
    checked = f"all {p.groups[1]:,} groups" if p.exact else f"{p.groups[0]:,} of {p.groups[1]:,} groups"
    for name, worst in (("core shares", p.worst_core), ("Shapley shares", p.worst_shapley)):
        made.append(_leaving(f, name, worst, checked, p.whole, p.exact))
    if p.overlap is not None:
        one, other, lost = p.overlap
        made.append(
            f"Joining does not always add: {_group(f, one)} and {_group(f, other)} lose {_figure(f, lost)} by joining, since what both "
            f"could do is done only once."
        )
    return made


def _gap(f: Facts, one: float, other: float) -> str:
    """How far two figures are apart, as a reader finds it who subtracts them."""
    return points_gap(one, other, impact.unit_of(f)) or _figure(f, 0.0)


def _group(f: Facts, agencies: Sequence[str]) -> str:
    return listed([shown(f, "agency", a) for a in agencies])


def _leaving(f: Facts, name: str, worst: Coalition, checked: str, whole: float, exact: bool) -> str:
    if worst.advantage <= SAME * max(abs(whole), LEAST_SIZE):
        none = "No group" if exact else "No group that was solved"
        return f"{none} does better by leaving, if the whole is divided by {name} ({checked} checked)."
    return (
        f"Divided by {name}, {_group(f, worst.agencies)} would do better by leaving together: {_figure(f, worst.value)} by themselves, "
        f"{_figure(f, worst.given)} in the whole ({checked} checked)."
    )


def _figure(f: Facts, value: float) -> str:
    """Impact, with its unit."""
    return points(value, impact.unit_of(f))


def _share_of(gain: float, alone: float) -> str:
    return f", {percent(gain / alone)} more" if alone > 0 and gain > 0 else ""
