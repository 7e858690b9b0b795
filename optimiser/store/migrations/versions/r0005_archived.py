"""Cases can be archived: kept, and no more in the lists."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Text

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Adds `cases.archived`: when it was, empty where it is not."""
    op.add_column("cases", Column("archived", Text, nullable=True))
