"""Keys and what refers to them: one spelling for one name, no key twice, no name that stands for nothing.

After `connect` every reference is written exactly as the key that it means, so that all later code compares
exact strings.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from optimiser.case.faults import Fault, shown
from optimiser.case.names import fold, fold_title, nearest, skeleton
from optimiser.case.reading.cells import Place, Typed, as_text
from optimiser.case.spec import BY_NAME, SHEETS, STANDARD_CATEGORIES, Sheet
from optimiser.case.table import Array, Table, text

Names = dict[str, str]
"""Folded name -> the name as its own sheet writes it."""
Where = Callable[[str, str], Place]

GROUPS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "category": (("Costs", "category"), ("Actuals", "category"), ("Categories", "category")),
    "role": (("Staff", "role"), ("Needs", "role"), ("Substitutes", "role"), ("Substitutes", "can_do")),
    "outcome": (("Outcomes", "outcome"), ("History", "outcome")),
    "curve": (("Curves", "curve"),),
    "theme": (("Initiatives", "theme"),),
    "measure": (("Performance", "measure"),),
    "scenario": (("Scenarios", "scenario"),),
    "reviewer": (("Reviews", "reviewer"),),
    "criterion": (("Reviews", "criterion"),),
}
"""Names without a sheet of their own: columns in which one name must have one spelling, the first that is seen."""

ITEMS: Mapping[str, str] = {"initiative": "Initiatives", "agency": "Agencies", "area": "Areas"}
ACCOUNT_ITEMS: Mapping[str, str] = {
    "fund": "Funds",
    "credit": "Funds",
    "agency": "Agencies",
    "initiative": "Initiatives",
    "period": "Periods",
}
UNCERTAIN_ITEMS: Mapping[str, str] = {
    "fund": "Funds",
    "initiative": "Initiatives",
    "agency": "Agencies",
    "staff": "Agencies",
    "outcome": "Initiatives",
}
BY_KIND: tuple[tuple[str, str, Mapping[str, str]], ...] = (
    ("Priorities", "item", ITEMS),
    ("Performance", "item", ITEMS),
    ("Account codes", "item", ACCOUNT_ITEMS),
    ("Uncertainty", "item", UNCERTAIN_ITEMS),
    ("Uncertainty", "detail", {"staff": "role"}),
)
"""Columns of names of several kinds: their sheet, and what each kind refers to where it is not called as the kind itself."""
ALWAYS = ("Agencies", "Funds", "Initiatives")
"""Sheets without which there is no case."""
ADDED_UP = ("Actuals", "Contributions", "Installments")
"""Sheets whose rows of one key are parts of a sum, as a ledger has them."""
_PARTED = re.compile(r"[,;/&+|\n]|\band\b", re.IGNORECASE)
SUGGESTED = 40
"""Names for which the nearest known one is sought in one column (each takes a look at all known names)."""


def connect(
    tables: Mapping[str, Table], where: Where, unread: frozenset[str] = frozenset()
) -> tuple[dict[str, Table], list[Fault]]:
    """The tables with every reference in the spelling of its key, and the faults of keys and references.

    where(sheet, column) says where that column's cells stand. unread: sheets whose records are not known; what names one
    of them is no fault.
    """
    made = dict(tables)
    known = {sheet.name: _names(made[sheet.name][sheet.columns[0].name]) for sheet in SHEETS}
    displayed = {sheet.name: _displayed(made[sheet.name], sheet) for sheet in SHEETS}
    known["Periods"] = known["Periods"] or {"fy": "FY"}
    faults: list[Fault] = []
    for sheet in SHEETS:
        for column in sheet.columns:
            if column.refers and column.refers not in unread and len(made[sheet.name]):
                values = made[sheet.name][column.name]
                place = where(sheet.name, column.name)
                names = displayed[column.refers]
                written, found = _resolved(values, known[column.refers], column.refers, place, names=names)
                made[sheet.name] = made[sheet.name].replace(**{column.name: written})
                faults += found
    for group, columns in GROUPS.items():
        known[group] = {fold(c): c for c in STANDARD_CATEGORIES} if group == "category" else {}
        for name, title in columns:
            made[name] = made[name].replace(**{title: _one_spelling(made[name][title], known[group])})
    for name in (*unread, *(g for g, columns in GROUPS.items() if any(sheet in unread for sheet, _ in columns))):
        del known[name]
    scenarios = made["Scenarios"]["sheet"]
    made["Scenarios"] = made["Scenarios"].replace(sheet=text([_sheet_name(v) for v in scenarios]))
    for name, title, targets in BY_KIND:
        made[name], found = _items(made[name], known, where(name, title), targets)
        faults += found
    for sheet in SHEETS:
        faults += duplicates(sheet, made[sheet.name], where)
        faults += look_alikes(sheet, made[sheet.name], where)
    return made, faults


def duplicates(sheet: Sheet, table: Table, where: Where) -> list[Fault]:
    """Keys that stand twice (after trimming and folding); both cells are named."""
    if len(table) < 2:
        return []
    parts = [_folded(table[c]) for c in sheet.key]
    keys = list(zip(*parts, strict=True)) if len(parts) > 1 else parts[0]
    if len(set(keys)) == len(keys):
        return []
    needed = [j for j, c in enumerate(sheet.key) if sheet.column(c).required]
    place = where(sheet.name, sheet.key[0])
    first: dict[Any, int] = {}
    faults = []
    for i, key in enumerate(keys):
        if any((key[j] if len(parts) > 1 else key) == "" for j in needed):
            continue  # a blank is reported as a blank
        j = first.setdefault(key, i)
        if j != i:
            found = ", ".join(filter(None, (as_text(table[c][i]) for c in sheet.key)))
            expected = f"each {' and '.join(sheet.key)} once"
            cure = f"it also stands in {place.cell(j)}: remove one of the two, or rename it"
            if sheet.name in ADDED_UP:
                cure = f"it also stands in {place.cell(j)}: add them up in one row for each {' and '.join(sheet.key)}"
            faults.append(place.fault(i, "K01", found, expected, cure))
    return faults


def look_alikes(sheet: Sheet, table: Table, where: Where) -> list[Fault]:
    """Keys of a sheet that look the same and are not, since their letters are of other alphabets (K04)."""
    column = sheet.columns[0]
    if column.type != "key" or not len(table) or all(v.isascii() for v in table[column.name].tolist()):
        return []
    place = where(sheet.name, column.name)
    first: dict[str, int] = {}
    faults = []
    for i, v in enumerate(table[column.name].tolist()):
        j = first.setdefault(skeleton(v), i)
        if fold(table[column.name][j]) != fold(v):
            expected = f"a name that does not look like the one in {place.cell(j)}"
            faults.append(place.fault(i, "K04", v, expected, "type the name again by hand, in one alphabet"))
    return faults


def _names(values: Iterable[str]) -> Names:
    known: Names = {}
    for v in values:
        if v:
            known.setdefault(fold(v), v)
    return known


def _folded(values: Array) -> list[Any]:
    if values.dtype != object:
        return list(values.tolist())
    folds = {v: fold(v) for v in set(values.tolist())}
    return [folds[v] for v in values.tolist()]


def _one_spelling(values: Array, known: Names) -> Array:
    """Each name in the spelling that was seen first; new names are added to `known`."""
    spelling = {"": ""}
    for v in values.tolist():
        if v not in spelling:
            spelling[v] = known.setdefault(fold(v), v)
    return text([spelling[v] for v in values.tolist()])


def _sheet_name(written: str) -> str:
    return next((name for name in BY_NAME if fold_title(name) == fold_title(written)), written)


def _displayed(table: Table, sheet: Sheet) -> Names:
    """Folded name as people read it -> key, for names that belong to one record alone."""
    if "name" not in sheet.names or sheet.key == ("name",):
        return {}
    pairs = [(fold(name), key) for name, key in table.each("name", sheet.key[0])]
    counts = Counter(name for name, _ in pairs)
    return {name: key for name, key in pairs if name and key and counts[name] == 1}


def _resolved(
    values: Array, known: Names, target: str, place: Place, level: str = "error", names: Names | None = None
) -> Typed:
    """References in the spelling of their keys; one fault for each that means nothing.

    names: what people call the records; who writes that means the record, and it is said.
    """
    names = names or {}
    spelling = {v: known.get(fold(v)) or names.get(fold(v)) or v if v else "" for v in set(values.tolist())}
    unknown = {v for v in spelling if v and fold(v) not in known}
    faults = []
    cures: dict[str, tuple[str, str, str, str]] = {}
    if unknown:
        for i, v in enumerate(values.tolist()):
            if v in unknown:
                if v not in cures:
                    suggest = len(cures) < SUGGESTED and len(known) <= 5000
                    read = names.get(fold(v))
                    cures[v] = (
                        ("K06", f"it is read as {read}: write {shown(read)}", "warning", read)
                        if read
                        else (*_cure(v, known, names, target, place, suggest), level, _near(v, known, names, suggest))
                    )
                code, cure, how, meant = cures[v]
                meant = "" if _several(v, known, names) else meant
                faults.append(place.fault(i, code, v, _expected(target), cure, how, meant))
                if target in ALWAYS and not known:
                    break  # the sheet that is missing or empty is the fault, and not every cell that names its records
    return text([spelling[v] for v in values.tolist()]), faults


def _expected(target: str) -> str:
    if target in BY_NAME:
        return f"{_article(BY_NAME[target].columns[0].name)} of the sheet {target}"
    return f"{_article(target)} that some row has"


def _article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def _several(value: str, known: Names, names: Names) -> list[str]:
    """The names in a cell that holds several ("Police, Health"), of which at least one is known; else none."""
    parts = [p.strip() for p in _PARTED.split(value) if p.strip()]
    known_ones = [p for p in parts if fold(p) in known or fold(p) in names]
    return parts if len(parts) > 1 and known_ones else []


def _cure(value: str, known: Names, names: Names, target: str, place: Place, suggest: bool) -> tuple[str, str]:
    """The code and the cure of a name that means nothing."""
    if value.isdigit():
        padded = next((k for k in known.values() if k.isdigit() and k.lstrip("0") == value.lstrip("0")), "")
        if padded:
            return "K03", f"the key is {shown(padded)}: write both alike, in cells that are formatted as text"
    code = "D03" if target == "Periods" else "K02"
    several = _several(value, known, names)
    if several and target == "Agencies" and place.column == "lead":
        cure = "write the one agency that leads, and list all of them on the sheet Partners, a row for each"
        return code, f"{cure}: {', '.join(several)}"
    if several:
        return code, f"write one name in each cell: a row for each of {', '.join(several)}"
    near = _near(value, known, names, suggest)
    add = f"add it to {target}" if target in BY_NAME else "use one that occurs"
    if target in BY_NAME and not known:
        return code, f"the sheet {target} has no rows: add this one there, or leave the cell blank"
    if target == "Periods" and tuple(known) == ("fy",):
        add = "list the periods on the sheet Periods (without it there is one, FY)"
    return code, f"write {shown(near)}, or {add}" if near else f"{add}, or correct the name"


def _near(value: str, known: Names, names: Names, suggest: bool) -> str:
    """The key that is most like a name, "" where none is."""
    called = {**{fold(k): k for k in known.values()}, **names}
    return called.get(fold(nearest(value, called)), "") if suggest else ""


def _items(
    table: Table, known: Mapping[str, Names], place: Place, targets: Mapping[str, str]
) -> tuple[Table, list[Fault]]:
    """A column (of BY_KIND) in which names stand: what they refer to stands in the column `of`."""
    if not len(table):
        return table, []
    items, of = table[place.column].copy(), table["of"]
    level = "warning" if table.name == "Priorities" else "error"
    faults: list[Fault] = []
    for kind in sorted(set(of.tolist()) - {""}):
        target = targets.get(kind, kind)
        if target not in known:
            continue
        alone = text([item if o == kind else "" for item, o in zip(items.tolist(), of.tolist(), strict=True)])
        written, found = _resolved(alone, known[target], target, place, level)
        items[of == kind] = written[of == kind]
        faults += found
    return table.replace(**{place.column: items}), faults
