"""Shares by formula: a weighted sum of attributes, with base, floors, caps, small awards and hold-harmless.

Used by the kinds formula and earned, and by the calculator. `of` reads
`0.5 population + 0.5 violent_crime; base 0.25%; floor 1%; cap 20%; cap spending; small 10000 to State; hold 90%`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optimiser.case.facts import SHEET_OF, Facts, Selected
from optimiser.case.names import fold, fold_title, nearest
from optimiser.case.table import Array
from optimiser.model.rules.rule import Members, Rule, RuleError, members
from optimiser.model.rules.terms import MEASURES

_OPTION = re.compile(r"(base|floor|cap|hold|small)\s+(.*)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Option:
    """One clause after the weighted sum: its name, its number (share or money) and the column or member that it names."""

    name: str
    number: float | None
    item: str = ""


@dataclass(frozen=True)
class Formula:
    """A parsed formula: (weight, attribute) pairs, weights adding up to 1, and options in the order written."""

    parts: tuple[tuple[float, str], ...]
    options: tuple[Option, ...]


def parse_formula(text: str) -> Formula:
    """Raises RuleError (column `of`) where the text is no formula."""
    pieces = [piece.strip() for piece in text.split(";")]
    if not pieces[0]:
        raise RuleError("of", "nothing", "a weighted sum of attributes", "write one such as `0.5 population + 0.5 violent_crime`.")
    parts = []
    for piece in pieces[0].split("+"):
        found = re.fullmatch(r"\s*([0-9.]+%?)?\s*\*?\s*(.+?)\s*", piece)
        try:
            weight = 1.0 if not found or found[1] is None else _share(found[1])
        except ValueError:
            found = None
        if not found:
            raise RuleError("of", f'"{piece.strip()}"', "a weight and an attribute", "write one such as `0.5 population`.")
        parts.append((weight, found[2].strip('"')))
    total = sum(w for w, _ in parts)
    if total <= 0:
        raise RuleError("of", f'"{pieces[0]}"', "weights above 0", "write positive weights.")
    return Formula(tuple((w / total, a) for w, a in parts), tuple(_option(p) for p in pieces[1:] if p))


def _share(text: str) -> float:
    return float(text[:-1]) / 100 if text.endswith("%") else float(text)


def _option(piece: str) -> Option:
    found = _OPTION.fullmatch(piece)
    if found:
        name, rest = found[1].lower(), found[2].strip()
        amount, _, item = rest.partition(" to ") if name == "small" else (rest, "", "")
        try:
            number = _share(amount.replace(" ", ""))
            if np.isfinite(number) and number >= 0:
                return Option(name, number, item.strip().strip('"'))
        except ValueError:
            if name == "cap":
                return Option(name, None, rest.strip('"'))
    raise RuleError("of", f'"{piece}"', "base, floor, cap, small or hold with a number", "write one such as `floor 1%` or `small 10000`.")


@dataclass(frozen=True)
class Split:
    """What each member of `per` gets by formula. award: money; share: award / total; total: Σ amount of the funds in `where`."""

    per: Members
    selected: Array
    total: float
    award: Array

    @property
    def share(self) -> Array:
        """Share of the total for each member."""
        return self.award / self.total if self.total else np.zeros(len(self.award))


def split_by_formula(facts: Facts, rule: Rule, where: Selected, possible: tuple[str, ...]) -> Split:
    """Each member's award by the rule's formula. Raises RuleError."""
    if rule.per not in possible:
        raise RuleError("per", f'"{rule.per}"', "one of " + ", ".join(possible), "choose one of them.")
    per = members(facts, rule, MEASURES["money"])
    chosen = np.ones(len(per.names), bool)
    if per.dimension in where:
        chosen = np.bincount(per.number[(per.number >= 0) & where[per.dimension]], minlength=len(per.names)) > 0
    total = float(facts.amount[where["fund"]].sum() if "fund" in where else facts.amount.sum())
    formula = parse_formula(rule.of)
    plain = np.zeros(len(per.names))
    for weight, name in formula.parts:
        value = np.where(chosen, _attribute(facts, rule, per, name), 0.0)
        if np.any(value < 0) or not value.sum() > 0:
            raise RuleError("of", f'"{name}"', "an attribute that is never negative and adds up to more than 0", "check its column.")
        plain += weight * value / value.sum()
    award = divide(plain, total, formula, chosen, per, lambda name: _attribute(facts, rule, per, name), _baseline(facts, rule, per))
    return Split(per, chosen, total, award)


def divide(
    plain: Array, total: float, formula: Formula, chosen: Array, per: Members, attribute: Callable[[str], Array], baseline: Array
) -> Array:
    """Divide `total` by plain shares, then apply each option in the order written.

    attribute: name -> value of each member (for `cap column`); baseline: money of each member (for `hold`).
    """
    award = plain * total
    for option in formula.options:
        number = option.number or 0.0
        if option.name == "base":
            splits = chosen & (plain >= number)
            rest = total * (1 - number * chosen.sum())
            if rest < 0 or not splits.any():
                raise RuleError("of", f"base {number:.4%}", "bases that fit into the money", "lower the base.")
            award = np.where(chosen, number * total, 0.0) + np.where(splits, plain, 0.0) / plain[splits].sum() * rest
        elif option.name == "small":
            award = _small(award, option, chosen, per)
        elif option.name == "cap":
            highest = np.full(len(plain), number * total) if option.number is not None else attribute(option.item)
            award = _held(award, highest, chosen, np.greater)
        else:
            lowest = number * total if option.name == "floor" else number * baseline
            award = _held(award, np.where(chosen, lowest, 0.0), chosen, np.less)
    return award


def _held(award: Array, limit: Array, chosen: Array, outside: Callable[[Array, Array], Array]) -> Array:
    """Members outside their limit are set to it and the others share the rest as before, until none is outside."""
    total = award.sum()
    fixed = ~chosen
    for _ in range(len(award)):
        wrong = ~fixed & outside(award, limit) & ~np.isclose(award, limit, rtol=1e-12, atol=0)
        if not wrong.any():
            break
        fixed = fixed | wrong
        award = np.where(wrong, limit, award)
        rest, shared = total - award[fixed].sum(), award[~fixed].sum()
        if rest < -1e-9 * total:
            raise RuleError("of", f"limits of {award[fixed].sum():,.0f}", f"limits within {total:,.0f}", "lower the floor.")
        award = np.where(fixed, award, award * (max(rest, 0.0) / shared if shared > 0 else 0.0))
    return award


def _small(award: Array, option: Option, chosen: Array, per: Members) -> Array:
    """Awards below the threshold go to the named member, or are shared again among the others."""
    small = chosen & (award > 0) & (award < (option.number or 0.0))
    freed = award[small].sum()
    kept = np.where(small, 0.0, award)
    if option.item:
        place = {fold(n): k for k, n in enumerate(per.names)}
        if fold(option.item) not in place:
            near = nearest(option.item, per.names)
            raise RuleError("of", f'"{option.item}"', "a member of `per`", f"did you mean {near}?" if near else "name one of them.")
        at = place[fold(option.item)]
        if small[at]:
            freed, kept[at] = freed - award[at], award[at]
        kept[at] += freed
        return kept
    if kept.sum() <= 0:
        raise RuleError("of", f"small {option.number:,.0f}", "at least one larger award", "lower the threshold.")
    return np.asarray(kept * (1 + freed / kept.sum()))


def _attribute(facts: Facts, rule: Rule, per: Members, name: str) -> Array:
    owner = rule.per if rule.per in SHEET_OF else "initiative"
    prefix, dot, rest = name.partition(".")
    column = rest if dot and fold_title(prefix) == owner else name
    titles = [c for c in facts.sorted[owner].columns if facts.sorted[owner][c].dtype == float]
    found = next((t for t in titles if fold_title(t) == fold_title(column)), "")
    if not found:
        near = nearest(name, titles)
        raise RuleError("of", f'"{name}"', f"a numeric column of {SHEET_OF[owner]}", f"did you mean {near}?" if near else "add the column.")
    values = np.nan_to_num(facts.attribute(owner, found).astype(float), nan=0.0)
    if owner != "area":
        return values
    place = {fold(a): k for k, a in enumerate(facts.areas)}
    return values[[place[fold(n)] for n in per.names]]


def _baseline(facts: Facts, rule: Rule, per: Members) -> Array:
    owner = rule.per if rule.per in SHEET_OF else "initiative"
    if "baseline" in facts.sorted[owner]:
        return _attribute(facts, rule, per, "baseline")
    number = facts.lead if rule.per == "agency" else per.number
    return np.bincount(number[number >= 0], facts.baseline[number >= 0], len(per.names))
