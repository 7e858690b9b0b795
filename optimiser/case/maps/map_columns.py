"""Where the columns of a mapped table stand in a foreign sheet, and their cells read by the specification of ours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from optimiser.case.faults import Fault, shown
from optimiser.case.maps.map_form import MAP, TableMap
from optimiser.case.maps.map_rows import DASHES, Row, Sorter, number_of
from optimiser.case.names import fold, nearest
from optimiser.case.reading.amounts import currency_beside, plain, scaled
from optimiser.case.reading.cells import Place, as_text, attribute, numbers_in, typed
from optimiser.case.reading.currencies import codes_of, same_currency
from optimiser.case.reading.dates import order_of, read_date
from optimiser.case.reading.layout import doubtful_layout, refused_cells
from optimiser.case.reading.sheets import RawSheet, is_blank, letters
from optimiser.case.reading.title import read_note, read_title
from optimiser.case.spec import INFINITY

_AS_TEXT = ("N01",)
"""What is nothing to say of a CSV, in which every number is text."""


@dataclass(frozen=True)
class Periods:
    """The periods of a case by their names and, where these are known, their days."""

    names: Mapping[str, str]
    spans: tuple[tuple[dt.date, dt.date, str], ...] = ()

    @staticmethod
    def of(records: Sequence[Mapping[str, Any]]) -> Periods:
        """From records of the table Periods."""
        names = {fold(str(r["period"])): str(r["period"]) for r in records if r.get("period")}
        spans = []
        for r in records:
            start, end = (read_date(as_text(r.get(c, "") or "")).iso for c in ("start", "end"))
            if start and end and r.get("period"):
                spans.append((dt.date.fromisoformat(start), dt.date.fromisoformat(end), str(r["period"])))
        return Periods(names, tuple(spans))

    def holding(self, day: dt.date) -> str:
        """The one period that holds a day, "" where none does or several do."""
        found = [name for start, end, name in self.spans if start <= day <= end]
        return found[0] if len(found) == 1 else ""


@dataclass(frozen=True)
class PlacedAcross:
    """Columns across. titles: position -> what its title is in our column `title`."""

    titles: tuple[tuple[int, str], ...]
    title: str
    value: str


@dataclass(frozen=True)
class Cells:
    """What the records of a sheet hold. columns: ours -> a value for each record ("" where blank); across: position -> the
    same; split: the cells with several names; currencies: the sign beside an amount -> the first cell that has it."""

    columns: Mapping[str, Sequence[Any]]
    across: Mapping[int, Sequence[Any]]
    split: Sequence[str]
    currencies: Mapping[str, str] = field(default_factory=dict)


_NAMED = 6
"""Columns that one warning names; more are counted."""


@dataclass(frozen=True)
class Columns:
    """The columns of a table in a sheet, by position from 0. targets: position -> our column ("+name": an attribute)."""

    map: TableMap
    titles: Sequence[str]
    targets: Mapping[int, str]
    listed: tuple[int, ...]
    across: PlacedAcross | None = None
    split: int | None = None
    factors: Mapping[int, float] = field(default_factory=dict)
    currencies: frozenset[str] = frozenset()
    rows: tuple[int, int] = (1, 0)

    @property
    def span(self) -> range:
        """Positions from the first to the last column that the map names."""
        return range(min(self.listed), max(self.listed) + 1)

    @property
    def split_target(self) -> str:
        """Our column that the column with several names is also mapped to."""
        return self.targets.get(self.split, "") if self.split is not None else ""

    def numbers(self) -> dict[str, list[int]]:
        """Our columns of numbers -> where they stand."""
        found: dict[str, list[int]] = {}
        for j, name in self.targets.items():
            if self._is_number(name):
                found.setdefault(name.removeprefix("-"), []).append(j)
        if self.across and self._is_number(self.across.value):
            found.setdefault(self.across.value, []).extend(j for j, _ in self.across.titles)
        return found

    def _is_number(self, name: str) -> bool:
        bare = name.removeprefix("-")
        return bare in self.map.spec.names and self.map.spec.column(bare).type == "number"

    def sign(self, j: int) -> int:
        """-1 of a column whose numbers are taken off, such as credits."""
        return -1 if self.targets.get(j, "").startswith("-") else 1

    def cell(self, ours: str, row: int) -> str:
        """The address of our column's cell in a row of the file."""
        j = next((j for j, name in self.targets.items() if name == ours), None)
        return f"{letters((self.span[0] if j is None else j) + 1)}{row}"

    def body(self, sheet: RawSheet) -> list[list[Any]]:
        """The rows below the titles, merged cells of texts filled down."""
        first, last = self.rows
        body = [list(row) for row in sheet.rows[first - 1 : last]]
        texts = [j for j in self.listed if j not in {p for places in self.numbers().values() for p in places}]
        for top, left, bottom, right in sheet.merged:
            if bottom > top and left == right and left - 1 in texts:
                for number in range(max(top + 1, first), min(bottom, last) + 1):
                    body[number - first][left - 1] = sheet.rows[top - 1][left - 1]
        return body

    def plain_numbers(self, sheet: RawSheet, j: int) -> Iterator[tuple[int, float]]:
        """Row and number of each cell of a column below the titles that holds one, in the file's own unit."""
        first, last = self.rows
        for number, row in enumerate(sheet.rows[first - 1 : last], first):
            value = number_of(row[j], self.map.decimal)
            if value == value:
                yield number, value

    def sort(self, sheet: RawSheet) -> list[Row]:
        """What each row below the titles is."""
        spec = self.map.spec
        numbers = [j for places in self.numbers().values() for j in places]
        keys = [j for j, name in self.targets.items() if name in (*spec.key, "name") and j not in numbers]
        needed = [c.name for c in spec.columns if c.required and c.name not in self.map.fixed]
        alone = keys[0] if needed == [spec.key[0]] and keys and self.across is None else None
        return Sorter(
            self.body(sheet), self.rows[0], self.span, numbers, keys, alone, self.titles, self.map.skip,
            sheet.sums, {k for k, (code, _) in sheet.marks.items() if code != "F12"}, self.map.decimal,
        ).rows()  # fmt: skip

    def read(self, sheet: RawSheet, rows: Sequence[int], periods: Periods, text: bool, faults: list[Fault]) -> Cells:
        """The cells of these rows of the file. text: whether the file holds nothing but text."""
        body = self.body(sheet)
        lines = [body[r - self.rows[0]] for r in rows]
        found: list[Fault] = []
        titled = {j + 1: name for j, name in self.targets.items()}
        titled |= {j + 1: self.across.value for j, _ in self.across.titles} if self.across else {}
        refused_cells(sheet, titled, np.array(rows, np.int32), found)
        found += self._layout(sheet, titled, rows)
        columns: dict[str, Sequence[Any]] = {}
        for j, name in self.targets.items():
            if name:
                values = self._values(sheet, name, j, lines, rows, periods, found)
                is_own = text and name.startswith("+")  # of a file of text nothing says which of its texts are numbers
                columns[name.removeprefix("+")] = numbers_in(values, self.map.decimal) if is_own else values
        across = self.across
        wide = (
            {j: self._values(sheet, across.value, j, lines, rows, periods, found) for j, _ in across.titles}
            if across
            else {}
        )
        split = [as_text(line[self.split]) for line in lines] if self.split is not None else []
        faults += [f for f in found if not (text and f.code in _AS_TEXT)]
        return Cells(columns, wide, split, self._currencies(lines, rows))

    def _currencies(self, lines: Sequence[Sequence[Any]], rows: Sequence[int]) -> dict[str, str]:
        """The currency beside each amount of money, with the first cell that has it."""
        found: dict[str, str] = {}
        for name, columns in self.numbers().items():
            for j in columns if self.map.spec.column(name).unit.startswith("money") else ():
                for line, row in zip(lines, rows, strict=True):
                    if type(line[j]) is str and (sign := currency_beside(line[j])):
                        found.setdefault(sign, f"{letters(j + 1)}{row}")
        return found

    def _values(
        self,
        sheet: RawSheet,
        name: str,
        j: int,
        lines: Sequence[Sequence[Any]],
        rows: Sequence[int],
        periods: Periods,
        faults: list[Fault],
    ) -> Sequence[Any]:
        """The cells of one column as our column holds them; "" where blank."""
        values = [line[j] for line in lines]
        place = Place(sheet.name, name.removeprefix("+"), letters(j + 1), rows)
        if name.startswith("+"):
            array, told = attribute(name[1:], values, place)
            faults += told
            return ["" if v != v else v for v in array.tolist()]
        column = self.map.spec.column(name.removeprefix("-"))
        meant = {fold(k): v for k, v in self.map.names.get(column.name, {}).items()} if column.choices else {}
        if meant:
            values = [meant.get(fold(v), v) if isinstance(v, str) else v for v in values]
        if column.refers == "Periods":
            return _by_period(values, place, periods, faults)
        if column.type == "number":
            for i, v in enumerate(values):
                if type(v) is str and v.strip() in DASHES:
                    values[i] = 0.0
                    faults.append(place.fault(i, "M03", v, "a number", "a dash is read as 0", "warning"))
        plainly = replace(
            column, low=-INFINITY, high=INFINITY, required=False, default="" if column.type != "number" else None
        )
        if column.type == "flag":
            plainly = replace(plainly, default=False)
        order = order_of(v for v in values if type(v) is str) if column.type == "date" else ""
        array, told = typed(plainly, values, place, order, self.map.decimal, self.factors.get(j, 1.0))
        refused = {f"{letters(c)}{r}" for (r, c), (code, _) in sheet.marks.items() if code != "F12"}
        faults += [f for f in told if f.cell not in refused]
        factor = self.factors.get(j, 1.0) * self.sign(j)
        blank = [is_blank(v) for v in values]
        if column.type != "number":
            return ["" if b or v != v else v for v, b in zip(array.tolist(), blank, strict=True)]
        made = ["" if b or v != v else scaled(v, factor) for v, b in zip(array.tolist(), blank, strict=True)]
        cure = "write a number that a computer can hold, or choose another unit of money"
        faults += [
            place.fault(i, "N06", lines[i][j], "a number in the case's unit", cure)
            for i, v in enumerate(made)
            if v in (INFINITY, -INFINITY)
        ]
        return made

    def _layout(self, sheet: RawSheet, titled: Mapping[int, str], rows: Sequence[int]) -> list[Fault]:
        """Merged cells that hide a number or a second value of a record, and what is hidden."""
        own = set(rows)
        numbers = {j + 1 for places in self.numbers().values() for j in places}
        merged = []
        for top, left, bottom, right in sheet.merged:
            used = [c for c in titled if left <= c <= right]
            if (len(used) > 1 or (bottom > top and numbers & set(used))) and any(top <= r <= bottom for r in own):
                merged.append((top, left, bottom, right))
        return doubtful_layout(replace(sheet, merged=tuple(merged)), titled, np.array(rows, np.int32)) if rows else []


