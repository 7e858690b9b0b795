"""Why each initiative got what it got, and what would change that: every sentence was tried by solving."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial

import streamlit as st

from optimiser.analysis.reasons.reason import Reason
from optimiser.app_pages.shell.asking import answer, known
from optimiser.app_pages.shell.text import letters
from optimiser.case.tolerances import FULL
from optimiser.desk import questions
from optimiser.plan.tables import Plan

AT_ONCE, SHOWN = 40, 20
"""Up to so many initiatives are explained all together; of more, so many at a time."""


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
    """A sentence for each initiative, those that get least of what they asked first; of many, those on show."""
    wanted = st.text_input(
        "Find an initiative", placeholder="Find an initiative", key="each-find", label_visibility="collapsed", width=300
    )
    rows = sorted(zip(*(plan.award[c] for c in ("level", "name", "initiative")), strict=True))
    shown = [key for _, name, key in rows if wanted.casefold() in f"{key} {name}".casefold()]
    if len(rows) <= AT_ONCE:
        look = partial(questions.reasons, plan)
        found = answer(_key(plan), "Trying what would change each award", look, (), "each")
        by_key = {r.initiative: r for r in found or ()}
        _say([by_key[key] for key in shown if key in by_key])
        return
    pages = max(1, -(-len(shown) // SHOWN))
    page = min(int(st.session_state.get("each-page", 1)), pages)
    on_show = tuple(shown[(page - 1) * SHOWN : page * SHOWN])
    if on_show:
        _on_show(plan, on_show)
    if pages > 1:
        st.pagination(pages, key="each-page")


def _on_show(plan: Plan, keys: tuple[str, ...]) -> None:
    found = answer(
        ("each", plan.case.sha256, keys), f"Looking why, for the {len(keys)} on show", partial(questions.reasons_of, plan, keys),
        (), "each", so_far=_say,
    )  # fmt: skip
    _say(found or ())


def _say(found: Sequence[Reason]) -> None:
    for reason in found:
        st.markdown(f"**{letters(reason.name)}.** {letters(reason.sentence)}")
