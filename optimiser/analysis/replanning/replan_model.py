"""The linear program of a re-plan: the ordinary one with the past settled, and what movement costs.

before   the approved plan: money of each budget line (fund, initiative, agency, category), over all periods
movement Σ over budget lines of abs(new − before)
timing   Σ over lines and periods to come of abs(new − before)
approval 1 for each approved budget (fund, initiative) that changes by more than what is free
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from optimiser.analysis.replanning.past import Balance, Past, balance_of
from optimiser.case.facts import Facts
from optimiser.case.settings import Objective, parse_objective
from optimiser.case.table import Array, Table
from optimiser.case.tolerances import NEAR_WHOLE
from optimiser.model.build import build
from optimiser.model.extend import Extension, settled
from optimiser.model.matrix import Model, StageCost
from optimiser.model.rules import Compiled
from optimiser.plan.lines import KEYS, SHEET_OF, Key, decode

LINE = KEYS["spend"][:-1]
BUDGET = ("fund", "initiative")
OWN = ("movement", "approvals", "timing")
"""Objectives of a re-plan beside those of a case."""


@dataclass(frozen=True)
class Wishes:
    """What a re-plan strives for and what it must not do.

    order: objectives, as in the Case sheet, with movement, approvals and timing among them (None: those of the case,
    then movement, then timing); max_approvals: most approvals; approval_price: what one approval costs, in the unit
    of the case's first objective.
    """

    order: str | None = None
    max_approvals: int | None = None
    approval_price: float = 0.0

    def objectives(self, case: tuple[Objective, ...]) -> tuple[Objective, ...]:
        """The objectives in order. Raises ValueError where one is not known or stands twice."""
        if self.order is None:
            return (*case, Objective("movement"), Objective("timing"))
        made: list[Objective] = []
        for part in self.order.split(">"):
            word = (part.split() or [""])[0].lower()
            if word in OWN:
                within = parse_objective(part.lower().replace(word, "impact", 1))[0].within
                made.append(Objective(word, within))
            else:
                try:
                    made += parse_objective(part)
                except ValueError as error:
                    raise ValueError(f"{error} (or {', '.join(OWN)})") from None
        names = [o.name for o in made]
        twice = next((n for n in names if names.count(n) > 1), "")
        if twice:
            raise ValueError(f"{twice} stands twice: name each objective once")
        return tuple(made)


@dataclass(frozen=True, eq=False)
class Before:
    """The approved plan by codes: money by budget line and by spend line, its posts, hires and levels."""

    lines: Mapping[Key, float]
    spend: Mapping[Key, float]
    levels: Mapping[Key, float]
    posts: Mapping[Key, float]
    hires: Mapping[Key, float]

    @staticmethod
    def of(facts: Facts, tables: Mapping[str, Table]) -> Before:
        """From the plan's decision tables; lines of members that the case no longer has are left out."""
        sheets = decode(facts, tables).sheets

        def sums(sheet: str, columns: tuple[str, ...]) -> dict[Key, float]:
            return {k: float(v) for k, v in sheets[sheet].sums(*columns).items()}

        return Before(sums("Spend", LINE), *(sums(SHEET_OF[family], key) for family, key in KEYS.items()))


@dataclass(frozen=True, eq=False)
class Terms:
    """What the funds say of moves, by fund: the share of the approved money that may move between categories (NaN: no
    rule), the change of a budget that is free of approval (money), and who approves."""

    transfer_limit: Array
    free: Array
    approver: list[str]

    @staticmethod
    def of(facts: Facts) -> Terms:
        """From the attributes transfer_limit, approval_from and approver of Funds, where it has them."""
        table, size = facts.sorted["fund"], facts.size("fund")

        def number(column: str, default: float) -> Array:
            if column not in table or table[column].dtype == object:
                return np.full(size, default)
            return np.where(np.isnan(table[column]), default, table[column])

        stated = table["approver"].tolist() if "approver" in table else [""] * size
        return Terms(
            number("transfer_limit", np.nan),
            number("approval_from", 0.0),
            [str(s) or owner for s, owner in zip(stated, table["owner"].tolist(), strict=True)],
        )


