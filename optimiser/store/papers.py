"""The committee's papers: what the store knows of a proposal, as the plain values that the report is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, select

from optimiser.plan.tables import Plan
from optimiser.report.committee import Ballot, Motion, Remark
from optimiser.report.committee import page as report
from optimiser.store import content, reach, runs, schema, shown, sight
from optimiser.store.rights import Actor
from optimiser.store.sight import Eyes
from optimiser.store.sight_plan import seen
from optimiser.store.voting import Tally

if TYPE_CHECKING:
    from optimiser.store.decisions import Vote


@dataclass(frozen=True)
class Resolved:
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
        made.append((row, runs.rebuilt(row.inputs, row.settings, row.tables)))
    return made


def eyes(connection: Connection, actor: Actor, proposal: Row[Any]) -> Eyes:
    """What a person may not see of a proposal: of its case as it is now, as it was solved, and in the version solved."""
    if sight.sees_all(actor):
        return Eyes(actor)
    runs_ = schema.runs
    run = connection.execute(select(runs_.c.inputs, runs_.c.version).where(runs_.c.id == proposal.run)).one()
    states = shown.states(connection, proposal.case, run.version)
    return sight.eyes(actor, *states, content.unpack(run.inputs))


def page(
    connection: Connection,
    proposal: Row[Any],
    tally: Tally,
    votes: Sequence[Vote],
    plans: Plans,
    resolved: Resolved | None,
    eyes: Eyes,
) -> bytes:
    """The report of a proposal: as resolved, or as it stands (None). Raises Withheld.

    plans: whole; eyes: for whom the page is made. The frozen page is made for the committee.
    """
    names = reach.names(connection)
    run, plan = plans[0]
    whole = eyes.whole
    if not whole:
        plan = seen(plan, eyes)
    case = connection.execute(select(schema.cases.c.name).where(schema.cases.c.id == proposal.case)).scalar_one()
    comments = schema.comments
    said = connection.execute(
        select(comments)
        .where(comments.c.case == proposal.case, comments.c.about == "proposal", comments.c.item == proposal.id)
        .order_by(comments.c.at, comments.c.id)
    )
    motion = Motion(
        title=eyes.said(proposal.title),
        text=eyes.said(proposal.text),
        proposer=names.get(proposal.person, ""),
        proposed=proposal.at,
        source=eyes.label(f"{case}, version {run.version}, scenario {run.scenario}"),
        run=run.id,
        result_sha256=run.result_sha256,
        counted=tally.sentence,
        rule=tally.rule,
        ballots=[Ballot(v.person, v.choice, v.reason, v.at, v.counts) for v in votes],
        made_for=f"the committee of {case}" if whole and resolved else sight.made_for(eyes.actor, whole),
        remarks=[Remark(names.get(c.person, ""), eyes.said(c.text), c.at) for c in said],
        alternatives=[(_named(row, run), other) for row, other in plans[1:]],
        inputs_sha256=run.inputs_sha256,
    )
    if resolved is not None:
        motion = replace(
            motion,
            outcome=resolved.outcome,
            decision=resolved.decision,
            audit_head=resolved.head,
            decided=resolved.at,
        )
    return report(plan, motion)


def _named(other: Row[Any], proposed: Row[Any]) -> str:
    """What sets an alternative apart."""
    version = f"version {other.version}" if other.version is not None else "a draft"
    return f"{other.scenario}, {version}" if other.version != proposed.version else str(other.scenario)
