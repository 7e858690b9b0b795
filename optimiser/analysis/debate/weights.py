"""Weights without a quarrel: what is funded whichever member's weights count, and what the disagreement is worth.

Each member says alone what matters (`stated.py`); nobody's weights are averaged with another's. A plan is asked for at every
corner of what each leaves open, and at its middle: one loaded program, asked again with another objective. By a plan a
member loses, of their own points, most at a corner: their best is convex in the weights, what a plan gives is linear.

    points of a member      100 × Σ share × outcome / swing − what soft rules that are broken cost
    swing                   the most of the outcome that a plan gives − the least, or 0 if that is less
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from optimiser.analysis.debate.agenda import names_of
from optimiser.analysis.debate.stated import Statement, Weights, middle, open_corners
from optimiser.analysis.limits.cell import ChangeRow, where_of
from optimiser.analysis.reasons.near_best import Standing
from optimiser.analysis.reasons.near_region import Least
from optimiser.case import impact
from optimiser.case.case import Case
from optimiser.case.names import fold
from optimiser.case.settings import parse_objective
from optimiser.case.table import Array
from optimiser.case.tolerances import BARELY, GAP, LEAST, LITTLE, NOTHING
from optimiser.model.extend import Extension
from optimiser.model.matrix import StageCost
from optimiser.model.renew import Renewal
from optimiser.model.rules import compile_rules
from optimiser.plan.entries import effects
from optimiser.plan.lines import decode
from optimiser.plan.tables import Plan
from optimiser.solvers.highs import solve
from optimiser.solvers.solution import SolveLimits, SolverError, Stop
from optimiser.verbs import apply_changes

MOST = 100.0
"""A member's points of a plan that gives the most of everything."""
PROPOSAL, OPTION = "the proposed plan", "the plan with the least greatest loss"
Kind = Literal["outcome", "theme"]


@dataclass(frozen=True)
class Criterion:
    """What is weighed. least, most: what plans give of it, in its own unit (impact without weights, of a theme); weight: its
    share of the weight in the case as it stands."""

    name: str
    least: float
    most: float
    weight: float

    @property
    def swing(self) -> float:
        """From least to most."""
        return self.most - self.least


@dataclass(frozen=True)
class MemberLoss:
    """What a member loses of their own best under a plan, over all that they left open: in their points at least and at
    most, and at most as a share of their best there."""

    least: float
    most: float
    share: float

    @property
    def is_none(self) -> bool:
        """Whether the plan is best for them whatever they mean within their answer, as far as whole money can tell."""
        return self.share <= BARELY


@dataclass(frozen=True, eq=False)
class WeighedPlan:
    """A plan that is compared. whose: a member, PROPOSAL or OPTION; award, level: [I]; amount: [O], what it gives of each
    criterion; broken: points of the case that broken soft rules cost."""

    whose: str
    award: Array
    level: Array
    amount: Array
    broken: float


@dataclass(frozen=True, eq=False)
class MemberView:
    """One member. corners: [C, O] shares; middle: [O]; best: points at the middle; under: whose plan -> what they lose;
    funded: [I] whether the initiative is funded always, sometimes or never at what they left open."""

    name: str
    says: Statement
    corners: Array
    middle: Array
    best: float
    plan: WeighedPlan
    under: Mapping[str, MemberLoss]
    funded: tuple[Standing, ...]

    @property
    def is_settled(self) -> bool:
        """Whether what they left open changes nothing: one plan is best for all of it."""
        return self.under[self.name].is_none

    @property
    def changes_nothing(self) -> bool:
        """Whether the proposed plan is best for all that they may mean."""
        return self.under[PROPOSAL].is_none


@dataclass(frozen=True)
class WeighedInitiative:
    """One initiative over all members: standing at every corner and middle, its least and most award, and what the
    proposed plan gives it."""

    initiative: str
    name: str
    standing: Standing
    award: tuple[float, float]
    proposed: float


