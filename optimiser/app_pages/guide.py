"""Guide: every page of it to read and to search, without leaving the app."""

from __future__ import annotations

import streamlit as st

from optimiser.app_pages.shell.text import letters
from optimiser.desk import guidebook

_PAGE, _ASKED = "guide-page", "guide-asked"
"""What the session keeps: the page on show, and the one that the address asked for last."""


def page() -> None:
    """The page."""
    if guidebook.folder() is None:
        st.title("The guide is not installed here")
        st.markdown("It comes with the package; it was left out where this one was put together.")
        return
    choose, seek, whole = st.columns([3, 3, 1], vertical_alignment="bottom")
    _follow_address()
    name = choose.selectbox("Page", guidebook.names(), format_func=_in_section, key=_PAGE)
    if name != st.query_params.get(guidebook.PAGE, guidebook.FIRST):
        st.query_params[guidebook.PAGE] = st.session_state[_ASKED] = name
    wanted = seek.text_input("Search the guide", key="guide-search", max_chars=100, placeholder="carry-over")
    if guidebook.site():
        help_ = "The same pages with their pictures, in a tab of their own."
        whole.link_button("As a site", f"{guidebook.SITE}/{name}.html", help=help_, width="stretch")
    if wanted.strip():
        _found(wanted)
        return
    with st.container(key="guide-text"):
        st.markdown(guidebook.markdown(name))


def _follow_address() -> None:
    """Shows the page that a link names; what was chosen since stays."""
    asked = st.query_params.get(guidebook.PAGE, "")
    if asked in guidebook.names() and asked != st.session_state.get(_ASKED):
        st.session_state[_PAGE] = st.session_state[_ASKED] = asked


def _in_section(name: str) -> str:
    section = next(s for s, pages in guidebook.SECTIONS.items() if name in pages)
    return letters(f"{section}: {guidebook.title(name)}")


def _found(wanted: str) -> None:
    """The parts that have the words, each with a link."""
    parts = guidebook.found(wanted)
    st.title(letters(f"“{wanted.strip()}” in the guide"))
    if not parts:
        st.markdown("No part of the guide has all of these words. Fewer words, or another form of them, find more.")
        return
    for part in parts:
        top = guidebook.title(part.page)
        where = letters(part.heading if part.heading == top else f"{top}: {part.heading}")
        st.markdown(f"[{where}]({part.address})  \n{letters(guidebook.around(part, wanted))}")


if __name__ == "__main__":
    page()
