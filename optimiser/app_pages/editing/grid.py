"""A table of the draft as a grid. Every cell is text, so that nothing is read by guesswork; edits go to the draft at once.

The grid's data stay the same while it is on the page: what is typed is taken over as differences, by the number of
the record, and never written back into it. Whatever else changes the draft gives the grid a new key. docs/inputs.md
says what could lose an edit on its way, and what is done against each.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import pandas as pd
import streamlit as st

from optimiser.app_pages.shell import boxes
from optimiser.app_pages.shell.text import letters
from optimiser.case.names import fold
from optimiser.case.spec import BY_NAME, Column
from optimiser.desk import locks
from optimiser.desk.state import Draft, Record
from optimiser.desk.typed_cells import FIRST, NOT_TYPED, also_changed, column_of, shown, title_of, typed

ROWS_AT_MOST = 500
"""Records shown at once; the search narrows them down."""
LOCK = "(lock)"
"""Name of the grid's column that says how an initiative is locked; no column of a workbook has brackets."""
_ROW = 35
_SHOWN = "grid"
"""Where the session keeps what the grid on the page shows."""
Cell = tuple[int, str]
"""Row of the grid and name of a column."""


@dataclass
class GridShown:
    """One grid as it was drawn first. applied: what the browser told, cell by cell, as far as the draft has had it."""

    draft: Draft
    sheet: str
    key: str
    records: list[Record]
    columns: list[Column]
    held: dict[str, str]
    drawn: boxes.Drawn
    applied: dict[Cell, Any] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock, repr=False)


def grid(draft: Draft, sheet: str, wanted: str, only: frozenset[int] | None = None, label: str = "") -> None:
    """The records of a table that hold the text `wanted`. only: their numbers, where a filter (`label`) is chosen.

    A record that the filter would leave out after an edit stays until the table is chosen anew, so that nothing moves
    under the hand of who types.
    """
    records = [r for r in matching(draft, sheet, wanted) if only is None or r.number in only]
    key = f"grid-{draft.id}-{sheet}-{draft.epoch}-{boxes.drawn().grid}-{wanted}-{label}"
    shown_first: GridShown | None = st.session_state.get(_SHOWN)
    on_page = shown_first if shown_first is not None and shown_first.key == key and key in st.session_state else None
    if not records and on_page is None:
        st.markdown(
            "No record is of this kind."
            if only is not None
            else "No record holds that text."
            if wanted
            else f"No {letters(sheet.lower())} yet; a case has at least one. Add it, paste it, or bring a file."
            if BY_NAME[sheet].required
            else "This table has no records. What it leaves open takes its default."
        )
        return
    if on_page is None:
        held = _locked(draft) if sheet == "Initiatives" else {}
        on_page = GridShown(draft, sheet, key, records[:ROWS_AT_MOST], columns_of(draft, sheet), held, boxes.drawn())
        st.session_state[_SHOWN] = on_page
    frame = _frame(on_page.records, on_page.columns)
    config = {c.name: _config(c, sheet) for c in on_page.columns}
    if on_page.held:
        said = [on_page.held.get(fold(str(r.values.get("initiative"))), "") for r in on_page.records]
        frame.insert(min(2, len(frame.columns)), LOCK, said)
        config[LOCK] = st.column_config.TextColumn(
            "Locked", disabled=True, width=130, help="See Locks beside the table."
        )
    st.data_editor(
        frame,
        key=key,
        hide_index=True,
        num_rows="fixed",
        row_height=_ROW,
        height=min(_ROW * (len(on_page.records) + 1) + 3, 560),
        column_config=config,
        disabled=not draft.editable,
        on_change=_take,
        args=(on_page,),
        alt=f"The table {sheet}; the form beside it holds the same cells",
    )
    if len(records) > ROWS_AT_MOST:
        st.caption(f"The first {ROWS_AT_MOST} of {len(records):,}. Search to see others.")


def _locked(draft: Draft) -> dict[str, str]:
    """Of each locked initiative, by its folded ID, how: at least $600k."""
    currency, made = draft.currency, dict[str, list[str]]()
    for lock in locks.listed(draft):
        if lock.active:
            made.setdefault(fold(lock.initiative), []).append(lock.held(currency))
    return {key: ", ".join(said) for key, said in made.items()}


def columns_of(draft: Draft, sheet: str) -> list[Column]:
    """The key, what people change most, then the others."""
    key, first = BY_NAME[sheet].key, FIRST.get(sheet, ())
    names = draft.columns(sheet)
    order = sorted(names, key=lambda c: (c not in key, c not in first, c != "name", names.index(c)))
    return [column_of(draft, sheet, c) for c in order if c not in NOT_TYPED]


