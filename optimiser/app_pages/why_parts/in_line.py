"""Next in line: what reviewers say, where they disagree first; who is next if one declines; how far below the line the others are."""

from __future__ import annotations

from functools import partial

import streamlit as st

from optimiser.analysis.debate.review_words import SAID, ReviewView, view
from optimiser.app_pages.shell.asking import answer
from optimiser.app_pages.shell.page_tables import text_table
from optimiser.app_pages.shell.picture import picture
from optimiser.app_pages.shell.text import letters
from optimiser.case.names import told_apart
from optimiser.desk import questions
from optimiser.plan.derive import NOT_FUNDED, TOGETHER
from optimiser.plan.tables import Plan
from optimiser.report import words
from optimiser.report.charts.reviewed import reviewed
from optimiser.solvers.solution import SolverError


def part(plan: Plan) -> None:
    """Reviews, where there are any; then the line."""
    if len(plan.case.tables["Reviews"]):
        _reviews(view(plan.case))
    rows = [r for r in plan.tables["Awards"].records() if r["state"] not in (NOT_FUNDED, TOGETHER)]
    if not rows:
        st.markdown("Nothing is funded, so nobody can decline.")
        return
    st.header("If one declines")
    names = told_apart({r["initiative"]: r["name"] for r in rows})
    chosen = st.selectbox(
        "Which initiative declines",
        list(names),
        format_func=lambda k: letters(names[k]),
        key="line-declines",
        width=420,
    )
    found = answer(
        ("next in line", plan.case.sha256, chosen), "Solving without it",
        partial(questions.in_line, plan, str(chosen)), (SolverError, ValueError), "line",
    )  # fmt: skip
    if found is not None:
        for one in found.declined:
            with st.container(border=True):
                st.markdown(letters(found.sentence(one)))
    below = answer(
        ("below the line", plan.case.sha256), "Solving with each that is not funded",
        partial(questions.below_line, plan), (SolverError, ValueError), "below",
    )  # fmt: skip
    if below and below.below:
        st.header("How far below the line")
        st.markdown("\n".join(f"- {letters(below.below_words(one))}" for one in below.below))
    st.caption("Each is found by solving again: what the plan loses without it, or with it.")


def _reviews(found: ReviewView) -> None:
    st.header(letters(found.headline()))
    left, right = st.columns([60, 40], gap="medium")
    with left:
        picture(reviewed(found), "reviewed", "Every initiative's reviews as a table")
        st.caption(letters(f"The line goes from the lowest to the highest score; the dot is {SAID[found.method]}."))
    with right:
        rows = [
            {
                "Reviewer": r.reviewer,
                "Scored": r.n,
                "Mean": f"{r.mean:.1f}",
                "Against the others": "alone"
                if r.off is None
                else f"{words.MINUS if r.off < 0 else '+'}{abs(r.off):.1f} {r.called}".strip()
                if round(r.off, 1)
                else f"0 {r.called}".strip(),
                "Conflict": ", ".join(r.apart) or "–",
            }
            for r in found.reviewers
        ]
        text_table(rows, "Reviewers, the harshest first")
