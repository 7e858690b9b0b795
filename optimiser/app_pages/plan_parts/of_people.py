"""Where people go: agencies by roles, with the bottleneck marked."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from optimiser.app_pages.shell.text import letters
from optimiser.plan.tables import Plan
from optimiser.report.charts.drawing import CONFIG
from optimiser.report.charts.postings import people_chart, people_finding, people_rows


def part(plan: Plan) -> None:
    """The finding, the heat map, and the same as a table."""
    said, more = people_finding(plan)
    st.markdown(f"**{letters(said)}** {letters(more)}")
    rows = people_rows(plan)
    if not rows:
        return
    st.plotly_chart(
        people_chart(plan),
        theme=None,
        config=CONFIG,
        key="people",
        alt="Staff at work of those who can be released, by agency and role; the table below holds the same figures",
    )
    st.caption(
        "FTE at work of those that can be released, on average over the periods. Wanted: by initiatives that are not funded in full."
    )
    with st.expander("The same as a table"):
        number = st.column_config.NumberColumn(format="%.1f")
        st.dataframe(
            pd.DataFrame(rows, columns=["Agency", "Role", "At work, FTE", "Can be released, FTE"]),
            hide_index=True,
            column_config={"At work, FTE": number, "Can be released, FTE": number},
        )
