"""The sheets of a plan's workbook as a reader finds them: its tables and its proof, and what else stands on the sheets.

Other people's sheets, columns, notes and sums beside or below a table are no part of a plan. They are left out here, and
listed, so that whoever verifies can say that they were.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from optimiser.case.case import Case
from optimiser.case.faults import Fault, InvalidCase, shown
from optimiser.case.names import alike, fold, fold_title
from optimiser.case.reading.cells import as_text
from optimiser.case.reading.reader import open_book
from optimiser.case.reading.sheets import RawBook, RawSheet
from optimiser.case.reading.title import read_title
from optimiser.case.reading.which import PLAN_SHEETS
from optimiser.case.reading.workbook import tables_of
from optimiser.case.spec import BY_NAME, Sheet
from optimiser.case.table import Array, Table, text
from optimiser.plan.tables import SPEC

Source = str | Path | bytes
OURS = (*PLAN_SHEETS, *BY_NAME)
"""Every sheet that a plan's workbook may have."""
ATTRIBUTES = "attributes "
"""Before the name of a sheet, in Proof: the titles of its additional columns."""
TOTALS = ("total", "totals", "grand total")
"""What the first cell of a row says that people add up a table with."""
ADDED_UP = ("money", "FTE", "FTE·periods")
"""Units of the columns that people add up below a table."""


@dataclass(frozen=True, eq=False)
class SheetFound:
    """One sheet of a plan, as it stands in the file.

    columns: number from 1 -> the column that it is; rows: numbers of the rows that are records; others: filled cells that
    are no part of the table, (row, column) -> value; twins: titles of columns that look like one of the table's.
    """

    name: str
    sheet: RawSheet
    columns: Mapping[int, str]
    rows: Sequence[int]
    others: Mapping[tuple[int, int], Any] = field(default_factory=dict)
    twins: tuple[str, ...] = ()

    def values(self, column: str) -> list[Any]:
        """The cells of a column, one for each record."""
        at = next((j for j, name in self.columns.items() if name == column), 0)
        return [self.sheet.cell(row, at) for row in self.rows]


@dataclass(frozen=True, eq=False)
class PlanBook:
    """A plan's workbook. found: its tables by name; free: Summary, Why and Proof as they are; twins: sheets whose name looks
    like that of another that is read; others: sheets that are no part of a plan; tables: of the plan; proof: key -> value
    (the rows of Proof to the last that is the plan's own, whose number is proof_end)."""

    book: RawBook
    case: Case
    tables: Mapping[str, Table]
    proof: Mapping[str, Any]
    proof_end: int
    found: Mapping[str, SheetFound]
    free: Mapping[str, RawSheet]
    twins: tuple[tuple[str, str], ...]
    others: tuple[RawSheet, ...]
    restored: Mapping[str, frozenset[tuple[int, int]]]


def read_plan(source: Source, *, guarded: bool = False) -> tuple[Case, dict[str, Table], dict[str, Any]]:
    """The case, the tables of the plan and the rows of Proof (key -> value) that a workbook holds.

    guarded: read in a child process with limited memory and time, for files that others uploaded. Raises InvalidCase
    where the workbook holds no plan or its case has faults, OSError where the file cannot be opened.
    """
    made = plan_book(open_book(source, guarded=guarded))
    return made.case, dict(made.tables), dict(made.proof)


