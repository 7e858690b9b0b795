"""The library of named grant rules: what an entry knows, whom it binds, how old its text is, and the search for it.

The entries are plain data, one TOML file for each programme in optimiser/library: editing a number needs no code.
`library_rows.py` turns an entry into rows of a case.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from optimiser.case.names import fold, nearest
from optimiser.case.readable import listed
from optimiser.case.spec import BY_NAME
from optimiser.case.table import Table
from optimiser.case.writing.writer import PlainSheet

Answer = str | float
Row = dict[str, Any]
COLUMNS = tuple(c.name for c in BY_NAME["Rules"].columns)

CONFIDENCE: Mapping[str, str] = {
    "read": "",
    "second-hand": "Second-hand: the number comes from reports of the text, which was not read.",
    "memory": "Not confirmed: no text with this number was read.",
}
"""How sure an entry is, the surest first, and what is said of it."""
BINDS: Mapping[str, tuple[str, ...]] = {
    "national": ("national office",),
    "state": ("state agency",),
    "local": ("county", "city"),
    "tribe": ("tribe",),
}
"""Whom an entry binds, and who says so of themselves."""
WHO = tuple(who for each in BINDS.values() for who in each)
STALE = 18
"""Months after which a text should be read again."""


class LibraryError(ValueError):
    """An entry that cannot be found or inserted; the message says why and what to do."""


@dataclass(frozen=True)
class Ask:
    """What an entry asks for besides the grant. kind: fund, agency, agencies, initiative, area, period, role, category,
    selection, text or number; default is None where an answer must be given."""

    name: str
    kind: str
    says: str
    default: Answer | None = None


@dataclass(frozen=True)
class Entry:
    """One named rule of a programme. rows: cells of the Rules sheet, with placeholders; none where the rule is built in.

    number: what the rule asks for, and base: of what, in words; set_by, waiver: who made it, and who may waive it and how
    ("": nobody); exceptions: what or whom the text leaves out; binds: keys of BINDS; years: the fiscal years of the notice
    that says it (none: it holds until it is changed); ends: the last day on which it binds; text, read: the text that was
    read, and its date as far as it has one (`2024-08-02`, `2024`); confidence: a key of CONFIDENCE; past: why it no longer
    holds; needs: `Sheet.column` -> what stands in it; replaces: keys of entries that are not inserted beside this one;
    approximated: what the rows leave out ("" where they say it exactly); fund: cells of the grant on the sheet Funds;
    words: what people call it, for the search.
    """

    key: str
    programme: str
    name: str
    number: str
    base: str
    citation: str
    source: str
    set_by: str
    binds: tuple[str, ...]
    text: str = ""
    read: str = ""
    confidence: str = "memory"
    waiver: str = ""
    exceptions: str = ""
    years: tuple[int, ...] = ()
    ends: str = ""
    past: str = ""
    note: str = ""
    approximated: str = ""
    words: str = ""
    needs: tuple[tuple[str, str], ...] = ()
    asks: tuple[Ask, ...] = ()
    replaces: tuple[str, ...] = ()
    fund: tuple[tuple[str, Any], ...] = ()
    rows: tuple[Row, ...] = ()

    @property
    def authority(self) -> str:
        """As it stands in the column authority."""
        return f"{self.programme}: {self.citation}"

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of rule that the entry adds."""
        return tuple(dict.fromkeys(row.get("kind", "limit") for row in self.rows))

    @property
    def last_day(self) -> date | None:
        """The last day on which it binds: as it says, else the end of its last fiscal year (30 September); None: open."""
        if self.ends:
            return date.fromisoformat(self.ends)
        return date(max(self.years), 9, 30) if self.years else None

    @property
    def source_words(self) -> str:
        """Which text was read, and how sure that makes the entry: one or two sentences."""
        dated = " (undated)" if self.text and not self.read and "without a date" not in self.text else ""
        read = f"Text: {self.text}{dated}." if self.text else ""
        return " ".join(filter(None, (CONFIDENCE[self.confidence], read)))

    @property
    def explained(self) -> str:
        """What stands in the column note: how sure it is, why it is past, exceptions, what to do, what is left out."""
        excepted = f"Except: {self.exceptions}" if self.exceptions else ""
        return " ".join(filter(None, (self.past, CONFIDENCE[self.confidence], excepted, self.note, self.approximated)))

    def version(self, row: int) -> str:
        """What a row of a case remembers of it: `voca-priorities/2, text of 2024-08-02`. row: counted from 0."""
        place = f"/{row + 1}" if len(self.rows) > 1 else ""
        return f"{self.key}{place}, text of {self.read or 'no date'}"

    def over(self, today: date) -> bool:
        """Whether it binds nobody any more."""
        return bool(self.past) or (self.last_day is not None and self.last_day < today)

    def age(self, today: date) -> int | None:
        """Full months since the date of its text; None where no dated text was read."""
        if self.confidence == "memory" or not self.read:
            return None
        year, month, day = (int(part) for part in [*self.read.split("-"), "01", "01"][:3])
        return (today.year - year) * 12 + today.month - month - (today.day < day)

    def stale(self, today: date) -> str:
        """Why its text should be read again, in words; "" where it need not be."""
        if self.confidence == "memory":
            return "no text was read"
        months = self.age(today)
        if months is None:
            return "the text has no date"
        return f"the text is {months} months old" if months > STALE else ""


