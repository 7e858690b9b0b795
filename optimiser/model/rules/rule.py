"""One row of the Rules sheet, and what the kinds of rule share: members of `per`, selections, bases of shares."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from optimiser.case.facts import DIMENSIONS, Facts, Selected, sorted_names
from optimiser.case.names import fold, nearest
from optimiser.case.selection import SelectionError
from optimiser.case.table import Array, numbered
from optimiser.model.rules.terms import MEASURES, Axes, Term
from optimiser.model.rules.waivers import CellError, Waiver, in_force

_BESIDE = re.compile(r"(.*);\s*((?:greater|lesser)\b[^;=<>!]*)", re.IGNORECASE | re.DOTALL)

Warn = Callable[[str, str], None]
"""Called with a column of the Rules sheet and what is doubtful about it."""

SUMS = ("money", "staff", "in kind", "level")
"""Measures that every case has; the names of its outcomes are the others."""

BASES: dict[str, tuple[str, ...]] = {
    "amount": ("fund",),
    "contribution": ("agency", "fund"),
    "baseline": ("initiative",),
    "request": ("initiative",),
    "fte": ("agency", "role", "period"),
    "headcount": ("agency", "role", "period"),
    "total": (),
}
"""Sums of the case that a share may be taken of, with the dimensions in which `where` and `per` narrow them."""


NUMBER = ("at_least", "no number", "at_least, at_most or both", "write the limit")
"""The fault of a rule without a limit."""


class RuleError(CellError):
    """A rule that cannot be read, with the column of the Rules sheet."""


OF_INITIATIVES = ("theme", "area", "tier")
"""What initiatives may be grouped by."""


@dataclass(frozen=True)
class Rule:
    """One row of the Rules sheet. at_least, at_most and penalty are None where blank."""

    name: str
    kind: str
    measure: str
    where: str
    per: str
    at_least: float | None
    at_most: float | None
    of: str
    hard: bool
    penalty: float | None
    authority: str
    set_by: str
    waiver: str
    note: str
    active: bool
    beside: str = ""
    """Of a limit whose `of` ends with `; greater 55000`, `; lesser 1000000` or `; lesser request`: that clause."""
    waived: tuple[Waiver, ...] = ()
    """Waivers that were granted and cover the case."""

    @property
    def each(self) -> tuple[str, ...]:
        """What `per` names, in the order written."""
        return tuple(part.strip() for part in self.per.split(",")) if self.per else ()

    @property
    def ends(self) -> list[tuple[str, float]]:
        """The numbers that are written, each with its column."""
        both = (("at_least", self.at_least), ("at_most", self.at_most))
        return [(column, number) for column, number in both if number is not None]


def written_rules(facts: Facts) -> list[Rule]:
    """Every row of the Rules sheet, sorted by name, as if nothing were waived."""
    return sorted(map(rule_of, facts.tables["Rules"].records()), key=lambda rule: fold(rule.name))


def rules_of(facts: Facts) -> list[Rule]:
    """Every row of the Rules sheet, sorted by name, as the waivers that were granted leave it."""
    return in_force(written_rules(facts), facts.tables)


def rule_of(record: Mapping[str, Any]) -> Rule:
    """A record of the Rules sheet as a rule; what it leaves out, as one that is being written does, has its default."""
    r = {name: "" if value is None else value for name, value in record.items()}
    text = {
        c: str(r.get(c, ""))
        for c in ("rule", "kind", "measure", "where", "per", "of", "authority", "set_by", "waiver", "note")
    }
    low, high, penalty = (_number(r.get(c, "")) for c in ("at_least", "at_most", "penalty"))
    if beside := _BESIDE.fullmatch(text["of"]):
        text["of"] = beside[1].strip()
    measure = text["measure"].strip() if ":" in text["measure"] else fold(text["measure"])
    hard, active = r.get("hard", True) is not False, r.get("active", True) is not False
    return Rule(
        text["rule"], fold(text["kind"]) or "limit", measure, text["where"], fold(text["per"]), low, high,
        text["of"], hard, penalty, text["authority"], fold(text["set_by"]) or "policy", text["waiver"], text["note"], active,
        " ".join(beside[2].split()).lower() if beside else "",
    )  # fmt: skip


def _number(value: Any) -> float | None:
    """None also for what is no number: a record that is being written may hold text."""
    return None if isinstance(value, str | bool) or not np.isfinite(value) else float(value)


def select(
    facts: Facts, rule: Rule, column: str, text: str, dimensions: tuple[str, ...], warn: Warn | None
) -> Selected:
    """A selection of this rule, by the dimensions that its measure has. Raises RuleError."""
    try:
        return facts.select(text, dimensions, None if warn is None else lambda message: warn(column, message))
    except SelectionError as error:
        raise RuleError(column, error.found, error.expected, error.cure) from error


def as_weights(selected: Selected) -> dict[str, Array]:
    """A selection as weights of 0 and 1."""
    return {d: hit.astype(float) for d, hit in selected.items()}


@dataclass(frozen=True)
class Members:
    """The members for which a rule is repeated: their names, and which of them what is summed belongs to."""

    names: tuple[str, ...]
    axes: Axes = ()


ONCE = Members(("",))


def members(facts: Facts, rule: Rule, dimensions: tuple[str, ...]) -> Members:
    """The members of `per`: every row of a dimension, or the themes, areas and tiers that occur; of two, each pair.

    Raises RuleError.
    """
    if not rule.per:
        return ONCE
    found = [_members(facts, rule, name, dimensions) for name in rule.each]
    if len(found) > 2 or len(set(rule.each)) < len(found):
        cure = "name one, or two that differ, such as `agency, period`"
        raise RuleError("per", f'"{rule.per}"', "one or two of " + ", ".join(_possible(dimensions)), cure)
    return _pairs(*found) if len(found) == 2 else found[0]


def _members(facts: Facts, rule: Rule, name: str, dimensions: tuple[str, ...]) -> Members:
    if name in DIMENSIONS and name in dimensions:
        names = facts.names[name]
        number = np.arange(len(names), dtype=np.int32)
        if name == "category":
            number = numbered(facts.category_occurs)
            names = [n for n, occurs in zip(names, facts.category_occurs.tolist(), strict=True) if occurs]
        return Members(tuple(names), ((name, number),))
    if name in OF_INITIATIVES and "initiative" in dimensions:
        if name == "area":
            values = [facts.areas[a] if a >= 0 else "" for a in facts.initiative_area.tolist()]
        else:
            values = (facts.theme if name == "theme" else facts.tier).tolist()
        names = sorted_names(values)
        place = {fold(n): k for k, n in enumerate(names)}
        number = np.array([place[fold(v)] if v else -1 for v in values], np.int32)
        return Members(tuple(names), (("initiative", number),))
    possible = _possible(dimensions)
    near = nearest(name, possible)
    cure = f"did you mean {near}?" if near else "choose one of them"
    raise RuleError("per", f'"{name}"', "one of " + ", ".join(possible), cure)


def _possible(dimensions: tuple[str, ...]) -> list[str]:
    return [*dimensions, *(OF_INITIATIVES if "initiative" in dimensions else ())]


def _pairs(first: Members, second: Members) -> Members:
    """Each member of one with each of the other; of two columns of the initiative the pairs that occur."""
    ((a, one),), ((b, other),) = first.axes, second.axes
    many = len(second.names)
    names = [f"{m}, {n}" for m in first.names for n in second.names]
    one = np.where(one >= 0, one * many, -1).astype(np.int32)
    if a != b:
        return Members(tuple(names), ((a, one), (b, other)))
    pair = np.where((one >= 0) & (other >= 0), one + other, -1)
    occur = np.unique(pair[pair >= 0])
    number = np.where(pair >= 0, np.searchsorted(occur, pair), -1).astype(np.int32)
    return Members(tuple(names[k] for k in occur.tolist()), ((a, number),))


def measure_of(facts: Facts, written: str, column: str = "measure") -> tuple[str, int]:
    """The measure that a text names, and the outcome's number (-1: none). Raises RuleError."""
    wanted = fold(written) or "money"
    if wanted in SUMS:
        return wanted, -1
    names = [fold(o) for o in facts.outcomes]
    if wanted in names:
        return "outcome", names.index(wanted)
    near = nearest(written, [*SUMS, *facts.outcomes])
    expected = "money, staff, in kind, level" + (" or an outcome" if names else " (the case has no outcomes)")
    raise RuleError(column, f'"{written}"', expected, f"did you mean {near}?" if near else "choose one of them")


