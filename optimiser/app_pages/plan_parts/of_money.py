"""Where money flows: ribbons from funds through initiatives to agencies."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from optimiser.app_pages.shell.tables import money_column
from optimiser.plan.tables import Plan
from optimiser.report.charts.drawing import CONFIG
from optimiser.report.charts.ribbons import TITLES, flow_chart, flow_rows, names

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
    st.plotly_chart(
        flow_chart(plan, _SHOWN[shown or "Largest 12"], chosen),
        theme=None,
        config=CONFIG,
        key="flow",
        alt="Ribbons from funds through initiatives to agencies; the table below holds the same figures",
    )
    with st.expander("The same as a table"):
        rows = flow_rows(plan)
        if chosen is not None:
            rows = [r for r in rows if r[chosen[0]] == named[chosen]]
        st.dataframe(
            pd.DataFrame(rows, columns=[*TITLES, "Money"]), hide_index=True, column_config={"Money": money_column(plan)}
        )
