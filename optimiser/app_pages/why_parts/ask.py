"""Why one fund, agency, role, rule or initiative stands as it does: chosen by name, answered by solving."""

from __future__ import annotations

from functools import partial

import streamlit as st

from optimiser.analysis.limits.aspects import FUND
from optimiser.analysis.reasons.answers import INITIATIVE, KINDS, ItemAnswer, names, parts_in_words
from optimiser.analysis.reasons.reason import Reason
from optimiser.app_pages.shell.asking import answer, known
from optimiser.app_pages.shell.text import letters
from optimiser.desk import questions
from optimiser.plan.tables import Plan

ORDER = {kind: k for k, kind in enumerate((FUND, *(k for k in KINDS if k not in (FUND, INITIATIVE)), INITIATIVE))}
"""Funds first: what is left of them is what is asked most; initiatives have a part of their own."""


def _offered(plan: Plan) -> dict[tuple[str, str], str]:
    """(kind, key) -> what is shown of it."""
    listed = sorted(names(plan.case), key=lambda n: ORDER[n[0]])
    return {
        (KINDS[kind], key): f"{said} ({KINDS[kind]})" if said == key else f"{said} ({KINDS[kind]} {key})"
        for kind, key, said in listed
    }


def _chosen(plan: Plan) -> tuple[str, str]:
    offered = list(_offered(plan))
    found = st.session_state.get("why-ask")
    return found if found in offered else offered[0]


def _key(plan: Plan) -> tuple[str, ...]:
    return "ask", plan.case.sha256, *_chosen(plan)


def headline(plan: Plan) -> str:
    """The finding about what was asked, where it is there."""
    found: ItemAnswer | Reason | None = known(_key(plan))
    if found is None:
        return "Looking why"
    return found.headline.rstrip(".") if isinstance(found, ItemAnswer) else f"Why {found.name} gets what it gets"


def part(plan: Plan) -> None:
    """Something to choose, and why it stands as it does."""
    offered = _offered(plan)
    st.selectbox(
        "Ask about", list(offered), index=list(offered).index(_chosen(plan)), format_func=lambda k: offered.get(k, str(k)),
        key="why-ask", help="A fund, an agency, a role, a rule or an initiative: type a part of its name.", width=420,
    )  # fmt: skip
    of, item = _chosen(plan)
    look = partial(questions.asked, plan, of, item)
    found = answer(_key(plan), f"Looking why {item} stands as it does", look, (), "ask")
    if found is None:
        return
    if isinstance(found, Reason):
        st.markdown(letters(found.sentence))
        return
    parts = parts_in_words(found, plan.case.settings.currency)
    if parts:
        st.markdown("\n".join(f"- {letters(line)}" for line in parts))
    for line in found.lines:
        st.markdown(letters(line))
    st.caption("Found by solving: each limit that is named was taken away, and the case solved again without it.")