@dataclass(frozen=True, eq=False)
class Remaining:
    """The linear program of what is left to decide. spent: money of the past by budget line."""

    model: Model
    past: Past
    before: Before
    balance: Balance
    terms: Terms
    spent: Mapping[Key, float]


def remaining(past: Past, before: Before, rules: list[Compiled], wishes: Wishes) -> Remaining:
    """The ordinary model with the past settled, movement and approvals as columns and rows, and stages in order."""
    facts, terms, balance = past.facts, Terms.of(past.facts), balance_of(past)
    objectives = wishes.objectives(facts.settings.objective)
    theirs = replace(facts.settings, objective=tuple(o for o in objectives if o.name not in OWN))
    full = build(replace(past.case, settings=theirs).facts, rules)
    model = _overdrafts(settled(*_past_of(full, past, before, balance)), facts, balance)
    spent = summed(past.spend, (0, 1, 2, 3))
    extension = Extension(model)
    _already(extension, past)
    columns = model.columns["spend"].members(KEYS["spend"])
    lines = sorted({k[:-1] for k in columns} | set(spent) | set(before.lines))
    own = {"movement": _movement(extension, facts, before, spent, lines, columns)}
    names = [o.name for o in objectives]
    if "timing" in names:
        own["timing"] = _timing(extension, facts, before, columns)
    price: list[tuple[Array, float]] = []
    if "approvals" in names or wishes.max_approvals is not None or wishes.approval_price:
        switches = _approvals(extension, past, before, spent, terms, columns, wishes)
        own["approvals"] = [(switches, 1.0)]
        price = [(switches, wishes.approval_price)] if wishes.approval_price else []
    _transfers(extension, facts, before, spent, terms, columns)
    stages = _stages(extension, model, objectives, own, price)
    return Remaining(extension.made(stages), past, before, balance, terms, spent)


def happened(past: Past, before: Before) -> dict[str, Mapping[Key, float]]:
    """What has happened, by family of columns. Posts and hires are those of the approved plan."""
    return {"spend": past.spend, "level": past.level, "post": before.posts, "hire": before.hires}


def _past_of(model: Model, past: Past, before: Before, balance: Balance) -> tuple[Model, Array, Array]:
    """The model, which of its columns are past, and their values."""
    at, x = np.zeros(len(model.column_lower), bool), np.zeros(len(model.column_lower))
    for name, known in happened(past, before).items():
        family = model.columns[name]
        over = family.keys["period"] < past.over
        found = [known.get(k, 0.0) for k in family.members(KEYS[name])]
        at[family.span], x[family.span] = over, np.where(over, np.array(found, float), 0.0)
    for name, amount in (("carry", balance.carry), ("unspent", balance.unspent)):
        family = model.columns[name]
        over = family.keys["period"] < past.over
        at[family.span] = over
        x[family.span] = np.where(over, amount[family.keys["fund"], family.keys["period"]], 0.0)
    return model, at, x


def _overdrafts(model: Model, facts: Facts, balance: Balance) -> Model:
    """Where the past overspent more than the next installment covers, the rest weighs on the period after it."""
    for name, share in (("fund", np.ones(facts.size("fund"))), ("carry-over", facts.carryover)):
        family = model.rows[name]
        fund, period = family.keys["fund"], family.keys["period"]
        here, before = balance.short[fund, period], np.where(period > 0, balance.short[fund, period - 1], 0.0)
        here = here + np.where(_last(facts, fund, period), balance.uncovered[fund], 0.0)
        shift = share[fund] * (here - before)
        model.row_lower[family.span] += shift
        model.row_upper[family.span] += shift
    return model


def _last(facts: Facts, fund: Array, period: Array) -> Array:
    last = facts.size("period") - 1 - np.argmax(facts.fund_open[:, ::-1], axis=1)
    return np.asarray(last[fund] == period)


def _already(extension: Extension, past: Past) -> None:
    """What is already spent and delivered in a period that still runs is the least of it."""
    for name, known in (("spend", past.running_spend), ("level", past.running_level)):
        family = extension.base.columns[name]
        place = {k: n for n, k in enumerate(family.members(KEYS[name]))}
        at = np.array([family.first + place[k] for k in known], np.int32)
        least = np.array(list(known.values()), float)
        codes = _by(list(known), KEYS[name])
        extension.rows(f"rule already {name}", codes, least, np.inf, (np.arange(len(at)), at, 1.0))


