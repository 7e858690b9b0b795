"""Titles of columns: matched to the specification in its words or in people's, with the unit that stands beside them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from optimiser.case.faults import Fault, shown
from optimiser.case.names import fold, fold_title, nearest
from optimiser.case.reading.amounts import plain
from optimiser.case.reading.currencies import same_currency
from optimiser.case.reading.sheets import RawSheet, letters
from optimiser.case.reading.title import Title, read_note, read_title, without_year
from optimiser.case.spec import STANDARD_CATEGORIES, Column, Sheet

LIKE_A_COLUMN = 0.8
"""How alike an attribute's title and a known column's are before it is taken for a slip of the pen."""
TITLES_WITHIN = 20
"""Rows among which the titles are looked for."""
NO_SCALE = ("share", "0 to 100", "year", "date", "")
"""Units of which there are no thousands."""
OTHER_MONEY = frozenset(
    "actual actuals spent expended expenditure expenditures prior previous old obsolete ignore draft unaudited superseded".split()  # noqa: SIM905
)
"""Words beside a name after which its numbers are others than the column's."""
HAS_BEEN = ("baseline", "actual", "funding", "money", "value")
"""Columns of what was: such words fit there."""


@dataclass(frozen=True)
class Header:
    """The titles of a sheet, read.

    names: of each column ("" where it is not read). units: column -> its unit, where one stands in its title.
    """

    names: list[str]
    faults: list[Fault]
    units: Mapping[str, Title] = field(default_factory=dict)


def known_column(columns: Sequence[Column], title: str) -> tuple[str, Title, str]:
    """The column that a title names, its unit, and how it was found: "" as it is called, else the words read as it.

    The column is "" where none is meant.
    """
    known = {fold_title(c.name): c.name for c in columns}
    folded, unit = fold_title(title), read_title(title)
    if folded in known:
        return known[folded], Title(title), ""
    if fold_title(unit.name) in known:
        return known[fold_title(unit.name)], unit, ""
    also = {fold_title(a): c.name for c in columns for a in c.also}
    bare, year = without_year(unit.name)
    for name in (title, unit.name, bare):
        found = also.get(fold_title(name)) or (known.get(fold_title(name)) if year and name == bare else None)
        if found:
            rest = ", ".join(filter(None, (year if name == bare else "", unit.rest)))
            return found, replace(unit, rest=rest), name.strip()
    return "", unit, ""


def fits(spec: Sheet, titles: Sequence[object]) -> bool:
    """Whether a row names every column that the sheet must have."""
    named = {known_column(spec.columns, t)[0] for t in titles if isinstance(t, str) and t.strip()}
    return {c.name for c in spec.columns if c.required} <= named


def title_row(spec: Sheet, sheet: RawSheet) -> int:
    """The row, from 1, in which the titles seem to stand; 0 if in none of the first ones.

    Below row 1 a row must look like titles and not like a record in which such a word stands: texts alone, and at
    least half of them, and two, known.
    """
    for number, row in enumerate(sheet.rows[:TITLES_WITHIN], 1):
        if not fits(spec, row):
            continue
        filled = [v for v in row if v != ""]
        known = [w for v in filled if isinstance(v, str) and (w := known_column(spec.columns, v))[0]]
        if number == 1 or (
            all(isinstance(v, str) for v in filled)
            and 2 * len(known) >= len(filled)
            and (len(known) > 1 or not known[0][2])
        ):
            return number
    return 0


