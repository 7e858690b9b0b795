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
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, func, insert, inspect, select, text

from optimiser import __version__
from optimiser.case.readable import counted, listed
from optimiser.store.base import audit, migrate, schema
from optimiser.store.base.database import Database
from optimiser.store.base.rights import Actor, permit
from optimiser.store.keeping import audit_check
from optimiser.store.migrations.versions.r0008_weights import FROZEN

FORMAT = 1
_MANIFEST = "manifest.json"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_AT_ONCE = 200
Count = Callable[[int, int], None]
"""Told how many rows are written, of how many."""


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
        held = listed([counted(self.rows.get(f"{one}s", 0), one) for one in ("case", "version", "run", "decision")])
        return f"{self.path} ({size / 1e6:,.1f} MB) holds {held}. SHA-256 {self.sha256}"


# -- backup ---------------------------------------------------------------------------------------------------------------


def backup(db: Database, actor: Actor, target: Path, count: Count | None = None) -> Backup:
    """Writes a backup, and reads it again to see that it is whole. Raises NotAllowed, FileExistsError, Unfit.

    The audit of the store tells of it; the record stands in the backup as its last.
    """
    permit(actor, "back up")
    if target.exists():
        raise FileExistsError(f"{target} is there already. Name another file, or move it away first.")
    with db.act(actor, "back up", target.name):
        pass
    return write(db, target, count)


def write(db: Database, target: Path, count: Count | None = None) -> Backup:
    """As `backup`, for the program itself: before a restore that replaces. The file is whole, or not there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    try:
        part.touch(mode=0o600)
        with _moment(db) as connection, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            _write(connection, archive, count)
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
        migrate.copied(Path(str(db.url.database)), copy)
        if wrong := damage(copy):
            raise Unfit(
                f"The database is damaged ({wrong}). Restore the last good backup with: optimiser restore FILE --replace"
            )
        copied = Database(f"sqlite:///{copy}")
        try:
            with copied.read() as connection:
                yield connection
        finally:
            copied.close()


def _write(connection: Connection, archive: zipfile.ZipFile, count: Count | None) -> None:
    tables = _tables(connection)
    written, every = 0, 0
    if count is not None:
        every = sum(
            connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables.sorted_tables
        )
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
                if count is not None and (written + rows) % _AT_ONCE == 0:
                    count(written + rows, every)
        written += rows
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

    Everything is checked first; then tables, rows and the audit's record of it come in one transaction of the only
    writer, so that nothing is saved between the safety backup and the restore. Raises NotAllowed, Unfit, Busy.
    """
    permit(actor, "restore the database")
    found = look(source)
    if found.revision not in migrate.REVISIONS:
        raise Unfit(f"{source} is of a newer version of the program (tables {found.revision}). Install that version.")
    replaced = _aside(db, safety)
    with db.write() as connection:
        if not is_empty(connection):
            if safety is None:
                raise Unfit("The store is not empty. Restore into an empty one, or replace what is there: --replace")
            replaced = {"replaced": safety.name, "replaced_head": _beside(db, safety).head}
        _cleared(connection)
        _build(connection, source, found)
        detail = {"backup_sha256": found.sha256, "backup_head": found.head, **replaced}
        audit.append(connection, actor.id, "restore the database", source.name, detail)
    return found


def is_empty(connection: Connection) -> bool:
    """Whether a store holds no case, and nothing was done in it but sign-ins; also where there are no tables yet."""
    if not {"cases", "audit"} <= set(inspect(connection).get_table_names()):
        return True
    if connection.execute(select(schema.cases.c.id).limit(1)).first() is not None:
        return False
    acts = connection.execute(select(schema.audit.c.action).distinct()).scalars()
    return set(acts) <= {"first sign-in", "manage people"}


def damage(file: Path) -> str:
    """What SQLite finds wrong with a file; "" where it is whole or not there."""
    if not file.exists():
        return ""
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=10)) as connection:
            first = str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0])
            return "" if first == "ok" else first
    except sqlite3.DatabaseError as wrong:
        return str(wrong)


def _aside(db: Database, safety: Path | None) -> dict[str, str]:
    """Moves a damaged file aside, of which no backup can be made. Raises Unfit where nothing may be replaced."""
    if not db.is_sqlite or not (wrong := damage(Path(str(db.url.database)))):
        return {}
    if safety is None:
        raise Unfit(f"The store is damaged ({wrong}). To put the backup in its place: --replace")
    db.close()
    kept = safety.with_suffix(".damaged.db")
    kept.parent.mkdir(parents=True, exist_ok=True)
    Path(str(db.url.database)).replace(kept)
    return {"replaced": kept.name}


def _beside(db: Database, safety: Path) -> Backup:
    """A backup by a connection of its own, while this one holds the turn of the only writer."""
    other = Database(db.url)
    try:
        return write(other, safety)
    finally:
        other.close()


def _cleared(connection: Connection) -> None:
    """Takes away every table of the store."""
    server = connection.dialect.name != "sqlite"
    for table in reversed(schema.metadata.sorted_tables):
        connection.execute(text(f'DROP TABLE IF EXISTS "{table.name}"' + " CASCADE" * server))
    connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
    for name in FROZEN if server else ():
        connection.execute(text(f"DROP FUNCTION IF EXISTS {name}_no_change() CASCADE"))


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
