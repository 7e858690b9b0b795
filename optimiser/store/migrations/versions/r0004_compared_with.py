"""A proposal says what its figures are compared with."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Text

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Adds `proposals.against`; proposals until now are compared with last year."""
    op.add_column("proposals", Column("against", Text, nullable=False, server_default="last year"))
