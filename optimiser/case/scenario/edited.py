"""One sheet while a scenario changes it: `remove` first, then all `=`, then `*`, then `+` and `-`.

Each of these steps looks for its rows before it changes any, so the order of the rows of the Scenarios sheet never
matters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

import numpy as np

from optimiser.case.checking.default_rows import default_rows, fund_amounts, owner
from optimiser.case.faults import shown
from optimiser.case.names import fold, fold_title, nearest
from optimiser.case.reading.amounts import read_amount
from optimiser.case.reading.cells import as_text, blank_column
from optimiser.case.review_scores import initiative_scores
from optimiser.case.scenario.changes import REMOVE, ChangeFaults, Edit, calculated, outside, value_of
from optimiser.case.selection import Clause, SelectionError, Subject, matches, title_match
from optimiser.case.spec import SETTINGS, Sheet
from optimiser.case.table import Array, Table, text

STEPS = ((REMOVE,), ("=",), ("*",), ("+", "-"))


@dataclass(frozen=True, eq=False)
class Context:
    """What the whole case says about names, before anything is changed.

    tables: of the case; added: sheet -> keys that the scenario's changes may add; order: period -> its place in time;
    inside: folded area -> folded areas that it includes.
    """

    tables: Mapping[str, Table]
    added: Mapping[str, Sequence[str]]
    order: Mapping[str, int]
    inside: Mapping[str, frozenset[str]]

    @staticmethod
    def of(tables: Mapping[str, Table], edits: Iterable[Edit]) -> Context:
        """The context of the changes of one scenario."""
        added: dict[str, list[str]] = {}
        for edit in edits:
            key = edit.key if edit.operation == "=" else None
            if key:
                added.setdefault(edit.sheet.name, []).extend(key[edit.sheet.key[0]])
        periods = [*(tables["Periods"]["period"].tolist() or ["FY"]), *added.get("Periods", ())]
        order = {fold(p): k for k, p in enumerate(dict.fromkeys(periods))}
        return Context(tables, added, order, _areas_inside(tables["Areas"]))

    def with_table(self, table: Table) -> Context:
        """The same with another table in the place of its sheet's."""
        return replace(self, tables={**self.tables, table.name: table})

    def names(self, sheet: str) -> list[str]:
        """Every key of a sheet that may be named."""
        keys = next(iter(self.tables[sheet].columns.values())).tolist()
        return [*(keys or (["FY"] if sheet == "Periods" else [])), *self.added.get(sheet, ())]


def _areas_inside(areas: Table) -> dict[str, frozenset[str]]:
    parent = {fold(a): fold(p) for a, p in areas.each("area", "parent")}
    inside: dict[str, set[str]] = {area: {area} for area in parent}
    for area in parent:
        above = parent.get(area, "")
        while above in inside and area not in inside[above]:
            inside[above].add(area)
            above = parent.get(above, "")
    return {area: frozenset(names) for area, names in inside.items()}


@dataclass(frozen=True, eq=False)
class Edited:
    """A sheet as a scenario leaves it. by: column -> for each record the number of the edit that last changed it (-1:
    none; under "" the edit that added the record); removed: records of the old table that are gone, with their edit."""

    old: Table
    table: Table
    by: Mapping[str, Array]
    removed: tuple[tuple[int, Edit], ...]
    edits: tuple[Edit, ...]

    def edit_at(self, record: int, column: str) -> Edit | None:
        """The edit that changed a cell of the new table, else one that changed its row."""
        columns = [c for c in (column, "", *self.by) if c in self.by]
        found = (int(self.by[c][record]) for c in columns if record < len(self.by[c]))
        number = next((k for k in found if k >= 0), -1)
        return self.edits[number] if number >= 0 else None


def _speak_of(column: str, edits: Iterable[Edit]) -> bool:
    """Whether one of these changes or selects by a column."""
    return any(column in (e.column, *(c.column for c in e.clauses)) for e in edits)