def _grouped(columns: list[Key], keys: list[Key], width: int | tuple[int, ...]) -> Array:
    """For each spend column the number of its group in `keys` (-1: none). width: the leading, or the chosen, parts of its key."""
    place = {k: n for n, k in enumerate(keys)}
    parts = range(width) if isinstance(width, int) else width
    return np.array([place.get(tuple(k[p] for p in parts), -1) for k in columns], np.int32)


def _by(keys: list[Key], dimensions: tuple[str, ...]) -> dict[str, Array]:
    return {d: np.array([k[n] for k in keys], np.int32) for n, d in enumerate(dimensions)}


def _sums(extension: Extension, group: Array) -> tuple[Array, Array, float]:
    """Entries of the spend columns in the rows of their groups."""
    at = np.flatnonzero(group >= 0)
    return group[at], at + extension.base.columns["spend"].first, 1.0


def _movement(
    extension: Extension, facts: Facts, before: Before, spent: Mapping[Key, float], lines: list[Key], columns: list[Key]
) -> list[tuple[Array, float]]:
    """new − up + down = before, for each budget line."""
    had = np.array([before.lines.get(k, 0.0) for k in lines])
    gone = np.array([spent.get(k, 0.0) for k in lines])
    amount = facts.amount[[k[0] for k in lines]] if lines else np.zeros(0)
    keys, every = _by(lines, LINE), np.arange(len(lines))
    scale = np.maximum(facts.request[[k[1] for k in lines]] if lines else had, 1.0)
    up = extension.columns("moved up", keys, amount + gone, scale=scale)
    down = extension.columns("moved down", keys, had, scale=scale)
    extension.rows(
        "movement", keys, had - gone, had - gone,
        _sums(extension, _grouped(columns, lines, 4)), (every, up, -1.0), (every, down, 1.0),
    )  # fmt: skip
    return [(up, 1.0), (down, 1.0)]


def _timing(extension: Extension, facts: Facts, before: Before, columns: list[Key]) -> list[tuple[Array, float]]:
    """spend − more + less = before, for each spend column to come."""
    had, every = np.array([before.spend.get(k, 0.0) for k in columns]), np.arange(len(columns))
    keys = dict(extension.base.columns["spend"].keys)
    scale = np.maximum(facts.request[keys["initiative"]], 1.0)
    more = extension.columns("more", keys, facts.amount[keys["fund"]], scale=scale)
    less = extension.columns("less", keys, had, scale=scale)
    spend = every, every + extension.base.columns["spend"].first, 1.0
    extension.rows("timing", keys, had, had, spend, (every, more, -1.0), (every, less, 1.0))
    return [(more, 1.0), (less, 1.0)]


def free_of_approval(past: Past, terms: Terms, budget: Key, spent: float) -> float:
    """By how much a budget may change without approval: as its fund says, and what whole units cannot meet (money)."""
    unit = past.case.settings.rounding
    part = bool(unit) and abs(spent / unit - round(spent / unit)) > NEAR_WHOLE
    return max(float(terms.free[budget[0]]), unit if part else 0.0)


def summed(lines: Mapping[Key, float], parts: tuple[int, ...] = (0, 1)) -> dict[Key, float]:
    """Money of the lines by these parts of their keys."""
    made: dict[Key, float] = {}
    for key, money in lines.items():
        group = tuple(key[p] for p in parts)
        made[group] = made.get(group, 0.0) + money
    return made


