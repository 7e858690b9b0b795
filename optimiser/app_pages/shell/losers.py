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


def who_changes(plan: Plan, others: Sequence[tuple[str, Plan]] = (), most: int = MOST) -> None:
    """In one sentence who gets less and who gets more, most first: than last year or, where that is not known, than
    what the proposer chose (others). most: agencies that get less and are named."""
    if not has_last_year(plan.case) and not others:
        return
    name, other = (LAST_YEAR, None) if has_last_year(plan.case) else (f"“{others[0][0]}”", others[0][1])
    found = changes(plan, other, name)
    less = found.losers()
    worst = [f"{c.name} {words.money_between(c.before, c.now, found.currency)}" for c in less[:most]]
    rest = len(less) - len(worst)
    named = f"{words.listed([*worst, *([words.counted(rest, 'other')] if rest else [])])}." if worst else ""
    st.markdown(f"**{letters(found.sentence())}** {letters(named)}")
