"""Background questions on a page: the answer where it is there, else how far it is; the page is drawn anew at its end."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import streamlit as st
from streamlit import runtime

from optimiser.app_pages.shell import session
from optimiser.app_pages.shell.text import letters
from optimiser.case.readable import counted
from optimiser.desk.jobs import Job, Jobs, Tell

T = TypeVar("T")
POLL = 0.5
PATIENCE, PATIENCE_QUICK = 0.5, 2.0
"""How long a page waits for an answer before it shows how far that is; longer where it is there in a moment."""


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """All questions of this server."""
    return Jobs(is_here=lambda window: session.is_open(window) or not runtime.exists())


def me() -> str:
    """This session, as one that asks."""
    return str(st.session_state.setdefault("asks", session.window() or secrets.token_hex(8)))


def begin() -> None:
    """A page begins to be drawn: it has asked nothing yet."""
    st.session_state["asked-here"] = set()


def end() -> None:
    """A page was drawn: what pages before it asked, and it does not, is left."""
    if "asks" in st.session_state:
        jobs().left(me(), st.session_state.get("asked-here", set()))


def answer(
    key: Hashable,
    doing: str,
    work: Callable[[Tell], T],
    expected: tuple[type[Exception], ...] = (),
    label: str = "",
    *,
    quick: bool = False,
    so_far: Callable[[Any], None] | None = None,
) -> T | None:
    """The answer, or None while it is looked for (how far it is, is shown) and where there is none (why, is shown).

    key: what is asked, of which inputs; work: of `questions`; label: distinguishes two that one page shows at once;
    quick: it takes a moment; so_far: draws what of the answer is there already.
    """
    job = jobs().ask(key, doing, work, expected, quick=quick, who=me())
    st.session_state.setdefault("asked-here", set()).add(job.id)
    if not job.done:
        jobs().wait(job, PATIENCE_QUICK if quick else PATIENCE)
    if not job.done:
        _progress(job, label, so_far)
        return None
    if job.problem:
        st.error(letters(job.problem))
    if job.again:
        st.button("Ask again", key=f"again-{job.id}", on_click=jobs().forget, args=(job,))
    found: T | None = job.answer
    return found


def known(key: Hashable) -> Any:
    """The answer, where it is there already; nothing is asked and nothing shown."""
    return jobs().known(key)


def _progress(job: Job, label: str, so_far: Callable[[Any], None] | None) -> None:
    @st.fragment(run_every=POLL)
    def follow() -> None:
        if job.done:
            st.rerun()
        waiting = "" if job.began else " Other questions go first."
        said = " " + letters(f"{job.said}.".replace("..", ".")) if job.said else ""
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"progress-question-{label}"):
            st.markdown(f"**{letters(job.doing)}, {job.seconds:.0f} s.**{waiting}{said} :gray[You can go on working.]")
            st.space("stretch")
            _what_runs(job)
            if len(job.followers) <= 1:
                st.button(
                    "Stop", key=f"stop-{job.id}", type="tertiary", on_click=job.stop.stop, disabled=job.stop.stopped
                )
        if so_far is not None and job.found is not None:
            so_far(job.found)

    follow()


def _what_runs(shown: Job) -> None:
    """Everything that this session waits for, each with its stop; and how many questions of others there are."""
    running = jobs().running()
    mine = [job for job in running if me() in job.followers]
    others = len(running) - len(mine)
    if len(running) < 2:
        return
    with st.popover(f"{len(running)} run", type="tertiary", help="What is being looked for, and its stop"):
        for job in mine:
            with st.container(horizontal=True, vertical_alignment="center", key=f"runs-{shown.id}-{job.id}"):
                state = f"{job.seconds:.0f} s" if job.began else "waits for its turn"
                st.markdown(f"{letters(job.doing)} :gray[{state}]")
                if len(job.followers) <= 1:
                    st.button(
                        "Stop", key=f"stop-{shown.id}-{job.id}", on_click=job.stop.stop, disabled=job.stop.stopped
                    )
        if others:
            st.caption(letters(f"And {counted(others, 'question')} of others, or of pages that were left."))
