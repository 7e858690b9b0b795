"""Plans that are good whatever the draw: best on average, or best in the worst tenth (`budget` has a third kind).

Each is one linear program (with switches where the case has them) on top of the ordinary model: the plan keeps every
hard rule of the case as it stands. On average and in the worst tenth, each draw has its own copy of the plan, cut as
`uncertainty.fare` cuts it:

    average     most  Σ value[d] / N                                   value[d]: impact of the plan, cut to draw d
    worst       most  η − Σ max(0, η − value[d]) / (share × N)         Rockafellar and Uryasev 2000
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimiser.analysis.asking.repeat import Repeat
from optimiser.analysis.uncertain.draws import Draws, impact_only
from optimiser.analysis.uncertain.uncertainty import WORST, held_model, without_floors, worst_average
from optimiser.case.case import Case
from optimiser.case.checking.default_rows import fund_amounts
from optimiser.case.readable import percent, written
from optimiser.case.table import Array
from optimiser.case.tolerances import AS_GOOD, LEAST_FLOAT, LEAST_SIZE, OPTIMAL_GAP, SWITCH
from optimiser.model.extend import Extension
from optimiser.model.matrix import Model, StageCost
from optimiser.model.program import Program
from optimiser.model.rules import compile_rules
from optimiser.plan.answer import answer
from optimiser.plan.lines import KEYS
from optimiser.plan.tables import Plan
from optimiser.solvers.highs import solve
from optimiser.solvers.linear import COPIES, corner
from optimiser.solvers.solution import Solution, SolveLimits, Status, Stop
from optimiser.verbs import versions

MOST_COLUMNS = 100_000
"""The largest program that is built for all draws together."""


@dataclass(frozen=True, eq=False)
class Robust:
    """A plan for uncertain numbers. kind: average, worst or budget; value: what it is best at, in impact (None: no
    plan); bound: no plan can be better; reserve: fund -> money that it keeps for deviations; notes: what it does not
    protect against, in sentences."""

    kind: str
    plan: Plan
    value: float | None
    bound: float | None
    reserve: Mapping[str, float]
    notes: tuple[str, ...] = ()


def average_plan(draws: Draws, *, time_limit: float | None = None, stop: Stop | None = None) -> Robust:
    """The plan with the most impact on average over the draws. Raises ValueError where they make too large a program."""
    extension, values, copies = _two_stages(draws)
    stage = StageCost("average impact", _mean(extension, values), -1.0)
    return robust("average", draws.case, extension.made([stage]), time_limit, stop, copies=copies)


def worst_plan(
    draws: Draws, share: float = WORST, *, time_limit: float | None = None, stop: Stop | None = None
) -> Robust:
    """The plan with the most impact in the worst share of the draws (CVaR); of several such, the best on average of the
    draws that decide it.

    Raises ValueError for a share that is not above 0 and at most 1, or where the draws make too large a program.
    """
    if not 0 < share <= 1:
        raise ValueError("the share of the worst draws lies above 0 and is at most 1")
    # The worst draws of a plan that is good in some of them: those are added until the plan is good in its own worst.
    count, base = len(draws), _base(draws)
    size = max(1, math.ceil(share * count))
    limits = SolveLimits.of(draws.case.settings, time_limit)
    first = solve(replace(base, ties=()), limits, stop=stop)
    if first.x is None:
        return robust("worst", draws.case, base, time_limit, stop)
    outcome = _Outcomes(draws, base)
    chosen = sorted(outcome.worst(first.x, size))
    while True:
        model, copies = _worst_model(draws, chosen, share)
        found = _best(draws.case, model, copies, limits, stop)
        if found.x is None or len(chosen) == count:
            break
        values, mine = outcome.of(found.x), found.stages[0].best
        more = sorted({*chosen, *np.argsort(values, kind="stable")[:size].tolist()})
        if more == chosen or worst_average(values, share) >= mine - AS_GOOD * max(abs(mine), LEAST_SIZE):
            break
        chosen = more
    return robust("worst", draws.case, model, time_limit, stop, found=found)


def _worst_model(draws: Draws, chosen: Sequence[int], share: float) -> tuple[Model, list[Copy]]:
    """The program of some draws, none of which weighs more than it does among all."""
    extension, values, copies = _two_stages(draws, chosen)
    low, high = _range(extension, values)
    size = max(abs(low), abs(high), LEAST_SIZE)
    every = np.arange(len(chosen))
    eta = extension.columns("threshold", 1, high, low, scale=size)
    short = extension.columns("shortfall", {"draw": np.array(chosen)}, high - low, scale=size)
    # The costs are minimised, so a draw is worse the more it costs: short ≥ cost of the draw − threshold.
    entries = [(np.full(len(at), k), at, -cost) for k, (at, cost) in enumerate(values)]
    extension.rows(
        "shortfall",
        {"draw": np.array(chosen)},
        0.0,
        np.inf,
        *entries,
        (every, np.repeat(eta, len(chosen)), 1.0),
        (every, short, 1.0),
    )
    cost = extension.cost((eta, 1.0), (short, 1.0 / (share * len(draws))))
    stages = [
        StageCost(f"average of the worst {written(share, share=True)}", cost, -1.0),
        StageCost("average impact", _mean(extension, values), -1.0),
    ]
    return extension.made(stages), copies


class _Outcomes:
    """What a plan, given by the columns of the case's own model, is worth in every draw."""

    def __init__(self, draws: Draws, base: Model) -> None:
        self.draws, self.base = draws, base
        self.place = {name: _places(base, name) for name in KEYS}
        self.cases = [without_floors(draws.case_of(k)) for k in range(len(draws))]

    def of(self, x: Array) -> Array:
        """[N]: the values, in impact."""

        def ceiling(model: Model) -> Array:
            upper = np.full(len(model.column_upper), np.inf)
            for name, place in self.place.items():
                for key, column in _places(model, name).items():
                    upper[column] = max(float(x[place[key]]), 0.0) if key in place else 0.0
            return upper

        asked = Repeat(without_floors(impact_only(self.draws.case)), ceiling)
        values = [asked.value(case) for case in self.cases]
        return np.array([-np.inf if v is None else v for v in values])

    def worst(self, x: Array, count: int) -> list[int]:
        """The draws in which the plan is worth least."""
        return [int(k) for k in np.argsort(self.of(x), kind="stable")[:count]]


