"""People: who they are, what they may do, and for whom they work. Every change of that is an act of an administrator.

Without sign-in there is one person, "local", who may do everything on this machine and sees all. With sign-in a person
is known by what the provider says; who was never given a role may do nothing.
"""

from __future__ import annotations

import getpass
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from optimiser.store.base import audit, schema
from optimiser.store.base.database import Act, Database
from optimiser.store.base.rights import ROLES, Actor, permit

ADMINISTRATOR = "OPTIMISER_ADMINISTRATOR"
"""Names who becomes administrator at sign-in while there is none: the provider's subject, or a verified e-mail."""
LOCAL = "local"


@dataclass(frozen=True)
class Person:
    """A person as an administrator sees them. agency "": of the partnership's own office."""

    id: str
    name: str
    subject: str
    agency: str
    roles: frozenset[str]
    active: bool
    added: datetime


class LastAdministrator(ValueError):
    """Nobody would be left who can give roles. The message says what to do first."""


def local(db: Database) -> Actor:
    """The one person of local mode: every role, of the partnership's own office. Added when first asked for."""
    with db.read() as connection:
        found = _by_subject(connection, LOCAL)
    if found is None:
        with db.write() as connection:
            found = _by_subject(connection, LOCAL) or _added(connection, LOCAL, _login_name(), frozenset(ROLES))
    return Actor(found.id, found.name, frozenset(ROLES))


def signed_in(db: Database, subject: str, name: str, email: str = "") -> Actor:
    """The person whom the sign-in has named; whoever is new is added, without a role.

    subject: what the provider knows them by, never changing; email: only where the provider says that it is verified.
    While nobody who can sign in is an administrator, the one whom OPTIMISER_ADMINISTRATOR names becomes it. Raises
    ValueError for a subject that no provider may give.
    """
    if not subject.strip() or subject == LOCAL:
        raise ValueError("The sign-in gave no usable subject; ask whoever runs the sign-in service.")
    with db.read() as connection:
        found, entitled = _by_subject(connection, subject), _entitled(connection, subject, email)
    if found is None or entitled:
        with db.write() as connection:
            found = _by_subject(connection, subject) or _added(connection, subject, name or subject, frozenset())
            if _entitled(connection, subject, email):
                connection.execute(update(schema.people).where(schema.people.c.id == found.id).values(active=True))
                _give(connection, found.id, {*_roles(connection, found.id), "administrator"})
                audit.append(connection, found.id, "manage people", found.id, {"first administrator": True})
    return actor(db, found.id)


def actor(db: Database, person: str) -> Actor:
    """The person at work, with their roles as they are now; none where an administrator has switched them off.

    Raises KeyError where there is no such person.
    """
    with db.read() as connection:
        found = _row(connection, person)
        roles = _roles(connection, person) if found.active else frozenset[str]()
    return Actor(found.id, found.name, roles, found.agency)


def listed(db: Database, actor: Actor) -> list[Person]:
    """Everybody, by name, for whoever manages people. Raises NotAllowed for others."""
    permit(actor, "manage people")
    people = schema.people
    with db.read() as connection:
        held: dict[str, set[str]] = {}
        for person, role in connection.execute(select(schema.roles.c.person, schema.roles.c.role)):
            held.setdefault(person, set()).add(role)
        rows = connection.execute(select(people).order_by(people.c.name, people.c.id)).all()
    return [Person(r.id, r.name, r.subject, r.agency, frozenset(held.get(r.id, ())), r.active, r.added) for r in rows]


def administrators(db: Database) -> list[str]:
    """Names of those who can give roles, for whoever has none and wonders whom to ask."""
    with db.read() as connection:
        rows = [_row(connection, person) for person in _administrators(connection)]
    return sorted(row.name for row in rows)


# -- changes --------------------------------------------------------------------------------------------------------------


