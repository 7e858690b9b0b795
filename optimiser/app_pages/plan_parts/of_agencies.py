"""What agencies pay in and receive, and the people whom they release."""

from __future__ import annotations

import streamlit as st

from optimiser.app_pages.shell.picture import picture
from optimiser.app_pages.shell.text import letters
from optimiser.plan.tables import Plan
from optimiser.report.charts import awarded


def part(plan: Plan) -> None:
    """The finding, the chart, and the same as a table."""
    chart = awarded.agencies(plan)
    st.markdown(f"**{letters(chart.headline)}** {letters(chart.more)}")
    picture(chart, "agencies", opened=True)
    st.caption("Receiving less than one pays in is no loss: what is done elsewhere may serve the same people.")
