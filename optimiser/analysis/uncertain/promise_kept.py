"""An honest promise: what was chosen because it looked best will disappoint, and by how much is to be expected.

Scores and outcomes are estimates. Those that are too high are chosen more often than those that are too low, so the total
of what was chosen is too high on average (the optimizer's curse: Smith and Winkler 2006). Each estimate is therefore drawn
towards what initiatives achieve in general, the more the less sure it is (empirical Bayes):

    yield      impact at full scope for one unit of money, of each initiative, as estimated
    spread     its standard deviation, from the sheet Uncertainty or, where that says nothing, from how far reviewers of a
               score differ (its standard error), or else from the sheet History
    expected   middle + between / (between + spread²) × (yield − middle)

`between` is what yields differ by beyond their spreads (by moments), the middle their mean, weighted by how sure they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np

from optimiser.analysis.uncertain.draws import impact_only
from optimiser.analysis.uncertain.history import CONFIDENCE, history
from optimiser.case import impact
from optimiser.case.case import Case
from optimiser.case.checking.uncertain_rows import Uncertain, uncertain
from optimiser.case.readable import capital, counted, points, points_between, points_gap
from optimiser.case.review_scores import score_errors
from optimiser.case.table import Array
from optimiser.model.program import Program
from optimiser.plan.entries import effects
from optimiser.plan.lines import decode
from optimiser.plan.tables import Plan
from optimiser.solvers.solution import SolverError
from optimiser.solvers.value import Values

FEWEST = 3
"""Initiatives with a yield that it takes to say what initiatives achieve in general."""
LOW, HIGH = 0.1, 0.9
"""Where a check is tried: so much of what an estimate may turn out lies below."""
CHECKS = 3
"""Scores that are named to be checked."""
REVIEWED = "\0reviews"
"""Group of the error of a score that reviewers' differences show."""
_QUANTILES = tuple((k + 0.5) / 50 for k in range(50))


@dataclass(frozen=True)
class CheckedScore:
    """What checking one initiative before the vote can change. spread: relative to its estimate; low, high: impact that a
    plan made after the check has more than this one, where it turns out low or high; worth: their mean."""

    initiative: str
    name: str
    spread: float
    low: float
    high: float

    @property
    def worth(self) -> float:
        """What the check can change, in impact."""
        return (self.low + self.high) / 2


@dataclass(frozen=True, eq=False)
class Promise:
    """promised: impact of the plan as estimated; expected: once errors are allowed for; by_initiative: of each funded one
    both; unsure: initiatives with a spread; checks: those worth most, at most CHECKS, the others worth nothing."""

    unit: str
    promised: float
    expected: float
    by_initiative: Mapping[str, tuple[float, float]]
    unsure: tuple[str, ...]
    checks: tuple[CheckedScore, ...]
    problem: str = ""

    def lines(self) -> list[str]:
        """The findings in sentences."""
        whole = points(self.promised, self.unit)
        if self.problem:
            return [f"Promised: {whole}. {self.problem}"]
        made = [
            f"Promised: {whole}; to be expected: {points(self.expected, self.unit)} "
            f"({points_between(self.promised, self.expected, self.unit)}){self._because()}.",
            f"{counted(len(self.unsure), 'initiative')} of this plan or left out of it {'is' if len(self.unsure) == 1 else 'are'} "
            "estimated with a stated error; the others are taken as they stand.",
        ]
        made += [f"Worth checking before the vote: {c.name}. {self._gain(c)}" for c in self.checks]
        return made if self.checks else [*made, "No check of a single estimate would change the plan."]

    def _because(self) -> str:
        """Why less is to be expected, or more; nothing where the two figures look alike."""
        if not points_gap(self.promised, self.expected, self.unit):
            return ""
        if self.expected < self.promised:
            return ", since what looks best is chosen, and part of that is luck"
        return ", since most of what is unsure is estimated below what initiatives achieve in general"

    def _gain(self, check: CheckedScore) -> str:
        told = [
            f"if it turns out {way}, another plan has {points(round(gain, 1), self.unit)} more"
            for way, gain in (("low", check.low), ("high", check.high))
            if round(gain, 1) > 0
        ]
        said = "; ".join(told)
        return f"{capital(said)}."

    def json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "promised": self.promised, "expected": self.expected, "problem": self.problem,
            "initiatives": {k: {"promised": a, "expected": b} for k, (a, b) in self.by_initiative.items()},
            "unsure": list(self.unsure),
            "checks": [
                {"initiative": c.initiative, "spread": c.spread, "low": c.low, "high": c.high, "worth": c.worth}
                for c in self.checks
            ],
        }  # fmt: skip


