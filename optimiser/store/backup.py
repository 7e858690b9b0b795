"""Backup and restore: one zip file of JSON lines that fits SQLite and PostgreSQL alike, with a hash of every part.

A backup shows one moment of the store. It is read again before it counts as made. A restore checks every hash and the
audit's chain before anything is changed, and is done wholly or not at all.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, insert, select, text

from optimiser import __version__
from optimiser.store import audit, audit_check, migrate, schema
from optimiser.store.database import Database
from optimiser.store.migrations.versions.r0001_the_store import FROZEN
from optimiser.store.rights import Actor, permit

FORMAT = 1
_MANIFEST = "manifest.json"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_AT_ONCE = 200


class Unfit(ValueError):
    """The file cannot be restored, or not here. The message says why; nothing was changed."""


@dataclass(frozen=True)
class Backup:
    """A backup file. sha256: of the file; head: of the audit in it; rows: of each table."""

    path: Path
    sha256: str
    head: str
    revision: str
    made: str
    rows: Mapping[str, int]

    @property
    def sentence(self) -> str:
        """What it holds, in words."""
        size = self.path.stat().st_size
        held = ", ".join(f"{self.rows.get(t, 0):,} {t}" for t in ("cases", "versions", "runs", "decisions"))
        return f"{self.path} ({size / 1e6:,.1f} MB) holds {held}. SHA-256 {self.sha256}"


# -- backup ---------------------------------------------------------------------------------------------------------------


def backup(db: Database, actor: Actor, target: Path) -> Backup:
    """Writes a backup, and reads it again to see that it is whole. Raises NotAllowed, FileExistsError, Unfit.

    The audit of the store tells of it; the record stands in the backup as its last.
    """
    permit(actor, "back up")
    if target.exists():
        raise FileExistsError(f"{target} is there already. Name another file, or move it away first.")
    with db.act(actor, "back up", target.name):
        pass
    return write(db, target)


def write(db: Database, target: Path) -> Backup:
    """As `backup`, for the program itself: before a restore that replaces. The file is whole, or not there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    try:
        part.touch(mode=0o600)
        with _moment(db) as connection, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            _write(connection, archive)
        look(part)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return look(target)


@contextmanager
def _moment(db: Database) -> Iterator[Connection]:
    """A connection that sees one moment of the store, without keeping others from writing."""
    if not db.is_sqlite:
        with db.read() as connection:
            yield connection
        return
    with tempfile.TemporaryDirectory(prefix="optimiser-backup-") as folder:
        copy = Path(folder) / "copy.db"
        with closing(sqlite3.connect(str(db.url.database))) as old, closing(sqlite3.connect(copy)) as new:
            old.backup(new)
            wrong = [row[0] for row in new.execute("PRAGMA integrity_check")]
        if wrong != ["ok"]:
            raise Unfit(
                f"The database is damaged ({wrong[0]}). Restore the last good backup with: optimiser restore FILE --replace"
            )
        copied = Database(f"sqlite:///{copy}")
        try:
            with copied.read() as connection:
                yield connection
        finally:
            copied.close()


def _write(connection: Connection, archive: zipfile.ZipFile) -> None:
    tables = _tables(connection)
    about: dict[str, dict[str, Any]] = {}
    for table in tables.sorted_tables:
        digest, rows = hashlib.sha256(), 0
        ordered = select(table).order_by(*table.primary_key.columns)
        with archive.open(_member(table.name), "w", force_zip64=True) as file:
            for row in connection.execution_options(yield_per=_AT_ONCE).execute(ordered):
                line = (json.dumps([_plain(v) for v in row], ensure_ascii=True, separators=(",", ":")) + "\n").encode()
                digest.update(line)
                file.write(line)
                rows += 1
        about[table.name] = {"columns": table.columns.keys(), "rows": rows, "sha256": digest.hexdigest()}
    said = {
        "format": FORMAT,
        "program": __version__,
        "revision": connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one(),
        "made": schema.now().isoformat(timespec="seconds"),
        "audit_head": audit.head(connection)[1],
        "tables": about,
    }
    info = zipfile.ZipInfo(_MANIFEST, _EPOCH)
    archive.writestr(info, json.dumps(said, indent=1))


def _tables(connection: Connection) -> MetaData:
    """The tables that the store has, whatever version of the program made them; not the mark of its version."""
    found = MetaData()
    found.reflect(connection, only=lambda name, _: name in schema.metadata.tables)
    return found


