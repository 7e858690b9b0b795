"""Decisions: a run is proposed, members vote, and what is resolved is frozen: version, run, report and audit head."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from optimiser.plan.tables import Plan
from optimiser.report.documents.committee import Motion
from optimiser.report.documents.committee import page as report_page
from optimiser.store.base import audit, content, schema
from optimiser.store.base.database import Act, Database
from optimiser.store.base.rights import Actor, permit
from optimiser.store.committee import committee_facts, room, standing, voting
from optimiser.store.committee.comments import checked
from optimiser.store.committee.standing import CannotDecide
from optimiser.store.committee.voting import Tally
from optimiser.store.privacy import reach, shown_to, sight
from optimiser.store.privacy.sight import Eyes
from optimiser.store.work import runs

LAST_YEAR = "last year"
"""What the figures of a proposal are compared with where no run is named: what the initiatives had the year before."""


@dataclass(frozen=True)
class Proposal:
    """A run that a committee is asked to decide on. status: open, decided or withdrawn.

    against: what its figures are compared with: LAST_YEAR, the id of one of the alternatives, "" for nothing; amends: id of
    the motion that it would amend; follows: id of the motion that it is, as amended; mover, seconder: their names, if known.
    """

    id: str
    case: str
    run: str
    title: str
    text: str
    alternatives: tuple[str, ...]
    status: str
    person: str
    at: datetime
    tally: Tally
    against: str = LAST_YEAR
    amends: str = ""
    follows: str = ""
    mover: str = ""
    seconder: str = ""


@dataclass(frozen=True)
class Decision:
    """What was resolved. outcome: approved or rejected; audit_head: of the chain when it was resolved; amends: the motion
    that an amendment was of, which it does not decide."""

    id: str
    case: str
    proposal: str
    run: str
    title: str
    outcome: str
    tally: Tally
    report_sha256: str
    audit_head: str
    person: str
    at: datetime
    amends: str = ""


# -- proposing ------------------------------------------------------------------------------------------------------------


def propose(
    db: Database,
    actor: Actor,
    run_id: str,
    title: str,
    text: str = "",
    alternatives: Sequence[str] = (),
    against: str = LAST_YEAR,
    *,
    amends: str = "",
    mover: str = "",
    seconder: str = "",
) -> Proposal:
    """Puts a run before the committee, and shares its case with it.

    alternatives: ids of runs of the same case that it is compared with; against: LAST_YEAR, one of them, or "", for the
    figures at its head; amends: id of the open motion that it would amend; mover, seconder: ids of members. Raises
    CannotDecide for a run that cannot be decided on: of a draft that was not saved as a version, without a plan, or whose
    plan breaks a rule that must hold; NotAllowed where part of one of the plans is kept from the actor: nobody vouches for
    what they may not see.
    """
    permit(actor, "propose")
    named, said = checked(title, "title"), checked(text, "text", needed=False)
    run = runs.get(db, actor, run_id)
    others = [runs.get(db, actor, other) for other in dict.fromkeys(alternatives) if other != run_id]
    if any(other.case != run.case or not other.has_plan for other in others):
        raise CannotDecide("An alternative is another run of the same case that has a plan. Choose such runs.")
    if against not in ("", LAST_YEAR, *(other.id for other in others)):
        raise CannotDecide("The figures are compared with last year, or with one of the alternatives. Choose one.")
    if not all(runs.sees_whole(db, actor, one.id) for one in (run, *others)):
        raise sight.in_part(actor)
    settings = _decidable(db, actor, run)
    with db.act(actor, "propose") as act:
        _demand_movers(act.connection, mover, seconder)
        if amends:
            _demand_amendable(act.connection, actor, amends, run.case)
        shared = reach.case(act.connection, actor, run.case).shared
        if not shared:
            act.connection.execute(update(schema.cases).where(schema.cases.c.id == run.case).values(shared=True))
        made = act.add(
            schema.proposals,
            case=run.case,
            run=run_id,
            title=named,
            text=said,
            alternatives=[other.id for other in others],
            against=against,
            amends=amends or None,
            mover=mover or None,
            seconder=seconder or None,
            quorum=voting.needed(settings["quorum"], standing.count_members(act.connection)),
            majority=repr(settings["majority"]),
        )
        told = {"amends": amends} if amends else {}
        act.about(made, case=run.case, run=run_id, shared=not shared, **told)
    return proposal(db, actor, made)


def _demand_movers(connection: Connection, mover: str, seconder: str) -> None:
    known = standing.members(connection)
    if any(one and one not in known for one in (mover, seconder)):
        raise CannotDecide("Members move and second. Choose a member of the committee.")
    if mover and mover == seconder:
        raise CannotDecide("Nobody seconds their own motion. Choose another member.")


def _demand_amendable(connection: Connection, actor: Actor, motion: str, case: str) -> None:
    found = standing.open_one(connection, actor, motion)
    if found.case != case:
        raise CannotDecide("An amendment is a plan of the same case as its motion. Solve it from that case.")
    if found.amends:
        raise CannotDecide("This is an amendment itself. Vote on it, then amend the motion again.")
    standing.free_of_amendments(connection, motion)


def _decidable(db: Database, actor: Actor, run: runs.RunInfo) -> Mapping[str, Any]:
    """The run's settings; raises CannotDecide where it cannot be decided on."""
    from optimiser import verbs
    from optimiser.case.faults import InvalidCase

    if not run.has_plan:
        raise CannotDecide("This run has no plan to decide on. Explain shows what would make one possible.")
    if run.version is None:
        raise CannotDecide("This run has edits that no version holds. Save a version, solve it, and propose that run.")
    plan = runs.plan(db, actor, run.id)
    broken = verbs.verify(plan)
    if broken:
        raise CannotDecide(f"This plan breaks what must hold: {broken[0].sentence}")
    versions = schema.versions
    with db.read() as connection:
        kept = connection.execute(
            select(versions.c.content).where(versions.c.case == run.case, versions.c.number == run.version)
        ).scalar()
    try:
        if kept is None:
            raise ValueError
        saved = verbs.scenario(verbs.case_from(content.unpack(kept)), run.scenario)
    except (InvalidCase, ValueError):
        saved = None
    if saved is None or saved.sha256 != run.inputs_sha256:
        raise CannotDecide(
            f"This run was not solved from version {run.version}, scenario {run.scenario}, as saved. "
            "Solve that version again and propose the new run."
        )
    return run.settings


