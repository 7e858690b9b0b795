"""What if: a change tried beside the plan on show, and scenarios side by side."""

from __future__ import annotations

import streamlit as st

from optimiser.app_pages import session, what_if_compare, what_if_try

TRY, SIDE = "Try a change", "Side by side"


def page() -> None:
    """The page."""
    draft = session.draft()
    plan = session.plan(draft)
    if plan is None:
        st.title("Your case is being solved" if draft.running else "This case is not solved yet")
        return
    head = st.empty()
    part = st.segmented_control(
        "Part",
        [TRY, SIDE],
        default=TRY,
        required=True,
        key="what-if-part",
        label_visibility="collapsed",
        persist_state="session",
    )
    if part == SIDE:
        what_if_compare.part(draft, head)
    else:
        what_if_try.part(draft, plan, head)


if __name__ == "__main__":
    page()
