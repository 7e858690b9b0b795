"""The parts of the committee's report: figures, tables and bars as plain HTML, computed from the plan."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

import numpy as np

from optimiser.case import impact
from optimiser.case.grantors import set_by_words
from optimiser.case.tolerances import LEAST, NOTHING
from optimiser.model.rules import Number, Spoken, meanings
from optimiser.plan.derive import NOT_FUNDED, TOGETHER
from optimiser.plan.tables import Plan, tightness
from optimiser.report import words
from optimiser.report.charts.headline import figures as totals
from optimiser.report.documents.result_json import unspent

MONEY, PEOPLE, REST = "#3A7BC8", "#CF8317", "#D5D9DF"
_MOVED_SHOWN = 4
"""Initiatives that an alternative names as changed; the others are counted."""

ABOVE = "An award is above its request where people are hired for it, or where those who deliver it cost more (cost_factor)."


def table(
    titles: Sequence[str], rows: Iterable[Sequence[str]], numbers: Iterable[int] = (), bar: int = -1, looks: Sequence[str] = ()
) -> str:  # fmt: skip
    """A table of ready HTML cells. numbers: columns that stand to the right; bar: the column of bars; looks: class of each row."""
    right = set(numbers)

    def kind(j: int) -> str:
        return ' class="n"' if j in right else ' class="bar"' if j == bar else ""

    head = "".join(f'<th scope="col"{kind(j)}>{escape(t)}</th>' for j, t in enumerate(titles))
    made = []
    for k, row in enumerate(rows):
        look = f' class="{looks[k]}"' if k < len(looks) and looks[k] else ""
        made.append(f"<tr{look}>" + "".join(f"<td{kind(j)}>{cell}</td>" for j, cell in enumerate(row)) + "</tr>")
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n" + "\n".join(made) + "\n</tbody>\n</table>"


def bar(part: float, whole: float, scale: float, colour: str, said: str) -> str:
    """A bar: the part in colour on the whole in grey, both on one scale. said: the same in words."""
    if scale <= 0:
        return ""
    grey, full = (f"{100 * min(max(v, 0.0) / scale, 1.0):.2f}" for v in (whole, part))
    return (
        f'<svg viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="{escape(said)}">'
        f'<rect width="{grey}" height="10" fill="{REST}"/><rect width="{full}" height="10" fill="{colour}"/></svg>'
    )


def figures(plan: Plan) -> str:
    """Five figures of the plan."""
    currency, amount = plan.case.settings.currency, math.fsum(plan.case.facts.amount.tolist())
    spent, of = spend(plan), totals(plan)
    shown = (
        (words.money_short(amount, currency), "money of all funds"),
        (
            words.money_short(spent, currency),
            f"spent, {words.percent(round(spent / amount, 4)) if amount else 'none'} of it",
        ),
        (f"{of.funded} of {of.initiatives}", f"initiatives funded, {of.in_full} in full"),
        (words.fte(of.people), f"at work on average{f', {of.are_hired}' if of.are_hired else ''}"),
        (words.points(plan.impact or 0.0, impact.unit(plan.case), bare=True), f"impact, {impact.title(plan.case)}"),
    )
    return '<div class="figures">' + "".join(f"<div><b>{a}</b><span>{b}</span></div>" for a, b in shown) + "</div>"


def spend(plan: Plan) -> float:
    """All money that a plan spends."""
    return math.fsum(plan.tables["Spend"]["money"].tolist())


def _name(key: str, name: str, more: str = "") -> str:
    said = escape(key if name in ("", key) else f"{key}  {name}")
    return said + (f"<small>{escape(more)}</small>" if more else "")


def awards(plan: Plan) -> str:
    """Each initiative's award beside its request, largest award first."""
    currency = plan.case.settings.currency
    rows = sorted(plan.tables["Awards"].records(), key=lambda r: (-r["award"], -r["level"], r["initiative"]))
    scale = max((max(r["request"], r["award"]) for r in rows), default=0.0)
    periods = plan.case.facts.size("period")
    made: list[tuple[str, ...]] = []
    for r in rows:
        said = f"{words.money_short(r['award'], currency)} of {words.money_short(r['request'], currency)}"
        made.append(
            (
                _name(r["initiative"], r["name"], r["theme"]),
                bar(r["award"], r["request"], scale, MONEY, said),
                words.money_exact(r["request"], currency),
                words.money_exact(r["award"], currency) if r["award"] else "–",
                r["state"] if r["state"] in (NOT_FUNDED, TOGETHER) else words.percent(round(r["level"], 3)),
                words.tenths(r["people"] / periods) if r["people"] > NOTHING else "–",
            )
        )
    money = (math.fsum(r[c] for r in rows) for c in ("request", "award"))
    people = words.number(totals(plan).people)
    made.append(("All initiatives", "", *(words.money_exact(v, currency) for v in money), "", people))
    titles = ("Initiative", "Award of request", "Request", "Award", "Of scope", "People, FTE on average")
    shown = table(titles, made, (2, 3, 4, 5), bar=1, looks=["" for _ in rows] + ["total"])
    if any(r["award"] > r["request"] for r in rows):
        shown += f"<p>{ABOVE}</p>"
    return shown


