"""Why: what holds a plan back; where no plan is possible, what contradicts what and the ways out."""

from __future__ import annotations

import streamlit as st

from optimiser.app_pages import session, why_not
from optimiser.app_pages.state import Draft


def page() -> None:
    """The page."""
    draft = session.draft()
    plan = session.plan(draft)
    if plan is None:
        st.title("Your case is being solved" if draft.running else "This case is not solved yet")
    elif plan.status == "infeasible":
        why_not.part(draft, plan.case)
    elif not plan.has_plan:
        st.title("No plan was found in time, so there is nothing to explain yet")
        st.markdown("Give it more time (the setting `time_limit` on the sheet Case), or make the case smaller.")
    else:
        _with_plan(draft)


def _with_plan(draft: Draft) -> None:
    st.title("A plan is possible")


if __name__ == "__main__":
    page()