def _member(table: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(f"{table}.jsonl", _EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return {"base64": base64.b64encode(value).decode()}
    return {"json": value} if isinstance(value, dict | list) else value


def _value(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return base64.b64decode(value["base64"]) if "base64" in value else value["json"]


# -- looking at a backup --------------------------------------------------------------------------------------------------


def look(source: Path) -> Backup:
    """A backup that was checked: every part has its hash, and the audit in it is whole. Raises Unfit."""
    try:
        with zipfile.ZipFile(source) as archive:
            said = _manifest(archive, source)
            for name, about in said["tables"].items():
                digest, rows = hashlib.sha256(), 0
                for line in _lines(archive, name):
                    digest.update(line)
                    rows += 1
                if digest.hexdigest() != about["sha256"] or rows != about["rows"]:
                    raise Unfit(f"{source} was changed or damaged: the table {name} is not what was backed up.")
            chain = audit_check.walk(_audit(archive, said))
    except (zipfile.BadZipFile, EOFError, OSError, KeyError, TypeError, ValueError) as wrong:
        if isinstance(wrong, Unfit | FileNotFoundError):
            raise
        raise Unfit(f"{source} is no whole backup of Optimiser ({wrong}). Take another one.") from wrong
    if chain.problems or chain.head != said["audit_head"]:
        why = chain.problems[0].sentence if chain.problems else "Its end was cut off."
        raise Unfit(f"The audit in {source} is not whole: {why}")
    rows_of = {name: about["rows"] for name, about in said["tables"].items()}
    return Backup(source, _file_sha256(source), said["audit_head"], said["revision"], said["made"], rows_of)


def _manifest(archive: zipfile.ZipFile, source: Path) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(archive.read(_MANIFEST))
    if made["format"] != FORMAT:
        raise Unfit(
            f"{source} was made by another version of the program ({made.get('program')}). Restore it with that."
        )
    return made


def _lines(archive: zipfile.ZipFile, table: str) -> Iterator[bytes]:
    with archive.open(f"{table}.jsonl") as file:
        yield from file


def _rows(archive: zipfile.ZipFile, table: str, columns: list[str]) -> Iterator[dict[str, Any]]:
    for line in _lines(archive, table):
        yield dict(zip(columns, map(_value, json.loads(line)), strict=True))


@dataclass(frozen=True)
class _Record:
    """A record of the audit in a backup, as the store gives it."""

    number: int
    at: datetime
    person: str
    action: str
    item: str
    detail: str
    before: str
    hash: str


def _audit(archive: zipfile.ZipFile, said: Mapping[str, Any]) -> Iterator[_Record]:
    for row in _rows(archive, "audit", said["tables"]["audit"]["columns"]):
        yield _Record(**{**row, "at": datetime.fromisoformat(row["at"])})


def _file_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# -- restore --------------------------------------------------------------------------------------------------------------


def restore(db: Database, actor: Actor, source: Path, safety: Path | None = None) -> Backup:
    """Puts a backup into an empty store; with `safety`, into any store, after what was there is backed up to that file.

    Everything is checked first, and done in one transaction. The restored audit tells of it. Raises NotAllowed, Unfit.
    """
    permit(actor, "restore the database")
    found = look(source)
    if found.revision not in migrate.REVISIONS:
        raise Unfit(f"{source} is of a newer version of the program (tables {found.revision}). Install that version.")
    at = migrate.current(db)
    if at and not is_empty(db):
        if safety is None:
            raise Unfit("The store is not empty. Restore into an empty one, or replace what is there: --replace")
        write(db, safety)
    if db.is_sqlite:
        _into_file(db, source, found)
    else:
        _into_server(db, source, found)
    replaced = {"replaced": safety.name} if safety is not None and safety.exists() else {}
    with db.act(actor, "restore the database", source.name, {"backup_sha256": found.sha256, **replaced}):
        pass
    return found


def is_empty(db: Database) -> bool:
    """Whether the store holds no case and nothing was done in it but a first sign-in."""
    with db.read() as connection:
        if connection.execute(select(schema.cases.c.id).limit(1)).first() is not None:
            return False
        acts = connection.execute(select(schema.audit.c.action).distinct()).scalars()
        return set(acts) <= {"first sign-in", "manage people"}


def _into_file(db: Database, source: Path, found: Backup) -> None:
    """Builds the store in a new file, then copies it over in one transaction, which whoever has it open then sees."""
    with tempfile.TemporaryDirectory(prefix="optimiser-restore-", dir=Path(str(db.url.database)).parent) as folder:
        file = Path(folder) / "new.db"
        made = Database(f"sqlite:///{file}")
        try:
            with made.write() as connection:
                _build(connection, source, found)
            with closing(sqlite3.connect(file)) as new, closing(sqlite3.connect(str(db.url.database))) as old:
                new.backup(old)
        finally:
            made.close()


def _into_server(db: Database, source: Path, found: Backup) -> None:
    """Takes the old tables away, builds those of the backup, fills them and brings them up to date: one transaction."""
    with db.write() as connection:
        for name in ("alembic_version", *schema.metadata.tables):
            connection.execute(text(f'DROP TABLE IF EXISTS "{name}" CASCADE'))
        for name in FROZEN:
            connection.execute(text(f"DROP FUNCTION IF EXISTS {name}_no_change() CASCADE"))
        _build(connection, source, found)


def _build(connection: Connection, source: Path, found: Backup) -> None:
    """A store of the backup's version with its rows, then of this version."""
    migrate.run(connection, found.revision)
    with zipfile.ZipFile(source) as archive:
        said = _manifest(archive, source)["tables"]
        for table in _tables(connection).sorted_tables:
            about = said.get(table.name)
            if about is None:
                raise Unfit(f"{source} lacks the table {table.name}. Take another backup.")
            rows = _rows(archive, table.name, about["columns"])
            while some := list(islice(rows, _AT_ONCE)):
                connection.execute(insert(table), some)
    if found.revision != migrate.HEAD:
        migrate.run(connection, migrate.HEAD)