def _approvals(
    extension: Extension, past: Past, before: Before, spent: Mapping[Key, float], terms: Terms,
    columns: list[Key], wishes: Wishes,
) -> Array:  # fmt: skip
    """A switch for each approved budget: off, it stands as it was. Each has its own M, the most it can rise or fall."""
    facts = past.facts
    had, gone = summed(before.lines), summed(spent)
    budgets = sorted({k[:2] for k in columns} | set(had) | set(gone))
    money = np.array([[had.get(k, 0.0), gone.get(k, 0.0)] for k in budgets]).reshape(-1, 2)
    free = np.array([free_of_approval(past, terms, k, gone.get(k, 0.0)) for k in budgets])
    most = np.array([_most(facts, k) for k in budgets])
    rest = money[:, 0] - money[:, 1]
    rise = np.maximum(most - np.maximum(rest, 0.0), 0.0) + np.maximum(-rest, 0.0)
    fall = np.maximum(rest, 0.0)
    keys, every = _by(budgets, BUDGET), np.arange(len(budgets))
    switch = extension.columns("approval", keys, 1.0, integer=True)
    sums = _sums(extension, _grouped(columns, budgets, 2))
    extension.rows("rule approval up", keys, -np.inf, rest + free, sums, (every, switch, -rise))
    extension.rows("rule approval down", keys, rest - free, np.inf, sums, (every, switch, fall))
    if wishes.max_approvals is not None:
        count = (np.zeros(len(budgets), int), switch, 1.0)
        extension.rows("approvals", 1, -np.inf, float(wishes.max_approvals), count)
    return switch


def _most(facts: Facts, budget: Key) -> float:
    """The most that a fund can pay for an initiative in the periods to come: its amount, or the cost of all of it."""
    fund, initiative = budget
    mine = facts.partner_initiative == initiative
    full = float(facts.request[initiative] * np.max(facts.cost_factor[mine], initial=0.0))
    hires = facts.hire_max * facts.hire_cost
    full += float(hires[facts.partner_agency[mine]][:, facts.need[initiative] > 0].sum())
    return float(min(facts.amount[fund], full, facts.maximum[initiative]))


def _transfers(
    extension: Extension, facts: Facts, before: Before, spent: Mapping[Key, float], terms: Terms, columns: list[Key]
) -> None:
    """Of a fund with a transfer limit, what some categories gain or what the others lose stays within it.

    A cut or a rise of the whole fund is no transfer: the smaller of the two sums is, hence one switch for each fund.
    """
    funds = np.flatnonzero(~np.isnan(terms.transfer_limit)).tolist()
    had, gone = summed(before.lines, (0, 3)), summed(spent, (0, 3))
    keys = sorted(k for k in {(k[0], k[3]) for k in columns} | set(had) | set(gone) if k[0] in funds)
    if not keys:
        return
    money = np.array([[had.get(k, 0.0), gone.get(k, 0.0)] for k in keys])
    by, every = _by(keys, ("fund", "category")), np.arange(len(keys))
    amount = facts.amount[by["fund"]]
    up = extension.columns("category up", by, amount + money[:, 1])
    down = extension.columns("category down", by, money[:, 0])
    rest = money[:, 0] - money[:, 1]
    group = _sums(extension, _grouped(columns, keys, (0, 3)))
    extension.rows("category", by, rest, rest, group, (every, up, -1.0), (every, down, 1.0))
    chosen = sorted({k[0] for k in keys})
    row = np.array([chosen.index(k[0]) for k in keys])
    approved = np.bincount(row, money[:, 0], len(chosen))
    limit = terms.transfer_limit[chosen] * approved
    size = np.bincount(row, amount + money[:, 1], len(chosen))
    number = np.arange(len(chosen))
    of_fund = {"fund": np.array(chosen)}
    side = extension.columns("transfer side", of_fund, 1.0, integer=True)
    extension.rows("transfers up", of_fund, -np.inf, limit, (row, up, 1.0), (number, side, -size))
    extension.rows("transfers down", of_fund, -np.inf, limit + approved, (row, down, 1.0), (number, side, approved))


def _stages(
    extension: Extension, model: Model, objectives: tuple[Objective, ...],
    own: Mapping[str, list[tuple[Array, float]]], price: list[tuple[Array, float]],
) -> list[StageCost]:  # fmt: skip
    """The stages in order; the price of approvals counts in the first of the case's."""
    ours = list(model.stages)
    made = [s for s in ours if s.name == "penalty"]
    for objective in objectives:
        if objective.name in own:
            made.append(StageCost(objective.name, extension.cost(*own[objective.name]), 1.0, objective.within))
            continue
        for stage in (s for s in ours if s.name == objective.name):
            cost = extension.cost((np.arange(len(stage.cost)), stage.cost), *price)
            price = []
            made.append(StageCost(stage.name, cost, stage.sign, objective.within))
    return made
