"""Why, of a plan: people and money on one scale of worth, how long each price holds, and what each rule costs."""

from __future__ import annotations

from functools import partial

import streamlit as st

from optimiser.analysis.limits.aspects import FUND, STAFF
from optimiser.analysis.reasons.prices import Price
from optimiser.analysis.rulebook.rule_audit import RuleFinding
from optimiser.app_pages.shell.asking import answer, known
from optimiser.app_pages.shell.picture import picture
from optimiser.app_pages.shell.text import letters
from optimiser.app_pages.why_parts import ask, each, in_line, is_certain
from optimiser.case.grantors import Grantor
from optimiser.case.readable import capital
from optimiser.desk import questions
from optimiser.plan.tables import Plan
from optimiser.report import words
from optimiser.report.charts import worth as why

SHOWN = 15
"""Rules in one chart."""


def prices_of(plan: Plan) -> list[Price] | None:
    """What one more of each limit is worth; None while that is looked for."""
    look = partial(questions.worth, plan.case)
    return answer(("prices", plan.case.sha256), "Finding what one more of each is worth", look, (), "prices")


def limits(plan: Plan) -> None:
    """People and money side by side, then the steps of the chosen one."""
    found = prices_of(plan)
    if found is None:
        return
    persons, funds = why.people(plan, found), why.money(plan, found)
    st.markdown(letters(why.sentence(plan, persons, funds)))
    people_bars, money_bars = why.twin(persons, funds)
    left, right = st.columns(2, gap="medium")
    some = words.money_short(why.bundle(plan), plan.case.settings.currency)
    for side, title, chart in (
        (left, "People: what one more FTE is worth", people_bars),
        (right, f"Money: what {some} more is worth", money_bars),
    ):
        with side:
            st.header(letters(title))
            if chart.table:
                picture(chart, f"worth-{title[:5]}", alone=True, still=True)
            else:
                st.markdown("The case has none.")
    st.caption(
        "One scale for both. Where people are added: the agency that has most of the role. Found by solving again."
    )
    _expiry(plan, [w for w in (*persons, *funds) if w.price.binds])


def _expiry(plan: Plan, worthy: list[why.Worth]) -> None:
    if not worthy:
        return
    st.header("How long does that price hold?")
    names = {f"{w.price.of}-{w.price.item}": w for w in worthy}
    chosen = st.pills(
        "Of which", list(names), default=next(iter(names)), key="why-price", label_visibility="collapsed",
        format_func=lambda k: letters(names[k].name), required=True,
    )  # fmt: skip
    one = names[chosen if chosen in names else next(iter(names))]
    left, right = st.columns([68, 32], gap="medium")
    chart = why.staircase(plan, one.price)
    with left:
        picture(chart, f"steps-{chosen}")
    with right, st.container(border=True, key="card-expiry"):
        st.markdown(f"**{letters(one.name)}.** {letters(chart.headline)}")
        if one.price.of == STAFF:
            st.caption(letters(f"Added at {one.price.at}, in every period."))
        elif one.price.of == FUND:
            st.caption("Added to the amount of the fund, in its usual shape over the periods.")
        st.caption("Found by solving along the limit, so it holds for yes-or-no choices too.")


def rules(plan: Plan) -> None:
    """What each rule costs, and what the audit finds about the rules themselves."""
    found = prices_of(plan)
    if found is not None:
        costly = why.rules(found)
        if costly:
            st.markdown("What loosening one rule alone would bring, as far as that helps.")
            rest = costly[SHOWN:]
            picture(why.rule_chart(plan, costly[:SHOWN]), "rule-prices", alone=True)
            _granted(plan, costly)
            if rest:
                st.caption(
                    f"{len(rest)} more limits cost at most {letters(why.in_points(plan, why.gain(rest[0])))} each."
                )
    _audit(plan)


def _granted(plan: Plan, costly: list[Price]) -> None:
    """Who can change the rules that cost something, those who grant most easily first."""
    of = {r["rule"]: Grantor(r["set_by"], r["waiver"]) for r in plan.case.tables["Rules"].records()}
    groups: dict[str, list[str]] = {}
    for rule in sorted(dict.fromkeys(p.rule for p in costly), key=lambda rule: of[rule].rank):
        groups.setdefault(of[rule].who, []).append(rule)
    st.markdown(
        "\n".join(f"- To be changed by **{letters(who)}**: {letters(', '.join(r))}" for who, r in groups.items())
    )


def findings_of(plan: Plan) -> tuple[RuleFinding, ...] | None:
    """What is found about the rules themselves; None while they are examined."""
    look = partial(questions.rules_examined, plan.case)
    return answer(("audit", plan.case.sha256), "Examining the rules", look, (), "audit")


def _audit(plan: Plan) -> None:
    if not len(plan.case.tables["Rules"]):
        return
    st.header("The rules themselves")
    found = findings_of(plan)
    if found is None:
        return
    if not found:
        st.markdown("Nothing to mend: no rule contradicts another, and each of them could come to its limit.")
    for finding in found:
        with st.container(border=True):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.badge(
                    letters(capital(finding.kind)),
                    color="red" if finding.level == "error" else "gray",
                )
                st.markdown(f":gray[{letters(finding.place)}]")
            st.markdown(letters(finding.sentence))
            st.caption(letters(capital(finding.cure) + "."))


def headline(plan: Plan, part: str) -> str:
    """The finding of a part, where its answer is there already."""
    if part in _HEADLINES:
        return _HEADLINES[part](plan)
    if part == LINE:
        return "Who is next if one declines, and how far below the line are the others?"
    found: list[Price] | None = known(("prices", plan.case.sha256))
    if found is None:
        return "Looking for what holds this plan back"
    if part == RULES:
        return why.rules_headline(plan, found)
    return why.headline(plan, found)


LIMITS, RULES, EACH, CERTAIN = "What limits us", "What each rule costs", "Each initiative", "What is certain"
ASK, LINE = "Ask why", "Next in line"
_HEADLINES = {EACH: each.headline, CERTAIN: is_certain.headline, ASK: ask.headline}
PARTS = {LIMITS: limits, EACH: each.part, ASK: ask.part, RULES: rules, CERTAIN: is_certain.part, LINE: in_line.part}
