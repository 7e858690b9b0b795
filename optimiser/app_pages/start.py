"""Start: what this is, how to begin, and a solved example to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any

import streamlit as st

from optimiser.analysis.rulebook import library
from optimiser.app_pages.editing import bring, mend_cells
from optimiser.app_pages.shell import boxes, case_bar, handed, parts, rows, session
from optimiser.app_pages.shell.text import letters
from optimiser.case.examples import example_path, examples
from optimiser.case.maps.into import kept_map
from optimiser.case.maps.map_form import write_map
from optimiser.case.readable import counted
from optimiser.case.reading.reader import open_book
from optimiser.case.reading.sheets import RawBook
from optimiser.case.writing.template import write_template
from optimiser.desk import foreign, guidebook
from optimiser.desk import listed as listing
from optimiser.desk.faulty_file import FaultyFile
from optimiser.desk.open_drafts import FROM, case_title
from optimiser.report import words
from optimiser.report.charts.headline import figures, start_headline
from optimiser.report.charts.postings import used_up
from optimiser.store.base.rights import NotAllowed
from optimiser.store.work import cases, recent
from optimiser.verbs import check_book

if TYPE_CHECKING:
    from optimiser.case.case import Case
    from optimiser.desk.state import Draft
    from optimiser.plan.tables import Plan

RECENT = 8
"""Cases that are listed; more on demand."""
CASES = (
    rows.RowTitle("Case", 40),
    rows.RowTitle("State", 24),
    rows.RowTitle("Money", 12, help="What is in its funds."),
    rows.RowTitle("Owner", 12),
    rows.RowTitle("Changed", 12),
)
ABOUT = {
    "gun-violence": "police, community groups and city offices against shootings",
    "task-force": "city, state and federal agencies against organized crime",
    "opioid-response": "health, law enforcement and social services over four quarters",
    "cannot-be-met": "three requirements that cannot all hold",
    "with-faults": "faults on purpose, to see how they are listed and mended",
}


def page() -> None:
    """The page."""
    draft = session.draft()
    if "foreign" in st.session_state:
        bring.page(st.session_state["foreign"])
        return
    plan = session.plan_or_title(draft)
    if plan is not None:
        _finding(draft, plan)
    st.space("small")
    _steps()
    _upload_result()
    left, right = st.columns([66, 34], gap="medium")
    with left:
        _recent(draft)
        _archived()
    if session.actor().may("open a case"):
        with right:
            _examples()


def _finding(draft: Draft, plan: Plan) -> None:
    st.title(letters(start_headline(plan)))
    with st.container(width=880):
        st.markdown(_paragraph(draft, plan))
    with st.container(horizontal=True):
        label, page = ("See why, and ways out", "Why") if plan.status == "infeasible" else ("See the plan", "Plan")
        if st.button(letters(label), type="primary"):
            parts.to_page(page)
        if st.button("Change the inputs"):
            parts.to_page("Inputs")


def _paragraph(draft: Draft, plan: Plan) -> str:
    """The plan in a few sentences, for somebody who sees it for the first time."""
    lead = f"**{letters(case_title(draft))}**"
    if draft.source.startswith("Example"):
        lead += ", an example that is yours to change"
    if not plan.has_plan:
        return f"{lead}. {letters(words.quality(plan))} The page Rules lists what must hold; each rule has a switch."
    f, currency = figures(plan), plan.case.settings.currency
    if f.funded:
        said = f"{words.money_short(f.money, currency)} of {words.money_short(f.money_total, currency)} goes to "
        said += words.some_of(f.funded, f.initiatives, "initiative")
    else:
        said = f"None of {words.money_short(f.money_total, currency)} is spent"
    if f.people or (f.funded and f.fte_total):
        said += f", with {words.fte(f.people)} of staff{': ' if f.are_hired else ' '}{f.whose}"
    said += ". "
    said += f"{words.quality(plan)} {words.rules_kept(plan)}"
    busy = used_up(plan)
    if busy:
        said += f" {busy}"
        if f.unspent > f.money_total / 1000:
            said += f", while {words.money_short(f.unspent, currency)} stays unspent"
        said += "."
    return f"{lead}. {letters(said)}"


def _steps() -> None:
    one, two, three = st.columns(3, gap="small")
    with one, st.container(border=True, height="stretch", key="card-bring"):
        st.header("1. Bring your workbook")
        st.markdown(
            "Drop the file you have: .xlsx, .xlsm, .xls, .ods, .csv. What its columns mean is asked. "
            "Or download the template, and fill in three sheets (Agencies, Funds, Initiatives)."
        )
        may = session.actor().may("import")
        st.file_uploader(
            "Workbook of a case",
            type=None,  # any: of what is no workbook our own sentence says what to do
            disabled=not may,
            help=None if may else "Importing is for the role finance.",
            key="upload",
            on_change=_take_upload,
            label_visibility="collapsed",
        )
        handed.button("Download the template", lambda _: _template(), "template.xlsx", "template", type="tertiary")
        may = session.actor().may("open a case")
        if st.button(
            "Begin an empty case", key="begin-empty", type="tertiary", disabled=not may,
            help="Its tables are filled by typing or pasting." if may else "Opening a case is for the role analyst.",
        ):  # fmt: skip
            session.begin_empty()
            # Its name and its currency come first; what a case needs stands beside them.
            boxes.go("Case", 0, boxes.MEND)
            parts.to_page("Inputs")
    with two, st.container(border=True, height="stretch", key="card-mend"):
        st.header("2. Mend what is marked")
        st.markdown("Every fault is listed with its sheet, cell and cure. Nothing is taken over while one stands.")
        if case_bar.WITH_FAULTS in examples():
            st.button("See a workbook with faults", key="show-faults", type="tertiary", on_click=_show_faults)
    with three, st.container(border=True, height="stretch", key="card-solve"):
        st.header("3. Solve, look, decide")
        st.markdown(
            "One plan that keeps every rule, and how sure that is. Change a fund, solve again, take the plan as a workbook."
        )
        if st.button("Change a fund", key="to-funds", type="tertiary"):
            boxes.to_table("Funds")


@st.cache_data(show_spinner=False)
def _template() -> bytes:
    """The empty template; it is the same for everybody."""
    target = BytesIO()
    write_template(target, [library.sheet()])
    return target.getvalue()


def _take_upload() -> None:
    """Reads what was uploaded, in a process of its own; a workbook without errors comes onto the desk."""
    file = st.session_state.get("upload")
    if file is not None:
        _read(file.getvalue(), file.name)
    else:
        st.session_state.pop("upload-faults", None)


def _say(data: bytes, name: str) -> None:
    """Lets a person say what is what in a workbook that nearly is ours."""
    _asked(foreign.begin(data, name, maps=session.kept_maps()))


def _asked(step: foreign.FileBeingRead | None) -> None:
    if step is not None:
        st.session_state["foreign"] = step
        st.session_state.pop("upload-faults", None)


def _show_faults() -> None:
    _read(example_path(case_bar.WITH_FAULTS).read_bytes(), "with-faults.xlsx")


def _read(data: bytes, name: str) -> None:
    book = open_book(data, guarded=True)
    case, faults = check_book(book)
    if case is None:
        step = foreign.begin(data, name, maps=session.kept_maps())
        if step is not None and foreign.is_foreign(step, faults):
            _asked(step)
        else:
            st.session_state["upload-faults"] = FaultyFile(name, data, faults)
        return
    _taken(case, name, book)


def _taken(case: Case, name: str, book: RawBook) -> None:
    """A workbook without errors comes onto the desk, with the map that stands beside it."""
    faults = case.warnings
    st.session_state.pop("upload-faults", None)
    try:
        laid = session.open_case(case, f"{FROM}{name}", action="import")
        if kept := kept_map(book):
            session.keep_map(laid.id, write_map(kept))
    except NotAllowed as problem:
        st.session_state["notice"] = str(problem)
        return
    errors = f" {len(faults)} doubtful cells are listed on the page Inputs." if faults else ""
    st.session_state["notice"] = f"{name} is open.{errors}"


def _upload_result() -> None:
    """The faults of a workbook that was not taken over."""
    if "upload-faults" not in st.session_state:
        return
    file: FaultyFile = st.session_state["upload-faults"]
    errors = len(file.errors)
    with st.container(border=True, key="faults"):
        told = f"{counted(errors, 'fault')} to mend. Nothing was taken over." if errors else "every fault is mended."
        st.header(letters(f"{file.name}: {told}"))
        is_workbook = mend_cells.faulty(file, "upload")
        with st.container(horizontal=True):
            if file.case is not None:
                st.button(
                    "Take it over",
                    type="primary",
                    key="upload-take",
                    on_click=_taken,
                    args=(file.case, file.name, file.book),
                )
            if is_workbook:
                mend_cells.of_faulty(file, "upload")
            if is_workbook and errors:
                st.button("Say what is what", type="tertiary", on_click=_say, args=(file.data, file.name))
            st.button("Put it aside", type="tertiary", on_click=lambda: st.session_state.pop("upload-faults", None))


def _recent(draft: Draft) -> None:
    """Cases that this person sees, as a table: those they worked on last first, or as they sort it."""
    known = recent.listed(session.db(), session.actor())
    if not known:
        return
    st.header("Your cases")
    by, down = rows.order("cases", CASES, "Changed")
    everything = st.session_state.get("all-cases", False)
    listed = known if everything else known[:RECENT]
    whose = session.actor().id
    lines = [
        _CaseLine(one, session.desk().called(one), listing.state_of(session.db(), session.actor(), one.id, lying),
                  _funds(lying, one.id, one.latest, whose))
        for one in listed
        for lying in (session.desk().lying(one),)
    ]  # fmt: skip
    lines.sort(key=lambda line: line.rank(by), reverse=down)
    rows.rows("cases", CASES, lines, partial(_case_row, draft))
    if len(known) > RECENT:
        st.toggle(f"Show all {len(known):,} cases", key="all-cases")


@dataclass(frozen=True)
class _CaseLine:
    """One case of the table."""

    known: recent.Recent
    name: str
    state: str
    funds: listing.Funds

    def rank(self, by: str) -> Any:
        """What the table is sorted by."""
        ranks: dict[str, Any] = {
            "Case": self.name.casefold(),
            "State": self.state.casefold(),
            "Money": -1.0 if self.funds.money is None else self.funds.money,
            "Owner": (not self.known.mine, self.known.owner.casefold()),
        }
        return ranks.get(by, self.known.at)


def _case_row(draft: Draft, line: _CaseLine, cells: Sequence[Any]) -> None:
    known, funds = line.known, line.funds
    name, state, money, owner, changed = cells
    if known.id == draft.id:  # not a greyed button, which looks broken: it leads to its plan
        label = f"**{letters(line.name)}** :blue-badge[open]"
        if name.button(
            label, key=f"case-{known.id}", width="stretch", type="tertiary", help="It is open. See its plan."
        ):
            parts.to_page("Plan")
    else:
        name.button(
            letters(line.name), key=f"case-{known.id}", width="stretch", type="tertiary", help=case_bar.about(known),
            on_click=session.open_known, args=(known.id,),
        )  # fmt: skip
    state.markdown(letters(line.state))
    money.markdown("not told" if funds.money is None else letters(words.money_short(funds.money, funds.currency)))
    owner.markdown("you" if known.mine else letters(known.owner))
    changed.markdown(f":gray[{session.clock(known.at)}]")


def _funds(lying: Draft | None, case: str, latest: int, who: str) -> listing.Funds:
    """The money in a case's funds: of the draft that lies on the desk, else of its newest version."""
    if lying is not None:
        return listing.funds_of({sheet: [r.values for r in lying.records(sheet)] for sheet in listing.READ})
    return _of_version(case, latest, who)


