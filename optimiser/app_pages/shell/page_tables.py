"""Tables that several pages show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

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


PRINTED = 500
"""Rows of a table on paper at most: a browser keeps them all, on the screen too."""


def on_paper(key: str, rows: Sequence[Mapping[str, object]]) -> None:
    """A table that stands on a printed page alone, in place of a grid on the screen: a grid prints the rows that are in sight."""
    with st.container(key=f"on-paper-{key}"):
        text_table(rows[:PRINTED])
        if len(rows) > PRINTED:
            st.caption(f"{len(rows) - PRINTED:,} more rows stand in the plan's workbook.")


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
