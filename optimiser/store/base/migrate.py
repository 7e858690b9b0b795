"""Makes the store ready: builds it where there is none, brings an older one up to this version of the program.

A migration runs in one transaction of the only writer, after a copy of the store was made, so that a store is always
whole: as it was before, or as it is after. Programs that start together wait for the first, which does it for all.
"""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError

from optimiser.store.base import schema
from optimiser.store.base.database import Database, Unusable, home

HEAD = "0009"
"""The newest migration."""
REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009")
"""Every migration, the oldest first."""
DUMP = ("pg_dump", "--format=custom", "--no-owner")
__all__ = ["HEAD", "REVISIONS", "Unusable", "copied", "copy", "current", "ready", "run", "said", "upgrade"]
_LOG = logging.getLogger(__name__)


def ready(db: Database) -> None:
    """Creates or upgrades the store; does nothing, quickly, where it is up to date. Raises Unusable."""
    if current(db) != HEAD:
        upgrade(db, HEAD)


def current(db: Database) -> str:
    """The last migration that the store has; "" where it is empty. Raises Unusable where it is no store of ours."""
    try:
        with db.read() as connection:
            return _current(connection, db)
    except DatabaseError as wrong:
        cure = "See that it is there and running, or restore a backup with `optimiser restore`; `optimiser doctor` says more."
        raise Unusable(f"{said(db.url)} cannot be read: {wrong.orig}. {cure}") from wrong


def upgrade(db: Database, to: str) -> None:
    """Runs the migrations up to this one. Raises Unusable; the store is then as it was."""
    with db.write() as connection:
        at = _current(connection, db)  # asked again: another program may have done it while this one waited
        if at >= to:
            return
        if at:
            _LOG.info("the store is brought from version %s to %s; %s", at, to, copy(db, f"before-{to}"))
        run(connection, to)


def run(connection: Connection, to: str) -> None:
    """Runs the migrations up to this one in a transaction that has begun."""
    from alembic import command  # takes longer to import than everything else here, and is rarely needed
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parents[1] / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def _current(connection: Connection, db: Database) -> str:
    names = set(inspect(connection).get_table_names())
    if "alembic_version" not in names:
        _refuse_others(names, db)
        return ""
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    if found and found[0] not in REVISIONS:
        raise Unusable(
            f"{said(db.url)} was written by a newer version of this program (its tables are of version {found[0]}, "
            f"this program knows {HEAD}). Install that version, or restore a backup that was made before it."
        )
    return found[0] if found else ""


def _refuse_others(names: set[str], db: Database) -> None:
    taken = sorted(names & set(schema.metadata.tables))
    if taken:
        raise Unusable(
            f"{said(db.url)} holds tables of another program that have our names ({', '.join(taken)}). "
            "Give Optimiser a database of its own."
        )


def said(url: URL) -> str:
    """An address in words, without its password."""
    return f"the file {url.database}" if url.get_backend_name() == "sqlite" else f"the database {url.database}"


# -- the copy that is made first --------------------------------------------------------------------------------------


def copy(db: Database, why: str) -> str:
    """Copies the store beside itself and says where to. A server is copied with pg_dump, where that is installed."""
    name = f"{why}-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}"
    if not db.is_sqlite:
        return _dumped(db, home() / f"optimiser.{name}.dump")
    if not db.url.database or db.url.database == ":memory:":
        return "no copy was made of a store in memory"
    file = Path(db.url.database)
    made = file.with_name(f"{file.stem}.{name}{file.suffix}")
    copied(file, made)
    return f"a copy of it was kept as {made}"


def copied(source: Path, target: Path) -> None:
    """A whole copy of a file of SQLite, by its backup API. The target is there when it is complete, or not at all."""
    part = target.with_name(target.name + ".part")
    part.touch(mode=0o600)
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(part)) as new:
        old.backup(new)
    part.replace(target)


def _dumped(db: Database, target: Path) -> str:
    whole = "the change itself is one transaction, which leaves the store as it was if it fails"
    command: Sequence[str] = (*DUMP, f"--file={target}", *_where(db.url))
    if shutil.which(DUMP[0]) is None:
        return f"no copy was made, because {DUMP[0]} is not installed here; {whole}"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.touch(mode=0o600)
    environment = {**os.environ, "PGPASSWORD": str(db.url.password or "")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        target.unlink(missing_ok=True)
        return f"no copy was made ({done.stderr.strip()}); {whole}"
    return f"a copy of it was kept as {target}"


def _where(url: URL) -> list[str]:
    options = {"host": url.host, "port": url.port, "username": url.username, "dbname": url.database}
    return [*(f"--{name}={value}" for name, value in options.items() if value), "--no-password"]
