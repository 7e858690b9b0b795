"""What is wrong or doubtful in tables whose cells can all be read: records that contradict themselves or each other.

An error is what is wrong by itself, whatever the rest of the case. What only the whole case shows (more promised
than there is) is a warning: the case is then infeasible, and explained as such.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import pairwise

import numpy as np

from optimiser.case.checking.default_rows import amounts_by_fund
from optimiser.case.checking.net import caught
from optimiser.case.checking.outcome_checks import added_one_to_one, without_outcome
from optimiser.case.checking.review_checks import doubtful_reviews
from optimiser.case.checking.sizes import sizes
from optimiser.case.checking.uncertain_rows import uncertainty
from optimiser.case.faults import Fault
from optimiser.case.readable import money_exact
from optimiser.case.reading.amounts import plain
from optimiser.case.reading.costs import cost_shares
from optimiser.case.reading.workbook import Tables, in_order
from optimiser.case.settings import Settings, read_settings
from optimiser.case.spec import BY_NAME, SHEETS
from optimiser.case.table import Table
from optimiser.case.tolerances import HALF_A_CENT, NEAR_WHOLE

MANY_TIMES = 1000.0
"""A request this many times last year's award is doubtful."""

Faults = Iterator[Fault]


def check(tables: Tables) -> list[Fault]:
    """Faults beside those of reading (`tables.faults`): errors and warnings, in the order of the workbook.

    Those of the settings are among them. Tables with errors can be checked too, so that all faults are seen at
    once: what could not be read is passed over.
    """
    settings, faults = read_settings(tables["Case"], tables.place("Case", "value"))
    for sheet, look in LOOKS:
        faults += caught(sheet, partial(look, tables))
    faults += caught("Case", partial(sizes, tables, settings))
    faults += caught("Funds", partial(floors_above_the_money, tables, settings))
    return in_order(faults)


def limits(sheet: str, least: str, most: str, tables: Tables) -> Faults:
    """Every least value of a sheet is at most its largest one (R01); those of rules are looked at by their kind."""
    table = tables[sheet]
    wrong = table[least] > table[most]
    if sheet == "Initiatives":
        wrong &= table["maximum"] > 0  # 0 locks an initiative out, whatever its minimum
    for i in np.flatnonzero(wrong).tolist():
        low, high = plain(table[least][i]), plain(table[most][i])
        expected = f"{least} at most {most}, which is {high}"
        cure = f"lower {least} to {high}, or raise {most} to {low}"
        yield tables.place(sheet, least).fault(i, "R01", low, expected, cure)


def minimum_beyond_scope(tables: Tables) -> Faults:
    """An initiative whose least award is more than all of it costs can never be funded (R01, warning).

    Who is hired costs more than was asked for: where people may be hired, an initiative that needs people is passed over.
    """
    table = tables["Initiatives"]
    hires = bool((tables["Staff"]["hire_max"] > 0).any())
    staffed = set(tables["Needs"]["initiative"].tolist()) if hires else set()
    dearest: dict[str, float] = {}
    for initiative, factor in tables["Partners"].each("initiative", "cost_factor"):
        dearest[initiative] = max(factor, dearest.get(initiative, 0.0))
    cost = table["request"] * np.array([dearest.get(i, 1.0) for i in table["initiative"].tolist()])
    never = (table["minimum"] > cost + HALF_A_CENT) & (cost > 0) & ~(table["maximum"] == 0)
    for i in np.flatnonzero(never).tolist():
        if table["initiative"][i] not in staffed:
            most = plain(cost[i])
            cure = f"lower minimum to {most}: as it stands, it can never be funded"
            place = tables.place("Initiatives", "minimum")
            yield place.warning(i, "R01", plain(table["minimum"][i]), f"at most the cost at full scope, {most}", cure)


def windows(sheet: str, tables: Tables) -> Faults:
    """The first period of a fund or an initiative is not after its last (R03)."""
    order = _order(tables)
    for i, (first, last) in enumerate(tables[sheet].each("first", "last")):
        if order.get(first, 0) > order.get(last, len(order)):
            expected = f"a first period that is not after the last one, {last}"
            cure = "exchange the two, or correct one of them"
            yield tables.place(sheet, "first").fault(i, "R03", first, expected, cure)


