"""A workbook brought into the case that is open: what it changes by ID is shown first, then it is one step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import streamlit as st

from optimiser.app_pages.editing import mend_cells, what_is_what
from optimiser.app_pages.editing.lock_box import currency_of
from optimiser.app_pages.shell import boxes, handed, session
from optimiser.app_pages.shell.differences import change_table, summary
from optimiser.app_pages.shell.page_tables import fault_table
from optimiser.app_pages.shell.text import letters
from optimiser.case.case import Case
from optimiser.case.faults import Fault
from optimiser.case.maps.map_form import write_map
from optimiser.case.maps.take import Taken
from optimiser.case.readable import counted
from optimiser.case.spec import BY_NAME
from optimiser.case.writing.annotation import annotate
from optimiser.desk import foreign, refused
from optimiser.desk.faulty_file import FaultyFile
from optimiser.desk.state import CellChange, Draft, as_records, blank
from optimiser.store.base.records import applied, differences
from optimiser.verbs import check

_SHOWN = "import-shown"
"""Where the session keeps the changes that were listed last."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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
    _offer(draft, changes(draft, as_records(case)), file.name)


def _mended(name: str, data: bytes, faults: tuple[Fault, ...]) -> Case | None:
    """The case of a workbook of ours with faults, once they are mended here; until then what is wrong, and None."""
    kept = st.session_state.get("import-faulty")
    if kept is None or (kept.name, kept.data) != (name, data):
        kept = st.session_state["import-faulty"] = FaultyFile(name, data, faults)
    file: FaultyFile = kept
    count = len(file.errors)
    told = "to mend. Nothing was taken over." if count else "left: every one is mended."
    st.markdown(f"**{letters(counted(count, 'fault') if count else 'No fault')} {told}**")
    other = refused.sentence(name, file.faults)
    if other:
        st.markdown(letters(other))
        return None
    if count:
        fault_table(file.faults)
        mend_cells.cells(file.book, file.faults, "import", file.write)
    with st.container(horizontal=True):
        mend_cells.ways(file.book, len(file.mends), name, "import", file.back)
        if count:
            handed.button(
                "Download a copy with the cells marked, for reading only",
                lambda _: _marked(data, file.faults),
                f"marked-{name}",
                XLSX,
                "import-marked",
            )
    return file.case


def _marked(data: bytes, faults: Sequence[Fault]) -> bytes:
    target = BytesIO()
    annotate(data, faults, target, guarded=True)
    return target.getvalue()


def _step(draft: Draft, data: bytes, name: str, faults: tuple[Fault, ...]) -> foreign.FileBeingRead | None:
    """The step for a file that is not ours, as this person left it; None for one that is."""
    kept = st.session_state.get("import-step")
    if kept is None or kept[0] != (draft.id, name, hash(data)):
        known = foreign.without_blanks(draft.plain())
        step = foreign.begin(data, name, known, currency_of(draft), session.kept_maps())
        kept = (draft.id, name, hash(data)), step if step is not None and foreign.is_foreign(step, faults) else None
        st.session_state["import-step"] = kept
    found: foreign.FileBeingRead | None = kept[1]
    return found


def put(draft: Draft, step: foreign.FileBeingRead, taken: Taken) -> None:
    """What a file that is not ours changes in the case, and the way out. Its map is kept with the case."""
    what_is_what.download(step)
    if taken.tables and not taken.errors:
        _offer(draft, changes(draft, step.put(taken).records), step.name, write_map(step.map()))


def _offer(draft: Draft, found: list[CellChange], name: str, toml: str = "") -> None:
    """What would change, and the button that does it. toml: the map by which a file was read."""
    st.markdown(f"**{letters(f'{name}: {summary(found)[:1].lower()}{summary(found)[1:]}')}.**")
    if found:
        change_table(found)
    shown = st.session_state.get(_SHOWN, found)
    st.session_state[_SHOWN] = found
    may = session.actor().may("import")
    if st.button(
        "Take it over",
        type="primary",
        key="import-apply",
        disabled=not found or not may,
        help="One step; undo takes it back." if may else "Importing is for the role finance.",
    ):
        if shown != found:  # it would do something else than what was listed when the button was pressed
            st.warning(
                "The case was changed in another window while you looked, so nothing was taken over. The list above is of the "
                "case as it is now: look again, then take it over."
            )
            return
        if take_over(draft, found, name) and toml:
            session.keep_map(draft.id, toml)
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


def take_over(draft: Draft, found: list[CellChange], name: str) -> bool:
    """Takes the changes over as one step; says whether that is now kept."""
    said = summary(found)
    return draft.become(f"{name}: {said[:1].lower()}{said[1:]}", applied(draft.sheets, found), action="import")
