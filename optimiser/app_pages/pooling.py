"""Pooling: what each agency puts in, gets out and would have alone, who would leave, and what more fairness costs."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from optimiser.analysis.together.pooling import Pooling
from optimiser.app_pages.shell import parts, session
from optimiser.app_pages.shell.asking import answer
from optimiser.app_pages.shell.page_tables import money_column, number_column
from optimiser.app_pages.shell.picture import picture
from optimiser.app_pages.shell.text import letters
from optimiser.app_pages.what_if_parts import points
from optimiser.case import impact
from optimiser.desk import questions
from optimiser.desk.state import Draft
from optimiser.plan.tables import Plan
from optimiser.report.charts import coalitions as pooled
from optimiser.report.charts import trading as trades
from optimiser.report.charts.drawing import Digits
from optimiser.solvers.solution import SolverError

GAINS, FAIRNESS = "What each gains", "The price of fairness"


def page() -> None:
    """The page."""
    draft = session.draft()
    plan = session.plan_or_title(draft)
    if plan is None:
        return
    head = st.empty()
    part = parts.chosen("pooling", (GAINS, FAIRNESS))
    if part == FAIRNESS:
        _fairness(draft, plan, head)
    else:
        _gains(plan, head)
    st.caption(letters(impact.meaning(plan.case)))


def _gains(plan: Plan, head: Any) -> None:
    case = plan.case
    head.title("Working out what pooling is worth")
    look = partial(questions.pool, case)
    left, right = st.columns(2, gap="medium")
    with left:
        st.header("What each would achieve alone, and in the pool")
        key, doing = ("pooling", case.sha256), "Solving what every group of agencies achieves by itself"
        found = answer(key, doing, look, (SolverError, ValueError), "pooling")
        if found is not None:
            head.title(letters(pooled.headline(found, impact.unit(case))))
            _alone(plan, found)
    listed = pooled.flows(plan) if plan.has_plan else []
    with right:
        st.header("Money: what each puts in, and what it receives")
        _money(plan, listed)
    if found is not None:
        st.header("Does any group do better by leaving?")
        st.markdown(letters(pooled.finding(found, impact.unit(case))))
        said = {share.sentence for share in found.shares}
        st.markdown("\n".join(f"- {letters(line)}" for line in found.sentences[1:] if line not in said))
    _figures(plan, found, listed)


def _alone(plan: Plan, found: Pooling) -> None:
    of = impact.title(plan.case)
    picture(pooled.alone_chart(found, plan.case), "pool-alone")
    off = "" if found.exact else " The orders were sampled, so these are estimates."
    st.caption(
        f"Impact, in {letters(of)}. In the pool: an agency's average contribution over every order in which agencies could have "
        f"joined (Shapley share).{off}"
    )


def _money(plan: Plan, listed: list[pooled.AgencyFlow]) -> None:
    if not listed or not any(f.puts_in or f.receives for f in listed):
        st.markdown("No money is paid in or received." if plan.has_plan else "No plan is possible, so nobody receives.")
        return
    picture(pooled.money_chart(listed, plan.case), "pool-money")
    st.caption(
        "Of the plan on show. Receiving less than one pays in is no loss: the left picture counts what it achieves."
    )


def _figures(plan: Plan, found: Pooling | None, listed: list[pooled.AgencyFlow]) -> None:
    st.header("In figures")
    rows = pooled.table(found, listed, impact.title(plan.case))
    config: dict[str, Any] = {c: money_column(plan) for c in ("Puts in", "Receives")}
    written = pooled.digits(found)
    of = impact.title(plan.case)
    config |= dict.fromkeys((f"Alone, {of}", f"In the pool, {of}", "Give or take"), number_column(written))
    config["Releases, FTE"] = number_column(Digits())
    gain = f"Gain, {of}"
    gains = [float(r[gain]) for r in rows if gain in r]
    if gains and min(gains) >= 0 and max(gains) > 0:
        config[gain] = st.column_config.ProgressColumn(
            format=f"+{written.format}", min_value=0.0, max_value=max(gains), help="In the pool, less alone."
        )
    config[f"By prices, {of}"] = st.column_config.NumberColumn(
        format=written.format,
        help="What its money and people are worth at the prices of the whole, and its part of what these leave over: "
        "divided so that no group gains by leaving, where that is possible.",
    )
    st.dataframe(pd.DataFrame(rows), hide_index=True, column_config=config, key="pool-figures", height="content")


def _fairness(draft: Draft, plan: Plan, head: Any) -> None:
    head.title("Finding what more fairness costs")
    if not plan.has_plan:
        head.title(letters(f"Nothing can be divided: {plan.why_none}"))
        return
    ratios = pooled.ratio_chart(pooled.flows(plan))
    if not ratios.table:
        head.title("No agency pays in, so there is nothing to be fair about")
        return
    spots = points.traded(plan.case, "fairness")
    left, right = st.columns([36, 64], gap="medium")
    with left:
        st.header("Received for each 1 paid in")
        picture(ratios, "pool-ratio")
        st.caption("Of the plan on show, the least first. Fairness raises the least of them first.")
    with right:
        st.header("What more fairness costs in impact")
        if spots is None:
            return
        head.title(letters(trades.headline(spots, "fairness")))
        st.markdown(letters(trades.free(spots, "fairness")))
        if len(spots) > 1:
            points.choose(
                draft, spots, ("The least that an agency receives for each 1 it pays in", f"Impact, {impact.title(plan.case)}"),
                f"fairness-{plan.case.sha256[:8]}",
                lambda s: points.objective_change(s, "fairness"), lambda s: points.objective_name(s, "fairness"),
            )  # fmt: skip


if __name__ == "__main__":
    page()
