"""Try a change: less of a grant, more people, an initiative in any case; the answer stands beside it, and can be kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import streamlit as st

from optimiser.analysis.limits.initiatives import Maximum
from optimiser.analysis.limits.money import FundAmount
from optimiser.analysis.limits.people_limits import Staff
from optimiser.app_pages.shell import session
from optimiser.app_pages.shell.asking import answer
from optimiser.app_pages.shell.picture import picture
from optimiser.app_pages.shell.text import delta, letters
from optimiser.case import impact, tolerances
from optimiser.case.case import Case
from optimiser.case.readable import POINTS, capital
from optimiser.case.reading.amounts import plain
from optimiser.case.tolerances import LEAST_SIZE
from optimiser.desk import questions
from optimiser.desk.first_look import FirstLook, worth_a_look
from optimiser.desk.state import Draft
from optimiser.model.rules.nouns import plural
from optimiser.plan.derive import IN_FULL, NOT_FUNDED
from optimiser.plan.tables import Plan
from optimiser.report import words
from optimiser.report.charts import side_by_side as compared
from optimiser.report.charts.headline import figures

LEAST_FTE = 0.05
SLIDERS = 1
"""Funds with a slider from the beginning."""
Row = dict[str, str]


@dataclass(frozen=True)
class Tried:
    """A change: rows of the sheet Scenarios, and how people say it."""

    rows: tuple[Row, ...]
    said: str


def fund_change(case: Case, fund: str, percent: int) -> Tried | None:
    """A fund cut or raised by so many percent."""
    if not percent:
        return None
    row = FundAmount.at(fund=fund).row(f"* {plain(1 + percent / 100)}")
    return Tried(
        (row,), f"{case.called('Funds').get(fund, fund)} {'cut' if percent < 0 else 'raised'} by {abs(percent)}%"
    )


def called(case: Case, agency: str) -> str:
    """An agency as people call it."""
    return case.called("Agencies").get(agency, agency)


def people_change(case: Case, agency: str, role: str, fte: float) -> Tried | None:
    """So many FTE more (or fewer) of a role at an agency, all of them to release."""
    if abs(fte) < LEAST_FTE:
        return None
    rows = case.tables["Staff"]
    hit = next((r for r in rows.records() if r["agency"] == agency and r["role"] == role), None)
    share = (
        float(hit["releasable"]) if hit and hit["releasable"] == hit["releasable"] and hit["releasable"] > 0 else 1.0
    )
    row = Staff.at(agency=agency, role=role).row(f"{'+' if fte > 0 else '-'} {plain(abs(fte) / share)}")
    return Tried(
        (row,), f"{words.fte(abs(fte))} {'more' if fte > 0 else 'fewer'} {plural(role)} at {called(case, agency)}"
    )


def initiative_change(case: Case, keys: Sequence[str], names: dict[str, str]) -> Tried | None:
    """These initiatives funded in any case, in full where they are all or nothing."""
    if not keys:
        return None
    rows = tuple(_of_initiative(k, "must_fund", "= yes") for k in keys)
    return Tried(rows, " and ".join(names.get(k, k) for k in keys) + " funded in any case")


def without_change(keys: Sequence[str], names: dict[str, str]) -> Tried | None:
    """These initiatives not funded."""
    if not keys:
        return None
    rows = tuple(_of_initiative(k, "maximum", "= 0") for k in keys)
    # A promise would contradict it.
    rows += tuple(_of_initiative(k, c, v) for k in keys for c, v in (("must_fund", "= no"), ("minimum", "= 0")))
    return Tried(rows, " and ".join(f"{names.get(k, k)} not funded" for k in keys))


def lock_change(awards: Mapping[str, float], names: dict[str, str], unit: float = 1.0) -> Tried | None:
    """These initiatives with the award that they have now. unit: of the plan's rounding, which moves an award by a few."""
    if not awards:
        return None
    rows, few = [], compared.NOISE * unit
    for key, award in awards.items():
        low, high = (f"= {plain(round(max(award + off, 0.0), 2))}" for off in (-few, few))
        rows += [_of_initiative(key, "minimum", low), _of_initiative(key, "maximum", high)]
        rows.append(_of_initiative(key, "must_fund", "= yes"))
    return Tried(tuple(rows), " and ".join(f"{names.get(k, k)} locked at its award" for k in awards))


