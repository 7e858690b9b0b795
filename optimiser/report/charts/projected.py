"""What a committee reads on one screen: money by theme, what the plan rests on, and what an alternative would change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optimiser.case import impact
from optimiser.case.readable import most_of
from optimiser.plan.derive import NOT_FUNDED
from optimiser.plan.tables import Plan
from optimiser.report import words
from optimiser.report.charts.drawing import MONEY, Chart, Digits, bars
from optimiser.report.charts.headline import figures
from optimiser.report.charts.lands import NO_THEME
from optimiser.report.charts.postings import used_up

THEMES = 8
"""Themes with a bar of their own; the others stand together in the last."""


@dataclass(frozen=True)
class Theme:
    """Initiatives of one theme: the money that they receive, how many are funded, and how many there are."""

    name: str
    money: float
    funded: int
    count: int


def themes(plan: Plan) -> list[Theme]:
    """Every theme, the one with most money first; initiatives without one stand under `NO_THEME`."""
    found: dict[str, list[tuple[float, bool]]] = {}
    for r in plan.tables["Awards"].records():
        found.setdefault(r["theme"] or NO_THEME, []).append((r["award"], r["state"] != NOT_FUNDED))
    made = [Theme(n, sum(m for m, _ in rows), sum(f for _, f in rows), len(rows)) for n, rows in found.items()]
    return sorted(made, key=lambda t: (-t.money, t.name))


def theme_chart(plan: Plan) -> Chart:
    """Money by theme as bars, the one with most first."""
    every, currency = themes(plan), plan.case.settings.currency
    rows = every
    if len(rows) > THEMES:
        rest = rows[THEMES - 1 :]
        together = Theme(
            f"{len(rest)} other themes",
            sum(t.money for t in rest),
            sum(t.funded for t in rest),
            sum(t.count for t in rest),
        )
        rows = [*rows[: THEMES - 1], together]
    labels = [(t.name, t.money, f"{words.money_short(t.money, currency)} · {_of(t)}") for t in rows]
    table = [{"Theme": t.name, "Money": t.money, "Funded": f"{t.funded} of {t.count}"} for t in every]
    alt = "Money by theme. " + "; ".join(f"{name}: {said}" for name, _, said in labels) + "."
    ranked = [(t.name, words.money_short(t.money, currency)) for t in every]
    said = most_of(ranked, "receives") if every and every[0].money else "No theme receives money"
    return Chart(bars(labels, MONEY, row=34), table, alt, said, columns={"Money": Digits.of_money(plan.case)})


def _of(theme: Theme) -> str:
    many = (
        f"{theme.funded} of {theme.count} initiatives" if theme.funded < theme.count else f"{theme.count} initiatives"
    )
    return many if theme.count > 1 else ("1 initiative" if theme.funded else "1 initiative, not funded")


def rests_on(plan: Plan) -> list[str]:
    """What a member must know before voting, each as a sentence."""
    f, currency = figures(plan), plan.case.settings.currency
    said = [words.quality(plan), words.rules_kept(plan)]
    if f.binding:
        said.append(f"{f.binding} {'rule leaves' if f.binding == 1 else 'rules leave'} no headroom.")
    if busy := used_up(plan):
        said.append(f"{busy}.")
    if f.unspent >= 1:
        said.append(
            f"{words.money_short(f.unspent, currency)} of {words.money_short(f.money_total, currency)} stays unspent."
        )
    if f.are_hired:
        said.append(f"{words.fte(f.people)} are at work, {f.are_hired}.")
    left = f.initiatives - f.funded
    if left:
        said.append(f"{left} {'initiative is' if left == 1 else 'initiatives are'} not funded.")
    return [s for s in said if s]


def changes(plan: Plan, other: Plan) -> tuple[str, str, str]:
    """Money, people and impact of a plan against another, in words: what the three figures say below themselves."""
    now, then, currency = figures(plan), figures(other), plan.case.settings.currency
    return (
        words.money_between(then.money, now.money, currency),
        words.fte_between(then.people, now.people),
        words.points_between(then.impact, now.impact, impact.unit(plan.case)),
    )


def since_last_year(plan: Plan) -> str:
    """The money of a plan against what its initiatives had last year, in words; "" where no amount of last year is known.

    Nothing for who sees a plan in part: last year's amounts of what they may not see are not in it, its money is.
    """
    last = float(plan.case.facts.baseline.sum()) if plan.is_whole else 0.0
    return words.money_between(last, figures(plan).money, plan.case.settings.currency) if last else ""


def alternatives(plan: Plan, others: Sequence[tuple[str, Plan]]) -> list[dict[str, str]]:
    """The proposal and what it is compared with, as rows of a table of text."""
    made, unit = [], impact.unit(plan.case)
    for name, one in [("The proposal", plan), *others]:
        f, currency = figures(one), one.case.settings.currency
        made.append(
            {
                "Plan": name,
                "Impact": words.points(f.impact, unit),
                "Against the proposal": "–"
                if one is plan
                else words.points_between(plan.impact or 0.0, f.impact, unit),
                "Money": words.money_short(f.money, currency),
                "People": words.fte(f.people),
                "Funded": f"{f.funded} of {f.initiatives}",
                "In full": str(f.in_full),
                "Rules kept": f"{f.kept} of {f.rules}" if f.rules else "no rules",
            }
        )
    return made


def alternatives_headline(plan: Plan, others: Sequence[tuple[str, Plan]]) -> str:
    """What sets the proposal apart from all that it is compared with."""
    if not others:
        return "The proposal stands alone: no alternative was put beside it"
    best = max(others, key=lambda named: named[1].impact or 0.0)
    gap = (plan.impact or 0.0) - (best[1].impact or 0.0)
    amount = words.points_gap(best[1].impact or 0.0, plan.impact or 0.0, impact.unit(plan.case))
    if not amount:
        return f"{best[0]} has the same impact as the proposal; they differ in who gets what"
    if gap > 0:
        return f"The proposal has {amount} more impact than {'the best of the alternatives' if len(others) > 1 else best[0]}"
    return f"{best[0]} would have {amount} more impact than the proposal"
