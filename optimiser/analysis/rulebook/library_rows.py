"""An entry of the library as rows of the Rules sheet of a case, and as cells of its grant.

Texts of an entry hold placeholders in braces. {grant} is the fund that the entry is inserted for; the others are its `asks`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from optimiser.analysis.rulebook.library import COLUMNS, Answer, Ask, Entry, LibraryError, Row
from optimiser.case.names import fold, fold_title, nearest
from optimiser.case.reading.amounts import plain
from optimiser.case.selection import parse, quoted
from optimiser.case.spec import STANDARD_CATEGORIES
from optimiser.case.table import Table

NUMBERS = ("at_least", "at_most", "penalty")
NAMES = {"fund": ("Funds",), "agency": ("Agencies",), "initiative": ("Initiatives",), "area": ("Areas",), "period": ("Periods",),
         "role": ("Staff", "Needs"), "category": ("Costs",)}  # fmt: skip
_PLACE = re.compile(r"\{(\w+)\}")
_TOKEN = re.compile(r"\s*(\d+\.?\d*(?:[eE]-?\d+)?|\.\d+|[-+*/])")


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
    for place, record in enumerate(entry.rows):
        row: Row = dict.fromkeys(COLUMNS, "")
        row |= {"kind": "limit", "hard": True, "active": True, "at_least": None, "at_most": None, "penalty": None}
        row |= {"authority": entry.authority, "set_by": entry.set_by, "waiver": entry.waiver}
        row["entry"] = entry.version(place)
        row |= {"note": entry.explained}
        for column, cell in record.items():
            if column in NUMBERS:
                row[column] = number_of(cell, values)
            elif column in ("where", "of"):
                row[column] = _PLACE.sub(lambda found: values[found[1]].selected, cell)
            else:
                row[column] = _PLACE.sub(lambda found: values[found[1]].plain, cell) if isinstance(cell, str) else cell
        row["rule"] = _free(row["rule"], taken)
        made.append(row)
    return made


def fund_cells(case_tables: Mapping[str, Table], entry: Entry, fund: str, **answers: Answer) -> dict[str, Any]:
    """What the entry sets on the row of the grant on the sheet Funds: column -> value. Raises LibraryError as insert."""
    values = _answers(case_tables, entry, fund, answers)
    return {
        column: _PLACE.sub(lambda found: values[found[1]].plain, cell) if isinstance(cell, str) else cell
        for column, cell in entry.fund
    }


def shown(cell: object) -> str:
    """A cell of the sheet Funds in words."""
    return ("yes" if cell else "no") if isinstance(cell, bool) else str(cell)


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
        answer = fund if answer == "{grant}" else answer
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
        return _Value(plain(answer), plain(answer))
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


def number_of(cell: float | str, values: Mapping[str, _Value]) -> float:
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
