"""Cases are archived and brought back; deleted only when their retention is over, on no hold, by an administrator."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from optimiser.store.base import people, schema
from optimiser.store.base.database import Database
from optimiser.store.base.rights import NotAllowed
from optimiser.store.committee import comments
from optimiser.store.keeping import audit_check, retention, retirement
from optimiser.store.privacy import reach
from optimiser.store.work import cases, drafts, recent, runs
from tests.store import decided


def later(monkeypatch: pytest.MonkeyPatch, years: int) -> None:
    now = schema.now()
    monkeypatch.setattr(schema, "now", lambda: now + timedelta(days=366 * years))


def test_an_archived_case_leaves_the_lists_and_comes_back_whole(database: Database) -> None:
    ana, bo = decided.person(database, "Ana", "analyst"), decided.person(database, "Bo", "analyst")
    case = cases.create(database, ana, "Ours", "", decided.RECORDS).id
    cases.share(database, ana, case, True)
    with pytest.raises(NotAllowed, match="only who opened it"):
        retirement.archive(database, bo, case)
    retirement.archive(database, ana, case)
    for who in (ana, bo):
        assert [r.id for r in recent.listed(database, who)] == []
        assert [(r.id, r.archived) for r in recent.listed(database, who, archived=True)] == [(case, True)]
    assert cases.info(database, ana, case).archived is not None
    retirement.archive(database, people.local(database), case, False)
    assert [r.id for r in recent.listed(database, ana)] == [case]
    assert cases.version(database, ana, case).number == 1


def test_a_case_is_kept_as_long_as_the_retention_or_a_hold_says(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = people.local(database)
    made = decided.decided(database, me)
    retirement.archive(database, me, made.case)
    with pytest.raises(retirement.Kept, match="is kept until"):
        retirement.remove(database, me, made.case, "Tidying up")
    retention.hold(database, me, made.case, True, "County v. Doe")
    later(monkeypatch, 8)
    with pytest.raises(retirement.Kept, match="on legal hold"):
        retirement.remove(database, me, made.case, "Tidying up")
    retention.hold(database, me, made.case, False, "Settled")
    retirement.archive(database, me, made.case, False)
    with pytest.raises(retirement.Kept, match="Archive it first"):
        retirement.remove(database, me, made.case, "Tidying up")
    retirement.archive(database, me, made.case)
    with pytest.raises(ValueError, match="reason is empty"):
        retirement.remove(database, me, made.case, " ")
    assert cases.info(database, me, made.case).name == "Three rivers"


@pytest.mark.first(1)
def test_what_is_deleted_is_gone_and_the_audit_keeps_its_outline(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    me, ana = people.local(database), decided.person(database, "Ana", "analyst")
    made, other = decided.decided(database, me), decided.decided(database, me)
    comments.add(database, me, made.case, "case", "", "Closed.")
    cases.share(database, me, made.case, True)
    state = drafts.open(database, ana, made.case)
    retirement.archive(database, me, made.case)
    later(monkeypatch, 8)
    retirement.remove(database, me, made.case, "Its retention is over")
    with pytest.raises(reach.NotThere):
        cases.info(database, me, made.case)
    row = state.sheets["Funds"][0]
    with pytest.raises((reach.NotThere, ValueError), match="There is no"):
        drafts.step(database, ana, state.id, state.revision, "x", [["Funds", row.number, "Pool", "amount", 1.0, 2.0]])
    assert runs.listed(database, me, other.case)
    gone = retirement.deleted(database, made.case)
    assert gone is not None
    assert (gone.name, gone.by, gone.reason) == ("Three rivers", me.name, "Its retention is over")
    assert retirement.deleted(database, other.case) is None
    with database.read() as connection:
        told = connection.execute(select(schema.audit).where(schema.audit.c.action == "delete a case")).one()
    assert json.loads(told.detail)["decisions"] == [made.id]
    assert audit_check.verify(database, me).is_whole, "the triggers stand again, and nothing else is missing"
