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
from optimiser.store import reach, runs, schema
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


Shown = list[tuple[Row[Any], Plan]]
"""Runs with their plans: the proposed one first, then its alternatives."""


def plans_of(connection: Connection, run: str, alternatives: Sequence[str]) -> Shown:
    """The proposed run and those that it is compared with, each with its plan, rebuilt without solving."""
    table = schema.runs
    made = []
    for id in (run, *alternatives):
        row = connection.execute(select(table).where(table.c.id == id)).one()
        made.append((row, runs.rebuilt(row.inputs, row.settings, row.tables)))
    return made


def page(
    connection: Connection,
    proposal: Row[Any],
    tally: Tally,
    votes: Sequence[Vote],
    shown: Shown,
    resolved: Resolved | None,
    made_for: str = "",
) -> bytes:
    """The report of a proposal: as resolved, or as it stands (None)."""
    names = reach.names(connection)
    run, plan = shown[0]
    case = connection.execute(select(schema.cases.c.name).where(schema.cases.c.id == proposal.case)).scalar_one()
    comments = schema.comments
    said = connection.execute(
        select(comments)
        .where(comments.c.case == proposal.case, comments.c.about == "proposal", comments.c.item == proposal.id)
        .order_by(comments.c.at, comments.c.id)
    )
    motion = Motion(
        title=proposal.title,
        text=proposal.text,
        proposer=names.get(proposal.person, ""),
        proposed=proposal.at,
        source=f"{case}, version {run.version}, scenario {run.scenario}",
        run=run.id,
        result_sha256=run.result_sha256,
        counted=tally.sentence,
        rule=tally.rule,
        ballots=[Ballot(v.person, v.choice, v.reason, v.at, v.counts) for v in votes],
        made_for=made_for or f"the committee of {case}",
        remarks=[Remark(names.get(c.person, ""), c.text, c.at) for c in said],
        alternatives=[(_named(row, run), other) for row, other in shown[1:]],
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
