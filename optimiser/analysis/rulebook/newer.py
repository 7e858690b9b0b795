"""Rules of a case that came from the library and have a newer text there: the difference, and what it would do to the plan."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import optimiser.verbs as verbs
from optimiser.analysis.rulebook.library import Entry, LibraryError, entry_of
from optimiser.case.case import Case
from optimiser.case.faults import InvalidCase
from optimiser.case.impact import unit
from optimiser.case.names import fold
from optimiser.case.readable import listed, points
from optimiser.case.reading.amounts import plain
from optimiser.case.selection import quoted
from optimiser.case.tolerances import HAIR
from optimiser.model.rules import Number, meanings, rules_of, sentence
from optimiser.plan.tables import Plan

_REMEMBERED = re.compile(r"([a-z0-9-]+)(?:/(\d+))?(?:,\s*text of (.*))?", re.IGNORECASE)
NUMBERS = ("at_least", "at_most")
PLAN = ("kind", "measure", "per", *NUMBERS, "of", "active")
"""Columns of which a plan depends."""
COMPARED = ("kind", "measure", "per", *NUMBERS, "of", "authority", "set_by", "waiver")


@dataclass(frozen=True)
class Difference:
    """One cell in which a rule of the case and its entry differ. said: in words, `at most 50% becomes at most 5%`."""

    rule: str
    column: str
    old: Any
    new: Any
    said: str


@dataclass(frozen=True)
class Newer:
    """An entry that was read again since rules of the case were taken from it.

    versions: those rules, with what each then remembers; was, now: dates of the texts; lacking: how many rules of the
    entry the case does not have.
    """

    entry: Entry
    versions: tuple[tuple[str, str], ...]
    was: str
    now: str
    differences: tuple[Difference, ...]
    lacking: int = 0

    @property
    def sentence(self) -> str:
        """What is new, in words."""
        names = [rule for rule, _ in self.versions]
        many = len(names) > 1
        said = [f"{d.rule}: {d.said}" if many else d.said for d in self.differences]
        what = listed(said) if said else "the words are the same"
        more = f" The text has {self.lacking} rules more than the case." if self.lacking > 1 else ""
        more = " The text has a rule more than the case." if self.lacking == 1 else more
        return f"{listed(names)}: the library has the text of {self.now}, the case that of {self.was}: {what}.{more}"

    @property
    def moves(self) -> bool:
        """Whether a plan can change with it."""
        return any(d.column in PLAN for d in self.differences)

    @property
    def cells(self) -> dict[str, dict[str, Any]]:
        """By rule, folded: the cells of the sheet Rules that bring it up to date."""
        made: dict[str, dict[str, Any]] = {fold(rule): {"entry": version} for rule, version in self.versions}
        for d in self.differences:
            made[fold(d.rule)][d.column] = d.new
        return made

    @property
    def changes(self) -> tuple[dict[str, str], ...]:
        """The same as rows of the Scenarios sheet."""
        names = {fold(rule): rule for rule, _ in self.versions}
        return tuple(
            {"sheet": "Rules", "where": f"rule = {quoted(names[rule])}", "column": column, "change": f"= {_cell(new)}"}
            for rule, cells in self.cells.items()
            for column, new in cells.items()
        )

    @property
    def scenario(self) -> str:
        """Name of the scenario that tries it."""
        return f"{self.entry.programme}: {self.entry.name}, text of {self.now}"


@dataclass(frozen=True)
class NewTextEffect:
    """What a newer text would do. said: to the plan, in a sentence; reads: the rules that then read otherwise, as they would."""

    said: str
    reads: tuple[str, ...] = ()


def remembered(cell: str) -> tuple[str, int, str]:
    """Key, row (counted from 0) and the text's date of a cell of the column entry; blanks where it says none."""
    found = _REMEMBERED.fullmatch(cell.strip())
    return (found[1], int(found[2] or 1) - 1, found[3] or "") if found else ("", 0, "")


def newer(case: Case) -> list[Newer]:
    """Each entry that was read again since rules of the case were taken from it; rules of entries that are gone are left
    out. Rules that were taken from the same text of it stand together."""
    together: dict[tuple[str, str], list[tuple[int, Mapping[str, Any]]]] = {}
    for row in case.tables["Rules"].records():
        key, place, was = remembered(str(row["entry"]))
        try:
            entry = entry_of(key) if key else None
        except LibraryError:
            continue
        if entry is not None and entry.rows and was != remembered(entry.version(0))[2]:
            together.setdefault((entry.key, was), []).append((place, row))
    numbers = meanings(case.facts) if together else {}
    return [_newer(entry_of(key), was, rows, numbers) for (key, was), rows in together.items()]