def _by_period(values: Sequence[Any], place: Place, periods: Periods, faults: list[Fault]) -> list[str]:
    """Names of periods; a date stands for the period that holds it."""
    order = order_of(v for v in values if type(v) is str)
    made: list[str] = []
    known: dict[Any, tuple[str, str]] = {}
    for i, value in enumerate(values):
        text = as_text(value)
        if text not in known:
            known[text] = _one_period(value, text, periods, order)
        name, cure = known[text]
        if cure:
            faults.append(place.fault(i, "D03", text, "a period, or a day that one period of the case holds", cure))
        made.append(name)
    return made


def _one_period(value: Any, text: str, periods: Periods, order: Any) -> tuple[str, str]:
    """The period that a cell means, or the cure of what cannot be one."""
    if not text or fold(text) in periods.names:
        return periods.names.get(fold(text), ""), ""
    day = value.date() if isinstance(value, dt.datetime) else value if isinstance(value, dt.date) else None
    if day is None and isinstance(value, str) and any(c.isdigit() for c in text):
        read = read_date(text, order)
        if not read.iso:
            return (text, "") if not read.cure.startswith(("it could be", "if ")) else ("", read.cure)
        day = dt.date.fromisoformat(read.iso)
    if day is None:
        return text, ""
    if not periods.spans:
        return "", "bring it into a case whose sheet Periods has the start and end of each period"
    if found := periods.holding(day):
        return found, ""
    return "", f"no period of the case holds {day.isoformat()}: correct one of the two, or leave the row out"


