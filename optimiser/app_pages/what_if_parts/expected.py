"""Uncertainty, the re-plan of the year, and what earlier years say: parts of What if that rest on sheets of their own."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from optimiser.analysis.replanning.replan import Replan
from optimiser.analysis.uncertain.history import SCENARIO, History, Response
from optimiser.app_pages.shell import boxes, session
from optimiser.app_pages.shell.asking import answer
from optimiser.app_pages.shell.picture import picture
from optimiser.app_pages.shell.text import letters
from optimiser.case.case import Case
from optimiser.desk import questions
from optimiser.desk.state import Draft
from optimiser.model.rules.nouns import shown
from optimiser.plan.tables import Plan
from optimiser.report import words
from optimiser.report.charts import curves
from optimiser.report.charts import over_draws as drawn
from optimiser.report.documents.replan_text import COUNTS_ON, unkept

DEVIATIONS = 6
LACKING = {
    "Uncertainty": (
        "Nothing is marked as uncertain yet",
        "Say on the sheet Uncertainty how low and how high a score, a request, a fund or staff may turn out.",
    ),
    "Actuals": (
        "Nothing is spent yet, so there is nothing to plan again",
        "Enter what is spent and delivered on the sheet Actuals; then the rest of the year is planned again.",
    ),
    "History": (
        "There are no earlier years yet",
        "Enter on the sheet History what earlier years paid and achieved; curves are then drawn through them.",
    ),
}
"""Sheets on which a part rests: what is said where one is empty, and how it begins."""


# -- uncertainty ------------------------------------------------------------------------------------------------------


def uncertain(draft: Draft, plan: Plan, head: Any) -> None:
    """How the plan fares over draws of what is not sure, and plans made for the average and the worst of them."""
    case = plan.case
    if _lacks(case, "Uncertainty", head):
        return
    if not plan.has_plan:
        head.title("There is no plan whose outlook could be drawn")
        return
    head.title("Drawing what may happen")

    aims = ("average", "worst") if st.session_state.get(f"others-{case.sha256[:8]}") else ()

    look = partial(questions.outlook, case, aims)
    key = ("uncertainty", case.sha256, aims)
    doing = "Looking for plans that fare better" if aims else "Solving over the draws"
    found = answer(key, doing, look, questions.UNANSWERED, "uncertainty")
    if found is None:
        return
    chart = drawn.over_draws(found)
    head.title(letters(chart.headline))
    picture(chart, "over-draws")
    st.markdown("\n".join(f"- {letters(line)}" for line in found.sentences()))
    if not aims:
        st.button(
            "Look for plans that fare better on average and in the worst draws", key="look-others",
            on_click=lambda: st.session_state.update({f"others-{case.sha256[:8]}": True}),
            help="Each is solved over many draws at once; that can take some minutes, in the background.",
        )  # fmt: skip
    st.caption(
        "Each draw takes every uncertain number at random from its range; all plans are held against the same draws."
    )


# -- the re-plan ------------------------------------------------------------------------------------------------------


def year(draft: Draft, plan: Plan, head: Any) -> None:
    """The rest of the year, decided again from what is spent and delivered to date."""
    case = plan.case
    if _lacks(case, "Actuals", head):
        return
    if not plan.has_plan:
        head.title("There is no approved plan to go on from")
        return
    head.title("Planning the rest of the year")

    look = partial(questions.rest_of_year, case, plan)
    found = answer(("replan", case.sha256), "Planning the rest of the year", look, questions.UNANSWERED, "replan")
    if found is None:
        return
    head.title(letters(drawn.moves_headline(found)))
    for title, sentences in unkept(found):
        st.warning(letters(f"{title}:") + "\n" + "\n".join(f"- {letters(sentence)}" for sentence in sentences))
    if found.unkeepable:
        st.caption(COUNTS_ON)
    left, right = st.columns([60, 40], gap="medium")
    with left:
        st.header("Who gets more or less than approved")
        if found.moves:
            picture(drawn.moves(found), "replan-moves", "Every move as a table")
        else:
            st.markdown("Nobody: what was approved stays the best.")
    with right, st.container(border=True, key="card-replan"):
        _so_far(found)


def _so_far(found: Replan) -> None:
    st.markdown(f"**Up to {letters(found.through)}**")
    listed = sorted(found.deviations, key=lambda d: (d.what != "money", -abs(d.difference)))
    st.markdown("\n".join(f"- {letters(d.sentence)}" for d in listed[:DEVIATIONS]) or "Everything went as planned.")
    if len(listed) > DEVIATIONS:
        with st.expander(f"{len(listed) - DEVIATIONS} smaller ones"):
            st.markdown("\n".join(f"- {letters(d.sentence)}" for d in listed[DEVIATIONS:]))
    if found.approvals:
        facts, currency = found.plan.case.facts, found.plan.case.settings.currency
        st.markdown("**Approvals it needs**")
        st.markdown("\n".join(
            f"- {letters(f'{fund} for {initiative}: {words.money_change(a.change, currency)}, by {a.by}')}"
            for a in found.approvals
            for fund, initiative in [(shown(facts, "fund", a.fund), shown(facts, "initiative", a.initiative))]
        ))  # fmt: skip
    for line in (*(t.sentence for t in found.transfers if t.money > 0), *found.notes):
        st.caption(letters(line))


# -- earlier years ----------------------------------------------------------------------------------------------------


def past(draft: Draft, plan: Plan, head: Any) -> None:
    """What earlier years paid and achieved, the curves through them, and these as a scenario."""
    case = plan.case
    if _lacks(case, "History", head):
        return

    look = partial(questions.earlier_years, case)
    found = answer(("history", case.sha256), "Reading the earlier years", look, questions.UNANSWERED, "history")
    if found is None:
        head.title("Reading the earlier years")
        return
    head.title(letters(past_headline(found)))
    names = case.called("Initiatives")
    listed = sorted(
        found.responses, key=lambda r: (r.status != "curve", names.get(r.initiative, r.initiative), r.outcome)
    )
    at = st.selectbox(
        "Initiative and outcome", range(len(listed)), key=f"past-{case.sha256[:8]}", width=520,
        format_func=lambda k: f"{names.get(listed[k].initiative, listed[k].initiative)}: {listed[k].outcome}",
    )  # fmt: skip
    _response(listed[at], case.settings.currency)
    if found.curves:
        count = len(found.curves)
        many = "the curve" if count == 1 else f"all {count} curves"
        if st.button(f"Make {many} a scenario", type="primary", key="make-history"):
            session.keep_scenario(draft, SCENARIO.capitalize(), found.rows(), "from the sheet History")


def past_headline(found: History) -> str:
    """For how many initiatives and outcomes the years say something."""
    count, every = len(found.curves), len(found.responses)
    if not count:
        return "Earlier years are too few or too alike to draw a curve"
    return f"Earlier years give a curve for {count} of {every} outcomes" if every > 1 else "Earlier years give a curve"


def _response(r: Response, currency: str) -> None:
    left, right = st.columns([64, 36], gap="medium")
    with left:
        picture(curves.response(r, currency), "response")
    with right, st.container(border=True, key="card-response"):
        st.markdown("**What the years say**")
        for line in r.sentences:
            st.markdown(letters(line))
        if r.at_full is not None:
            st.markdown(letters(_full(r)))


def _full(r: Response) -> str:
    said = f"At full scope it achieves {words.number(r.at_full or 0.0)}"
    if r.at_full_low is not None and r.at_full_high is not None:
        said += f" ({words.number(r.at_full_low)} to {words.number(r.at_full_high)})"
    return said + (f"; the case says {words.number(r.stated)}." if r.stated is not None else ".")


def _lacks(case: Case, sheet: str, head: Any) -> bool:
    """Whether a part has nothing to rest on, which is said, with the way to its sheet."""
    if len(case.tables[sheet]):
        return False
    head.title(LACKING[sheet][0])
    st.markdown(LACKING[sheet][1])
    if st.button(f"Open the table {letters(sheet)}", type="primary", key=f"open-{sheet}"):
        boxes.to_table(sheet)
    return True
