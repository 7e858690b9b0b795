"""What a committee need not debate: the initiatives that every near-best plan funds, or none; and how else it could be.

Near-best are the plans whose first objective is within a margin of the best. For each initiative the least and the
most of it over all of them are found by solving, with switches too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from optimiser.analysis.members import called, money, with_rows
from optimiser.case.case import Case
from optimiser.case.facts import Facts
from optimiser.case.table import Array
from optimiser.model.matrix import Model, Stage
from optimiser.solve.engine import Engine, Watch
from optimiser.solve.highs import solve
from optimiser.solve.linear import solve_linear
from optimiser.solve.problem import Problem, centre, snapped
from optimiser.solve.solution import Basis, Limits, SolverError, Stop
from optimiser.verbs import model_of

Progress = Callable[[str], None]
Standing = Literal["always", "sometimes", "never"]

FUNDED = 1e-6
"""A level above this counts as funded."""
NODES = 100
"""Linear programs that are kept ready; where more are needed, the solver's own search takes over."""
PRIMAL, PATIENCE = 4, 1500
"""HiGHS's number of the primal simplex, which starts from a plan; iterations before a fresh start is the shorter way."""
EXACT = 1e-7
"""Two values of an objective that differ by a smaller share are the same."""


@dataclass(frozen=True)
class Doubt:
    """How uncertain the case is, for the draws. points: a score may be so much higher or lower (where scores count for
    impact); priority: the weight of an initiative may be off by this share; draws, seed: how often it is thrown."""

    points: float = 10.0
    priority: float = 0.1
    draws: int = 20
    seed: int = 0


@dataclass(frozen=True)
class Place:
    """One initiative over all near-best plans.

    standing: funded always, sometimes or never; level: in the best plan, and the least and most of it (shares of full
    scope); award: the same in money; drawn: share of the draws in which the best plan funds it (None without draws).
    """

    initiative: str
    name: str
    standing: Standing
    level: tuple[float, float, float]
    award: tuple[float, float, float]
    drawn: float | None
    sentence: str


@dataclass(frozen=True, eq=False)
class Alternative:
    """A near-best plan that is really different from the best one and from those before it.

    gives_up: of the first objective, and as a share of the best; added, dropped: initiatives funded here alone, or in
    the best plan alone; moved: share of all money that goes elsewhere; award, level: [I], in the order of facts.
    """

    gives_up: float
    share: float
    added: tuple[str, ...]
    dropped: tuple[str, ...]
    moved: float
    award: Array
    level: Array
    sentence: str


@dataclass(frozen=True, eq=False)
class NearBest:
    """All of it. best: value of the first objective; margin: how far from it plans may lie, as a share."""

    objective: str
    best: float
    margin: float
    places: tuple[Place, ...]
    alternatives: tuple[Alternative, ...]
    notes: tuple[str, ...] = ()

    def of(self, standing: Standing) -> tuple[Place, ...]:
        """The initiatives of a standing."""
        return tuple(p for p in self.places if p.standing == standing)

    def sentence(self) -> str:
        """`Of 36 initiatives 20 are funded in every plan within 1% of the best, 4 in none; 12 are contested.`"""
        always, never, contested = (len(self.of(s)) for s in ("always", "never", "sometimes"))
        return (
            f"Of {len(self.places)} initiatives {always} {_are(always)} funded in every plan within "
            f"{_percent(self.margin)} of the best, {never} in none; {contested} {_are(contested)} contested."
        )


