"""The store on both databases: a file of SQLite, and a real PostgreSQL server that runs for the session."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from optimiser.store.base import migrate
from optimiser.store.base.database import Database
from tests.store import postgres

BOTH = ("test_cases.py", "test_database.py", "test_decisions.py", "test_migrate.py", "test_turn.py")
"""Tests of what the two databases do in ways of their own: they are run on both at once, the others on PostgreSQL later."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is shown on SQLite is shown again on PostgreSQL by the long tests."""
    for item in items:
        cases = getattr(item, "callspec", None)
        if cases and cases.params.get("kind") == "postgresql" and item.path.name not in BOTH:
            item.add_marker("long")


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


@pytest.fixture(scope="session")
def ready_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of SQLite that is ready and has nothing in it: the same for every test, so it is made once and copied."""
    path = tmp_path_factory.mktemp("ready") / "store.db"
    _made_ready(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def ready_name(server: str) -> str:
    """The name of such a database of PostgreSQL."""
    postgres.execute(server, "CREATE DATABASE ready")
    _made_ready(_address(server, "ready"))
    return "ready"


def _made_ready(address: str) -> None:
    made = Database(address)
    migrate.ready(made)
    made.close()


def _address(server: str, name: str) -> str:
    return f"{server}/{name}".replace("postgresql://", "postgresql+psycopg://")


@contextmanager
def new(kind: str, request: pytest.FixtureRequest, folder: Path, ready: bool = False) -> Iterator[str]:
    """The address of a new database of this kind: empty, or ready."""
    name = f"t{secrets.token_hex(6)}"
    if kind == "sqlite":
        path = folder / f"{name}.db"
        if ready:
            shutil.copyfile(request.getfixturevalue("ready_file"), path)
        yield f"sqlite:///{path}"
        return
    server = request.getfixturevalue("server")
    template = f" TEMPLATE {request.getfixturevalue('ready_name')}" if ready else ""
    postgres.execute(server, f"CREATE DATABASE {name}{template}")
    yield _address(server, name)
    postgres.execute(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Which database."""
    found: str = request.param
    return found


@pytest.fixture
def place(kind: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a database, of each kind: empty, unless the test asks for a store that is ready."""
    monkeypatch.setenv("OPTIMISER_HOME", str(tmp_path / "home"))
    with new(kind, request, tmp_path, ready="database" in request.fixturenames) as address:
        yield address


@pytest.fixture
def other_place(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a second empty database, of the same kind."""
    with new(kind, request, tmp_path) as address:
        yield address


@pytest.fixture
def database(place: str) -> Iterator[Database]:
    """A store that is ready, of each kind."""
    made = Database(place)
    migrate.ready(made)
    yield made
    made.close()
