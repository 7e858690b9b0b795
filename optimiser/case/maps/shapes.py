"""What each of our tables looks like in files of others: which columns it needs, what their titles speak of, what stands in them.

A sheet is the table that explains most of its columns; what no title says is filled by position and content, and is to be
looked at.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from optimiser.case.maps.meaning import MONEY, Profile, concept, plainness

TEXT, NUMBER, ANY = ("names", "labels"), ("numbers",), ("names", "labels", "numbers", "dates")
GUESSED = 0.3
"""What a column counts that no title names, beside one that is named."""
UNEXPLAINED = 1.0
"""What is taken off for each column that speaks of something which the table has no place for."""
HINTED = 1.0
"""What the name of the sheet, or what stands above the titles, adds."""


@dataclass(frozen=True)
class Slot:
    """A column of a table: ours, what titles of it speak of, what can stand in it, what it counts; needed: whether the table is
    none without it; guess: whether an unnamed column may be it."""

    column: str
    about: tuple[str, ...]
    kinds: tuple[str, ...] = TEXT
    weight: float = 1.0
    needed: bool = True
    guess: bool = True


_AMOUNT = ("request", "money", "baseline", "spent")
_WHO = ("agency", "lead", "partner", "contributor")
SHAPES: Mapping[str, tuple[Slot, ...]] = {
    "Initiatives": (
        Slot("initiative", ("initiative", "service"), TEXT, 3),
        Slot("request", ("request", "money", "baseline"), NUMBER, 2, guess=False),
        Slot("lead", ("lead", "agency"), TEXT, 1, needed=False),
        Slot("theme", ("theme", "category"), TEXT, 1, needed=False),
        Slot("area", ("area",), TEXT, 1, needed=False),
        Slot("baseline", ("baseline", "spent"), NUMBER, 1, needed=False),
    ),
    "Funds": (
        Slot("fund", ("fund",), TEXT, 3),
        Slot("amount", ("money", "request", "baseline"), NUMBER, 2),
        Slot("owner", ("contributor",), TEXT, 1, needed=False),
        Slot("match_rate", ("match",), NUMBER, 1, needed=False),
        Slot("kind", ("kind",), TEXT, 1, needed=False),
    ),
    "Contributions": (
        Slot("agency", ("contributor", "agency", "lead", "partner"), TEXT, 2),
        Slot("fund", ("fund",), TEXT, 3),
        Slot("amount", ("money", "request", "spent"), NUMBER, 2),
    ),
    "Installments": (
        Slot("fund", ("fund",), TEXT, 3),
        Slot("period", ("period",), ANY, 3, guess=False),
        Slot("amount", ("money", "request", "spent"), NUMBER, 2),
    ),
    "Costs": (
        Slot("initiative", ("initiative", "service"), TEXT, 3),
        Slot("category", ("category",), TEXT, 3),
        Slot("amount", _AMOUNT, NUMBER, 2),
    ),
    "Staff": (
        Slot("agency", (*_WHO, "service"), TEXT, 2),
        Slot("role", ("role",), TEXT, 3),
        Slot("fte", ("fte",), NUMBER, 3, guess=False),
        Slot("releasable", ("releasable",), NUMBER, 1, needed=False),
        Slot("cost_per_fte", ("pay", "money"), NUMBER, 1, needed=False),
    ),
    "Needs": (
        Slot("initiative", ("initiative",), TEXT, 3),
        Slot("role", ("role",), TEXT, 3),
        Slot("fte", ("fte",), NUMBER, 3, guess=False),
    ),
    "Performance": (
        Slot("item", ("initiative", "service", "agency", "lead", "theme"), TEXT, 2),
        Slot("measure", ("measure", "outcome"), TEXT, 3, guess=False),
        Slot("target", ("target",), NUMBER, 3),
        Slot("actual", ("spent", "actual"), NUMBER, 2),
        Slot("better", ("better",), TEXT, 1, needed=False),
        Slot("weight", ("weight",), NUMBER, 1, needed=False),
    ),
    "Outcomes": (
        Slot("initiative", ("initiative", "service"), TEXT, 3),
        Slot("outcome", ("outcome", "measure"), TEXT, 3, guess=False),
        Slot("at_full", ("target", "outcome"), NUMBER, 2),
    ),
    "Actuals": (
        Slot("fund", ("fund",), ANY, 2, guess=False),
        Slot("initiative", ("initiative",), ANY, 2, guess=False),
        Slot("agency", _WHO, ANY, 2, needed=False),
        Slot("category", ("category",), ANY, 1, needed=False),
        Slot("period", ("period",), ANY, 3, guess=False),
        Slot("money", ("spent", "money", "request"), NUMBER, 2, guess=False),
    ),
    "Areas": (
        Slot("area", ("area",), TEXT, 3),
        Slot("need", ("need",), NUMBER, 1, needed=False),
        Slot("population", ("population",), NUMBER, 2),
    ),
    "Periods": (
        Slot("period", ("period",), TEXT, 3),
        Slot("start", ("start",), ("dates",), 2),
        Slot("end", ("end",), ("dates",), 2),
    ),
    "Partners": (
        Slot("initiative", ("initiative",), TEXT, 3, guess=False),
        Slot("agency", ("partner", "agency"), TEXT, 3, guess=False),
    ),
    "History": (
        Slot("initiative", ("initiative", "service"), TEXT, 3),
        Slot("year", ("year",), NUMBER, 3, guess=False),
        Slot("funding", ("baseline", "money", "spent"), NUMBER, 2),
        Slot("outcome", ("outcome", "measure"), TEXT, 3),
        Slot("value", ("spent", "outcome", "actual"), NUMBER, 1),
    ),
}
"""Our tables as they stand in files of others, in the order in which equals are preferred."""
_HINTS: Mapping[str, str] = {
    "Initiatives": r"bids?|requests?|applications?|proposals?|programs?|programmes?|projects?|budget call",
    "Funds": r"grants?|awards?|funds?|funding|sources?|revenues?",
    "Contributions": r"contributions?|pays? in|pays?|pledges?|mou|parties|dues|assessments?|cost[- ]shar\w+|beitr[aä]ge",
    "Installments": r"instal?lments?|drawdowns?|cash ?flow|disbursements?|tranches?|payment plan|allotments?|schedule of payments",
    "Costs": r"costs?|budget detail|line items?|budget narrative|expenses",
    "Staff": r"staff|staffing|posts?|positions?|headcount|establishment|personnel|ftes?|wtes?|workforce|payroll|roster",
    "Needs": r"needs?|staffing needs|required|requirements?",
    "Performance": r"scorecards?|kpis?|performance|indicators?|targets?|results?|monitoring",
    "Outcomes": r"outcomes?|outputs?|expected results|logframe|logic model",
    "Actuals": r"ledger|gl|transactions?|postings?|actuals?|expenditures?|spend|journal",
    "Areas": r"areas?|neighbou?rhoods?|districts?|wards?|counties|precincts?|population|census",
    "Periods": r"periods?|calendar|quarters",
    "Partners": r"partners?|consort\w+|who delivers",
    "History": r"history|past years|prior years|trend",
}
_KEYS = ("initiative", "fund", "role", "measure", "category", "period", "fte", "target", "contributor", "population")
"""What a column speaks of that its table must have a place for."""


def hinted(to: str, name: str, banner: str) -> float:
    """How much the name of a sheet and what stands above its titles speak for a table."""
    pattern = rf"\b(?:{_HINTS[to]})\b" if to in _HINTS else "(?!)"
    return HINTED * (
        bool(re.search(pattern, name, re.IGNORECASE)) + bool(re.search(pattern, banner, re.IGNORECASE)) / 2
    )


def score(to: str, targets: Mapping[int, str], about: Mapping[int, str], columns: Sequence[int]) -> float:
    """How well a table explains the columns of a sheet. about: position -> what the column speaks of, "" where nothing."""
    slots = {s.column: s for s in SHAPES.get(to, ())}
    made = 0.0
    for j, column in targets.items():
        slot = slots.get(column.removeprefix("-"))
        named = slot is not None and about.get(j, "") in slot.about
        made += (slot.weight if slot else 1.0) * (1.0 if named else GUESSED)
    left = [about.get(j, "") for j in columns if j not in targets]
    money = any(a in MONEY for a in left) and not any(about.get(j) in MONEY for j in targets)
    return made - UNEXPLAINED * (sum(a in _KEYS for a in left) + 2 * money)


def fitted(
    to: str, titles: Sequence[str], profiles: Sequence[Profile], about: Mapping[int, str], columns: Sequence[int]
) -> dict[int, str] | None:
    """Position -> our column, as a table could be read; None where something that it needs is not there."""
    targets: dict[int, str] = {}
    waiting: list[Slot] = []
    for slot in SHAPES[to]:
        free = [j for j in columns if j not in targets and profiles[j].kind in slot.kinds]
        named = [j for a in slot.about for j in free if about.get(j, "") == a]
        if named:
            targets[_best(slot, named, titles, profiles)] = slot.column
        elif slot.needed and slot.guess:
            waiting.append(slot)
        elif slot.needed:
            return None
    for slot in waiting:  # by position: after all that titles say
        free = [
            j
            for j in columns
            if j not in targets and profiles[j].kind in slot.kinds and about.get(j, "") in ("", "agency")
        ]
        free = [j for j in free if about.get(j, "") == "" or slot.column in ("initiative", "item")]
        if not free:
            return None
        targets[free[0]] = slot.column
    return targets


def _best(slot: Slot, named: Sequence[int], titles: Sequence[str], profiles: Sequence[Profile]) -> int:
    """Of several columns that are named so the plainest of those whose title speaks of the most wanted; of money the newest
    year."""
    first = concept(titles[named[0]])
    alike = [j for j in named if concept(titles[j]) == first]
    if slot.kinds != NUMBER:
        return min(
            alike, key=lambda j: (profiles[j].kind == "numbers", plainness(titles[j]), j)
        )  # a name before its number
    return max(alike, key=lambda j: (_newest(titles[j]), -plainness(titles[j]), -j))


def _newest(title: str) -> int:
    years = [int(y[-2:]) for y in re.findall(r"(?<!\d)(?:(?:19|20)\d\d|FY ?\d\d)(?!\d)", title, re.IGNORECASE)]
    return max(years, default=0)
