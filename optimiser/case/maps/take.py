"""A map and a file -> records of our tables, what was left out of it and why, and the sums of both sides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Context, Decimal, localcontext
from typing import Any

import numpy as np

from optimiser.case.faults import Fault, gathered, shown
from optimiser.case.maps.files import ForeignFile
from optimiser.case.maps.map_columns import Columns, Periods, place_columns, unnamed
from optimiser.case.maps.map_form import MAP, Map, TableMap, split_columns
from optimiser.case.maps.map_rows import RECORD, Row, exact
from optimiser.case.names import fold, nearest
from optimiser.case.reading.amounts import plain
from optimiser.case.reading.currencies import codes_of, same_currency
from optimiser.case.reading.sheets import RawSheet, letters
from optimiser.case.spec import BY_NAME, Column
from optimiser.case.tolerances import HAIR, HALF_A_CENT

Record = dict[str, Any]
EXACT = Context(prec=700)
"""Digits enough for sums of any numbers that a cell can hold, from 5e-324 to 1e308, so that both sides tie whatever stands there."""


@dataclass(frozen=True)
class Tie:
    """A column of numbers on both sides. title: in the file; file: the sum of all its cells there, left: of those left out,
    taken: of what was taken over, in the case's units. file · factor = taken + left · factor, to the cent."""

    column: str
    title: str
    factor: Decimal
    file: Decimal
    left: Decimal
    taken: Decimal

    @property
    def file_sum(self) -> Decimal:
        """The file's cells of what was taken over, in its unit."""
        return EXACT.subtract(self.file, self.left)

    @property
    def ties(self) -> bool:
        """Whether both sides agree."""
        with localcontext(EXACT):
            return abs(self.file_sum * self.factor - self.taken) < Decimal("0.000001") * max(
                Decimal(1), abs(self.taken)
            )


@dataclass(frozen=True)
class TakenTable:
    """What one `[[table]]` took over. records: by our columns; rows: of each, the row of the file (the first of them);
    lines: rows of the file that are in them; left_out: rows that are not; headed: those of them that stand above records as
    their heading, which a column of ours keeps; added_up: lines that were added to another."""

    to: str
    file: str
    sheet: str
    records: tuple[Record, ...] = ()
    rows: tuple[int, ...] = ()
    lines: int = 0
    left_out: tuple[Row, ...] = ()
    added_up: int = 0
    ties: tuple[Tie, ...] = ()
    headed: frozenset[int] = frozenset()


@dataclass(frozen=True)
class MadeNames:
    """Names that a map makes rows of, since no row had them."""

    table: str
    records: tuple[Record, ...]


@dataclass(frozen=True)
class Taken:
    """What a map took over. currency: the one that titles and notes name ("" where none does)."""

    tables: tuple[TakenTable, ...] = ()
    made: tuple[MadeNames, ...] = ()
    faults: tuple[Fault, ...] = ()
    currency: str = ""

    @property
    def errors(self) -> tuple[Fault, ...]:
        """What the map cannot read; nothing may be taken over then."""
        return tuple(f for f in self.faults if f.level == "error")

    def records(self) -> dict[str, list[Record]]:
        """The records by table, those that were made last."""
        found: dict[str, list[Record]] = {}
        for table in self.tables:
            found.setdefault(table.to, []).extend(table.records)
        for made in self.made:
            found.setdefault(made.table, []).extend(made.records)
        return found


def take(
    tables: Map,
    files: Sequence[ForeignFile],
    known: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    currency: str = "",
) -> Taken:
    """What a map reads from files. known: records of the case that they go into, by table; currency: of that case.

    Faults are in the result, never raised.
    """
    known = known or {}
    faults = [f for file in files for f in file.book.faults]
    if any(f.level == "error" for f in faults):
        return Taken(faults=tuple(faults))
    # A sum beyond all numbers is none of a total.
    with localcontext(EXACT), np.errstate(over="ignore", invalid="ignore"):
        return _take(tables, files, known, currency, faults)


