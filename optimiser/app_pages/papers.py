"""Papers: what can be made of the plan or of a decision, what each lacks, and all of it in one file."""

from __future__ import annotations

import streamlit as st

from optimiser.app_pages.shell import downloads, handed, session, sign_in
from optimiser.app_pages.shell.page_tables import text_table
from optimiser.app_pages.shell.text import letters
from optimiser.case.names import fold
from optimiser.case.readable import counted
from optimiser.case.spec import BY_NAME
from optimiser.desk import papers as desk
from optimiser.desk.papers import State
from optimiser.desk.state import Draft
from optimiser.desk.typed_cells import typed
from optimiser.papers.blocks import Missing
from optimiser.papers.paper import Source
from optimiser.store.committee import decisions
from optimiser.store.privacy import sight

ON_SHOW = "The plan on show"
ZIP = "application/zip"
ASKED = 8
"""Missing cells that are asked for at once; the others follow when these are filled."""


def page() -> None:
    """The page."""
    draft = session.draft()
    source = _source(draft)
    if source is None:
        return
    found = desk.states(source)
    st.title(letters(headline(found)))
    left, right = st.columns([58, 42], gap="large")
    with left:
        _made(draft, source, found)
        rows = [
            {
                "Paper": s.title,
                "What it is for": s.purpose,
                "As": s.files if s.count else ", ".join(s.forms),
                "State": s.said,
            }
            for s in found
        ]
        text_table(rows, "Papers, what each is for, its files and its state", "Paper")
    with right:
        _lacking(draft, found)
    st.caption(letters(source.foot))


def headline(found: tuple[State, ...]) -> str:
    """How many papers are ready, what the others lack."""
    ready = sum(bool(s.count) and not s.missing for s in found)
    lacking = [s for s in found if s.count and s.missing]
    waiting = sum(not s.count for s in found)
    cells = len({m for s in lacking for m in s.missing})
    said = [f"{ready} of {counted(len(found), 'paper')} {'is' if ready == 1 else 'are'} ready"]
    if lacking:
        said.append(f"{len(lacking)} lack{'s' * (len(lacking) == 1)} {counted(cells, 'cell')}")
    if waiting:
        said.append(f"{waiting} wait{'s' * (waiting == 1)}")
    return f"{said[0]}; {', '.join(said[1:])}" if said[1:] else said[0]


def _source(draft: Draft) -> Source | None:
    """What the papers are made from: the plan on show, or a proposal; None where there is no plan (the title says so)."""
    db, actor = sign_in.database(), sign_in.actor()
    listed = decisions.proposals(db, actor, draft.case)
    offered = ["", *(p.id for p in listed)]
    labels = {"": ON_SHOW} | {p.id: f"{p.title} ({p.status})" for p in listed}
    chosen = ""
    if listed:
        if st.session_state.get("papers-from") not in offered:
            st.session_state["papers-from"] = ""
        chosen = st.selectbox("Made from", offered, format_func=lambda id: labels[id], key="papers-from", width=420)
    facts = draft.checked().case
    if chosen:
        try:
            plan, motion = decisions.proposed(db, actor, chosen)
        except sight.Withheld as withheld:
            st.title("These papers would give away what you may not see")
            st.info(letters(str(withheld)))
            return None
        line = sight.made_for(actor, draft.whole)
        return Source(plan, facts or plan.case, line, motion, motion.audit_head, others=tuple(motion.alternatives))
    on_show = session.plan_or_title(draft)
    if on_show is None:
        return None
    if not on_show.has_plan:
        st.title("Without a plan there are no papers")
        return None
    return Source(on_show, facts or on_show.case, sight.made_for(actor, draft.whole))


def _made(draft: Draft, source: Source, found: tuple[State, ...]) -> None:
    """Which papers, and the button that makes them."""
    ready = [s.name for s in found if s.count]
    titles = {s.name: s.title for s in found}
    chosen = st.multiselect(
        "Papers", ready, default=ready, format_func=lambda name: titles[name], key=f"papers-{draft.id}"
    )
    off = bool(draft.of_another) or not chosen
    handed.button(
        f"Make {counted(len(chosen), 'paper')}",
        lambda _: desk.together(source, chosen),
        f"{downloads.file_name(draft)} papers.zip",
        ZIP,
        "make-papers",
        case=draft.id,
        disabled=off,
        type="primary",
        help="All files in one .zip. What is missing stays blank in them."
        if not off
        else "Choose papers, or solve first.",
    )


def _lacking(draft: Draft, found: tuple[State, ...]) -> None:
    """The cells that papers lack, to be filled here."""
    missing = list(dict.fromkeys(m for s in found for m in s.missing))
    if not missing:
        st.markdown("Nothing is missing: no paper has a blank that the case could fill.")
        return
    lacking = {s.title: s for s in found if s.missing}
    chosen = st.selectbox("What is missing in", list(lacking), key="papers-lacking")
    asked = [m for m in lacking[chosen].missing if _place(draft, m) is not None][:ASKED]
    st.markdown(f"**{letters('Fill these; until then they stay blank in the paper')}**")
    if not asked or not draft.editable:
        for m in lacking[chosen].missing[:ASKED]:
            st.markdown(letters(f"{m.label}: {m.place}"))
        return
    with st.form("papers-facts", border=True):
        given = {
            m: st.text_input(letters(m.label), key=f"fact-{m.sheet}-{m.row}-{m.column}", help=letters(m.place))
            for m in asked
        }
        if st.form_submit_button("Keep these"):
            _keep(draft, {m: text for m, text in given.items() if text.strip()})


def _place(draft: Draft, missing: Missing) -> int | None:
    """The number of the record that holds the cell; 0 where the record is to be added; None where it cannot be filled here."""
    spec = BY_NAME[missing.sheet]
    if missing.column not in spec.names or not missing.row:
        return None
    key = spec.key[0]
    found = next(
        (r.number for r in draft.records(missing.sheet) if fold(str(r.values.get(key))) == fold(missing.row)), None
    )
    return found if found is not None else 0 if spec.key == (key,) and missing.sheet == "Categories" else None


def _keep(draft: Draft, given: dict[Missing, str]) -> None:
    """What was typed, as edits of the case, one step for each sheet."""
    for missing, text in given.items():
        value = typed(BY_NAME[missing.sheet].column(missing.column), text)
        number = _place(draft, missing)
        if number:
            draft.edit(missing.sheet, {number: {missing.column: value}})
        else:
            draft.add(missing.sheet, {BY_NAME[missing.sheet].key[0]: missing.row, missing.column: value})
    st.rerun()


if __name__ == "__main__":
    page()
