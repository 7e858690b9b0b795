"""What agencies pay in and receive, and the people whom they release."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from optimiser.app_pages.shell.tables import money_column
from optimiser.app_pages.shell.text import letters
from optimiser.plan.tables import Plan
from optimiser.report import words
from optimiser.report.charts import awarded
from optimiser.report.charts.drawing import CONFIG


def part(plan: Plan) -> None:
    """The finding, the chart, and the same as a table."""
    said, more = finding(plan)
    st.markdown(f"**{letters(said)}** {letters(more)}")
    chart = awarded.agencies(plan)
    st.plotly_chart(chart.figure, theme=None, config=CONFIG, key="agencies", alt=chart.alt)
    st.caption("Receiving less than one pays in is no loss: what is done elsewhere may serve the same people.")
    with st.expander("The same as a table", expanded=True):
        facts = plan.case.facts
        periods = facts.size("period")
        able = dict(zip(facts.names["agency"], (facts.releasable_fte.sum(axis=(1, 2)) / periods).tolist(), strict=True))
        rows = [
            {
                "Agency": r["name"],
                "Pays in": r["contribution"],
                "Receives": r["received"],
                "Releases, FTE": r["released"] / periods,
                "Can release, FTE": able[r["agency"]],
                "Hires, FTE": r["hired"] / periods,
            }
            for r in sorted(plan.tables["Received"].records(), key=lambda r: (-r["received"], r["agency"]))
        ]
        money, fte = money_column(plan), st.column_config.NumberColumn(format="%.1f")
        config = {"Pays in": money, "Receives": money, "Releases, FTE": fte, "Can release, FTE": fte, "Hires, FTE": fte}
        st.dataframe(pd.DataFrame(rows), hide_index=True, column_config=config, height="content")


def finding(plan: Plan) -> tuple[str, str]:
    """Who receives most, and how that stands to what it pays in ("" where there is nothing to say)."""
    currency = plan.case.settings.currency
    rows = sorted(plan.tables["Received"].records(), key=lambda r: (-r["received"], r["agency"]))
    if not rows or not rows[0]["received"]:
        return "No agency receives money.", ""
    first = rows[0]
    more = []
    if first["contribution"] > 0:  # of several agencies together it is not known
        more.append(f"It pays in {words.money_short(first['contribution'], currency)}.")
    none = [r["name"] for r in rows if not r["received"]]
    if len(none) == 1:
        more.append(f"{none[0]} receives nothing.")
    elif none:
        more.append(f"{len(none)} agencies receive nothing.")
    return f"{first['name']} receives most, {words.money_short(first['received'], currency)}.", " ".join(more)