def measure_prefix(written: str) -> tuple[str, str]:
    """`staff: role = analyst` -> what stands before the colon and what behind it; ("", all) without a measure."""
    prefix, colon, rest = written.partition(":")
    if colon and not re.search(r'["=<>!;|]', prefix):
        return prefix.strip(), rest.strip()
    return "", written


def is_curved(facts: Facts, outcome: int) -> bool:
    """Whether some initiative reaches the outcome along a curve (-1: no outcome)."""
    return outcome >= 0 and bool(np.any(facts.outcome_curve[facts.outcome_of == outcome] >= 0))


@dataclass(frozen=True)
class Base:
    """What a share is taken of: terms of the plan, or a constant of the case for each member of `per`."""

    terms: tuple[Term, ...]
    constant: Array
    absolute: bool = False


def base_of(
    facts: Facts, rule: Rule, measure: tuple[str, int], where: Selected, per: Members, warn: Warn | None
) -> Base:
    """The base that `of` names, narrowed by `per` (and, where it is a sum of the case, by `where`). Raises RuleError."""
    count = len(per.names)
    written = rule.of.strip()
    if not written:
        return Base((), np.ones(count), absolute=True)
    if fold(written) in BASES:
        return Base((), case_sum(facts, fold(written), where, per))
    if not set("=<>") & set(written) and (near := nearest(written, BASES)):
        raise RuleError("of", f'"{written}"', "a sum of the case, or a selection", f"did you mean {near}?")
    other, written = measure_prefix(written)
    if other:
        measure = measure_of(facts, other, "of")
        if is_curved(facts, measure[1]) and (rule.at_least is not None or (rule.at_most or 0.0) < 0):
            cure = "give only at_most, or take another base"
            raise RuleError("of", f'"{rule.of}"', "at_most alone, for a base that follows a curve", cure)
    try:
        selected = select(facts, rule, "of", written, MEASURES[measure[0]], warn)
    except RuleError as error:  # a word that is neither: the sums of the case are said too
        if "=" in written or other:
            raise
        expected = f"{error.expected}, or one of {', '.join(BASES)}"
        raise RuleError("of", error.found, expected, "total are all funds, amount those that `where` names") from error
    for name, (dimension, _) in zip(rule.each, per.axes, strict=len(per.axes) > 1):
        if dimension not in MEASURES[measure[0]]:
            cure = f"leave {name} out of `per`, or take another base"
            raise RuleError("of", f'"{rule.of}"', f"a measure that has {name}", cure)
    return Base((Term(measure[0], as_weights(selected), per.axes, 1.0, measure[1]),), np.zeros(count))


