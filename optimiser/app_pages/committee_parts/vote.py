"""The vote on a proposal: how it stands, one's own vote, comments, and the end of it: the decision and its papers."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from optimiser.app_pages.committee_parts import floor, propose
from optimiser.app_pages.committee_parts.kept import ProposalView, alternative_name
from optimiser.app_pages.shell import handed, session, sign_in
from optimiser.app_pages.shell.page_tables import text_table
from optimiser.app_pages.shell.text import letters
from optimiser.case.scenario.apply import BASE, UNCHANGED
from optimiser.desk import evening
from optimiser.plan.tables import Plan
from optimiser.report.documents.meeting import motion_text
from optimiser.store.committee import comments, decisions, room
from optimiser.store.committee.voting import CHOICES
from optimiser.store.work import runs

_SAID = {"approve": "Approve", "reject": "Reject", "abstain": "Abstain"}


def part(paper: ProposalView, plan: Plan, on_wall: bool = False) -> None:
    """The page's last part; on a wall what is filled in stands behind buttons, so that the screen stands whole."""
    db, actor = sign_in.database(), sign_in.actor()
    floor.meanwhile(paper.case)
    st.title(letters(headline(paper)))
    st.markdown(letters(f"{paper.tally.sentence} {paper.tally.rule}" if paper.state == "open" else paper.tally.rule))
    _motion(paper, plan)
    left, right = st.columns([55, 45], gap="large")
    if on_wall:
        _on_the_wall(paper, plan, left, right)
        return
    with left:
        _votes(paper)
        if not _elsewhere(paper) and paper.state == "open":
            if actor.may("vote"):
                _form(paper)
            if actor.may("resolve"):
                _resolve(paper)
        floor.amendments(paper, plan)
        _papers(paper)
    with right:
        floor.roll(paper, plan)
        _comments(paper)
    if paper.decision:
        found = decisions.decision(db, actor, paper.decision)
        st.caption(
            f"Decision {found.id} · {session.clock(found.at)} · report {found.report_sha256[:12]} · audit {found.audit_head[:12]}. "
            "It is kept unchanged, and `optimiser reproduce` solves it again."
        )


def _on_the_wall(paper: ProposalView, plan: Plan, left: DeltaGenerator, right: DeltaGenerator) -> None:
    """The roll with every vote; and what is done about them, a button each."""
    with left:
        floor.roll(paper, plan)
    with right:
        with st.container(horizontal=True):
            with st.popover("Votes and reasons", key="committee-votes-open"):
                _votes(paper)
                if not paper.tally.votes:
                    st.markdown(":gray[Nobody has voted.]")
                if paper.state == "open" and not paper.first and sign_in.actor().may("vote"):
                    _form(paper)
            with st.popover("Comments", key="committee-comments-open"):
                _comments(paper)
        if not _elsewhere(paper) and paper.state == "open" and sign_in.actor().may("resolve"):
            _resolve(paper)
        floor.amendments(paper, plan)


def _elsewhere(paper: ProposalView) -> bool:
    """Where the vote is on something else by now, says so, with the way there; whether it is."""
    if paper.first:
        said, label, there = "An amendment is on the floor. It is voted on first.", "To the amendment", paper.first
    elif paper.became:
        said, label, there = "The vote is on the motion as amended.", "To the motion as amended", paper.became
    elif paper.amends and paper.state != "open":
        said, label, there = "The vote is on the motion, as it was.", "To the motion", paper.amends
    else:
        return False
    st.markdown(f"**{said}**")
    if st.button(label, key="committee-elsewhere", type="primary"):
        st.session_state[propose.NEXT] = there
        st.rerun()
    return True


def _motion(paper: ProposalView, plan: Plan) -> None:
    """The motion in the words that are put to the vote, and who moved it."""
    run = runs.get(sign_in.database(), sign_in.actor(), paper.run)
    source = f"version {run.version}, {UNCHANGED if run.scenario == BASE else run.scenario}"
    by = f" Moved by {paper.mover}{f', seconded by {paper.seconder}' if paper.seconder else ''}." if paper.mover else ""
    st.markdown(letters(motion_text(plan, paper.called, source, run.id) + by))


def headline(paper: ProposalView) -> str:
    """How the proposal stands."""
    if paper.state in ("approved", "rejected"):
        t = paper.tally
        return f"{paper.state.capitalize()}: {t.approve} for, {t.reject} against, {t.abstain} abstained"
    if paper.state == "withdrawn":
        return "This proposal was withdrawn"
    if paper.state == "amended":
        return "This motion was amended: vote on it as amended"
    t = paper.tally
    if not t.votes:
        return "Nobody has voted yet"
    return f"{t.votes} of {t.members} members {'has' if t.votes == 1 else 'have'} voted"


def _votes(paper: ProposalView) -> None:
    db, actor = sign_in.database(), sign_in.actor()
    cast = decisions.votes(db, actor, paper.id)
    if not cast:
        return
    rows = [
        {
            "Member": v.person,
            "Vote": _SAID[v.choice] if v.counts else f"{_SAID[v.choice]}, changed later",
            "Reason": v.reason,
            "When": session.clock(v.at),
        }
        for v in cast
    ]
    text_table(rows, "Votes")


