"""The maps by which files were read into cases: kept with the case, to be proposed when such a file comes again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from optimiser.store.base import schema
from optimiser.store.base.database import Database
from optimiser.store.base.rights import Actor, permit
from optimiser.store.privacy import reach, sight


@dataclass(frozen=True)
class KeptMap:
    """A map as TOML. case: the name of the case that it was kept with."""

    toml: str
    case: str
    at: datetime


def keep(db: Database, actor: Actor, case: str, toml: str) -> None:
    """Keeps a map with a case. Raises NotAllowed, NotThere."""
    with db.act(actor, "import", case) as act:
        reach.case(act.connection, actor, case)
        act.add(schema.maps, case=case, toml=toml)
        act.about(case, map_kept=True)


def listed(db: Database, actor: Actor) -> list[KeptMap]:
    """The maps of the cases that the actor sees, the newest first. A map names what stands in a case: of who sees cases in
    part, their own only."""
    return _read(db, actor)


def of_case(db: Database, actor: Actor, case: str) -> list[KeptMap]:
    """Those of one case."""
    return _read(db, actor, case)


def _read(db: Database, actor: Actor, case: str = "") -> list[KeptMap]:
    permit(actor, "see")
    maps, cases = schema.maps, schema.cases
    wanted = (
        select(maps, cases.c.name.label("called"))
        .join(cases, cases.c.id == maps.c.case)
        .where(or_(cases.c.owner == actor.id, cases.c.shared))
        .order_by(maps.c.number.desc())
    )
    if case:
        wanted = wanted.where(maps.c.case == case)
    if not sight.sees_all(actor):
        wanted = wanted.where(maps.c.person == actor.id)
    with db.read() as connection:
        return [KeptMap(r.toml, r.called, r.at) for r in connection.execute(wanted)]
