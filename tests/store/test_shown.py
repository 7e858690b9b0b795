"""What a person may not see is in no byte of a run, a report, a vote or a workbook that they are given."""

from __future__ import annotations

import io
import zipfile

import pytest

from optimiser import verbs
from optimiser.report.committee import printed_hashes
from optimiser.store import cases, comments, decisions, people, runs
from optimiser.store.database import Database
from optimiser.store.decisions import Decision
from optimiser.store.rights import Actor
from tests.store import decided

SECRET = ("Zeta7", "Zebra surveillance", "77,123", "77123")
INITIATIVES = [
    {"initiative": f"I{n}", "name": f"Work {n}", "lead": lead, "request": 20_000 + 1_000 * n, "priority": 10 - n}
    for n, lead in enumerate(("Health", "Police", "Shelter", "Health", "Police", "Shelter"), 1)
]
HIDDEN = {"initiative": "Zeta7", "name": "Zebra surveillance", "lead": "Police", "request": 77_123, "priority": 20}
RECORDS = {
    **{sheet: rows for sheet, rows in decided.RECORDS.items() if sheet not in ("Staff", "Needs", "Rules", "Scenarios")},
    "Initiatives": [{**row, "sensitive": False} for row in INITIATIVES] + [{**HIDDEN, "sensitive": True}],
}


@pytest.fixture
def done(database: Database) -> Decision:
    """A decision in which the secret initiative is funded and spoken of."""
    me = people.local(database)
    case = cases.create(database, me, "Three rivers", "", RECORDS)
    plan = verbs.solve(verbs.case_from(RECORDS))
    assert plan.tables["Awards"]["award"].tolist()[-1] == 77_123
    run = runs.keep(database, me, case.id, 1, plan, "base")
    made = decisions.propose(database, me, run.id, "Fund Zeta7 and others", "Zebra surveillance comes first.")
    comments.add(database, me, case.id, "proposal", made.id, "Is Zeta7 worth 77,123?")
    decisions.vote(database, me, made.id, "approve", "For the Zebra surveillance")
    return decisions.resolve(database, me, made.id)


def unpacked(book: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist())


def everything(db: Database, actor: Actor, done: Decision) -> bytes:
    """All that the interfaces give somebody about a decision."""
    book = runs.workbook(db, actor, done.run)
    assert book is not None
    plan = runs.plan(db, actor, done.run)
    tables = {n: list(t.records()) for n, t in {**plan.case.tables, **plan.tables}.items()}
    parts = [
        decisions.report(db, actor, done.id),
        decisions.preview(db, actor, done.proposal),
        unpacked(book),
        runs.result(db, actor, done.run),
        repr(tables).encode(),
        repr(decisions.votes(db, actor, done.proposal)).encode(),
        repr(decisions.proposals(db, actor, done.case)).encode(),
        repr(decisions.decided(db, actor, done.case)).encode(),
        repr(comments.listed(db, actor, done.case)).encode(),
        repr(runs.listed(db, actor, done.case)).encode(),
    ]
    return b"\n".join(parts)


def test_the_office_sees_all_of_it(database: Database, done: Decision) -> None:
    fin = decided.person(database, "Fin", "finance")
    given = everything(database, fin, done).decode()
    assert all(secret in given for secret in SECRET)
    assert runs.sha256(decisions.report(database, fin, done.id)) == done.report_sha256


@pytest.mark.parametrize("agency", ["Shelter", ""])
def test_a_member_of_another_agency_is_given_no_byte_of_it(database: Database, done: Decision, agency: str) -> None:
    mo = decided.person(database, "Mo", "member", agency=agency)
    given = everything(database, mo, done).decode()
    assert [secret for secret in SECRET if secret in given] == []
    page = decisions.report(database, mo, done.id)
    said = printed_hashes(page)
    assert "Mo" in said["Made for"]
    assert said["Audit head"] == done.audit_head
    assert b"Approved" in page


def test_its_own_agency_sees_it(database: Database, done: Decision) -> None:
    pat = decided.person(database, "Pat", "member", agency="Police")
    assert "Zebra surveillance" in everything(database, pat, done).decode()
