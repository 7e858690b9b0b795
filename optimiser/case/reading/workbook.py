"""A workbook, or plain records, -> typed tables by the specification: every fault at once, each with its cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from optimiser.case.faults import Fault, InvalidCase, shown
from optimiser.case.names import fold, fold_title
from optimiser.case.reading.amounts import scaled
from optimiser.case.reading.cells import Place, as_text, attribute, blank_column, simple, typed
from optimiser.case.reading.costs import settled
from optimiser.case.reading.dates import order_of
from optimiser.case.reading.keys import connect
from optimiser.case.reading.layout import doubtful_layout, filled_rows, other_formats, refused_cells
from optimiser.case.reading.reader import open_book
from optimiser.case.reading.sheets import RawBook, RawSheet, is_blank, letters
from optimiser.case.reading.titles import header, lost_titles, lowered
from optimiser.case.reading.totals import totals
from optimiser.case.reading.which import (
    known_sheet,
    missing_records,
    ours,
    solved_in,
    unknown_records,
    which_sheets,
)
from optimiser.case.spec import BY_NAME, SHEETS, Sheet
from optimiser.case.table import Array, Table

if TYPE_CHECKING:
    import pandas as pd

Source = str | Path | bytes
Rows: TypeAlias = "Sequence[Mapping[str, object]] | pd.DataFrame"
"""The records of one sheet, as a program has them."""
_SHAPE = "a pandas DataFrame or a list of records ({column: value})"
DOLLARS = "USD"
"""The currency of a case that names none."""


@dataclass(frozen=True, eq=False)
class Tables:
    """All sheets of a case as typed tables.

    tables: every sheet of the specification; one that is absent has no records but all its columns. Additional
    columns (attributes) stand in the table under their title as written.
    faults: what reading found, sorted by sheet and cell. sheets_present: those that the file has, in the order
    of the specification. titles: sheet -> its title in the file.
    letters: sheet -> column -> letters of the column in the file (empty for plain records). untitled: sheets of the file
    whose row of titles is lost; nothing of them was read, and nothing is said of what names their records.
    """

    tables: Mapping[str, Table]
    faults: tuple[Fault, ...] = ()
    sheets_present: tuple[str, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    letters: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    untitled: frozenset[str] = frozenset()

    def __getitem__(self, sheet: str) -> Table:
        return self.tables[sheet]

    @property
    def errors(self) -> tuple[Fault, ...]:
        """The faults that must be cured before the case can be used."""
        return tuple(f for f in self.faults if f.level == "error")

    def place(self, sheet: str, column: str) -> Place:
        """Where the cells of a column stand: `tables.place("Funds", "amount").fault(i, code, found, …)`."""
        letter = self.letters.get(sheet, {}).get(column, "")
        title = self.titles.get(sheet, sheet)
        return Place(title, column, letter, self.tables[sheet].rows.tolist())

    def require(self) -> Tables:
        """The same tables; raises InvalidCase with all faults if there is an error among them."""
        if self.errors:
            raise InvalidCase(self.faults)
        return self


def read_tables(source: Source, *, guarded: bool = False) -> Tables:
    """The tables of a workbook (.xlsx or .ods; a path, or the bytes of the file).

    guarded: read in a child process with limited memory and time; for files that others uploaded.
    Faults are in the result, never raised; raises OSError if the path cannot be opened.
    """
    return tables_of(open_book(source, guarded=guarded))


def tables_of(book: RawBook) -> Tables:
    """The tables of worksheets that were read. Faults are in the result, never raised."""
    if any(f.level == "error" for f in book.faults):
        return _built({}, {}, list(book.faults), present=())
    found, told = which_sheets(book.sheets)
    faults = [*book.faults, *told]
    currency = _currency(row for row in found["Case"].rows) if "Case" in found else DOLLARS
    read = {name: _columns_of(BY_NAME[name], sheet, currency, faults) for name, sheet in found.items()}
    titles = {name: sheet.name for name, sheet in found.items()}
    dated = read["Periods"].cells if book.dates_from_1904 and "Periods" in read else {}
    if any(isinstance(v, dt.date) for column in ("start", "end") for v in dated.get(column, ())):
        cure = "check the dates: they are read as the spreadsheet program shows them"
        counted = "dates counted from 1904"
        faults.append(Fault("Periods", "", "D01", counted, "dates counted from 1900", cure, "warning"))
    made = _built(read, titles, faults, present=tuple(s.name for s in SHEETS if s.name in found))
    return _without_applied(made, solved_in(book.sheets))


def _without_applied(made: Tables, applied: Sequence[str]) -> Tables:
    """The tables of a plan's workbook without the scenarios that it was solved in: who applied one again would cut twice what
    it cuts."""
    listed = made["Scenarios"]["scenario"].tolist()
    again = np.array([fold(name) in {fold(one) for one in applied} for name in listed], bool)
    if not again.any():
        return made
    names = ", ".join(dict.fromkeys(np.array(listed, object)[again].tolist()))
    fault = Fault(
        made.titles["Scenarios"], "", "C10", f"the scenario that this plan was solved in, {shown(names)}",
        "scenarios that are not in the sheets yet",
        "its changes are in the sheets already, and its rows are left out: for the case without it take the workbook that was "
        "solved", "warning",
    )  # fmt: skip
    kept = {**made.tables, "Scenarios": made["Scenarios"].take(~again)}
    return replace(made, tables=kept, faults=tuple(in_order([*made.faults, fault])))


def tables_from(records: Mapping[str, Rows]) -> Tables:
    """The same tables from plain records: sheet -> one mapping of column -> value for each record, or a DataFrame.

    None, NaN and a key that is absent are blank. Sheet and column names are matched as in a workbook. Faults
    name a cell as "amount, row 3" (the third record). Raises TypeError for what is neither.
    """
    if not isinstance(records, Mapping):
        raise TypeError(f"A case is made from {{sheet: …}}, each {_SHAPE}; found {type(records).__name__}.")
    faults: list[Fault] = []
    read: dict[str, _Columns] = {}
    first = {name: title for title in reversed(list(records)) if (name := known_sheet(title))}
    named = {name: _by_column(title, records[title]) for name, title in first.items()}  # once: rows may be an iterator
    currency = _currency(zip(*named["Case"][1], strict=True)) if "Case" in named else DOLLARS
    for title in records:
        name = known_sheet(title)
        if not name:
            if not ours(title):
                faults.append(unknown_records(title, named))
            continue
        if name in read:
            cure = f"put all of its records under one name; those of {shown(title)} are not read"
            faults.append(
                Fault(name, "", "S16", f"{shown(title)} beside another of this name", f"one table {name}", cure)
            )
            continue
        names, values = named[name]
        read[name] = _assigned(BY_NAME[name], name, names, values, currency, faults)
    faults += missing_records(read, list(records))
    return _built(read, {}, faults, present=tuple(s.name for s in SHEETS if s.name in read))


def _by_column(title: str, rows: Any) -> tuple[list[str], list[Sequence[Any]]]:
    """Titles of the columns, and the cells of each: blank is "" or NaN."""
    if hasattr(rows, "iloc") and hasattr(
        rows, "columns"
    ):  # a DataFrame, told by what it can do: pandas is slow to load
        frame = rows if rows.index.names == [None] else rows.reset_index()
        blank = frame.isna()
        cells: list[Sequence[Any]] = [
            ["" if b else simple(v) for v, b in zip(frame.iloc[:, j].tolist(), blank.iloc[:, j].tolist(), strict=True)]
            for j in range(frame.shape[1])
        ]
        return [str(name) for name in frame.columns], cells
    if not isinstance(rows, Iterable) or isinstance(rows, str | bytes | Mapping):
        raise TypeError(f"{title} must be {_SHAPE}; found {type(rows).__name__}.")
    listed = list(rows)
    wrong = next((k for k, row in enumerate(listed) if not isinstance(row, Mapping)), None)
    if wrong is not None:
        raise TypeError(f"A record of {title} is {{column: value}}; found {shown(listed[wrong])}.")
    names = list(dict.fromkeys(key for row in listed for key in row))
    titles = ["" if key is None else str(key) for key in names]
    return titles, [[simple(row.get(key)) for row in listed] for key in names]


@dataclass(frozen=True)
class _Columns:
    """Cells of one sheet by column, those of the specification and attributes; rows: as a `Table` has them."""

    cells: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    letters: Mapping[str, str] = field(default_factory=dict)
    rows: Array = field(default_factory=lambda: np.zeros(0, np.int32))
    unreadable: frozenset[tuple[int, str]] = frozenset()
    """(record, column) of cells that were refused already and shall not be reported as blank."""
    untitled: bool = False
    factors: Mapping[str, float] = field(default_factory=dict)
    """What the numbers of a column are multiplied by: its title says thousands, say."""
    currency: str = ""
    """Of the case."""
    sums: frozenset[tuple[int, str]] = frozenset()
    """(record, column) of cells whose formula adds up those above."""


def _currency(rows: Iterable[Sequence[Any]]) -> str:
    """The currency of the case as the rows of the sheet Case have it."""
    for row in rows:
        said = [as_text(v) for v in row if v is not None and v != ""]
        if len(said) > 1 and fold_title(said[0]) == "currency":
            return said[1]
    return DOLLARS


def _columns_of(spec: Sheet, sheet: RawSheet, currency: str, faults: list[Fault]) -> _Columns:
    """The records of a worksheet, column by column, without blank rows."""
    if sheet.hidden and not spec.required:
        what = "a hidden sheet with data"
        faults.append(Fault(sheet.name, "", "S02", what, "a visible sheet", "unhide it", "warning"))
    sheet, noted, told = lowered(spec, sheet, currency)
    faults += told
    titles = [as_text(v) for v in sheet.rows[0]] if sheet.rows else []
    lost = lost_titles(spec, sheet, titles)
    if lost is not None:
        faults.append(lost)
        return _Columns(untitled=True)
    head = header(spec, sheet, titles, currency)
    names = head.names
    faults += head.faults
    used = [j for j, name in enumerate(names) if name]
    body = sheet.rows[1:]
    columns: list[Sequence[Any]] = list(zip(*body, strict=True)) if body else [() for _ in titles]
    keep = filled_rows(columns, used, sheet, faults)
    if keep is not None:
        columns = [[c[i] for i in keep] for c in columns]
    below = sheet.top + 1
    rows = np.array([i + below for i in keep] if keep is not None else range(below, len(body) + below), np.int32)
    cells = {names[j]: columns[j] for j in used}
    places = {names[j]: letters(j + 1) for j in used}
    titled = {j + 1: names[j] for j in used}
    unreadable = refused_cells(sheet, titled, rows, faults)
    faults += doubtful_layout(sheet, titled, rows)
    money = {c.name: noted for c in spec.columns if noted and c.unit.startswith("money")}
    factors = {name: unit.factor for name, unit in {**money, **head.units}.items()}
    position = {int(row): i for i, row in enumerate(rows)} if sheet.sums else {}
    sums = frozenset((position[r], titled[c]) for r, c in sheet.sums if r in position and c in titled)
    faults += other_formats(spec, sheet, titled, rows, currency)
    return _Columns(cells, places, rows, unreadable, factors=factors, currency=currency, sums=sums)


def _assigned(
    spec: Sheet,
    sheet: str,
    titles: Sequence[str],
    values: Sequence[Sequence[Any]],
    currency: str,
    faults: list[Fault],
) -> _Columns:
    """Columns of plain records under the names of the specification; wholly blank records are left out."""
    head = header(spec, RawSheet(sheet, [list(titles), *([[]] if values else [])]), list(titles), currency)
    faults += [f for f in head.faults if f.code != "S05"]
    cells = {name: column for name, column in zip(head.names, values, strict=True) if name}
    length = len(values[0]) if values else 0
    keep = [i for i in range(length) if not cells or not all(is_blank(column[i]) for column in cells.values())]
    if len(keep) < length:
        cells = {name: [column[i] for i in keep] for name, column in cells.items()}
    factors = {name: unit.factor for name, unit in head.units.items()}
    return _Columns(cells, rows=np.zeros(len(keep), np.int32), factors=factors, currency=currency)


def _built(
    read: Mapping[str, _Columns], titles: Mapping[str, str], faults: list[Fault], present: tuple[str, ...]
) -> Tables:
    """Typed tables from cells by column, then keys and references across the sheets."""
    tables: dict[str, Table] = {}
    for spec in SHEETS:
        columns = read.get(spec.name, _Columns())
        tables[spec.name] = _typed_table(spec, columns, titles.get(spec.name, spec.name), faults)
    if len(tables["Reviews"]):
        tables["Initiatives"] = _without_score(tables["Initiatives"], read.get("Initiatives"))
    untitled = frozenset(name for name, columns in read.items() if columns.untitled)
    made = Tables(
        tables,
        (),
        present,
        titles,
        {name: columns.letters for name, columns in read.items() if columns.letters},
    )
    connected, found = connect(tables, made.place, untitled)
    faults += found
    for spec in SHEETS:
        sums = read[spec.name].sums if spec.name in read else frozenset()
        told = totals(spec, connected[spec.name], sums, {c: made.place(spec.name, c) for c in spec.names})
        faults = [*_beside(faults, told), *told]
    if len(connected["Costs"]):
        connected, faults = settled(connected, faults, made)
    return replace(made, tables=connected, faults=tuple(in_order(faults)), untitled=untitled)


def _without_score(initiatives: Table, cells: _Columns | None) -> Table:
    """Initiatives with a blank score left blank, since reviews make it (`review_scores.initiative_scores`)."""
    written = cells.cells.get("score") if cells is not None else None
    blank = [v is None or v != v or is_blank(v) for v in written] if written is not None else [True] * len(initiatives)
    return initiatives.replace(score=np.where(np.array(blank, bool), np.nan, initiatives["score"]))


def _beside(faults: list[Fault], totals: Sequence[Fault]) -> list[Fault]:
    """The faults without those of names and blanks in rows that are totals: the row is the one to mend."""
    rows = {(f.sheet, _row(f)) for f in totals if f.level == "error"}
    if not rows:
        return faults
    return [f for f in faults if f.code not in ("K01", "K02", "K06", "V01", "D03") or (f.sheet, _row(f)) not in rows]


def _row(fault: Fault) -> str:
    return (
        fault.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") if ", row " not in fault.cell else fault.cell.rpartition(" ")[2]
    )


def _typed_table(spec: Sheet, columns: _Columns, title: str, faults: list[Fault]) -> Table:
    rows = columns.rows.tolist()
    made: dict[str, Array] = {}
    dated = [columns.cells[c.name] for c in spec.columns if c.type == "date" and c.name in columns.cells]
    order = order_of(v for cells in dated for v in cells if isinstance(v, str))
    for column in spec.columns:
        if column.name in columns.cells:
            written = columns.cells[column.name]
            place = Place(title, column.name, columns.letters.get(column.name, ""), rows)
            factor = columns.factors.get(column.name, 1.0)
            own = columns.currency if column.unit.startswith("money") else ""
            made[column.name], found = typed(column, written, place, order, scaled_by=factor, currency=own)
            if factor != 1:
                made[column.name] = _scaled(made[column.name], written, factor)
            cells = {place.cell(i) for i, name in columns.unreadable if name == column.name}
            faults += [f for f in found if f.cell not in cells]
        else:
            made[column.name] = blank_column(column, len(rows))
    for name, values in columns.cells.items():
        if name in made:
            continue
        made[name], found = attribute(name, values, Place(title, name, columns.letters.get(name, ""), rows))
        faults += found
    if spec.required and not rows and columns.letters:
        cure = f"write at least one {spec.key[0]} below the titles"
        faults.append(Fault(title, "A2", "S13", "no rows", f"at least one {spec.key[0]}", cure))
    return Table(spec.name, made, columns.rows)


def _scaled(values: Array, written: Sequence[Any], factor: float) -> Array:
    """Numbers in whole units; a blank keeps its default."""
    pairs = zip(values.tolist(), written, strict=True)
    return np.array([v if is_blank(w) else scaled(v, factor) for v, w in pairs], float)


def in_order(faults: Iterable[Fault]) -> list[Fault]:
    """Faults in the order of the workbook: by sheet, then row, then column."""
    order = {spec.name: i for i, spec in enumerate(SHEETS)}

    def key(fault: Fault) -> tuple[int, str, int, int, str, Fault]:
        digits = fault.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        row = int(digits) if digits.isdigit() else 0
        head = fault.cell.removesuffix(digits)
        return order.get(known_sheet(fault.sheet), -1), fault.sheet, row, len(head), head, fault

    return sorted(faults, key=key)
