"""Cells as text and back: what a grid or a form shows, and what a person typed, read as a workbook's cell is read."""

from __future__ import annotations

import re
from typing import Any

from optimiser.case.faults import Fault
from optimiser.case.names import fold
from optimiser.case.readable import capital, column_words
from optimiser.case.reading.amounts import read_number
from optimiser.case.spec import BY_NAME, SETTINGS, Column
from optimiser.desk.state import Draft, Record, blank

_SHARES = ("share",)
FIRST = {"Funds": ("amount",), "Initiatives": ("request",), "Rules": ("at_least", "at_most", "active")}
"""What people change most, table by table."""
ASKED = {"Agencies": ("kind",), "Funds": FIRST["Funds"], "Initiatives": ("request", "theme", "lead", "score")}
"""What is asked when a record is added, beside what it cannot do without."""


NOT_TYPED = ("boundary",)
"""Columns that nobody types: an outline comes from a file."""


def column_of(draft: Draft, sheet: str, name: str) -> Column:
    """The column of the specification; an attribute is a number where all its cells are."""
    for column in BY_NAME[sheet].columns:
        if column.name == name:
            return column
    values = [v for r in draft.records(sheet) if not blank(v := r.values.get(name))]
    numbers = bool(values) and all(isinstance(v, float | int) and not isinstance(v, bool) for v in values)
    return Column(name, "number" if numbers else "text", "An attribute of your own, usable in selections and formulas.")


def title_of(column: Column) -> str:
    """The column as a label: Match rate, UEI, FTE."""
    return capital(column_words(column.name))


def shown(column: Column, value: Any) -> str:
    """A cell as text: 1,250,000 or 25%; "" where blank."""
    if blank(value):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float | int):
        if column.unit in _SHARES:
            return f"{value * 100:,.12g}%"
        return f"{value:.12g}" if column.unit == "year" else f"{value:,.15g}"
    return str(value)


def typed(column: Column, text: Any) -> Any:
    """What was typed as a value: a number where it can be read in one way only, else the text as it stands."""
    if isinstance(text, bool):
        return text
    written = "" if text is None else str(text).strip()
    if column.type == "flag" and fold(written) in ("yes", "no"):
        return fold(written) == "yes"
    if column.type not in ("number", "any") or not written:
        return written
    reading = read_number(written, column.unit)
    readable = reading.level != "error" and (column.type == "number" or reading.code == "N01")
    return reading.value if readable else written


def options(draft: Draft, column: Column, sheet: str) -> list[str]:
    """What a reference may name, in order; empty for everything else."""
    if (sheet, column.name) == ("Case", "setting"):
        there = {fold(str(r.values.get("setting", ""))) for r in draft.records(sheet)}
        return [s.name for s in SETTINGS if s.name not in there]
    if column.type == "choice":
        return list(column.choices)
    if column.type != "ref":
        return []
    if column.refers:
        key = BY_NAME[column.refers].key[0]
        found = [str(r.values.get(key, "")) for r in draft.records(column.refers)]
    else:
        places = {"role": (("Staff", "role"), ("Needs", "role")), "can_do": (("Staff", "role"), ("Needs", "role"))}
        found = [
            str(r.values.get(c, ""))
            for s, c in places.get(column.name, ((sheet, column.name),))
            for r in draft.records(s)
        ]
    return sorted({v for v in found if v}, key=fold) if column.refers != "Periods" else [v for v in found if v]


def lacking(draft: Draft, column: Column, value: Any) -> str:
    """The table that a reference could be added to with nothing but its key, where it is not there yet; else ""."""
    if column.type != "ref" or not column.refers or blank(value):
        return ""
    spec = BY_NAME[column.refers]
    alone = len(spec.key) == 1 and all(c.name in spec.key for c in spec.columns if c.required)
    there = {fold(str(r.values.get(spec.key[0], ""))) for r in draft.records(column.refers)}
    return column.refers if alone and fold(str(value)) not in there else ""


def also_changed(draft: Draft, sheet: str, cells: dict[int, dict[str, Any]]) -> dict[str, dict[int, dict[str, Any]]]:
    """What changes with an edit: a fund's installments are scaled with its amount, to the unit of the case."""
    scaled: dict[int, dict[str, Any]] = {}
    if sheet != "Funds":
        return {}
    for record in draft.records("Funds"):
        before, after = record.values.get("amount"), cells.get(record.number, {}).get("amount")
        if not isinstance(before, float | int) or not isinstance(after, float | int) or before <= 0 or before == after:
            continue
        fund = fold(str(record.values.get("fund", "")))
        rows = [r for r in draft.records("Installments") if fold(str(r.values.get("fund", ""))) == fund]
        amounts = [float(a) for r in rows if isinstance(a := r.values.get("amount"), float | int)]
        if not rows or len(amounts) < len(rows) or abs(sum(amounts) - before) > 0.01:
            continue
        left = float(after)
        for row, amount in zip(rows[:-1], amounts, strict=False):
            part = float(round(amount * after / before))
            scaled[row.number] = {"amount": part}
            left -= part
        scaled[rows[-1].number] = {"amount": round(left, 2)}
    return {"Installments": scaled} if scaled else {}


def suggestions(column: Column, fault: Fault) -> list[str]:
    """Values that the cure of a fault names, ready to be set with one click."""
    for pattern in (
        r'^write "([^"]+)"',
        r"it could be ([\d.]+) or ([\d.]+)",
        r"^if ([\d.]+) was meant",
        r"^write ([\d.]+%?)(?: or| if|$)",
    ):
        found = re.search(pattern, fault.cure)
        if found:
            return list(found.groups())
    over = re.fullmatch(r'"?([\d.]+)"?', fault.found)
    if column.high < 1e9 and over and len(over[1]) > 1 and float(over[1]) / 10 <= column.high < float(over[1]):
        return [f"{float(over[1]) / 10:g}"]
    return []


def places(draft: Draft) -> dict[int, list[tuple[str, Fault]]]:
    """Of each record the faults of its cells, with their columns."""
    found: dict[int, list[tuple[str, Fault]]] = {}
    for fault in draft.checked().faults:
        at: tuple[Record, str] | None = draft.record_of(fault)
        if at is not None:
            found.setdefault(at[0].number, []).append((at[1], fault))
    return found
