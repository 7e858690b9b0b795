"""Scenarios side by side: figures, what differs in the inputs, who gets more and less, why, and ways without a solver."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from optimiser.analysis.what_if.compare import STACK, Comparison
from optimiser.app_pages.shell import session
from optimiser.app_pages.shell.asking import answer
from optimiser.app_pages.shell.page_tables import text_table
from optimiser.app_pages.shell.picture import picture, table
from optimiser.app_pages.shell.text import letters
from optimiser.case.scenario.apply import BASE
from optimiser.desk import questions
from optimiser.desk.state import Draft
from optimiser.plan.tables import Plan
from optimiser.report.charts import side_by_side as compared

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
        label_visibility="collapsed", format_func=letters,
    )  # fmt: skip
    wanted = [n for n in names if n in (chosen or [])]
    stacked = _stacked(draft, names)
    wanted = [*wanted, *([stacked] if stacked else [])][:MOST]
    if not wanted:
        head.title("Choose scenarios to set beside the base")
        return
    if len(chosen or []) + bool(stacked) > MOST:
        st.caption(f"The first {MOST} are compared; more are hard to read.")

    look = partial(questions.compared, case, wanted)
    key = ("compare", case.sha256, tuple(wanted))
    made = answer(key, "Solving the scenarios", look, (ValueError,), "compare")
    if made is None:
        head.title("Comparing")
        return
    head.title(letters(compared.headline(made)))
    for said in made.refusals():
        st.warning(letters(said))
    valid = [label for label in made.plans if label != BASE]
    if valid:
        text_table(compared.side_by_side(made), names="")
        _against(made, valid)
    if made.baselines:
        st.header("Beside ways without a solver")
        chart = compared.gains_chart(made)
        st.markdown(letters(chart.headline))
        picture(chart, "gains", alone=True)
        with st.expander("In words"):
            st.markdown("\n".join(f"- {letters(g['sentence'])}" for g in made.gains()))


def _stacked(draft: Draft, names: list[str]) -> str:
    """Scenarios that are to be applied on each other, as one name; "" where none are."""
    if len(names) < 2:
        return ""
    with st.popover("Stack scenarios", type="tertiary", help="Several scenarios at once, as one more column"):
        key = f"stack-{draft.id}-{len(names)}"
        together = st.multiselect("Applied together, in this order", names, key=key, placeholder="Choose two or more")
        st.caption("Where two change one cell, the later one counts on top of the earlier one.")
    return STACK.join(together) if len(together) > 1 else ""


def _against(made: Comparison, wanted: list[str]) -> None:
    chosen = wanted[0]
    if len(wanted) > 1:
        chosen = st.segmented_control(
            "Against the base", wanted, default=wanted[0], required=True, key=f"against-{hash(tuple(wanted)) % 10**8}",
            format_func=letters,
        ) or wanted[0]  # fmt: skip
    base, other = made.plans[BASE], made.plans[chosen]
    if base.has_plan and other.has_plan:  # how many get more and less; the awards below show who
        st.markdown(letters(compared.moved_chart(base, other, "Base", chosen).headline))
        _pictures(base, other, chosen)
    else:
        st.markdown(" ".join(letters(d.sentence) for d in made.of(chosen)[:1]))
    with st.container(border=True, key="card-cause"):
        _inputs(made, chosen)
    listed = made.of(chosen)
    table(
        "differences",
        [{"Of": d.of, "Difference": d.sentence, "Cause": d.cause} for d in listed],
        title="Every difference",
    )


def _pictures(base: Plan, other: Plan, chosen: str) -> None:
    """Awards before and after, and the way from one impact to the other."""
    awards = compared.award_chart(base, other, "Base", chosen)
    if not awards.table:
        return
    steps = compared.impact_chart(base, other, "Base", chosen)
    left, right = st.columns([54, 46], gap="medium")
    with left:
        st.header(letters(f"Award: base → {chosen}"))
        picture(awards, "compare-awards")
    with right:
        st.header("Where the impact comes from and goes")
        if steps.table:
            picture(steps, "compare-impact")
        else:
            st.markdown(letters(steps.headline))


def _inputs(made: Comparison, chosen: str) -> None:
    """What differs in the inputs, and the causes that were found."""
    inputs, reasons = made.inputs[chosen], compared.reasons(made.of(chosen))
    currency = made.case.settings.currency
    left, right = st.columns(2, gap="medium") if reasons else (st.container(), None)
    with left:
        st.markdown("**What differs in the inputs**")
        st.markdown("\n".join(f"- {letters(d.sentence(currency))}" for d in inputs[:INPUTS]) or "Nothing.")
        if len(inputs) > INPUTS:
            st.caption(f"and {len(inputs) - INPUTS} more cells")
    if right is not None:
        with right:
            st.markdown("**Why**")
            for cause in dict.fromkeys(cause for _, cause in reasons):
                st.markdown("\n".join(f"- {letters(said)}" for said, why in reasons if why == cause))
                st.caption(letters(cause))
