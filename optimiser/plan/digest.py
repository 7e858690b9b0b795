"""Hashes of tables, by which a changed cent is found, and which a file keeps that another program opened and saved.

Numbers count with 12 significant digits, large ones to the hundredth: cents always count, and the last digits of a share,
which one program keeps and another does not, never do.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from optimiser.case.names import fold
from optimiser.case.spec import BY_NAME
from optimiser.case.table import Array, Table
from optimiser.case.tolerances import WRITTEN
from optimiser.plan.tables import SPEC

KEEP_ORDER = ("Periods",)
"""Sheets whose order of rows means something."""
_DIGITS, _COUNTED = 15, 12
"""Significant digits that every spreadsheet program keeps, and those that count."""
_DECIMALS = 15
"""More of them do not count: an .ods file has 20 decimals, however small a number is."""


def settled(table: Table) -> Table:
    """The same table with every number as it can be written and read again unchanged: with 15 significant digits."""
    return Table(table.name, {c: _settled(v) for c, v in table.columns.items()}, table.rows)


def settled_number(value: float) -> float:
    """One number of such a table."""
    return float(_digits(value, _DIGITS))


def _settled(values: Array) -> Array:
    if values.dtype == bool:
        return values
    made = values.copy()
    if values.dtype == object:
        made[:] = [settled_number(v) if isinstance(v, float) else v for v in values.tolist()]
    else:
        made[:] = [settled_number(v) for v in values.tolist()]
    return made


def table_sha256(table: Table) -> str:
    """Hash of every value of a sheet, whatever the order of its rows (periods keep theirs) and columns; facts for
    papers that nobody has filled in do not count."""
    titles = sorted(BY_NAME[table.name].filled(table) if table.name in BY_NAME else table.columns, key=fold)
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


def values_sha256(rows: Iterable[Sequence[object]]) -> str:
    """Hash of the filled cells of a free sheet, in order."""
    cells = [[_plain(v) for v in row if v is not None and v != ""] for row in rows]
    return hashlib.sha256(json.dumps([row for row in cells if row]).encode()).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, float | int | np.floating) and not isinstance(value, bool):
        number = float(value)
        return None if np.isnan(number) else _digits(round(number, _DECIMALS) + 0.0, _COUNTED)
    return value


def _digits(number: float, significant: int) -> str:
    """A number with so many significant digits, or to the hundredth where these are more."""
    return f"{number:.{significant}g}" if abs(number) < 10.0 ** (significant - 2) else f"{number:.2f}"


def same_number(one: float, other: float) -> bool:
    """Whether two numbers are the same in the digits that count, but for what sums of floats lose."""
    return _plain(one) == _plain(other) or abs(one - other) <= WRITTEN * max(abs(one), abs(other))
