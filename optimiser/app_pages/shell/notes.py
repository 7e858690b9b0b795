"""Notes on a cell, an initiative, a scenario or the case: who wrote them, when, and whether they are dealt with."""

from __future__ import annotations

import streamlit as st

from optimiser.app_pages.shell import session
from optimiser.app_pages.shell.text import letters
from optimiser.desk.state import Draft, Record, name_of
from optimiser.desk.typed_cells import column_of, title_of
from optimiser.store.committee import comments
from optimiser.store.committee.comments import Comment

WHOLE = ""
"""Stands for the whole record where a column could be named."""


def about(sheet: str, record: Record, column: str = WHOLE) -> tuple[str, str]:
    """How the store names a record, or one of its cells: what it is about, and the item."""
    key = name_of(sheet, record)
    if not column and sheet == "Initiatives":
        return "initiative", key
    if not column and sheet == "Scenarios":
        return "scenario", str(record.values.get("scenario") or key)
    return "cell", comments.cell(sheet, key, column)


def of_record(listed: list[Comment], draft: Draft, sheet: str, record: Record) -> list[tuple[str, Comment]]:
    """The notes on a record and its cells, each with its column ("": the record), oldest first."""
    places = {about(sheet, record, c): c for c in (WHOLE, *draft.columns(sheet))}
    return [(places[one.about, one.item], one) for one in listed if (one.about, one.item) in places]


def part(draft: Draft, sheet: str, record: Record | None) -> None:
    """The notes on the chosen record, and the field for one more; below, all that are open."""
    listed = comments.listed(session.db(), session.actor(), draft.id)
    if record is not None:
        st.markdown(f"**Notes on {letters(name_of(sheet, record))}**")
        for column, one in of_record(listed, draft, sheet, record):
            _one(draft, one, title_of(column_of(draft, sheet, column)) if column else "")
        _write(draft, sheet, record)
    mine = {one.id for _, one in of_record(listed, draft, sheet, record)} if record is not None else set()
    others = [one for one in listed if one.done is None and one.id not in mine]
    if others:
        st.markdown(f"**{len(others)} open elsewhere in this case**")
    for one in others:
        _one(draft, one, place(one))


def place(one: Comment) -> str:
    """Where a note stands, in words: Initiatives, request of I01."""
    if one.about == "cell":
        import json

        sheet, key, column = json.loads(one.item)
        return f"{sheet}, {column} of {key}" if column else f"{sheet}, {key}"
    return "the case" if one.about == "case" else f"{one.about} {one.item}"


def _one(draft: Draft, one: Comment, where: str) -> None:
    with st.container(border=True, gap="xsmall", key=f"card-note-{one.id}"):
        done = " :green[✓ done]" if one.done else ""
        at = f"{letters(where)} · " if where else ""
        st.markdown(f":gray[{at}{letters(one.person)}, {session.clock(one.at)}]{done}")
        st.markdown(letters(one.text))
        if session.actor().may("comment"):
            st.button(
                "Open again" if one.done else "Done",
                key=f"note-done-{one.id}",
                type="tertiary",
                on_click=_tick,
                args=(draft, one.id, one.done is None),
            )


def _write(draft: Draft, sheet: str, record: Record) -> None:
    if not session.actor().may("comment"):
        return
    columns = [WHOLE, *draft.columns(sheet)]
    whole = {"Initiatives": "initiative", "Scenarios": "scenario"}.get(sheet, f"record of {sheet}")
    key = f"note-{record.number}-{st.session_state.get('notes-written', 0)}"
    column = st.selectbox(
        "On",
        columns,
        key=f"{key}-on",
        format_func=lambda c: title_of(column_of(draft, sheet, c)) if c else f"The whole {whole}",
    )
    st.text_area("Note", key=f"{key}-text", max_chars=comments.LONGEST, height=80)
    st.button(
        "Add the note", key=f"{key}-add", on_click=_add, args=(draft, *about(sheet, record, str(column)), f"{key}-text")
    )


def _add(draft: Draft, what: str, item: str, key: str) -> None:
    text = str(st.session_state.get(key, ""))
    if draft.attempt(lambda: comments.add(session.db(), session.actor(), draft.id, what, item, text)):
        st.session_state["notes-written"] = st.session_state.get("notes-written", 0) + 1


def _tick(draft: Draft, id: str, is_done: bool) -> None:
    draft.attempt(lambda: comments.done(session.db(), session.actor(), id, is_done))
