"""The office's own templates of papers."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, Text

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Adds `letterheads`: one for each ending of the files that are made with it."""
    op.create_table(
        "letterheads",
        Column("form", Text, primary_key=True),
        Column("number", Integer, nullable=False, server_default="0"),
        Column("file", Text, nullable=False),
        Column("content", LargeBinary, nullable=False),
        Column("person", Text, ForeignKey("people.id"), nullable=False),
        Column("at", Text, nullable=False),
    )
    op.create_index("ix_letterheads_person", "letterheads", ["person"])
