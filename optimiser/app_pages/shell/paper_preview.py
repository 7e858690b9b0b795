"""Pages of a paper on a page of the app: HTML of ours in which every text is escaped (`papers/as_preview.py`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st

from optimiser.papers.as_preview import STYLE

THUMBS = 4
"""Pages that are seen small."""


def thumbs(pages: Sequence[str]) -> None:
    """The first of these pages, small and beside each other, as in a file browser: what is in them is read in `show`."""
    st.html(f'<div class="thumbs" aria-hidden="true">{"".join(pages[:THUMBS])}</div>')


def show(pages: Iterable[str]) -> None:
    """Shows pages that `as_preview.pages` made, one below the other, in a region that the keyboard scrolls too."""
    st.html(STYLE)
    st.html(f'<div class="papers" tabindex="0" role="region" aria-label="Pages of the paper">{"".join(pages)}</div>')
