"""Members' weights: each answers alone; once the answers are open, what all their plans fund and what disagreement is worth."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from optimiser.analysis.debate import weights_words as said
from optimiser.analysis.debate.stated import Statement, open_corners, stated
from optimiser.analysis.debate.weights import OPTION, PROPOSAL, Criterion, Weighed, unit_of, weighed_names, weights_rows
from optimiser.app_pages.committee_parts import floor
from optimiser.app_pages.committee_parts.kept import ProposalView
from optimiser.app_pages.shell import session, sign_in
from optimiser.app_pages.shell.asking import answer
from optimiser.app_pages.shell.page_tables import text_table
from optimiser.app_pages.shell.picture import picture
from optimiser.app_pages.shell.text import letters
from optimiser.case.readable import as_sentence, counted, listed
from optimiser.desk import questions
from optimiser.plan.tables import Plan
from optimiser.report.charts import who_would_fund as charts
from optimiser.solvers.solution import SolverError
from optimiser.store.committee import sealed
from optimiser.store.committee.sealed import WeightsBoard

PLAIN = "%.12g"
"""How a number is written that may be small or large: 5, never 5.00."""
ORDER, RANGES, TRADES = "An order", "Ranges", "Trades"
_MEANS = {
    ORDER: "What matters most has place 1; equal places matter the same. What gets no place stands behind.",
    RANGES: "Of all weight, how much each gets: from the least to the most that you would give it.",
    TRADES: "How many of each other one are worth one of this to you? A blank says nothing.",
}

_SWING = "What counts is the step from none of it, or the least, to the most that a plan can give."


def part(plan: Plan, paper: ProposalView) -> None:
    """The form of who may answer, and who has; once the answers are open, what they come to."""
    try:
        _, names = weighed_names(plan.case)
    except ValueError as problem:
        st.title("Weights need two outcomes, or two themes")
        st.markdown(letters(as_sentence(str(problem))))
        return
    floor.meanwhile(paper.case)
    board = sealed.board(sign_in.database(), sign_in.actor(), paper.id)
    whole = plan.is_whole
    if board.opened is not None:
        _opened(plan, paper, whole)
        return
    st.title(letters(headline(board)))
    st.markdown(
        "Each member says alone what matters. Nobody reads another's answer until all have answered, or until who keeps the "
        "record opens them. Nobody's weights are averaged with another's."
    )
    left, right = st.columns([62, 38], gap="large")
    with right:
        _who(paper, board)
    with left:
        actor = sign_in.actor()
        if paper.state != "open":
            st.markdown("This proposal is not open any more, so nothing is asked about it.")
        elif actor.may("answer about weights"):
            _form(plan, paper, board, names, whole)
        else:
            st.markdown("Members of the committee answer here.")


def headline(board: WeightsBoard) -> str:
    """How many have answered."""
    if not board.answered:
        return "No member has answered yet"
    return f"{board.answered} of {counted(len(board.members), 'member')} {'has' if board.answered == 1 else 'have'} answered, sealed"


def _who(paper: ProposalView, board: WeightsBoard) -> None:
    st.header("Who has answered")
    text_table(
        [{"Member": m.name, "Answered": "not yet" if m.at is None else session.clock(m.at)} for m in board.members],
        "Who has answered",
    )
    if paper.state != "open" or not sign_in.actor().may("open the answers"):
        return
    with st.popover("Open the answers", key="weights-open", disabled=not board.answered):
        missing = [m.name for m in board.members if m.at is None]
        st.markdown(letters(f"{listed(missing)} can then answer no more. This cannot be undone."))
        if st.button("Open them, for good", key="weights-open-now", type="primary"):
            session.do(partial(sealed.open_answers, sign_in.database(), sign_in.actor(), paper.id))


# -- one's own answer -----------------------------------------------------------------------------------------------------


def _form(plan: Plan, paper: ProposalView, board: WeightsBoard, names: Sequence[str], whole: bool) -> None:
    if not board.is_asked:
        st.markdown("You are not asked: you declared an interest, or you are no member of the committee.")
        return
    criteria: Sequence[Criterion] | None = None
    if whole:
        criteria = answer(
            ("weighed", plan.case.sha256), "What plans can give of each", partial(questions.weighed_criteria, plan.case),
            (SolverError, ValueError), "weighed",
        )  # fmt: skip
        if criteria is None:
            return
    unit = unit_of(plan.case)
    told = {c.name: said.swing_words(c, unit) for c in criteria} if criteria else {n: n for n in names}
    st.header("Your answer")
    mine = board.mine or Statement()
    if board.mine is not None:
        st.markdown(
            letters(f"You said: {mine.words(names)}. Until the answers are open you may answer anew; the last counts.")
        )
    way = st.segmented_control(
        "How you say it", (ORDER, RANGES, TRADES), default=_way(mine), required=True, key=f"weights-way-{paper.id}"
    )
    data: dict[str, Any] = {}
    one = names[0]
    if way == TRADES:
        before = mine.trades[0].one if mine.trades else names[0]
        one = st.selectbox(
            "One of", names, index=list(names).index(before) if before in names else 0, format_func=letters,
            key=f"weights-one-{paper.id}",
        ) or names[0]  # fmt: skip
    with st.form(f"weights-{paper.id}-{way}-{one}"):
        st.caption(_MEANS[way or ORDER] + ("" if way == TRADES else f" {_SWING}"))
        if way == RANGES:
            data["ranges"] = _ranges(mine, told)
        elif way == TRADES:
            data["trades"] = _trades(mine, one, [n for n in names if n != one])
        else:
            data["order"] = _order(mine, told)
        sent = st.form_submit_button("Seal my answer", type="primary")
    if sent:
        try:
            says = stated(data, names)
            open_corners(says, names, [c.swing for c in criteria] if criteria else [1.0] * len(names))
        except ValueError as problem:
            st.error(letters(as_sentence(str(problem))))
            return
        session.do(partial(sealed.give, sign_in.database(), sign_in.actor(), paper.id, says))


def _way(mine: Statement) -> str:
    return TRADES if mine.trades else RANGES if mine.ranges else ORDER


def _order(mine: Statement, told: dict[str, str]) -> list[list[str]]:
    """A place for each; those of one place together."""
    before = {n: k for k, group in enumerate(mine.order, 1) for n in group}
    places: dict[int, list[str]] = {}
    for name, words in told.items():
        place = st.segmented_control(
            letters(words), range(1, len(told) + 1), default=before.get(name), key=f"weights-place-{name}"
        )
        if place is not None:
            places.setdefault(int(place), []).append(name)
    return [places[k] for k in sorted(places)]


def _ranges(mine: Statement, told: dict[str, str]) -> dict[str, list[float]]:
    made = {}
    for name, words in told.items():
        low, high = mine.ranges.get(name, (0.0, 1.0))
        least, most = st.slider(
            letters(words), 0, 100, (round(100 * low), round(100 * high)), format="%d%%", key=f"weights-range-{name}"
        )
        if (least, most) != (0, 100):
            made[name] = [least / 100, most / 100]
    return made


def _trades(mine: Statement, one: str, others: Sequence[str]) -> list[dict[str, Any]]:
    before = {t.of: t for t in mine.trades if t.one == one}
    made = []
    for name in others:
        known = before.get(name)
        left, right = st.columns(2)
        least = left.number_input(
            letters(f"{name}, at least"),
            0.0,
            value=known.at_least or None if known else None,
            key=f"weights-least-{one}-{name}",
            format=PLAIN,
        )
        most = right.number_input(
            letters(f"{name}, at most"),
            0.0,
            value=known.at_most if known else None,
            key=f"weights-most-{one}-{name}",
            format=PLAIN,
        )
        if least is not None or most is not None:
            made.append({"one": one, "of": name, "at_least": least or 0.0, "at_most": most})
    return made


# -- what they come to ----------------------------------------------------------------------------------------------------


def _opened(plan: Plan, paper: ProposalView, whole: bool) -> None:
    if not whole:
        st.title("What members' weights come to is shown to who may see every row of the case")
        st.markdown(
            "Your own answer counts like every other. What all of them come to names the plan of each member, row by row, and "
            "from these plans what rows say that are not shown to you could be worked out."
        )
        st.markdown("Before you vote, ask who keeps the record to say in the meeting what the answers come to.")
        return
    head = st.empty()
    head.title("Looking at whose weights fund what")
    answers = sealed.answers(sign_in.database(), sign_in.actor(), paper.id)
    if not answers:
        head.title("Nobody who may vote has answered")
        return
    found = weighed(plan, paper.run, answers)
    if found is None:
        return
    head.title(letters(said.sentence(found).rstrip(".")))
    for line in (said.against_proposal(found), *said.worth(found)):
        if line:
            st.markdown(letters(line))
    if found.of("sometimes"):
        st.header("Contested: who would fund it")
    chart = charts.matrix(found)
    picture(chart, "weights-matrix", "Every initiative as a table")
    if chart.more:
        st.caption(letters(chart.more))
    st.header("What disagreement is worth")
    text_table(losses(found), "What each member loses under each plan, at most, as a share of their own best", "Member")
    st.caption(
        "What each member loses under each plan, at most: a share of their own best, over all that they left open."
    )
    left, right = st.columns([58, 42], gap="large")
    with left:
        for m in found.members:
            st.markdown("  \n".join(letters(line) for line in said.of_member(found, m)))
    with right:
        for line in said.option(found):
            st.info(letters(line), icon=":material/alt_route:")
        _keep(plan, found)
    st.caption(letters(said.NOTE))


def weighed(plan: Plan, run: str, answers: Mapping[str, Statement]) -> Weighed | None:
    """What members' answers come to; None while that is looked for."""
    said_ = json.dumps({n: a.json() for n, a in answers.items()}, sort_keys=True)
    return answer(
        ("weights", plan.case.sha256, run, said_), "A plan at every corner of what members left open",
        partial(questions.members_weights, plan, answers), (SolverError, ValueError), "weights",
    )  # fmt: skip


def losses(found: Weighed) -> list[dict[str, str]]:
    """A row for each member: what they lose at most under each plan."""
    plans = {"Proposed": PROPOSAL, **{f"Plan of {m.name}": m.name for m in found.members}}
    if found.option is not None:
        plans["Least greatest loss"] = OPTION
    return [
        {"Member": m.name, **{title: said.share(m.under[whose]) for title, whose in plans.items()}}
        for m in found.members
    ]


def _keep(plan: Plan, found: Weighed) -> None:
    """One member's plan as a scenario: the weights of the middle of what they left open."""
    if not sign_in.actor().may("edit"):
        return
    with st.popover("Keep a member's plan as scenario", key="weights-keep-open"):
        name = st.selectbox(
            "Weights of", [m.name for m in found.members], format_func=letters, key="weights-keep-whose"
        )
        st.caption("Their weights take the place of the case's on the sheet Priorities. History undoes it.")
        member = next(m for m in found.members if m.name == name)
        if st.button("Keep as scenario", key="weights-keep", type="primary"):
            rows = weights_rows(plan.case, member.middle.tolist(), found.criteria)
            session.keep_scenario(session.draft(), f"weights of {name}"[:58], rows, said.of_member(found, member)[0])
