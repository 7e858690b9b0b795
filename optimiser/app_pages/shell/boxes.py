"""Where on the page Inputs somebody is: the record, the part beside the table, and the dialog that is open.

A dialog stays open while the page behind it is drawn anew, as it is when a solve ends.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import NoReturn

import streamlit as st

from optimiser.app_pages.shell import parts

FORM, MEND, LOCKS, NOTES, STEPS = range(5)
"""What can stand beside the table."""
_OPEN = "open-box"
_DRAWN = "drawn"
_TO_FORM = "to-form"


@dataclass
class Drawn:
    """How often the grid, and fields of the form beside it (by number of the record and column), were to be drawn anew in
    this session.

    It is counted up in place. To write into the session's state is to ask Streamlit, which ends a run there that a newer
    one has overtaken.
    """

    grid: int = 0
    fields: Counter[tuple[int, str]] = field(default_factory=Counter)


def drawn() -> Drawn:
    """Of this session."""
    found: Drawn = st.session_state.setdefault(_DRAWN, Drawn())
    return found


def show(name: str, item: str = "") -> None:
    """Opens a dialog, from a button. item: what it is about."""
    st.session_state[_OPEN] = (name, item)


def close() -> None:
    """Closes the dialog, whichever is open."""
    st.session_state.pop(_OPEN, None)


def opened() -> tuple[str, str]:
    """Which dialog is open, and what it is about; two blanks where none is."""
    found: tuple[str, str] = st.session_state.get(_OPEN, ("", ""))
    return found


def open_table(sheet: str) -> None:
    """Chooses a table."""
    st.session_state.update({"table": sheet, "table-pills": sheet})


def to_table(sheet: str) -> NoReturn:
    """Opens a table on the page Inputs."""
    open_table(sheet)
    parts.to_page("Inputs")


def show_form(sheet: str, number: int) -> None:
    """Chooses a record of the table that is open; its form is beside it when the page is drawn next."""
    st.session_state.update({f"record-{sheet}": number, _TO_FORM: True})


def beside() -> None:
    """Called before the parts beside the table are drawn, which nobody may set afterwards."""
    if st.session_state.pop(_TO_FORM, False):
        st.session_state["beside"] = FORM


def go(sheet: str, number: int, beside: int = FORM) -> None:
    """Chooses a record, and what stands beside its table."""
    open_table(sheet)
    st.session_state.update({f"record-{sheet}": number, "beside": beside})