def near_best(
    case: Case,
    *,
    margin: float = 0.01,
    wanted: int = 3,
    initiatives: int = 2,
    money_share: float = 0.1,
    doubt: Doubt | None = Doubt(),
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> NearBest | None:
    """The core, the swing and the out of a case; None where it has no plan.

    margin: how far from the best, as a share of it; wanted: how many different plans; they differ from each other by
    at least `initiatives` in what is funded, or by `money_share` of all money; doubt: None leaves the draws out.
    Raises SolverError where a limit ended a solve.
    """
    say = progress or (lambda line: None)
    say("Looking for the best plan")
    model = model_of(case)
    model = replace(model, stages=model.stages[:1], ties=())
    limits = Limits(gap=min(case.settings.gap, 1e-6), time_limit=case.settings.time_limit)
    best = solve(model, limits, stop=stop)
    if best.status == "infeasible":
        return None
    if best.x is None:
        raise SolverError("the best plan was not found within the time limit")
    region = _Region(case.facts, model, best.x, margin, limits, stop)
    size = case.facts.size("initiative")
    ranges = []
    for i in range(size):
        if i % 5 == 0:
            say(f"What near-best plans give to initiative {i + 1} of {size}")
        ranges.append(region.range_of(i))
    drawn = None
    if doubt is not None and doubt.draws and model.stages[0].name == "impact":
        say(f"The best plan for {doubt.draws} draws of what is uncertain")
        drawn = _draws(case, model, doubt, limits, stop)
    say("Looking for different plans")
    alternatives = _alternatives(region, wanted, initiatives, money_share)
    places = tuple(_place(case.facts, region, i, *ranges[i], drawn) for i in range(size))
    notes = _notes(case, doubt, drawn)
    return NearBest(model.stages[0].name, region.best, margin, places, tuple(alternatives), notes)


# -- solving ----------------------------------------------------------------------------------------------------------


Node = tuple[tuple[int, float], ...]
"""Switches that are held (their number among the switches) and where."""


class _Least:
    """The least of many costs over the same rows, switches included.

    Branches where a switch stands half-way. Each node keeps a basis from which another cost takes a hundredth of a
    second.
    """

    def __init__(self, model: Model, limits: Limits, stop: Stop | None) -> None:
        self.model, self.limits, self._stop = model, limits, stop or Stop()
        self._switches = np.flatnonzero(model.integer)
        self._problem = replace(Problem.of(model), integer=np.zeros(len(model.integer), bool))
        self._nodes: dict[Node, tuple[Problem, Basis | None] | None] = {}

    def least(self, cost: Array, known: float = np.inf) -> tuple[float, Array | None]:
        """The least value and a plan that has it; `known` and None where no plan is below this value."""
        best, plan = known, None
        todo: list[Node] = [()]
        while todo:
            held = todo.pop()
            if held not in self._nodes and len(self._nodes) >= NODES:
                return self._searched(cost)
            node = self._node(held)
            if node is None:
                continue
            x = self._solved(*node, cost, held_plan=True)[0]
            if x is None:
                raise SolverError("near-best plans were not found: a linear program that has plans gave none")
            value = float(np.dot(cost, x))
            if best - value <= EXACT * max(1.0, abs(value)):
                continue
            switches = x[self._switches]
            off = np.abs(switches - np.round(switches)) > 1e-9
            if not off.any():
                best, plan = value, x
                continue
            k = int(np.argmax(off))
            near = float(np.clip(np.round(switches[k]), 0.0, 1.0))
            todo += [tuple(sorted((*held, (k, 1.0 - near)))), tuple(sorted((*held, (k, near))))]
        return best, plan

    def _node(self, held: Node) -> tuple[Problem, Basis | None] | None:
        """The linear program with some switches held, and a basis with a plan; None where there is none."""
        if held not in self._nodes:
            lower, upper = self._problem.column_lower.copy(), self._problem.column_upper.copy()
            for k, side in held:
                lower[self._switches[k]] = upper[self._switches[k]] = side
            root = self._nodes.get(())
            problem = self._problem.bounded(lower, upper)
            x, basis = self._solved(problem, root[1] if root else None, self.model.stages[0].cost)
            self._nodes[held] = None if x is None else (problem, basis)
        return self._nodes[held]

    def _solved(
        self, problem: Problem, basis: Basis | None, cost: Array, held_plan: bool = False
    ) -> tuple[Array | None, Basis | None]:
        """The plan of least cost and its basis; from a basis that holds a plan, by the primal simplex."""
        scaled, watch = problem.cost(cost), Watch(self.limits, self._stop)
        if basis is not None and held_plan:
            engine = Engine(
                problem, scaled, centre(scaled), self.limits, solver="simplex", presolve="off",
                simplex_strategy=PRIMAL, simplex_iteration_limit=PATIENCE,
            )  # fmt: skip
            if engine.start_from(basis):
                out = engine.run(watch)
                if out.ending == "optimal" and out.x is not None:
                    return problem.real(snapped(problem, out.x)), out.basis
        found = solve_linear(problem, scaled, watch, basis, prove=False)
        if found.ending == "stopped":
            raise SolverError("near-best plans were not found within the time limit")
        return None if found.x is None else problem.real(found.x), found.basis

    def _searched(self, cost: Array) -> tuple[float, Array | None]:
        """By the solver's own search, where branching here takes too long."""
        found = solve(replace(self.model, stages=(Stage("least", cost),)), self.limits, stop=self._stop)
        if found.x is None or found.status == "stopped":
            raise SolverError("near-best plans were not found within the time limit")
        return float(np.dot(cost, found.x)), found.x


class _Region:
    """The near-best plans: what is known of them, and how to ask for more."""

    def __init__(self, facts: Facts, model: Model, x: Array, margin: float, limits: Limits, stop: Stop | None) -> None:
        self.facts, self.model, self.limits, self._stop = facts, model, limits, stop
        stage = model.stages[0]
        self.cost, self.sign = stage.cost, stage.sign
        value = float(np.dot(self.cost, x))
        self.best = self.sign * value + 0.0
        self.allowed = margin * abs(value)
        level, spend = model.columns["level"], model.columns["spend"]
        size = facts.size("initiative")
        self.level_columns = [level.first + np.flatnonzero(level.keys["initiative"] == i) for i in range(size)]
        self.spend_columns = [spend.first + np.flatnonzero(spend.keys["initiative"] == i) for i in range(size)]
        entries = [(columns, np.ones(len(columns))) for columns in self.level_columns]
        self.with_levels = with_rows(model, "level of initiative", np.arange(size), entries, -np.inf, np.inf)
        used = np.flatnonzero(self.cost)
        hair = 1e-9 * max(abs(value), 1e-3 * float(np.median(np.abs(self.cost[used]))) if len(used) else 1.0)
        near = with_rows(
            model, "near best", np.zeros(1, int), [(used, self.cost[used])], -np.inf, value + self.allowed + hair
        )
        scale = float(np.abs(self.cost[used] * model.column_scale[used]).max(initial=1e-300))
        near.row_scale[-1] = 2.0 ** -np.round(np.log2(scale))
        self.near = _Least(near, limits, stop)
        self.plans: list[Array] = []
        self.levels: list[Array] = []
        self.awards: list[Array] = []
        self.keep(x)

    def keep(self, x: Array) -> None:
        """Remember a near-best plan."""
        self.plans.append(x)
        self.levels.append(np.array([x[c].sum() for c in self.level_columns]))
        self.awards.append(np.array([x[c].sum() for c in self.spend_columns]))

    def range_of(self, i: int) -> tuple[tuple[float, float], tuple[float, float]]:
        """Least and most level, least and most award of an initiative over all near-best plans."""
        level = self._range(self.level_columns[i], self.levels, i)
        factor = self._proportional(i)
        award = (
            (factor * level[0], factor * level[1])
            if factor is not None
            else self._range(self.spend_columns[i], self.awards, i)
        )
        return level, award

    def _proportional(self, i: int) -> float | None:
        """Money for one unit of level, where that is one number."""
        f = self.facts
        factors = np.unique(f.cost_factor[f.partner_initiative == i])
        hires = np.any(self.model.columns["hire"].keys["initiative"] == i)
        return float(f.request[i] * factors[0]) if len(factors) == 1 and not hires else None

    def _range(self, columns: Array, seen: list[Array], i: int) -> tuple[float, float]:
        known = [plan[i] for plan in seen]
        least = 0.0 if min(known) <= 1e-9 else self._extreme(columns, 1.0, min(known))
        known = [plan[i] for plan in seen]
        whole = seen is self.levels and max(known) >= 1 - 1e-9
        return least, (1.0 if whole else -self._extreme(columns, -1.0, -max(known)))

    def _extreme(self, columns: Array, sign: float, known: float) -> float:
        if not len(columns):
            return 0.0
        cost = np.zeros(len(self.cost))
        cost[columns] = sign
        value, x = self.near.least(cost, known)
        if x is not None:
            self.keep(x)
        return value + 0.0

    def unlike(self, chosen: Sequence[int]) -> None:
        """Keep a plan that is as unlike those chosen as a linear objective can make it."""
        cost = np.zeros(len(self.cost))
        for i, columns in enumerate(self.level_columns):
            mean = float(np.mean([self.levels[k][i] for k in chosen]))
            cost[columns] = 2 * mean - 1
        _, x = self.near.least(cost)
        assert x is not None
        self.keep(x)

    def improved(self, k: int, part: float, cuts: bool) -> int:
        """The number of a plan that is different from the best one as plan k is, and gives up the least for it.

        part: what is added must have this share of what plan k gives it, and (with cuts) what is cut be cut by it.
        """
        row = self.with_levels.rows["level of initiative"].first
        lower, upper = self.with_levels.row_lower.copy(), self.with_levels.row_upper.copy()
        for i, (level, best) in enumerate(zip(self.levels[k], self.levels[0], strict=True)):
            if level <= FUNDED:
                upper[row + i] = 0.0
            elif best <= FUNDED:
                lower[row + i] = part * level - 1e-7
            elif cuts and level < best:
                upper[row + i] = best + part * (level - best) + 1e-7
        found = solve(replace(self.with_levels, row_lower=lower, row_upper=upper), self.limits, stop=self._stop)
        self.keep(self.plans[k] if found.x is None else found.x)
        return len(self.plans) - 1

    def lost(self, k: int) -> float:
        """What plan k gives up of the objective."""
        return max(0.0, float(np.dot(self.cost, self.plans[k] - self.plans[0])))


# -- different plans --------------------------------------------------------------------------------------------------


def _alternatives(region: _Region, wanted: int, initiatives: int, share: float) -> list[Alternative]:
    """Plans that differ from the best one and from each other, the most different first."""
    chosen, made = [0], list[Alternative]()
    for _ in range(wanted):
        region.unlike(chosen)
        apart = [min(_apart(region, k, c, initiatives, share) for c in chosen) for k in range(len(region.plans))]
        k = int(np.argmax(apart))
        if apart[k] < 1:
            break
        for part, cuts in ((0.1, False), (0.1, True), (0.5, True), (1.0, True)):
            better = region.improved(k, part, cuts)
            if min(_apart(region, better, c, initiatives, share) for c in chosen) >= 1:
                k = better
                break
        chosen.append(k)
        made.append(_alternative(region, k))
    return sorted(made, key=lambda a: (a.gives_up, a.sentence))


def _apart(region: _Region, k: int, other: int, initiatives: int, share: float) -> float:
    """How different two plans are: from 1 on they differ by enough initiatives, or by enough money."""
    differing = np.count_nonzero((region.levels[k] > FUNDED) != (region.levels[other] > FUNDED))
    return max(differing / max(initiatives, 1), _moved(region.awards[k], region.awards[other]) / max(share, 1e-9))


def _moved(award: Array, other: Array) -> float:
    """Share of all money that goes to others."""
    return float(np.abs(award - other).sum() / 2 / max(award.sum(), other.sum(), 1e-9))


def _alternative(region: _Region, k: int) -> Alternative:
    f, names = region.facts, region.facts.names["initiative"]
    level, award, lost = region.levels[k], region.awards[k], region.lost(k)
    here, there = level > FUNDED, region.levels[0] > FUNDED
    added, dropped = np.flatnonzero(here & ~there), np.flatnonzero(there & ~here)
    moved = _moved(award, region.awards[0])
    share = lost / max(abs(region.best), 1e-300)
    said = []
    for word, which in (("funds", added), ("does without", dropped)):
        if len(which):
            said.append(f"{word} {_listed([called(f, 'initiative', i) for i in which.tolist()])}")
    change = award - region.awards[0]
    if not said:
        up, down = int(np.argmax(change)), int(np.argmin(change))
        said.append(
            f"gives {money(f, round(change[up]))} more to {called(f, 'initiative', up)} and "
            f"{money(f, round(-change[down]))} less to {called(f, 'initiative', down)}"
        )
    price = f"gives up {_percent(share)} of the best" if share > 1e-9 else "gives up nothing"
    sentence = f"A plan that {' and '.join(said)} (in all {_percent(moved)} of the money goes elsewhere) {price}."
    return Alternative(
        lost, share, tuple(names[i] for i in added), tuple(names[i] for i in dropped), moved, award, level, sentence
    )


# -- draws ------------------------------------------------------------------------------------------------------------


def _draws(case: Case, model: Model, doubt: Doubt, limits: Limits, stop: Stop | None) -> Array:
    """[I]: share of the draws in which the best plan funds the initiative.

    Only the impact is drawn: what rules say of scores stays as it is.
    """
    facts, rng = case.facts, np.random.default_rng(doubt.seed)
    least = _Least(model, limits, stop)
    size = facts.size("initiative")
    column = np.full(len(model.column_lower), -1)
    for name in ("level", "achieved"):
        column[model.columns[name].span] = model.columns[name].keys["initiative"]
    funded = np.zeros(size)
    level = model.columns["level"]
    for _ in range(doubt.draws):
        factor = 1.0 + rng.uniform(-doubt.priority, doubt.priority, size)
        drawn = np.clip(facts.score + rng.uniform(-doubt.points, doubt.points, size), 0.0, 100.0)
        if _scores_count(case):
            factor = factor * np.divide(drawn, facts.score, out=np.ones(size), where=facts.score > 0)
        cost = model.stages[0].cost * np.where(column >= 0, factor[column], 1.0)
        _, x = least.least(cost)
        assert x is not None
        levels = np.bincount(level.keys["initiative"], x[level.span], size)
        funded += levels > FUNDED
    return funded / doubt.draws


def _scores_count(case: Case) -> bool:
    """Whether scores enter the impact."""
    return not len(case.facts.at_full) or case.settings.score_effect == "proportional"


# -- words ------------------------------------------------------------------------------------------------------------


def _place(
    facts: Facts, region: _Region, i: int, level: tuple[float, float], award: tuple[float, float], drawn: Array | None
) -> Place:
    best, paid = float(region.levels[0][i]), float(region.awards[0][i])
    low, high = min(level[0], best), max(level[1], best)
    standing: Standing = "always" if low > FUNDED else "never" if high <= FUNDED else "sometimes"
    name = called(facts, "initiative", i)
    if standing == "never":
        said = f"{name} is funded in no near-best plan"
    elif standing == "always" and low >= 1 - FUNDED:
        said = f"{name} is funded in full in every near-best plan"
    elif standing == "always":
        said = f"{name} is funded in every near-best plan, with {_range_words(facts, award, (low, high))}"
    else:
        said = f"{name} is contested: near-best plans give it from nothing to {_most_words(facts, award[1], high)}"
    share = None if drawn is None else float(drawn[i])
    if share is not None and standing == "sometimes":
        said += f"; the best plan funds it in {_percent(share)} of the draws"
    paid_low, paid_high = min(award[0], paid), max(award[1], paid)
    return Place(
        facts.names["initiative"][i], name, standing, (best, low, high), (paid, paid_low, paid_high), share, f"{said}."
    )


def _range_words(facts: Facts, award: tuple[float, float], level: tuple[float, float]) -> str:
    if award[1] <= 0:
        return f"{_percent(level[0])} to {_percent(level[1])} of its scope"
    if round(award[0]) == round(award[1]):
        return money(facts, round(award[0]))
    return f"{money(facts, round(award[0]))} to {money(facts, round(award[1]))}"


def _most_words(facts: Facts, award: float, level: float) -> str:
    return money(facts, round(award)) if award > 0 else f"{_percent(level)} of its scope"


def _notes(case: Case, doubt: Doubt | None, drawn: Array | None) -> tuple[str, ...]:
    if doubt is None:
        return ()
    if drawn is None:
        return ("Scores and priorities were not drawn: the first objective is not impact.",)
    if not _scores_count(case):
        return (
            f"Scores do not enter the impact of this case; priorities were drawn within ±{_percent(doubt.priority)}.",
        )
    said = f"Scores were drawn within ±{doubt.points:g} points, priorities within ±{_percent(doubt.priority)}"
    return (f"{said}; {doubt.draws} draws. Rules keep the scores as they stand.",)


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def _percent(share: float) -> str:
    return f"{float(f'{share * 100:.2g}'):g}%" if share < 0.9995 else "100%"
