"""What is certain: what every good plan funds, what none does, what remains to debate, and good plans that differ."""

from __future__ import annotations

from functools import partial

import streamlit as st

from optimiser.analysis.reasons.near_best import NearBest
from optimiser.app_pages.shell import session
from optimiser.app_pages.shell.asking import answer, known
from optimiser.app_pages.shell.picture import picture, table
from optimiser.app_pages.shell.text import letters
from optimiser.case import impact
from optimiser.desk import questions
from optimiser.plan.tables import Plan
from optimiser.report import words
from optimiser.report.charts import certain
from optimiser.report.charts.certain import SHOWN
from optimiser.solvers.solution import SolverError

MARGINS = (0.005, 0.01, 0.02, 0.05)
MARGIN = 0.01


def _margin() -> float:
    return float(st.session_state.get("certain-margin", MARGIN) or MARGIN)


def _key(plan: Plan) -> tuple[object, ...]:
    return "near best", plan.case.sha256, _margin()


def headline(plan: Plan) -> str:
    """The finding, where it is there already."""
    found: NearBest | None = known(_key(plan))
    return "Looking at every good plan" if found is None else certain.headline(found)


def part(plan: Plan) -> None:
    """Contested initiatives with their range, the others by name, then plans that differ."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("A good plan keeps every rule and is within", width="content")
        st.selectbox(
            "How far from the best a good plan may be", MARGINS, index=MARGINS.index(MARGIN), key="certain-margin",
            format_func=words.percent, label_visibility="collapsed", width=110,
        )  # fmt: skip
        st.markdown("of the best.", width="content")
    margin, case = _margin(), plan.case
    look = partial(questions.good_plans, case, margin)
    found = answer(_key(plan), "Looking at every good plan", look, (SolverError,), "certain")
    if found is None:
        return
    _places(plan, found)
    _alternatives(plan, found)
    for note in found.notes:
        st.caption(letters(note))


def _places(plan: Plan, found: NearBest) -> None:
    places, always, never = certain.contested(found), certain.varying(found), found.of("never")
    left, right = st.columns([64, 36], gap="medium")
    with left:
        drawn = places or always
        if places:
            st.header(f"Contested: {len(places)}, and how much of each good plans fund")
        else:
            st.header("In every good plan, but how much differs")
        picture(certain.ranges(plan, found), "certain", "Every initiative as a table")
        if len(drawn) > SHOWN:
            st.caption(f"{len(drawn) - SHOWN} more are in the table.")
    with right:
        for title, listed in (("Always", always), ("Never", list(never))):
            st.header(f"{title}: {len(listed)}")
            if listed:
                st.markdown(letters(" · ".join(p.name for p in sorted(listed, key=lambda p: p.name))))
        if places and always:
            with st.expander("How much those in every plan get"):
                st.markdown("\n".join(f"- {letters(p.sentence)}" for p in always))


def _alternatives(plan: Plan, found: NearBest) -> None:
    st.header("Good plans that are really different")
    if not found.alternatives:
        st.markdown("There is none: every good plan funds nearly the same.")
        return
    draft = session.draft()
    with st.grid(len(found.alternatives), min_column_width=300, gap="small"):
        for k, one in enumerate(found.alternatives):
            with st.container(border=True, height="stretch", key=f"card-other-{k}"):
                st.markdown(letters(one.sentence))
                rows = certain.rows(plan, one)
                if st.button("Make it a scenario", key=f"other-{k}"):
                    session.keep_scenario(draft, certain.scenario_name(plan, one), rows, one.sentence)
    st.caption(
        "The scenario funds what such a plan adds and locks out what it drops; the rest is decided anew, at its best."
    )
    table("others", [
        {"Plan": n, f"Gives up, {impact.title(plan.case)}": round(a.gives_up, 1), "Adds": ", ".join(a.added), "Drops": ", ".join(a.dropped),
         "Money that moves": words.percent(a.moved), "In words": a.sentence}
        for n, a in enumerate(found.alternatives, 1)
    ], title="The alternatives as a table")  # fmt: skip
