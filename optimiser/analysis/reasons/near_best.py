"""What a committee need not debate: the initiatives that every near-best plan funds, or none; and how else it could be.

Near-best are the plans whose first objective is within a margin of the best. For each initiative the least and the
most of it over all of them are found by solving, with switches too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

import numpy as np

from optimiser.analysis.asking.abreast import abreast
from optimiser.analysis.reasons.near_region import Least, Region
from optimiser.analysis.uncertain.draws import draws
from optimiser.case.case import Case
from optimiser.case.facts import Facts
from optimiser.case.readable import all_of, digits, listed, money_exact, written
from optimiser.case.table import Array
from optimiser.case.tolerances import GAP, LEAST, LEAST_FLOAT, LEAST_SIZE, NOTHING
from optimiser.model.matrix import Model
from optimiser.model.program import Program
from optimiser.solvers.highs import solve
from optimiser.solvers.solution import Basis, Solution, SolveLimits, SolverError, Stop
from optimiser.solvers.value import Values

MARGIN = 0.01
"""How far from the best a plan may be, as a share of it, and still be near-best."""
ABREAST = 2
"""Rows in which draws are solved side by side: as many on every machine, so that the answers are the same."""

Progress = Callable[[str], None]
Standing = Literal["always", "sometimes", "never"]


@dataclass(frozen=True)
class ScoreDoubt:
    """How uncertain a case without rows on its sheet Uncertainty is, for the draws. points: a score may be so much higher
    or lower (where scores count for impact); priority: the weight of an initiative may be off by this share; draws,
    seed: how often it is thrown (the sheet too)."""

    points: float = 10.0
    priority: float = 0.1
    draws: int = 20
    seed: int = 0


@dataclass(frozen=True)
class InitiativeRange:
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
    places: tuple[InitiativeRange, ...]
    alternatives: tuple[Alternative, ...]
    notes: tuple[str, ...] = ()

    def of(self, standing: Standing) -> tuple[InitiativeRange, ...]:
        """The initiatives of a standing."""
        return tuple(p for p in self.places if p.standing == standing)

    def json(self) -> dict[str, Any]:
        """All of it as plain data; money in currency units, levels as shares of full scope."""
        places = {
            p.initiative: {
                "standing": p.standing, "level": list(p.level), "award": list(p.award), "drawn": p.drawn, "sentence": p.sentence,
            }
            for p in self.places
        }  # fmt: skip
        plans = [
            {
                "gives_up": a.gives_up, "share": a.share, "added": list(a.added), "dropped": list(a.dropped),
                "moved": a.moved, "award": dict(zip(places, a.award.tolist(), strict=True)), "sentence": a.sentence,
            }
            for a in self.alternatives
        ]  # fmt: skip
        return {
            "objective": self.objective, "best": self.best, "margin": self.margin, "sentence": self.sentence(),
            "initiatives": places, "plans": plans, "notes": list(self.notes),
        }  # fmt: skip

    def sentence(self) -> str:
        """`Of 36 initiatives 20 are funded in every plan within 1% of the best, 4 in none; 12 are contested.`"""
        always, never, contested = (len(self.of(s)) for s in ("always", "never", "sometimes"))
        every = len(self.places)
        some = all_of(every, "initiative") if always == every else f"Of {every} initiatives {always} {_are(always)}"
        return (
            f"{some} funded in every plan within "
            f"{_percent(self.margin)} of the best{f', {never} in none' * (never > 0)}"
            + (f"; {contested} {_are(contested)} contested." if contested else "; none is contested.")
        )


def near_best(
    case: Case,
    *,
    margin: float = MARGIN,
    wanted: int = 3,
    initiatives: int = 2,
    money_share: float = 0.1,
    doubt: ScoreDoubt | None = ScoreDoubt(),
    solution: Solution | None = None,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> NearBest | None:
    """The core, the swing and the out of a case; None where it has no plan.

    margin: how far from the best, as a share of it; wanted: how many different plans; they differ from each other by
    at least `initiatives` in what is funded, or by `money_share` of all money; doubt: None leaves the draws out;
    solution: the solver's answer to the case, where it is known, so that nothing begins from the start.
    Raises SolverError where a limit ended a solve.
    """
    say = progress or (lambda line: None)
    say("Looking for the best plan")
    model = Program.of(case).model
    alone = len(model.stages) == 1
    model = replace(model, stages=model.stages[:1])
    limits = SolveLimits(gap=min(case.settings.gap, GAP), time_limit=case.settings.time_limit)
    # Ties settled: of equal plans, the one that the case's plan is too.
    known = solution or Solution("stopped")
    if alone and known.x is not None and known.gap is not None and known.gap <= limits.gap:
        best = known
    else:
        best = solve(model, limits, stop=stop, basis=known.basis, last=known.last)
    model = replace(model, ties=())
    if best.status == "infeasible":
        return None
    if best.x is None:
        raise SolverError("the best plan was not found within the time limit")
    region = Region(case.facts, model, best.x, margin, limits, stop, best.basis)
    size = case.facts.size("initiative")
    ranges = []
    for i in range(size):
        if i % 5 == 0:
            say(f"What near-best plans give to initiative {i + 1} of {size}")
        ranges.append(region.range_of(i))
    drawn = None
    written = len(case.tables["Uncertainty"]) > 0
    if doubt is not None and doubt.draws and model.stages[0].name == "impact":
        say(f"The best plan for {doubt.draws} draws of what is uncertain")
        drawn = (_of_sheet if written else _draws)(case, model, doubt, limits, stop, best.basis)
    say("Looking for different plans")
    alternatives = _alternatives(region, wanted, initiatives, money_share)
    places = tuple(_place(case.facts, region, i, *ranges[i], drawn) for i in range(size))
    notes = _notes(case, doubt, drawn)
    return NearBest(model.stages[0].name, region.best, margin, places, tuple(alternatives), notes)


# -- different plans --------------------------------------------------------------------------------------------------


def _alternatives(region: Region, wanted: int, initiatives: int, share: float) -> list[Alternative]:
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


def _apart(region: Region, k: int, other: int, initiatives: int, share: float) -> float:
    """How different two plans are: from 1 on they differ by enough initiatives, or by enough money."""
    differing = np.count_nonzero((region.levels[k] > LEAST) != (region.levels[other] > LEAST))
    return max(differing / max(initiatives, 1), _moved(region.awards[k], region.awards[other]) / max(share, LEAST_SIZE))


def _moved(award: Array, other: Array) -> float:
    """Share of all money that goes to others."""
    return float(np.abs(award - other).sum() / 2 / max(award.sum(), other.sum(), LEAST_SIZE))


def _alternative(region: Region, k: int) -> Alternative:
    f, names = region.facts, region.facts.names["initiative"]
    level, award, lost = region.levels[k], region.awards[k], region.lost(k)
    here, there = level > LEAST, region.levels[0] > LEAST
    added, dropped = np.flatnonzero(here & ~there), np.flatnonzero(there & ~here)
    moved = _moved(award, region.awards[0])
    share = lost / max(abs(region.best), LEAST_FLOAT)
    said = []
    for word, which in (("funds", added), ("does without", dropped)):
        if len(which):
            said.append(f"{word} {listed([f.called('initiative', i) for i in which.tolist()])}")
    change = award - region.awards[0]
    if not said:
        up, down = int(np.argmax(change)), int(np.argmin(change))
        said.append(
            f"gives {money_exact(round(change[up]), f.settings.currency)} more to {f.called('initiative', up)} and "
            f"{money_exact(round(-change[down]), f.settings.currency)} less to {f.called('initiative', down)}"
        )
    price = f"gives up {_percent(share)} of the best" if share > NOTHING else "gives up nothing"
    sentence = f"A plan that {' and '.join(said)} (in all {_percent(moved)} of the money goes elsewhere) {price}."
    return Alternative(
        lost, share, tuple(names[i] for i in added), tuple(names[i] for i in dropped), moved, award, level, sentence
    )


# -- draws ------------------------------------------------------------------------------------------------------------


def _draws(
    case: Case, model: Model, doubt: ScoreDoubt, limits: SolveLimits, stop: Stop | None, basis: Basis | None
) -> Array:
    """[I]: share of the draws in which the best plan funds the initiative.

    Only the impact is drawn: what rules say of scores stays as it is.
    """
    facts, rng = case.facts, np.random.default_rng(doubt.seed)
    least = Least(model, limits, stop, basis)
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
        funded += levels > LEAST
    return funded / doubt.draws


def _of_sheet(
    case: Case, model: Model, doubt: ScoreDoubt, limits: SolveLimits, stop: Stop | None, basis: Basis | None
) -> Array:
    """[I]: the same for draws of what the sheet Uncertainty says, rules included; of those that have a plan.

    Each begins where the case itself ends (basis), so that its answer does not depend on the draws before it.
    """
    thrown = draws(case, doubt.draws, doubt.seed)

    def some(first: int) -> tuple[Array, int]:
        """[I] funded in every other draw from this one, and how many of these have a plan."""
        size, planned = case.facts.size("initiative"), 0
        funded = np.zeros(size)
        for k in range(first, len(thrown), ABREAST):
            new = Program.of(thrown.case_of(k)).model
            found = Values(new, limits, basis=basis, stop=stop).best()
            if found is not None:
                planned += 1
                level = new.columns["level"]
                funded += np.bincount(level.keys["initiative"], found.x[level.span], size) > LEAST
        return funded, planned

    with abreast({str(first): partial(some, first) for first in range(ABREAST)}) as doing:
        parts: list[tuple[Array, int]] = [part.result() for part in doing.values()]
    return sum((funded for funded, _ in parts), np.zeros(case.facts.size("initiative"))) / max(
        sum(planned for _, planned in parts), 1
    )


def _scores_count(case: Case) -> bool:
    """Whether scores enter the impact."""
    return not len(case.facts.at_full) or case.settings.score_effect == "proportional"


# -- words ------------------------------------------------------------------------------------------------------------


def _place(
    facts: Facts, region: Region, i: int, level: tuple[float, float], award: tuple[float, float], drawn: Array | None
) -> InitiativeRange:
    best, paid = float(region.levels[0][i]), float(region.awards[0][i])
    low, high = min(level[0], best), max(level[1], best)
    standing: Standing = "always" if low > LEAST else "never" if high <= LEAST else "sometimes"
    name = facts.called("initiative", i)
    if standing == "never":
        said = f"{name} is funded in no near-best plan"
    elif standing == "always" and low >= 1 - LEAST:
        said = f"{name} is funded in full in every near-best plan"
    elif standing == "always":
        said = f"{name} is funded in every near-best plan, with {_range_words(facts, award, (low, high))}"
    else:
        said = f"{name} is contested: near-best plans give it from nothing to {_most_words(facts, award[1], high)}"
    share = None if drawn is None else float(drawn[i])
    if share is not None and standing == "sometimes":
        how_often = (
            "every draw" if share == 1 else "none of the draws" if share == 0 else f"{_percent(share)} of the draws"
        )
        said += f"; the best plan funds it in {how_often}"
    paid_low, paid_high = min(award[0], paid), max(award[1], paid)
    return InitiativeRange(
        facts.names["initiative"][i], name, standing, (best, low, high), (paid, paid_low, paid_high), share, f"{said}."
    )


def _range_words(facts: Facts, award: tuple[float, float], level: tuple[float, float]) -> str:
    if award[1] <= 0:
        return f"{_percent(level[0])} to {_percent(level[1])} of its scope"
    if round(award[0]) == round(award[1]):
        return money_exact(round(award[0]), facts.settings.currency)
    return f"{money_exact(round(award[0]), facts.settings.currency)} to {money_exact(round(award[1]), facts.settings.currency)}"


def _most_words(facts: Facts, award: float, level: float) -> str:
    return money_exact(round(award), facts.settings.currency) if award > 0 else f"{_percent(level)} of its scope"


def _notes(case: Case, doubt: ScoreDoubt | None, drawn: Array | None) -> tuple[str, ...]:
    if doubt is None:
        return ()
    if drawn is None:
        return ("Nothing uncertain was drawn: the first objective is not impact.",)
    if len(case.tables["Uncertainty"]):
        return (f"What the sheet Uncertainty says was drawn {doubt.draws} times, with the rules as they then are.",)
    if not _scores_count(case):
        return (
            f"Scores do not enter the impact of this case; priorities were drawn within ±{_percent(doubt.priority)}.",
        )
    said = f"Scores were drawn within ±{written(doubt.points)} points, priorities within ±{_percent(doubt.priority)}"
    return (f"{said}; {doubt.draws} draws. Rules keep the scores as they stand.",)


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _percent(share: float) -> str:
    return f"{digits(share * 100, 2)}%" if share < 0.9995 else "100%"