def withdraw(db: Database, actor: Actor, proposal_id: str, reason: str = "") -> Proposal:
    """Takes a proposal back; it stays to be read. Raises CannotDecide where it is not open."""
    with db.act(actor, "withdraw") as act:
        found = standing.open_one(act.connection, actor, proposal_id)
        standing.free_of_amendments(act.connection, proposal_id)
        _end(act.connection, proposal_id, "withdrawn")
        act.about(proposal_id, case=found.case, reason=checked(reason, "reason", needed=False))
    return proposal(db, actor, proposal_id)


# -- voting ---------------------------------------------------------------------------------------------------------------


def vote(db: Database, actor: Actor, proposal_id: str, choice: str, reason: str = "") -> Tally:
    """Votes approve, reject or abstain; the latest vote of a person counts, earlier ones stay.

    Raises ValueError for another choice, CannotDecide where the proposal is not open.
    """
    if choice not in voting.CHOICES:
        raise ValueError(f"{choice} is no vote: {', '.join(voting.CHOICES)}.")
    said = checked(reason, "reason", needed=False)
    with db.act(actor, "vote") as act:
        found = standing.open_one(act.connection, actor, proposal_id)
        standing.free_of_amendments(act.connection, proposal_id)
        room.demand_voter(act.connection, actor, proposal_id)
        made = act.add(schema.votes, proposal=proposal_id, choice=choice, reason=said)
        act.about(made, case=found.case, proposal=proposal_id, choice=choice)
    return tally(db, actor, proposal_id)


def votes(db: Database, actor: Actor, proposal_id: str) -> list[voting.Vote]:
    """Every vote on a proposal, oldest first."""
    with db.read() as connection:
        found = reach.row(connection, actor, schema.proposals, proposal_id, "proposal")
        return _votes(connection, proposal_id, shown_to.eyes(connection, actor, found.case))


def tally(db: Database, actor: Actor, proposal_id: str) -> Tally:
    """How the vote stands."""
    return proposal(db, actor, proposal_id).tally


def _votes(connection: Connection, proposal_id: str, eyes: Eyes) -> list[voting.Vote]:
    table, names = schema.votes, reach.names(connection)
    wanted = select(table).where(table.c.proposal == proposal_id).order_by(table.c.number, table.c.id)
    rows = connection.execute(wanted).all()
    latest = {row.person: row.id for row in rows}
    return [
        voting.Vote(
            names.get(row.person, ""), row.choice, eyes.written(row.reason), row.at, latest[row.person] == row.id
        )
        for row in rows
    ]


