"""To put a plan before the committee: it is saved as a version, its run is kept, and so are those it is compared with."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from optimiser.app_pages.committee_parts.kept import alternative_name
from optimiser.app_pages.shell import session, sign_in
from optimiser.app_pages.shell.text import letters
from optimiser.case.case import Case
from optimiser.case.faults import InvalidCase
from optimiser.case.scenario.apply import BASE
from optimiser.desk.state import Draft
from optimiser.plan.tables import Plan
from optimiser.report import words
from optimiser.report.charts.headline import figures
from optimiser.store.base.rights import NotAllowed
from optimiser.store.committee import decisions
from optimiser.store.committee.decisions import LAST_YEAR
from optimiser.store.privacy.reach import NotThere
from optimiser.store.work import drafts, runs

LONGEST_SOLVE = 300.0
MOST = 4
"""Alternatives beside a proposal; more are hard to read on one screen."""


class NotSolved(ValueError):
    """A plan that is wanted for the proposal is not there. The message says which, and what to do."""


def possible() -> bool:
    """Whether this person may propose."""
    return sign_in.actor().may("propose")


def first(draft: Draft) -> None:
    """The page while nothing is proposed."""
    st.title("Nothing is proposed yet")
    if not possible():
        st.markdown("When an analyst proposes a plan, it is shown here, with its alternatives, its rules and the vote.")
        return
    st.markdown("Put the plan on show before the committee: members read it here, comment and vote.")
    _form(draft)


def another(draft: Draft) -> None:
    """The page where one more is to be proposed."""
    st.title("Propose the plan on show")
    _form(draft)


def _form(draft: Draft) -> None:
    plan = session.plan(draft)
    if plan is None or not plan.has_plan:
        st.markdown(
            "There is no plan to propose yet. Solve the case first; where it has no plan, the page Why says why."
        )
        return
    if draft.of_another:
        st.warning("The plan on show is of another scenario than the one chosen. Solve, then propose.")
        return
    if draft.edits():
        st.warning("The inputs were changed since this plan was solved. Solve again, then propose.")
        return
    others = [n for n in session.scenario_names(draft) if n != draft.scenario]
    base = draft.scenario == "base"
    st.markdown(
        f"**{letters(words.headline(plan))}** Scenario: {letters('the case unchanged' if base else draft.scenario)}."
    )
    with st.form("propose", border=True):
        title = st.text_input("Title, as a motion", value=_title(plan), max_chars=120)
        text = st.text_area("Why (a few sentences for the members)", height=110, max_chars=5000)
        beside = st.multiselect(
            "Alternatives to put beside it",
            others,
            default=others[:2],
            max_selections=MOST,
            format_func=lambda n: alternative_name(n, None),
        )
        against = st.selectbox(
            "Compare the figures with",
            _comparable(plan, base),
            format_func=_COMPARED.__getitem__,
            help="What stands below the three figures at the head of the proposal.",
        )
        sent = st.form_submit_button("Propose to the committee", type="primary")
    st.caption("The inputs are saved as a version, and its runs are kept. What is decided later is frozen with them.")
    if sent:
        _propose(draft, title, text, beside, against or "")


_COMPARED = {LAST_YEAR: "Last year", BASE: "The case unchanged", "": "Nothing"}


def _comparable(plan: Plan, is_base: bool) -> list[str]:
    """What the figures of a proposal can be compared with: last year where it is known, the base, or nothing."""
    known = [LAST_YEAR] if plan.case.facts.baseline.any() else []
    return [*known, *([] if is_base else [BASE]), ""]


def _title(plan: Plan) -> str:
    f = figures(plan)
    return (
        f"Fund {f.funded} of {f.initiatives} initiatives with {words.money_short(f.money, plan.case.settings.currency)}"
    )


def _propose(draft: Draft, title: str, text: str, beside: Sequence[str], against: str) -> None:
    db, actor = sign_in.database(), sign_in.actor()
    try:
        with st.spinner("The version is saved and its plans are solved", show_time=True):
            number = session.save_version(draft, f"Proposed: {title}".strip())
            case = draft.checked().case
            if case is None:
                raise NotSolved("The inputs have faults. Mend them on the page Inputs, solve, and propose then.")
            names = [draft.scenario, *dict.fromkeys([*beside, *([BASE] if against == BASE else [])])]
            kept = [runs.keep(db, actor, draft.case, number, _solved(case, name), name).id for name in names]
            against = kept[names.index(BASE)] if against == BASE else against
            made = decisions.propose(db, actor, kept[0], title, text, kept[1:], against)
    except drafts.Conflicts as conflicts:
        st.error(f"{letters(str(conflicts))} Open History, save the version there, and propose then.")
        return
    except (NotAllowed, NotThere, decisions.CannotDecide, InvalidCase, ValueError) as refused:
        st.error(letters(str(refused)))
        return
    st.session_state["committee-proposal"] = made.id
    st.rerun()


def _solved(case: Case, name: str) -> Plan:
    run = session.runs().start(session.in_scenario(case, name))
    session.runs().wait(run, LONGEST_SOLVE)
    if run.plan is None or not run.plan.has_plan:
        raise NotSolved(
            run.problem or f"{alternative_name(name, None)} has no plan, so it cannot be put beside the proposal."
        )
    return run.plan