@st.cache_data(show_spinner=False, max_entries=1000)
def _of_version(case: str, latest: int, who: str) -> listing.Funds:
    """Read once for each version and person; who: their id, since not everybody sees the same."""
    return listing.funds_of(cases.version(session.db(), session.actor(), case, latest).records)


def _archived() -> None:
    """Cases that were taken out of the lists, each with the way back."""
    kept = recent.listed(session.db(), session.actor(), archived=True)
    if not kept:
        return
    with st.expander(f"Archived cases ({len(kept)})"):
        for known in kept:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"{letters(known.name)} :gray[{case_bar.about(known)}]", width="content")
                if known.mine and session.actor().may("archive a case"):
                    st.button(
                        "Bring back", key=f"bring-back-{known.id}", type="tertiary", on_click=session.archive,
                        args=(known.id, known.name, False),
                    )  # fmt: skip


def _examples() -> None:
    st.header("Examples to learn from")
    with st.container(gap="small"):
        for name in examples():
            open_it = _show_faults if name == case_bar.WITH_FAULTS else partial(session.show_example, name)
            with st.container(gap=None):
                st.button(letters(case_bar.example_title(name)), key=f"open-{name}", width=190, on_click=open_it)
                st.caption(letters(ABOUT.get(name, "")))
    if guidebook.folder():
        st.header("Guide")
        for name in guidebook.SECTIONS["Tutorials"]:
            st.markdown(f"[{letters(guidebook.title(name))}]({guidebook.address(name)})")


if __name__ == "__main__":
    page()
