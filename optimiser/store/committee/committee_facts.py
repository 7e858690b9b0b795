"""The committee's papers: what the store knows of a proposal, as the plain values that the report is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from optimiser.case.scenario.apply import BASE, UNCHANGED
from optimiser.plan.tables import Plan
from optimiser.report.documents.committee import Ballot, Motion, Remark
from optimiser.store.base import content, schema
from optimiser.store.base.rights import Actor
from optimiser.store.committee import room, sealed
from optimiser.store.committee.voting import Tally, Vote
from optimiser.store.privacy import reach, shown_to, sight
from optimiser.store.privacy.sight import Eyes
from optimiser.store.work import runs
from optimiser.store.work.seen_before import as_seen, plan_of


@dataclass(frozen=True)
class ResolvedVote:
    """What became of a proposal. head: of the audit when it was resolved."""

    decision: str
    outcome: str
    at: datetime
    head: str


Plans = list[tuple[Row[Any], Plan]]
"""Runs with their plans: the proposed one first, then its alternatives."""


def plans_of(connection: Connection, run: str, alternatives: Sequence[str]) -> Plans:
    """The proposed run and those that it is compared with, each with its plan, rebuilt without solving."""
    table = schema.runs
    made = []
    for id in (run, *alternatives):
        row = connection.execute(select(table).where(table.c.id == id)).one()
        made.append((row, plan_of(row)))
    return made


def eyes(connection: Connection, actor: Actor, proposal: Row[Any]) -> Eyes:
    """What a person may not see of a proposal: of its case as it is now, and as it and its alternatives were solved and in
    their versions. Whole, they may see all of its papers, texts aside."""
    if sight.sees_all(actor):
        return Eyes(actor)
    table = schema.runs
    wanted = table.c.id.in_([proposal.run, *proposal.alternatives])
    solved = connection.execute(select(table.c.inputs, table.c.version).where(wanted)).all()
    states = shown_to.states(connection, proposal.case, *{run.version for run in solved})
    made = sight.eyes(actor, *states, *(content.unpack(run.inputs) for run in solved))
    return shown_to.remembering(connection, made, proposal.case)


def tells_nothing_hidden(connection: Connection, proposal: Row[Any], eyes: Eyes) -> bool:
    """Whether no text in the papers of a proposal speaks of what these eyes may not see, or might not once."""
    votes, runs_ = schema.votes, schema.runs
    cast = connection.execute(select(votes.c.reason).where(votes.c.proposal == proposal.id)).scalars()
    solved = runs_.c.id.in_([proposal.run, *proposal.alternatives])
    named = connection.execute(select(runs_.c.scenario).where(solved)).scalars()
    said = (row.text for row in _remarks(connection, proposal))
    whole = Eyes(eyes.actor)
    room_ = [t for i in room.interests_of(connection, proposal.id, whole) for t in (i.agency, i.text)]
    room_ += [m.title for m in room.course_of(connection, proposal.id, whole)]
    return not any(map(eyes.speaks_of_hidden, (proposal.title, proposal.text, *cast, *named, *said, *room_)))


def _remarks(connection: Connection, proposal: Row[Any]) -> Sequence[Row[Any]]:
    """The comments on a proposal, oldest first."""
    comments = schema.comments
    about = (comments.c.case == proposal.case, comments.c.about == "proposal", comments.c.item == proposal.id)
    return connection.execute(select(comments).where(*about).order_by(comments.c.number, comments.c.id)).all()


def motion(
    connection: Connection,
    proposal: Row[Any],
    tally: Tally,
    votes: Sequence[Vote],
    plans: Plans,
    resolved: ResolvedVote | None,
    eyes: Eyes,
) -> tuple[Plan, Motion]:
    """What the report of a proposal is made of: the plan, and all that was said and voted on it, as these eyes may see it.

    plans: whole; resolved: None where it is not. What is resolved by eyes that see all is for the committee. Raises Withheld.
    """
    names = reach.names(connection)
    run, plan = plans[0]
    whole = eyes.whole and tells_nothing_hidden(connection, proposal, eyes)
    plan = as_seen(connection, plan, run.id, eyes)
    case = connection.execute(select(schema.cases.c.name).where(schema.cases.c.id == proposal.case)).scalar_one()
    made = Motion(
        title=eyes.written(proposal.title),
        text=eyes.written(proposal.text),
        proposer=names.get(proposal.person, ""),
        proposed=proposal.at,
        source=f"version {run.version}, {_scenario(run.scenario, eyes)}",
        run=run.id,
        result_sha256=run.result_sha256,
        counted=tally.sentence,
        rule=tally.rule,
        ballots=[Ballot(v.person, v.choice, v.reason, v.at, v.counts) for v in votes],
        made_for=f"the committee of {case}" if whole and resolved else sight.reader(eyes.actor),
        left_out="" if whole else sight.LEFT_OUT,
        remarks=[Remark(names.get(c.person, ""), eyes.written(c.text), c.at) for c in _remarks(connection, proposal)],
        alternatives=[(_named(row, run, eyes), other) for row, other in plans[1:]],
        inputs_sha256=run.inputs_sha256,
        mover=names.get(proposal.mover, ""),
        seconder=names.get(proposal.seconder, ""),
        seats=room.seats_of(connection, proposal, eyes),
        interests=room.interests_of(connection, proposal.id, eyes),
        weights=sealed.spoken(connection, proposal.id, plan.case, eyes) if whole else (),
        course=[m for m in room.course_of(connection, proposal.id, eyes) if m.id != proposal.id],
    )
    if resolved is None:
        return plan, made
    decision, decided = resolved.decision, resolved.at
    return plan, replace(made, outcome=resolved.outcome, decision=decision, decided=decided, audit_head=resolved.head)


def _scenario(name: str, eyes: Eyes) -> str:
    """A scenario as people call it."""
    return UNCHANGED if name == BASE else eyes.written(name, runs.UNNAMED)


def _named(other: Row[Any], proposed: Row[Any], eyes: Eyes) -> str:
    """What sets an alternative apart."""
    version = f"version {other.version}" if other.version is not None else "a draft"
    scenario = _scenario(other.scenario, eyes)
    return f"{scenario}, {version}" if other.version != proposed.version else scenario
