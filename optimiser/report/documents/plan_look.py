"""What a spreadsheet program would show of a plan's sheets otherwise than it stands in the file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from optimiser.case.reading.cells import as_text
from optimiser.case.reading.number_format import is_date, shows, shows_text
from optimiser.case.reading.sheets import RawSheet, letters
from optimiser.case.reading.shown import Area, ShownCell, ShownFile, ShownSheet, overlap
from optimiser.case.tolerances import BARELY, HAIR
from optimiser.report.documents.summary_check import places, plain_formula

NEAR: Mapping[str, float] = {"money": 0.5, "share": 0.005, "exact": 0.0}
"""By how much a shown number may be another than the value, in the column's unit: what is lost when it is shown rounded."""
NEAR_ELSE = 0.05
"""The same for other units."""


@dataclass(frozen=True)
class VerifiedPart:
    """What of a sheet was verified: rows, and columns with their units; cells: which of these, where not all are.

    formulas: those that may stand there; missing: cells without a value, which need theirs; restored: cells whose text
    another program made a formula of.
    """

    name: str
    sheet: RawSheet
    rows: frozenset[int]
    columns: Mapping[int, str]
    cells: frozenset[tuple[int, int]] | None = None
    formulas: Mapping[tuple[int, int], str] = field(default_factory=dict)
    missing: frozenset[tuple[int, int]] = frozenset()
    restored: frozenset[tuple[int, int]] = frozenset()

    def has(self, row: int, column: int) -> bool:
        """Whether this cell was verified."""
        if self.cells is not None:
            return (row, column) in self.cells
        return row in self.rows and column in self.columns

    def area(self) -> Area:
        """The smallest area that holds all of it."""
        rows, columns = self.rows or {1}, self.columns or {1: ""}
        return min(rows), min(columns), max(rows), max(columns)


@dataclass(frozen=True)
class Seen:
    """wrong: (name of the sheet, sentence) of what is shown otherwise than it stands there; remarks: what may be."""

    wrong: tuple[tuple[str, str], ...]
    remarks: tuple[str, ...]


def seen_otherwise(file: ShownFile, parts: Mapping[str, VerifiedPart]) -> Seen:
    """Everything on the verified parts of sheets that a reader would see otherwise. parts: by the sheets' names."""
    wrong: list[tuple[str, str]] = []
    remarks: list[str] = []
    for sheet in file.sheets:
        part = parts.get(sheet.name)
        if part is None:
            if sheet.kind != "worksheet":
                remarks.append(
                    f"{sheet.name} is no worksheet ({sheet.kind or 'of an unknown kind'}): it was not looked at."
                )
            continue
        sentences, remarked = _cells(file, sheet, part)
        wrong += [(part.name, sentence) for sentence in (*_layout(sheet, part), *sentences)]
        remarks += [*_about(sheet, part), *remarked]
    if file.as_displayed:
        said = "The file is set to “precision as displayed”: when it is opened, numbers become what they are shown as."
        wrong.append(("Proof", said))
    if any("quer" in part.lower() or "connection" in part.lower() for part in file.refreshed):
        wrong.append(("Proof", "The file has a query: when it is opened, cells may be filled anew from elsewhere."))
    elif file.refreshed:
        remarks.append(
            f"The file has parts that come from elsewhere ({', '.join(file.refreshed)}); they were not looked at."
        )
    return Seen(tuple(wrong), tuple(remarks))


