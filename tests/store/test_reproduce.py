"""A decided plan comes out again to the byte, and what does not is said."""

from __future__ import annotations

import json
import zlib

import pytest
from sqlalchemy import select, update

from optimiser import verbs
from optimiser.store.base import content, people, schema
from optimiser.store.base.database import Database
from optimiser.store.committee import decisions
from optimiser.store.committee.reproduce import reproduce
from optimiser.store.privacy import reach
from tests.store import decided
from tests.store.tampering import tampering


def changed(db: Database, **values: object) -> None:
    """Other values in the only run that was decided."""
    with tampering(db) as connection:
        run = connection.execute(select(schema.decisions.c.run)).scalar_one()
        connection.execute(update(schema.runs).where(schema.runs.c.id == run).values(**values))


def stored(db: Database, column: str) -> bytes:
    with db.read() as connection:
        run = connection.execute(select(schema.decisions.c.run)).scalar_one()
        found: bytes = connection.execute(select(schema.runs.c[column]).where(schema.runs.c.id == run)).scalar_one()
        return found


def test_it_comes_out_again_to_the_byte(database: Database) -> None:
    me = people.local(database)
    done = decided.decided(database, me)
    found = reproduce(database, me, done.id)
    assert (found.same, found.differences, found.versions) == (True, (), {})
    assert found.sentence.startswith("The same to the byte")


def test_a_scenario_and_an_objective_of_its_own_come_out_again(database: Database) -> None:
    from optimiser.store.work import cases, runs

    me = people.local(database)
    case = cases.create(database, me, "c", "", decided.RECORDS)
    solved = verbs.scenario(verbs.case_from(decided.RECORDS), "grant cut")
    plan = verbs.solve(solved, objective="impact within 5% > thrift")
    made = decisions.propose(database, me, runs.keep(database, me, case.id, 1, plan, "grant cut").id, "Cut")
    decisions.vote(database, me, made.id, "reject")
    assert reproduce(database, me, decisions.resolve(database, me, made.id).id[:8]).same


def test_another_version_is_told_and_the_same_plan_is_still_the_same(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = people.local(database)
    done = decided.decided(database, me)
    now = verbs.versions()
    monkeypatch.setattr(verbs, "versions", lambda _="highs": {**now, "highspy": "9.9.9"})
    found = reproduce(database, me, done.id)
    assert found.same
    assert dict(found.versions) == {"highspy": (now["highspy"], "9.9.9")}
    assert "9.9.9 now" in found.sentence


@pytest.mark.first(1)
def test_a_changed_result_is_told_by_its_place(database: Database) -> None:
    me = people.local(database)
    done = decided.decided(database, me)
    said = json.loads(stored(database, "result"))
    said["award"]["I1"] += 1
    changed(database, result=json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode())
    found = reproduce(database, me, done.id)
    assert not found.same
    assert len(found.differences) == 1
    assert found.differences[0].startswith("award, I1: ")


@pytest.mark.first(1)
def test_a_changed_workbook_is_told_by_its_sheets(database: Database) -> None:
    from optimiser.store.work import plans

    me = people.local(database)
    done = decided.decided(database, me)
    changed(database, plan=plans.workbook_of(decided.plan("grant cut")))
    found = reproduce(database, me, done.id)
    assert not found.same
    assert "Funds" in found.differences[0]
    assert "Spend" in found.differences[0]
    changed(database, plan=b"no workbook")
    assert "damaged" in reproduce(database, me, done.id).differences[0]


def test_changed_inputs_are_told(database: Database) -> None:
    me = people.local(database)
    done = decided.decided(database, me)
    records = content.unpack(stored(database, "inputs"))
    records["Funds"][0]["amount"] = 1.0
    records["Installments"] = []
    changed(database, inputs=content.pack({**records, "Contributions": []}))
    found = reproduce(database, me, done.id)
    assert not found.same
    assert "were changed in the database" in found.differences[0]
    changed(database, inputs=zlib.compress(b'[["Agencies",["agency"],[]]]'))
    assert "refuses the inputs" in reproduce(database, me, done.id).differences[0]


def test_what_was_never_decided(database: Database) -> None:
    me = people.local(database)
    decided.decided(database, me)
    for wrong in ("", "zzz", "%"):
        with pytest.raises(reach.NotThere):
            reproduce(database, me, wrong)
