"""What is already spent and delivered, read from the Actuals sheet, and what it leaves of each fund.

A period is over up to the last one that Actuals name (or an earlier one that the caller names). Rows of later
periods say what is already spent and delivered in a period that still runs: the least that it will be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from optimiser.case.case import Case
from optimiser.case.facts import Facts
from optimiser.case.faults import Fault, InvalidCase
from optimiser.case.names import fold, nearest
from optimiser.case.reading.costs import shares_of
from optimiser.case.reading.workbook import Tables
from optimiser.case.table import Array, Table, text
from optimiser.plan.entries import partner_places
from optimiser.plan.lines import KEYS, Key, decode

SPEND_KEY, LEVEL_KEY = KEYS["spend"], KEYS["level"]
NO_LINE, TWO_LEVELS = "A01", "A02"
"""Codes: money was spent where the case allows none; two levels for one initiative, agency and period."""


@dataclass(frozen=True, eq=False)
class Past:
    """What has happened, by codes of the case's members.

    case: with a cost category of share 0 for each in which an initiative spent although its Costs lack it; over: how
    many periods are over; spend (fund, initiative, agency, category, period) and level (initiative, agency, period):
    of the periods that are over; running: the same of later ones; notes: what had to be assumed, in sentences.
    """

    case: Case
    over: int
    spend: Mapping[Key, float]
    level: Mapping[Key, float]
    running_spend: Mapping[Key, float]
    running_level: Mapping[Key, float]
    notes: tuple[str, ...] = ()

    @property
    def facts(self) -> Facts:
        """The case as arrays."""
        return self.case.facts

    @property
    def through(self) -> str:
        """The last period that is over."""
        return self.facts.names["period"][self.over - 1]


def read_past(case: Case, through: str | None = None, before: Mapping[str, Table] | None = None) -> Past:
    """The Actuals sheet as what has happened. through: the last period that is over (by default the last that it names);
    before: the approved plan's decision tables, whose hires were made.

    Raises ValueError where there are no Actuals or no such period, InvalidCase where money was spent in a way that the
    case does not allow, with every such row and its cure.
    """
    table = case.tables["Actuals"]
    if not len(table):
        raise ValueError("The sheet Actuals has no rows: a re-plan starts from what is already spent and delivered.")
    case = with_categories(case)
    facts = case.facts
    codes = {d: facts.code(d, table[d]) for d in SPEND_KEY}
    over = _periods_over(facts, codes["period"], through)
    money, stated = table["money"], table["level"]
    faults = list(_no_line(case, codes, money, stated))
    keys = list(zip(*(codes[d].tolist() for d in LEVEL_KEY), strict=True))
    faults += _two_levels(case, keys, stated)
    if faults:
        raise InvalidCase(faults)
    level, notes = _levels(facts, keys, codes["category"], money, stated, _hired(facts, before or {}))
    spend = dict(zip(zip(*(codes[d].tolist() for d in SPEND_KEY), strict=True), money.tolist(), strict=True))
    return Past(
        case,
        over,
        {k: v for k, v in spend.items() if k[-1] < over and v},
        {k: v for k, v in level.items() if k[-1] < over and v},
        {k: v for k, v in spend.items() if k[-1] >= over and v},
        {k: v for k, v in level.items() if k[-1] >= over and v},
        notes,
    )


def _periods_over(facts: Facts, period: Array, through: str | None) -> int:
    """How many periods are over."""
    if through is None:
        return int(period.max()) + 1
    known = facts.names["period"]
    place = next((k for k, name in enumerate(known) if fold(name) == fold(through)), -1)
    if place < 0:
        near = nearest(through, known)
        raise ValueError(f'no period is called "{through}": ' + (f"did you mean {near}?" if near else ", ".join(known)))
    return place + 1


def with_categories(case: Case) -> Case:
    """The case with a cost of share 0 for each category in which an initiative spent and that its Costs lack."""
    costs, actuals = case.tables["Costs"], case.tables["Actuals"]
    listed = list(zip(costs["initiative"].tolist(), costs["category"].tolist(), shares_of(costs).tolist(), strict=True))
    has = {(i, fold(c)) for i, c, _ in listed}
    with_rows = {i for i, _, _ in listed}
    more: list[tuple[str, str, float]] = []
    for i, c in dict.fromkeys(zip(actuals["initiative"].tolist(), actuals["category"].tolist(), strict=True)):
        if i not in with_rows and (i, "general") not in has:
            has.add((i, "general"))
            more.append((i, "general", 1.0))
        if (i, fold(c)) not in has:
            has.add((i, fold(c)))
            more.append((i, c, 0.0))
    if all(i not in with_rows and share == 1 for i, _, share in more):
        return case
    rows = [*listed, *more]
    columns = {"initiative": text([r[0] for r in rows]), "category": text([r[1] for r in rows])}
    share = np.array([r[2] for r in rows], float)
    table = Table("Costs", {**columns, "share": share, "amount": np.full(len(rows), np.nan)})
    return replace(case, tables={**case.tables, "Costs": table})


def _no_line(case: Case, codes: Mapping[str, Array], money: Array, level: Array) -> Iterator[Fault]:
    """Rows of money or levels that the case does not allow."""
    facts, tables = case.facts, Tables(case.tables)
    fund, initiative, agency, _, period = (codes[d] for d in SPEND_KEY)
    partner = partner_places(facts, initiative, agency) >= 0
    allowed = np.ones(len(fund), bool)
    for f in range(facts.size("fund")):
        mine = fund == f
        for dimension, hit in facts.allowed[f].items():
            allowed[mine] &= hit[codes[dimension][mine]] if dimension != "fund" else bool(hit[f])
    names = facts.names
    for k in np.flatnonzero((money > 0) | (level > 0)).tolist():
        f, i, a, c, t = (names[d][codes[d][k]] for d in SPEND_KEY)
        reasons = (
            (not partner[k], "agency", a, f"a partner of {i}", f"add {a} to Partners of {i}, or correct the row"),
            (not facts.active[initiative[k], period[k]], "period", t, f"a period in which {i} runs",
             f"change first or last of {i}, or correct the row"),
            (not facts.fund_open[fund[k], period[k]], "period", t, f"a period in which {f} is open",
             f"change first or last of {f}, or charge another fund"),
            (not allowed[k], "fund", f, f"a fund that may pay for {c} of {i} through {a} in {t}",
             f"charge another fund, or change `allowed` of {f}"),
        )  # fmt: skip
        for wrong, column, found, expected, cure in reasons:
            if wrong:
                yield tables.place("Actuals", column).fault(k, NO_LINE, found, expected, cure)


def _two_levels(case: Case, keys: list[Key], stated: Array) -> list[Fault]:
    place, seen, faults = Tables(case.tables).place("Actuals", "level"), dict[Key, float](), []
    for k, (key, level) in enumerate(zip(keys, stated.tolist(), strict=True)):
        if level == level and seen.setdefault(key, level) != level:
            i, a, t = (case.facts.names[d][c] for d, c in zip(LEVEL_KEY, key, strict=True))
            expected = f"one level for {i} through {a} in {t}: another row says {seen[key]:g}"
            cure = "state it once and leave the others blank"
            faults.append(place.fault(k, TWO_LEVELS, f"{level:g}", expected, cure))
    return faults


def _hired(facts: Facts, before: Mapping[str, Table]) -> dict[Key, float]:
    """What the hires of a plan cost, in money by initiative, agency and period."""
    cost: dict[Key, float] = {}
    for (a, k, i, t), fte in decode(facts, before).hires.sums("agency", "role", "initiative", "period").items():
        cost[i, a, t] = cost.get((i, a, t), 0.0) + float(fte) * float(facts.hire_cost[a, k, t])
    return cost


def _levels(
    facts: Facts, keys: list[Key], category: Array, money: Array, stated: Array, hired: Mapping[Key, float]
) -> tuple[dict[Key, float], tuple[str, ...]]:
    """Level of each initiative, agency and period: as stated on one of its rows, else what the money spent pays for, up to
    full scope.

    Money for hired people delivers nothing beyond the scope that the other costs pay for: where people can be hired, the
    level is that of the money outside personnel; where all is personnel, what the approved hires cost is left out.
    """
    personnel = facts.names["category"].index("personnel")
    share = np.zeros(facts.size("initiative"))  # of the cost that is personnel
    mine = facts.cost_category == personnel
    np.add.at(share, facts.cost_initiative[mine], facts.cost_share[mine])
    made: dict[Key, float] = {}
    spent: dict[Key, float] = {}
    others: dict[Key, float] = {}
    for key, c, amount, level in zip(keys, category.tolist(), money.tolist(), stated.tolist(), strict=True):
        spent[key] = spent.get(key, 0.0) + amount
        others[key] = others.get(key, 0.0) + (0.0 if c == personnel else amount)
        if level == level:
            made[key] = level
    total: dict[int, float] = {}
    for (i, _, _), level in made.items():
        total[i] = total.get(i, 0.0) + level
    assumed: dict[int, None] = {}
    for key in sorted(spent, key=lambda k: (k[-1], k)):
        if key in made or not spent[key]:
            continue
        i, a, t = key
        pair = int(partner_places(facts, np.array([i]), np.array([a]))[0])
        full, paid = float(facts.request[i] * facts.cost_factor[pair]), spent[key]
        if np.any((facts.hire_max[a, :, t] > 0) & (facts.hire_cost[a, :, t] > 0) & (facts.need[i] > 0)):
            if share[i] < 1:
                full, paid = full * float(1 - share[i]), others[key]
            else:
                paid = max(0.0, paid - hired.get(key, 0.0))
        left = max(0.0, 1.0 - total.get(i, 0.0))
        made[key] = min(paid / full, left) if full > 0 else 0.0
        total[i] = total.get(i, 0.0) + made[key]
        assumed[i] = None
    if not assumed:
        return made, ()
    listed = ", ".join(facts.names["initiative"][i] for i in assumed)
    return made, (
        f"Actuals state no level for {listed}: the level is taken from the money, as Costs and request price it.",
    )


@dataclass(frozen=True, eq=False)
class Balance:
    """What the past leaves in the funds, in money.

    carry [F, T]: what moves from a period that is over to the next one (below 0: overspent, and the next installment
    must cover it); unspent [F, T]: what lapsed; short [F, T]: overspending that a later period cannot cover either
    and passes on; uncovered [F]: overspending that nothing of the fund covers.
    """

    carry: Array
    unspent: Array
    short: Array
    uncovered: Array


def balance_of(past: Past) -> Balance:
    """Balances of the periods that are over: what is not spent moves on as far as the fund allows."""
    facts = past.facts
    shape = facts.fund_open.shape
    carry, unspent, short, uncovered = np.zeros(shape), np.zeros(shape), np.zeros(shape), np.zeros(shape[0])
    spent = np.zeros(shape)
    for (f, _, _, _, t), money in past.spend.items():
        spent[f, t] += money
    for f in range(shape[0]):
        brought = 0.0
        window = np.flatnonzero(facts.fund_open[f]).tolist()
        for t in window:
            available = round(float(facts.installment[f, t] + brought), 6)
            last = t == window[-1]
            if t >= past.over:
                if available >= 0:
                    break
                (uncovered if last else short[:, t])[f] = -available
                brought = available
                continue
            left = round(float(available - spent[f, t]), 6)
            moves = 0.0 if last else (left if left < 0 else min(float(facts.carryover[f]) * max(available, 0.0), left))
            carry[f, t], unspent[f, t] = moves, max(left - moves, 0.0)
            uncovered[f] = max(-left, 0.0) if last else 0.0
            brought = moves
    return Balance(carry, unspent, short, uncovered)
