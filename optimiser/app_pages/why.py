"""Why: what holds a plan back; where no plan is possible, what contradicts what and the ways out."""

from __future__ import annotations

import streamlit as st

from optimiser.app_pages.shell import parts, session
from optimiser.app_pages.shell.text import letters
from optimiser.app_pages.why_parts import holds_back, no_plan
from optimiser.case import impact
from optimiser.plan.tables import Plan


def page() -> None:
    """The page."""
    draft = session.draft()
    plan = session.plan_or_title(draft)
    if plan is None:
        return
    if plan.status == "infeasible":
        no_plan.part(draft, plan.case)
    elif not plan.has_plan:
        st.title("No plan was found in time, so there is nothing to explain yet")
        st.markdown("Give it more time (the setting `time_limit` on the sheet Case), or make the case smaller.")
    else:
        _with_plan(plan)


def _with_plan(plan: Plan) -> None:
    head = st.empty()
    chosen = parts.chosen("why", holds_back.PARTS)
    head.title(letters(holds_back.headline(plan, chosen)))
    holds_back.PARTS[chosen](plan)
    head.title(letters(holds_back.headline(plan, chosen)))
    st.caption(letters(impact.meaning(plan.case)))


if __name__ == "__main__":
    page()
