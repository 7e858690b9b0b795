"""Funds by period: what is spent and what stays unspent."""

from __future__ import annotations

import streamlit as st

from optimiser.app_pages.shell.picture import picture
from optimiser.app_pages.shell.text import letters
from optimiser.plan.tables import Plan
from optimiser.report.charts.periods import funds_chart


def part(plan: Plan) -> None:
    """The finding, a panel for each fund, and the same as a table."""
    chart = funds_chart(plan)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{letters(chart.headline)}** {letters(chart.more)}", width="stretch")
        if st.button("Change a fund", key="change-a-fund"):
            st.session_state["table"] = "Funds"
            st.switch_page(st.session_state["pages"]["Inputs"])
    picture(chart, "funds")
