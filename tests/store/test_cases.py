"""Cases and their versions: immutable, approved, restored, shared; and seen only by whom they are for."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from optimiser.store.base import content, schema
from optimiser.store.base.database import Database
from optimiser.store.base.rights import Actor, NotAllowed
from optimiser.store.privacy.reach import NotThere
from optimiser.store.work import cases
from tests.store.writers import staff

ONE = {"Funds": [{"fund": "Pool", "amount": 100.0}]}


@pytest.fixture
def ana(database: Database) -> Actor:
    return staff(database, "Ana")


@pytest.fixture
def ben(database: Database) -> Actor:
    return staff(database, "Ben")


def test_a_case_is_its_owners_until_it_is_shared(database: Database, ana: Actor, ben: Actor) -> None:
    made = cases.create(database, ana, "Guns", "guns.xlsx", ONE)
    assert (made.name, made.source, made.latest, made.owner, made.owner_name) == ("Guns", "guns.xlsx", 1, ana.id, "Ana")
    assert cases.listed(database, ben) == []
    for attempt in (
        lambda: cases.info(database, ben, made.id),
        lambda: cases.version(database, ben, made.id),
        lambda: cases.versions(database, ben, made.id),
        lambda: cases.approve(database, ben, made.id, 1),
        lambda: cases.restore(database, ben, made.id, 1),
        lambda: cases.share(database, ben, made.id, True),
    ):
        with pytest.raises(NotThere, match="no such case, or it is not shared with you"):
            attempt()
    shared = cases.share(database, ana, made.id, True)
    assert shared.shared
    assert cases.listed(database, ben) == [shared]
    with pytest.raises(NotAllowed, match="Ben may not share Guns"):
        cases.share(database, ben, made.id, False)


def test_cases_are_listed_newest_first(database: Database, ana: Actor) -> None:
    for name in "ABC":
        cases.create(database, ana, name, "", ONE)
    assert [c.name for c in cases.listed(database, ana)] == ["C", "B", "A"]


def test_a_version_is_kept_with_its_hash_and_who_made_it(database: Database, ana: Actor) -> None:
    case = cases.create(database, ana, "Guns", "guns.xlsx", ONE, action="import").id
    found = cases.version(database, ana, case)
    assert (found.number, found.records, found.person, found.note) == (1, ONE, "Ana", "guns.xlsx")
    assert found.sha256 == content.sha256(content.pack(ONE))
    with pytest.raises(NotThere, match="no version 2; its versions are 1 to 1"):
        cases.version(database, ana, case, 2)


def test_an_earlier_version_comes_back_as_the_newest(database: Database, ana: Actor) -> None:
    case = cases.create(database, ana, "Guns", "guns.xlsx", ONE).id
    restored = cases.restore(database, ana, case, 1)
    assert (restored.number, restored.note) == (2, "Version 1 restored")
    assert cases.version(database, ana, case).sha256 == cases.version(database, ana, case, 1).sha256
    with pytest.raises(NotThere):
        cases.restore(database, ana, case, 9)
    assert cases.info(database, ana, case).latest == 2


def test_finance_approves_once(database: Database, ana: Actor, ben: Actor) -> None:
    case = cases.create(database, ana, "Guns", "guns.xlsx", ONE).id
    cases.share(database, ana, case, True)
    cases.approve(database, ana, case, 1, "checked")
    cases.approve(database, ana, case, 1, "again")
    found = cases.approve(database, ben, case, 1)
    assert [(a.person, a.note) for a in found.approvals] == [("Ana", "checked"), ("Ben", "")]
    assert cases.versions(database, ana, case) == [found]
    with pytest.raises(NotThere):
        cases.approve(database, ana, case, 2)
    analyst = Actor(ben.id, "Ben", frozenset({"analyst"}))
    with pytest.raises(NotAllowed, match="for the role finance"):
        cases.approve(database, analyst, case, 1)


def test_what_fails_leaves_neither_change_nor_audit(database: Database, ana: Actor) -> None:
    case = cases.create(database, ana, "Guns", "guns.xlsx", ONE).id
    with database.read() as connection:
        before = connection.execute(select(schema.audit)).all()
    with pytest.raises(NotThere):
        cases.restore(database, ana, case, 9)
    with database.read() as connection:
        assert connection.execute(select(schema.audit)).all() == before


def test_a_transaction_inside_another_is_refused_at_once(database: Database, ana: Actor) -> None:
    with database.read(), pytest.raises(RuntimeError, match="inside another"):
        cases.listed(database, ana)
    assert cases.listed(database, ana) == []


def test_nobody_vouches_for_rows_that_are_kept_from_them(database: Database, ana: Actor, ben: Actor) -> None:
    secret: dict[str, Any] = {"Agencies": [{"agency": "Health"}, {"agency": "Police", "sensitive": True}]}
    case = cases.create(database, ana, "Guns", "", secret).id
    cases.share(database, ana, case, True)
    outside = Actor(ben.id, ben.name, ben.roles, "Health")
    for attempt in (
        lambda: cases.approve(database, outside, case, 1),
        lambda: cases.restore(database, outside, case, 1),
    ):
        with pytest.raises(NotAllowed, match="part of the case is for others' eyes only"):
            attempt()
    assert cases.approve(database, ben, case, 1).approvals
    assert [v.number for v in cases.versions(database, ana, case)] == [1]
