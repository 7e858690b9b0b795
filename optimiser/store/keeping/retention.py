"""How long records are kept: seven years unless set otherwise, longer on legal hold. Nothing here deletes anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from optimiser.store.base import schema
from optimiser.store.base.database import Database
from optimiser.store.base.rights import Actor, permit
from optimiser.store.committee.comments import checked
from optimiser.store.privacy import reach

YEARS = 7
LEAST, MOST = 3, 100
"""Years that can be set: federal grants ask for three from the final report (2 CFR 200.334)."""
_SETTING = "retention years"


@dataclass(frozen=True)
class CaseAge:
    """A case by the age of what was last done in it. may_archive: it is older than the retention, and on no hold."""

    case: str
    name: str
    last: datetime
    hold: bool
    may_archive: bool
    archived: bool = False


def years(db: Database) -> int:
    """Years for which records are kept."""
    with db.read() as connection:
        return _years(connection)


def set_years(db: Database, actor: Actor, value: int) -> None:
    """Sets for how many years records are kept. Raises NotAllowed, ValueError for less than three or more than a hundred."""
    if not LEAST <= value <= MOST:
        raise ValueError(f"Records are kept for {LEAST} to {MOST} years, not for {value}.")
    settings = schema.settings
    with db.act(actor, "set the retention") as act:
        before = _years(act.connection)
        act.connection.execute(delete(settings).where(settings.c.name == _SETTING))
        act.connection.execute(insert(settings).values(name=_SETTING, value=str(value)))
        act.about("retention", years=[before, value])


def hold(db: Database, actor: Actor, case_id: str, is_held: bool, reason: str) -> None:
    """Puts a case on legal hold, or ends the hold. Both need a reason. Raises NotAllowed, NotThere, ValueError.

    An administrator holds any case, also one that is not shared with them.
    """
    said, cases = checked(reason, "reason"), schema.cases
    with db.act(actor, "hold") as act:
        done = act.connection.execute(update(cases).where(cases.c.id == case_id).values(hold=is_held))
        if not done.rowcount:
            raise reach.NotThere("There is no such case.")
        act.about(case_id, hold=is_held, reason=said)


def held_and_old(db: Database, actor: Actor) -> list[CaseAge]:
    """Every case with when something was last done in it, oldest first, for whoever archives. Raises NotAllowed."""
    permit(actor, "hold")
    cases = schema.cases
    with db.read() as connection:
        now = schema.now()
        limit = _before(now, _years(connection))
        found = []
        for row in connection.execute(select(cases)):
            last = max([row.opened, *_moments(connection, row.id)])
            old = last < limit and not row.hold
            found.append(CaseAge(row.id, row.name, last, row.hold, old, row.archived is not None))
    return sorted(found, key=lambda k: (k.last, k.case))


def kept_until(connection: Connection, case: Row[Any]) -> datetime:
    """When the retention of a case is over, if nothing more is done in it. case: its row."""
    last, years = max([case.opened, *_moments(connection, case.id)]), _years(connection)
    return _before(last, -years)


def _moments(connection: Connection, case: str) -> list[datetime]:
    """When last a version was saved, a draft edited, a run kept, a comment made, a proposal made or decided."""
    tables = (schema.versions, schema.drafts, schema.runs, schema.comments, schema.proposals, schema.decisions)
    found = [
        connection.execute(select(func.max(t.c.at, type_=t.c.at.type)).where(t.c.case == case)).scalar() for t in tables
    ]
    return [at for at in found if at is not None]


def _years(connection: Connection) -> int:
    settings = schema.settings
    found = connection.execute(select(settings.c.value).where(settings.c.name == _SETTING)).scalar()
    return int(found) if found is not None and found.isdigit() else YEARS


def _before(at: datetime, number: int) -> datetime:
    """The same day so many years earlier."""
    try:
        return at.replace(year=at.year - number)
    except ValueError:  # 29 February
        return at.replace(year=at.year - number, day=28)