@dataclass(frozen=True, eq=False)
class Weighed:
    """All of it. kind: what is weighed; unit: what a theme is measured in ("" of outcomes, which have their own); asked: plans
    that were solved; option: None with one member, or where no member's best is above 0."""

    kind: Kind
    unit: str
    currency: str
    criteria: tuple[Criterion, ...]
    members: tuple[MemberView, ...]
    places: tuple[WeighedInitiative, ...]
    proposal: WeighedPlan
    option: WeighedPlan | None
    asked: int
    is_proven: bool = True

    def of(self, standing: Standing) -> tuple[WeighedInitiative, ...]:
        """The initiatives of a standing."""
        return tuple(p for p in self.places if p.standing == standing)

    def greatest(self, whose: str) -> MemberView:
        """The member who loses the largest share of their best under a plan."""
        return max(self.members, key=lambda m: (m.under[whose].share, m.name))


def weighed_names(case: Case) -> tuple[Kind, tuple[str, ...]]:
    """What can be weighed: outcomes or, with fewer than two of them, themes. Raises ValueError where that is one thing."""
    facts = case.facts
    if len(facts.outcomes) > 1:
        return "outcome", tuple(facts.outcomes)
    themes = {fold(t): t for t in sorted(facts.theme.tolist(), reverse=True) if t}
    if len(themes) < 2:
        raise ValueError(
            "there is nothing to weigh: write two outcomes or more on the sheet Outcomes, or two themes or more on Initiatives"
        )
    return "theme", tuple(themes[k] for k in sorted(themes))


def unit_of(case: Case) -> str:
    """What themes are measured in; "" of outcomes, which have their own units."""
    return impact.unit(case) if weighed_names(case)[0] == "theme" else ""


def weights_rows(case: Case, shares: Sequence[float], criteria: Sequence[Criterion]) -> list[ChangeRow]:
    """Rows of the Scenarios sheet that put a member's weights in place of the case's, on the case's own scale: together the
    outcomes are worth as much as before, so that soft rules keep what they weigh."""
    kind, _ = weighed_names(case)
    scale = _scale(case, criteria)
    return _rows(kind, {c.name: float(s) * scale / (c.swing or 1.0) for c, s in zip(criteria, shares, strict=True)})


def _rows(kind: Kind, weight: Mapping[str, float]) -> list[ChangeRow]:
    return [
        {"sheet": "Priorities", "where": where_of(of=kind, item=n), "column": "weight", "change": f"= {w!r}"}
        for n, w in weight.items()
    ]


def _scale(case: Case, criteria: Sequence[Criterion]) -> float:
    """Points of the case that the most of everything is worth, by its own weights; 1 where that is nothing."""
    kind, _ = weighed_names(case)
    weights = case.facts.weights[kind]
    return sum(weights.get(fold(c.name), 1.0) * c.swing for c in criteria) or 1.0