# -- placing ---------------------------------------------------------------------------------------------------------------


def titles_of(sheet: RawSheet, first: int, last: int) -> list[str]:
    """The title of each column: the texts of the rows of titles, joined; of a second of one name with its number, of none
    the letters of the column. A title that is merged over several columns stands above each of them."""
    width = len(sheet.rows[0]) if sheet.rows else 0
    if first == 0:
        return [letters(j + 1) for j in range(width)]
    lines = [[as_text(v) for v in row] for row in sheet.rows[first - 1 : last]]
    for top, left, bottom, right in sheet.merged:
        # Not a banner, nor the last row, which names each column.
        if first <= top <= last and right > left and bottom < last:
            for c in range(left, min(right, width) + 1):
                lines[top - first][c - 1] = lines[top - first][left - 1]
    titles: list[str] = []
    seen: dict[str, int] = {}
    for j in range(width):
        title = " ".join(" ".join(line[j] for line in lines if line[j]).split())
        if title:
            number = seen[fold(title)] = seen.get(fold(title), 0) + 1
            title += f" ({number})" if number > 1 else ""
        titles.append(title or letters(j + 1))
    return titles


def place_columns(table: TableMap, sheet: RawSheet, currency: str, faults: list[Fault]) -> Columns | None:
    """The columns of a table in a sheet; None, with the faults, where some cannot be found."""
    if table.last > len(sheet.rows):
        found, expected = f"{len(sheet.rows):,} rows", f"titles in row {table.last} of {sheet.name}"
        faults.append(Fault(MAP, "titles", "M01", found, expected, "correct the row"))
        return None
    titles = titles_of(sheet, table.first, table.last)
    by_fold = {fold(t): j for j, t in reversed(list(enumerate(titles)))}
    by_letter = {letters(j + 1): j for j in range(len(titles))}
    wrong = False

    def find(title: str) -> int | None:
        nonlocal wrong
        j = by_fold.get(fold(title), by_letter.get(title))
        if j is None:
            near = nearest(title, titles)
            listed = ", ".join(shown(t) for t in titles[:12])
            cure = f"{f'write {shown(near)}, or correct' if near else 'correct it, or'} the row of the titles"
            what = f"no column {shown(title)} in {sheet.name}"
            faults.append(Fault(MAP, "columns", "M01", what, f"one of {listed}", cure))
            wrong = True
        return j

    targets: dict[int, str] = {}
    listed: list[int] = []
    for title, ours in table.columns.items():
        j = find(title)
        if j is not None:
            listed.append(j)
            if ours:
                targets[j] = ours
    across = None
    if table.across:
        places = [j for t in table.across.columns if (j := find(t)) is not None]
        listed += places
        named = tuple((j, _title_value(sheet, table, titles, j)) for j in places)
        across = PlacedAcross(named, table.across.title, table.across.value)
    split = find(table.split.column) if table.split else None
    listed += [split] if split is not None else []
    needed = {c.name for c in table.spec.columns if c.required and c.name in table.spec.key}
    have = {
        *(t.removeprefix("-") for t in targets.values()),
        *table.fixed,
        *((across.title, across.value) if across else ()),
    }
    for name in sorted(needed - have):
        cure = "say which column holds it, or what it is in every row (fixed)"
        faults.append(Fault(MAP, "columns", "M01", f"no column for {name}", f"{name}, the key of {table.to}", cure))
        wrong = True
    numbers = {c.name for c in table.spec.columns if c.type == "number"}
    texts = [targets.get(split, "").removeprefix("-") if split is not None else "", table.headings]
    texts += [across.title] if across else []
    texts += [c for c, v in table.fixed.items() if isinstance(v, str)]
    for name in sorted(numbers & set(texts)):  # names of the file cannot become numbers
        cure = f"name another column than {name}, or write a number"
        faults.append(Fault(MAP, "columns", "M01", f"texts for {name}", f"numbers, as {name} holds", cure))
        wrong = True
    if wrong or not listed:
        return None
    first = table.rows[0] or table.last + 1
    last = min(table.rows[1] or len(sheet.rows), len(sheet.rows))
    made = Columns(
        table, titles, targets, tuple(sorted(set(listed))), across, split, rows=(first, max(last, first - 1))
    )
    factors, currencies = _units(made, sheet, currency, faults)
    return replace(made, factors=factors, currencies=frozenset(currencies))