def _take(
    tables: Map,
    files: Sequence[ForeignFile],
    known: Mapping[str, Sequence[Mapping[str, Any]]],
    currency: str,
    faults: list[Fault],
) -> Taken:
    taken: list[TakenTable] = []
    currencies: set[str] = set()
    read_from: dict[tuple[str, str], tuple[RawSheet, list[Columns]]] = {}
    periods = Periods.of(known.get("Periods", ()))
    codes = _codes(known)
    for table in sorted(tables, key=lambda t: t.to != "Periods"):  # dates need them
        found = _sheet_of(table, files, faults)
        if found is None:
            continue
        file, sheet = found
        placed = place_columns(table, sheet, currency, faults)
        if placed is None:
            continue
        currencies |= placed.currencies
        read_from.setdefault((file.name, sheet.name), (sheet, []))[1].append(placed)
        reading = _Taking(table, file, sheet, placed, periods, codes, faults)
        currencies |= reading.currencies(currency)
        made = reading.tables()
        taken += made
        if table.to == "Periods":
            periods = Periods.of([*known.get("Periods", ()), *made[0].records])
    for sheet, tables_of_it in read_from.values():
        faults += unnamed(tables_of_it, sheet)
    if len(currencies) > 1:
        what = f"amounts in {' and in '.join(sorted(currencies))}"
        cure = "convert them, or leave out the columns of the other"
        faults.append(Fault(MAP, "columns", "S18", what, "amounts in one currency", cure))
    order = [m.to for m in tables]
    taken.sort(key=lambda t: order.index(t.to) if t.to in order else len(order))
    made_rows = _made(tables, taken, known)
    return Taken(tuple(taken), made_rows, tuple(gathered(faults)), currencies.pop() if len(currencies) == 1 else "")


def _sheet_of(
    table: TableMap, files: Sequence[ForeignFile], faults: list[Fault]
) -> tuple[ForeignFile, RawSheet] | None:
    """The sheet that a table is read from."""
    chosen = [f for f in files if not table.file or fold(f.name) == fold(table.file)]
    if not chosen and len(files) == 1:
        chosen = list(files)
        what, expected = shown(files[0].name), f"the file {table.file}"
        faults.append(Fault(MAP, "", "M03", what, expected, "it is read all the same", "warning"))
    names = [s.name for f in chosen for s in f.sheets]
    wanted = [fold(table.source), fold(table.source.rpartition(".")[0])]
    found = [(f, s) for f in chosen for s in f.sheets if fold(s.name) in wanted or not table.source]
    if not found and sum(len(f.sheets) for f in chosen) == 1 and chosen[0].text:
        found = [(chosen[0], chosen[0].sheets[0])]  # a CSV has one sheet, whatever the file is called this year
    if not found or (len(found) > 1 and not table.source):
        near = nearest(table.source, names)
        listed = ", ".join(shown(n) for n in names[:8])
        what = f"no sheet {shown(table.source)}" if not found else "several sheets, and none is named"
        cure = f"write from = {shown(near)}" if near and not found else "name the sheet in `from`"
        faults.append(Fault(MAP, "from", "M01", what, f"one of {listed}" if listed else "a file with sheets", cure))
        return None
    return found[0]


