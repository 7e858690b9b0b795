"""What differs between two states of a case: how much, and each difference in a table."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from optimiser.desk.state import CellChange, plainly

SHOWN = 300
"""Rows of a table of differences that a page shows."""


def summary(found: list[CellChange]) -> str:
    """How much differs, as a part of a sentence: 14 cells change, 2 records are added, 1 is deleted."""
    cells = sum(bool(c.column) and not c.moves for c in found)
    added = sum(not c.column and c.before is None for c in found)
    deleted = sum(not c.column and c.after is None for c in found)
    moved = sum(c.moves for c in found)
    said = [
        f"{cells:,} {'cell changes' if cells == 1 else 'cells change'}" if cells else "",
        f"{added:,} {'record is' if added == 1 else 'records are'} added" if added else "",
        f"{deleted:,} {'record is' if deleted == 1 else 'records are'} deleted" if deleted else "",
        "the order of rows changes" if moved else "",
    ]
    return ", ".join(p for p in said if p) or "nothing changes"


def change_table(found: list[CellChange]) -> None:
    """Changes by sheet, record and column, with both values."""
    rows = [
        {
            "Sheet": c.sheet,
            "Record": c.name or "(all)",
            "Column": "order of rows" if c.moves else c.column or "(whole record)",
            "Before": "" if c.moves or not c.column else plainly(c.before),
            "After": ("added" if c.before is None else "deleted")
            if not c.column
            else ""
            if c.moves
            else plainly(c.after),
        }
        for c in found[:SHOWN]
    ]
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        alt="What differs, by sheet, record and column, with both values",
        width="stretch",
    )
    if len(found) > SHOWN:
        st.caption(f"… and {len(found) - SHOWN:,} more.")
