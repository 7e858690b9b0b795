"""In the room: the roll, interests and recusals, and amendments from the floor, each tried as it is said."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from optimiser.analysis.debate.floor import TriedAmendment, understood
from optimiser.app_pages.committee_parts import propose
from optimiser.app_pages.committee_parts.kept import ProposalView
from optimiser.app_pages.shell import launch, session, sign_in
from optimiser.app_pages.shell.asking import answer
from optimiser.app_pages.shell.page_tables import text_table
from optimiser.app_pages.shell.text import letters
from optimiser.case.readable import money_short
from optimiser.desk import questions
from optimiser.plan.tables import Plan
from optimiser.report.documents.meeting import Seat, attendance, declared, moved
from optimiser.solvers.solution import SolverError
from optimiser.store.committee import room
from optimiser.store.committee.comments import LONGEST

_MARKS = {True: "present", False: "absent", None: "–"}
LOOK_SECONDS = 4.0
"""How often an open page looks whether others did something meanwhile."""


def meanwhile(case: str) -> None:
    """Says when others moved, voted or declared something since the page was drawn; what is being typed stays as it is."""
    if not launch.is_office():
        return
    db = sign_in.database()
    drawn = room.stamp(db, sign_in.actor(), case)

    @st.fragment(run_every=LOOK_SECONDS)
    def look() -> None:
        try:
            now = room.stamp(db, sign_in.actor(), case)
        except (PermissionError, LookupError):
            return  # signed out, or no longer shown the case: the page itself says so
        if now != drawn and st.button("Something was done meanwhile: show it", key="room-meanwhile", type="primary"):
            st.rerun()

    look()


def roll(paper: ProposalView, plan: Plan) -> None:
    """Who is there, what they declared, how they voted; and, while it is open, the forms for it."""
    db, actor = sign_in.database(), sign_in.actor()
    seats = room.seats(db, actor, paper.id)
    st.header("Roll call")
    if attendance(seats):
        st.markdown(letters(attendance(seats)))
    rows = [
        {
            "Member": f"{s.name}, {s.agency}" if s.agency else s.name,
            "Roll": _MARKS[s.present],
            "Vote": "recused" if s.recused else s.choice or "–",
        }
        for s in seats
    ]
    text_table(rows, "Roll call")
    for interest in room.interests(db, actor, paper.id):
        if interest.holds:
            st.markdown(f"- {letters(declared(interest))}")
    if paper.state != "open":
        return
    with st.container(horizontal=True):
        if actor.may("call the roll") and seats:
            with st.popover("Call the roll", key="room-roll-open"):
                _call(paper, seats)
        mine = [s for s in seats if s.id == actor.id]
        if (actor.may("vote") and mine) or (actor.may("call the roll") and seats):
            with st.popover("Declare an interest", key="room-interest-open"):
                _declare(paper, plan, seats if actor.may("call the roll") else mine)


def _call(paper: ProposalView, seats: Sequence[Seat]) -> None:
    names = {s.id: s.name for s in seats}
    present = st.multiselect(
        "Present", list(names), default=[s.id for s in seats if s.present is not False],
        format_func=lambda id: letters(names[id]), key=f"room-present-{paper.id}",
    )  # fmt: skip
    if st.button("Record the roll", key="room-roll", type="primary"):
        session.do(partial(room.call, sign_in.database(), sign_in.actor(), paper.id, present))


def _declare(paper: ProposalView, plan: Plan, whose: Sequence[Seat]) -> None:
    names = {s.id: s.name for s in whose}
    agencies = plan.case.called("Agencies")
    with st.form(f"interest-{paper.id}", border=False):
        member = (
            st.selectbox("Member", list(names), format_func=lambda id: letters(names[id]))
            if len(names) > 1
            else next(iter(names))
        )
        agency = st.selectbox("Interest in", list(agencies), format_func=lambda k: letters(agencies[k]))
        recused = st.checkbox("Does not vote (recused)", value=True)
        text = st.text_input("Why (may stay blank)", max_chars=min(LONGEST, 500))
        sent = st.form_submit_button("Declare it", type="primary")
    st.caption("It holds for amendments too. Who is recused counts neither for the quorum nor for the majority.")
    if sent and member and agency:
        db, actor = sign_in.database(), sign_in.actor()
        session.do(lambda: room.declare(db, actor, paper.id, agencies[agency], recused, text, str(member)))


def amendments(paper: ProposalView, plan: Plan) -> None:
    """What was moved, and a line in which an amendment is said, tried at once, and moved."""
    course = [m for m in room.course(sign_in.database(), sign_in.actor(), paper.id) if m.id != paper.id]
    if course:
        st.header("What was moved")
        for one in course:
            st.markdown(f"- {letters(moved(one))}")
    if paper.state != "open" or paper.amends or not plan.is_whole:
        return
    st.header("From the floor")
    some = money_short(50_000, plan.case.settings.currency)
    text = st.text_input(
        "An amendment, as it is said",
        key=f"floor-{paper.id}",
        placeholder=f"and {some} more for …",
        max_chars=300,
    )
    if not text:
        return
    found = understood(plan, text)
    if found.problem:
        st.markdown(letters(found.problem))
        return
    key = "amendment", plan.case.sha256, tuple(tuple(sorted(r.items())) for r in found.rows)
    tried = answer(
        key,
        "Solving with the amendment",
        partial(questions.amended, plan, found),
        (SolverError,),
        "amendment",
        quick=True,
    )
    if tried is None:
        return
    with st.container(border=True):
        st.markdown(f"**{letters(found.said)}**")
        for line in tried.lines:
            st.markdown(letters(line))
        if tried.plan is not None and sign_in.actor().may("propose"):
            _move(paper, plan, tried)


def _move(paper: ProposalView, plan: Plan, tried: TriedAmendment) -> None:
    seats = [
        s for s in room.seats(sign_in.database(), sign_in.actor(), paper.id) if not s.recused and s.present is not False
    ]
    names = {"": "nobody named", **{s.id: s.name for s in seats}}
    with st.form(f"move-{paper.id}", border=False):
        left, right = st.columns(2)
        mover = left.selectbox("Moved by", list(names), format_func=lambda id: letters(names[id]))
        seconder = right.selectbox("Seconded by", list(names), format_func=lambda id: letters(names[id]))
        sent = st.form_submit_button("Move the amendment", type="primary")
    st.caption("It is saved and put to the vote. If it is adopted, the motion is voted on anew, as amended.")
    if sent:
        said, rows = tried.amendment.said, tried.amendment.rows
        propose.moved(session.draft(), paper, plan, said, rows, mover or "", seconder or "")
