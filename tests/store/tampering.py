"""Somebody with the database's own tools, who takes the triggers away first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, delete, insert, select, text, update

from optimiser.store.base import audit, schema
from optimiser.store.base.database import Database
from optimiser.store.migrations.frozen import lifted, statements
from optimiser.store.migrations.versions.r0008_weights import FROZEN


@contextmanager
def tampering(db: Database, put_back: bool = True) -> Iterator[Connection]:
    """A transaction without the triggers, which are put back as they were when it is done, unless told otherwise."""
    with db.engine.connect() as connection:
        connection.exec_driver_sql("BEGIN")
        for table in FROZEN:
            for statement in lifted(connection.dialect.name, table):
                connection.execute(text(statement))
        yield connection
        for table, unique in FROZEN.items() if put_back else ():
            for statement in statements(connection.dialect.name, table, unique):
                connection.execute(text(statement))
        connection.commit()


def edit_inside(connection: Connection, number: int) -> None:
    """Another detail in one record."""
    rows = schema.audit
    connection.execute(update(rows).where(rows.c.number == number).values(detail='{"name": "somebody else"}'))


def edit_with_its_hash(connection: Connection, number: int) -> None:
    """Another detail in one record, and the hash that goes with it."""
    rows = schema.audit
    row = connection.execute(select(rows).where(rows.c.number == number)).one()
    made = audit.digest(row.number, row.at, row.person, row.action, row.item, "{}", row.before)
    connection.execute(update(rows).where(rows.c.number == number).values(detail="{}", hash=made))


def delete_inside(connection: Connection, number: int) -> None:
    """One record less."""
    connection.execute(delete(schema.audit).where(schema.audit.c.number == number))


def cut(connection: Connection, number: int) -> None:
    """Nothing from this record on."""
    connection.execute(delete(schema.audit).where(schema.audit.c.number >= number))


def rewrite(connection: Connection, changed: int) -> None:
    """The whole chain anew and sound in itself, one record telling of somebody else."""
    rows = connection.execute(select(schema.audit).order_by(schema.audit.c.number)).all()
    connection.execute(delete(schema.audit))
    before = audit.FIRST
    for row in rows:
        values: dict[str, Any] = {**row._mapping, "before": before}
        if row.number == changed:
            values["person"] = "somebody else"
        parts = (values[name] for name in ("number", "at", "person", "action", "item", "detail", "before"))
        values["hash"] = before = audit.digest(*parts)
        connection.execute(insert(schema.audit).values(**values))
