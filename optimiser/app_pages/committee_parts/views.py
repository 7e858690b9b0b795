"""What a committee reads before it votes: the proposal, the alternatives, who gets what, and the rules kept."""

from __future__ import annotations

import streamlit as st

from optimiser.app_pages.committee_parts.kept import Paper
from optimiser.app_pages.shell.picture import picture
from optimiser.app_pages.shell.tables import text_table
from optimiser.app_pages.shell.text import letters
from optimiser.case import impact
from optimiser.desk.rule_rows import compliance
from optimiser.plan.tables import Plan
from optimiser.report import words
from optimiser.report.charts import awarded
from optimiser.report.charts import projected as committee
from optimiser.report.charts import side_by_side as compared
from optimiser.report.charts.headline import figures
from optimiser.store.committee.decisions import LAST_YEAR

Others = list[tuple[str, Plan]]
ONE_COLUMN = 12
"""Up to so many initiatives stand in one column of bars."""


def proposal(paper: Paper, plan: Plan, others: Others) -> None:
    """Title, three figures against what the proposer chose, money by theme, and what the plan rests on."""
    st.title(letters(paper.title))
    f, currency = figures(plan), plan.case.settings.currency
    name, against = _against(paper, plan, others)
    cards = (
        (words.money_short(f.money, currency), f"to {f.funded} of {f.initiatives} initiatives", against[0]),
        (words.fte(f.people), f"at work, {f.are_hired}" if f.are_hired else "at work", against[1]),
        (
            words.points(f.impact, impact.unit(plan.case)),
            "of impact",
            against[2],
        ),
    )
    with st.grid(3, min_column_width=220, gap="small"):
        for n, (value, of, change) in enumerate(cards):
            with st.container(border=True, key=f"committee-card-{n}"):
                said = f"  \n:gray[{letters(change)} against {letters(name)}]" if change else ""
                st.markdown(f"## {letters(value)}\n{letters(of.removeprefix('of ') if n == 2 else of)}{said}")
    left, right = st.columns([62, 38], gap="large")
    with left:
        st.subheader("Money by theme")
        picture(committee.theme_chart(plan), "committee-themes", "Money by theme as a table")
    with right:
        st.subheader("What it rests on")
        st.markdown("\n".join(f"- {letters(s)}" for s in committee.rests_on(plan)))
        if paper.text:
            st.subheader("In the words of who proposes it")
            st.markdown(letters(paper.text))


def _against(paper: Paper, plan: Plan, others: Others) -> tuple[str, tuple[str, str, str]]:
    """What the three figures are compared with, and the change of each; "" where there is nothing to compare."""
    if paper.against == LAST_YEAR:
        change = committee.since_last_year(plan)
        return ("last year", (change, "", "")) if change else ("", ("", "", ""))
    if paper.against in paper.alternatives:
        name, other = others[paper.alternatives.index(paper.against)]
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
    st.subheader(f"Who would get more and less with “{letters(chosen)}”")
    st.markdown(letters(chart.headline))
    if chart.table:
        picture(chart, "committee-moved")


def who(plan: Plan) -> None:
    """Every award of its request."""
    many = len(plan.tables["Awards"])
    chart = awarded.awards(plan, most=40, panels=1 if many <= ONE_COLUMN else 2)
    st.title(letters(chart.headline.rstrip(".")))
    picture(chart, "committee-awards")


def rules(plan: Plan) -> None:
    """The compliance sheet: what must hold, by whose authority, and how far the plan is from each limit."""
    rows = compliance(plan)
    if not rows:
        st.title("This case has no rules")
        return
    broken = [r for r in rows if r.state == "broken"]
    st.title("Every rule is kept" if not broken else f"{len(rows) - len(broken)} of {len(rows)} rules are kept")
    marks = {"kept": "✓ Kept", "at the limit": "✓ Kept, at the limit", "broken": "✕ Broken, at its penalty"}
    table = []
    for r in rows:
        first = r.lines[0] if r.lines else None
        per = f" ({first.per}, the tightest of {len(r.lines)})" if first and first.per and len(r.lines) > 1 else ""
        table.append(
            {
                "Rule": r.sentence + per,
                "Required": f"{first.sense.replace('_', ' ')} {first.required}" if first else "",
                "Achieved": first.achieved if first else "",
                "Headroom": first.headroom if first else "",
                "": marks[r.state],
                "Authority": r.authority or "–",
                "Set by": r.set_by,
            }
        )
    text_table(table, "Rules, with what is required and achieved")