def installments(tables: Tables) -> Faults:
    """Installments lie in the window of their fund and add up to its amount (R04)."""
    table, funds = tables["Installments"], tables["Funds"]
    if not len(table):
        return
    order = _order(tables)
    windows = {
        fund: (order.get(first, 0), order.get(last, len(order) - 1))
        for fund, first, last in funds.each("fund", "first", "last")
    }
    amounts = amounts_by_fund(tables.tables)
    sums: dict[str, float] = defaultdict(float)
    last_row: dict[str, int] = {}
    for i, (fund, period, amount) in enumerate(table.each("fund", "period", "amount")):
        if fund not in windows:
            continue
        sums[fund] += amount
        last_row[fund] = i
        first, last = windows[fund]
        if period in order and not first <= order[period] <= last:
            names = list(order)
            expected = f"a period from {names[first]} to {names[last]}, when {fund} is open" if first <= last else ""
            cure = f"choose a period in the window, or change first or last of {fund}"
            place = tables.place("Installments", "period")
            yield place.fault(i, "R04", period, expected or f"a period in which {fund} is open", cure)
    for fund, total in sums.items():
        if abs(total - amounts[fund]) > HALF_A_CENT:
            expected = f"installments of {fund} that add up to its amount, {plain(amounts[fund])}"
            cure = f"correct the installments by {plain(round(amounts[fund] - total, 6))}, or the amount of {fund}"
            place = tables.place("Installments", "amount")
            yield place.fault(last_row[fund], "R04", f"a sum of {plain(round(total, 6))}", expected, cure)


def contributions(tables: Tables) -> Faults:
    """Contributions to a fund are not above its stated amount (R05)."""
    stated = dict(tables["Funds"].each("fund", "amount"))
    place = tables.place("Contributions", "amount")
    for fund, (total, row) in _sums(tables["Contributions"], "fund", "amount").items():
        if total > stated.get(fund, np.inf) + HALF_A_CENT:
            expected = f"contributions to {fund} of at most its amount, {plain(stated[fund])}"
            cure = f"lower them by {plain(round(total - stated[fund], 6))}, or raise the amount of {fund}"
            yield place.fault(row, "R05", f"a sum of {plain(round(total, 6))}", expected, cure)


def curves(tables: Tables) -> Faults:
    """Curves rise from 0,0 to 1,1 and are concave (R06); a curved outcome is not negative (R07)."""
    points: dict[str, list[tuple[float, float, int]]] = defaultdict(list)
    for i, (curve, level, achieved) in enumerate(tables["Curves"].each("curve", "level", "achieved")):
        points[curve].append((level, achieved, i))
    place = tables.place("Curves", "achieved")
    for curve, unsorted in points.items():
        listed = sorted(unsorted)
        if np.isnan([p[:2] for p in listed]).any() or not curve:
            continue
        for (level, achieved, i), wanted in ((listed[0], 0.0), (listed[-1], 1.0)):
            if (level, achieved) != (wanted, wanted):
                found = f"{plain(level)},{plain(achieved)}"
                expected = f"a curve {curve} from 0,0 to 1,1"
                cure = f"add a row {curve}, {plain(wanted)}, {plain(wanted)}, or correct this one"
                yield place.fault(i, "R06", found, expected, cure)
        yield from _shape(curve, listed, tables)
    outcomes = tables["Outcomes"]
    for i in np.flatnonzero((outcomes["at_full"] < 0) & (outcomes["curve"] != "")).tolist():
        found, cure = plain(outcomes["at_full"][i]), "clear the curve, or write a positive number"
        expected = "a number that is not negative, since the outcome has a curve"
        yield tables.place("Outcomes", "at_full").fault(i, "R07", found, expected, cure)


def areas(tables: Tables) -> Faults:
    """No area lies in itself, directly or through others (R08)."""
    parent = dict(tables["Areas"].each("area", "parent"))
    clear: set[str] = set()
    for i, area in enumerate(parent):
        path: list[str] = []
        at = area
        while at and at not in clear and at not in path:
            path.append(at)
            at = parent.get(at, "")
        if at in path:
            circle = " in ".join([*path[path.index(at) :], at])
            expected = "areas that do not lie in themselves"
            yield tables.place("Areas", "parent").fault(i, "R08", circle, expected, "correct or clear a parent")
        clear.update(path)


