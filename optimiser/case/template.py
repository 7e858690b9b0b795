"""The empty workbook that people start from: every sheet with titles, units and lists, and a sheet that says how."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from optimiser.case.sheets import letters
from optimiser.case.spec import SHEETS, Sheet
from optimiser.case.writer import (
    ROWS_WITH_LISTS,
    PlainSheet,
    Target,
    add_lists,
    add_plain,
    column_comment,
    new_cell,
    number_format,
    title_cell,
)

if TYPE_CHECKING:
    from openpyxl import Workbook

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


def write_empty(target: Target, last: Sequence[PlainSheet] = ()) -> None:
    """Write the template to a path or a binary file; `last`: sheets to read beside it, such as the library of rules."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    _readme(book)
    sizes = {s.name: ROWS_WITH_LISTS for s in SHEETS}
    for spec in SHEETS:
        made = book.create_sheet(spec.name)
        made.freeze_panes = "A2"
        made.sheet_properties.tabColor = "1F3A5F" if spec.required else "B8C4D6"
        titles = titled(spec)
        for j, (title, column) in enumerate(zip(titles, spec.columns, strict=True)):
            dimension = made.column_dimensions[letters(j + 1)]
            dimension.width = max(12, len(title) + 3)
            dimension.number_format = number_format(column, (0.125,) if column.unit == "share" else ()) or "General"
        add_lists(made, spec, spec.names, sizes, ROWS_WITH_LISTS)
        made.append(
            [
                title_cell(made, title, column_comment(column), column.required)
                for title, column in zip(titles, spec.columns, strict=True)
            ]
        )
    for sheet in last:
        add_plain(book, sheet)
    book.save(target)


def _readme(book: Workbook) -> None:
    """The first sheet: what to do, an example, what each sheet is for."""
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.worksheet.hyperlink import Hyperlink

    made = book.create_sheet("README")
    for letter, width in zip("ABCDEFG", (24, 22, 18, 18, 18, 18, 18), strict=True):
        made.column_dimensions[letter].width = width
    grey = PatternFill("solid", start_color="F2F2F2")

    def line(text: str, bold: bool = False, size: int = 11) -> None:
        cell = new_cell(made, text)
        cell.font, cell.alignment = Font(bold=bold, size=size), Alignment(vertical="top")
        made.append([cell])

    line("A case: who shares which money and people, and for what", True, 16)
    for step in STEPS:
        line(step)
    made.append([])
    for note in NOTES:
        line(note, bold=note.startswith("No criminal"))
    made.append([])
    line("An example (it is not read)", True, 13)
    for name, rows in EXAMPLE:
        line(name, True)
        for number, row in enumerate(rows):
            cells = [new_cell(made, value) for value in row]
            for cell in cells:
                cell.fill, cell.font = grey, Font(italic=True, bold=number == 0)
            made.append(cells)
        made.append([])
    line("The sheets", True, 13)
    for number, (spec, text) in enumerate(_about(), _rows_before()):
        link = new_cell(made, spec.name)
        link.row, link.column = number, 1
        link.hyperlink = Hyperlink(ref=f"A{number}", location=f"'{spec.name}'!A1")
        link.font = Font(color="0563C1", underline="single", bold=spec.required)
        made.append([link, text])


def _about() -> Iterator[tuple[Sheet, str]]:
    for spec in SHEETS:
        yield spec, ("Required. " if spec.required else "") + spec.help


def _rows_before() -> int:
    """The row of the README sheet, from 1, in which the list of sheets begins."""
    example = sum(len(rows) + 2 for _, rows in EXAMPLE)
    return 1 + len(STEPS) + 1 + len(NOTES) + 1 + 1 + example + 1 + 1
