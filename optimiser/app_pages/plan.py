"""Plan: who gets what, where money flows, where people go, funds by period."""

from __future__ import annotations

import streamlit as st

from optimiser.app_pages.plan_parts import of_changes, of_places, one_picture, who_gets_what
from optimiser.app_pages.shell import downloads, losers, parts, session
from optimiser.app_pages.shell.text import letters
from optimiser.case import impact
from optimiser.model.rules import rules_of, sentence
from optimiser.plan.tables import Plan
from optimiser.report import words
from optimiser.report.charts.headline import figures
from optimiser.report.status import badge

PARTS = {
    "Who gets what": who_gets_what.part,
    "What changes for whom": of_changes.part,
    "What agencies get": one_picture.agencies,
    "Where it lands": of_places.part,
    "Where money flows": one_picture.money,
    "Where people go": one_picture.people,
    "Funds by period": one_picture.funds,
}


def page() -> None:
    """The page."""
    draft = session.draft()
    plan = session.plan_or_title(draft)
    if plan is None:
        return
    st.title(letters(words.headline(plan).rstrip(".")))
    if not plan.has_plan:
        _without(plan)
        return
    _figures(plan)
    less = st.container()
    with st.container(horizontal=True, vertical_alignment="center"):
        part = parts.chosen("plan", PARTS)
        st.space("stretch")
        downloads.of_plan(draft, plan)
    if PARTS[part] is not of_changes.part:  # which begins with the same sentence
        with less:
            losers.who_changes(plan)
    PARTS[part](plan)
    st.caption(letters(impact.meaning(plan.case)))


def _figures(plan: Plan) -> None:
    """Five figures, from the same object as everything below."""
    f, currency = figures(plan), plan.case.settings.currency
    label, value = words.points_titled(f.impact, impact.unit(plan.case))
    with st.grid(5, min_column_width=170, gap="xsmall"):
        st.metric(
            letters(f"Money, of {words.money_short(f.money_total, currency)}"),
            letters(words.money_short(f.money, currency)),
            border=True,
        )
        st.metric(
            letters(f"People, {f.are_hired}" if f.are_hired else "People"),
            words.fte(f.people),
            border=True,
            help=letters(f"Staff at work, on average over the periods: {f.whose}."),
        )
        st.metric(
            letters(label),
            letters(value),
            border=True,
            help=f"{letters(impact.meaning(plan.case))} The best plan has the most.",
        )
        st.metric(
            "Rules kept",
            f"{f.kept} of {f.rules}" if f.rules else "no rules",
            border=True,
            help=f"{letters(words.rules_kept(plan))} {f.binding} of them leave no headroom." if f.rules else None,
        )
        st.metric("Answer", letters(badge(plan)), border=True, help=letters(words.quality(plan)))


def _without(plan: Plan) -> None:
    """What can be said of a case without a plan."""
    for warning in plan.case.warnings:
        st.markdown(f"- {letters(f'{warning.sheet} {warning.cell}: found {warning.found}; {warning.cure}')}")
    st.markdown(
        "Some of what must hold contradicts the rest: limits of funds, agencies and initiatives, or rules. The page Why "
        "names which, and the cheapest ways out."
        if plan.status == "infeasible"
        else "Give it more time (the setting `time_limit` on the sheet Case), or make the case smaller."
    )
    if plan.status == "infeasible":
        _must_hold(plan)
    with st.container(horizontal=True):
        if plan.status == "infeasible" and st.button("See why, and ways out", type="primary"):
            parts.to_page("Why")
        if st.button("See the rules"):
            parts.to_page("Rules")
        if st.button("Change the inputs"):
            parts.to_page("Inputs")


def _must_hold(plan: Plan) -> None:
    """The hard rules, which the page Rules switches."""
    hard = [rule for rule in rules_of(plan.case.facts) if rule.active and rule.hard]
    for rule in hard:
        st.markdown(
            f"- **{letters(rule.name)}.** {letters(sentence(plan.case.facts, rule))} "
            f":gray[{letters(f'{rule.authority} · {rule.set_by}')}]"
        )


if __name__ == "__main__":
    page()