def plan_book(book: RawBook, formulas: Mapping[str, Mapping[tuple[int, int], str]] | None = None) -> PlanBook:
    """The plan that worksheets hold. formulas: sheet -> cell -> its formula, of those without a value, where known.

    Raises InvalidCase as read_plan does.
    """
    from optimiser.verbs import solved_case

    if not book.sheets:
        raise InvalidCase(book.faults)
    named, twins, others = _by_name(book.sheets)
    absent = [name for name in ("Spend", "Proof") if name not in named]
    if absent:
        cure = "take a workbook that `optimiser solve -o` wrote"
        raise InvalidCase([Fault(name, "", "S01", "no such sheet", "the sheets of a plan", cure) for name in absent])
    proof, end = _proof(named["Proof"])
    restored: dict[str, frozenset[tuple[int, int]]] = {}
    found: dict[str, SheetFound] = {}
    for name, sheet in named.items():
        spec = SPEC.get(name) or BY_NAME.get(name)
        if spec is not None:
            made, restored[name] = _restored(spec, sheet, (formulas or {}).get(sheet.name, {}))
            found[name] = _found(spec, made, _attributes(proof, name))
    case_sheets = tuple(_bare(f) for f in found.values() if f.name in BY_NAME)
    try:
        case = solved_case(tables_of(RawBook(case_sheets, (), book.dates_from_1904)))
    except InvalidCase as error:
        looks, wanted = "a second sheet that looks like it, ", ("one sheet of a name", "keep the true one")
        doubtful = [Fault(one, "", "S16", looks + shown(other), *wanted) for one, other in twins]
        raise InvalidCase([*doubtful, *error.faults]) from error
    tables = {name: _table(spec, found.get(name)) for name, spec in SPEC.items()}
    free = {str(name): named[name] for name in ("Summary", "Why", "Proof") if name in named}
    return PlanBook(book, case, tables, proof, end, found, free, twins, others, restored)


def _by_name(
    sheets: Sequence[RawSheet],
) -> tuple[dict[str, RawSheet], tuple[tuple[str, str], ...], tuple[RawSheet, ...]]:
    """The sheets of a plan by their names, pairs of sheets that a reader takes for one another, and all the others.

    Of two that look alike a reader takes the one that can be seen."""
    ours = {alike(name): name for name in OURS}
    groups: dict[str, list[RawSheet]] = {}
    for sheet in sheets:
        groups.setdefault(alike(sheet.name), []).append(sheet)
    named, twins, others = {}, [], []
    for key, group in groups.items():
        name = ours.get(key)
        if name is None:
            others += group
            continue
        first, *rest = sorted(group, key=lambda s: (s.hidden, s.name != name))
        named[name] = first
        twins += [(first.name, other.name) for other in rest]
    return named, tuple(twins), tuple(others)


def _proof(sheet: RawSheet) -> tuple[dict[str, Any], int]:
    """The rows of Proof, and the number of the last; what stands below the hash of Proof itself is somebody's note."""
    made: dict[str, Any] = {}
    for number, row in enumerate(sheet.rows[1:], 2):
        key = as_text(row[0]) if row else ""
        if key:
            made.setdefault(key, row[1] if len(row) > 1 else "")
        if key == "sha256 Proof":
            return made, number
    return made, len(sheet.rows)


def _attributes(proof: Mapping[str, Any], sheet: str) -> tuple[str, ...]:
    try:
        listed = json.loads(as_text(proof.get(ATTRIBUTES + sheet, "[]")))
    except ValueError:
        return ()
    return tuple(str(title) for title in listed) if isinstance(listed, list) else ()


def _restored(
    spec: Sheet, sheet: RawSheet, formulas: Mapping[tuple[int, int], str]
) -> tuple[RawSheet, frozenset[tuple[int, int]]]:
    """A sheet in which text that a script wrote as a formula (`= 1200`, without a value) is text again."""
    texts = {fold_title(c.name) for c in spec.columns if c.type == "text"}
    columns = {
        j for j, title in enumerate(sheet.rows[0] if sheet.rows else [], 1) if fold_title(as_text(title)) in texts
    }
    lost = {at for at, (code, _) in sheet.marks.items() if code == "N13" and at in formulas and at[1] in columns}
    if not lost:
        return sheet, frozenset()
    rows = [list(row) for row in sheet.rows]
    for row, column in lost:
        if row <= len(rows) and column <= len(rows[row - 1]):
            rows[row - 1][column - 1] = "=" + formulas[row, column]
    marks = {at: mark for at, mark in sheet.marks.items() if at not in lost}
    return replace(sheet, rows=rows, marks=marks), frozenset(lost)