def unnamed(placed: Sequence[Columns], sheet: RawSheet) -> Iterator[Fault]:
    """A warning of columns with cells that no table of a map names: this year's file may have more than last year's.

    placed: the tables that are read from the sheet.
    """
    named = {j for table in placed for j in table.listed}
    filled: dict[int, str] = {}
    for table in placed:
        body = sheet.rows[table.rows[0] - 1 : table.rows[1]]
        spare = [j for j in range(len(table.titles)) if j not in named]
        filled |= {j: table.titles[j] for j in spare if any(j < len(line) and not is_blank(line[j]) for line in body)}
    if filled:
        told = [shown(filled[j]) for j in sorted(filled)]
        more = f" and {len(told) - _NAMED} more" if len(told) > _NAMED else ""
        found = f"{'a column' if len(told) == 1 else 'columns'} that the map does not name: {', '.join(told[:_NAMED])}{more}"
        cure = 'it is not read: name it in `columns`, or leave it out there (= "")'
        yield Fault(MAP, "columns", "M03", found, f"every column of {shown(sheet.name)} named", cure, "warning")


def _title_value(sheet: RawSheet, table: TableMap, titles: Sequence[str], j: int) -> str:
    """What a title across is in our column: the title, a date by its month."""
    value = sheet.rows[table.last - 1][j] if table.first else titles[j]
    return value.strftime("%b %Y") if isinstance(value, dt.date) and table.first == table.last else titles[j]


