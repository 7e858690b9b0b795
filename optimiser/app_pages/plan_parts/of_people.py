"""Where people go: agencies by roles, with the bottleneck marked."""

from __future__ import annotations

import streamlit as st

from optimiser.app_pages.shell.picture import picture
from optimiser.app_pages.shell.text import letters
from optimiser.plan.tables import Plan
from optimiser.report.charts.postings import people_chart


def part(plan: Plan) -> None:
    """The finding, the heat map, and the same as a table."""
    chart = people_chart(plan)
    st.markdown(f"**{letters(chart.headline)}** {letters(chart.more)}")
    if not chart.table:
        return
    picture(chart, "people")
    st.caption(
        "FTE at work of those that can be released, on average over the periods. Wanted: by initiatives that are not funded in full."
    )
