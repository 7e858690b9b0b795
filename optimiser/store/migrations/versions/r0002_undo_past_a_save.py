"""Undo goes back past a save: a draft knows the version that its steps start from."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Integer

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Adds `drafts.root`; drafts until now started from their base."""
    op.add_column("drafts", Column("root", Integer, nullable=False, server_default="0"))
    op.execute("UPDATE drafts SET root = base")