def _base(draws: Draws) -> Model:
    """The case's own model, with impact alone."""
    return Program.of(impact_only(draws.case)).model


Values = list[tuple[Array, Array]]
"""For each draw the columns that make its value, and their costs (minimised)."""


@dataclass(frozen=True, eq=False)
class Copy:
    """The plan in one draw. model: of the draw alone; at: where its columns stand in the whole program; held, by: its
    columns that the plan holds, and the plan's own."""

    model: Model
    at: Array
    held: Array
    by: Array

    def switches(self, x: Array, limits: SolveLimits, stop: Stop | None) -> tuple[Array, Array]:
        """The best switches of the draw under a plan x of the whole program: (columns there, values)."""
        upper = self.model.column_upper.copy()
        upper[self.held] = np.minimum(upper[self.held], np.maximum(x[self.by], 0.0))
        mine = np.flatnonzero(self.model.integer)
        found = solve(replace(self.model, column_upper=upper), limits, stop=stop)
        return self.at[mine], np.zeros(len(mine)) if found.x is None else np.round(found.x[mine])


def _two_stages(draws: Draws, chosen: Sequence[int] | None = None) -> tuple[Extension, Values, list[Copy]]:
    """The case's own model, and beside it one copy for each draw (of those chosen) that has at most what the plan has."""
    case, base = impact_only(draws.case), _base(draws)
    extension = Extension(base)
    place = {name: _places(base, name) for name in KEYS}
    own = held_model(case)
    values: Values = []
    copies: list[Copy] = []
    for k in range(len(draws)) if chosen is None else chosen:
        made = draws.case_of(k)
        model = held_model(made)
        cost = model.stages[0].cost
        if _only_costs_differ(model, own):
            at = _own(model, base)
            values.append((at, cost[cost != 0]))
            continue
        if extension.size + len(cost) > MOST_COLUMNS:
            raise ValueError(
                f"{len(draws):,} draws of this case make more than {MOST_COLUMNS:,} columns: take about "
                f"{max(1, MOST_COLUMNS // len(cost)):,} draws."
            )
        copies.append(_copy(extension, model, place, k))
        used = np.flatnonzero(cost)
        values.append((copies[-1].at[used], cost[used]))
    return extension, values, copies