def _of_initiative(key: str, column: str, change: str) -> Row:
    return Maximum.at(initiative=key).row(change, column)


def joined(changes: Sequence[Tried | None]) -> Tried | None:
    """Several changes at once."""
    made = [c for c in changes if c is not None]
    return Tried(tuple(r for c in made for r in c.rows), words.listed([c.said for c in made])) if made else None


def part(draft: Draft, plan: Plan, head: Any) -> None:
    """Changes on the left, the answer on the right. head: where the headline stands."""
    head.title("What would you like to change?")
    left, right = st.columns([30, 70], gap="medium")
    with left:
        change = _changes(plan.case, plan)
    with right:
        if change is None:
            st.markdown("Move a slider or choose an initiative; the answer stands here, beside the plan on show.")
            return
        _answer(draft, plan, change, head)


def want(plan: Plan, key: str) -> None:
    """Chooses an initiative to be tried: funded in any case or, where it is funded in full, not at all."""
    full = key in plan.award["initiative"][plan.award["state"] == IN_FULL].tolist()
    st.session_state["try-epoch"] = st.session_state.get("try-epoch", 0) + 1
    st.session_state[f"try-{'out' if full else 'keys'}-{_mark(plan)}"] = [key]


def _mark(plan: Plan) -> str:
    return f"{plan.case.sha256[:8]}-{st.session_state.get('try-epoch', 0)}"


def _changes(case: Case, plan: Plan) -> Tried | None:
    epoch, mark = st.session_state.get("try-epoch", 0), _mark(plan)
    tried: list[Tried | None] = []
    funds = _largest(case)
    named = case.called("Funds")
    chosen = st.multiselect(
        "Funds", funds, default=funds[:SLIDERS], key=f"try-fund-{mark}", placeholder="Choose funds",
        format_func=named.__getitem__,
    )  # fmt: skip
    for fund in chosen:
        percent = st.slider(
            f"{letters(named[fund])}, more or less", -50, 50, 0, 5, format="%+d%%", key=f"try-percent-{mark}-{fund}"
        )
        tried.append(fund_change(case, str(fund), int(percent)))
    staff = [(r["agency"], r["role"]) for r in case.tables["Staff"].records()]
    if staff:
        scarce = _scarce(plan, staff)
        people = st.multiselect(
            "People", scarce, default=scarce[:1], key=f"try-role-{mark}", placeholder="Choose people",
            format_func=lambda p: f"{capital(p[1])}, {called(case, p[0])}",
        )  # fmt: skip
        for at in people:
            title = f"{capital(at[1])} at {called(case, at[0])}, FTE"
            fte = st.slider(letters(title), -5.0, 5.0, 0.0, 0.5, format="%+.1f", key=f"try-fte-{mark}-{at}")
            tried.append(people_change(case, at[0], at[1], float(fte)))
    tried += _locks(case, plan, mark)
    st.button(
        "Reset", key="try-reset", type="tertiary", on_click=lambda: st.session_state.update({"try-epoch": epoch + 1})
    )
    return joined(tried)


def _largest(case: Case) -> list[str]:
    """Funds, those with most money first."""
    facts = case.facts
    return [n for _, n in sorted(zip((-facts.amount).tolist(), facts.names["fund"], strict=True))]


def _locks(case: Case, plan: Plan, mark: str) -> list[Tried | None]:
    """Initiatives that are funded in any case, done without, or held at their award."""
    names = case.called("Initiatives")
    without = (
        [k for k, n in zip(plan.award["initiative"], plan.award["state"], strict=True) if n == NOT_FUNDED]
        if plan.has_plan
        else []
    )
    others = [k for k in names if k not in without]

    def titled(key: str) -> str:
        return f"{names[key]}{' (not funded now)' if key in without else ''}"

    keys = st.multiselect(
        "Fund these in any case", [*without, *others], key=f"try-keys-{mark}", format_func=titled,
        placeholder="Choose initiatives",
    )  # fmt: skip
    tried = [initiative_change(case, keys, names)]
    out = [k for k in others if k not in keys]
    gone = st.multiselect(
        "Do without these", out, key=f"try-out-{mark}", format_func=titled, placeholder="Choose initiatives"
    )
    tried.append(without_change([k for k in gone if k in out], names))
    if plan.has_plan:
        held = [k for k in out if k not in gone]
        locked = st.multiselect(
            "Lock these at their award", held, key=f"try-lock-{mark}", format_func=titled,
            placeholder="Choose initiatives",
        )  # fmt: skip
        awards = dict(zip(plan.award["initiative"].tolist(), plan.award["award"].tolist(), strict=True))
        tried.append(lock_change({k: awards[k] for k in locked if k in held}, names, case.settings.rounding))
    return tried


