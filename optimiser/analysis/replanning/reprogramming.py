"""The reprogramming sheet: which money moves from where to where, whose approval it needs, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

import numpy as np

from optimiser.analysis.replanning.past import Past
from optimiser.analysis.replanning.replan_model import Before, Terms, free_of_approval, summed
from optimiser.case.facts import Facts
from optimiser.case.readable import money_exact, percent, written
from optimiser.case.tolerances import BARELY, FULL, HALF_A_CENT, LEAST
from optimiser.model.rules.terms import exact
from optimiser.plan.lines import Key

UNSPENT = "unspent"
ROUNDING = "rounding"
"""Kind of a move that is no more than what rounding makes of budget lines: nobody asks for it."""
NOT_STATED = "not stated: name the owner of the fund, or an approver"


@dataclass(frozen=True)
class MoneyMove:
    """Money of one fund that moves from one budget line to another; a side that is `unspent` is the fund's own balance.

    kind: between categories, agencies or initiatives, from or to what is unspent, or ROUNDING; approval: by whom; reasons:
    sentences without their stop.
    """

    TITLES: ClassVar[tuple[str, ...]] = (
        "fund", "from_initiative", "from_agency", "from_category", "to_initiative", "to_agency", "to_category",
        "money", "kind", "approval", "why",
    )  # fmt: skip
    fund: str
    source: tuple[str, str, str]
    target: tuple[str, str, str]
    money: float
    kind: str
    approval: str
    reasons: tuple[str, ...]

    @property
    def why(self) -> str:
        """All reasons, as one cell holds them."""
        return "; ".join(self.reasons)

    def row(self) -> tuple[str | float, ...]:
        """The move as a row of the sheet."""
        return (self.fund, *self.source, *self.target, self.money, self.kind, self.approval, self.why)


@dataclass(frozen=True)
class BudgetChange:
    """An approved budget (of one fund for one initiative) that changes, by how much (money), and who approves."""

    fund: str
    initiative: str
    change: float
    by: str


@dataclass(frozen=True)
class Transfer:
    """What moves between the categories of a fund that limits it, in money; limit: the most that may."""

    fund: str
    money: float
    limit: float
    kept: bool
    sentence: str


def moves(past: Past, before: Before, new: Before, terms: Terms, changes: Mapping[Key, float]) -> Iterator[MoneyMove]:
    """The moves that turn the approved budget lines into the new ones, fund by fund.

    Money is taken from what is nearest: the same initiative and agency, then the same initiative, the same agency,
    any; what is left over comes from, or goes to, what the fund leaves unspent. changes: money by budget line.
    """
    facts = past.facts
    say = _Reasons(past, before, new)
    gone = summed(past.spend)
    free = {
        budget: free_of_approval(past, terms, budget, gone.get(budget, 0.0))
        for budget, change in summed(changes).items()
        if abs(change) <= free_of_approval(past, terms, budget, gone.get(budget, 0.0)) + HALF_A_CENT
    }
    exactly = {k: exact(round(v, 6)) for k, v in changes.items() if abs(v) >= HALF_A_CENT}
    for f in range(facts.size("fund")):
        less = {k: -v for k, v in sorted(exactly.items()) if k[0] == f and v < 0}
        more = {k: v for k, v in sorted(exactly.items()) if k[0] == f and v > 0}
        dust = _dust(facts, before, f)
        for source, target, money in _paired(less, more):
            yield _move(facts, terms, f, source, target, float(money), say, free, dust)


def _dust(facts: Facts, before: Before, fund: int) -> float:
    """The most by which a budget line of a fund differs from itself where only the rounding does, in money.

    A line is a sum over periods, each of which stands within a unit of its cost in the approved plan and in the new one.
    Where amounts are so small that this would be more than a thousandth of the fund, it is nothing.
    """
    most = 2 * facts.size("period") * facts.settings.rounding
    approved = sum(v for key, v in before.lines.items() if key[0] == fund)
    return most if most <= BARELY * approved else 0.0


def _paired(less: dict[Key, Fraction], more: dict[Key, Fraction]) -> Iterator[tuple[Key | None, Key | None, Fraction]]:
    for near in ((1, 2), (1,), (2,), ()):
        for source in less:
            for target in more:
                money = min(less[source], more[target])
                if money > 0 and all(source[p] == target[p] for p in near):
                    less[source] -= money
                    more[target] -= money
                    yield source, target, money
    yield from ((source, None, money) for source, money in less.items() if money > 0)
    yield from ((None, target, money) for target, money in more.items() if money > 0)


def _move(
    facts: Facts, terms: Terms, fund: int, source: Key | None, target: Key | None, money: float, say: _Reasons,
    free: Mapping[Key, float], dust: float,
) -> MoneyMove:  # fmt: skip
    """One move. free: by approved budget that changes by no more than it may without approval, how much that is; dust: the most
    that is rounding."""
    names = facts.names

    def side(key: Key | None) -> tuple[str, str, str]:
        if key is None:
            return UNSPENT, "", ""
        return names["initiative"][key[1]], names["agency"][key[2]], names["category"][key[3]]

    if money <= dust:
        return MoneyMove(names["fund"][fund], side(source), side(target), money, ROUNDING, "not needed: rounding", ())
    approval = terms.approver[fund] or NOT_STATED
    if source is None or target is None:
        kind = "from what was unspent" if source is None else "to what is unspent"
    elif source[1] != target[1]:
        kind = "between initiatives"
    elif source[2] != target[2]:
        kind = "between agencies"
    else:
        kind = "between categories"
        limit = float(terms.transfer_limit[fund])
        if not np.isnan(limit):
            approval = f"not needed: {written(limit, share=True)} of the fund may move between categories"
    budgets = {side[:2] for side in (source, target) if side is not None}
    small = [free.get(b, 0.0) for b in budgets]
    if (source is None or target is None or len(budgets) > 1) and min(small) >= HALF_A_CENT:
        least = money_exact(min(small), facts.settings.currency)
        approval = f"not needed: a budget of the fund may change by up to {least} without it"
    reasons = tuple(dict.fromkeys(r for r in (*say.less(fund, source), *say.more(fund, target)) if r))
    return MoneyMove(names["fund"][fund], side(source), side(target), money, kind, approval, reasons)


class _Reasons:
    """Why a budget line falls or rises, from what the year has brought and what it will."""

    def __init__(self, past: Past, before: Before, new: Before) -> None:
        facts = past.facts
        self.past, self.funds = past, facts.names["fund"]
        self.names = [facts.called("initiative", i) for i in range(facts.size("initiative"))]
        self.currency = past.case.settings.currency
        self.was, self.now = summed(before.levels, (0,)), summed(new.levels, (0,))
        planned = {k: v for k, v in before.spend.items() if k[-1] < past.over}
        self.planned, self.paid = summed(planned), summed(past.spend)
        due = {k: v for k, v in before.levels.items() if k[-1] < past.over}
        self.due, self.done = summed(due, (0,)), summed(past.level, (0,))

    def less(self, fund: int, line: Key | None) -> Iterator[str]:
        """Why money leaves a line."""
        if line is None:
            return
        i, name = line[1], self.names[line[1]]
        saved = self.planned.get((fund, i), 0.0) - self.paid.get((fund, i), 0.0)
        if saved >= HALF_A_CENT:
            yield self._spent(name, saved, "less", fund)
        behind = self.due.get((i,), 0.0) - self.done.get((i,), 0.0)
        if behind > LEAST:
            yield f"{name} has delivered {_scope(self.done.get((i,), 0.0))} of its scope, {_scope(self.due[i,])} was planned"
        yield self._scope(i)

    def more(self, fund: int, line: Key | None) -> Iterator[str]:
        """Why money goes to a line."""
        if line is None:
            return
        i, name = line[1], self.names[line[1]]
        extra = self.paid.get((fund, i), 0.0) - self.planned.get((fund, i), 0.0)
        if extra >= HALF_A_CENT:
            yield self._spent(name, extra, "more", fund)
        yield self._scope(i)

    def _spent(self, name: str, money: float, word: str, fund: int) -> str:
        much = money_exact(money, self.currency)
        return f"{name} has spent {much} {word} of {self.funds[fund]} than planned up to {self.past.through}"

    def _scope(self, initiative: int) -> str:
        was, now = self.was.get((initiative,), 0.0), self.now.get((initiative,), 0.0)
        name = self.names[initiative]
        if abs(now - was) <= LEAST:
            return f"{name} still delivers {_scope(now)} of its scope" if now else ""
        if _scope(was) == _scope(now):
            return f"{name} delivers slightly {'less' if now < was else 'more'} than {_scope(was)} of its scope"
        return f"{name} {'falls' if now < was else 'rises'} from {_scope(was)} to {_scope(now)} of its scope"


def _scope(level: float) -> str:
    """A level as people read it: what counts as delivered in full is 100%."""
    return percent(1.0 if level >= FULL else level)


def approvals(
    past: Past, before: Before, terms: Terms, changes: Mapping[Key, float], spent: Mapping[Key, float]
) -> Iterator[BudgetChange]:
    """Every approved budget that changes by more than what is free of approval, and by more than rounding."""
    names, gone = past.facts.names, summed(spent)
    for (fund, initiative), change in sorted(summed(changes).items()):
        free = free_of_approval(past, terms, (fund, initiative), gone.get((fund, initiative), 0.0))
        if abs(change) > max(free, _dust(past.facts, before, fund)) + HALF_A_CENT:
            by = terms.approver[fund] or NOT_STATED
            yield BudgetChange(names["fund"][fund], names["initiative"][initiative], round(change, 6), by)


def transfers(facts: Facts, terms: Terms, before: Before, changes: Mapping[Key, float]) -> Iterator[Transfer]:
    """What moves between categories, of each fund that limits it.

    What some categories gain or what others lose, whichever is less: a cut or a rise of the whole fund moves nothing.
    """
    by_category, approved = summed(changes, (0, 3)), summed(before.lines, (0,))
    currency = facts.settings.currency
    for f in np.flatnonzero(~np.isnan(terms.transfer_limit)).tolist():
        mine = [round(v, 6) for k, v in by_category.items() if k[0] == f]
        money = min(sum(v for v in mine if v > 0), -sum(v for v in mine if v < 0))
        limit = float(terms.transfer_limit[f]) * approved.get((f,), 0.0)
        name = facts.names["fund"][f]
        said = (
            f"{name} moves {money_exact(money, currency)} between categories; {money_exact(limit, currency)} may move."
        )
        yield Transfer(name, money, limit, money <= limit + HALF_A_CENT, said)
