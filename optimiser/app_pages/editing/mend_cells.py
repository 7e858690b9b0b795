"""Faults of a file mended on the page, cell by cell: one click where it is known what is meant, else typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import PurePath
from typing import Any

import streamlit as st

from optimiser.app_pages.shell import handed
from optimiser.app_pages.shell.page_tables import fault_table
from optimiser.app_pages.shell.text import letters
from optimiser.case.faults import Fault
from optimiser.case.readable import counted
from optimiser.case.reading.cells import as_text
from optimiser.case.reading.mending import ADDRESS, Mend, value_at
from optimiser.case.reading.sheets import RawBook
from optimiser.case.writing.annotation import annotate
from optimiser.case.writing.mended_file import as_workbook
from optimiser.desk.faulty_file import FaultyFile
from optimiser.store.base.rights import Actor

SHOWN = 8
"""Faults that can be mended at once; the next come up when these are done."""


def faulty(file: FaultyFile, key: str) -> bool:
    """What is wrong with a refused file, to be mended here; or, of what is no workbook, why that is no case. Whether it is
    a workbook."""
    if file.refusal:
        st.markdown(letters(file.refusal))
    elif file.faults:
        fault_table(file.faults)
        cells(file.book, file.faults, key, file.write)
    return not file.refusal


def marked(label: str, name: str, data: bytes, faults: Sequence[Fault], key: str, **look: Any) -> None:
    """A button that hands out a copy of a file in which its faulty cells are marked, for reading only."""

    def made(_: Actor) -> bytes:
        target = BytesIO()
        annotate(data, faults, target, guarded=True)
        return target.getvalue()

    handed.button(label, made, f"marked-{PurePath(name).stem}.xlsx", key, **look)


def of_faulty(file: FaultyFile, key: str) -> None:
    """What can be taken away of a workbook while it is mended: the mended one, and a copy with its faults marked."""
    ways(file.book, len(file.mends), file.name, key, file.back)
    if file.errors:
        label = "Download a copy with the cells marked, for reading only"
        marked(label, file.name, file.data, file.faults, f"{key}-marked")


def cells(book: RawBook, faults: Sequence[Fault], key: str, write: Callable[[Mend], None]) -> None:
    """A line for each of the first faults that stand in a cell: what is wrong, its cure as a button, and a box to type in."""
    can = [f for f in faults if f.level == "error" and ADDRESS.fullmatch(f.cell)]
    if not can:
        return
    st.markdown("**Mend them here**, without going back to the spreadsheet:")
    for n, fault in enumerate(can[:SHOWN]):
        there = fault.cells or (fault.cell,)
        place = f"{fault.sheet} {fault.cell}" + (
            f" and {counted(len(there) - 1, 'more cell')}" if len(there) > 1 else ""
        )
        stands = as_text(value_at(book, fault.sheet, fault.cell))
        own = f"{key}-{n}-{fault.sheet}-{fault.cell}-{fault.code}"
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.markdown(f"**{letters(place)}**: {letters(fault.what)}; {letters(fault.cure)}", width="stretch")
            if fault.meant:
                st.button(
                    f"Set to {letters(fault.meant)}",
                    key=f"set-{own}",
                    icon=":material/check:",
                    on_click=write,
                    args=(Mend(fault.sheet, there, fault.meant),),
                )
            st.text_input(
                f"What belongs into {letters(place)}",
                stands,
                key=f"type-{own}",
                label_visibility="collapsed",
                width=180,
                on_change=_typed,
                args=(f"type-{own}", fault.sheet, there, write),
            )
    if len(can) > SHOWN:
        st.caption(f"… and {len(can) - SHOWN} more, when these are mended.")


def _typed(widget: str, sheet: str, there: tuple[str, ...], write: Callable[[Mend], None]) -> None:
    write(Mend(sheet, there, str(st.session_state.get(widget, ""))))


def ways(book: RawBook, count: int, name: str, key: str, back: Callable[[], Any]) -> None:
    """What was mended so far: one step back, and the mended file to take away."""
    if not count:
        return
    st.button(
        letters(f"Take back the last of {counted(count, 'mend')}"),
        key=f"{key}-back",
        icon=":material/undo:",
        on_click=back,
    )
    handed.button(
        "Download the mended file",
        lambda _: as_workbook(book),
        f"mended-{name.rpartition('.')[0] or name}.xlsx",
        f"{key}-mended",
        help="Its values with what was mended; without formulas and formats.",
    )
