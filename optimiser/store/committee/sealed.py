"""Members' weights: each answers alone, and nobody reads another's answer until all have given theirs or they are opened."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from optimiser.analysis.debate.stated import Statement, stated
from optimiser.analysis.debate.weights import weighed_names
from optimiser.case.case import Case
from optimiser.case.readable import counted
from optimiser.store.base import schema
from optimiser.store.base.database import Database
from optimiser.store.base.rights import Actor, NotAllowed
from optimiser.store.committee import room, standing
from optimiser.store.committee.standing import CannotDecide
from optimiser.store.privacy import reach, shown_to
from optimiser.store.privacy.sight import Eyes


@dataclass(frozen=True)
class AskedMember:
    """A member who is asked. at: when they answered last; None: not yet."""

    name: str
    at: datetime | None


@dataclass(frozen=True)
class WeightsBoard:
    """Who has answered. members: all who may vote on the proposal, by name; is_asked: whether the reader is one; mine: what
    the reader said last, None where that is nothing or not for their eyes; opened: when the answers were opened, by whom
    (None: they are sealed)."""

    members: tuple[AskedMember, ...]
    is_asked: bool
    mine: Statement | None
    opened: tuple[datetime, str] | None

    @property
    def answered(self) -> int:
        """How many have."""
        return sum(m.at is not None for m in self.members)


def give(db: Database, actor: Actor, proposal_id: str, says: Statement) -> None:
    """A member's own answer about a proposal; the latest counts. With the last member's the answers are open.

    Raises CannotDecide where the proposal is not open, the answers are, or the member does not vote on it; NotAllowed for
    who is no member.
    """
    with db.act(actor, "answer about weights") as act:
        found = standing.open_one(act.connection, actor, proposal_id)
        room.demand_voter(act.connection, actor, proposal_id)
        asked = _asked(act.connection, proposal_id)
        if actor.id not in asked:
            raise NotAllowed(f"{actor.name} is no member of the committee, whose weights are asked for.")
        if _opening(act.connection, proposal_id) is not None:
            raise CannotDecide(
                "The answers are open, so none can be given alone any more. Ask again with another proposal."
            )
        made = act.add(schema.weights, proposal=proposal_id, says=says.json())
        act.about(made, case=found.case, proposal=proposal_id)
        if asked.keys() <= _latest(act.connection, proposal_id).keys():
            act.add(schema.openings, id=made, proposal=proposal_id)  # what the audit tells of is the last answer
            act.detail["opened"] = True


def open_answers(db: Database, actor: Actor, proposal_id: str) -> None:
    """Opens the answers before all are there: nobody can answer any more, and everybody who may see the case whole reads
    them. Raises CannotDecide where there is none, or they are open already."""
    with db.act(actor, "open the answers") as act:
        found = standing.open_one(act.connection, actor, proposal_id)
        if _opening(act.connection, proposal_id) is not None:
            raise CannotDecide("The answers are open already.")
        if not _latest(act.connection, proposal_id).keys() & _asked(act.connection, proposal_id).keys():
            raise CannotDecide("Nobody has answered, so there is nothing to open.")
        act.about(act.add(schema.openings, proposal=proposal_id), case=found.case, proposal=proposal_id)


def board(db: Database, actor: Actor, proposal_id: str) -> WeightsBoard:
    """Who has answered, and what the reader said. Raises NotThere."""
    with db.read() as connection:
        found = reach.row(connection, actor, schema.proposals, proposal_id, "proposal")
        eyes, names = shown_to.eyes(connection, actor, found.case), reach.names(connection)
        latest, opening = _latest(connection, proposal_id), _opening(connection, proposal_id)
        asked = _asked(connection, proposal_id)
        members = tuple(AskedMember(name, latest[id].at if id in latest else None) for id, name in asked.items())
        opened = None if opening is None else (opening.at, names.get(opening.person, ""))
        mine = latest.get(actor.id)
        return WeightsBoard(members, actor.id in asked, None if mine is None else _seen(mine, eyes), opened)


def answers(db: Database, actor: Actor, proposal_id: str) -> dict[str, Statement]:
    """Member -> answer, of those who may vote, once they are open.

    Raises CannotDecide while they are sealed, NotAllowed for who does not see every row of the case: what weights come to
    tells of all of them.
    """
    with db.read() as connection:
        found = reach.row(connection, actor, schema.proposals, proposal_id, "proposal")
        if _opening(connection, proposal_id) is None:
            raise CannotDecide("The answers are sealed until all have answered, or who keeps the record opens them.")
        eyes = shown_to.eyes(connection, actor, found.case)
        if not eyes.whole:
            raise NotAllowed(
                "Some rows of this case are not shown to you, so what members' weights come to is not either."
            )
        latest = _latest(connection, proposal_id)
        said = {name: _seen(latest[id], eyes) for id, name in _asked(connection, proposal_id).items() if id in latest}
        return {name: one for name, one in said.items() if one is not None}


def spoken(connection: Connection, proposal_id: str, case: Case, eyes: Eyes) -> tuple[str, ...]:
    """For the minutes: who gave weights, and each answer in words; nothing while they are sealed, where nobody was asked, or for
    eyes that do not see every row of the case."""
    opening = _opening(connection, proposal_id)
    if opening is None or not eyes.whole:
        return ()
    latest, asked = _latest(connection, proposal_id), _asked(connection, proposal_id)
    said = {name: _seen(latest[id], eyes) for id, name in asked.items() if id in latest}
    try:
        names = weighed_names(case)[1]
    except ValueError:  # a plan in which nothing is weighed: what was said is said without the rest
        names = ()
    told = (
        f"{len(said)} of {counted(len(asked), 'member')} said what matters most, each alone and sealed until the answers were "
        "opened. Nobody's weights were averaged with another's."
    )
    return (told, *(f"{name}: {one.words(names)}." for name, one in said.items() if one is not None))


def _asked(connection: Connection, proposal_id: str) -> dict[str, str]:
    """Id -> name of the members who may vote on a proposal; of equal names each has its number."""
    apart = standing.recused(connection, proposal_id)
    held = {id: name for id, (name, _) in standing.members(connection).items() if id not in apart}
    often, seen, made = Counter(held.values()), Counter[str](), {}
    for id, name in held.items():
        seen[name] += 1
        made[id] = name if often[name] == 1 else f"{name} ({seen[name]})"
    return made


def _latest(connection: Connection, proposal_id: str) -> dict[str, Row[Any]]:
    """The last answer of each person, on a proposal and on what it came from."""
    table = schema.weights
    wanted = select(table).where(table.c.proposal.in_(standing.line(connection, proposal_id)))
    return {row.person: row for row in connection.execute(wanted.order_by(table.c.number, table.c.id))}


def _opening(connection: Connection, proposal_id: str) -> Row[Any] | None:
    table = schema.openings
    wanted = select(table).where(table.c.proposal.in_(standing.line(connection, proposal_id)))
    return connection.execute(wanted.order_by(table.c.number).limit(1)).first()


def _seen(row: Row[Any], eyes: Eyes) -> Statement | None:
    """An answer as these eyes may read it: none where it speaks of what they may not see."""
    said = dict(row.says)
    named = [n for group in said["order"] for n in group] + list(said["ranges"])
    named += [t[side] for t in said["trades"] for side in ("one", "of")]
    return None if any(eyes.speaks_of_hidden(n) for n in named) else stated(said, list(dict.fromkeys(named)))
