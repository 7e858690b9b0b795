"""A frontier on a page: its picture, the choice of a point by click or by list, and the scenario that a point makes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from optimiser.app_pages.shell import session
from optimiser.app_pages.shell.asking import answer
from optimiser.app_pages.shell.picture import picture, table
from optimiser.app_pages.shell.text import letters
from optimiser.case import tolerances
from optimiser.case.case import Case
from optimiser.desk import questions
from optimiser.desk.state import Draft
from optimiser.report import words
from optimiser.report.charts import trading as trades
from optimiser.report.charts.trading import TradePoint
from optimiser.solvers.solution import SolverError

POINTS = 9
"""Points of a case with switches; each is solved by itself."""
Row = dict[str, str]


def traded(case: Case, against: str) -> list[TradePoint] | None:
    """Points of impact against another objective; None while they are looked for."""
    look = partial(questions.traded, case, "impact", against, POINTS)
    found = answer(
        ("trade", case.sha256, against), f"Finding what more {against} costs", look, (ValueError, SolverError), "trade"
    )
    return None if found is None else trades.thinned(trades.traded(found, case))


def objective_change(spot: TradePoint, against: str) -> list[Row]:
    """The change that makes a point the plan: so much of the impact may be given up for the other objective."""
    share = f" within {spot.given * 100:.9g}%" if spot.given > tolerances.SAME else ""
    where = {"sheet": "Case", "where": "setting = objective", "column": "value"}
    return [where | {"change": f"= impact{share} > {against}"}]


def objective_name(spot: TradePoint, against: str) -> str:
    """Such a change as the name of a scenario."""
    if spot.given <= tolerances.SAME:
        return f"More {against} at no cost"
    return f"{words.percent(spot.given)} of impact for {against}"


def choose(
    draft: Draft, spots: Sequence[TradePoint], titles: tuple[str, str], key: str,
    rows: Callable[[TradePoint], list[Row]], name: Callable[[TradePoint], str],
) -> None:  # fmt: skip
    """The picture, the chosen point in words, and the button that makes it a scenario. titles: of x and y."""
    chart = trades.chart(spots, *titles)
    picked = picture(chart, f"way-{key}", alone=True, clicks=True)
    points = [p.get("customdata") for p in (picked or {}).get("selection", {}).get("points", [])]
    place = next((int(p[0] if isinstance(p, list) else p) for p in points if p is not None), None)
    chosen_key = f"point-{key}"
    if place is not None and st.session_state.get(f"clicked-{key}") != place:
        st.session_state[chosen_key] = place
        st.session_state[f"clicked-{key}"] = place
    default = next((k for k, s in enumerate(spots) if s.knee), len(spots) // 2)
    if st.session_state.get(chosen_key) not in range(len(spots)):
        st.session_state[chosen_key] = default
    with st.container(horizontal=True, vertical_alignment="bottom"):
        at = st.selectbox(
            "Point (or click one in the picture)", range(len(spots)), key=chosen_key, width=520,
            format_func=lambda k: spots[k].said,
        )  # fmt: skip
        spot = spots[at]
        if st.button("Make it a scenario", type="primary", key=f"make-{key}"):
            session.keep_scenario(draft, name(spot), rows(spot), spot.said)
    given = f"It gives up {words.percent(spot.given)} of the best impact." if spot.given > tolerances.SAME else ""
    if given:
        st.caption(letters(given))
    table(f"way-{key}", chart.table)
