"""What a committee reads before it votes: the proposal, the alternatives, who gets what, and the rules kept."""

from __future__ import annotations

from functools import partial

import streamlit as st

from optimiser.app_pages.committee_parts.kept import ProposalView
from optimiser.app_pages.shell import losers
from optimiser.app_pages.shell.asking import answer
from optimiser.app_pages.shell.page_tables import text_table
from optimiser.app_pages.shell.picture import picture
from optimiser.app_pages.shell.text import letters
from optimiser.case import impact
from optimiser.desk import questions
from optimiser.desk.rule_rows import compliance
from optimiser.plan.tables import Plan
from optimiser.report import words
from optimiser.report.charts import awarded
from optimiser.report.charts import projected as committee
from optimiser.report.charts import side_by_side as compared
from optimiser.report.charts.headline import figures
from optimiser.solvers.solution import SolverError
from optimiser.store.committee.decisions import LAST_YEAR

Others = list[tuple[str, Plan]]
ONE_COLUMN = 12
"""Up to so many initiatives stand in one column of bars."""


def proposal(paper: ProposalView, plan: Plan, others: Others) -> None:
    """Title, three figures against what the proposer chose, money by theme, and what the plan rests on."""
    st.title(letters(paper.title))
    with st.grid(3, min_column_width=220, gap="small"):
        for n, (value, of, change) in enumerate(figures_of(paper, plan, others)):
            with st.container(border=True, height="stretch", key=f"committee-card-{n}"):
                said = f"  \n:gray[{letters(change)}]" if change else ""
                st.markdown(f"## {letters(value)}\n{letters(of)}{said}")
    losers.who_changes(plan, chosen(paper, others))
    left, right = st.columns([62, 38], gap="large")
    with left:
        st.header("Money by theme")
        picture(committee.theme_chart(plan), "committee-themes", "Money by theme as a table")
    with right:
        st.header("What it rests on")
        st.markdown("\n".join(f"- {letters(s)}" for s in committee.rests_on(plan)))
        _promise(plan)
        if paper.text:
            st.header("In the words of who proposes it")
            st.markdown(letters(paper.text))


def _promise(plan: Plan) -> None:
    """What is to be expected, where the case says how far its estimates may be wrong."""
    tables = plan.case.tables
    if not plan.is_whole or not (len(tables["Uncertainty"]) or len(tables["History"])):
        return
    found = answer(
        ("promise", plan.case.sha256, plan.impact), "Looking for what is to be expected",
        partial(questions.promised, plan), (SolverError, ValueError), "promise",
    )  # fmt: skip
    if found is not None:
        st.header("What is to be expected")
        st.markdown("\n".join(f"- {letters(line)}" for line in found.lines()))


def figures_of(paper: ProposalView, plan: Plan, others: Others) -> list[tuple[str, str, str]]:
    """Money, people and impact: the figure, what it is, and its change against what the proposer chose."""
    f, currency = figures(plan), plan.case.settings.currency
    name, against = _against(paper, plan, others)
    cards = (
        (
            words.money_short(f.money, currency),
            f"to {words.some_of(f.funded, f.initiatives, 'initiative')}",
            against[0],
        ),
        (words.fte(f.people), f"at work, {f.are_hired}" if f.are_hired else "at work", against[1]),
        (
            words.points(f.impact, impact.unit(plan.case)),
            "impact",
            against[2],
        ),
    )
    return [(value, of, f"{change} against {name}" if change else "") for value, of, change in cards]


def chosen(paper: ProposalView, others: Others) -> Others:
    """The alternative that the proposer chose to compare with; none where that is last year, or nothing."""
    return [others[paper.alternatives.index(paper.against)]] if paper.against in paper.alternatives else []


def _against(paper: ProposalView, plan: Plan, others: Others) -> tuple[str, tuple[str, str, str]]:
    """What the three figures are compared with, and the change of each; "" where there is nothing to compare."""
    if paper.against == LAST_YEAR:
        change = committee.since_last_year(plan)
        return ("last year", (change, "", "")) if change else ("", ("", "", ""))
    for name, other in chosen(paper, others):
        return name, committee.changes(plan, other)
    return "", ("", "", "")


def alternatives(plan: Plan, others: Others) -> None:
    """The proposal beside what it is compared with, and who would get more or less."""
    st.title(letters(committee.alternatives_headline(plan, others)))
    if not others:
        st.markdown("Whoever proposes a run can put other runs of the case beside it.")
        return
    text_table(committee.alternatives(plan, others), "Alternatives")
    names = [name for name, _ in others]
    with st.container(horizontal=True, vertical_alignment="center"):
        chosen = (
            st.pills("Against", names, default=names[0], required=True, key="committee-against", format_func=letters)
            or names[0]
        )
    other = dict(others).get(chosen, others[0][1])
    chart = compared.moved_chart(plan, other, "Proposal", chosen)
    st.header(f"Who would get more and less with “{letters(chosen)}”")
    st.markdown(letters(chart.headline))
    if chart.table:
        picture(chart, "committee-moved")


def who(plan: Plan) -> None:
    """Every award of its request."""
    many = len(plan.tables["Awards"])
    chart = awarded.awards(plan, most=40, panels=1 if many <= ONE_COLUMN else 2)
    st.title(letters(chart.headline.rstrip(".")))
    picture(chart, "committee-awards")


def rules_headline(plan: Plan) -> str:
    """How many rules are kept, and how many of them leave no room."""
    states = [r.state for r in compliance(plan)]
    if not states:
        return "This case has no rules"
    if broken := states.count("broken"):
        return f"{len(states) - broken} of {len(states)} rules are kept"
    full = states.count("at the limit")
    exactly = f", {'exactly' if len(states) == 1 else f'{full} of them exactly'} at the limit" if full else ""
    return f"{words.all_of(len(states), 'rule')} kept{exactly}"


def rule_lines(plan: Plan) -> list[dict[str, str]]:
    """Each rule in one line: its name, what it requires, what the plan reaches, how that stands, and who set it."""
    marks = {"kept": "✓", "at the limit": "▪", "broken": "✕"}
    return [
        {
            "Rule": r.name,
            "Required": r.lines[0].asked if r.lines else "",
            "Reached": f"{r.lines[0].achieved} {marks[r.state]}" if r.lines else marks[r.state],
            "Set by": r.set_by.partition(";")[0],
        }
        for r in compliance(plan)
    ]


def rules(plan: Plan) -> None:
    """The compliance sheet: what must hold, by whose authority, and how far the plan is from each limit."""
    st.title(letters(rules_headline(plan)))
    rows = compliance(plan)
    if not rows:
        return
    text_table(rule_lines(plan), "Rules, what they require, and what the plan reaches")
    st.caption(
        "✓ kept with room · ▪ kept, no room left · ✕ broken, at its penalty. Of a rule with several limits the tightest."
    )
    with st.expander("What each rule says, for whom it is tightest, and by what authority"):
        told = [
            {
                "Rule": r.name,
                "It says": r.sentence,
                "Tightest": r.lines[0].per if r.lines and len(r.lines) > 1 else "",
                "Headroom": r.lines[0].headroom if r.lines else "",
                "Authority": r.authority or "–",
            }
            for r in rows
        ]
        text_table(told, "Rules in words")
