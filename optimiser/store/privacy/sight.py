"""What a person may see of a case. Rows that they may not see are absent from what they get, not hidden in it.

The partnership's office (no agency; analyst, finance or administrator) sees everything. An agency's people see their
own agency, whatever it leads or is a partner of, and every row that is not marked sensitive. Nothing here knows a
database; `sight_plan` does the same for plans.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from optimiser.case.case import Case
from optimiser.case.names import fold
from optimiser.case.review_scores import numbered, reviewer_labels
from optimiser.case.spec import BY_NAME, STANDARD_CATEGORIES
from optimiser.case.table import summed
from optimiser.store.base.rights import Actor, NotAllowed
from optimiser.store.privacy import told_figures

Records = Mapping[str, Sequence[Mapping[str, Any]]]
"""Plain records: sheet -> one mapping of column -> value for each record."""
OFFICE = frozenset({"analyst", "finance", "administrator"})
"""Who of the partnership's own office sees all."""
LEFT_OUT = "Rows for others' eyes only are left out and added up with others."
UNSEEN = "Something that you may not see."
"""Stands for a sentence that speaks of it."""
WHOLE_ONLY = (
    "This page computes with the whole case, and part of it is for others' eyes only. "
    "Ask the partnership's office for what you need to know."
)
_SHORT = 3
_OWN_WORDS = ("Agencies", "Initiatives", "Partners", "Costs", "Staff", "Needs", "Outcomes", "Performance", "History")
"""Sheets whose rows name things (themes, outcomes, curves, roles) that may be known from a hidden row alone."""
_ABOUT = ("Curves", "Priorities", "Substitutes", "Rules", "Waivers", "Scenarios")
"""Sheets whose rows are left out where they speak of what may not be seen."""
_TERMS = ("theme", "outcome", "curve", "role", "category", "measure")


def sees_all(actor: Actor) -> bool:
    """Whether nothing of any case is kept from this person."""
    return not actor.agency and bool(actor.roles & OFFICE)


@dataclass(frozen=True)
class Eyes:
    """What one person may not see of one case.

    agencies, initiatives: folded keys of the hidden rows; names: their keys and names as written; terms: themes,
    outcomes, curves and roles that occur in hidden rows alone; past: names and terms of rows that other versions of the
    case hid, which only `written` asks for, since such a row may be gone or for all by now; figures: amounts of hidden
    rows in any version, and what plans gave them.
    """

    actor: Actor
    agencies: frozenset[str] = frozenset()
    initiatives: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    terms: frozenset[str] = frozenset()
    past: frozenset[str] = frozenset()
    figures: frozenset[float] = frozenset()

    @property
    def whole(self) -> bool:
        """Whether nothing is kept from them."""
        return not (self.agencies or self.initiatives)

    @cached_property
    def _named(self) -> re.Pattern[str] | None:
        return _pattern(self.names)

    @cached_property
    def _told(self) -> re.Pattern[str] | None:
        return _pattern(self.names | self.terms)

    @cached_property
    def _ever(self) -> re.Pattern[str] | None:
        return _pattern(self.names | self.terms | self.past)

    def mentions(self, text: object) -> bool:
        """Whether a text speaks of what they may not see."""
        return isinstance(text, str) and self._told is not None and self._told.search(text) is not None

    def speaks_of_hidden(self, text: str) -> bool:
        """Whether what somebody wrote speaks of what they may not see, or might not in any version of the case: by a
        name, or by a figure.

        A text outlives the row that it speaks of, and the mark on it; the figures in it were never for them.
        """
        return (self._ever is not None and self._ever.search(text) is not None) or told_figures.tells(
            text, self.figures
        )

    def written(self, text: str, instead: str = UNSEEN) -> str:
        """What somebody wrote (a comment, a title, a note, a name that they gave); another sentence where it
        `speaks_of_hidden`."""
        return instead if self.speaks_of_hidden(text) else text

    def label(self, text: str) -> str:
        """A name or note with the names of what they may not see taken out of it."""
        return text if self._named is None else self._named.sub("…", text)

    def hides(self, sheet: str, row: Mapping[str, Any]) -> bool:
        """Whether a record is none of theirs: it is hidden, or its key names what is."""
        key = BY_NAME[sheet].key
        for column in BY_NAME[sheet].columns:
            if column.name in key and self._refers(column.refers or _item(sheet, column.name, row), row, column.name):
                return True
        if sheet in ("Agencies", "Initiatives") and self._refers(sheet, row, key[0]):
            return True
        return sheet in _ABOUT and any(self.mentions(value) for value in row.values())

    def _refers(self, sheet: str, row: Mapping[str, Any], column: str) -> bool:
        hidden = {"Agencies": self.agencies, "Initiatives": self.initiatives}.get(sheet, frozenset())
        return fold(str(row.get(column) or "")) in hidden

    def records(self, records: Records) -> dict[str, list[dict[str, Any]]]:
        """The records that they may see, without a trace of the others."""
        if not self.actor.may("see"):
            return {}
        if self.whole:
            kept_all = {sheet: [dict(row) for row in rows] for sheet, rows in records.items()}
            return kept_all if sees_all(self.actor) else _nameless(kept_all)
        renamed = Renamed(self)
        made = {}
        for sheet, rows in records.items():
            if sheet in BY_NAME:
                kept = [row for row in rows if not self.hides(sheet, row)]
                made[sheet] = [self._cells(sheet, row, renamed) for row in kept]
        seen = {fold(str(row.get("rule") or "")) for row in made.get("Rules", ())}
        if "Waivers" in made:
            made["Waivers"] = [row for row in made["Waivers"] if fold(str(row.get("rule") or "")) in seen]
        self._settle_amounts(records, made)
        return _nameless(made)

    def _cells(self, sheet: str, row: Mapping[str, Any], renamed: Renamed) -> dict[str, Any]:
        made: dict[str, Any] = {}
        refers = {c.name: c.refers for c in BY_NAME[sheet].columns}
        for column, value in row.items():
            if self._refers(refers.get(column, ""), row, column):
                value = ""
            elif sheet == "Funds" and column == "allowed" and self.mentions(value):
                value = self.selection(value)
            elif isinstance(value, str):
                value = renamed(value)
            made[renamed(column)] = value
        return made

    def selection(self, text: str) -> str:
        """A selection without the names that they may not see."""
        clauses = []
        for clause in text.split(";"):
            found = re.match(r"(.*?)(!=|>=|<=|=|>|<)(.*)", clause, re.DOTALL)
            if found is None:
                continue
            kept = [v for v in found[3].split("|") if not self.mentions(v)]
            if kept and not self.mentions(found[1]):
                clauses.append(f"{found[1].strip()} {found[2]} {' | '.join(v.strip() for v in kept)}")
        return " ; ".join(clauses)

    def _settle_amounts(self, before: Records, made: dict[str, list[dict[str, Any]]]) -> None:
        """Writes a fund's amount where it was left to contributions, lest what is missing be the difference."""
        given = before.get("Contributions", ())
        paid = summed((fold(str(row.get("fund") or "")), _number(row.get("amount"))) for row in given)
        kept = [row for row in before.get("Funds", ()) if not self.hides("Funds", row)]
        for old, new in zip(kept, made.get("Funds", []), strict=True):
            if _blank(old.get("amount")):
                new["amount"] = round(paid.get(fold(str(old.get("fund") or "")), 0.0), 9)


