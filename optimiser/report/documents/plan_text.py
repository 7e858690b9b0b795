"""A plan as plain text for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from optimiser.case import impact
from optimiser.case.table import summed
from optimiser.model.rules import Spoken, held_back, rules_of
from optimiser.plan.tables import Plan
from optimiser.report import words

WIDTH = 46
MEMBERS = 4
"""Members for which a rule is said to bind; more are counted."""


def summary(plan: Plan) -> str:
    """The finding, who gets what, what agencies receive, what stays unspent and how the rules stand."""
    case, settings = plan.case, plan.case.settings
    lines = [settings.name or "Plan", words.quality(plan)]
    if not plan.has_plan:
        return "\n".join(lines)
    currency = settings.currency
    lines += [
        words.headline(plan),
        impact.meaning(case),
        *plan.notes,
        *_held(plan),
        "",
        *_awards(plan, currency),
        "",
        *_received(plan, currency),
    ]
    lines += ["", *_funds(plan, currency), "", *_rules(plan)]
    return "\n".join(lines)


def _held(plan: Plan) -> list[str]:
    """What rules keep from being spent."""
    facts = plan.case.facts
    found = [held_back(facts, rule) for rule in rules_of(facts)]
    return [f"{held.sentence} To change that, {held.cure}." for held in found if held is not None]


def columns(rows: Sequence[Sequence[str]], titles: Sequence[str], left: int = 1) -> list[str]:
    """Rows under their titles, the first columns (left: how many) to the left, the others to the right."""
    cut = [[row[0] if len(row[0]) <= WIDTH else row[0][: WIDTH - 1] + "…", *row[1:]] for row in rows]
    widths = [max(len(row[k]) for row in [titles, *cut]) for k in range(len(titles))]
    return [
        "  ".join(
            cell.ljust(w) if k < left else cell.rjust(w) for k, (cell, w) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in [titles, *cut]
    ]


def named(key: str, name: str) -> str:
    """A key with its name beside it, where it has one."""
    return f"{key}  {name}" if name and name != key else key


def _awards(plan: Plan, currency: str) -> list[str]:
    periods = plan.case.facts.size("period")
    awards = sorted(plan.tables["Awards"].records(), key=lambda r: (-r["award"], -r["level"], r["initiative"]))
    rows = [
        (
            named(r["initiative"], r["name"]),
            words.money_exact(r["award"], currency) if r["award"] else "–",
            words.percent(r["level"]) if r["level"] else "–",
            words.tenths(r["people"] / periods) if r["people"] else "–",
            words.number(r["impact"]) if r["impact"] else "–",
        )
        for r in awards
    ]
    return columns(rows, ("Initiative", "award", "of scope", "people, FTE on average", "impact"))


def _received(plan: Plan, currency: str) -> list[str]:
    rows = [
        (
            named(r["agency"], r["name"]),
            words.money_exact(r["contribution"], currency) if r["contribution"] else "–",
            words.money_exact(r["received"], currency) if r["received"] else "–",
            words.number(round(r["released"] / plan.case.facts.size("period"), 1)) if r["released"] else "–",
        )
        for r in plan.tables["Received"].records()
    ]
    return columns(rows, ("Agency", "contributes", "receives", "releases, FTE on average"))


def _funds(plan: Plan, currency: str) -> list[str]:
    facts = plan.case.facts
    spent = summed((row["fund"], row["spend"]) for row in plan.tables["Balances"].records())
    rows = [
        (
            fund,
            words.money_exact(amount, currency),
            words.money_exact(spent.get(fund, 0.0), currency),
            words.money_exact(amount - spent.get(fund, 0.0), currency),
        )
        for fund, amount in zip(facts.names["fund"], facts.amount.tolist(), strict=True)
    ]
    return columns(rows, ("Fund", "amount", "spent", "unspent"))


def _rules(plan: Plan) -> list[str]:
    waived = {r["rule"]: r["waived"] for r in plan.tables["Compliance"].records() if r["waived"]}
    told = [f"  waived: {rule}. {how}" for rule, how in waived.items()]
    if not plan.limits():
        return ["No rule is in force." if told else "The case has no rules.", *told]
    spoken = Spoken(plan.case.facts)
    members: dict[tuple[str, str], dict[str, None]] = {}
    for r in plan.limits():
        if r["binding"] or not r["kept"]:
            members.setdefault(("binding" if r["kept"] else "broken", r["rule"]), {})[spoken(r["rule"], r["per"])] = (
                None
            )
    lines = [words.rules_kept(plan)]
    for (how, rule), named in members.items():
        of = words.listed([m for m in named if m], most=MEMBERS)
        lines.append(f"  {how}: {rule}{f', for {of}' if of else ''}")
    return [*lines, *told]
