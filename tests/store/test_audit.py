"""Four kinds of tampering with the audit, four found; what is exported; how long it is kept."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, text, update

from optimiser.store.base import audit, people, schema
from optimiser.store.base.database import Database
from optimiser.store.base.rights import Actor, NotAllowed
from optimiser.store.committee import decisions
from optimiser.store.keeping import audit_check, audit_export, retention
from optimiser.store.keeping.audit_check import AuditCheck, verify
from optimiser.store.privacy import reach
from optimiser.store.work import cases, runs
from tests.store import decided
from tests.store.tampering import cut, delete_inside, edit_inside, edit_with_its_hash, rewrite, tampering


def kinds(found: AuditCheck) -> set[str]:
    return {problem.kind for problem in found.problems}


@pytest.fixture
def me(database: Database) -> Actor:
    return people.local(database)


def last(db: Database) -> int:
    with db.read() as connection:
        return audit.head(connection)[0]


def test_an_untouched_audit_is_whole(database: Database, me: Actor) -> None:
    done = decided.decided(database, me)
    found = verify(database, me)
    assert found.problems == ()
    assert found.records == last(database)
    assert verify(database, me, done.audit_head).is_whole
    assert verify(database, me, found.head).is_whole
    assert verify(database, me, done.audit_head[:12].upper()).is_whole


def test_an_empty_store_is_whole(database: Database) -> None:
    assert verify(database, reach.operator("root")).is_whole


# -- the four kinds -------------------------------------------------------------------------------------------------------


def test_an_edit_inside_is_found(database: Database, me: Actor) -> None:
    decided.decided(database, me)
    with tampering(database) as connection:
        edit_inside(connection, 3)
    assert "changed" in kinds(verify(database, me))


def test_an_edit_with_its_hash_is_found(database: Database, me: Actor) -> None:
    decided.decided(database, me)
    with tampering(database) as connection:
        edit_with_its_hash(connection, 3)
    assert "order" in kinds(verify(database, me))


def test_a_deletion_inside_is_found(database: Database, me: Actor) -> None:
    decided.decided(database, me)
    with tampering(database) as connection:
        delete_inside(connection, 3)
    assert "gap" in kinds(verify(database, me))
    assert "Record 3 of the audit is missing." in [p.sentence for p in verify(database, me).problems]


def test_the_first_record_missing_is_found(database: Database, me: Actor) -> None:
    decided.decided(database, me)
    with tampering(database) as connection:
        delete_inside(connection, 1)
    assert "gap" in kinds(verify(database, me))


def test_a_cut_tail_is_found_by_the_decision_that_it_told_of(database: Database, me: Actor) -> None:
    decided.decided(database, me)
    resolved = last_resolve(database)
    with tampering(database) as connection:
        cut(connection, resolved)
    assert "cut" in kinds(verify(database, me))


def test_a_cut_tail_is_found_by_what_is_kept_without_a_record(database: Database, me: Actor) -> None:
    done = decided.decided(database, me)
    before = last(database)
    runs.keep(database, me, done.case, None, decided.plan("no nurse"), "no nurse")
    with tampering(database) as connection:
        cut(connection, before + 1)
    assert kinds(verify(database, me)) == {"untold"}


def test_a_cut_tail_is_found_by_the_head_that_was_printed(database: Database, me: Actor) -> None:
    decided.decided(database, me)
    before = last(database)
    people.set_active(database, me, decided.person(database, "Ana", "viewer").id, False)
    printed = verify(database, me).head
    with tampering(database) as connection:
        cut(connection, before + 1)
    assert verify(database, me).is_whole  # nothing that is left in the store tells of it
    assert kinds(verify(database, me, printed)) == {"head"}


def test_a_whole_rewrite_is_found_by_the_decisions(database: Database, me: Actor) -> None:
    decided.decided(database, me)
    with tampering(database) as connection:
        rewrite(connection, 2)
    assert kinds(verify(database, me)) == {"rewritten"}


def test_a_rewrite_with_its_decisions_is_found_by_the_printed_head(database: Database, me: Actor) -> None:
    done = decided.decided(database, me)
    with tampering(database) as connection:
        rewrite(connection, 2)
        rows = audit_check.walk(audit_check.records(connection))
        changed = update(schema.decisions).where(schema.decisions.c.id == done.id)
        connection.execute(changed.values(audit_head=rows.before[done.id]))
    assert verify(database, me).is_whole
    assert kinds(verify(database, me, done.audit_head)) == {"head"}


def test_a_short_head_proves_nothing(database: Database, me: Actor) -> None:
    assert not verify(database, me, "0").is_whole


def last_resolve(db: Database) -> int:
    with db.read() as connection:
        return max(row.number for row in audit_check.records(connection) if row.action == "resolve")


# -- what stands beside it ------------------------------------------------------------------------------------------------


def test_missing_triggers_are_reported(database: Database, me: Actor) -> None:
    decided.decided(database, me)
    with tampering(database, put_back=False):
        pass
    found = verify(database, me)
    assert kinds(found) == {"trigger"}
    assert len(found.problems) == len(schema.FROZEN)


def test_a_trigger_that_refuses_nothing_is_reported(database: Database, me: Actor) -> None:
    with database.engine.connect() as connection:
        connection.exec_driver_sql("BEGIN")
        if database.is_sqlite:
            connection.execute(text("DROP TRIGGER audit_no_update"))
            connection.execute(text("CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT 1; END"))
        else:
            empty = "BEGIN RETURN NULL; END"
            connection.execute(
                text(f"CREATE OR REPLACE FUNCTION audit_no_change() RETURNS trigger LANGUAGE plpgsql AS $$ {empty} $$")
            )
        connection.commit()
    assert [p.kind for p in verify(database, me).problems] == ["trigger"]


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)  # SQLite cannot disable triggers
def test_a_disabled_trigger_is_reported(database: Database, me: Actor) -> None:
    with database.engine.connect() as connection:
        connection.execute(text("ALTER TABLE audit DISABLE TRIGGER audit_no_change"))
        connection.commit()
    assert kinds(verify(database, me)) == {"trigger"}


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)  # of SQLite the whole statement is kept and compared
def test_a_trigger_that_comes_too_late_is_reported(database: Database, me: Actor) -> None:
    with database.engine.connect() as connection:
        connection.execute(text("DROP TRIGGER audit_no_change ON audit"))
        connection.execute(
            text(
                "CREATE TRIGGER audit_no_change AFTER INSERT ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_no_change()"
            )
        )
        connection.execute(text("ALTER TABLE audit ENABLE ALWAYS TRIGGER audit_no_change"))
        connection.commit()
    assert kinds(verify(database, me)) == {"trigger"}


def test_changed_content_is_found(database: Database, me: Actor) -> None:
    done = decided.decided(database, me)
    page = decisions.report(database, me, done.id).replace(b"approve", b"reject!")
    with tampering(database) as connection:
        hashed = {"report": page, "report_sha256": runs.sha256(page)}
        connection.execute(update(schema.decisions).values(**hashed))
        connection.execute(update(schema.runs).values(result=b"{}"))
        connection.execute(update(schema.versions).values(content=b"nothing"))
    found = verify(database, me)
    assert kinds(found) == {"content"}
    assert len(found.problems) == 4  # the report, two runs, a version


def test_a_vote_that_nobody_cast_is_found(database: Database, me: Actor) -> None:
    done = decided.decided(database, me)
    forged = {
        "id": "f" * 16,
        "proposal": done.proposal,
        "person": me.id,
        "choice": "approve",
        "reason": "",
        "at": done.at,
    }
    with database.write() as connection:  # nothing in the database forbids to add one
        connection.execute(insert(schema.votes).values(**forged))
    assert kinds(verify(database, me)) == {"untold"}


def told(found: AuditCheck) -> list[tuple[str, str]]:
    return [(problem.kind, problem.sentence) for problem in found.problems]


def test_what_stands_in_another_order_than_the_audit_tells_is_found(database: Database, me: Actor) -> None:
    done = decided.decided(database, me)
    with tampering(database) as connection:
        changed = update(schema.decisions).where(schema.decisions.c.id == done.id)
        connection.execute(changed.values(number=schema.decisions.c.number + 1000))
    number = last_resolve(database)
    said = f"Decision {done.id} is put in order as record {number + 1000:,}; the audit tells of it in {number:,}."
    assert told(verify(database, me)) == [("order", said)]


def test_a_decision_that_counts_other_votes_is_found(database: Database, me: Actor) -> None:
    made = decided.proposed(database, me)
    for choice in ("reject", "abstain", "approve"):
        decisions.vote(database, me, made.id, choice, "Thought again.")
    done = decisions.resolve(database, me, made.id)
    assert verify(database, me).is_whole, "the last vote of each counts"
    with tampering(database) as connection:
        changed = update(schema.decisions).where(schema.decisions.c.id == done.id)
        connection.execute(changed.values(tally={"approve": 2, "reject": 0, "abstain": 0}))
    said = f"Decision {done.id} counts other votes than the last that each member cast, in the order of the audit."
    assert told(verify(database, me)) == [("votes", said)]


def test_a_version_and_a_run_without_a_record_are_found(database: Database, me: Actor) -> None:
    run = decided.kept(database, me)
    with database.read() as connection:
        version = connection.execute(schema.versions.select()).mappings().one()
        kept = connection.execute(schema.runs.select()).mappings().one()
    with database.write() as connection:  # nothing in the database forbids to add one
        connection.execute(insert(schema.versions).values({**version, "id": "f" * 16, "number": 2, "sha256": "f" * 64}))
        connection.execute(insert(schema.runs).values({**kept, "id": "f" * 16, "number": kept["number"] + 1}))
    assert told(verify(database, me)) == [
        ("untold", f"Run {'f' * 16} is in the store without a record in the audit."),
        ("untold", f"Version 2 of case {run.case} is in the store without a record in the audit."),
    ]


def test_a_head_is_looked_for_in_the_whole_chain(database: Database, me: Actor) -> None:
    done = decided.decided(database, me)
    found = verify(database, me)
    assert (found.heads, verify(database, me, f" {found.head[:8]} ").heads) == (1, 2)
    assert found.head == last_hash(database)
    unknown = verify(database, me, "f" * 64)
    said = (
        f"The head {'f' * 64} is not in the chain: its end was cut off, or it was written anew, after that was printed."
    )
    assert told(unknown) == [("head", said)]
    assert not verify(database, me, done.audit_head[:7]).is_whole, "too short to say which"


def last_hash(db: Database) -> str:
    with db.read() as connection:
        return audit.head(connection)[1]


def test_a_check_tells_how_far_it_is(database: Database, me: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    decided.decided(database, me)
    monkeypatch.setattr(audit_check, "_AT_ONCE", 2)
    counted: list[int] = []
    found = verify(database, me, count=counted.append)
    assert found.is_whole
    assert counted == list(range(2, found.records, 2))


def test_who_may_check_and_export(database: Database, tmp_path: Path) -> None:
    eve, nobody = decided.person(database, "Eve", "viewer"), decided.person(database, "Nemo")
    assert verify(database, eve).is_whole
    with pytest.raises(NotAllowed):
        verify(database, nobody)
    with pytest.raises(NotAllowed):
        audit_export.export(database, eve, tmp_path / "out")
    assert not (tmp_path / "out").exists()


# -- export ---------------------------------------------------------------------------------------------------------------


def test_the_export_holds_the_chain(database: Database, me: Actor, tmp_path: Path) -> None:
    decided.decided(database, me)
    lines, table = audit_export.export(database, me, tmp_path / "out")
    rows = [json.loads(line) for line in lines.read_text("utf-8").splitlines()]
    assert rows[-1]["action"] == "export the audit"
    assert rows[-1]["hash"] == verify(database, me).head
    before = audit.FIRST
    for number, row in enumerate(rows, 1):
        assert (row["number"], row["before"]) == (number, before)
        parts = [row[name] for name in ("number", "at", "person", "action", "item", "detail", "before")]
        before = runs.sha256(json.dumps(parts).encode())
        assert row["hash"] == before
    assert len(list(csv.reader(io.StringIO(table.read_text("utf-8"), newline="")))) == len(rows) + 1
    with pytest.raises(FileExistsError):
        audit_export.export(database, me, tmp_path / "out")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1"])
def test_no_cell_of_the_export_is_a_formula(text: str) -> None:
    row = dict.fromkeys(audit_export.COLUMNS, "x") | {"item": text}
    made = list(csv.DictReader(io.StringIO(audit_export.as_csv([row]), newline="")))
    assert made[0]["item"] == f"'{text}"
    assert made[0]["detail"] == "x"


# -- retention and holds --------------------------------------------------------------------------------------------------


def test_seven_years_unless_set_otherwise(database: Database, me: Actor) -> None:
    assert retention.years(database) == 7
    retention.set_years(database, me, 10)
    assert retention.years(database) == 10
    for wrong in (2, 101):
        with pytest.raises(ValueError, match="3 to 100 years"):
            retention.set_years(database, me, wrong)
    with pytest.raises(NotAllowed):
        retention.set_years(database, decided.person(database, "Fin", "finance"), 5)
    assert verify(database, me).is_whole


def test_what_is_older_may_be_archived_unless_it_is_held(database: Database, me: Actor) -> None:
    names = ("old", "held", "new")
    made = {name: cases.create(database, me, name, "", {}).id for name in names}
    old = schema.now() - timedelta(days=8 * 366)
    with tampering(database) as connection:
        for name in ("old", "held"):
            connection.execute(update(schema.cases).where(schema.cases.c.id == made[name]).values(opened=old))
            connection.execute(update(schema.versions).where(schema.versions.c.case == made[name]).values(at=old))
    retention.hold(database, me, made["held"], True, "County v. Doe")
    found = {k.name: (k.hold, k.may_archive) for k in retention.held_and_old(database, me)}
    assert found == {"old": (False, True), "held": (True, False), "new": (False, False)}
    retention.hold(database, me, made["held"], False, "Settled")
    assert {k.name for k in retention.held_and_old(database, me) if k.may_archive} == {"old", "held"}
    assert len(cases.listed(database, me)) == 3  # nothing is deleted
    with database.read() as connection:
        told = [json.loads(r.detail)["reason"] for r in audit_check.records(connection) if r.action == "hold"]
    assert told == ["County v. Doe", "Settled"]


def test_a_hold_needs_a_reason_an_administrator_and_a_case(database: Database, me: Actor) -> None:
    case = cases.create(database, me, "c", "", {}).id
    with pytest.raises(ValueError, match="reason is empty"):
        retention.hold(database, me, case, True, " ")
    with pytest.raises(reach.NotThere):
        retention.hold(database, me, "nowhere", True, "Why")
    with pytest.raises(NotAllowed):
        retention.hold(database, decided.person(database, "Ana", "analyst"), case, True, "Why")
    assert not cases.listed(database, me)[0].hold


def test_nothing_in_the_store_deletes_what_is_kept() -> None:
    """No statement of the program deletes from the tables of records; drafts, roles and letterheads are no records."""
    root = Path(audit_check.__file__).parents[1]
    allowed = {
        "people.py": "schema.roles",
        "retention.py": "settings",
        "retirement.py": "table",
        "letterheads.py": "letterheads",
    }
    for file in sorted(root.rglob("*.py")):
        for line in file.read_text("utf-8").splitlines():
            if re.search(r"(?<![\w.])delete\(", line):
                assert file.name in allowed, f"{file.name}: {line.strip()}"
                assert allowed[file.name] in line