class Renamed:
    """Texts without hidden names; two that differed go on to differ, so that keys stay keys."""

    def __init__(self, eyes: Eyes) -> None:
        self._eyes = eyes
        self._made: dict[str, str] = {}

    def __call__(self, text: str) -> str:
        if self._eyes.label(text) == text:
            return text
        if fold(text) not in self._made:
            plain = self._eyes.label(text)
            count = sum(made.startswith(plain) for made in self._made.values())
            self._made[fold(text)] = f"{plain} ({count + 1})" if count else plain
        return self._made[fold(text)]


def eyes(actor: Actor, *cases: Case | Records) -> Eyes:
    """What a person may not see of a case.

    cases: the case as it is now, first; further ones are other states of it (versions, a draft, what a run solved): what
    is marked sensitive in any of them is kept from them in all, so that no difference of two gives it away.
    """
    if sees_all(actor):
        return Eyes(actor)
    states = [_records(case) for case in cases]
    own = fold(actor.agency)
    agencies = {k for state in states for k, row in _by_key(state, "Agencies").items() if _flagged(row) and k != own}
    hidden: dict[str, bool] = {}
    for state in states:
        delivers = _delivers(state)
        for key, row in _by_key(state, "Initiatives").items():
            lead = fold(str(row.get("lead") or ""))
            mine = bool(own) and (lead == own or own in delivers.get(key, ()))
            hidden[key] = hidden.get(key, False) or (not mine and (_flagged(row) or lead in agencies))
    initiatives = {key for key, is_hidden in hidden.items() if is_hidden}
    made = Eyes(actor, frozenset(agencies), frozenset(initiatives))
    names, terms = together(_words(made, state) for state in states)
    figures = frozenset[float]().union(*(_words(made, state).figures for state in states))
    reviewers = {str(row.get("reviewer") or "") for state in states for row in state.get("Reviews", ())}
    told = frozenset(name for name in reviewers if len(name) >= _SHORT and not numbered(name))
    return Eyes(actor, made.agencies, made.initiatives, names, terms, past=told, figures=figures)


def whole(actor: Actor, *cases: Case | Records) -> bool:
    """Whether nothing of the case is kept from this person."""
    return actor.may("see") and eyes(actor, *cases).whole


def demand_whole(actor: Actor, *cases: Case | Records) -> None:
    """Raises NotAllowed where part of the case is kept from this person: who edits or solves must see what they do."""
    if not whole(actor, *cases):
        raise in_part(actor)


def in_part(actor: Actor) -> NotAllowed:
    """What is raised where only who sees all of a case may go on."""
    return NotAllowed(
        f"{actor.name} may not do this: part of the case is for others' eyes only. Ask the partnership's office."
    )


def records(actor: Actor, state: Records, *further: Case | Records) -> dict[str, list[dict[str, Any]]]:
    """The records of a case that a person may see. further: other states of the case, as in `eyes`."""
    return eyes(actor, state, *further).records(state)


