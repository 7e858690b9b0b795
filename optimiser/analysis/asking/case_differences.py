"""What differs between two cases: every cell, every row that came or went, in words that people use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimiser.case.case import Case
from optimiser.case.checking.default_rows import fund_amounts
from optimiser.case.facts import SHEET_OF
from optimiser.case.names import fold, told_apart
from optimiser.case.readable import column_words, money_exact, written
from optimiser.case.reading.cells import as_text
from optimiser.case.review_scores import initiative_scores
from optimiser.case.spec import AS_MEASURE, BY_NAME, SHEETS, Sheet
from optimiser.case.table import Array, Table
from optimiser.model.rules import meanings
from optimiser.model.rules.number import Number

Tables = Mapping[str, Table]
Value = str | float | bool | None
_LIMITS = ("maximum", "at_least", "at_most")
LISTED = 3
"""Records that one sentence names; more are counted."""


@dataclass(frozen=True)
class InputDifference:
    """One cell that differs. record: its row as people call it; column: "" where the whole row was added or removed; before,
    after: None where blank (or where there is no such row); rule: whose row it is; limits: what the two numbers are, of a
    rule's limit."""

    sheet: str
    record: str
    column: str
    before: Value
    after: Value
    unit: str = ""
    rule: str = ""
    limits: tuple[Number, Number] | None = None

    def sentence(self, currency: str = "USD") -> str:
        """`Task Force Pool: amount from $900,000 to $700,000`."""
        if not self.column:
            return f"{self.sheet}: {self.record} {'removed' if self.after is None else 'added'}"
        blank = "no limit" if self.column in _LIMITS else "blank"
        numbers = self.limits or (None, None)
        before, after = (
            blank if v is None else said(v, self.unit, currency) if n is None or isinstance(v, str) else n.said(v)
            for v, n in zip((self.before, self.after), numbers, strict=True)
        )
        of = "" if len(BY_NAME[self.sheet].key) == 1 else f"{self.sheet} of "
        return f"{of}{self.record}: {column_words(self.column)} from {before} to {after}"


def said(value: str | float | bool, unit: str = "", currency: str = "USD") -> str:
    """A value of a cell as people read it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if unit == "money":
        return money_exact(value, currency)
    return written(value, share=unit == "share")


def between(before: Case, after: Case) -> list[InputDifference]:
    """Every difference between two cases, numbers of rules with what they are; a fund's only contribution is its amount, which
    is said once."""
    found = differences(before.tables, after.tables)
    funds = [d for d in found if d.sheet == "Funds" and d.column == "amount"]
    once = [d for d in found if not any(_is_amount_of(d, fund) for fund in funds)]
    return meant(once, before, after)


def _is_amount_of(found: InputDifference, fund: InputDifference) -> bool:
    """Whether a difference is that of the one contribution which makes up the amount of a fund."""
    same = (found.before, found.after) == (fund.before, fund.after)
    return (
        found.sheet == "Contributions"
        and found.column == "amount"
        and same
        and found.record.endswith(f", {fund.record}")
    )


def meant(found: list[InputDifference], before: Case, after: Case) -> list[InputDifference]:
    """The differences, numbers of rules with what they are in these cases."""
    if not any(d.unit == AS_MEASURE for d in found):
        return found
    was, now = ({fold(name): number for name, number in meanings(c.facts).items()} for c in (before, after))
    return [_with_meaning(d, was, now) for d in found]


def _with_meaning(found: InputDifference, was: Mapping[str, Number], now: Mapping[str, Number]) -> InputDifference:
    """A number of a rule, or of a waiver of it, with what it is in either case."""
    rule = fold(found.rule)
    if found.unit != AS_MEASURE or rule not in now:
        return found
    return replace(found, limits=(was.get(rule, now[rule]), now[rule]))


def differences(before: Tables, after: Tables, sheets: Iterable[str] | None = None) -> list[InputDifference]:
    """Every difference between two cases' tables, in the order of the sheets (Scenarios left out: no plan reads it)."""
    wanted = set(sheets) if sheets is not None else {s.name for s in SHEETS}
    made: list[InputDifference] = []
    for sheet in SHEETS:
        old, new = before[sheet.name], after[sheet.name]
        if (
            sheet.name == "Scenarios"
            or sheet.name not in wanted
            or (old is new and sheet.name not in ("Funds", "Initiatives"))
        ):
            continue
        if sheet.name == "Funds":
            old, new = (t.replace(amount=fund_amounts(c)) for t, c in ((old, before), (new, after)))
        if sheet.name == "Initiatives":
            old, new = (t.replace(score=initiative_scores(c)) for t, c in ((old, before), (new, after)))
        made += _of_sheet(sheet, old, new, (_titles(before), _titles(after)))
    return made


