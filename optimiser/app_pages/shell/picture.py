"""A chart as every page shows it: the picture, with the same figures as a table and as data below it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from optimiser.app_pages.shell.text import letters
from optimiser.case.reading.cells import no_formula
from optimiser.report.charts.drawing import CONFIG

Rows = Sequence[Mapping[str, Any]]


def picture(
    drawn: go.Figure, key: str, alt: str, rows: Rows, config: Mapping[str, Any] | None = None, title: str = ""
) -> None:
    """The chart, and below it its table and its data. title: of the table, where a page has several."""
    st.plotly_chart(drawn, theme=None, config=CONFIG, key=key, alt=alt)
    table(key, rows, config, title or "The same as a table")


def table(key: str, rows: Rows, config: Mapping[str, Any] | None = None, title: str = "The same as a table") -> None:
    """An expander with a table and its data to take away."""
    with st.expander(letters(title)):
        st.dataframe(pd.DataFrame(rows), hide_index=True, column_config=dict(config or {}), key=f"table-{key}")
        st.download_button(
            "Download the data", lambda: data(rows), f"{re.sub(r'[^a-z0-9-]', '', key.lower()) or 'data'}.csv", "text/csv",
            key=f"data-{key}", on_click="ignore", type="tertiary",
        )  # fmt: skip


def data(rows: Rows) -> bytes:
    """The table as CSV that spreadsheets read; no text in it can become a formula."""
    safe = [{k: no_formula(v) for k, v in row.items()} for row in rows]
    return b"\xef\xbb\xbf" + pd.DataFrame(safe).to_csv(index=False).encode()
