"""To put a plan before the committee: it is saved as a version, its run is kept, and so are those it is compared with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from optimiser.analysis.limits.cell import ChangeRow
from optimiser.app_pages.committee_parts.kept import ProposalView, alternative_name
from optimiser.app_pages.shell import session, sign_in
from optimiser.app_pages.shell.text import letters
from optimiser.case.case import Case
from optimiser.case.faults import InvalidCase
from optimiser.case.scenario.apply import BASE, UNCHANGED
from optimiser.desk.state import Draft
from optimiser.plan.tables import Plan
from optimiser.report import words
from optimiser.report.charts.headline import figures
from optimiser.store.base.rights import NotAllowed
from optimiser.store.committee import decisions
from optimiser.store.committee.decisions import LAST_YEAR
from optimiser.store.committee.standing import CannotDecide
from optimiser.store.privacy.reach import NotThere
from optimiser.store.work import drafts, runs

NEXT = "committee-next"
"""Key of the session: the proposal to be shown when the page is drawn again."""
LONGEST_SOLVE = 300.0
MOST = 4
"""Alternatives beside a proposal; more are hard to read on one screen."""


_REFUSED = (NotAllowed, NotThere, CannotDecide, InvalidCase, ValueError)


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
        impossible = plan is not None and plan.status == "infeasible"
        st.markdown(
            "No plan is possible, so there is none to propose. The page Why says why, and what would cure it."
            if impossible
            else "There is no plan to propose yet. Solve the case first."
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
    st.markdown(f"**{letters(words.headline(plan))}** Scenario: {letters(UNCHANGED if base else draft.scenario)}.")
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
    money = f" with {words.money_short(f.money, plan.case.settings.currency)}" if f.money else ""
    return f"Fund {words.some_of(f.funded, f.initiatives, 'initiative')}{money}"


def _propose(draft: Draft, title: str, text: str, beside: Sequence[str], against: str) -> None:
    kept = _kept(draft, title, [draft.scenario, *dict.fromkeys([*beside, *([BASE] if against == BASE else [])])])
    if kept is None:
        return
    if against == BASE:
        against = kept[BASE]
    runs_of = list(kept.values())
    _put(lambda: decisions.propose(sign_in.database(), sign_in.actor(), runs_of[0], title, text, runs_of[1:], against))


def moved(
    draft: Draft, paper: ProposalView, plan: Plan, said: str, rows: Sequence[ChangeRow], mover: str, seconder: str
) -> None:
    """An amendment of a motion: its changes are kept as a scenario on top of the motion's, solved, saved and put to the vote.

    mover, seconder: ids of members, or "".
    """
    db, actor = sign_in.database(), sign_in.actor()
    run = runs.get(db, actor, paper.run)
    case = draft.checked().case
    try:
        same = case is not None and session.in_scenario(case, run.scenario).sha256 == plan.case.sha256
    except (InvalidCase, ValueError):
        same = False
    if not same:
        st.error(
            f"The inputs are no longer those of the motion (version {letters(str(run.version))}), so it cannot be amended from here. "
            "Restore that version on History, or withdraw the motion and propose it anew."
        )
        return
    name = session.add_scenario(draft, f"amendment: {said}"[:58], run.scenario, rows, said)
    if not name:
        st.rerun()
    kept = _kept(draft, said, [name, run.scenario])
    if kept is not None:
        runs_of = list(kept.values())
        amended = partial(decisions.propose, db, actor, runs_of[0], said, "", runs_of[1:], runs_of[1])
        _put(lambda: amended(amends=paper.id, mover=mover, seconder=seconder))


def _kept(draft: Draft, title: str, names: Sequence[str]) -> dict[str, str] | None:
    """Saves a version and keeps the runs of these scenarios; scenario -> run, in order; None where that is not possible,
    which is said."""
    db, actor = sign_in.database(), sign_in.actor()
    try:
        with st.spinner("The version is saved and its plans are solved", show_time=True):
            number = session.save_version(draft, f"Proposed: {title}".strip())
            case = draft.checked().case
            if case is None:
                raise NotSolved("The inputs have faults. Mend them on the page Inputs, solve, and propose then.")
            return {name: runs.keep(db, actor, draft.id, number, _solved(case, name), name).id for name in names}
    except drafts.Conflicts as conflicts:
        st.error(f"{letters(str(conflicts))} Open History, save the version there, and propose then.")
    except _REFUSED as refused:
        st.error(letters(str(refused)))
    return None


def _put(act: Callable[[], decisions.Proposal]) -> None:
    """Puts it before the committee, and shows it: the box above stands already, so it is turned when it is drawn again."""
    session.do(lambda: st.session_state.update({NEXT: act().id}))


def _solved(case: Case, name: str) -> Plan:
    run = session.runs().start(session.in_scenario(case, name))
    session.runs().wait(run, LONGEST_SOLVE)
    if run.plan is None or not run.plan.has_plan:
        raise NotSolved(
            run.problem or f"{alternative_name(name, None)} has no plan, so it cannot be put beside the proposal."
        )
    return run.plan
