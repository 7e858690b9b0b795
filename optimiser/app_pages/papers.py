"""Papers: what can be made of the plan or of a decision, what each lacks, and all of it in one file."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from optimiser.analysis.debate import weights_words
from optimiser.analysis.replanning.replan import Replan
from optimiser.app_pages.committee_parts import kept, weights
from optimiser.app_pages.paper_parts import letterhead_box
from optimiser.app_pages.shell import boxes, downloads, handed, paper_preview, parts, session, sign_in
from optimiser.app_pages.shell.asking import answer
from optimiser.app_pages.shell.page_tables import text_table
from optimiser.app_pages.shell.text import letters
from optimiser.case.case import Case
from optimiser.case.readable import counted
from optimiser.case.spec import BY_NAME
from optimiser.desk import papers as desk
from optimiser.desk import questions
from optimiser.desk.papers import State
from optimiser.desk.state import Draft
from optimiser.papers import as_preview
from optimiser.papers.blocks import Deck, Missing
from optimiser.papers.figures import DIMENSIONS
from optimiser.papers.office_template import TEMPLATES, TemplateError
from optimiser.papers.own_papers import papers_of
from optimiser.papers.paper import Source
from optimiser.report.documents.committee import Motion
from optimiser.store.committee import decisions, sealed
from optimiser.store.privacy import sight
from optimiser.store.work import letterheads

ON_SHOW = "The plan on show"
ASKED = 8
"""Missing cells that are asked for at once; the others follow when these are filled."""


def page() -> None:
    """The page."""
    draft = session.draft()
    source = _source(draft)
    if source is None:
        return
    try:
        for form in TEMPLATES if source.templates else ():
            source.template(form)
        found = desk.states(source)
    except TemplateError as problem:
        st.title("A paper or template of this office cannot be used")
        st.error(letters(str(problem)))
        return
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
        _letterhead(source)
    with right:
        title, pages = _one(draft, source, found)
    with left:
        first = min(len(pages), paper_preview.THUMBS)
        st.caption(letters(f"{title}, {'its page' if len(pages) == 1 else f'pages 1 to {first} of {len(pages)}'}"))
        paper_preview.thumbs(pages)
    st.caption(letters(source.foot))
    if boxes.opened()[0] == "letterhead":
        letterhead_box.box(source)


def _letterhead(source: Source) -> None:
    """On which templates the papers are made, which the office describes itself, and the button that opens where both are
    brought and taken away."""
    brought = letterheads.listed(sign_in.database(), sign_in.actor())
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(letters(letterhead_box.said(brought, source.templates)), width="content")
        st.button(
            "Your letterhead and papers",
            key="letterhead",
            icon=":material/description:",
            on_click=boxes.show,
            args=("letterhead",),
        )


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
    listed = kept.papers(draft)
    offered = ["", *(p.id for p in listed)]
    labels = {"": ON_SHOW} | {p.id: p.listed for p in listed}
    chosen = ""
    if listed:
        if st.session_state.get("papers-from") not in offered:
            st.session_state["papers-from"] = ""
        parts.relabelled("papers-from", labels)
        chosen = st.selectbox("Made from", offered, format_func=lambda id: labels[id], key="papers-from", width=420)
        if not chosen and any(p.decision for p in listed):
            st.caption("The minutes and the vote belong to what was decided: choose it here.")
    facts = draft.checked().case
    line, looks = sight.made_for(actor, draft.whole), partial(letterheads.contents, db, actor)
    motion: Motion | None = None
    if chosen:
        try:
            plan, motion = decisions.proposed(db, actor, chosen)
        except sight.Withheld as withheld:
            st.title("These papers would give away what you may not see")
            st.info(letters(str(withheld)))
            return None
    else:
        on_show = session.plan_or_title(draft)
        if on_show is None:
            return None
        if not on_show.has_plan:
            st.title("Without a plan there are no papers")
            return None
        plan = on_show
    if motion is not None and motion.weights:
        weighed = weights.weighed(plan, motion.run, sealed.answers(db, actor, chosen))
        if weighed is not None:
            motion = replace(motion, weights=(*motion.weights, *weights_words.worth(weighed)))
    past = _gone_by(plan.case, facts) if chosen else plan.case if not draft.of_another else None
    rest: Replan | None = None
    if past is not None and len(past.tables["Actuals"]):
        key = ("replan", past.sha256, *([chosen] if chosen else []))
        look = partial(questions.rest_of_year, past, plan)
        rest = answer(key, "Planning the rest of the year", look, questions.UNANSWERED, "papers-replan")
    else:
        past = None
    head, others = (motion.audit_head, tuple(motion.alternatives)) if motion else ("", ())
    replanned = None if past is None else lambda: rest
    return Source(plan, facts or plan.case, line, motion, head, desk.templates(), others, replanned, looks)


def _gone_by(decided: Case, now: Case | None) -> Case | None:
    """The case as it is now, where only what happened and what things cost can differ from the one that was decided."""
    same = now is not None and all(decided.facts.names[d] == now.facts.names[d] for d in DIMENSIONS)
    return now if same else None


def _made(draft: Draft, source: Source, found: tuple[State, ...]) -> None:
    """Which papers, and the button that makes them."""
    ready = [s.name for s in found if s.count]
    titles = {s.name: s.title for s in found}
    chosen = st.multiselect(
        "Papers", ready, default=ready, format_func=lambda name: titles[name], key=f"papers-{draft.id}-{len(ready)}"
    )
    off = bool(draft.of_another) or not chosen
    handed.button(
        f"Make {counted(len(chosen), 'paper')}",
        lambda _: desk.together(source, chosen),
        f"{downloads.file_name(draft)} papers.zip",
        "make-papers",
        case=draft.id,
        disabled=off,
        type="primary",
        help="All files in one .zip. What is missing stays blank in them."
        if not off
        else "Choose papers, or solve first.",
    )


def _one(draft: Draft, source: Source, found: tuple[State, ...]) -> tuple[str, list[str]]:
    """One paper: what it lacks, to be filled here, and its pages as they will stand. Returns its title and the pages."""
    there = {s.name: s for s in found if s.count}
    first = next((s.name for s in there.values() if s.missing), next(iter(there)))
    chosen = there[
        st.selectbox(
            "Paper",
            list(there),
            index=list(there).index(first),
            format_func=lambda name: f"{there[name].title}, {there[name].said}",
            key=f"papers-one-{draft.id}",
        )
    ]
    paper = papers_of(source)[chosen.name]
    subjects = paper.subjects(source)
    subject = subjects[0]
    if len(subjects) > 1:
        subject = st.selectbox(
            "Of", subjects, key=f"papers-of-{draft.id}-{chosen.name}", format_func=partial(paper.called, source)
        )
    st.caption(letters(f"{chosen.purpose}. As {chosen.files}."))
    if chosen.missing:
        _lacking(draft, chosen)
    content = paper.content(source, subject)
    made = as_preview.pages(content)
    how_many = counted(len(made), "page" if isinstance(content, Deck) else "part")
    st.markdown(f"**{letters(how_many)}, as it will stand**")
    paper_preview.show(made)
    return chosen.title, made


def _lacking(draft: Draft, paper: State) -> None:
    """The cells that a paper lacks, to be filled here, in one step."""
    asked = [m for m in paper.missing if desk.fillable(draft, m)][:ASKED]
    st.markdown("**Fill these; until then they stay blank in the paper**")
    if not asked or not draft.editable:
        for m in paper.missing[:ASKED]:
            st.markdown(letters(f"{m.label}: {m.place}"))
        return
    with st.form("papers-facts", border=True):
        given = {m: _asked(m) for m in asked}
        if st.form_submit_button("Keep these", help="One step, which Undo takes back."):
            desk.keep(draft, {m: text for m, text in given.items() if text.strip()})
            st.rerun()


def _asked(missing: Missing) -> str:
    """The field of one fact."""
    spec = BY_NAME[missing.sheet].column(missing.column)
    label, key = letters(missing.label), f"fact-{missing.sheet}-{missing.row}-{missing.column}"
    if spec.type == "choice":
        return st.selectbox(label, ["", *spec.choices], key=key, help=letters(missing.place))
    return st.text_input(label, key=key, help=letters(missing.place))


if __name__ == "__main__":
    page()