def promise(plan: Plan) -> Promise:
    """What a plan promises, what is to be expected of it, and which checks could change it. Raises ValueError without a plan."""
    if not plan.has_plan:
        raise ValueError("there is no plan that could promise anything")
    case, facts = plan.case, plan.case.facts
    unit, names = impact.unit(case), facts.names["initiative"]
    mine = facts.impact(effects(facts, decode(facts, plan.tables)))
    spread = spreads(case)
    unsure = tuple(names[i] for i in np.flatnonzero(spread > 0))
    promised = float(mine.sum())
    if not unsure:
        cure = (
            "How far it may be wrong is not known: say on the sheet Uncertainty how low and high scores or outcomes may "
            "turn out, or fill in History."
        )
        return Promise(unit, promised, promised, {}, (), (), cure)
    factor = shrunk(case, spread)
    known = {names[i]: (float(mine[i]), float(mine[i] * factor[i])) for i in np.flatnonzero(mine != 0)}
    problem = "" if len(_pool(case)) >= FEWEST else "Too few initiatives have a yield to compare."
    return Promise(unit, promised, float(mine @ factor), known, unsure, _checks(case, spread), problem)


def at_full_scope(case: Case) -> Array:
    """[I]: impact of each initiative at full scope, as estimated."""
    facts = case.facts
    if not len(facts.at_full):
        return np.asarray(facts.impact_factor, float)
    return np.bincount(facts.outcome_initiative, facts.outcome_value, facts.size("initiative"))


def spreads(case: Case) -> Array:
    """[I]: standard deviation of each initiative's impact at full scope, relative to it; 0 where nothing is said."""
    facts, size = case.facts, case.facts.size("initiative")
    whole, places = at_full_scope(case), {k: i for i, k in enumerate(facts.names["initiative"])}
    # Numbers that move together add up; the others add up by their squares.
    parts: list[dict[str, float]] = [{} for _ in range(size)]

    def add(key: str, group: str, share: float) -> None:
        i = places[key]
        parts[i][group] = parts[i].get(group, 0.0) + share

    counts = case.settings.score_effect == "proportional" or not len(facts.at_full)
    for n, row in enumerate(uncertain(case.tables)):
        table, relative, group = case.tables[row.sheet], _relative(row), row.moves_with or f"\0{n}"
        for record in row.records:
            if row.sheet == "Initiatives" and row.column == "score" and counts:
                add(str(table["initiative"][record]), group, relative)
            elif row.sheet == "Outcomes" and row.column == "at_full":
                key = str(table["initiative"][record])
                i, outcome = places[key], facts.outcomes.index(str(table["outcome"][record]))
                value = facts.outcome_value[(facts.outcome_initiative == i) & (facts.outcome_of == outcome)].sum()
                if whole[i]:
                    add(key, group, relative * float(value / whole[i]))
    if counts:
        for key, error in score_errors(case.tables).items():
            i = places[key]
            if not parts[i] and facts.score[i] > 0:
                add(key, REVIEWED, error / float(facts.score[i]))
    found = np.array([np.sqrt(sum(v * v for v in mine.values())) for mine in parts])
    return _with_history(case, whole, found)


