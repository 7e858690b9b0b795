"""Why, where no plan is possible: the members of the conflict, the sum that does not add up, and the cheapest ways out."""

from __future__ import annotations

from functools import partial

import streamlit as st

from optimiser.analysis.limits.aspects import Member
from optimiser.analysis.reasons.conflict import Conflict
from optimiser.analysis.reasons.explain_words import by_grantor
from optimiser.analysis.reasons.repair import Repair
from optimiser.app_pages.shell import session
from optimiser.app_pages.shell.asking import answer
from optimiser.app_pages.shell.text import letters
from optimiser.case.case import Case
from optimiser.case.grantors import STATUTE, set_by_words
from optimiser.desk import questions
from optimiser.desk.state import Draft
from optimiser.report import words
from optimiser.solvers.solution import SolverError

NAME_LENGTH = 58
_COUNTS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
_PLACES = {
    "Rules": "rule",
    "Funds": "money of a fund",
    "Agencies": "limit of an agency",
    "Initiatives": "promise to an initiative",
    "Staff": "people",
    "Needs": "people it needs",
}


def part(draft: Draft, case: Case) -> None:
    """The whole page of an infeasible case."""
    head = st.empty()
    head.title("No plan is possible; looking for the reason")
    look = partial(questions.contradiction, case)
    found = answer(("conflict", case.sha256), "Looking for what contradicts what", look, (SolverError,), "conflict")
    if found is None:
        return
    head.title(letters(headline(found)))
    _members(case, found)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header("Ways out, by who can grant them", width="content")
        statutes = _has_statute(case) and st.toggle(
            "What a statute says may move too", key="ways-statutes",
            help="Nobody in the room can change a statute; some have a waiver, and then it is said whose.",
        )  # fmt: skip
    mend = partial(questions.ways_out, case, statutes)
    ways = answer(
        ("repairs", case.sha256, statutes),
        "Looking for the cheapest ways out, each tried by solving",
        mend,
        (SolverError,),
        "ways",
    )
    if ways is not None:
        _ways(draft, case, ways)


def headline(found: Conflict) -> str:
    """How many requirements contradict each other: Four requirements cannot all hold."""
    count = len(found.members)
    if count == 0:
        return "No plan is possible, and no single requirement can be named for it"
    if count == 1:
        return f"{found.members[0].name} asks for more than there is"
    return f"{_count(count)} requirements cannot {'both' if count == 2 else 'all'} hold"


def _count(count: int) -> str:
    return _COUNTS[count] if count < len(_COUNTS) else str(count)


def _members(case: Case, found: Conflict) -> None:
    if not found.members:
        return
    authority = {
        r["rule"]: " · ".join(filter(None, (r["authority"], f"set by {set_by_words(r['set_by'], r['waiver'])}")))
        for r in case.tables["Rules"].records()
    }
    with st.container(border=True, key="card-conflict"):
        st.badge("✕ No plan is possible", color="red")
        if found.reason:
            st.markdown(f"**{letters(found.reason)}**")
        lines = [f"- {_member(m)}{_by(m, authority)}" for m in found.members]
        st.markdown("\n".join(lines))
        if len(found.members) > 1:
            count = len(found.members)
            either = "either of the two" if count == 2 else f"any one of the {_count(count).lower()}"
            st.caption(f"Without {either}, these would no longer contradict each other.")


def _member(member: Member) -> str:
    rule = f"**{letters(member.rule)}.** " if member.rule else ""
    return f"{rule}{letters(member.sentence)}"


def _by(member: Member, authority: dict[str, str]) -> str:
    said = authority.get(member.item, "") if member.sheet == "Rules" else _PLACES.get(member.sheet, "")
    return f" :gray[· {letters(said)}]" if said else ""


def _has_statute(case: Case) -> bool:
    return any(r["active"] and r["hard"] and r["set_by"] == STATUTE for r in case.tables["Rules"].records())


def _ways(draft: Draft, case: Case, ways: list[Repair]) -> None:
    if not ways:
        more = ", or let what a statute says move too" if _has_statute(case) else ""
        st.markdown(f"No change of a few amounts makes a plan possible. Switch a rule off, or change the inputs{more}.")
        return
    number_of = {id(way): k for k, way in enumerate(ways)}
    for who, group in by_grantor(ways):
        st.markdown(f"**To be granted by {letters(who or 'nobody')}**")
        _cards(draft, case, [(number_of[id(way)], way) for way in group])
    st.caption("Each was applied and solved before it is offered: with it alone a plan is possible.")


def _cards(draft: Draft, case: Case, ways: list[tuple[int, Repair]]) -> None:
    """Ways that the same people can grant, the cheapest first; the cheapest of all is number 0."""
    currency = case.settings.currency
    with st.grid(len(ways), min_column_width=300, gap="small"):
        for k, way in ways:
            with st.container(border=True, height="stretch", key=f"card-way-{k}"):
                st.markdown(f"**{letters(way.sentence.rstrip('.'))}**")
                st.markdown(
                    f":gray[It gives up] **{letters(words.money_short(way.cost, currency))}** :gray[of what was required.]"
                    if way.cost
                    else ":gray[It costs nothing.]",
                    help="What the plan then lacks under the old numbers; people and shares are counted in money.",
                )
                if st.button("Make it a scenario", key=f"way-{k}", type="primary" if k == 0 else "secondary"):
                    session.keep_scenario(draft, scenario_name(way), way.changes, way.sentence, page="Plan")


def scenario_name(way: Repair) -> str:
    """The change as the name of a scenario."""
    said = way.sentence.rstrip(".")
    return said if len(said) <= NAME_LENGTH else f"{said[: NAME_LENGTH - 1].rstrip(' ,')}…"