def _found(spec: Sheet, sheet: RawSheet, attributes: Sequence[str]) -> SheetFound:
    """A table among what stands on its sheet."""
    known = {fold_title(name): name for name in (*attributes, *spec.names)}
    looks = {alike(name) for name in known.values()}
    columns: dict[int, str] = {}
    twins = []
    for number, value in enumerate(sheet.rows[0] if sheet.rows else [], 1):
        title = as_text(value)
        name = known.get(fold_title(title)) or known.get(fold_title(read_title(title).name))
        if name and name not in columns.values():
            columns[number] = name
        elif alike(title) in looks or alike(read_title(title).name) in looks:
            twins.append(title)
    rows = list(_records(spec, sheet, columns))
    taken = {1, *rows}
    others = {at: value for at, value in sheet.filled().items() if at[0] not in taken or at[1] not in columns}
    return SheetFound(spec.name, sheet, columns, rows, others, tuple(twins))


def _records(spec: Sheet, sheet: RawSheet, columns: Mapping[int, str]) -> Iterator[int]:
    """The rows that are records. A line whose key is not whole, and one below a gap that has nothing but its key, is a note."""
    keys = [j for j, name in columns.items() if name in spec.key and _needed(spec, name)]
    rest = [j for j in columns if j not in keys]
    gap = False
    for number in range(2, len(sheet.rows) + 1):
        filled = {j for j in columns if as_text(sheet.cell(number, j)) != "" or (number, j) in sheet.marks}
        if not filled:
            gap = True
        elif (
            (not keys or filled.issuperset(keys))
            and not (gap and rest and filled.isdisjoint(rest))
            and not is_total(spec, sheet, columns, number)
        ):
            yield number


def is_total(spec: Sheet, sheet: RawSheet, columns: Mapping[int, str], row: int) -> bool:
    """Whether a row says that it adds up the others; a record may be called Total where there is nothing to add up (a rule),
    where it is the only one, or where the rest of its key says what it is."""
    if fold(as_text(sheet.cell(row, 1))).rstrip(":") not in TOTALS or len(sheet.rows) <= 2:
        return False
    rest = [j for j, name in columns.items() if j > 1 and name in spec.key and _needed(spec, name)]
    whole = bool(rest) and all(as_text(sheet.cell(row, j)) != "" for j in rest)
    return not whole and any(c.type == "number" and c.unit in ADDED_UP for c in spec.columns)


def _needed(spec: Sheet, name: str) -> bool:
    """Whether a part of a key is never blank."""
    return name != "per" if spec.name in SPEC else any(c.name == name and c.required for c in spec.columns)


def _bare(found: SheetFound) -> RawSheet:
    """The sheet of a table with nothing but the table on it. What is merged or hidden is looked at by its cells."""
    rows = [[value if j in found.columns else "" for j, value in enumerate(row, 1)] for row in found.sheet.rows]
    taken = {1, *found.rows}
    rows = [row if i in taken else [""] * len(row) for i, row in enumerate(rows, 1)]
    marks = {at: mark for at, mark in found.sheet.marks.items() if at[0] in taken and at[1] in found.columns}
    return RawSheet(found.name, rows, False, marks)


def _table(spec: Sheet, found: SheetFound | None) -> Table:
    """A plan's table from the cells of its sheet; what is missing or no number is NaN, so that it is found."""
    made: dict[str, Array] = {}
    for column in spec.columns:
        cells = found.values(column.name) if found is not None else []
        if column.type == "number":
            made[column.name] = np.array([_number(v) for v in cells], float)
        elif column.type == "flag":
            made[column.name] = np.array([as_text(v).lower() in ("yes", "true") for v in cells], bool)
        else:
            made[column.name] = text(as_text(v) for v in cells)
    return Table(spec.name, made)


def _number(value: Any) -> float:
    return float(value) if isinstance(value, float | int) and not isinstance(value, bool) else float("nan")
