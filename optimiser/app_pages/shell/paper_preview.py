"""Pages of a paper on a page of the app: HTML of ours in which every text is escaped (`papers/as_preview.py`)."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from optimiser.papers.as_preview import STYLE


def show(pages: Iterable[str]) -> None:
    """Shows pages that `as_preview.pages` made, one below the other."""
    st.html(STYLE)
    st.html("".join(pages))
