"""Money at play: of every dollar of a plan, whether there is a choice at all, whether every good plan spends it so, or
whether it is open.

no choice      what every plan that keeps every hard rule gives the initiative, by who set what asks for it; and money
               of a fund that nothing else in the case could use
every good     beyond that, what every plan within a margin of the best gives it
open           the rest
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from optimiser.analysis.reasons.near_best import MARGIN
from optimiser.analysis.reasons.near_region import Region
from optimiser.case.case import Case
from optimiser.case.facts import Facts
from optimiser.case.grantors import AGREEMENT, EASE, OF_FUNDS, POLICY, WHO
from optimiser.case.readable import counted, listed, money_exact, money_short, percent
from optimiser.case.table import Array
from optimiser.case.tolerances import BARELY, GAP, LEAST, NOTHING
from optimiser.model.matrix import Model
from optimiser.model.program import Program
from optimiser.model.rules import Compiled
from optimiser.plan.tables import Plan
from optimiser.solvers.highs import solve
from optimiser.solvers.solution import SolveLimits, SolverError, Stop
from optimiser.solvers.value import Found, Values

Kind = Literal["no choice", "in every good plan", "open"]
NO_CHOICE: Kind = "no choice"
EVERY_GOOD: Kind = "in every good plan"
OPEN: Kind = "open"
KINDS = (NO_CHOICE, EVERY_GOOD, OPEN)
NOWHERE = "nowhere else"
"""Why there is no choice, where it is not who set a limit (one of EASE): nothing else could use the money."""
CENTS = 0.01
"""Unit of money where the case has none."""
WHETHER, HOW_MUCH = "whether", "how much"
"""Why money is open: a good plan can do without the initiative, or gives it less."""
MUST = "must"
"""What asks for money, where it is the initiative's own must_fund."""


@dataclass(frozen=True)
class Part:
    """Money of one initiative for one reason. reason: of what has no choice one of EASE or NOWHERE, of what is open
    WHETHER or HOW_MUCH, else the kind itself; by: what asks for it, as in a sentence (or MUST), or the fund that nothing
    else could use."""

    initiative: str
    kind: Kind
    money: float
    reason: str
    by: tuple[str, ...]
    sentence: str


