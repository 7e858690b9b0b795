"""Tables that several pages show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from optimiser.case.faults import SHOWN, Fault
from optimiser.plan.tables import Plan
from optimiser.report import words

ColumnConfig = Any


def fault_table(faults: Sequence[Fault]) -> None:
    """Faults by sheet and cell, each with its cure; the first two hundred, and how many more there are."""
    rows = [
        {
            "": "✕" if f.level == "error" else "!",
            "Sheet": f.sheet,
            "Cell": f.cell,
            "Found": f.what,
            "Expected": f.expected,
            "What to do": f.cure[:1].upper() + f.cure[1:],
            "Code": f.code,
        }
        for f in faults[:SHOWN]
    ]
    st.table(
        pd.DataFrame(rows), hide_index=True, border="horizontal", alt="Faults by sheet and cell, each with its cure"
    )
    if len(faults) > SHOWN:
        st.caption(f"… and {len(faults) - SHOWN} more.")


def money_column(plan: Plan) -> ColumnConfig:
    """How a column of exact money is shown."""
    symbol = words.SYMBOLS.get(plan.case.settings.currency.upper(), "")
    digits = 2 if plan.case.settings.rounding == 0.01 else 0
    return st.column_config.NumberColumn(format=f"{symbol}%,.{digits}f")
