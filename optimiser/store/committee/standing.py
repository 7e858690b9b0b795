"""How a proposal stands: whether it is open, who may vote on it, and how the votes are counted."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select

from optimiser.store.base import schema
from optimiser.store.base.rights import Actor
from optimiser.store.committee import voting
from optimiser.store.committee.voting import Tally
from optimiser.store.privacy import reach


class CannotDecide(ValueError):
    """What was asked for is not possible as things stand. The message says why, and what would make it so."""


def open_one(connection: Connection, actor: Actor, proposal_id: str) -> Row[Any]:
    """The row of a proposal that is open. Raises NotThere, and CannotDecide where it is not open."""
    found = reach.row(connection, actor, schema.proposals, proposal_id, "proposal")
    if found.status != "open":
        raise CannotDecide(f"This proposal is {found.status} already. Propose the run again to decide anew.")
    return found


def on_the_floor(connection: Connection, proposal_id: str) -> str:
    """The id of the open amendment of a motion; "" where there is none."""
    table = schema.proposals
    wanted = select(table.c.id).where(table.c.amends == proposal_id, table.c.status == "open")
    return connection.execute(wanted).scalar() or ""


def free_of_amendments(connection: Connection, proposal_id: str) -> None:
    """Raises CannotDecide while an amendment of the motion is open: it comes first."""
    if on_the_floor(connection, proposal_id):
        raise CannotDecide("An amendment is on the floor. Vote on it first; the motion comes after it.")


def line(connection: Connection, proposal_id: str) -> list[str]:
    """The proposal and those that it came from: of an amendment its motion, of an amended motion the motion before."""
    table, made, now = schema.proposals, list[str](), proposal_id
    while now and now not in made:
        made.append(now)
        row = connection.execute(select(table.c.amends, table.c.follows).where(table.c.id == now)).first()
        now = (row.amends or row.follows or "") if row is not None else ""
    return made


def recused(connection: Connection, proposal_id: str, before: int | None = None) -> set[str]:
    """Ids of the members who do not vote on a proposal: for one agency at least, the last that they declared says so, on it
    or on what it came from. before: a number of the audit, whose later records do not count."""
    table = schema.interests
    wanted = select(table).where(table.c.proposal.in_(line(connection, proposal_id)))
    if before is not None:
        wanted = wanted.where(table.c.number < before)
    latest = {
        (row.member, row.agency): row.recused
        for row in connection.execute(wanted.order_by(table.c.number, table.c.id)).all()
    }
    return {member for (member, _), apart in latest.items() if apart}


def members(connection: Connection) -> dict[str, tuple[str, str]]:
    """Id -> name and agency of the active people with the role of a member, by name; where nobody has it, the person of
    local mode."""
    people, roles = schema.people, schema.roles
    joined = people.join(roles, roles.c.person == people.c.id)
    held = select(people.c.id, people.c.name, people.c.agency).select_from(joined)
    held = held.where(roles.c.role == "member", people.c.active)
    rows = connection.execute(held.where(people.c.subject != "local").order_by(people.c.name, people.c.id)).all()
    rows = rows or connection.execute(held.where(people.c.subject == "local")).all()
    return {row.id: (row.name, row.agency) for row in rows}


def count_members(connection: Connection) -> int:
    """How many members there are; at least one, who is the person of local mode."""
    return max(1, len(members(connection)))


def tally(connection: Connection, found: Row[Any]) -> Tally:
    """How the vote on a proposal stands. Who is recused does not count: not as a member, and not with a vote cast before."""
    votes = schema.votes
    cast = (
        select(votes.c.person, votes.c.choice).where(votes.c.proposal == found.id).order_by(votes.c.number, votes.c.id)
    )
    apart = recused(connection, found.id)
    latest = {row.person: row.choice for row in connection.execute(cast) if row.person not in apart}
    # Whoever cast a vote could vote then and is counted: also a member who left since, and the person of local mode in an
    # office's store, who is none of its members.
    left, quorum = len({*members(connection), *latest} - apart), found.quorum
    if apart:
        runs = schema.runs
        settings = connection.execute(select(runs.c.settings).where(runs.c.id == found.run)).scalar_one()
        written = settings["quorum"]
        # A quorum that is a share is one of those who may vote; a number stays as it is written.
        if written is None or written < 1:
            quorum = min(quorum, voting.needed(written, left))
    return voting.count(latest.values(), quorum, left, found.majority, len(apart))