@dataclass(eq=False)
class _Taking:
    """One table while it is read."""

    map: TableMap
    file: ForeignFile
    sheet: RawSheet
    placed: Columns
    periods: Periods
    codes: Mapping[tuple[str, str], str]
    faults: list[Fault]

    def __post_init__(self) -> None:
        self.spec, self.sorted = self.map.spec, self.placed.sort(self.sheet)
        self.rows = [r for r in self.sorted if r.kind == RECORD]
        numbers = [r.number for r in self.rows]
        self.read = self.placed.read(self.sheet, numbers, self.periods, self.file.text, self.faults)
        self.skipped: dict[int, Row] = {}

    def tables(self) -> list[TakenTable]:
        """The table, and the one of what is split off it."""
        for row in self.rows:
            if row.doubt:
                what = f"{shown(row.text)}, {row.doubt}"
                cure = "it is read as a record: if it is a total, name a word of it in skip"
                cell = f"{letters(self.placed.span[0] + 1)}{row.number}"
                self._say(cell, "S12", what, "records, without a total row", cure, "warning")
        records, rows, parts = self._records()
        left = tuple(self.skipped.get(r.number, r) for r in self.sorted)
        left = tuple(r for r in left if r.kind not in (RECORD, "blank"))
        self._totals(left)
        headed = self._headed()
        column = self.map.headings.removeprefix("+")
        left = tuple(
            replace(r, why=f"kept as {column} of the rows below it") if r.number in headed else r for r in left
        )
        lines = len(records)
        records, rows, added = self._once(records, rows)
        made = TakenTable(
            self.map.to, self.file.name, self.sheet.name, tuple(records), tuple(rows), lines, left, added, self._ties(left, records),
            headed,
        )  # fmt: skip
        split = self.map.split
        if split is None:
            return [made]
        return [made, TakenTable(split.to, self.file.name, self.sheet.name, tuple(parts), (), len(parts))]

    def _headed(self) -> frozenset[int]:
        """The rows that a record has as its heading; none where the map keeps no headings."""
        heading, headed = 0, set[int]()
        for row in self.sorted if self.map.headings else ():
            heading = row.number if row.kind == "heading" else heading
            if row.kind == RECORD and row.number not in self.skipped:
                headed.add(heading)
        return frozenset(headed)

    def currencies(self, own: str) -> set[str]:
        """The currencies that cells name; one that is not the case's own is a fault with its cell. own: "" where not known."""
        for sign, cell in self.read.currencies.items():
            if own and not same_currency(sign, own):
                cure = f"convert the amounts, or write {codes_of(sign)[0]} as the currency on the sheet Case"
                self._say(cell, "S18", shown(sign), f"amounts in {own}, the currency of the case", cure)
        ways = [codes_of(sign) for sign in self.read.currencies]
        return {codes[0] for codes in ways if len(codes) == 1}

    def _say(self, cell: str, code: str, found: str, expected: str, cure: str, level: str = "error") -> None:
        """A fault of the sheet; `found` stands as it is."""
        self.faults.append(Fault(self.sheet.name, cell, code, found, expected, cure, level))

    # -- records ----------------------------------------------------------------------------------------------------------

    def _records(self) -> tuple[list[Record], list[int], list[Record]]:
        records: list[Record] = []
        rows: list[int] = []
        parts: list[Record] = []
        heading = ""
        headings = {}
        for row in self.sorted:
            heading = row.text if row.kind == "heading" else heading
            headings[row.number] = heading
        across, split = self.placed.across, self.map.split
        for i, row in enumerate(self.rows):
            base: Record = dict(self.map.fixed)
            for column, values in self.read.columns.items():
                if values[i] != "" and column.startswith("-"):
                    own = column.removeprefix("-")
                    base[own] = float(exact(base.get(own, 0.0)) + exact(values[i]))
                elif values[i] != "":
                    base[column] = values[i]
            if not self._named(row, base):
                continue
            if self.map.headings and headings[row.number]:
                base.setdefault(self.map.headings.removeprefix("+") or "heading", headings[row.number])
            if split is not None:
                parts += self._split(i, base)
            if across is None:
                records.append(base)
                rows.append(row.number)
                continue
            for j, title in across.titles:
                value = self.read.across[j][i]
                if value != "":
                    records.append({**base, across.title: title, across.value: value})
                    rows.append(row.number)
        self._blank_keys(records, rows)
        return records, rows, parts

    def _named(self, row: Row, base: Record) -> bool:
        """Puts our names in the place of the file's, by the map and by the case's account codes; False where the map leaves
        the row out."""
        for column, names in self.map.names.items():
            written = fold(_as_key(base.get(column, "")))
            ours = next((v for k, v in names.items() if fold(k) == written), None) if written else None
            if ours == "":
                why = f"the map leaves out the {column} {base[column]}"
                self.skipped[row.number] = Row(row.number, "skipped", row.text, why)
                return False
            if ours is not None:
                base[column] = ours
        for (of, code), item in self.codes.items() if self.codes else ():
            if of in base and fold(_as_key(base[of])) == code:
                base[of] = item
        return True

    def _split(self, i: int, base: Record) -> list[Record]:
        """Rows of another table, of a cell that holds several names. One name alone is what the column is mapped to; an
        initiative with one partner is led by it, which means the same."""
        split = self.map.split
        columns = split_columns(self.map.to, BY_NAME[split.to]) if split else None
        if split is None or columns is None:
            return []
        written = self.read.split[i]
        names = list({fold(p): p for part in written.split(split.by) if (p := " ".join(part.split()))}.values())
        ours = self.placed.split_target
        if len(names) == 1 and (ours or split.to == "Partners"):
            base.setdefault(ours or "lead", names[0])
            return []
        if len(names) > 1 and ours:
            base.pop(ours, None)
        own = base.get(self.spec.key[0], "")
        return [{columns[0]: own, columns[1]: name} for name in names]

    def _blank_keys(self, records: Sequence[Record], rows: Sequence[int]) -> None:
        needed = [c for c in self.spec.key if self.spec.column(c).required]
        refused = {f.cell for f in self.faults if f.level == "error" and f.sheet == self.sheet.name}
        for record, row in zip(records, rows, strict=True):
            missing = [c for c in needed if record.get(c, "") == ""]
            cell = self.placed.cell(missing[0], row) if missing else ""
            if missing and cell not in refused:
                cure = "fill in the cell, or leave the row out by a word of it in skip, or by rows"
                self._say(cell, "V01", "a blank", f"{missing[0]}, in each record", cure)

    # -- equal keys -------------------------------------------------------------------------------------------------------

    def _once(self, records: list[Record], rows: list[int]) -> tuple[list[Record], list[int], int]:
        """Records of which each key stands once: equal ones are added up, or refused."""
        once = f"each {' and '.join(self.spec.key)} once"
        first: dict[tuple[str, ...], int] = {}
        kept: list[Record] = []
        at: list[int] = []
        added = 0
        adds = {c.name for c in self.spec.columns if _adds(c)}
        sums: list[dict[str, Decimal]] = []
        for record, row in zip(records, rows, strict=True):
            key = tuple(fold(_as_key(record.get(c, ""))) for c in self.spec.key)
            n = first.setdefault(key, len(kept))
            if n == len(kept):
                kept.append(dict(record))
                sums.append({c: exact(record[c]) for c in adds if c in record})
                at.append(row)
            elif self.map.same == "refuse" and not any(key):
                continue  # that its key is blank was said
            elif self.map.same == "refuse":
                found = ", ".join(_as_key(record.get(c, "")) for c in self.spec.key if record.get(c, "") != "")
                cure = f'it also stands in row {at[n]}: mend the file, or have rows of one key added up (same = "add")'
                self._say(self.placed.cell(self.spec.key[0], row), "K01", shown(found), once, cure)
            else:
                added += 1
                self._add(kept[n], record, sums[n], adds, at[n], row)
        for record, total in zip(kept, sums, strict=True):
            record.update({c: float(v) for c, v in total.items()})
        if added:
            what = f"{added + len(kept):,} rows of {len(kept):,} keys"
            self._say("", "M03", what, once, "the numbers of equal keys are added up", "warning")
        return kept, at, added

    def _add(
        self, into: Record, record: Record, sums: dict[str, Decimal], adds: set[str], first: int, row: int
    ) -> None:
        for name, value in record.items():
            if name in adds:
                sums[name] = sums.get(name, Decimal(0)) + exact(value)
                into.setdefault(name, 0.0)
            elif name not in into:
                into[name] = value
            elif into[name] != value and fold(_as_key(into[name])) != fold(_as_key(value)):
                number = name in self.spec.names and self.spec.column(name).type == "number"
                level, cure = "warning", f"it is kept as in row {first}"
                if number:
                    level, cure = "error", f"row {first} has another: numbers of this kind are not added up"
                expected = f"the {name} of row {first}, {shown(into[name])}"
                self._say(self.placed.cell(name, row), "K01", shown(value), expected, cure, level)

    # -- sums -------------------------------------------------------------------------------------------------------------

    def _ties(self, left: Sequence[Row], records: Sequence[Record]) -> tuple[Tie, ...]:
        """The sums of each column of money or people on both sides."""
        ties = []
        out = {r.number for r in left}
        for name, columns in self.placed.numbers().items():
            if not _adds(self.spec.column(name)):
                continue
            file, gone, cells = Decimal(0), Decimal(0), 0
            for j in columns:
                for number, value in self.placed.plain_numbers(self.sheet, j):
                    cells += 1
                    file += exact(value) * self.placed.sign(j)
                    gone += exact(value) * self.placed.sign(j) if number in out else Decimal(0)
            taken = sum((exact(r[name]) for r in records if name in r), Decimal(0))
            titles = ", ".join(self.placed.titles[j] for j in columns[:3]) + (" …" if len(columns) > 3 else "")
            factor = Decimal(repr(self.placed.factors.get(columns[0], 1.0)))
            if cells:
                ties.append(Tie(name, titles, factor, file, gone, taken))
        return tuple(ties)

    def _totals(self, left: Sequence[Row]) -> None:
        """A warning for each struck-out total that is not the sum of records of the file."""
        for name, columns in self.placed.numbers().items():
            if not _adds(self.spec.column(name)):
                continue
            for j in columns:
                cells = dict(self.placed.plain_numbers(self.sheet, j))
                own = [(r.number, cells.get(r.number, float("nan"))) for r in self.rows]
                numbers = np.array([v for _, v in own], float)
                places = np.array([n for n, _ in own], int)
                for row in left:
                    said = cells.get(row.number, float("nan"))
                    if row.kind != "total" or said != said or not len(own):
                        continue
                    above = np.nan_to_num(numbers[places < row.number])[::-1].cumsum()
                    sums = np.append(above, np.nansum(numbers))
                    if (np.abs(sums - said) <= HALF_A_CENT + HAIR * abs(said)).any():
                        continue
                    begins = max((r.number for r in left if r.number < row.number and r.kind == "total"), default=0)
                    group = float(np.nansum(numbers[(places < row.number) & (places > begins)]))
                    cure = "the rows are taken, not the total: look whether one is missing or stands twice"
                    expected = f"{plain(group)}, the sum of the rows above it"
                    what = f"{shown(row.text)} with {plain(said)}"
                    self._say(f"{letters(j + 1)}{row.number}", "M02", what, expected, cure, "warning")


