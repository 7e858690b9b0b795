"""Dialogs that stay open while the page behind them is drawn anew, as it is when a solve ends."""

from __future__ import annotations

import streamlit as st

_OPEN = "open-box"


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
