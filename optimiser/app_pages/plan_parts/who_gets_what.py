"""Who gets what: every initiative in a table, and the chosen one beside it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from optimiser.app_pages.shell import boxes, session
from optimiser.app_pages.shell.picture import picture
from optimiser.app_pages.shell.text import letters
from optimiser.case import impact
from optimiser.plan.derive import IN_FULL, IN_PART, NOT_FUNDED, TOGETHER
from optimiser.plan.tables import Plan
from optimiser.report import words
from optimiser.report.charts import one_initiative as card
from optimiser.report.charts.drawing import Chart
from optimiser.store.committee import comments

_TONES = {"good": "green", "part": "blue", "none": "gray"}


def part(plan: Plan) -> None:
    """Table and card."""
    left, right = st.columns([60, 40], gap="medium")
    with left:
        shown = _filtered(plan)
        chosen = _table(plan, shown)
    with right, st.container(border=True, key="card-initiative"):
        if chosen:
            _card(plan, chosen)
        else:
            st.markdown("No initiative fits. Choose another filter.")


def _filtered(plan: Plan) -> pd.DataFrame:
    awards = plan.award.sort_values(["award", "level", "request", "initiative"], ascending=[False, False, False, True])
    counts = awards["state"].value_counts()
    labels = {IN_FULL: "In full", IN_PART: "In part", NOT_FUNDED: "Not funded"}
    with st.container(horizontal=True, vertical_alignment="center"):
        states = st.pills(
            "Show",
            [s for s in labels if counts.get(s, 0)],
            selection_mode="multi",
            key="who-states",
            label_visibility="collapsed",
            format_func=lambda s: f"{labels[s]} {counts[s]}",
        )
        st.space("stretch")
        wanted = st.text_input(
            "Find an initiative",
            placeholder="Find an initiative",
            key="who-find",
            label_visibility="collapsed",
            width=220,
        )
    if states:
        awards = awards[awards["state"].isin(states)]
    if wanted:
        hit = (
            awards[["initiative", "name", "theme"]]
            .apply(lambda c: c.str.contains(wanted, case=False, regex=False))
            .any(axis=1)
        )
        awards = awards[hit]
    return awards


def _table(plan: Plan, awards: pd.DataFrame) -> str:
    if not len(awards):
        return ""
    facts = plan.case.facts
    active = {k: max(1, int(n)) for k, n in zip(facts.names["initiative"], facts.active_periods, strict=True)}
    keys = awards["initiative"].tolist()
    shown = pd.DataFrame(
        {
            "Initiative": awards["name"].tolist(),
            "Award": awards["award"].tolist(),
            "Of full scope": [
                None if state == TOGETHER else _percent(level)
                for level, state in zip(awards["level"], awards["state"], strict=True)
            ],
            "People": [people / active[k] for people, k in zip(awards["people"], keys, strict=True)],
            "Impact": awards["impact"].tolist(),
        }
    )
    picked = st.dataframe(
        shown,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row-required",
        key=f"who-{plan.case.sha256[:8]}-{hash(tuple(keys)) % 10**8}",
        height=min(36 * (len(shown) + 1) + 2, 900),
        row_height=36,
        alt="Award, level, people and impact of every initiative, the largest award first",
        column_config={
            "Initiative": st.column_config.TextColumn(width=200),
            "Award": st.column_config.NumberColumn(format=_money_format(plan), width=82),
            "Of full scope": st.column_config.ProgressColumn(
                format="%d%%",
                min_value=0,
                max_value=100,
                width=104,
                help="Level: the share of its full scope that is delivered.",
            ),
            "People": st.column_config.NumberColumn(
                "FTE", format="%.1f", width=60, help="On average over the periods in which it runs."
            ),
            "Impact": st.column_config.NumberColumn(
                format="%.1f", width=62, help="Points that it adds to the impact of the plan."
            ),
        },
    )
    rows = picked["selection"]["rows"] if picked else []
    at = rows[0] if rows and rows[0] < len(keys) else 0
    return str(keys[at])


def _percent(level: float) -> int:
    """A level in whole percent: never 100 for what is less, nor 0 for what is more."""
    whole = round(level * 100)
    return min(whole, 99) if level < 1 - 1e-6 and whole >= 100 else max(whole, 1) if level > 1e-9 else 0


def _money_format(plan: Plan) -> str:
    symbol = words.SYMBOLS.get(plan.case.settings.currency.upper(), "")
    return f"{symbol}%,.2f" if plan.case.settings.rounding == 0.01 else f"{symbol}%,.0f"


def _card(plan: Plan, key: str) -> None:
    one = card.initiative(plan, key)
    currency = plan.case.settings.currency
    label, tone = card.badge(one)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader(letters(one.name), width="content")
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
    st.markdown(letters(card.sentence(one, currency, impact.unit(plan.case))))
    if one.money:
        _bars("Money", card.money_chart(plan, one), f"money-{key}")
    if one.people:
        _bars("People", card.people_chart(one), f"people-{key}")
    elif one.needed and one.state == NOT_FUNDED:
        st.markdown(f"**People** · it would need {words.fte(round(one.needed, 1))}")
    if one.outcomes:
        listed = [f"{name} {words.number(got)} of {words.number(full)}" for name, got, full in one.outcomes]
        st.markdown(f"**Outcomes** · {letters('; '.join(listed))}")
    _actions(one.key)


def _actions(key: str) -> None:
    """What can be done about an initiative, and the open notes on it."""
    draft = session.draft()
    record = next((r for r in draft.records("Initiatives") if r.values.get("initiative") == key), None)
    if record is None:
        return
    for one in comments.listed(session.db(), session.actor(), draft.id, "initiative", key):
        if one.done is None:
            st.markdown(f":gray[{letters(one.person)}, {session.clock(one.at)}]  \n{letters(one.text)}")
    with st.container(horizontal=True):
        lock = draft.editable and st.button("Lock", key=f"who-lock-{key}", help="Hold it at an amount, in or out")
        note = st.button("Note", key=f"who-note-{key}", help="Notes on it stand here and beside its row")
        form = st.button("Its inputs", key=f"who-form-{key}", type="tertiary")
    if lock or note or form:
        boxes.go("Initiatives", record.number, boxes.LOCKS if lock else boxes.NOTES if note else boxes.FORM)
        if lock:
            boxes.show("lock", key)
        st.switch_page(st.session_state["pages"]["Inputs"])


def _bars(title: str, chart: Chart, key: str) -> None:
    st.markdown(f"**{title}** · {letters(chart.headline)}")
    picture(chart, key, alone=True, still=True)
