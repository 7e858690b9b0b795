"""Hashes of tables, by which a changed cent is found.

Numbers count with 15 significant digits: so many survive every spreadsheet program.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping

import numpy as np

from optimiser.case.names import fold
from optimiser.case.table import Array, Table
from optimiser.plan.tables import SPEC

KEEP_ORDER = ("Periods",)
"""Sheets whose order of rows means something."""


def settled(table: Table) -> Table:
    """The same table with every number in 15 significant digits, as it can be written and read again unchanged."""
    return Table(table.name, {c: _settled(v) for c, v in table.columns.items()}, table.rows)


def _settled(values: Array) -> Array:
    if values.dtype == bool:
        return values
    made = values.copy()
    if values.dtype == object:
        made[:] = [float(f"{v:.15g}") if isinstance(v, float) else v for v in values.tolist()]
    else:
        made[:] = [float(f"{v:.15g}") for v in values.tolist()]
    return made


def table_sha256(table: Table) -> str:
    """Hash of every value of a sheet, whatever the order of its rows (periods keep theirs) and columns."""
    titles = sorted(table.columns, key=fold)
    columns = [[_plain(v) for v in table[t].tolist()] for t in titles]
    rows = [json.dumps(row, ensure_ascii=True) for row in zip(*columns, strict=True)]
    if table.name not in KEEP_ORDER:
        rows.sort()
    head = json.dumps([table.name, [fold(t) for t in titles] if rows else []])
    return hashlib.sha256("\n".join([head, *rows]).encode()).hexdigest()


def tables_sha256(tables: Mapping[str, Table]) -> str:
    """Hash of a plan: of every value of its decision and derived tables. A sheet without rows counts as absent."""
    hashes = [table_sha256(tables[name]) for name in SPEC if name in tables and len(tables[name])]
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def values_sha256(rows: Iterable[Iterable[object]]) -> str:
    """Hash of the filled cells of a free sheet, in order."""
    cells = [[_plain(v) for v in row if v is not None and v != ""] for row in rows]
    return hashlib.sha256(json.dumps([row for row in cells if row]).encode()).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, float | int | np.floating) and not isinstance(value, bool):
        number = float(value)
        return None if np.isnan(number) else f"{number + 0.0:.15g}"
    return value