def funds(plan: Plan) -> str:
    """Each fund's amount, what is spent of it and what is left."""
    currency, facts, left = plan.case.settings.currency, plan.case.facts, unspent(plan)
    kinds = dict(zip(facts.names["fund"], facts.sorted["fund"]["kind"].tolist(), strict=True))
    rows, named = list(zip(facts.names["fund"], facts.amount.tolist(), strict=True)), plan.case.called("Funds")
    scale = max((amount for _, amount in rows), default=0.0)
    made: list[tuple[str, ...]] = [
        (
            _name(named[fund], "", kinds[fund]),
            bar(amount - left[fund], amount, scale, MONEY, f"{words.money_short(amount - left[fund], currency)} spent"),
            *(words.money_exact(v, currency) for v in (amount, amount - left[fund], left[fund])),
        )
        for fund, amount in rows
    ]
    sums = (math.fsum(facts.amount.tolist()), spend(plan), math.fsum(left.values()))
    made.append(("All funds", "", *(words.money_exact(v, currency) for v in sums)))
    return table(
        ("Fund", "Spent of amount", "Amount", "Spent", "Not spent"), made, (2, 3, 4), 1, ["" for _ in rows] + ["total"]
    )


def agencies(plan: Plan) -> str:
    """What each agency pays in, receives, and releases."""
    currency, rows = plan.case.settings.currency, list(plan.tables["Received"].records())
    periods, named = plan.case.facts.size("period"), plan.case.called("Agencies")
    made = [
        (
            _name(named[r["agency"]], ""),
            *(words.money_exact(r[c], currency) if r[c] else "–" for c in ("contribution", "received")),
            *(words.tenths(r[c] / periods) if r[c] > NOTHING else "–" for c in ("released", "hired")),
        )
        for r in rows
    ]
    titles = ("Agency", "Contributes", "Receives", "Releases, FTE on average", "Hires, FTE on average")
    return table(titles, made, (1, 2, 3, 4))


def people(plan: Plan) -> str:
    """Of each role, who is at work of those who can be released; "" where the case has no staff."""
    facts, posts = plan.case.facts, plan.tables["Posts"]
    periods = facts.size("period")
    able = facts.releasable_fte.sum(axis=(0, 2)) / periods
    used = np.zeros(len(able))
    if len(posts):
        np.add.at(used, facts.code("role", posts["role"]), posts["fte"] / periods)
    rows = [(role, u, a) for role, u, a in zip(facts.names["role"], used.tolist(), able.tolist(), strict=True) if a > 0]
    if not rows:
        return ""
    rows.sort(key=lambda r: (-round(r[1] / r[2], 4), r[0]))
    scale = max(a for _, _, a in rows)
    made = [
        (
            escape(role),
            bar(u, a, scale, PEOPLE, f"{words.number(u)} of {words.number(a)}"),
            words.number(a),
            words.number(u) if u > NOTHING else "–",
            words.number(a - u) if a - u > LEAST else "none",
        )
        for role, u, a in rows
    ]
    titles = ("Role", "At work of releasable", "Can be released, FTE on average", "At work", "Free")
    return table(titles, made, (2, 3, 4), bar=1)


def outcomes(plan: Plan) -> str:
    """What is achieved, by outcome; "" where the case has none."""
    rows = list(plan.tables["Achieved"].records())
    if not rows:
        return ""
    made = [(escape(r["outcome"]), words.number(r["achieved"]), words.number(r["at_full"])) for r in rows]
    return table(("Outcome", "Achieved", "At full scope, by agencies of effectiveness 1"), made, (1, 2))