def _copy(extension: Extension, model: Model, place: Mapping[str, Mapping[tuple[int, ...], int]], draw: int) -> Copy:
    """The columns and rows of one draw, held under the plan's."""
    upper, mine, plans = model.column_upper.copy(), list[int](), list[int]()
    for name in KEYS:
        for key, column in _places(model, name).items():
            if key not in place[name]:
                upper[column] = 0.0
            else:
                mine.append(column)
                plans.append(place[name][key])
    at = extension.block(f"draw {draw}", model, upper)
    row = np.arange(len(mine))
    held = (row, at[np.array(mine, int)], 1.0), (row, np.array(plans, np.int32), -1.0)
    extension.rows(f"held {draw}", len(mine), -np.inf, 0.0, *held)
    return Copy(model, at, np.array(mine, int), np.array(plans, int))


def _places(model: Model, name: str) -> dict[tuple[int, ...], int]:
    family = model.columns[name]
    return {key: family.first + n for n, key in enumerate(family.members(KEYS[name]))}


def _only_costs_differ(model: Model, own: Model) -> bool:
    """Whether a draw changes nothing that could cut the plan: it is then worth its own cost, without a copy.

    Not so where something does harm or a soft rule can be broken: less of it could then be better.
    """
    same = model.agrees(own, "row_lower", "row_upper", "column_lower", "column_upper")
    return same and bool((model.stages[0].cost <= 0).all())


def _own(model: Model, base: Model) -> Array:
    """Where the columns with a cost (levels and segments of curves) stand in the case's own model."""
    made = []
    for name in ("level", "achieved"):
        family = model.columns[name]
        used = np.flatnonzero(model.stages[0].cost[family.span])
        made.append(used + base.columns[name].first)
    return np.concatenate(made)


def _mean(extension: Extension, values: Values) -> Array:
    cost = np.zeros(extension.size)
    for at, mine in values:
        np.add.at(cost, at, mine / len(values))
    return cost


def _range(extension: Extension, values: Values) -> tuple[float, float]:
    """The least and the largest cost that a draw can have."""
    upper = extension.upper
    ends = [(float(np.minimum(c, 0) @ upper[at]), float(np.maximum(c, 0) @ upper[at])) for at, c in values]
    return min(low for low, _ in ends), max(high for _, high in ends)


def robust(
    kind: str, case: Case, model: Model, time_limit: float | None, stop: Stop | None,
    reserves: Array | None = None, notes: Sequence[str] = (), copies: Sequence[Copy] = (), found: Solution | None = None,
) -> Robust:  # fmt: skip
    """The plan that a model stands for: the case's own columns and rows first, its first stage the value.

    reserves: the columns that make the rows `rule reserve`, where there are such; notes: said of the plan; found: the
    answer, where it is known.
    """
    case = impact_only(case)
    limits = SolveLimits.of(case.settings, time_limit)
    solution = _best(case, model, copies, limits, stop) if found is None else found
    kept: dict[str, float] = {}
    said = list(notes)
    if reserves is not None and solution.x is not None:
        kept = _kept(case, model, reserves, solution.x)
        case, more = _spending_less(case, kept)
        said += more
    plan = answer(
        Program(case, compile_rules(case.facts), model), solution, {"solve": solution.seconds}, versions(), "highs"
    )
    value = solution.stages[0].best if solution.stages and solution.x is not None else None
    plan = replace(plan, objective=value, notes=(*plan.notes, *said))
    return Robust(kind, plan, value, solution.bound, kept, tuple(said))


