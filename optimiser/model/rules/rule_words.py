"""Plain English for rules: what is held, between which numbers, of what, and what breaking it costs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from optimiser.case.facts import Facts
from optimiser.case.names import fold
from optimiser.case.readable import capital, counted, listed, money_written, written
from optimiser.case.readable import number as plain
from optimiser.model.rules.nouns import Sum, chosen, group
from optimiser.model.rules.number import FTE, MONEY, STAFF, Number
from optimiser.model.rules.rule import BASES, OF_INITIATIVES, Rule, measure_prefix
from optimiser.model.rules.waivers import Waiver

number = written
_SIZES = (1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000)
"""So many units of a breach may be priced together."""

_PEOPLE = (("agency", "of", "agencies"), ("role", "in", "roles"), ("period", "in", "periods"))


# -- what is held -----------------------------------------------------------------------------------------------------


def held(facts: Facts, rule: Rule, measure: str = "") -> str:
    """What a rule holds: `money from Grant paid to each agency`, `all money`."""
    return Sum(facts, measure or rule.measure, rule.where, rule.each).noun


def mean_of(facts: Facts, owner: str, name: str) -> str:
    """A column whose mean is taken: `average score of initiatives`, `average population of areas`."""
    many = {"agency": "agencies", "initiative": "initiatives", "area": "areas", "fund": "funds"}[owner]
    return f"average {name} of {many}"


# -- how much ---------------------------------------------------------------------------------------------------------


def bounds(rule: Rule, say: Callable[[float], str]) -> str:
    """`at least 10% and at most 20%`, `exactly 2`."""
    if rule.at_least is not None and rule.at_least == rule.at_most:
        return f"exactly {say(rule.at_least)}"
    return " and ".join(f"{column.replace('_', ' ')} {say(value)}" for column, value in rule.ends)


def amount(facts: Facts, rule: Rule, what: Number) -> str:
    """The bounds of an amount; of people with the time over which they are added up, and how many that is on average."""
    if rule.at_most == 0 and not rule.at_least:
        return "none"
    if what.unit != STAFF or what.each:  # of one period people are counted in FTE
        return bounds(rule, what.written)
    periods = periods_of(facts, rule)
    said = bounds(rule, what.written)
    mean = sorted({value / periods for value in (rule.at_least, rule.at_most) if value})
    told = " to ".join(plain(value, 2) for value in mean)
    return f"{said} over {counted(periods, 'period')} together" + (f" ({told} FTE on average)" if told else "")


def share(facts: Facts, rule: Rule, what: Number) -> str:
    """The bounds of a share, or of so much for each unit of a base."""
    each = f" for each {what.each}" if what.each else ""
    over = ""
    if fold(rule.measure) in ("staff", "in kind") and periods_of(facts, rule) > 1:
        over = f", over {'those' if 'period' in chosen(facts, rule.where) else 'all'} periods together"
    return f"{bounds(rule, what.written)}{each} of {base(facts, rule, bare=bool(each))}{over}"


def periods_of(facts: Facts, rule: Rule) -> int:
    """Over how many periods what a rule holds is added up."""
    if "period" in rule.each:
        return 1
    periods = facts.select(rule.where).get("period")
    return facts.size("period") if periods is None else int(periods.sum())


def base(facts: Facts, rule: Rule, *, bare: bool = False) -> str:
    """What a share is taken of: `that fund's amount`, `all outreach workers`, `the money paid to that agency`.

    bare: behind `for each FTE·period of`, where nothing stands before people.
    """
    written = rule.of.strip()
    if fold(written) in BASES:
        return _case_sum(facts, rule, fold(written))
    prefix, rest = measure_prefix(written)
    measure = prefix or rule.measure
    noun = Sum(facts, measure, rest, rule.each, "that").noun
    name = fold(measure) or "money"
    if noun.startswith(("all ", "the ")):
        return noun
    if name == "staff":
        return noun if bare else f"all {noun}"
    return f"the {noun}" if name in ("money", "level", "in kind") else noun


def _case_sum(facts: Facts, rule: Rule, name: str) -> str:
    if name == "total":
        return "the money in all funds"
    narrowed = chosen(facts, rule.where)
    per = {d: d for d in rule.each if d in BASES[name]}
    groups = [group for group in rule.each if group in OF_INITIATIVES]
    if name in ("fte", "headcount"):
        of = "the releasable staff" if name == "fte" else "the staff on the books"
        said = [of]
        for dimension, word, many in _PEOPLE:
            if dimension in per:
                said.append(f"{word} that {dimension}")
            elif dimension in narrowed:
                keys = narrowed[dimension].keys
                said.append(f"{word} {_this(dimension, many, keys)}")
        return " ".join(said) if len(said) > 1 else f"all {of.removeprefix('the ')}"
    if name == "amount":
        if "fund" in per:
            return "that fund's amount"
        if "fund" not in narrowed:
            return "the money in all funds"
        return "that fund's amount" if len(narrowed["fund"].keys) == 1 else "the amounts of those funds"
    if name == "contribution":
        if "agency" in per:
            who = "that agency's contributions"
        elif "agency" in narrowed:
            who = "those agencies' contributions"
            if len(narrowed["agency"].keys) == 1:
                who = "that agency's contributions"
        else:
            who = "the contributions" if per or "fund" in narrowed else "all contributions"
        if "fund" in per:
            return f"{who} to that fund"
        return f"{who} to {_this('fund', 'funds', narrowed['fund'].keys)}" if "fund" in narrowed else who
    what = "awards last year" if name == "baseline" else "requests"
    if "initiative" in per:
        return f"its {what.replace('awards', 'award').removesuffix('s')}"
    if groups:
        return f"that {listed(groups)}'s {what}" + (", of those initiatives alone" if "initiative" in narrowed else "")
    if "initiative" not in narrowed:
        return f"all {what}"
    return f"{'its' if len(narrowed['initiative'].keys) == 1 else 'their'} {what}"


def _this(dimension: str, many: str, keys: tuple[str, ...]) -> str:
    return f"that {dimension}" if len(keys) == 1 else f"those {many}"


# -- whole sentences --------------------------------------------------------------------------------------------------


def finish(facts: Facts, rule: Rule, said: str, unit: Number | None, side: str = "") -> str:
    """The sentence with a capital, a full stop and, for a soft rule, what breaking it costs.

    unit: what a breach is counted in; None for a mean, whose points are counted for money. side: `short`, `over` or both,
    where it is not that of the numbers of the rule.
    """
    text = f"{capital(said, facts.small_names)}."
    if rule.hard:
        return text
    if not side:
        side = " or ".join({"at_least": "short", "at_most": "over"}[column] for column, _ in rule.ends)
    return f"{text} It may be broken: {_cost(facts, rule, unit, side)}."


def waived(facts: Facts, number: Number, waiver: Waiver) -> str:
    """`Waived by the Governor on 2026-01-05 until 2026-12-31, for Shelter and Hotline.` number: what its rule's is."""
    until = f" until {waiver.until}" if waiver.until else ""
    whom = f", for {_whom(facts, waiver.where)}" if waiver.where else ""
    numbers = (("at least", waiver.at_least), ("at most", waiver.at_most))
    told = " and ".join(f"{word} {number.written(n)}" for word, n in numbers if n is not None)
    return f"Waived by {waiver.by} on {waiver.on}{until}{whom}{f': {told} instead' if told else ''}."


def _whom(facts: Facts, where: str) -> str:
    """Who is exempt, as people say it; as written where the selection cannot be read."""
    try:
        [(dimension, who)] = chosen(facts, where).items()
    except ValueError:
        return f"where {where}"
    return group(facts, dimension, who).removesuffix(" together")


def _cost(facts: Facts, rule: Rule, unit: Number | None, side: str) -> str:
    """What a breach costs, for so many units that the price is a figure people can read."""
    price, currency = rule.penalty or 0.0, facts.settings.currency
    in_money = unit is None or unit.unit == MONEY
    size = next((s for s in _SIZES if price * s >= 1), 1) if in_money else 1
    worth = price * size
    said = f"{written(worth)} point{'s' * (worth != 1)}" if len(facts.at_full) else money_written(worth, currency)
    if unit is None:
        return f"each point {side} on {money_written(size, currency)} costs {said} of impact"
    if unit.unit == STAFF and facts.size("period") == 1:
        unit = replace(unit, unit=FTE)
    each = money_written(size, currency) if in_money else unit.one
    return f"each {each} {side} costs {said} of impact"


def per_each(rule: Rule) -> str:
    """`for each theme and area, `, or nothing."""
    return f"for each {listed(rule.each)}, " if rule.per else ""
