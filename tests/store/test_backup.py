"""The drill: a backup is made, the store is lost, the backup is put back, and everything is as it was."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from sqlalchemy import select

from optimiser.store.base import migrate, people, schema
from optimiser.store.base.database import Database
from optimiser.store.base.rights import NotAllowed
from optimiser.store.committee import decisions
from optimiser.store.committee.reproduce import reproduce
from optimiser.store.keeping import backup
from optimiser.store.keeping.audit_check import verify
from optimiser.store.keeping.backup import Unfit
from optimiser.store.privacy import reach
from optimiser.store.work import cases, runs
from tests.store import decided

HERE = reach.operator("root")


def everything(db: Database) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, the audit's records of backups and restores left out."""
    with db.read() as connection:
        found = {
            t.name: sorted((tuple(row) for row in connection.execute(select(t))), key=repr)
            for t in schema.metadata.sorted_tables
        }
    action = list(schema.audit.c.keys()).index("action")
    found["audit"] = [r for r in found["audit"] if r[action] not in ("back up", "restore the database")]
    return found


def drill(db: Database, other: Database, file: Path) -> None:
    """Backs one store up and puts it into the other."""
    me = people.local(db)
    done = decided.decided(db, me)
    decided.person(db, "Zoë <z@x>", "viewer", agency="Shelter")
    page = decisions.report(db, me, done.id)
    made = backup.backup(db, me, file)
    assert made.rows["decisions"] == 1
    assert oct(file.stat().st_mode & 0o777) == "0o600"
    backup.restore(other, HERE, file)
    assert everything(other) == everything(db)
    assert verify(other, HERE, done.audit_head).problems == ()
    assert decisions.report(other, me, done.id) == page
    assert reproduce(other, me, done.id).same
    cases.create(other, me, "goes on", "", {})
    assert verify(other, HERE).is_whole


@pytest.mark.first(1)
def test_the_drill(database: Database, other_place: str, tmp_path: Path) -> None:
    with closing(Database(other_place)) as other:
        drill(database, other, tmp_path / "b.zip")


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_a_backup_of_a_file_goes_into_a_server_and_back(place: str, tmp_path: Path) -> None:
    with ExitStack() as open_:
        places = (f"sqlite:///{tmp_path}/a.db", place, f"sqlite:///{tmp_path}/c.db")
        file, server, back = (open_.enter_context(closing(Database(p))) for p in places)
        migrate.ready(file)
        drill(file, server, tmp_path / "one.zip")
        backup.backup(server, HERE, tmp_path / "two.zip")
        backup.restore(back, HERE, tmp_path / "two.zip")
        assert everything(back) == everything(server)
        assert verify(back, HERE).problems == ()


@pytest.mark.first(1)
def test_a_store_with_something_in_it_is_replaced_only_when_told_and_kept(database: Database, tmp_path: Path) -> None:
    me, file, safety = people.local(database), tmp_path / "b.zip", tmp_path / "safe.zip"
    decided.decided(database, me)
    backup.backup(database, me, file)
    later = cases.create(database, me, "later", "", {})
    before = everything(database)
    with pytest.raises(Unfit, match="--replace"):
        backup.restore(database, HERE, file)
    assert everything(database) == before
    head = verify(database, me).head
    backup.restore(database, HERE, file, safety)
    assert [c.name for c in cases.listed(database, me)] == ["Three rivers"]
    assert not verify(database, me, head).is_whole  # what was printed since the backup is seen to be gone
    backup.restore(database, HERE, safety, tmp_path / "safe2.zip")
    assert later.id in {c.id for c in cases.listed(database, me)}
    assert verify(database, me, head).problems == ()


def test_a_backup_of_an_earlier_version_is_brought_up_to_date(place: str, other_place: str, tmp_path: Path) -> None:
    with closing(Database(place)) as older, closing(Database(other_place)) as newer:
        migrate.upgrade(older, migrate.REVISIONS[0])
        people.local(older)
        backup.write(older, tmp_path / "old.zip")
        assert backup.look(tmp_path / "old.zip").revision == migrate.REVISIONS[0]
        backup.restore(newer, HERE, tmp_path / "old.zip")
        assert migrate.current(newer) == migrate.HEAD
        assert people.local(newer).id == people.local(older).id


