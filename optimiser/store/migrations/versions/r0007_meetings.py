"""Meetings: who is there, who has declared an interest, who moved what, and what amends what."""

from __future__ import annotations

from typing import Any

from alembic import op
from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, Text

from optimiser.store.migrations.frozen import statements
from optimiser.store.migrations.versions import r0001_the_store as first

revision = "0007"
down_revision = "0006"

OWN = {"interests": (("id",),), "rolls": (("id",),)}
FROZEN = {**first.FROZEN, **OWN}
"""Every table that is only ever added to, with the columns of each of its keys."""


def upgrade() -> None:
    """Adds two tables, frozen, and to proposals what they amend and follow, and who moved and seconded them."""
    for name in ("amends", "follows", "mover", "seconder"):
        op.add_column("proposals", Column(name, Text, nullable=True))
    op.create_table(
        "interests",
        *_kept(),
        Column("member", Text, ForeignKey("people.id"), nullable=False),
        Column("agency", Text, nullable=False),
        Column("recused", Boolean, nullable=False),
        Column("text", Text, nullable=False),
        _to("person", "people"),
        Column("at", Text, nullable=False),
    )
    op.create_table(
        "rolls",
        *_kept(),
        Column("present", JSON, nullable=False),
        Column("absent", JSON, nullable=False),
        _to("person", "people"),
        Column("at", Text, nullable=False),
    )
    for table, unique in OWN.items():
        for statement in statements(op.get_context().dialect.name, table, unique):
            op.execute(statement)


def _kept() -> list[Column[Any]]:
    number = Column("number", Integer, nullable=False, server_default="0")
    return [Column("id", Text, primary_key=True), number, _to("proposal", "proposals")]


def _to(name: str, target: str) -> Column[Any]:
    return Column(name, Text, ForeignKey(f"{target}.id"), nullable=False, index=True)
