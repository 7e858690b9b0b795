"""Committee: the proposal, money at play, the alternatives, who gets what, the rules kept and the vote, for a projector. Nothing is edited
here; whoever may see the case may read."""

from __future__ import annotations

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

PARTS = (
    "1 Proposal",
    "2 What changes",
    "3 Money at play",
    "4 Alternatives",
    "5 Who gets what",
    "6 Rules kept",
    "7 Vote",
    "8 Weights",
)
ON_WALL = PARTS[:7]
"""Members answer about weights alone, so not on a wall."""
SHORT = dict(zip(ON_WALL, ("1 Motion", "2 Change", "3 Open", "4 Others", "5 Who", "6 Rules", "7 Vote"), strict=True))
"""The parts on a wall, where all seven stand in one line."""
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
    part = st.session_state.get("committee-part") or PARTS[0]
    if is_projected() and part != PARTS[6]:
        _on_the_wall(part, paper, plan, others)
        return
    if part == PARTS[1]:
        of_changes.shown(plan, others)
    elif part == PARTS[2]:
        at_play.part(plan, paper)
    elif part == PARTS[3]:
        views.alternatives(plan, others)
    elif part == PARTS[4]:
        views.who(plan)
    elif part == PARTS[5]:
        views.rules(plan)
    elif part == PARTS[6]:
        vote.part(paper, plan, is_projected())
    elif part == PARTS[7]:
        weights.part(plan, paper)
    else:
        views.proposal(paper, plan, others)
    if is_projected():
        return
    st.caption(letters(impact.meaning(plan.case)))
    _foot(paper)


def _on_the_wall(part: str, paper: ProposalView, plan: Plan, others: views.Others) -> None:
    if part == PARTS[1]:
        wall.change(paper, plan, others)
    elif part == PARTS[2]:
        wall.open_money(plan)
    elif part == PARTS[3]:
        wall.alternatives(plan, others)
    elif part == PARTS[4]:
        wall.who(plan)
    elif part == PARTS[5]:
        wall.rules(plan)
    else:
        wall.proposal(paper, plan, others)


def is_projected() -> bool:
    """Whether the page stands alone."""
    return st.query_params.get("view") == PROJECTOR


def _header(listed: list[ProposalView], name: str) -> ProposalView | None:
    """Case, proposal and parts in one line; None where a new proposal is to be made."""
    new = "A new proposal"
    ids = [p.id for p in listed]
    offered = [*ids, *([new] if propose.possible() else [])]
    labels = {p.id: f"{p.called} ({p.state})" for p in listed}
    if st.session_state.get(propose.NEXT) in offered:
        st.session_state["committee-proposal"] = st.session_state.pop(propose.NEXT)
    if st.session_state.get("committee-proposal") not in offered:
        st.session_state["committee-proposal"] = ids[0]
    parts.relabelled("committee-proposal", labels)
    with st.container(horizontal=True, vertical_alignment="center", key="committee-head"):
        if is_projected():
            parts.chosen("committee", ON_WALL, SHORT)
            st.space("stretch")
            _projector()
            return next((p for p in listed if p.id == st.session_state["committee-proposal"]), None)
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
