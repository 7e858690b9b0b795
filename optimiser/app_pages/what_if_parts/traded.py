"""Trade-off: what more of one thing costs in another, with the knee and the plan on show, and a scenario for each point."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import streamlit as st

from optimiser.analysis.limits.cell import Cell
from optimiser.analysis.limits.money import FundAmount
from optimiser.analysis.what_if.frontier import present
from optimiser.app_pages.shell.asking import answer
from optimiser.app_pages.shell.text import letters
from optimiser.app_pages.what_if_parts import points
from optimiser.case import impact
from optimiser.case.case import Case
from optimiser.case.readable import capital
from optimiser.case.selection import quoted
from optimiser.desk import questions
from optimiser.desk.state import Draft
from optimiser.plan.tables import Plan
from optimiser.report.charts import trading as trades

REACH = 0.5
"""A limit is followed from so much less to so much more, as a share."""
TITLES = {
    "fairness": "The least that an agency receives for each 1 it pays in",
    "coverage": "Need of areas that stays uncovered",
    "stability": "Money that differs from last year's awards",
    "thrift": "Money spent",
}


def part(draft: Draft, plan: Plan, head: Any) -> None:
    """The choice of what is traded, and its frontier. head: where the headline stands."""
    case = plan.case
    head.title("What one thing costs in another")
    against = list(objectives(case))
    choices: list[str | Cell] = [*against, *limits(case)]
    if not choices:
        st.markdown("The case has no second objective, fund or rule to trade impact for.")
        return
    chosen = st.selectbox(
        "Impact against", choices, key=f"trade-{case.sha256[:8]}", width=520,
        format_func=lambda c: f"{capital(c)}: {trades.AGAINST[c]}" if isinstance(c, str) else trades.limit_name(case, c),
    )  # fmt: skip
    if isinstance(chosen, str):
        spots = points.traded(case, chosen)
        if spots is None:
            return
        head.title(letters(trades.headline(spots, chosen)))
        st.markdown(letters(trades.free(spots, chosen)))
        if len(spots) > 1:
            points.choose(
                draft, spots, (TITLES[chosen], f"Impact, {impact.title(case)}"), f"{chosen}-{case.sha256[:8]}",
                lambda s: points.objective_change(s, chosen), lambda s: points.objective_name(s, chosen),
            )  # fmt: skip
        elif spots:
            st.markdown("One plan is the best in both, so nothing needs to be given up.")
        else:
            st.markdown("There is no plan to trade anything in. The page Why says why, and what would cure it.")
        return
    _limit(draft, case, chosen, head)


def objectives(case: Case) -> Iterator[str]:
    """Objectives for which the case has the figures."""
    tables = case.tables
    if len(tables["Contributions"]):
        yield "fairness"
    if len(tables["Areas"]) and (tables["Areas"]["need"] > 0).any():
        yield "coverage"
    if (tables["Initiatives"]["baseline"] > 0).any():
        yield "stability"
    yield "thrift"


def limits(case: Case) -> Iterator[Cell]:
    """Amounts of funds, and the numbers of active rules, that can be moved."""
    rules = case.tables["Rules"]
    for rule, active in zip(rules["rule"].tolist(), rules["active"].tolist(), strict=True):
        for column in ("at_least", "at_most") if active else ():
            limit = Cell("Rules", f"rule = {quoted(rule)}", column)
            if present(case, limit) is not None:
                yield limit
    for fund in case.tables["Funds"]["fund"].tolist():
        limit = FundAmount.at(fund=fund)
        if present(case, limit):
            yield limit


def reach(case: Case, limit: Cell) -> tuple[float, float]:
    """From where to where a limit is followed: half less and half more, a share at most to 1."""
    now = present(case, limit) or 0.0
    low, high = now * (1 - REACH), now * (1 + REACH)
    if limit.number(case).is_share:
        low, high = max(0.0, low), min(1.0, high or 0.2)
    return (low, high) if high > low else (0.0, max(1.0, 2 * abs(now)))


def _limit(draft: Draft, case: Case, limit: Cell, head: Any) -> None:
    low, high = reach(case, limit)

    look = partial(questions.followed, case, limit, low, high, points.POINTS)
    name = trades.limit_name(case, limit)
    key = ("frontier", case.sha256, limit, low, high)
    found = answer(key, f"Following {name}", look, questions.UNANSWERED, "trade")
    if found is None:
        return
    spots = trades.thinned(trades.swept(case, found, limit))
    head.title(letters(trades.swept_headline(case, spots, limit)))
    if found.note:
        st.caption(letters(found.note))
    if len(spots) < 2:
        return
    unit = f"Impact, {impact.title(case)}" if found.objective == "impact" else found.objective.capitalize()
    points.choose(
        draft, spots, (name, unit), f"limit-{hash(key) % 10**8}",
        lambda s: [{k: str(v) for k, v in limit.change(s.x).items()}], lambda s: f"{name}: {s.x_text}",
    )  # fmt: skip
