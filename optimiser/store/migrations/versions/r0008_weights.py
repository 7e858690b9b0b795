"""Members' weights: what each answers alone, and when the answers are opened."""

from __future__ import annotations

from alembic import op
from sqlalchemy import JSON, Column, ForeignKey, Integer, Text

from optimiser.store.migrations.frozen import statements
from optimiser.store.migrations.versions import r0007_meetings as before

revision = "0008"
down_revision = "0007"

OWN = {"weights": (("id",),), "openings": (("id",),)}
FROZEN = {**before.FROZEN, **OWN}
"""Every table that is only ever added to, with the columns of each of its keys."""


def upgrade() -> None:
    """Adds two tables, frozen."""
    for name, more in (("weights", [Column("says", JSON, nullable=False)]), ("openings", [])):
        op.create_table(
            name,
            Column("id", Text, primary_key=True),
            Column("number", Integer, nullable=False, server_default="0"),
            Column("proposal", Text, ForeignKey("proposals.id"), nullable=False, index=True),
            *more,
            Column("person", Text, ForeignKey("people.id"), nullable=False, index=True),
            Column("at", Text, nullable=False),
        )
        for statement in statements(op.get_context().dialect.name, name, OWN[name]):
            op.execute(statement)
