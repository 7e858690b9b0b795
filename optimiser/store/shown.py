"""What of a case's runs, comments and decisions a person is shown: all of it, or what `sight` leaves of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from optimiser.store import content, schema, sight
from optimiser.store.rights import Actor
from optimiser.store.sight import Eyes

States = tuple[Mapping[str, Sequence[Mapping[str, Any]]], ...]


def states(connection: Connection, case_id: str, *versions: int | None) -> States:
    """Records of the newest version of a case, and of these versions."""
    table, cases = schema.versions, schema.cases
    newest = select(cases.c.latest).where(cases.c.id == case_id).scalar_subquery()
    wanted = [number for number in versions if number is not None]
    found = connection.execute(
        select(table.c.content)
        .where(table.c.case == case_id, (table.c.number == newest) | table.c.number.in_(wanted))
        .order_by(table.c.number.desc())
    )
    return tuple(content.unpack(row.content) for row in found)


def eyes(connection: Connection, actor: Actor, case_id: str, *versions: int | None) -> Eyes:
    """What a person may not see of a case, as it is now and was in these versions."""
    if sight.sees_all(actor):
        return Eyes(actor)
    return sight.eyes(actor, *states(connection, case_id, *versions))
