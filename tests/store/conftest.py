"""The store on both databases: a file of SQLite, and a real PostgreSQL server that runs for the session."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from optimiser.store.base import migrate
from optimiser.store.base.database import Database
from tests.store import postgres


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a PostgreSQL server."""
    if postgres.programs() is None:
        missing = "there is no PostgreSQL server on this machine (Debian: apt install postgresql)"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    with postgres.serving() as address:
        yield address


@contextmanager
def empty(kind: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    """The address of an empty database of this kind."""
    name = f"t{secrets.token_hex(6)}"
    if kind == "sqlite":
        yield f"sqlite:///{folder / name}.db"
        return
    server = request.getfixturevalue("server")
    postgres.execute(server, f"CREATE DATABASE {name}")
    yield f"{server}/{name}".replace("postgresql://", "postgresql+psycopg://")
    postgres.execute(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Which database."""
    found: str = request.param
    return found


@pytest.fixture
def place(kind: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of an empty database, of each kind."""
    monkeypatch.setenv("OPTIMISER_HOME", str(tmp_path / "home"))
    with empty(kind, request, tmp_path) as address:
        yield address


@pytest.fixture
def other_place(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a second empty database, of the same kind."""
    with empty(kind, request, tmp_path) as address:
        yield address


@pytest.fixture
def database(place: str) -> Iterator[Database]:
    """A store that is ready, of each kind."""
    made = Database(place)
    migrate.ready(made)
    yield made
    made.close()
