"""A fault: where it stands, what was found, what was expected and what to do. All are collected, then reported together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optimiser.case.words import counted

SHOWN = 200
"""Faults listed in one report; more are counted."""
PRINTED = 20
"""Faults that the message of an error lists, those that must be mended first."""


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

    def json(self) -> dict[str, str]:
        """As the command line prints it; `do` is the cure."""
        return {
            "code": self.code,
            "level": self.level,
            "sheet": self.sheet,
            "cell": self.cell,
            "found": self.found,
            "expected": self.expected,
            "do": self.cure,
        }

    def __str__(self) -> str:
        place = "!".join(part for part in (self.sheet, self.cell) if part)
        mark = "warning " if self.level == "warning" else ""
        return f"[{self.code}] {mark}{place}: found {self.found}; expected {self.expected}; {self.cure}"


def shown(value: object) -> str:
    """What was found, in quotes, shortened to 40 characters and without control characters."""
    text = "".join(c if c.isprintable() else "�" for c in str(value))
    return f'"{text[:39]}…"' if len(text) > 40 else f'"{text}"'


class InvalidCase(Exception):
    """The workbook has faults; nothing of it was taken over. `faults` lists all of them, the message the first."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(self.faults)

    @property
    def counted(self) -> str:
        """How many must be mended: `2 faults in the workbook`."""
        errors = sum(f.level == "error" for f in self.faults)
        return f"{counted(errors, 'fault')} in the workbook"

    def __str__(self) -> str:
        first = sorted(self.faults, key=lambda f: f.level != "error")[:PRINTED]
        more = len(self.faults) - len(first)
        return "\n  ".join([f"{self.counted}:", *map(str, first), *([f"… and {more} more"] if more else [])])