def _codes(known: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[tuple[str, str], str]:
    """Of what and its account code -> its name, from the case's chart of accounts; a code that is itself a name is that name."""
    names = {
        (s.key[0], fold(_as_key(r[s.key[0]]))) for s in BY_NAME.values() for r in known.get(s.name, ()) if s.key[0] in r
    }
    return {
        (str(r.get("of", "")), code): str(r.get("item", ""))
        for r in known.get("Account codes", ())
        if (code := fold(_as_key(r.get("code", "")))) and (str(r.get("of", "")), code) not in names
    }


def _made(
    tables: Map, taken: Sequence[TakenTable], known: Mapping[str, Sequence[Mapping[str, Any]]]
) -> tuple[MadeNames, ...]:
    """Rows of key tables, of names that no row has yet, in the order in which the file has them."""
    made: list[MadeNames] = []
    for name in dict.fromkeys(c for t in tables for c in t.create):
        spec = BY_NAME[name]
        key = spec.key[0]
        there = {fold(_as_key(r.get(c, ""))) for r in known.get(name, ()) for c in (key, "name")}
        there |= {fold(_as_key(r.get(key, ""))) for t in taken if t.to == name for r in t.records}
        found: dict[str, str] = {}
        for table in taken:
            for column in (c.name for c in BY_NAME[table.to].columns if c.refers == name):
                for record in table.records:
                    written = _as_key(record.get(column, ""))
                    if written and fold(written) not in there:
                        found.setdefault(fold(written), written)
        records: list[Record] = [{key: written} for written in found.values()]
        if name == "Funds":
            records = [_funded(r, taken) for r in records]
        if records:
            made.append(MadeNames(name, tuple(records)))
    return tuple(made)


def _funded(record: Record, taken: Sequence[TakenTable]) -> Record:
    """A fund that is made from its installments has their sum."""
    rows = [r for t in taken if t.to == "Installments" for r in t.records]
    own = [r.get("amount", 0.0) for r in rows if fold(r.get("fund", "")) == fold(record["fund"])]
    return {**record, "amount": float(sum(map(exact, own), Decimal(0)))} if own else record


def _adds(column: Column) -> bool:
    """Whether the numbers of a column can be added up: money and people, not prices, shares or scores."""
    return column.type == "number" and column.unit in ("money", "FTE")


def _as_key(value: Any) -> str:
    return value if isinstance(value, str) else plain(float(value)) if isinstance(value, int | float) else str(value)
