"""Background questions on a page: the answer where it is there, else how far it is; the page is drawn anew at its end."""

from __future__ import annotations

import secrets
from collections.abc import Hashable
from typing import Any

import streamlit as st

from optimiser.app_pages.shell.text import letters
from optimiser.desk.jobs import Job, Jobs, Work

POLL = 0.5
PATIENCE, PATIENCE_QUICK = 0.5, 2.0
"""How long a page waits for an answer before it shows how far that is; longer where it is there in a moment."""


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """All questions of this server."""
    return Jobs()


def answer(
    key: Hashable,
    doing: str,
    work: Work,
    expected: tuple[type[Exception], ...] = (),
    label: str = "",
    *,
    quick: bool = False,
) -> Any:
    """The answer, or None while it is looked for (how far it is, is shown) and where there is none (why, is shown).

    key: what is asked, of which inputs; work: of `questions`; label: distinguishes two that one page shows at once;
    quick: it takes a moment.
    """
    job = jobs().ask(key, doing, work, expected, quick=quick)
    if not job.done:
        job.followers.add(st.session_state.setdefault("asks", secrets.token_hex(8)))
        jobs().wait(job, PATIENCE_QUICK if quick else PATIENCE)
    if not job.done:
        _progress(job, label)
        return None
    if job.problem:
        st.error(letters(job.problem))
    if job.again:
        st.button("Ask again", key=f"again-{job.id}", on_click=jobs().forget, args=(job,))
    return job.answer


def known(key: Hashable) -> Any:
    """The answer, where it is there already; nothing is asked and nothing shown."""
    return jobs().known(key)


def _progress(job: Job, label: str) -> None:
    @st.fragment(run_every=POLL)
    def follow() -> None:
        if job.done:
            st.rerun()
        waiting = "" if job.began else " Other questions go first."
        said = " " + letters(f"{job.said}.".replace("..", ".")) if job.said else ""
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"progress-question-{label}"):
            st.markdown(
                f"**{letters(job.doing)}, {job.seconds:.0f} s.**{waiting}{said} :gray[You can go on working; this continues.]"
            )
            if len(job.followers) <= 1:
                st.space("stretch")
                st.button(
                    "Stop", key=f"stop-{job.id}", type="tertiary", on_click=job.stop.stop, disabled=job.stop.stopped
                )

    follow()
