"""Committee: the proposal, money at play, the alternatives, who gets what, the rules kept and the vote, for a projector. Nothing is edited
here; whoever may see the case may read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from optimiser.app_pages.committee_parts import at_play, propose, views, vote, wall, weights
from optimiser.app_pages.committee_parts.kept import ProposalView, papers, shown
from optimiser.app_pages.plan_parts import of_changes
from optimiser.app_pages.shell import parts, session
from optimiser.app_pages.shell.text import letters
from optimiser.case import impact
from optimiser.desk.open_drafts import case_title
from optimiser.plan.tables import Plan
from optimiser.store.privacy.sight import Withheld

Drawn = Callable[[ProposalView, Plan, views.Others], None]


@dataclass(frozen=True)
class CommitteePart:
    """One part. page, wall: what draws it; short: its name on a wall, where all stand in one line ("": not on one)."""

    short: str
    page: Drawn
    wall: Drawn


OTHERS = "4 Alternatives"
_PARTS = {
    "1 Proposal": CommitteePart("1 Motion", views.proposal, wall.proposal),
    "2 What changes": CommitteePart(
        "2 Change",
        lambda paper, plan, others: of_changes.shown(plan, others, views.chosen(paper, others)),
        wall.change,
    ),
    "3 Money at play": CommitteePart(
        "3 Open", lambda paper, plan, _: at_play.part(plan, paper), lambda _, plan, __: wall.open_money(plan)
    ),
    OTHERS: CommitteePart("4 Others", lambda _, *both: views.alternatives(*both), wall.alternatives),
    "5 Who gets what": CommitteePart("5 Who", lambda _, plan, __: views.who(plan), lambda _, plan, __: wall.who(plan)),
    "6 Rules kept": CommitteePart(
        "6 Rules", lambda _, plan, __: views.rules(plan), lambda _, plan, __: wall.rules(plan)
    ),
    "7 Vote": CommitteePart(
        "7 Vote", lambda paper, plan, _: vote.part(paper, plan), lambda paper, plan, _: vote.part(paper, plan, True)
    ),
    # Members answer about weights alone, so not on a wall.
    "8 Weights": CommitteePart("", lambda paper, plan, _: weights.part(plan, paper), views.proposal),
}
PARTS = tuple(_PARTS)
SHORT = {name: part.short for name, part in _PARTS.items() if part.short}
"""The parts on a wall."""
PROJECTOR = "projector"
"""Query parameter: the page alone, without navigation and case bar, in larger type."""


def page() -> None:
    """The page."""
    draft = session.draft()
    listed = papers(draft)
    if not listed:
        propose.first(draft)
        return
    paper = _header(listed, case_title(draft))
    if paper is None:
        propose.another(draft)
        return
    try:
        plan, others = shown(paper)
    except Withheld as withheld:
        st.title(letters(paper.title))
        st.info(letters(str(withheld)))
        return
    part = _PARTS[st.session_state.get("committee-part") or PARTS[0]]
    (part.wall if is_projected() else part.page)(paper, plan, others)
    if is_projected():
        return
    st.caption(letters(impact.meaning(plan.case)))
    _foot(paper)


def is_projected() -> bool:
    """Whether the page stands alone."""
    return st.query_params.get("view") == PROJECTOR


def _header(listed: list[ProposalView], name: str) -> ProposalView | None:
    """Case, proposal and parts in one line; None where a new proposal is to be made."""
    new = "A new proposal"
    ids = [p.id for p in listed]
    offered = [*ids, *([new] if propose.possible() else [])]
    labels = {p.id: p.listed for p in listed}
    if st.session_state.get(propose.NEXT) in offered:
        st.session_state["committee-proposal"] = st.session_state.pop(propose.NEXT)
    if st.session_state.get("committee-proposal") not in offered:
        st.session_state["committee-proposal"] = ids[0]
    parts.relabelled("committee-proposal", labels)
    with st.container(horizontal=True, vertical_alignment="center", key="committee-head"):
        if is_projected():
            on_wall = next((p for p in listed if p.id == st.session_state["committee-proposal"]), None)
            alone = on_wall is None or not on_wall.alternatives  # there is no other to be shown
            parts.chosen("committee", [p for p in SHORT if not (alone and p == OTHERS)], SHORT)
            st.space("stretch")
            _projector()
            return on_wall
        st.markdown(f"**{letters(name)}** :gray[· Steering committee]", width="content")
        if len(offered) > 1:
            st.selectbox(
                "Proposal",
                offered,
                format_func=lambda id: labels.get(id, id),
                key="committee-proposal",
                label_visibility="collapsed",
                width=320,
                persist_state="session",
            )
        if st.session_state["committee-proposal"] == new:
            return None
        paper = next(p for p in listed if p.id == st.session_state["committee-proposal"])
        st.space("stretch")
        vote.report(paper)
        _projector()
    parts.chosen("committee", PARTS)
    return paper


def _projector() -> None:
    """To the page alone, and back."""

    def turn() -> None:
        if is_projected():
            del st.query_params["view"]
        else:
            st.query_params["view"] = PROJECTOR

    st.button(
        "Leave" if is_projected() else "Projector view",
        key="committee-projector",
        type="tertiary",
        on_click=turn,
        help="The page alone, in larger type.",
    )


def _foot(paper: ProposalView) -> None:
    st.caption(
        f"Run {paper.run[:8]} · proposed by {letters(paper.person)}, {session.clock(paper.at)} · "
        "the same figures stand in the report and in the workbook"
    )


if __name__ == "__main__":
    page()
