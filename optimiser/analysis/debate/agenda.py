"""The consent agenda: one vote for what every good plan funds, then one item for each choice, with its price and who pays.

A price is what the best value of the first objective falls by when the item is decided the other way and all the rest
is decided anew. It is found by solving, so prices of two items do not simply add up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from optimiser.analysis.asking.abreast import in_turn
from optimiser.analysis.debate.at_play import AtPlay
from optimiser.analysis.debate.by_rounding import ByRounding
from optimiser.analysis.limits.cell import ChangeRow, set_rows, where_of
from optimiser.case import impact
from optimiser.case.case import Case
from optimiser.case.faults import InvalidCase
from optimiser.case.readable import counted, listed, money_change, money_exact
from optimiser.plan.derive import NOT_FUNDED
from optimiser.plan.tables import Plan
from optimiser.verbs import apply_changes, solve

MOST = 60
"""Choices that are priced; of a case with more of them, those with most money."""


@dataclass(frozen=True)
class Shift:
    """Money that one initiative gets more (or less, below 0) with a choice."""

    initiative: str
    name: str
    money: float


@dataclass(frozen=True)
class Item:
    """One choice. proposed: whether the plan funds it; money: its award, or what it asks for; price: what the other way
    costs of the first objective (below 0: what it brings, where later objectives decided otherwise), None where there is no
    plan that way (why_none); shifts: who then gets more or less, the item itself left out, the largest first; in_full: to
    fund it means all of it, as it has no minimum to begin with."""

    initiative: str
    name: str
    proposed: bool
    money: float
    price: float | None
    shifts: tuple[Shift, ...]
    in_full: bool = False
    why_none: str = ""

    @property
    def called(self) -> str:
        """`Shared data officer in full`, where nothing less is asked for."""
        return f"{self.name} in full" if self.in_full and not self.proposed else self.name

    @property
    def most(self) -> Shift | None:
        """Of what is proposed, who would get most of it; of what is left out, who would pay most."""
        sign = 1.0 if self.proposed else -1.0
        mine = [s for s in self.shifts if s.money * sign > 0]
        return max(mine, key=lambda s: (abs(s.money), s.initiative)) if mine else None


@dataclass(frozen=True, eq=False)
class Agenda:
    """core: initiatives for the one vote; items: proposed ones, then those left out, each cheapest first; best: value of
    the first objective of the plan, of which prices are taken; unpriced: choices beyond MOST."""

    objective: str
    unit: str
    currency: str
    best: float
    core: tuple[str, ...]
    items: tuple[Item, ...]
    unpriced: int = 0

    def sentence(self, item: Item) -> str:
        """What one choice costs, and who pays for it or gets the money."""
        way = "Without" if item.proposed else "With"
        if item.price is None:
            return f"{way} {item.called} {item.why_none}."
        price = self.price(item.price)
        most = item.most
        if most is None:
            return f"{way} {item.called}: {price}; {'nobody gets its money: it stays unspent' if item.proposed else 'nobody pays'}."
        word = "gains" if item.proposed else "loses"
        return f"{way} {item.called}: {price}; {most.name} {word} most, {money_change(most.money, self.currency)}."

    def whole(self) -> str:
        """What prices are parts of: `787.6 points`."""
        return self._worth.said(self.best)

    @property
    def _worth(self) -> impact.ObjectiveWords:
        return impact.ObjectiveWords(self.objective, self.unit, self.currency)

    def price(self, price: float) -> str:
        """`−5.1 points`: what is lost has a minus, for every objective."""
        return self._worth.lost(self.best, price)

    def json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "objective": self.objective, "best": self.best, "core": list(self.core),
            "items": [
                {"initiative": i.initiative, "name": i.name, "proposed": i.proposed, "money": i.money, "price": i.price,
                 "shifts": {s.initiative: s.money for s in i.shifts}, "sentence": self.sentence(i)}
                for i in self.items
            ],
        }  # fmt: skip


@dataclass(frozen=True, eq=False)
class Choice:
    """The plan of a choice of items, or why there is none. rows: of the Scenarios sheet; price: as of an item; shifts: as
    of an item, all initiatives; undone: what was to be funded and is not; core: initiatives of the core that fall out."""

    rows: tuple[ChangeRow, ...]
    plan: Plan | None
    price: float | None
    shifts: tuple[Shift, ...]
    undone: tuple[str, ...]
    core: tuple[str, ...]
    problem: str = ""


def agenda(case: Case, plan: Plan, found: AtPlay, *, progress: Callable[[str], None] | None = None) -> Agenda:
    """The choices of a case, each decided the other way by solving. found: of this plan."""
    say = progress or (lambda _line: None)
    stage = plan.stages[0]
    every = [*found.contested, *found.left_out]
    asked = sorted(every, key=lambda k: (-_money(case, plan, k), k))[:MOST]
    pieces = {k: partial(_item, case, plan, found, k) for k in asked}
    made = in_turn(pieces, lambda _, n: say(f"Choice {n} of {len(asked)}, decided the other way"))
    items = sorted(made, key=lambda i: (not i.proposed, i.price is None, i.price or 0.0, i.initiative))
    rest = len(every) - len(asked)
    return Agenda(
        stage.objective, impact.unit(case), case.settings.currency, stage.achieved, found.core, tuple(items), rest
    )


def flipped(case: Case, key: str, funded: bool) -> list[ChangeRow]:
    """Rows of the Scenarios sheet that decide an initiative: it must be funded, or gets nothing."""
    columns = {"must_fund": "yes"} if funded else {"maximum": "0"}
    row = next(r for r in case.tables["Initiatives"].records() if r["initiative"] == key)
    if not funded and row["minimum"] > 0:
        columns["minimum"] = "0"
    if not funded and row["must_fund"]:
        columns["must_fund"] = "no"
    return set_rows("Initiatives", where_of(initiative=key), **columns)


def choose(case: Case, plan: Plan, found: Agenda, flips: Mapping[str, bool]) -> Choice:
    """The best plan in which these initiatives are funded (true) or not (false); all the others are decided anew.

    plan: of the case, with which it is compared.
    """
    rows = tuple(row for key in sorted(flips) for row in flipped(case, key, flips[key]))
    if not rows:
        return Choice((), plan, 0.0, (), (), ())
    made, why = plan_after(case, rows)
    if made is None:
        return Choice(rows, None, None, (), (), (), f"With these choices {why}.")
    out = {r["initiative"] for r in made.tables["Awards"].records() if r["state"] == NOT_FUNDED}
    wanted = {i.initiative for i in found.items if i.proposed and flips.get(i.initiative, True)}
    names = names_of(case)
    undone = tuple(names[k] for k in sorted(wanted & out))
    core = tuple(names[k] for k in found.core if k in out)
    return Choice(rows, made, price_of(plan, made), shifts_of(plan, made), undone, core)


def _item(case: Case, plan: Plan, found: AtPlay, key: str) -> Item:
    proposed = key in found.contested
    money = _money(case, plan, key)
    row = next(r for r in case.tables["Initiatives"].records() if r["initiative"] == key)
    nothing = Item(
        key, names_of(case)[key], proposed, money, None, (), bool(row["all_or_nothing"] or not row["minimum"])
    )
    other, why = plan_after(case, flipped(case, key, not proposed))
    if other is None:
        return replace(nothing, why_none=why)
    shifts = tuple(s for s in shifts_of(plan, other) if s.initiative != key)
    return replace(nothing, price=price_of(plan, other), shifts=shifts)


def _money(case: Case, plan: Plan, key: str) -> float:
    """What an initiative gets or, where it gets nothing, asks for."""
    row = next(r for r in plan.tables["Awards"].records() if r["initiative"] == key)
    maximum = float(case.facts.maximum[case.facts.names["initiative"].index(key)])
    return float(row["award"] or min(row["request"], maximum))


def plan_after(
    case: Case, rows: Sequence[ChangeRow], solved: Callable[[Case], Plan] = solve
) -> tuple[Plan | None, str]:
    """The plan of a case after changes; None where there is none, and why, as a clause. solved: makes the plan of a case."""
    try:
        made = solved(apply_changes(case, rows))
    except InvalidCase as problem:
        return None, problem.refusal
    return (made, "") if made.has_plan else (None, made.why_none)


def lost(plan: Plan, price: float) -> str:
    """What the first objective of a plan changes by where a price is lost: `−5.1 points`, `fairness worse by 0.2`."""
    stage = plan.stages[0]
    worth = impact.ObjectiveWords(stage.objective, impact.unit(plan.case), plan.case.settings.currency)
    return worth.lost(stage.achieved, price)


def price_of(plan: Plan, other: Plan) -> float:
    """What the other plan loses of the first objective."""
    stage = plan.stages[0]
    sign = 1.0 if stage.objective in ("impact", "fairness") else -1.0
    return sign * (stage.achieved - other.stages[0].achieved) + 0.0


def shifts_of(plan: Plan, other: Plan) -> tuple[Shift, ...]:
    """Who gets more or less money in the other plan, the largest first; what rounding moves is left out."""
    names = names_of(plan.case)
    was, now = awards_of(plan), awards_of(other)
    rounding = ByRounding((plan, other))
    made = [
        Shift(k, names[k], now[k] - was[k])
        for k in was
        if abs(now[k] - was[k]) > rounding.most("initiative", k, was[k], now[k])
    ]
    return tuple(sorted(made, key=lambda s: (-abs(s.money), s.initiative)))


def awards_of(plan: Plan) -> dict[str, float]:
    """Money of each initiative in a plan, by key."""
    table = plan.tables["Awards"]
    return dict(zip(table["initiative"].tolist(), table["award"].tolist(), strict=True))


def names_of(case: Case) -> dict[str, str]:
    """What initiatives are called, by their keys."""
    return case.called("Initiatives")


def chosen_words(found: Agenda, choice: Choice, flips: Mapping[str, bool]) -> list[str]:
    """What a choice comes to, in sentences."""
    names = {i.initiative: i.name for i in found.items}
    said = [f"{names.get(k, k)} {'in' if funded else 'out'}" for k, funded in sorted(flips.items())]
    title = f"Chosen: {listed(said)}." if said else "Chosen: all as proposed."
    if choice.plan is None:
        return [title, choice.problem]
    money = float(choice.plan.tables["Awards"]["award"].sum())
    lines = [f"{title} {money_exact(money, found.currency)}, {found.price(choice.price or 0.0)}, every hard rule kept."]
    gains, pays = (
        [s for s in choice.shifts if (s.money > 0) == up and s.initiative not in flips] for up in (True, False)
    )
    if pays:
        lines.append(f"Paid by {shifts_words(pays, found.currency, 3)}.")
    if gains:
        lines.append(f"More for {shifts_words(gains, found.currency, 3)}.")
    if choice.undone:
        lines.append(f"{_fall(choice.undone)} out with it, though proposed; to hold it, choose it too.")
    if choice.core:
        lines.append(f"{_fall(choice.core)} out too, which every good plan funds: this choice leaves the good plans.")
    return lines


def _fall(names: Sequence[str]) -> str:
    return f"{listed(names, most=4)} {'fall' if len(names) > 1 else 'falls'}"


def shifts_words(shifts: Sequence[Shift], currency: str, most: int) -> str:
    """`Clinic +$50k, Patrols −$20k and 2 others`."""
    shown = [f"{s.name} {money_change(s.money, currency)}" for s in shifts[:most]]
    return listed([*shown, *([counted(len(shifts) - most, "other")] if len(shifts) > most else [])])