def _relative(row: Uncertain) -> float:
    """Standard deviation of a row of the sheet, relative to what the case says."""
    values = np.array([row.values(row.quantile(share))[0] for share in _QUANTILES])
    return float(values.std() / abs(row.present[0])) if row.present[0] else 0.0


def _with_history(case: Case, whole: Array, found: Array) -> Array:
    """The same, with the spread of earlier years where the sheet Uncertainty says nothing of an initiative."""
    facts, made, width = case.facts, found.copy(), 2 * NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    if not len(case.tables["History"]):
        return made
    squares = np.zeros(len(found))
    for r in history(case).curves:
        if r.at_full and r.at_full_low is not None and r.at_full_high is not None and r.outcome in facts.outcomes:
            i, outcome = facts.names["initiative"].index(r.initiative), facts.outcomes.index(r.outcome)
            value = facts.outcome_value[(facts.outcome_initiative == i) & (facts.outcome_of == outcome)].sum()
            share = float(value / whole[i]) if whole[i] else 0.0
            squares[i] += ((r.at_full_high - r.at_full_low) / width / r.at_full * share) ** 2
    return np.where(made > 0, made, np.sqrt(squares))


def _pool(case: Case) -> Array:
    """Initiatives that have a yield: a request, and impact at full scope."""
    return np.flatnonzero((case.facts.request > 0) & (at_full_scope(case) > 0))


def shrunk(case: Case, spread: Array) -> Array:
    """[I]: by what each initiative's estimate is multiplied once its error is allowed for; 1 where it is sure.

    spread [I]: relative standard deviations, as `spreads` gives them."""
    factor, pool = np.ones(case.facts.size("initiative")), _pool(case)
    if len(pool) < FEWEST:
        return factor
    gain = at_full_scope(case)[pool] / case.facts.request[pool]
    error = (spread[pool] * gain) ** 2
    between = max(0.0, float(gain.var(ddof=1) - error.mean()))
    if between > 0:
        weight = 1.0 / (between + error)
    else:  # they differ by no more than their errors: what is sure says what the others achieve, else all do alike
        weight = np.where(error == 0, 1.0, 0.0) if (error == 0).any() else 1.0 / error
    middle = float(weight @ gain / weight.sum())
    kept = np.divide(between, between + error, out=np.ones(len(pool)), where=error > 0)
    factor[pool] = (middle + kept * (gain - middle)) / gain
    return factor


def _checks(case: Case, spread: Array) -> tuple[CheckedScore, ...]:
    """What a plan made after each check has more than the best one now, with that estimate low or high and all else as it is."""
    unsure = np.flatnonzero((spread > 0) & (at_full_scope(case) != 0))
    program = Program.of(impact_only(case))
    model, facts = program.model, case.facts
    values = Values(model)
    base = values.best()
    if base is None:
        return ()
    cost, limits = model.stages[0].cost, NormalDist()
    titles = case.called("Initiatives")
    made = []
    for i in unsure.tolist():
        columns = np.concatenate([
            model.columns["level"].where(initiative=i), model.columns["achieved"].where(initiative=i),
        ])  # fmt: skip
        gains = []
        for share in (LOW, HIGH):
            times = max(0.0, 1.0 + float(spread[i]) * limits.inv_cdf(share))
            values.set_costs(columns, cost[columns] * times)
            try:
                found = values.best(start=base.start)
            except SolverError:
                found = None
            as_is = base.value + (times - 1.0) * float(cost[columns] @ base.x[columns])
            gains.append(max(0.0, as_is - found.value) if found is not None else 0.0)
        values.set_costs(columns, cost[columns])
        key = facts.names["initiative"][i]
        made.append(CheckedScore(key, titles[key], float(spread[i]), *gains))
    worth = [c for c in made if round(max(c.low, c.high), 1) > 0]
    worth.sort(key=lambda c: (-c.worth, c.initiative))
    return tuple(worth[:CHECKS])
