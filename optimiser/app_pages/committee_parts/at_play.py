"""Money at play: what is there to decide? The rest is one vote; each choice has its price, and who pays stands beside it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import streamlit as st

from optimiser.analysis.debate.agenda import Agenda, Choice, Item, chosen_words
from optimiser.analysis.debate.at_play import KINDS, AtPlay
from optimiser.analysis.reasons.near_best import MARGIN
from optimiser.app_pages.committee_parts import propose
from optimiser.app_pages.committee_parts.kept import ProposalView
from optimiser.app_pages.shell import session, sign_in
from optimiser.app_pages.shell.asking import answer
from optimiser.app_pages.shell.picture import picture
from optimiser.app_pages.shell.text import letters
from optimiser.case.readable import capital
from optimiser.desk import questions
from optimiser.plan.tables import Plan
from optimiser.report import words
from optimiser.report.charts import money_at_play as charts
from optimiser.solvers.solution import SolverError

_WIDTHS = [9, 47, 16, 28]


def headed(plan: Plan) -> AtPlay | None:
    """The title and its sentence: what is open at all. None where that is not known (yet), which is said."""
    if not plan.is_whole:
        st.title("What is open, is worked out for who may see every row")
        return None
    head = st.empty()
    head.title("Looking for what is open")
    look = partial(questions.money_at_play, plan, MARGIN)
    found = answer(("at play", plan.case.sha256, MARGIN), "Looking at every good plan", look, (SolverError,), "play")
    if found is not None:
        head.title(letters(found.agenda().rstrip(".")))
        st.markdown(letters(found.sentence()))
    return found


def part(plan: Plan, paper: ProposalView) -> None:
    """The bar of three parts, then the choices with their switches and what they come to."""
    found = headed(plan)
    if not plan.is_whole:
        st.markdown("Some rows of this case are not shown to you, so their money cannot be told apart here.")
    if found is None:
        return
    _bar(plan, found)
    key, look = ("agenda", plan.case.sha256, MARGIN), partial(questions.choices, plan, found)
    agenda = answer(key, "Each choice is decided the other way", look, (SolverError,), "agenda")
    if agenda is not None:
        _choices(plan, agenda, paper)


def _bar(plan: Plan, found: AtPlay) -> None:
    picture(charts.bar(plan, found), "at-play", "The reason of all money as a table")
    for column, kind in zip(st.columns(3, gap="medium"), KINDS, strict=True):
        with column:
            st.markdown(f"**{letters(charts.told(found, kind))}**")
            for reason in found.reasons(kind):
                st.caption(letters(reason))


def _choices(plan: Plan, agenda: Agenda, paper: ProposalView) -> None:
    proposed, left_out = ([i for i in agenda.items if i.proposed == wanted] for wanted in (True, False))
    if not agenda.items:
        st.markdown("There is nothing to choose: every good plan funds the same initiatives.")
        return
    st.header(f"To be debated: {letters(words.counted(len(agenda.items), 'choice'))}, and what each costs")
    left, right = st.columns(2, gap="large")
    flips: dict[str, bool] = {}
    with left:
        flips |= _switches(agenda, proposed, "Proposed", "Without", "Who would get most of it")
    with right:
        flips |= _switches(agenda, left_out, "Left out", "With it", "Who would pay most")
        st.caption(
            f"Of {letters(agenda.whole())}. Each price is found by solving again; prices of two choices do not simply add up."
        )
        if agenda.unpriced:
            st.caption(f"{letters(words.counted(agenda.unpriced, 'smaller choice'))} more are not priced here.")
        with st.container(border=True):
            _answer(plan, agenda, flips, paper)


def _switches(agenda: Agenda, items: list[Item], title: str, price: str, who: str) -> dict[str, bool]:
    """A row for each choice; those that are decided the other way."""
    if not items:
        st.markdown(f"**{letters(title)}:** none")
        return {}
    flips = {}
    with st.container(key=f"agenda-titles-{title[:4]}"):
        for column, text in zip(st.columns(_WIDTHS, gap="xsmall"), ("In", title, price, who), strict=True):
            column.markdown(f":gray[{letters(text)}]")
    with st.container(key=f"agenda-{title[:4]}"):
        for item in items:
            switch, name, cost, most = st.columns(_WIDTHS, gap="xsmall", vertical_alignment="center")
            label = f"{item.name} is {'proposed' if item.proposed else 'left out'}: fund it"
            chosen = switch.toggle(
                letters(label), item.proposed, key=f"item-{item.initiative}", label_visibility="collapsed"
            )
            name.markdown(letters(f"{item.name}, {words.money_short(item.money, agenda.currency)}"))
            cost.markdown(letters("no plan" if item.price is None else agenda.price(item.price)))
            most.markdown(letters(_most(agenda, item)))
            if chosen != item.proposed:
                flips[item.initiative] = bool(chosen)
    return flips


def _most(agenda: Agenda, item: Item) -> str:
    if item.price is None:
        return "the rules forbid it"
    if item.most is None:
        return "nobody: stays unspent" if item.proposed else "nobody"
    return f"{item.most.name} {words.money_change(item.most.money, agenda.currency)}"


def _answer(plan: Plan, agenda: Agenda, flips: Mapping[str, bool], paper: ProposalView) -> None:
    made: Choice | None = Choice((), plan, 0.0, (), (), ())
    if flips:
        key = "chosen", plan.case.sha256, tuple(sorted(flips.items()))
        work = partial(questions.chosen_items, plan, agenda, dict(flips))
        made = answer(key, "Solving with this choice", work, (SolverError,), "chosen", quick=True)
    if made is None:
        return
    first, *others = chosen_words(agenda, made, flips)
    st.markdown(f"**{letters(first)}**")
    for line in others:
        st.markdown(letters(line))
    if not flips:
        st.caption("Flip a switch and the answer stands here: the points, who pays, and which rule is in the way.")
    elif made.plan is not None and sign_in.actor().may("propose"):
        names = {i.initiative: i.name for i in agenda.items}
        wanted = ", ".join(f"{'with' if v else 'without'} {names[k]}" for k, v in sorted(flips.items()))
        with st.container(horizontal=True):
            if (
                paper.state == "open"
                and not paper.amends
                and st.button(
                    "Move it as an amendment",
                    type="primary",
                    key="agenda-move",
                    help="It is solved, saved and put to the vote before the motion itself.",
                )
            ):
                propose.moved(session.draft(), paper, plan, capital(wanted), made.rows, "", "")
            if st.button(
                "Keep as scenario",
                key="agenda-keep",
                help="It becomes a scenario of the case, solved and on show; History undoes it.",
            ):
                then = " Propose it to make it the motion."
                session.keep_scenario(session.draft(), wanted[:58], made.rows, first, then=then)
