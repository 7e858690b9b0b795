"""Rules of a case that came from the library and have a newer text there: the difference, and what it would do to the plan."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import optimiser.verbs as verbs
from optimiser.analysis.rulebook.library import Entry, LibraryError, entry_of
from optimiser.case.case import Case
from optimiser.case.impact import unit
from optimiser.case.readable import listed, points, written
from optimiser.case.selection import quoted
from optimiser.case.tolerances import HAIR

_REMEMBERED = re.compile(r"([a-z0-9-]+)(?:/(\d+))?(?:,\s*text of (.*))?", re.IGNORECASE)
COMPARED = ("kind", "measure", "per", "at_least", "at_most", "of", "authority", "set_by", "waiver")
PLAN = ("kind", "measure", "per", "at_least", "at_most", "of")
"""Columns of which a plan depends."""


@dataclass(frozen=True)
class Newer:
    """A rule of the case and the entry that it came from. was, now: the texts' dates; differences: (column, as it is, as
    the entry has it); changes: rows of the Scenarios sheet that bring the rule up to date."""

    rule: str
    entry: Entry
    was: str
    now: str
    differences: tuple[tuple[str, Any, Any], ...]
    changes: tuple[dict[str, str], ...]

    @property
    def sentence(self) -> str:
        """What is new, in words."""
        said = [f"{column} {_shown(old)} becomes {_shown(new)}" for column, old, new in self.differences]
        what = listed(said) if said else "the words are the same"
        return f"{self.rule}: the library has the text of {self.now}, the case that of {self.was}: {what}."

    @property
    def moves(self) -> bool:
        """Whether a plan can change with it."""
        return any(column in PLAN for column, _, _ in self.differences)


def remembered(cell: str) -> tuple[str, int, str]:
    """Key, row (counted from 0) and the text's date of a cell of the column entry; blanks where it says none."""
    found = _REMEMBERED.fullmatch(cell.strip())
    return (found[1], int(found[2] or 1) - 1, found[3] or "") if found else ("", 0, "")


def newer(tables: Mapping[str, Any]) -> list[Newer]:
    """Each rule whose entry was read again since it was inserted, and those of entries that are gone are left out."""
    made = []
    for row in tables["Rules"].records():
        key, place, was = remembered(str(row["entry"]))
        if not key:
            continue
        try:
            entry = entry_of(key)
        except LibraryError:
            continue
        if place >= len(entry.rows):
            continue
        version = entry.version(place)
        now = remembered(version)[2]
        if now == was:
            continue
        found = tuple(differences(entry, place, row))
        where = f"rule = {quoted(str(row['rule']))}"
        changes = [{"sheet": "Rules", "where": where, "column": c, "change": f"= {_cell(new)}"} for c, _, new in found]
        changes.append({"sheet": "Rules", "where": where, "column": "entry", "change": f"= {version}"})
        made.append(Newer(str(row["rule"]), entry, was or "no date", now, found, tuple(changes)))
    return made


def differences(entry: Entry, place: int, row: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """Cells in which a rule of the case differs from its entry; those that depend on answers are not compared."""
    fresh: dict[str, Any] = {
        "kind": "limit",
        "authority": entry.authority,
        "set_by": entry.set_by,
        "waiver": entry.waiver,
    }
    fresh |= entry.rows[place]
    made = []
    for column in COMPARED:
        new, old = fresh.get(column, None if column in ("at_least", "at_most") else ""), row[column]
        if isinstance(new, str) and "{" in new:
            continue
        old = None if isinstance(old, float) and old != old else old
        if old != (float(new) if isinstance(new, int | float) else new):
            made.append((column, old, new))
    return made


def effect(case: Case, found: Newer) -> str:
    """What the new text would do to the plan, in words. Solves the case as it is and as it would be."""
    if not found.moves:
        return "The plan stays as it is."
    before, after = verbs.solve(case), verbs.solve(verbs.apply_changes(case, found.changes))
    if not before.has_plan or not after.has_plan:
        return "The case has no plan as it is." if not before.has_plan else "With the new text the case has no plan."
    lost = (before.impact or 0.0) - (after.impact or 0.0)
    if abs(lost) <= HAIR * max(abs(before.impact or 0.0), 1.0):
        return "The impact of the plan stays as it is."
    return f"The new text would {'cost' if lost > 0 else 'bring'} {points(abs(lost), unit(case))}."


def as_scenario(found: Newer) -> list[dict[str, str]]:
    """The changes as rows of the sheet Scenarios."""
    name = f"{found.entry.programme}, text of {found.now}"
    return [{"scenario": name, **change, "note": found.entry.authority} for change in found.changes]


def _cell(value: Any) -> str:
    return f"{value:.12g}" if isinstance(value, int | float) else str(value or "")


def _shown(value: Any) -> str:
    return (
        "nothing" if value in (None, "") else written(float(value)) if isinstance(value, int | float) else f'"{value}"'
    )
