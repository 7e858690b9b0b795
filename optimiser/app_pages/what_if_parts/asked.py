"""Ask: a question in words, shown as it was understood before anything is solved, then answered by solving."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from optimiser.analysis.debate.ask import Told
from optimiser.analysis.debate.reading import Reading, read
from optimiser.app_pages.shell import session, sign_in
from optimiser.app_pages.shell.asking import answer
from optimiser.app_pages.shell.text import letters
from optimiser.desk import questions
from optimiser.desk.state import Draft
from optimiser.plan.tables import Plan
from optimiser.solvers.solution import SolverError

EXAMPLES = (
    "why not X", "what if fund F is cut by 20%", "who loses if F ends", "and $50k more for X", "cheapest way to fund X",
    "what is an analyst worth", "who may change rule R", "what does rule R cost", "what hangs on F", "who is next",
)  # fmt: skip


def part(draft: Draft, plan: Plan, head: Any) -> None:
    """The box, what was understood, and the answer."""
    head.title("Ask in your own words")
    if not plan.has_plan:
        st.markdown("There is no plan to ask about; the page Why says why.")
        return
    text = st.text_input(
        "Your question", key="ask-text", max_chars=300, placeholder="What if the largest grant is cut by 20%?",
        help="It is read by a grammar with the names of this case, on this machine; no language model is asked.",
    )  # fmt: skip
    if not text.strip():
        st.caption(f"Such as: {' · '.join(EXAMPLES)}. X, F and R stand for names of the case.")
        return
    found = read(plan.case, text)
    reading = found.reading
    if reading is None and not found.others:
        st.markdown(letters(found.problem))
        return
    if reading is None:
        reading = _which(found.others)
        if reading is None:
            return
    head.title(letters(reading.sentence))
    key = ("ask", plan.case.sha256, reading.sentence)
    if st.session_state.get("ask-wanted") != key:
        st.markdown("This is how it was understood. Nothing is solved yet.")
        st.button(
            "Yes, answer it",
            type="primary",
            key="ask-go",
            on_click=lambda: st.session_state.update({"ask-wanted": key}),
        )
        return
    told = answer(
        key, "Looking for the answer", partial(questions.answered, plan, reading), (ValueError, SolverError), "ask"
    )
    if told is not None:
        _answer(reading, told)


def _which(others: tuple[Reading, ...]) -> Reading | None:
    """Which of several readings is meant."""
    said = [r.sentence for r in others[:6]]
    chosen = st.radio("Which is meant?", said, index=None, key="ask-which", format_func=letters)
    return next((r for r in others if r.sentence == chosen), None)


def _answer(reading: Reading, told: Told) -> None:
    with st.container(border=True):
        for line in told.lines:
            st.markdown(letters(line))
    if (
        told.rows
        and told.plan is not None
        and sign_in.actor().may("edit")
        and st.button("Keep as scenario", key="ask-keep", help="It is added, solved and on show; History undoes it.")
    ):
        wanted = f"{reading.form}: {', '.join(reading.names.values())}"[:58]
        session.keep_scenario(session.draft(), wanted, told.rows, reading.sentence)
