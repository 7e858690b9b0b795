"""The parts of a page, of which one is on show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NoReturn

import streamlit as st

from optimiser.app_pages.shell.text import letters


def chosen(page: str, offered: Iterable[str], short: Mapping[str, str] | None = None) -> str:
    """The part of a page that its reader chose, remembered for the session; the first where that is not offered (now).

    short: what is written for each, where that is less than its name."""
    parts, key = list(offered), f"{page}-part"
    if st.session_state.get(key, parts[0]) not in parts:
        del st.session_state[key]  # it is not offered (now)
    part: str | None = st.segmented_control(
        "Part",
        parts,
        default=None if key in st.session_state else parts[0],
        required=True,
        format_func=lambda part: letters((short or {}).get(part, part)),
        key=key,
        label_visibility="collapsed",
        persist_state="session",
    )
    return part if part in parts else parts[0]


def choose(page: str, part: str) -> None:
    """Opens a part of a page, from a button."""
    st.session_state[f"{page}-part"] = part


def to_page(title: str) -> NoReturn:
    """Opens another page."""
    st.switch_page(st.session_state["pages"][title])


def relabelled(key: str, labels: Mapping[str, str]) -> None:
    """Called before a box whose labels tell a state: where they changed, its value is sent again, since a browser that has
    been sent the value before goes on showing it with the old label."""
    told = f"{key}-labels"
    if st.session_state.get(told) != labels and key in st.session_state:
        st.session_state[key] = st.session_state[key]
    st.session_state[told] = dict(labels)
