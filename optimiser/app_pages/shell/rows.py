"""A table whose rows open: real buttons, so that the keyboard reaches each row and each title that sorts.

A grid of Streamlit is drawn on a canvas, in which a cell can hold neither a button nor two lines.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from optimiser.app_pages.shell.text import letters


@dataclass(frozen=True)
class RowTitle:
    """A column: its name, its part of the width, and whether a click on its name sorts by it."""

    name: str
    width: float
    sorts: bool = True
    help: str = ""


def order(key: str, titles: Sequence[RowTitle], first: str, falling: bool = True) -> tuple[str, bool]:
    """Draws the titles; the column by which the reader sorts, and whether from the largest down.

    first, falling: how the table stands before anybody has chosen.
    """
    by, down = st.session_state.get(f"sort-{key}", (first, falling))
    with st.container(key=f"titles-{key}"):
        for place, title in zip(
            st.columns([t.width for t in titles], gap="small", vertical_alignment="center"), titles, strict=True
        ):
            mark = ("", " ↓" if down else " ↑")[title.name == by]
            if not title.sorts:
                place.markdown(f":gray[{letters(title.name)}]", help=letters(title.help) or None)
            else:
                place.button(
                    letters(title.name) + mark, key=f"sort-{key}-{title.name}", type="tertiary",
                    help=letters(title.help) or None, on_click=_sort, args=(key, title.name, by, down),
                )  # fmt: skip
    return by, down


def _sort(key: str, name: str, by: str, down: bool) -> None:
    st.session_state[f"sort-{key}"] = (name, not down if name == by else False)


def rows(
    key: str, titles: Sequence[RowTitle], items: Sequence[Any], draw: Callable[[Any, Sequence[Any]], None]
) -> None:
    """One line for each item; `draw` is given the item and the places of its cells."""
    with st.container(key=f"rows-{key}", gap=None):
        for item in items:
            draw(item, st.columns([t.width for t in titles], gap="small", vertical_alignment="center"))
