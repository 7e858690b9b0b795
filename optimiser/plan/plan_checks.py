"""Every balance and capacity of the mathematics, computed from the lines of a plan in exact arithmetic.

Each check yields the rows that do not hold exactly, however little; how much is tolerated is decided by the caller.
Only lines that exist are looked at, so the work grows with the plan and not with the combinations that a case allows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from optimiser.case.facts import Facts
from optimiser.case.readable import digits
from optimiser.case.table import Array
from optimiser.case.tolerances import FUNDED
from optimiser.model.rules.terms import exact
from optimiser.plan.allowance import EXACT, FIGURE, LOOSE, NEVER, UNIT
from optimiser.plan.entries import partner_places
from optimiser.plan.lines import AMOUNTS, IN_KIND, DecisionLines, Lines, dimension_of
from optimiser.plan.tables import SPEC

ZERO, ONE = Fraction(0), Fraction(1)
LEAST_LEVEL = Fraction(1, 100)
"""Least level of an initiative that a rule counts as funded and that has no minimum."""
LESS_THAN_A_STEP = Fraction(9_999_995, 10_000_000)
"""Part of a post_step that people may exceed the need by: half way from what the program allows (a millionth less) to all of it."""


@dataclass(frozen=True)
class Miss:
    """A row that does not hold exactly: by how much (`over`, above 0), its largest term, and how exactly it must hold."""

    constraint: str
    item: str
    required: Fraction
    achieved: Fraction
    over: Fraction
    largest: Fraction
    kind: str
    sentence: str


@dataclass(frozen=True, eq=False)
class CheckedPlan:
    """What the checks look at. unit: the rounding of money, 0 where the plan is not rounded; switched: [I], whether a
    rule counts the initiative as funded or not; balances: whether the plan has a sheet of them."""

    facts: Facts
    lines: DecisionLines
    unit: Fraction
    switched: Array
    balances: bool

    def name(self, **codes: int) -> str:
        """The names of these members, joined by commas."""
        return ", ".join(self.facts.names[dimension][code] for dimension, code in codes.items())


def readable(plan: CheckedPlan) -> Iterator[Miss]:
    """Every line names members of the case, once, with a finite amount."""
    for bad in plan.lines.unreadable:
        what = f"{bad.found} is unknown as {bad.column}" if bad.column else bad.found
        said = f"{bad.sheet}, line {bad.line}: {what}."
        yield Miss("readable", f"{bad.sheet}: {bad.line}", ZERO, ONE, ONE, ONE, NEVER, said)


def not_negative(plan: CheckedPlan) -> Iterator[Miss]:
    """No line is negative, nor an amount of a balance."""
    for sheet, lines in plan.lines.sheets.items():
        for k in np.flatnonzero(lines.amount < 0).tolist():
            item, amount = f"{sheet}: {_line(plan, sheet, lines, k)}", lines.exact[k]
            kind = EXACT if sheet == "Spend" else LOOSE
            yield Miss("not negative", item, ZERO, amount, -amount, ONE, kind, f"{item} is {say(amount)}, below 0.")
    for (f, t), amounts in plan.lines.balances.items():
        for column, amount in zip(AMOUNTS, amounts, strict=True):
            if amount < 0:
                item = f"Balances: {plan.name(fund=f, period=t)}, {column}"
                kind, largest = FIGURE, max(abs(a) for a in amounts)
                yield Miss(
                    "not negative", item, ZERO, amount, -amount, largest, kind, f"{item} is {say(amount)}, below 0."
                )


def rounding(plan: CheckedPlan) -> Iterator[Miss]:
    """Every line of spend stands in the rounding of the case."""
    if not plan.unit:
        return
    for k, amount in enumerate(plan.lines.spend.exact):
        rest = amount % plan.unit
        if rest:
            item = _line(plan, "Spend", plan.lines.spend, k)
            said = f"{item}: {say(amount)} is no multiple of {say(plan.unit)}."
            yield Miss("rounding", item, amount - rest, amount, rest, abs(amount), NEVER, said)


def _line(plan: CheckedPlan, sheet: str, lines: Lines, k: int) -> str:
    codes = ((dimension_of(column), int(lines.codes[column][k])) for column in SPEC[sheet].key)
    return ", ".join(plan.facts.names[dimension][code] if code >= 0 else IN_KIND for dimension, code in codes)


def admissible(plan: CheckedPlan) -> Iterator[Miss]:
    """Every line is a combination that may be: fund open and allowed, partner, initiative active, role needed …"""
    for (sheet, lines), reasons in zip(plan.lines.sheets.items(), _reasons(plan), strict=True):
        for reason, wrong in reasons:
            for k in np.flatnonzero(wrong & (lines.amount != 0)).tolist():
                item, amount = _line(plan, sheet, lines, k), abs(lines.exact[k])
                said = f"{sheet}, line {item}: {reason}."
                yield Miss("admissible", f"{sheet}: {item}", ZERO, amount, amount, amount, NEVER, said)


def _reasons(plan: CheckedPlan) -> Iterator[list[tuple[str, Array]]]:
    facts, lines = plan.facts, plan.lines
    c = lines.spend.codes
    yield [
        ("the fund is not open in this period", ~facts.fund_open[c["fund"], c["period"]]),
        ("the fund may not pay for it", ~_allowed(facts, lines.spend)),
        ("the agency is no partner", _no_partner(facts, lines.spend)),
        ("the initiative does not run in this period", ~facts.active[c["initiative"], c["period"]]),
        ("the initiative has no such cost", ~_has_cost(facts, lines.spend)),
    ]
    c = lines.posts.codes
    yield [
        ("the initiative does not need the role", facts.need[c["initiative"], c["fills"]] <= 0),
        ("the one role cannot do the work of the other", facts.rate[c["role"], c["fills"]] <= 0),
        ("the initiative does not run in this period", ~facts.active[c["initiative"], c["period"]]),
    ]
    c = lines.hires.codes
    yield [
        ("the agency is no partner", _no_partner(facts, lines.hires)),
        ("the initiative does not need the role", facts.need[c["initiative"], c["role"]] <= 0),
        ("the initiative does not run in this period", ~facts.active[c["initiative"], c["period"]]),
    ]
    c = lines.levels.codes
    yield [
        ("the agency is no partner", _no_partner(facts, lines.levels)),
        ("the initiative does not run in this period", ~facts.active[c["initiative"], c["period"]]),
    ]
    c = lines.match.codes
    yield [
        ("the source may not count as match", (c["source"] >= 0) & ~facts.can_match.astype(bool)[c["source"]]),
        ("a fund cannot match itself", c["source"] == c["fund"]),
    ]


def _no_partner(facts: Facts, lines: Lines) -> Array:
    return partner_places(facts, lines.codes["initiative"], lines.codes["agency"]) < 0


def _allowed(facts: Facts, spend: Lines) -> Array:
    allowed = np.ones(len(spend), bool)
    for f in np.unique(spend.codes["fund"]).tolist():
        mine = np.flatnonzero(spend.codes["fund"] == f)
        for dimension, hit in facts.allowed[f].items():
            allowed[mine] &= hit[spend.codes[dimension][mine]]
    return allowed


def _has_cost(facts: Facts, spend: Lines) -> Array:
    """Whether the initiative has the category among its costs, or it is personnel and people can be hired."""
    c = spend.codes
    categories = facts.size("category")
    listed = np.isin(
        c["initiative"] * categories + c["category"], facts.cost_initiative * categories + facts.cost_category
    )
    personnel = c["category"] == _personnel(facts)
    hireable = np.zeros(len(spend), bool)
    for k in np.flatnonzero(personnel & ~listed).tolist():
        i, a, t = c["initiative"][k], c["agency"][k], c["period"][k]
        hireable[k] = bool(np.any((facts.need[i] > 0) & (facts.hire_max[a, :, t] > 0)))
    return np.asarray(listed | hireable)


def _personnel(facts: Facts) -> int:
    return next(k for k, name in enumerate(facts.names["category"]) if name.lower() == "personnel")


def cost(plan: CheckedPlan) -> Iterator[Miss]:
    """What is spent on a category equals its share of the cost of the level, plus the cost of hiring (personnel)."""
    facts, lines = plan.facts, plan.lines
    needed: dict[tuple[int, ...], Fraction] = {}
    rows: dict[int, list[int]] = {}
    for q, i in enumerate(facts.cost_initiative.tolist()):
        rows.setdefault(i, []).append(q)
    levels = lines.levels.sums("initiative", "agency", "period")
    places = dict(zip(levels, _places(facts, list(levels)), strict=True))
    for (i, a, t), level in levels.items():
        if not level or places[i, a, t] < 0:
            continue
        full = exact(facts.request[i]) * exact(facts.cost_factor[places[i, a, t]]) * level
        for q in rows[i]:
            needed[i, a, int(facts.cost_category[q]), t] = exact(facts.cost_share[q]) * full
    personnel = _personnel(facts)
    for (a, k, i, t), fte in lines.hires.sums("agency", "role", "initiative", "period").items():
        row = i, a, personnel, t
        needed[row] = needed.get(row, ZERO) + exact(facts.hire_cost[a, k, t]) * fte
    spent = lines.spend.sums("initiative", "agency", "category", "period")
    for key in {**needed, **spent}:
        required, achieved = needed.get(key, ZERO), spent.get(key, ZERO)
        if required != achieved:
            i, a, c, t = key
            item = plan.name(initiative=i, agency=a, category=c, period=t)
            said = f"{item}: {say(achieved)} is spent, the delivered level costs {say(required)}."
            largest = max(abs(required), abs(achieved))
            yield Miss("cost", item, required, achieved, abs(required - achieved), largest, UNIT, said)


def _places(facts: Facts, keys: list[tuple[int, ...]]) -> list[int]:
    pairs = np.array([key[:2] for key in keys], np.int64).reshape(-1, 2)
    return [int(p) for p in partner_places(facts, pairs[:, 0], pairs[:, 1])]


def scope(plan: CheckedPlan) -> Iterator[Miss]:
    """No initiative is delivered beyond its full scope, nor faster than its pace."""
    for i, level in plan.lines.level.items():
        if level > 1:
            item = plan.name(initiative=i)
            said = f"{item} is delivered at {say(level)} of its scope, above 1."
            yield Miss("scope", item, ONE, level, level - 1, ONE, LOOSE, said)
    for (i, t), level in plan.lines.levels.sums("initiative", "period").items():
        pace = exact(plan.facts.pace[i])
        if level > pace:
            item = plan.name(initiative=i, period=t)
            said = f"{item}: {say(level)} of the scope is delivered, the pace is {say(pace)}."
            yield Miss("pace", item, pace, level, level - pace, max(level, pace), LOOSE, said)


def shares(plan: CheckedPlan) -> Iterator[Miss]:
    """Each partner delivers between its least and its largest share of the delivered level."""
    facts, by_partner = plan.facts, plan.lines.levels.sums("initiative", "agency")
    bounded = np.flatnonzero((facts.min_share > 0) | (facts.max_share < 1)).tolist()
    for p in bounded:
        i, a = int(facts.partner_initiative[p]), int(facts.partner_agency[p])
        total, level = plan.lines.level.get(i, ZERO), by_partner.get((i, a), ZERO)
        for sense, share in (("least", exact(facts.min_share[p])), ("largest", exact(facts.max_share[p]))):
            limit = share * total
            over = limit - level if sense == "least" else level - limit
            if over > 0:
                item = plan.name(initiative=i, agency=a)
                said = f"{item}: delivers {say(level)}, its {sense} share of the level is {say(limit)}."
                yield Miss("share", item, limit, level, over, max(level, limit), LOOSE, said)


def staffing(plan: CheckedPlan) -> Iterator[Miss]:
    """Every role that a delivered level needs is filled, by posts or hires, and nobody is there without work.

    With a post_step there may be less than one step more than is needed.
    """
    facts, lines = plan.facts, plan.lines
    step = exact(facts.settings.post_step)
    filled = dict(lines.hires.sums("role", "initiative", "period"))
    for (k, r, i, t), fte in lines.posts.sums("role", "fills", "initiative", "period").items():
        filled[r, i, t] = filled.get((r, i, t), ZERO) + exact(facts.rate[k, r]) * fte
    levels = lines.levels.sums("initiative", "period")
    wanted: dict[tuple[int, ...], Fraction] = {
        (r, i, t): exact(facts.need[i, r]) * int(facts.active_periods[i]) * level
        for (i, t), level in levels.items()
        for r in np.flatnonzero(facts.need[i] > 0).tolist()
    }
    for key in {**wanted, **filled}:
        needed, given = wanted.get(key, ZERO), filled.get(key, ZERO)
        # A whole step more is somebody without work, and no tolerance may hide it; where there is no step, so is anything more.
        over, spare = abs(given - needed), step * LESS_THAN_A_STEP if given > needed else ZERO
        if over > spare:
            r, i, t = key
            item = plan.name(initiative=i, role=r, period=t)
            said = f"{item}: {say(needed)} FTE are needed, {say(given)} are there."
            kind = NEVER if spare else LOOSE
            yield Miss("staffing", item, needed, given, over, max(needed, given), kind, said)


def steps(plan: CheckedPlan) -> Iterator[Miss]:
    """Posts and hires come in the stated step."""
    step = exact(plan.facts.settings.post_step)
    if not step:
        return
    for sheet, lines in (("Posts", plan.lines.posts), ("Hires", plan.lines.hires)):
        for k, fte in enumerate(lines.exact):
            rest = fte % step
            if rest:
                item = _line(plan, sheet, lines, k)
                said = f"{item}: {say(fte)} FTE is no multiple of {say(step)}."
                yield Miss("post step", item, fte - rest, fte, min(rest, step - rest), step, LOOSE, said)


def people(plan: CheckedPlan) -> Iterator[Miss]:
    """No agency releases, or hires, more than it can."""
    facts, lines = plan.facts, plan.lines
    for name, table, limit in (("people", lines.posts, facts.releasable_fte), ("hires", lines.hires, facts.hire_max)):
        for (a, k, t), fte in table.sums("agency", "role", "period").items():
            most = exact(limit[a, k, t])
            if fte > most:
                item = plan.name(agency=a, role=k, period=t)
                verb = "are released" if name == "people" else "are hired"
                said = f"{item}: {say(fte)} FTE {verb}, {say(most)} can be."
                yield Miss(name, item, most, fte, fte - most, max(fte, most), LOOSE, said)


def agencies(plan: CheckedPlan) -> Iterator[Miss]:
    """Each agency receives between its minimum and its maximum."""
    facts, received = plan.facts, plan.lines.spend.sums("agency")
    for a in np.flatnonzero((facts.agency_minimum > 0) | np.isfinite(facts.agency_maximum)).tolist():
        money, least = received.get((a,), ZERO), exact(facts.agency_minimum[a])
        most = exact(facts.agency_maximum[a]) if np.isfinite(facts.agency_maximum[a]) else money
        item = plan.name(agency=a)
        if money < least:
            said = f"{item} receives {say(money)}, its minimum is {say(least)}."
            yield Miss("agency minimum", item, least, money, least - money, least, EXACT, said)
        if money > most:
            said = f"{item} receives {say(money)}, its maximum is {say(most)}."
            yield Miss("agency maximum", item, most, money, money - most, money, EXACT, said)


def awards(plan: CheckedPlan) -> Iterator[Miss]:
    """Each initiative keeps its maximum, and, if it is funded or must be, its minimum or its full scope."""
    facts, spent = plan.facts, plan.lines.spend.sums("initiative")
    for i in range(facts.size("initiative")):
        award, level = spent.get((i,), ZERO), plan.lines.level.get(i, ZERO)
        minimum, item = exact(facts.minimum[i]), plan.name(initiative=i)
        funded, whole = level > FUNDED, bool(facts.all_or_nothing[i])
        if np.isfinite(facts.maximum[i]):
            most = exact(facts.maximum[i])
            if award > most:
                said = f"{item} receives {say(award)}, its maximum is {say(most)}."
                yield Miss("award maximum", item, most, award, award - most, award, EXACT, said)
            if not most and level > 0:
                said = f"{item} is locked out by a maximum of 0, and delivered at {say(level)}."
                yield Miss("award maximum", item, ZERO, level, level, ONE, LOOSE, said)
        if facts.must_fund[i] and (whole or not minimum) and level < 1:
            said = f"{item} must be funded in full; its level is {say(level)}."
            yield Miss("must fund", item, ONE, level, 1 - level, ONE, LOOSE, said)
        elif facts.must_fund[i] and not whole and award < minimum:
            said = f"{item} must be funded with at least {say(minimum)}; it receives {say(award)}."
            yield Miss("must fund", item, minimum, award, minimum - award, minimum, EXACT, said)
        elif funded and whole and level < 1:
            said = f"{item} is delivered in full or not at all; its level is {say(level)}."
            yield Miss("all or nothing", item, ONE, level, 1 - level, ONE, LOOSE, said)
        elif funded and not whole and minimum and award < minimum:
            said = f"{item} is funded with {say(award)}, its minimum is {say(minimum)}."
            yield Miss("award minimum", item, minimum, award, minimum - award, minimum, EXACT, said)
        elif funded and not whole and not minimum and plan.switched[i] and level < LEAST_LEVEL:
            said = f"{item} counts as funded; its level is {say(level)}, below 0.01."
            yield Miss("funded", item, LEAST_LEVEL, level, LEAST_LEVEL - level, ONE, LOOSE, said)


def say(amount: Fraction) -> str:
    """A number as people write it: without needless decimals, and with those that matter."""
    value = float(amount)
    if abs(value) >= 1000:
        return f"{value:,.2f}".removesuffix(".00")
    return digits(float(value), 6)


Check = Callable[[CheckedPlan], Iterator[Miss]]