def header(spec: Sheet, sheet: RawSheet, titles: Sequence[str], currency: str = "USD") -> Header:
    """The titles of a sheet, and what is wrong with them.

    Known columns take the name of the specification; where the sheet may have attributes, other columns keep
    their title as written. currency: of the case.
    """
    read = [known_column(spec.columns, t) for t in titles]
    exact = {name for name, _, words in read if name and not words}
    names: list[str] = []
    faults: list[Fault] = []
    unknown: list[tuple[int, str]] = []
    units: dict[str, Title] = {}
    seen: dict[str, int] = {}
    for j, (title, (name, unit, words)) in enumerate(zip(titles, read, strict=True)):
        cell = f"{letters(j + 1)}{sheet.top}"
        if words and name in exact:
            name = ""  # the column is there under its own name: this is another one
        identity = fold_title(name or title)
        if not identity:
            if any(j < len(row) and row[j] != "" for row in sheet.rows[1:]):
                cure = "write a title, or clear the column"
                faults.append(Fault(sheet.name, cell, "S05", "no title above data", "a title", cure))
            names.append("")
        elif identity in seen:
            cure = (
                f"it also stands in {letters(seen[identity] + 1)}{sheet.top}: rename or remove one of the two columns"
            )
            told = f"each title once ({shown(title)} would be read as {name})" if words else "each title once"
            faults.append(Fault(sheet.name, cell, "S04", shown(title), told, cure))
            names.append("")
        elif name or spec.attributes:
            seen[identity] = j
            names.append(name or title.strip())
            if not name:
                faults += near_attributes(spec, sheet.name, cell, title, titles)
                continue
            if words:
                cure = f"it is read as {name}: rename it to be sure, or rename it to something else if it is not"
                faults.append(Fault(sheet.name, cell, "S19", shown(title), f"the title {name}", cure, "warning"))
            told_unit, fault = unit_of(
                spec.column(name), unit, Fault(sheet.name, cell, "S18", shown(title), "", ""), currency
            )
            units |= {name: told_unit} if told_unit else {}
            faults += [fault] if fault else []
        else:
            seen[identity] = j
            names.append("")
            unknown.append((j, title))
    across = _across(spec, sheet, names, unknown)
    if across:
        return Header(names, [*faults, across], units)
    absent = [c for c in spec.names if c not in names]
    for j, title in unknown:
        near = nearest(title, absent)
        cure = (
            f"rename it to {near} if that is meant, or clear it"
            if near
            else "it is not read: rename it if one of these is meant"
        )
        expected = "one of the columns " + ", ".join(spec.names)
        told = f"an unknown column {shown(title)}"
        level = "error" if near else "warning"
        faults.append(Fault(sheet.name, f"{letters(j + 1)}{sheet.top}", "S03", told, expected, cure, level))
    if len(sheet.rows) > 1 or spec.required:
        faults += _missing(spec, sheet, titles, names)
    return Header(names, faults, units)


def unit_of(column: Column, unit: Title, at: Fault, currency: str) -> tuple[Title | None, Fault | None]:
    """The unit that a column's numbers are read in, and what is to be said of it. at: a fault with its place."""
    is_money, is_number = column.unit.startswith("money"), column.type == "number"
    beside = set(fold(unit.rest).replace(",", " ").split())
    if unit.rest and fold(unit.rest) in (fold(column.unit), "%", "percent", "yes/no", *map(fold, column.choices)):
        unit = replace(unit, rest="")
    if unit.currency and is_money and not same_currency(unit.currency, currency):
        cure = f"convert the amounts, or write {unit.currency} as the currency on the sheet Case"
        return None, replace(at, expected=f"amounts in {currency}, the currency of the case", cure=cure)
    if unit.factor != 1 and (not is_number or column.unit in NO_SCALE):
        return None, replace(at, expected=f"the title {column.name}, which has no thousands", cure="correct the title")
    if unit.rest and (beside & OTHER_MONEY or "do not use" in fold(unit.rest)) and column.name not in HAS_BEEN:
        cure = f"if these are the numbers of {column.name}, title them so; if not, remove the column or rename it"
        return None, replace(at, expected=f"the title {column.name} alone", cure=cure)
    if unit.factor != 1:
        cure = f"each number is multiplied by {plain(unit.factor)}: 2 is read as {plain(2 * unit.factor)}"
        return unit, replace(at, expected=f"{column.name} in whole units", cure=cure, level="warning")
    if unit.rest:
        cure = f"it is read as {column.name}, and nothing is made of {shown(unit.rest)}: check that it is what is meant"
        return None, replace(at, expected=f"the title {column.name} alone", cure=cure, level="warning")
    return None, None


def lowered(spec: Sheet, sheet: RawSheet, currency: str) -> tuple[RawSheet, Title | None, list[Fault]]:
    """The sheet from its row of titles on, the unit that is noted above them, and what is said of that.

    A sheet whose titles stand in row 1, or are not found, is as it was.
    """
    row = title_row(spec, sheet)
    if row < 2:
        return sheet, None, []
    above = [(r, c, v) for r, cells in enumerate(sheet.rows[: row - 1], 1) for c, v in enumerate(cells, 1) if v != ""]
    first = f", not {shown(above[0][2])}" if above else ""
    cure = f"they are read from row {row}; to be sure, move the titles from row {row} to row 1, and delete what stands above them"
    faults = [
        Fault(sheet.name, f"A{row}", "S03", f"titles in row {row}", f"the titles in row 1{first}", cure, "warning")
    ]
    noted = None
    for r, c, value in above:
        note = read_note(value) if isinstance(value, str) else None
        if note is None or noted:
            continue
        at = Fault(
            sheet.name, f"{letters(c)}{r}", "S18", shown(value), "amounts in whole units of the case's currency", ""
        )
        if note.currency and not same_currency(note.currency, currency):
            cure = f"convert the amounts, or write {note.currency} as the currency on the sheet Case"
            faults.append(replace(at, expected=f"amounts in {currency}, the currency of the case", cure=cure))
        elif note.factor != 1:
            noted = note
            cure = f"each amount of money on the sheet is multiplied by {plain(note.factor)}"
            faults.append(replace(at, cure=cure, level="warning"))
    return replace(sheet, rows=sheet.rows[row - 1 :], top=row), noted, faults