def _form(paper: ProposalView) -> None:
    if any(s.id == sign_in.actor().id and s.recused for s in room.seats(sign_in.database(), sign_in.actor(), paper.id)):
        st.markdown("You declared an interest and do not vote on this. If that was a mistake, declare again.")
        return
    with st.form(f"vote-{paper.id}", border=True):
        choice = st.radio("Your vote", CHOICES, format_func=lambda c: _SAID[c], horizontal=True, index=None)
        reason = st.text_area("Your reason", height=80, max_chars=comments.LONGEST, help="It is kept with your vote.")
        if st.form_submit_button("Vote", type="primary"):
            if choice is None:
                st.warning("Choose approve, reject or abstain.")
                return
            session.do(lambda: decisions.vote(sign_in.database(), sign_in.actor(), paper.id, choice, reason))


def _resolve(paper: ProposalView) -> None:
    """To end the vote, or to take the proposal back: each asks first, and says what it means."""
    db, actor, ready = sign_in.database(), sign_in.actor(), paper.tally.is_quorate
    with st.container(horizontal=True):
        with st.popover(
            "Resolve the vote",
            key="committee-resolve-open",
            disabled=not ready,
            help=None if ready else letters(paper.tally.sentence),
        ):
            st.markdown(letters(what_is_frozen(paper)))
            for vote in decisions.votes(db, actor, paper.id):
                if vote.counts:
                    st.markdown(f"- {letters(vote.person)}: {_SAID[vote.choice].lower()}")
            if st.button(
                f"Resolve it as {'approved' if paper.tally.is_approved else 'rejected'}, for good",
                key="committee-resolve",
                type="primary",
                disabled=not ready,
            ):
                session.do(lambda: _resolved(paper))
        with st.popover("Withdraw the proposal", key="committee-withdraw-open"):
            st.markdown(
                "The vote ends without a decision. The proposal and its votes stay to be read; it is not opened again."
            )
            reason = st.text_input("Why (may stay blank)", key=f"withdraw-why-{paper.id}", max_chars=500)
            if st.button("Withdraw it, for good", key="committee-withdraw"):
                session.do(lambda: decisions.withdraw(db, actor, paper.id, reason))


def _resolved(paper: ProposalView) -> None:
    """Ends the vote; after an amendment that was adopted, the motion as amended is the next to be shown, else the motion."""
    db, actor = sign_in.database(), sign_in.actor()
    decisions.resolve(db, actor, paper.id, paper.tally)
    if paper.amends:
        case = decisions.proposal(db, actor, paper.id).case
        later = [p.id for p in decisions.proposals(db, actor, case) if p.follows == paper.amends]
        st.session_state[propose.NEXT] = next(iter(later), paper.amends)


def what_is_frozen(paper: ProposalView) -> str:
    """What a resolution ends and keeps, before it is made."""
    run = runs.get(sign_in.database(), sign_in.actor(), paper.run)
    outcome = "approves" if paper.tally.is_approved else "rejects"
    return (
        f"By these votes the committee {outcome} “{paper.title}”. {paper.tally.sentence} {paper.tally.rule} Frozen are "
        f"version {run.version} of the case, run {run.id[:8]} ({alternative_name(run.scenario, None)}), and the report with "
        "its votes, reasons and comments. Nobody can change or undo this; another decision takes another proposal."
    )


def report(paper: ProposalView, label: str = "Report") -> None:
    """The report, with what this person may see of it."""
    db = sign_in.database()
    handed.button(
        label,
        lambda actor: (
            decisions.report(db, actor, paper.decision) if paper.decision else decisions.preview(db, actor, paper.id)
        ),
        f"{paper.title[:60]}.html",
        "committee-report",
        of=paper.decision or paper.id,
        help="One page that needs nothing else and prints well.",
    )


def _papers(paper: ProposalView) -> None:
    """The workbook, with what this person may see of it; the report stands above every part."""
    db = sign_in.database()
    with st.container(horizontal=True):
        handed.button(
            "Download the plan",
            lambda actor: runs.workbook(db, actor, paper.run) or b"",
            f"{paper.title[:60]}.xlsx",
            "committee-workbook",
            of=paper.run,
        )
        if paper.decision:
            handed.button(
                "Minutes",
                lambda actor: evening.minutes(db, actor, paper.decision),
                f"minutes {paper.title[:60]}.docx",
                "committee-minutes",
                of=paper.decision,
                help="Every decision of this meeting in one document, to be signed: the roll, interests, what was moved, the votes.",
            )


def _comments(paper: ProposalView) -> None:
    db, actor = sign_in.database(), sign_in.actor()
    case = decisions.proposal(db, actor, paper.id).case
    said = comments.listed(db, actor, case, "proposal", paper.id)
    st.header(f"Comments ({len(said)})" if said else "Comments")
    for c in said:
        st.markdown(f"**{letters(c.person)}** :gray[{session.clock(c.at)}]  \n{letters(c.text)}")
    if not said:
        st.markdown(":gray[No comments yet.]")
    if actor.may("comment"):
        with st.form(f"comment-{paper.id}", clear_on_submit=True, border=False):
            text = st.text_area("Add a comment", height=80, max_chars=comments.LONGEST)
            if st.form_submit_button("Comment"):
                session.do(lambda: comments.add(db, actor, case, "proposal", paper.id, text))
