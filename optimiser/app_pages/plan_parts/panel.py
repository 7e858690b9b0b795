"""The initiative that is chosen: what it got beside last year, why, what would change it, its money and its people."""

from __future__ import annotations

from functools import partial

import streamlit as st

from optimiser.analysis.reasons.answers import INITIATIVE, KINDS
from optimiser.analysis.reasons.reason import Reason
from optimiser.app_pages.shell import boxes, session
from optimiser.app_pages.shell.asking import answer, known
from optimiser.app_pages.shell.page_tables import text_table
from optimiser.app_pages.shell.picture import picture
from optimiser.app_pages.shell.text import letters
from optimiser.app_pages.what_if import TRY
from optimiser.app_pages.what_if_parts import tried
from optimiser.app_pages.why_parts import holds_back
from optimiser.case import impact
from optimiser.case.readable import capital
from optimiser.desk import questions
from optimiser.desk.state import Draft
from optimiser.plan.derive import NOT_FUNDED, TOGETHER
from optimiser.plan.tables import Plan
from optimiser.report import words
from optimiser.report.charts import one_initiative as one_of
from optimiser.report.charts.drawing import Chart
from optimiser.store.committee import comments

_TONES = {"good": "green", "part": "blue", "none": "gray"}


def card(plan: Plan, key: str) -> None:
    """What there is to say of it, the reason first."""
    one, draft = one_of.initiative(plan, key), session.draft()
    currency = plan.case.settings.currency
    label, tone = one_of.badge(one)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.header(letters(one.name), width="content")
        st.badge(letters(label), color=_TONES[tone])  # type: ignore[arg-type]
    about = [
        one.key if one.key != one.name else "",
        one.theme,
        one.area,
        f"led by {one.lead}" if one.lead else "",
        f"score {words.number(one.score)}",
        one.periods,
    ]
    st.caption(letters(" · ".join(a for a in about if a)))
    got, brings = one_of.beside_last_year(one, currency), one_of.brings(one, impact.unit(plan.case))
    st.markdown(f"**{letters(got)}.** {letters(brings)}")
    reason = _reason(draft, plan, one)
    _actions(draft, plan, one.key)
    if reason is not None and reason.would_change:
        _levers(plan, one, reason)
    if one.money:
        _bars("Money", one_of.money_chart(plan, one), f"money-{key}")
    if one.people:
        _bars("People", one_of.people_chart(one), f"people-{key}")
    elif one.needed and one.state == NOT_FUNDED:
        st.markdown(f"**People** · it would need {words.fte(round(one.needed, 1))}")
    if one.outcomes:
        listed = [f"{name} {words.number(got)} of {words.number(full)}" for name, got, full in one.outcomes]
        st.markdown(f"**Outcomes** · {letters('; '.join(listed))}")


def _reason(draft: Draft, plan: Plan, one: one_of.Initiative) -> Reason | None:
    """Why it got that; None while it is looked for, and where only who sees the whole case may know."""
    if not draft.whole or one.state == TOGETHER:
        return None
    every = known(("each", plan.case.sha256))
    found: Reason | None = next((r for r in every or () if r.initiative == one.key), None)
    if found is None:
        key, look = ("reason", plan.case.sha256, one.key), partial(questions.asked, plan, INITIATIVE, one.key)
        told = answer(key, "Looking why", look, (), f"reason-{one.key}", so_far=_say)
        found = told if isinstance(told, Reason) else None
    if found is not None:
        _say(found)
    return found


def _say(reason: Reason) -> None:
    """What is known of it, also before every change is tried."""
    st.markdown(letters(reason.sentence))


def _levers(plan: Plan, one: one_of.Initiative, reason: Reason) -> None:
    """What would change it: each was tried by solving."""
    rows = [
        {
            "What would change it": capital(claim.words, plan.case.facts.small_names),
            "Then": f"{words.money_short(claim.award_after, plan.case.settings.currency)}, {words.percent(round(claim.level_after, 2))}",
            "Who grants it": claim.grantors[0].who if claim.grantors else "",
        }
        for claim in reason.would_change
    ]
    text_table(rows, f"What would change {one.name}")


def _actions(draft: Draft, plan: Plan, key: str) -> None:
    """What can be done about an initiative, and the open notes on it."""
    record = next((r for r in draft.records("Initiatives") if r.values.get("initiative") == key), None)
    if record is None:
        return
    for one in comments.listed(session.db(), session.actor(), draft.id, INITIATIVE, key):
        if one.done is None:
            st.markdown(f":gray[{letters(one.person)}, {session.clock(one.at)}]  \n{letters(one.text)}")
    pages = st.session_state["pages"]
    with st.container(horizontal=True, key="panel-actions"):
        if draft.whole:
            if st.button("Why", key=f"who-why-{key}", help="All that was found about it, on the page Why"):
                st.session_state["why-ask"] = (KINDS[INITIATIVE], key)
                st.session_state["why-part"] = holds_back.ASK
                st.switch_page(pages["Why"])
            if st.button("What if", key=f"who-what-if-{key}", help="Fund it in any case, and see who pays for it"):
                tried.want(plan, key)
                st.session_state["what-if-part"] = TRY
                st.switch_page(pages["What if"])
        lock = draft.editable and st.button("Lock", key=f"who-lock-{key}", help="Hold it at an amount, in or out")
        note = st.button("Note", key=f"who-note-{key}", help="Notes on it stand here and beside its row")
        form = st.button("Its inputs", key=f"who-form-{key}")
    if lock or note or form:
        boxes.go("Initiatives", record.number, boxes.LOCKS if lock else boxes.NOTES if note else boxes.FORM)
        if lock:
            boxes.show("lock", key)
        st.switch_page(pages["Inputs"])


def _bars(title: str, chart: Chart, key: str) -> None:
    st.markdown(f"**{letters(title)}** · {letters(chart.headline)}")
    picture(chart, key, alone=True, still=True)
