"""The way to the database: SQLite beside the person's files by default, PostgreSQL where an address is given.

Every change goes through `Database.act`, which asks for the right, holds the one lock, and writes the audit record in
the same transaction as the change itself: neither is ever there without the other.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, insert, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from optimiser.store.base import audit, schema
from optimiser.store.base.rights import Actor, permit
from optimiser.store.base.turn import TooLong, turn

ADDRESS = "OPTIMISER_DATABASE_URL"
FOLDER = "OPTIMISER_HOME"
LONGEST_WAIT = 5.0
"""Seconds that who reads waits for a writer to end, and a writer for the one before it; for all of them twice as long."""
_LOCK = 0x6F7074
"""Number of the lock that writers of PostgreSQL take one after the other, as SQLite's do by themselves."""


class Unusable(RuntimeError):
    """The database cannot be this program's store. The message says why and what to do."""


class NoDriver(Unusable, ImportError):
    """What reaches PostgreSQL is not installed."""


class Busy(RuntimeError):
    """Others have been writing for too long. Nothing was changed."""


_SAID = (
    (("locked", "lock timeout"), "Another program holds the database. End it, or wait, and try again."),
    (("full", "No space left"), "The disk on which the database stands is full. Make room, and try again."),
    (("readonly", "read-only"), "The database may only be read here. Give this program the right to write it."),
)
"""What the database says, and what that means for who reads it."""
Broken = DBAPIError
"""What is raised where the database fails, or is not there any more."""


def in_words(wrong: DBAPIError) -> str:
    """A failure of the database in a sentence, with its cure."""
    said = str(wrong.orig)
    known = (told for signs, told in _SAID if any(sign in said for sign in signs))
    return next(known, "The database cannot be reached. See that it runs, and try again.")


def address() -> URL:
    """Where the store is: OPTIMISER_DATABASE_URL, else a file in OPTIMISER_HOME, else in the home folder."""
    given = os.environ.get(ADDRESS, "").strip()
    if given:
        url = _parsed(given)
        return url.set(drivername="postgresql+psycopg") if url.drivername in ("postgres", "postgresql") else url
    return URL.create("sqlite", database=str(home() / "optimiser.db"))


def home() -> Path:
    """The folder of what this program keeps on this machine: OPTIMISER_HOME, else .optimiser in the home folder."""
    return Path(os.environ.get(FOLDER, "").strip() or Path.home() / ".optimiser")


@dataclass(frozen=True)
class Act:
    """A change that is being made: its connection, and what the audit will say of it in the record of this number."""

    connection: Connection
    number: int
    actor: Actor
    action: str
    detail: dict[str, Any]
    item: list[str]

    def add(self, table: Table, **values: Any) -> str:
        """Adds a row to a table, with what every row tells of how it came: who did it, when, and where in the audit. Returns
        its id."""
        known = {"id": schema.new_id(), "number": self.number, "person": self.actor.id, "at": schema.now()}
        row = {**{name: value for name, value in known.items() if name in table.c}, **values}
        self.connection.execute(insert(table).values(row))
        return str(row.get("id", ""))

    def about(self, item: str, **detail: Any) -> None:
        """What the change was done to, and what an auditor should know of it (plain values, nothing sensitive)."""
        self.item[:] = [item]
        self.detail.update(detail)


