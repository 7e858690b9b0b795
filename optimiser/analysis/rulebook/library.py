"""The library of named grant rules: read, search, and turn an entry into rows of the Rules sheet.

The entries are plain data, one TOML file for each programme in optimiser/library: editing a number needs no code.
Texts hold placeholders in braces. {grant} is the fund that the entry is inserted for; the others are the entry's `asks`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from optimiser.case.names import fold, fold_title, nearest
from optimiser.case.selection import parse, quoted
from optimiser.case.spec import BY_NAME, STANDARD_CATEGORIES
from optimiser.case.table import Table
from optimiser.case.writing.writer import PlainSheet

Answer = str | float
Row = dict[str, Any]
NUMBERS = ("at_least", "at_most", "penalty")
COLUMNS = tuple(c.name for c in BY_NAME["Rules"].columns)
NAMES = {"fund": ("Funds",), "agency": ("Agencies",), "initiative": ("Initiatives",), "area": ("Areas",), "period": ("Periods",),
         "role": ("Staff", "Needs"), "category": ("Costs",)}  # fmt: skip
_PLACE = re.compile(r"\{(\w+)\}")
_TOKEN = re.compile(r"\s*(\d+\.?\d*(?:[eE]-?\d+)?|\.\d+|[-+*/])")


class LibraryError(ValueError):
    """An entry that cannot be inserted; the message says why and what to do."""


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

    number: what the rule asks for, in words; set_by, waiver: who made it, and who may waive it ("": nobody); needs:
    `Sheet.column` -> what stands in it; replaces: keys of entries that are not inserted beside this one; approximated:
    what the rows leave out ("" where they say it exactly).
    """

    key: str
    programme: str
    name: str
    number: str
    as_of: str
    citation: str
    source: str
    set_by: str
    waiver: str = ""
    note: str = ""
    approximated: str = ""
    needs: tuple[tuple[str, str], ...] = ()
    asks: tuple[Ask, ...] = ()
    replaces: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()

    @property
    def authority(self) -> str:
        """As it stands in the column authority."""
        return f"{self.programme}: {self.citation}"

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of rule that the entry adds."""
        return tuple(dict.fromkeys(row.get("kind", "limit") for row in self.rows))


@cache
def entries() -> tuple[Entry, ...]:
    """Every entry, by programme and in the order of its file."""
    found = [f for f in (files("optimiser") / "library").iterdir() if f.name.endswith(".toml")]
    read = [tomllib.loads(f.read_text("utf-8")) for f in found]
    read.sort(key=lambda programme: fold(programme["programme"]))
    return tuple(_entry(programme, record) for programme in read for record in programme["entry"])


def _entry(programme: Mapping[str, Any], record: Mapping[str, Any]) -> Entry:
    asks = tuple(Ask(name, a["is"], a["says"], a.get("default")) for name, a in record.get("asks", {}).items())
    plain = {k: v for k, v in record.items() if k not in ("asks", "needs", "replaces", "rows")}
    return Entry(
        programme=programme["programme"],
        source=programme["source"],
        needs=tuple(record.get("needs", {}).items()),
        asks=asks,
        replaces=tuple(record.get("replaces", ())),
        rows=tuple(record.get("rows", ())),
        **plain,
    )


def programmes() -> tuple[str, ...]:
    """Names of the programmes, in order."""
    return tuple(dict.fromkeys(entry.programme for entry in entries()))


def entry_of(key: str) -> Entry:
    """The entry of this key. Raises LibraryError, with the nearest known key."""
    by_key = {entry.key: entry for entry in entries()}
    if fold(key) not in by_key:
        near = nearest(key, by_key)
        raise LibraryError(
            f'no entry "{key}": {f"did you mean {near}?" if near else "list the entries to see their keys"}'
        )
    return by_key[fold(key)]


def search(text: str) -> tuple[Entry, ...]:
    """Entries in which every word of the text stands (programme, name, number, citation, key), the best first."""
    words = fold(text).split()

    def hits(entry: Entry) -> int:
        title = fold(f"{entry.programme} {entry.name} {entry.key}")
        rest = fold(
            f"{entry.number} {entry.set_by} {entry.waiver} {entry.citation} {entry.note} {entry.source} {' '.join(entry.kinds)}"
        )
        if not all(word in title or word in rest for word in words):
            return 0
        return 1 + sum(word in title for word in words)

    return tuple(sorted((e for e in entries() if hits(e)), key=lambda e: -hits(e)))


def set_of(programme: str) -> tuple[Entry, ...]:
    """The entries of a programme that apply together: those that no other one replaces."""
    mine = [e for e in entries() if fold(e.programme) == fold(programme)]
    if not mine:
        near = nearest(programme, programmes())
        raise LibraryError(f'no programme "{programme}"' + (f": did you mean {near}?" if near else ""))
    replaced = {key for e in mine for key in e.replaces}
    return tuple(e for e in mine if e.key not in replaced)


def table() -> Table:
    """The library as a table: one row for each entry."""
    columns = (
        "key",
        "programme",
        "name",
        "number",
        "as_of",
        "citation",
        "set_by",
        "waiver",
        "kinds",
        "approximated",
        "note",
    )
    rows = ([", ".join(e.kinds) or "built in" if c == "kinds" else getattr(e, c) for c in columns] for e in entries())
    return Table.of("Library", columns, rows)


def sheet() -> PlainSheet:
    """The library as a sheet of the template: one row for each row of Rules that an entry adds, ready to be copied there.

    In braces stands what the reader fills in: {grant} is the name of the fund.
    """
    titles = ("programme", "name", "number", "as_of", *COLUMNS)
    rows = [
        (e.programme, e.name, e.number, e.as_of, *(_cell(e, row, column) for column in COLUMNS))
        for e in entries()
        for row in e.rows or ({},)
    ]
    return PlainSheet(
        "Library", titles, rows, widths={"name": 34, "number": 30, "where": 44, "of": 30, "authority": 26, "note": 60}
    )


def _cell(entry: Entry, row: Row, column: str) -> str | float:
    if column in ("authority", "set_by", "waiver"):
        return str(getattr(entry, column))
    if column == "note":
        return " ".join(filter(None, (entry.note, entry.approximated, "" if entry.rows else "Built in: see Funds.")))
    value = row.get(column)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else value if isinstance(value, str) else float(value)


# -- insertion --------------------------------------------------------------------------------------------------------


def insert(case_tables: Mapping[str, Table], entry: Entry, fund: str, **answers: Answer) -> list[Row]:
    """The entry as rows of the Rules sheet of this case, every column filled; names that are taken get a number.

    fund: the grant; answers: to the entry's asks, where their defaults do not fit. The tables are not changed.
    Raises LibraryError for an unknown fund, name or ask, a missing answer or a missing column.
    """
    return _rows(case_tables, entry, fund, answers, _taken(case_tables))


def _taken(tables: Mapping[str, Table]) -> set[str]:
    return {fold(name) for name in tables["Rules"]["rule"].tolist()}


def _rows(
    case_tables: Mapping[str, Table], entry: Entry, fund: str, answers: Mapping[str, Answer], taken: set[str]
) -> list[Row]:
    values = _answers(case_tables, entry, fund, answers)
    missing = lacks(case_tables, entry)
    if missing:
        raise LibraryError(f"{entry.key} needs more of the case: {'; '.join(missing)}")
    made = []
    for record in entry.rows:
        row: Row = dict.fromkeys(COLUMNS, "")
        row |= {"kind": "limit", "hard": True, "active": True, "at_least": None, "at_most": None, "penalty": None}
        row |= {"authority": entry.authority, "set_by": entry.set_by, "waiver": entry.waiver}
        row |= {"note": " ".join(filter(None, (entry.note, entry.approximated)))}
        for column, cell in record.items():
            if column in NUMBERS:
                row[column] = _number(cell, values)
            elif column in ("where", "of"):
                row[column] = _PLACE.sub(lambda found: values[found[1]].selected, cell)
            else:
                row[column] = _PLACE.sub(lambda found: values[found[1]].plain, cell) if isinstance(cell, str) else cell
        row["rule"] = _free(row["rule"], taken)
        made.append(row)
    return made


def lacks(case_tables: Mapping[str, Table], entry: Entry) -> list[str]:
    """What the case must have first: a sentence for each attribute that no sheet of it has."""
    missing = []
    for place, says in entry.needs:
        sheet, _, column = place.partition(".")
        if fold_title(column) not in (fold_title(c) for c in case_tables[sheet].columns):
            missing.append(f"add the column {column} to {sheet} ({says})")
    return missing


@dataclass(frozen=True)
class _Value:
    plain: str
    selected: str


def _answers(tables: Mapping[str, Table], entry: Entry, fund: str, answers: Mapping[str, Answer]) -> dict[str, _Value]:
    asks = {ask.name: ask for ask in (Ask("grant", "fund", "the grant"), *entry.asks)}
    for name in answers:
        if name not in asks or name == "grant":
            known = ", ".join(a.name for a in entry.asks) or "nothing"
            raise LibraryError(f"{entry.key} does not ask for {name}: it asks for {known}")
    values = {}
    for name, ask in asks.items():
        answer = fund if name == "grant" else answers.get(name, ask.default)
        if answer is None or answer == "":
            raise LibraryError(f"{entry.key} asks for {name}: {ask.says}")
        values[name] = _value(tables, ask, answer)
    return values


def _value(tables: Mapping[str, Table], ask: Ask, answer: Answer) -> _Value:
    if ask.kind == "number":
        if isinstance(answer, str):
            try:
                answer = float(answer.rstrip("%")) / (100 if answer.endswith("%") else 1)
            except ValueError:
                raise LibraryError(f'{ask.name}: "{answer}" is no number; write {ask.says}') from None
        return _Value(f"{answer:.12g}", f"{answer:.12g}")
    text = str(answer)
    if ask.kind == "selection":
        try:
            parse(text)
        except ValueError as error:
            raise LibraryError(f"{ask.name}: {error}") from error
        return _Value(text, text)
    if ask.kind == "agencies":
        parts = [_name(tables, "agency", part.strip()) for part in text.split("|")]
        return _Value(" and ".join(parts), " | ".join(map(quoted, parts)))
    name = _name(tables, ask.kind, text) if ask.kind in NAMES else text
    return _Value(name, quoted(name))


def _name(tables: Mapping[str, Table], kind: str, written: str) -> str:
    """The name as the case spells it."""
    known: dict[str, str] = {fold(n): n for sheet in NAMES[kind] for n in tables[sheet][kind].tolist()}
    if kind == "category":
        known |= {c: c for c in STANDARD_CATEGORIES}
    if kind == "period" and not known:
        known = {"fy": "FY"}
    if fold(written) not in known:
        near = nearest(written, known.values())
        listed = f"did you mean {near}?" if near else f"use one of {', '.join(list(known.values())[:8])}"
        raise LibraryError(f'no {kind} "{written}" in the case: {listed}')
    return known[fold(written)]


def _free(name: str, taken: set[str]) -> str:
    made, count = name, 1
    while fold(made) in taken:
        count += 1
        made = f"{name} ({count})"
    taken.add(fold(made))
    return made


def _number(cell: float | str, values: Mapping[str, _Value]) -> float:
    """A number, or a small calculation such as `1 - 0.2 * {missed}`: × and ÷ before + and −, nothing else."""
    if not isinstance(cell, str):
        return float(cell)
    text = _PLACE.sub(lambda found: values[found[1]].plain, cell)
    tokens, at = [], 0
    while at < len(text.rstrip()):
        found = _TOKEN.match(text, at)
        if not found:
            raise LibraryError(f'"{text}" is no calculation')
        tokens.append(found[1])
        at = found.end()
    terms: list[float] = []
    sign, operator = 1.0, ""
    for k, token in enumerate(tokens):
        if token in ("+", "-"):
            sign, operator = (-1.0 if token == "-" else 1.0), ""
        elif token in ("*", "/"):
            operator = token
        elif operator:
            terms[-1] = terms[-1] * float(token) if operator == "*" else _divided(terms[-1], float(token), text)
            operator = ""
        elif k == 0 or tokens[k - 1] in ("+", "-"):
            terms.append(sign * float(token))
        else:
            raise LibraryError(f'"{text}" is no calculation')
    return round(sum(terms), 12)


def _divided(value: float, by: float, text: str) -> float:
    if by == 0:
        raise LibraryError(f'"{text}" divides by 0')
    return value / by


def together(case_tables: Mapping[str, Table], chosen: Iterable[Entry], fund: str, **answers: Answer) -> list[Row]:
    """The rows of several entries, each given those of the answers that it asks for."""
    made: list[Row] = []
    taken = _taken(case_tables)
    for entry in chosen:
        asked = {ask.name for ask in entry.asks}
        made += _rows(case_tables, entry, fund, {k: v for k, v in answers.items() if k in asked}, taken)
    return made
