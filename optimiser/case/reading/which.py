"""Which sheet of a file is which table: by its name, by a word that people use for it, by its titles."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence

from optimiser.case.faults import Fault, shown
from optimiser.case.names import fold_title, nearest
from optimiser.case.reading.cells import as_text
from optimiser.case.reading.sheets import RawSheet
from optimiser.case.reading.title import without_year
from optimiser.case.reading.titles import LIKE_A_COLUMN, title_row
from optimiser.case.spec import BY_NAME, SHEETS

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

MAP_SHEET, TIE_SHEET = "Import map", "Reconciliation"
"""Sheets beside a case that was brought in by a map: the map, and the sums of both sides."""
STAMP_SHEET = "Stamp"
"""The sheet of a request workbook that says whose it is and of which round."""
SOLVED_IN = "scenario"
"""With a number behind it: the key in Proof of a scenario whose changes are in the sheets of the case."""
IGNORED_SHEETS = (*PLAN_SHEETS, "README", "Library", "Lists", "Faults", MAP_SHEET, TIE_SHEET, STAMP_SHEET)

_SHEET_TITLES = {fold_title(s.name): s.name for s in SHEETS}
_ALSO = {fold_title(also): s.name for s in SHEETS for also in s.also}
_IGNORED_TITLES = frozenset(fold_title(name) for name in IGNORED_SHEETS)
_AROUND = re.compile(
    r"^\s*\d{1,2}\s*[.)\-–:]\s*|\s*[-–]\s*Table\s*\d+\s*$|\s*\(\d+\)\s*$|\s+(?:sheet|tab|list|table)\s*$", re.IGNORECASE
)


def known_sheet(title: str) -> str:
    """The sheet of the specification that has this title, "" if none has."""
    return _SHEET_TITLES.get(fold_title(title), "")


def ours(title: str) -> bool:
    """Whether a sheet is one that this program writes beside a case's own."""
    return fold_title(title) in _IGNORED_TITLES


def meant_sheet(title: str) -> str:
    """The sheet that a title in people's words means ("Funds - Table 1", "2. Projects", "FY27 Departments"), "" if none."""
    bare = without_year(_AROUND.sub("", _AROUND.sub("", title)))[0].strip(" -–_")
    return next(
        (name for t in (title, bare) for known in (_SHEET_TITLES, _ALSO) if (name := known.get(fold_title(t)))), ""
    )


def which_sheets(sheets: Sequence[RawSheet]) -> tuple[dict[str, RawSheet], list[Fault]]:
    """Table -> its worksheet, and what is said of the sheets.

    A sheet that is not called as its table is read where its words and its titles leave no doubt, and that is said.
    Where a required one is missing, the sheet that is nearly it is an error, and yet looked into, so that its own
    faults are told at once.
    """
    found: dict[str, RawSheet] = {}
    faults: list[Fault] = []
    others: list[RawSheet] = []
    for sheet in sheets:
        name = known_sheet(sheet.name)
        if name and name in found:
            faults.append(_second(sheet, name, found[name]))
        elif name:
            found[name] = sheet
        elif not ours(sheet.name):
            others.append(sheet)
    for sheet in list(others):
        meant = meant_sheet(sheet.name)
        name = "" if sheet.hidden else meant or _nearly(sheet)
        if not name or not (title_row(BY_NAME[name], sheet) or (meant and BY_NAME[name].required)):
            continue
        if name not in found:
            found[name] = sheet
            cure = f"it is read as {name}: rename it to be sure, or rename it to something else if it is not"
            expected = f"the sheet {name}"
            faults.append(Fault(sheet.name, "", "S01", "a sheet under another name", expected, cure, "warning"))
        elif known_sheet(found[name].name):
            continue  # the table is there under its own name: this is another sheet
        else:
            faults.append(_second(sheet, name, found[name]))
        others.remove(sheet)
    for spec in SHEETS:
        if spec.required and spec.name not in found:
            likely = _likely(spec.name, others)
            faults.append(_missing(spec.name, likely))
            if likely:
                found[spec.name] = likely
                others.remove(likely)
        elif spec.required and found[spec.name].hidden:
            title = found[spec.name].name
            faults.append(Fault(title, "", "S02", "a hidden sheet", "a visible sheet", "unhide it and look at it"))
    missing = [s.name for s in SHEETS if s.required and s.name not in found]
    faults += [_unknown(sheet, found, missing) for sheet in others]
    return found, faults