def test_who_may_back_up_and_restore(database: Database, tmp_path: Path) -> None:
    ana = decided.person(database, "Ana", "analyst", "finance", "member")
    with pytest.raises(NotAllowed):
        backup.backup(database, ana, tmp_path / "b.zip")
    backup.backup(database, people.local(database), tmp_path / "b.zip")
    with pytest.raises(NotAllowed):
        backup.restore(database, ana, tmp_path / "b.zip")
    with pytest.raises(FileExistsError):
        backup.backup(database, people.local(database), tmp_path / "b.zip")


# -- what is wrong with a file --------------------------------------------------------------------------------------------


def altered(source: Path, target: Path, member: str, change: Callable[[bytes], bytes]) -> Path:
    """The same archive with one part changed."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == member else old.read(name))
    return target


def rehashed(source: Path, target: Path, lines: Callable[[list[bytes]], list[bytes]]) -> Path:
    """The same archive with another audit, and the manifest that fits it."""
    with zipfile.ZipFile(source) as old:
        said = json.loads(old.read("manifest.json"))
        audit = b"".join(lines(old.read("audit.jsonl").splitlines(keepends=True)))
    rows = audit.splitlines()
    said["tables"]["audit"] |= {"rows": len(rows), "sha256": runs.sha256(audit)}
    made = altered(source, target.with_suffix(".part"), "audit.jsonl", lambda _: audit)
    return altered(made, target, "manifest.json", lambda _: json.dumps(said).encode())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A backup of a decided case, made from a file of SQLite."""
    db = Database(f"sqlite:///{tmp_path}/source.db")
    migrate.ready(db)
    me = people.local(db)
    decided.decided(db, me)
    return backup.backup(db, me, tmp_path / "sound.zip").path


@pytest.mark.first(3)
@pytest.mark.parametrize(
    ("member", "change", "why"),
    [
        ("cases.jsonl", lambda b: b.replace(b"Three", b"Threw"), "cases is not what was backed up"),
        ("votes.jsonl", lambda b: b"", "votes is not what was backed up"),
        ("manifest.json", lambda b: b.replace(b'"format": 1', b'"format": 9'), "another version of the program"),
        ("manifest.json", lambda b: b[:-20], "no whole backup"),
        ("manifest.json", lambda b: b.replace(b'"audit_head": "', b'"audit_head": "f'), "end was cut off"),
        ("manifest.json", lambda b: b.replace(migrate.HEAD.encode(), b"9999"), "newer version"),
    ],
)
def test_a_changed_backup_is_refused(
    file: Path, tmp_path: Path, member: str, change: Callable[[bytes], bytes], why: str
) -> None:
    target = Database(f"sqlite:///{tmp_path}/target.db")
    with pytest.raises(Unfit, match=why):
        backup.restore(target, HERE, altered(file, tmp_path / "bad.zip", member, change))
    assert migrate.current(target) == ""


@pytest.mark.first(1)
@pytest.mark.parametrize(
    "lines",
    [
        lambda a: a[:2] + a[3:],
        lambda a: a[:-1],
        lambda a: [*a[:1], a[1].replace(b"open a case", b"close a case"), *a[2:]],
    ],
    ids=["deleted", "cut", "edited"],
)
def test_a_backup_whose_audit_was_tampered_with_is_refused(
    file: Path, tmp_path: Path, lines: Callable[[list[bytes]], list[bytes]]
) -> None:
    with pytest.raises(Unfit, match=r"audit in .* is not whole"):
        backup.look(rehashed(file, tmp_path / "bad.zip", lines))


def test_half_a_file_and_no_file(file: Path, tmp_path: Path) -> None:
    half = tmp_path / "half.zip"
    half.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with pytest.raises(Unfit, match="no whole backup"):
        backup.look(half)
    with pytest.raises(FileNotFoundError):
        backup.look(tmp_path / "nothing.zip")


def test_a_damaged_store_is_put_aside_and_replaced(file: Path, tmp_path: Path) -> None:
    path = tmp_path / "hurt.db"
    db = Database(f"sqlite:///{path}")
    migrate.ready(db)
    decided.decided(db, people.local(db))
    db.close()
    with path.open("r+b") as hurt:
        hurt.seek(8192)
        hurt.write(os.urandom(40_000))
    with pytest.raises(Unfit, match="damaged"):
        backup.write(db, tmp_path / "b.zip")
    assert not (tmp_path / "b.zip").exists()
    with pytest.raises(Unfit, match="store is damaged"):
        backup.restore(db, HERE, file)
    backup.restore(db, HERE, file, tmp_path / "safe.zip")
    assert (tmp_path / "safe.damaged.db").exists()
    assert verify(db, HERE).is_whole
