"""What if: a change tried beside the plan on show, scenarios side by side, what costs what, what matters, what may come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from optimiser.app_pages import (
    parts,
    session,
    what_if_compare,
    what_if_matters,
    what_if_outlook,
    what_if_trade,
    what_if_try,
)
from optimiser.app_pages.state import Draft
from optimiser.app_pages.text import letters
from optimiser.case import impact
from optimiser.plan.tables import Plan

TRY, SIDE, TRADE, MATTERS = "Try a change", "Side by side", "Trade-off", "What matters"
UNCERTAIN, YEAR, PAST = "Uncertainty", "Re-plan the year", "Earlier years"


def _side(draft: Draft, plan: Plan, head: Any) -> None:
    what_if_compare.part(draft, head)


PARTS: dict[str, Callable[[Draft, Plan, Any], None]] = {
    TRY: what_if_try.part,
    SIDE: _side,
    TRADE: what_if_trade.part,
    MATTERS: what_if_matters.part,
    UNCERTAIN: what_if_outlook.uncertain,
    YEAR: what_if_outlook.year,
    PAST: what_if_outlook.past,
}
NEEDS = {UNCERTAIN: "Uncertainty", YEAR: "Actuals", PAST: "History"}
"""Parts that are offered where their sheet has rows; uncertainty always, to say how it begins."""


def page() -> None:
    """The page."""
    draft = session.draft()
    plan = session.plan_or_title(draft)
    if plan is None:
        return
    head = st.empty()
    offered = [p for p in PARTS if p in (TRY, SIDE, TRADE, MATTERS, UNCERTAIN) or len(plan.case.tables[NEEDS[p]])]
    PARTS[parts.chosen("what-if", offered)](draft, plan, head)
    st.caption(letters(impact.meaning(plan.case)))


if __name__ == "__main__":
    page()
