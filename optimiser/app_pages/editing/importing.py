"""A workbook brought into the case that is open: what it changes by ID is shown first, then it is one step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from optimiser.app_pages.editing import mend_cells, what_is_what
from optimiser.app_pages.shell import boxes, session
from optimiser.app_pages.shell.differences import change_table, summary
from optimiser.app_pages.shell.text import letters
from optimiser.case.case import Case
from optimiser.case.faults import Fault
from optimiser.case.maps.map_form import write_map
from optimiser.case.maps.take import Taken
from optimiser.case.readable import counted
from optimiser.case.spec import BY_NAME
from optimiser.desk import foreign
from optimiser.desk.faulty_file import FaultyFile
from optimiser.desk.state import CellChange, Draft, as_records, blank
from optimiser.store.base.records import applied, differences
from optimiser.verbs import check

_SHOWN = "import-shown"
"""Where the session keeps the changes that were listed last."""


@st.dialog("Bring a workbook into this case", width="large", on_dismiss=boxes.close)
def box(draft: Draft) -> None:
    """Asks for the workbook, shows what it changes, and takes it over when told to."""
    st.markdown(
        "A workbook of a whole case replaces the tables of this one; any other file (.xlsx, .xls, .ods, .csv) is put into it, by "
        "what you say its columns are. What that changes is listed first, record by record; nothing is changed until you say "
        "so. To open it as a case of its own, use the page Start."
    )
    file = st.file_uploader("Workbook", type=None, key="import-file", label_visibility="collapsed")
    if file is None:
        return
    case, faults = _read(file.getvalue())
    if case is None:
        step = _step(draft, file.getvalue(), file.name, faults)
        if step is not None:
            what_is_what.view(step, "import", lambda taken: put(draft, step, taken))
            return
        case = _mended(file.name, file.getvalue(), faults)
        if case is None:
            return
    _whole(draft, changes(draft, as_records(case)), file.name)


def _mended(name: str, data: bytes, faults: tuple[Fault, ...]) -> Case | None:
    """The case of a workbook of ours with faults, once they are mended here; until then what is wrong, and None."""
    file = session.once("import-faulty", (name, data), lambda: FaultyFile(name, data, faults))
    count = len(file.errors)
    told = "to mend. Nothing was taken over." if count else "left: every one is mended."
    st.markdown(f"**{letters(counted(count, 'fault') if count else 'No fault')} {told}**")
    if not mend_cells.faulty(file, "import"):
        return None
    with st.container(horizontal=True):
        mend_cells.of_faulty(file, "import")
    return file.case


def _step(draft: Draft, data: bytes, name: str, faults: tuple[Fault, ...]) -> foreign.FileBeingRead | None:
    """The step for a file that is not ours, as this person left it; None for one that is."""

    def begun() -> foreign.FileBeingRead | None:
        known = foreign.without_blanks(draft.plain())
        step = foreign.begin(data, name, known, draft.currency, session.kept_maps())
        return step if step is not None and foreign.is_foreign(step, faults) else None

    return session.once("import-step", (draft.id, name, hash(data)), begun)


def put(draft: Draft, step: foreign.FileBeingRead, taken: Taken) -> None:
    """What a file that is not ours changes in the case, and the way out. Its map is kept with the case."""
    what_is_what.download(step)
    if taken.tables and not taken.errors:
        found, toml = changes(draft, step.put(taken).records), write_map(step.map())
        _whole(draft, found, step.name, lambda: session.keep_map(draft.id, toml))


def _whole(draft: Draft, found: list[CellChange], name: str, done: Callable[[], object] = list) -> None:
    """What a file would change, and the button that does it. done: what is then done besides."""
    said = f"{name}: {summary(found)}"
    offer(draft, found, f"{said}.", said, "Take it over", "import-apply", done)


def offer(
    draft: Draft, found: list[CellChange], told: str, said: str, label: str, key: str, done: Callable[[], object],
    **look: Any,
) -> None:  # fmt: skip
    """What would change, and the button that does it in one step. told: the sentence above; said: the step, in words; done:
    what follows where it is kept."""
    st.markdown(f"**{letters(told)}**")
    if found:
        change_table(found)
    shown = st.session_state.get(_SHOWN, found)
    st.session_state[_SHOWN] = found
    may = session.actor().may("import")
    help = "One step; undo takes it back." if may else "Importing is for the role finance."
    if st.button(letters(label), type="primary", key=key, disabled=not found or not may, help=help, **look):
        if shown != found:  # it would do something else than what was listed when the button was pressed
            st.warning(
                "The case was changed in another window while you looked, so nothing was taken over. The list above is of the "
                "case as it is now: look again, then take it over."
            )
            return
        if draft.become(said, applied(draft.sheets, found), action="import"):
            done()
        boxes.close()
        st.rerun()


@st.cache_data(show_spinner=False, max_entries=4)
def _read(data: bytes) -> tuple[Case | None, tuple[Fault, ...]]:
    return check(data, guarded=True)


def changes(draft: Draft, records: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[CellChange]:
    """What plain records change in the draft, by ID. A default that they write where the draft leaves a blank is no change."""
    return [c for c in differences(draft.sheets, draft.like(records)) if not _default(c)]


def _default(change: CellChange) -> bool:
    if not change.column or change.moves or not blank(change.before):
        return False
    known = next((c for c in BY_NAME[change.sheet].columns if c.name == change.column), None)
    return known is not None and known.default is not None and known.default == change.after
