"""What a sheet of a case is made of: columns, each with how its cells are read, and short ways to write them down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optimiser.case.table import Table

INFINITY = float("inf")


@dataclass(frozen=True)
class Column:
    """One column of a sheet: how its cells are read, in which unit, and what it means to the person who fills it in."""

    name: str
    type: str
    help: str
    unit: str = ""
    required: bool = False
    default: str | float | bool | None = None
    low: float = -INFINITY
    high: float = INFINITY
    below_high: bool = False
    choices: tuple[str, ...] = ()
    refers: str = ""
    also: tuple[str, ...] = ()
    """Titles under which people have this column. Of a column that may be absent, only those that mean nothing else."""
    for_papers: bool = False
    """A fact that papers ask for: where it is blank in every row it is not written, and counts in no hash."""


@dataclass(frozen=True)
class Sheet:
    """One sheet: its columns, the columns that identify a record, and what it is for."""

    name: str
    help: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    required: bool = False
    attributes: bool = False
    """Additional columns are attributes, usable in selections and formulas."""
    also: tuple[str, ...] = ()
    """Titles under which people have this sheet."""
    later: bool = False
    """It came with a later edition: without rows it counts in no hash, so that older cases keep theirs."""

    def column(self, name: str) -> Column:
        return next(c for c in self.columns if c.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.columns)

    def filled(self, table: Table) -> list[str]:
        """The columns of a table of this sheet, but for facts that papers ask for and nobody has filled in."""
        facts = {c.name for c in self.columns if c.for_papers}
        return [c for c, v in table.columns.items() if c not in facts or any(x not in ("", None) and x == x for x in v.tolist())]


def key(name: str, help: str, also: tuple[str, ...] = ()) -> Column:
    """The name that identifies a record."""
    return Column(name, "key", help, required=True, also=also)


def ref(name: str, refers: str, help: str, required: bool = True, also: tuple[str, ...] = ()) -> Column:
    """A name that stands on another sheet."""
    return Column(name, "ref", help, required=required, refers=refers, default=None if required else "", also=also)


def text(name: str, help: str, required: bool = False, unit: str = "", also: tuple[str, ...] = ()) -> Column:
    """Free text."""
    return Column(name, "text", help, unit=unit, required=required, default=None if required else "", also=also)


def number(
    name: str,
    help: str,
    unit: str = "",
    default: float | None = None,
    required: bool = False,
    low: float = 0.0,
    high: float = INFINITY,
    below_high: bool = False,
    also: tuple[str, ...] = (),
) -> Column:
    """A number between bounds."""
    return Column(name, "number", help, unit, required, default, low, high, below_high, also=also)


def fact(name: str, type: str, help: str, unit: str = "", low: float = 0.0, high: float = INFINITY, choices: tuple[str, ...] = (), also: tuple[str, ...] = ()) -> Column:
    """A fact that papers ask for: blank until somebody fills it in."""
    default = None if type == "number" else ""
    bounds = (low, high) if type == "number" else (-INFINITY, INFINITY)
    return Column(name, type, help, unit, False, default, *bounds, choices=choices, also=also, for_papers=True)


def flag(name: str, help: str, default: bool = False) -> Column:
    """Yes or no."""
    return Column(name, "flag", help, default=default)


def choice(name: str, choices: tuple[str, ...], help: str, default: str | None = None) -> Column:
    """One of a few words; without a default it is required."""
    return Column(name, "choice", help, required=default is None, default=default, choices=choices)
