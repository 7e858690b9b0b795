"""A fault: where it stands, what was found, what was expected and what to do. All are collected, then reported together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

SHOWN = 200
"""Faults listed in one report; more are counted."""


@dataclass(frozen=True, order=True)
class Fault:
    """One thing that is wrong ("error") or doubtful ("warning") in a workbook.

    cell is an address such as "G10", "" where the fault has no single cell. found is what the user wrote,
    shortened to 40 characters.
    """

    sheet: str
    cell: str
    code: str
    found: str
    expected: str
    cure: str
    level: str = "error"

    def __str__(self) -> str:
        place = "!".join(part for part in (self.sheet, self.cell) if part)
        mark = "warning " if self.level == "warning" else ""
        return f"[{self.code}] {mark}{place}: found {self.found}; expected {self.expected}; {self.cure}"


def shown(value: object) -> str:
    """What was found, in quotes, shortened to 40 characters and without control characters."""
    text = "".join(c if c.isprintable() else "�" for c in str(value))
    return f'"{text[:39]}…"' if len(text) > 40 else f'"{text}"'


class InvalidCase(Exception):
    """The workbook has faults; nothing of it was taken over. `faults` lists all of them."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        errors = sum(f.level == "error" for f in faults)
        super().__init__(f"{errors} fault{'s' * (errors != 1)} in the workbook")
