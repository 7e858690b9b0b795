"""Requests of agencies: workbooks to be sent, what came back with a verdict on each file, and one step that takes it in."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import streamlit as st

from optimiser.app_pages.editing import mend_cells
from optimiser.app_pages.editing.importing import changes, offer
from optimiser.app_pages.shell import boxes, handed, session
from optimiser.app_pages.shell.differences import summary
from optimiser.app_pages.shell.page_tables import fault_table, text_table
from optimiser.app_pages.shell.text import letters
from optimiser.case.intake.merging import AgencyStanding, Intake, merge
from optimiser.case.intake.sending import file_name, request_workbooks
from optimiser.case.names import fold, untaken_file
from optimiser.case.readable import counted, listed
from optimiser.desk.foreign import without_blanks
from optimiser.desk.state import Draft
from optimiser.report import words
from optimiser.store.work import agency_requests
from optimiser.verbs import check_records

STATES: Mapping[str, str] = {"faults": "faults", "missing": "nothing yet", "answered": "answered"}


@st.dialog("Requests of agencies", width="large", on_dismiss=boxes.close)
def box(draft: Draft) -> None:
    """Offers the workbooks to be sent, asks for what came back, shows what it changes, and takes it in when told to."""
    case = draft.checked().case
    st.markdown(
        "Each agency gets a workbook with its own rows, to be brought up to date. What comes back is merged by agency and ID; "
        "nobody changes what is not theirs, and nothing is changed until you say so."
    )
    call = agency_requests.called(session.db(), session.actor(), draft.id)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        due: date | None = st.date_input("Back by", call.due if call else None, key="requests-due", width=180)
        st.button(
            "Ask for them by this day",
            key="requests-call",
            disabled=due is None or not session.actor().may("import") or (call is not None and call.due == due),
            help="A new round begins: the agencies' own people see the day, and what they sent before is of the last round.",
            on_click=_call,
            args=(draft, due),
        )
        handed.button(
            "Download the request workbooks",
            lambda _: _sent(case.tables, _day(due)) if case is not None else b"",
            "requests.zip",
            "requests-sent",
            case=draft.id,
            icon=":material/send:",
            disabled=case is None,
            help="First mend what is marked" if case is None else None,
        )
    if call is not None:
        st.caption(letters(f"Asked for on {_day(call.at.date())}" + (f", due {_day(call.due)}." if call.due else ".")))
    files = st.file_uploader(
        "What came back (of two files of one agency the one that was added last counts)",
        type=None,
        accept_multiple_files=True,
        key="requests-back",
    )
    sent = agency_requests.answers(session.db(), session.actor(), draft.id)
    back = {f"{one.file} ({one.agency}, {session.clock(one.at)})": one.content for one in sent}
    back |= {f.name: f.getvalue() for f in files or ()}
    if not back and call is None:
        return
    made = _merged(draft, list(back.items()))
    answered = [s for s in made.board if s.state == "answered"]
    st.markdown(f"**{letters(_headline(made, answered, draft.currency))}**")
    late = (datetime.now().date() - call.due).days if call and call.due else 0
    came = {fold(one.agency): session.clock(one.at) for one in sent}
    text_table(
        [_row(s, draft.currency, late, came.get(fold(s.agency), "")) for s in made.board],
        "Every agency with where it stands",
    )
    _remind(made, call, late)
    _files(made, back)
    _take_in(draft, made)


def _call(draft: Draft, due: date | None) -> None:
    agency_requests.call(session.db(), session.actor(), draft.id, due)


def _day(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else ""


def _remind(made: Intake, call: agency_requests.RequestCall | None, late: int) -> None:
    """A text to copy for those of whom nothing came back."""
    if not made.missing:
        return
    due = _day(call.due) if call else ""
    when = f" It was due on {due}, {counted(late, 'day')} ago." if late > 0 else f" It is due on {due}." if due else ""
    text = (
        f"To: {listed(made.missing)}\n\nYour request has not come back yet.{when} Please fill in the request workbook that "
        "you were sent, or that the app offers you under Inputs, Your request. If nothing changes, send it back as it is."
    )
    with st.expander(f"Remind the {len(made.missing)} of whom nothing came back"):
        st.text_area("To be copied", text, key=f"requests-reminder-{hash(text)}", height=160)


def _sent(tables: Mapping[str, Any], due: str) -> bytes:
    """All request workbooks in one archive."""
    target = io.BytesIO()
    names: set[str] = set()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for agency, data in request_workbooks(tables, due).items():
            archive.writestr(untaken_file(file_name(agency), names, "_"), data)
    return target.getvalue()


def _merged(draft: Draft, files: Sequence[tuple[str, bytes]]) -> Intake:
    """What the files come to; judged once for each state of the draft."""
    stands = draft.id, draft.state.revision, tuple((name, hash(data)) for name, data in files)

    def merged() -> Intake:
        with st.spinner("Reading what came back"):
            return merge(files, without_blanks(draft.plain()), lambda records: check_records(records)[1])

    return session.once("requests-made", stands, merged)


def _headline(made: Intake, answered: Sequence[AgencyStanding], currency: str) -> str:
    """9 of 12 agencies have answered; they ask for $1.77m more than last year."""
    said = f"{len(answered)} of {counted(len(made.board), 'agency', 'agencies')} have answered"
    if not answered:
        return said
    more = sum((s.asks or 0) - s.last_year for s in answered)
    how = "more" if more >= 0 else "less"
    return f"{said}; they ask for {words.money_short(abs(more), currency)} {how} than last year"


def _row(standing: AgencyStanding, currency: str, late: int, came: str) -> dict[str, object]:
    asks = standing.asks
    overdue = standing.state == "missing" and late > 0
    return {
        "Agency": standing.agency,
        "State": f"{counted(late, 'day')} late" if overdue else STATES[standing.state],
        "Came back": came,
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
            mend_cells.marked(
                "Marked copy for its sender", answer.file, data[answer.file], answer.faults, f"marked-{answer.file}",
                icon=":material/reply:",
            )  # fmt: skip


def _take_in(draft: Draft, made: Intake) -> None:
    """What taking in will change, and the button that does it in one step."""
    taken = [a for a in made.answers if a.verdict == "taken"]
    found = changes(draft, made.records) if taken else []
    told = f"Taking in what was answered: {summary(found)}. One step back undoes all of it."
    said = f"Requests of {listed([a.agency for a in taken], most=6)} taken in"
    offer(
        draft, found, told, said, "Take in what was answered", "requests-take",
        lambda: st.session_state.pop("requests-made", None), icon=":material/check:",
    )  # fmt: skip
