"""How the cells of a worksheet lie: blank, merged and hidden rows, and cells whose value cannot be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from optimiser.case.faults import Fault, shown
from optimiser.case.sheets import RawSheet, letters
from optimiser.case.table import Array


def filled_rows(
    columns: Sequence[Sequence[Any]], used: Sequence[int], sheet: RawSheet, faults: list[Fault]
) -> list[int] | None:
    """Positions of the rows that hold anything in a used column (None: all); a gap in the middle is a warning."""
    length = len(columns[0]) if columns else 0
    if not used:
        return []
    doubtful = [i for i, v in enumerate(columns[used[0]]) if type(v) is str and not v.strip()]
    marked = {row - 2 for row, _ in sheet.marks}
    blank = {
        i
        for i in doubtful
        if i not in marked and all(type(columns[j][i]) is str and not columns[j][i].strip() for j in used)
    }
    if not blank:
        return None
    kept = [i for i in range(length) if i not in blank]
    gaps = [i for i in blank if kept and i < kept[-1]]
    if gaps:
        first = min(gaps) + 2
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
            if code == "N13":
                expected = "the formula's value, as the spreadsheet program stores it"
                cure = (
                    "open the workbook in a spreadsheet program, let it calculate, and save; or write the value itself"
                )
                faults.append(Fault(sheet.name, cell, code, "a formula without a stored value", expected, cure))
            else:
                cure = "repair the formula, or write the value itself"
                faults.append(Fault(sheet.name, cell, code, shown(found), "a value", cure))
            refused.add((position[row], names[column]))
    return frozenset(refused)


def doubtful_layout(sheet: RawSheet, names: Mapping[int, str], rows: Array) -> list[Fault]:
    """Merged cells among the records (only the first of them holds a value), and hidden rows that are read too.

    names: column, from 1 -> name of each used column. rows: the rows of the records.
    """
    faults = []
    last = int(rows[-1]) if len(rows) else 1
    for top, left, bottom, right in sheet.merged:
        if bottom < 2 or top > last or not any(left <= column <= right for column in names):
            continue
        found = f"merged cells {letters(left)}{top}:{letters(right)}{bottom}"
        cure = "unmerge them and fill in each cell"
        faults.append(Fault(sheet.name, f"{letters(left)}{top}", "S06", found, "one value in each cell", cure))
    if sheet.hidden_rows:
        found = f"{sheet.hidden_rows} hidden or filtered row{'s' * (sheet.hidden_rows > 1)}"
        cure = "they are read too: unhide them to see what is counted, or delete them"
        faults.append(Fault(sheet.name, "", "S11", found, "rows that can be seen", cure, "warning"))
    return faults
