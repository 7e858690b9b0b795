"""The parts of a page, of which one is on show."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from optimiser.app_pages.shell.text import letters


def chosen(page: str, offered: Iterable[str]) -> str:
    """The part of a page that its reader chose, remembered for the session; the first where that is not offered (now)."""
    parts = list(offered)
    part: str | None = st.segmented_control(
        "Part",
        parts,
        default=parts[0],
        required=True,
        format_func=letters,
        key=f"{page}-part",
        label_visibility="collapsed",
        persist_state="session",
    )
    return part if part in parts else parts[0]
