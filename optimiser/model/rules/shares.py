"""Shares by formula: a weighted sum of attributes, with base, floors, caps, small awards and hold-harmless.

Used by the kinds formula and earned, and by the calculator. `of` reads
`0.5 population + 0.5 violent_crime; base 0.25%; first 500000; floor 1%; cap 20%; cap spending; cap request;
small 10000 to State; hold 90%`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from optimiser.case.facts import SHEET_OF, Facts, Selected
from optimiser.case.names import fold, fold_title, nearest
from optimiser.case.readable import listed, money_written, percent
from optimiser.case.table import Array, numbered
from optimiser.case.tolerances import HAIR, LOST_DIGITS
from optimiser.model.rules.capacity import asked
from optimiser.model.rules.rule import Members, Rule, RuleError, Warn, members, select
from optimiser.model.rules.rule_words import number
from optimiser.model.rules.terms import MEASURES, Axes

_OPTION = re.compile(r"(base|first|floor|cap|hold|small)\s+(.*)", re.IGNORECASE | re.DOTALL)
_PART = re.compile(r'\s*(?:(\d[\d.]*%?|\.\d+%?)(?:\s*\*\s*|\s+))?("[^"]+"|[^"]*[^"\s])\s*')
CLAUSES = (
    ("base 0.25%", "each gets that much at least; who has more by plain share splits the rest"),
    ("first 500000", "each gets that much, and all split the rest"),
    ("floor 1%", "none gets less, the others share what is left"),
    ("cap 20%", "none gets more, the others share what is left"),
    ("cap request", "none gets more than it asks for"),
    ("hold 90%", "none gets less than that share of last year's award"),
    ("small 10000 to Pool", "smaller awards go to the member Pool; without `to` they are shared again"),
)
"""Clauses that may stand behind the weighted sum, with what each does; an amount or a column of money may stand for a share."""
AMOUNTS = ("base", "first", "floor", "cap")
"""Clauses whose number is a share of the total, an amount of money (above 1, without %), or a column of money."""
LITTLE = 100.0
"""An amount up to here looks like a percentage written as a number."""
HUNDRED = 10.0
"""A share of last year, of a request or of a contribution from here on looks like a percentage written as a number."""
EXAMPLE = "write one such as `0.5 population + 0.5 violent_crime`"


@dataclass(frozen=True)
class Option:
    """One clause after the weighted sum: its name, its number and the column or member that it names.

    money: whether the number is an amount, and no share of the total.
    """

    name: str
    number: float | None
    item: str = ""
    written: str = ""
    money: bool = False

    @property
    def by_request(self) -> bool:
        """Whether it is `cap request`."""
        return self.name == "cap" and self.number is None and fold_title(self.item) == "request"


@dataclass(frozen=True)
class ShareFormula:
    """A parsed formula: (weight, attribute) pairs, weights adding up to 1, and options in the order written."""

    parts: tuple[tuple[float, str], ...]
    options: tuple[Option, ...]

    @property
    def by_request(self) -> bool:
        """Whether no member gets more than it asks for."""
        return any(o.by_request for o in self.options)


def parse_formula(text: str) -> ShareFormula:
    """Raises RuleError (column `of`) where the text is no formula."""
    pieces = [piece.strip() for piece in text.split(";")]
    if not pieces[0]:
        raise RuleError("of", "nothing", "a weighted sum of attributes", EXAMPLE)
    parts = []
    for piece in pieces[0].split("+"):
        found = _PART.fullmatch(piece)
        try:
            weight = 1.0 if not found or found[1] is None else _share(found[1])
        except ValueError:
            found = None
        if not found:
            raise RuleError("of", f'"{piece.strip()}"', "a weight and an attribute", EXAMPLE)
        parts.append((weight, found[2].strip('"').strip()))
    total = sum(w for w, _ in parts)
    if total <= 0:
        raise RuleError("of", f'"{pieces[0]}"', "weights above 0", "write positive weights")
    return ShareFormula(tuple((w / total, a) for w, a in parts), tuple(_option(p) for p in pieces[1:] if p))


def _share(text: str) -> float:
    return float(text[:-1]) / 100 if text.endswith("%") else float(text)


def _option(piece: str) -> Option:
    found = _OPTION.fullmatch(piece)
    if found:
        name, rest = found[1].lower(), found[2].strip()
        amount, _, item = rest.partition(" to ") if name == "small" else (rest, "", "")
        try:
            value = _share(amount.replace(" ", ""))
            if np.isfinite(value) and value >= 0:
                money = name in AMOUNTS and value > 1 and "%" not in amount
                return Option(name, value, item.strip().strip('"'), piece, money)
        except ValueError:
            if name in AMOUNTS:
                return Option(name, None, rest.strip('"'), piece)
    expected = "base, first, floor or cap with a number or a column, small or hold with a number"
    raise RuleError("of", f'"{piece}"', expected, "write one such as `floor 1%`, `cap request` or `small 10000`")


def formula_doubts(text: str) -> Iterator[tuple[str, str]]:
    """Options that look a hundred times too large: what is said of them, and the cure. Raises RuleError."""
    for option in parse_formula(text).options:
        if option.number is None or option.name == "small":
            continue
        cure = f"write {option.name} {number(option.number)}% if that is meant"
        if option.money and option.number <= LITTLE:
            yield f"`{option.written}` is an amount of money, {number(option.number)}.", cure
        elif not option.money and option.number > (HUNDRED if option.name == "hold" else 1.0):
            yield f"`{option.written}` is {number(option.number, True)}.", cure


# -- in words ---------------------------------------------------------------------------------------------------------


def formula_words(text: str, currency: str) -> str:
    """A formula in plain English: `by 50% population and 50% violent crime; each first gets 0.25% of the total …`."""
    formula = parse_formula(text)
    several = len(formula.parts) > 1
    by = [(f"{percent(round(w, 3))} " if several else "") + a.replace("_", " ") for w, a in formula.parts]
    return "; ".join([f"by {listed(by)}", *(_option_words(o, currency) for o in formula.options)])


def _option_words(option: Option, currency: str) -> str:
    if option.number is None:
        amount = f"its {option.item.replace('_', ' ')}"
    else:
        amount = (
            money_written(option.number, currency) if option.money else f"{number(option.number, True)} of the total"
        )
    if option.name == "base":
        return f"each first gets {amount}, and those whose plain share is at least that split the rest"
    if option.name == "first":
        return f"each first gets {amount}, and all split the rest"
    if option.name == "floor":
        return f"none gets less than {amount}"
    if option.by_request:
        return "none gets more than it asks for, and the rest is shared again"
    if option.name == "cap":
        return f"none gets more than {amount}"
    if option.name == "hold":
        return f"none gets less than {number(option.number or 0.0, True)} of last year"
    to = f"go to {option.item}" if option.item else "are shared again among the others"
    return f"awards below {money_written(option.number or 0.0, currency)} {to}"


# -- in numbers -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Apportioned:
    """What each member that `where` selects gets by formula.

    where: the selection; names, chosen: the members, and where they stand among all of `per`; member: as a Term takes
    it; total: Σ amount of the funds in `where`; by_request: whether none gets more than it asks for; steps: (clause,
    award of each member in money), the plain shares first.
    """

    where: Selected
    names: tuple[str, ...]
    chosen: Array
    member: Axes
    total: float
    by_request: bool
    steps: tuple[tuple[str, Array], ...]

    @property
    def award(self) -> Array:
        """Money for each member."""
        return self.steps[-1][1]

    @property
    def share(self) -> Array:
        """Share of each member: of the total; where more is there than they ask for, of what they ask for."""
        given = float(self.award.sum())
        whole = given if self.by_request and given < self.total * (1 - LOST_DIGITS) else self.total
        return self.award / whole if whole else np.zeros(len(self.award))


def split_by_formula(facts: Facts, rule: Rule, possible: tuple[str, ...], warn: Warn | None = None) -> Apportioned:
    """The award of each member that the rule selects, by its formula. possible: what `per` may name. Raises RuleError."""
    where = select(facts, rule, "where", rule.where, MEASURES["money"], warn)
    if rule.per not in possible:
        found = f'"{rule.per}"' if rule.per else "nothing"
        raise RuleError("per", found, "one of " + ", ".join(possible), "say over whose members it is split")
    per = members(facts, rule, MEASURES["money"])
    ((dimension, own),) = per.axes
    selected = np.ones(len(per.names), bool)
    if dimension in where:
        taken = own[(own >= 0) & where[dimension]]
        selected = np.bincount(taken, minlength=len(per.names)) > 0
    chosen = np.flatnonzero(selected)
    number = np.where(own >= 0, numbered(selected)[own], -1).astype(np.int32)
    names = tuple(per.names[k] for k in chosen.tolist())
    total = float(facts.amount[where["fund"]].sum() if "fund" in where else facts.amount.sum())

    def attribute(name: str) -> Array:
        return _attribute(facts, rule, per, name)[chosen]

    def requests() -> Array:
        if rule.per in ("agency", "area") and "request" not in facts.sorted[rule.per]:
            return asked(facts, where, (dimension, number), len(names))
        return attribute("request")

    formula = parse_formula(rule.of)
    steps = split(formula, names, total, attribute, lambda: _baseline(facts, rule, per)[chosen], requests)
    return Apportioned(where, names, chosen, ((dimension, number),), total, formula.by_request, steps)


def split(
    formula: ShareFormula,
    names: Sequence[str],
    total: float,
    attribute: Callable[[str], Array],
    baseline: Callable[[], Array],
    requests: Callable[[], Array],
) -> tuple[tuple[str, Array], ...]:
    """Divide `total` by plain shares, then apply each option in the order written: (clause, award of each member).

    attribute: name -> value of each member; baseline, requests: money of each member (for `hold` and `cap request`).
    Raises RuleError.
    """
    plain = np.zeros(len(names))
    for weight, name in formula.parts:
        value = attribute(name)
        if np.any(value < 0):
            raise RuleError("of", f'"{name}"', "an attribute that is never negative", "correct its column")
        if not value.sum() > 0:
            raise RuleError(
                "of", f'"{name}"', "an attribute with a number above 0 among the members", "fill in its column"
            )
        plain += weight * value / value.sum()
    award = plain * total
    steps = [("plain", award)]

    def amounts(option: Option) -> Array:
        if option.by_request:
            return requests()
        if option.number is None:
            return attribute(option.item)
        return np.full(len(plain), option.number if option.money else option.number * total)

    for option in formula.options:
        if option.name in ("base", "first"):
            plainly = option.number is not None and not option.money
            shares = np.full(len(plain), option.number) if plainly else amounts(option) / (total or 1.0)
            award = _based(plain, shares, total, option)
        elif option.name == "small":
            award = _small(award, option, names)
        elif option.name == "cap":
            award = _held(award, amounts(option), np.greater)
        elif option.name == "floor":
            award = _held(award, amounts(option), np.less)
        else:
            award = _held(award, (option.number or 0.0) * baseline(), np.less)
        steps.append((option.written, award))
    return tuple(steps)


def _based(plain: Array, base: Array, total: float, option: Option) -> Array:
    """Every member gets its base (a share of the total); then all of them (`first`), or those whose plain share reaches
    their base (`base`), split the rest by plain share."""
    splits = plain >= base if option.name == "base" else np.ones(len(plain), bool)
    rest = total * (1 - base.sum())
    if rest < -HAIR * total:
        if option.number is not None and not option.money:
            found, most = f"{option.name} {number(option.number, True)} for each of {len(plain)}", "100%"
            cure = f"lower it to {number(1 / len(plain), True)}"
        else:
            found = f"`{option.written}`, {number(round(float(base.sum() * total), 2))} in all"
            most, cure = number(round(total, 2)), f"lower it to {number(round(total / len(plain), 2))} each"
        expected = f"bases that together are at most {most}"
        raise RuleError("of", found, expected, cure)
    if not splits.any():
        raise RuleError("of", option.written, "a base that some plain share reaches", "lower the base")
    return np.asarray(base * total + np.where(splits, plain, 0.0) / plain[splits].sum() * max(rest, 0.0))


def _held(award: Array, limit: Array, outside: Callable[[Array, Array], Array]) -> Array:
    """Members outside their limit are set to it and the others share the rest as before, until none is outside."""
    total = award.sum()
    fixed = np.zeros(len(award), bool)
    for _ in range(len(award)):
        wrong = ~fixed & outside(award, limit) & ~np.isclose(award, limit, rtol=LOST_DIGITS, atol=0)
        if not wrong.any():
            break
        fixed = fixed | wrong
        award = np.where(wrong, limit, award)
        rest, shared = total - award[fixed].sum(), award[~fixed].sum()
        if rest < -HAIR * total:
            found = f"least awards of {number(round(award[fixed].sum(), 2))}"
            raise RuleError("of", found, f"least awards within {number(round(total, 2))}", "lower floor or hold")
        award = np.where(fixed, award, award * (max(rest, 0.0) / shared if shared > 0 else 0.0))
    return award


def _small(award: Array, option: Option, names: Sequence[str]) -> Array:
    """Awards below the threshold go to the named member, or are shared again among the others."""
    small = (award > 0) & (award < (option.number or 0.0))
    freed = award[small].sum()
    kept = np.where(small, 0.0, award)
    if option.item:
        place = {fold(n): k for k, n in enumerate(names)}
        if fold(option.item) not in place:
            near = nearest(option.item, names)
            cure = f"did you mean {near}?" if near else "name one of them"
            raise RuleError("of", f'"{option.item}"', "a member of `per` that `where` selects", cure)
        at = place[fold(option.item)]
        if small[at]:
            freed, kept[at] = freed - award[at], award[at]
        kept[at] += freed
        return kept
    if freed and kept.sum() <= 0:
        raise RuleError(
            "of", f"small {number(option.number or 0.0)}", "at least one larger award", "lower the threshold"
        )
    return np.asarray(kept * (1 + freed / kept.sum())) if freed else kept


def _attribute(facts: Facts, rule: Rule, per: Members, name: str) -> Array:
    owner = rule.per
    prefix, dot, rest = name.partition(".")
    column = rest if dot and fold_title(prefix) in (owner, fold_title(SHEET_OF[owner])) else name
    titles = [c for c in facts.sorted[owner].columns if facts.sorted[owner][c].dtype == float]
    found = next((t for t in titles if fold_title(t) == fold_title(column)), "")
    if not found:
        near = nearest(column, titles)
        cure = f"did you mean {near}?" if near else f"add the column to {SHEET_OF[owner]}"
        raise RuleError("of", f'"{name}"', f"a column of numbers of {SHEET_OF[owner]}", cure)
    values = np.nan_to_num(facts.attribute(owner, found).astype(float), nan=0.0)
    if owner != "area":
        return np.asarray(values)
    place = {fold(a): k for k, a in enumerate(facts.areas)}
    return np.asarray(values[[place[fold(n)] for n in per.names]])


def _baseline(facts: Facts, rule: Rule, per: Members) -> Array:
    """Last year's money of each member: its own column, else that of the initiatives in it or led by it."""
    if "baseline" in facts.sorted[rule.per]:
        return _attribute(facts, rule, per, "baseline")
    if rule.per == "fund":
        raise RuleError("of", "hold", "a column `baseline` of Funds", "add the column, or take `floor`")
    number = facts.lead if rule.per == "agency" else per.axes[0][1]
    return np.bincount(number[number >= 0], facts.baseline[number >= 0], len(per.names))
