"""What the doctor says of sound and of sick installations."""

from __future__ import annotations

import os
import shutil
from collections import namedtuple
from contextlib import closing
from importlib import metadata
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from optimiser import verbs
from optimiser.store.base import migrate, people
from optimiser.store.base.database import Database
from optimiser.store.keeping import backup, doctor
from tests.store import decided
from tests.store.tampering import delete_inside, tampering


def of(found: list[doctor.Symptom], name: str) -> list[tuple[str, str]]:
    return [(f.level, f.said) for f in found if f.name == name]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the store that is not there yet."""
    monkeypatch.setenv("OPTIMISER_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("OPTIMISER_DATABASE_URL", raising=False)
    return tmp_path / "home"


def test_before_there_is_a_store(home: Path) -> None:
    found = doctor.examine()
    assert {f.level for f in found if f.name not in ("browser", "libraries")} == {"ok"}
    assert "There is no store yet" in of(found, "database")[0][1]
    assert not home.exists()  # it looks and changes nothing


@pytest.mark.first(1)
def test_a_sound_store(database: Database) -> None:
    me = people.local(database)
    found = doctor.examine(database.url)
    assert of(found, "database")[0][0] == "ok"
    assert of(found, "audit")[0][0] == "ok"
    assert of(found, "backup") == []  # nothing to lose yet
    decided.decided(database, me)
    assert of(doctor.examine(database.url), "backup") == [("warn", "There was none yet.")]


def test_a_backup_is_remembered(database: Database, tmp_path: Path) -> None:
    me = people.local(database)
    decided.kept(database, me)
    backup.backup(database, me, tmp_path / "b.zip")
    assert of(doctor.examine(database.url), "backup") == [("ok", "The last one was made today.")]


def test_an_audit_that_was_tampered_with(database: Database) -> None:
    decided.decided(database, people.local(database))
    with tampering(database, put_back=False) as connection:
        delete_inside(connection, 2)
    found = doctor.examine(database.url)
    assert of(found, "audit") == [("fail", "Record 2 of the audit is missing.")]
    assert {level for level, _ in of(found, "protection")} == {"fail"}


def test_an_older_and_a_newer_store(place: str) -> None:
    with closing(Database(place)) as db:
        migrate.upgrade(db, migrate.REVISIONS[0])
        if migrate.REVISIONS[0] != migrate.HEAD:
            assert of(doctor.examine(db.url), "database")[0][0] == "warn"
        with db.write() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        ((level, said),) = of(doctor.examine(db.url), "database")
    assert level == "fail"
    assert "newer version" in said


def test_a_server_that_is_not_there(home: Path) -> None:
    url = make_url("postgresql+psycopg://somebody:secret@127.0.0.1:1/store")
    ((level, said),) = of(doctor.examine(url), "database")
    assert level == "fail"
    assert "refused" in said
    assert "secret" not in said


def test_a_damaged_file(home: Path) -> None:
    home.mkdir(mode=0o700)
    (home / "optimiser.db").write_bytes(b"SQLite format 3\x00" + bytes(5000))
    ((level, said),) = of(doctor.examine(), "database")
    assert level == "fail"
    assert "damaged" in said


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_a_folder_that_others_read(home: Path) -> None:
    home.mkdir(mode=0o700)
    assert of(doctor.examine(), "folder")[0][0] == "ok"
    home.chmod(0o755)
    (finding,) = [f for f in doctor.examine() if f.name == "folder"]
    assert (finding.level, finding.cure) == ("warn", f"Keep it to yourself: chmod 700 {home}")


@pytest.mark.parametrize(("free", "level"), [(2e9, "ok"), (5e8, "warn"), (1e6, "fail")])
def test_room_on_the_disk(home: Path, monkeypatch: pytest.MonkeyPatch, free: float, level: str) -> None:
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(int(free)))
    assert of(doctor.examine(), "disk")[0][0] == level


def test_a_solver_that_is_wrong_or_breaks(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    right = verbs.solve

    def sick(case: object, solver: str = "highs") -> object:
        if solver == "cbc":
            raise OSError("no such file: cbc")
        other = verbs.case_from({**SMALLER, "Initiatives": [{"initiative": "I1", "lead": "A", "request": 1}]})  # type: ignore[dict-item]
        return right(other)

    monkeypatch.setattr(verbs, "solve", sick)
    found = of(doctor.examine(), "solver")
    assert [level for level, _ in found] == ["fail", "warn"]
    assert "wrong answer" in found[0][1]
    assert "no such file" in found[1][1]


SMALLER = {"Agencies": [{"agency": "A"}], "Funds": [{"fund": "F", "amount": 100}]}


@pytest.mark.parametrize(
    ("version", "requirement", "fine"),
    [
        ("2.4.6", "numpy>=2.3", True),
        ("2.3", "numpy>=2.3.0", True),
        ("2.2.9", "numpy>=2.3", False),
        ("3.0", "pandas>=3.1,<4", False),
        ("4.0.1", "pandas>=3.1,<4", False),
        ("3.3.2", "pulp==3.3.2", True),
        ("3.3.3", "pulp==3.3.2", False),
        ("1.0rc1", "x>=1", True),
    ],
)
def test_versions_against_what_is_needed(version: str, requirement: str, fine: bool) -> None:
    assert doctor.meets(version, requirement) is fine


def test_a_library_that_is_too_old(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "requires", lambda _: ["numpy>=99", "nowhere-to-be-found>=1"])
    ((level, said),) = of(doctor.examine(), "libraries")
    assert level == "fail"
    assert "needed is numpy>=99" in said
    assert "nowhere-to-be-found is not installed" in said