def _units(placed: Columns, sheet: RawSheet, currency: str, faults: list[Fault]) -> tuple[dict[int, float], set[str]]:
    """What the numbers of each money column are multiplied by, and the currencies that are named."""
    table, factors, currencies = placed.map, dict[int, float](), set[str]()
    above = [v for row in sheet.rows[: max(table.first - 1, 0)] for v in row if isinstance(v, str) and v.strip()]
    noted = next((n for v in above if (n := read_note(v)) and (n.factor != 1 or n.currency)), None)
    for name, columns in placed.numbers().items():
        if not table.spec.column(name).unit.startswith("money"):
            continue
        for j in columns:
            title = read_title(placed.titles[j])
            unit = title if title.factor != 1 or title.currency else noted or title
            cell = f"{letters(j + 1)}{table.last or 1}"
            at = Fault(sheet.name, cell, "S18", shown(unit.unit or placed.titles[j]), "", "")
            codes = codes_of(unit.currency)
            if len(codes) == 1:
                currencies.add(codes[0])
            if currency and unit.currency and not same_currency(unit.currency, currency):
                cure = f"convert the amounts, or write {unit.currency} as the currency on the sheet Case"
                faults.append(replace(at, expected=f"amounts in {currency}, the currency of the case", cure=cure))
            if table.money is not None and title.factor not in (1, table.money):
                cure = "leave money out of the map, so that each title says it, or correct one of the two"
                faults.append(replace(at, expected=f"a unit of {plain(table.money)}, as the map says", cure=cure))
            elif table.money is None and unit.factor != 1:
                cure = f"each number is multiplied by {plain(unit.factor)}; money = 1 in the map says otherwise"
                faults.append(replace(at, expected="whole units", cure=cure, level="warning"))
            factor = table.money if table.money is not None else unit.factor
            if factor != 1:
                factors[j] = factor
    return factors, currencies