def soft_rules(tables: Tables) -> Faults:
    """A rule that may be broken says what that costs (R09)."""
    table = tables["Rules"]
    for i in np.flatnonzero(table["active"] & ~table["hard"] & np.isnan(table["penalty"])).tolist():
        cure = "write the penalty for each unit by which it is broken, or make the rule hard"
        expected = f"a penalty, since {table['rule'][i] or 'the rule'} is not hard"
        yield tables.place("Rules", "penalty").fault(i, "R09", "", expected, cure)


def partners(tables: Tables) -> Faults:
    """The shares of an initiative's partners leave room for all of it, else it cannot be delivered (R10, warning)."""
    for column, low, high in (("min_share", -np.inf, 1 + NEAR_WHOLE), ("max_share", 1 - NEAR_WHOLE, np.inf)):
        place = tables.place("Partners", column)
        for initiative, (total, row) in _sums(tables["Partners"], "initiative", column).items():
            if not low <= total <= high:
                most = "at most" if column == "min_share" else "at least"
                expected = f"{column} of {initiative} that add up to {most} 1"
                cure = f"change a {column}: as it stands, {initiative} cannot be delivered at all"
                yield place.fault(row, "R10", f"a sum of {plain(round(total, 9))}", expected, cure, "warning")


def needs(tables: Tables) -> Faults:
    """Every role that is needed is one that somebody has, can fill or can hire (R11, warning)."""
    staff = tables["Staff"]
    have = set(staff["role"][staff["fte"] * staff["releasable"] > 0].tolist())
    able = tables["Substitutes"].each("role", "can_do", "rate")
    fills = have | {can_do for role, can_do, rate in able if role in have and rate > 0}
    fills |= set(staff["role"][staff["hire_max"] > 0].tolist())
    seen: set[str] = set()
    for i, (role, fte) in enumerate(tables["Needs"].each("role", "fte")):
        if role and fte > 0 and role not in fills and role not in seen:
            seen.add(role)
            cure = (
                "add people to Staff or a row to Substitutes; until then nothing that needs the role can be delivered"
            )
            expected = "a role that somebody has, can fill or can hire"
            yield tables.place("Needs", "role").fault(i, "R11", role, expected, cure, "warning")


def last_year(tables: Tables) -> Faults:
    """A request is not 1,000 times last year's award, or a thousandth of it (N15, warning)."""
    table = tables["Initiatives"]
    request, baseline = table["request"], table["baseline"]
    odd = (baseline > 0) & (request > 0) & ((request >= MANY_TIMES * baseline) | (request * MANY_TIMES <= baseline))
    for i in np.flatnonzero(odd).tolist():
        times = f"{request[i] / baseline[i]:,.0f} times" if request[i] > baseline[i] else "less than a thousandth of"
        expected = f"an amount like last year's award, {plain(baseline[i])} (it is {times} that)"
        cure = "check the unit of both amounts"
        yield tables.place("Initiatives", "request").fault(i, "N15", plain(request[i]), expected, cure, "warning")


def cents(sheet: str, tables: Tables) -> Faults:
    """Amounts of money have no fractions of a cent (N09, one warning for each column)."""
    for column in BY_NAME[sheet].columns:
        if column.unit != "money":
            continue
        values = tables[sheet][column.name]
        hundredfold = values[np.isfinite(values)] * 100
        off = np.abs(hundredfold - np.round(hundredfold)) > NEAR_WHOLE * np.maximum(1, np.abs(hundredfold) * NEAR_WHOLE)
        if off.any():
            i = int(np.flatnonzero(np.isfinite(values))[np.argmax(off)])
            others = int(off.sum()) - 1
            more = f", and in {others} more cell{'s' * (others > 1)}" if others else ""
            cure = f"it is used as it stands{more}: round it if cents were meant"
            place = tables.place(sheet, column.name)
            yield place.fault(i, "N09", repr(float(values[i])), "whole cents", cure, "warning")


