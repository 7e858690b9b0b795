"""What a committee sees on a wall of 1024 by 768 pixels: one question on a screen, nothing to scroll, type of 18 pixels."""

from __future__ import annotations

import streamlit as st

from optimiser.analysis.debate.at_play import KINDS
from optimiser.analysis.debate.who_changes import changes
from optimiser.app_pages.committee_parts import at_play
from optimiser.app_pages.committee_parts.kept import ProposalView
from optimiser.app_pages.committee_parts.views import Others, chosen, figures_of, rule_lines, rules_headline
from optimiser.app_pages.shell import losers
from optimiser.app_pages.shell.page_tables import text_table
from optimiser.app_pages.shell.picture import picture
from optimiser.app_pages.shell.text import letters
from optimiser.case.readable import counted
from optimiser.plan.tables import Plan
from optimiser.report.charts import money_at_play as play
from optimiser.report.charts import projected as committee
from optimiser.report.charts import side_by_side as compared
from optimiser.report.charts import wall as charts
from optimiser.report.charts.changed import changed

RULES, ALTERNATIVES, SAID, LOSERS, AWARDS = 17, 8, 3, 2, 6
"""Rules in one table, plans in one, sentences below a chart, agencies that get less and are named, and awards that are open."""
ROOM = 12
"""Plans in a table and bars below it, together, that fit a wall."""


def proposal(paper: ProposalView, plan: Plan, others: Others) -> None:
    """The motion, its three figures, who gets less, money by theme, and what it rests on."""
    st.title(letters(paper.title))
    told = [
        f"**{letters(value)}** {letters(of)}" + (f" :gray[({letters(change)})]" if change else "")
        for value, of, change in figures_of(paper, plan, others)
    ]
    st.markdown(" · ".join(told))
    losers.who_changes(plan, chosen(paper, others), LOSERS)
    picture(charts.enlarged(committee.theme_chart(plan)), "wall-themes", alone=True, still=True)
    st.markdown(" ".join(letters(s) for s in committee.rests_on(plan)[:SAID]))


def change(paper: ProposalView, plan: Plan, others: Others) -> None:
    """Who gets less and who gets more: than last year or, where that is not known, than with the alternative that the
    proposer chose, or the one that is chosen on the page."""
    on_page = [pair for pair in others if pair[0] == st.session_state.get(losers.CHOSEN)]
    against = losers.beside(plan, chosen(paper, others) or on_page)
    if against is None:
        st.title("There is nothing to compare with: choose an alternative off the projector")
        return
    name, other = against
    chart = changed(plan.case, changes(plan, other, name), "agency")
    st.title(letters(chart.headline.rstrip(".")))
    if chart.table:
        picture(charts.enlarged(chart), "wall-changes", alone=True, still=True)


def open_money(plan: Plan) -> None:
    """What is open at all, in one bar, and why the rest is not."""
    found = at_play.headed(plan)
    if found is None:
        return
    bar = play.bar(plan, found)
    bar.figure.layout.annotations = ()
    picture(charts.enlarged(bar), "wall-open", alone=True, still=True)
    for kind in KINDS:
        reasons = " · ".join(letters(r) for r in found.reasons(kind)[:2])
        st.markdown(f"**{letters(play.told(found, kind))}**  \n{reasons}")
    if rows := play.largest_open(plan, found, AWARDS):
        text_table(rows, "The awards of which most is open")


def alternatives(paper: ProposalView, plan: Plan, others: Others) -> None:
    """The proposal beside what it is compared with, and who would get more or less with the one that the proposer chose."""
    st.title(letters(committee.alternatives_headline(plan, others)))
    if not others:
        st.markdown("Whoever proposes a run can put other runs of the case beside it.")
        return
    rows = committee.alternatives(plan, others[:ALTERNATIVES])
    kept = ("Plan", "Impact", "Against the proposal", "Money", "People", "Funded")
    text_table([{k: r[k] for k in kept if k in r} for r in rows], "Alternatives")
    if len(others) > ALTERNATIVES:
        st.caption(letters(f"{len(others) - ALTERNATIVES} more stand on the page itself."))
    name, other = (chosen(paper, others) or others)[0]
    chart = compared.moved_chart(plan, other, "Proposal", name, ROOM - len(rows))
    if chart.table:
        st.markdown(f"**Who would get more and less with “{letters(name)}”**")
        picture(charts.enlarged(chart), "wall-others", alone=True, still=True)


def who(plan: Plan) -> None:
    """What each agency receives."""
    chart = charts.agencies(plan)
    st.title(letters(chart.headline))
    picture(charts.enlarged(chart), "wall-agencies", alone=True, still=True)


def rules(plan: Plan) -> None:
    """The rules by name, one line each, those that are broken or leave no room first."""
    rows = rule_lines(plan)
    st.title(letters(rules_headline(plan)))
    if not rows:
        return
    text_table(rows[:RULES], "Rules, what they require, and what the plan reaches")
    more = len(rows) - RULES
    st.caption(
        letters(
            "✓ with room · ▪ no room left · ✕ broken"
            + (f". {counted(more, 'rule')} more with room." if more > 0 else ".")
        )
    )