def set_roles(db: Database, actor: Actor, person: str, roles: Iterable[str]) -> None:
    """Gives a person exactly these roles.

    Raises NotAllowed; KeyError where there is no such person; ValueError for an unknown role; LastAdministrator.
    """
    wanted = frozenset(roles)
    if unknown := sorted(wanted - set(ROLES)):
        raise ValueError(f"There is no role {unknown[0]}. The roles are {', '.join(ROLES)}.")
    with db.act(actor, "manage people", person) as act:
        before = _changeable(act, person)
        held, there_was = _roles(act.connection, person), bool(_administrators(act.connection))
        _give(act.connection, person, wanted)
        _somebody_left(act.connection, there_was)
        act.about(person, name=before.name, roles=[sorted(held), sorted(wanted)])


def set_agency(db: Database, actor: Actor, person: str, agency: str) -> None:
    """Says for whom a person works ("": the partnership's own office). Raises NotAllowed, KeyError."""
    with db.act(actor, "manage people", person) as act:
        before = _changeable(act, person)
        _set(act.connection, person, agency=agency.strip())
        act.about(person, name=before.name, agency=[before.agency, agency.strip()])


def set_active(db: Database, actor: Actor, person: str, active: bool) -> None:
    """Switches a person off, or on again; what they did stays. Raises NotAllowed, KeyError, LastAdministrator."""
    with db.act(actor, "manage people", person) as act:
        before, there_was = _changeable(act, person), bool(_administrators(act.connection))
        _set(act.connection, person, active=active)
        _somebody_left(act.connection, there_was)
        act.about(person, name=before.name, active=[before.active, active])


def _changeable(act: Act, person: str) -> Row[Any]:
    found = _row(act.connection, person)
    if found.subject == LOCAL:
        raise ValueError("The person of this machine has every role, and only where nobody signs in.")
    return found


def _somebody_left(connection: Connection, there_was: bool) -> None:
    if there_was and not _administrators(connection):
        raise LastAdministrator("This is the last administrator. Make somebody else administrator first.")


# -- rows -----------------------------------------------------------------------------------------------------------------


def _row(connection: Connection, person: str) -> Row[Any]:
    found = connection.execute(select(schema.people).where(schema.people.c.id == person)).first()
    if found is None:
        raise KeyError(f"There is no person {person} in this store.")
    return found


def _by_subject(connection: Connection, subject: str) -> Row[Any] | None:
    return connection.execute(select(schema.people).where(schema.people.c.subject == subject)).first()


def _roles(connection: Connection, person: str) -> frozenset[str]:
    rows = connection.execute(select(schema.roles.c.role).where(schema.roles.c.person == person))
    return frozenset(row.role for row in rows) & set(ROLES)


def _administrators(connection: Connection) -> list[str]:
    """Ids of those who can sign in and give roles."""
    people, roles = schema.people, schema.roles
    rows = connection.execute(
        select(people.c.id)
        .join(roles, roles.c.person == people.c.id)
        .where(roles.c.role == "administrator", people.c.active, people.c.subject != LOCAL)
    )
    return [row.id for row in rows]


def _entitled(connection: Connection, subject: str, email: str) -> bool:
    wanted = os.environ.get(ADMINISTRATOR, "").strip()
    named = bool(wanted) and (wanted == subject or (bool(email) and wanted.casefold() == email.strip().casefold()))
    return named and not _administrators(connection)


def _added(connection: Connection, subject: str, name: str, roles: frozenset[str]) -> Row[Any]:
    person = secrets.token_hex(8)
    connection.execute(
        insert(schema.people).values(id=person, subject=subject, name=name, agency="", active=True, added=schema.now())
    )
    _give(connection, person, roles)
    audit.append(connection, person, "first sign-in", person, {"name": name})
    return _row(connection, person)


def _give(connection: Connection, person: str, roles: Iterable[str]) -> None:
    connection.execute(delete(schema.roles).where(schema.roles.c.person == person))
    for role in sorted(roles):
        connection.execute(insert(schema.roles).values(person=person, role=role))


def _set(connection: Connection, person: str, **values: Any) -> None:
    connection.execute(update(schema.people).where(schema.people.c.id == person).values(**values))


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "The person at this machine"
