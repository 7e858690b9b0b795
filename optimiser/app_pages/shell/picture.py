"""A chart as every page shows it: the picture, with the same figures as a table and as data below it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from optimiser.app_pages.shell import handed
from optimiser.app_pages.shell.page_tables import number_column
from optimiser.app_pages.shell.text import letters
from optimiser.case.reading.cells import no_formula
from optimiser.report.charts.drawing import CONFIG, Chart, Digits

Rows = Sequence[Mapping[str, Any]]
SAME = "The same as a table"
WHOLE = 60
"""Up to so many rows a table shows all at once; of more, some to be scrolled."""


def picture(
    chart: Chart, key: str, title: str = SAME, *, alone: bool = False, opened: bool = False, still: bool = False,
    clicks: bool = False,
) -> Any:  # fmt: skip
    """The chart, and below it its table and its data: the one way by which a chart comes onto a page.

    title: of the table; opened: it stands open. alone: without its table, where the figures stand at the marks or elsewhere on
    the page. still: without tools, for a small chart beside others. clicks: answers what was clicked (`selection`).
    """
    picks: dict[str, Any] = {"on_select": "rerun", "selection_mode": "points"} if clicks else {}
    config = CONFIG | {"displayModeBar": False} if still else CONFIG
    picked = st.plotly_chart(chart.figure, theme=None, config=config, key=key, alt=chart.alt, **picks)
    if not alone:
        table(key, chart.table, chart.columns, title, opened=opened)
    return picked


def table(
    key: str, rows: Rows, columns: Mapping[str, Digits] | None = None, title: str = SAME, *, opened: bool = False
) -> None:
    """An expander with a table and its data to take away."""
    with st.expander(letters(title), expanded=opened):
        config = {name: number_column(digits) for name, digits in (columns or {}).items()}
        height: Any = "content" if len(rows) <= WHOLE else "auto"
        st.dataframe(pd.DataFrame(rows), hide_index=True, column_config=config, key=f"table-{key}", height=height)
        handed.button(
            "Download the data", lambda _: data(rows), f"{re.sub(r'[^a-z0-9-]', '', key.lower()) or 'data'}.csv",
            f"data-{key}", case=str(st.session_state.get("case", "")), type="tertiary",
        )  # fmt: skip


def data(rows: Rows) -> bytes:
    """The table as CSV that spreadsheets read; no text in it can become a formula."""
    safe = [{k: no_formula(v) for k, v in row.items()} for row in rows]
    return b"\xef\xbb\xbf" + pd.DataFrame(safe).to_csv(index=False).encode()