def lost_titles(spec: Sheet, sheet: RawSheet, titles: Sequence[str]) -> Fault | None:
    """The one fault of a worksheet without its row of titles: none in row 1 is known, or nearly so, and there are cells.

    Every cell and every name that others mean by it would be a fault else, and none of them the one to mend.
    """
    known = [fold_title(c) for c in spec.names]
    for title in titles:
        written = {fold_title(title), fold_title(read_title(title).name)} - {""}
        if known_column(spec.columns, title)[0] or any(
            difflib.get_close_matches(w, known, n=1, cutoff=LIKE_A_COLUMN) for w in written
        ):
            return None
    if all(v == "" for row in sheet.rows for v in row):
        return None
    needed = ", ".join(c.name for c in spec.columns if c.required)
    first = next((t for t in titles if t.strip()), "")
    found = f"no titles in row 1, but {shown(first)}" if first else "no titles in row 1"
    cure = (
        "insert a row above the first record and write the titles in it; what stands there under other titles, rename"
    )
    return Fault(sheet.name, "A1", "S03", found, f"the titles {needed} and those of the other columns in row 1", cure)


def near_attributes(spec: Sheet, sheet: str, cell: str, title: str, titles: Iterable[str]) -> list[Fault]:
    """A warning if an attribute is named nearly like a column of the sheet that is absent."""
    present = {known_column(spec.columns, t)[0] for t in titles}
    for column in spec.names:
        if column in present:
            continue
        alike = difflib.SequenceMatcher(None, fold_title(title), fold_title(column)).ratio()
        if alike >= LIKE_A_COLUMN:
            cure = f"if {column} is meant, rename it; otherwise it is kept as an attribute"
            expected = f"one of the columns {', '.join(spec.names)}, or an attribute named unlike them"
            return [Fault(sheet, cell, "S17", shown(title), expected, cure, "warning")]
    return []


def _across(spec: Sheet, sheet: RawSheet, names: Sequence[str], unknown: Sequence[tuple[int, str]]) -> Fault | None:
    """The one fault of a wide table, in whose titles stand the names that should stand in a column."""
    keys = [c for c in spec.key if spec.column(c).required and c not in names]
    values = [c.name for c in spec.columns if c.type == "number" and c.name not in spec.key]
    standard = {fold(c) for c in STANDARD_CATEGORIES}
    told = len(unknown) > 1 or any(fold(title) in standard for _, title in unknown)
    if not values or len(keys) != 1 or len(spec.key) < 2 or not told or any(nearest(t, keys) for _, t in unknown):
        return None
    if any(c in names for c in values if spec.column(c).required or c == "share"):
        return None
    others = [c for c in spec.key if c in names]
    if not others:
        return None
    wanted = next((c for c in values if spec.column(c).required), values[0])
    listed = ", ".join(shown(title) for _, title in unknown[:3]) + (" …" if len(unknown) > 3 else "")
    expected = f"the columns {', '.join(spec.key)} and {wanted}: one row for each {' and '.join((*others, keys[0]))}"
    cure = f"write each number in a row of its own, with its title in the column {keys[0]} and the number in {wanted}"
    return Fault(sheet.name, f"{letters(unknown[0][0] + 1)}{sheet.top}", "S03", f"titles {listed}", expected, cure)


def _missing(spec: Sheet, sheet: RawSheet, titles: Sequence[str], names: Sequence[str]) -> list[Fault]:
    faults = []
    spare = [t for t, name in zip(titles, names, strict=True) if t and name not in spec.names]
    for column in spec.columns:
        if column.required and column.name not in names:
            near = nearest(column.name, spare)
            cure = f"rename the column {shown(near)} to {column.name}" if near else f"add a column {column.name}"
            expected = f"the column {column.name} ({column.help[:1].lower()}{re.split('[:.]', column.help[1:])[0]})"
            faults.append(Fault(sheet.name, "", "S03", f"no column {column.name}", expected, cure))
    return faults
