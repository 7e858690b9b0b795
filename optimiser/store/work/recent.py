"""The cases that a person sees, those first on which they worked last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select

from optimiser.store.base import schema
from optimiser.store.base.database import Database
from optimiser.store.base.rights import Actor, permit


@dataclass(frozen=True)
class Recent:
    """A case in the list. latest: number of its newest version; owner: name of who opened it; at: when this person last
    changed it, or when it was opened; drafted: whether this person has edited it,
    so that it may stand otherwise for them than its newest version."""

    id: str
    name: str
    source: str
    latest: int
    owner: str
    mine: bool
    shared: bool
    at: datetime
    archived: bool = False
    drafted: bool = False


def listed(db: Database, actor: Actor, archived: bool = False) -> list[Recent]:
    """The actor's own cases and those that are shared, the last touched first; those in use, or those that are archived.

    Raises NotAllowed.
    """
    permit(actor, "see")
    cases, drafts, people = schema.cases, schema.drafts, schema.people
    touched = func.coalesce(drafts.c.at, cases.c.opened, type_=cases.c.opened.type)
    wanted = (
        select(cases, people.c.name.label("owner_name"), touched.label("touched"), drafts.c.position)
        .join(people, people.c.id == cases.c.owner)
        .outerjoin(drafts, and_(drafts.c.case == cases.c.id, drafts.c.person == actor.id))
        .where(or_(cases.c.owner == actor.id, cases.c.shared))
        .where(cases.c.archived.is_not(None) if archived else cases.c.archived.is_(None))
        .order_by(touched.desc(), cases.c.id)
    )
    with db.read() as connection:
        return [
            Recent(
                r.id, r.name, r.source, r.latest, r.owner_name, r.owner == actor.id, r.shared, r.touched, archived,
                drafted=bool(r.position),
            )
            for r in connection.execute(wanted)
        ]  # fmt: skip
