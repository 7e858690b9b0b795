"""Rows for every table that a database has, whatever its version: one in each, so that nothing is forgotten."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Connection, Integer, LargeBinary, MetaData, Table, insert, select
from sqlalchemy.sql.type_api import TypeEngine

SAID = {"status": "open", "choice": "approve", "at": "2026-01-02T03:04:05.000006+00:00", "changes": [], "root": 1}


def tables(connection: Connection) -> list[Table]:
    """The tables that are there, those that others refer to first; without Alembic's own."""
    found = MetaData()
    found.reflect(connection)
    return [t for t in found.sorted_tables if t.name != "alembic_version"]


def fill(connection: Connection) -> None:
    """One row in every table."""
    for table in tables(connection):
        connection.execute(insert(table).values({c.name: _value(c.name, c.type) for c in table.columns}))


def everything(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table."""
    return {t.name: [dict(r._mapping) for r in connection.execute(select(t))] for t in tables(connection)}


def _value(name: str, kind: TypeEngine[Any]) -> Any:
    if name in SAID:
        return SAID[name]
    if isinstance(kind, Boolean):
        return True
    if isinstance(kind, Integer):
        return 1
    if isinstance(kind, LargeBinary):
        return b"\x00content"
    return ["plain"] if kind.__class__.__name__ == "JSON" else "one"
