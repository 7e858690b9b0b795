"""Scenarios side by side: figures, what differs in the inputs, who gets more and less, why, and ways without a solver."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from optimiser.analysis.compare import Comparison, compare
from optimiser.app_pages import session
from optimiser.app_pages.asking import answer
from optimiser.app_pages.jobs import Tell
from optimiser.app_pages.state import Draft
from optimiser.app_pages.text import letters
from optimiser.case.faults import InvalidCase
from optimiser.case.scenarios import BASE
from optimiser.plan.tables import Plan
from optimiser.report import charts_compare as compared
from optimiser.report.charts_base import CONFIG

MOST = 5
"""Scenarios beside the base."""
FIRST = 2
"""Scenarios that are compared when the page opens."""
INPUTS = 4


def part(draft: Draft, head: Any) -> None:
    """Choice, figures, one scenario against the base, and the baselines. head: where the headline stands."""
    names = session.scenario_names(draft)[1:]
    case = draft.checked().case
    if not names or case is None:
        head.title("No scenarios yet" if case is not None else "Mend the inputs first; then scenarios can be compared")
        st.markdown("Make one with “Try a change”, or add rows to the sheet Scenarios.")
        return
    chosen = st.pills(
        "Beside the base", names, selection_mode="multi", default=names[:FIRST], key=f"compare-{draft.id}-{len(names)}",
        label_visibility="collapsed",
    )  # fmt: skip
    wanted = [n for n in names if n in (chosen or [])][:MOST]
    if not wanted:
        head.title("Choose scenarios to set beside the base")
        return
    if len(chosen or []) > MOST:
        st.caption(f"The first {MOST} are compared; more are hard to read.")

    def look(tell: Tell) -> Comparison:
        done: list[str] = []

        def told(name: str, plan: Plan) -> None:
            done.append(name)
            tell(f"{len(done)} of {len(wanted) + 1} solved")

        return compare(case, wanted, told=told)

    key = ("compare", case.sha256, tuple(wanted))
    made: Comparison | None = answer(key, "Solving the scenarios", look, (ValueError, InvalidCase), "compare")
    if made is None:
        head.title("Comparing")
        return
    head.title(compared.headline(made))
    st.table(pd.DataFrame(compared.side_by_side(made)).set_index("").map(letters), border="horizontal")
    _against(made, wanted)
    if made.baselines:
        st.subheader("Beside ways without a solver")
        st.markdown(letters(compared.gains_sentence(made)))
        alt = "; ".join(str(g["sentence"]) for g in made.gains())
        st.plotly_chart(compared.gains_chart(made), theme=None, config=CONFIG, key="gains", alt=alt)
        with st.expander("In words"):
            st.markdown("\n".join(f"- {letters(g['sentence'])}" for g in made.gains()))


def _against(made: Comparison, wanted: list[str]) -> None:
    chosen = wanted[0]
    if len(wanted) > 1:
        chosen = st.segmented_control(
            "Against the base", wanted, default=wanted[0], required=True, key=f"against-{hash(tuple(wanted)) % 10**8}"
        ) or wanted[0]  # fmt: skip
    base, other = made.plans[BASE], made.plans[chosen]
    currency = made.case.settings.currency
    left, right = st.columns([62, 38], gap="medium")
    with left:
        st.subheader(letters(f"Base → {chosen}: who gets more, who gets less"))
        if base.has_plan and other.has_plan:
            rows = compared.moved(base, other)
            st.markdown(letters(compared.moved_sentence(rows)))
            if rows:
                bars = compared.shown(rows, currency)
                alt = "; ".join(f"{name} {text}" for name, _, text in bars)
                st.plotly_chart(compared.diverging(bars), theme=None, config=CONFIG, key="compare-moved", alt=alt)
        else:
            st.markdown(" ".join(letters(d.sentence) for d in made.of(chosen)[:1]))
    with right, st.container(border=True, key="card-cause"):
        st.markdown("**What differs in the inputs**")
        inputs = made.inputs[chosen]
        st.markdown("\n".join(f"- {letters(d.sentence(currency))}" for d in inputs[:INPUTS]) or "Nothing.")
        if len(inputs) > INPUTS:
            st.caption(f"and {len(inputs) - INPUTS} more cells")
        for n, (said, cause) in enumerate(compared.reasons(made.of(chosen))):
            if not n:
                st.markdown("**Why**")
            st.markdown(letters(said))
            st.caption(letters(cause))
    with st.expander("Every difference"):
        listed = made.of(chosen)
        st.dataframe(
            pd.DataFrame([(d.of, d.sentence, d.cause) for d in listed], columns=["Of", "Difference", "Cause"]),
            hide_index=True,
        )
