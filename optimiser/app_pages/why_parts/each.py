"""Why each initiative got what it got, and what would change that: every sentence was tried by solving."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial

import streamlit as st

from optimiser.analysis.reasons.why import Reason
from optimiser.app_pages.shell.asking import answer, known
from optimiser.app_pages.shell.text import letters
from optimiser.desk import questions
from optimiser.plan.derive import FULL
from optimiser.plan.tables import Plan


def _key(plan: Plan) -> tuple[str, str]:
    return "each", plan.case.sha256


def headline(plan: Plan) -> str:
    """How many get less than all, and what stands in the way of most of them."""
    found: Sequence[Reason] | None = known(_key(plan))
    return "Looking for the reasons" if found is None else told(found)


def told(found: Sequence[Reason]) -> str:
    """The finding of the reasons."""
    less = [r for r in found if r.level < FULL]
    if not less:
        return "Every initiative is funded in full"
    said = f"{len(less)} of {len(found)} initiatives get less than all"
    limits = Counter(limit for r in less for limit in dict.fromkeys(r.limits)).most_common(1)
    return f"{said}; in the way of {limits[0][1]}: {limits[0][0]}" if limits and limits[0][1] > 1 else said


def part(plan: Plan) -> None:
    """A sentence for each initiative, those that get least of what they asked first."""

    found: tuple[Reason, ...] | None = answer(
        _key(plan), "Trying what would change each award", partial(questions.reasons, plan), (), "each"
    )
    if found is None:
        return
    wanted = st.text_input(
        "Find an initiative", placeholder="Find an initiative", key="each-find", label_visibility="collapsed", width=300
    )
    for reason in sorted(found, key=lambda r: (r.level, r.name)):
        if wanted and wanted.casefold() not in f"{reason.initiative} {reason.name}".casefold():
            continue
        st.markdown(f"**{letters(reason.name)}.** {letters(reason.sentence)}")
