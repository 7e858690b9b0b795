"""The store on both databases: a file of SQLite, and a real PostgreSQL server that runs for the session."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from optimiser.store import migrate
from optimiser.store.database import Database
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


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of an empty database, of each kind."""
    monkeypatch.setenv("OPTIMISER_HOME", str(tmp_path / "home"))
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'store.db'}"
        return
    server = request.getfixturevalue("server")
    name = f"t{secrets.token_hex(6)}"
    postgres.execute(server, f"CREATE DATABASE {name}")
    yield f"{server}/{name}".replace("postgresql://", "postgresql+psycopg://")
    postgres.execute(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database(place: str) -> Iterator[Database]:
    """A store that is ready, of each kind."""
    made = Database(place)
    migrate.ready(made)
    yield made
    made.close()
