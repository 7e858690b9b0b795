"""A number by its address on the sheets: what a change of it writes, what it means, how it is called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from optimiser.case.case import Case
from optimiser.case.facts import Facts
from optimiser.case.names import fold, fold_title
from optimiser.case.reading.amounts import plain
from optimiser.case.reading.which import known_sheet
from optimiser.case.selection import parse, quoted
from optimiser.case.spec import AS_MEASURE, BY_NAME
from optimiser.model.rules import Number, meaning, rules_of
from optimiser.model.rules.number import of_column

ChangeRow = dict[str, str]
"""One row of the Scenarios sheet: sheet, where, column, change."""


def where_of(**keys: str) -> str:
    """The selection of one record: `agency = Police ; role = analyst`."""
    return " ; ".join(f"{column} = {quoted(name)}" for column, name in keys.items())


def set_rows(sheet: str, where: str, /, **values: str | float) -> list[ChangeRow]:
    """The rows of the Scenarios sheet that set columns of what `where` selects; a number as people write it."""
    said = {column: v if isinstance(v, str) else plain(v) for column, v in values.items()}
    return [Cell(sheet, where, column).row(f"= {v}") for column, v in said.items()]


def told(facts: Facts, text: str, codes: Mapping[str, int]) -> str:
    """A text with what people call the records of these codes, by dimension, in the place of `{fund}`, `{agency}` …"""
    return text.format(**{d: facts.called(d, code) for d, code in codes.items() if f"{{{d}}}" in text})


@dataclass(frozen=True)
class Cell:
    """One number of the case: the cells of a column in the rows that `where` selects, as on the sheet Scenarios."""

    sheet: str
    where: str
    column: str

    def row(self, change: str, column: str = "") -> ChangeRow:
        """The row of the Scenarios sheet with this change (`= 5`, `+ 2`), of another column where one is named."""
        return {"sheet": self.sheet, "where": self.where, "column": column or self.column, "change": change}

    def change(self, value: float) -> ChangeRow:
        """The row of the Scenarios sheet that sets it."""
        return self.row(f"= {value!r}")

    def number(self, case: Case) -> Number:
        """What the number is: of a rule's limit as its kind says, else as its column does."""
        sheet, currency = known_sheet(self.sheet), case.settings.currency
        column = next((c for c in BY_NAME[sheet].columns if fold_title(c.name) == fold_title(self.column)), None)
        if column is None:
            return of_column("", currency)
        rule = fold(self.keys().get("rule", ""))
        mine = [r for r in rules_of(case.facts) if sheet == "Rules" and fold(r.name) == rule]
        return meaning(case.facts, mine[0]) if mine and column.unit == AS_MEASURE else of_column(column.unit, currency)

    def keys(self) -> dict[str, str]:
        """The names that `where` gives: column -> name, where it says which one."""
        return {
            fold_title(c.column): c.values[0] for c in parse(self.where) if c.operator == "=" and len(c.values) == 1
        }

    def __str__(self) -> str:
        where = ", ".join(value for clause in parse(self.where) for value in clause.values) or self.sheet
        return f"{where}: {self.column.replace('_', ' ')}"
