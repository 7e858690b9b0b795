"""Lose a grant: what if this grant ends? Each fund, the worst first, and the plan that survives the loss of any one."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from optimiser.analysis.debate.beginning import beginning
from optimiser.analysis.debate.losses import Losses
from optimiser.app_pages.shell import session, sign_in
from optimiser.app_pages.shell.asking import answer
from optimiser.app_pages.shell.picture import picture
from optimiser.app_pages.shell.text import letters
from optimiser.case.readable import as_sentence
from optimiser.desk import questions
from optimiser.desk.state import Draft
from optimiser.plan.tables import Plan
from optimiser.report.charts.after_loss import left
from optimiser.solvers.solution import SolverError

SHORT = 16
"""Losses in one list; more are in the table."""


def part(draft: Draft, plan: Plan, head: Any) -> None:
    """From a period on; one fund, or two at once."""
    head.title("What if this grant ends?")
    if not plan.has_plan:
        st.markdown("There is no plan that could lose anything.")
        return
    names = list(plan.case.facts.names["period"])
    with st.container(horizontal=True, vertical_alignment="bottom"):
        since = st.selectbox(
            "A fund stops from", names, index=len(names) // 2, key="lost-since", width=240, persist_state="session",
            help="What is spent by then stays; the rest is planned anew.",
        )  # fmt: skip
        two = st.toggle("Two losses at once", key="lost-two", persist_state="session")
    at_once = 2 if two else 1
    found = answer(
        ("losses", plan.case.sha256, since, at_once),
        "Losing each fund in turn",
        partial(questions.each_lost, plan.case, str(since), at_once),
        (ValueError, SolverError),
        "lost",
    )
    if found is None:
        return
    chart = left(plan.case, found)
    head.title(letters(chart.headline.rstrip(".")))
    if not found.losses:
        return
    if len(names) == 1:
        st.caption("The case has one period, so a fund is lost from its beginning, and no plan can prepare for it.")
    pages, aside = st.columns([60, 40], gap="medium")
    with pages:
        for one in found.losses[:SHORT]:
            first, *lines = found.lines(one)
            with st.expander(letters(first), expanded=one is found.losses[0]):
                for line in lines:
                    st.markdown(letters(line.strip()))
        st.caption(
            "Bridged: what other funds may pay by their own terms. Limits that nothing can keep are missed by the least."
        )
    with aside:
        if said := found.of_surviving():
            st.header("The plan that survives any loss")
            for line in said:
                st.markdown(letters(line.strip()))
        if found.surviving is not None:
            _keep(draft, found, found.surviving.plan)
        picture(chart, "after-loss", "Every loss as a table")


def _keep(draft: Draft, found: Losses, surviving: Plan) -> None:
    """The surviving plan as a scenario: its first periods are held by rules, the rest is solved."""
    if not sign_in.actor().may("edit") or not st.button(
        "Keep as scenario",
        key="lost-keep",
        help=f"Rules hold what it spends before {letters(found.since)}; the scenario is solved and on show. History undoes it.",
    ):
        return
    try:
        rows = beginning(surviving, found.since)
    except ValueError as problem:
        st.error(letters(as_sentence(str(problem))))
        return
    session.keep_scenario(draft, f"survives any loss from {found.since}", rows, found.of_surviving()[0])