class Withheld(NotAllowed):
    """A plan whose totals alone would give away a sensitive row. The message can be shown."""


def reader(actor: Actor) -> str:
    """For whom something is made: a name, and whose."""
    of = actor.agency or "the partnership's office"
    return f"{actor.name}, {of}"


def made_for(actor: Actor, is_whole: bool) -> str:
    """The line that an export carries: for whom it was made, and whether something is left out."""
    if is_whole:
        return f"Made for {reader(actor)}. It holds the whole case."
    return f"Made for {reader(actor)}. {LEFT_OUT}"


def _nameless(records: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """The records without names of reviewers, which the office alone sees."""
    labels = reviewer_labels(records.get("Reviews", ()))
    for row in records.get("Reviews", ()):
        if row.get("reviewer"):
            row["reviewer"] = labels[fold(str(row["reviewer"]))]
    return records


# -- reading records ------------------------------------------------------------------------------------------------------


def _records(case: Case | Records) -> Records:
    if isinstance(case, Case):
        return {name: list(table.records()) for name, table in case.tables.items()}
    return case


def _by_key(state: Records, sheet: str) -> dict[str, Mapping[str, Any]]:
    key = BY_NAME[sheet].key[0]
    return {fold(str(row[key])): row for row in state.get(sheet, ()) if row.get(key)}


def _delivers(state: Records) -> dict[str, set[str]]:
    """Of each initiative the agencies that its rows of Partners name."""
    made: dict[str, set[str]] = {}
    for row in state.get("Partners", ()):
        made.setdefault(fold(str(row.get("initiative") or "")), set()).add(fold(str(row.get("agency") or "")))
    return made


def _flagged(row: Mapping[str, Any]) -> bool:
    """Whether a row is marked sensitive; whatever is not clearly a no counts."""
    value = row.get("sensitive")
    return not (_blank(value) or value is False or value == 0 or fold(str(value)) in ("no", "false", "n", "0"))


def _item(sheet: str, column: str, row: Mapping[str, Any]) -> str:
    """The sheet that `item` of Performance or Uncertainty refers to."""
    if column != "item":
        return ""
    of = fold(str(row.get("of") or ""))
    return {"initiative": "Initiatives", "outcome": "Initiatives", "agency": "Agencies", "staff": "Agencies"}.get(
        of, ""
    )


@dataclass(frozen=True)
class HiddenNames:
    """What the rows of one state of a case name. names: of the hidden rows; theirs: folded -> as written, themes, outcomes,
    curves and roles of hidden rows; known: folded ones of the others; figures: amounts of the hidden rows; reviewers: names that
    the office alone sees."""

    names: frozenset[str]
    theirs: Mapping[str, str]
    known: frozenset[str]
    figures: frozenset[float] = frozenset()
    reviewers: frozenset[str] = frozenset()


def words(actor: Actor, state: Records) -> HiddenNames:
    """What a state of a case names that is hidden from a person by its own marks."""
    made = eyes(actor, state)
    return replace(_words(made, state), reviewers=made.past)


def together(words: Iterable[HiddenNames]) -> tuple[frozenset[str], frozenset[str]]:
    """Names of the hidden rows of several states; and themes, outcomes, curves and roles that only hidden rows name."""
    listed = list(words)
    known = {fold(c) for c in STANDARD_CATEGORIES}.union(*(one.known for one in listed))
    alone = {word for one in listed for folded, word in one.theirs.items() if folded not in known}
    return _spaced(name for one in listed for name in one.names), _spaced(alone)


def _words(made: Eyes, state: Records) -> HiddenNames:
    names, theirs, known, figures = set[str](), dict[str, str](), set[str](), set[float]()
    for sheet in _OWN_WORDS:
        for row in state.get(sheet, ()):
            terms = {fold(v): v for c in _TERMS if isinstance(v := row.get(c), str) and v.strip()}
            if not made.hides(sheet, row):
                known.update(terms)
                continue
            theirs.update(terms)
            figures.update(told_figures.of(row.values()))
            if sheet in ("Agencies", "Initiatives"):
                names.update(str(row.get(c) or "") for c in (*BY_NAME[sheet].key, "name"))
    return HiddenNames(frozenset(names), theirs, frozenset(known), frozenset(figures))


def _spaced(words: Iterable[str]) -> frozenset[str]:
    return frozenset(" ".join(word.split()) for word in words if word.strip())


def _pattern(words: frozenset[str]) -> re.Pattern[str] | None:
    """Finds any of the words standing by itself, however spaced; short ones (keys such as A or G7) only as written."""
    if not words:
        return None
    parts = []
    for word in sorted(words, key=lambda w: (-len(w), w)):
        spaced = r"\s+".join(re.escape(part) for part in word.split())
        parts.append(spaced if len(word) <= _SHORT else f"(?i:{spaced})")
    return re.compile(r"(?<!\w)(?:" + "|".join(parts) + r")(?!\w)")


def _blank(value: Any) -> bool:
    return value is None or value == "" or value != value


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and value == value else 0.0
