"""How the cells of a worksheet lie: blank, merged and hidden rows, and cells whose value cannot be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from optimiser.case.faults import Fault, shown
from optimiser.case.reading.cells import Place, another_currency
from optimiser.case.reading.sheets import RawSheet, is_blank, letters
from optimiser.case.spec import Sheet
from optimiser.case.table import Array


def filled_rows(
    columns: Sequence[Sequence[Any]], used: Sequence[int], sheet: RawSheet, faults: list[Fault]
) -> list[int] | None:
    """Positions of the rows that hold anything in a used column (None: all); a gap in the middle is a warning."""
    length = len(columns[0]) if columns else 0
    if not used:
        return []
    doubtful = [i for i, v in enumerate(columns[used[0]]) if is_blank(v)]
    marked = {row - sheet.top - 1 for row, _ in sheet.marks}
    blank = {i for i in doubtful if i not in marked and all(is_blank(columns[j][i]) for j in used)}
    if not blank:
        return None
    kept = [i for i in range(length) if i not in blank]
    gaps = [i for i in blank if kept and i < kept[-1]]
    if gaps:
        first = min(gaps) + sheet.top + 1
        many = f" (and {len(gaps) - 1} more)" if len(gaps) > 1 else ""
        cure = "the rows below it are read too: delete the blank row if it stands there by mistake"
        faults.append(Fault(sheet.name, f"A{first}", "S10", f"a blank row{many}", "rows without gaps", cure, "warning"))
    return kept


def refused_cells(
    sheet: RawSheet, names: Mapping[int, str], rows: Array, faults: list[Fault]
) -> frozenset[tuple[int, str]]:
    """Error cells and formulas without a value, in used columns."""
    position = {int(row): i for i, row in enumerate(rows)} if sheet.marks else {}
    refused = set()
    for (row, column), (code, found) in sorted(sheet.marks.items()):
        if row in position and column in names:
            cell = f"{letters(column)}{row}"
            if code == "F12":
                expected = "a value of this workbook"
                cure = "check it, and paste it as a value if it should stay"
                what = f"{shown(found)}, a value from another workbook"
                faults.append(Fault(sheet.name, cell, code, what, expected, cure, "warning"))
                continue
            faults.append(refused_cell(sheet.name, cell, code, found))
            refused.add((position[row], names[column]))
    return frozenset(refused)


def refused_cell(sheet: str, cell: str, code: str, found: str) -> Fault:
    """The fault of a cell whose value cannot be read from the file."""
    if code == "N13":
        cure = "open the workbook in a spreadsheet program, let it calculate, and save; or write the value itself"
        expected = "the formula's value, as the spreadsheet program stores it"
        return Fault(sheet, cell, code, "a formula without a stored value", expected, cure)
    if code == "N18":
        cure = "type the number again, and save the workbook in a spreadsheet program"
        return Fault(sheet, cell, code, shown(found), "a number that the file holds in plain digits", cure)
    return Fault(sheet, cell, code, shown(found), "a value", "repair the formula, or write the value itself")


def doubtful_layout(sheet: RawSheet, names: Mapping[int, str], rows: Array) -> list[Fault]:
    """Merged cells among the records (only the first of them holds a value); hidden rows and columns, which are read too.

    names: column, from 1 -> name of each used column. rows: the rows of the records.
    """
    faults = []
    last = int(rows[-1]) if len(rows) else sheet.top
    for top, left, bottom, right in sheet.merged:
        if bottom <= sheet.top or top > last or not any(left <= column <= right for column in names):
            continue
        found = f"merged cells {letters(left)}{top}:{letters(right)}{bottom}"
        cure = "unmerge them and fill in each cell"
        faults.append(Fault(sheet.name, f"{letters(left)}{top}", "S06", found, "one value in each cell", cure))
    cure = "they are read too: unhide them to see what is counted, or delete them"
    if rows_hidden := sheet.unseen.rows:
        found = f"{rows_hidden} hidden or filtered row{'s' * (rows_hidden > 1)}"
        faults.append(Fault(sheet.name, "", "S11", found, "rows that can be seen", cure, "warning"))
    if hidden := [f"{letters(column)} ({name})" for column, name in names.items() if sheet.unseen.hides(column)]:
        found = f"hidden column{'s' * (len(hidden) > 1)} {', '.join(hidden)}"
        faults.append(Fault(sheet.name, "", "S11", found, "columns that can be seen", cure, "warning"))
    return faults


def other_formats(
    spec: Sheet, sheet: RawSheet, names: Mapping[int, str], rows: Array, currency: str
) -> Iterator[Fault]:
    """Columns of money whose number format shows another currency than the case's. names, rows: as above."""
    money = {c.name for c in spec.columns if c.unit.startswith("money")}
    for j, name in names.items():
        signs = {i: sheet.currencies.get((int(row), j), "") for i, row in enumerate(rows)} if sheet.currencies else {}
        found = {i: (f"a number shown in {sign}", sign) for i, sign in signs.items() if sign and name in money}
        yield from another_currency(found, Place(sheet.name, name, letters(j), rows.tolist()), currency)
