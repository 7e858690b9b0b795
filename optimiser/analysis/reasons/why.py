"""Why an initiative got what it got, and what would change it: found by solving, each claim tried by making the change."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import islice

from optimiser.analysis.limits.cell import ChangeRow
from optimiser.analysis.reasons.at_once import reason_of, state
from optimiser.analysis.reasons.bends import bend
from optimiser.analysis.reasons.foreseen import sure_award
from optimiser.analysis.reasons.prices import Study, is_large
from optimiser.analysis.reasons.reason import Claim, Reason
from optimiser.analysis.reasons.shut_out import shut_out
from optimiser.analysis.reasons.trial import TrialOutcome, Trials
from optimiser.analysis.reasons.ways import TriedChange, Ways
from optimiser.case import impact
from optimiser.case.grantors import asked, grantors
from optimiser.case.readable import listed, number, percent, points, points_apart
from optimiser.case.table import Array
from optimiser.case.tolerances import FULL, FUNDED, HAIR
from optimiser.model.rules import held_back
from optimiser.solvers.value import Found

MOST_CLAIMS = 3
"""Ways to full funding that are said of one initiative."""
CURES = 2
"""Ways to make full funding possible at all that are said of one initiative."""
NAMED = 3
"""Limits that are named as standing in the way of one initiative."""
RISE = 0.01
"""A change that does not fund in full is said where it adds at least this share of the scope."""


@dataclass(frozen=True, eq=False)
class _Draft:
    """A reason before its changes are tried. look: finds the ways to try; last: to try where none of them holds; request: what
    no plan can do yet, so that what makes it possible is looked for; full: the best plan that funds it in full."""

    initiative: int
    said: str
    limits: tuple[str, ...] = ()
    look: Callable[[], Iterable[TriedChange]] = tuple
    last: tuple[TriedChange, ...] = ()
    request: tuple[ChangeRow, ...] = ()
    brings: float | None = None
    costs: float | None = None
    full: Found | None = None
    known: tuple[Claim, ...] = field(default=())

    @cached_property
    def ways(self) -> tuple[TriedChange, ...]:
        """The ways to try, found when they are first asked for: what is said before does not wait for them."""
        return tuple(self.look())


class Why:
    """The reasons of one plan. awards, levels: of each initiative in the plan that is explained."""

    def __init__(self, study: Study, trials: Trials, awards: Array, levels: Array) -> None:
        self.study, self.trials, self.awards, self.levels = study, trials, awards, levels
        self.facts, self.ways = study.facts, Ways(study, statutes=trials.statutes)
        self._drafts: dict[int, _Draft] = {}
        self._waiting: list[_Draft] = []
        self._made: list[Reason] = []
        self._seen: dict[tuple[int, str], Claim | None] = {}

    def reason(self, i: int, first: Callable[[Reason], None] | None = None) -> Reason:
        """Why one initiative (its position) got what it got. first: hears it before its claims, each of which is tried."""
        if first is not None:
            first(self.first(i))
        return self._finished(self._deep(i))

    def first(self, i: int) -> Reason:
        """What is known of one initiative before its changes are looked for and tried."""
        full = self.levels[i] >= FULL  # until which score is tried itself
        must = ", as it must be" if self.facts.must_fund[i] else ""
        draft = _Draft(i, f"{self._state(i)}{must}.") if full else self._deep(i)
        return self._as_reason(draft, draft.said, ())

    def _deep(self, i: int) -> _Draft:
        if i not in self._drafts:
            self._drafts[i] = self._draft(i, deep=True)
        return self._drafts[i]

    def begin(self, wanted: Iterable[int], told: Callable[[Reason], None] | None = None) -> None:
        """Look for the reasons of several; those whose changes others have tried already are told at once, in order."""
        for i in wanted:
            self._waiting.append(self._draft(i, deep=False))
            for way in self._waiting[-1].ways:
                if self._foreseen(self._waiting[-1], way) is None:
                    self.trials.ask(way.rows)
            if self._waiting[-1].request:
                self.trials.ask_cures(self._waiting[-1].request, CURES)
            self._finish(told, all_of_them=False)

    def reasons(self, told: Callable[[Reason], None] | None = None) -> list[Reason]:
        """The reasons that were begun, in order."""
        self._finish(told, all_of_them=True)
        return self._made

    def _finish(self, told: Callable[[Reason], None] | None, all_of_them: bool) -> None:
        while self._waiting and (all_of_them or self._ready(self._waiting[0])):
            self._made.append(self._finished(self._waiting.pop(0)))
            if told is not None:
                told(self._made[-1])

    def _ready(self, draft: _Draft) -> bool:
        cured = not draft.request or self.trials.cured(draft.request, CURES)
        return cured and all(
            self._foreseen(draft, way) is not None or self.trials.ready(way.rows) for way in draft.ways
        )

    # -- drafts -------------------------------------------------------------------------------------------------------

    def _draft(self, i: int, deep: bool) -> _Draft:
        if self.levels[i] >= FULL:
            return self._in_full(i, deep)
        if self.facts.maximum[i] == 0:
            required, said = self.ways.required(i), f"{self._state(i)}: its maximum is 0."
            return _Draft(i, said, (), partial(self.ways.unlocked, i), (required,), tuple(required.rows))
        forced = self.ways.forced(i)
        return self._impossible(i) if forced is None else self._not_in_full(i, forced, deep)

    def _in_full(self, i: int, deep: bool) -> _Draft:
        """Funded in full: until which score. In a large case that is tried only where it was asked for (deep)."""
        facts, state = self.facts, self._state(i)
        if facts.must_fund[i]:
            return _Draft(i, f"{state}, as it must be.")
        tried = self.ways.stage.name == "impact" and (deep or not is_large(self.study.model))
        found = self.ways.until(i) if tried else None
        if found is None:
            return _Draft(i, f"{state}.")
        factor, _ = found
        score, priority = float(facts.score[i]), float(facts.priority[i])
        least = math.ceil(round(factor * score, 7) * 10) / 10
        if self.ways.by_score and 0.1 < least < score - HAIR:
            ends = (self.ways.scored(i, least), self.ways.scored(i, round(least - 0.1, 1)))
            said = f"{state} until its score falls below {number(least)} ({self.ways.score_now(i)})."
            draft = self._ended(i, said, f"a score of {number(least - 0.1)}", ends)
            if draft is not None:
                return draft
        least = math.ceil(round(factor * priority, 7) * 100) / 100
        if 0.01 < least < priority - HAIR:
            ends = (self.ways.prioritised(i, least), self.ways.prioritised(i, round(least - 0.01, 2)))
            said = f"{state} until its priority falls below {number(least, 2)} (now {number(priority, 2)})."
            draft = self._ended(i, said, f"a priority of {number(least - 0.01, 2)}", ends)
            if draft is not None:
                return draft
        return _Draft(i, f"{state}.")

    def _ended(self, i: int, said: str, words: str, ends: tuple[list[ChangeRow], list[ChangeRow]]) -> _Draft | None:
        """Funded in full until something, tried at either end; None where that does not hold."""
        at, under = (self.trials.outcome(rows) for rows in ends)
        if at is None or under is None or at.levels[i] < FULL or under.levels[i] >= FULL:
            return None
        return _Draft(i, said, known=(self._claim(i, TriedChange("score", ends[1], words), under),))

    def _not_in_full(self, i: int, forced: Found, deep: bool) -> _Draft:
        """Not funded in full, though it could be: what that would cost, what stands in its way, what would change it."""
        base, small = self.ways.base, self.ways.small
        loss = max(0.0, forced.value - base.value)
        levers = self.ways.in_the_way(forced, base) if loss > small else []
        brings = costs = None
        said = f"{self._state(i)}."
        if self.ways.stage.name == "impact":
            columns, cost = self.ways.own(i)
            brings = float(cost @ (base.x[columns] - forced.x[columns]))
            costs = brings + loss
        if loss <= small:
            said += f" {self._as_good()}"
        elif brings is not None and costs is not None:
            unit = impact.unit(self.study.case)
            what = "It" if self.levels[i] <= FUNDED else "The rest"
            gained, lost = points_apart(brings, costs, unit) if brings > small else ("", points(costs, unit))
            gain = f"bring {gained}, but" if brings > small else f"bring nothing{self._worthless(i)}, and"
            if brings < -small:  # an outcome of it is negative
                gain = f"itself take away {points(-brings, unit)}{' and' if costs > small else ''}"
            said += f" {what} would {gain}{f' cost {lost} elsewhere' if brings >= -small or costs > small else ''}."
        limits = tuple(self.ways.against(i, forced)[:NAMED]) or self._limits(i, levers)
        if limits:
            said += f" In its way: {listed(limits)}.{self._held(limits)}"
        bent = bend(self.ways, i) if loss > small else None
        if bent is not None:
            said += f" {bent.words}"

        def look() -> Iterable[TriedChange]:
            if loss > small:
                yield from islice(self.ways.to_full(i, forced, levers), None if deep else MOST_CLAIMS)
                yield from [bent.way] if bent is not None else []

        return _Draft(i, said, limits, look, (self.ways.required(i),), (), brings, costs, forced)

    def _as_good(self) -> str:
        """What is said where the first objective loses nothing by funding it in full."""
        first, *later = dict.fromkeys(stage.name for stage in self.study.model.stages)
        if not later:
            return "Another plan that is as good funds it in full."
        decide = f"{listed(later)} {'decides' if len(later) == 1 else 'decide'}"
        return f"As far as {first} goes it could be funded in full; {decide} here, or its key where all are equal."

    def _impossible(self, i: int) -> _Draft:
        """No plan funds it in full: how far one can go, and what ends it there."""
        level, limits, together = self.ways.limits.ending(i)
        can = (
            f"No plan can give it more than {percent(level)} of its scope" if level > FUNDED else "No plan can fund it"
        )
        missing = "" if limits or level > FUNDED else shut_out(self.facts, self.study.model, i)
        named = limits if len(limits) <= NAMED + 1 else [*limits[:NAMED], f"{len(limits) - NAMED} more limits"]
        joint = " together" if together and len(limits) > 1 else ""
        why = f", because of {listed(named)}{joint}." if limits else f": {missing}." if missing else "."
        request = tuple(self.ways.required(i).rows)
        bent = bend(self.ways, i)
        said = f"{self._state(i)}. {can}{why}{self._held(limits)}"
        return _Draft(i, f"{said} {bent.words}" if bent is not None else said, tuple(limits), request=request)

    def _worthless(self, i: int) -> str:
        """Why an initiative counts for nothing, where that is because it stands on no row of Outcomes."""
        facts = self.facts
        without = len(facts.at_full) and not (facts.outcome_initiative == i).any()
        return ", as it has no row in Outcomes" if without else ""

    def _held(self, limits: Sequence[str]) -> str:
        """What a formula holds back, where it is one of the limits."""
        found = [held_back(self.facts, rule) for rule in self.ways.limits.rules_among(limits)]
        return "".join(f" {held.sentence}" for held in found if held is not None)

    def _limits(self, i: int, levers: list[int]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.ways.name(k, i) for k in levers))[:NAMED]

    # -- claims -------------------------------------------------------------------------------------------------------

    def _finished(self, draft: _Draft) -> Reason:
        i = draft.initiative
        claims = draft.known or self._tried(draft, draft.ways) or self._tried(draft, draft.last)
        joint = "with"
        if not claims and draft.request:
            claims, joint = self._cured(i, draft.request), "if"
        said = draft.said if draft.known else draft.said + self._changes(claims, joint)
        return self._as_reason(draft, said, claims)

    def _as_reason(self, draft: _Draft, said: str, claims: tuple[Claim, ...]) -> Reason:
        i = draft.initiative
        plain = reason_of(self.facts, i, float(self.awards[i]), float(self.levels[i]), said)
        return replace(plain, limits=draft.limits, would_change=claims, brings=draft.brings, costs=draft.costs)

    def _tried(self, draft: _Draft, ways: Sequence[TriedChange]) -> tuple[Claim, ...]:
        """The claims that hold after making the change and solving: those that fund in full, else those that give more."""
        i = draft.initiative
        full: dict[str, Claim] = {}
        part: dict[str, Claim] = {}
        for first in ways:
            known = self._foreseen(draft, first)
            if known is not None:
                full[first.kind] = known
            way: TriedChange | None = first
            while way is not None and way.rows and first.kind not in full:
                after = self.trials.outcome(way.rows)
                if after is not None and after.levels[i] >= FULL:
                    full[first.kind] = self._claim(i, way, after)
                elif after is not None and after.levels[i] >= self.levels[i] + RISE:
                    part.setdefault(first.kind, self._claim(i, way, after))
                way = way.further
        return tuple(full.values()) or tuple(part.values())[:MOST_CLAIMS]

    def _foreseen(self, draft: _Draft, way: TriedChange) -> Claim | None:
        """What a change leads to, where a large case need not be solved again to see that it funds in full."""
        if draft.full is None or not is_large(self.study.model):
            return None
        key = draft.initiative, way.words
        if key not in self._seen:
            award = sure_award(self.ways, draft.initiative, way.rows, draft.full)
            self._seen[key] = None if award is None else self._claimed(way, award, 1.0)
        return self._seen[key]

    def _cured(self, i: int, request: Sequence[ChangeRow]) -> tuple[Claim, ...]:
        """The changes that make full funding possible, and then lead to it."""
        made: dict[str, Claim] = {}
        for rows, words, after in self.trials.cures(request, CURES):
            cure = str([row for row in rows if row not in request])
            if after.levels[i] >= FULL and cure not in made:
                granted = grantors(self.facts.tables, rows)
                made[cure] = Claim(tuple(rows), float(after.awards[i]), float(after.levels[i]), words, granted)
        return tuple(made.values())[:CURES]

    def _claim(self, i: int, way: TriedChange, after: TrialOutcome) -> Claim:
        return self._claimed(way, float(after.awards[i]), float(after.levels[i]))

    def _claimed(self, way: TriedChange, award: float, level: float) -> Claim:
        return Claim(tuple(way.rows), award, level, way.words, grantors(self.facts.tables, way.rows))

    # -- words --------------------------------------------------------------------------------------------------------

    def _state(self, i: int) -> str:
        hire = self.study.model.columns["hire"]
        hired = bool(self.ways.base.x[hire.span][hire.keys["initiative"] == i].sum() > 0)
        return state(self.facts, i, float(self.awards[i]), float(self.levels[i]), hired)

    def _changes(self, claims: tuple[Claim, ...], joint: str) -> str:
        """What would change it, by who can grant it: those who grant most easily first."""
        if not claims:
            return ""
        full = all(c.level_after >= FULL for c in claims)
        groups: dict[str, list[str]] = {}
        for c in sorted(claims, key=lambda c: max((one.rank for one in c.grantors), default=-1)):
            said = c.words if full else f"{c.words}, which brings it to {percent(c.level_after)}"
            groups.setdefault(asked(c.grantors), []).append(said)
        either = "or if" if joint == "if" else "or"
        told = [listed(said, either) + (f", to be granted by {who}" if who else "") for who, said in groups.items()]
        return (
            f" Funded in full {joint} {f'; {either} '.join(told)}."
            if full
            else f" Funded further with {'; or '.join(told)}."
        )