def matching(draft: Draft, sheet: str, wanted: str) -> list[Record]:
    """Records with a cell that holds the text."""
    text = wanted.strip().casefold()
    return [r for r in draft.records(sheet) if not text or any(text in str(v).casefold() for v in r.values.values())]


def _frame(records: list[Record], columns: list[Column]) -> pd.DataFrame:
    cells = {
        c.name: [
            bool(v)
            if c.type == "flag" and isinstance(v := r.values.get(c.name), bool)
            else shown(c, r.values.get(c.name))
            for r in records
        ]
        for c in columns
    }
    return pd.DataFrame(
        {
            name: pd.Series(values, dtype=bool if values and all(isinstance(v, bool) for v in values) else object)
            for name, values in cells.items()
        }
    )


def _config(column: Column, sheet: str) -> Any:
    help = letters(column.help + (f" Unit: {column.unit}." if column.unit else ""))
    said = column.unit in ("money", "share", "FTE") and column.unit.casefold() != column.name
    title = title_of(column) + (f", {column.unit}" if said else "")
    key = BY_NAME[sheet].key
    pinned = column.name in key
    locked = pinned and len(key) == 1 and sheet != "Case"
    if column.type == "flag":
        return st.column_config.CheckboxColumn(title, help=help, width="small")
    wide = {
        "name": 260,
        "rule": 220,
        "allowed": 260,
        "where": 260,
        "authority": 220,
        "theme": 170,
        "sentence": 260,
    }.get(column.name)
    number = column.type == "number"
    return st.column_config.TextColumn(
        title,
        help=help + (" Renamed in the form." if locked else ""),
        pinned=pinned,
        disabled=locked,
        alignment="right" if number else "left",
        width=wide,
    )


def take_rest() -> None:
    """Takes over what was typed into the grid and told, and not taken yet. To be called first on every run of a page.

    A run can be ended by a newer one before it has called what is to be called on a change; in the newer one the
    grid's value is then no change any more.
    """
    shown_last: GridShown | None = st.session_state.get(_SHOWN)
    if shown_last is not None and shown_last.key in st.session_state:
        with shown_last.lock:
            _apply(shown_last, _told(shown_last), whole=False)


def _take(on_page: GridShown) -> None:
    """Takes over what was typed since the last time, and what was taken back in the grid itself.

    It is called for the grid that was typed into, also where another has taken its place meanwhile.
    """
    with on_page.lock:
        # A run that was overtaken ends here, with nothing done: the newer one has all that this one was told.
        replaced, told = st.session_state.get(_SHOWN) is not on_page, _told(on_page)
        if _apply(on_page, told, whole=True) and replaced:
            on_page.drawn.grid += 1  # the grid that took its place has not got this edit


def _told(on_page: GridShown) -> dict[Cell, Any]:
    """What the browser tells of a grid: every cell that differs from what the grid was drawn with."""
    rows = st.session_state[on_page.key]["edited_rows"]
    return {(int(row), name): value for row, cells in rows.items() for name, value in cells.items()}


def _apply(on_page: GridShown, now: dict[Cell, Any], whole: bool) -> bool:
    """Brings into the draft what is new in `now`; says whether there was anything. Nothing in here may ask Streamlit:
    that is where a run is ended, and half of it would be done.

    whole: whether what is missing in `now` was taken back.
    """
    draft, applied, columns = on_page.draft, on_page.applied, {c.name: c for c in on_page.columns}
    changed = {cell: value for cell, value in now.items() if cell not in applied or applied[cell] != value}
    gone = [cell for cell in applied if cell not in now] if whole else []
    if len(gone) == 1 and not changed:  # the person typed what stood there at first
        row, name = gone[0]
        changed[gone[0]] = shown(columns[name], on_page.records[row].values.get(name))
    # Where more is gone the browser has forgotten what it told before: nobody took that back, and it stays as kept.
    cells: dict[int, dict[str, Any]] = {}
    for (row, name), value in changed.items():
        cells.setdefault(on_page.records[row].number, {})[name] = typed(columns[name], value)
    if cells:
        draft.edit(on_page.sheet, cells, also=also_changed(draft, on_page.sheet, cells))
        on_page.drawn.fields.update((number, name) for number, row in cells.items() for name in row)
    on_page.applied = now if whole else {**applied, **now}  # only now: it is in the store, or was refused and told
    return bool(cells)