@dataclass(frozen=True)
class AtPlay:
    """The whole of a plan's money in parts; they add up to it in units of the case's rounding.

    contested: initiatives that the plan funds and some good plan does without; left_out: those that it does not fund
    (and that are not locked out); core: those that it funds and every good plan does; margin: how far from the best a
    good plan may be, as a share.
    """

    total: float
    unit: float
    currency: str
    margin: float
    parts: tuple[Part, ...]
    core: tuple[str, ...]
    contested: tuple[str, ...]
    left_out: tuple[str, ...]

    def money(self, kind: str, reason: str = "") -> float:
        """Money of one kind, or of one reason of it."""
        return self._sum([p.money for p in self.parts if p.kind == kind and reason in ("", p.reason)])

    def of(self, initiative: str) -> tuple[Part, ...]:
        """The parts of one award."""
        return tuple(p for p in self.parts if p.initiative == initiative)

    def _sum(self, money: Sequence[float]) -> float:
        return round(sum(round(m / self.unit) for m in money) * self.unit, 2)

    def sentence(self) -> str:
        """`$8.06m of $12.98m is open: $2.28m in 10 awards that a good plan can do without, $5.78m in amounts of others.`"""
        whether, how_much = self.money(OPEN, WHETHER), self.money(OPEN, HOW_MUCH)
        if how_much and not whether:
            return f"{self._short(how_much)} of {self._short(self.total)} is open, in the amounts of awards."
        said = []
        if whether:
            count = counted(len({p.initiative for p in self.parts if p.reason == WHETHER}), "award")
            said.append(f"{self._short(whether)} in {count} that a good plan can do without")
        if how_much:
            said.append(f"{self._short(how_much)} in the amounts of others")
        if not said:
            if not self.total:
                return "The plan awards no money, so none of it is open."
            return f"Nothing of {self._short(self.total)} is open: every good plan gives at least these awards."
        return f"{self._short(self.money(OPEN))} of {self._short(self.total)} is open: {', '.join(said)}."

    def agenda(self) -> str:
        """`One vote for the 22 initiatives that every good plan funds, then 14 choices.`"""
        choices = len(self.contested) + len(self.left_out)
        core = f"One vote for the {counted(len(self.core), 'initiative')} that every good plan funds"
        if not self.total and not self.core:
            return f"The plan funds no initiative: {counted(choices, 'choice')}."
        if not self.core:
            return f"No initiative is in every good plan: {counted(choices, 'choice')}."
        return f"{core}, then {counted(choices, 'choice')}." if choices else f"{core}; there is nothing else to choose."

    def _short(self, money: float) -> str:
        return money_short(money, self.currency)

    def reasons(self, kind: str) -> list[str]:
        """What stands under a part of the bar: how much for which reason."""
        if kind == NO_CHOICE:
            return [self._asked(reason) for reason in (*reversed(EASE), NOWHERE) if self.money(kind, reason)]
        mine = [p for p in self.parts if p.kind == kind]
        if kind == EVERY_GOOD:
            count = counted(len({p.initiative for p in mine}), "initiative")
            return (
                [f"{count}: every plan within {percent(self.margin)} of the best gives at least this"] if mine else []
            )
        words = {WHETHER: "that a good plan can do without", HOW_MUCH: "of which a good plan can give less"}
        return [
            f"{self._short(self.money(kind, reason))} in {counted(len({p.initiative for p in mine if p.reason == reason}), 'award')} {said}"
            for reason, said in words.items() if self.money(kind, reason)
        ]  # fmt: skip

    def _asked(self, reason: str) -> str:
        """`$2.12m asked for by what the committee itself set: 8 initiatives that must be funded and the rule Young people placed`."""
        mine = [p for p in self.parts if p.kind == NO_CHOICE and p.reason == reason]
        musts = sum(MUST in p.by for p in mine)
        by = sorted({name for p in mine for name in p.by if name != MUST})
        told = listed([*([f"{counted(musts, 'initiative')} that must be funded"] if musts else []), *by], most=4)
        return f"{self._short(self.money(NO_CHOICE, reason))} {_REASONS[reason]}{f': {told}' if told else ''}"

    def json(self) -> dict[str, Any]:
        """As plain data; money in currency units."""
        return {
            "total": self.total, "margin": self.margin, "sentence": self.sentence(), "agenda": self.agenda(),
            "parts": {kind: self.money(kind) for kind in KINDS},
            "reasons": {kind: self.reasons(kind) for kind in KINDS},
            "core": list(self.core), "contested": list(self.contested), "left_out": list(self.left_out),
            "dollars": [
                {"initiative": p.initiative, "kind": p.kind, "money": p.money, "reason": p.reason, "by": list(p.by),
                 "sentence": p.sentence}
                for p in self.parts
            ],
        }  # fmt: skip


_REASONS = {
    "statute": "asked for by statute",
    "award": "asked for by the conditions of a grant",
    "agreement": "asked for by the agreement of the parties",
    "policy": "asked for by what the committee itself set",
    NOWHERE: "that nothing else could use",
}


def at_play(
    case: Case,
    plan: Plan,
    *,
    margin: float = MARGIN,
    progress: Callable[[str], None] | None = None,
    stop: Stop | None = None,
) -> AtPlay:
    """The money of a plan of the case in parts. margin: how far from the best a good plan may be, as a share.

    Raises ValueError where there is no plan, SolverError where a limit ended a solve.
    """
    if not plan.has_plan:
        raise ValueError("there is no plan whose money could be at play")
    say = progress or (lambda _line: None)
    program = Program.of(case)
    facts, rules, model = case.facts, program.rules, program.model
    margin = max(margin, model.stages[0].within)
    model = replace(model, stages=model.stages[:1], ties=())
    limits = SolveLimits(gap=min(case.settings.gap, GAP), time_limit=case.settings.time_limit)
    best = solve(model, limits, stop=stop)
    if best.x is None:
        raise SolverError("the best plan was not found within the time limit")
    region = Region(facts, model, best.x, margin, limits, stop, best.basis)
    unit = case.settings.rounding or CENTS
    awards = [round(m / unit) for m in plan.tables["Awards"]["award"].tolist()]
    names = plan.tables["Awards"]["initiative"].tolist()
    assert names == list(facts.names["initiative"]), "awards stand in the order of facts"
    levels = plan.tables["Awards"]["level"].tolist()
    say("What every plan must give")
    forced = _Forced(facts, model, rules, limits, stop)
    asked = forced.steps([i for i, n in enumerate(awards) if n], unit)
    say("What nothing else could use")
    stuck = _stuck(forced, plan, unit)
    parts, core, contested = list[Part](), list[str](), list[str]()
    for i, name in enumerate(names):
        if i % 5 == 0:
            say(f"What every good plan gives to initiative {i + 1} of {len(names)}")
        mine = _Award(facts, i, awards[i], unit)
        mine.no_choice(asked.get(i, ()), stuck.get(i, ()))
        always = levels[i] > LEAST and _always(region, i)
        if mine.left:
            mine.good(_units(_least(region, i), unit), margin, always)
        parts += mine.parts
        if levels[i] > LEAST:
            (core if always else contested).append(name)
    shut = {facts.names["initiative"][i] for i in np.flatnonzero(facts.maximum == 0)}
    left_out = [n for n, level in zip(names, levels, strict=True) if level <= LEAST and n not in shut]
    total = round(sum(awards) * unit, 2)
    return AtPlay(
        total, unit, case.settings.currency, margin, tuple(parts), tuple(core), tuple(contested), tuple(left_out)
    )


