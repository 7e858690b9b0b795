"""What Alembic runs: the migrations, in the transaction that `store.migrate` has begun."""

from __future__ import annotations

from alembic import context

from optimiser.store.base import schema

context.configure(
    connection=context.config.attributes["connection"], target_metadata=schema.metadata, transactional_ddl=True
)
with context.begin_transaction():
    context.run_migrations()
