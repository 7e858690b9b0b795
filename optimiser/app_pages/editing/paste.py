"""The paste box: cells copied from a spreadsheet, what they change by ID, and one step that takes them over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from optimiser.app_pages.editing import importing, what_is_what
from optimiser.app_pages.editing.grid import columns_of
from optimiser.app_pages.shell import boxes, session
from optimiser.app_pages.shell.text import letters
from optimiser.case.reading import paste as reader
from optimiser.case.reading.amounts import Mark
from optimiser.case.reading.paste import Pasted
from optimiser.case.reading.totals import words_of
from optimiser.case.spec import BY_NAME, Column
from optimiser.desk import foreign
from optimiser.desk.state import Draft, Record, Sheets, name_of
from optimiser.desk.typed_cells import also_changed, column_of, shown, title_of

SHOWN = 200
_SHOWN = "paste-shown"
"""What the list on the page is of."""
_MARKS: dict[Mark, str] = {",": "Comma: 1.234,50", ".": "Point: 1,234.50"}


@st.dialog("Paste from a spreadsheet", width="large", on_dismiss=boxes.close)
def box(draft: Draft, sheet: str) -> None:
    """Asks for the block, shows what it changes, and takes it over when told to."""
    st.markdown(
        "Copy the cells with their titles, and with the ID of each row. Records are found by ID; new IDs are added. "
        "Nothing is changed until you say so."
    )
    text = st.text_area(
        "Copied cells", key=f"paste-{sheet}", height=160, placeholder="Press Ctrl+V here, then Ctrl+Enter"
    )
    if not text.strip():
        st.button("Show what it changes", key="paste-look")
        return
    columns, key = columns_of(draft, sheet), BY_NAME[sheet].key
    records = [r.values for r in draft.records(sheet)]
    try:
        if not _is_ours(reader.block(text, columns), columns):
            _what_is_what(draft, sheet, text)
            return
        said = st.session_state.get("paste-mark")
        mark: Mark = "," if said == "," else "." if said == "." else ""
        made = reader.read(text, columns, key, records, mark=mark, currency=draft.currency)
    except ValueError as problem:
        st.error(letters(str(problem)))
        return
    if made.two_ways or mark:
        st.markdown(
            "**Some numbers can be read in two ways. They are not guessed: choose what stands before the decimals.**"
        )
        st.segmented_control(
            "Sign before the decimals",
            list(_MARKS),
            format_func=_MARKS.__getitem__,
            key="paste-mark",
            label_visibility="collapsed",
        )
    _preview(draft, sheet, made)
    seen = st.session_state.get(_SHOWN)
    st.session_state[_SHOWN] = (sheet, text, mark)
    if st.button(
        "Take it over",
        type="primary",
        key="paste-apply",
        disabled=bool(made.refused) or not (made.sets or made.added),
        help="First mend or choose what is listed." if made.refused else "One step; undo takes it back.",
    ):
        if seen != (sheet, text, mark):  # what was pasted came with the click: nobody has seen what it changes
            st.warning("The copied cells are others now, and the list above is theirs. Look at it, then take it over.")
            return
        if apply(draft, sheet, made):  # else what was copied stays here, and the page says why
            for kept in (f"paste-{sheet}", "paste-mark"):
                st.session_state.pop(kept, None)
        boxes.close()
        st.rerun()


def _is_ours(rows: Sequence[Sequence[str]], columns: Sequence[Column]) -> bool:
    """Whether every title of a block is known here, and no row is a total: what is not is asked, as of a file."""
    titles = reader.titles_of(rows, columns)
    return titles is not None and all(titles) and not any(words_of(row[0]).total for row in rows[1:])


def _what_is_what(draft: Draft, sheet: str, text: str) -> None:
    """The step for cells whose titles are not ours, as this person left it."""
    made = session.once(
        "paste-step",
        (draft.id, sheet, text),
        lambda: foreign.pasted(text, sheet, foreign.without_blanks(draft.plain()), draft.currency, session.kept_maps()),
    )
    if made is None:
        st.error("No cells could be read. Copy them from a spreadsheet with their titles, and press Ctrl+V here.")
        return
    what_is_what.view(made, "paste", lambda taken: importing.put(draft, made, taken))


def _preview(draft: Draft, sheet: str, made: Pasted) -> None:
    if made.unread:
        st.warning(letters(f"Not read, because no column has this title: {', '.join(made.unread)}."))
    for note in made.notes:
        st.warning(letters(note))
    if made.refused:
        count = len(made.refused)
        st.markdown(f":red[**{count} {'cell stands' if count == 1 else 'cells stand'} in the way:**]")
        for one in made.refused[:12]:
            st.markdown(f":red[✕] {letters(reader.called(one))}")
        if count > 12:
            st.caption(f"… and {count - 12} more.")
        return
    st.markdown(f"**{letters(made.sentence)}**")
    rows: list[dict[str, Any]] = [
        {
            "Record": s.key,
            "Column": title_of(column_of(draft, sheet, s.column)),
            "Before": shown(column_of(draft, sheet, s.column), s.before) or "blank",
            "After": shown(column_of(draft, sheet, s.column), s.after) or "blank",
        }
        for s in made.sets
    ]
    rows += [
        {
            "Record": name_of(sheet, Record(0, a)),
            "Column": "(new record)",
            "Before": "",
            "After": _added(draft, sheet, a),
        }
        for a in made.added
    ]
    if rows:
        st.dataframe(
            pd.DataFrame(rows[:SHOWN]), hide_index=True, width="stretch", height=min(36 * (len(rows) + 1) + 3, 320),
            alt="What changes, by record and column, before and after",
        )  # fmt: skip
    if len(rows) > SHOWN:
        st.caption(f"… and {len(rows) - SHOWN:,} more.")


def _added(draft: Draft, sheet: str, record: Mapping[str, Any]) -> str:
    """What a new record holds beside its key: added, with name Clinic, request 80,000."""
    cells = [(column_of(draft, sheet, c), v) for c, v in record.items() if c not in BY_NAME[sheet].key]
    said = [f"{title_of(c).lower()} {shown(c, v)}" for c, v in cells if shown(c, v) and v != c.default]
    return f"added, with {', '.join(said)}" if said else "added"


def apply(draft: Draft, sheet: str, made: Pasted) -> bool:
    """Takes a block over as one step of the draft; says whether that is now kept."""
    records = draft.records(sheet)
    cells: dict[int, dict[str, Any]] = {}
    for one in made.sets:
        cells.setdefault(records[one.position].number, {})[one.column] = one.after
    wanted = {sheet: cells, **also_changed(draft, sheet, cells)}
    sheets: dict[str, tuple[Record, ...]] = dict(draft.sheets)
    for name, of in wanted.items():
        sheets[name] = tuple(
            Record(r.number, {**r.values, **of[r.number]}) if r.number in of else r for r in draft.records(name)
        )
    first = draft.state.next_number
    new = tuple(Record(first + n, dict(row)) for n, row in enumerate(made.added))
    sheets[sheet] = (*sheets[sheet], *new) if sheet in sheets else new
    result: Sheets = sheets
    parts = [f"{len(made.sets):,} {'cell' if len(made.sets) == 1 else 'cells'}"] if made.sets else []
    parts += [f"{len(new):,} new {'record' if len(new) == 1 else 'records'}"] if new else []
    return draft.become(f"{sheet}: pasted {' and '.join(parts)}", result)
