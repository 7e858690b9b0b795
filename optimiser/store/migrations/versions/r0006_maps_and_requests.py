"""A case keeps the maps by which files were read into it, and what agencies sent for it."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, Text

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Adds `maps`, `calls` (requests that were sent out, and when they are due) and `answers` (what came back)."""
    about = ("maps", Column("toml", Text, nullable=False)), ("calls", Column("due", Text, nullable=False))
    for name, column in about:
        op.create_table(name, *_who(), column)
    op.create_table(
        "answers",
        *_who(),
        Column("agency", Text, nullable=False),
        Column("file", Text, nullable=False),
        Column("content", LargeBinary, nullable=False),
    )
    for name in ("maps", "calls", "answers"):
        for indexed in ("case", "person"):
            op.create_index(f"ix_{name}_{indexed}", name, [indexed])


def _who() -> list[Column[object]]:
    """Columns that each of them has."""
    return [
        Column("id", Text, primary_key=True),
        Column("number", Integer, nullable=False, server_default="0"),
        Column("case", Text, ForeignKey("cases.id"), nullable=False),
        Column("person", Text, ForeignKey("people.id"), nullable=False),
        Column("at", Text, nullable=False),
    ]
