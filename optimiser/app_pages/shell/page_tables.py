"""Tables that several pages show."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from optimiser.app_pages.shell.text import letters
from optimiser.case.faults import SHOWN, Fault
from optimiser.case.readable import capital
from optimiser.plan.tables import Plan
from optimiser.report.charts.drawing import Digits

ColumnConfig = Any


def text_table(rows: Sequence[Mapping[str, object]], alt: str = "", names: str | None = None) -> None:
    """A table to be read, every text of it letter by letter: cells, titles, and names of rows.

    names: the title whose column names the rows, so that it stands before the others; None: no column does.
    """
    frame = pd.DataFrame([{letters(k): letters(str(v)) for k, v in row.items()} for row in rows])
    frame = frame if names is None else frame.set_index(letters(names))
    st.table(frame, hide_index=names is None, border="horizontal", alt=alt or None)


CHOSEN = "rgba(60, 130, 220, .16)"
"""The colour of the chosen row of a grid, over the background of either theme."""
PRINTED = 500
"""Rows of a table on paper at most: a browser keeps them all, on the screen too."""


def on_paper(key: str, rows: Sequence[Mapping[str, object]]) -> None:
    """A table that stands on a printed page alone, in place of a grid on the screen: a grid prints the rows that are in sight."""
    with st.container(key=f"on-paper-{key}"):
        text_table(rows[:PRINTED])
        if len(rows) > PRINTED:
            st.caption(f"{len(rows) - PRINTED:,} more rows stand in the plan's workbook.")


def chosen_row(
    kind: str,
    keys: Sequence[str],
    shown: pd.DataFrame,
    style: Callable[[Styler], Styler] = lambda s: s,
    **asked: Any,
) -> str:
    """A grid of which one row is always chosen, by a click or with the arrow keys: its key. Another selection of rows
    keeps what was chosen, where that is still among them.

    kind: what the rows are, one word for each grid; keys, shown: the rows, one for one; style: how cells are written;
    asked: what else st.dataframe is asked.
    """
    # Streamlit tells of a cell that the keys have moved to, never of a row: the row of that cell is the one that is meant.
    key, chosen = f"{kind}-{hash(tuple(keys)) % 10**8}", f"{kind}-chosen"
    cells = st.session_state.get(key, {}).get("selection", {}).get("cells")
    before = st.session_state.get(chosen)
    row = int(cells[0][0]) if cells else keys.index(before) if before in keys else 0
    st.session_state[chosen] = keys[row]
    tint = style(shown.style).set_properties(
        subset=pd.IndexSlice[shown.index[[row]], :],
        **{"background-color": CHOSEN},
    )
    st.dataframe(
        tint,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-cell",
        selection_default={"selection": {"rows": [], "columns": [], "cells": [(row, shown.columns[0])]}},
        key=key,
        row_height=36,
        placeholder="",
        **asked,
    )
    return keys[row]


def fault_table(faults: Sequence[Fault]) -> None:
    """Faults by sheet and cell, each with its cure; the first two hundred, and how many more there are."""
    rows = [
        {
            "": "✕" if f.level == "error" else "!",
            "Sheet": f.sheet,
            "Cell": f.cell,
            "Found": f.what,
            "Expected": f.expected,
            "What to do": capital(f.cure),
            "Code": f.code,
        }
        for f in faults[:SHOWN]
    ]
    text_table(rows, "Faults by sheet and cell, each with its cure")
    if len(faults) > SHOWN:
        st.caption(f"… and {len(faults) - SHOWN} more.")


def money_column(plan: Plan) -> ColumnConfig:
    """How a column of exact money is shown."""
    return number_column(Digits.of_money(plan.case))


def number_column(digits: Digits) -> ColumnConfig:
    """How a column of numbers is shown."""
    return st.column_config.NumberColumn(format=digits.format)
