"""Parts of the page Plan that are one picture with its finding: what agencies get, money, people, and funds by period."""

from __future__ import annotations

import streamlit as st

from optimiser.app_pages.shell import boxes
from optimiser.app_pages.shell.picture import picture
from optimiser.app_pages.shell.text import letters
from optimiser.plan.tables import Plan
from optimiser.report.charts import awarded
from optimiser.report.charts.drawing import Chart
from optimiser.report.charts.periods import funds_chart
from optimiser.report.charts.postings import people_chart
from optimiser.report.charts.ribbons import TITLES, flow_chart, names

_SHOWN = {"Largest 8": 8, "Largest 12": 12, "All": None}


def _finding(chart: Chart) -> None:
    st.markdown(f"**{letters(chart.headline)}** {letters(chart.more)}", width="stretch")


def agencies(plan: Plan) -> None:
    """What agencies pay in and receive, and the people whom they release."""
    chart = awarded.agencies(plan)
    _finding(chart)
    picture(chart, "agencies", opened=True)
    st.caption("Receiving less than one pays in is no loss: what is done elsewhere may serve the same people.")


def money(plan: Plan) -> None:
    """Where money flows: ribbons from funds through initiatives to agencies."""
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


def people(plan: Plan) -> None:
    """Where people go: agencies by roles, with the bottleneck marked."""
    chart = people_chart(plan)
    _finding(chart)
    if not chart.table:
        return
    picture(chart, "people")
    st.caption(
        "FTE at work of those that can be released, on average over the periods. Wanted: by initiatives that are not funded in full."
    )


def funds(plan: Plan) -> None:
    """Funds by period: what is spent and what stays unspent, a panel for each fund."""
    chart = funds_chart(plan)
    with st.container(horizontal=True, vertical_alignment="center"):
        _finding(chart)
        if st.button("Change a fund", key="change-a-fund"):
            boxes.to_table("Funds")
    picture(chart, "funds")
