"""A case: one partnership's whole input, checked and complete."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape

import numpy as np

from optimiser.case.facts import Facts
from optimiser.case.faults import Fault
from optimiser.case.names import fold, told_apart
from optimiser.case.review_scores import nameless
from optimiser.case.settings import Settings
from optimiser.case.spec import BY_NAME, SHEETS
from optimiser.case.table import ReadOnly, Table


@dataclass(frozen=True, eq=False, repr=False)
class Case:
    """One partnership's whole input, read-only.

    tables: every sheet of the specification, defaults filled in, in the order of the workbook; settings: the Case
    sheet, read; warnings: what was doubtful and taken all the same; applied: the scenarios whose changes are in the tables.
    """

    tables: Mapping[str, Table]
    settings: Settings
    warnings: tuple[Fault, ...] = ()
    applied: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "tables", ReadOnly(self.tables))

    def __getstate__(self) -> dict[str, object]:
        """What another process gets: nothing that was computed from it."""
        return {"tables": self.tables, "settings": self.settings, "warnings": self.warnings, "applied": self.applied}

    def warned(self, warnings: tuple[Fault, ...], applied: tuple[str, ...] = ()) -> Case:
        """The same case with other warnings, after these scenarios too, and with what was computed from it."""
        made = Case(self.tables, self.settings, warnings, (*self.applied, *applied))
        if "facts" in self.__dict__:
            made.__dict__["facts"] = self.facts
        return made

    def __repr__(self) -> str:
        filled = ", ".join(f"{name} {len(table):,}" for name, table in self.tables.items() if len(table))
        warned = f"; {len(self.warnings)} to look at (.warnings)" if self.warnings else ""
        return f"Case {self.settings.name or 'without a name'}: {filled}{warned}"

    def _repr_html_(self) -> str:
        head = f"<b>{escape(self.settings.name or 'Case')}</b>"
        rows = [
            f"<tr><td>{name}</td><td>{len(table):,}</td><td>{escape(', '.join(_filled(table)))}</td></tr>"
            for name, table in self.tables.items()
            if len(table)
        ]
        return f"{head}<table><tr><th>sheet</th><th>rows</th><th>columns</th></tr>{''.join(rows)}</table>"

    @cached_property
    def facts(self) -> Facts:
        """The case as arrays."""
        return Facts(self.tables, self.settings)

    def called(self, sheet: str) -> dict[str, str]:
        """Key -> what people call it, for a sheet of things with names: no two are called alike."""
        return told_apart(dict(self.tables[sheet].each(BY_NAME[sheet].key[0], "name")))

    @cached_property
    def sha256(self) -> str:
        """Hash of the inputs: of every value of every sheet, whatever the order of rows (Periods keep theirs).

        Numbers count to 15 digits, which is what every program keeps, and large ones to the hundredth: no cent is lost.
        """
        digest = hashlib.sha256()
        for sheet in SHEETS:
            table = self.tables[sheet.name]
            names = sorted(sheet.filled(table))
            if not names or (sheet.later and not len(table)):
                continue  # a sheet for papers alone that nobody has filled in, or of a later edition
            if sheet.name == "Reviews":
                table = nameless(table)  # whoever sees no names has the same case
            rows = [json.dumps([_plain(v) for v in row]) for row in table.each(*names)]
            if sheet.name != "Periods":
                rows.sort()
            digest.update(json.dumps([sheet.name, [fold(n) for n in names]]).encode())
            digest.update("\n".join(rows).encode())
        return digest.hexdigest()


def _filled(table: Table) -> list[str]:
    """The columns in which something differs from blank."""
    return [name for name, values in table.columns.items() if any(v != "" and v == v for v in values.tolist())]


def _plain(value: object) -> object:
    if isinstance(value, float):
        return None if np.isnan(value) else f"{value:.15g}" if abs(value) < 1e13 else f"{value:.2f}"
    return value
