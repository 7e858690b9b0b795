"""The store is built, brought up to date from every earlier version, and is whole whatever goes wrong meanwhile."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event, inspect, text
from sqlalchemy.exc import IntegrityError

from optimiser.store.base import migrate, schema
from optimiser.store.base.database import Database
from tests.soak import some_of
from tests.store import postgres
from tests.store.rows import everything, fill
from tests.store.writers import heard, serving, told


def shape(connection: Connection) -> dict[str, Any]:
    """What the database says of its tables, in an order that does not depend on how they were made."""
    found, made = inspect(connection), dict[str, Any]()
    for table in sorted(set(found.get_table_names()) - {"alembic_version"}):
        made[table] = {
            "columns": {c["name"]: (str(c["type"]), c["nullable"], c["default"]) for c in found.get_columns(table)},
            "key": found.get_pk_constraint(table),
            "unique": sorted(map(str, found.get_unique_constraints(table))),
            "references": sorted(map(str, found.get_foreign_keys(table))),
            "checks": sorted(map(str, found.get_check_constraints(table))),
            "indexes": sorted(map(str, found.get_indexes(table))),
        }
    return made


@pytest.fixture
def older(place: str) -> Database:
    """An empty database."""
    return Database(place)


def at(db: Database, revision: str) -> Database:
    """The store at an earlier version, with rows."""
    migrate.upgrade(db, revision)
    with db.write() as connection:
        fill(connection)
    return db


def rows(db: Database) -> dict[str, list[dict[str, Any]]]:
    with db.read() as connection:
        return everything(connection)


def test_the_migrations_build_what_the_schema_says(place: str, other_place: str) -> None:
    migrated, created = Database(place), Database(other_place)
    schema.metadata.create_all(created.engine)
    with created.read() as connection:
        expected = shape(connection)
    assert set(expected) == set(schema.metadata.tables)
    migrate.upgrade(migrated, migrate.REVISIONS[-2])
    with migrated.read() as connection:
        assert shape(connection) != expected, "the comparison sees what the last migration adds"
    migrate.ready(migrated)
    with migrated.read() as connection:
        assert shape(connection) == expected
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, schema.metadata) == []
    for db in (migrated, created):
        db.close()


def test_every_migration_is_known() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parents[1] / "migrations"))
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_heads() == [migrate.HEAD]
    assert tuple(reversed([s.revision for s in scripts.walk_revisions()])) == migrate.REVISIONS


@pytest.mark.first(3)
@pytest.mark.parametrize("revision", migrate.REVISIONS)
def test_from_every_version_with_everything_in_it(older: Database, revision: str) -> None:
    before = rows(at(older, revision))
    assert all(before.values()), "a table without a row tests nothing"
    migrate.ready(older)
    assert migrate.current(older) == migrate.HEAD
    after = rows(older)
    for table, kept in before.items():
        assert [{c: row[c] for c in kept[0]} for row in after[table]] == kept, table
    assert [d["root"] for d in after["drafts"]] == [d["base"] for d in after["drafts"]]
    older.close()


def refused(db: Database, statement: str) -> bool:
    try:
        with db.write() as connection:
            connection.execute(text(statement))
    except IntegrityError as wrong:
        return "only ever added to" in str(wrong)
    return False


@pytest.mark.parametrize("revision", some_of(migrate.REVISIONS, (migrate.REVISIONS[0], migrate.HEAD)))
def test_frozen_tables_refuse_every_change(older: Database, revision: str) -> None:
    before = rows(at(older, revision))
    migrate.ready(older)
    for table in (t for t in schema.metadata.sorted_tables if t.name in before):
        same = f'UPDATE {table.name} SET "{table.columns.keys()[-1]}" = "{table.columns.keys()[-1]}"'
        assert refused(older, same) == (table.name in schema.FROZEN), table.name
    frozen = [name for name in schema.FROZEN if name in before]  # in an empty one there is no row to refuse for
    for name in frozen:
        assert refused(older, f"DELETE FROM {name}")
        if older.is_sqlite:
            for bypass in ("PRAGMA recursive_triggers = OFF", "PRAGMA recursive_triggers = ON"):
                with older.engine.connect() as connection:
                    connection.execute(text(bypass))
                    with pytest.raises(IntegrityError, match="only ever added to"):
                        connection.execute(text(f"INSERT OR REPLACE INTO {name} SELECT * FROM {name}"))
        else:
            assert refused(older, f"TRUNCATE {name} CASCADE")
            assert refused(older, f"SET LOCAL session_replication_role = replica; DELETE FROM {name}")
    after = rows(older)
    for name in frozen:  # what a later version added besides is no change
        assert [{c: row[c] for c in before[name][0]} for row in after[name]] == before[name], name
    older.close()


def test_a_copy_is_made_before_and_holds_what_was_there(older: Database, tmp_path: Path, server_log: Any) -> None:
    before = rows(at(older, "0001"))
    migrate.ready(older)
    if older.is_sqlite:
        (copy,) = tmp_path.glob("t*.before-*.db")
        kept = Database(f"sqlite:///{copy}")
        assert migrate.current(kept) == "0001"
        assert rows(kept) == before
        assert copy.stat().st_mode & 0o077 == 0, "what agencies share is for its owner's eyes"
        kept.close()
    else:
        (copy,) = (tmp_path / "home").glob("optimiser.before-*.dump")
        restore = postgres.programs() / "pg_restore"
        listed = subprocess.run([restore, "--list", copy], capture_output=True, text=True, check=True).stdout
        assert all(f"TABLE DATA public {table} " in listed for table in before)
    assert str(copy) in server_log.text
    older.close()


@pytest.fixture
def server_log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level("INFO", logger="optimiser.store")
    return caplog


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
@pytest.mark.parametrize("dump", ["pg_dump_that_is_not_there", "false"])
def test_without_a_copy_it_is_said(
    older: Database, dump: str, monkeypatch: pytest.MonkeyPatch, server_log: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    monkeypatch.setattr(migrate, "DUMP", (dump,))
    migrate.ready(at(older, "0001"))
    assert "no copy was made" in server_log.text
    assert "one transaction" in server_log.text
    assert not list((tmp_path / "home").glob("*.dump"))
    older.close()


@pytest.mark.first(3)
@pytest.mark.parametrize("revision", ["", *migrate.REVISIONS[:-1]])
def test_a_migration_that_fails_leaves_all_as_it_was(
    older: Database, revision: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if revision:
        at(older, revision)
    before, run = rows(older), migrate.run

    def fails(connection: Connection, to: str) -> None:
        run(connection, to)
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(migrate, "run", fails)
        with pytest.raises(RuntimeError, match="disk is full"):
            migrate.ready(older)
    assert migrate.current(older) == revision
    assert rows(older) == before
    migrate.ready(older)
    assert migrate.current(older) == migrate.HEAD
    older.close()


@pytest.mark.parametrize("revision", ["", "0001"])
def test_programs_that_start_together_migrate_once(older: Database, revision: str, tmp_path: Path) -> None:
    if revision:
        at(older, revision)
    stores = [Database(older.url) for _ in range(6)]
    with ThreadPoolExecutor(len(stores)) as pool:
        list(pool.map(migrate.ready, stores))
    assert {migrate.current(s) for s in stores} == {migrate.HEAD}
    copies = [*tmp_path.glob("t*.before-*"), *(tmp_path / "home").glob("*.dump")]
    assert len(copies) == (1 if revision else 0)
    for store in [*stores, older]:
        store.close()


@pytest.mark.parametrize("revision", ["", "0001"])
def test_servers_that_start_on_one_old_home_work_on_in_it(older: Database, revision: str, tmp_path: Path) -> None:
    """Two processes at one moment: one brings it up to date, the other waits, and the work of both is there."""
    if revision:
        at(older, revision)
    before, home = rows(older) if revision else {}, tmp_path / "home"
    home.mkdir(exist_ok=True)
    address = older.url.render_as_string(hide_password=False)
    running = [told(serving, address, str(home)) for _ in range(2)]
    assert [pipe.recv() for _, pipe in running] == ["here", "here"]
    (home / "go").touch()
    (one,), (other,) = (heard(pipe) for _, pipe in running)
    assert one[1] == other[1] == migrate.current(older) == migrate.HEAD
    after = rows(older)
    assert {one[0], other[0]} <= {row["id"] for row in after["cases"]}
    for table, was in before.items():
        kept = [{c: row[c] for c in was[0]} for row in after[table]]
        assert all(row in kept for row in was), table
    copies = [*tmp_path.glob("t*.before-*"), *(tmp_path / "home").glob("*.dump")]
    assert len(copies) == (1 if revision else 0)
    for process, _ in running:
        process.join()
    older.close()


def test_nothing_is_done_where_nothing_is_to_be_done(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(migrate, "upgrade", lambda *_: asked.append("upgrade"))
    fresh = Database(database.url)
    event.listen(fresh.engine, "before_cursor_execute", lambda _c, _cursor, statement, *_: asked.append(statement))
    migrate.ready(fresh)
    fresh.close()
    told = [s for s in asked if not s.lstrip().upper().startswith(("PRAGMA", "SET"))]
    assert "upgrade" not in told
    assert len(told) <= 8, told  # a few questions, so that every start is quick


def newer(connection: Connection) -> None:
    migrate.run(connection, migrate.HEAD)
    connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))


def of_another(connection: Connection) -> None:
    connection.execute(text("CREATE TABLE people (id INTEGER PRIMARY KEY, shoe_size INTEGER)"))


@pytest.mark.parametrize(
    ("make", "said"), [(newer, r"newer version of this program.*9999"), (of_another, r"another program.*people")]
)
def test_what_is_not_ours_is_left_alone(older: Database, make: Callable[[Connection], None], said: str) -> None:
    with older.write() as connection:
        make(connection)
    before = rows(older)
    with pytest.raises(migrate.Unusable, match=said):
        migrate.ready(older)
    assert rows(older) == before
    older.close()


def test_what_is_no_database_is_said_in_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    file.write_text("Dear committee, " * 100)
    for url in (f"sqlite:///{file}", "postgresql+psycopg://nobody:secret@127.0.0.1:1/nothing"):
        db = Database(url)
        with pytest.raises(migrate.Unusable, match="cannot be read") as said:
            migrate.ready(db)
        assert "secret" not in str(said.value)
        db.close()
    assert file.read_text().startswith("Dear committee")


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path / 'deep' / 'store.db'}")
    migrate.ready(db)
    assert (tmp_path / "deep" / "store.db").stat().st_mode & 0o077 == 0
    db.close()
