"""Triggers that refuse every change and deletion in tables to which records are only ever added."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

Unique = Sequence[Sequence[str]]


def statements(dialect: str, table: str, unique: Unique) -> Iterator[str]:
    """The statements that freeze one table. unique: the columns of each of its keys.

    SQLite's INSERT OR REPLACE deletes what stands in its way without asking the trigger of deletions, so inserting a
    key that is there is refused as well.
    """
    said = f"{table} is only ever added to"
    if dialect == "sqlite":
        for what in ("UPDATE", "DELETE"):
            yield (
                f"CREATE TRIGGER {table}_no_{what.lower()} BEFORE {what} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{said}'); END"
            )
        there = " OR ".join("(" + " AND ".join(f'"{c}" = NEW."{c}"' for c in key) + ")" for key in unique)
        yield (
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {there}) BEGIN SELECT RAISE(ABORT, '{said}'); END"
        )
        return
    name = f"{table}_no_change"
    yield (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{said}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    yield (
        f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
    )
    # ALWAYS: also where a session says that it replicates, which switches ordinary triggers off.
    yield f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}"


def lifted(dialect: str, table: str) -> Iterator[str]:
    """The statements that take away what `statements` made, for a change that no hand makes: they are put back after."""
    if dialect == "sqlite":
        for what in ("update", "delete", "replace"):
            yield f"DROP TRIGGER {table}_no_{what}"
    else:
        yield f"DROP FUNCTION {table}_no_change() CASCADE"
