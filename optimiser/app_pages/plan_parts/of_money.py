"""Where money flows: ribbons from funds through initiatives to agencies."""

from __future__ import annotations

import streamlit as st

from optimiser.app_pages.shell.picture import picture
from optimiser.plan.tables import Plan
from optimiser.report.charts.ribbons import TITLES, flow_chart, names

_SHOWN = {"Largest 8": 8, "Largest 12": 12, "All": None}


def part(plan: Plan) -> None:
    """Choices, chart, and the same as a table."""
    named = names(plan)
    if not named:
        st.markdown("No money is spent in this plan.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        everything = (-1, "")
        order = sorted(named, key=lambda k: (k[0], named[k].casefold()))
        follow = st.selectbox(
            "Follow the money of",
            [everything, *order],
            key="flow-follow",
            width=400,
            format_func=lambda k: "Everything" if k == everything else f"{named[k]} ({TITLES[k[0]].lower()})",
        )
        shown = st.segmented_control(
            "Initiatives shown by name", list(_SHOWN), default="Largest 12", required=True, key="flow-shown"
        )
    chosen = None if follow == everything else follow
    picture(flow_chart(plan, _SHOWN[shown or "Largest 12"], chosen), "flow")
