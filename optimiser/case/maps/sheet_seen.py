"""A sheet while its table is chosen, and the table that was chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from optimiser.case.maps.meaning import Profile
from optimiser.case.maps.shapes import hinted
from optimiser.case.spec import BY_NAME


@dataclass(frozen=True)
class TableChoice:
    """A table, and what its columns seem to be. targets: position -> our column; across: positions whose titles are values
    of `across_title`; partner: of the column with agencies that take part (-1: none); doubtful: positions to be looked at;
    fixed: our column -> what it is in every row."""

    to: str
    targets: Mapping[int, str]
    across: tuple[int, ...] = ()
    across_title: str = ""
    across_value: str = ""
    partner: int = -1
    doubtful: frozenset[int] = frozenset()
    look: tuple[str, ...] = ()
    fixed: Mapping[str, str] = field(default_factory=dict)

    @property
    def money(self) -> list[int]:
        """Positions of amounts of money."""
        spec, named = BY_NAME[self.to], {j: c.removeprefix("-") for j, c in self.targets.items() if c[0] != "+"}
        return [j for j, c in named.items() if spec.column(c).unit.startswith("money")]


@dataclass
class SheetSeen:
    """A sheet while its table is chosen. rows: its records, cell by cell; known: concept -> names that the case has of it,
    folded; by: concept -> positions that speak of it."""

    name: str
    titles: Sequence[str]
    profiles: Sequence[Profile]
    columns: Sequence[int]
    banner: str
    rows: Sequence[Sequence[Any]]
    known: Mapping[str, frozenset[str]]
    by: dict[str, list[int]] = field(default_factory=dict)
    numbers: list[int] = field(default_factory=list)
    doubtful: set[int] = field(default_factory=set)
    look: list[str] = field(default_factory=list)

    def first(self, *concepts: str) -> int:
        """The first column that speaks of one of these, -1 where none does."""
        return next((j for c in concepts for j in self.by.get(c, ())), -1)

    def hints(self, to: str) -> float:
        """How much the sheet's name and what stands above its titles speak for a table."""
        return hinted(to, self.name, self.banner)
