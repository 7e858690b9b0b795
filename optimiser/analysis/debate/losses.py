"""Lose a grant: what stops, who is sent home, what may bridge it, and the plan that survives the loss of any one.

A fund that is lost pays nothing from a period on; what was spent and delivered before stays as it was, and the rest is
decided anew. Limits that nothing can keep after a loss are missed by the least, and said.

The surviving plan does the same in the first periods whatever is lost, then for each loss what is best. It is one linear
program: the case's own, and beside it for each loss one that shares the columns of the first periods.

    most    min over losses of the value after the loss         then the value without a loss
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np

from optimiser.analysis.asking.solved import run
from optimiser.analysis.debate.one_beginning import solved
from optimiser.analysis.limits.promise import promised
from optimiser.analysis.replanning.replan_loose import loosest
from optimiser.case import impact
from optimiser.case.case import Case
from optimiser.case.facts import Facts
from optimiser.case.readable import capital, counted, fte, listed, money_exact, money_short, number, percent
from optimiser.case.table import Array
from optimiser.case.tolerances import HALF_A_CENT, LEAST_SIZE, LITTLE, SAME
from optimiser.model.extend import Extension, a_hair_wider, branched, settled
from optimiser.model.matrix import Model, StageCost
from optimiser.model.program import Program
from optimiser.plan.answer import answer
from optimiser.plan.tables import Plan
from optimiser.solvers.highs import solve
from optimiser.solvers.solution import Solution, SolveLimits, SolverError, Stop, judged, settled_plan
from optimiser.verbs import versions

MONEY = 1.0
"""Money below this is none."""
MOST_COLUMNS = 400_000
"""The largest program that is built for all losses together."""
Loss = tuple[str, ...]
"""Funds that are lost at once."""


@dataclass(frozen=True, eq=False)
class Lost:
    """What the loss of some funds does to a plan. to_come: money that they would still have paid; value: of the first
    objective after it, costs: what that is less; stops: initiatives that end, less: those that get less scope; home: FTE
    sent home, on average over the periods left; bridged: money by which other funds pay more for what they paid; missed:
    limits that nothing can keep then."""

    funds: Loss
    to_come: float
    value: float
    costs: float
    stops: tuple[str, ...]
    less: tuple[str, ...]
    home: float
    home_of: Mapping[str, float]
    bridged: float
    bridges: Mapping[str, float]
    missed: tuple[str, ...]

    def json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "funds": list(self.funds), "to_come": self.to_come, "value": self.value, "costs": self.costs,
            "stops": list(self.stops), "less": list(self.less), "sent_home": self.home, "sent_home_of": dict(self.home_of),
            "bridged": self.bridged, "bridges": dict(self.bridges), "missed": list(self.missed),
        }  # fmt: skip


@dataclass(frozen=True, eq=False)
class Surviving:
    """The plan that survives any of the losses. plan: without a loss; value: of the first objective without a loss; after:
    what is left after each loss; proven: whether no other plan has a better worst loss; first: money of each fund
    in the first periods, in the best plan and in this one."""

    plan: Plan
    value: float
    after: Mapping[Loss, float]
    proven: bool
    first: Mapping[str, tuple[float, float]]


@dataclass(frozen=True, eq=False)
class Losses:
    """All of it. since: the period from which on a fund is lost; value: of the best plan; losses: the worst first; hostages:
    fund -> initiatives that the plan pays from it alone; names: dimension -> key -> what funds and initiatives are called;
    unfound: why there is no surviving plan though it was looked for, as a sentence."""

    objective: str
    unit: str
    currency: str
    since: str
    value: float
    losses: tuple[Lost, ...]
    hostages: Mapping[str, tuple[str, ...]]
    names: Mapping[str, Mapping[str, str]]
    surviving: Surviving | None
    unfound: str = ""

    def called(self, funds: Loss) -> str:
        """The funds by their names."""
        return listed([self.names["fund"][f] for f in funds])

    def sentence(self) -> str:
        """`Losing the Community Violence Grant would cost most, 58 of 788 points; a plan that survives any loss costs 4 points.`"""
        if not self.losses:
            return f"No fund pays anything from {self.since} on: nothing can be lost."
        worst = self.losses[0]
        cost = self._worth.gap(self.value, self.value - worst.costs, bare=True)
        whole = self._worth.said(self.value)
        said = f"Losing {self.called(worst.funds)} would cost most, {cost} of {whole}"
        if not cost or self._given_up(worst):
            said = f"Losing a fund would cost nothing of {whole}"
        if self.surviving is None:
            return f"{said}."
        if self.saved <= SAME * max(1.0, abs(self.value)):
            return f"{said}; no other beginning would leave more after it."
        costs = self._worth.gap(self.surviving.value, self.value) or "nothing"
        return f"{said}; a plan that survives any loss costs {costs}."

    @property
    def _worth(self) -> impact.ObjectiveWords:
        return impact.ObjectiveWords(self.objective, self.unit, self.currency)

    @property
    def _sense(self) -> float:
        """1 where more of the objective is better, -1 where less is."""
        return 1.0 if self.objective in ("impact", "fairness") else -1.0

    def _worst(self, values: Iterable[float]) -> float:
        return min(values, key=lambda v: self._sense * v, default=self.value)

    def _given_up(self, one: Lost) -> bool:
        """Whether the plan after it is better in the first objective: it does not give up of it for later ones."""
        return one.costs < -SAME * max(1.0, abs(self.value))

    @property
    def saved(self) -> float:
        """How much more the surviving plan leaves after its worst loss than the best plan after its own."""
        if self.surviving is None or not self.losses:
            return 0.0
        return self._sense * (
            self._worst(self.surviving.after.values()) - self._worst(one.value for one in self.losses)
        )

    def lines(self, one: Lost) -> list[str]:
        """The page of one loss."""
        money = money_exact(round(one.to_come), self.currency)
        cost = self._worth.lost(self.value, one.costs)
        if self._given_up(one):
            cost = f"no loss of {self.objective}: the best plan gives up more of it for what comes after it"
        mine, funds = self.names["initiative"], self.names["fund"]
        named = [mine[i] for i in one.stops]
        less = [mine[i] for i in one.less]
        bridges = [f"{money_short(round(v), self.currency)} from {funds[f]}" for f, v in one.bridges.items()]
        whole = f"{money_short(one.bridged, self.currency)}: " if len(bridges) > 1 else ""
        home = [f"{k} {number(round(v, 1))}" for k, v in one.home_of.items() if round(v, 1)]
        made = [
            f"{self.called(one.funds)}: {money} to come from {self.since} on; {cost}",
            f"  Stops: {listed(named) or 'nothing'}",
            f"  Gets less: {listed(less, most=4) or 'nothing'}",
            f"  Sent home: {fte(round(one.home, 1)) if one.home > HALF_A_CENT else 'nobody'}"
            + (f" ({listed(home, most=4)})" if one.home > HALF_A_CENT and home else ""),
            f"  Bridged: {whole + listed(bridges, most=3) if bridges else 'nothing'}",
        ]
        if one.missed:
            made.append(f"  {counted(len(one.missed), 'limit')} cannot be kept: {listed(one.missed, most=4)}")
        held = [mine[i] for f in one.funds for i in self.hostages.get(f, ())]
        if held:
            made.append(f"  Hang on it alone: {listed(held, most=6)}")
        return made

    def of_surviving(self) -> list[str]:
        """What the surviving plan is worth and does otherwise."""
        if self.surviving is None:
            return [self.unfound] if self.unfound else []
        s, worst = self.surviving, self._worst(one.value for one in self.losses)
        left = self._worst(s.after.values())
        share = percent(round(self._sense * (self.value - s.value) / max(abs(self.value), LEAST_SIZE), 4))
        cost = self._worth.gap(s.value, self.value)
        costs = f"{cost} ({share})" if cost else "nothing"
        alike = self.saved <= SAME * max(1.0, abs(self.value))
        as_good = ", as with the best plan," if alike else ""
        rest = "" if alike else f"; with the best plan the worst leaves {self._worth.said(worst)}"
        made = [
            f"The plan that survives any one costs {costs}. With it{as_good} no loss leaves less than "
            f"{self._worth.said(left)}{rest}. Until {self.since} it does the same whatever is lost."
        ]
        moved = sorted(s.first.items(), key=lambda p: -abs(p[1][1] - p[1][0]))
        for fund, (best, mine) in [m for m in moved if abs(m[1][1] - m[1][0]) >= 2 * MONEY][:3]:
            a, b = money_short(round(mine), self.currency), money_short(round(best), self.currency)
            made.append(f"  It spends {a} of {self.names['fund'][fund]} before {self.since}, instead of {b}.")
        if not s.proven:
            made.append("  That none is better was not proven within the time limit.")
        return made

    def json(self) -> dict[str, Any]:
        """As plain data."""
        s = self.surviving
        return {
            "objective": self.objective, "since": self.since, "value": self.value, "sentence": self.sentence(),
            "losses": [one.json() for one in self.losses], "hostages": {k: list(v) for k, v in self.hostages.items()},
            "surviving": None if s is None else {
                "value": s.value, "after": {" + ".join(k): v for k, v in s.after.items()}, "proven": s.proven,
                "first": {k: list(v) for k, v in s.first.items()},
            },
        }  # fmt: skip


def losses(
    case: Case,
    since: str | None = None,
    *,
    at_once: int = 1,
    survive: bool = True,
    progress: Callable[[str], None] | None = None,
    stop: Stop | None = None,
) -> Losses:
    """The loss of each fund (of each `at_once` together) from a period on, and the plan that survives any.

    since: that period (by default the one after the first half; of one period alone, that). Raises ValueError for an
    unknown period, NothingToLose where the case has no plan; SolverError where a limit ended a solve.
    """
    say = progress or (lambda _line: None)
    facts = case.facts
    start = _period(facts, since)
    say("The best plan")
    best = run(case, stop=stop)
    if settled_plan(best.solution) is None:
        raise NothingToLose("the case has no plan, so there is nothing to lose")
    study = _Study(best.program, best.solution, start, SolveLimits.of(case.settings), stop)
    funds = [f for f in range(facts.size("fund")) if study.to_come(f) > MONEY]
    lost, found = [], {}
    chosen = list(combinations(funds, at_once))
    for n, group in enumerate(chosen, 1):
        names = tuple(facts.names["fund"][f] for f in group)
        say(f"Loss {n} of {len(chosen)}: {listed(names)}")
        found[names] = study.after(group, study.x)
        lost.append(study.told(group, found[names]))
    lost.sort(key=lambda one: (-one.costs, one.funds))
    surviving, unfound = None, ""
    if survive and chosen and start > 0:
        say("The plan that survives any of these losses")
        after = {k: found[tuple(facts.names["fund"][f] for f in k)] for k in chosen}
        try:
            surviving = study.surviving(after)
        except SolverError as error:  # what each loss does is known all the same
            if study.stop is not None and study.stop.stopped:
                raise
            unfound = f"{capital(str(error))}."
    stage = best.program.model.stages[0]
    titles = {d: {key: facts.called(d, k) for k, key in enumerate(facts.names[d])} for d in ("fund", "initiative")}
    return Losses(
        stage.name, impact.unit(case), case.settings.currency, facts.names["period"][start], study.value, tuple(lost),
        study.hostages(), titles, surviving, unfound,
    )  # fmt: skip


class NothingToLose(ValueError):
    """The case has no plan."""


def _period(facts: Facts, since: str | None) -> int:
    names = facts.names["period"]
    if since is None:
        return len(names) // 2
    place = next((k for k, n in enumerate(names) if n.casefold() == since.casefold()), -1)
    if place < 0:
        raise ValueError(f"no period is called {since}: there are {listed(names, 'and', 12)}")
    return place


@dataclass(frozen=True, eq=False)
class _After:
    """After a loss: the model with what nothing can keep loosened, its best x in the case's own columns, its value, and
    the rows that are missed, each with whether it is its lower limit."""

    model: Model
    x: Array
    value: float
    missed: tuple[tuple[int, bool], ...]


class _Study:
    """One case, its best plan, and the period from which on funds are lost."""

    def __init__(
        self, program: Program, solution: Solution, start: int, limits: SolveLimits, stop: Stop | None
    ) -> None:
        assert solution.x is not None
        case, model = program.case, program.model
        self.case, self.facts, self.start, self.limits, self.stop = case, case.facts, start, limits, stop
        self.model = model.alone()
        self.rules = program.rules
        self.x, self.sign = solution.x, model.stages[0].sign
        self.cost = model.stages[0].cost
        self.value = self.sign * float(self.cost @ self.x) + 0.0
        self.shared = np.zeros(len(model.column_lower), bool)
        for family in model.columns.families.values():
            if "period" in family.keys:
                self.shared[family.span] = family.keys["period"] < start

    def to_come(self, fund: int) -> float:
        """Money that the best plan spends of a fund from the period on."""
        return float(self.x[self._paid(fund)].sum())

    def _paid(self, fund: int) -> Array:
        spend = self.model.columns["spend"]
        mine = (spend.keys["fund"] == fund) & (spend.keys["period"] >= self.start)
        return spend.first + np.flatnonzero(mine)

    def without(self, funds: Sequence[int]) -> Model:
        """The model in which they pay nothing from the period on; what they must spend at least falls away with them."""
        upper, low = self.model.column_upper.copy(), self.model.row_lower.copy()
        for f in funds:
            upper[self._paid(f)] = 0.0
        family = self.model.rows["min spend"]
        low[family.first + np.flatnonzero(np.isin(family.keys["fund"], funds))] = -np.inf
        return replace(self.model, column_upper=upper, row_lower=low)

    def after(self, funds: Sequence[int], x: Array) -> _After:
        """The best that can be done after a loss, when the first periods are those of x."""
        return self._best_of(self.without(funds), x)

    def _best_of(self, lost: Model, x: Array) -> _After:
        left = a_hair_wider(settled(lost, self.shared, x))
        solution = solve(left, self.limits, stop=self.stop)
        missed: tuple[tuple[int, bool], ...] = ()
        if solution.status == "infeasible":
            found = loosest(left, self.limits)
            missed = tuple(
                (self._whole_row(left, row), bool(found.model.row_lower[row] < left.row_lower[row]))
                for row in found.rows
            )
            solution = solve(found.model, self.limits, stop=self.stop)
            # By as much as in what is left, the limits of the whole are loosened.
            low, high = lost.row_lower.copy(), lost.row_upper.copy()
            for (row, _), mine in zip(missed, found.rows, strict=True):
                low[row] += (
                    min(0.0, found.model.row_lower[mine] - left.row_lower[mine]) if np.isfinite(low[row]) else 0.0
                )
                high[row] += (
                    max(0.0, found.model.row_upper[mine] - left.row_upper[mine]) if np.isfinite(high[row]) else 0.0
                )
            lost = replace(lost, row_lower=low, row_upper=high)
        if solution.x is None:
            raise SolverError("what can be done after a loss was not found within the limits")
        whole = x.copy()
        whole[~self.shared] = solution.x[:-1]
        return _After(a_hair_wider(lost), whole, self.sign * float(self.cost @ whole) + 0.0, missed)

    def _whole_row(self, left: Model, row: int) -> int:
        """The row of the whole model for a row of what is left of it."""
        name, codes = left.rows.at(row)
        return int(self.model.rows[name].where(**codes)[0])

    # -- what a loss does -------------------------------------------------------------------------------------------------

    def told(self, funds: Sequence[int], after: _After) -> Lost:
        """A loss in the terms of people."""
        f = self.facts
        level = self.model.columns["level"]
        late = level.keys["period"] >= self.start
        size = f.size("initiative")
        was, now = (np.bincount(level.keys["initiative"][late], x[level.span][late], size) for x in (self.x, after.x))
        stops = [k for k in range(size) if was[k] > LITTLE >= now[k]]
        less = [k for k in range(size) if now[k] > LITTLE and was[k] - now[k] > max(LITTLE, 0.01 * was[k])]
        less.sort(key=lambda k: (now[k] - was[k], k))
        home: dict[str, float] = {}
        periods = f.size("period") - self.start
        for name in ("post", "hire"):
            family = self.model.columns[name]
            late = family.keys["period"] >= self.start
            for role in range(f.size("role")):
                mine = late & (family.keys["role"] == role)
                change = float((self.x[family.span][mine] - after.x[family.span][mine]).sum()) / max(periods, 1)
                home[f.names["role"][role]] = home.get(f.names["role"][role], 0.0) + change
        home = {k: v for k, v in sorted(home.items(), key=lambda p: -p[1]) if v > HALF_A_CENT}
        bridges = self._bridges(funds, after.x)
        return Lost(
            tuple(f.names["fund"][k] for k in funds), sum(self.to_come(k) for k in funds), after.value,
(self.value - after.value) * (1.0 if self.model.stages[0].name in ("impact", "fairness") else -1.0),
            tuple(f.names["initiative"][k] for k in stops), tuple(f.names["initiative"][k] for k in less),
            sum(home.values()), home, sum(bridges.values()), bridges, self._missed(after.missed),
        )  # fmt: skip

    def _bridges(self, funds: Sequence[int], x: Array) -> dict[str, float]:
        """What other funds pay more from the period on for what these paid, at most what these paid."""
        f, spend = self.facts, self.model.columns["spend"]
        late = spend.keys["period"] >= self.start
        shape = f.size("fund"), f.size("initiative")
        change, paid = np.zeros(shape), np.zeros(shape)
        at = spend.keys["fund"][late], spend.keys["initiative"][late]
        np.add.at(paid, at, self.x[spend.span][late])
        np.add.at(change, at, x[spend.span][late])
        change -= paid
        gone = paid[list(funds)].sum(axis=0)
        more = np.maximum(np.delete(change, list(funds), axis=0), 0.0)
        part = np.minimum(1.0, np.divide(gone, more.sum(axis=0), out=np.zeros(shape[1]), where=more.sum(axis=0) > 0))
        others = [k for k in range(shape[0]) if k not in funds]
        sums = (more * part).sum(axis=1)
        least = max(MONEY, SAME * float(gone.sum()))
        made = {f.names["fund"][k]: float(v) for k, v in zip(others, sums, strict=True) if v > least}
        return dict(sorted(made.items(), key=lambda p: -p[1]))

    def _missed(self, rows: Sequence[tuple[int, bool]]) -> tuple[str, ...]:
        told = (promised(self.facts, self.rules, *self.model.rows.at(row), floor) for row, floor in rows)
        return tuple(dict.fromkeys(told))

    def hostages(self) -> dict[str, tuple[str, ...]]:
        """Fund -> initiatives that the best plan pays from it alone."""
        f, spend = self.facts, self.model.columns["spend"]
        paid = np.zeros((f.size("fund"), f.size("initiative")))
        np.add.at(paid, (spend.keys["fund"], spend.keys["initiative"]), self.x[spend.span])
        alone = (paid > MONEY).sum(axis=0) == 1
        return {
            f.names["fund"][k]: tuple(f.names["initiative"][i] for i in np.flatnonzero(alone & (paid[k] > MONEY)))
            for k in range(f.size("fund"))
            if (alone & (paid[k] > MONEY)).any()
        }

    # -- the plan that survives ------------------------------------------------------------------------------------------

    def surviving(self, after: Mapping[tuple[int, ...], _After]) -> Surviving:
        """after: what is best after each loss where the first periods are those of the best plan, which can therefore begin."""
        lost = {funds: one.model for funds, one in after.items()}
        fresh = len(self.cost) - int(self.shared.sum())
        if len(self.cost) + fresh * len(lost) > MOST_COLUMNS:
            raise SolverError(
                "The plan that survives any one was not looked for: this case has too many losses for that"
            )
        extension = Extension(self.model)
        places = [branched(extension, model, self.shared, f"loss {k}") for k, model in enumerate(lost.values())]
        used = np.flatnonzero(self.cost)
        reach = float(
            np.abs(self.cost[used])
            @ np.maximum(np.abs(self.model.column_lower[used]), np.abs(self.model.column_upper[used]))
        )
        worst = extension.columns("worst", 1, reach, -reach, scale=max(abs(self.value), LEAST_SIZE))
        row = np.repeat(np.arange(len(places)), len(used))
        at = np.concatenate([place[used] for place in places])
        extension.rows(
            "worst", len(places), -np.inf, 0.0, (row, at, np.tile(self.cost[used], len(places))),
            (np.arange(len(places)), np.repeat(worst, len(places)), -1.0),
        )  # fmt: skip
        first = StageCost("worst loss", extension.cost((worst, 1.0)))
        second = StageCost(self.model.stages[0].name, extension.cost((used, self.cost[used])), self.sign)
        model = extension.made([first, second])
        begun = np.concatenate([self.x, *(one.x[~self.shared] for one in after.values()), np.zeros(1)])
        solution = solved(model, begun, self.limits, self.stop)
        if solution.x is None:
            limit = f"the time limit of {number(self.limits.time_limit)} s"
            raise SolverError(
                f"The plan that survives any one was not found within {limit} (time_limit on the sheet Case)"
            )
        proven = solution.status in ("optimal", "within_gap")
        if len(solution.stages) < 2 or solution.stages[1].bound is None:
            solution = self._without_a_loss(model, solution)
        assert solution.x is not None
        x = solution.x[: len(self.cost)]
        left = {
            tuple(self.facts.names["fund"][f] for f in funds): self._best_of(gone, x).value
            for funds, gone in lost.items()
        }
        plan = answer(Program(self.case, self.rules, model), solution, {"solve": solution.seconds}, versions(), "highs")
        value = self.sign * float(self.cost @ x) + 0.0
        return Surviving(plan, value, left, proven, self._first(x))

    def _without_a_loss(self, model: Model, solution: Solution) -> Solution:
        """What was stopped before its second objective has its first periods, and anything after them where nothing is lost: there
        the best is done."""
        assert solution.x is not None
        x = solution.x.copy()
        found = solve(settled(self.model, self.shared, x[: len(self.cost)]), self.limits, stop=self.stop)
        if found.x is None:
            return solution
        x[np.flatnonzero(~self.shared)] = found.x[:-1]
        return replace(solution, x=x, stages=(*solution.stages[:1], judged(model, 1, x, None, None)))

    def _first(self, x: Array) -> dict[str, tuple[float, float]]:
        """Money of each fund in the first periods: in the best plan, and in x."""
        spend = self.model.columns["spend"]
        early = spend.keys["period"] < self.start
        sums = [
            np.bincount(spend.keys["fund"][early], y[spend.span][early], self.facts.size("fund")) for y in (self.x, x)
        ]
        return {name: (float(a), float(b)) for name, a, b in zip(self.facts.names["fund"], *sums, strict=True)}
