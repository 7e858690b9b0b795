"""Requests of agencies: workbooks to be sent, what came back with a verdict on each file, and one step that takes it in."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from optimiser.app_pages.editing.importing import changes
from optimiser.app_pages.editing.lock_box import currency_of
from optimiser.app_pages.shell import boxes, handed, session
from optimiser.app_pages.shell.differences import change_table, summary
from optimiser.app_pages.shell.page_tables import fault_table, text_table
from optimiser.app_pages.shell.text import letters
from optimiser.case.intake.merging import AgencyStanding, Intake, merge
from optimiser.case.intake.sending import file_name, request_workbooks
from optimiser.case.readable import counted, listed
from optimiser.case.writing.annotation import annotate
from optimiser.desk.foreign import without_blanks
from optimiser.desk.state import Draft
from optimiser.report import words
from optimiser.store.base.records import applied
from optimiser.store.base.rights import Actor
from optimiser.verbs import check_records

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STATES: Mapping[str, str] = {"faults": "faults", "missing": "nothing yet", "answered": "answered"}


@st.dialog("Requests of agencies", width="large", on_dismiss=boxes.close)
def box(draft: Draft) -> None:
    """Offers the workbooks to be sent, asks for what came back, shows what it changes, and takes it in when told to."""
    case = draft.checked().case
    st.markdown(
        "Each agency gets a workbook with its own rows, to be brought up to date. What comes back is merged by agency and ID; "
        "nobody changes what is not theirs, and nothing is changed until you say so."
    )
    due = st.text_input("Back by (written to them)", key="requests-due", placeholder="20 November", width=300)
    handed.button(
        "Download the request workbooks",
        lambda _: _sent(case.tables, due) if case is not None else b"",
        "requests.zip",
        "application/zip",
        "requests-sent",
        case=draft.id,
        icon=":material/send:",
        disabled=case is None,
        help="First mend what is marked" if case is None else None,
    )
    files = st.file_uploader(
        "What came back (of two files of one agency the one that was added last counts)",
        type=None,
        accept_multiple_files=True,
        key="requests-back",
    )
    if not files:
        return
    made = _merged(draft, [(f.name, f.getvalue()) for f in files])
    answered = [s for s in made.board if s.state == "answered"]
    st.markdown(f"**{letters(_headline(made, answered, currency_of(draft)))}**")
    text_table([_row(s, currency_of(draft)) for s in made.board], "Every agency with where it stands")
    _files(made, {f.name: f.getvalue() for f in files})
    _take_in(draft, made)


def _sent(tables: Mapping[str, Any], due: str) -> bytes:
    """All request workbooks in one archive."""
    target = io.BytesIO()
    names: set[str] = set()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for agency, data in request_workbooks(tables, due).items():
            name = file_name(agency)
            while name in names:
                name = f"{name.removesuffix('.xlsx')}_2.xlsx"
            names.add(name)
            archive.writestr(name, data)
    return target.getvalue()


def _merged(draft: Draft, files: Sequence[tuple[str, bytes]]) -> Intake:
    """What the files come to; judged once for each state of the draft."""
    stands = draft.id, draft.state.revision, tuple((name, hash(data)) for name, data in files)
    kept = st.session_state.get("requests-made")
    if kept is None or kept[0] != stands:
        with st.spinner("Reading what came back"):
            made = merge(files, without_blanks(draft.plain()), lambda records: check_records(records)[1])
        kept = stands, made
        st.session_state["requests-made"] = kept
    found: Intake = kept[1]
    return found


def _headline(made: Intake, answered: Sequence[AgencyStanding], currency: str) -> str:
    """9 of 12 agencies have answered; they ask for $1.77m more than last year."""
    said = f"{len(answered)} of {counted(len(made.board), 'agency', 'agencies')} have answered"
    if not answered:
        return said
    more = sum((s.asks or 0) - s.last_year for s in answered)
    how = "more" if more >= 0 else "less"
    return f"{said}; they ask for {words.money_short(abs(more), currency)} {how} than last year"


def _row(standing: AgencyStanding, currency: str) -> dict[str, object]:
    asks = standing.asks
    return {
        "Agency": standing.agency,
        "State": STATES[standing.state],
        "Initiatives": standing.initiatives,
        "Asks": "not known" if asks is None else words.money_short(asks, currency),
        "Last year": words.money_short(standing.last_year, currency),
        "Cells changed": standing.changed if asks is not None else "",
    }


def _files(made: Intake, data: Mapping[str, bytes]) -> None:
    """What is said of files: replaced ones, and the faults of refused ones with the marked copy for their sender."""
    for answer in made.answers:
        if answer.verdict == "replaced":
            st.caption(letters(f"{answer.file}: a newer file of {answer.agency} replaced it, its own rows only."))
        if answer.faults:
            st.markdown(f"**{letters(answer.file)}**: {letters(answer.verdict)}")
            fault_table(answer.faults)
        if answer.verdict == "refused" and any(f.cell for f in answer.faults):
            handed.button(
                "Marked copy for its sender",
                partial(_marked_copy, data[answer.file], answer.faults),
                f"marked-{answer.file}",
                XLSX,
                f"marked-{answer.file}",
                icon=":material/reply:",
            )


def _marked_copy(data: bytes, faults: Any, _actor: Actor) -> bytes:
    return _marked(data, faults)


def _marked(data: bytes, faults: Any) -> bytes:
    target = io.BytesIO()
    annotate(data, faults, target, guarded=True)
    return target.getvalue()


def _take_in(draft: Draft, made: Intake) -> None:
    """What taking in will change, and the button that does it in one step."""
    taken = [a for a in made.answers if a.verdict == "taken"]
    found = changes(draft, made.records) if taken else []
    told = f"Taking in what was answered: {summary(found)[:1].lower()}{summary(found)[1:]}. One step back undoes all of it."
    st.markdown(f"**{letters(told)}**")
    if found:
        change_table(found)
    may = session.actor().may("import")
    if st.button(
        "Take in what was answered",
        type="primary",
        icon=":material/check:",
        key="requests-take",
        disabled=not found or not may,
        help=None if may else "Importing is for the role finance.",
    ):
        who = listed([a.agency for a in taken], most=6)
        if draft.become(f"Requests of {who} taken in", applied(draft.sheets, found), action="import"):
            st.session_state.pop("requests-made", None)
        boxes.close()
        st.rerun()