def _units(money: float, unit: float) -> int:
    """Whole units that money holds, of a number that was solved."""
    return max(0, math.floor(money / unit + BARELY))


def _least(region: Region, i: int) -> float:
    """The least that a good plan gives initiative i."""
    return _least_of(region, region.spend_columns[i], region.awards, i)


def _always(region: Region, i: int) -> bool:
    """Whether every good plan funds initiative i."""
    return _least_of(region, region.level_columns[i], region.levels, i) > LEAST


def _least_of(region: Region, columns: Array, seen: list[Array], i: int) -> float:
    known = min(float(plan[i]) for plan in seen)
    if known <= LEAST or not len(columns):
        return 0.0
    cost = np.zeros(len(region.cost))
    cost[columns] = 1.0
    value, x = region.near.least(cost, known)
    if x is not None:
        region.keep(x)
    return value


class _Award:
    """One award on its way into parts, in whole units."""

    def __init__(self, facts: Facts, i: int, units: int, unit: float) -> None:
        self.facts, self.key, self.name = facts, facts.names["initiative"][i], facts.called("initiative", i)
        self.left, self.unit, self.parts = units, unit, list[Part]()

    def no_choice(
        self, asked: Sequence[tuple[str, int, tuple[str, ...]]], stuck: Sequence[tuple[str, int, float]]
    ) -> None:
        """asked: (who set it, units, by what); stuck: (fund, units that nothing else could use, what else can use of it)."""
        for set_by, units, by in asked:
            told = ["the choice that it must be funded" if name == MUST else name for name in by]
            what = listed(told, most=3) or "its limits, taken together"
            self._take(
                NO_CHOICE, units, set_by, by,
                f"is in every plan that keeps the rules, asked for by {what}; {WHO[set_by]} can change that",
            )  # fmt: skip
        beyond = sum(units for _, units, _ in asked)
        for fund, units, others in stuck:
            taken = min(units, beyond)  # what is asked for already may be these very dollars
            beyond -= taken
            exact = money_exact(round(others), self.facts.settings.currency)
            rest = f"all others can use {exact} of it at most" if others >= 1 else "nothing else may use it"
            self._take(NO_CHOICE, units - taken, NOWHERE, (fund,), f"comes from {fund}, and {rest}")

    def good(self, least: int, margin: float, always: bool) -> None:
        """least: units that every good plan gives; always: whether every good plan funds it at all."""
        have = sum(round(p.money / self.unit) for p in self.parts)
        self._take(EVERY_GOOD, least - have, EVERY_GOOD, (), f"is in every plan within {percent(margin)} of the best")
        if always:
            self._take(OPEN, self.left, HOW_MUCH, (), "is open: a good plan can give so much less")
        else:
            self._take(OPEN, self.left, WHETHER, (), "is open: a good plan can do without it")

    def _take(self, kind: Kind, units: int, reason: str, by: tuple[str, ...], said: str) -> None:
        taken = min(self.left, units)
        if taken > 0:
            self.left -= taken
            money = round(taken * self.unit, 2)
            words = f"{money_exact(money, self.facts.settings.currency)} of {self.name} {said}."
            self.parts.append(Part(self.key, kind, money, reason, by, words))


