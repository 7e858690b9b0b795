"""A fault: where it stands, what was found, what was expected and what to do. All are collected, then reported together."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from optimiser.case.readable import counted

SHOWN = 200
"""Faults listed in one report; more are counted."""
PRINTED = 20
"""Faults that the message of an error lists, those that must be mended first."""
APART = 10
"""Faults of one kind in one column that are still listed each by itself."""
NUMBERS_APART = 2
"""The same for numbers stored as text, which come by whole columns."""
_NUMBERS = ("N01", "N02")


@dataclass(frozen=True, order=True)
class Fault:
    """One thing that is wrong ("error") or doubtful ("warning") in a workbook.

    cell is an address such as "G10", "" where the fault has no single cell; cells: all of them, where one line tells of
    several. found is what the user wrote, shortened to 40 characters. meant: what should most likely stand in the cell, to be
    written there by one click ("": not known).
    """

    sheet: str
    cell: str
    code: str
    found: str
    expected: str
    cure: str
    level: str = "error"
    cells: tuple[str, ...] = ()
    meant: str = ""

    @property
    def what(self) -> str:
        """What was found, and in how many cells where there are several."""
        return f"{self.found} in {len(self.cells):,} cells" if self.cells else self.found

    def json(self) -> dict[str, str | list[str]]:
        """As the command line prints it; `do` is the cure, `cells` all cells where there are several."""
        return {
            "code": self.code,
            "level": self.level,
            "sheet": self.sheet,
            "cell": self.cell,
            "found": self.found,
            "expected": self.expected,
            "do": self.cure,
            **({"cells": list(self.cells)} if self.cells else {}),
        }

    def __str__(self) -> str:
        place = "!".join(part for part in (self.sheet, self.cell) if part)
        mark = "warning " if self.level == "warning" else ""
        return f"[{self.code}] {mark}{place}: found {self.what}; expected {self.expected}; {self.cure}"


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

    @property
    def worst(self) -> Fault:
        """The first that must be mended."""
        return min(self.faults, key=lambda f: f.level != "error")

    @property
    def refusal(self) -> str:
        """Why a changed case is none, as part of a sentence."""
        return f"the case does not take it: found {self.worst.found}; {self.worst.cure.rstrip('.')}"

    def __str__(self) -> str:
        first = sorted(self.faults, key=lambda f: f.level != "error")[:PRINTED]
        more = len(self.faults) - len(first)
        return "\n  ".join([f"{self.counted}:", *map(str, first), *([f"… and {more} more"] if more else [])])


def gathered(faults: Iterable[Fault]) -> list[Fault]:
    """Faults of one cause as one, in the place of the first: the same thing found in many cells of a column, and many
    things of one kind there. No cell is lost: `cells` names all."""
    same: dict[tuple[str, ...], list[Fault]] = defaultdict(list)
    for fault in faults:
        at = _column(fault.cell)
        own = "" if at else str(len(same))  # what stands at no cell of a column is never two of a kind
        same[fault.sheet, at, fault.code, fault.found, fault.expected, fault.cure, fault.level, own].append(fault)
    once = [_one(found, found[0].found, found[0].cure) for found in same.values()]
    kinds = Counter(_kind(f) for f in once)
    told: dict[tuple[str, ...], list[Fault]] = defaultdict(list)
    for fault in once:
        many = kinds[_kind(fault)] > (NUMBERS_APART if fault.code in _NUMBERS else APART) and _column(fault.cell)
        told[(*_kind(fault), "" if many else str(len(told)))].append(fault)
    return [found[0] if len(found) == 1 else _of_a_kind(found) for found in told.values()]


def _column(cell: str) -> str:
    """The column of a cell's address: "G" of "G10", "amount" of "amount, row 3"."""
    return cell.rpartition(", row ")[0] or cell.rstrip("0123456789")


def _kind(fault: Fault) -> tuple[str, ...]:
    return fault.sheet, _column(fault.cell), fault.code, fault.level


def _one(found: Sequence[Fault], what: str, cure: str) -> Fault:
    if len(found) == 1:
        return found[0]
    cells = tuple(cell for f in found for cell in (f.cells or (f.cell,)))
    return replace(found[0], found=what, cure=cure, cells=cells)


def _of_a_kind(found: Sequence[Fault]) -> Fault:
    """Many faults of one kind as one; each keeps its own reading, of which the first is shown."""
    first = found[0]
    listed = ", ".join(f.found for f in found[:3]) + (" …" if len(found) > 3 else "")
    cure = f"{first.cure} (that is the first; {len(found) - 1:,} more are of its kind)"
    if all(f.code in ("K02", "D03") for f in found):
        cure = "add them all there, or correct the names"
    return replace(_one(found, f"{len(found):,} of a kind ({listed})", cure), meant="")