@dataclass(eq=False)
class EditedSheet:
    """The records of one sheet, written ones first, then those that hold by default, then added ones."""

    sheet: Sheet
    edits: tuple[Edit, ...]
    context: Context
    report: ChangeFaults
    columns: dict[str, Array] = field(init=False)
    by: dict[str, Array] = field(init=False, default_factory=dict)
    gone: Array = field(init=False)
    removed: list[tuple[int, Edit]] = field(init=False, default_factory=list)
    added: dict[tuple[str, ...], int] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        tables = self.context.tables
        table, more = tables[self.sheet.name], default_rows(tables, self.sheet.name)
        self.written, self.listed = len(table), len(table) + len(more)
        self.old = table
        self.columns = {c: np.concatenate([v, more[c]]) if len(more) else v for c, v in table.columns.items()}
        if self.sheet.name == "Funds":
            self.columns["amount"] = fund_amounts(tables)
        if self.sheet.name == "Initiatives" and _speak_of("score", self.edits):
            self.columns["score"] = initiative_scores(tables)
        self.gone = np.zeros(self.listed, bool)

    def __len__(self) -> int:
        return len(self.gone)

    # -- steps --------------------------------------------------------------------------------------------------------

    def run(self) -> Edited:
        """The sheet after all edits, step by step."""
        for step in STEPS:
            chosen = [(k, e) for k, e in enumerate(self.edits) if e.operation in step]
            found = [(k, e, self._rows(e)) for k, e in chosen]
            for k, edit, rows in found:
                if rows is None:
                    continue
                if edit.operation == REMOVE:
                    self._remove(edit, rows)
                elif not len(rows):
                    self._add(k, edit)
                elif edit.operation == "=":
                    self._set(k, edit, rows)
                else:
                    self._calculate(k, edit, rows)
        return self._result()

    def _rows(self, edit: Edit) -> Array | None:
        """The records that an edit's `where` selects (none: a row is to be added); None with a fault."""
        hit = ~self.gone
        for clause in edit.clauses:
            try:
                hit = hit & self._matches(clause)
            except SelectionError as error:
                self.report.add(edit.change, "where", "C02", error.found, error.expected, error.cure)
                return None
        rows = np.flatnonzero(hit)
        if len(rows) or (edit.operation == "=" and edit.key is not None and self.sheet.name != "Case"):
            return rows
        self._nothing(edit)
        return None

    def _matches(self, clause: Clause) -> Array:
        name = self._title(clause)
        values = self.columns[name]
        spec = next((c for c in self.sheet.columns if c.name == name), None)
        if name == "setting":
            known = {fold_title(s.name): s.name for s in SETTINGS}
            values = text([known.get(fold_title(v), v) for v in values.tolist()])
            clause = Clause(name, clause.operator, tuple(known.get(fold_title(v), v) for v in clause.values))
        elif spec is not None and spec.type == "any":
            values = text([as_text(v) for v in values.tolist()])
        refers = spec.refers if spec is not None else ""
        own = self.sheet.name == "Periods" and name == "period"
        order = self.context.order if own or refers == "Periods" else None
        inside = self.context.inside if refers == "Areas" else None
        known_names = self.context.names(refers) if refers else None
        if own and clause.operator not in ("=", "!="):
            known_names = self.context.names("Periods")
        return matches(clause, Subject(self.sheet.name, values, order, known_names, inside))

    def _title(self, clause: Clause) -> str:
        found = title_match(clause.column, list(self.columns))
        if not found:
            near = nearest(clause.column, self.columns)
            cure = f"write {near}" if near else f"write one of {', '.join(self.columns)}"
            raise SelectionError(shown(clause.column), f"a column of {self.sheet.name}", cure)
        return found

    def _nothing(self, edit: Edit) -> None:
        """The fault of an edit that selects no row, with the nearest name that one has."""
        cure = "correct the names or numbers"
        for clause in edit.clauses:
            values = self.columns[self._title(clause)]
            if clause.operator == "=" and values.dtype == object:
                known = {fold(as_text(v)): as_text(v) for v in values[~self.gone].tolist()}
                absent = [v for v in clause.values if fold(v) not in known]
                near = next((n for v in absent if (n := nearest(v, known.values()))), "")
                if near:
                    cure = f"write {near}"
                    break
        if not (~self.gone).any():
            cure = f"{self.sheet.name} has no rows"
        if edit.operation == "=" and self.sheet.name != "Case":
            keys = " ; ".join(f"{c} = …" for c in self.sheet.key if self.sheet.column(c).required)
            cure += f"; to add a row, name its key and nothing else: {keys}"
        elif edit.operation != REMOVE and edit.key is not None:
            cure += "; to add a row, set it with `=`"
        where = edit.change.where.strip()
        self.report.add(edit.change, "where", "C04", shown(where or "nothing"), f"a row of {self.sheet.name}", cure)

    def _write(self, k: int, column: str, rows: Array, values: Array | object) -> None:
        size = len(self)
        if column not in self.columns:
            empty = isinstance(values, str)
            self.columns[column] = text([""] * size) if empty else np.full(size, np.nan)
        changed = self.columns[column].copy()
        changed[rows] = values
        self.columns[column] = changed
        by = self.by.setdefault(column, np.full(size, -1))
        by[rows] = k

    def _remove(self, edit: Edit, rows: Array) -> None:
        self.gone[rows] = True
        self.removed += [(int(r), edit) for r in rows if r < self.written]
        if not (rows < self.written).any() and not any(e.operation == "=" for e in self.edits):
            cure = f"nothing is written there: it holds by default. Add rows to {self.sheet.name} that say otherwise"
            expected = f"a row of {self.sheet.name}"
            self.report.add(edit.change, "where", "C04", shown(edit.change.where or "nothing"), expected, cure)

    def _set(self, k: int, edit: Edit, rows: Array) -> None:
        value = value_of(edit, self.columns.get(edit.column), self.report)
        taken = self.by.get(edit.column)
        if taken is not None and (taken[rows] >= 0).any():
            other = self.edits[int(taken[rows].max())].change
            place = "!".join(self.report.cell(other, "change"))
            found = f"{shown(edit.change.change)} for {self.record(int(rows[taken[rows] >= 0][0]))}"
            cure = f"{place} sets the same cell: remove one of the two, or narrow `where`"
            self.report.add(edit.change, "change", "C05", found, "one `=` for each cell", cure)
        elif value is not None:
            self._write(k, edit.column, rows, value)

    def _calculate(self, k: int, edit: Edit, rows: Array) -> None:
        values = self.columns[edit.column]
        before = values[rows]
        if edit.spec.type == "any":
            before = np.array([_number(v) for v in before.tolist()], float)
        filled = ~np.isnan(before)
        if not filled.any():
            found = f"{shown(edit.column)}, which is blank there"
            self.report.add(edit.change, "change", "C03", found, "a number to change", "set it with `=`")
            return
        after = calculated(edit, before[filled])
        for i, would, expected in outside(edit, after):
            found = f"{would} for {self.record(int(rows[filled][i]))}"
            self.report.add(edit.change, "change", "N16", found, expected, "change it by less, or narrow `where`")
            return
        self._write(k, edit.column, rows[filled], after)

    def _add(self, k: int, edit: Edit) -> None:
        """Rows with the new keys that `where` names (a row that an edit before this one added is changed)."""
        key = edit.key
        assert key is not None
        keys = [c for c in self.sheet.key if c in key]
        for names in product(*(key[c] for c in keys)):
            row = dict(zip(keys, names, strict=True))
            at = self.added.get(tuple(fold(row.get(c, "")) for c in self.sheet.key), -1)
            if at < 0:
                at = self._append(k, edit, row)
            if at >= 0:
                self._set(k, edit, np.array([at]))

    def _append(self, k: int, edit: Edit, key: Mapping[str, str]) -> int:
        """One more record with this key and defaults; its position (-1 and a fault where the key cannot be read)."""
        at = len(self)
        row: dict[str, object] = {}
        for name in self.columns:
            spec = next((c for c in self.sheet.columns if c.name == name), None)
            if name in key:
                assert spec is not None
                named = Edit(edit.change, self.sheet, (), "=", name, key[name])
                value = value_of(named, self.columns[name], self.report)
                if value is None:
                    return -1
                row[name] = value
            elif spec is not None:
                row[name] = blank_column(spec, 1)[0]
            else:
                row[name] = "" if self.columns[name].dtype == object else np.nan
        for name, values in self.columns.items():
            more = np.empty(1, values.dtype)
            more[0] = row[name]
            self.columns[name] = np.concatenate([values, more])
        self.gone = np.append(self.gone, False)
        self.by = {c: np.append(b, -1) for c, b in self.by.items()}
        self.by.setdefault("", np.full(at + 1, -1))[at] = k
        self.added[tuple(fold(key.get(c, "")) for c in self.sheet.key)] = at
        return at

    # -- what is left -------------------------------------------------------------------------------------------------

    def record(self, i: int) -> str:
        """A record's key, for messages."""
        return ", ".join(filter(None, (as_text(self.columns[c][i]) for c in self.sheet.key)))

    def _result(self) -> Edited:
        """The table as it is now: defaults that were not changed are left unwritten."""
        size = len(self)
        changed = np.zeros(size, bool)
        for by in self.by.values():
            changed |= by >= 0
        column = owner(self.sheet.name)
        kept = ~self.gone
        if column:
            of = self.columns[column]
            owners = set(of[changed | (self.gone & (np.arange(size) >= self.written))].tolist())
            default = [v in owners for v in of[self.written : self.listed].tolist()]
        else:
            default = changed[self.written : self.listed].tolist()
            if self.sheet.name == "Periods" and size > self.listed:
                default = [True] * len(default)
        kept[self.written : self.listed] &= np.array(default, bool)
        columns = dict(self.columns)
        if self.sheet.name == "Funds":
            # An amount that nobody wrote or changed stays the sum of the fund's contributions.
            columns["amount"] = amount = columns["amount"].copy()
            changed_here = self.by.get("amount", np.full(size, -1))[: self.written] >= 0
            amount[: self.written][np.isnan(self.old["amount"]) & ~changed_here] = np.nan
        # Records that stand in no worksheet are told apart by negative numbers.
        new = min(int(self.old.rows.min(initial=0)), 0) - 1 - np.arange(size - self.written)
        rows = np.concatenate([self.old.rows, new.astype(np.int32)])
        table = Table(self.sheet.name, {c: v[kept] for c, v in columns.items()}, rows[kept])
        return Edited(self.old, table, {c: b[kept] for c, b in self.by.items()}, tuple(self.removed), self.edits)


def _number(value: object) -> float:
    if isinstance(value, float):
        return value
    reading = read_amount(str(value), percent=True) if str(value).strip() else None
    return reading.value if reading is not None and reading.level != "error" else np.nan


NUMBERS = frozenset(("number", "flag", "choice", "date", "any", "selection"))
"""Types of columns in which no name stands."""


def names_changed(edited: Edited, spec: Sheet) -> bool:
    """Whether records came or went, or a column with names was changed."""
    if edited.removed or "" in edited.by or len(edited.table) != len(edited.old):
        return True
    types = {c.name: c.type for c in spec.columns}
    return any(types.get(c, "text") not in NUMBERS and (c in types) for c in edited.by)