class Weighing:
    """The program of a case, ready to be asked with any member's weights."""

    def __init__(self, case: Case, *, stop: Stop | None = None) -> None:
        """Raises ValueError where there is nothing to weigh or no plan; SolverError where a limit ended a solve."""
        self.kind, self.names = weighed_names(case)
        self.case = case
        case = replace(case, settings=replace(case.settings, objective=parse_objective("impact")))
        renewal = Renewal(case.facts, compile_rules(case.facts))
        self.model = replace(renewal.model, ties=())
        self._stop = stop
        self._limits = SolveLimits(min(case.settings.gap, GAP), case.settings.time_limit)
        none = dict.fromkeys(self.names, 0.0)
        self._nothing = apply_changes(case, _rows(self.kind, none))
        self._only = [apply_changes(case, _rows(self.kind, {**none, n: 1.0})) for n in self.names]
        self._rest = self._cost(renewal, self._nothing)
        self._one = np.array([self._cost(renewal, c) - self._rest for c in self._only])
        first = solve(replace(self.model, stages=self.model.stages[:1]), self._limits, stop=stop)
        if first.status == "infeasible":
            raise ValueError("no plan keeps every rule, so there is nothing to weigh")
        if first.x is None:
            raise SolverError("no plan was found within the time limit")
        self._least = Least(self.model, self._limits, stop, first.basis)
        self.criteria = self._weighed()
        self._points = _scale(self.case, self.criteria) / MOST

    def _cost(self, renewal: Renewal, case: Case) -> Array:
        """The cost of each column with the weights of this case."""
        made = renewal.of(case.facts, compile_rules(case.facts))
        assert made is not None, "weights change costs alone"
        return made.cost

    def _weighed(self) -> tuple[Criterion, ...]:
        weights = self.case.facts.weights[self.kind]
        most = [self._plan("", self._least.least(cost)[1]).amount[k] for k, cost in enumerate(self._one)]
        least = [
            min(0.0, float(self._plan("", self._least.least(-cost)[1]).amount[k])) if (cost > 0).any() else 0.0
            for k, cost in enumerate(self._one)
        ]
        swing = [max(0.0, float(high)) - low for low, high in zip(least, most, strict=True)]
        worth = [weights.get(fold(n), 1.0) * s for n, s in zip(self.names, swing, strict=True)]
        return tuple(
            Criterion(n, low, low + s, w / (sum(worth) or 1.0))
            for n, low, s, w in zip(self.names, least, swing, worth, strict=True)
        )

    @property
    def swings(self) -> list[float]:
        """Of each criterion."""
        return [c.swing for c in self.criteria]

    def settling(self, corner: Sequence[float]) -> Array:
        """[O]: the weights of a corner, drawn by a ten-thousandth to the case's own: of plans that are equally good there,
        the one that is better by the case is asked for."""
        own = np.array([c.weight for c in self.criteria])
        return (1 - LITTLE) * np.asarray(corner, float) + LITTLE * own

    def cost(self, shares: Array) -> Array:
        """The cost of each column for these shares, in points of 100."""
        unit = np.array([1.0 / (s or 1.0) for s in self.swings])
        return np.asarray(MOST * (shares * unit) @ self._one + self._rest / self._points)

    def best(self, shares: Array, whose: str = "") -> WeighedPlan:
        """The best plan for these shares."""
        return self._plan(whose, self._least.least(self.cost(shares))[1])

    def value(self, shares: Array, plan: WeighedPlan) -> float:
        """What a plan is worth by these shares, in points of 100."""
        unit = np.array([1.0 / (s or 1.0) for s in self.swings])
        return float(MOST * np.sum(shares * unit * plan.amount) - plan.broken / self._points)

    def of_plan(self, plan: Plan, whose: str = PROPOSAL) -> WeighedPlan:
        """A plan that was solved and rounded, to be weighed."""
        facts, awards = self.case.facts, plan.tables["Awards"]
        effect = effects(facts, decode(facts, plan.tables))
        lost = float(np.nansum(plan.tables["Compliance"]["penalty"])) if len(plan.tables["Compliance"]) else 0.0
        rest = float(self._nothing.facts.impact(effect).sum())
        return WeighedPlan(whose, awards["award"], awards["level"], self._amounts(effect), lost - rest)

    def _amounts(self, effect: Array) -> Array:
        rest = float(self._nothing.facts.impact(effect).sum())
        return np.array([float(c.facts.impact(effect).sum()) - rest for c in self._only])

    def _plan(self, whose: str, x: Array | None) -> WeighedPlan:
        assert x is not None
        facts, size = self.case.facts, self.case.facts.size("initiative")
        level, spend = self.model.columns["level"], self.model.columns["spend"]
        at, delivered = level.keys["initiative"], np.maximum(x[level.span], 0.0)
        # Of a criterion without weight the program may leave what it could count: levels tell what a plan gives.
        effect = np.bincount(at, facts.effectiveness[level.keys["pair"]] * delivered, size)
        award = np.bincount(spend.keys["initiative"], np.maximum(x[spend.span], 0.0), size)
        # The rest is less penalties than impact that nobody weighs; its columns are of levels and breaches.
        broken = float(self._rest @ x[: len(self._rest)])
        return WeighedPlan(whose, award, np.bincount(at, delivered, size), self._amounts(effect), broken)

    def least_greatest(self, asked: Sequence[tuple[Array, float]], known: float) -> tuple[WeighedPlan, bool]:
        """The plan whose greatest loss, as a share of the best, is least over these weights and their bests; of several the
        best by the case. And whether that was proven. known: the greatest loss of some plan."""
        made = Extension(self.model)
        most = made.columns("greatest loss", 1, known + 1.0, scale=1.0)
        for n, (shares, best) in enumerate(asked):
            cost = self.cost(shares)
            used = np.flatnonzero(cost)
            row = np.zeros(len(used), int)
            one = (np.zeros(1, int), most, np.array([best]))
            made.rows(f"loss {n}", 1, best, np.inf, (row, used, -cost[used]), one)
        own = self.cost(np.array([c.weight for c in self.criteria]))
        stages = [StageCost("greatest loss", made.cost((most, 1.0))), StageCost("impact", own, -1.0)]
        found = solve(made.made(stages), self._limits, stop=self._stop)
        if found.x is None:
            raise SolverError("the plan with the least greatest loss was not found within the time limit")
        return self._plan(OPTION, found.x), found.status != "stopped"


