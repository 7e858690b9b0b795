"""Waivers that were granted: each takes a rule back, for all or for some, or puts another number in its place.

A waiver is a row of the sheet Waivers. It is in force where it lasts to the end of the case's periods; one that ends
before is kept and said, and the rule holds in full.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from optimiser.case.names import fold
from optimiser.case.readable import written
from optimiser.case.selection import parse
from optimiser.case.table import Table

if TYPE_CHECKING:
    from optimiser.model.rules.rule import Rule

OPPOSITE = {"=": "!=", "!=": "="}


class CellError(ValueError):
    """A row that cannot be read: the column of its sheet, what was found, what was expected and the cure."""

    def __init__(self, column: str, found: str, expected: str, cure: str) -> None:
        super().__init__(f"{column}: found {found}; expected {expected}; {cure}")
        self.column, self.found, self.expected, self.cure = column, found, expected, cure


class WaiverError(CellError):
    """A row of the sheet Waivers that cannot be applied."""


@dataclass(frozen=True)
class Waiver:
    """One row of the sheet Waivers. on, until: days (`2026-03-01`; "" where none); where: what is exempt ("": all);
    at_least, at_most: the numbers that hold instead (None: none)."""

    rule: str
    by: str
    on: str
    until: str
    where: str
    at_least: float | None
    at_most: float | None
    note: str


def waivers_of(tables: Mapping[str, Table]) -> list[Waiver]:
    """Every row of the sheet Waivers, in order."""
    return [_waiver(record) for record in tables["Waivers"].records()]


def _waiver(r: Mapping[str, object]) -> Waiver:
    low, high = (float(r[c]) if np.isfinite(r[c]) else None for c in ("at_least", "at_most"))  # type: ignore[arg-type, call-overload]
    text = {c: str(r[c] or "") for c in ("rule", "granted_by", "granted_on", "until", "where", "note")}
    return Waiver(
        text["rule"], text["granted_by"], text["granted_on"], text["until"], text["where"], low, high, text["note"]
    )


def ended(waiver: Waiver, tables: Mapping[str, Table]) -> str:
    """The period that the waiver does not cover to its end; "" where it covers all of them, as far as they have dates."""
    periods = tables["Periods"].each("period", "end")
    return next((name for name, end in periods if waiver.until and end and end > waiver.until), "")


def in_force(rules: list[Rule], tables: Mapping[str, Table]) -> list[Rule]:
    """The rules as the waivers that cover the case leave them. A waiver that cannot be read leaves its rule as it is."""
    granted: dict[str, list[Waiver]] = {}
    for waiver in waivers_of(tables) if len(tables["Waivers"]) else ():
        if not ended(waiver, tables):
            granted.setdefault(fold(waiver.rule), []).append(waiver)
    return [_waived(rule, granted.get(fold(rule.name), [])) for rule in rules]


def _waived(rule: Rule, granted: list[Waiver]) -> Rule:
    for waiver in granted:
        try:
            rule = applied(rule, waiver)
        except WaiverError:  # the checks report it
            continue
    return rule


def applied(rule: Rule, waiver: Waiver) -> Rule:
    """The rule as this waiver leaves it. Raises WaiverError."""
    said = (*rule.waived, waiver)
    numbers = {c: n for c, n in (("at_least", waiver.at_least), ("at_most", waiver.at_most)) if n is not None}
    for column, tighter in tightened(rule, numbers):
        raise WaiverError(column, tighter, f"a number that loosens {rule.name}", "correct it, or leave it blank")
    if waiver.where and numbers:
        cure = "give a rule of its own to what gets another number"
        raise WaiverError("where", f'"{waiver.where}"', "nothing, where another number holds for all", cure)
    if numbers:
        low, high = numbers.get("at_least", rule.at_least), numbers.get("at_most", rule.at_most)
        return replace(rule, waived=said, at_least=low, at_most=high)
    if not waiver.where:
        return replace(rule, waived=said, active=False)
    try:
        clauses = parse(waiver.where)
    except ValueError as error:
        raise WaiverError("where", f'"{waiver.where}"', "a selection", str(error)) from error
    if len(clauses) != 1 or clauses[0].operator not in OPPOSITE:
        cure = "write one such as `initiative = Shelter | Hotline`, or one waiver for each"
        raise WaiverError("where", f'"{waiver.where}"', "one comparison with = or !=", cure)
    rest = str(replace(clauses[0], operator=OPPOSITE[clauses[0].operator]))
    return replace(rule, waived=said, where=" ; ".join(filter(None, (rule.where.strip().rstrip(";").strip(), rest))))


def tightened(rule: Rule, numbers: Mapping[str, float]) -> Iterator[tuple[str, str]]:
    """Columns in which the numbers of a waiver ask for more than the rule does."""
    for column, number in numbers.items():
        old = rule.at_least if column == "at_least" else rule.at_most
        if old is None or (number > old if column == "at_least" else number < old):
            yield column, written(number)
