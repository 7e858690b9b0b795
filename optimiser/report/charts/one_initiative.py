"""One initiative of a plan: what it got, its money by fund, its people by role and agency, its outcomes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from optimiser.case.readable import capital
from optimiser.case.table import Array, summed
from optimiser.case.tolerances import LEAST
from optimiser.plan.derive import TOGETHER
from optimiser.plan.tables import Plan
from optimiser.report import words
from optimiser.report.charts.drawing import MONEY, PEOPLE, Chart, Digits, bars

BARS = 8
"""Bars of one chart; more are summed up."""
NAME_PIXELS = 205


@dataclass(frozen=True)
class Initiative:
    """What the plan gives to one initiative. FTE on average over all periods, as
    everywhere, so that those of all initiatives add up to those of the plan; needed: the same at full scope. after_a_year:
    whether the case knows of any award of last year."""

    key: str
    name: str
    theme: str
    area: str
    lead: str
    score: float
    request: float
    award: float
    baseline: float
    after_a_year: bool
    level: float
    state: str
    impact: float
    impact_full: float
    periods: str
    money: list[tuple[str, float]]
    people: list[tuple[str, float]]
    fte: float
    needed: float
    outcomes: list[tuple[str, float, float]]


def initiative(plan: Plan, key: str) -> Initiative:
    """The initiative of this key, as the plan has it."""
    facts, tables = plan.case.facts, plan.tables
    n = facts.names["initiative"].index(key)
    row = next(r for r in tables["Awards"].records() if r["initiative"] == key)
    periods = facts.size("period")
    agencies, funds = plan.case.called("Agencies"), plan.case.called("Funds")

    def mine(sheet: str) -> Iterator[dict[str, Any]]:
        return tables[sheet].take(tables[sheet]["initiative"] == key).records()

    def who(r: dict[str, Any]) -> str:
        return f"{capital(r['role'])}, {agencies[r['agency']]}"

    money = summed((funds[r["fund"]], r["money"]) for r in mine("Spend"))
    people = summed((who(r), r["fte"] / periods) for r in mine("Posts"))
    people |= summed((f"{who(r)} (hired)", r["fte"] / periods) for r in mine("Hires"))
    of_it = facts.outcome_initiative == n
    full = np.zeros(facts.size("initiative"))
    full[n] = 1.0
    achieved, at_full = facts.achieved(_effect(plan, n)), facts.achieved(full)
    outcomes = [
        (facts.outcomes[o], float(a * q), float(f * q))
        for o, q, a, f in zip(
            facts.outcome_of[of_it], facts.at_full[of_it], achieved[of_it], at_full[of_it], strict=True
        )
    ]
    window = [t for t, on in zip(facts.names["period"], facts.active[n].tolist(), strict=True) if on]
    every = len(window) == periods
    area, lead = facts.initiative_area[n], str(facts.sorted["initiative"]["lead"][n])
    return Initiative(
        key=key,
        name=row["name"],
        theme=row["theme"],
        area=facts.areas[area] if area >= 0 else "",
        lead=agencies.get(lead, lead),
        score=float(facts.score[n]),
        request=row["request"],
        award=row["award"],
        baseline=float(facts.baseline[n]) if facts.baseline[n] == facts.baseline[n] else 0.0,
        after_a_year=bool((facts.baseline > 0).any()),
        level=row["level"],
        state=row["state"],
        impact=row["impact"],
        impact_full=float(facts.impact(full)[n]),
        periods="" if every else window[0] if len(window) == 1 else f"{window[0]} to {window[-1]}" if window else "",
        money=_largest(money),
        people=_largest(people),
        fte=sum(people.values()),
        needed=float(facts.need[n].sum()) * float(facts.active_periods[n]) / periods,
        outcomes=outcomes,
    )


def _largest(sums: dict[str, float]) -> list[tuple[str, float]]:
    return sorted(((k, v) for k, v in sums.items() if v > LEAST), key=lambda r: (-r[1], r[0]))


def _effect(plan: Plan, n: int) -> Array:
    """[I]: effect of one initiative in the plan, 0 for the others."""
    facts = plan.case.facts
    effect = np.zeros(facts.size("initiative"))
    levels = plan.tables["Levels"]
    mine = levels.take(levels["initiative"] == facts.names["initiative"][n])
    pairs = {
        (int(i), int(a)): float(e)
        for i, a, e in zip(facts.partner_initiative, facts.partner_agency, facts.effectiveness, strict=True)
    }
    for agency, level in zip(facts.code("agency", mine["agency"]).tolist(), mine["level"].tolist(), strict=True):
        effect[n] += pairs[n, agency] * level
    return effect


def badge(one: Initiative) -> tuple[str, str]:
    """How far it is funded, in two or three words, and the tone: good, part or none."""
    if one.state == TOGETHER:
        return "Several together", "part"
    if one.state == "in full":
        return "Funded in full", "good"
    if one.state == "not funded":
        return "Not funded", "none"
    return f"Funded at {words.percent(round(one.level, 2) or one.level)}", "part"


def brings(one: Initiative, unit: str) -> str:
    """What it brings, or would bring; only what the plan itself shows."""
    now, full = (words.points(v, unit) for v in (one.impact, one.impact_full))
    if one.state == TOGETHER:
        return f"You may not see them one by one.{f' They bring {now}.' if one.impact else ''}"
    if one.state == "not funded":
        return f"At full scope it would bring {full}."
    return f"It brings {now}{'' if one.state == 'in full' else f' of the {full} that it would bring in full'}."


def beside_last_year(one: Initiative, currency: str) -> str:
    """`$410k, last year $700k (−$290k)`; `Nothing, and nothing last year`; `$120k, new this year`; `$120k` where the case knows of no
    last year."""
    now = words.money_short(one.award, currency) if one.award else "Nothing"
    if one.state == TOGETHER:
        return f"{now} together"
    if not one.after_a_year:
        return now
    if not one.baseline:
        return f"{now}, new this year" if one.award else "Nothing, and nothing last year"
    change = words.money_between(one.baseline, one.award, currency)
    return f"{now}, last year {words.money_short(one.baseline, currency)} ({change})"


def money_chart(plan: Plan, one: Initiative) -> Chart:
    """Its money by fund."""
    currency = plan.case.settings.currency
    rows = [(name, v, words.money_short(v, currency)) for name, v in _few(one.money)]
    said = f"{words.money_short(one.award, currency)} of {words.money_short(one.request, currency)} asked"
    table = [{"Fund": name, "Money": value} for name, value in one.money]
    return _bars(rows, MONEY, table, said, {"Money": Digits.of_money(plan.case)})


def people_chart(one: Initiative) -> Chart:
    """Its people by role and agency."""
    rows = [(name, v, words.number(v)) for name, v in _few(one.people)]
    needed = f" of {words.fte(round(one.needed, 1))} at full scope" if one.needed else ""
    table = [{"People": name, "FTE": value} for name, value in one.people]
    return _bars(rows, PEOPLE, table, f"{words.fte(round(one.fte, 1))}{needed}", {"FTE": Digits()})


def _bars(
    rows: list[tuple[str, float, str]],
    colour: str,
    table: list[dict[str, object]],
    said: str,
    columns: dict[str, Digits],
) -> Chart:
    drawn = bars(rows, colour, label_pixels=NAME_PIXELS)
    return Chart(drawn, table, "; ".join(f"{name} {text}" for name, _, text in rows), said, columns=columns)


def _few(rows: list[tuple[str, float]]) -> list[tuple[str, float]]:
    if len(rows) <= BARS:
        return rows
    rest = rows[BARS - 1 :]
    return [*rows[: BARS - 1], (f"{len(rest)} others", sum(v for _, v in rest))]
