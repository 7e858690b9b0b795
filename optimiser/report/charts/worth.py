"""What holds a plan back, for charts and sentences: people and money on one scale, how long a price holds, rules that cost.

A price is always what was found along its steps: the worth of one more person is what one whole person brings.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any

from optimiser.analysis.limits.aspects import FUND, RULE, STAFF
from optimiser.analysis.limits.curve import Step
from optimiser.analysis.reasons.explain_words import Words
from optimiser.analysis.reasons.prices import Price
from optimiser.case import impact
from optimiser.case.readable import capital
from optimiser.case.tolerances import NOTHING, SAME
from optimiser.model.rules import Number
from optimiser.plan.tables import Plan
from optimiser.report import words
from optimiser.report.charts.drawing import (
    LOSS,
    MONEY,
    PEOPLE,
    SIZE,
    Chart,
    bars,
    figure,
    note,
    rgba,
    safe,
    told_short,
    widest,
)

HEIGHT = 300
ROLE_PIXELS = 190
STEPS_SAID = 4
HAIR = 0.006
"""Steps below this share of the whole length are too short to be drawn."""


@dataclass(frozen=True)
class Worth:
    """One role or fund: name, what one unit (one FTE, one bundle of money) is worth, and how that reads in the chart."""

    name: str
    worth: float
    text: str
    price: Price


def reach(price: Price) -> float:
    """Up to how much more of it is worth something; infinite where no end was seen."""
    at = last = 0.0
    for step in price.steps:
        at += step.length
        if step.worth > 0 or step.lump > 0:
            last = at
    return last


def bundle(plan: Plan) -> float:
    """The amount of money whose worth is shown: a round one, about a hundredth of all money."""
    total = float(plan.case.facts.amount.sum())
    return float(10.0 ** round(math.log10(total / 100))) if total > 0 else 1.0


def in_points(plan: Plan, value: float) -> str:
    """A worth in the unit of the first objective."""
    first = plan.stages[0].objective if plan.stages else "impact"
    shown = round(value, 1) if abs(value) >= 0.05 else value
    if first == "impact":
        return words.points(shown, impact.unit(plan.case))
    money = first in ("coverage", "stability", "thrift")
    return words.money_short(value, plan.case.settings.currency) if money else f"{words.number(shown)} of {first}"


# -- people and money on one scale ------------------------------------------------------------------------------------


def people(plan: Plan, prices: Sequence[Price]) -> list[Worth]:
    """What one more FTE of each role is worth, those worth most first."""
    facts = plan.case.facts
    posts = plan.tables["Posts"]
    made = []
    for price in (p for p in prices if p.of == STAFF):
        worth = price.of_amount(0.0, 1.0)
        k = facts.names["role"].index(price.item)
        free = float(facts.releasable_fte[:, k].sum() - posts["fte"][posts["role"] == price.item].sum())
        free = round(free / facts.size("period"), 1)
        none = f"none: {words.fte(free)} free" if free > 0.05 else "none"
        name = capital(price.item)
        made.append(Worth(name, worth, f"+{in_points(plan, worth)}" if worth > NOTHING else none, price))
    return sorted(made, key=lambda w: (-w.worth, w.name))


def money(plan: Plan, prices: Sequence[Price]) -> list[Worth]:
    """What one more bundle of money in each fund is worth, those worth most first."""
    balances, currency = plan.tables["Balances"], plan.case.settings.currency
    made = []
    for price in (p for p in prices if p.of == FUND):
        worth = price.of_amount(0.0, bundle(plan))
        left = float(balances["unspent"][balances["fund"] == price.item].sum())
        rest = f"none: {words.money_short(left, currency)} unspent" if left >= 1 else "none"
        name = plan.case.called("Funds")[price.item]
        made.append(Worth(name, worth, f"+{in_points(plan, worth)}" if worth > NOTHING else rest, price))
    return sorted(made, key=lambda w: (-w.worth, w.name))


def headline(plan: Plan, prices: Sequence[Price]) -> str:
    """The limit of which more is worth most, of all of them: funds, people, maxima and rules."""
    if not prices or not prices[0].binds:
        return "No limit of this case holds the plan back: more of any one of them brings nothing"
    said = Words(plan.case).dearest(prices)
    return capital(said, plan.case.facts.small_names)


def sentence(plan: Plan, persons: Sequence[Worth], funds: Sequence[Worth]) -> str:
    """The best of people and of money, and what is worth nothing."""
    currency = plan.case.settings.currency
    some = words.money_short(bundle(plan), currency)
    said = [f"one more {w.price.item} is worth {in_points(plan, w.worth)}" for w in persons[:2] if w.worth > NOTHING]
    worthy = [w for w in funds if w.worth > NOTHING]
    if worthy:
        said.append(f"{some} more in {worthy[0].name} is worth {in_points(plan, worthy[0].worth)}")
    none = [w for w in funds if w.worth <= NOTHING]
    if none and len(none) <= 2:
        said.append(f"{some} more in {' or '.join(w.name for w in none)} is worth nothing")
    elif none:
        which = f"{len(none)} other funds" if worthy else f"the {len(none)} funds"
        said.append(f"{some} more in any of {which} is worth nothing")
    joined = "; ".join(said)
    return f"{capital(joined)}." if joined else "More of any one fund or role changes nothing."


def twin(persons: Sequence[Worth], funds: Sequence[Worth]) -> tuple[Chart, Chart]:
    """People and money as bars on one scale, to stand side by side at the same width."""
    most = max((w.worth for w in (*persons, *funds)), default=0.0)
    rows = (*persons, *funds)
    left = widest(told_short([w.name for w in rows], ROLE_PIXELS)) + 14
    right = widest(w.text for w in rows if w.worth > NOTHING) + 14

    def half(side: Sequence[Worth], colour: str) -> Chart:
        drawn = bars([(w.name, w.worth, w.text) for w in side], colour, most=most, row=32, label_pixels=ROLE_PIXELS)
        drawn.update_layout(margin={"l": left, "r": right})
        table = [{"Limit": w.name, "One more is worth": w.text} for w in side]
        return Chart(drawn, table, "; ".join(f"{w.name} {w.text}" for w in side))

    return half(persons, PEOPLE), half(funds, MONEY)


# -- how long a price holds -------------------------------------------------------------------------------------------


def unit_of(plan: Plan, price: Price) -> tuple[float, str]:
    """The amount whose worth is drawn, and how it is called."""
    currency = plan.case.settings.currency
    if Number(price.unit).is_money:
        return bundle(plan), words.money_short(bundle(plan), currency)
    return 1.0, Number(price.unit, currency).one


def amount(plan: Plan, price: Price, value: float) -> str:
    """So much of what a price is of."""
    unit = Number(price.unit, plan.case.settings.currency)
    return unit.short(_three(value)) if unit.is_money else unit.said(_three(value))


def _three(value: float) -> float:
    return float(f"{value:.3g}") if value else 0.0


def expiry(plan: Plan, price: Price) -> str:
    """What the first, the next and later units are worth, and when there is nothing more to gain."""
    unit, called = unit_of(plan, price)
    end = reach(price)
    if not price.binds:
        return "More of it is worth nothing."
    names = ("first", "second", "third", "fourth", "fifth", "sixth")
    if Number(price.unit).is_money or end > 1.5 * unit:
        several = [price.of_amount(k * unit, unit) for k in range(STEPS_SAID) if k == 0 or k * unit < end]
        first, *later = [in_points(plan, worth) if worth > NOTHING else "nothing" for worth in several]
        text = f"the first {called} more is worth {first}"
        alike = sum(1 for _ in takewhile(first.__eq__, later))
        if alike:
            text += (
                f", and so {'is' if alike == 1 else 'are'} {words.listed([f'the {n}' for n in names[1 : 1 + alike]])}"
            )
        others = [f"the {name} {worth}" for name, worth in zip(names[1 + alike :], later[alike:], strict=False)]
        text = ", ".join([text, *others])
    else:
        text = f"the next {amount(plan, price, end)} are worth {in_points(plan, price.of_amount(0.0, end))}"
    if math.isfinite(end):
        tail = f" After {amount(plan, price, end)} more there is nothing to gain."
    else:
        tail = " No end was found as far as was looked."
    return f"{capital(text)}.{tail}"


def staircase(plan: Plan, price: Price) -> Chart:
    """The worth of one unit against how much more there is, as steps; tiny steps stand as they were found."""
    unit, called = unit_of(plan, price)
    colour = PEOPLE if price.of == STAFF else MONEY
    steps = _visible(price)
    known = sum(s.length for s in steps if math.isfinite(s.length))
    end = reach(price)
    shown = min(end, known) if math.isfinite(end) else known
    shown = min(max(shown * 1.08, 0.0 if Number(price.unit).is_money else unit), 40 * unit) or unit
    xs, ys, hover = [0.0], [], []
    at = 0.0
    for step in steps:
        if at >= shown:
            break
        stop = min(at + step.length, shown)
        ys.append(step.worth * unit)
        hover.append(f"{amount(plan, price, at) if at else '0'} to {amount(plan, price, stop)} more: "
                     f"{in_points(plan, step.worth * unit)} for each {called}")  # fmt: skip
        xs.append(stop)
        at = stop
    top = max(ys, default=1.0) or 1.0
    made = figure(HEIGHT, left=52, right=16, top=26, bottom=44)
    for n, y in enumerate(ys):
        made.add_scatter(
            x=[xs[n], xs[n], xs[n + 1], xs[n + 1]], y=[0, y, y, 0], fill="toself", mode="lines", line={"width": 0},
            fillcolor=rgba(colour, 0.28), hoveron="fills", text=safe(hover[n]), hoverinfo="text",
        )  # fmt: skip
        made.add_scatter(
            x=[xs[n], xs[n + 1]], y=[y, y], mode="lines", line={"color": colour, "width": 3}, hoverinfo="skip"
        )
    last = -1e9
    for n, y in enumerate(ys):
        if y > NOTHING and xs[n + 1] - xs[n] > shown * 0.045 and abs(y - last) > SAME * top:
            note(made, words.number(round(y, 1) or y), x=xs[n], y=y, xanchor="left", yanchor="bottom", xshift=3)
            last = y
    title = {"text": safe(f"more {_of(price)}"), "standoff": 6, "font": {"size": SIZE}}
    made.update_xaxes(visible=True, range=[0, shown], title=title, nticks=6, showgrid=False, zeroline=False)
    made.update_xaxes(ticks="outside", **_ticks(plan, price, shown))
    made.update_yaxes(
        visible=True, range=[0, top * 1.12], showgrid=True, gridcolor=rgba("#7F8B9B", 0.2), zeroline=False, nticks=7
    )
    what = safe(f"worth per {called}")
    note(made, what, x=0, y=1, xref="paper", yref="paper", xanchor="left", yanchor="bottom", yshift=6)
    said = expiry(plan, price)
    return Chart(made, steps_table(plan, price), f"Steps: {said}", said)


def _visible(price: Price) -> list[Step]:
    """The steps that can be seen: those far shorter than the whole are part of the next one."""
    known = sum(s.length for s in price.steps if math.isfinite(s.length)) or 1.0
    made, before = [], 0.0
    for step in price.steps:
        if step.length < known * HAIR:
            before += step.length
            continue
        made.append(replace(step, length=step.length + before))
        before = 0.0
    return made or list(price.steps)


def _of(price: Price) -> str:
    return f"FTE of {price.item}" if price.of == STAFF else "money"


def _ticks(plan: Plan, price: Price, end: float) -> dict[str, Any]:
    if not Number(price.unit).is_money:
        return {}
    rough = end / 5
    scale = 10.0 ** math.floor(math.log10(rough))
    each = next(m for m in (1, 2, 2.5, 5, 10) if m * scale >= rough * 0.999) * scale
    at = [k * each for k in range(int(end / each) + 1)]
    return {"tickvals": at, "ticktext": ["0", *(words.money_short(v, plan.case.settings.currency) for v in at[1:])]}


def steps_table(plan: Plan, price: Price) -> list[dict[str, str]]:
    """The steps as rows: from, to, worth of one unit."""
    unit, called = unit_of(plan, price)
    rows, at = [], 0.0
    for step in price.steps:
        end = at + step.length
        rows.append(
            {
                "From": amount(plan, price, at) if at else "0",
                "To": amount(plan, price, end) if math.isfinite(end) else "as far as was looked",
                f"Worth of one more {called}": in_points(plan, step.worth * unit) if step.worth else "nothing",
            }
        )
        at = end
    return rows


# -- rules ------------------------------------------------------------------------------------------------------------


def rules(prices: Sequence[Price]) -> list[Price]:
    """Limits of rules that cost something, those that cost most first."""
    return sorted((p for p in prices if p.of == RULE and p.binds), key=lambda p: (-gain(p), p.item))


def gain(price: Price) -> float:
    """What loosening it as far as that helps brings; of one without an end, what the steps of known length bring."""
    return price.total


def rules_headline(plan: Plan, prices: Sequence[Price]) -> str:
    """How many rules cost something, and which one most."""
    count = len({p.rule for p in prices if p.of == RULE})
    costly = rules(prices)
    if not count:
        return "No rule of this case has a price"
    if not costly:
        return (
            "No rule costs anything: loosening any one of them brings nothing"
            if count > 1
            else "The only rule costs nothing"
        )
    names = len({p.rule for p in costly})
    what = plan.stages[0].objective if plan.stages else "impact"
    lead = (
        f"{names} of {count} rules {'costs' if names == 1 else 'cost'} {what}"
        if count > 1
        else f"The only rule costs {what}"
    )
    most = costly[0]
    return f"{lead}; {most.item}{' most' if names > 1 else ''}: {in_points(plan, gain(most))}"


def rule_chart(plan: Plan, costly: Sequence[Price]) -> Chart:
    """What loosening each rule brings, and by how much it has to be loosened for that."""
    rows = []
    for price in costly:
        far = reach(price)
        by = f", if loosened by {amount(plan, price, far)}" if math.isfinite(far) else ""
        rows.append((price.item, gain(price), f"{in_points(plan, gain(price))}{by}"))
    table = [{"Rule": name, "Loosening it brings": text} for name, _, text in rows]
    alt = "; ".join(f"{p.item} {in_points(plan, gain(p))}" for p in costly)
    return Chart(bars(rows, LOSS, row=32, label_pixels=330), table, alt, rules_headline(plan, costly))