# -- resolving ------------------------------------------------------------------------------------------------------------


def resolve(db: Database, actor: Actor, proposal_id: str, seen: Tally | None = None) -> Decision:
    """Ends the vote by the majority and freezes version, run and report.

    seen: how the vote stood for who asked. Raises CannotDecide without a quorum, and where it stands otherwise by now.
    """
    permit(actor, "resolve")
    with db.read() as connection:
        found = reach.row(connection, actor, schema.proposals, proposal_id, "proposal")
        plans = committee_facts.plans_of(connection, found.run, found.alternatives)
    made, at = schema.new_id(), schema.now()
    with db.act(actor, "resolve") as act:
        found = standing.open_one(act.connection, actor, proposal_id)
        standing.free_of_amendments(act.connection, proposal_id)
        counted = standing.tally(act.connection, found)
        if seen is not None and counted != seen:
            raise CannotDecide(f"The vote changed meanwhile, so it was not resolved: {counted.sentence} Look again.")
        if not counted.is_quorate:
            raise CannotDecide(f"No decision without a quorum: {counted.sentence}")
        outcome = "approved" if counted.is_approved else "rejected"
        _, head = audit.head(act.connection)
        resolved = committee_facts.ResolvedVote(made, outcome, at, head)
        cast = _votes(act.connection, proposal_id, Eyes(actor))  # what is frozen is whole, whoever resolves
        page = report_page(*committee_facts.motion(act.connection, found, counted, cast, plans, resolved, Eyes(actor)))
        frozen = {
            "run": found.run,
            "outcome": outcome,
            "tally": asdict(counted),
            "report_sha256": runs.sha256(page),
            "audit_head": head,
        }
        act.add(schema.decisions, id=made, case=found.case, proposal=proposal_id, report=page, at=at, **frozen)
        _end(act.connection, proposal_id, "decided")
        follows = _amended(act, found) if found.amends and outcome == "approved" else {}
        act.about(made, case=found.case, proposal=proposal_id, **frozen, **follows)
    return decision(db, actor, made)


def _amended(act: Act, found: Row[Any]) -> dict[str, str]:
    """The motion as amended, put in the place of the one that an amendment was of: it is voted on anew."""
    connection, table = act.connection, schema.proposals
    motion = connection.execute(select(table).where(table.c.id == found.amends)).one()
    settings = connection.execute(select(schema.runs.c.settings).where(schema.runs.c.id == found.run)).scalar_one()
    _end(connection, motion.id, "withdrawn")
    title = motion.title if motion.follows else f"{motion.title}, as amended"
    text = f"{motion.text}\n{found.title}: adopted as an amendment.".strip()
    others = [motion.run, *(one for one in motion.alternatives if one not in (motion.run, found.run))]
    kept = {c: getattr(motion, c) for c in ("case", "against", "majority", "mover", "seconder", "person")}
    quorum = voting.needed(settings["quorum"], standing.count_members(connection))
    said = {"title": title, "text": text, "alternatives": others}
    made = act.add(table, run=found.run, follows=motion.id, quorum=quorum, **said, **kept)
    return {"amended": motion.id, "follows": made}


def _end(connection: Connection, proposal_id: str, status: str) -> None:
    connection.execute(update(schema.proposals).where(schema.proposals.c.id == proposal_id).values(status=status))


# -- reading --------------------------------------------------------------------------------------------------------------


def proposal(db: Database, actor: Actor, proposal_id: str) -> Proposal:
    """One proposal, with how its vote stands. Raises NotThere."""
    with db.read() as connection:
        found = reach.row(connection, actor, schema.proposals, proposal_id, "proposal")
        return _proposal(connection, found, reach.names(connection), shown_to.eyes(connection, actor, found.case))


def proposals(db: Database, actor: Actor, case_id: str) -> list[Proposal]:
    """The proposals of a case, newest first."""
    table = schema.proposals
    with db.read() as connection:
        reach.case(connection, actor, case_id)
        names, eyes = reach.names(connection), shown_to.eyes(connection, actor, case_id)
        rows = connection.execute(
            select(table).where(table.c.case == case_id).order_by(table.c.number.desc(), table.c.id)
        ).all()
        return [_proposal(connection, row, names, eyes) for row in rows]