def case_sum(facts: Facts, base: str, where: Selected, per: Members) -> Array:
    """A sum of the case for each member of `per`, narrowed only in the dimensions that it has.

    base: one of BASES. Money for amount, contribution, baseline, request and total; FTE·periods for fte and headcount.
    """
    count = len(per.names)
    if base == "total":
        return np.full(count, facts.amount.sum())
    values = {
        "amount": facts.amount,
        "contribution": facts.contribution,
        "baseline": facts.baseline,
        "request": facts.request,
        "fte": facts.releasable_fte,
        "headcount": facts.fte,
    }[base]
    dimensions = BASES[base]
    for axis, dimension in enumerate(dimensions):
        if dimension in where:
            shape = [1] * values.ndim
            shape[axis] = -1
            values = values * where[dimension].reshape(shape)
    named = [dimension for dimension, _ in per.axes]
    values = values.sum(axis=tuple(k for k, dimension in enumerate(dimensions) if dimension not in named))
    axes = sorted(per.axes, key=lambda axis: [*dimensions, axis[0]].index(axis[0]))
    number = np.zeros((), np.int64)
    for dimension, own in axes:
        if dimension not in dimensions:  # the same sum for each of its members
            own = np.unique(own[own >= 0])
        number = np.add.outer(number, np.where(own >= 0, own, -count))
    spread = np.broadcast_to(values.reshape(values.shape + (1,) * (number.ndim - values.ndim)), number.shape)
    taken = number >= 0
    return np.bincount(number[taken], spread[taken], count)
