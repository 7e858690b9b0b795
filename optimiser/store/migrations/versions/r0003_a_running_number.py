"""What was done is put in order by the number of its record in the audit, never by a clock."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Integer

from optimiser.store.migrations.frozen import lifted, statements
from optimiser.store.migrations.versions.r0001_the_store import FROZEN

revision = "0003"
down_revision = "0002"

NUMBERED = ("runs", "comments", "proposals", "votes", "decisions")


def upgrade() -> None:
    """Adds `number`: that of the first record of the audit that tells of the row; 0 where none does."""
    dialect = op.get_context().dialect.name
    for table in NUMBERED:
        op.add_column(table, Column("number", Integer, nullable=False, server_default="0"))
        for statement in lifted(dialect, table) if table in FROZEN else ():
            op.execute(statement)
        first = f"SELECT MIN(audit.number) FROM audit WHERE audit.item = {table}.id"
        op.execute(f"UPDATE {table} SET number = COALESCE(({first}), 0)")
        for statement in statements(dialect, table, FROZEN[table]) if table in FROZEN else ():
            op.execute(statement)