def _proposal(connection: Connection, row: Row[Any], names: Mapping[str, str], eyes: Eyes) -> Proposal:
    decided = connection.execute(select(schema.decisions.c.tally).where(schema.decisions.c.proposal == row.id)).scalar()
    stands = Tally(**decided) if decided else standing.tally(connection, row)
    return Proposal(
        row.id, row.case, row.run, eyes.written(row.title), eyes.written(row.text), tuple(row.alternatives), row.status,
        names.get(row.person, ""), row.at, stands, row.against, row.amends or "", row.follows or "", names.get(row.mover, ""),
        names.get(row.seconder, ""),
    )  # fmt: skip


_COLUMNS = [*(c for c in schema.decisions.c if c.name != "report"), schema.proposals.c.title, schema.proposals.c.amends]


def decision(db: Database, actor: Actor, decision_id: str) -> Decision:
    """One decision, by its id or the beginning of it. Raises NotThere."""
    table = schema.decisions
    wanted = select(*_COLUMNS).join(schema.proposals).where(table.c.id.startswith(decision_id, autoescape=True))
    with db.read() as connection:
        rows = connection.execute(wanted.limit(2)).all() if decision_id else []
        if len(rows) != 1:
            raise reach.NotThere(
                f"{'Several decisions begin' if rows else 'No decision of this store begins'} with {decision_id}. "
                "The number stands at the foot of its report."
            )
        reach.case(connection, actor, rows[0].case)
        return _decision(rows[0], reach.names(connection), shown_to.eyes(connection, actor, rows[0].case))


def decided(db: Database, actor: Actor, case_id: str) -> list[Decision]:
    """The decisions of a case, newest first."""
    table = schema.decisions
    wanted = (
        select(*_COLUMNS)
        .join(schema.proposals)
        .where(table.c.case == case_id)
        .order_by(table.c.number.desc(), table.c.id)
    )
    with db.read() as connection:
        reach.case(connection, actor, case_id)
        names, eyes = reach.names(connection), shown_to.eyes(connection, actor, case_id)
        return [_decision(row, names, eyes) for row in connection.execute(wanted)]


def _decision(row: Row[Any], names: Mapping[str, str], eyes: Eyes) -> Decision:
    return Decision(
        row.id, row.case, row.proposal, row.run, eyes.written(row.title), row.outcome, Tally(**row.tally), row.report_sha256,
        row.audit_head, names.get(row.person, ""), row.at, row.amends or "",
    )  # fmt: skip


def report(db: Database, actor: Actor, decision_id: str) -> bytes:
    """The committee's report: one page of HTML that needs nothing else.

    As it was frozen, for those who may see all of it; for others it is made again of what they may see, and says so.
    Raises NotThere, Withheld.
    """
    found, table = decision(db, actor, decision_id), schema.decisions
    with db.read() as connection:
        proposed = reach.row(connection, actor, schema.proposals, found.proposal, "proposal")
        eyes = committee_facts.eyes(connection, actor, proposed)
        if eyes.whole and committee_facts.tells_nothing_hidden(connection, proposed, eyes):
            made: bytes = connection.execute(select(table.c.report).where(table.c.id == found.id)).scalar_one()
            return made
        return report_page(*_motion(connection, proposed, eyes))


def preview(db: Database, actor: Actor, proposal_id: str) -> bytes:
    """The report of a proposal as it stands, for the committee's papers, with what the actor may see."""
    return report_page(*proposed(db, actor, proposal_id))


def proposed(db: Database, actor: Actor, proposal_id: str) -> tuple[Plan, Motion]:
    """The plan of a proposal and what was said and resolved, with what the actor may see: what papers are made from.

    Raises NotThere, Withheld.
    """
    with db.read() as connection:
        found = reach.row(connection, actor, schema.proposals, proposal_id, "proposal")
        return _motion(connection, found, committee_facts.eyes(connection, actor, found))


def _motion(connection: Connection, found: Row[Any], eyes: Eyes) -> tuple[Plan, Motion]:
    """What the report of a proposal is made of for these eyes: as it was resolved, or as it stands."""
    plans = committee_facts.plans_of(connection, found.run, found.alternatives if eyes.whole else ())
    cast, table, resolved = _votes(connection, found.id, eyes), schema.decisions, None
    row = connection.execute(select(table).where(table.c.proposal == found.id)).first()
    if row is not None:
        resolved = committee_facts.ResolvedVote(row.id, row.outcome, row.at, row.audit_head)
    counted = standing.tally(connection, found) if row is None else Tally(**row.tally)
    return committee_facts.motion(connection, found, counted, cast, plans, resolved, eyes)
