"""What if: a change tried beside the plan on show, scenarios side by side, what costs what, what matters, what may come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from optimiser.app_pages.shell import parts, session
from optimiser.app_pages.shell.text import letters
from optimiser.app_pages.what_if_parts import asked, compared, expected, lost, matters, traded, tried
from optimiser.case import impact
from optimiser.desk.state import Draft
from optimiser.plan.tables import Plan

TRY, LOSE, SIDE, TRADE, MATTERS = "Try a change", "Lose a grant", "Side by side", "Trade-off", "What matters"
UNCERTAIN, YEAR, PAST = "Uncertainty", "Re-plan the year", "Earlier years"
ASK = "Ask"


PARTS: dict[str, Callable[[Draft, Plan, Any], None]] = {
    TRY: tried.part,
    LOSE: lost.part,
    ASK: asked.part,
    SIDE: lambda draft, _, head: compared.part(draft, head),
    TRADE: traded.part,
    MATTERS: matters.part,
    UNCERTAIN: expected.uncertain,
    YEAR: expected.year,
    PAST: expected.past,
}
NEEDS = {YEAR: "Actuals", PAST: "History"}
"""Parts that are offered where their sheet has rows."""


def page() -> None:
    """The page."""
    draft = session.draft()
    plan = session.plan_or_title(draft)
    if plan is None:
        return
    head = st.empty()
    offered = [p for p in PARTS if p not in NEEDS or len(plan.case.tables[NEEDS[p]])]
    PARTS[parts.chosen("what-if", offered)](draft, plan, head)
    st.caption(letters(impact.meaning(plan.case)))


if __name__ == "__main__":
    page()
