"""What a person reaches: their own cases and the shared ones, and what belongs to these."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, select

from optimiser.store.base import schema
from optimiser.store.base.rights import ROLES, Actor, permit

_OPERATOR = "command line"


class NotThere(LookupError):
    """What was asked for does not exist, or is not for whom asked: the message is the same."""


def operator(user: str) -> Actor:
    """Whoever works on the store from the command line: they hold the database itself, and reach all that is in it."""
    return Actor(f"{_OPERATOR}: {user}", f"{user} at the command line", frozenset(ROLES))


def case(connection: Connection, actor: Actor, case_id: str) -> Row[Any]:
    """The row of a case that the actor may see. Raises NotThere, or NotAllowed for somebody without any role."""
    permit(actor, "see")
    found = connection.execute(select(schema.cases).where(schema.cases.c.id == case_id)).first()
    everything = actor.id.startswith(_OPERATOR)  # no id of a person begins so: they are made of hexadecimal digits
    if found is None or not (found.shared or found.owner == actor.id or everything):
        raise NotThere("There is no such case, or it is not shared with you. Its owner can share it.")
    return found


def row(
    connection: Connection, actor: Actor, table: Table, id: str, what: str, columns: Sequence[ColumnElement[Any]] = ()
) -> Row[Any]:
    """A row of a table whose rows belong to cases, by its id, if the actor may see its case. what: its name in words; columns:
    those that are read, `case` among them; all where none is named."""
    found = connection.execute(select(*(columns or (table,))).where(table.c.id == id)).first()
    if found is None:
        raise NotThere(f"There is no such {what}. It may be of another store: see optimiser doctor.")
    case(connection, actor, found.case)
    return found


def names(connection: Connection) -> dict[str, str]:
    """Id -> name of everybody."""
    people = schema.people
    return {p.id: p.name for p in connection.execute(select(people.c.id, people.c.name))}
