"""Requests of agencies: when they are due, and what each agency sent for itself. An agency's people see their own files only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from optimiser.case.names import fold
from optimiser.store.base import schema
from optimiser.store.base.database import Database
from optimiser.store.base.rights import Actor, NotAllowed, permit
from optimiser.store.privacy import reach, sight


@dataclass(frozen=True)
class RequestCall:
    """Request workbooks that were sent out. due: the last day (None: none was named)."""

    due: date | None
    at: datetime


@dataclass(frozen=True)
class Returned:
    """A workbook that an agency sent. person: the name of who did."""

    agency: str
    file: str
    content: bytes
    person: str
    at: datetime


def call(db: Database, actor: Actor, case: str, due: date | None) -> None:
    """Asks the agencies of a case for their requests by a day. Raises NotAllowed, NotThere."""
    with db.act(actor, "import", case) as act:
        reach.case(act.connection, actor, case)
        said = due.isoformat() if due else ""
        act.add(schema.calls, case=case, due=said)
        act.about(case, requests_due=said)


def called(db: Database, actor: Actor, case: str) -> RequestCall | None:
    """The last call for requests; None where there was none. Raises NotThere."""
    permit(actor, "see")
    calls = schema.calls
    with db.read() as connection:
        reach.case(connection, actor, case)
        found = connection.execute(select(calls).where(calls.c.case == case).order_by(calls.c.number.desc())).first()
    return RequestCall(date.fromisoformat(found.due) if found.due else None, found.at) if found else None


def answer(db: Database, actor: Actor, case: str, agency: str, file: str, content: bytes) -> None:
    """Keeps the workbook that an agency sends for itself; the last one counts. Raises NotAllowed for another's, NotThere."""
    with db.act(actor, "answer a request", case) as act:
        reach.case(act.connection, actor, case)
        if fold(actor.agency) != fold(agency) and not sight.sees_all(actor):
            raise NotAllowed(
                f"{actor.name} may answer for {actor.agency or 'no agency'} alone. An administrator says whose."
            )
        act.add(schema.answers, case=case, agency=agency, file=file, content=content)
        act.about(case, request_of=agency)


def answers(db: Database, actor: Actor, case: str) -> list[Returned]:
    """What came back for a case since it was last called for, the oldest first: all of it for the partnership's office, their
    own for an agency's people. Raises NotThere."""
    permit(actor, "see")
    found, people = schema.answers, schema.people
    since = called(db, actor, case)
    wanted = (
        select(found, people.c.name.label("who"))
        .join(people, people.c.id == found.c.person)
        .where(found.c.case == case)
        .order_by(found.c.number)
    )
    with db.read() as connection:
        reach.case(connection, actor, case)
        rows = connection.execute(wanted).all()
    seen = [r for r in rows if sight.sees_all(actor) or (actor.agency and fold(r.agency) == fold(actor.agency))]
    return [Returned(r.agency, r.file, r.content, r.who, r.at) for r in seen if since is None or r.at >= since.at]
