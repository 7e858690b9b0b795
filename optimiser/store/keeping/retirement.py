"""The end of a case: archived and brought back by its owner, deleted by an administrator when its retention is over.

This is the one place where records are deleted. The audit keeps what was deleted in outline: its name, the hashes of its
versions, its decisions, by whom and why.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, text, update

from optimiser.store.base import schema
from optimiser.store.base.database import Database
from optimiser.store.base.rights import Actor, NotAllowed
from optimiser.store.committee.comments import checked
from optimiser.store.keeping import retention
from optimiser.store.migrations.frozen import lifted, statements
from optimiser.store.migrations.versions.r0008_weights import FROZEN
from optimiser.store.privacy import reach


class Kept(ValueError):
    """A case that may not be deleted (yet). The message says why, and until when."""


@dataclass(frozen=True)
class Deleted:
    """A case that was deleted. by: the name of who did it."""

    name: str
    by: str
    at: datetime
    reason: str


def archive(db: Database, actor: Actor, case_id: str, is_archived: bool = True) -> None:
    """Takes a case out of the lists, or brings it back; nothing in it changes. Raises NotThere, and NotAllowed for who
    neither opened it nor is an administrator."""
    with db.act(actor, "archive a case", case_id, {"archived": is_archived}) as act:
        found = _row(act.connection, case_id)
        if found.owner != actor.id and not actor.may("hold"):
            raise NotAllowed(f"{actor.name} may not archive {found.name}: only who opened it or an administrator may.")
        at = schema.now() if is_archived else None
        act.connection.execute(update(schema.cases).where(schema.cases.c.id == case_id).values(archived=at))


def remove(db: Database, actor: Actor, case_id: str, reason: str) -> None:
    """Deletes a case and all that belongs to it, for good. Raises NotAllowed, NotThere, ValueError without a reason, and
    Kept for a case that is on hold, that is not archived, or whose retention is not over."""
    said = checked(reason, "reason")
    with db.act(actor, "delete a case") as act:
        connection, found = act.connection, _row(act.connection, case_id)
        _demand_free(connection, found)
        of = {name: schema.metadata.tables[name] for name in ("versions", "runs", "proposals", "decisions")}
        ids = {
            name: sorted(connection.execute(select(table.c.id).where(table.c.case == case_id)).scalars())
            for name, table in of.items()
        }
        hashes = connection.execute(select(schema.versions.c.sha256).where(schema.versions.c.case == case_id)).scalars()
        act.about(
            case_id,
            name=found.name,
            reason=said,
            versions=sorted(hashes),
            runs=len(ids["runs"]),
            decisions=ids["decisions"],
        )
        _delete(connection, case_id, ids)


def deleted(db: Database, case_id: str) -> Deleted | None:
    """What became of a case that is no more; None where none of this id was deleted."""
    audit = schema.audit
    with db.read() as connection:
        found = connection.execute(
            select(audit).where(audit.c.item == case_id, audit.c.action == "delete a case")
        ).first()
        if found is None:
            return None
        told: dict[str, Any] = json.loads(found.detail)
        return Deleted(told["name"], reach.names(connection).get(found.person, "an operator"), found.at, told["reason"])


def _row(connection: Connection, case_id: str) -> Any:
    found = connection.execute(select(schema.cases).where(schema.cases.c.id == case_id)).first()
    if found is None:
        raise reach.NotThere("There is no such case.")
    return found


def _demand_free(connection: Connection, found: Any) -> None:
    if found.hold:
        raise Kept(f"{found.name} is on legal hold. End the hold first; its reason is in the audit.")
    until = retention.kept_until(connection, found)
    if until > schema.now():
        raise Kept(
            f"{found.name} is kept until {until.day} {until:%b %Y}, as the retention says. Archive it until then."
        )
    if found.archived is None:
        raise Kept(f"{found.name} is in use. Archive it first.")


def _delete(connection: Connection, case_id: str, ids: dict[str, list[str]]) -> None:
    s, dialect = schema, connection.dialect.name
    drafts = list(connection.execute(select(s.drafts.c.id).where(s.drafts.c.case == case_id)).scalars())
    gone = (
        (s.decisions, s.decisions.c.case == case_id),
        (s.votes, s.votes.c.proposal.in_(ids["proposals"])),
        (s.interests, s.interests.c.proposal.in_(ids["proposals"])),
        (s.rolls, s.rolls.c.proposal.in_(ids["proposals"])),
        (s.weights, s.weights.c.proposal.in_(ids["proposals"])),
        (s.openings, s.openings.c.proposal.in_(ids["proposals"])),
        (s.proposals, s.proposals.c.case == case_id),
        (s.comments, s.comments.c.case == case_id),
        (s.maps, s.maps.c.case == case_id),
        (s.calls, s.calls.c.case == case_id),
        (s.answers, s.answers.c.case == case_id),
        (s.runs, s.runs.c.case == case_id),
        (s.approvals, s.approvals.c.version.in_(ids["versions"])),
        (s.versions, s.versions.c.case == case_id),
        (s.steps, s.steps.c.draft.in_(drafts)),
        (s.drafts, s.drafts.c.case == case_id),
        (s.cases, s.cases.c.id == case_id),
    )
    frozen = [table.name for table, _ in gone if table.name in FROZEN]
    for name in frozen:
        for statement in lifted(dialect, name):
            connection.execute(text(statement))
    for table, which in gone:
        connection.execute(delete(table).where(which))
    for name in frozen:
        for statement in statements(dialect, name, FROZEN[name]):
            connection.execute(text(statement))
