"""One record as a form, made from the specification of its table. Every field is saved when it is left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from optimiser.app_pages.shell import boxes
from optimiser.app_pages.shell.text import letters
from optimiser.case.faults import Fault
from optimiser.case.names import fold, nearest
from optimiser.case.spec import BY_NAME, Column
from optimiser.desk.state import Draft, Record, name_of
from optimiser.desk.typed_cells import (
    ASKED,
    FIRST,
    NOT_TYPED,
    also_changed,
    column_of,
    options,
    places,
    shown,
    title_of,
    typed,
)

_FIELDS = "fields"
"""Where the session keeps which fields are on the page."""
_TOLD = "add-new-names"
"""Where it keeps which new names were asked about."""


@dataclass
class Field:
    """One field on the page. was: what it showed when it was last drawn, or what was last taken from it."""

    draft: Draft
    sheet: str
    number: int
    column: Column
    was: bool | str
    counted: boxes.Drawn


def form(draft: Draft, sheet: str, record: Record) -> None:
    """The fields of a record, each with its help and what is wrong with it."""
    faults = dict[str, Fault]()
    for name, fault in places(draft).get(record.number, []):
        faults.setdefault(name, fault)
    names = [c for c in draft.columns(sheet) if c not in NOT_TYPED]
    first = FIRST.get(sheet, ())
    columns = [column_of(draft, sheet, c) for c in sorted(names, key=lambda c: (c not in first, names.index(c)))]
    top = [c for c in columns if c.name in first]
    st.session_state[_FIELDS] = {}
    with st.container(horizontal=False, gap="small"):
        for column in top:
            _field(draft, sheet, record, column, faults.get(column.name))
        rest = [c for c in columns if c.name not in first]
        with st.grid(2, min_column_width=150, gap="small"):
            for column in rest:
                with st.container(gap="xsmall"):
                    _field(draft, sheet, record, column, faults.get(column.name))
    st.button(
        f"Delete {letters(name_of(sheet, record))}",
        key=f"delete-{record.number}",
        type="tertiary",
        disabled=not draft.editable,
        on_click=draft.delete,
        args=(sheet, [record.number]),
        help="It can be undone. What refers to it elsewhere is then listed as to mend.",
    )


def _field(draft: Draft, sheet: str, record: Record, column: Column, fault: Fault | None) -> None:
    value = record.values.get(column.name)
    text = shown(column, value)
    was: bool | str = value is True if column.type == "flag" else text
    key = f"field-{record.number}-{column.name}-{draft.epoch}-{boxes.drawn().fields[record.number, column.name]}"
    unit = (
        f" ({column.unit})"
        if column.unit in ("money", "share", "FTE", "0 to 100") and column.unit.casefold() != column.name
        else ""
    )
    label = letters(title_of(column) + unit)
    drawn = Field(draft, sheet, record.number, column, was, boxes.drawn())
    common: dict[str, Any] = {
        "key": key,
        "help": letters(column.help),
        "on_change": _save,
        "args": (drawn, key),
        "disabled": not draft.editable,
    }
    listed = options(draft, column, sheet)
    if column.type == "flag":
        drawn.was = st.toggle(label, value=was is True, **common)
    elif listed and (text in listed or not text):
        every = listed if column.required and text else ["", *listed]
        drawn.was = st.selectbox(label, every, index=every.index(text), format_func=lambda v: v or "(blank)", **common)
    else:
        drawn.was = st.text_input(
            label,
            value=text,
            placeholder="" if column.default in (None, "") else shown(column, column.default),
            **common,
        )
    st.session_state[_FIELDS][key] = drawn  # with what the browser shows, which alone says what was typed since
    if fault is not None:
        mark = "red" if fault.level == "error" else "orange"
        st.markdown(
            f":{mark}[{letters(f'{fault.found} cannot stay: {fault.cure}.')}]"
            if fault.level == "error"
            else f":{mark}[{letters(f'{fault.cure}.')}]"
        )


def take_rest() -> None:
    """Saves fields that were typed into and not saved yet, as `grid.take_rest` does for the grid."""
    drawn: dict[str, Field] = st.session_state.get(_FIELDS, {})
    for key, field in list(drawn.items()):
        if key in st.session_state:
            _save(field, key)


def _save(field: Field, key: str) -> None:
    """Saves one field, and shows it as it was understood.

    A field that gave way to a newer one is told once more by the browser, as it was drawn: nobody typed that, and it
    must not undo what was typed elsewhere meanwhile.
    """
    said = st.session_state[key]  # a run that was overtaken ends here, with nothing done
    if (said or "") == (field.was or ""):
        return
    draft, sheet, column = field.draft, field.sheet, field.column
    value = typed(column, said)
    cells, replaced = {field.number: {column.name: value}}, key not in st.session_state.get(_FIELDS, {})
    also = also_changed(draft, sheet, cells)
    changed = draft.edit(sheet, cells, also=also)
    field.was = said
    if changed:
        field.counted.grid += 1
        if replaced:
            field.counted.fields[field.number, column.name] += 1  # the field that took its place has not got this edit
        if also:
            st.session_state["notice"] = "The installments of the fund were scaled with its amount."
    if column.type == "number" and not isinstance(value, str):
        field.was = shown(column, value)
        st.session_state[key] = field.was


def _may_be_new(column: Column) -> bool:
    """Whether a name that stands nowhere yet may be typed: a role, a category, an outcome."""
    return column.type == "ref" and not column.refers


def _asks_of_new(draft: Draft, sheet: str, columns: list[Column], values: dict[str, Any]) -> bool:
    """Whether a name that was typed stands nowhere yet, where there are others: said once, since it may be a slip of the
    finger; whoever adds the same again means it."""
    new = []
    for column in filter(_may_be_new, columns):
        listed, said = options(draft, column, sheet), str(values[column.name] or "")
        if said and listed and fold(said) not in map(fold, listed):
            near = nearest(said, listed)
            meant = f"did you mean {near}? If not" if near else "if it is a new one"
            new.append(f"{title_of(column)}: {said} stands nowhere yet; {meant}, press Add again.")
    if not new or st.session_state.get(_TOLD) == new:
        st.session_state.pop(_TOLD, None)
        return False
    st.session_state[_TOLD] = new
    st.warning(letters("\n\n".join(new)))
    return True


@st.dialog("Add a record", width="medium", on_dismiss=boxes.close)
def add(draft: Draft, sheet: str) -> None:
    """Asks for what a record cannot do without, then adds it, and asks for the next where that is wanted."""
    spec = BY_NAME[sheet]
    asked = [
        c for c in spec.columns if c.required or c.name in (*spec.key, "name", *ASKED.get(sheet, FIRST.get(sheet, ())))
    ]
    needed = [c for c in asked if c.type != "flag"]
    values: dict[str, Any] = {}
    with st.form(f"add-{sheet}", border=False):
        st.markdown(f"**{letters(sheet)}.** {letters(spec.help)}")
        for column in needed:
            listed = options(draft, column, sheet)
            label = letters(title_of(column) + ("" if column.required else " (may stay blank)"))
            key, help = f"add-{sheet}-{column.name}-{len(draft.records(sheet))}", letters(column.help)
            if listed:
                values[column.name] = st.selectbox(
                    label,
                    listed if column.required else ["", *listed],
                    index=None if column.required else 0,
                    help=help,
                    key=key,
                    accept_new_options=_may_be_new(column),
                )
            else:
                values[column.name] = typed(column, st.text_input(label, help=help, key=key))
        with st.container(horizontal=True):
            once = st.form_submit_button("Add", type="primary", key="add-once")
            again = st.form_submit_button("Add, and another", key="add-again")
    if not (once or again):
        return
    missing = [title_of(c) for c in needed if c.required and values[c.name] in (None, "")]
    if missing:
        st.error(letters(f"Still needed: {', '.join(missing)}."))
        return
    if _asks_of_new(draft, sheet, needed, values):
        return
    filled = {c.name: c.default for c in spec.columns if c.default is not None} | {
        k: v for k, v in values.items() if v not in (None, "")
    }
    number = draft.add(sheet, filled)
    if number:
        boxes.show_form(sheet, number)
    if once or not number:  # where it was refused the page behind says why
        boxes.close()
    st.rerun()
