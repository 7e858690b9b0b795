"""The empty workbook that people start from: every sheet with titles, units and lists, and a sheet that says how."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from optimiser.case.reading.sheets import letters
from optimiser.case.spec import SHEETS, Column, Sheet
from optimiser.case.writing.printing import set_up
from optimiser.case.writing.saved import as_workbook
from optimiser.case.writing.writer import (
    ROWS_WITH_LISTS,
    TEXT,
    TEXTS,
    PlainSheet,
    Target,
    add_lists,
    add_plain,
    column_comment,
    format_cell,
    linked,
    new_cell,
    number_format,
    title_cell,
)

if TYPE_CHECKING:
    from openpyxl import Workbook

SIGNED = ("change",)
"""Columns whose texts begin with a sign, which a spreadsheet would make a number or a formula of."""
ROWS_OF_TEXT = 200
WIDTHS = (24, 24, 20, 20, 16)
"""Of the columns of the sheet README, in characters; a line of text goes over all of them."""
LINE = sum(WIDTHS) - 6
STEPS = (
    "1. Fill in Agencies, Funds and Initiatives. They are the only sheets that must have rows.",
    "2. Add other sheets as you need them; an empty sheet takes the default that is said below.",
    "3. Check the workbook: every fault is listed with its cell and its cure.",
    "4. Solve it, and read the plan: who gets what, which rules bind, and why.",
)
NOTES = (
    "Dark titles are required, light ones may stay blank. Each title has a comment that explains its column.",
    "Money is in units of the case's currency. Shares are fractions: 25% or 0.25. Staff is in FTE.",
    "The last sheet, Library, lists named grant rules with their citations; copy what applies to Rules and fill in {…}.",
    "Additional columns of Agencies, Funds, Initiatives and Areas are attributes: rules can select by them.",
    "Do not merge cells, leave no blank rows, and keep the titles in row 1.",
    "No criminal-justice information belongs in this workbook: no names of suspects, victims or witnesses, no case "
    "numbers, no intelligence. Use totals.",
)
EXAMPLE: tuple[tuple[str, tuple[tuple[Any, ...], ...]], ...] = (
    ("Agencies", (("agency", "name", "kind"), ("PD", "City Police", "police"), ("DA", "Prosecutor", "prosecutor"))),
    ("Funds", (("fund", "kind", "amount"), ("JAG", "joint grant", 500000), ("Pool", "pooled", 200000))),
    (
        "Initiatives",
        (
            ("initiative", "theme", "lead", "request"),
            ("Violence interruption", "prevention", "PD", 240000),
            ("Case tracking", "technology", "DA", 90000),
        ),
    ),
)


def titled(sheet: Sheet) -> list[str]:
    """The titles of a sheet with their units in brackets, as the template has them: "request [money]"."""
    return [f"{c.name} [{c.unit}]" if c.unit else c.name for c in sheet.columns]


def write_template(target: Target, last: Sequence[PlainSheet] = ()) -> None:
    """Write an empty workbook with every sheet, its titles with their units, drop-down lists, and a README sheet.

    last: sheets beside those of a case, at the end. Raises ValueError for a path that does not end in .xlsx.
    """
    from openpyxl import Workbook

    as_workbook(target)
    book = Workbook(write_only=True)
    _readme(book)
    sizes = {s.name: ROWS_WITH_LISTS for s in SHEETS}
    for spec in SHEETS:
        made = book.create_sheet(spec.name)
        made.freeze_panes = "A2"
        made.sheet_properties.tabColor = "1F3A5F" if spec.required else "B8C4D6"
        titles = titled(spec)
        set_up(made, [max(12.0, len(title) + 3.0) for title in titles])
        for j, column in enumerate(spec.columns, 1):
            made.column_dimensions[letters(j)].number_format = _format(column)
        add_lists(made, spec, spec.names, sizes, ROWS_WITH_LISTS)
        named = zip(titles, spec.columns, strict=True)
        made.append([title_cell(made, title, column_comment(column), column.required) for title, column in named])
        signed = [c.name in SIGNED for c in spec.columns]
        for _ in range(ROWS_OF_TEXT if any(signed) else 0):  # cells of their own, since programs differ on columns
            made.append([format_cell(made, TEXT) if here else None for here in signed])
    for sheet in last:
        add_plain(book, sheet)
    book.save(target)


def _format(column: Column) -> str:
    """The number format of a column: Text where a spreadsheet would make a number or a formula of what is typed."""
    if column.type in TEXTS:
        return TEXT
    return number_format(column, (0.125,) if column.unit == "share" else ()) or "General"


def _readme(book: Workbook) -> None:
    """The first sheet: what to do, an example, what each sheet is for."""
    from openpyxl.styles import Alignment, Font, PatternFill

    made = book.create_sheet("README")
    set_up(made, WIDTHS, "")
    grey = PatternFill("solid", start_color="F2F2F2")

    rows = 0

    def add(cells: list[Any]) -> None:
        nonlocal rows
        rows += 1
        made.append(cells)

    def line(text: str, bold: bool = False, size: int = 11) -> None:
        for part in wrap(text, LINE) or [""]:
            cell = new_cell(made, part)
            cell.font, cell.alignment = Font(bold=bold, size=size), Alignment(vertical="top")
            add([cell])

    line("A case: who shares which money and people, and for what", True, 16)
    for step in STEPS:
        line(step)
    add([])
    for note in NOTES:
        line(note, bold=note.startswith("No criminal"))
    add([])
    line("An example (it is not read)", True, 13)
    for name, example in EXAMPLE:
        line(name, True)
        for number, row in enumerate(example):
            cells = [new_cell(made, value) for value in row]
            for cell in cells:
                cell.fill, cell.font = grey, Font(italic=True, bold=number == 0)
            add(cells)
        add([])
    line("The sheets", True, 13)
    for spec in SHEETS:
        link = new_cell(made, spec.name)
        linked(link, rows + 1, 1, spec.name, "A1")
        link.font = Font(color="0563C1", underline="single", bold=spec.required)
        text = ("Required. " if spec.required else "") + spec.help
        for k, part in enumerate(wrap(text, LINE - WIDTHS[0])):
            add([link if k == 0 else None, part])