@cache
def entries() -> tuple[Entry, ...]:
    """Every entry: those that were read first, by programme and in the order of its file; then second-hand ones; then
    what is not confirmed or is history."""
    found = [f for f in (files("optimiser") / "library").iterdir() if f.name.endswith(".toml")]
    read = [tomllib.loads(f.read_text("utf-8")) for f in found]
    read.sort(key=lambda programme: fold(programme["programme"]))
    made = [_entry(programme, record) for programme in read for record in programme["entry"]]
    sure = list(CONFIDENCE)
    return tuple(sorted(made, key=lambda e: (bool(e.past), sure.index(e.confidence))))


def _entry(programme: Mapping[str, Any], record: Mapping[str, Any]) -> Entry:
    every = dict(programme.get("every", {}))
    if "text" in record:
        every.pop("read", None)
    record = {**every, **record}
    asks = tuple(Ask(name, a["is"], a["says"], a.get("default")) for name, a in record.get("asks", {}).items())
    words = " ".join(filter(None, (programme.get("words", ""), record.get("words", ""))))
    made: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in record.items()}
    made |= {name: tuple(record.get(name, {}).items()) for name in ("needs", "fund")}
    made |= {"programme": programme["programme"], "source": programme["source"], "asks": asks, "words": words}
    return Entry(**made)


def programmes() -> tuple[str, ...]:
    """Names of the programmes, in order."""
    return tuple(sorted({entry.programme for entry in entries()}, key=fold))


def entry_of(key: str) -> Entry:
    """The entry of this key. Raises LibraryError, with the nearest known key."""
    by_key = {entry.key: entry for entry in entries()}
    if fold(key) not in by_key:
        near = nearest(key, by_key)
        raise LibraryError(
            f'no entry "{key}": {f"did you mean {near}?" if near else "list the entries to see their keys"}'
        )
    return by_key[fold(key)]


# -- finding ----------------------------------------------------------------------------------------------------------


SMALL = ("a", "an", "and", "for", "from", "in", "of", "on", "or", "the", "to", "with")
"""Words of a question that no entry is looked up by."""


def _stem(word: str) -> str:
    """The word as it stands in others of its kind: `offenders` is found where an offender is."""
    for plural, one in (("ies", "y"), ("sses", "ss"), ("s", "")):
        if len(word) > 4 and word.endswith(plural) and not word.endswith("ss"):
            return word[: -len(plural)] + one
    return word


