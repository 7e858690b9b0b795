"""What changes for whom: who gets less, why, and can it be helped? A page for each agency."""

from __future__ import annotations

from functools import partial

import streamlit as st

from optimiser.analysis.debate.who_changes import (
    LAST_YEAR,
    Changes,
    MoneyChange,
    agency_page,
    changes,
    has_last_year,
)
from optimiser.app_pages.committee_parts import kept
from optimiser.app_pages.shell import handed, session, sign_in
from optimiser.app_pages.shell.asking import answer
from optimiser.app_pages.shell.losers import CHOSEN
from optimiser.app_pages.shell.picture import picture
from optimiser.app_pages.shell.text import letters
from optimiser.case.readable import as_sentence
from optimiser.case.scenario.apply import BASE, UNCHANGED
from optimiser.desk import questions
from optimiser.plan.tables import Plan
from optimiser.report import words
from optimiser.report.charts.changed import changed
from optimiser.solvers.solution import SolverError
from optimiser.store.base.rights import NotAllowed
from optimiser.store.committee import decisions
from optimiser.store.privacy.reach import NotThere
from optimiser.store.privacy.sight import Withheld

DECIDED = "the last decision"
OF = {"agency": "By agency", "initiative": "By initiative", "area": "By area"}
NONE_OFFERED = (
    "There is nothing to compare with yet: fill in last year's awards (the column baseline of the sheet Initiatives), "
    "or add a scenario."
)
Others = list[tuple[str, Plan]]


def part(plan: Plan) -> None:
    """Of the plan on show: against last year, the last decision or a scenario."""
    draft = session.draft()
    offered = [LAST_YEAR] if has_last_year(plan.case) else []
    decided = _decided()
    offered += [DECIDED] if decided is not None else []
    known = [*offered, BASE]
    offered += [n for n in session.scenario_names(draft) if n != draft.scenario]
    chosen = _against(offered, known)
    if chosen is None:
        return
    other, name = None, chosen
    if chosen == DECIDED:
        other = decided
    elif chosen != LAST_YEAR:
        name = UNCHANGED if chosen == BASE else f"the scenario {chosen}"
        case = draft.checked().case
        if case is None:
            st.markdown("The inputs have faults; mend them first.")
            return
        work = partial(questions.in_scenario, case, chosen)
        other = answer(
            ("in scenario", case.sha256, chosen), f"Solving {name}", work, (ValueError, SolverError), "against"
        )
        if other is None:
            return
    _compared(plan, other, name)


def shown(plan: Plan, others: Others, wanted: Others) -> None:
    """Of a proposal: against last year or its alternatives. wanted: that which the proposer chose to compare with, if any."""
    known = [LAST_YEAR] if has_last_year(plan.case) else []
    offered = [*known, *(n for n, _ in others)]
    unchanged = [n for n, _ in others if n.startswith(kept.alternative_name(BASE, None))]
    head = st.empty()
    head.title("What changes for whom")
    chosen = _against(offered, [*known, *(n for n, _ in wanted), *unchanged])
    if chosen is not None:
        found = _compared(plan, dict(others).get(chosen), chosen if chosen == LAST_YEAR else f"“{chosen}”", True)
        if found is not None:
            head.title(letters(found.sentence().rstrip(".")))


def _against(offered: list[str], known: list[str]) -> str | None:
    """What was chosen, before that the first of `known` that is offered: nobody is asked to look at a hypothetical first."""
    if not offered:
        st.markdown(NONE_OFFERED)
        return None
    first = next((offered.index(name) for name in known if name in offered), None)
    chosen = st.selectbox(
        "Against", offered, first, key=CHOSEN, width=320, persist_state="session", placeholder="Choose what to compare with",
        format_func=lambda name: UNCHANGED.capitalize() if name == BASE else name,
    )  # fmt: skip
    return None if chosen is None else str(chosen)


def _decided() -> Plan | None:
    """The plan that was decided last, where there is one that this person may see."""
    draft = session.draft()
    db, actor = sign_in.database(), sign_in.actor()
    approved = [d for d in decisions.decided(db, actor, draft.id) if d.outcome == "approved" and not d.amends]
    if not approved:
        return None
    try:
        return kept.plan_of(actor, max(approved, key=lambda d: d.at).run)
    except (Withheld, NotThere, NotAllowed):
        return None


def _compared(plan: Plan, other: Plan | None, name: str, titled: bool = False) -> Changes | None:
    """titled: whether the page's title says what the agencies' chart says."""
    try:
        found = changes(plan, other, name)
    except ValueError as problem:
        st.markdown(letters(as_sentence(str(problem))))
        return None
    left, right = st.columns([55, 45], gap="medium")
    with left:
        of = str(
            st.segmented_control(
                "By", list(OF), default="agency", required=True, format_func=lambda k: OF[k], key="changes-of",
                label_visibility="collapsed",
            )
        )  # fmt: skip
        chart = changed(plan.case, found, of)
        if of != "agency" or not titled:  # the title says it of agencies
            st.markdown(f"**{letters(chart.headline)}**")
        if found.losers(of) or found.gainers(of):
            picture(chart, "changes")
        st.caption(letters(f"{chart.more} Money moved is not impact."))
        if of == "agency" and found.by_lead:
            st.caption("An agency has here what the initiatives that it leads have: last year's awards name no other.")
    with right:
        _who(plan, found)
    return found


def _who(plan: Plan, found: Changes) -> None:
    agencies = {c.key: c for c in found.rows["agency"] if c.key}
    if not agencies:
        return
    chosen = st.selectbox(
        "Page of", list(agencies), key="changes-agency", persist_state="session",
        format_func=lambda k: f"{agencies[k].name}, {words.money_between(agencies[k].before, agencies[k].now, found.currency)}",
    )  # fmt: skip
    page = agency_page(plan, found, str(chosen))
    with st.container(border=True):
        for line in page.lines(found):
            st.markdown(letters(line.strip()))
        handed.button(
            "Take the page away", lambda _: "\n".join(page.lines(found)).encode(), "agency.txt", "changes-page",
            case=session.draft().id, type="tertiary",
        )  # fmt: skip
    less = [c for c in page.led if c.less and c.key in plan.case.facts.names["initiative"]]
    if less and plan.is_whole:
        worst = min(less, key=lambda c: c.change)
        _why(plan, worst)


def _why(plan: Plan, worst: MoneyChange) -> None:
    st.header(letters(f"Why {worst.name} gets less"))
    key = "lost", plan.case.sha256, worst.key, worst.before
    told = answer(key, "Looking for why", partial(questions.lost, plan, worst), (SolverError, ValueError), "lost")
    if told is None:
        return
    st.markdown(letters(told.sentence))
    st.markdown(f"**{letters(told.authority)}**")
    st.markdown(letters(told.takes))
    if (
        told.price is not None
        and sign_in.actor().may("edit")
        and st.button(
            "Try it as a scenario", key="changes-try", help="It is added, solved and on show; History undoes it."
        )
    ):
        session.keep_scenario(session.draft(), f"{told.name} as before"[:58], told.rows, told.takes)
