"""If a target is missed, who gets the money? The case solved with the actual as it is and as it would be."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import streamlit as st

from optimiser.analysis.what_if.clause import ClauseError, PerformanceClause, clauses_of
from optimiser.app_pages.shell import session
from optimiser.app_pages.shell.asking import answer
from optimiser.app_pages.shell.picture import picture
from optimiser.app_pages.shell.text import letters
from optimiser.case.case import Case
from optimiser.case.tolerances import HALF_A_CENT
from optimiser.desk import questions
from optimiser.desk.state import Draft
from optimiser.report import words
from optimiser.report.charts import side_by_side as compared

TITLE = "If a target is missed, who gets the money?"


def headline(made: PerformanceClause) -> str:
    """What the item itself then receives, and what becomes of its score."""
    currency = made.before.case.settings.currency
    old, new = (round(s, 1) for s in made.score)
    score = (
        f"its score stays {words.number(old)}"
        if old == new
        else f"its score goes from {words.number(old)} to {words.number(new)}"
    )
    if not made.after.has_plan:
        return f"Then {made.after.why_none}; {score}"
    if not made.before.has_plan:
        return f"As it is, {made.before.why_none}; {score}"
    table = made.agencies if made.of == "agency" else made.initiatives
    mine = next(r for r in table.records() if r[made.of] == made.item)
    titles = made.before.case.called("Agencies" if made.of == "agency" else "Initiatives")
    name = titles.get(made.item, made.item)
    if abs(mine["change"]) <= HALF_A_CENT:
        return f"{name} receives the same either way; {score}"
    more = "more" if mine["change"] > 0 else "less"
    return f"{name} would receive {words.money_short(abs(mine['change']), currency)} {more}; {score}"


def part(draft: Draft, head: Any) -> None:
    """Choice on the left, answer on the right. head: where the headline stands."""
    head.title(TITLE)
    plan = session.plan(draft)
    case = plan.case if plan is not None else draft.checked().case
    if case is None or not len(case.tables["Performance"]):
        st.markdown(
            "This needs rows on the sheet Performance: for an agency or initiative a measure, a target and an actual."
        )
        return
    left, right = st.columns([30, 70], gap="medium")
    with left:
        chosen = _choice(case)
    if chosen is None:
        return
    of, item, measure, actual = chosen

    look = partial(questions.other_actual, case, of, item, measure, actual)
    with right:
        made = answer(
            ("clause", case.sha256, *chosen),
            "Solving with the other actual",
            look,
            (ClauseError,),
            "clause",
            quick=True,
        )
        if made is not None:
            head.title(letters(headline(made)))
            _answer(made)


def _choice(case: Case) -> tuple[str, str, str, float] | None:
    rows = list(clauses_of(case).records())
    items = list(dict.fromkeys((r["of"], r["item"]) for r in rows))
    titles = {
        (of, key): name
        for of, sheet in (("agency", "Agencies"), ("initiative", "Initiatives"))
        for key, name in case.called(sheet).items()
    }
    at = st.selectbox(
        "Agency or initiative", items, key="target-item", format_func=lambda k: f"{titles.get(k, k[1])} ({k[0]})"
    )
    mine = [r for r in rows if (r["of"], r["item"]) == at]
    measure = st.selectbox("Measure", [r["measure"] for r in mine], key=f"target-measure-{at}")
    row = next((r for r in mine if r["measure"] == measure), None)
    if row is None:
        return None
    now, target = float(row["actual"]), float(row["target"])
    worse = now / 2 if not math.isnan(now) else 0.0
    with st.container(key="muted"):
        st.markdown(
            f"Target {words.number(target)}, actual {words.number(now)}, score {words.number(round(row['score'], 1))}."
        )
    value = st.number_input(
        "Suppose the actual is",
        value=float(f"{worse:.6g}"),
        min_value=0.0,
        key=f"target-actual-{at}-{measure}",
        format="%g",
    )
    return at[0], at[1], str(measure), float(value)


def _answer(made: PerformanceClause) -> None:
    for line in made.sentences[:1]:
        st.markdown(letters(line))
    rules = [s for s in made.sentences[1:] if s.startswith(("The rule", "There is no plan"))]
    for line in rules:
        st.markdown(f"- {letters(line)}")
    if not (made.before.has_plan and made.after.has_plan):
        return
    st.header("Who gets more, who gets less")
    chart = compared.moved_chart(made.before, made.after, "As it is", "With the other actual")
    st.markdown(letters(chart.headline))
    if chart.table:
        picture(chart, "target-moved", alone=True)
    with st.expander("All of it in words"):
        st.markdown("\n".join(f"- {letters(s)}" for s in made.sentences))