def _layout(sheet: ShownSheet, part: VerifiedPart) -> Iterator[str]:
    """What is hidden or covered as a whole."""
    rows = sorted(sheet.hidden_rows & part.rows)
    if rows:
        named = ", ".join(map(str, rows[:3])) + (f" and {len(rows) - 3} more" if len(rows) > 3 else "")
        said = f"the rows {named} are" if len(rows) > 1 else f"the row {named} is"
        yield f"{part.name}: {said} hidden or filtered out. Unhide to see the whole plan."
    columns = sorted({c for first, last in sheet.hidden_columns for c in part.columns if first <= c <= last})
    if columns:
        named = ", ".join(letters(c) for c in columns)
        said = f"the columns {named} are" if len(columns) > 1 else f"the column {named} is"
        yield f"{part.name}: {said} hidden. Unhide to see the whole plan."
    for top, left, bottom, right in sheet.merged:
        covered = [
            (r, c)
            for r in range(top, min(bottom, len(part.sheet.rows)) + 1)
            for c in range(left, min(right, part.area()[3]) + 1)
            if (r, c) != (top, left) and part.has(r, c) and as_text(part.sheet.cell(r, c)) != ""
        ]
        if covered or _joined(part, top, left, bottom, right):
            yield f"{part.name}: the merged cells {letters(left)}{top}:{letters(right)}{bottom} show one value for several cells."
    if any(overlap(area, part.area()) for area in sheet.covers):
        yield f"{part.name}: a picture, a chart or a text box stands over the plan's cells and may hide them."
    for ranges, why in sheet.conditional:
        if any(overlap(area, part.area()) for area in ranges):
            yield f"{part.name} has a conditional format that may show something else than the value: {why}."


def _joined(part: VerifiedPart, top: int, left: int, bottom: int, right: int) -> bool:
    """Whether several rows of a table are joined into one cell."""
    return part.cells is None and any(part.has(r, left) and r != top for r in range(top, bottom + 1)) and right >= left


def _about(sheet: ShownSheet, part: VerifiedPart) -> Iterator[str]:
    if sheet.drawings and not any(overlap(area, part.area()) for area in sheet.covers):
        yield f"{part.name}: a picture, a chart or a text box stands beside the plan; what it shows was not looked at."


def _cells(file: ShownFile, sheet: ShownSheet, part: VerifiedPart) -> tuple[list[str], list[str]]:
    """What single cells show, each reason once with its cells; and what is to be remarked of them."""
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    calculated, runs = set(), []
    for cell in file.cells(sheet):
        at = cell.row, cell.column
        if part.has(*at):
            for why in _why(cell, part):
                found[why].append(at)
            if cell.formula is not None:
                calculated.add(at)
            if cell.runs:
                runs.append(at)
    lost = sorted(part.missing - calculated)
    if lost:
        found["is blank, where a figure should stand"] += lost
    remarks = [f"{part.name}!{places(runs)}: parts of the text have formats of their own; the whole text was checked."]
    return [f"{part.name}!{places(cells)} {why}." for why, cells in found.items()], remarks if runs else []


def _why(cell: ShownCell, part: VerifiedPart) -> Iterator[str]:
    """Why a reader would see something else in this cell than what was verified."""
    at, value = (cell.row, cell.column), part.sheet.cell(cell.row, cell.column)
    if cell.formula is not None and at not in part.restored:
        allowed = part.formulas.get(at)
        if allowed is None:
            yield "is a formula where a value was written: a spreadsheet program may show something else than the value kept"
        elif plain_formula(cell.formula) != plain_formula(allowed):
            yield "is another formula than was written: a spreadsheet program may show another figure than the one kept"
    if as_text(value) == "" and not cell.text:
        return
    if cell.style.unseen:
        yield f"cannot be read as it is: {cell.style.unseen}"
    if cell.kind == "n" and cell.text:
        yield from _number(cell, value, part.columns.get(cell.column, ""))
    elif cell.kind == "s" and not shows_text(cell.style.format):
        yield f"has a format that shows another text: {cell.style.format}"


def _number(cell: ShownCell, value: Any, unit: str) -> Iterator[str]:
    try:
        stored = float(cell.text)
    except ValueError:
        yield "holds something else than a plain number, which programs may read differently"
        return
    code = cell.style.format
    if not isinstance(value, float | int) or isinstance(value, bool):
        if not is_date(code):
            yield f"is a number that its format shows as something else: {code}"
        return
    if value != stored:
        yield f"is read as {as_text(value)} by one program and as {as_text(stored)} by another"
    seen = shows(code, stored)
    near = NEAR.get("money" if unit.startswith("money") else unit, NEAR_ELSE)
    if seen is None or abs(seen - stored) > near * (1 + HAIR) + BARELY * abs(stored):
        shown_as = "" if seen is None else f" ({as_text(seen)} for {as_text(stored)})"
        yield f"has a number format that shows something else than the value{shown_as}: {code}"
