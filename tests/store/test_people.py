"""People: who may do what is an administrator's to say, is written down, and can always be said."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from optimiser.store.base import people, schema
from optimiser.store.base.database import Database
from optimiser.store.base.rights import ROLES, NotAllowed


def told(database: Database, action: str = "manage people") -> list[dict[str, Any]]:
    """Details of the audit's records of this action, in order."""
    with database.read() as connection:
        rows = connection.execute(
            select(schema.audit.c.detail).where(schema.audit.c.action == action).order_by(schema.audit.c.number)
        )
        return [json.loads(row.detail) for row in rows]


def test_one_person_does_everything_without_sign_in(database: Database) -> None:
    first, again = people.local(database), people.local(database)
    assert first == again
    assert first.roles == frozenset(ROLES)
    assert first.agency == ""
    assert len(told(database, "first sign-in")) == 1


def test_whoever_is_new_has_no_role(database: Database) -> None:
    new = people.signed_in(database, "s-1", "Kim")
    assert (new.name, new.roles, new.agency) == ("Kim", frozenset(), "")
    assert people.signed_in(database, "s-1", "Kim").id == new.id
    with pytest.raises(NotAllowed, match="administrator"):
        people.listed(database, new)


@pytest.mark.parametrize("subject", ["local", "", "  "])
def test_no_provider_can_name_the_person_of_this_machine(database: Database, subject: str) -> None:
    people.local(database)
    with pytest.raises(ValueError, match="subject"):
        people.signed_in(database, subject, "Mallory")


@pytest.mark.parametrize(("named", "email"), [("s-1", ""), ("Kim@Example.org", "kim@example.org")])
def test_the_installation_names_the_first_administrator(
    database: Database, monkeypatch: pytest.MonkeyPatch, named: str, email: str
) -> None:
    monkeypatch.setenv(people.ADMINISTRATOR, named)
    assert people.signed_in(database, "s-2", "Sam", "sam@example.org").roles == frozenset()
    kim = people.signed_in(database, "s-1", "Kim", email)
    assert kim.roles == {"administrator"}
    assert told(database) == [{"first administrator": True}]
    assert people.administrators(database) == ["Kim"]


def test_who_was_administrator_does_not_become_it_again_by_signing_in(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(people.ADMINISTRATOR, "s-1")
    kim, sam = people.signed_in(database, "s-1", "Kim"), people.signed_in(database, "s-2", "Sam")
    people.set_roles(database, kim, sam.id, {"administrator"})
    people.set_roles(database, people.actor(database, sam.id), kim.id, {"viewer"})
    assert people.signed_in(database, "s-1", "Kim").roles == {"viewer"}


def test_the_last_administrator_stays(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(people.ADMINISTRATOR, "s-1")
    kim, sam = people.signed_in(database, "s-1", "Kim"), people.signed_in(database, "s-2", "Sam")
    for by in (kim, people.local(database)):
        with pytest.raises(people.LastAdministrator):
            people.set_roles(database, by, kim.id, {"viewer"})
        with pytest.raises(people.LastAdministrator):
            people.set_active(database, by, kim.id, False)
    assert people.actor(database, kim.id).roles == {"administrator"}
    # Somebody who is switched off does not count as another.
    people.set_roles(database, kim, sam.id, {"administrator"})
    people.set_active(database, kim, sam.id, False)
    with pytest.raises(people.LastAdministrator):
        people.set_roles(database, kim, kim.id, [])
    people.set_active(database, kim, sam.id, True)
    people.set_roles(database, kim, kim.id, [])
    assert people.administrators(database) == ["Sam"]


def test_changes_are_written_down_with_before_and_after(database: Database) -> None:
    boss, kim = people.local(database), people.signed_in(database, "s-1", "Kim")
    people.set_roles(database, boss, kim.id, {"viewer", "member"})
    people.set_agency(database, boss, kim.id, " City Police ")
    people.set_active(database, boss, kim.id, False)
    assert told(database) == [
        {"name": "Kim", "roles": [[], ["member", "viewer"]]},
        {"name": "Kim", "agency": ["", "City Police"]},
        {"name": "Kim", "active": [True, False]},
    ]
    assert people.actor(database, kim.id).roles == frozenset()
    assert next(p for p in people.listed(database, boss) if p.id == kim.id).roles == {"viewer", "member"}


def test_nothing_is_changed_by_who_may_not(database: Database) -> None:
    kim = people.signed_in(database, "s-1", "Kim")
    people.set_roles(database, people.local(database), kim.id, set(ROLES) - {"administrator"})
    kim = people.actor(database, kim.id)
    before = told(database)
    for change in (
        lambda: people.set_roles(database, kim, kim.id, {"administrator"}),
        lambda: people.set_agency(database, kim, kim.id, "Health"),
        lambda: people.set_active(database, kim, kim.id, False),
    ):
        with pytest.raises(NotAllowed):
            change()
    assert people.actor(database, kim.id) == kim
    assert told(database) == before


def test_unknown_people_and_roles_are_refused(database: Database) -> None:
    boss = people.local(database)
    with pytest.raises(KeyError):
        people.set_roles(database, boss, "nobody", {"viewer"})
    kim = people.signed_in(database, "s-1", "Kim")
    with pytest.raises(ValueError, match="no role king"):
        people.set_roles(database, boss, kim.id, {"king"})
    with pytest.raises(ValueError, match="every role"):
        people.set_roles(database, boss, boss.id, {"viewer"})
