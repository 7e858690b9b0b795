"""Changes kept in a case, as one more scenario on its Scenarios sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from optimiser.case.case import Case
from optimiser.case.names import fold, untaken
from optimiser.case.scenario.apply import BASE, names
from optimiser.case.table import Table, text


def kept_as(case: Case, name: str, rows: Sequence[Mapping[str, str]], note: str = "") -> Case:
    """The case with rows (sheet, where, column, change) as a scenario. Raises ValueError for a name that is taken."""
    table = case.tables["Scenarios"]
    if not name.strip() or fold(name) in {BASE, *map(fold, names(table))}:
        raise ValueError(f"{name!r} cannot be the scenario's name: choose one that is not taken")
    made = [{"scenario": name, "note": note, **row} for row in rows]
    columns = {c: text([*table[c].tolist(), *(str(row.get(c, "")) for row in made)]) for c in table.columns}
    return replace(case, tables={**case.tables, "Scenarios": Table(table.name, columns)})


def free_name(case: Case, wanted: str) -> str:
    """The name, with a number where it is taken."""
    return untaken(wanted, [BASE, *names(case.tables["Scenarios"])])
