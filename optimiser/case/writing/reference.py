"""The reference page of the workbook, made from the specification: `python -m optimiser.case.writing.reference`."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Iterator, Sequence

from optimiser.case.codes import CODES
from optimiser.case.reading.which import PLAN_SHEETS
from optimiser.case.spec import SETTINGS, SHEETS, Column, Sheet
from optimiser.case.writing.writer import default_text

FAMILIES = {
    "F": "The file",
    "S": "Sheets, titles and rows",
    "N": "Numbers",
    "K": "Keys and names",
    "D": "Dates and periods",
    "V": "Values",
    "L": "Selections and rules",
    "R": "Records that contradict themselves or each other",
    "O": "Outcomes and what they count for",
    "E": "Reviews",
    "C": "Scenarios",
    "U": "Uncertainty",
    "A": "Actuals",
    "M": "Maps of files that are not ours",
    "I": "Requests of agencies",
    "W": "Weights of members",
    "X": "Checks themselves",
}


def workbook_reference() -> str:
    """Every sheet, column, setting and fault code as one Markdown page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# The workbook"
    yield ""
    yield "<!-- Made from the specification by `python -m optimiser.case.writing.reference > docs/workbook.md`; do not edit. -->"
    yield ""
    yield (
        "One sheet per table, titles in row 1, one row per record. Titles of sheets and columns are matched ignoring case, "
        "spaces and underscores; words that people use for them (below, as *also*) are read and said. A unit beside a title "
        "is never dropped: thousands or millions, as in `request [$000]`, are multiplied and said; another currency than the "
        "case's, or other numbers (`actuals`), are refused. Other sheets are not read, with a warning. A sheet that is "
        "absent or empty takes its default, so the smallest useful workbook has three sheets: "
        + ", ".join(f"[{s.name}](#{s.name.lower()})" for s in SHEETS if s.required)
        + "."
    )
    yield ""
    yield (
        "Money is in units of the case's currency, shares are fractions (`25%` is 0.25), staff is in full-time equivalents "
        "(FTE). Additional columns of "
        + ", ".join(s.name for s in SHEETS if s.attributes)
        + " are attributes, usable in selections and formulas. A key that stands twice is an error, never a sum."
    )
    yield ""
    yield (
        "These sheets of a plan's workbook are not read: "
        + ", ".join(PLAN_SHEETS)
        + ". README and Lists are not either."
    )
    yield ""
    yield "No criminal-justice information belongs in a case."
    for sheet in SHEETS:
        yield from _sheet(sheet)
        if sheet.name == "Case":
            yield from _settings()
    yield from _codes()


def _sheet(sheet: Sheet) -> Iterator[str]:
    yield from ("", f"## {sheet.name}", "", sheet.help + (" Required." if sheet.required else ""))
    if sheet.also:
        yield from ("", f"Also: {', '.join(sheet.also)}.")
    yield from ("", f"One row for each {' and '.join(sheet.key)}.")
    rows = []
    for column in sheet.columns:
        also = f" Also: {', '.join(column.also)}." if column.also else ""
        rows.append((f"`{column.name}`", holds(column), column.unit, blank(column), column.help + also))
    yield from _table(("column", "holds", "unit", "blank means", "meaning"), rows)


def _settings() -> Iterator[str]:
    rows = [(f"`{s.name}`", holds(s), blank(s), s.help) for s in SETTINGS]
    yield from _table(("setting", "holds", "blank means", "meaning"), rows)


def _codes() -> Iterator[str]:
    yield from ("", "## Faults", "")
    yield (
        "A fault says where it stands, what was found, what was expected and what to do: "
        '`[N03] Funds!E4: found "TBD"; expected an amount of money, 0 or more; write a number, or leave the cell blank`. '
        "While an error stands, nothing of the workbook is taken over; a warning goes on, and is kept with the case."
    )
    for letter, title in FAMILIES.items():
        yield from ("", f"### {title}")
        yield from _table(("code", "meaning"), [row for row in CODES.items() if row[0].startswith(letter)])


def holds(column: Column) -> str:
    """What a cell of the column holds, in a few words."""
    if column.type == "key":
        return "name, once"
    if column.type == "ref":
        return f"a record of {column.refers}" if column.refers else "name"
    if column.type == "flag":
        return "yes or no"
    if column.type == "choice":
        return "one of " + ", ".join(column.choices)
    if column.type != "number":
        return {"any": "text or number"}.get(column.type, column.type)
    low, high = column.low, column.high
    if math.isfinite(low) and math.isfinite(high):
        return f"number, {low:g} to {'below ' if column.below_high else ''}{high:g}"
    return f"number, {low:g} or more" if math.isfinite(low) else "number"


def blank(column: Column) -> str:
    """What a blank cell means: required, the default, or blank."""
    if column.required:
        return "required"
    return default_text(column) if column.default not in (None, "") else ""


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield from ("", _row(titles), "|" + "---|" * len(titles))
    yield from map(_row, rows)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    sys.stdout.write(workbook_reference())
