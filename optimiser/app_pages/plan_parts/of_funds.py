"""Funds by period: what is spent and what stays unspent."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from optimiser.app_pages.shell.tables import money_column
from optimiser.app_pages.shell.text import letters
from optimiser.plan.tables import Plan
from optimiser.report.charts.drawing import CONFIG
from optimiser.report.charts.periods import balances, fund_names, funds_chart, funds_finding

_TITLES = {
    "installment": "Arrives",
    "brought_forward": "Brought forward",
    "spend": "Spent",
    "carried_forward": "Carried forward",
    "unspent": "Unspent",
}


def part(plan: Plan) -> None:
    """The finding, a panel for each fund, and the same as a table."""
    with st.container(horizontal=True, vertical_alignment="center"):
        said, where = funds_finding(plan)
        st.markdown(f"**{letters(said)}** {letters(where)}", width="stretch")
        if st.button("Change a fund", key="change-a-fund"):
            st.session_state["table"] = "Funds"
            st.switch_page(st.session_state["pages"]["Inputs"])
    st.plotly_chart(
        funds_chart(plan),
        theme=None,
        config=CONFIG,
        key="funds",
        alt="What each fund spends in each period, and what stays unspent; the table below holds the same figures",
    )
    with st.expander("The same as a table"):
        named = fund_names(plan)
        rows = [
            {"Fund": named[f], "Period": r["period"], **{t: r[c] for c, t in _TITLES.items()}}
            for f, rs in balances(plan).items()
            for r in rs
        ]
        st.dataframe(
            pd.DataFrame(rows), hide_index=True, column_config=dict.fromkeys(_TITLES.values(), money_column(plan))
        )
