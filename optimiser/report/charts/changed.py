"""What changes for whom: who gets less to the left, first and red; who gets more to the right, in grey."""

from __future__ import annotations

from optimiser.analysis.debate.who_changes import Changes
from optimiser.case.case import Case
from optimiser.case.readable import capital
from optimiser.report import words
from optimiser.report.charts.drawing import LOSS, NEUTRAL, Chart, Digits, both_sides

MOST = 20
"""Bars; the table has all."""


def changed(case: Case, found: Changes, of: str) -> Chart:
    """Bars to both sides, with both figures in the table. of: agency, initiative or area."""
    less, more = found.losers(of), found.gainers(of)
    drawn = [*less[:MOST], *reversed(more[: max(0, MOST - len(less))])]
    rows = [(c.name, c.change, words.money_between(c.before, c.now, found.currency)) for c in drawn]
    figure = both_sides(rows, [LOSS if v < 0 else NEUTRAL for _, v, _ in rows])
    money, was = Digits.of_money(case), capital(found.against, case.facts.small_names)
    table = [{of.capitalize(): c.name, was: c.before, "This plan": c.now, "Change": c.change} for c in found.rows[of]]
    alt = "; ".join(f"{name} {text}" for name, _, text in rows)
    return Chart(
        figure, table, alt, found.sentence(of), found.total(), dict.fromkeys((was, "This plan", "Change"), money)
    )
