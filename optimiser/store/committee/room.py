"""The room: who is there, who has an interest, who does not vote, and what was moved, amended and voted, in order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select

from optimiser.report.documents.meeting import Interest, MovedItem, Seat
from optimiser.store.base import schema
from optimiser.store.base.database import Database
from optimiser.store.base.rights import Actor, NotAllowed
from optimiser.store.committee import standing
from optimiser.store.committee.comments import checked
from optimiser.store.committee.standing import CannotDecide
from optimiser.store.committee.voting import Tally
from optimiser.store.privacy import reach, shown_to
from optimiser.store.privacy.sight import Eyes


def declare(
    db: Database, actor: Actor, proposal_id: str, agency: str, is_recused: bool, text: str = "", member: str = ""
) -> None:
    """Declares an interest in an agency, by a member for themselves, or (member: their id) by who keeps the record for them.

    It holds for the amendments of a motion too; a later one of the same member and agency takes its place. Raises CannotDecide
    where the proposal is not open, NotAllowed for another's interest, and ValueError for nobody's agency or no member.
    """
    named, said = checked(agency, "agency"), checked(text, "reason", needed=False)
    whose = member or actor.id
    if whose != actor.id and not actor.may("call the roll"):
        raise NotAllowed(f"{actor.name} may not declare another member's interest: who keeps the record may.")
    with db.act(actor, "declare an interest") as act:
        found = standing.open_one(act.connection, actor, proposal_id)
        if whose not in standing.members(act.connection):
            raise ValueError("An interest is a member's. Choose a member of the committee.")
        values = {"member": whose, "agency": named, "recused": is_recused, "text": said}
        made = act.add(schema.interests, proposal=proposal_id, **values)
        act.about(made, case=found.case, proposal=proposal_id, member=whose, recused=is_recused)


def call(db: Database, actor: Actor, proposal_id: str, present: Iterable[str]) -> None:
    """Calls the roll: these members (ids) are there, the others are not; the last roll counts.

    Raises CannotDecide where the proposal is not open, ValueError for somebody who is no member.
    """
    here = sorted(set(present))
    with db.act(actor, "call the roll") as act:
        found = standing.open_one(act.connection, actor, proposal_id)
        known = standing.members(act.connection)
        if not set(here) <= set(known):
            raise ValueError("The roll is of the committee's members. Choose among them.")
        absent = sorted(set(known) - set(here))
        made = act.add(schema.rolls, proposal=proposal_id, present=here, absent=absent)
        act.about(made, case=found.case, proposal=proposal_id, present=len(here), absent=len(absent))


def seats(db: Database, actor: Actor, proposal_id: str) -> list[Seat]:
    """The roll call of a proposal: every member, and who voted though they are no member any more."""
    with db.read() as connection:
        found = reach.row(connection, actor, schema.proposals, proposal_id, "proposal")
        return seats_of(connection, found, shown_to.eyes(connection, actor, found.case))


def interests(db: Database, actor: Actor, proposal_id: str) -> list[Interest]:
    """Every interest declared on a proposal and on what it came from, oldest first."""
    with db.read() as connection:
        found = reach.row(connection, actor, schema.proposals, proposal_id, "proposal")
        return interests_of(connection, proposal_id, shown_to.eyes(connection, actor, found.case))


def course(db: Database, actor: Actor, proposal_id: str) -> list[MovedItem]:
    """What was moved on the way to a proposal and about it, in order: motions, amendments, motions as amended."""
    with db.read() as connection:
        found = reach.row(connection, actor, schema.proposals, proposal_id, "proposal")
        return course_of(connection, proposal_id, shown_to.eyes(connection, actor, found.case))


def stamp(db: Database, actor: Actor, case_id: str) -> tuple[int, int]:
    """Another pair of numbers whenever something was proposed, voted, declared, called, said or ended in a case."""
    proposals = schema.proposals
    mine = select(proposals.c.id).where(proposals.c.case == case_id).scalar_subquery()
    with db.read() as connection:
        reach.case(connection, actor, case_id)
        latest = [
            connection.execute(select(func.max(t.c.number)).where(t.c.proposal.in_(mine))).scalar()
            for t in (schema.votes, schema.interests, schema.rolls, schema.weights, schema.openings)
        ]
        latest += [
            connection.execute(select(func.max(t.c.number)).where(t.c.case == case_id)).scalar()
            for t in (proposals, schema.decisions, schema.comments)
        ]
        wanted = select(func.count()).where(proposals.c.case == case_id, proposals.c.status == "open")
        return max(n or 0 for n in latest), connection.execute(wanted).scalar_one()


# -- the same, within a transaction ---------------------------------------------------------------------------------------


def interests_of(connection: Connection, proposal_id: str, eyes: Eyes) -> list[Interest]:
    """As `interests`, for these eyes."""
    table, names = schema.interests, reach.names(connection)
    wanted = select(table).where(table.c.proposal.in_(standing.line(connection, proposal_id)))
    rows = connection.execute(wanted.order_by(table.c.number, table.c.id)).all()
    latest = {(row.member, row.agency): row.id for row in rows}
    return [
        Interest(
            names.get(row.member, ""), eyes.written(row.agency), row.recused, eyes.written(row.text),
            names.get(row.person, ""), row.at, latest[row.member, row.agency] == row.id,
        )
        for row in rows
    ]  # fmt: skip


def seats_of(connection: Connection, found: Row[Any], eyes: Eyes) -> list[Seat]:
    """As `seats`, for these eyes."""
    votes, rolls, table = schema.votes, schema.rolls, schema.interests
    line, apart = standing.line(connection, found.id), standing.recused(connection, found.id)
    cast = select(votes.c.person, votes.c.choice).where(votes.c.proposal == found.id)
    chosen = {r.person: r.choice for r in connection.execute(cast.order_by(votes.c.number, votes.c.id))}
    roll = connection.execute(
        select(rolls.c.present, rolls.c.absent)
        .where(rolls.c.proposal.in_(line))
        .order_by(rolls.c.number.desc())
        .limit(1)
    ).first()
    there = {**dict.fromkeys(roll.absent, False), **dict.fromkeys(roll.present, True)} if roll is not None else {}
    declared: dict[str, dict[str, None]] = {}
    wanted = select(table.c.member, table.c.agency).where(table.c.proposal.in_(line))
    for row in connection.execute(wanted.order_by(table.c.number, table.c.id)):
        declared.setdefault(row.member, {})[eyes.written(row.agency)] = None
    known, names = standing.members(connection), reach.names(connection)
    everybody = {**known, **{p: (names.get(p, ""), "") for p in (*chosen, *declared) if p not in known}}
    return [
        Seat(
            id, name, eyes.written(agency), there.get(id), tuple(declared.get(id, ())), id in apart,
            "" if id in apart else chosen.get(id, ""),
        )
        for id, (name, agency) in everybody.items()
    ]  # fmt: skip


def course_of(connection: Connection, proposal_id: str, eyes: Eyes) -> list[MovedItem]:
    """As `course`, for these eyes."""
    table, decisions, names = schema.proposals, schema.decisions, reach.names(connection)
    line = standing.line(connection, proposal_id)
    rows = connection.execute(
        select(table).where(or_(table.c.id.in_(line), table.c.amends.in_(line))).order_by(table.c.number, table.c.id)
    ).all()
    replaced = set(connection.execute(select(table.c.follows).where(table.c.follows.in_(line))).scalars())
    made = []
    for row in rows:
        decided = connection.execute(
            select(decisions.c.outcome, decisions.c.tally).where(decisions.c.proposal == row.id)
        ).first()
        kind = "amendment" if row.amends else "motion as amended" if row.follows else "motion"
        outcome = decided.outcome if decided is not None else "amended" if row.id in replaced else row.status
        stands = Tally(**decided.tally) if decided is not None else standing.tally(connection, row)
        mover = names.get(row.mover, "") or names.get(row.person, "")
        title = eyes.written(row.title)
        made.append(
            MovedItem(row.id, kind, title, mover, names.get(row.seconder, ""), row.at, stands.sentence, outcome)
        )
    return made


def demand_voter(connection: Connection, actor: Actor, proposal_id: str) -> None:
    """Raises CannotDecide for a member who is recused."""
    if actor.id in standing.recused(connection, proposal_id):
        raise CannotDecide(
            "You declared an interest and do not vote on this. Declare again, without recusal, if that was a mistake."
        )
