"""What matters: each number of the case a tenth lower and higher, by itself, and where the plan begins to change."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from optimiser.analysis.limits.cell import Cell
from optimiser.analysis.what_if import tornado as verb
from optimiser.analysis.what_if.tornado import Bar
from optimiser.app_pages.shell import session
from optimiser.app_pages.shell.asking import answer
from optimiser.app_pages.shell.picture import picture
from optimiser.app_pages.shell.text import letters
from optimiser.case.case import Case
from optimiser.desk import questions
from optimiser.desk.state import Draft
from optimiser.plan.tables import Plan
from optimiser.report.charts import bars_of_tenths as drawn
from optimiser.report.charts.trading import limit_amount, limit_name
from optimiser.solvers.solution import SolverError

GROUPS: dict[str, Callable[[Cell], bool]] = {
    "Money": lambda limit: limit.sheet == "Funds",
    "People": lambda limit: limit.sheet == "Staff",
    "Rules": lambda limit: limit.sheet == "Rules",
    "Scores": lambda limit: limit.column == "score",
    "Priorities": lambda limit: limit.column == "priority",
}
"""Numbers that are tried together."""
FIRST = ("Money", "Rules")


def part(draft: Draft, plan: Plan, head: Any) -> None:
    """The bars, their break-even values, and a scenario for either end. head: where the headline stands."""
    case = plan.case
    if not plan.has_plan:
        head.title("There is no plan that a number could move")
        return
    head.title("Moving each number by a tenth")
    chosen = st.pills(
        "Numbers of", list(GROUPS), selection_mode="multi", default=FIRST, key=f"matters-of-{case.sha256[:8]}",
        label_visibility="collapsed",
    )  # fmt: skip
    if not chosen:
        head.title("Choose which numbers to move")
        return
    parts = [_bars(case, name) for name in GROUPS if name in chosen]
    if any(part is None for part in parts):
        return
    found = drawn.shown([bar for part in parts for bar in part or ()])
    head.title(letters(drawn.headline(case, found)))
    if not found:
        st.markdown("Each was tried a tenth lower and a tenth higher; the best plan has the same impact.")
        return
    st.markdown(
        "Each number by itself, the others as they are: what the best plan has more or less when it is a tenth lower or higher."
    )
    picture(drawn.chart(case, found), "tornado")
    _choose(draft, plan, found)


def _bars(case: Case, group: str) -> list[Bar] | None:
    """The largest bars of a group of numbers; None while they are looked for."""
    wanted = [limit for limit in verb.default_numbers(case) if GROUPS[group](limit)]

    look = partial(questions.bars, case, wanted)
    key = ("tornado", case.sha256, group)
    doing = f"Moving each number by a tenth: {group.lower()}"
    return answer(key, doing, look, (SolverError, ValueError), f"matters-{group[:5]}")


def _choose(draft: Draft, plan: Plan, found: list[Bar]) -> None:
    case = plan.case
    ends = [
        (b, v)
        for b in found
        for v, result in ((b.low, b.at_low), (b.high, b.at_high))
        if v != b.now and result is not None
    ]
    if not ends:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        at = st.selectbox(
            "Look at one of them", range(len(ends)), key=f"matters-{case.sha256[:8]}", width=520,
            format_func=lambda k: f"{limit_name(case, ends[k][0].limit)}: {limit_amount(case, ends[k][0].limit, ends[k][1])}",
        )  # fmt: skip
        bar, value = ends[at]
        said = f"{limit_name(case, bar.limit)}: {limit_amount(case, bar.limit, value)}"
        if st.button("Make it a scenario", type="primary", key="make-matters"):
            rows = [{k: str(v) for k, v in bar.limit.change(value).items()}]
            session.keep_scenario(draft, said, rows)
    _break_even(case, bar)


def _break_even(case: Case, bar: Bar) -> None:
    """Where the plan begins to change, of the number that is looked at."""

    look = partial(questions.break_even, case, bar.limit)
    key = ("break-even", case.sha256, bar.limit)
    exact = answer(key, "Finding where the plan begins to change", look, (SolverError, ValueError), "break-even")
    if exact:
        st.markdown(letters(f"The plan changes its pattern {drawn.break_even(case, exact[0])}."))
