"""A re-plan as plain text for a terminal: what cannot be kept, what the year brought, what changes, whose approval it
needs."""

from __future__ import annotations

import math

from optimiser.analysis.replanning.replan import Replan
from optimiser.analysis.replanning.reprogramming import ROUNDING, UNSPENT
from optimiser.case.readable import counted
from optimiser.case.table import summed
from optimiser.report import words
from optimiser.report.documents.plan_text import columns, named

COUNTS_ON = "The plan below misses these; a gain over what was approved may come from that."
MOST_LINES = 20
"""Deviations that are listed; more are counted."""


def summary(result: Replan) -> str:
    """What cannot be kept any more, what differs from the plan so far, the new awards, the reprogramming sheet, approvals."""
    plan, currency = result.plan, result.plan.case.settings.currency
    lines = [f"{plan.case.settings.name or 'Re-plan'}: the year after {result.through}"]
    for title, sentences in unkept(result):
        lines += ["", f"{title}:", *(f"  {sentence}" for sentence in sentences)]
    if result.unkeepable:
        lines += [COUNTS_ON, ""]
    lines += [words.quality(plan), *result.notes]
    lines += ["", *_deviations(result)]
    if not plan.has_plan:
        return "\n".join(lines)
    lines += ["", *_awards(result, currency), "", *_moves(result, currency)]
    if result.transfers:
        lines += ["", *(t.sentence for t in result.transfers)]
    if result.approvals:
        count = len(result.approvals)
        lines += ["", f"{count} approved budget{'s' * (count > 1)} change{'s' * (count == 1)}:"]
        initiatives, funds = plan.case.called("Initiatives"), plan.case.called("Funds")
        lines += [
            f"  {funds[a.fund]} for {initiatives[a.initiative]}: {words.money_change(a.change, currency)}; approval: {a.by}"
            for a in result.approvals
        ]
    return "\n".join(lines)


def unkept(result: Replan) -> list[tuple[str, list[str]]]:
    """What cannot be kept any more: headings, each with its sentences. To be said before anything that is gained."""
    certain = [b.sentence for b in result.certain]
    others = [b.sentence for b in result.unkeepable if b not in result.certain]
    if not result.by_past:
        title = "No plan of this case keeps these all, with or without what has happened (missed by the least)"
        return [(title, [*certain, *others])]
    listed = (
        ("After what has happened this cannot be kept, whatever is decided now (missed by the least)", certain),
        ("After what has happened not everything can be kept; this is what is missed by the least in all", others),
    )
    return [(title, sentences) for title, sentences in listed if sentences]


def _deviations(result: Replan) -> list[str]:
    if not result.deviations:
        return [f"Up to {result.through} everything went as planned."]
    shown = sorted(result.deviations, key=lambda d: (d.what != "money", -abs(d.difference)))
    more = len(shown) - MOST_LINES
    listed = [f"Up to {result.through}:", *(f"  {d.sentence}" for d in shown[:MOST_LINES])]
    return [*listed, f"  and {more} smaller ones"] if more > 0 else listed


def _awards(result: Replan, currency: str) -> list[str]:
    spend = result.before["Spend"]
    before = summed(zip(spend["initiative"].tolist(), spend["money"].tolist(), strict=True))
    rows = []
    for r in result.plan.tables["Awards"].records():
        was = before.get(r["initiative"], 0.0)
        if was or r["award"]:
            change = words.money_between(was, r["award"], currency)
            money = words.money_exact(was, currency), words.money_exact(r["award"], currency)
            rows.append((named(r["initiative"], r["name"]), *money, change, words.percent(r["level"])))
    return columns(rows, ("Initiative", "approved", "now", "change", "of scope"))


def _moves(result: Replan, currency: str) -> list[str]:
    """The moves fund by fund, each with whose approval it needs; below those of a fund why, each reason once."""
    if not result.moves:
        return ["No money moves."]
    lines = ["Money that moves (initiative, agency, category):"]
    real = [m for m in result.moves if m.kind != ROUNDING]
    for fund in dict.fromkeys(m.fund for m in real):
        lines.append(f"  {fund}:")
        mine = [m for m in real if m.fund == fund]
        for m in mine:
            source, target = (side[0] if side[0] == UNSPENT else ", ".join(side) for side in (m.source, m.target))
            kind = "" if UNSPENT in (source, target) else f" ({m.kind})"
            lines += [
                f"    {words.money_exact(m.money, currency)} from {source} to {target}{kind}",
                f"      approval: {m.approval}",
            ]
        reasons = sorted(dict.fromkeys(reason for m in mine for reason in m.reasons))
        lines += ["    because", *(f"      {reason}" for reason in reasons)] if reasons else []
    small = [m.money for m in result.moves if m.kind == ROUNDING]
    if small:
        money = words.money_exact(math.fsum(small), currency)
        lines.append(
            f"  and {money} in {counted(len(small), 'difference')} that {'is' if len(small) == 1 else 'are'} rounding"
        )
    return lines