def weigh(
    case: Case,
    plan: Plan,
    said: Mapping[str, Statement],
    *,
    progress: Callable[[str], None] | None = None,
    stop: Stop | None = None,
) -> Weighed:
    """What members' answers come to. plan: of the case, the proposal; said: member -> answer.

    Raises ValueError for an answer that no weights fit (it begins with the member's name), or where there is nothing to
    weigh; SolverError where a limit ended a solve.
    """
    say = progress or (lambda _line: None)
    say("What plans can give of each outcome")
    weighing = Weighing(case, stop=stop)
    left: dict[str, tuple[Weights, ...]] = {}
    for name, answer in said.items():
        try:
            left[name] = open_corners(answer, weighing.names, weighing.swings)
        except ValueError as problem:
            raise ValueError(f"{name}: {problem}") from None
    solved: dict[Weights, tuple[Array, WeighedPlan]] = {}
    wanted = [w for open_ in left.values() for w in (*open_, middle(open_))]
    for n, weights in enumerate(wanted, 1):
        if weights not in solved:
            say(f"Plan {n} of {len(wanted)}: one corner of what a member left open")
            shares = weighing.settling([float(w) for w in weights])
            solved[weights] = shares, weighing.best(shares)
    mine = {name: replace(solved[middle(open_)][1], whose=name) for name, open_ in left.items()}
    proposal, every = weighing.of_plan(plan), [p for _, p in solved.values()]
    best = {w: max(weighing.value(shares, p) for p in every) for w, (shares, _) in solved.items()}
    option, proven = None, True
    told = [(solved[w][0], best[w]) for open_ in left.values() for w in open_ if best[w] > NOTHING]
    if len(left) > 1 and told:
        say("The plan with the least greatest loss")
        option, proven = weighing.least_greatest(told, _loss(weighing, proposal, told).share)
    compared = {PROPOSAL: proposal, **mine, **({OPTION: option} if option is not None else {})}
    members = []
    for name, open_ in left.items():
        at_corners = [(solved[w][0], best[w]) for w in open_]
        under = {whose: _loss(weighing, p, at_corners) for whose, p in compared.items()}
        levels = np.array([solved[w][1].level for w in (*open_, middle(open_))])
        members.append(
            MemberView(
                name, said[name], np.array([[float(v) for v in w] for w in open_]),
                np.array([float(v) for v in middle(open_)]), best[middle(open_)], mine[name], under, _standing(levels),
            )
        )  # fmt: skip
    places = _places(case, every, proposal)
    return Weighed(
        weighing.kind, unit_of(case), case.settings.currency, weighing.criteria, tuple(members), places, proposal, option,
        len(solved), proven,
    )  # fmt: skip


def _loss(weighing: Weighing, plan: WeighedPlan, at: Sequence[tuple[Array, float]]) -> MemberLoss:
    lost = [max(0.0, best - weighing.value(shares, plan)) for shares, best in at]
    share = [loss / best for loss, (_, best) in zip(lost, at, strict=True) if best > NOTHING]
    return MemberLoss(min(lost), max(lost), max(share, default=0.0))


def _standing(levels: Array) -> tuple[Standing, ...]:
    """[I] from [P, I]."""
    most, least = levels.max(axis=0).tolist(), levels.min(axis=0).tolist()
    return tuple(
        "always" if low > LEAST else "sometimes" if high > LEAST else "never"
        for low, high in zip(least, most, strict=True)
    )


def _places(case: Case, plans: Sequence[WeighedPlan], proposal: WeighedPlan) -> tuple[WeighedInitiative, ...]:
    names = names_of(case)
    award = np.array([p.award for p in plans])
    standing = _standing(np.array([p.level for p in plans]))
    return tuple(
        WeighedInitiative(
            key, names[key], standing[i], (float(award[:, i].min()), float(award[:, i].max())), float(proposal.award[i])
        )
        for i, key in enumerate(case.facts.names["initiative"])
    )