def _scarce(plan: Plan, staff: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Agencies and roles, those first of which most is at work."""
    if not plan.has_plan:
        return staff
    facts, posts = plan.case.facts, plan.tables["Posts"]
    used: dict[str, float] = {}
    for role, fte in zip(posts["role"].tolist(), posts["fte"].tolist(), strict=True):
        used[role] = used.get(role, 0.0) + fte
    supply = {r: float(facts.releasable_fte[:, k].sum()) for k, r in enumerate(facts.names["role"])}
    busy = {r: round(used.get(r, 0.0) / max(s, LEAST_SIZE), 3) for r, s in supply.items()}
    return sorted(staff, key=lambda p: -busy.get(p[1], 0.0))


def _answer(draft: Draft, plan: Plan, change: Tried, head: Any) -> None:
    case = plan.case
    key = ("try", case.sha256, tuple(tuple(r.items()) for r in change.rows))
    after = answer(
        key,
        "Solving with this change",
        partial(questions.tried, case, change.rows, ends=worth_a_look(plan)),
        (questions.NotPossible,),
        "try",
        quick=True,
        so_far=partial(_so_far, plan),
    )
    if after is None:
        head.title("Trying it out")
        return
    head.title(letters(compared.change_headline(plan, after, change.said)))
    if plan.has_plan and after.has_plan:
        _beside(plan, after)
    elif after.has_plan:
        st.markdown(
            f"The plan then has {letters(words.points(after.impact or 0.0, impact.unit(after.case)))}; there was none before."
        )
    else:
        st.markdown("Keep it as a scenario, and the page Why says what contradicts what.")
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Keep as scenario", type="primary", key="try-keep"):
            session.keep_scenario(draft, capital(change.said, plan.case.facts.small_names), change.rows)
        before = "base" if draft.scenario == "base" else f"the scenario {draft.scenario}"
        st.markdown(f":gray[Compared with the plan on show ({letters(before)}).]")


def first_words(plan: Plan, look: FirstLook) -> str:
    """What is known before the plan is, in a sentence."""
    unit = impact.unit(plan.case)
    _, value = words.points_titled(look.impact, unit)
    by = words.points_between(plan.impact or 0.0, look.impact, unit, bare=unit != POINTS)
    return f"The best impact is then {value} ({by}), proven. Who gets what is still being worked out."


def _so_far(plan: Plan, look: FirstLook) -> None:
    st.markdown(letters(first_words(plan, look)))


def _beside(plan: Plan, after: Plan) -> None:
    currency, unit = plan.case.settings.currency, impact.unit(plan.case)
    was, now = figures(plan), figures(after)
    same = abs(now.impact - was.impact) < tolerances.NO_TENTH
    with st.grid(4, min_column_width=150, gap="xsmall"):
        label, value = words.points_titled(now.impact, unit)
        st.metric(
            letters(label), letters(value), delta(words.points_between(was.impact, now.impact, unit, bare=unit != POINTS)),
            border=True, delta_color="off" if same else "normal", delta_arrow="off" if same else "auto",
        )  # fmt: skip
        for title, value, change in (
            (
                "Money spent",
                words.money_short(now.money, currency),
                words.money_between(was.money, now.money, currency),
            ),
            (
                "People",
                words.fte(now.people),
                words.fte_between(was.people, now.people),
            ),
            (
                "Unspent",
                words.money_short(now.unspent, currency),
                words.money_between(was.unspent, now.unspent, currency),
            ),
        ):
            arrow: Literal["auto", "off"] = "auto" if change[:1] in ("+", words.MINUS, "-") else "off"
            st.metric(title, letters(value), delta(change), border=True, delta_color="off", delta_arrow=arrow)
    st.header("Who gets more, who gets less")
    chart = compared.moved_chart(plan, after, "Plan on show", "With the change")
    st.markdown(letters(chart.headline))
    if chart.table:
        picture(chart, "try-moved")