def solved_in(sheets: Sequence[RawSheet]) -> tuple[str, ...]:
    """The scenarios that the sheet Proof of a plan's workbook names: their changes are in the sheets of its case."""
    proof = next((sheet for sheet in sheets if fold_title(sheet.name) == fold_title("Proof")), None)
    rows = [tuple(as_text(v) for v in row[:2]) for row in (proof.rows if proof else ()) if len(row) > 1]
    return tuple(said for key, said in rows if re.fullmatch(rf"{SOLVED_IN} \d+", key))


def missing_records(present: Mapping[str, object], titles: Sequence[str]) -> list[Fault]:
    """One fault for each required table that plain records lack."""
    spare = [RawSheet(t, []) for t in titles if not known_sheet(t) and not ours(t)]
    faults = []
    for spec in SHEETS:
        if not spec.required or spec.name in present:
            continue
        likely = _likely(spec.name, spare)
        cure = f"rename {shown(likely.name)} to {spec.name}" if likely else "add one"
        expected = f"at least one record in each of {', '.join(s.name for s in SHEETS if s.required)}"
        faults.append(Fault(spec.name, "", "S01", f"no record of {spec.name}", expected, cure))
    return faults


def unknown_records(title: str, present: Mapping[str, object]) -> Fault:
    """The fault of records under a name that is no table's."""
    missing = [s.name for s in SHEETS if s.required and s.name not in present]
    return _unknown(RawSheet(title, []), present, missing)


def _nearly(sheet: RawSheet) -> str:
    """The optional table whose name is nearly the sheet's, if the sheet's titles are that table's."""
    for spec in SHEETS:
        alike = difflib.SequenceMatcher(None, fold_title(sheet.name), fold_title(spec.name)).ratio()
        if not spec.required and alike >= LIKE_A_COLUMN and title_row(spec, sheet):
            return spec.name
    return ""


def _likely(name: str, others: Sequence[RawSheet]) -> RawSheet | None:
    """The sheet that seems to be a missing one: by its name, else by its titles if it is the only one with them."""
    shown_ones = [s for s in others if not s.hidden]
    near = nearest(name, (s.name for s in shown_ones))
    if near:
        return next(s for s in shown_ones if s.name == near)
    fitting = [s for s in shown_ones if title_row(BY_NAME[name], s)]
    return fitting[0] if len(fitting) == 1 else None


def _missing(name: str, likely: RawSheet | None) -> Fault:
    cure = f"rename the sheet {shown(likely.name)} to {name}" if likely else f"add a sheet {name}"
    expected = f"the sheets {', '.join(s.name for s in SHEETS if s.required)}"
    return Fault(likely.name if likely and likely.rows else name, "", "S01", f"no sheet {name}", expected, cure)


def _second(sheet: RawSheet, name: str, first: RawSheet) -> Fault:
    cure = f"keep one of them (the other is {shown(first.name)})"
    return Fault(sheet.name, "", "S16", "a second sheet of this name", f"one sheet {name}", cure)


def _unknown(sheet: RawSheet, found: Mapping[str, object], missing: Sequence[str]) -> Fault:
    """What is said of a sheet that is no table: a warning, an error where a required sheet may be meant by it."""
    if sheet.hidden:
        return Fault(sheet.name, "", "S02", "a hidden sheet", "visible sheets", "it is ignored", "warning")
    free = {fold_title(s.name): s.name for s in SHEETS if s.name not in found}
    near = difflib.get_close_matches(fold_title(sheet.name), free, n=1, cutoff=LIKE_A_COLUMN)
    meant = free[near[0]] if near else ""
    cure = f"it is not read; if {meant} is meant, rename it to {meant}" if meant else "it is not read"
    if missing:
        meant = meant or " or ".join(missing)
        cure = f"if it holds the table {meant}, rename it to {meant}; otherwise call it README"
    level = "error" if missing else "warning"
    return Fault(sheet.name, "", "S01", "an unknown sheet", "a sheet of the workbook's specification", cure, level)
