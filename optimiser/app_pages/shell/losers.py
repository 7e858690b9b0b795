"""Who gets less: the first sentence after the totals of a plan, wherever it is read."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from optimiser.analysis.debate.who_changes import LAST_YEAR, changes, has_last_year
from optimiser.app_pages.shell.text import letters
from optimiser.plan.tables import Plan
from optimiser.report import words

CHOSEN = "changes-against"
"""The box in which it is chosen what a plan stands beside."""
MOST = 4
"""Agencies that get less and are named."""


def beside(plan: Plan, others: Sequence[tuple[str, Plan]]) -> tuple[str, Plan | None] | None:
    """What a plan stands beside, by name: last year (without a plan) or, where that is not known, the first of the others."""
    if has_last_year(plan.case):
        return LAST_YEAR, None
    return (f"“{others[0][0]}”", others[0][1]) if others else None


def who_changes(plan: Plan, others: Sequence[tuple[str, Plan]] = (), most: int = MOST) -> None:
    """In one sentence who gets less and who gets more, most first: than last year or, where that is not known, than
    what the proposer chose (others). most: agencies that get less and are named."""
    against = beside(plan, others)
    if against is None:
        return
    name, other = against
    found = changes(plan, other, name)
    less = found.losers()
    worst = [f"{c.name} {words.money_between(c.before, c.now, found.currency)}" for c in less[:most]]
    rest = len(less) - len(worst)
    named = f"{words.listed([*worst, *([words.counted(rest, 'other')] if rest else [])])}." if worst else ""
    st.markdown(f"**{letters(found.sentence())}** {letters(named)}")
