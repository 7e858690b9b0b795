"""The sheet Summary, line by line, against what the plan's tables and its proof make it say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from optimiser.case.faults import shown
from optimiser.case.reading.cells import as_text
from optimiser.case.reading.sheets import RawSheet, letters
from optimiser.plan.digest import same_number
from optimiser.report.documents.report_sheets import CellFormula, SheetLine

_OWN_CELL = re.compile(r"(?<![!$A-Za-z0-9:])([A-Z]{1,2})(\d+)(?![\d(!])")


@dataclass(frozen=True)
class SummaryFound:
    """Where the lines of Summary stand. cells: those that are the plan's; formulas: what each of them may calculate;
    missing: formulas that have no value in the file, which a spreadsheet program calculates; wrong: what is not as it
    should be, in sentences; words: the same of lines of words; others: filled cells that are no part of it."""

    cells: frozenset[tuple[int, int]] = frozenset()
    formulas: Mapping[tuple[int, int], str] = field(default_factory=dict)
    missing: frozenset[tuple[int, int]] = frozenset()
    wrong: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    others: Mapping[tuple[int, int], Any] = field(default_factory=dict)


def compare_summary(sheet: RawSheet, lines: Sequence[SheetLine]) -> SummaryFound:
    """Finds each line of a Summary, in order, and compares its cells; lines of others may stand between them."""
    at = _rows_of(sheet, lines)
    cells, missing = set(), set()
    formulas: dict[tuple[int, int], str] = {}
    wrong: list[str] = []
    words: list[str] = []
    for number, line in enumerate(lines, 1):
        if not _filled(line):
            continue
        row = at.get(number)
        if row is None:
            said = f"Summary does not say {shown(line.values[0])}, as the plan makes it."
            (words if len(_filled(line)) == 1 else wrong).append(said)
            continue
        for column, value in _filled(line):
            cell = row, column
            cells.add(cell)
            found = sheet.cell(row, column)
            if isinstance(value, CellFormula):
                formulas[cell] = _OWN_CELL.sub(lambda m: f"{m[1]}{at.get(int(m[2]), 0)}", value.text.removeprefix("="))
                if found == "":
                    missing.add(cell)
                    continue
            right = value.value if isinstance(value, CellFormula) else value
            is_text = isinstance(right, float | int) and isinstance(found, str)  # a figure must be a number
            if is_text or not same_cell(found, right):
                name = f"Summary!{letters(column)}{row}"
                said = f"{name} ({as_text(line.values[0])}) says {shown(as_text(found))}, the plan makes it {shown(as_text(right))}."
                (wrong if isinstance(right, float | int) else words).append(said)
    others = {at: value for at, value in sheet.filled().items() if at not in cells}
    return SummaryFound(frozenset(cells), formulas, frozenset(missing), tuple(wrong), tuple(words), others)


def _rows_of(sheet: RawSheet, lines: Sequence[SheetLine]) -> dict[int, int]:
    """Number of a line -> the row in which it stands, by its first cell."""
    made: dict[int, int] = {}
    row = 0
    for number, line in enumerate(lines, 1):
        if not _filled(line):
            continue
        label = as_text(line.values[0])
        below = (r for r in range(row + 1, len(sheet.rows) + 1) if as_text(sheet.cell(r, 1)) == label)
        found = next(below, None)
        if found is not None:
            made[number] = row = found
    return made


def _filled(line: SheetLine) -> list[tuple[int, Any]]:
    return [(j, v) for j, v in enumerate(line.values, 1) if v is not None and v != ""]


def same_cell(one: Any, other: Any) -> bool:
    """Whether two cells say the same: numbers as they are, all else as text."""
    numbers = [float(v) for v in (one, other) if isinstance(v, float | int) and not isinstance(v, bool)]
    return same_number(*numbers) if len(numbers) == 2 else as_text(one) == as_text(other)


def plain_formula(text: str) -> str:
    """A formula without what programs write differently: spaces, and quotes around a sheet's plain name."""
    return re.sub(r"'(\w+)'!", r"\1!", re.sub(r"\s+(?=([^\"]*\"[^\"]*\")*[^\"]*$)", "", text.removeprefix("=")))


def places(cells: Iterator[tuple[int, int]] | Sequence[tuple[int, int]], most: int = 3) -> str:
    """The first addresses of some cells, and how many more there are: A1, B2 and 5 more."""
    listed = sorted(cells)
    named = ", ".join(f"{letters(column)}{row}" for row, column in listed[:most])
    return named + (f" and {len(listed) - most} more" if len(listed) > most else "")