def rules(plan: Plan) -> str:
    """Every rule with its authority and its tightest limit: broken ones first, then those at the limit."""
    by_rule: dict[str, list[Mapping[str, Any]]] = {}
    for r in plan.limits():
        by_rule.setdefault(r["rule"], []).append(r)
    if not by_rule:
        return "<p>The case has no rules.</p>"
    numbers, spoken = meanings(plan.case.facts), Spoken(plan.case.facts)
    made = []
    for name, limits in by_rule.items():
        tightest = min(limits, key=tightness)
        order = 0 if not tightest["kept"] else 1 if tightest["binding"] else 2
        made.append(((order, name.casefold()), _rule(limits, tightest, numbers[name], spoken)))
    rows = [row for _, row in sorted(made, key=lambda m: m[0])]
    return table(("Rule", "Authority", "Required", "Achieved", "Stands"), rows, (2, 3))


def _rule(limits: Sequence[Mapping[str, Any]], r: Mapping[str, Any], number: Number, spoken: Spoken) -> tuple[str, ...]:
    stands = '<span class="good">✓ kept</span>'
    if not r["kept"]:
        stands = '<span class="bad">✗ broken' + ("" if r["hard"] else ", at its penalty") + "</span>"
    elif r["binding"]:
        stands = '<span class="tight">✓ kept, at the limit</span>'
    tightest = f", the tightest of {len(limits)}" if len(limits) > 1 else ""
    member = f"<small>for {escape(spoken(r['rule'], r['per']))}{tightest}</small>" if r["per"] else ""
    set_by = f"<small>set by {escape(set_by_words(r['set_by'], r['waiver']))}</small>" if r["set_by"] else ""
    sense = "at least " if r["sense"] == "at_least" else "at most "
    return (
        f"{escape(r['rule'])}<small>{escape(r['sentence'])}</small>",
        (escape(r["authority"]) or "–") + set_by,
        sense + number.short(r["required"], exact=True),
        number.short(r["achieved"], exact=True, limit=r["required"]),
        stands + member,
    )


def alternatives(plan: Plan, others: Sequence[tuple[str, Plan]]) -> str:
    """The plan beside others, and what these would change."""
    rows = [("The proposal", *_figures(plan), "")]
    for name, other in others:
        moved = _moved(plan, other)
        gain = words.points_between(plan.impact or 0.0, other.impact or 0.0, impact.unit(plan.case))
        rows.append((escape(name), *_figures(other), f"{escape(gain)}<small>{escape(moved)}</small>"))
    titles = ("Plan", "Impact", "Spent", "Funded", "In full", "Against the proposal")
    return table(titles, rows, (1, 2, 3, 4), looks=["total"])


def _figures(plan: Plan) -> tuple[str, ...]:
    of, spent = totals(plan), words.money_exact(spend(plan), plan.case.settings.currency)
    reached = words.points(of.impact, impact.unit(plan.case), bare=True)
    return reached, spent, f"{of.funded} of {of.initiatives}", str(of.in_full)


def _moved(plan: Plan, other: Plan) -> str:
    """Whose award differs most."""
    now, then = ({r["initiative"]: r["award"] for r in p.tables["Awards"].records()} for p in (plan, other))
    moves = {key: then.get(key, 0.0) - now.get(key, 0.0) for key in {**now, **then}}
    largest = sorted((key for key in moves if abs(moves[key]) >= 1), key=lambda key: (-abs(moves[key]), key))
    if not largest:
        return "the same awards"
    names = {r["initiative"]: r["name"] for r in plan.tables["Awards"].records()}
    said = [
        f"{names.get(key, key)} {words.money_between(now.get(key, 0.0), then.get(key, 0.0), plan.case.settings.currency)}"
        for key in largest[:_MOVED_SHOWN]
    ]
    rest = len(largest) - len(said)
    return ", ".join(said) + (f" and {rest} more" if rest else "")


def made(plan: Plan) -> str:
    """Settings, solver and versions."""
    settings = plan.case.settings
    objective = " > ".join(
        o.name + (f" within {words.written(o.within, share=True)}" if o.within else "") for o in settings.objective
    )
    rows = [
        ("Objective", escape(objective)),
        (
            "Rounding",
            f"{words.written(settings.rounding)} {escape(settings.currency)}" if settings.rounding else "none",
        ),
        ("Solver", escape(plan.solver)),
        ("Versions", escape(", ".join(f"{name} {number}" for name, number in plan.versions.items()))),
    ]
    return table(("What", "How"), rows)
