"""reproduce, audit, backup, restore and doctor, as people type them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from optimiser.command_line import app
from optimiser.store.base import migrate, people
from optimiser.store.base.database import Database
from optimiser.store.committee import decisions
from optimiser.store.committee.decisions import Decision
from tests.store import decided
from tests.store.tampering import delete_inside, tampering


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the store that is not there yet."""
    monkeypatch.setenv("OPTIMISER_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("OPTIMISER_DATABASE_URL", raising=False)
    monkeypatch.delenv("OPTIMISER_MODE", raising=False)
    return tmp_path / "home"


@pytest.fixture
def done(home: Path) -> Decision:
    """A decision in the store."""
    db = Database()
    migrate.ready(db)
    made = decided.decided(db, people.local(db))
    (home / "report.html").write_bytes(decisions.report(db, people.local(db), made.id))
    db.close()
    return made


def run(*words: str | Path) -> Any:
    return CliRunner().invoke(app, [str(w) for w in words])


def test_without_a_store_nothing_is_made(home: Path, tmp_path: Path) -> None:
    for words in (("reproduce", "x"), ("audit", "verify"), ("audit", "retention"), ("backup", tmp_path / "b.zip")):
        found = run(*words)
        assert found.exit_code == 2
        assert "There is no store yet" in found.stderr
    assert not home.exists()


def test_reproduce(home: Path, done: Decision) -> None:
    found = run("reproduce", done.id[:8])
    assert found.exit_code == 0
    assert found.stdout.startswith("The same to the byte")
    said = json.loads(run("reproduce", done.id, "--json").stdout)
    assert (said["same"], said["differences"], said["versions"]) == (True, [], {})
    assert run("reproduce", "zzz").exit_code == 2


def test_reproduce_says_what_differs(home: Path, done: Decision) -> None:
    from sqlalchemy import update

    from optimiser.store.base import schema

    db = Database()
    with tampering(db) as connection:
        connection.execute(update(schema.runs).values(result=b'{"status": "optimal"}'))
    db.close()
    found = run("reproduce", done.id)
    assert found.exit_code == 3
    assert "award: None then" in found.stdout


def test_audit_verify(home: Path, done: Decision) -> None:
    assert run("audit", "verify").exit_code == 0
    assert run("audit", "verify", "--head", done.audit_head).exit_code == 0
    assert run("audit", "verify", "--head", "f" * 64).exit_code == 3
    found = run("audit", "verify", "--report", home / "report.html")
    assert found.exit_code == 0
    assert "is as it was made" in found.stderr
    page = (home / "report.html").read_bytes()
    (home / "forged.html").write_bytes(page.replace(b"Approved", b"Rejected"))
    assert run("audit", "verify", "--report", home / "forged.html").exit_code == 3
    db = Database()
    with tampering(db) as connection:
        delete_inside(connection, 2)
    db.close()
    found = run("audit", "verify", "--json")
    assert found.exit_code == 3
    assert json.loads(found.stdout)["problems"][0]["kind"] == "gap"


def test_audit_export_retention_and_hold(home: Path, done: Decision, tmp_path: Path) -> None:
    assert run("audit", "export", tmp_path / "out").exit_code == 0
    assert {p.name for p in (tmp_path / "out").iterdir()} == {"audit.jsonl", "audit.csv"}
    assert run("audit", "export", tmp_path / "out").exit_code == 2
    assert "for 7 years" in run("audit", "retention").stdout
    assert run("audit", "retention", "--years", "1").exit_code == 3
    assert run("audit", "hold", done.case, "--reason", "County v. Doe").exit_code == 0
    said = json.loads(run("audit", "retention", "--years", "10", "--json").stdout)
    assert (said["years"], said["cases"][0]["hold"]) == (10, True)
    assert run("audit", "hold", done.case, "--end", "--reason", "Settled").exit_code == 0
    assert run("audit", "hold", "nowhere", "--reason", "Why").exit_code == 2
    assert run("audit", "hold", done.case).exit_code == 2  # without a reason
    assert run("audit", "verify").exit_code == 0


def test_backup_and_restore(home: Path, done: Decision, tmp_path: Path) -> None:
    file = tmp_path / "b.zip"
    found = run("backup", file)
    assert found.exit_code == 0
    assert "1 case, 1 version, 2 runs and 1 decision" in found.stderr
    assert run("backup", file).exit_code == 2
    assert run("restore", file).exit_code == 3
    assert run("restore", tmp_path / "nothing.zip").exit_code == 2
    (home / "optimiser.db").unlink()
    assert run("restore", file).exit_code == 0
    assert run("reproduce", done.id).exit_code == 0
    found = run("restore", file, "--replace")
    assert found.exit_code == 0
    assert "What was there before is kept in" in found.stderr
    assert len(list(home.glob("before-restore-*.zip"))) == 1
    assert run("audit", "verify", "--head", done.audit_head).exit_code == 0


def test_doctor(home: Path) -> None:
    found = run("doctor")
    assert found.exit_code == 0
    assert "There is no store yet" in found.stdout
    said = json.loads(run("doctor", "--json").stdout)
    assert said["well"] is True
    assert {f["name"] for f in said["findings"]} >= {
        "python",
        "libraries",
        "solver",
        "folder",
        "disk",
        "database",
        "sign-in",
    }


def test_doctor_of_an_office_without_sign_in(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPTIMISER_MODE", "office")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    found = run("doctor")
    assert found.exit_code == 3
    assert "Sign-in is not set up" in found.stdout


def test_other_commands_do_not_wait_for_the_store() -> None:
    code = (
        "import sys, optimiser.command_line; print([m for m in ('sqlalchemy', 'alembic', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
