"""A table of the draft as a grid. Every cell is text, so that nothing is read by guesswork; edits go to the draft at once.

The grid's data stay the same while it is on the page: what is typed is taken over as differences, by the number of
the record, and never written back into it. Whatever else changes the draft gives the grid a new key.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from optimiser.app_pages import lock_box, locks
from optimiser.app_pages.cells import FIRST, also_changed, column_of, shown, title_of, typed
from optimiser.app_pages.state import Draft, Record
from optimiser.case.names import fold
from optimiser.case.spec import BY_NAME, Column

ROWS_AT_MOST = 500
"""Records shown at once; the search narrows them down."""
LOCK = "(lock)"
"""Name of the grid's column that says how an initiative is locked; no column of a workbook has brackets."""
_ROW = 35


def grid(draft: Draft, sheet: str, wanted: str, only: frozenset[int] | None = None, label: str = "") -> None:
    """The records of a table that hold the text `wanted`. only: their numbers, where a filter (`label`) is chosen.

    A record that the filter would leave out after an edit stays until the table is chosen anew, so that nothing moves
    under the hand of who types.
    """
    records = [r for r in matching(draft, sheet, wanted) if only is None or r.number in only]
    key = f"grid-{draft.id}-{sheet}-{draft.epoch}-{st.session_state.get('grid-epoch', 0)}-{wanted}-{label}"
    kept = st.session_state.get("grid")
    shown_already = kept is not None and kept["key"] == key and key in st.session_state
    if not records and not shown_already:
        st.markdown(
            "No record is of this kind."
            if only is not None
            else "No record holds that text."
            if wanted
            else "This table has no records. What it leaves open takes its default."
        )
        return
    columns = columns_of(draft, sheet)
    if kept is None or not shown_already:
        held = _locked(draft) if sheet == "Initiatives" else {}
        kept = {"key": key, "records": records[:ROWS_AT_MOST], "columns": columns, "applied": {}, "held": held}
        st.session_state["grid"] = kept
    frame = _frame(kept["records"], kept["columns"])
    config = {c.name: _config(c, sheet) for c in kept["columns"]}
    if kept["held"]:
        said = [kept["held"].get(fold(str(r.values.get("initiative"))), "") for r in kept["records"]]
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
        height=min(_ROW * (len(kept["records"]) + 1) + 3, 560),
        column_config=config,
        disabled=not draft.editable,
        on_change=_take,
        args=(draft, sheet, key),
        alt=f"The table {sheet}; the form beside it holds the same cells",
    )
    if len(records) > ROWS_AT_MOST:
        st.caption(f"The first {ROWS_AT_MOST} of {len(records):,}. Search to see others.")


def _locked(draft: Draft) -> dict[str, str]:
    """Of each locked initiative, by its folded ID, how: at least $600k."""
    currency, made = lock_box.currency_of(draft), dict[str, list[str]]()
    for lock in locks.listed(draft):
        if lock.active:
            made.setdefault(fold(lock.initiative), []).append(lock.said(currency).removeprefix(lock.initiative).strip())
    return {key: ", ".join(said) for key, said in made.items()}


def columns_of(draft: Draft, sheet: str) -> list[Column]:
    """The key, what people change most, then the others."""
    key, first = BY_NAME[sheet].key, FIRST.get(sheet, ())
    names = draft.columns(sheet)
    order = sorted(names, key=lambda c: (c not in key, c not in first, c != "name", names.index(c)))
    return [column_of(draft, sheet, c) for c in order]


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
    help = column.help + (f" Unit: {column.unit}." if column.unit else "")
    title = title_of(column) + (f", {column.unit}" if column.unit in ("money", "share", "FTE") else "")
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


def _take(draft: Draft, sheet: str, key: str) -> None:
    """Takes over what was typed since the last time, and what was taken back in the grid itself."""
    kept = st.session_state.get("grid")
    if kept is None or kept["key"] != key:
        return
    records, columns, applied = kept["records"], {c.name: c for c in kept["columns"]}, kept["applied"]
    now = {
        (int(row), name): v for row, cells in st.session_state[key]["edited_rows"].items() for name, v in cells.items()
    }
    changed = {cell: v for cell, v in now.items() if cell not in applied or applied[cell] != v}
    gone = [cell for cell in applied if cell not in now]
    if len(gone) == 1 and not changed:  # the person typed what stood there at first
        row, name = gone[0]
        changed[gone[0]] = shown(columns[name], records[row].values.get(name))
    # Where more is gone the browser has forgotten what it told before: nobody took that back, and it stays as kept.
    cells: dict[int, dict[str, Any]] = {}
    for (row, name), value in changed.items():
        cells.setdefault(records[row].number, {})[name] = typed(columns[name], value)
    kept["applied"] = now
    draft.edit(sheet, cells, also=also_changed(draft, sheet, cells))
    st.session_state["form-epoch"] = st.session_state.get("form-epoch", 0) + 1
