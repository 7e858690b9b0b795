"""A file that is not ours as a new case, in place of the page Start while it is said what is what."""

from __future__ import annotations

import streamlit as st

from optimiser.app_pages.editing import what_is_what
from optimiser.app_pages.shell import session
from optimiser.app_pages.shell.text import letters
from optimiser.case.maps.map_form import write_map
from optimiser.case.maps.take import Taken
from optimiser.desk.foreign import FileBeingRead
from optimiser.desk.open_drafts import FROM
from optimiser.store.base.rights import NotAllowed

KEY = "foreign"


def page(step: FileBeingRead) -> None:
    """The step, and the two ways out of it."""
    title = st.empty()
    st.caption(f"{letters(step.name)} becomes a new case; nothing is changed until you take it over.")
    taken = what_is_what.view(step, KEY, lambda taken: _out(step, taken))
    with title:
        st.title(letters(what_is_what.headline(taken)))


def _out(step: FileBeingRead, taken: Taken) -> None:
    """The ways out: take it over, download the map, cancel."""
    records = dict(step.put(taken).records)
    extra = what_is_what.missing(records, KEY) if taken.tables and not taken.errors else {}
    may = session.actor().may("import")
    with st.container(horizontal=True, key="take-over"):
        if st.button(  # not by a callback: that would not know of what was typed just before the click
            "Take it over",
            type="primary",
            icon=":material/check:",
            key="foreign-take",
            disabled=bool(taken.errors) or not taken.tables or not may,
            help="A new case; the one that is open stays as it is." if may else "Importing is for the role finance.",
        ):
            _take_over(step, taken, extra)
            st.rerun()
        what_is_what.download(step)
        st.button(
            "Cancel", icon=":material/close:", key="foreign-cancel", on_click=lambda: st.session_state.pop(KEY, None)
        )


def _take_over(step: FileBeingRead, taken: Taken, extra: dict[str, list[dict[str, object]]]) -> None:
    """A new case with what was taken over; solved at once where it is whole, else what it lacks is said."""
    records = {**step.put(taken).records, **extra}
    name = step.name.rpartition(".")[0] or step.name
    records["Case"] = [*records.get("Case", ()), {"setting": "name", "value": name}]
    try:
        laid = session.desk().lay(f"{FROM}{step.name}", records, action="import")
    except (NotAllowed, ValueError) as problem:
        st.session_state["notice"] = str(problem)
        return
    session.keep_map(laid.id, write_map(step.map()))
    st.session_state["case"] = laid.id
    st.session_state.pop(KEY, None)
    st.session_state["notice"] = f"{step.name} is open."
    session.solve_now(laid)
