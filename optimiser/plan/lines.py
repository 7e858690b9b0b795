"""The decision tables with every name as a number, and every amount as it was written: what is checked and summed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

import numpy as np

from optimiser.case.facts import Facts
from optimiser.case.names import fold
from optimiser.case.spec import Sheet
from optimiser.case.table import Array, Table
from optimiser.model.rules.terms import added_up, exact
from optimiser.plan.tables import SPEC

IN_KIND = "in kind"
"""The source of a line of Match that is released staff; its code is -1."""
SHEET_OF = {"spend": "Spend", "level": "Levels", "post": "Posts", "hire": "Hires"}
"""Family of columns of the linear program -> the sheet with its lines."""
KEYS = {family: SPEC[sheet].key for family, sheet in SHEET_OF.items()}
"""Family of columns -> the dimensions of its keys, in the order of its sheet."""

Key = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Lines:
    """The lines of one decision table.

    codes: column -> the number of each line's member (`fills` and `source` are a role and a fund; -1: in kind);
    amount: money, FTE or share of scope.
    """

    codes: Mapping[str, Array]
    amount: Array
    _kept: dict[tuple[str, ...], Mapping[Key, Fraction]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.amount)

    @cached_property
    def exact(self) -> list[Fraction]:
        """The amounts as they were written."""
        return [exact(value) for value in self.amount.tolist()]

    def keys(self, *columns: str) -> list[Key]:
        """The members of each line in these columns."""
        return list(zip(*(self.codes[c].tolist() for c in columns), strict=True))

    def sums(self, *columns: str) -> Mapping[Key, Fraction]:
        """The exact sum for each combination of members that has a line (added up once, then kept)."""
        if columns not in self._kept:
            self._kept[columns] = added_up(zip(self.keys(*columns), self.amount.tolist(), strict=True))
        return self._kept[columns]

    def float_sums(self, column: str, size: int) -> Array:
        """The sum for each member of one column: exact, then the nearest float."""
        made = np.zeros(size)
        for (member,), total in self.sums(column).items():
            made[member] = float(total)
        return made


@dataclass(frozen=True)
class Unreadable:
    """A line that names something that the case does not have, or whose amount is no finite number."""

    sheet: str
    line: str
    column: str
    found: str


@dataclass(frozen=True, eq=False)
class DecisionLines:
    """All decision tables as lines; balances: (fund, period) -> its five amounts of money, in the order of the columns."""

    spend: Lines
    posts: Lines
    hires: Lines
    levels: Lines
    match: Lines
    balances: Mapping[Key, tuple[Fraction, ...]]
    unreadable: tuple[Unreadable, ...] = ()

    @property
    def sheets(self) -> dict[str, Lines]:
        """The lines of each sheet but Balances."""
        tables = (self.spend, self.posts, self.hires, self.levels, self.match)
        return dict(zip(_SHEETS, tables, strict=True))

    @cached_property
    def level(self) -> dict[int, Fraction]:
        """Share of its full scope that each initiative with a level delivers."""
        return {i: total for (i,), total in self.levels.sums("initiative").items()}

    def levels_of(self, facts: Facts) -> Array:
        """[I]: share of its full scope that each initiative delivers."""
        return self.levels.float_sums("initiative", facts.size("initiative"))


AMOUNTS = SPEC["Balances"].names[2:]
_SHEETS = ("Spend", "Posts", "Hires", "Levels", "Match")


def dimension_of(column: str) -> str:
    """The dimension of the members that a column of a decision table names: `fills` a role, `source` a fund."""
    return {"fills": "role", "source": "fund"}.get(column, column)


def decode(facts: Facts, tables: Mapping[str, Table]) -> DecisionLines:
    """The decision tables as lines. A sheet that is absent has no lines; a line that cannot be read is left out and listed."""
    unreadable: list[Unreadable] = []
    spend, posts, hires, levels, match = (_lines(facts, SPEC[s], tables.get(s), unreadable) for s in _SHEETS)
    balances: dict[Key, tuple[Fraction, ...]] = {}
    table = tables.get("Balances")
    if table is not None and len(table):
        codes, readable = _codes(facts, table, AMOUNTS, unreadable)
        amounts = zip(*(table[c][readable].tolist() for c in AMOUNTS), strict=True)
        for f, t, row in zip(codes["fund"].tolist(), codes["period"].tolist(), amounts, strict=True):
            balances[f, t] = tuple(exact(value) for value in row)
    return DecisionLines(spend, posts, hires, levels, match, balances, tuple(unreadable))


def _lines(facts: Facts, sheet: Sheet, table: Table | None, unreadable: list[Unreadable]) -> Lines:
    if table is None or not len(table):
        return Lines({c: np.zeros(0, np.int32) for c in sheet.key}, np.zeros(0))
    codes, readable = _codes(facts, table, sheet.names[-1:], unreadable)
    return Lines(codes, table[sheet.names[-1]][readable].astype(float))


def _codes(
    facts: Facts, table: Table, amounts: tuple[str, ...], unreadable: list[Unreadable]
) -> tuple[dict[str, Array], Array]:
    """The codes of the lines that can be read, and which lines those are."""
    texts = SPEC[table.name].key
    codes = {c: _numbers(facts, c, table[c]) for c in texts}
    readable = np.ones(len(table), bool)
    for column, numbers in codes.items():
        readable &= numbers != -2
        for k in np.flatnonzero(numbers == -2).tolist():
            unreadable.append(Unreadable(table.name, _named(table, texts, k), column, str(table[column][k])))
    for column in amounts:
        finite = np.isfinite(table[column].astype(float))
        readable &= finite
        for k in np.flatnonzero(~finite).tolist():
            unreadable.append(Unreadable(table.name, _named(table, texts, k), column, str(table[column][k])))
    keys = list(zip(*(codes[c].tolist() for c in texts), strict=True))
    seen: set[Key] = set()
    for k, key in enumerate(keys):
        if key in seen and readable[k]:
            unreadable.append(Unreadable(table.name, _named(table, texts, k), "", "the same line twice"))
        seen.add(key)
    return {c: numbers[readable] for c, numbers in codes.items()}, readable


def _named(table: Table, texts: tuple[str, ...], k: int) -> str:
    return ", ".join(str(table[c][k]) for c in texts)


def _numbers(facts: Facts, column: str, names: Array) -> Array:
    """The number of each name: -1 for `in kind` among the sources, -2 where the case has no such member."""
    known = {fold(n): k for k, n in enumerate(facts.names[dimension_of(column)])}
    if column == "source":
        known.setdefault(IN_KIND, -1)
    found: dict[str, int] = {}
    made = np.empty(len(names), np.int32)
    for k, name in enumerate(names.tolist()):
        if name not in found:
            found[name] = known.get(fold(str(name)), -2)
        made[k] = found[name]
    return made
