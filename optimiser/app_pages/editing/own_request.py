"""The request of an agency by its own people: its workbook to fill in, what it sent, and nothing of anybody else's."""

from __future__ import annotations

import streamlit as st

from optimiser.app_pages.shell import boxes, handed, session
from optimiser.app_pages.shell.page_tables import fault_table
from optimiser.app_pages.shell.text import letters
from optimiser.case.intake.merging import merge
from optimiser.case.intake.sending import file_name, request_workbook
from optimiser.case.maps.into import records_of
from optimiser.case.names import fold
from optimiser.case.readable import counted
from optimiser.desk.foreign import without_blanks
from optimiser.desk.state import Draft
from optimiser.store.work import agency_requests
from optimiser.verbs import check_records


@st.dialog("Your request", width="large", on_dismiss=boxes.close)
def box(draft: Draft) -> None:
    """Offers the agency's own workbook, asks for it back, judges it at once, and keeps it for the partnership's office."""
    actor, case = session.actor(), draft.checked().case
    names = [str(r.values.get("agency")) for r in draft.records("Agencies")]
    agency = next((n for n in names if fold(n) == fold(actor.agency)), "")
    if case is None or not agency:
        st.markdown(
            "The partnership's office is still mending this case."
            if agency
            else letters(f"This case has no agency {actor.agency}. Ask the partnership's office.")
        )
        return
    call = agency_requests.called(session.db(), actor, draft.id)
    due = f"{call.due.day} {call.due:%B %Y}" if call and call.due else ""
    st.markdown(
        letters(
            f"{agency} brings its own rows up to date{f' by {due}' if due else ''}. Only these are in the workbook, and nobody "
            "changes what is not theirs. The last one that you send counts."
        )
    )
    records = records_of(case.tables)
    handed.button(
        "Download your request workbook",
        lambda _: request_workbook(agency, records, due),
        file_name(agency),
        "own-request",
        case=draft.id,
        icon=":material/download:",
    )
    for one in agency_requests.answers(session.db(), actor, draft.id):
        st.caption(letters(f"Sent: {one.file}, {session.clock(one.at)}, by {one.person}."))
    file = st.file_uploader("Your workbook, filled in", type=None, key="own-back")
    if file is None:
        return
    with st.spinner("Reading your workbook"):
        made = merge(
            [(file.name, file.getvalue())], without_blanks(draft.plain()), lambda rows: check_records(rows)[1]
        ).answers[0]
    mine = fold(made.agency) == fold(agency)
    good = made.verdict == "taken" and mine
    if made.agency and not mine:
        st.error(letters(f"This is the request of {made.agency}, not of {agency}. Send your own."))
        return
    if made.faults:
        fault_table(made.faults)
    st.markdown(
        letters(f"{counted(made.changed, 'cell')} of yours would change.")
        if good
        else "It cannot be taken as it stands: mend what is listed, and drop it here again."
    )
    if st.button("Send it", type="primary", key="own-send", icon=":material/send:", disabled=not good):
        session.do(
            lambda: agency_requests.answer(session.db(), actor, draft.id, agency, file.name, file.getvalue()),
            f"The request of {agency} is with the partnership's office.",
        )
