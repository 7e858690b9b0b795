"""The next in line: who gains if a funded initiative declines, and how far below the line each of the others is. By solving again."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from optimiser.analysis.debate.agenda import Shift, flipped, names_of, price_of, shifts_of
from optimiser.analysis.limits.cell import ChangeRow
from optimiser.analysis.reasons.explain import reason_by_reason
from optimiser.case import impact
from optimiser.case.case import Case
from optimiser.case.faults import InvalidCase
from optimiser.case.readable import listed, money_change, money_exact, points, points_change
from optimiser.plan.derive import NOT_FUNDED
from optimiser.plan.tables import Plan
from optimiser.verbs import apply_changes, solve

NEAREST = 3
"""Initiatives below the line of which it is found what would lift them over it."""
NAMED = 5
"""Names in one sentence; more are counted."""


@dataclass(frozen=True)
class Declined:
    """What follows if a funded initiative declines. award: what it had; price: what the first objective loses, None where no
    plan is possible without it; gains: who gets more then, the most first; pays: who gets less."""

    initiative: str
    name: str
    award: float
    price: float | None
    gains: tuple[Shift, ...]
    pays: tuple[Shift, ...]


@dataclass(frozen=True)
class BelowTheLine:
    """An initiative that is not funded. price: what the first objective loses if it must be funded, None where no plan is
    possible so; lifts: a score, priority, amount or rule with which it is funded, each tried by solving, where that was
    looked for; rows: the first of these as rows of a scenario."""

    initiative: str
    name: str
    request: float
    price: float | None
    lifts: tuple[str, ...] = ()
    rows: tuple[ChangeRow, ...] = ()


@dataclass(frozen=True)
class NextInLine:
    """declined: of each funded initiative that was asked about; below: those not funded, the nearest to the line first."""

    currency: str
    unit: str
    declined: tuple[Declined, ...]
    below: tuple[BelowTheLine, ...]

    def sentence(self, one: Declined) -> str:
        """What follows if it declines."""
        freed = money_exact(round(one.award, 2), self.currency)
        if one.price is None:
            return f"If {one.name} declines ({freed}), no plan keeps every rule."
        told = [f"{s.name} {money_change(round(s.money, 2), self.currency)}" for s in one.gains]
        less = [f"{s.name} {money_change(round(s.money, 2), self.currency)}" for s in one.pays]
        gains = (
            f"next in line: {listed(told, most=NAMED)}" if told else "nobody else can use the money: it stays unspent"
        )
        pays = f"; less for {listed(less, most=NAMED)}" if less else ""
        return f"If {one.name} declines ({freed}), {gains}{pays}; {points_change(-round(one.price, 1), self.unit)}."

    def below_words(self, one: BelowTheLine) -> str:
        """How far below the line it is, and what would lift it."""
        if one.price is None:
            said = f"{one.name}: no plan keeps every rule and funds it"
        else:
            said = f"{one.name}: {points(round(one.price, 1), self.unit)} below the line"
        return f"{said}. It would be funded with {listed(one.lifts, 'or')}." if one.lifts else f"{said}."

    def lines(self) -> list[str]:
        """Everything in sentences."""
        made = [self.sentence(one) for one in self.declined]
        if self.below:
            made.append("Below the line, the nearest first (what the plan loses if it must be funded):")
            made += [f"  {self.below_words(one)}" for one in self.below]
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
        }  # fmt: skip


def next_in_line(
    plan: Plan,
    asked: Collection[str] | None = None,
    nearest: int = NEAREST,
    progress: Callable[[str], None] | None = None,
) -> NextInLine:
    """Who is next, for each funded initiative (asked: only these keys), and who is how far below the line.

    nearest: for how many of the latter it is looked for what would lift them. Raises ValueError without a plan.
    """
    if not plan.has_plan:
        raise ValueError("there is no plan, so nobody is in line")
    case, tell = plan.case, progress or (lambda _: None)
    names = names_of(case)
    rows = list(plan.tables["Awards"].records())
    made = []
    for row in rows:
        if row["state"] != NOT_FUNDED and (asked is None or row["initiative"] in asked):
            tell(f"If {names[row['initiative']]} declines")
            made.append(_declined(plan, row["initiative"], names[row["initiative"]], float(row["award"])))
    below = below_the_line(plan)
    reachable = [b.initiative for b in below if b.price is not None][:nearest]
    lifts = {r.initiative: r for r in reason_by_reason(plan, reachable)} if reachable else {}
    told = tuple(_lifted(b, lifts[b.initiative]) if b.initiative in lifts else b for b in below)
    return NextInLine(case.settings.currency, impact.unit(case), tuple(made), told)


def below_the_line(plan: Plan) -> tuple[BelowTheLine, ...]:
    """Initiatives that are not funded and could be asked to, the nearest to the line first; what is locked out is in no line."""
    case, names, made = plan.case, names_of(plan.case), []
    most = {r["initiative"]: r["maximum"] for r in case.tables["Initiatives"].records()}
    for row in plan.tables["Awards"].records():
        key = row["initiative"]
        if row["state"] == NOT_FUNDED and most[key] != 0:
            other = _otherwise(case, key, True)
            price = price_of(plan, other) if other is not None else None
            made.append(BelowTheLine(key, names[key], float(row["request"]), price))
    return tuple(sorted(made, key=lambda b: (b.price is None, b.price or 0.0, b.initiative)))


def _declined(plan: Plan, key: str, name: str, award: float) -> Declined:
    other = _otherwise(plan.case, key, False)
    if other is None:
        return Declined(key, name, award, None, (), ())
    shifts = [s for s in shifts_of(plan, other) if s.initiative != key]
    gains, pays = (tuple(s for s in shifts if (s.money > 0) == more) for more in (True, False))
    return Declined(key, name, award, price_of(plan, other), gains, pays)


def _otherwise(case: Case, key: str, funded: bool) -> Plan | None:
    """The best plan in which an initiative is funded, or is not; None where none keeps every rule."""
    try:
        made = solve(apply_changes(case, flipped(case, key, funded)))
    except InvalidCase:
        return None
    return made if made.has_plan else None


def _lifted(one: BelowTheLine, reason: Any) -> BelowTheLine:
    claims = [c for c in reason.would_change if c.award_after > 0 or c.level_after > 0]
    rows = claims[0].changes if claims else ()
    return BelowTheLine(one.initiative, one.name, one.request, one.price, tuple(c.words for c in claims), rows)