class Database:
    """One store. Safe to share between threads. Raises Unusable for an address at which there can be none."""

    def __init__(self, url: URL | str | None = None) -> None:
        self.url = _parsed(url) if url is not None else address()
        self.engine = _engine(self.url)
        self._here = threading.local()

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file of SQLite."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one state of the store and changes nothing."""
        with self._alone(), self.engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql(f"PRAGMA busy_timeout = {LONGEST_WAIT * 1000:.0f}")
                connection.exec_driver_sql("BEGIN")
            else:
                connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
            yield connection

    @contextmanager
    def act(self, actor: Actor, action: str, item: str = "", detail: Mapping[str, Any] | None = None) -> Iterator[Act]:
        """A change and its audit record, both or neither. Raises NotAllowed before anything is done."""
        permit(actor, action)
        with self.write() as connection:
            made = Act(connection, audit.head(connection)[0] + 1, actor, action, dict(detail or {}), [item])
            yield made
            audit.append(connection, actor.id, action, made.item[0], made.detail)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction of the only writer. Used by `act`, by migrations and where nobody is signed in yet.

        Raises Busy where others have been writing for too long.
        """
        with self._alone(), self._in_turn(), self.engine.connect() as connection:
            try:
                with _patiently():
                    if self.is_sqlite:
                        connection.exec_driver_sql(f"PRAGMA busy_timeout = {LONGEST_WAIT * 2000:.0f}")
                        connection.exec_driver_sql("BEGIN IMMEDIATE")
                    else:
                        connection.execute(text(f"SET LOCAL lock_timeout = '{LONGEST_WAIT * 2:g}s'"))
                        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """Waits in the line of writers. A server makes its own line."""
        file = self.url.database if self.is_sqlite else None
        if not file or file == ":memory:":
            yield
            return
        with ExitStack() as line:
            with _patiently():
                line.enter_context(turn(Path(f"{file}.lock"), LONGEST_WAIT * 2))
            yield

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One transaction of a thread at a time: a second one inside would wait for the first, which waits for it."""
        if getattr(self._here, "inside", False):
            raise RuntimeError("a transaction of the store was begun inside another")
        self._here.inside = True
        try:
            yield
        finally:
            self._here.inside = False

    def close(self) -> None:
        """Gives every connection back."""
        self.engine.dispose()


@contextmanager
def _patiently() -> Iterator[None]:
    """Turns the end of a wait for other writers into a sentence."""
    try:
        yield
    except (TooLong, OperationalError) as wrong:
        if isinstance(wrong, OperationalError) and not any(w in str(wrong.orig) for w in ("locked", "lock timeout")):
            raise
        raise Busy(
            f"Others have been writing for {LONGEST_WAIT * 2:g} seconds. Nothing was changed; try again."
        ) from wrong


def _parsed(given: URL | str) -> URL:
    try:
        url = make_url(given)
    except ArgumentError as wrong:
        how = "postgresql://name:password@host/database"
        raise Unusable(f"{ADDRESS} is no address of a database. Write it like {how}.") from wrong
    if url.get_backend_name() not in ("sqlite", "postgresql", "postgres"):
        raise Unusable(f"{ADDRESS} names {url.get_backend_name()}. The store can be PostgreSQL, or a file of SQLite.")
    return url


def _engine(url: URL) -> Engine:
    many = {"pool_size": 10, "max_overflow": 30}
    if url.get_backend_name() != "sqlite":
        try:
            from optimiser.store.base import bounded

            within = {"connect_timeout": bounded.CONNECT_SECONDS}
            served = create_engine(url, pool_pre_ping=True, connect_args=within, **many)
        except ImportError as wrong:
            raise NoDriver("psycopg, which reaches PostgreSQL, is not installed: pip install -e .[office]") from wrong

        @event.listens_for(served, "do_connect")
        def _connect(_dialect: Any, _record: Any, args: Any, how: Any) -> Any:
            return bounded.BoundedConnection.connect(*args, **how)

        return served
    if not url.database or url.database == ":memory:":
        many = {}
    else:
        file = Path(url.database)
        try:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not file.exists():
                file.touch(mode=0o600)  # what agencies share is for the eyes of its owner
        except OSError as wrong:
            cure = f"Name another folder in {FOLDER}, or give yourself the right to write there."
            raise Unusable(f"The store cannot be kept in {file.parent}: {wrong.strerror}. {cure}") from wrong
    engine = create_engine(url, connect_args={"timeout": LONGEST_WAIT * 2, "check_same_thread": False}, **many)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin where we say so, as IMMEDIATE
        # A rollback journal: versions of SQLite in use can damage a write-ahead log when it is reset. Cut and not deleted
        # at the end, because the cut is on the disk when the transaction is acknowledged, and a deletion may not be.
        for pragma in ("journal_mode = TRUNCATE", "synchronous = FULL", "foreign_keys = ON", "recursive_triggers = ON"):
            connection.execute(f"PRAGMA {pragma}")

    return engine