def _kept(case: Case, model: Model, reserves: Array, x: Array) -> dict[str, float]:
    """Fund -> the money that it keeps for deviations."""
    made: dict[str, float] = {}
    family = model.rows["rule reserve"]
    for n, fund in enumerate(family.keys["fund"].tolist()):
        row = slice(*model.start[[family.first + n, family.first + n + 1]])
        used = np.isin(model.index[row], reserves)
        made[case.facts.names["fund"][fund]] = round(float(model.value[row][used] @ x[model.index[row][used]]), 2)
    return made


def _spending_less(case: Case, kept: Mapping[str, float]) -> tuple[Case, list[str]]:
    """The case in which a fund need not spend what it keeps, and that this is so, in sentences."""
    funds, said = case.tables["Funds"], []
    least = funds["min_spend"].copy()
    for f, (name, amount) in enumerate(zip(funds["fund"].tolist(), fund_amounts(case.tables).tolist(), strict=True)):
        if least[f] > 0 and amount > 0 and kept.get(name, 0.0) > 0:
            before = least[f]
            least[f] = max(0.0, float(before) - (kept[name] + 0.01) / amount)
            said.append(
                f"{name} must spend at least {written(before, share=True)}: what it keeps in reserve counts as spent, "
                f"so this plan needs {percent(least[f])}."
            )
    return (
        (replace(case, tables={**case.tables, "Funds": funds.replace(min_spend=least)}), said) if said else (case, [])
    )


def _best(case: Case, model: Model, copies: Sequence[Copy], limits: SolveLimits, stop: Stop | None) -> Solution:
    """The answer to a model; of a large one with switches, an answer with a proven gap.

    The switches are first left free, which gives the bound. Where those of the plan come out between 0 and 1, they are
    those of the case's own best plan; each draw then has the best switches for that plan. Only the first stage is
    decided.
    """
    if len(model.column_lower) < COPIES:
        return solve(model, limits, stop=stop)
    if not model.integer.any():
        return solve(model, limits, stop=stop, basis=corner(model, limits, stop))
    free = replace(model, integer=np.zeros(len(model.integer), bool), stages=model.stages[:1], ties=())
    found = solve(free, limits, stop=stop, basis=corner(free, limits, stop))
    if found.x is None or found.bound is None:
        return found
    own = model.columns["funded"].positions
    x, x_own = found.x, found.x[own]
    still = free
    if np.abs(x_own - np.round(x_own)).max(initial=0.0) > SWITCH:
        alone = solve(Program.of(case).model, limits, stop=stop)
        if alone.x is None:
            return solve(model, limits, stop=stop)
        x_own = alone.x[own]
        still = _standing(free, own, x_own)
        middle = solve(still, limits, stop=stop, basis=corner(still, limits, stop))
        if middle.x is None:
            return solve(model, limits, stop=stop)
        x = middle.x
    still = _standing(still, own, x_own)
    for copy in copies:
        still = _standing(still, *copy.switches(x, limits, stop))
    still = replace(still, ties=model.ties)
    fixed = solve(still, limits, stop=stop, basis=corner(still, limits, stop))
    if fixed.x is None:
        return solve(model, limits, stop=stop)
    gap = abs(found.bound - fixed.stages[0].best) / max(abs(fixed.stages[0].best), LEAST_FLOAT)
    stage = replace(fixed.stages[0], bound=found.bound, gap=gap)
    status: Status = "optimal" if gap <= OPTIMAL_GAP else "within_gap" if gap <= limits.gap else "stopped"
    return replace(fixed, status=status, stages=(stage,), bound=found.bound, exact_bound=None, gap=gap)


def _standing(model: Model, at: Array, values: Array) -> Model:
    """The model with these columns at these values, rounded."""
    lower, upper = model.column_lower.copy(), model.column_upper.copy()
    lower[at] = upper[at] = np.round(values)
    return replace(model, column_lower=lower, column_upper=upper)