def search(text: str) -> tuple[Entry, ...]:
    """Entries in which every word of the text stands, people's own words too; the best first. A key finds its entry alone.

    A word in programme, name or key counts most, and what people call the programme first of all more than that: `victim
    services` finds VOCA.
    """
    called = " ".join(fold(text).split())
    if named := tuple(e for e in entries() if e.key == called):
        return named
    words = [(word, _stem(word)) for word in fold(text).split() if word not in SMALL]

    def hits(entry: Entry) -> int:
        title = fold(f"{entry.programme} {entry.name} {entry.key}")
        told = (
            entry.number, entry.base, entry.set_by, "waiver" * bool(entry.waiver), entry.waiver, entry.exceptions,
            entry.citation, entry.note, entry.source, entry.words, *entry.kinds, *map(str, entry.years),
            *(f"{column} {says}" for column, says in entry.needs), *(a.says for a in entry.asks), *binds_words(entry),
        )  # fmt: skip
        rest = fold(" ".join(told))
        if not all(any(form in title or form in rest for form in forms) for forms in words):
            return 0
        first = len(words) + 1 if fold(entry.words).startswith(called) else 0
        return 1 + first + sum(any(form in title for form in forms) for forms in words)

    return tuple(sorted((e for e in entries() if hits(e)), key=lambda e: -hits(e)))


def binding(
    found: Iterable[Entry], today: date, who: str = "", year: int | None = None, programme: str = ""
) -> tuple[Entry, ...]:
    """Those of the entries that bind who asks, the newest text first and what is not confirmed last.

    who: one of WHO ("": anybody); year: a fiscal year, which leaves out notices of other years and what ended before it
    (None: as of today). Raises LibraryError for another who.
    """
    if who and fold(who) not in WHO:
        near = nearest(who, WHO)
        cure = f"did you mean {near}?" if near else f"say {listed(WHO, 'or')}"
        raise LibraryError(f'nobody is called "{who}": {cure}')
    mine = {key for key, names in BINDS.items() if not who or fold(who) in names}

    def binds(entry: Entry) -> bool:
        if not mine & set(entry.binds) or (programme and fold(entry.programme) != fold(programme)):
            return False
        if year is None:
            return not entry.over(today)
        return not entry.past and (not entry.years or year in entry.years) and (
            not entry.ends or entry.ends >= f"{year - 1}-10-01"
        )  # fmt: skip

    sure = list(CONFIDENCE)
    kept = sorted(filter(binds, found), key=lambda e: (e.read + "-00-00-00")[:10] if e.read else "", reverse=True)
    return tuple(sorted(kept, key=lambda e: sure.index(e.confidence)))


def ended_last(found: Iterable[Entry], today: date) -> tuple[Entry, ...]:
    """The same, with those that bind nobody any more behind all others."""
    return tuple(sorted(found, key=lambda e: e.over(today)))


def binds_words(entry: Entry) -> list[str]:
    """Whom it binds, as they call themselves."""
    return [name for key in entry.binds for name in BINDS[key]]


# -- as tables --------------------------------------------------------------------------------------------------------


def table() -> Table:
    """The library as a table: one row for each entry."""
    columns = (
        "key", "programme", "name", "number", "base", "read", "confidence", "citation", "set_by", "waiver", "exceptions",
        "binds", "years", "kinds", "approximated", "note",
    )  # fmt: skip

    def cell(entry: Entry, column: str) -> str:
        if column == "kinds":
            return ", ".join(entry.kinds) or "built in"
        value = getattr(entry, column)
        return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)

    return Table.of("Library", columns, ([cell(e, c) for c in columns] for e in entries()))


def sheet() -> PlainSheet:
    """The library as a sheet of the template: one row for each row of Rules that an entry adds, ready to be copied there.

    In braces stands what the reader fills in: {grant} is the name of the fund.
    """
    titles = ("programme", "name", "number", "as_of", *COLUMNS)
    rows = [
        (e.programme, e.name, e.number, e.read or "no date", *(_cell(e, row, column) for column in COLUMNS))
        for e in entries()
        for row in e.rows or ({},)
    ]
    return PlainSheet(
        "Library", titles, rows, widths={"name": 34, "number": 30, "where": 44, "of": 30, "authority": 26, "note": 60}
    )


def _cell(entry: Entry, row: Row, column: str) -> str | float:
    if column in ("authority", "set_by", "waiver"):
        return str(getattr(entry, column))
    if column == "entry":
        return entry.version(entry.rows.index(row)) if entry.rows else ""
    if column == "note":
        return " ".join(filter(None, (entry.explained, "" if entry.rows else "Built in: see Funds.")))
    value = row.get(column)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else value if isinstance(value, str) else float(value)