class _Forced:
    """All plans that keep every hard rule, and what is left of that when limits are lifted by who set them."""

    def __init__(
        self, facts: Facts, model: Model, rules: Sequence[Compiled], limits: SolveLimits, stop: Stop | None
    ) -> None:
        self.facts, self.model, self.rules = facts, model, rules
        self.spend = model.columns["spend"]
        nothing = replace(model.stages[0], cost=np.zeros(len(model.column_lower)))
        self._values = Values(replace(model, stages=(nothing,), ties=()), limits, stop=stop)
        self._seen: list[Array] = []

    def _extreme(self, columns: Array, sign: float) -> Found:
        """A plan with the least sign · Σ of columns."""
        cost = np.zeros(len(self.model.column_lower))
        cost[columns] = sign
        self._values.set_objective(cost)
        found = self._values.best()
        if found is None:
            raise SolverError("a program that has plans gave none")
        return found

    def least(self, columns: Array) -> tuple[float, Found]:
        """The least Σ of columns, and a plan that has it."""
        found = self._extreme(columns, 1.0)
        return float(found.x[columns].sum()), found

    def most(self, columns: Array, enough: float) -> float:
        """The most Σ of columns over all plans, or `enough` where it can be so much."""
        if any(x[columns].sum() >= enough for x in self._seen):
            return enough
        self._seen.append(self._extreme(columns, -1.0).x)
        return float(self._seen[-1][columns].sum())

    def steps(self, wanted: Sequence[int], unit: float) -> dict[int, list[tuple[str, int, tuple[str, ...]]]]:
        """Of each initiative that every plan gives money: who asks for how many units, and by what.

        All limits hold first; then what the committee set is lifted, then what the parties agreed, then what grants
        ask for: what falls with each of them is theirs.
        """
        columns = {i: self.spend.where(initiative=i) for i in wanted}
        asked: dict[int, list[tuple[str, int, tuple[str, ...]]]] = {}
        before: dict[int, tuple[int, Found]] = {}
        spared: list[Array] = []
        for i in wanted:
            if any(x[columns[i]].sum() < unit * (1 - BARELY) for x in spared):
                continue
            value, found = self.least(columns[i])
            spared.append(found.x)
            if _units(value, unit):
                before[i] = _units(value, unit), found
        for set_by in EASE:
            if not before:
                break
            self._lift(set_by)
            for i, (units, found) in list(before.items()):
                value, freer = self.least(columns[i])
                rest = min(units, _units(value, unit))
                if units > rest:
                    by = self._by(found, set_by, i) or self._alone(set_by, columns[i], units, unit)
                    asked.setdefault(i, []).append((set_by, units - rest, by))
                if rest:
                    before[i] = rest, freer
                else:
                    del before[i]
        for i, (units, _) in before.items():  # what no limit that somebody set explains: the case's own arithmetic
            asked.setdefault(i, []).append((EASE[-1], units, ()))
        self._restore()
        return {i: list(reversed(told)) for i, told in asked.items()}

    def _ruled(self, set_by: str) -> list[tuple[str, Array]]:
        """The rows of each hard rule that somebody set, with its name."""
        made = []
        for number, compiled in enumerate(self.rules):
            if compiled.rule.set_by == set_by and compiled.rule.hard:
                spans = [self._span(f"rule {number}.{part}") for part in range(len(compiled.blocks))]
                made.append((f"the rule {compiled.rule.name}", np.concatenate([np.zeros(0, int), *spans])))
        return made

    def _groups(self, set_by: str) -> list[tuple[str, Array]]:
        """Rows that hold what somebody set, limit by limit, each with its name."""
        f, made = self.facts, self._ruled(set_by)
        kinds = [OF_FUNDS[str(k)] for k in f.sorted["fund"]["kind"].tolist()]
        # A match is asked for by the grant that it matches.
        for name, word in (("min spend", "the least that {} must spend"), ("match", "the match of {}")):
            of, rows = self.model.rows[name].keys["fund"], self._span(name)
            made += [
                (word.format(f.called("fund", k)), rows[of == k]) for k in np.unique(of).tolist() if kinds[k] == set_by
            ]
        if set_by == AGREEMENT:
            made += [("what agencies must and may get", self._span("agency"))]
            made += [("the shares of partners", np.concatenate([self._span("min share"), self._span("max share")]))]
        if set_by == POLICY:
            made += [("minima of awards", np.concatenate([self._span("minimum"), self._span("funded")]))]
        return [(name, rows) for name, rows in made if len(rows)]

    def _alone(self, set_by: str, columns: Array, units: int, unit: float) -> tuple[str, ...]:
        """What of it lets the initiative get less when it alone is lifted: for what has no price, as it bars a switch."""
        groups, made = self._groups(set_by), list[str]()
        if set_by == POLICY:
            self._musts(lifted=False)
        for name, rows in groups:
            for _, held in groups:
                self._values.set_rows(held, self.model.row_lower[held], self.model.row_upper[held])
            self._values.set_rows(rows, np.full(len(rows), -np.inf), np.full(len(rows), np.inf))
            if _units(self.least(columns)[0], unit) < units:
                made.append(name)
        self._lift(set_by)
        return tuple(made)

    def _span(self, name: str) -> Array:
        return self.model.rows[name].positions

    def _lift(self, set_by: str) -> None:
        rows = np.concatenate([np.zeros(0, int), *(rows for _, rows in self._groups(set_by))]).astype(int)
        free = np.full(len(rows), np.inf)
        self._values.set_rows(rows, -free, free)
        if set_by == POLICY:
            self._musts(lifted=True)

    def _musts(self, lifted: bool) -> None:
        """The floors of award and scope, not their ceilings, and the switch that is held on: lifted, or as they are."""
        lower, upper, f = self.model.row_lower, self.model.row_upper, self.facts
        of = self.model.rows["scope"].keys["initiative"]
        all_or_nothing = f.all_or_nothing[of] & ~f.must_fund[of]  # rows level = funded, with a switch
        for name, stays in (("award", np.False_), ("scope", all_or_nothing)):
            span = self._span(name)
            self._values.set_rows(span, np.where(stays | (not lifted), lower[span], -np.inf), upper[span])
        at = self.model.columns["funded"].positions
        held = self.model.column_lower[at]
        self._values.set_columns(at, np.zeros(len(at)) if lifted else held, self.model.column_upper[at])

    def _restore(self) -> None:
        every = np.arange(len(self.model.row_lower))
        self._values.set_rows(every, self.model.row_lower, self.model.row_upper)
        self._musts(lifted=False)

    def _by(self, found: Found, set_by: str, i: int) -> tuple[str, ...]:
        """What of it has a price where the initiative gets its least."""
        f = self.facts
        made = [name for name, rows in self._ruled(set_by) if np.abs(found.duals[rows]).max(initial=0.0) > NOTHING]
        if set_by == POLICY and f.must_fund[i]:
            made.append(MUST)
        for name, word, dimension in (
            ("min spend", "the least that {} must spend", "fund"),
            ("agency", "the minimum of {}", "agency"),
        ):
            family = self.model.rows[name]
            for k in np.flatnonzero(found.duals[family.span] > NOTHING).tolist():
                code = int(family.keys[dimension][k])
                owner = OF_FUNDS[str(f.sorted["fund"]["kind"][code])] if dimension == "fund" else AGREEMENT
                if owner == set_by:
                    made.append(word.format(f.called(dimension, code)))
        return tuple(made)


def _stuck(forced: _Forced, plan: Plan, unit: float) -> dict[int, list[tuple[str, int, float]]]:
    """Of each initiative: fund, units of it that nothing else could use, and what all others can use of the fund at most."""
    facts, spend, table = forced.facts, forced.spend, plan.tables["Spend"]
    fund, initiative = facts.code("fund", table["fund"]), facts.code("initiative", table["initiative"])
    money = np.round(table["money"] / unit)
    paid = np.zeros((facts.size("fund"), facts.size("initiative")))
    np.add.at(paid, (fund, initiative), money)
    made: dict[int, list[tuple[str, int, float]]] = {}
    for f, i in np.argwhere(paid > 0).tolist():
        others = spend.first + np.flatnonzero((spend.keys["fund"] == f) & (spend.keys["initiative"] != i))
        now, mine = paid[f].sum() - paid[f, i], paid[f, i]
        most = forced.most(others, (now + mine) * unit) if len(others) else 0.0
        free = max(0, math.ceil(most / unit - BARELY) - now)
        if mine > free:
            made.setdefault(i, []).append((facts.called("fund", f), int(mine - free), most))
    return made