Titles = Mapping[tuple[str, str], str]
"""(fund, agency, initiative or area; its folded key) -> as people call it."""


def _titles(tables: Tables) -> Titles:
    return {
        (dimension, fold(key)): said
        for dimension, sheet in SHEET_OF.items()
        for key, said in told_apart(dict(tables[sheet].each(dimension, "name"))).items()
    }


def _of_sheet(sheet: Sheet, old: Table, new: Table, titles: tuple[Titles, Titles]) -> list[InputDifference]:
    was, now = _by_key(sheet, old), _by_key(sheet, new)
    made = [
        InputDifference(sheet.name, _name(sheet, old, i, titles[0]), "", "row", None)
        for k, i in was.items()
        if k not in now
    ]
    made += [
        InputDifference(sheet.name, _name(sheet, new, i, titles[1]), "", None, "row")
        for k, i in now.items()
        if k not in was
    ]
    both = [k for k in was if k in now]
    if not both:
        return made
    first, second = np.array([was[k] for k in both]), np.array([now[k] for k in both])
    for column in dict.fromkeys((*old.columns, *new.columns)):
        if column in sheet.key:
            continue
        a, b = (_cells(t, column, rows) for t, rows in ((old, first), (new, second)))
        for i in np.flatnonzero(_differ(a, b)).tolist():
            unit = next((c.unit for c in sheet.columns if c.name == column), "")
            name = _name(sheet, new, second[i], titles[1])
            rule = as_text(new["rule"][second[i]]) if "rule" in sheet.key else ""
            made.append(InputDifference(sheet.name, name, column, _value(a[i]), _value(b[i]), unit, rule))
    return made


def _by_key(sheet: Sheet, table: Table) -> dict[tuple[str, ...], int]:
    parts = [[fold(as_text(v)) for v in table[c].tolist()] for c in sheet.key]
    return {key: i for i, key in enumerate(zip(*parts, strict=True))}


def _name(sheet: Sheet, table: Table, i: int, titles: Titles) -> str:
    """The key of a row, as people say it: `Clinic, nurse`, `Bridge clinic (P05)`, `agency Sheriff, cases closed`."""
    keys = {column: as_text(table[column][i]) for column in sheet.key}
    if sheet.key[0] == "of":  # the item is a record of what stands in `of`
        of, item, *rest = keys.values()
        parts = [f"{of} {titles.get((fold(of), fold(item)), item)}", *rest]
    else:
        parts = [titles.get((column, fold(key)), key) for column, key in keys.items()]
    parts = [part for part in parts if part]
    return ("; " if len(parts) > 1 and any(", " in part for part in parts) else ", ").join(parts)


def _cells(table: Table, column: str, rows: Array) -> Array:
    return table[column][rows] if column in table else np.full(len(rows), None, object)


def _differ(a: Array, b: Array) -> Array:
    if a.dtype == b.dtype == np.float64:
        return np.asarray(~((a == b) | (np.isnan(a) & np.isnan(b))))
    return np.array([_value(x) != _value(y) for x, y in zip(a.tolist(), b.tolist(), strict=True)], bool)


def _value(value: object) -> Value:
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value == "" or (isinstance(value, float) and np.isnan(value)):
        return None
    return value if isinstance(value, str | bool | float) else str(value)


def in_words(listed: Sequence[InputDifference], currency: str = "USD") -> str:
    """A few differences as one phrase: each by itself, or as `38 rows of Initiatives: request`."""
    if not listed:
        return "nothing"
    if len(listed) <= LISTED:
        return "; ".join(d.sentence(currency) for d in listed)
    sheets = dict.fromkeys(d.sheet for d in listed)
    parts = []
    for sheet in sheets:
        mine = [d for d in listed if d.sheet == sheet]
        rows = len({d.record for d in mine})
        columns = ", ".join(dict.fromkeys(column_words(d.column) for d in mine if d.column))
        what = columns or " and ".join(dict.fromkeys("removed" if d.after is None else "added" for d in mine))
        noun = f"{rows} rows of {sheet}" if rows > 1 else f"{mine[0].record} of {sheet}"
        parts.append(f"{noun}: {what}")
    return "; ".join(parts)