def _newer(entry: Entry, was: str, rows: list[tuple[int, Mapping[str, Any]]], numbers: Mapping[str, Number]) -> Newer:
    found = [
        d for place, row in rows for d in differences(entry, place, row, numbers.get(str(row["rule"]), Number("")))
    ]
    versions = [(str(row["rule"]), entry.version(min(place, len(entry.rows) - 1))) for place, row in rows]
    lacking = len(set(range(len(entry.rows))) - {place for place, _ in rows})
    return Newer(entry, tuple(versions), was or "no date", remembered(versions[0][1])[2], tuple(found), lacking)


def differences(entry: Entry, place: int, row: Mapping[str, Any], number: Number) -> list[Difference]:
    """Cells in which a rule of the case differs from its entry; those that depend on answers are not compared.

    number: what the rule's at_least and at_most mean.
    """
    rule = str(row["rule"])
    if place >= len(entry.rows):
        return [Difference(rule, "active", True, False, "the text has it no more")] if row["active"] else []
    fresh: dict[str, Any] = {
        "kind": "limit",
        "measure": "money",
        "authority": entry.authority,
        "set_by": entry.set_by,
        "waiver": entry.waiver,
    }
    fresh |= entry.rows[place]
    made = []
    for column in COMPARED:
        new, old = fresh.get(column, None if column in NUMBERS else ""), row[column]
        if column == "measure":  # blank is money
            old = old or "money"
        if isinstance(new, str) and "{" in new:
            continue
        old = None if isinstance(old, float) and old != old else old
        if isinstance(new, int | float):
            new = float(new)
        same = fold(str(old)) == fold(str(new)) if isinstance(old, str) and isinstance(new, str) else old == new
        if column == "authority" and fold(entry.citation) in fold(str(old)):  # said in other words
            continue
        if not same:
            made.append(Difference(rule, column, old, new, _said(column, old, new, number)))
    return made


def _said(column: str, old: Any, new: Any, number: Number) -> str:
    """One difference in words."""
    title = column.replace("_", " ")
    if column in NUMBERS:
        old, new = (None if v is None else f"{title} {number.said(float(v))}" for v in (old, new))
        return f"{old} becomes {new}" if old and new else f"{new} is new" if new else f"{old} falls away"
    if not old or not new:
        return f'{title} "{new}" is new' if new else f'{title} "{old}" falls away'
    return f'{title} "{old}" becomes "{new}"'


def effect(case: Case, found: Newer, before: Plan | None = None) -> NewTextEffect:
    """What the new text would do to the plan, in words. before: the plan of the case as it is, which is solved otherwise."""
    if not found.moves:
        return NewTextEffect("The plan stays as it is.")
    try:
        changed = verbs.apply_changes(case, found.changes)
    except InvalidCase as problem:
        fault = problem.worst
        return NewTextEffect(f"The new text does not fit the case: {fault.found}, at {fault.sheet} {fault.cell}.")
    moved = {fold(d.rule) for d in found.differences if d.column in PLAN}
    reads = tuple(sentence(changed.facts, r) for r in rules_of(changed.facts) if r.active and fold(r.name) in moved)
    before = verbs.solve(case) if before is None else before
    if not before.has_plan:
        return NewTextEffect(f"As it is, {before.why_none}.", reads)
    after = verbs.solve(changed)
    if not after.has_plan:
        return NewTextEffect(f"With the new text {after.why_none}.", reads)
    lost = (before.impact or 0.0) - (after.impact or 0.0)
    if abs(lost) <= HAIR * max(abs(before.impact or 0.0), 1.0):
        return NewTextEffect("The impact of the plan stays as it is.", reads)
    does = "cost" if lost > 0 else "bring"
    return NewTextEffect(f"The new text would {does} {points(abs(lost), unit(case))}.", reads)


def effects(case: Case, found: list[Newer]) -> list[NewTextEffect]:
    """What each of them would do to the plan."""
    before = verbs.solve(case) if any(one.moves for one in found) else None
    return [effect(case, one, before) for one in found]


def as_scenario(found: Newer) -> list[dict[str, str]]:
    """The changes as rows of the sheet Scenarios."""
    return [{"scenario": found.scenario, **change, "note": found.entry.authority} for change in found.changes]


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return plain(value) if isinstance(value, int | float) else str(value or "")
