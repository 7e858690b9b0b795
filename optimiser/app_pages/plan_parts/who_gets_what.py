"""Who gets what: every initiative in a table, and the chosen one beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from optimiser.app_pages.plan_parts import panel
from optimiser.app_pages.shell.page_tables import chosen_row, on_paper
from optimiser.case.readable import rounded
from optimiser.case.tolerances import FUNDED, SAME
from optimiser.plan.derive import IN_FULL, IN_PART, NOT_FUNDED, TOGETHER
from optimiser.plan.tables import Plan
from optimiser.report import words

CHANGES = "Change"
_WHOLE = 20.0
"""Where initiatives bring more than this, the table needs no tenths."""


def part(plan: Plan) -> None:
    """Table and card."""
    left, right = st.columns([60, 40], gap="medium")
    with left:
        shown = _filtered(plan)
        chosen = _table(plan, shown)
    with right, st.container(border=True, key="card-initiative"):
        if chosen:
            panel.card(plan, chosen)
        else:
            st.markdown("No initiative fits. Choose another filter.")


def _filtered(plan: Plan) -> pd.DataFrame:
    awards = plan.award.sort_values(["award", "level", "request", "initiative"], ascending=[False, False, False, True])
    counts = awards["state"].value_counts()
    labels = {IN_FULL: "In full", IN_PART: "In part", NOT_FUNDED: "Not funded"}
    with st.container(horizontal=True, vertical_alignment="center"):
        states = st.pills(
            "Show",
            [s for s in labels if counts.get(s, 0)],
            selection_mode="multi",
            key="who-states",
            label_visibility="collapsed",
            format_func=lambda s: f"{labels[s]} {counts[s]}",
        )
        st.space("stretch")
        wanted = st.text_input(
            "Find an initiative",
            placeholder="Find an initiative",
            key="who-find",
            label_visibility="collapsed",
            width=220,
        )
    if states:
        awards = awards[awards["state"].isin(states)]
    if wanted:
        hit = (
            awards[["initiative", "name", "theme"]]
            .apply(lambda c: c.str.contains(wanted, case=False, regex=False))
            .any(axis=1)
        )
        awards = awards[hit]
    return awards


def _table(plan: Plan, awards: pd.DataFrame) -> str:
    if not len(awards):
        return ""
    facts = plan.case.facts
    keys = awards["initiative"].tolist()
    before = dict(zip(facts.names["initiative"], facts.baseline.tolist(), strict=True))
    shown = pd.DataFrame(
        {
            "Initiative": awards["name"].tolist(),
            "Award": awards["award"].tolist(),
            CHANGES: [
                award - before[key] if before.get(key, 0.0) > 0 else None  # new, or several that stand together
                for award, key in zip(awards["award"], keys, strict=True)
            ],
            "Of full scope": [
                None if state == TOGETHER else _percent(level)
                for level, state in zip(awards["level"], awards["state"], strict=True)
            ],
            "People": [
                None if state == TOGETHER else rounded(people / facts.size("period"), 1)  # as every text does
                for people, state in zip(awards["people"], awards["state"], strict=True)
            ],
            "Impact": awards["impact"].where(awards["state"] != TOGETHER).tolist(),
        }
    )
    if not facts.need.any():
        shown = shown.drop(columns="People")
    chosen = chosen_row(
        "who",
        keys,
        shown,
        lambda s: s.format(_signed, subset=[CHANGES], na_rep=""),
        height=min(36 * (len(shown) + 1) + 2, 900),
        alt="Award, level, people and impact of every initiative, the largest award first",
        column_config={
            "Initiative": st.column_config.TextColumn(width=200),
            "Award": st.column_config.NumberColumn(format=_money_format(plan), width=82),
            CHANGES: st.column_config.NumberColumn(
                width=78, help="Against last year's award; blank where there was none."
            ),
            "Of full scope": st.column_config.ProgressColumn(
                format="%d%%",
                min_value=0,
                max_value=100,
                width=104,
                help="Level: the share of its full scope that is delivered.",
            ),
            "People": st.column_config.NumberColumn(
                "FTE", format="%.1f", width=60, help="On average over all periods."
            ),
            "Impact": st.column_config.NumberColumn(
                format="%,.0f" if _tells_by_whole(awards["impact"].dropna()) else "%,.1f",
                width=62,
                help="Points that it adds to the impact of the plan.",
            ),
        },
    )
    on_paper("who", _printed(plan, shown))
    return chosen


def _tells_by_whole(impact: pd.Series) -> bool:
    """Whether tenths would say nothing more: of large figures, and where there are none."""
    return bool(len(impact) == 0 or impact.max() >= _WHOLE or (impact == impact.round()).all())


def _printed(plan: Plan, shown: pd.DataFrame) -> list[dict[str, str]]:
    """The table as texts: every row of it, for paper."""
    currency, impact = plan.case.settings.currency, shown["Impact"]
    tell = "{:,.0f}" if _tells_by_whole(impact.dropna()) else "{:,.1f}"
    texts: dict[str, Callable[[Any], str]] = {
        "Initiative": str,
        "Award": lambda award: words.money_exact(award, currency),
        CHANGES: _signed,
        "Of full scope": lambda share: f"{share:.0f}%",
        "People": words.fte,
        "Impact": tell.format,
    }
    return [{c: "" if pd.isna(row[c]) else texts[c](row[c]) for c in shown.columns} for row in shown.to_dict("records")]


def _signed(by: Any) -> str:
    """What is more or less, in whole units: +1,200, −1,200, 0."""
    whole = f"{by:+,.0f}".replace("-", words.MINUS)
    return "0" if whole in ("+0", f"{words.MINUS}0") else whole


def _percent(level: float) -> int:
    """A level in whole percent: never 100 for what is less, nor 0 for what is more."""
    whole = round(level * 100)
    return min(whole, 99) if level < 1 - SAME and whole >= 100 else max(whole, 1) if level > FUNDED else 0


def _money_format(plan: Plan) -> str:
    symbol = words.SYMBOLS.get(plan.case.settings.currency.upper(), "")
    return f"{symbol}%,.2f" if plan.case.settings.rounding == 0.01 else f"{symbol}%,.0f"
