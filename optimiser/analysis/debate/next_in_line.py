"""The next in line: who gains if a funded initiative declines, and how far below the line each of the others is. By solving again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from optimiser.analysis.asking.abreast import in_turn
from optimiser.analysis.asking.solved import glance
from optimiser.analysis.debate.agenda import Shift, flipped, names_of, plan_after, price_of, shifts_of
from optimiser.analysis.limits.cell import ChangeRow
from optimiser.analysis.reasons.explain import reason_by_reason
from optimiser.case import impact
from optimiser.case.faults import InvalidCase
from optimiser.case.readable import counted, listed, money_change, money_exact
from optimiser.model.program import Program
from optimiser.plan.derive import NOT_FUNDED
from optimiser.plan.tables import Plan, why_none
from optimiser.solvers.highs import solve
from optimiser.solvers.solution import SolveLimits
from optimiser.verbs import apply_changes

NEAREST = 2
"""Initiatives below the line of which it is found what would lift them over it."""
LARGEST = 3
"""Awards of which it is found who is next if they decline, where nobody asks for others."""
NAMED = 5
"""Names in one sentence; more are counted."""


@dataclass(frozen=True)
class Declined:
    """What follows if a funded initiative declines. award: what it had; price: what the first objective loses, None where
    there is no plan without it (why_none); gains: who gets more then, the most first; pays: who gets less."""

    initiative: str
    name: str
    award: float
    price: float | None
    gains: tuple[Shift, ...]
    pays: tuple[Shift, ...]
    why_none: str = ""


@dataclass(frozen=True)
class BelowTheLine:
    """An initiative that is not funded. price: what the first objective loses if it must be funded, None where there is
    no such plan (why_none); lifts: a score, priority, amount or rule with which it is funded, each tried by solving, where that was
    looked for; rows: the first of these as rows of a scenario."""

    initiative: str
    name: str
    request: float
    price: float | None
    lifts: tuple[str, ...] = ()
    rows: tuple[ChangeRow, ...] = ()
    why_none: str = ""


@dataclass(frozen=True)
class NextInLine:
    """best: the value of the objective in the plan; declined: of each funded initiative that was asked about; below: those not funded, the
    nearest to the line first; others: funded initiatives of which it was not asked, as awards are many."""

    currency: str
    unit: str
    best: float
    declined: tuple[Declined, ...]
    below: tuple[BelowTheLine, ...]
    others: int = 0
    objective: str = "impact"

    @property
    def _worth(self) -> impact.ObjectiveWords:
        return impact.ObjectiveWords(self.objective, self.unit, self.currency)

    def sentence(self, one: Declined) -> str:
        """What follows if it declines."""
        freed = money_exact(round(one.award, 2), self.currency)
        if one.price is None:
            return f"If {one.name} declines ({freed}), {one.why_none}."
        told = [f"{s.name} {money_change(round(s.money, 2), self.currency)}" for s in one.gains]
        less = [f"{s.name} {money_change(round(s.money, 2), self.currency)}" for s in one.pays]
        gains = (
            f"next in line: {listed(told, most=NAMED)}" if told else "nobody else can use the money: it stays unspent"
        )
        pays = f"; less for {listed(less, most=NAMED)}" if less else ""
        return f"If {one.name} declines ({freed}), {gains}{pays}; {self._worth.lost(self.best, one.price)}."

    def below_words(self, one: BelowTheLine) -> str:
        """How far below the line it is, and what would lift it."""
        if one.price is None:
            said = f"{one.name}: if it must be funded, {one.why_none}"
        else:
            said = f"{one.name}: {self._worth.gap(self.best, self.best - one.price) or 'nothing'} below the line"
        return f"{said}. It would be funded with {listed(one.lifts, 'or')}." if one.lifts else f"{said}."

    def lines(self) -> list[str]:
        """Everything in sentences."""
        made = [self.sentence(one) for one in self.declined]
        if self.below:
            made.append("Below the line, the nearest first (what the plan loses if it must be funded):")
            made += [f"  {self.below_words(one)}" for one in self.below]
        if self.others:
            made.insert(len(self.declined), f"Of {counted(self.others, 'other funded initiative')} it was not asked.")
        return made or ["Every initiative is funded, and none was asked about."]

    def json(self) -> dict[str, Any]:
        """As plain data."""

        def moved(shifts: tuple[Shift, ...]) -> dict[str, float]:
            return {s.initiative: s.money for s in shifts}

        return {
            "declined": [
                {"initiative": d.initiative, "award": d.award, "price": d.price, "gains": moved(d.gains), "pays": moved(d.pays)}
                for d in self.declined
            ],
            "below": [
                {"initiative": b.initiative, "request": b.request, "price": b.price, "lifts": list(b.lifts)} for b in self.below
            ],
            "others": self.others,
        }  # fmt: skip


def next_in_line(
    plan: Plan,
    asked: Collection[str] | None = None,
    nearest: int = NEAREST,
    progress: Callable[[str], None] | None = None,
) -> NextInLine:
    """Who is next if an initiative declines, and who is how far below the line.

    asked: keys of those that may decline; by default those with the largest awards that no column says must be funded.
    nearest: for how many below the line it is looked for what would lift them. Raises ValueError without a plan.
    """
    funded = [] if not plan.has_plan else [r for r in plan.tables["Awards"].records() if r["state"] != NOT_FUNDED]
    if asked is None:
        must = {r["initiative"] for r in plan.case.tables["Initiatives"].records() if r["must_fund"]}
        free = sorted((r for r in funded if r["initiative"] not in must), key=lambda r: -r["award"])
        asked = {r["initiative"] for r in free[:LARGEST]}
    declined = each_declined(plan, asked, progress)
    below = lifted(plan, below_the_line(plan, progress), nearest, progress)
    return replace(_of(plan, declined, below), others=len(funded) - len(declined))


def if_declined(plan: Plan, key: str, progress: Callable[[str], None] | None = None) -> NextInLine:
    """Who is next if this one declines, without what is below the line. Raises ValueError without a plan."""
    return _of(plan, each_declined(plan, {key}, progress), ())


def line_below(plan: Plan, progress: Callable[[str], None] | None = None) -> NextInLine:
    """How far below the line each is and what would lift the nearest, whoever declines. Raises ValueError without a plan."""
    return _of(plan, (), lifted(plan, below_the_line(plan, progress), NEAREST, progress))


def each_declined(
    plan: Plan, asked: Collection[str] | None = None, progress: Callable[[str], None] | None = None
) -> tuple[Declined, ...]:
    """What follows if each funded initiative (asked: of these keys) declines: the largest award first, and last those without
    which there is no plan. Raises ValueError without a plan."""
    if not plan.has_plan:
        raise ValueError("there is no plan, so nobody is in line")
    names, rows = names_of(plan.case), plan.tables["Awards"].records()
    awards = {r["initiative"]: float(r["award"]) for r in rows if r["state"] != NOT_FUNDED}
    wanted = {k: partial(_declined, plan, k, names[k], v) for k, v in awards.items() if asked is None or k in asked}
    made: list[Declined] = _each(wanted, lambda k: f"If {names[k]} declines", progress)
    return tuple(sorted(made, key=lambda d: (d.price is None, -d.award, d.initiative)))


def below_the_line(plan: Plan, progress: Callable[[str], None] | None = None) -> tuple[BelowTheLine, ...]:
    """Initiatives that are not funded and could be asked to, the nearest to the line first; what is locked out is in no line."""
    names, most = (
        names_of(plan.case),
        {r["initiative"]: r["maximum"] for r in plan.case.tables["Initiatives"].records()},
    )
    wanted = {
        r["initiative"]: partial(_below, plan, r["initiative"], names[r["initiative"]], float(r["request"]))
        for r in plan.tables["Awards"].records()
        if r["state"] == NOT_FUNDED and most[r["initiative"]] != 0
    }
    made = _each(wanted, lambda k: f"How far below the line {names[k]} is", progress)
    return tuple(sorted(made, key=lambda b: (b.price is None, b.price or 0.0, b.initiative)))


def lifted(
    plan: Plan, below: Sequence[BelowTheLine], nearest: int, progress: Callable[[str], None] | None = None
) -> tuple[BelowTheLine, ...]:
    """The same, with what would lift the nearest over the line."""
    tell = progress or (lambda _: None)
    reachable = {b.initiative: b.name for b in [b for b in below if b.price is not None][:nearest]}
    if not reachable:
        return tuple(below)
    tell(f"What would lift {listed(list(reachable.values()))} over the line")
    lifts = {r.initiative: r for r in reason_by_reason(plan, list(reachable))}
    return tuple(_lifted(b, lifts[b.initiative]) if b.initiative in lifts else b for b in below)


def _of(plan: Plan, declined: tuple[Declined, ...], below: tuple[BelowTheLine, ...]) -> NextInLine:
    case, stage = plan.case, plan.stages[0]
    return NextInLine(
        case.settings.currency, impact.unit(case), stage.achieved, declined, below, objective=stage.objective
    )


def _each(
    wanted: Mapping[str, Callable[[], Any]], said: Callable[[str], str], progress: Callable[[str], None] | None
) -> list[Any]:
    """The answers in order, worked out abreast; it is told which is waited for."""
    tell = progress or (lambda _: None)
    return in_turn(wanted, lambda key, n: tell(f"{said(key)} ({n} of {len(wanted)})" if len(wanted) > 1 else said(key)))


def _below(plan: Plan, key: str, name: str, request: float) -> BelowTheLine:
    """Of the plan in which it must be funded only the value is asked for."""
    case, stage = plan.case, plan.stages[0]
    try:
        model = Program.of(apply_changes(case, flipped(case, key, True))).model
    except InvalidCase as problem:
        return BelowTheLine(key, name, request, None, why_none=problem.refusal)
    found = solve(model.alone(), SolveLimits.of(case.settings))
    if found.x is None:
        return BelowTheLine(key, name, request, None, why_none=why_none(found.status))
    return BelowTheLine(key, name, request, model.stages[0].sign * (found.stages[0].best - stage.best) + 0.0)


def _declined(plan: Plan, key: str, name: str, award: float) -> Declined:
    other, why = plan_after(plan.case, flipped(plan.case, key, False), lambda case: glance(case).plan)
    if other is None:
        return Declined(key, name, award, None, (), (), why)
    shifts = [s for s in shifts_of(plan, other) if s.initiative != key]
    gains, pays = (tuple(s for s in shifts if (s.money > 0) == more) for more in (True, False))
    return Declined(key, name, award, price_of(plan, other), gains, pays)


def _lifted(one: BelowTheLine, reason: Any) -> BelowTheLine:
    claims = [c for c in reason.would_change if c.award_after > 0 or c.level_after > 0]
    rows = claims[0].changes if claims else ()
    return replace(one, lifts=tuple(c.words for c in claims), rows=rows)
