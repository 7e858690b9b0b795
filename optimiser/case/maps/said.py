"""What a person says of one sheet of a foreign file, cell by cell of a form: from a proposal, and back into a map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from optimiser.case.maps.files import ForeignFile
from optimiser.case.maps.map_columns import titles_of
from optimiser.case.maps.map_form import Across, Split, TableMap
from optimiser.case.maps.meaning import concept
from optimiser.case.maps.proposed_map import PIVOT, created, noted_in, pivot_in, proposed_table, seen_in, sign_between
from optimiser.case.maps.shapes import SHAPES
from optimiser.case.maps.sheet_look import look_at
from optimiser.case.readable import written
from optimiser.case.reading.amounts import Mark
from optimiser.case.reading.sheets import RawSheet
from optimiser.case.reading.titles import known_column
from optimiser.case.spec import BY_NAME, Column

LEFT_OUT, KEPT, ACROSS, SEVERAL = "", "+", "across", "several"
"""Meanings of a column beside ours: left out, kept as an attribute, its title is a value, several names in a cell."""
WIDE: Mapping[str, tuple[str, str]] = {
    "Installments": ("period", "amount"),
    "Contributions": ("fund", "amount"),
    "Costs": ("category", "amount"),
    "Staff": ("role", "fte"),
    "Needs": ("role", "fte"),
}
"""Tables that stand across in files: our columns for a title and for a cell below it."""
Records = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Said:
    """What is said of a sheet. to: our table ("" left out); first, last: rows of its titles; meanings: position -> meaning;
    skip: words of rows that are left out too; fixed: our column -> what it is in every row; sure: positions that need no look;
    seen: position -> what stands there; look: sentences for a person; base: the map that it began from, whose other words
    (names, rows …) stand."""

    to: str = ""
    first: int = 1
    last: int = 1
    meanings: Mapping[int, str] = field(default_factory=dict)
    money: float | None = None
    decimal: Mark = ""
    same: Literal["refuse", "add"] = "refuse"
    headings: str = ""
    skip: tuple[str, ...] = ()
    fixed: Mapping[str, Any] = field(default_factory=dict)
    sure: frozenset[int] = frozenset()
    seen: Mapping[int, str] = field(default_factory=dict)
    look: tuple[str, ...] = ()
    base: TableMap | None = None

    def asked(self) -> list[Column]:
        """Columns of texts that every record must have and no column of the file holds: one text for all rows can."""
        spec = BY_NAME.get(self.to)
        held = {*self.meanings.values(), *(WIDE.get(self.to, ()) if ACROSS in self.meanings.values() else ())}
        if self.base and self.base.across:
            held |= {self.base.across.title, self.base.across.value}
        needed = [c for c in spec.columns if c.required and c.type != "number"] if spec else []
        return [c for c in needed if c.name not in held]

    def unit_told(self, sheet: RawSheet) -> str:
        """Where the file says the unit of money, with an example; "" where it does not, or money is in whole units."""
        if self.money in (None, 1):
            return ""
        factor, row = self.money or 1.0, noted_in(sheet, self.first, self.money)
        return f"Row {row} says so: 820 is read as {written(820 * factor)}." if row else ""


def proposed(file: ForeignFile, sheet: RawSheet, known: Records, rows: tuple[int, int] | None = None) -> Said:
    """What the program would say. rows: of the titles, where a person said so."""
    found = None if sheet.hidden else look_at(sheet, *(rows or (None, None)))
    if found is None:
        return Said(first=rows[0] if rows else 1, last=rows[1] if rows else 1)
    made = proposed_table(found, file, len(file.sheets), known)
    seen = {j: seen_in(found.profiles[j]) for j in found.columns}
    if made is None:
        look: tuple[str, ...] = (PIVOT,) if pivot_in(found) else ()
        return Said("", found.first, found.last, dict.fromkeys(found.columns, LEFT_OUT), seen=seen, look=look)
    table, guesses, told = made
    sure = frozenset(j for j, g in zip(found.columns, guesses, strict=True) if g.sure)
    return _said(table, found.titles, found.columns, sure, seen, told)


def kept(table: TableMap, sheet: RawSheet) -> Said:
    """What a map says that fits this sheet."""
    found = look_at(sheet, table.first, table.last)
    titles = titles_of(sheet, table.first, table.last)
    columns = found.columns if found else range(len(titles))
    seen = {j: seen_in(found.profiles[j]) for j in columns} if found else {}
    return _said(table, titles, columns, frozenset(columns), seen, ())


def _said(
    table: TableMap,
    titles: Sequence[str],
    columns: Sequence[int],
    sure: frozenset[int],
    seen: Mapping[int, str],
    look: tuple[str, ...],
) -> Said:
    meanings = {j: KEPT if (m := table.columns.get(titles[j], LEFT_OUT)).startswith("+") else m for j in columns}
    if table.across:
        meanings |= {j: ACROSS for j in columns if titles[j] in table.across.columns}
    if table.split:
        meanings |= {j: SEVERAL for j in columns if titles[j] == table.split.column}
    return Said(
        table.to, table.first, table.last, meanings, table.money, table.decimal, table.same, table.headings, table.skip, table.fixed,
        sure, seen, look, table,
    )  # fmt: skip


def as_table(said: Said, to: str, titles: Sequence[str]) -> Said:
    """The same sheet as another table: columns whose titles are known there or speak of what it needs, and nothing else."""
    spec = BY_NAME.get(to)
    meanings = dict.fromkeys(said.meanings, LEFT_OUT)
    for j in said.meanings if spec else ():
        column = known_column(spec.columns, titles[j])[0] if spec else ""
        if column and column not in meanings.values():
            meanings[j] = column
    for slot in SHAPES.get(to, ()):
        free = [j for about in slot.about for j in said.meanings if not meanings[j] and concept(titles[j]) == about]
        if free and slot.column not in meanings.values():
            meanings[free[0]] = slot.column
    return replace(said, to=to, meanings=meanings, headings="", skip=(), fixed={}, look=(), base=None)


def choices(said: Said) -> list[str]:
    """The meanings that a column of this sheet can have."""
    spec = BY_NAME.get(said.to)
    if spec is None:
        return [LEFT_OUT]
    made = [LEFT_OUT, *spec.names]
    made += [ACROSS] if said.to in WIDE else []
    made += ["-money"] if said.to == "Actuals" else []
    made += [SEVERAL] if said.to == "Initiatives" else []
    return made + ([KEPT] if spec.attributes else [])


def table_of(said: Said, file: ForeignFile, sheet: RawSheet, known: Records) -> TableMap | None:
    """The map of what was said of a sheet; None where it is left out."""
    if not said.to:
        return None
    titles = titles_of(sheet, said.first, said.last)
    base = said.base if said.base and said.base.to == said.to else TableMap(said.to)
    columns: dict[str, str] = {}
    across: list[str] = []
    split = None
    for j, meaning in said.meanings.items():
        title = titles[j]
        if meaning == ACROSS:
            across.append(title)
        elif meaning == SEVERAL and split is None:
            by = base.split.by if base.split and base.split.column == title else sign_between(sheet, said.last, j)
            split = Split(title, by, "Partners")
            own = base.columns.get(title, "") if base.split else ""
            columns[title] = LEFT_OUT if "lead" in said.meanings.values() else own or "lead"
        elif meaning == KEPT:
            columns[title] = own if (own := base.columns.get(title, "")).startswith("+") else f"+{title}"
        else:
            columns[title] = "" if meaning == SEVERAL else meaning
    wide = (base.across.title, base.across.value) if base.across else WIDE.get(said.to)
    table = replace(
        base,
        source=sheet.name if len(file.sheets) > 1 or not file.text else "",
        first=said.first,
        last=said.last,
        skip=said.skip,
        money=said.money,
        decimal=said.decimal,
        same=said.same,
        columns=columns,
        fixed={c: v for c, v in said.fixed.items() if c not in columns.values()},
        across=Across(tuple(across), *wide) if across and wide else None,
        split=split,
        headings=said.headings,
    )
    return created(table, file, known)