def floors_above_the_money(tables: Tables, settings: Settings) -> Faults:
    """What must be paid at least fits into the funds (R02, warning).

    Two sums, each alone a lower bound of all spend: what the initiatives that must be funded cost at least, and
    the minima of the agencies.
    """
    if not len(tables["Funds"]):
        return  # that there are no funds is told already
    money = sum(v for v in amounts_by_fund(tables.tables).values() if np.isfinite(v))
    table = tables["Initiatives"]
    cheapest: dict[str, float] = {}
    some = tables["Partners"] if table["must_fund"].any() else tables["Partners"].take(np.zeros(0, int))
    for initiative, factor in some.each("initiative", "cost_factor"):
        cheapest[initiative] = min(factor, cheapest.get(initiative, np.inf))
    full = table["request"] * np.array([cheapest.get(i, 1.0) for i in table["initiative"].tolist()])
    in_full = table["all_or_nothing"] | (table["minimum"] <= 0)
    must = float(np.nansum(np.where(in_full, full, table["minimum"])[table["must_fund"]]))
    minima = float(np.nansum(tables["Agencies"]["minimum"]))
    for sheet, column, floor, what in (
        ("Initiatives", "must_fund", must, "initiatives that must be funded"),
        ("Agencies", "minimum", minima, "minima of the agencies"),
    ):
        if floor > money + HALF_A_CENT:
            short = money_exact(floor - money, settings.currency)
            found = f"{what} that take {money_exact(floor, settings.currency)} at least"
            expected = f"at most the sum of all funds, {money_exact(money, settings.currency)}"
            cure = f"short by {short}: raise a fund, or lower one of them"
            title = tables.titles.get(sheet, sheet)
            letter = tables.letters.get(sheet, {}).get(column, "")
            yield Fault(title, f"{letter}1" if letter else column, "R02", found, expected, cure, "warning")


def _shape(curve: str, listed: list[tuple[float, float, int]], tables: Tables) -> Faults:
    """Where a curve falls, or rises more steeply than before."""
    place = tables.place("Curves", "achieved")
    steepness = np.inf
    for (level, achieved, _), (next_level, next_achieved, i) in pairwise(listed):
        if next_level <= level:
            continue  # the same level twice is reported as a key that stands twice
        rise = (next_achieved - achieved) / (next_level - level)
        found = f"{plain(next_level)},{plain(next_achieved)}"
        if rise < -NEAR_WHOLE:
            cure = f"write at least {plain(achieved)}"
            yield place.fault(i, "R06", found, f"a curve {curve} that does not fall", cure)
        elif rise > steepness + NEAR_WHOLE:
            expected = f"a concave curve {curve}: no steeper than before this point"
            cure = "lower this value, or raise the ones before it"
            yield place.fault(i, "R06", found, expected, cure)
        steepness = min(steepness, max(rise, 0.0))


def _order(tables: Tables) -> Mapping[str, int]:
    """Period -> its place in time."""
    periods = tables["Periods"]["period"].tolist() or ["FY"]
    return {period: i for i, period in enumerate(dict.fromkeys(periods))}


def _sums(table: Table, key: str, amount: str) -> dict[str, tuple[float, int]]:
    """Key -> the sum of its amounts (NaN where one could not be read: it is reported already) and its last row."""
    keys, number = table[key].tolist(), dict[str, int]()
    which = np.array([number.setdefault(name, len(number)) for name in keys], int)
    last = {name: i for i, name in enumerate(keys)}
    totals = np.bincount(which, table[amount], len(number)).tolist()
    return {name: (totals[k], last[name]) for name, k in number.items() if name}


Look = tuple[str, Callable[[Tables], Faults]]
"""A sheet, and a check of it."""
ERRORS: tuple[Look, ...] = (
    *((sheet, partial(limits, sheet, "minimum", "maximum")) for sheet in ("Agencies", "Initiatives")),
    ("Partners", partial(limits, "Partners", "min_share", "max_share")),
    *((sheet, partial(windows, sheet)) for sheet in ("Funds", "Initiatives")),
    ("Installments", installments),
    ("Contributions", contributions),
    ("Costs", cost_shares),
    ("Curves", curves),
    ("Areas", areas),
    ("Rules", soft_rules),
)
"""The checks of numbers that find errors: a change of numbers can bring them about."""
LOOKS: tuple[Look, ...] = (
    *ERRORS,
    ("Partners", partners),
    ("Needs", needs),
    ("Initiatives", last_year),
    ("Initiatives", minimum_beyond_scope),
    *(("Outcomes", look) for look in (without_outcome, added_one_to_one)),
    ("Reviews", doubtful_reviews),
    ("Uncertainty", uncertainty),
    *((sheet.name, partial(cents, sheet.name)) for sheet in SHEETS),
)
"""Every check, by the sheet that its faults stand on."""
