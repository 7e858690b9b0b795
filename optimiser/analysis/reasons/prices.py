"""Prices with an expiry: what one more unit of each limit is worth, for how many units, found by solving again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimiser.analysis.limits.aspects import AGENCY, FUND, INITIATIVE, RULE, STAFF, Lever, Limit
from optimiser.analysis.limits.curve import Begin, Curves, Step, WorthCurve, movable
from optimiser.analysis.limits.demands import every
from optimiser.analysis.limits.ground import Ground
from optimiser.case.case import Case
from optimiser.case.names import fold
from optimiser.case.table import Array
from optimiser.case.tolerances import NEAR_WHOLE, NOTHING, OPTIMAL_GAP, PAST, SAME
from optimiser.model.matrix import Model
from optimiser.model.program import Program
from optimiser.model.rules import Number
from optimiser.plan.tables import Plan
from optimiser.solvers.ends import ends
from optimiser.solvers.highs import solve
from optimiser.solvers.sift import LEAST_COLUMNS
from optimiser.solvers.solution import SolveLimits, Stop
from optimiser.solvers.value import MOST_SWITCHES

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Price:
    """What more of one limit is worth to the first objective.

    of: `fund`, `staff`, `initiative maximum`, `agency maximum` or `rule`; unit: of the limit. steps: in order;
    `length` is infinite for the last one where it holds as far as was looked. at: where staff would be added (the
    agency that has most of the role). rule, member: of which rule, and for which of `per`; name: as people call it.
    """

    of: str
    item: str
    unit: str
    steps: tuple[Step, ...]
    at: str = ""
    rule: str = ""
    member: str = ""
    name: str = ""

    @property
    def worth(self) -> float:
        """What the next unit is worth."""
        return self.steps[0].worth if self.steps else 0.0

    @property
    def binds(self) -> bool:
        """Whether more of it is worth anything at all."""
        return any(s.worth > 0 or s.lump > 0 for s in self.steps)

    def of_amount(self, start: float, amount: float) -> float:
        """What `amount` more is worth after the first `start`, along the steps."""
        at, worth = 0.0, 0.0
        for step in self.steps:
            end = at + step.length
            if step.lump and (start < at <= start + amount or (at == 0.0 and start == 0.0)):
                worth += step.lump
            worth += step.worth * max(0.0, min(end, start + amount) - max(at, start))
            at = end
        return worth

    @property
    def total(self) -> float:
        """What all steps of known length are worth together."""
        return sum(s.lump + (s.worth * s.length if np.isfinite(s.length) else 0.0) for s in self.steps)


def levers(limits: Sequence[Limit], model: Model) -> list[Lever]:
    """Every fund, role, cap and limit of a rule of which more can be had in a straight line."""
    found = [lever for limit in limits for lever in limit.levers() if movable(model, lever.direction)]
    order = {of: k for k, of in enumerate((FUND, STAFF, INITIATIVE, AGENCY, RULE))}
    return sorted(found, key=lambda lever: (order[lever.of], fold(lever.role)))


def roomy(model: Model, room: Array | float = 1e3) -> Model:
    """The model with column bounds that only repeat a limit which may move, wide enough to move with it."""
    upper = model.column_upper.copy()
    fixed = {"level", "hire", "achieved", "funded", "shortfall"}
    for name, family in model.columns.families.items():
        if name not in fixed:
            upper[family.span] = (upper[family.span] + model.column_scale[family.span]) * room
    return replace(model, column_upper=upper)


def is_large(model: Model) -> bool:
    """Whether a solve takes more than a moment."""
    return len(model.column_lower) >= LEAST_COLUMNS or int(np.count_nonzero(model.integer)) > MOST_SWITCHES


def _begin(model: Model, plan: Plan | None, limits: SolveLimits, stop: Stop) -> Begin | None:
    """Where the first objective of a large model ends: known from the plan, else found the way plans are. A small one is
    solved in a moment, and what is said of it then does not depend on where its plan comes from."""
    if not is_large(model):
        return None
    made, bound = None if plan is None else plan.ends, None
    if made is None or made.first is None:
        solution = solve(model, limits, stop=stop)
        made, bound = ends(solution, model), solution.bound
    elif plan is not None and plan.stages[0].objective == model.stages[0].name:
        bound = plan.stages[0].bound
    if made.first is None or made.switches is None or bound is None:
        return None
    return Begin(made.first, made.switches, model.stages[0].sign * bound)


class Study:
    """One case with its model, its levers and their curves, each solved once and kept."""

    def __init__(self, case: Case, *, stop: Stop | None = None, plan: Plan | None = None) -> None:
        """plan: of the case, where it is known; what is asked then begins where its solve ended."""
        self.case, self.facts = case, case.facts
        program = Program.of(case)
        self.rules, self.model = program.rules, program.model
        self.limits_of_case: list[Limit] = list(every(Ground(case, self.facts, self.rules, self.model)))
        self.levers = levers(self.limits_of_case, self.model)
        self.limits = SolveLimits(gap=OPTIMAL_GAP, time_limit=case.settings.time_limit)
        self.stop = stop or Stop()
        self.level = self.model.columns["level"]
        directions, most = [lever.direction for lever in self.levers], [lever.most for lever in self.levers]
        keep = self.level.positions
        first = replace(roomy(self.model), stages=self.model.stages[:1], ties=())
        self.curves = Curves(
            first, directions, most, self.limits, keep, self.stop, _begin(first, plan, self.limits, self.stop)
        )
        self._known: dict[int, WorthCurve] = {}
        self._look()
        self._gains = self.curves.may_gain() if self.feasible else np.zeros(len(self.levers), bool)

    def _look(self) -> None:
        """Look no farther along funds and roles than until everything that is asked could be given, and a little beyond, so
        that the end is seen and nothing is claimed of what comes after it."""
        if not self.feasible:
            return
        facts, curves = self.facts, self.curves
        level = self.levels(curves.base.x)  # type: ignore[union-attr]
        rest = np.maximum(0.0, 1.0 - level)
        dearest = np.zeros(len(level))
        np.maximum.at(dearest, facts.partner_initiative, facts.cost_factor)
        money = float((facts.request * dearest * rest).sum())
        at_once = (facts.active_periods * np.minimum(facts.pace, rest))[:, None] * facts.need
        for k, lever in enumerate(self.levers):
            if lever.of == FUND:
                curves.most[k] = min(lever.most, max(PAST * money, 0.1 * lever.most))
            elif lever.of == STAFF:
                asked = float(at_once[:, facts.names["role"].index(lever.role)].sum())
                curves.most[k] = min(lever.most, max(PAST * asked, 0.1 * lever.most))

    def levels(self, x: Array) -> Array:
        """[I]: the level of each initiative in a plan, or in the level columns that a curve keeps."""
        kept = x if len(x) == self.level.size else x[self.level.span]
        return np.bincount(self.level.keys["initiative"], kept, self.facts.size("initiative"))

    @property
    def feasible(self) -> bool:
        """Whether the case has a plan."""
        return self.curves.base is not None

    @property
    def binding(self) -> list[int]:
        """Positions of the levers of which more may be worth something."""
        return [int(k) for k in np.flatnonzero(self._gains)]

    def curve(self, k: int) -> WorthCurve:
        """The curve of a lever, with the levels of all initiatives on its way."""
        if k not in self._known:
            nothing = WorthCurve([Step(0.0, float(self.curves.most[k]))])
            self._known[k] = self.curves.curve(k) if self._gains[k] else nothing
        return self._known[k]

    def price(self, k: int) -> Price:
        """The price of a lever."""
        lever = self.levers[k]
        curve = self.curve(k)
        whole = Number(lever.unit).comes_whole
        steps = tidy(by_units(curve.steps) if whole else curve.steps, float(self.curves.most[k]), curve.whole)
        return Price(lever.of, lever.item, lever.unit, steps, lever.agency, lever.rule, lever.member, lever.name)


def prices(
    case: Case | Study, *, wanted: Callable[[Lever], bool] | None = None, progress: Progress | None = None
) -> list[Price]:
    """The price of every fund, role, cap and rule of a case that has a plan, those worth most first.

    The unit of worth is the first objective's, for one unit of money, one FTE in every period, or one unit of the rule.
    """
    study = case if isinstance(case, Study) else Study(case)
    if not study.feasible:
        return []
    made = []
    asked = [k for k, lever in enumerate(study.levers) if wanted is None or wanted(lever)]
    solved = [k for k in asked if k in study.binding]
    for k in asked:
        if progress and k in study.binding:
            progress(f"The price of {study.levers[k].item} ({solved.index(k) + 1} of {len(solved)})")
        made.append(study.price(k))
    return sorted(made, key=lambda p: (-p.total, -p.worth, p.of, p.item))


def by_units(steps: Sequence[Step]) -> list[Step]:
    """Steps of what comes in whole units: what each unit more is worth, whatever lies between two of them."""
    ends = np.cumsum([step.length for step in steps])
    starts = ends - [step.length for step in steps]
    whole = np.arange(1, int(ends[-1] + NEAR_WHOLE) + 1) if len(steps) else np.zeros(0)

    def gained(at: float) -> float:
        reached = [
            (s, min(s.length, at - start)) for s, start in zip(steps, starts, strict=True) if start <= at + NEAR_WHOLE
        ]
        return float(sum(s.lump + s.worth * max(length, 0.0) for s, length in reached))

    return [Step(gained(float(n)) - gained(float(n - 1)), 1.0) for n in whole]


def tidy(steps: list[Step], most: float, whole: bool) -> tuple[Step, ...]:
    """Steps as people read them: equal neighbours as one, none without length, and the last one open where it
    goes on as far as was looked (`whole`)."""
    first = max((abs(s.worth) for s in steps), default=0.0)
    made: list[Step] = []
    for step in steps:
        worth = step.worth if abs(step.worth) > NOTHING * first else 0.0
        step = replace(step, worth=worth + 0.0)
        before = made[-1] if made else None
        if before is not None and not step.lump:
            equal = abs(before.worth - worth) <= SAME * max(abs(before.worth), abs(worth))
            if equal or step.length <= NOTHING * most:
                made[-1] = replace(before, length=before.length + step.length)
                continue
            if before.length <= NOTHING * most and not before.lump:
                made[-1] = replace(step, length=before.length + step.length)
                continue
        made.append(step)
    if made and whole:
        made[-1] = replace(made[-1], length=np.inf)
    return tuple(made) or (Step(0.0, np.inf),)


@dataclass(frozen=True)
class Bottleneck:
    """People and money on one scale. dollar: what the best-priced unit of money is worth, and of which fund ("" where
    more money buys nothing); people: (role, worth of one FTE, the money that is worth as much: None without a price of
    money), those worth most first."""

    dollar: float
    fund: str
    people: tuple[tuple[str, float, float | None], ...]


def bottleneck(listed: list[Price]) -> Bottleneck:
    """What one more person of each role is worth beside one more unit of money, from the next unit of each."""
    funds = [p for p in listed if p.of == FUND and p.worth > 0]
    dollar = max((p.worth for p in funds), default=0.0)
    best = min((p for p in funds if p.worth >= dollar * (1 - SAME)), key=lambda p: fold(p.item), default=None)
    people = sorted(((p.item, p.of_amount(0.0, 1.0)) for p in listed if p.of == STAFF), key=lambda r: (-r[1], r[0]))
    return Bottleneck(
        dollar, best.item if best else "", tuple((r, w, w / dollar if dollar else None) for r, w in people)
    )
