"""Titles of sheets and columns: matched to the specification, with the nearest known name where they do not match."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence

from optimiser.case.faults import Fault, shown
from optimiser.case.names import fold_title, nearest
from optimiser.case.sheets import RawSheet, letters
from optimiser.case.spec import SHEETS, Sheet

PLAN_SHEETS = (
    "Summary",
    "Spend",
    "Posts",
    "Hires",
    "Levels",
    "Match",
    "Awards",
    "Received",
    "Balances",
    "Achieved",
    "Compliance",
    "Proof",
    "Why",
)
"""Sheets that a plan's workbook has beside those of its case; they are not read."""

IGNORED_SHEETS = (*PLAN_SHEETS, "README", "Library", "Lists", "Faults")
LIKE_A_COLUMN = 0.8
"""How alike an attribute's title and a known column's are before it is taken for a slip of the pen."""

_SHEET_TITLES = {fold_title(s.name): s.name for s in SHEETS}
_IGNORED_TITLES = frozenset(fold_title(name) for name in IGNORED_SHEETS)


def known_sheet(title: str) -> str:
    """The sheet of the specification that has this title, "" if none has."""
    return _SHEET_TITLES.get(fold_title(title), "")


def ours(title: str) -> bool:
    """Whether a sheet is one that this program writes beside a case's own."""
    return fold_title(title) in _IGNORED_TITLES


def without_unit(title: str) -> str:
    """A column's title without the unit in brackets after it: "request [money]" -> "request"."""
    return re.sub(r"\s*[\[(][^\[\]()]*[\])]\s*$", "", title)


def missing_sheets(found: Mapping[str, object], titles: Sequence[str]) -> list[Fault]:
    """One fault for each required sheet that is absent or hidden."""
    faults = []
    for spec in SHEETS:
        if not spec.required:
            continue
        sheet = found.get(spec.name)
        if sheet is None:
            near = nearest(spec.name, (t for t in titles if not known_sheet(t) and not ours(t)))
            cure = f"rename the sheet {shown(near)} to {spec.name}" if near else f"add a sheet {spec.name}"
            expected = f"the sheets {', '.join(s.name for s in SHEETS if s.required)}"
            faults.append(Fault(spec.name, "", "S01", f"no sheet {spec.name}", expected, cure))
        elif isinstance(sheet, RawSheet) and sheet.hidden:
            faults.append(Fault(sheet.name, "", "S02", "a hidden sheet", "a visible sheet", "unhide it and look at it"))
    return faults


def header(spec: Sheet, sheet: RawSheet, titles: Sequence[str]) -> tuple[list[str], list[Fault]]:
    """The name of each column ("" where it is not read), and what is wrong with the titles.

    Known columns take the name of the specification; where the sheet may have attributes, other columns keep
    their title as written. Titles stand in row 1.
    """
    known = {fold_title(c): c for c in spec.names}
    names: list[str] = []
    faults: list[Fault] = []
    unknown: list[tuple[int, str]] = []
    seen: dict[str, int] = {}
    for j, title in enumerate(titles):
        cell = f"{letters(j + 1)}1"
        folded = fold_title(title)
        name = known.get(folded) or known.get(fold_title(without_unit(title))) or title.strip()
        identity = fold_title(name)
        if not folded:
            if any(j < len(row) and row[j] != "" for row in sheet.rows[1:]):
                cure = "write a title, or clear the column"
                faults.append(Fault(sheet.name, cell, "S05", "no title above data", "a title", cure))
            names.append("")
        elif identity in seen:
            cure = f"it also stands in {letters(seen[identity] + 1)}1: rename or remove one of the two columns"
            faults.append(Fault(sheet.name, cell, "S04", shown(title), "each title once", cure))
            names.append("")
        else:
            seen[identity] = j
            if name in spec.names or spec.attributes:
                names.append(name)
            else:
                names.append("")
                unknown.append((j, title))
            if name not in spec.names and spec.attributes:
                faults += near_attributes(spec, sheet.name, cell, title, titles)
    absent = [c for c in spec.names if c not in names]
    for j, title in unknown:
        near = nearest(title, absent)
        cure = f"rename it to {near}" if near else "remove the column"
        expected = "one of the columns " + ", ".join(spec.names)
        faults.append(
            Fault(sheet.name, f"{letters(j + 1)}1", "S03", f"an unknown column {shown(title)}", expected, cure)
        )
    if len(sheet.rows) > 1 or spec.required:
        faults += _missing(spec, sheet, titles, names)
    return names, faults


def lost_titles(spec: Sheet, sheet: RawSheet, titles: Sequence[str]) -> Fault | None:
    """The one fault of a worksheet without its row of titles: none in row 1 is known, or nearly so, and there are cells.

    Every cell and every name that others mean by it would be a fault else, and none of them the one to mend.
    """
    known = [fold_title(c) for c in spec.names]
    written = [fold_title(t) for t in titles] + [fold_title(without_unit(t)) for t in titles]
    if any(difflib.get_close_matches(t, known, n=1, cutoff=LIKE_A_COLUMN) for t in written if t):
        return None
    if all(v == "" for row in sheet.rows for v in row):
        return None
    below = _header_row(spec, sheet)
    if below:
        cure = f"move the titles from row {below} to row 1, and delete what stands above them"
        return Fault(sheet.name, "A1", "S03", "no titles in row 1", "the titles in row 1", cure)
    needed = ", ".join(c.name for c in spec.columns if c.required)
    first = next((t for t in titles if t.strip()), "")
    found = f"no titles in row 1, but {shown(first)}" if first else "no titles in row 1"
    cure = (
        "insert a row above the first record and write the titles in it; what stands there under other titles, rename"
    )
    return Fault(sheet.name, "A1", "S03", found, f"the titles {needed} and those of the other columns in row 1", cure)


def near_attributes(spec: Sheet, sheet: str, cell: str, title: str, titles: Iterable[str]) -> list[Fault]:
    """A warning if an attribute is named nearly like a column of the sheet that is absent."""
    present = {fold_title(without_unit(t)) for t in titles}
    for column in spec.names:
        if fold_title(column) in present:
            continue
        alike = difflib.SequenceMatcher(None, fold_title(title), fold_title(column)).ratio()
        if alike >= LIKE_A_COLUMN:
            cure = f"if {column} is meant, rename it; otherwise it is kept as an attribute"
            expected = f"one of the columns {', '.join(spec.names)}, or an attribute named unlike them"
            return [Fault(sheet, cell, "S17", shown(title), expected, cure, "warning")]
    return []


def _missing(spec: Sheet, sheet: RawSheet, titles: Sequence[str], names: Sequence[str]) -> list[Fault]:
    faults = []
    spare = [t for t, name in zip(titles, names, strict=True) if t and name not in spec.names]
    for column in spec.columns:
        if column.required and column.name not in names:
            near = nearest(column.name, spare)
            cure = f"rename the column {shown(near)} to {column.name}" if near else f"add a column {column.name}"
            expected = f"the column {column.name} ({column.help.split(':')[0].rstrip('.').lower()})"
            faults.append(Fault(sheet.name, "", "S03", f"no column {column.name}", expected, cure))
    return faults


def _header_row(spec: Sheet, sheet: RawSheet) -> int:
    """The row, from 1, among the first 20 in which the titles seem to stand; 0 if in none."""
    wanted = {fold_title(c.name) for c in spec.columns if c.required}
    for number, row in enumerate(sheet.rows[1:20], 2):
        if wanted <= {fold_title(v) for v in row if isinstance(v, str)}:
            return number
    return 0
